"""The campus in metres: spaces, doors and obstacles by level, outlines of buildings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    Fixture,
    Kiosk,
    LevelId,
    Opening,
    OpeningId,
    Relationship,
    Unit,
    UnitId,
    units_of_openings,
)
from yuanli.routing.building.kinds import Kind, kind_of
from yuanli.routing.building.sight import polygons_of

Shapes = NDArray[np.object_]
Xy = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A unit one can walk in, in metres."""

    unit: Unit
    kind: Kind
    shape: BaseGeometry
    ordinal: float
    building_id: BuildingId | None

    @property
    def id(self) -> UnitId:
        """The unit's id."""
        return self.unit.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """Where spaces are passed between: at a drawn opening, across an open border, or by a guess."""

    xy: Xy
    level_id: LevelId
    units: tuple[UnitId, ...]
    opening: Opening | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the builder needs of a campus, in metres, in file order.

    `solids` are areas on a level nobody walks through, `walls` its drawn wall lines.
    """

    campus: Campus
    spaces: Mapping[UnitId, Space]
    by_level: Mapping[LevelId, tuple[Space, ...]]
    solids: Mapping[LevelId, tuple[BaseGeometry, ...]]
    walls: Mapping[LevelId, tuple[BaseGeometry, ...]]
    doors: tuple[Portal, ...]
    outlines: Mapping[BuildingId, BaseGeometry]

    def ordinal(self, level_id: LevelId | None) -> float:
        """Return a level's ordinal, 0 for none."""
        return self.campus.ordinal_of(level_id)

    def on(self, level_id: LevelId) -> tuple[Space, ...]:
        """Return the spaces on a level."""
        return self.by_level.get(level_id, ())


def survey_campus(campus: Campus) -> Survey:
    """Turn what matters for walking into metres, mended where it is invalid."""
    spaces: dict[UnitId, Space] = {}
    by_level: dict[LevelId, list[Space]] = defaultdict(list)
    solids: dict[LevelId, list[BaseGeometry]] = defaultdict(list)
    walls: dict[LevelId, list[BaseGeometry]] = defaultdict(list)
    units = [u for u in campus.of(Unit) if u.geometry is not None]
    for unit, shape in zip(units, areas(campus, [u.geometry for u in units]), strict=True):
        if shape is None:
            continue
        kind = kind_of(unit)
        if not kind.walkable:
            solids[unit.level_id].append(shape)
            continue
        building_id = campus.building_of(unit.level_id)
        ordinal = campus.ordinal_of(unit.level_id)
        space = Space(unit=unit, kind=kind, shape=shape, ordinal=ordinal, building_id=building_id)
        spaces[unit.id] = space
        by_level[unit.level_id].append(space)
    rows: list[Fixture | Kiosk] = [*campus.of(Fixture), *campus.of(Kiosk)]
    things = [row for row in rows if row.geometry is not None]
    for thing, shape in zip(things, metric(campus, [t.geometry for t in things]), strict=True):
        solid = _area(shape)
        if solid is not None:
            solids[thing.level_id].append(solid)
        elif shape.geom_type.endswith("LineString"):
            walls[thing.level_id].append(shape)
    ids = [b.id for b in campus.of(Building) if campus.outline(b.id) is not None]
    outlines = areas(campus, [campus.outline(b) for b in ids])
    return Survey(
        campus=campus,
        spaces=spaces,
        by_level={k: tuple(v) for k, v in by_level.items()},
        solids={k: tuple(v) for k, v in solids.items()},
        walls={k: tuple(v) for k, v in walls.items()},
        doors=_doors(campus, spaces),
        outlines={b: shape for b, shape in zip(ids, outlines, strict=True) if shape is not None},
    )


def metric(campus: Campus, geometries: Sequence[BaseGeometry | None]) -> Shapes:
    """Return geometries in metres, all at once."""
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = list(geometries)
    flat: Shapes = shapely.force_2d(shapes)
    turned: Shapes = shapely.transform(flat, campus.frame.to_metres) if len(flat) else flat
    return turned


def areas(campus: Campus, geometries: Sequence[BaseGeometry | None]) -> list[BaseGeometry | None]:
    """Return the valid areas of geometries in metres; None for one that has none."""
    return [_area(shape) for shape in metric(campus, geometries)]


def _area(shape: BaseGeometry) -> BaseGeometry | None:
    if shape is None or shape.is_empty or not shape.geom_type.endswith("Polygon"):
        return None
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    parts = [p for p in polygons_of(shape) if p.area > 0.01]
    return None if not parts else parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _doors(campus: Campus, spaces: Mapping[UnitId, Space]) -> tuple[Portal, ...]:
    joined = units_of_openings(campus)
    more = _traversed(campus)
    openings = [o for o in campus.of(Opening) if o.geometry is not None and not o.geometry.is_empty]
    shapes = metric(campus, [o.geometry for o in openings])
    portals = []
    for opening, shape in zip(openings, shapes, strict=True):
        units = [u for u in joined.get(opening.id, ()) if u in spaces]
        units = _across(shape, units, spaces)
        units += [u for u in more.get(opening.id, ()) if u in spaces and u not in units]
        middle = _middle(shape)
        portals.append(
            Portal(xy=middle, level_id=opening.level_id, units=tuple(units), opening=opening),
        )
    return tuple(portals)


def _traversed(campus: Campus) -> Mapping[OpeningId, tuple[UnitId, ...]]:
    """Return the units that traversal relationships say each opening joins."""
    joined: dict[OpeningId, list[UnitId]] = defaultdict(list)
    for relation in campus.of(Relationship):
        ends = [f for f in (relation.origin, relation.destination) if isinstance(campus.find(f or ""), Unit)]
        for between in relation.intermediary:
            if relation.category.startswith("traversal") and isinstance(campus.find(between), Opening):
                joined[OpeningId(between)].extend(UnitId(e) for e in ends if e is not None)
    return {k: tuple(v) for k, v in joined.items()}


def _middle(shape: BaseGeometry) -> Xy:
    if isinstance(shape, LineString):
        shape = shape.interpolate(0.5, normalized=True)
    point = shape if isinstance(shape, Point) else shape.centroid
    return float(point.x), float(point.y)


def _across(shape: BaseGeometry, units: list[UnitId], spaces: Mapping[UnitId, Space]) -> list[UnitId]:
    """Keep the units an opening faces: those beside it at a corner touch less than half its width."""
    if len(units) < 2:
        return units
    distance_m = {u: float(spaces[u].shape.distance(shape)) for u in units}
    if isinstance(shape, LineString) and shape.length > 0.2:
        half = shape.length / 2
        faced = [
            u for u in units if spaces[u].shape.buffer(distance_m[u] + 0.1).intersection(shape).length >= half
        ]
        return faced or units[:1]
    touched = [u for u in units if distance_m[u] < 0.02]
    return touched if len(touched) >= 2 else units
