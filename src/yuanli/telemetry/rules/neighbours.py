"""Drifts and offsets beside the points of the same kind around: what stays with a sensor for days or weeks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Values
from yuanli.telemetry.rules.course import DAY, HOUR, Course, robust_scale

KINDS = frozenset(
    {"air_temperature", "outdoor_air_temperature", "humidity", "co2", "pm", "barometric_pressure"}
)
"""Quantities of which neighbours have the same air; a power that rises for weeks is a machine."""
LEAST_RELATED = 3
"""Neighbours, of which a middle can be told that one of them alone doesn't move."""
QUARTERS = 4
"""Parts of a day, in each of which a fault of a sensor shows, and a change in a room seldom does."""
LEAST_OFFSET_D, LEAST_DRIFT_D, LEAST_BEFORE_D = 5, 7, 5
LEAST_GAIN = 0.65
"""The share of all squared distance that the shape takes away."""
ALIKE = 0.75
"""The share of its size that a shape has in each part of the day, and in the point's own values."""
UNIQUE = 2.0
"""How many times as large as in any neighbour."""
SLIGHT = 0.1
"""The first part of a drift, in which it is too small to make a reading wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """What a fault adds, by days from `[start, end)`: 1 of an offset, a ramp to 1 of a drift."""

    reason: Reason
    start: int
    end: int
    column: Values


def beside_neighbours(course: Course, params: CleaningParams) -> Course:
    """Mark where a point leaves the median of its neighbours for days, by a step or along a line, and they don't.

    What always lies between them, by the hour of the day too, is no fault: a room may be a cold one. A fault of a
    sensor is the same by day and by night, stands in its own values when what follows the neighbours is taken away, and
    is found in none of them: a season, a change of a whole wing or a room that people move into are not.
    """
    at = course.at[_sure(course)]
    if course.facts.quantity.name not in KINDS or len(course.related) < LEAST_RELATED or not len(at):
        return course
    first, days = int(at[0] // DAY), int(at[-1] // DAY - at[0] // DAY + 1)
    own = _hourly(course, first, days)
    others = np.stack([_hourly(other, first, days) for other in course.related])
    apart = own - _middle(others, least=LEAST_RELATED)
    own_d = _by_quarter(apart)
    other_d = [
        _by_quarter(others[row] - _middle(np.delete(others, row, axis=0), least=LEAST_RELATED - 1))
        for row in range(len(others))
    ]
    daily = _of_days(own_d)
    shape, size = _best(daily)
    if shape is not None and shape.reason is Reason.OFFSET and not _farther(apart, shape):
        shape, size = _other_side(shape), -size
    if shape is None or not _is_fault(shape, size, daily, own_d, other_d, own, others, course, params):
        return course
    begin, end = (first + shape.start) * DAY, (first + shape.end) * DAY
    if shape.reason is Reason.DRIFT:
        begin += int(SLIGHT * (end - begin))
    else:
        usual = apart.reshape(days, 24)[shape.column < 1]
        ratio = (apart - np.tile(_nanmedian(usual, 0), days)) / size
        begin = begin if not shape.start else _edge(ratio, shape.start, first)
        end = end if shape.end == days else _edge(1 - ratio, shape.end, first)
    found = (course.at >= begin) & (course.at < end) & course.valid
    return course.mark(found, shape.reason, Quality.SUSPECT)


def _is_fault(
    shape: _Shape,
    size: float,
    daily: Values,
    own_d: Values,
    other_d: list[Values],
    own: Values,
    others: Values,
    course: Course,
    params: CleaningParams,
) -> bool:
    left = daily - size * shape.column
    held = np.isfinite(left)
    usual = max(robust_scale(one[np.isfinite(one)]) for one in (left, *map(_of_days, other_d)))
    least = max(course.facts.quantity.matters * course.facts.factor, 2 * course.facts.resolution)
    around = daily[held] - np.median(daily[held])
    if abs(size) < max(params.neighbours_apart * usual, params.neighbours_least * least):
        return False
    if ((left[held] - left[held].mean()) ** 2).sum() > (1 - LEAST_GAIN) * (around**2).sum():
        return False
    parts = [_size(own_d[:, quarter], shape.column) for quarter in range(QUARTERS)]
    if min(part * np.sign(size) for part in parts) < ALIKE * abs(size):
        return False
    for other in other_d:
        if UNIQUE * abs(_size(_of_days(other), shape.column)) > abs(size):
            return False
    level, middle = (_of_days(_by_quarter(hours)) for hours in (own, _middle(others, least=LEAST_RELATED)))
    return bool(_size_beside(level, middle, shape.column) * np.sign(size) >= ALIKE * abs(size))


def _best(daily: Values) -> tuple[_Shape | None, float]:
    """Return the shape that takes most squared distance away, by least squares, and its size."""
    known = np.isfinite(daily)
    if known.sum() < LEAST_BEFORE_D + LEAST_OFFSET_D:
        return None, 0.0
    reason, start, end, columns = _shapes(len(daily))
    until = np.concatenate([[0], np.cumsum(known)])
    inside = until[end] - until[start]
    outside = until[-1] - inside
    enough = np.where(
        reason == int(Reason.DRIFT),
        inside >= LEAST_DRIFT_D,
        (inside >= LEAST_OFFSET_D) & (outside >= LEAST_BEFORE_D),
    )
    columns = columns[:, known]
    columns = columns - columns.mean(axis=1, keepdims=True)
    squared = np.maximum((columns**2).sum(axis=1), 1e-12)
    sizes = columns @ (daily[known] - daily[known].mean()) / squared
    gain = np.where(enough, sizes**2 * squared, -1.0)
    best = int(np.argmax(gain))
    if gain[best] <= 0:
        return None, 0.0
    column = _shapes(len(daily))[3][best]
    return _Shape(Reason(int(reason[best])), int(start[best]), int(end[best]), column), float(sizes[best])


@lru_cache(maxsize=64)
def _shapes(days: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Values]:
    """Return steps that stay or end, or were there and end, and lines that rise, or end at one blow.

    Returns
    -------
    Their reasons, first days and days past the last, shape `(n,)`; what they add by day, shape `(n, days)`.
    """
    start, end = (column.ravel() for column in np.mgrid[0:days, 0 : days + 1])
    steps = end - start >= LEAST_OFFSET_D
    steps &= (start >= LEAST_BEFORE_D) | ((start == 0) & (end <= days - LEAST_BEFORE_D))
    lines = end - start >= LEAST_DRIFT_D
    day = np.arange(days)
    start, end = np.concatenate([start[steps], start[lines]]), np.concatenate([end[steps], end[lines]])
    reason = np.repeat([int(Reason.OFFSET), int(Reason.DRIFT)], [steps.sum(), lines.sum()])
    inside = (day >= start[:, None]) & (day < end[:, None])
    line = (day - start[:, None] + 0.5) / (end - start)[:, None]
    columns = np.where(inside, np.where((reason == int(Reason.DRIFT))[:, None], line, 1.0), 0.0)
    return reason, start, end, columns


def _farther(apart: Values, shape: _Shape) -> bool:
    """Tell whether a point lies farther from its neighbours in an offset than else, which tells the fault."""
    by_day = apart.reshape(-1, 24)
    inside, outside = (_nanmedian(by_day[shape.column == held].ravel(), 0) for held in (1, 0))
    return bool(abs(inside) > abs(outside))


def _other_side(shape: _Shape) -> _Shape | None:
    """Return the time before a step, or after it, in the place of the other; None of a step and one back."""
    days = len(shape.column)
    if shape.start and shape.end < days:
        return None
    start, end = (0, shape.start) if shape.start else (shape.end, days)
    return _Shape(shape.reason, start, end, 1.0 - shape.column)


def _size(daily: Values, column: Values) -> float:
    """Return how much of a shape is in days, by least squares; nought where too few are known."""
    known = np.isfinite(daily)
    moved = column[known] - column[known].mean() if known.any() else np.zeros(0)
    squared = float((moved**2).sum())
    return float(moved @ daily[known]) / squared if squared > 1e-9 else 0.0


def _size_beside(level: Values, middle: Values, column: Values) -> float:
    """Return how much of a shape is in a point's own days beside what follows the middle of its neighbours."""
    known = np.isfinite(level) & np.isfinite(middle)
    if known.sum() < LEAST_BEFORE_D:
        return 0.0
    given = np.stack([np.ones(int(known.sum())), middle[known], column[known]], axis=1)
    _, follows, size = np.linalg.lstsq(given, level[known], rcond=None)[0]
    if 0 <= follows <= 1:
        return float(size)
    return _size(level - float(np.clip(follows, 0, 1)) * middle, column)


