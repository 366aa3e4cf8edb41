"""How good the readings of a park are: by point and day, from the hours of a roll-up; the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, DataPoint, LanguageMap, PointId, label_of
from yuanli.errors import Text
from yuanli.operations.moments import micros_of, time_of
from yuanli.operations.newest import newest_by
from yuanli.operations.places import Places
from yuanli.operations.readings import Every, ReadingStore, RollUp
from yuanli.operations.telemetry import RangeError, point_of, reasons_of
from yuanli.telemetry import FAULTS, Form, Quality, find_quantity

MOST_SPAN = timedelta(days=92)
MOST_HOURS = 20_000_000
"""Hours of points that one report counts."""
HOURS_AT_ONCE = 2_000_000
"""Hours of points that are held in memory at a time: longer spans are counted a few days at a time."""
MOST_READINGS = 2_000_000
HOUR = 3_600_000_000
LEAST_SILENCE_S = 7_200.0
SILENT_AFTER = 3.0
"""A point is stale that has been silent for this many of its usual distances, and for two hours."""
PERIODIC = (Form.ANALOG, Form.COUNTER)
NAMES = {quality: quality.name.lower() for quality in Quality}


@dataclass(frozen=True, slots=True, kw_only=True)
class PointQuality:
    """How good a point's readings are.

    Parameters
    ----------
    shares
        Of the hours, by the worst quality in each; `missing` are those in which nothing holds. They sum to 1, or
        are empty where the point never sends by the clock and has not sent.
    trouble
        The share of hours that are suspect, bad or missing.
    days
        The same share by the day of the park; None where nothing was to come.
    missing
        The share of hours by day in which nothing holds.
    coverage
        How many of the readings that were to come did, 0–1; None where that can't be told.
    stale
        Whether it has been silent for far longer than usual.
    """

    point: PointId
    name: LanguageMap
    unit: str | None
    shares: Mapping[str, float]
    trouble: float
    days: tuple[float | None, ...]
    missing: tuple[float | None, ...]
    coverage: float | None
    last_at: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """The quality of a campus's readings, worst points first; those that have never sent come last.

    Parameters
    ----------
    days
        When each day of the heat strips begins.
    shares
        Of the hours of the points that have ever sent, by quality.
    total, stale, silent
        How many points there are, how many are stale, and how many have never sent.
    """

    start: datetime
    end: datetime
    days: tuple[datetime, ...]
    shares: Mapping[str, float]
    total: int
    stale: int
    silent: int
    points: tuple[PointQuality, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointReasons:
    """What the rules found in a point's readings, counted by reading."""

    point: PointId
    readings: int
    qualities: Mapping[str, int]
    reasons: Mapping[str, int]


