"""Rooms of floors where only walls are drawn: what is left of a floor between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import Feature, FeatureId, Fixture, Level, LevelId, Opening, Unit, UnitId
from yuanli.campus.findings import Finding, Severity
from yuanli.campus.frame import Frame
from yuanli.campus.geojson.repairs import repaired
from yuanli.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomParams:
    """What counts as a room between walls.

    Parameters
    ----------
    least_m2
        Smaller leftovers are ducts and drawing inaccuracy.
    neck_m
        Passages narrower than this are gaps of the drawing: rooms are parted there.
    corridor_doors
        A room that so many doors touch is a corridor.
    touch_m
        A door this near to a room touches it.
    """

    least_m2: float = 1.5
    neck_m: float = 0.5
    corridor_doors: int = 4
    touch_m: float = 0.4


def inferred_rooms(
    features: Mapping[FeatureId, Feature], repairs: list[Finding], params: RoomParams = RoomParams()
) -> dict[FeatureId, Feature]:
    """Return units for the free space of levels that have walls, told in one repair a level."""
    drawn: dict[LevelId, list[Feature]] = defaultdict(list)
    for feature in features.values():
        if isinstance(feature, Fixture | Unit | Opening) and feature.geometry is not None:
            drawn[feature.level_id].append(feature)
    found: dict[FeatureId, Feature] = {}
    for level in [f for f in features.values() if isinstance(f, Level) and f.geometry is not None]:
        rows = drawn[level.id]
        if not any(isinstance(f, Fixture) and f.category == "wall" for f in rows):
            continue
        rooms = _rooms_of(level, rows, params)
        found.update((room.id, room) for room in rooms)
        if rooms:
            repairs.append(_told(level, len(rooms)))
    return found


def _rooms_of(level: Level, rows: list[Feature], params: RoomParams) -> list[Unit]:
    assert level.geometry is not None
    centre = level.geometry.centroid
    frame = Frame(centre.x, centre.y)
    shapes = [
        (f, frame.metric(g)) for f in rows if isinstance(g := getattr(f, "geometry", None), BaseGeometry)
    ]
    doors = [g for f, g in shapes if isinstance(f, Opening)]
    solid = [g.buffer(0.02) for f, g in shapes if not isinstance(f, Opening)]
    free = frame.metric(level.geometry).difference(
        shapely.union_all([*solid, *(d.buffer(0.1) for d in doors)])
    )
    opened = free.buffer(-params.neck_m / 2, join_style="mitre")
    rooms: list[Unit] = []
    for part in shapely.get_parts(opened):
        shape = part.buffer(params.neck_m / 2, join_style="mitre").intersection(free)
        shape = max(shapely.get_parts(shape), key=lambda p: float(p.area), default=None)
        if shape is None or shape.area < params.least_m2:
            continue
        touched = sum(shape.distance(door) <= params.touch_m for door in doors)
        rooms.append(
            Unit(
                id=UnitId(FeatureId(f"{level.id}/room-{len(rooms) + 1}")),
                level_id=level.id,
                category="walkway" if touched >= params.corridor_doors else "unspecified",
                geometry=frame.geographic(shape),
                extra={"inferred": True},
            )
        )
    return rooms


def _told(level: Level, count: int) -> Finding:
    return repaired(
        "inferred_rooms",
        f"楼层 {level.id} 只画了墙，已由墙体围合推断出 {count} 个空间。",
        f"Level {level.id} shows walls only; {count} spaces were inferred between them.",
        feature_id=level.id,
        severity=Severity.INFO,
        remedy=Text(
            "在源文件中画出房间面可得到更准确的结果。", "Draw the rooms as areas for a better result."
        ),
    )
