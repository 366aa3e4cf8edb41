"""Numbers that devices say for "no value", and values that are impossible or unusual for the quantity."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import median_filter

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.rules.course import Course, robust_scale


def sentinels(course: Course, params: CleaningParams) -> Course:
    """Mark codes for "no value": impossible ones at once, possible ones where they stand out of their neighbours.

    A register passes every number, and a state may be any: theirs must be impossible.
    """
    codes = np.array(sorted(course.facts.quantity.codes))
    coded = course.valid & np.isin(course.value, codes)
    if not coded.any():
        return course
    (low, high), _ = course.facts.ranges
    impossible = (course.value < low) | (course.value > high)
    others = course.value[course.valid & ~coded]
    if not course.facts.measures or len(others) < 3:
        return course.mark(coded & impossible, Reason.SENTINEL, Quality.BAD, drop=True)
    around = np.interp(course.at, course.at[course.valid & ~coded], median_filter(others, 5, mode="nearest"))
    scale = max(robust_scale(others), course.facts.resolution)
    far = np.abs(course.value - around) > params.spike * scale
    return course.mark(coded & (impossible | far), Reason.SENTINEL, Quality.BAD, drop=True)


def hard_range(course: Course, params: CleaningParams) -> Course:  # noqa: ARG001
    """Mark what is impossible for the quantity."""
    (low, high), _ = course.facts.ranges
    out = course.valid & ((course.value < low) | (course.value > high))
    return course.mark(out, Reason.HARD_RANGE, Quality.BAD, drop=True)


def soft_range(course: Course, params: CleaningParams) -> Course:  # noqa: ARG001
    """Mark what is unusual for the quantity, or outside the point's own limits."""
    _, (low, high) = course.facts.ranges
    out = course.valid & ((course.value < low) | (course.value > high))
    return course.mark(out, Reason.SOFT_RANGE, Quality.SUSPECT)
