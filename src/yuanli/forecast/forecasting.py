"""What comes next: each point by the method that did best on its recent past, with intervals that were tried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from yuanli.errors import Text
from yuanli.forecast.bookings import Bookings
from yuanli.forecast.calendar import Calendar
from yuanli.forecast.choosing import backtest_errors, choose_methods, seen
from yuanli.forecast.conformal import adapted, inside, interval_widths
from yuanli.forecast.features import Past, past_of
from yuanli.forecast.history import Floats, History, Ints
from yuanli.forecast.plugins import Forecaster
from yuanli.forecast.replay import (
    LAST_WEEK,
    ForecastParams,
    InvalidForecastError,
    Models,
    Replay,
    grow_at,
    replay,
)
from yuanli.forecast.trees import GrownTrees
from yuanli.telemetry import Times

HOURS_A_GROUP = 4
WARM_UP_D = 7
"""Days of errors that intervals are measured on before they are judged themselves."""
MEAN_TO_SIGMA = float(np.sqrt(np.pi / 2))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interval:
    """What the truth lies within as often as `level` says; shape `(n_points, horizon)`."""

    level: float
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """What is expected of points; shape `(n_points, horizon)` where nothing else is said.

    Parameters
    ----------
    at
        Times, shape `(horizon,)`.
    mean
        What is expected: the middle of what may come. Not a number for points that never said anything.
    intervals
        The narrowest first.
    methods, chosen
        Names of methods, and which of them each point was given, shape `(n_points,)`.
    errors
        Mean absolute error of methods on the backtest, shape `(n_methods, n_points)`; not a number where untried.
    misses
        How far the chosen method was above what came on the backtest, shape `(n_points, n_misses)`.
    """

    at: Times
    mean: Floats
    intervals: tuple[Interval, ...]
    methods: tuple[str, ...]
    chosen: Ints
    errors: Floats
    misses: Floats
    models: Models | None = field(default=None, repr=False)

    @property
    def low(self) -> Floats:
        """The lower end of the narrowest interval."""
        return self.intervals[0].low

    @property
    def high(self) -> Floats:
        """The upper end of the narrowest interval."""
        return self.intervals[0].high

    def method(self, point: int) -> str:
        """Return the name of the method that a point was given."""
        return self.methods[int(self.chosen[point])]

    def no_better_than_last_week(self) -> NDArray[np.bool_]:
        """Return for which points the backtest shows no gain over the same time last week."""
        own = self.errors[self.chosen, np.arange(len(self.chosen))]
        week = self.errors[self.methods.index(LAST_WEEK)]
        return np.asarray(~(own < week))


def forecast(
    history: History,
    horizon: int,
    *,
    calendar: Calendar | None = None,
    params: ForecastParams | None = None,
    weather: Floats | None = None,
    bookings: Bookings | None = None,
    plugins: Mapping[str, Forecaster] | None = None,
    grown: GrownTrees | None = None,
) -> Forecast:
    """Return what comes in the `horizon` steps after a history.

    Parameters
    ----------
    calendar
        Holidays, terms and events; without it, weekdays and weekends.
    weather
        Shape `(n_series, n_times)` of the history, temperature first; or, with the weather forecast after it,
        `(n_series, n_times + horizon)`. Days past are then taken as if their weather had been forecast as it came.
    bookings
        What is booked, with when that was made known: at each origin no more is looked at.
    plugins
        Models from outside, by name; each is tried like the other methods.
    grown
        What `grow_trees` grew on other points; without it, trees are grown on these.

    Raises
    ------
    InvalidForecastError
        A horizon, weather or history that nothing can be made of.
    """
    params = params or ForecastParams()
    origins = _origins(history, horizon, params)
    asked = _Asked(history, horizon, calendar or Calendar(), weather, bookings)
    return _rolling(asked, origins, 1, params, plugins, grown)[-1]


def grow_trees(
    history: History,
    horizon: int,
    *,
    calendar: Calendar | None = None,
    params: ForecastParams | None = None,
    weather: Floats | None = None,
    bookings: Bookings | None = None,
) -> GrownTrees:
    """Return the trees that `forecast` would grow on a history, for forecasts of many more points that end with it.

    Raises
    ------
    InvalidForecastError
        A horizon or history that nothing can be made of.
    TreesMissingError
        The extra `ml` is not installed.
    """
    params = params or ForecastParams()
    origins = _origins(history, horizon, params)
    past = _past(_Asked(history, horizon, calendar or Calendar(), weather, bookings), origins)
    return grow_at(past, origins, horizon=horizon, params=params)


def _origins(history: History, horizon: int, params: ForecastParams) -> list[int]:
    """Return the midnights, or the like, of the backtest, and the end of a history."""
    steps = history.steps_per_day
    if history.n_times < max(2, steps):
        raise InvalidForecastError(
            Text(f"历史 {history.n_times} 步，不足一天。", f"A history of {history.n_times} steps is under a day."),
            field="history",
            hint=Text("等积累几周数据再预测。", "Forecast when a few weeks have been measured."),
        )  # fmt: skip
    days = params.backtest_d + -(-horizon // steps) - 1
    first = history.n_times - days * steps
    return [o for o in range(first, history.n_times + 1, steps) if o >= steps]


def rolling_forecasts(
    history: History,
    origins: Sequence[int],
    horizon: int,
    *,
    calendar: Calendar | None = None,
    params: ForecastParams | None = None,
    weather: Floats | None = None,
    bookings: Bookings | None = None,
    plugins: Mapping[str, Forecaster] | None = None,
) -> tuple[Forecast, ...]:
    """Return the forecasts that would have been made at ascending past origins, a whole number of days apart.

    Each knows nothing of what came at or after its origin; `forecast` says what the parameters are.
    """
    steps = history.steps_per_day
    if not len(origins) or np.any(np.diff(origins) <= 0) or np.any(np.diff(origins) % steps):
        raise InvalidForecastError(
            Text("起点要递增，且相隔整天。", "Origins must ascend, whole days apart."), field="origins",
            hint=Text("例如每天零点。", "For example every midnight."),
        )  # fmt: skip
    days = (params or ForecastParams()).backtest_d + -(-horizon // steps) - 1
    before = [o for o in range(origins[0] - days * steps, origins[0], steps) if o >= steps]
    asked = _Asked(history, horizon, calendar or Calendar(), weather, bookings)
    return _rolling(asked, [*before, *origins], len(origins), params or ForecastParams(), plugins)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is to be forecast, and what is known beside it."""

    history: History
    horizon: int
    calendar: Calendar
    weather: Floats | None
    bookings: Bookings | None


