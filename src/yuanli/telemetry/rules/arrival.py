"""Duplicates, conflicts, late and future readings, and clocks that are off by whole steps: what arrival tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Readings, Times
from yuanli.telemetry.rules.course import HOUR, Course, Mask, runs_of

SECOND = 1_000_000


def settle(readings: Readings, facts: PointFacts, params: CleaningParams) -> Course:
    """Return one point's readings as a course: in true time, one a time, the first received holds.

    The order of the rows and their repetition make no difference.
    """
    order = np.lexsort((readings.value, readings.at, readings.received))
    at, value, received = (column[order] for column in (readings.at, readings.value, readings.received))
    step = _usual_step(at, facts)
    shift, usual_lag = _clock_shift(at, received, step, params)
    true_at = at - shift
    order = np.lexsort((value, received, true_at))
    at, value, received, true_at = (column[order] for column in (at, value, received, true_at))
    first = np.concatenate(([True], np.diff(true_at) != 0)) if len(at) else np.zeros(0, bool)
    group = np.cumsum(first) - 1
    same = (value == value[first][group]) | (np.isnan(value) & np.isnan(value[first][group]))
    reason = np.zeros(int(first.sum()), np.uint32)
    np.bitwise_or.at(reason, group[~first & same], np.uint32(Reason.DUPLICATE))
    np.bitwise_or.at(reason, group[~first & ~same], np.uint32(Reason.CONFLICT))
    at, value, received, true_at = (column[first] for column in (at, value, received, true_at))
    course = Course(
        facts=facts,
        at=true_at,
        device_at=at,
        received=received,
        raw=value,
        value=np.where(np.isfinite(value), value, np.nan),
        quality=np.zeros(len(at), np.uint8),
        reason=reason,
        step=step,
    )
    course = course.mark(np.isnan(value), Reason.SOURCE, Quality.MISSING)
    course = course.mark(np.isinf(value), Reason.HARD_RANGE, Quality.BAD, drop=True)
    lag = received - true_at
    late = lag > usual_lag + max(params.late_s * SECOND, 3 * step)
    course = replace(course, reason=np.where(late, course.reason | np.uint32(Reason.LATE), course.reason))
    course = course.mark(lag < -params.future_s * SECOND, Reason.FUTURE, Quality.SUSPECT)
    return course.mark(_folds(course), Reason.CLOCK, Quality.SUSPECT)


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
            if len(np.unique(at[start:end])) >= params.clock_run and not _is_slow_line(at, received, start, size):
                shift[start:end] = size
    return shift, max(usual + whole, 0.0)


def _is_slow_line(at: Times, received: Times, start: int, ahead: int) -> bool:
    """Whether readings are merely late: nothing came for as long as they are late."""
    return ahead < 0 and start > 0 and bool(at[start] > at[start - 1]) and bool(
        received[start] - received[start - 1] >= -ahead
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
