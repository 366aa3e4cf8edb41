"""Drifts and offsets of a rate beside the counter that counts the same: a power meter and its register."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Values
from yuanli.telemetry.rules.course import Course, robust_scale, runs_of
from yuanli.telemetry.rules.expecting import residual_of_twin

FEWEST = 8
"""Readings that a stretch beside the counter has at least."""


def beside_twin(course: Course, params: CleaningParams) -> Course:
    """Mark where a rate and the growth of its counter part, far outside of their usual difference.

    By a running median of five; a counter neither drifts nor is it noisy, so the rate is the one that is wrong. A
    stretch that grows is a drift, and is followed back to where its line leaves nought.
    """
    index = np.flatnonzero(course.valid & (course.reason & np.uint32(Reason.NOISE) == 0))
    if course.twin is None or not course.facts.measures or len(index) < 5 * FEWEST:
        return course
    values = course.value[index]
    residual = residual_of_twin(course, course.at[index], values)
    if residual is None or np.isfinite(residual).mean() < 0.5:
        return course
    known = np.flatnonzero(np.isfinite(residual))
    smooth = median_filter(np.interp(np.arange(len(residual)), known, residual[known]), 5, mode="nearest")
    usual = max(
        robust_scale(residual[known]), 0.01 * float(np.median(np.abs(values))), course.facts.resolution, 1e-12
    )
    for start, end in _joined(runs_of(np.abs(smooth) > params.apart * usual)):
        if end - start < FEWEST or np.abs(smooth[start:end]).max() < 2 * params.apart * usual:
            continue
        grows = _grows(smooth[start:end])
        found = np.zeros(len(course), bool)
        found[index[_beginning(smooth, start, end) if grows else start : end]] = True
        course = course.mark(found, Reason.DRIFT if grows else Reason.OFFSET, Quality.SUSPECT)
    return course


def _grows(part: Values) -> bool:
    third = max(len(part) // 3, 1)
    return bool(abs(np.median(part[:third])) < 0.6 * abs(np.median(part[-third:])))


def _beginning(smooth: Values, start: int, end: int) -> int:
    """Return where a drift left nought: the line through it, followed back."""
    slope, level = np.polyfit(np.arange(start, end), smooth[start:end], 1)
    return int(np.clip(round(-level / slope), max(0, start - (end - start)), start)) if slope else start


def _joined(runs: NDArray[np.int64]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] <= FEWEST:
            joined[-1] = (joined[-1][0], int(end))
        else:
            joined.append((int(start), int(end)))
    return joined
