"""Drifts and offsets of a rate beside the counter that counts the same: a power meter and its register."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Times, Values
from yuanli.telemetry.rules.course import Course, robust_scale, runs_of
from yuanli.telemetry.rules.expecting import residual_of_twin

FEWEST = 8
"""Readings that a stretch beside the counter has at least."""


def beside_twin(course: Course, params: CleaningParams) -> Course:
    """Mark where a rate and the growth of its counter part, far outside of their usual difference.

    What is usual is told by the hours in which something runs: at night a roof agrees with its register to the last
    digit. By a running median of five, which is taken away from the value that holds. A counter neither drifts nor
    is it noisy, so the rate is the one that is wrong. A stretch that grows is a drift, and is followed back
    to where its line leaves nought.
    """
    index = np.flatnonzero(course.valid & (course.reason & np.uint32(Reason.NOISE) == 0))
    if course.twin is None or not course.facts.measures or len(index) < 5 * FEWEST:
        return course
    values = course.value[index]
    residual = residual_of_twin(course, course.at[index], values)
    if residual is None or np.isfinite(residual).mean() < 0.5:
        return course
    known = np.flatnonzero(np.isfinite(residual))
    at, smooth = course.at[index[known]], median_filter(residual[known], 5, mode="nearest")
    runs = known[np.abs(values[known]) > course.facts.resolution]
    spread = robust_scale(residual[runs if len(runs) >= 5 * FEWEST else known])
    usual = max(spread, 0.01 * float(np.median(np.abs(values))), course.facts.resolution, 1e-12)
    for start, end in _joined(runs_of(np.abs(smooth) > params.apart * usual), at, FEWEST * course.step):
        if end - start < FEWEST or np.abs(smooth[start:end]).max() < 2 * params.apart * usual:
            continue
        grows = _grows(smooth[start:end])
        begin = _beginning(at[start:end], smooth[start:end]) if grows else at[start]
        found = (course.at >= begin) & (course.at <= at[end - 1]) & course.valid
        course = course.mark(
            found,
            Reason.DRIFT if grows else Reason.OFFSET,
            Quality.SUSPECT,
            value=course.value - np.interp(course.at, at[start:end], smooth[start:end]),
        )
    return course


def _grows(part: Values) -> bool:
    third = max(len(part) // 3, 1)
    return bool(abs(np.median(part[:third])) < 0.6 * abs(np.median(part[-third:])))


def _beginning(at: Times, part: Values) -> float:
    """Return when a drift left nought: the line through it, followed back, not further than a third of what is seen."""
    since = (at - at[0]) / max(at[-1] - at[0], 1)
    slope, level = np.polyfit(since, part, 1)
    back = -level / slope if slope else 0.0
    return float(at[0] + np.clip(back, -1 / 3, 0.0) * (at[-1] - at[0]))


def _joined(runs: NDArray[np.int64], at: Times, apart: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and at[start] - at[joined[-1][1] - 1] <= apart:
            joined[-1] = (joined[-1][0], int(end))
        else:
            joined.append((int(start), int(end)))
    return joined
