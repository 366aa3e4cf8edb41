"""Where the doors are: on the wall a room shares with the hall, with a neighbour, or with the open air."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from yuanli.demo.kinds import DoorKind
from yuanli.demo.plates import Plate, Room
from yuanli.demo.specs import Entrance

CORNER_M = 0.35
"""Least distance of a door from the corner of its wall, so that it touches no third room."""

OPPOSITE = {"n": "s", "s": "n", "e": "w", "w": "e"}
OUTWARD = {"n": (0.0, 1.0), "s": (0.0, -1.0), "e": (1.0, 0.0), "w": (-1.0, 0.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """A door of one room, as a line in the building's frame."""

    line: LineString
    kind: DoorKind


def doors_of(plate: Plate, room: Room, sides: tuple[str, ...] = ()) -> Iterator[Doorway]:
    """Yield the doors of a room to the hall: on the given sides, or on the longest wall they share."""
    if room.kind.door is None:
        return
    walls = _walls(room.shape.boundary.intersection(plate.hall.shape.boundary))
    if sides:
        walls = [wall for side in sides if (wall := _wall_on(walls, room.shape, side)) is not None]
        for wall in walls:
            yield Doorway(line=_door(wall, 0.5, room.kind.door.width_m), kind=room.kind.door)
        return
    if not walls:
        raise AssertionError(f"{room.kind.name} in {room.strip!r} shares no wall with the hall.")
    count = room.kind.doors
    for i in range(count):
        place = 0.5 if count == 1 else 0.15 + 0.7 * i / (count - 1)
        yield Doorway(line=_door(walls[0], place, room.kind.door.width_m), kind=room.kind.door)


def joining_doors(plate: Plate) -> Iterator[Doorway]:
    """Yield the doors between neighbours that belong together, as a kitchen and its dining hall."""
    for one in plate.rooms:
        for other in plate.rooms if one.kind.joins else ():
            if other.kind.name in one.kind.joins and other.strip == one.strip and other.kind.door:
                walls = _walls(one.shape.boundary.intersection(other.shape.boundary))
                if walls:
                    yield Doorway(line=_door(walls[0], 0.5, other.kind.door.width_m), kind=other.kind.door)


def door_outside(plate: Plate, entrance: Entrance, door: DoorKind) -> tuple[Doorway, tuple[float, float]]:
    """Return the door of an entrance and the direction out of it."""
    spot = Point(entrance.x, entrance.y)
    wall = min(_walls(plate.outline.boundary), key=spot.distance)
    place = wall.project(spot, normalized=True)
    line = _door(wall, place, door.width_m)
    middle = line.interpolate(0.5, normalized=True)
    for direction in OUTWARD.values():
        step = Point(middle.x + 0.5 * direction[0], middle.y + 0.5 * direction[1])
        if not plate.outline.intersects(step):
            return Doorway(line=line, kind=door), direction
    raise AssertionError(f"No way out at {entrance.name}.")


def _walls(shared: BaseGeometry) -> list[LineString]:
    """Return the straight pieces of a shared wall, longest first."""
    pieces: list[LineString] = []
    for part in shapely.get_parts(shared):
        if isinstance(part, LineString | MultiLineString):
            ends = list(part.coords)
            pieces += [LineString(pair) for pair in pairwise(ends)]
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(pieces))) if pieces else []
    straight = [s for line in merged for s in _straight(line.simplify(0.001))]
    return sorted(straight, key=lambda wall: (-round(wall.length, 3), wall.bounds))


def _straight(line: LineString) -> Iterator[LineString]:
    ends = list(line.coords)
    for pair in pairwise(ends):
        yield LineString(sorted(pair))


def _wall_on(walls: list[LineString], shape: Polygon, side: str) -> LineString | None:
    low_x, low_y, high_x, high_y = shape.bounds
    spots: Mapping[str, Point] = {
        "w": Point(low_x, (low_y + high_y) / 2),
        "e": Point(high_x, (low_y + high_y) / 2),
        "s": Point((low_x + high_x) / 2, low_y),
        "n": Point((low_x + high_x) / 2, high_y),
    }
    near = [wall for wall in walls if wall.distance(spots[side]) < 1e-6]
    return min(near, key=lambda wall: wall.length) if near else None


def _door(wall: LineString, place: float, width_m: float) -> LineString:
    """Return a door of a width at a share 0–1 of a wall, kept off its corners."""
    width_m = min(width_m, wall.length - 2 * CORNER_M)
    half = width_m / 2
    middle = min(max(place * wall.length, CORNER_M + half), wall.length - CORNER_M - half)
    return LineString([wall.interpolate(middle - half), wall.interpolate(middle + half)])
