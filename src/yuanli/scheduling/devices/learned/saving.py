"""A model of plans as a folder: its line or trees, its prices, its card in both languages, with a sum for each file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from yuanli.errors import Text
from yuanli.learning import (
    BrokenModelError,
    CardNotes,
    ClassTrees,
    Line,
    ModelFacts,
    Scale,
    check_sums,
    load_facts,
    load_trees,
    save_facts,
    write_card,
)
from yuanli.scheduling.devices.learned.features import NAMES
from yuanli.scheduling.devices.learned.model import LINE, TREES, PlanModel
from yuanli.scheduling.devices.learned.prices import PriceModel, Ridge
from yuanli.scheduling.devices.learned.scoring import DayScore

PLANS, GROWN = "plans.json", "trees.txt"
LIMITS = (
    Text("是预览与起点，不是最优解：给优化器更多时间，费用更低。",
         "A preview and a start, no optimum: given more time the optimiser's plan costs less."),
    Text("约束变化大（新设备、新时价、互斥或先后关系）时须重新训练。",
         "To be learnt anew after great changes: devices, tariffs, exclusions, orders."),
)  # fmt: skip


def save_plans(
    folder: Path, model: PlanModel, scores: Sequence[DayScore] = (), *, data: str, code: str, seed: int = 0
) -> ModelFacts:
    """Write a model, its card, and the sums of its files.

    Parameters
    ----------
    scores
        Of later days; their means go into the card.
    data, code
        What it was learnt from and by: a hash of the data, the version of the program.
    """
    folder.mkdir(parents=True, exist_ok=True)
    document: dict[str, Any] = {
        "kind": model.kind, "names": list(model.names), "validation": dict(model.validation), "days": model.days,
        "lean": model.lean,
        "prices": {"service": _ridge(model.prices.service), "power": _ridge(model.prices.power)},
    }  # fmt: skip
    if isinstance(model.states, Line):
        document["line"] = {"scale": _scale(model.states.scale), "weights": model.states.weights.tolist()}
    else:
        (folder / GROWN).write_text(model.states.booster.model_to_string(), "utf-8")
    (folder / PLANS).write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    facts = ModelFacts(
        name="plans", version=data[:8], base=model.kind, labels=("off", "on"), data=data, code=code, seed=seed,
        scores={**{f"choose_{kind}": round(value, 6) for kind, value in model.validation.items()}, **_means(scores)},
    )  # fmt: skip
    notes = CardNotes(
        data=Text(f"{model.days} 天的设备计划。", f"Plans of devices of {model.days} days."),
        use=Text("设备启停计划的预览、起点与后备。", "Preview, start and fallback of plans of devices."),
        limits=LIMITS,
    )
    write_card(folder, facts, {}, notes)
    return save_facts(folder, facts)


def load_plans(folder: Path) -> PlanModel:
    """Read a model.

    Raises
    ------
    BrokenModelError
        A file is missing, or not what was written; or the program looks at other features now.
    TreesMissingError
        It is of trees, and the extra `ml` is not installed.
    """
    facts = load_facts(folder)
    check_sums(folder, facts)
    try:
        document = json.loads((folder / PLANS).read_text("utf-8"))
        if tuple(document["names"]) != NAMES:
            raise ValueError("features")
        states: Line | ClassTrees
        if document["kind"] == TREES:
            states = load_trees((folder / GROWN).read_text("utf-8"), 2)
        elif document["kind"] == LINE:
            line = document["line"]
            states = Line(scale=_scale_from(line["scale"]), weights=np.array(line["weights"]))
        else:
            raise ValueError(document["kind"])
        prices = {name: _ridge_from(found) for name, found in document["prices"].items()}
        return PlanModel(
            states=states, prices=PriceModel(service=prices["service"], power=prices["power"]),
            kind=document["kind"], names=NAMES, validation=document["validation"], days=document["days"],
            lean=float(document["lean"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenModelError(
            Text(f"“{folder}”不是设备计划模型：{error}", f"{folder} is no model of plans: {error}"),
            field=str(folder),
            hint=Text("用 yuanli schedule learn 重新训练。", "Learn it again by yuanli schedule learn."),
        ) from error


def _means(scores: Sequence[DayScore]) -> dict[str, float]:
    """Return the mean of each score over days, where it is finite."""
    means = {
        f.name: float(np.mean([getattr(one, f.name) for one in scores])) for f in fields(DayScore) if scores
    }
    return {name: round(value, 6) for name, value in means.items() if np.isfinite(value)}


def _ridge(ridge: Ridge) -> dict[str, Any]:
    return {"scale": _scale(ridge.scale), "weights": ridge.weights.tolist()}


def _ridge_from(found: Mapping[str, Any]) -> Ridge:
    return Ridge(scale=_scale_from(found["scale"]), weights=np.array(found["weights"]))


def _scale(scale: Scale) -> dict[str, list[float]]:
    return {"mean": scale.mean.tolist(), "spread": scale.spread.tolist()}


def _scale_from(found: Mapping[str, list[float]]) -> Scale:
    return Scale(mean=np.array(found["mean"]), spread=np.array(found["spread"]))
