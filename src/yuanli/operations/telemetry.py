"""What was measured in a park: by point, as it is judged; and the judging itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import Campus, CampusId, DataPoint, LanguageMap, PointId
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.operations.facts import Facts, facts_of
from yuanli.operations.moments import EPOCH as EPOCH
from yuanli.operations.moments import MICROSECOND as MICROSECOND
from yuanli.operations.moments import time_of as time_of
from yuanli.operations.overrules import OverruleStore, words_of
from yuanli.operations.places import Places
from yuanli.operations.readings import Every, Numbers, ReadingStore
from yuanli.operations.retention import PointClass, RetentionParams, class_of, forget_old
from yuanli.telemetry import (
    FAULTS,
    Overrule,
    Quality,
    Reason,
    Series,
    Window,
    as_came,
    judge,
    overruled,
)

ALWAYS = Window(0, (datetime(2100, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND)
PACKED_AFTER = timedelta(hours=2)
"""For how long readings stay where the next ones are written."""
MOST_READINGS = 200_000
MOST_BUCKETS = 200_000


class PointNotFoundError(NotFoundError):
    """The campus has no such point."""


class RangeError(InvalidInputError):
    """A span of time is empty, or holds more than is told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointValue:
    """The newest reading of a point, in its unit; `value` is None where nothing holds."""

    point: PointId
    name: LanguageMap
    unit: str | None
    at: datetime
    value: float | None
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One reading: as it came (None where a gap was filled), what holds (None where nothing does), and why."""

    at: datetime
    raw: float | None
    value: float | None
    quality: Quality
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Readings of a point put together; of none, `mean`, `min` and `max` are None."""

    point: PointId
    start: datetime
    count: int
    sum: float
    mean: float | None
    min: float | None
    max: float | None
    coverage: float | None
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class PointHealth:
    """How many readings of a point are of which quality, and how many rules found what."""

    point: PointId
    name: LanguageMap
    readings: int
    qualities: Mapping[str, int]
    reasons: Mapping[str, int]

    @property
    def faulty(self) -> float:
        """The share of readings that are not to be trusted as they came, 0–1."""
        wrong = sum(self.qualities.get(q.name.lower(), 0) for q in (Quality.SUSPECT, Quality.BAD))
        return wrong / self.readings if self.readings else 0.0


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What the rules found, and what holds after what people said."""

    found: tuple[Series, ...]
    held: tuple[Series, ...]


class Telemetry:
    """Asks and judges the readings of the kept campuses.

    Parameters
    ----------
    overrules
        What people say of readings, which wins over the rules; nobody says anything without.
    """

    def __init__(self, store: ReadingStore, places: Places, overrules: OverruleStore | None = None) -> None:
        self._store, self._places, self._overrules = store, places, overrules

    def point(self, campus_id: CampusId, point_id: PointId) -> DataPoint:
        """Return a point of a campus; `PointNotFoundError` where there is none of that id."""
        return point_of(self._places.campus(campus_id), point_id)

    def points(self, campus_id: CampusId) -> tuple[DataPoint, ...]:
        """Return the points of a campus."""
        return tuple(self._places.campus(campus_id).of(DataPoint))

    def latest(self, campus_id: CampusId, point_ids: Sequence[PointId] = ()) -> tuple[PointValue, ...]:
        """Return the newest readings of points, or of all; those without any are left out."""
        points = self._points(campus_id, point_ids)
        found = self._store.latest(self._numbers(campus_id, tuple(points)))
        by_number = dict(zip(self._numbers(campus_id, tuple(points)).tolist(), points.values(), strict=True))
        return tuple(
            PointValue(
                point=(point := by_number[number]).id, name=point.name, unit=point.unit, at=time_of(at),
                value=_number(value), quality=Quality(quality),
            )
            for number, at, value, quality in zip(
                found.point.tolist(), found.at.tolist(), found.value.tolist(), found.quality.tolist(), strict=True
            )
        )  # fmt: skip

    def series(
        self, campus_id: CampusId, point_id: PointId, start: datetime, end: datetime
    ) -> tuple[Judged, ...]:
        """Return the readings of a point in `[start, end)` as they are judged.

        Raises
        ------
        PointNotFoundError, RangeError
            There is no such point; the span is empty or holds more than 200,000 readings.
        """
        self._points(campus_id, (point_id,))
        numbers = self._numbers(campus_id, (point_id,))
        (found,) = self._store.load(numbers, *_span(start, end))
        if len(found) > MOST_READINGS:
            raise _too_many(len(found), MOST_READINGS)
        return tuple(_judged(found))

    def roll_up(
        self,
        campus_id: CampusId,
        point_ids: Sequence[PointId],
        start: datetime,
        end: datetime,
        *,
        every: Every = Every.HOUR,
    ) -> tuple[Bucket, ...]:
        """Put the readings of points in `[start, end)` together by the clock of the campus."""
        points = self._points(campus_id, point_ids)
        numbers = self._numbers(campus_id, tuple(points))
        names = dict(zip(numbers.tolist(), points, strict=True))
        zone = ZoneInfo(self._places.campus(campus_id).time_zone)
        found = self._store.roll_up(numbers, *_span(start, end), every=every, time_zone=zone)
        if len(found) > MOST_BUCKETS:
            raise _too_many(len(found), MOST_BUCKETS)
        return tuple(
            Bucket(
                point=names[int(found.point[i])], start=time_of(int(found.start[i])), count=int(found.count[i]),
                sum=float(found.sum[i]), mean=_number(found.mean[i]), min=_number(found.min[i]),
                max=_number(found.max[i]), coverage=_number(found.coverage[i]),
                quality=Quality(int(found.quality[i])),
            )
            for i in range(len(found))
        )  # fmt: skip

    def clean(
        self,
        campus_id: CampusId,
        windows: Sequence[Window] = (ALWAYS,),
        *,
        told: Callable[[float], None] = lambda share: None,
    ) -> tuple[PointHealth, ...]:
        """Judge the readings of a campus in windows, and keep what they are judged to be.

        Parameters
        ----------
        windows
            As `touched` gives them; all readings without.
        told
            Hears the share that is done.
        """
        campus = self._places.campus(campus_id)
        points = {point.id: point for point in campus.of(DataPoint)}
        numbers = self._numbers(campus_id, tuple(points))
        measured = set(self._store.latest(numbers).point.tolist())
        by_number = dict(zip(numbers.tolist(), points.values(), strict=True))
        ids = {point.id: number for number, point in by_number.items()}
        names = {number: point.id for number, point in by_number.items()}
        groups = [g for g in facts_of(campus, ids) if any(own.point in measured for own in g)]
        ruled = {own.point for group in groups for own in group}
        alone = [n for n in self._spoken_of(campus_id, ids) if n in measured and n not in ruled]
        health: list[PointHealth] = []
        together: list[Facts | int] = [*groups, *alone]
        for done, group in enumerate(together, start=1):
            for window in windows:
                for series in self._judge(campus_id, names, group, window).held:
                    if len(series):
                        health.append(_health(by_number[series.point], series))
            told(done / len(together))
        return tuple(sorted(health, key=lambda one: -one.faulty))

    def judge_again(self, campus_id: CampusId, point_id: PointId, window: Window) -> Series:
        """Judge a point, and those it is judged with, in a window; return what the rules alone find of it."""
        campus = self._places.campus(campus_id)
        ids = [point.id for point in campus.of(DataPoint)]
        numbers = dict(zip(ids, self._numbers(campus_id, ids).tolist(), strict=True))
        names = {number: known for known, number in numbers.items()}
        own = numbers[point_of(campus, point_id).id]
        groups = facts_of(campus, numbers)
        group = next((g for g in groups if any(facts.point == own for facts in g)), own)
        found = self._judge(campus_id, names, group, window).found
        return next(series for series in found if series.point == own)

    def tidy(self, now: datetime, params: RetentionParams = RetentionParams()) -> None:
        """Pack readings of hours that are over, and forget those that are older than their class is kept."""
        self._store.compact((now - PACKED_AFTER - EPOCH) // MICROSECOND)
        for summary in self._places.summaries():
            by_class: dict[PointClass, list[PointId]] = defaultdict(list)
            for point in self._places.campus(summary.id).of(DataPoint):
                by_class[class_of(point.brick_class)].append(point.id)
            numbers = {kind: self._numbers(summary.id, ids) for kind, ids in by_class.items()}
            forget_old(self._store, numbers, now=now, params=params)

    def _judge(
        self, campus_id: CampusId, names: Mapping[int, PointId], group: Facts | int, window: Window
    ) -> _Judgement:
        """Judge points that belong together, or one that no rule knows, and keep what comes of it.

        Somebody may say a word while the rules are at work: then it is kept once more, with that word, so that
        no judgement takes back what was said after it began.
        """
        within = (max(window.start, 0), window.end)
        asked = None if window == ALWAYS else window
        if isinstance(group, int):
            numbers = np.array([group], np.int32)
            found: tuple[Series, ...] = (
                as_came(self._store.arrivals(numbers, *within), group, window=asked),
            )
        else:
            numbers = np.array([own.point for own in group], np.int32)
            context = window if asked is None else window.context
            arrivals = self._store.arrivals(numbers, max(context.start, 0), context.end)
            found = judge(arrivals, group, window=asked)
        words = self._words(campus_id, names, numbers)
        while True:
            held = tuple(overruled(series, words) for series in found)
            self._store.judge(*held, within=within)
            now = self._words(campus_id, names, numbers)
            if now == words:
                return _Judgement(found, held)
            words = now

    def _words(
        self, campus_id: CampusId, names: Mapping[int, PointId], numbers: Numbers
    ) -> tuple[Overrule, ...]:
        if self._overrules is None:
            return ()
        ids = {names[number]: number for number in numbers.tolist()}
        return words_of(self._overrules.list_overrules(campus_id, tuple(ids)), ids)

    def _spoken_of(self, campus_id: CampusId, ids: Mapping[PointId, int]) -> list[int]:
        """Return the points of which somebody said something, also if it was taken back."""
        if self._overrules is None:
            return []
        said = self._overrules.list_overrules(campus_id, undone=True)
        return [ids[point] for point in dict.fromkeys(one.point for one in said) if point in ids]

    def _points(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> dict[PointId, DataPoint]:
        campus = self._places.campus(campus_id)
        if not point_ids:
            return {point.id: point for point in campus.of(DataPoint)}
        return {point_id: point_of(campus, point_id) for point_id in point_ids}

    def _numbers(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> Numbers:
        return self._store.number_points(campus_id, point_ids)


def reasons_of(bits: int) -> tuple[str, ...]:
    """Return the names of the rules that found something."""
    return tuple((reason.name or "").lower() for reason in Reason(bits))


def point_of(campus: Campus, point_id: PointId) -> DataPoint:
    """Return a point of a campus; `PointNotFoundError` where there is none of that id."""
    found = campus.find(point_id)
    if not isinstance(found, DataPoint):
        raise PointNotFoundError(
            Text(f"园区没有点位“{point_id}”。", f"The campus has no point {point_id!r}."),
            field="point",
            hint=Text("用地图上点位的编号。", "Give the id of a point on the map."),
        )
    return found


def _span(start: datetime, end: datetime) -> tuple[int, int]:
    if start >= end:
        raise RangeError(
            Text(f"起点 {start} 不早于终点 {end}。", f"The start {start} is not before the end {end}."),
            field="from",
            hint=Text("请给出先后两个时间。", "Give an earlier and a later time."),
        )
    return (start - EPOCH) // MICROSECOND, (end - EPOCH) // MICROSECOND


def _too_many(count: int, most: int) -> RangeError:
    return RangeError(
        Text(
            f"有 {count} 行，一次最多 {most} 行。", f"That is {count} rows; at most {most} are told at once."
        ),
        field="from",
        hint=Text("缩短时间段，或按小时、按天汇总。", "Ask for less time, or by the hour or day."),
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _judged(series: Series) -> list[Judged]:
    columns = (series.at, series.raw, series.value, series.quality, series.reason)
    return [
        Judged(
            at=time_of(at), raw=_number(raw), value=_number(value), quality=Quality(quality),
            reasons=reasons_of(reason),
        )
        for at, raw, value, quality, reason in zip(*(column.tolist() for column in columns), strict=True)
    ]  # fmt: skip


def _health(point: DataPoint, series: Series) -> PointHealth:
    qualities = Counter(Quality(q).name.lower() for q in series.quality.tolist())
    reasons = Counter(name for bits in series.reason.tolist() if bits & FAULTS for name in reasons_of(bits))
    return PointHealth(
        point=point.id,
        name=point.name,
        readings=len(series),
        qualities=dict(qualities),
        reasons=dict(reasons),
    )
