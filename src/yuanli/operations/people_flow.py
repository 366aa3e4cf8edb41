"""How many people came in and went out by which door, hour by hour of a day, by the counters at doors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import (
    BuildingId,
    Campus,
    CampusId,
    DataPoint,
    Device,
    FeatureId,
    LanguageMap,
    Venue,
    label_of,
    level_of,
)
from yuanli.operations.moments import micros_of, time_of
from yuanli.operations.places import Places
from yuanli.operations.readings import ReadingStore
from yuanli.telemetry import Amounts, PointFacts, consumption, find_quantity, spread

HOUR = timedelta(hours=1)
NEAR = timedelta(hours=3)
"""So far around a day readings are looked at, so that its first and last hours are whole."""
WAYS = ("entering", "leaving")
KNOWN = 0.5
"""The least share of an hour's time for which counters have to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedHour:
    """How many came in and went out in the hour that begins at `start`; None where the counters told too little."""

    start: datetime
    entered: float | None
    left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """A door that counts people: how many came in and went out on the day; `summed` where they are in the total."""

    id: FeatureId
    name: LanguageMap
    entered: float
    left: float
    summed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFlow:
    """The people who came in and went out of a place on a day, and its entrances, the busiest first.

    Those of the whole site are counted at its gates, where any counts, so that nobody is counted again at a house.
    """

    place: FeatureId | None
    start: datetime
    end: datetime
    entered: float
    left: float
    hours: tuple[PassedHour, ...]
    entrances: tuple[Entrance, ...]


class PeopleCounts:
    """Tells who passed the doors of the kept campuses."""

    def __init__(self, store: ReadingStore, places: Places) -> None:
        self._store, self._places = store, places

    def day(self, campus_id: CampusId, day: date, place: FeatureId | None, now: datetime) -> PeopleFlow:
        """Return who passed the doors of a building, or of the site, on a day of the park's clock.

        Where no door counts, there are no hours and no entrances.
        """
        campus = self._places.campus(campus_id)
        zone = ZoneInfo(campus.time_zone)
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        following = day + timedelta(days=1)
        end = datetime(following.year, following.month, following.day, tzinfo=zone)
        doors = _doors(campus, None if isinstance(campus.find(place or ""), Venue) else place)
        if not doors:
            return PeopleFlow(
                place=place, start=start, end=end, entered=0.0, left=0.0, hours=(), entrances=()
            )
        first, last = micros_of(start), micros_of(end)
        edges = np.arange(first, last + 1, HOUR // timedelta(microseconds=1), dtype=np.int64)
        told = self._passed(campus, doors, edges)
        gates = {door.id for door in doors if door.leads_to is None}
        summed = gates if place is None and gates else {door.id for door in doors}
        totals = {
            way: _sum([told[one] for one in told if one[0] in summed and one[1] == way]) for way in WAYS
        }
        over = edges[:-1] < micros_of(now)
        hours = tuple(
            PassedHour(
                start=time_of(int(edges[i])),
                entered=_hour(totals["entering"], i),
                left=_hour(totals["leaving"], i),
            )
            for i in np.flatnonzero(over).tolist()
        )
        entrances = [
            Entrance(
                id=door.id, name=label_of(campus, door.id), entered=_total(told, door.id, "entering"),
                left=_total(told, door.id, "leaving"), summed=door.id in summed,
            )
            for door in doors
        ]  # fmt: skip
        entrances.sort(key=lambda one: (-one.entered - one.left, one.id))
        return PeopleFlow(
            place=place, start=start, end=end, entered=round(float(np.sum(totals["entering"].amount))),
            left=round(float(np.sum(totals["leaving"].amount))), hours=hours, entrances=tuple(entrances),
        )  # fmt: skip

    def _passed(
        self, campus: Campus, doors: Sequence[_Door], edges: NDArray[np.int64]
    ) -> Mapping[tuple[FeatureId, str], Amounts]:
        """Return what each door counted in each way between edges (µs)."""
        points = [(door.id, way, point) for door in doors for way, point in door.points]
        numbers = self._store.number_points(campus.id, [point.id for _, _, point in points])
        margin = NEAR // timedelta(microseconds=1)
        series = self._store.load(numbers, int(edges[0]) - margin, int(edges[-1]) + margin)
        found: dict[tuple[FeatureId, str], list[Amounts]] = defaultdict(list)
        for (door, way, point), number, one in zip(points, numbers.tolist(), series, strict=True):
            quantity = find_quantity(point.brick_class)
            assert quantity is not None
            facts = PointFacts(point=number, quantity=quantity, unit=point.unit)
            found[door, way].append(spread(consumption(one, facts), edges))
        return {key: _sum(amounts) for key, amounts in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """A door with counters: the building that it leads into, None of a gate of the site."""

    id: FeatureId
    leads_to: BuildingId | None
    points: tuple[tuple[str, DataPoint], ...]


def _doors(campus: Campus, place: FeatureId | None) -> list[_Door]:
    """Return the doors of a building, a level or the site that count people."""
    found: dict[FeatureId, list[tuple[str, DataPoint]]] = defaultdict(list)
    for point in campus.of(DataPoint):
        way, at = way_of(point), _at(campus, point)
        if way is not None and at is not None:
            found[at].append((way, point))
    doors = []
    for at, points in found.items():
        feature = campus.find(at)
        level = None if feature is None else level_of(feature)
        building = campus.building_of(level)
        if place is None or place in (at, level, building):
            doors.append(_Door(id=at, leads_to=building, points=tuple(points)))
    return doors


def way_of(point: DataPoint) -> str | None:
    """Return which way of people a point counts, `entering` or `leaving`; None of anything else."""
    quantity = find_quantity(point.brick_class)
    if quantity is None or quantity.name != "people_flow" or "Vehicle" in point.brick_class:
        return None
    return "entering" if "Enter" in point.brick_class else "leaving" if "Leav" in point.brick_class else None


def _at(campus: Campus, point: DataPoint) -> FeatureId | None:
    if point.space_id is not None:
        return point.space_id
    device = None if point.device_id is None else campus.find(point.device_id)
    return device.space_id if isinstance(device, Device) else None


def _sum(amounts: Sequence[Amounts]) -> Amounts:
    if not amounts:
        return Amounts(amount=np.zeros(0), covered=np.zeros(0), estimated=np.zeros(0))
    return Amounts(
        amount=np.sum([one.amount for one in amounts], axis=0),
        covered=np.mean([one.covered for one in amounts], axis=0),
        estimated=np.max([one.estimated for one in amounts], axis=0),
    )


def _total(told: Mapping[tuple[FeatureId, str], Amounts], door: FeatureId, way: str) -> float:
    found = told.get((door, way))
    return 0.0 if found is None else round(float(np.sum(found.amount)))


def _hour(amounts: Amounts, row: int) -> float | None:
    if not len(amounts.amount) or amounts.covered[row] < KNOWN:
        return None
    return round(float(amounts.amount[row]), 1)
