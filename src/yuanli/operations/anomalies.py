"""What is unusual in a park: points, machines, energy, water; each with its evidence, likely cause and cost so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yuanli.campus import Campus, CampusId, DataPoint
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
from yuanli.operations.energy.tariffs import Tariffs
from yuanli.operations.moments import micros_of
from yuanli.operations.places import Places
from yuanli.operations.point_rows import find_place
from yuanli.operations.readings import ReadingStore
from yuanli.operations.telemetry import RangeError

LONGEST = timedelta(days=92)
PAST = timedelta(days=84)
WEEK = timedelta(days=7)


class Anomalies:
    """Finds what is unusual in the kept campuses."""

    def __init__(
        self,
        store: ReadingStore,
        places: Places,
        tariffs: Callable[[CampusId], Tariffs] | None = None,
    ) -> None:
        self._store, self._places, self._tariffs = store, places, tariffs

    def find(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        now: datetime,
        query: AnomalyQuery = AnomalyQuery(),
    ) -> AnomalyReport:
        """Return what is unusual in `[start, end)`; what is to be expected is learnt from before it alone.

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
        numbers = self._store.number_points(campus_id, [point.id for point in points])
        first, last = micros_of(start), micros_of(end)
        zone = ZoneInfo(campus.time_zone)
        hours = hours_of(self._store, points, numbers, micros_of(start - PAST), first, last, zone)
        scene = Scene(
            campus=campus, store=self._store, hours=hours, start=first, end=last, now=micros_of(now), query=query,
            calendar=Calendar(country=campus.country) if campus.country else Calendar(),
            tariffs=None if self._tariffs is None else self._tariffs(campus_id),
        )  # fmt: skip
        found = [one for kind, check in CHECKS.items() if kind in query.kinds for one in check(scene)]
        return _report(scene, _told_once(found), start, end)


def _within(campus: Campus, point: DataPoint, place: str) -> bool:
    spot = find_place(campus, point)
    for _ in range(4):
        if spot is None:
            break
        if spot.id == place:
            return True
        above = getattr(spot, "level_id", None) or next(iter(getattr(spot, "building_ids", ())), None)
        spot = campus.find(above) if above is not None else None
    return place in (point.device_id, campus.id)


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


def _report(scene: Scene, found: Sequence[FoundAnomaly], start: datetime, end: datetime) -> AnomalyReport:
    kept, held_back = _bounded(found, scene.query.most_a_week)
    order = sorted(
        kept, key=lambda one: (-one.severity, not one.ongoing, -(one.cost or 0), -one.score, one.id)
    )
    weeks = (end - start) / WEEK
    by_point = Counter(one.points[0] for one in order if one.points)
    checked = len(scene.hours.judged())
    return AnomalyReport(
        start=start,
        end=end,
        checked=checked,
        total=len(order),
        per_point_week=round(len(order) / weeks / checked, 4) if checked else 0.0,
        held_back=held_back,
        volume=tuple(
            AlarmVolume(point=point, name=scene.label(point), count=count, per_week=round(count / weeks, 3))
            for point, count in by_point.most_common(100)
        ),
        price_kwh=scene.query.price_kwh,
        currency=None if scene.tariffs is None else scene.tariffs.currency,
        anomalies=tuple(order[: scene.query.limit]),
    )


def _bounded(found: Sequence[FoundAnomaly], most: int) -> tuple[list[FoundAnomaly], int]:
    """Return the worst of each point, kind and week, and how many were left out."""
    groups: dict[tuple[object, ...], list[FoundAnomaly]] = defaultdict(list)
    for one in found:
        groups[one.kind, one.points[:1], one.start.isocalendar()[:2]].append(one)
    kept = [one for own in groups.values() for one in sorted(own, key=lambda a: -a.score)[:most]]
    return kept, len(found) - len(kept)
