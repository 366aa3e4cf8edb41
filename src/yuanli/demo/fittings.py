"""What stands in rooms and must be walked around, and the parts floors are divided into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.affinity import rotate, translate
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from yuanli.campus import Feature, FeatureId, Fixture, Kiosk, LanguageMap, LevelId, Opening, Section
from yuanli.demo.buildings import Built, Space


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingParams:
    """Clearances and grids of what stands in rooms, metres.

    Parameters
    ----------
    door_m
        Kept free before every door: a wheelchair turns in 1.5 m (GB 50763-2012, 3.5.3).
    middle_m
        Kept free around the middle of a room, where routes to it end.
    column_m
        Distance of columns: the usual 8.4 m grid over three parking bays.
    """

    door_m: float = 1.8
    middle_m: float = 1.5
    column_m: float = 8.4


COLUMNED = frozenset({"garage", "hall", "ballroom"})
WINGS = {
    "north": ("北区", "North wing"),
    "south": ("南区", "South wing"),
    "east": ("东区", "East wing"),
    "west": ("西区", "West wing"),
}
STANDS: Sequence[tuple[str, float, float, LanguageMap]] = (
    ("e", -30.0, 0.0, {"zh": "会展签到台", "en": "Expo check-in stand"}),
    ("s", -28.0, 0.0, {"zh": "鲜榨果汁亭", "en": "Juice kiosk"}),
    ("s", 24.0, 0.0, {"zh": "彩票亭", "en": "Lottery kiosk"}),
)
"""Stands: the building, metres from the middle of its hall along it and across, and the name."""


def fit_out(built: Built, params: FittingParams = FittingParams()) -> Iterator[Feature]:
    """Yield fixtures, kiosks and sections."""
    doors: dict[LevelId, list[BaseGeometry]] = defaultdict(list)
    for feature in built.features:
        if isinstance(feature, Opening) and feature.geometry is not None:
            doors[feature.level_id].append(feature.geometry)
    taken: dict[FeatureId, list[Polygon]] = defaultdict(list)
    for space in built.spaces:
        free = _free(space, doors[space.unit.level_id], params)
        shapes = _columns(space, params) if space.kind.name in COLUMNED else _furniture(space)
        for i, (category, shape) in enumerate(s for s in shapes if free.contains(s[1])):
            taken[space.unit.id].append(shape)
            yield Fixture(
                id=FeatureId(f"{space.unit.id}-fixture{i + 1}"),
                level_id=space.unit.level_id,
                category=category,
                geometry=shape,
            )
        if space.strip == "" and space.ordinal == 0:
            yield from _stands(space, free)
    yield from _sections(built)


def _free(space: Space, doors: Sequence[BaseGeometry], params: FittingParams) -> Polygon:
    """Return where things may stand: off the walls, the doors and the middle."""
    near = [door.buffer(params.door_m) for door in doors if door.dwithin(space.shape, 0.2)]
    middle = space.unit.display_point
    spots = [middle.buffer(params.middle_m)] if middle is not None else []
    return shapely.difference(space.shape.buffer(-0.4), shapely.union_all([*near, *spots]))


def _turned(space: Space, x: float, y: float, width_m: float, depth_m: float) -> Polygon:
    """Return a rectangle at an offset from the middle of a room, turned as its building is."""
    middle = space.shape.centroid
    shape = box(x - width_m / 2, y - depth_m / 2, x + width_m / 2, y + depth_m / 2)
    return translate(rotate(shape, space.spec.angle, origin=(0, 0)), middle.x, middle.y)


def _columns(space: Space, params: FittingParams) -> Iterator[tuple[str, Polygon]]:
    offsets = (np.arange(-5, 6) + 0.5) * params.column_m
    for x in offsets.tolist():
        for y in offsets.tolist():
            yield "column", _turned(space, x, y, 0.8, 0.8)


def _furniture(space: Space) -> Iterator[tuple[str, Polygon]]:
    if space.kind.name in ("lobby", "service_hall", "reception"):
        yield "desk", _turned(space, -3.2, 0, 1.0, 2.6)
        yield "vegetation", _turned(space, 3.2, 1.6, 0.9, 0.9)
        yield "vegetation", _turned(space, 3.2, -1.6, 0.9, 0.9)
    if space.kind.name == "courtyard":
        yield "vegetation", _turned(space, -6.5, 4.5, 6, 4)
        yield "vegetation", _turned(space, 6.5, -4.5, 6, 4)
        yield "water", _turned(space, 6.5, 4.5, 5, 4)


def _stands(space: Space, free: Polygon) -> Iterator[Kiosk]:
    for i, (building, x, y, name) in enumerate(STANDS, start=1):
        shape = _turned(space, x, y, 2.4, 2.0)
        if space.spec.id == building and free.contains(shape):
            yield Kiosk(
                id=FeatureId(f"kiosk-{i}"),
                level_id=space.unit.level_id,
                name=name,
                geometry=shape,
                display_point=Point(shape.centroid),
            )


def _sections(built: Built) -> Iterator[Section]:
    """Yield the wings of each floor that has them: the rooms of a strip named by a side."""
    wings: dict[tuple[LevelId, str], list[Space]] = defaultdict(list)
    for space in built.spaces:
        if space.strip in WINGS and space.spec.id in ("a", "b", "c", "r"):
            wings[space.unit.level_id, space.strip].append(space)
    for (level_id, strip), spaces in wings.items():
        zh, en = WINGS[strip]
        name = spaces[0].spec.name
        floor = f"{spaces[0].ordinal + 1}"
        shape = shapely.union_all([space.shape for space in spaces])
        yield Section(
            id=FeatureId(f"{level_id}-{strip}"),
            level_id=level_id,
            category="wing",
            name={"zh": f"{name['zh']}{floor}层{zh}", "en": f"{name['en']} {floor}F {en.lower()}"},
            geometry=shape,
            display_point=shape.representative_point(),
        )
