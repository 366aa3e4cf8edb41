"""What the points of a plan told at some times: the newest readings that hold, or roll-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from yuanli.operations.newest import AHEAD, MINUTE
from yuanli.operations.readings import Every, Numbers, ReadingStore
from yuanli.operations.telemetry import EPOCH, MICROSECOND, time_of
from yuanli.operations.twin_frames import NEVER, Grid
from yuanli.operations.twin_plan import Rows, TwinPlan
from yuanli.telemetry import Form, Quality

LOOKS = (15 * MINUTE, 60 * MINUTE, 180 * MINUTE, 1560 * MINUTE)
"""How far back is looked for a reading that holds, one after another."""
BREATHING = timedelta(minutes=15)
STEPS = {Every.QUARTER: 15 * MINUTE, Every.HOUR: 60 * MINUTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinParams:
    """How long what was read holds, and when people have gone home.

    Parameters
    ----------
    analog_min, counter_min, state_min
        For so long a reading holds: of what moves, of registers, and of what is told when it changes.
    night_h
        The hour of the campus's clock at which the counters of people begin anew.
    """

    analog_min: float = 60.0
    counter_min: float = 180.0
    state_min: float = 1560.0
    night_h: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What held of each point at a time; not a number where nothing did."""

    value: NDArray[np.float64]
    at: NDArray[np.int64]
    quality: NDArray[np.uint8]


def nothing(count: int) -> Held:
    """Return that nothing holds."""
    return Held(np.full(count, np.nan), np.full(count, NEVER), np.full(count, Quality.MISSING, np.uint8))


def holds_for(plan: TwinPlan, params: TwinParams) -> NDArray[np.int64]:
    """Return for how long a reading of each point holds, in µs."""
    hold = np.full(len(plan.points), params.analog_min)
    hold[plan.forms(Form.COUNTER)] = params.counter_min
    hold[plan.forms(Form.STATE, Form.SET)] = params.state_min
    return (hold * MINUTE).astype(np.int64)


def read_at(
    store: ReadingStore, plan: TwinPlan, numbers: Numbers, at: int, *, hold: NDArray[np.int64], rows: Rows
) -> Held:
    """Return the newest readings of some points, by their rows, that hold at a time."""
    held, missing = nothing(len(plan.points)), rows
    if not len(rows):
        return held
    newest = store.latest(numbers[rows])
    by_number = dict(zip(numbers[rows].tolist(), rows.tolist(), strict=True))
    found = np.array([by_number[number] for number in newest.point.tolist()], np.intp)
    fine = np.isfinite(newest.value) & (newest.quality <= Quality.SUSPECT) & (newest.at <= at + AHEAD)
    fine &= (newest.value >= plan.least[found]) & (newest.value <= plan.most[found])
    young = newest.at > at - hold[found]
    take = fine & young
    held.value[found[take]] = newest.value[take]
    held.at[found[take]], held.quality[found[take]] = newest.at[take], newest.quality[take]
    missing = found[young & ~fine]
    for back in LOOKS:
        missing = missing[np.isnan(held.value[missing])]
        if not len(missing):
            break
        _look_back(store, plan, numbers, missing, at, back, hold, held)
        missing = missing[hold[missing] > back]
    scaled = held.value * plan.factor + plan.offset
    return Held(scaled, held.at, held.quality)


def _look_back(
    store: ReadingStore,
    plan: TwinPlan,
    numbers: Numbers,
    rows: Rows,
    at: int,
    back: int,
    hold: NDArray[np.int64],
    held: Held,
) -> None:
    for row, series in zip(rows.tolist(), store.load(numbers[rows], at - back, at + 1), strict=True):
        good = np.flatnonzero(
            np.isfinite(series.value) & (series.quality <= Quality.SUSPECT)
            & (series.value >= plan.least[row]) & (series.value <= plan.most[row])
        )  # fmt: skip
        if len(good) and series.at[good[-1]] > at - hold[row]:
            last = good[-1]
            held.value[row], held.at[row], held.quality[row] = (
                series.value[last], series.at[last], series.quality[last],
            )  # fmt: skip


