"""Why a forecast says what it says, and whether it was worth making."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.errors import Text
from yuanli.forecast.features import names_of
from yuanli.forecast.forecasting import Forecast
from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.reasons import FAMILIES, family_of, reason_of
from yuanli.forecast.replay import (
    BLEND,
    LAST_WEEK,
    LEVEL_SHARE,
    RIDGE,
    TREES,
    WEEKDAY_MEAN,
    InvalidForecastError,
    Models,
)
from yuanli.forecast.ridge import linear_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What one feature adds to a point's forecast, in its unit: the mean over the horizon, and of its absolute."""

    feature: str
    reason: str
    adds: float
    moves: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a point's forecast is what it is.

    Parameters
    ----------
    usual
        The mean of the days of the same kind, over the horizon, where every forecast begins.
    drivers
        What moves it from there, the strongest first.
    reasons
        How much of all movement each of `REASONS`, or span of the calendar, makes, the strongest first; they sum to 1,
        or are none where nothing moves.
    shares
        How much each of `FAMILIES` makes, which reasons belong to.
    error, last_week_error
        Mean absolute errors on the backtest; not a number where there was none.
    """

    method: str
    usual: float
    drivers: tuple[Driver, ...]
    reasons: Mapping[str, float]
    shares: Mapping[str, float]
    error: float
    last_week_error: float
    verdict: Text

    @property
    def better(self) -> bool:
        """Whether it beat the same time last week on the backtest."""
        return self.error < self.last_week_error


def explain_forecast(forecast: Forecast, point: int) -> Explanation:
    """Return why a point's forecast is what it is, of the last forecast that was made.

    What trees add is shared out by SHAP (Lundberg & Lee 2017, arXiv:1705.07874), a line by its weights.

    Raises
    ------
    InvalidForecastError
        The forecast is an earlier one of a row, of which no models are kept, or has no such point.
    """
    models = _models(forecast, point)
    names, moved = _moved(forecast, models, np.array([point]), np.arange(models.known.usual.shape[1]))
    adds, moves = moved[0].mean(axis=0), np.abs(moved[0]).mean(axis=0)
    spans = models.known.spans
    drivers = tuple(
        Driver(feature=names[i], reason=reason_of(names[i], spans), adds=float(adds[i]), moves=float(moves[i]))
        for i in np.argsort(-moves, kind="stable").tolist() if moves[i] > 0
    )  # fmt: skip
    (reasons,) = _told_reasons(*_shares(names, moved, spans))
    own = float(forecast.errors[forecast.chosen[point], point])
    week = float(forecast.errors[forecast.methods.index(LAST_WEEK), point])
    return Explanation(
        method=forecast.method(point),
        usual=float(models.known.usual[point].mean()),
        drivers=drivers,
        reasons=reasons,
        shares={
            family: sum(share for reason, share in reasons.items() if family_of(reason) == family)
            for family in FAMILIES
        },
        error=own,
        last_week_error=week,
        verdict=verdict_of(own, week),
    )


def explain_reasons(forecast: Forecast, *, most: int) -> tuple[Mapping[str, float], ...]:
    """Return how much of all movement of each point's forecast each reason makes, as `Explanation.reasons` has it.

    Parameters
    ----------
    most
        At how many steps is looked, evenly spaced: SHAP is slow for many points.

    Raises
    ------
    InvalidForecastError
        The forecast is an earlier one of a row, of which no models are kept.
    """
    models = _models(forecast, 0)
    n_points, horizon = models.known.usual.shape
    steps = np.arange(horizon)[:: -(-horizon // most)]
    names, moved = _moved(forecast, models, np.arange(n_points), steps)
    return _told_reasons(*_shares(names, moved, models.known.spans))


def _told_reasons(reasons: Sequence[str], shares: Floats) -> tuple[Mapping[str, float], ...]:
    """Return the reasons of each row of shares that make any of it, the strongest first."""
    order = np.argsort(-shares, axis=1, kind="stable")
    return tuple(
        {reasons[i]: float(row[i]) for i in ranked.tolist() if row[i] > 0}
        for row, ranked in zip(shares, order, strict=True)
    )


def _models(forecast: Forecast, point: int) -> Models:
    if forecast.models is None or not 0 <= point < len(forecast.chosen):
        raise InvalidForecastError(
            Text(f"这次预测没有模型，或没有测点 {point}。", f"This forecast has no models, or no point {point}."),
            field="point",
            hint=Text("解释最近一次预测。", "Explain the latest forecast."),
        )  # fmt: skip
    return forecast.models


def _shares(names: tuple[str, ...], moved: Floats, spans: tuple[str, ...]) -> tuple[tuple[str, ...], Floats]:
    """Return the reasons, and their shares in what features add; shape `(n_points, n_reasons)`."""
    moves = np.abs(moved).mean(axis=1)
    of = np.array([reason_of(name, spans) for name in names])
    reasons = tuple(dict.fromkeys(of.tolist()))
    sums = np.stack([moves[:, of == reason].sum(axis=1) for reason in reasons], axis=1)
    total = sums.sum(axis=1, keepdims=True)
    return reasons, np.asarray(np.divide(sums, total, out=np.zeros_like(sums), where=total > 0))


def _moved(forecast: Forecast, models: Models, points: Ints, steps: Ints) -> tuple[tuple[str, ...], Floats]:
    """Return features, and what each adds in the points' units; shape `(n_points, n_steps, n_features)`."""
    known = models.known
    names = names_of(known)
    chosen = np.array([forecast.method(point) for point in points.tolist()])
    moved = np.zeros((len(points), len(steps), len(names)))
    week, level = chosen == LAST_WEEK, chosen == WEEKDAY_MEAN
    moved[week, :, names.index("day_7")] = (known.week - known.usual)[points[week]][:, steps]
    yesterday = np.nan_to_num(known.features["last_day"][points[level], 0]) * known.spread[points[level]]
    moved[level, :, names.index("last_day")] = LEVEL_SHARE * yesterday[:, None]
    for method, moves_of in ((RIDGE, _line_moves), (TREES, _tree_moves)):
        share = np.where(chosen == BLEND, 0.5, chosen == method)
        own = np.flatnonzero(share)
        if not len(own):
            continue
        features, moves = moves_of(models, points[own], steps)
        unit = share[own] * known.spread[points[own]]
        columns = np.array([names.index(name) for name in features], np.int64)
        moved[np.ix_(own, np.arange(len(steps)), columns)] += moves * unit[:, None, None]
    return names, moved


