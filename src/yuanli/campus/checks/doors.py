"""Rules on doors: every room has one, every one joins two spaces or leads outside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from yuanli.campus.adjacency import units_of_openings
from yuanli.campus.checks.reporting import OPEN, SOLID, error, warning
from yuanli.campus.features import Building, BuildingId, LevelId, Node, Opening, Pathway, Unit, UnitId
from yuanli.campus.findings import Finding
from yuanli.campus.place import Campus

OUTER_WALL_M = 0.7
"""A door that lies wholly this near to a building's outline leads outside: the thickest outer wall."""

ENTRANCES = frozenset({"pedestrian.principal", "emergencyexit", "entrance", "service"})

UNIT_WITHOUT_DOOR = warning(
    "unit_without_door",
    "{name} 没有门，路线无法进入。",
    "{name} has no door: no route can enter it.",
    "在它的墙上补画一扇门，或确认门线贴着墙。",
    "Draw a door on its wall, or move the nearest door onto the wall.",
)
LEVEL_WITHOUT_DOORS = warning(
    "level_without_doors",
    "{name} 有 {count} 个空间，但一扇门也没有画。",
    "{name} has {count} spaces but not one door.",
    "补画这一层的门；在此之前，路线只能猜测从哪里进出。",
    "Draw the doors of this level; until then routes guess where rooms are entered.",
)
OPENING_TOUCHES_NOTHING = warning(
    "opening_touches_nothing",
    "{name} 没有挨着任何空间。",
    "{name} touches no space.",
    "把门移到墙上，或检查它所属的楼层是否正确。",
    "Move the door onto a wall, or correct its level.",
)
OPENING_JOINS_MANY = warning(
    "opening_joins_many",
    "{name} 同时挨着 {count} 个空间，无法判断它通向哪里。",
    "{name} touches {count} spaces, so it is unclear which two it joins.",
    "把门缩短或移开墙角，只连通两个空间。",
    "Shorten the door or move it off the corner, so that it joins two spaces.",
)
BUILDING_WITHOUT_ENTRANCE = warning(
    "building_without_entrance",
    "{name} 画了室内空间，但没有通向室外的入口。",
    "{name} has spaces inside but no entrance from outside.",
    "在外墙上补画入口，类别选主入口或出入口。",
    "Draw an entrance on its outer wall.",
)
OPENING_WITHOUT_PLACE = error(
    "opening_without_geometry",
    "{name} 没有位置。",
    "{name} has no position.",
    "在图上标出它的位置，或将其删除。",
    "Draw its position, or delete it.",
)


def units_without_door(campus: Campus) -> Iterator[Finding]:
    """Every room has a door; an open space has one or touches another space."""
    doors = units_of_openings(campus)
    served = {unit_id for unit_ids in doors.values() for unit_id in unit_ids}
    for level_id, units in campus.units_by_level.items():
        level = campus.find(level_id)
        rooms = [u for u in units if u.category.split(".")[0] not in SOLID and u.geometry is not None]
        if level is None or not rooms:
            continue
        if len(rooms) > 1 and not campus.openings_by_level.get(level_id):
            yield LEVEL_WITHOUT_DOORS.about(campus, level, count=len(rooms))
            continue
        doorless = [u for u in rooms if u.id not in served]
        joined = _touching_others(campus, doorless, rooms) if len(rooms) > 1 else set()
        for unit in doorless:
            if not (_is_open(unit) and unit.id in joined):
                yield UNIT_WITHOUT_DOOR.about(campus, unit)


def stray_openings(campus: Campus) -> Iterator[Finding]:
    """Every opening lies on the wall of one space or between two."""
    doors = units_of_openings(campus)
    for opening in campus.of(Opening):
        if opening.geometry is None or opening.geometry.is_empty:
            yield OPENING_WITHOUT_PLACE.about(campus, opening)
            continue
        if not any(u.geometry is not None for u in campus.units_by_level.get(opening.level_id, ())):
            continue
        unit_ids = doors.get(opening.id, ())
        rooms = [u for u in unit_ids if not _is_open(campus.get(u, Unit))]
        if not unit_ids:
            yield OPENING_TOUCHES_NOTHING.about(campus, opening)
        elif len(rooms) > 2:
            yield OPENING_JOINS_MANY.about(campus, opening, count=len(unit_ids))


def buildings_without_entrance(campus: Campus) -> Iterator[Finding]:
    """Every building with spaces inside has an opening to the outside."""
    doors = units_of_openings(campus)
    entered = _entered_by_ways(campus)
    for opening in campus.of(Opening):
        if opening.category in ENTRANCES or len(doors.get(opening.id, ())) == 1:
            entered.update(_buildings_of(campus, opening.level_id))
    housed = {b for level_id in campus.units_by_level for b in _buildings_of(campus, level_id)}
    for building in campus.of(Building):
        if building.id in housed - entered and not _has_door_in_outer_wall(campus, building.id):
            yield BUILDING_WITHOUT_ENTRANCE.about(campus, building)


def _entered_by_ways(campus: Campus) -> set[BuildingId]:
    """Return the buildings that a drawn network leads to, by name or from outdoors onto a level."""
    nodes = {node.id: node for node in campus.of(Node)}
    entered = {BuildingId(i) for node in nodes.values() for i in node.feature_ids}
    for way in campus.of(Pathway):
        ends = [nodes.get(way.from_node_id), nodes.get(way.to_node_id)]
        level_ids = {node.level_id for node in ends if node is not None}
        if len(level_ids) == 2 and None in level_ids:
            entered.update(b for i in level_ids if i is not None for b in _buildings_of(campus, i))
    return entered


def _has_door_in_outer_wall(campus: Campus, building_id: BuildingId) -> bool:
    """Tell whether an opening lies along the outline of its building or level."""
    for level in campus.levels_by_building.get(building_id, ()):
        shapes = [
            s for s in (level.geometry, campus.outline(building_id)) if s is not None and not s.is_empty
        ]
        openings = campus.openings_by_level.get(level.id, ())
        drawn = [o.geometry for o in openings if o.geometry is not None and not o.geometry.is_empty]
        if not shapes or not drawn:
            continue
        walls = shapely.union_all([campus.frame.metric(shape).boundary for shape in shapes])
        points, owner = shapely.get_coordinates(np.array(drawn, dtype=object), return_index=True)
        away = shapely.distance(walls, shapely.points(campus.frame.to_metres(points))) > OUTER_WALL_M
        if len(set(owner[away].tolist())) < len(drawn):
            return True
    return False


def _buildings_of(campus: Campus, level_id: LevelId) -> tuple[BuildingId, ...]:
    level = campus.find(level_id)
    return getattr(level, "building_ids", ())


def _is_open(unit: Unit) -> bool:
    return unit.category in OPEN or unit.category.split(".")[0] in OPEN


def _touching_others(campus: Campus, some: list[Unit], rooms: list[Unit]) -> set[UnitId]:
    """Return those of some units that touch another unit of the level."""
    if not some:
        return set()
    shapes = np.array(
        [campus.frame.metric(u.geometry) for u in rooms if u.geometry is not None], dtype=object
    )
    index = {u.id: i for i, u in enumerate(rooms)}
    mine = np.array([index[u.id] for u in some])
    rows, columns = shapely.STRtree(shapes).query(shapes[mine], predicate="dwithin", distance=0.3)
    return {rooms[mine[r]].id for r, c in zip(rows, columns, strict=True) if mine[r] != c}
