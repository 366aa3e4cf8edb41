"""Forecasting many rows of one hourly grid at once: the next hours and days of each, with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.forecast import (
    HOUR,
    METHODS,
    Forecast,
    ForecastParams,
    GrownTrees,
    History,
    TreeParams,
    daily,
    explain_reasons,
    has_trees,
    reconciled,
    summing_matrix,
)
from yuanli.operations.kept_forecasts import ForecastBand, KeptForecast
from yuanli.operations.moments import micros_of, time_of
from yuanli.operations.outlook import Outlook

LAST_WEEK = "last_week"
WITHOUT_TREES = (LAST_WEEK, "weekday_mean", "ridge")
LEAST_HOURS = 48
LEAST_DAYS = 3
SILENT_H = 14 * 24
"""Who was silent for so many hours before the origin is not forecast."""
EXPLAINED = 4
"""At how many steps is looked to say what a forecast hangs on: at 48 hours, once every twelve."""
NOUGHT = 1e-6
Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightParams:
    """How the nights' forecasts are made.

    Parameters
    ----------
    hour
        From when on, by the campus's clock.
    hours, days
        How far ahead.
    past_d, people_d
        How many days of the past are looked at; of people in places fewer, since they are worked out anew.
    batch
        How many points are forecast at once, which bounds the memory.
    keep_d
        How many nights are kept.
    tree_points, tree_rows, trees, tree_rate
        From how many points and steps all points' trees are learnt, how many there are, and how much each adds: fewer
        than elsewhere, since they answer for each point at each step of the backtest.
    threads
        On how many threads trees work: the park is served meanwhile.
    """

    hour: int = 1
    hours: int = 48
    days: int = 14
    past_d: int = 150
    people_d: int = 42
    batch: int = 1000
    keep_d: int = 14
    tree_points: int = 1000
    tree_rows: int = 200_000
    trees: int = 120
    tree_rate: float = 0.1
    threads: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """For which night of which campus is forecast, and what is known beside; `places`: where each point measures."""

    campus_id: CampusId
    night: date
    origin: datetime
    zone: ZoneInfo
    outlook: Outlook
    places: Mapping[PointId, FeatureId]
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who is forecast: a point or a place, what of it, where that is, and what it is added up into."""

    name: str
    quantity: str
    unit: str | None
    whole: str | None = None
    rest: bool = False
    place: FeatureId | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NightTrees:
    """Trees of hours and of days that serve all points of a night; None where each batch grows its own."""

    hours: GrownTrees | None = None
    days: GrownTrees | None = None


def enough(values: Floats) -> NDArray[np.bool_]:
    """Return which rows, shape `(n_rows, n_hours)` up to the origin, have a past that a forecast can be made of."""
    held = np.isfinite(values)
    first = np.where(held.any(axis=1), held.argmax(axis=1), values.shape[1])
    return np.asarray((values.shape[1] - first >= LEAST_HOURS) & held[:, -SILENT_H:].any(axis=1))


