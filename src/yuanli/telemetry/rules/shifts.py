"""Drifts and offsets: stretches that lie beside what the point says otherwise, and begin or end at one blow."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Times, Values
from yuanli.telemetry.rules.course import HOUR, Course, hour_of_day, robust_scale, runs_of
from yuanli.telemetry.rules.expecting import residual_of_days, residual_of_twin

SIDE = 3
"""Readings on each side of an edge."""


def shifts(course: Course, params: CleaningParams) -> Course:
    """Mark drifts and offsets, against the counter that counts the same, else against the point's other days.

    Against a counter the difference itself tells. Against other days it is too wide, so that an edge is asked
    for, a step far above the usual change from one reading to the next: an offset has two equal ones of
    opposite sign; a drift ends by one, and grew to its size before. Either must bring the stretch nearer
    to the other days when taken away.
    """
    index = np.flatnonzero(course.valid & (course.reason & np.uint32(Reason.NOISE) == 0))
    if not course.facts.measures or len(index) < 100:
        return course
    at, values = course.at[index], course.value[index]
    beside = residual_of_twin(course, at, values)
    if beside is not None and np.isfinite(beside).mean() > 0.5:
        found = _beside_twin(beside, values, course)
    else:
        found = _by_edges(at, values, course, params)
    for reason, stretches in found.items():
        marked = np.zeros(len(course), bool)
        for start, end in stretches:
            marked[index[start:end]] = True
        course = course.mark(marked, reason, Quality.SUSPECT)
    return course


Stretches = list[tuple[int, int]]


def _beside_twin(residual: Values, values: Values, course: Course) -> dict[Reason, Stretches]:
    """Return where a rate and its counter part: by a running median of five, far outside of their usual difference."""
    known = np.isfinite(residual)
    held = np.interp(np.arange(len(residual)), np.flatnonzero(known), residual[known])
    usual = max(
        robust_scale(held), 0.01 * float(np.median(np.abs(values))), course.facts.resolution, 1e-12
    )
    smooth = median_filter(held, 5, mode="nearest")
    found: dict[Reason, Stretches] = {Reason.DRIFT: [], Reason.OFFSET: []}
    for start, end in _joined(runs_of(np.abs(smooth) > 3 * usual), 6):
        if end - start < 8 or np.abs(smooth[start:end]).max() < 6 * usual:
            continue
        third = max((end - start) // 3, 1)
        grows = abs(np.median(smooth[start : start + third])) < 0.6 * abs(np.median(smooth[end - third : end]))
        if grows:
            start = _beginning(smooth, start, end)
        found[Reason.DRIFT if grows else Reason.OFFSET].append((int(start), int(end)))
    return found


def _beginning(smooth: Values, start: int, end: int) -> int:
    """Return where a drift left nought: the line through it, followed back."""
    slope, level = np.polyfit(np.arange(start, end), smooth[start:end], 1)
    if slope == 0:
        return start
    return int(np.clip(round(-level / slope), max(0, start - (end - start)), start))


def _joined(runs: NDArray[np.int64], apart: int) -> Stretches:
    joined: Stretches = []
    for start, end in runs:
        if joined and start - joined[-1][1] <= apart:
            joined[-1] = (joined[-1][0], int(end))
        else:
            joined.append((int(start), int(end)))
    return joined


def _by_edges(
    at: Times, values: Values, course: Course, params: CleaningParams
) -> dict[Reason, Stretches]:
    residual = residual_of_days(at, values)
    places, sizes = _edges(at, values, course, params)
    taken = np.zeros(len(values), bool)
    found: dict[Reason, Stretches] = {Reason.OFFSET: [], Reason.DRIFT: []}
    for gain, start, end in sorted(_offsets(at, residual, places, sizes, params), reverse=True):
        if not taken[start:end].any():
            taken[start:end] = True
            found[Reason.OFFSET].append((start, end))
    for gain, start, end in sorted(_drifts(at, residual, places, sizes, params), reverse=True):  # noqa: B007
        if not taken[start:end].any():
            taken[start:end] = True
            found[Reason.DRIFT].append((start, end))
    return found


def _edges(
    at: Times, values: Values, course: Course, params: CleaningParams
) -> tuple[NDArray[np.int64], Values]:
    """Return where a step stands out, as the first reading after it, and its size."""
    windows = sliding_window_view(values, SIDE)
    middles = np.median(windows, axis=1)
    size = np.zeros(len(values))
    size[SIDE : len(values) - SIDE + 1] = middles[SIDE:] - middles[: len(middles) - SIDE]
    change = np.concatenate(([0.0], np.diff(values)))
    near = np.concatenate(([False], np.diff(at) <= 4 * course.step))
    usual = _usual_change(np.abs(change), at, course)
    level = params.shift_level * robust_scale(values)
    sharp = near & (np.abs(change) > 0.6 * np.abs(size)) & (np.sign(change) == np.sign(size))
    sharp &= np.abs(change) < 1.6 * np.abs(size)
    edge = sharp & (np.abs(size) > np.maximum(params.jump * usual, level))
    return np.flatnonzero(edge), size[edge]


def _usual_change(change: Values, at: Times, course: Course) -> Values:
    hours = hour_of_day(at)
    overall = max(1.4826 * float(np.median(change)), course.facts.resolution, 1e-12)
    by_hour = np.array([
        1.4826 * float(np.median(change[hours == hour])) if (hours == hour).sum() >= 12 else overall
        for hour in range(24)
    ])  # fmt: skip
    return np.asarray(np.maximum(by_hour, overall)[hours])


def _offsets(
    at: Times, residual: Values, places: NDArray[np.int64], sizes: Values, params: CleaningParams
) -> list[tuple[float, int, int]]:
    """Return pairs of equal and opposite edges between which the offset explains the distance to other days."""
    found = []
    for k, start in enumerate(places):
        for m in range(k + 1, len(places)):
            end, hours = int(places[m]), (at[places[m]] - at[start]) / HOUR
            if hours > params.shift_max_h / 2:
                break
            if hours < params.shift_min_h or sizes[k] * sizes[m] >= 0:
                continue
            offset = (sizes[k] - sizes[m]) / 2
            if abs(sizes[k] + sizes[m]) > 0.35 * abs(offset):
                continue
            inside = residual[start:end]
            gain = 1 - float(np.abs(inside - offset).sum()) / max(float(np.abs(inside).sum()), 1e-12)
            if gain > 0.3:
                found.append((gain, int(start), end))
    return found


def _drifts(
    at: Times, residual: Values, places: NDArray[np.int64], sizes: Values, params: CleaningParams
) -> list[tuple[float, int, int]]:
    """Return stretches that grow away from the other days as a line does, until an edge brings them back."""
    found = []
    for end, back in zip(places, sizes, strict=True):
        best = (0.0, 0, 0)
        for hours in np.arange(4 * params.shift_min_h, params.shift_max_h, 2.0):
            start = int(np.searchsorted(at, at[end] - hours * HOUR))
            if start == 0 or at[end - 1] - at[start] < 0.7 * hours * HOUR:
                continue
            ramp = -back * (at[start:end] - at[start]) / (at[end] - at[start])
            inside = residual[start:end]
            without = float(np.abs(inside).sum())
            gain = 1 - float(np.abs(inside - ramp).sum()) / max(without, 1e-12)
            if gain > best[0]:
                best = (gain, start, int(end))
        if best[0] > 0.3:
            found.append(best)
    return found
