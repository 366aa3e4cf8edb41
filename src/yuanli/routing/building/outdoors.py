"""What is joined to the ways outdoors: entrances, buildings, amenities and zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus import (
    Building,
    BuildingId,
    FeatureId,
    Geofence,
    Node,
    PathwayMode,
)
from yuanli.routing.building.draft import Draft, EdgeRow, NodeRow, straight
from yuanli.routing.building.ground import cross_open_ground
from yuanli.routing.building.guests import Guest
from yuanli.routing.building.joining import Grounds, Join, join_all
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.site import Site
from yuanli.routing.building.survey import Portal, areas
from yuanli.routing.building.ways import Ways


def join_outdoors(site: Site, grounds: Grounds, guests: Sequence[Guest]) -> dict[FeatureId, tuple[int, ...]]:
    """Join entrances, buildings, amenities and zones to the ways; return where each building is entered."""
    exits, stranded = _join_entrances(site, grounds)
    stranded += _join_buildings(site, grounds, exits)
    cross_open_ground(site, stranded)
    doors = _doors_of(site, exits)
    _join_guests(site, grounds, guests, exits, doors)
    _join_geofences(site, grounds, doors)
    return exits


def ways_out(site: Site, exits: Mapping[FeatureId, tuple[int, ...]]) -> list[int]:
    """Return the nodes where buildings are left; at their outlines, by a guess, where no door is drawn."""
    guessed = [site.nodes.get(b, ()) for b in site.survey.outlines if b not in exits]
    return sorted({node for nodes in (*exits.values(), *guessed) for node in nodes})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doors:
    """The doors of buildings, where what finds no way outdoors is joined."""

    nodes: tuple[int, ...]
    tree: shapely.STRtree


def _doors_of(site: Site, exits: Mapping[FeatureId, tuple[int, ...]]) -> _Doors:
    draft = site.draft
    nodes = tuple(n for n in ways_out(site, exits) if draft.nodes[n].ordinal == 0)
    return _Doors(nodes=nodes, tree=shapely.STRtree([shapely.Point(draft.xy(n)) for n in nodes]))


def _join_door(site: Site, doors: _Doors, feature_id: FeatureId, shape: BaseGeometry) -> None:
    """Join a place that no way is near to the nearest door of a building, by a guess."""
    reach_m = site.params.far_reach_m
    if not doors.nodes or not len(near := doors.tree.query_nearest(shape, max_distance=reach_m)):
        return
    door = doors.nodes[int(near[0])]
    end = site.draft.xy(door)
    x, y = shapely.get_coordinates(shapely.shortest_line(shape, shapely.Point(end)))[0]
    node = site.draft.add_node(NodeRow(xy=(float(x), float(y)), feature_id=feature_id))
    points, length_m = straight((float(x), float(y)), end)
    site.draft.add_edge(
        EdgeRow(
            tail=node,
            head=door,
            points=points,
            length_m=length_m,
            mode=PathwayMode.OUTDOOR,
            indoors=False,
            guessed=True,
            feature_id=feature_id,
        )
    )
    site.nodes[feature_id] = (node,)


def _join_entrances(site: Site, grounds: Grounds) -> tuple[dict[FeatureId, tuple[int, ...]], list[int]]:
    """Join the doors that lead outdoors; return those of each building, and those no way is near."""
    params, draft = site.params, site.draft
    on_ways = {*grounds.ways.tails, *grounds.ways.heads}
    exits: dict[FeatureId, list[int]] = defaultdict(list)
    joins: list[Join] = []
    for i, building_id in sorted(
        site.outer.items(), key=lambda item: (_rank(site.portals[item[0]]), item[0])
    ):
        portal, node = site.portals[i], site.portal_nodes[i]
        if building_id is not None:
            exits[building_id].append(node)
        else:
            exits[FeatureId("")].append(node)
        if node in on_ways:
            continue
        joins.append(
            Join(
                feature_id=portal.opening.id if portal.opening else portal.units[0],
                shape=shapely.Point(portal.xy),
                node=node,
                ordinal=_outdoor_ordinal(site, portal, building_id),
                building_id=building_id,
                reach_m=params.entrance_reach_m,
                guessed=portal.guessed,
            )
        )
    reached = _join_far(draft, grounds, joins, params)
    stranded = [j.node for j, nodes in zip(joins, reached, strict=True) if not nodes and j.node is not None]
    for node_id, index in grounds.ways.nodes.items():
        for feature_id in site.survey.campus.get(node_id, Node).feature_ids:
            if isinstance(site.survey.campus.find(feature_id), Building) and index not in exits[feature_id]:
                exits[feature_id].append(index)
    for building_id, index in _drawn_exits(site, grounds.ways):
        if index not in exits[building_id]:
            exits[building_id].append(index)
    return {b: tuple(nodes) for b, nodes in exits.items() if nodes}, stranded


def _drawn_exits(site: Site, ways: Ways) -> list[tuple[BuildingId, int]]:
    """Return the nodes on a level of a building from where a drawn way leads outdoors."""
    rows = site.draft.nodes
    found = []
    for ends in zip(ways.tails, ways.heads, strict=True):
        for inner, outer in (ends, ends[::-1]):
            building_id = site.survey.campus.building_of(rows[inner].level_id)
            if rows[outer].level_id is None and building_id is not None:
                found.append((building_id, inner))
    return found


def _outdoor_ordinal(site: Site, portal: Portal, building_id: BuildingId | None) -> float | None:
    """Return the ordinal of the ways a door leads to: its own where ways are there, else the ground's."""
    ordinal = site.survey.ordinal(portal.level_id)
    levels = site.survey.campus.levels_by_building.get(building_id, ()) if building_id else ()
    ground = min((level.ordinal for level in levels), key=lambda o: (abs(o), o), default=0.0)
    return 0.0 if ordinal == ground else ordinal