def read_first(
    store: ReadingStore, plan: TwinPlan, numbers: Numbers, start: int, end: int, rows: Rows
) -> Held:
    """Return the first readings of some points in `[start, end)` that hold: where counting began later."""
    held = nothing(len(plan.points))
    if len(rows) and start < end:
        for row, series in zip(rows.tolist(), store.load(numbers[rows], start, end), strict=True):
            good = np.flatnonzero(np.isfinite(series.value) & (series.quality <= Quality.SUSPECT))
            if len(good):
                first = good[0]
                held.value[row], held.at[row], held.quality[row] = (
                    series.value[first], series.at[first], series.quality[first],
                )  # fmt: skip
    return Held(held.value * plan.factor + plan.offset, held.at, held.quality)


def grid_of(columns: Sequence[tuple[int, Held]], *, nights: Sequence[int], days: Sequence[int]) -> Grid:
    """Return columns side by side, by time; at those of `nights` and `days` counting begins anew."""
    ordered = sorted(columns, key=lambda column: column[0])
    times = np.array([at for at, _ in ordered], np.int64)
    return Grid(
        value=np.stack([held.value for _, held in ordered], axis=1),
        at=np.stack([held.at for _, held in ordered], axis=1),
        quality=np.stack([held.quality for _, held in ordered], axis=1),
        times=times, nights=np.isin(times, nights), days=np.isin(times, days),
    )  # fmt: skip


def rolled_grid(
    store: ReadingStore, plan: TwinPlan, numbers: Numbers, start: int, end: int, *, every: Every, zone: tzinfo,
    rows: Rows, night_h: int,
) -> Grid:  # fmt: skip
    """Return readings of points put together by buckets: their mean, of registers what they ended with."""
    times = bucket_starts(start, end, every, zone)
    shape = (len(plan.points), len(times))
    value, quality = np.full(shape, np.nan), np.full(shape, Quality.MISSING, np.uint8)
    if len(rows):
        found = store.roll_up(numbers[rows], start, end, every=every, time_zone=zone)
        by_number = dict(zip(numbers[rows].tolist(), rows.tolist(), strict=True))
        row = np.array([by_number[number] for number in found.point.tolist()], np.intp)
        column = np.searchsorted(times, found.start)
        inside = (column < len(times)) & (found.count > 0)
        inside[inside] = times[column[inside]] == found.start[inside]
        counts = plan.forms(Form.COUNTER)[row]
        told = np.where(counts, found.max, found.mean)
        inside &= (told >= plan.least[row]) & (told <= plan.most[row])
        value[row[inside], column[inside]] = told[inside]
        quality[row[inside], column[inside]] = found.quality[inside]
    value = value * plan.factor[:, None] + plan.offset[:, None]
    nights = _turns(times, zone, night_h)
    days = _turns(times, zone, 0)
    return Grid(
        value=value, at=np.broadcast_to(times, shape), quality=quality, times=times, nights=nights, days=days,
    )  # fmt: skip


def bucket_starts(start: int, end: int, every: Every, zone: tzinfo) -> NDArray[np.int64]:
    """Return when the buckets of `[start, end)` begin on a place's clock; the first holds `start`."""
    first = time_of(start).astimezone(zone)
    if every is Every.DAY:
        days, day = [], first.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        while (at := (day - EPOCH) // MICROSECOND) < end:
            days.append(at)
            day += timedelta(days=1)
        return np.array(days, np.int64)
    step = STEPS[every]
    offset = (first.utcoffset() or timedelta()) // MICROSECOND
    return np.arange((start + offset) // step * step - offset, end, step, dtype=np.int64)


def clock_before(at: int, zone: tzinfo, hour: int) -> int:
    """Return the last time that a place's clock showed a whole hour of the day."""
    local = time_of(at).astimezone(zone)
    then = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    if then > local:
        then -= timedelta(days=1)
    return (then - EPOCH) // MICROSECOND


def micros(at: datetime) -> int:
    """Return a time in µs."""
    return (at - EPOCH) // MICROSECOND


def _turns(times: NDArray[np.int64], zone: tzinfo, hour: int) -> NDArray[np.bool_]:
    """Return at which times the clock has passed an hour of the day since the time before."""
    days = [(time_of(int(at)).astimezone(zone) - timedelta(hours=hour)).date() for at in times]
    return np.array([i > 0 and days[i] != days[i - 1] for i in range(len(days))], bool)