def _rolling(
    asked: _Asked,
    origins: Sequence[int],
    last: int,
    params: ForecastParams,
    plugins: Mapping[str, Forecaster] | None,
    grown: GrownTrees | None = None,
) -> tuple[Forecast, ...]:
    past = _past(asked, origins)
    played = replay(past, origins, horizon=asked.horizon, params=params, plugins=plugins, grown=grown)
    return _delivered(past, played, params, last)


def _past(asked: _Asked, origins: Sequence[int]) -> Past:
    """Return a checked history prepared to be forecast."""
    history, weather, bookings = asked.history, asked.weather, asked.bookings
    _check(history, origins, asked.horizon, weather)
    if bookings is not None and len(bookings.of_point) != history.n_points:
        raise InvalidForecastError(
            Text(f"预订对应 {len(bookings.of_point)} 个点位，历史有 {history.n_points} 个。",
                 f"Bookings are told for {len(bookings.of_point)} points, the history has {history.n_points}."),
            field="bookings",
            hint=Text("每个点位给出它的地点。", "Give the place of each point."),
        )  # fmt: skip
    ahead = weather is not None and weather.shape[1] > history.n_times
    return past_of(
        history,
        asked.calendar,
        horizon=asked.horizon,
        weather=weather,
        weather_ahead=ahead,
        bookings=bookings,
    )


def _check(history: History, origins: Sequence[int], horizon: int, weather: Floats | None) -> None:
    if horizon < 1:
        raise InvalidForecastError(
            Text(f"预测步数 {horizon} 至少为 1。", f"A horizon of {horizon} steps; it must be at least 1."),
            field="horizon",
            hint=Text("例如按小时一天是 24 步。", "A day of hours is 24, for example."),
        )  # fmt: skip
    if origins[0] < 1 or origins[-1] > history.n_times:
        raise InvalidForecastError(
            Text(f"起点 {origins[0]}…{origins[-1]} 超出历史（{history.n_times} 步）。",
                 f"Origins {origins[0]} to {origins[-1]} lie outside of a history of {history.n_times} steps."),
            field="origins",
            hint=Text("起点要在历史之内或紧接其后。", "Forecast from within the history or from its end."),
        )  # fmt: skip
    if weather is not None and (
        weather.ndim != 2 or weather.shape[1] not in (history.n_times, history.n_times + horizon)
    ):
        raise InvalidForecastError(
            Text(f"天气的形状是 {weather.shape}，与 {history.n_times} 步历史、{horizon} 步预测不符。",
                 f"Weather of shape {weather.shape} fits neither {history.n_times} steps nor {horizon} more."),
            field="weather",
            hint=Text("每个量一行，时刻与历史相同。", "Give a row a quantity, at the times of the history."),
        )  # fmt: skip


