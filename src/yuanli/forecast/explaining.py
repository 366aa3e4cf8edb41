"""Why a forecast says what it says, and whether it was worth making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yuanli.errors import Text
from yuanli.forecast.features import LINEAR, Known
from yuanli.forecast.forecasting import Forecast
from yuanli.forecast.history import Floats, Ints
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

FAMILIES = ("usual_days", "recent_level", "calendar", "weather", "other_points")
_CALENDAR = frozenset(
    {"steps_ahead", "hour", "weekday", "alike", "off", "off_before", "off_after", "off_run", "since_holiday",
     "until_holiday", "year_day", "week_like_lag", "holidays_in_like", "year", "same_work"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What one feature adds to a point's forecast, in its unit: the mean over the horizon, and of its absolute."""

    feature: str
    family: str
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
    shares
        How much of all movement each of `FAMILIES` makes; they sum to 1, or to 0 where nothing moves.
    error, last_week_error
        Mean absolute errors on the backtest; not a number where there was none.
    """

    method: str
    usual: float
    drivers: tuple[Driver, ...]
    shares: Mapping[str, float]
    error: float
    last_week_error: float
    verdict: Text

    @property
    def better(self) -> bool:
        """Whether it beat the same time last week on the backtest."""
        return self.error < self.last_week_error


def explain_forecast(forecast: Forecast, point: int, *, every: int = 1) -> Explanation:
    """Return why a point's forecast is what it is, of the last forecast that was made.

    What trees add is shared out by SHAP (Lundberg & Lee 2017, arXiv:1705.07874), a line by its weights.

    Parameters
    ----------
    every
        Only each so-manieth step is looked into, since SHAP is slow for many points.

    Raises
    ------
    InvalidForecastError
        The forecast is an earlier one of a row, of which no models are kept, or has no such point.
    """
    if forecast.models is None or not 0 <= point < len(forecast.chosen):
        raise InvalidForecastError(
            Text(f"这次预测没有模型，或没有测点 {point}。", f"This forecast has no models, or no point {point}."),
            field="point",
            hint=Text("解释最近一次预测。", "Explain the latest forecast."),
        )  # fmt: skip
    models, method = forecast.models, forecast.method(point)
    moved = _moved(models, method, point, np.arange(0, models.known.usual.shape[1], every))
    drivers = tuple(
        Driver(
            feature=name,
            family=family_of(name),
            adds=float(values.mean()),
            moves=float(np.abs(values).mean()),
        )
        for name, values in sorted(moved.items(), key=lambda item: -float(np.abs(item[1]).mean()))
        if np.abs(values).max(initial=0) > 0
    )
    total = sum(d.moves for d in drivers)
    shares = {f: sum(d.moves for d in drivers if d.family == f) / total if total else 0.0 for f in FAMILIES}
    own = float(forecast.errors[forecast.chosen[point], point])
    week = float(forecast.errors[forecast.methods.index(LAST_WEEK), point])
    return Explanation(
        method=method,
        usual=float(models.known.usual[point].mean()),
        drivers=drivers,
        shares=shares,
        error=own,
        last_week_error=week,
        verdict=verdict_of(own, week),
    )


def family_of(feature: str) -> str:
    """Return which of `FAMILIES` a feature belongs to."""
    if feature.startswith("all_"):
        return "other_points"
    if feature.startswith("weather_") or feature == "warmth":
        return "weather"
    if feature.startswith("span_") or feature in _CALENDAR:
        return "calendar"
    return "recent_level" if feature.startswith("last_") else "usual_days"


def _moved(models: Models, method: str, point: int, steps: Ints) -> dict[str, Floats]:
    """Return what each feature adds at steps, in the point's unit."""
    known = models.known
    if method == LAST_WEEK:
        return {"day_7": (known.week[point] - known.usual[point])[steps]}
    if method == WEEKDAY_MEAN:
        level = float(np.nan_to_num(known.features["last_day"][point, 0])) * known.spread[point]
        return {"last_day": np.full(len(steps), LEVEL_SHARE * level)}
    if method not in (RIDGE, TREES, BLEND):
        return {}
    share = 0.5 if method == BLEND else 1.0
    moved: dict[str, Floats] = {}
    for wanted, found in ((RIDGE, _line_moves), (TREES, _tree_moves)):
        if method in (wanted, BLEND):
            for name, values in found(models, known, point, steps).items():
                moved[name] = moved.get(name, np.zeros(len(values))) + share * values * known.spread[point]
    return moved


def _line_moves(models: Models, known: Known, point: int, steps: Ints) -> dict[str, Floats]:
    rows = linear_steps(known, point, steps)
    return {name: rows[:, i] * models.ridge.weights[point, i] for i, name in enumerate(LINEAR)}


def _tree_moves(models: Models, known: Known, point: int, steps: Ints) -> dict[str, Floats]:
    trees = models.trees
    if trees is None:
        return {}
    rows = known.picked(trees.names, np.full(len(steps), point), steps)
    parts = np.asarray(trees.booster.predict(rows, pred_contrib=True, num_threads=1))
    return {name: parts[:, i] for i, name in enumerate(trees.names)}


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
