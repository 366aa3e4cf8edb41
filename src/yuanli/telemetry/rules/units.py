"""Readings that were sent in another unit for a while, with the value they stand for."""

from __future__ import annotations

import numpy as np

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.quantities import Affine
from yuanli.telemetry.readings import Values
from yuanli.telemetry.rules.course import Course, Mask, runs_of

SHORTEST = 3
"""Fewer readings in a row may be anything."""
FAR = 0.75
"""How far outside of the band that holds 70 % of its readings a point rarely goes, in widths of the band."""


def unit_mixups(course: Course, params: CleaningParams) -> Course:  # noqa: ARG001
    """Mark runs that leave the point's usual band and come back to it by the conversion from another unit.

    The run must also join its neighbours in time better when converted: a sunrise is no change of unit.
    """
    if course.facts.counts or course.valid.sum() < 2 * SHORTEST:
        return course
    for _, fix in course.facts.mixups:
        found = _whole_series(course, fix)
        found = _runs(course, fix) if found is None else found
        if found is not None:
            course = course.mark(found, Reason.UNIT, Quality.SUSPECT, value=course.value * fix[0] + fix[1])
    return course


def _whole_series(course: Course, fix: Affine) -> Mask | None:
    """Return all readings, where nearly all of them only make sense in the other unit."""
    (low, high), _ = course.facts.ranges
    values = course.value[course.valid]
    fixed = values * fix[0] + fix[1]
    impossible = (values < low) | (values > high)
    sensible = (fixed >= low) & (fixed <= high)
    return course.valid if np.mean(impossible & sensible) > 0.9 else None


def _runs(course: Course, fix: Affine) -> Mask | None:
    index = np.flatnonzero(course.valid)
    values = course.value[index]
    fixed = values * fix[0] + fix[1]
    low, high = np.quantile(values, [0.15, 0.85])
    width = max(float(high - low), course.facts.resolution, 1e-12)
    away, away_fixed = _outside(values, low, high), _outside(fixed, low, high)
    candidate = (away > FAR * width) & (away_fixed <= FAR * width + 0.2 * away)
    (least, most), _ = course.facts.ranges
    candidate |= (_outside(values, least, most) > 0) & (_outside(fixed, least, most) == 0)
    found = np.zeros(len(course), bool)
    for start, end in _joined(candidate):
        if end - start >= SHORTEST and _fits(values, fixed, start, end, scaled=not fix[1]):
            inside = np.arange(start, end)
            found[index[inside[candidate[inside]]]] = True
    return found if found.any() else None


def _outside(values: Values, low: float, high: float) -> Values:
    """Return how far values lie outside of a band; nought inside."""
    return np.maximum(np.maximum(low - values, values - high), 0.0)


def _joined(candidate: Mask) -> list[tuple[int, int]]:
    """Return runs, joined over one or two other readings: a spike inside a run."""
    joined: list[tuple[int, int]] = []
    for start, end in runs_of(candidate):
        if joined and start - joined[-1][1] <= 2:
            joined[-1] = (joined[-1][0], int(end))
        else:
            joined.append((int(start), int(end)))
    return joined


def _fits(values: Values, fixed: Values, start: int, end: int, *, scaled: bool) -> bool:
    """Whether a converted run joins what is before and after it, which it does not as it came.

    Of a unit that differs by a factor it must come near in proportion too: all that is divided by 1000 joins nought.
    """
    edges = [(start, start - 1)] * (start > 0) + [(end - 1, end)] * (end < len(values))
    as_is = [abs(values[inner] - values[outer]) for inner, outer in edges]
    converted = [abs(fixed[inner] - values[outer]) for inner, outer in edges]
    beside = sum(abs(values[outer]) for _, outer in edges)
    near = not scaled or sum(converted) < 0.75 * beside
    return bool(edges) and near and sum(converted) < 0.25 * sum(as_is)