def _edge(ratio: Values, day: int, first: int) -> int:
    """Return the hour (µs) within a day around from which on hours are nearer to 1 than to nought."""
    low, high = max((day - 1) * 24, 0), min((day + 1) * 24, len(ratio))
    nearer = np.nan_to_num(ratio[low:high] - 0.5)
    after = np.append(np.cumsum(nearer[::-1])[::-1], 0.0)
    return first * DAY + (low + int(np.argmax(after))) * HOUR


def _sure(course: Course) -> NDArray[np.bool_]:
    return np.asarray(course.valid & (course.quality <= Quality.ESTIMATED))


def _hourly(course: Course, first: int, days: int) -> Values:
    """Return means of hours from a day on, shape `(days * 24,)`; not a number where nothing sure was measured."""
    sure = _sure(course)
    hour = course.at[sure] // HOUR - first * 24
    inside = (hour >= 0) & (hour < days * 24)
    count = np.bincount(hour[inside], minlength=days * 24)
    total = np.bincount(hour[inside], weights=course.value[sure][inside], minlength=days * 24)
    return np.asarray(np.divide(total, count, out=np.full(days * 24, np.nan), where=count > 0))


def _middle(hours: Values, *, least: int) -> Values:
    """Return the median of points by hour where so many are known."""
    known = np.isfinite(hours).sum(axis=0)
    return np.asarray(np.where(known >= least, _nanmedian(hours, 0), np.nan))


def _by_quarter(hours: Values) -> Values:
    """Return the medians of quarters of days less their usual, shape `(days, 4)`; half of the hours must be known."""
    parts = hours.reshape(-1, QUARTERS, 24 // QUARTERS)
    enough = np.isfinite(parts).sum(axis=2) * 2 >= parts.shape[2]
    told = np.where(enough, _nanmedian(parts, 2), np.nan)
    return np.asarray(told - _nanmedian(told, 0))


def _of_days(quarters: Values) -> Values:
    """Return the means of whole days; not a number where a quarter is not known."""
    return np.asarray(quarters.mean(axis=1))


def _nanmedian(values: Values, axis: int) -> Values:
    """Return medians, not a number of nothing, without a warning."""
    ordered = np.sort(values, axis=axis)
    count = np.isfinite(values).sum(axis=axis, keepdims=True)
    low, high = np.maximum(count - 1, 0) // 2, np.maximum(count // 2, 0)
    last = values.shape[axis] - 1
    both = [np.take_along_axis(ordered, np.minimum(place, last), axis) for place in (low, high)]
    return np.squeeze((both[0] + both[1]) / 2, axis=axis)
