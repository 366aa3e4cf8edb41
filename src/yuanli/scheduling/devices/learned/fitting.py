"""Learning from plans of earlier days: prices, then states by cross-entropy, then how far to lean toward on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.learning import ClassTrees, GrowParams, Line, TreesMissingError, fit_line, grow
from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.checking import check_devices
from yuanli.scheduling.devices.learned.days import Day, DaySplit, split_days
from yuanli.scheduling.devices.learned.features import NAMES, features_of
from yuanli.scheduling.devices.learned.model import LINE, TREES, PlanModel, cross_entropy
from yuanli.scheduling.devices.learned.prices import PriceModel, fit_prices
from yuanli.scheduling.devices.learned.projecting import preview_plan

Rows = NDArray[np.float32]
LEANS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLearning:
    """How a model is learnt.

    Parameters
    ----------
    candidates
        Of `line` (logistic regression) and `trees` (LightGBM, extra `ml`); the first that is best on the days kept
        for choosing is taken.
    choose
        Days of each plant, its last, that models are chosen on.
    rows
        The most devices in slots that are learnt from, drawn at random.
    penalty
        Of the squared weights of the line.
    """

    candidates: tuple[str, ...] = (LINE, TREES)
    choose: int = 2
    rows: int = 200_000
    penalty: float = 1.0
    trees: GrowParams = field(
        default_factory=lambda: GrowParams(trees=120, leaves=24, rate=0.1, least_share=2e-4)
    )
    seed: int = 0


def fit_plans(plants: Sequence[Sequence[Day]], *, params: PlanLearning = PlanLearning()) -> PlanModel:
    """Learn from plants, each a row of days in their order.

    Raises
    ------
    DaysError
        A plant has fewer than two different days besides those kept for choosing.
    TreesMissingError
        Only trees are asked for, and the extra `ml` is not installed.
    """
    splits = [split_days(days, choose=params.choose, test=0) for days in plants]
    prices = fit_prices([day for split in splits for day in split.learn])
    learnt = [_rows_of(split.learn, (), prices) for split in splits]
    kept = [_rows_of(split.choose, split.learn, prices) for split in splits]
    features, truth = _joined(learnt)
    many = len(truth)
    if many > params.rows:
        chosen = np.sort(np.random.default_rng(params.seed).choice(many, params.rows, replace=False))
        features, truth = features[chosen], truth[chosen]
    found: dict[str, Line | ClassTrees] = {}
    for kind in params.candidates:
        try:
            found[kind] = _fit(kind, features, truth, params)
        except TreesMissingError:
            if len(params.candidates) == 1:
                raise
    held, held_truth = _joined(kept) if params.choose else (features, truth)
    scores = {kind: cross_entropy(one.predict(held)[:, 1], held_truth) for kind, one in found.items()}
    best = min(scores, key=lambda kind: scores[kind])
    model = PlanModel(
        states=found[best], prices=prices, kind=best, names=NAMES, validation=scores,
        days=sum(len(split.learn) for split in splits),
    )  # fmt: skip
    return replace(model, lean=_best_lean(model, splits))


def _rows_of(
    days: Sequence[Day], before: Sequence[Day], prices: PriceModel
) -> tuple[Rows, NDArray[np.int64]]:
    """Return what is known of days, each with only the days before it as its past, and what was planned."""
    features, truth = [], []
    for number, day in enumerate(days):
        tables = tables_of(day.problem)
        past = [*before, *days[:number]]
        features.append(features_of(day.problem, tables, past, prices.predict(day.problem, tables)))
        truth.append(day.plan.on.ravel().astype(np.int64))
    if not features:
        return np.zeros((0, len(NAMES)), np.float32), np.zeros(0, np.int64)
    return np.concatenate(features), np.concatenate(truth)


def _joined(parts: Sequence[tuple[Rows, NDArray[np.int64]]]) -> tuple[Rows, NDArray[np.int64]]:
    return np.concatenate([rows for rows, _ in parts]), np.concatenate([truth for _, truth in parts])


def _fit(kind: str, features: Rows, truth: NDArray[np.int64], params: PlanLearning) -> Line | ClassTrees:
    if kind == TREES:
        return grow(features, truth, classes=2, params=params.trees, seed=params.seed)
    return fit_line(features, truth, classes=2, penalty=params.penalty)


def _best_lean(model: PlanModel, splits: Sequence[DaySplit]) -> float:
    """Return the lean whose previews cost least over the plans of the days kept for choosing; 0 without such days."""
    costs = dict.fromkeys(LEANS, 0.0)
    for split in splits:
        for number, day in enumerate(split.choose):
            planned = max(abs(check_devices(day.problem, day.plan).cost), 1e-9)
            for lean in LEANS:
                past = [*split.learn, *split.choose[:number]]
                preview = preview_plan(replace(model, lean=lean), day.problem, past)
                invalid = preview is None or not preview.checked.valid
                costs[lean] += 1.0 if preview is None or invalid else preview.checked.cost / planned - 1.0
    return min(LEANS, key=lambda lean: costs[lean])