def _rank(portal: Portal) -> int:
    opening = portal.opening
    if opening is None:
        return 3
    tags = opening.extra.get("tags")
    main = isinstance(tags, Mapping) and tags.get("entrance") == "main"
    if main or opening.category.startswith("pedestrian.principal"):
        return 0
    return 2 if opening.category.startswith(("emergencyexit", "service")) else 1


def _join_far(
    draft: Draft, grounds: Grounds, joins: Sequence[Join], params: NetworkParams
) -> list[tuple[int, ...]]:
    """Join within reach; what finds no way there is joined farther off, then to ways of any level."""
    reached = join_all(draft, grounds, joins, params)
    for reach_m, any_level in ((params.entrance_reach_m, True), (params.far_reach_m, True)):
        missing = [i for i, nodes in enumerate(reached) if not nodes]
        again = [_wider(joins[i], reach_m, any_level=any_level) for i in missing]
        for i, nodes in zip(missing, join_all(draft, grounds, again, params), strict=True):
            reached[i] = nodes
    return reached


def _wider(join: Join, reach_m: float, *, any_level: bool) -> Join:
    return Join(
        feature_id=join.feature_id,
        shape=join.shape,
        node=join.node,
        ordinal=None if any_level and (join.ordinal == 0 or join.node is None) else join.ordinal,
        building_id=join.building_id,
        sides=1,
        reach_m=reach_m,
        guessed=join.guessed,
        outdoors=join.outdoors,
    )


def _join_buildings(site: Site, grounds: Grounds, exits: Mapping[FeatureId, tuple[int, ...]]) -> list[int]:
    """Join the buildings without any entrance at some of their sides; return the nodes no way is near."""
    joins = [
        Join(
            feature_id=building_id,
            shape=outline,
            building_id=building_id,
            sides=site.params.building_sides,
            reach_m=site.params.entrance_reach_m,
            guessed=True,
        )
        for building_id, outline in site.survey.outlines.items()
        if building_id not in exits
    ]
    stranded: list[int] = []
    for join, nodes in zip(joins, _join_far(site.draft, grounds, joins, site.params), strict=True):
        if nodes:
            site.nodes[join.feature_id] = tuple(dict.fromkeys(nodes))
        elif join.feature_id not in site.nodes:
            stranded.append(_at_outline(site, join.feature_id, join.shape))
    return stranded


def _at_outline(site: Site, building_id: FeatureId, outline: BaseGeometry) -> int:
    """Add a node where the outline of a building is nearest to the middle of all buildings."""
    middle = shapely.union_all(list(site.survey.outlines.values())).centroid
    x, y = shapely.get_coordinates(shapely.shortest_line(outline.boundary, middle))[0]
    node = site.draft.add_node(NodeRow(xy=(float(x), float(y)), feature_id=building_id))
    site.nodes[building_id] = (node,)
    return node


