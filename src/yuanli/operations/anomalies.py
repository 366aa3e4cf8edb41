"""What is unusual in a park: points, machines, energy, water; each with its evidence, likely cause and cost so far."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from yuanli.campus import Campus, CampusId, DataPoint, label_of
from yuanli.errors import Text
from yuanli.forecast import Calendar
from yuanli.operations.anomaly_checks import CHECKS
from yuanli.operations.anomaly_points import hours_of
from yuanli.operations.anomaly_scene import (
    AlarmVolume,
    AnomalyKind,
    AnomalyQuery,
    AnomalyReport,
    FoundAnomaly,
    Scene,
)
from yuanli.operations.campus_calendars import CampusCalendars
from yuanli.operations.energy.tariffs import Tariffs
from yuanli.operations.moments import micros_of
from yuanli.operations.places import Places
from yuanli.operations.point_rows import find_place
from yuanli.operations.readings import ReadingStore
from yuanli.operations.telemetry import RangeError

LONGEST = timedelta(days=92)
PAST = timedelta(days=84)
WEEK = timedelta(days=7)
RENEWED_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSpan:
    """What was looked at for anomalies that are kept: `[start, end)`, computed at `end`, and the points judged."""

    campus_id: CampusId
    start: datetime
    end: datetime
    checked: frozenset[str]


class AnomalyStore(Protocol):
    """Keeps what was found unusual."""

    def find_kept_span(self, campus_id: CampusId) -> KeptSpan | None:
        """Return what was looked at, or None."""

    def put_anomalies(
        self, span: KeptSpan, start: datetime, end: datetime, found: Sequence[FoundAnomaly]
    ) -> None:
        """Keep what was found in `[start, end)` in the place of what ended there; forget what ended before `span`."""

    def list_anomalies(self, campus_id: CampusId, start: datetime, end: datetime) -> tuple[FoundAnomaly, ...]:
        """Return what is kept that touches `[start, end)`."""


class Anomalies:
    """Finds what is unusual in the kept campuses: as it was last computed, and for a few points as it is now.

    Parameters
    ----------
    narrow
        Of so many points, such as those of a system, a question is computed when it is asked.
    """

    def __init__(
        self,
        readings: ReadingStore,
        places: Places,
        kept: AnomalyStore,
        calendars: CampusCalendars,
        tariffs: Callable[[CampusId], Tariffs] | None = None,
        *,
        narrow: int = 60,
    ) -> None:
        self._readings, self._places, self._kept, self._tariffs = readings, places, kept, tariffs
        self._narrow, self._calendars = narrow, calendars

    def find(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        now: datetime,
        query: AnomalyQuery = AnomalyQuery(),
    ) -> AnomalyReport:
        """Return what is unusual in `[start, end)`; what is to be expected is learnt from before it alone.

        What `renew` has computed is told, of the part of the span that it looked at; where that part is empty, it is
        computed now.

        Raises
        ------
        RangeError
            The span is empty or longer than 92 days.
        PlaceNotFoundError
            The campus has no such place.
        """
        end = min(end, now)
        if not timedelta(0) < end - start <= LONGEST:
            raise RangeError(
                Text(
                    "时间范围为空、在将来或超过 92 天。",
                    "The span is empty, to come, or longer than 92 days.",
                ),
                field="to",
                hint=Text("例如最近 7 天。", "Ask for the last 7 days, say."),
            )
        campus = self._places.campus(campus_id)
        points = [p for p in campus.of(DataPoint) if query.place is None or _within(campus, p, query.place)]
        span = self._kept.find_kept_span(campus_id)
        if span is None or len(points) <= self._narrow or min(end, span.end) <= max(start, span.start):
            found, checked = self._compute(campus, points, start, end, now, query)
            return _report(found, start, end, query, campus, len(checked), self._currency(campus_id), now)
        start, end = max(start, span.start), min(end, span.end)
        asked = {point.id for point in points}
        found = [
            one if query.price_kwh is None or one.excess_kwh is None
            else replace(one, cost=round(one.excess_kwh * query.price_kwh, 2))
            for one in self._kept.list_anomalies(campus_id, start, end)
            if one.kind in query.kinds and not asked.isdisjoint(one.points)
        ]  # fmt: skip
        checked = span.checked & asked
        return _report(found, start, end, query, campus, len(checked), self._currency(campus_id), span.end)

    def renew(self, campus_id: CampusId, now: datetime) -> bool:
        """Compute what is due and keep it: the last week each six hours, else a week before what is kept.

        Returns whether there was anything to do.
        """
        span = self._kept.find_kept_span(campus_id)
        due = span is None or now - span.end >= RENEWED_AFTER
        if span is None or due:
            end = now
        elif span.start >= now - LONGEST + WEEK:
            end = span.start
        else:
            return False
        start = end - WEEK
        campus = self._places.campus(campus_id)
        query = AnomalyQuery(most_a_week=sys.maxsize)
        found, checked = self._compute(campus, list(campus.of(DataPoint)), start, end, now, query)
        first = start if span is None or span.end < start else max(min(span.start, start), now - LONGEST)
        looked = KeptSpan(
            campus_id=campus_id, start=first, end=now if due or span is None else span.end,
            checked=checked if due or span is None else span.checked,
        )  # fmt: skip
        self._kept.put_anomalies(looked, start, end, found)
        return True

    def _compute(
        self,
        campus: Campus,
        points: Sequence[DataPoint],
        start: datetime,
        end: datetime,
        now: datetime,
        query: AnomalyQuery,
    ) -> tuple[list[FoundAnomaly], frozenset[str]]:
        """Return what is unusual, and the points that could be judged."""
        numbers = self._readings.number_points(campus.id, [point.id for point in points])
        first, last = micros_of(start), micros_of(end)
        zone = ZoneInfo(campus.time_zone)
        hours = hours_of(self._readings, points, numbers, micros_of(start - PAST), first, last, zone)
        scene = Scene(
            campus=campus, store=self._readings, hours=hours, start=first, end=last, now=micros_of(now), query=query,
            calendar=self._calendars.of(campus) or Calendar(),
            tariffs=None if self._tariffs is None else self._tariffs(campus.id),
        )  # fmt: skip
        found = [one for kind, check in CHECKS.items() if kind in query.kinds for one in check(scene)]
        return _told_once(found), frozenset(hours.points[row].id for row in hours.judged())

    def _currency(self, campus_id: CampusId) -> str | None:
        return None if self._tariffs is None else self._tariffs(campus_id).currency


def _within(campus: Campus, point: DataPoint, place: str) -> bool:
    spot = find_place(campus, point)
    for _ in range(4):
        if spot is None:
            break
        if spot.id == place:
            return True
        above = getattr(spot, "level_id", None) or next(iter(getattr(spot, "building_ids", ())), None)
        spot = campus.find(above) if above is not None else None
    return place in (point.id, point.device_id, campus.id)


def _told_once(found: Sequence[FoundAnomaly]) -> list[FoundAnomaly]:
    """Return anomalies without those of a point that energy, base load, water or a rule tells of at the same time."""
    told: dict[str, list[FoundAnomaly]] = defaultdict(list)
    for one in found:
        if one.kind is not AnomalyKind.POINT and one.kind is not AnomalyKind.SYSTEM:
            for point in one.points:
                told[point].append(one)
    return [
        one
        for one in found
        if one.kind is not AnomalyKind.POINT
        or not any(other.start < one.end and one.start < other.end for other in told[one.points[0]])
    ]


def _report(
    found: Sequence[FoundAnomaly],
    start: datetime,
    end: datetime,
    query: AnomalyQuery,
    campus: Campus,
    checked: int,
    currency: str | None,
    computed_at: datetime,
) -> AnomalyReport:
    kept, held_back = _bounded(found, query.most_a_week)
    order = sorted(
        kept, key=lambda one: (-one.severity, not one.ongoing, -(one.cost or 0), -one.score, one.id)
    )
    weeks = (end - start) / WEEK
    by_point = Counter(one.points[0] for one in order if one.points)
    return AnomalyReport(
        start=start,
        end=end,
        computed_at=computed_at,
        checked=checked,
        total=len(order),
        per_point_week=round(len(order) / weeks / checked, 4) if checked else 0.0,
        held_back=held_back,
        volume=tuple(
            AlarmVolume(
                point=point, name=label_of(campus, point), count=count, per_week=round(count / weeks, 3)
            )
            for point, count in by_point.most_common(100)
        ),
        price_kwh=query.price_kwh,
        currency=currency,
        anomalies=tuple(order[: query.limit]),
    )


def _bounded(found: Sequence[FoundAnomaly], most: int) -> tuple[list[FoundAnomaly], int]:
    """Return the worst of each point, kind and week, and how many were left out."""
    groups: dict[tuple[object, ...], list[FoundAnomaly]] = defaultdict(list)
    for one in found:
        groups[one.kind, one.points[:1], one.start.isocalendar()[:2]].append(one)
    kept = [one for own in groups.values() for one in sorted(own, key=lambda a: -a.score)[:most]]
    return kept, len(found) - len(kept)
