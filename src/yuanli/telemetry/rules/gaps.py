"""What stands where no reading came, or none that holds: by the length of the gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Times, Values
from yuanli.telemetry.rules.course import Course

MINUTE = 60_000_000
LONG = 1.5
"""How many usual steps without a reading are a gap."""


def gaps(course: Course, params: CleaningParams) -> Course:  # noqa: ARG001
    """Fill short gaps, and begin each long one by a row that says that nothing came.

    Up to the quantity's `interpolate_min` between two readings that hold, the value lies on the line between
    them; up to `hold_min` it stays at the last; beyond, nothing holds. A wrong reading within a short gap
    gets the value that probably held; its quality stays.
    """
    if not course.valid.any():
        return course
    course = _with_rows(course, _missing_times(course))
    estimate = _estimate(course)
    came = np.isfinite(course.raw) | (course.reason & Reason.GAP == 0)
    filled = ~came & np.isfinite(estimate)
    quality = np.where(filled, np.uint8(Quality.ESTIMATED), course.quality)
    return replace(course, quality=quality, value=np.where(course.valid, course.value, estimate))


def _missing_times(course: Course) -> Times:
    """Return when readings were due in gaps that are filled, and the first time due in those that are not."""
    longest = max(course.facts.quantity.interpolate_min, course.facts.quantity.hold_min) * MINUTE
    found = []
    for place in np.flatnonzero(np.diff(course.at) > LONG * course.step):
        before, after = course.at[place], course.at[place + 1]
        end = after - course.step // 2 if after - before <= longest else before + course.step + 1
        found.append(np.arange(before + course.step, end, course.step))
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _with_rows(course: Course, at: Times) -> Course:
    order = np.argsort(np.concatenate((course.at, at)), kind="stable")

    def joined(column: np.ndarray, filler: float) -> np.ndarray:
        return np.asarray(np.concatenate((column, np.full(len(at), filler, column.dtype)))[order])

    return replace(
        course,
        at=np.concatenate((course.at, at))[order],
        device_at=np.concatenate((course.device_at, at))[order],
        received=joined(course.received, 0),
        raw=joined(course.raw, np.nan),
        value=joined(course.value, np.nan),
        quality=joined(course.quality, Quality.MISSING),
        reason=joined(course.reason, Reason.GAP),
    )


def _estimate(course: Course) -> Values:
    """Return what probably held at each row without a value; not a number where that can't be told."""
    row = course.facts.quantity
    valid = course.valid
    at, held = course.at[valid], course.value[valid]
    left = np.searchsorted(at, course.at, side="right") - 1
    right = np.searchsorted(at, course.at, side="left")
    inside = (left >= 0) & (right < len(at))
    span = np.full(len(course), np.inf)
    span[inside] = (at[np.minimum(right, len(at) - 1)] - at[np.maximum(left, 0)])[inside]
    line = np.interp(course.at, at, held)
    falls = course.facts.counts & inside & (held[np.minimum(right, len(at) - 1)] < held[np.maximum(left, 0)])
    since = np.where(left >= 0, course.at - at[np.maximum(left, 0)], np.inf)
    estimate = np.where(inside & (span <= row.interpolate_min * MINUTE) & ~falls, line, np.nan)
    held_on = (since <= row.hold_min * MINUTE) & np.isnan(estimate)
    return np.where(held_on, held[np.maximum(left, 0)], estimate)
