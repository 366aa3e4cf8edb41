"""A model of states as a folder: what it looks at, its members, its scores and its card, with a sum for each file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from yuanli.errors import Text
from yuanli.forecast.states.features import Look
from yuanli.forecast.states.fitting import FLOOR_NAMES, MODEL, StateModel
from yuanli.forecast.states.floors import Floors, Threshold
from yuanli.forecast.states.members import Cut, Member, Network, open_network_of
from yuanli.forecast.states.scoring import StateScores
from yuanli.forecast.states.switches import Switches
from yuanli.forecast.states.views import parse_candidate
from yuanli.learning import (
    BrokenModelError,
    CardNotes,
    ClassTrees,
    Line,
    ModelFacts,
    Scale,
    Score,
    check_sums,
    load_facts,
    load_trees,
    save_facts,
    write_card,
)

STATES = "states.json"
LIMITS = (
    Text("指标按留出的整天计算；状态很少变化时准确率天然很高，应看变化召回率。",
         "Scores are of whole days left out. Where a state seldom changes accuracy is high by itself; see changes."),
    Text("换了时间表、设备或传感器后须重新训练。", "To be learnt anew when schedules, devices or sensors change."),
)  # fmt: skip


def save_states(
    folder: Path, model: StateModel, *, name: str, data: str, code: str, seed: int, version: str = "",
    subject: Text = Text("", ""),
) -> ModelFacts:  # fmt: skip
    """Write a model, its card in both languages, and the sums of its files.

    Parameters
    ----------
    data, code
        What it was learnt from and by: a hash of the data, the version of the program.
    version
        The first signs of `data` unless told.
    subject
        A sentence on what it was learnt from, for the card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    members = [_save_member(folder, place, member) for place, member in enumerate(model.members)]
    document = {
        "look": asdict(model.look), "step": model.step, "temperature": model.temperature, "lean": model.lean,
        "floors": asdict(model.floors), "copied": model.copied, "members": members,
        "validation": {name: asdict(scores) for name, scores in model.validation.items()},
    }  # fmt: skip
    (folder / STATES).write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    own = model.validation[MODEL]
    facts = ModelFacts(
        name=name, version=version or data[:8], base=model.method, labels=model.classes, temperature=model.temperature,
        data=data, code=code, seed=seed, scores=_plain(own),
    )  # fmt: skip
    notes = CardNotes(
        data=Text(f"{subject.zh}{own.days} 天、{own.count} 个时刻。",
                  f"{subject.en}{own.days} days, {own.count} moments."),
        use=_use(model), limits=(model.verdict(), *LIMITS, *(_line(*one) for one in model.validation.items())),
    )  # fmt: skip
    accuracy = Score(own.accuracy, own.accuracy_low, own.accuracy_high, own.count)
    write_card(folder, facts, {"accuracy": accuracy}, notes)
    return save_facts(folder, facts)


