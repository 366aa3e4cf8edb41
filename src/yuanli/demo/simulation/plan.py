"""The park as the simulation sees it: buildings, rooms and meters as columns, read from the campus."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    DataPoint,
    Device,
    DeviceId,
    FeatureId,
    LevelId,
    Opening,
    PointId,
    Unit,
    level_of,
)
from yuanli.demo.simulation.chance import Floats, Streams, streams
from yuanli.demo.tables import load_table

ROOM_USES: Mapping[str, str] = {
    "office": "work",
    "laboratory": "work",
    "nonpublic": "work",
    "lobby": "hall",
    "walkway": "hall",
    "waitingroom": "guests",
    "conferenceroom": "meeting",
    "huddleroom": "meeting",
    "phoneroom": "meeting",
    "classroom": "class",
    "auditorium": "event",
    "foodservice": "meal",
    "foodservice.coffee": "guests",
    "fitnessroom": "guests",
    "recreation": "guests",
    "library": "guests",
    "parking": "garage",
}
"""How rooms are used, by IMDF category; `room` is told by its building."""
IN_BUILDINGS: Mapping[str, str] = {"home": "home", "shops": "guests", "event": "event", "nursery": "guests"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rooms:
    """Rooms in columns of one length; `use` is how each is used, `building` the index of its building."""

    ids: tuple[str, ...]
    streams: Streams
    use: NDArray[np.str_]
    building: NDArray[np.int64]
    capacity: Floats
    area_m2: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Buildings:
    """Buildings in columns: `kind` is what each is, `floor_m2` all its floors, `seats` the places of its staff."""

    ids: tuple[str, ...]
    kind: tuple[str, ...]
    floor_m2: Floats
    roof_m2: Floats
    seats: Floats
    lifts: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point with what is around it; -1 where it is in no room or building."""

    point: DataPoint
    device: Device
    room: int
    building: int
    level: LevelId | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """What the simulation works on. `spots` are the points by the class of their device and their own."""

    campus: Campus
    seed: int
    rooms: Rooms
    buildings: Buildings
    spots: Mapping[tuple[str, str], tuple[Spot, ...]]
    level_m2: Mapping[LevelId, float]

    def of(self, device: str, *points: str) -> tuple[Spot, ...]:
        """Return the spots of a class of device and some classes of points, or all."""
        if points:
            return tuple(spot for point in points for spot in self.spots.get((device, point), ()))
        return tuple(spot for (kind, _), spots in self.spots.items() if kind == device for spot in spots)


def plan_of(campus: Campus, seed: int) -> Plan:
    """Read the park; points of devices that it does not know are left out."""
    buildings = [building.id for building in campus.of(Building)]
    units = {unit.id: number for number, unit in enumerate(campus.of(Unit))}
    area_m2 = _areas(campus)
    level_m2: dict[LevelId, float] = defaultdict(float)
    for unit, area in zip(campus.of(Unit), area_m2, strict=True):
        level_m2[unit.level_id] += float(area)
    rooms = _rooms(campus, buildings, area_m2, seed)
    devices = {device.id: device for device in campus.of(Device)}
    spots: dict[tuple[str, str], list[Spot]] = defaultdict(list)
    for point in campus.of(DataPoint):
        device = devices.get(point.device_id or DeviceId(FeatureId("")))
        if device is None:
            continue
        place = campus.find(device.space_id or "")
        level = level_of(place) if isinstance(place, Unit | Opening) else None
        home = place.id if isinstance(place, Building) else campus.building_of(level)
        spots[device.brick_class, point.brick_class].append(
            Spot(
                point=point,
                device=device,
                room=units.get(device.space_id, -1),  # type: ignore[call-overload]
                building=buildings.index(home) if home in buildings else -1,
                level=level,
            )
        )
    return Plan(
        campus=campus,
        seed=seed,
        rooms=rooms,
        buildings=_buildings(campus, buildings, rooms, level_m2),
        spots={key: tuple(found) for key, found in spots.items()},
        level_m2=dict(level_m2),
    )


def ids_of(spots: Sequence[Spot]) -> tuple[PointId, ...]:
    """Return the ids of the points of spots."""
    return tuple(spot.point.id for spot in spots)


def _areas(campus: Campus) -> Floats:
    shapes = np.array([campus.frame.metric(u.geometry) for u in campus.of(Unit) if u.geometry], dtype=object)
    return np.asarray(shapely.area(shapes), np.float64)


def _kinds(buildings: Sequence[BuildingId]) -> tuple[str, ...]:
    table: Mapping[str, Any] = load_table("simulation/flows")["buildings"]
    return tuple(table.get(building.removeprefix("building-"), "office") for building in buildings)


def _rooms(campus: Campus, buildings: Sequence[BuildingId], area_m2: Floats, seed: int) -> Rooms:
    kinds = _kinds(buildings)
    found = campus.of(Unit)
    places = [campus.building_of(unit.level_id) for unit in found]
    index = np.array([buildings.index(place) if place in buildings else 0 for place in places], np.int64)
    uses = [_use(unit.category, kinds[index[i]]) for i, unit in enumerate(found)]
    return Rooms(
        ids=tuple(unit.id for unit in found),
        streams=streams(seed, "room", of=[unit.id for unit in found]),
        use=np.array(uses),
        building=index,
        capacity=np.array([float(unit.capacity or max(1, area_m2[i] / 12)) for i, unit in enumerate(found)]),
        area_m2=area_m2,
    )


def _use(category: str, kind: str) -> str:
    if category == "room" or kind == "nursery":
        return IN_BUILDINGS.get(kind, "work")
    return ROOM_USES.get(category, "none")


def _buildings(
    campus: Campus, ids: Sequence[BuildingId], rooms: Rooms, level_m2: Mapping[LevelId, float]
) -> Buildings:
    kinds = _kinds(ids)
    floor_m2, roof_m2, lifts = (np.zeros(len(ids)) for _ in range(3))
    for number, building in enumerate(ids):
        levels = [level_m2.get(level.id, 0.0) for level in campus.levels_by_building.get(building, ())]
        floor_m2[number], roof_m2[number] = sum(levels), max(levels, default=0.0)
    work = rooms.use == "work"
    seats = np.bincount(rooms.building[work], rooms.capacity[work], len(ids))
    homes = rooms.use == "home"
    seats += np.bincount(rooms.building[homes], rooms.capacity[homes], len(ids))
    for device in campus.of(Device):
        place = campus.find(device.space_id or "")
        if device.brick_class in ("Elevator", "Escalator") and isinstance(place, Unit):
            home = campus.building_of(place.level_id)
            if home in ids:
                lifts[ids.index(home)] += 1
    return Buildings(
        ids=tuple(ids),
        kind=kinds,
        floor_m2=floor_m2,
        roof_m2=roof_m2,
        seats=np.maximum(seats, 3.0),
        lifts=lifts,
    )