def _delivered(past: Past, played: Replay, params: ForecastParams, last: int) -> tuple[Forecast, ...]:
    """Go through origins in order: choose, measure intervals, and learn how often they miss."""
    steps, n_origins = past.grid.steps, len(played.origins)
    levels = {level: np.full(past.history.n_points, level) for level in params.levels}
    made: list[Forecast] = []
    open_ones: list[tuple[int, tuple[Interval, ...]]] = []
    horizon = played.truth.shape[2]
    for place in range(min(WARM_UP_D, n_origins - last), n_origins):
        origin = int(played.origins[place])
        while open_ones and played.origins[open_ones[0][0]] + horizon <= origin:
            judged, intervals = open_ones.pop(0)
            levels = {i.level: _learnt(levels[i.level], i, played.truth[judged]) for i in intervals}
        errors = backtest_errors(played, place, days=params.backtest_d, steps=steps)
        chosen = choose_methods(errors, days=min(place, params.backtest_d))
        made.append(_one(past, played, place, errors, chosen, levels, params))
        open_ones.append((place, made[-1].intervals))
        made = made[-last:]
    return tuple(made)


def _learnt(levels: Floats, interval: Interval, came: Floats) -> Floats:
    """Return levels moved by how often an interval missed what came."""
    within = inside(came, interval.low, interval.high)
    held = np.isfinite(within)
    count = held.sum(axis=1)
    missed = np.where(count > 0, 1 - np.where(held, within, 0).sum(axis=1) / np.maximum(count, 1), np.nan)
    return adapted(levels, missed, interval.level)


def _one(
    past: Past,
    played: Replay,
    place: int,
    errors: Floats,
    chosen: Ints,
    levels: Mapping[float, Floats],
    params: ForecastParams,
) -> Forecast:
    history, grid, origin = past.history, past.grid, int(played.origins[place])
    n_points, horizon = played.truth.shape[1:]
    columns = np.arange(origin, origin + horizon)
    mean = _filled(played, place, chosen)
    floor = np.where(np.fmin.reduce(history.values[:, :origin], axis=1) >= 0, 0.0, -np.inf)[:, None]
    recent = [i for i in range(place) if played.origins[i] >= origin - params.backtest_d * grid.steps]
    misses, groups = _past_errors(past, played, recent, chosen, origin)
    apart = np.abs(misses)
    wanted = _groups(past, columns, origin)
    intervals: list[Interval] = []
    reach = np.zeros((n_points, horizon))
    for level in params.levels:
        width = interval_widths(apart, groups, wanted, levels[level])
        guess = _spread_at(past, origin) * MEAN_TO_SIGMA * float(ndtri((1 + level) / 2))
        reach = np.maximum(reach, np.where(np.isfinite(width), width, guess[:, None]))
        intervals.append(
            Interval(level=level, low=np.maximum(mean - reach, floor), high=np.maximum(mean + reach, floor))
        )
    return Forecast(
        at=history.start + history.step * columns,
        mean=np.maximum(mean, floor),
        intervals=tuple(intervals),
        methods=played.methods,
        chosen=chosen,
        errors=errors,
        misses=misses,
        models=played.models if place == len(played.origins) - 1 else None,
    )


def _filled(played: Replay, place: int, chosen: Ints) -> Floats:
    """Return what the chosen methods say; where one is silent, the plainest that is not."""
    said = played.guesses[:, place]
    mean = said[chosen, np.arange(said.shape[1])].astype(np.float64)
    for row in [*range(1, len(said)), 0]:
        mean = np.where(np.isfinite(mean), mean, said[row])
    return mean


def _past_errors(
    past: Past, played: Replay, recent: Sequence[int], chosen: Ints, origin: int
) -> tuple[Floats, Ints]:
    n_points, horizon = played.truth.shape[1:]
    if not recent:
        return np.empty((n_points, 0)), np.empty(0, dtype=np.int64)
    truth = seen(played.truth[recent], played.origins[recent], origin)
    said = played.guesses[chosen[:, None], np.asarray(recent)[None, :], np.arange(n_points)[:, None]]
    misses = (said - truth.transpose(1, 0, 2)).reshape(n_points, -1)
    starts = played.origins[recent]
    groups = [_groups(past, np.arange(o, o + horizon), o) for o in starts.tolist()]
    return misses, np.concatenate(groups)


def _groups(past: Past, columns: Ints, origin: int) -> Ints:
    """Return which steps are alike in how well they can be forecast: days ahead, days off, hours."""
    grid = past.grid
    hours = grid.clock[columns] * 24 // grid.steps // HOURS_A_GROUP
    off = grid.days.off[grid.day[columns]]
    return np.asarray(((columns - origin) // grid.steps * 2 + off) * 24 + hours)


def _spread_at(past: Past, origin: int) -> Floats:
    recent = past.history.values[:, max(0, origin - 28 * past.grid.steps) : origin]
    held = np.isfinite(recent)
    count = np.maximum(held.sum(1), 1)
    level = np.where(held, recent, 0).sum(1) / count
    return np.asarray(np.where(held, np.abs(recent - level[:, None]), 0).sum(1) / count)