def load_states(folder: Path) -> StateModel:
    """Read a model.

    Raises
    ------
    BrokenModelError
        A file is missing, or not what was written.
    """
    facts = load_facts(folder)
    check_sums(folder, facts)
    try:
        document = json.loads((folder / STATES).read_text("utf-8"))
        look = document["look"]
        floors = document["floors"]
        return StateModel(
            classes=facts.labels,
            look=Look(**{**look, "signals": tuple(look["signals"]), "steady": tuple(look["steady"])}),
            step=document["step"], temperature=document["temperature"], lean=document["lean"],
            members=tuple(_load_member(folder, one, len(facts.labels)) for one in document["members"]),
            floors=Floors(commonest=floors["commonest"], threshold=_threshold(floors["threshold"])),
            validation={name: StateScores(**scores) for name, scores in document["validation"].items()},
            copied=tuple((first, second) for first, second in document["copied"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenModelError(
            Text(f"“{folder}”不是状态模型：{error}", f"{folder} is no model of states: {error}"),
            field=str(folder),
            hint=Text("用 yuanli states train 重新训练。", "Learn it again by yuanli states train."),
        ) from error


def _use(model: StateModel) -> Text:
    minutes = model.look.ahead * model.step / 60_000_000
    if model.look.ahead:
        return Text(f"预测 {minutes:g} 分钟后的状态。", f"The state {minutes:g} minutes ahead.")
    return Text("由当前读数判断此刻的状态。", "The state at the moment, from what is measured.")


def _line(name: str, scores: StateScores) -> Text:
    recall = "–" if np.isnan(scores.change_recall) else f"{scores.change_recall:.3f}"
    zh, en = FLOOR_NAMES.get(name, (name, name))
    if name == MODEL:
        zh, en = "上线时的回答", "as it answers"
    return Text(f"留出日：{zh}，准确率 {scores.accuracy:.4f}，变化召回 {recall}",
                f"On days left out: {en}, accuracy {scores.accuracy:.4f}, changes foreseen {recall}")  # fmt: skip


def _plain(scores: StateScores) -> Mapping[str, float]:
    return {
        name: round(value, 6)
        for name, value in asdict(scores).items()
        if isinstance(value, float) and np.isfinite(value)
    }


def _save_member(folder: Path, place: int, member: Member) -> dict[str, Any]:
    learnt = member.learnt
    found: dict[str, Any] = {"candidate": str(member.candidate), "columns": list(member.columns)}
    if isinstance(learnt, Cut):
        found |= {"threshold": asdict(learnt.threshold), "shares": learnt.shares.tolist()}
    elif isinstance(learnt, Line):
        found |= {"scale": _scale(learnt.scale), "weights": learnt.weights.tolist()}
    elif isinstance(learnt, Switches):
        found |= {
            "cuts": [None if np.isnan(cut) else cut for cut in learnt.cuts.tolist()],
            "scale": _scale(learnt.line.scale), "weights": learnt.line.weights.tolist(),
        }  # fmt: skip
    elif isinstance(learnt, ClassTrees):
        (folder / f"trees-{place}.txt").write_text(learnt.booster.model_to_string(), "utf-8")
        found |= {"trees": f"trees-{place}.txt"}
    else:
        (folder / f"network-{place}.onnx").write_bytes(learnt.onnx)
        found |= {
            "network": f"network-{place}.onnx", "scale": _scale(learnt.scale), "facts": _scale(learnt.facts)
        }  # fmt: skip
    return found


def _load_member(folder: Path, found: Mapping[str, Any], classes: int) -> Member:
    learnt: Cut | Line | Switches | ClassTrees | Network
    if "shares" in found:
        threshold = Threshold(**found["threshold"])
        learnt = Cut(threshold=threshold, shares=np.array(found["shares"]))
    elif "weights" in found:
        line = Line(scale=_scale_from(found["scale"]), weights=np.array(found["weights"]))
        cuts = found.get("cuts")
        learnt = line if cuts is None else Switches(cuts=np.array(cuts, dtype=np.float64), line=line)
    elif "trees" in found:
        learnt = load_trees((folder / found["trees"]).read_text("utf-8"), classes)
    else:
        onnx = (folder / found["network"]).read_bytes()
        learnt = open_network_of(onnx, _scale_from(found["scale"]), _scale_from(found["facts"]))
    return Member(
        candidate=parse_candidate(found["candidate"]), columns=tuple(found["columns"]), learnt=learnt
    )


def _scale(scale: Scale) -> dict[str, list[float]]:
    return {"mean": scale.mean.tolist(), "spread": scale.spread.tolist()}


def _scale_from(found: Mapping[str, list[float]]) -> Scale:
    return Scale(mean=np.array(found["mean"]), spread=np.array(found["spread"]))


def _threshold(found: Mapping[str, Any] | None) -> Threshold | None:
    return None if found is None else Threshold(**found)
