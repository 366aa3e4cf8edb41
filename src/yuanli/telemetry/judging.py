"""What is held of readings: every rule in its turn, a person's word over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Readings, Series, Times
from yuanli.telemetry.rules import ALONE, BESIDE, LAST, LONG, Course
from yuanli.telemetry.rules.arrival import settle
from yuanli.telemetry.rules.course import DAY

RULES_VERSION = 3
"""Raised with any change that judges a reading differently."""
LINEAGE: tuple[tuple[str, int], ...] = tuple(
    (rule.__name__, RULES_VERSION) for rule in (settle, *ALONE, *BESIDE, *LAST)
)
"""Which rules judge, in their order, at which version."""
FIRST_LOOK = tuple(one for one in LINEAGE if one[0] not in {rule.__name__ for rule in LONG})
"""Those of a first look."""
BLOCK = 28 * DAY
"""Readings are judged by blocks of this length since 1970, each with what came `REACH` before and after it."""
REACH = 14 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrule:
    """A person's word on an interval of a point; of two the later in the sequence holds.

    Parameters
    ----------
    start, end
        µs, both included.
    quality
        What the readings are.
    value
        What held instead of them, where the person knows.
    """

    point: int
    start: int
    end: int
    quality: Quality
    value: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open span of time, µs."""

    start: int
    end: int

    @property
    def context(self) -> Window:
        """What has to be read to judge the window: its blocks and what they reach to."""
        return Window(self.start // BLOCK * BLOCK - REACH, -(-self.end // BLOCK) * BLOCK + REACH)


def judge(
    readings: Readings,
    facts: Sequence[PointFacts],
    *,
    params: CleaningParams = CleaningParams(),
    overrules: Sequence[Overrule] = (),
    window: Window | None = None,
    first_look: bool = False,
) -> tuple[Series, ...]:
    """Judge the readings of points that belong together, a series a point in the order of `facts`.

    The outcome depends on the set of readings alone: not on the order of the rows, nor on how often they came.
    Each block of four weeks is compared with the two weeks on each side of it and no further, so that a
    part judged again is as if all had been.

    Parameters
    ----------
    readings
        All that came in the `context` of the window; readings of other points are left aside.
    facts
        One a point; a point's twin and related points count where they are among them.
    window
        What to return; everything where None.
    first_look
        Leave out the rules that need days and weeks of readings.
    """
    by_point = {own.point: _of_point(readings, own.point) for own in facts}
    parts: dict[int, list[Series]] = {own.point: [] for own in facts}
    for block in _blocks([own.at for own in by_point.values()], window):
        near = Window(block.start - REACH, block.end + REACH)
        courses = {
            own.point: _alone(_between(by_point[own.point], near), own, own.tuned or params) for own in facts
        }
        for own in facts:
            course = _beside(courses[own.point], courses, own.tuned or params, first_look=first_look)
            series = _series(course)
            parts[own.point].append(_within(series, block))
    judged = (_sourced(_joined(own.point, parts[own.point]), by_point[own.point]) for own in facts)
    return tuple(_within(overruled(series, overrules), window) for series in judged)


def as_came(readings: Readings, point: int, *, window: Window | None = None) -> Series:
    """Return the readings of a point of which nothing is known that a rule could judge.

    Of one time the first received holds, and it is as good as its device said.
    """
    came = _of_point(readings, point)
    order = np.lexsort((came.value, came.received, came.at))
    at, first = np.unique(came.at[order], return_index=True)
    value = came.value[order][first]
    told = np.zeros(len(at), np.uint8) if came.told is None else came.told[order][first]
    reason = np.where(told > 0, np.uint32(Reason.SOURCE), np.uint32(0)).astype(np.uint32)
    series = Series(point=point, at=at, raw=value, value=value.copy(), quality=told, reason=reason)
    return _within(series, window)


def overruled(series: Series, overrules: Iterable[Overrule]) -> Series:
    """Return a series after what people said of it; a word of another point changes nothing.

    What is called good without a value holds as it came, so that a filled gap stays what it was.
    """
    value, quality, reason = series.value.copy(), series.quality.copy(), series.reason.copy()
    for word in overrules:
        if word.point != series.point:
            continue
        inside = (series.at >= word.start) & (series.at <= word.end)
        if word.value is not None:
            value[inside] = word.value
        elif word.quality is Quality.GOOD:
            inside &= np.isfinite(series.raw)
            value[inside] = series.raw[inside]
        quality[inside] = word.quality
        reason[inside] |= np.uint32(Reason.MANUAL)
    return replace(series, value=value, quality=quality, reason=reason)


def touched(at: Times) -> tuple[Window, ...]:
    """Return the windows that new readings of these times may judge anew, ascending and apart.

    Judging each of them on its `context` gives what judging everything would.
    """
    at = np.asarray(at, np.int64)
    near = np.concatenate([(at - REACH) // BLOCK, at // BLOCK, (at + REACH) // BLOCK])
    windows: list[Window] = []
    for block in np.unique(near):
        start, end = int(block) * BLOCK, int(block + 1) * BLOCK
        if windows and windows[-1].end == start:
            windows[-1] = Window(windows[-1].start, end)
        else:
            windows.append(Window(start, end))
    return tuple(windows)


def _blocks(times: Sequence[Times], window: Window | None) -> list[Window]:
    """Return the blocks that have readings near enough to give them rows, ascending."""
    at = np.concatenate(times) if times else np.zeros(0, np.int64)
    near = np.concatenate([(at - DAY) // BLOCK, at // BLOCK, (at + DAY) // BLOCK])
    blocks = [Window(int(block) * BLOCK, int(block + 1) * BLOCK) for block in np.unique(near)]
    return [b for b in blocks if window is None or (b.start < window.end and b.end > window.start)]


def _of_point(readings: Readings, point: int) -> Readings:
    return readings.rows(readings.point == point)


def _between(readings: Readings, window: Window) -> Readings:
    return readings.rows((readings.at >= window.start) & (readings.at < window.end))


def _joined(point: int, parts: Sequence[Series]) -> Series:
    def column(name: str, kind: type) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts]) if parts else np.zeros(0, kind)

    return Series(
        point=point,
        at=column("at", np.int64),
        raw=column("raw", np.float64),
        value=column("value", np.float64),
        quality=column("quality", np.uint8),
        reason=column("reason", np.uint32),
    )


def _alone(readings: Readings, facts: PointFacts, params: CleaningParams) -> Course:
    course = settle(readings, facts, params)
    for rule in ALONE:
        course = rule(course, params)
    return course


def _beside(
    course: Course, courses: Mapping[int, Course], params: CleaningParams, *, first_look: bool
) -> Course:
    facts = course.facts
    related = tuple(courses[point] for point in facts.related if point in courses)
    twin = courses.get(facts.twin) if facts.twin is not None else None
    course = replace(course, twin=twin, related=related)
    for rule in (*BESIDE, *LAST):
        if not (first_look and rule in LONG):
            course = rule(course, params)
    return course


def _series(course: Course) -> Series:
    """Return a course as a series: what came stands at the device's time, what holds at the true time.

    They differ where a clock was wrong. A reading of such a time leaves a row with `raw` where it came, and what
    it says in the row of its true time.
    """
    shifted = course.device_at != course.at
    at = np.unique(np.concatenate((course.at, course.device_at)))
    true_row, device_row = np.searchsorted(at, course.at), np.searchsorted(at, course.device_at)
    raw, value = np.full(len(at), np.nan), np.full(len(at), np.nan)
    quality, reason = np.zeros(len(at), np.uint8), np.zeros(len(at), np.uint32)
    value[true_row], quality[true_row], reason[true_row] = course.value, course.quality, course.reason
    moved = true_row[shifted]
    quality[moved] = np.maximum(quality[moved], Quality.ESTIMATED)
    reason[moved] |= np.uint32(Reason.CLOCK)
    came = np.lexsort((course.received, device_row))
    first = came[np.concatenate(([True], np.diff(device_row[came]) != 0))] if len(came) else came
    reason[device_row[np.setdiff1d(came, first)]] |= np.uint32(Reason.CONFLICT)
    raw[device_row[first]] = course.raw[first]
    stray = device_row[first[shifted[first]]]
    quality[stray] = np.maximum(quality[stray], Quality.SUSPECT)
    reason[stray] |= np.uint32(Reason.CLOCK)
    return Series(point=course.facts.point, at=at, raw=raw, value=value, quality=quality, reason=reason)


def _sourced(series: Series, came: Readings) -> Series:
    """Return a series that is nowhere better than the device itself told of what holds."""
    if came.told is None:
        return series
    order = np.lexsort((came.value, came.received, came.at))
    at, first = np.unique(came.at[order], return_index=True)
    told = came.told[order][first]
    place = np.searchsorted(series.at, at[told > 0])
    there = place < len(series)
    there[there] = series.at[place[there]] == at[told > 0][there]
    quality, reason = series.quality.copy(), series.reason.copy()
    quality[place[there]] = np.maximum(quality[place[there]], told[told > 0][there])
    reason[place[there]] |= np.uint32(Reason.SOURCE)
    return replace(series, quality=quality, reason=reason)


def _within(series: Series, window: Window | None) -> Series:
    if window is None:
        return series
    inside = (series.at >= window.start) & (series.at < window.end)
    return Series(
        point=series.point,
        at=series.at[inside],
        raw=series.raw[inside],
        value=series.value[inside],
        quality=series.quality[inside],
        reason=series.reason[inside],
    )
