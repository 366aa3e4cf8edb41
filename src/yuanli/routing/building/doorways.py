"""Which doors lead into the open air, and where one must be that nobody drew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus import BuildingId
from yuanli.routing.building.draft import NodeRow
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Portal, Space, Survey
from yuanli.routing.building.ways import Ways, wheelchair_of
from yuanli.routing.network import AUTOMATIC_DOOR, MANUAL_DOOR, NO_DOOR

_OUTER = ("pedestrian.principal", "emergencyexit", "service", "entrance")
_NO_DOOR = frozenset({"open", "no", "none", "opening", "missing"})


def portal_row(survey: Survey, portal: Portal) -> NodeRow:
    """Return the node of a portal, with what its opening says of the door."""
    ordinal = survey.ordinal(portal.level_id)
    opening = portal.opening
    if opening is None:
        return NodeRow(xy=portal.xy, ordinal=ordinal, level_id=portal.level_id)
    door = opening.door
    kind = NO_DOOR
    if door is not None and (door.type or "").lower() not in _NO_DOOR:
        kind = AUTOMATIC_DOOR if door.automatic else MANUAL_DOOR
    return NodeRow(
        xy=portal.xy,
        ordinal=ordinal,
        level_id=portal.level_id,
        feature_id=opening.id,
        door=kind,
        width_m=opening.width_m if opening.width_m is not None else float("nan"),
        wheelchair=wheelchair_of(opening.accessibility),
        hours=opening.hours,
        restriction=opening.restriction,
    )


def outer_doors(
    survey: Survey, portals: Sequence[Portal], params: NetworkParams
) -> dict[int, BuildingId | None]:
    """Return the portals that lead outdoors, by index, with their building.

    They join one space at most and lie at the outline of their building, or are called an entrance
    or exit; above or below the ground only where they are called so.
    """
    found: dict[int, BuildingId | None] = {}
    ground = ground_ordinals(survey)
    ids, shapes = list(survey.outlines), list(survey.outlines.values())
    tree = shapely.STRtree([shape.boundary for shape in shapes]) if shapes else None
    for i, portal in enumerate(portals):
        if portal.opening is None or (len(portal.units) > 1 and not _called_outer(portal)):
            continue
        building_id = survey.campus.building_of(portal.level_id)
        point = shapely.Point(portal.xy)
        near = tree.query(point, predicate="dwithin", distance=params.outline_m) if tree is not None else []
        owners = {ids[k] for k in near}
        outline = survey.outlines.get(building_id) if building_id is not None else None
        outside = outline is not None and not outline.covers(point)
        at_outline = building_id in owners or outside or (outline is None and not portal.units)
        if building_id is None and owners:
            building_id, at_outline = sorted(owners)[0], True
        on_ground = survey.ordinal(portal.level_id) == ground.get(building_id, 0.0)
        called = _called_outer(portal)
        alone = len(portal.units) <= 1
        if (alone and (called or (at_outline and on_ground))) or (called and at_outline and on_ground):
            found[i] = building_id
    return found


def ground_ordinals(survey: Survey) -> Mapping[BuildingId | None, float]:
    """Return the ordinal of each building's ground floor: 0, or the nearest to it."""
    return {
        building_id: min((level.ordinal for level in levels), key=lambda o: (abs(o), o))
        for building_id, levels in survey.campus.levels_by_building.items()
    }


def guess_entrances(
    survey: Survey, ways: Ways, *, apart: Sequence[Sequence[Space]], params: NetworkParams
) -> list[Portal]:
    """Return a portal into each group of spaces that nothing leads into, at its likeliest ground-floor space.

    That is a passage near the outline and near a way.
    """
    ground = ground_ordinals(survey)
    outdoors = ways.joinable() & ~ways.indoors
    portals = []
    for group in apart:
        spaces = [s for s in group if s.ordinal == ground.get(s.building_id, 0.0)]
        if spaces:
            outline = survey.outlines.get(spaces[0].building_id) if spaces[0].building_id else None
            portals.append(_guess_entrance(outline, spaces, ways.lines[outdoors], params))
    return portals


def _guess_entrance(
    outline: BaseGeometry | None, spaces: Sequence[Space], lines: np.ndarray, params: NetworkParams
) -> Portal:
    edge = (outline if outline is not None else shapely.union_all([s.shape for s in spaces])).boundary
    near = lines[shapely.dwithin(lines, edge, params.far_reach_m)] if len(lines) else lines
    goal = shapely.union_all(near) if len(near) else edge

    def cost(space: Space) -> tuple[float, str]:
        room = 0.0 if space.kind.passage and not space.kind.connector else 6.0
        inner = 2.0 * float(space.shape.distance(edge))
        return room + inner + 0.1 * float(space.shape.distance(goal)), space.id

    best = min(spaces, key=cost)
    x, y = shapely.get_coordinates(shapely.shortest_line(best.shape.boundary, goal))[0]
    if not len(near):
        x, y = shapely.get_coordinates(shapely.shortest_line(best.shape.boundary, edge))[0]
    return Portal(xy=(float(x), float(y)), level_id=best.unit.level_id, units=(best.id,), guessed=True)


def _called_outer(portal: Portal) -> bool:
    opening = portal.opening
    if opening is None:
        return False
    tags = opening.extra.get("tags")
    tagged = isinstance(tags, Mapping) and str(tags.get("entrance", "no")) not in ("no", "")
    return opening.category.startswith(_OUTER) or tagged
