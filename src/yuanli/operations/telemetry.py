"""What was measured in a park: by point, as it is judged; and the judging itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import Campus, CampusId, DataPoint, LanguageMap, PointId
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.operations.judging import ALWAYS, JudgedListener, Judging, Tuned
from yuanli.operations.lineage import JudgementLog
from yuanli.operations.moments import EPOCH as EPOCH
from yuanli.operations.moments import MICROSECOND as MICROSECOND
from yuanli.operations.moments import micros_of
from yuanli.operations.moments import time_of as time_of
from yuanli.operations.newest import newest_by
from yuanli.operations.overrules import OverruleStore
from yuanli.operations.places import Places
from yuanli.operations.readings import Every, Numbers, ReadingStore
from yuanli.operations.retention import PointClass, RetentionParams, class_of, forget_old
from yuanli.telemetry import FAULTS, Quality, Reason, Series, Window

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
class Lineage:
    """Who judged readings in `[start, end)`: the run, its day (UTC), the rules' version, names and parameters."""

    start: datetime
    end: datetime
    run: int
    judged_on: date
    version: int
    rules: tuple[str, ...]
    parameters: Mapping[str, float]


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


class Telemetry:
    """Asks and judges the readings of the kept campuses.

    Parameters
    ----------
    overrules
        What people say of readings, which wins over the rules; nobody says anything without.
    record
        Where it is noted which rules judged what; nowhere without.
    clock
        Tells now: what is of the future is not the newest reading.
    tuned
        Returns by what the thresholds of rules are multiplied for points of a kind.
    """

    def __init__(
        self,
        store: ReadingStore,
        places: Places,
        overrules: OverruleStore | None = None,
        record: JudgementLog | None = None,
        tuned: Tuned = lambda campus_id: {},
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._places, self._record, self._clock = store, places, record, clock
        self.judging = Judging(store, places, overrules, record, tuned)

    def point(self, campus_id: CampusId, point_id: PointId) -> DataPoint:
        """Return a point of a campus; `PointNotFoundError` where there is none of that id."""
        return point_of(self._places.campus(campus_id), point_id)

    def points(self, campus_id: CampusId) -> tuple[DataPoint, ...]:
        """Return the points of a campus."""
        return tuple(self._places.campus(campus_id).of(DataPoint))

    def on_judged(self, listener: JudgedListener) -> Callable[[], None]:
        """Call `listener` with points and windows whose readings were judged anew; returns the way to stop that.

        It is called by whoever judged, and must not wait.
        """
        return self.judging.on_judged(listener)

    def latest(self, campus_id: CampusId, point_ids: Sequence[PointId] = ()) -> tuple[PointValue, ...]:
        """Return the newest readings of points, or of all; those without any are left out.

        One of the future is told only where nothing came in the four weeks before now.
        """
        points = self._points(campus_id, point_ids)
        now = micros_of(self._clock())
        found = newest_by(self._store, self._numbers(campus_id, tuple(points)), now)
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

    def raw_series(
        self, campus_id: CampusId, point_ids: Sequence[PointId], start: datetime, end: datetime, *, most: int
    ) -> tuple[Series, ...]:
        """Return the readings of points in `[start, end)` as columns, a series a point in the order asked.

        Raises
        ------
        PointNotFoundError, RangeError
            There is no such point; the span is empty or holds more than `most` readings.
        """
        self._points(campus_id, point_ids)
        numbers, (first, last) = self._numbers(campus_id, point_ids), _span(start, end)
        found: list[Series] = []
        for number in numbers.tolist():
            found += self._store.load(np.array([number], np.int32), first, last)
            if (count := sum(map(len, found))) > most:
                raise _too_many(count, most)
        return tuple(found)

    def lineage(
        self, campus_id: CampusId, point_id: PointId, start: datetime, end: datetime
    ) -> tuple[Lineage, ...]:
        """Return which rules judged the readings of a point in `[start, end)` last, and when, oldest first.

        What lies in none of them no rule has judged.
        """
        self._points(campus_id, (point_id,))
        if self._record is None:
            return ()
        window = Window(*_span(start, end))
        spans = self._record.list_judged(self._numbers(campus_id, (point_id,)).tolist(), window)
        runs = {run.id: run for run in self._record.list_runs(sorted({span.run for span in spans}))}
        return tuple(
            Lineage(
                start=time_of(max(span.start, window.start)), end=time_of(min(span.end, window.end)),
                run=span.run, judged_on=runs[span.run].judged_on, version=runs[span.run].version,
                rules=runs[span.run].rules, parameters=runs[span.run].parameters,
            )
            for span in spans
        )  # fmt: skip

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
        groups = [g for g in self.judging.groups(campus_id) if not measured.isdisjoint(g.numbers)]
        groups = self.judging.to_judge(groups)
        health: list[PointHealth] = []
        for done, group in enumerate(groups, start=1):
            for judgement in self.judging.judge(group, windows):
                for series in judgement.held:
                    if len(series):
                        health.append(_health(by_number[series.point], series))
            told(done / len(groups))
        return tuple(sorted(health, key=lambda one: -one.faulty))

    def judge_again(self, campus_id: CampusId, point_id: PointId, window: Window) -> Series:
        """Judge a point, and those it is judged with, in a window; return what the rules alone find of it."""
        point = point_of(self._places.campus(campus_id), point_id)
        group = next(group for group in self.judging.groups(campus_id) if point.id in group.points)
        (judgement,) = self.judging.judge(group, [window])
        return judgement.found[group.points.index(point.id)]

    def tidy(self, now: datetime, params: RetentionParams = RetentionParams()) -> None:
        """Pack readings of hours that are over, and forget those that are older than their class is kept."""
        self._store.compact((now - PACKED_AFTER - EPOCH) // MICROSECOND)
        for summary in self._places.summaries():
            by_class: dict[PointClass, list[PointId]] = defaultdict(list)
            for point in self._places.campus(summary.id).of(DataPoint):
                by_class[class_of(point.brick_class)].append(point.id)
            numbers = {kind: self._numbers(summary.id, ids) for kind, ids in by_class.items()}
            forget_old(self._store, numbers, now=now, params=params)

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
