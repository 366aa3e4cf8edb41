"""Single readings that leave their neighbours and come back."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.rules.course import Course, hour_of_day

REACH = 3
"""Readings on each side."""


def spikes(course: Course, params: CleaningParams) -> Course:
    """Mark spikes by the Hampel identifier (Hampel 1974, doi:10.1080/01621459.1974.10482962; Pearson 2002).

    A reading is compared with the median of three on each side, itself left out, by the largest of their
    own spread, the usual one at that hour of the day, and a tail of the point's own changes, so that a
    point that often jumps is allowed to.
    """
    index = np.flatnonzero(course.valid)
    if not course.facts.measures or len(index) < 4 * REACH:
        return course
    values = course.value[index]
    windows = sliding_window_view(np.pad(values, REACH, mode="reflect"), 2 * REACH + 1)
    others = np.delete(windows, REACH, axis=1)
    middle = np.median(others, axis=1)
    spread = 1.4826 * np.median(np.abs(others - middle[:, None]), axis=1)
    away = np.abs(values - middle)
    usual = _usual(away, course, index)
    tail = params.spike_tail * float(np.quantile(away, 0.97))
    floor = np.maximum(np.maximum(spread, usual), max(course.facts.resolution, 1e-12))
    out = (away > params.spike * floor) & (away > tail)
    out &= _sides_agree(others, middle, away)
    found = np.zeros(len(course), bool)
    found[index[out]] = True
    return course.mark(found, Reason.SPIKE, Quality.BAD, drop=True)


def _usual(away: np.ndarray, course: Course, index: np.ndarray) -> np.ndarray:
    """Return the usual distance from the median of the neighbours, by hour of the day."""
    hours = hour_of_day(course.at[index])
    overall = 1.4826 * float(np.median(away))
    by_hour = np.array([
        1.4826 * float(np.median(away[hours == hour])) if (hours == hour).sum() >= 12 else overall
        for hour in range(24)
    ])  # fmt: skip
    return np.asarray(np.maximum(by_hour, 0.5 * overall)[hours])


def _sides_agree(others: np.ndarray, middle: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Whether the next readings on both sides stay with the neighbours: else it is a step or the slope of one."""
    left, right = others[:, REACH - 2 : REACH], others[:, REACH : REACH + 2]
    close = [np.min(np.abs(side - middle[:, None]), axis=1) < 0.4 * away for side in (left, right)]
    between = np.abs(np.median(left, axis=1) - np.median(right, axis=1)) < 0.5 * away
    return np.asarray(close[0] & close[1] & between)