class DataQuality:
    """Tells how good readings are, over the store that keeps them."""

    def __init__(self, store: ReadingStore, places: Places) -> None:
        self._store, self._places = store, places

    def report(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        now: datetime,
        limit: int,
        offset: int = 0,
    ) -> QualityReport:
        """Return how good the readings of `[start, end)` are; what is still to come at `now` is not missing.

        Raises
        ------
        RangeError
            The span is empty, longer than 92 days, or too long for so many points.
        """
        campus = self._places.campus(campus_id)
        points = tuple(campus.of(DataPoint))
        end = min(end, now)
        _check_span(start, end, len(points))
        numbers = self._store.number_points(campus_id, [point.id for point in points])
        zone = ZoneInfo(campus.time_zone)
        first, last = micros_of(start), micros_of(end)
        edges = _day_edges(start, end, zone)
        hours = (
            self._store.roll_up(numbers, begin, until, every=Every.HOUR, time_zone=zone)
            for begin, until in _pieces(edges, first, last, len(points))
        )
        newest = newest_by(self._store, numbers, micros_of(now))
        periodic = _periodic(points)
        last_at = np.zeros(len(points), np.int64)
        place = np.zeros(int(numbers.max(initial=0)) + 1, np.int64)
        place[numbers] = np.arange(len(numbers))
        last_at[place[newest.point]] = newest.at
        sent = np.isin(numbers, newest.point)
        table = _Table(hours, place, edges, first, last, periodic)
        stale = table.stale(micros_of(now) - last_at, sent)
        order = np.lexsort((np.array([p.id for p in points]), ~stale, -table.trouble, ~sent))
        shown = [
            _told(
                points[row],
                row,
                table,
                last_at=int(last_at[row]) if sent[row] else None,
                stale=bool(stale[row]),
            )
            for row in order[offset : offset + limit].tolist()
        ]
        summed = table.by_quality[sent].sum(axis=0).tolist()
        return QualityReport(
            start=start,
            end=end,
            days=tuple(time_of(edge) for edge in edges[:-1]),
            shares=_shares(summed),
            total=len(points),
            stale=int((stale & sent).sum()),
            silent=int((~sent).sum()),
            points=tuple(
                one if one.name else replace(one, name=label_of(campus, one.point)) for one in shown
            ),
        )

    def reasons(
        self, campus_id: CampusId, point_ids: Sequence[PointId], start: datetime, end: datetime
    ) -> tuple[PointReasons, ...]:
        """Return what the rules found in `[start, end)`, reading by reading.

        Raises
        ------
        PointNotFoundError, RangeError
            There is no such point; the span is empty, longer than 92 days, or has too many readings.
        """
        campus = self._places.campus(campus_id)
        for point_id in point_ids:
            point_of(campus, point_id)
        _check_span(start, end, 0)
        numbers = self._store.number_points(campus_id, point_ids)
        found, left = [], MOST_READINGS
        for point_id, number in zip(point_ids, numbers, strict=True):
            (series,) = self._store.load(np.array([number], np.int32), micros_of(start), micros_of(end))
            left -= len(series)
            if left < 0:
                raise _too_long(f"多于 {MOST_READINGS:,} 条读数", f"more than {MOST_READINGS:,} readings")
            qualities = Counter(Quality(quality).name.lower() for quality in series.quality.tolist())
            bits, counts = np.unique(series.reason & np.uint32(FAULTS), return_counts=True)
            reasons: Counter[str] = Counter()
            for reason, count in zip(bits.tolist(), counts.tolist(), strict=True):
                reasons.update(dict.fromkeys(reasons_of(reason), count))
            found.append(
                PointReasons(
                    point=point_id, readings=len(series), qualities=dict(qualities),
                    reasons=dict(reasons.most_common()),
                )
            )  # fmt: skip
        return tuple(found)


