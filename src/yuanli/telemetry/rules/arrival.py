"""Duplicates, conflicts, late and future readings, and clocks that are off by whole steps: what arrival tells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Readings, Times, Values
from yuanli.telemetry.rules.course import HOUR, Course, Mask, runs_of

SECOND = 1_000_000
LARGEST = 1e30
"""No quantity of a park is as large."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """Readings of one point, with whether each was received at several times."""

    at: Times
    value: Values
    received: Times
    again: Mask

    def taken(self, which: NDArray[np.int64] | Mask) -> _Rows:
        """Return the rows at places, or where a mask holds."""
        return _Rows(
            at=self.at[which], value=self.value[which], received=self.received[which], again=self.again[which]
        )


def settle(readings: Readings, facts: PointFacts, params: CleaningParams) -> Course:
    """Return one point's readings as a course: in true time, one a time, the first received holds.

    The order of the rows and their repetition make no difference.
    """
    rows = _first_receptions(readings)
    step = _usual_step(rows.at, facts)
    shift, usual_lag = _clock_shift(rows.at, rows.received, step, params)
    order = np.lexsort((rows.value, rows.received, rows.at - shift))
    rows, true_at = rows.taken(order), (rows.at - shift)[order]
    first = np.concatenate(([True], np.diff(true_at) != 0)) if len(true_at) else np.zeros(0, bool)
    reason = np.where(rows.again[first], np.uint32(Reason.DUPLICATE), np.uint32(0))
    np.bitwise_or.at(reason, (np.cumsum(first) - 1)[~first], np.uint32(Reason.CONFLICT))
    rows, true_at = rows.taken(first), true_at[first]
    course = Course(
        facts=facts,
        at=true_at,
        device_at=rows.at,
        received=rows.received,
        raw=rows.value,
        value=np.where(np.abs(rows.value) < LARGEST, rows.value, np.nan),
        quality=np.zeros(len(true_at), np.uint8),
        reason=reason,
        step=step,
    )
    course = course.mark(np.isnan(rows.value), Reason.SOURCE, Quality.MISSING)
    course = course.mark(np.abs(rows.value) >= LARGEST, Reason.HARD_RANGE, Quality.BAD, drop=True)
    lag = rows.received - true_at
    late = lag > usual_lag + max(params.late_s * SECOND, 3 * step)
    course = replace(course, reason=np.where(late, course.reason | np.uint32(Reason.LATE), course.reason))
    course = course.mark(lag < -params.future_s * SECOND, Reason.FUTURE, Quality.SUSPECT)
    return course.mark(_folds(course), Reason.CLOCK, Quality.SUSPECT)


def _first_receptions(readings: Readings) -> _Rows:
    """Return each time and value once, in order of arrival, with whether it was received at several times."""
    order = np.lexsort((readings.received, readings.value, readings.at))
    at, value, received = readings.at[order], readings.value[order], readings.received[order]
    equal = (value[1:] == value[:-1]) | (np.isnan(value[1:]) & np.isnan(value[:-1]))
    first = np.concatenate(([True], (np.diff(at) != 0) | ~equal)) if len(at) else np.zeros(0, bool)
    places = np.flatnonzero(first)
    last = np.maximum.reduceat(received, places) if len(places) else received
    rows = _Rows(at=at[first], value=value[first], received=received[first], again=last > received[first])
    return rows.taken(np.lexsort((rows.value, rows.at, rows.received)))


def _usual_step(at: Times, facts: PointFacts) -> int:
    if facts.cadence_s is not None:
        return int(facts.cadence_s * SECOND)
    steps = np.diff(np.unique(at))
    return int(np.median(steps)) if len(steps) else 15 * 60 * SECOND


def _clock_shift(at: Times, received: Times, step: int, params: CleaningParams) -> tuple[Times, float]:
    """Return by how much each reading's clock is ahead, and the usual time from measuring to receiving.

    A clock that jumps keeps its lag constant at whole steps from the usual one; readings that were stored
    and sent together don't, and a line that is slow delays its first reading by as much as it is slow.
    Rows are in order of arrival.
    """
    none = np.zeros(len(at), np.int64)
    if len(at) == 0:
        return none, 0.0
    lag = received - at
    tolerance = min(params.clock_tolerance_s * SECOND, 0.4 * step)
    usual = float(np.median(lag))
    if np.mean(np.abs(lag - usual) <= tolerance) < 0.5:
        return none, max(usual, 0.0)
    grain = int(params.clock_step_s * SECOND)
    whole = 0
    if usual < -tolerance:
        whole = round(-usual / grain) * grain
    ahead = np.rint((usual + whole - lag) / grain).astype(np.int64) * grain
    near = (ahead != 0) & (np.abs(lag - (usual + whole - ahead)) <= tolerance)
    shift = none.copy()
    for size in np.unique(ahead[near]):
        for start, end in runs_of(near & (ahead == size)):
            if len(np.unique(at[start:end])) >= params.clock_run and not _is_slow_line(
                at, received, start, size
            ):
                shift[start:end] = size
    return shift, max(usual + whole, 0.0)


def _is_slow_line(at: Times, received: Times, start: int, ahead: int) -> bool:
    """Whether readings are merely late: nothing came for as long as they are late."""
    return (
        ahead < 0
        and start > 0
        and bool(at[start] > at[start - 1])
        and bool(received[start] - received[start - 1] >= -ahead)
    )


def _folds(course: Course) -> Mask:
    """Return where an hour came twice in a row of conflicts: the autumn hour of a clock in local time."""
    folded = np.zeros(len(course), bool)
    per_hour = HOUR // max(course.step, 1)
    if per_hour < 3:
        return folded
    for start, end in runs_of((course.reason & Reason.CONFLICT) != 0):
        folded[start:end] = per_hour - 1 <= end - start <= per_hour + 1
    return folded