def _line_moves(models: Models, points: Ints, steps: Ints) -> tuple[tuple[str, ...], Floats]:
    rows = linear_steps(models.known, *_crossed(points, steps)).reshape(len(points), len(steps), -1)
    return models.known.linear, rows * models.ridge.weights[points][:, None, :]


def _tree_moves(models: Models, points: Ints, steps: Ints) -> tuple[tuple[str, ...], Floats]:
    trees = models.trees
    if trees is None:
        return (), np.zeros((len(points), len(steps), 0))
    rows = models.known.picked(trees.names, *_crossed(points, steps))
    parts = np.asarray(trees.booster.predict(rows, pred_contrib=True, num_threads=1))[:, :-1]
    return trees.names, parts.reshape(len(points), len(steps), -1)


def _crossed(points: Ints, steps: Ints) -> tuple[Ints, Ints]:
    """Return the points and the steps of all pairs, steps within points."""
    return np.repeat(points, len(steps)), np.tile(steps, len(points))


def verdict_of(own: float, week: float) -> Text:
    """Return a sentence on the mean absolute errors of a forecast and of last week on the backtest."""
    if not np.isfinite(own) or not np.isfinite(week):
        return Text("数据太少，没有回测。", "Too little has been measured for a backtest.")
    if own < week:
        gain = 1 - own / week
        return Text(
            f"回测误差比“上周同时”小 {gain:.0%}。",
            f"On the backtest its error is {gain:.0%} below last week's.",
        )
    return Text("回测中不比“上周同时”好。", "On the backtest it is no better than last week.")