def _join_guests(
    site: Site,
    grounds: Grounds,
    guests: Sequence[Guest],
    exits: Mapping[FeatureId, tuple[int, ...]],
    doors: _Doors,
) -> None:
    ids = list(site.survey.outlines)
    tree = shapely.STRtree(list(site.survey.outlines.values()))
    joins = []
    for guest in guests:
        if guest.feature.id in site.nodes:
            continue
        within = tree.query(shapely.Point(guest.xy), predicate="intersects") if ids else []
        owner = next((ids[k] for k in sorted(within)), None)
        if owner is not None and owner in exits and guest.level_id is None:
            site.nodes[guest.feature.id] = exits[owner]
            continue
        joins.append(
            Join(
                feature_id=guest.feature.id,
                shape=shapely.Point(guest.xy),
                ordinal=guest.ordinal,
                building_id=owner,
                reach_m=site.params.entrance_reach_m,
                outdoors=guest.level_id is None,
            )
        )
    for join, nodes in zip(joins, _join_far(site.draft, grounds, joins, site.params), strict=True):
        if nodes:
            site.nodes[join.feature_id] = nodes
        elif join.ordinal == 0:
            _join_door(site, doors, join.feature_id, join.shape)


def _join_geofences(site: Site, grounds: Grounds, doors: _Doors) -> None:
    """Join zones: at a way that crosses them, near their middle, else from their sides.

    A zone on levels of a building is reached in the spaces it covers, or in the nearest to it.
    """
    survey, params = site.survey, site.params
    fences = [f for f in survey.campus.of(Geofence) if f.geometry is not None]
    for fence, area in zip(fences, areas(survey.campus, [f.geometry for f in fences]), strict=True):
        if area is None:
            continue
        if fence.level_ids and (nodes := _in_spaces(site, fence, area)):
            site.nodes[fence.id] = nodes
        elif (foot := _on_way(site, grounds, area, params)) is not None:
            site.nodes[fence.id] = (foot,)
        elif nodes := _in_spaces(site, fence, area):
            site.nodes[fence.id] = nodes
        else:
            join = Join(feature_id=fence.id, shape=area, sides=2, reach_m=params.entrance_reach_m)
            if reached := _join_far(site.draft, grounds, [join], params)[0]:
                site.nodes[fence.id] = tuple(dict.fromkeys(reached))
            else:
                _join_door(site, doors, fence.id, area)


def _in_spaces(site: Site, fence: Geofence, area: BaseGeometry) -> tuple[int, ...]:
    """Return where the spaces on a zone's levels are reached that it covers, else the nearest of them.

    A zone that names no level but lies in a building is on its ground floor.
    """
    survey, middle = site.survey, area.representative_point()
    spaces = [s for level_id in fence.level_ids for s in survey.on(level_id)]
    if not fence.level_ids:
        around = {b for b, outline in survey.outlines.items() if outline.covers(middle)}
        spaces = [s for s in survey.spaces.values() if s.ordinal == 0 and s.building_id in around]
    if not spaces:
        return ()
    covered = [s for s in spaces if area.covers(s.shape.representative_point())]
    covered = covered or [s for s in spaces if s.shape.intersects(area)]
    nearest = min(spaces, key=lambda s: (float(s.shape.distance(area)), float(s.shape.area), s.id))
    return tuple(dict.fromkeys(n for s in covered or [nearest] for n in site.nodes[s.id]))


def _on_way(site: Site, grounds: Grounds, area: BaseGeometry, params: NetworkParams) -> int | None:
    """Return a node on a way that crosses a zone, near its middle; outdoors before indoors."""
    ways = grounds.ways
    crossing = ways.tree.query(area, predicate="intersects").tolist() if len(ways.lines) else []
    crossing = [k for k in crossing if grounds.joinable[k]]
    for better in (~ways.indoors, ~grounds.island):
        crossing = [k for k in crossing if better[k]] or crossing
    if not crossing:
        return None
    middle = area.representative_point()
    inner = shapely.intersection(ways.lines[crossing], area)
    best = min(range(len(crossing)), key=lambda k: (inner[k].distance(middle), crossing[k]))
    x, y = shapely.get_coordinates(shapely.shortest_line(inner[best], middle))[0]
    return ways.foot(site.draft, crossing[best], (float(x), float(y)), snap_m=params.snap_m)