class _Table:
    """Hours counted by point, day and quality `(n_points, n_days, 5)`; the hours of each day; coverage and pace.

    Parameters
    ----------
    hours
        The roll-ups by the hour of pieces of the span that don't overlap.
    place
        The row of each number of a point.
    periodic
        Of each point whether it sends by the clock: then hours in which nothing came are counted as missing.
    """

    def __init__(
        self, hours: Iterable[RollUp], place: NDArray[np.int64], edges: NDArray[np.int64], first: int, last: int,
        periodic: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        n_points, n_days = len(periodic), len(edges) - 1
        counts = np.zeros(n_points * n_days * len(Quality), np.int64)
        self.readings, self.covered, self.told = np.zeros((3, n_points))
        for piece in hours:
            row = place[piece.point]
            day = np.searchsorted(edges, piece.start, side="right") - 1
            quality = np.where(piece.count > 0, piece.quality, np.uint8(Quality.MISSING)).astype(np.int64)
            cell = (row * n_days + day) * len(Quality) + quality
            counts += np.bincount(cell, minlength=len(counts))
            self.readings += np.bincount(row, weights=piece.count, minlength=n_points)
            self.covered += np.bincount(row, weights=np.nan_to_num(piece.coverage), minlength=n_points)
            self.told += np.bincount(row, weights=np.isfinite(piece.coverage), minlength=n_points)
        self.counts = counts.reshape(n_points, n_days, len(Quality))
        self.periodic = periodic
        whole = np.minimum(edges[1:], last) - np.maximum(edges[:-1], first)
        self.expected = -(-whole // HOUR)
        silent = np.maximum(self.expected - self.counts.sum(axis=2), 0)
        self.counts[:, :, Quality.MISSING] += np.where(periodic[:, None], silent, 0)
        self.by_day = self.counts.sum(axis=2)
        self.trouble_by_day = self.counts[:, :, Quality.SUSPECT :].sum(axis=2)
        self.by_quality = self.counts.sum(axis=1)
        self.hours = self.by_day.sum(axis=1)
        self.trouble = self.trouble_by_day.sum(axis=1) / np.maximum(self.hours, 1)

    def stale(self, silence: NDArray[np.int64], sent: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which points that send by the clock have been silent (µs) for far longer than usual, or always."""
        present = self.hours - self.by_quality[:, Quality.MISSING]
        usual = HOUR * present / np.maximum(self.readings, 1) * (self.readings > 0)
        longest = np.maximum(LEAST_SILENCE_S * 1_000_000, SILENT_AFTER * usual)
        return np.asarray(self.periodic & (~sent | (silence > longest)))


def _told(point: DataPoint, row: int, table: _Table, *, last_at: int | None, stale: bool) -> PointQuality:
    by_day, bad, qualities = (t[row].tolist() for t in (table.by_day, table.trouble_by_day, table.by_quality))
    gone = table.counts[row, :, Quality.MISSING].tolist()
    expected = float(table.expected.sum())
    return PointQuality(
        point=point.id,
        name=point.name,
        unit=point.unit,
        shares=_shares(qualities),
        trouble=float(table.trouble[row]),
        days=_shares_by_day(bad, by_day),
        missing=_shares_by_day(gone, by_day),
        coverage=float(table.covered[row] / expected)
        if table.periodic[row] and table.told[row] and expected
        else None,
        last_at=None if last_at is None else time_of(last_at),
        stale=stale,
    )


def _shares_by_day(some: Sequence[int], hours: Sequence[int]) -> tuple[float | None, ...]:
    return tuple(round(one / of, 4) if of else None for one, of in zip(some, hours, strict=True))


def _periodic(points: Sequence[DataPoint]) -> NDArray[np.bool_]:
    """Return which points send by the clock."""
    quantities = {brick_class: find_quantity(brick_class) for brick_class in {p.brick_class for p in points}}
    by_clock = {name: found is None or found.form in PERIODIC for name, found in quantities.items()}
    return np.array([by_clock[point.brick_class] for point in points], bool)


def _shares(counts: Sequence[int]) -> dict[str, float]:
    total = sum(counts)
    return {name: counts[quality] / total for quality, name in NAMES.items()} if total else {}


def _day_edges(start: datetime, end: datetime, zone: ZoneInfo) -> NDArray[np.int64]:
    day = start.astimezone(zone).date()
    edges = []
    while True:
        edge = datetime(day.year, day.month, day.day, tzinfo=zone)
        edges.append(micros_of(edge))
        if edge >= end:
            return np.array(edges, np.int64)
        day += timedelta(days=1)


def _pieces(edges: NDArray[np.int64], first: int, last: int, points: int) -> Iterator[tuple[int, int]]:
    """Yield pieces of `[first, last)` of whole days, each with about as many hours of points as are held at once."""
    days = max(1, HOURS_AT_ONCE // (24 * max(points, 1)))
    cuts = [first, *(edge for edge in edges[days:-1:days].tolist() if edge > first), last]
    yield from pairwise(cuts)


def _check_span(start: datetime, end: datetime, points: int) -> None:
    if start >= end or micros_of(start) < 0:
        raise RangeError(
            Text(f"起点 {start} 不早于终点 {end}。", f"The start {start} is not before the end {end}."),
            field="from",
            hint=Text("给出已经过去的一段时间。", "Give a span of time that has passed."),
        )
    if end - start > MOST_SPAN:
        raise _too_long(f"{(end - start).days} 天", f"{(end - start).days} days")
    hours = points * ((end - start) / timedelta(hours=1))
    if hours > MOST_HOURS:
        raise _too_long(
            f"{points} 个点位 × {(end - start).days} 天", f"{points} points × {(end - start).days} days"
        )


def _too_long(zh: str, en: str) -> RangeError:
    return RangeError(
        Text(f"时间段过长：{zh}。", f"That is too much time to look at: {en}."),
        field="from",
        hint=Text(
            f"最多 {MOST_SPAN.days} 天；点位多时再短些。",
            f"At most {MOST_SPAN.days} days, less for many points.",
        ),
    )
