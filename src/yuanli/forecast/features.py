"""What is known of a time to come when it is forecast: numbers a model can weigh.

Values are measured from what days of the same kind say (`usual`), in units of the point's own spread, so that one
model serves points of any size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.bookings import Bookings
from yuanli.forecast.calendar import Calendar
from yuanli.forecast.grid import NEVER, WEEKS, Grid, grid_of, mean_of, taken
from yuanli.forecast.history import Floats, History, Ints

SPREAD_D = 28
YEAR_D = 364
CLIP = 20.0
Columns = NDArray[np.float32]

LINEAR = (
    "day_1", "day_2", "day_7", "like_1", "like_2", "last_day", "last_3_days", "last_week", "last_6_hours", "same_work",
    "all_day_1", "warmth", "booked_apart",
)  # fmt: skip
"""The features that a straight line can use, the last two where weather and bookings are known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """A history prepared once: how far each value was from the usual.

    Parameters
    ----------
    apart
        Values less the mean of the days of the same kind before them; shape of the history's values.
    weather
        Shape `(n_series, n_times or more)`, such as the outdoor temperature.
    bookings, booked
        What is booked, and how much of it was when its time came; shape `(n_places, n_times)`.
    """

    history: History
    grid: Grid
    apart: Columns
    weather: Floats | None
    weather_ahead: bool
    bookings: Bookings | None = None
    booked: Floats | None = None

    def of(self, points: Ints) -> Past:
        """Return some of the points."""
        bookings = None if self.bookings is None else self.bookings.of(points)
        return replace(self, history=self.history.of(points), apart=self.apart[points], bookings=bookings)

    @property
    def linear(self) -> tuple[str, ...]:
        """Those of `LINEAR` that there are."""
        missing = {"warmth": self.weather is None, "booked_apart": self.bookings is None}
        return tuple(name for name in LINEAR if not missing.get(name))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What is known at one origin of the steps after it.

    Parameters
    ----------
    usual
        The mean of the last days of the same kind; shape `(n_points, horizon)`.
    week
        The value a week, or the weeks that are needed, before; same shape.
    spread
        How far values go from their mean; shape `(n_points,)`, above nought.
    features
        By name, of shape `(n_points, horizon)`, `(horizon,)` or `(n_points, 1)`; not a number where unknown.
    linear
        Names of those that a straight line can use.
    spans
        Names of the calendar's spans, in the order of their features.
    """

    origin: int
    usual: Floats
    week: Floats
    spread: Floats
    features: dict[str, NDArray[np.floating]]
    linear: tuple[str, ...]
    spans: tuple[str, ...]

    def matrix(self, names: tuple[str, ...]) -> NDArray[np.float32]:
        """Return features as shape `(n_points, horizon, n_features)`."""
        out = np.empty((*self.usual.shape, len(names)), dtype=np.float32)
        for place, name in enumerate(names):
            out[:, :, place] = self.features[name]
        return out

    def picked(self, names: tuple[str, ...], points: Ints, steps: Ints) -> NDArray[np.float32]:
        """Return features of some steps of some points as shape `(n_picked, n_features)`."""
        out = np.empty((len(points), len(names)), dtype=np.float32)
        for place, name in enumerate(names):
            out[:, place] = np.broadcast_to(self.features[name], self.usual.shape)[points, steps]
        return out


def past_of(
    history: History,
    calendar: Calendar,
    *,
    horizon: int,
    weather: Floats | None = None,
    weather_ahead: bool = False,
    bookings: Bookings | None = None,
) -> Past:
    """Return a history prepared to forecast `horizon` steps from any of its times."""
    grid = grid_of(history, calendar, more=horizon)
    apart = np.full(history.values.shape, np.nan, dtype=np.float32)
    for first in range(0, history.n_times, 1024):
        columns = np.arange(first, min(first + 1024, history.n_times))
        like = grid.like(columns, np.ones_like(columns))
        apart[:, columns] = history.values[:, columns] - mean_of(
            _stack(history.values, like, history.n_times), 0
        )
    booked = None if bookings is None else bookings.past(history.start, history.step, history.n_times)
    return Past(
        history=history, grid=grid, apart=apart, weather=weather, weather_ahead=weather_ahead, bookings=bookings,
        booked=booked,
    )  # fmt: skip


def known_at(past: Past, origin: int, horizon: int) -> Known:
    """Return what is known at an origin; nothing at or after it is looked at."""
    values, grid, apart = past.history.values, past.grid, past.apart
    columns = np.arange(origin, origin + horizon)
    ahead = (columns - origin) // grid.steps + 1
    weeks_ahead = 7 * -(-ahead // 7)
    like = _stack(values, grid.like(columns, ahead), origin)
    usual, level, spread = mean_of(like, 0), *_spread(values, origin, grid.steps)
    week = taken(values, grid.back(columns, weeks_ahead), origin)
    usual = np.where(np.isfinite(usual), usual, np.where(np.isfinite(week), week, level[:, None]))
    unit = spread[:, None]

    def scaled(found: NDArray[np.floating]) -> NDArray[np.floating]:
        return np.clip(found / unit, -CLIP, CLIP)

    features: dict[str, NDArray[np.floating]] = {}
    for days in (1, 2, 3):
        back = grid.back(columns, ahead + days - 1)
        features[f"day_{days}"] = scaled(taken(apart, back, origin))
        if days == 1:
            features["day_1_value"] = scaled(taken(values, back, origin) - usual)
    features["day_7"] = scaled(week - usual)
    for place in range(WEEKS):
        features[f"like_{place + 1}"] = scaled(like[place] - usual)
    features["like_range"] = scaled(_range(like))
    for name, steps in _spans(grid.steps).items():
        features[name] = scaled(mean_of(apart[:, max(0, origin - steps) : origin], 1)[:, None])
        if steps <= grid.steps:
            features[name + "_value"] = scaled(
                mean_of(values[:, max(0, origin - steps) : origin], 1)[:, None] - usual
            )
    features["same_work"] = scaled(
        mean_of(_stack(values, _same_work(grid, columns, ahead), origin), 0) - usual
    )
    year = grid.back(columns, YEAR_D)
    features["year"] = scaled(taken(apart, year, origin))
    features["all_day_1"] = mean_of(np.clip(features["day_1"], -3, 3), 0)
    features["all_last_day"] = mean_of(np.clip(features["last_day"], -3, 3), 0)[None, :]
    features["all_year"] = mean_of(np.clip(features["year"], -3, 3), 0)
    features["usual_level"] = scaled(usual - level[:, None])
    features["evenness"] = np.clip(level[:, None] / unit, -CLIP, CLIP)
    features |= _day_features(grid, columns, origin)
    features |= _weather_features(past, columns, ahead, origin)
    features |= _booking_features(past, columns, ahead, origin)
    return Known(
        origin=origin, usual=usual, week=week, spread=spread, features=features, linear=past.linear,
        spans=grid.days.names,
    )  # fmt: skip


def _spans(steps: int) -> dict[str, int]:
    hours = max(1, steps // 24)
    return {"last_hour": hours, "last_6_hours": 6 * hours, "last_day": steps, "last_3_days": 3 * steps,
            "last_week": 7 * steps}  # fmt: skip


def _spread(values: Floats, origin: int, steps: int) -> tuple[Floats, Floats]:
    recent = values[:, max(0, origin - SPREAD_D * steps) : origin]
    level = mean_of(recent, 1)
    silent = ~np.isfinite(level)
    level[silent] = mean_of(values[silent, :origin], 1)
    spread = mean_of(np.abs(recent - level[:, None]), 1)
    least = 1e-3 * np.nan_to_num(np.abs(level)) + 1e-9
    return level, np.where(np.isfinite(spread), np.maximum(spread, least), 1.0)


def _range(like: Floats) -> Floats:
    least, most = np.fmin.reduce(like, 0), np.fmax.reduce(like, 0)
    return np.asarray(most - least)


def _stack(values: Floats, columns: Ints, end: int) -> Floats:
    return np.stack([taken(values, row, end) for row in columns])


def _same_work(grid: Grid, columns: Ints, ahead: Ints) -> Ints:
    """Return the same clock on the last days that are off, or not off, as the day to come is."""
    days = grid.day[columns]
    lags = ahead[:, None] + np.arange(14)
    same = grid.days.off[np.maximum(days[:, None] - lags, 0)] == grid.days.off[days][:, None]
    order = np.argsort(~same, axis=1, kind="stable")[:, :WEEKS]
    held = np.take_along_axis(same, order, 1).T
    back = np.take_along_axis(lags, order, 1).T
    return np.where(held, grid.back(np.broadcast_to(columns, back.shape), back), NEVER)


def _day_features(grid: Grid, columns: Ints, origin: int) -> dict[str, NDArray[np.floating]]:
    days, day = grid.days, grid.day[columns]
    plain = {
        "steps_ahead": columns - origin,
        "hour": grid.clock[columns] * (24.0 / grid.steps),
        "weekday": days.weekday[day],
        "alike": days.alike[day],
        "off": days.off[day],
        "off_before": days.off[np.maximum(day - 1, 0)],
        "off_after": days.off[np.minimum(day + 1, len(days.off) - 1)],
        "off_run": days.run[day],
        "since_holiday": days.since[day],
        "until_holiday": days.until[day],
        "year_day": days.year_day[day],
        "week_like_lag": grid.alike[day, 0],
        "holidays_in_like": days.holiday[np.maximum(day[:, None] - grid.alike[day, :WEEKS], 0)].sum(1),
    }
    spans = {f"span_{i}": row[day] for i, row in enumerate(days.spans)}
    before = {f"span_{i}_before": row[np.maximum(day - 7, 0)] for i, row in enumerate(days.spans)}
    return {name: np.asarray(column, dtype=np.float64) for name, column in (plain | spans | before).items()}


def _weather_features(past: Past, columns: Ints, ahead: Ints, origin: int) -> dict[str, NDArray[np.floating]]:
    if past.weather is None:
        return {"warmth": np.zeros(len(columns))}
    grid, weather, found = past.grid, past.weather, {}
    end = weather.shape[1] if past.weather_ahead else origin
    level = mean_of(weather[:, :origin], 1)
    unit = np.sqrt(mean_of((weather[:, :origin] - level[:, None]) ** 2, 1)) + 1e-9
    last = mean_of(weather[:, max(0, origin - grid.steps) : origin], 1)
    like = mean_of(_stack(weather, grid.like(columns, ahead), origin), 0)
    now = (
        taken(weather, columns, end)
        if past.weather_ahead
        else taken(weather, grid.back(columns, ahead), origin)
    )
    for i in range(len(weather)):
        found[f"weather_{i}"] = now[i]
        found[f"weather_{i}_apart"] = (now[i] - like[i]) / unit[i]
        found[f"weather_{i}_last_day"] = np.full(len(columns), last[i])
    found["warmth"] = found["weather_0_apart"]
    return found


def _booking_features(past: Past, columns: Ints, ahead: Ints, origin: int) -> dict[str, NDArray[np.floating]]:
    bookings, booked, history = past.bookings, past.booked, past.history
    if bookings is None or booked is None:
        return {}
    told = bookings.ahead(history.start + origin * history.step, history.step, len(columns))
    like = np.nan_to_num(mean_of(_stack(booked, past.grid.like(columns, ahead), origin), 0))
    unit = booked[:, :origin].std(axis=1, keepdims=True)
    unit = np.where(unit > 0, unit, 1.0)
    rows, none = bookings.of_point, (bookings.of_point < 0)[:, None]
    scaled = {"booked": told / unit, "booked_apart": (told - like) / unit}
    return {name: np.where(none, 0.0, np.clip(column, -CLIP, CLIP)[rows]) for name, column in scaled.items()}


def names_of(known: Known) -> tuple[str, ...]:
    """Return the names of features, in one order."""
    return tuple(known.features)
