"""What each method would have said at past origins, each with nothing but what was known then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text
from yuanli.forecast.features import Known, Past, known_at
from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.plugins import Forecaster, ask_forecaster
from yuanli.forecast.ridge import (
    RIDGE_D,
    Moments,
    Ridge,
    fit_ridge,
    linear_rows,
    moments_of,
    predict_ridge,
    target_rows,
)
from yuanli.forecast.trees import GrownTrees, TreeParams, Trees, fit_trees, predict_trees

LAST_WEEK, WEEKDAY_MEAN, RIDGE, TREES, BLEND = "last_week", "weekday_mean", "ridge", "trees", "blend"
METHODS = (LAST_WEEK, WEEKDAY_MEAN, RIDGE, BLEND, TREES)
"""From the plainest to the boldest; `blend` is the middle between `ridge` and `trees`."""
LEVEL_SHARE = 0.5
"""How much of yesterday's distance from the usual is expected to last."""


class InvalidForecastError(InvalidInputError):
    """A question about the future that can't be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastParams:
    """How forecasts are made.

    Parameters
    ----------
    methods
        Those that may be chosen, of `METHODS`; `last_week` is always looked at.
    backtest_d
        Days before the origin on which methods are compared and intervals measured.
    refit_d
        After how many days trees are grown anew.
    levels
        How often the truth shall lie in each interval, ascending.
    """

    methods: tuple[str, ...] = METHODS
    backtest_d: int = 28
    refit_d: int = 28
    levels: tuple[float, ...] = (0.8, 0.95)
    trees: TreeParams = field(default_factory=TreeParams)

    def __post_init__(self) -> None:
        wrong = sorted(set(self.methods) - set(METHODS))
        if wrong or not self.methods:
            raise InvalidForecastError(
                Text(f"没有预测方法 {wrong}。", f"There are no methods {wrong}."),
                field="methods",
                hint=Text(f"可用：{', '.join(METHODS)}。", f"Choose of {', '.join(METHODS)}."),
            )
        if (
            not self.levels
            or not all(0 < level < 1 for level in self.levels)
            or list(self.levels) != sorted(set(self.levels))
        ):
            raise InvalidForecastError(
                Text(f"水平 {self.levels} 须在 0、1 间递增。", f"Levels {self.levels} must ascend between 0 and 1."),
                field="levels",
                hint=Text("例如 0.8 和 0.95。", "For example 0.8 and 0.95."),
            )  # fmt: skip
        if self.backtest_d < 1 or self.refit_d < 1:
            raise InvalidForecastError(
                Text("回测和重训天数至少为 1。", "Backtest and refit take at least a day."), field="backtest_d",
                hint=Text("例如 28。", "For example 28."),
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Models:
    """What was fitted for the last origin, and what was known there."""

    known: Known
    ridge: Ridge
    trees: Trees | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """What methods said at origins, and what came.

    Parameters
    ----------
    guesses
        Shape `(n_methods, n_origins, n_points, horizon)`; not a number where a method had nothing to say.
    truth
        Shape `(n_origins, n_points, horizon)`; not a number where it is missing or still to come.
    """

    methods: tuple[str, ...]
    origins: Ints
    guesses: NDArray[np.float32]
    truth: NDArray[np.float32]
    models: Models


def replay(
    past: Past,
    origins: Sequence[int],
    *,
    horizon: int,
    params: ForecastParams,
    plugins: Mapping[str, Forecaster] | None = None,
    grown: GrownTrees | None = None,
) -> Replay:
    """Return what methods would have said at ascending origins; `grown` spares growing trees of these points."""
    plugins = plugins or {}
    methods = (*(m for m in METHODS if m in params.methods or m == LAST_WEEK), *plugins)
    n_points = past.history.n_points
    guesses = np.full((len(methods), len(origins), n_points, horizon), np.nan, dtype=np.float32)
    truth = np.full(guesses.shape[1:], np.nan, dtype=np.float32)
    lines = _Lines(past, horizon)
    if grown is None:
        grown = grow_at(past, origins, horizon=horizon, params=params)
    for place, origin in enumerate(origins):
        known = known_at(past, origin, horizon)
        ridge = lines.fit(origin)
        trees = grown.find_at(past.history.start + origin * past.history.step)
        said = _said(known, ridge, trees, params.trees.threads)
        said |= {
            name: ask_forecaster(plugin, past.history, origin, horizon) for name, plugin in plugins.items()
        }
        for row, method in enumerate(methods):
            if method in said:
                guesses[row, place] = said[method]
        came = past.history.values[:, origin : origin + horizon]
        truth[place, :, : came.shape[1]] = came
    models = Models(known=known, ridge=ridge, trees=trees)
    return Replay(
        methods=methods,
        origins=np.asarray(origins, dtype=np.int64),
        guesses=guesses,
        truth=truth,
        models=models,
    )


def grow_at(past: Past, origins: Sequence[int], *, horizon: int, params: ForecastParams) -> GrownTrees:
    """Return the trees of ascending origins, anew after each `refit_d` days; none where no method asks for them."""
    at: list[int] = []
    for origin in origins if {TREES, BLEND} & set(params.methods) else ():
        if not at or origin >= at[-1] + params.refit_d * past.grid.steps:
            at.append(origin)
    trees = tuple(fit_trees(past, origin, horizon=horizon, params=params.trees) for origin in at)
    history = past.history
    return GrownTrees(at=tuple(history.start + origin * history.step for origin in at), trees=trees)


def weekday_mean(known: Known) -> Floats:
    """Return the mean of the last days of the same kind, moved half-way to where yesterday was from its own."""
    moved = np.nan_to_num(known.features["last_day"]) * known.spread[:, None]
    return np.asarray(known.usual + LEVEL_SHARE * moved)


def _said(known: Known, ridge: Ridge, trees: Trees | None, threads: int) -> dict[str, Floats]:
    line = predict_ridge(ridge, known, linear_rows(known))
    said = {LAST_WEEK: known.week, WEEKDAY_MEAN: weekday_mean(known), RIDGE: line}
    if trees is not None:
        said[TREES] = predict_trees(trees, known, threads=threads)
        said[BLEND] = (said[TREES] + line) / 2
    return said


class _Lines:
    """Keeps what past origins add to ridge fits, since origins that follow each other share most of them."""

    def __init__(self, past: Past, horizon: int) -> None:
        self._past, self._horizon = past, horizon
        self._kept: dict[int, Moments] = {}

    def fit(self, origin: int) -> Ridge:
        """Return the ridge of an origin."""
        steps = self._past.grid.steps
        latest = origin - steps * -(-self._horizon // steps)
        wanted = [o for o in range(latest, latest - RIDGE_D * steps, -steps) if o > 0]
        self._kept = {o: self._kept[o] if o in self._kept else self._moments(o) for o in wanted}
        if not wanted:
            return Ridge(weights=np.zeros((self._past.history.n_points, len(self._past.linear))))
        return fit_ridge(list(self._kept.values()))

    def _moments(self, origin: int) -> Moments:
        known = known_at(self._past, origin, self._horizon)
        truth = self._past.history.values[:, origin : origin + self._horizon]
        return moments_of(linear_rows(known), target_rows(known, truth))