def forecast_rows(
    subjects: Sequence[Subject],
    values: Floats,
    asking: Asking,
    params: NightParams,
    *,
    total: bool = False,
    tree: bool = False,
    grown: NightTrees | None = None,
) -> tuple[KeptForecast, ...]:
    """Return the forecasts of rows that have enough past.

    Parameters
    ----------
    values
        Hours up to the origin, shape `(n_rows, n_hours)`; not a number where unknown.
    total
        Whether days are sums of their hours instead of means.
    tree
        Whether the rows are wholes and parts, which are made to add up.
    grown
        Trees of the night's sample of points; without them, trees are grown on these rows.
    """
    if not subjects:
        return ()
    history = _history(values, asking)
    values, start = history.values, history.start
    grown = grown or NightTrees()
    settings = _params(params)
    places = [subject.place for subject in subjects]
    outlook = asking.outlook
    hourly = _hours_of(subjects, history, asking, params.hours, settings, tree=tree, grown=grown.hours)
    by_day = daily(history, total=total)
    dailies: list[ForecastBand | None] = [None] * len(subjects)
    known = np.isfinite(by_day.values).sum(axis=1) >= LEAST_DAYS
    days: Forecast | None = None
    if known.any():
        days = outlook.forecast(by_day, params.days, places, params=settings, grown=grown.days)
        times = np.array([micros_of(_midnight(asking, day)) for day in range(params.days)], np.int64)
        dailies = [band if ok else None for band, ok in zip(_bands(days, times), known, strict=True)]
    if tree:
        told = [band for band in dailies if band is not None]
        complete = days is not None and len(told) == len(subjects)
        dailies = (
            [*_added_up(subjects, told, days, by_day.values)] if complete and days else [None] * len(subjects)
        )
    return tuple(
        _kept(subject, asking, values[row], start, hourly[row], dailies[row])
        for row, subject in enumerate(subjects)
    )


def forecast_hours(
    subjects: Sequence[Subject], values: Floats, asking: Asking, hours: int, settings: ForecastParams
) -> list[ForecastBand]:
    """Return what is expected of wholes and parts in the hours from the origin on, made to add up, without the days."""
    return _hours_of(subjects, _history(values, asking), asking, hours, settings, tree=True)


def grow_night(
    values: Floats, places: Sequence[FeatureId], asking: Asking, params: NightParams
) -> NightTrees:
    """Return trees grown on a sample of points, shape `(n_rows, n_hours)` up to the origin, for all of a night."""
    settings = _params(params)
    history = _history(values, asking)
    by_day = daily(history)
    hours = asking.outlook.grow_trees(history, params.hours, places, params=settings)
    if by_day.n_times < LEAST_DAYS:
        return NightTrees(hours=hours)
    days = asking.outlook.grow_trees(by_day, params.days, places, params=settings)
    return NightTrees(hours=hours, days=days)


def with_rests(subjects: Sequence[Subject], values: Floats) -> tuple[list[Subject], Floats]:
    """Return wholes and parts with a row for what of each whole none of its parts tells, where there is such."""
    place = {subject.name: row for row, subject in enumerate(subjects)}
    above = [subject.whole for subject in subjects]
    kept = [replace(s, whole=w if w in place else None) for s, w in zip(subjects, above, strict=True)]
    rows = [values]
    for name, row in place.items():
        parts = [i for i, one in enumerate(kept) if one.whole == name and not one.rest]
        if not parts:
            continue
        rest = values[row] - values[parts].sum(axis=0)
        scale = np.nanmax(np.abs(values[row])) if np.isfinite(values[row]).any() else 0.0
        known = np.isfinite(rest)
        if known.sum() >= LEAST_HOURS and np.abs(rest[known]).max() > NOUGHT * max(scale, NOUGHT):
            whole = kept[row]
            kept.append(replace(whole, name=rest_of(name), whole=name, rest=True))
            rows.append(rest[None])
    return kept, np.concatenate(rows)


def climbed(rows: Sequence[Subject], all_rows: Sequence[Subject]) -> list[Subject]:
    """Return rows whose wholes are among them: where a whole is not, what that is part of."""
    above = {subject.name: subject.whole for subject in all_rows}
    known = {subject.name for subject in rows}

    def whole_of(subject: Subject) -> str | None:
        whole = subject.whole
        while whole is not None and whole not in known:
            whole = above.get(whole)
        return whole

    return [replace(subject, whole=whole_of(subject)) for subject in rows]


def rest_of(whole: str) -> str:
    """Return under which name the rest of a place is kept."""
    return f"{whole}/rest"


def _hours_of(
    subjects: Sequence[Subject],
    history: History,
    asking: Asking,
    hours: int,
    settings: ForecastParams,
    *,
    tree: bool,
    grown: GrownTrees | None = None,
) -> list[ForecastBand]:
    places = [subject.place for subject in subjects]
    made = asking.outlook.forecast(history, hours, places, params=settings, grown=grown)
    bands = _bands(made, made.at)
    return _added_up(subjects, bands, made, history.values) if tree else bands


def _params(params: NightParams) -> ForecastParams:
    methods = METHODS if has_trees() else WITHOUT_TREES
    trees = TreeParams(
        rows=params.tree_rows,
        points=params.tree_points,
        trees=params.trees,
        rate=params.tree_rate,
        threads=params.threads,
    )
    return ForecastParams(methods=methods, trees=trees)


def _history(values: Floats, asking: Asking) -> History:
    """Return hours up to the origin, from the first that any row knows."""
    values = values[:, int(np.isfinite(values).any(axis=0).argmax()) :]
    start = micros_of(asking.origin) - HOUR * values.shape[1]
    return History(values=values, start=start, step=HOUR, zone=str(asking.zone))


def _midnight(asking: Asking, days: int) -> datetime:
    day = asking.night + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=asking.zone)


def _bands(made: Forecast, at: NDArray[np.int64]) -> list[ForecastBand]:
    narrow, wide = made.intervals
    columns = [
        np.asarray(one, np.float32) for one in (made.mean, narrow.low, narrow.high, wide.low, wide.high)
    ]
    reasons = explain_reasons(made, most=EXPLAINED)
    week = made.errors[made.methods.index(LAST_WEEK)]
    bands = []
    for row in range(len(made.mean)):
        mean, low_80, high_80, low_95, high_95 = (one[row] for one in columns)
        bands.append(
            ForecastBand(
                at=at, mean=mean, low_80=low_80, high_80=high_80, low_95=low_95, high_95=high_95,
                method=made.method(row), error=float(made.errors[made.chosen[row], row]),
                last_week_error=float(week[row]), reasons=reasons[row],
            )
        )  # fmt: skip
    return bands


def _added_up(
    subjects: Sequence[Subject], bands: Sequence[ForecastBand], made: Forecast, values: Floats
) -> list[ForecastBand]:
    """Return bands whose middles add up; parts that were never negative stay so."""
    names = [subject.name for subject in subjects]
    matrix = summing_matrix(names, {s.name: s.whole for s in subjects if s.whole is not None})
    means = np.stack([band.mean for band in bands]).astype(np.float64)
    together = reconciled(means, matrix, errors=made.misses)
    single = matrix.sum(axis=1) == 1
    leaves = [int(np.flatnonzero((matrix[:, c] == 1) & single)[-1]) for c in range(matrix.shape[1])]
    least = np.where(np.fmin.reduce(values, axis=1) >= 0, 0.0, -np.inf)
    bottom = np.maximum(together[leaves], least[leaves][:, None])
    together = matrix @ bottom
    return [band.shifted(together[row], least=least[row]) for row, band in enumerate(bands)]


def _kept(
    subject: Subject,
    asking: Asking,
    values: Floats,
    start: int,
    hourly: ForecastBand,
    by_day: ForecastBand | None,
) -> KeptForecast:
    held = np.flatnonzero(np.isfinite(values))
    first, last = int(held[0]), int(held[-1])
    return KeptForecast(
        campus_id=asking.campus_id, subject=subject.name, quantity=subject.quantity, unit=subject.unit,
        night=asking.night, origin=asking.origin, made_at=asking.made_at,
        past_from=time_of(start + first * HOUR), known_until=time_of(start + (last + 1) * HOUR),
        coverage=round(len(held) / (len(values) - first), 4), hourly=hourly, daily=by_day, whole=subject.whole,
        rest=subject.rest,
    )  # fmt: skip


def midnight_before(now: datetime, zone: ZoneInfo, hour: int) -> datetime:
    """Return the midnight that the last night begins with whose hour is over."""
    local = now.astimezone(zone)
    day = local.date() if local.hour >= hour else local.date() - timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
