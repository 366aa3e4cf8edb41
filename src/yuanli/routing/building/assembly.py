"""From a campus to its walking network, step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import shapely
from scipy.cluster.hierarchy import DisjointSet

from yuanli.campus import (
    Campus,
    FeatureId,
    Node,
    OpeningId,
    PathwayMode,
    UnitId,
    point_of,
)
from yuanli.routing.building.borders import guess_doors, open_borders
from yuanli.routing.building.doorways import guess_entrances, outer_doors
from yuanli.routing.building.draft import Draft, EdgeRow, NodeRow, freeze, straight
from yuanli.routing.building.entering import nodes_in_spaces
from yuanli.routing.building.gaps import bridge_gaps, islands_of, join_islands
from yuanli.routing.building.guests import Guest, by_space, entrances_of, guests_of
from yuanli.routing.building.joining import grounds_of
from yuanli.routing.building.oneways import direct_doors, directed_flights, one_way_doors, only_left
from yuanli.routing.building.outdoors import join_outdoors, ways_out
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.rooms import (
    Furnished,
    add_room_edges,
    centre_of,
    conditions_of,
    landing_of,
    obstacles_of,
)
from yuanli.routing.building.shafts import Flight, flights_of, rise_m, shafts_of, walked_m
from yuanli.routing.building.sight import floor_of
from yuanli.routing.building.site import Site
from yuanli.routing.building.survey import Space, Survey, metric, survey_campus
from yuanli.routing.building.ways import Ways, add_way_edges, draw_ways
from yuanli.routing.network import Network


def build_network(
    campus: Campus,
    *,
    params: NetworkParams = NetworkParams(),
    drawn: Literal["use", "ignore"] = "use",
) -> Network:
    """Build the walking network of a campus.

    Indoors nodes are openings, one centre a unit and what is found in it; edges are the shortest lines
    inside the unit, around obstacles. Stairs, lifts, escalators and ramps that stand above each other,
    or that relationships join, lead from level to level. Outdoors the drawn ways are used; entrances,
    buildings, amenities and zones are joined to them. Features without a door get a guessed one.

    With `drawn` `use`, the ways that are drawn indoors stand in place of computed ones in the units they
    run through; with `ignore` they are left out where the level has units.
    """
    survey = survey_campus(campus)
    site = Site(survey=survey, draft=Draft(), params=params)
    site.add_portals([*survey.doors, *open_borders(survey, params)])
    doors = _door_nodes(site)
    ways = draw_ways(survey, site.draft, doors, use_indoors=drawn == "use", params=params)
    inside = nodes_in_spaces(survey, ways, site.draft, params)
    flights = directed_flights(survey, flights_of(survey))
    flights += _guess(site, ways, inside, flights)
    guests = guests_of(survey)
    served = _served(survey, ways)
    rooms = _furnish(site, ways, inside, flights, guests, served)
    obstacles = obstacles_of(survey)
    for unit_id, room in rooms.items():
        if unit_id not in served:
            add_room_edges(site.draft, survey, room, obstacles.get(unit_id, ()), params)
    for flight in flights:
        _add_flight(site, flight)
    bridge_gaps(site, ways)
    grounds = grounds_of(ways, survey.outlines, islands_of(site, ways))
    join_islands(site, ways)
    _join_served(site, ways, rooms, served)
    exits = join_outdoors(site, grounds, guests)
    add_way_edges(ways, site.draft, survey, params)
    _mend_served(site, rooms, served, obstacles)
    one_way = one_way_doors(site)
    direct_doors(site, one_way)
    site.nodes.update((FeatureId(node_id), (index,)) for node_id, index in ways.nodes.items())
    return freeze(
        site.draft,
        campus.frame,
        shafts=shafts_of(survey, flights),
        entrances=entrances_of(survey, site.nodes, _entered(exits, only_left(site, one_way))),
        exits=ways_out(site, exits),
    )


def _entered(
    exits: Mapping[FeatureId, tuple[int, ...]], only_left: set[int]
) -> Mapping[FeatureId, tuple[int, ...]]:
    """Return where each building is entered: not by doors one only leaves by, if it has others."""
    doors = {
        building_id: tuple(n for n in nodes if n not in only_left) for building_id, nodes in exits.items()
    }
    return {building_id: doors[building_id] or nodes for building_id, nodes in exits.items()}


def _door_nodes(site: Site) -> dict[OpeningId, int]:
    doors: dict[OpeningId, int] = {}
    for portal, node in zip(site.portals, site.portal_nodes, strict=True):
        if portal.opening is not None:
            doors[portal.opening.id] = node
            site.nodes[portal.opening.id] = (node,)
    return doors


def _guess(
    site: Site, ways: Ways, inside: Mapping[FeatureId, Sequence[int]], flights: Sequence[Flight]
) -> list[Flight]:
    """Add the doors and entrances that must be there; return the flights inside rooms of several levels."""
    survey, params = site.survey, site.params
    site.outer = outer_doors(survey, site.portals, params)
    reached = [u for i in site.outer for u in site.portals[i].units]
    reached += [space_id for u in _led_into(site, ways, inside) if (space_id := UnitId(u)) in survey.spaces]
    guesses = guess_doors(
        survey,
        site.portals,
        joined=[(f.tail.id, f.head.id) for f in flights],
        reached=reached,
        drawn=[UnitId(u) for u, nodes in inside.items() if nodes],
        params=params,
    )
    entrances = guess_entrances(survey, ways, apart=guesses.apart, params=params)
    first = len(site.portals)
    site.add_portals([*entrances, *guesses.portals])
    for i, portal in enumerate(entrances, start=first):
        site.outer[i] = survey.campus.building_of(portal.level_id)
    return [
        Flight(tail=tail, head=head, mode=PathwayMode.STAIRS, feature_id=tail.id, guessed=True)
        for tail, head in guesses.spans
    ]


def _led_into(site: Site, ways: Ways, inside: Mapping[FeatureId, Sequence[int]]) -> list[FeatureId]:
    """Return the units that drawn ways lead into from outdoors, directly or by other drawn ways."""
    groups: DisjointSet = DisjointSet(range(-1, len(site.draft.nodes)))
    for tail, head in zip(ways.tails, ways.heads, strict=True):
        groups.merge(tail, head)
    for node in (*ways.tails, *ways.heads):
        if site.draft.nodes[node].level_id is None:
            groups.merge(node, -1)
    return [u for u, nodes in inside.items() if any(groups.connected(n, -1) for n in nodes)]


def _served(survey: Survey, ways: Ways) -> Mapping[UnitId, list[int]]:
    """Return the units that drawn indoor ways run through for a metre or more, and those ways."""
    served: dict[UnitId, list[int]] = defaultdict(list)
    indoors = np.flatnonzero(ways.joinable() & ways.indoors & ~ways.rings)
    spaces = [s for s in survey.spaces.values() if s.kind.connector not in ("elevator",)]
    if not len(indoors) or not spaces:
        return served
    shapes = np.array([s.shape for s in spaces], dtype=object)
    rows, columns = shapely.STRtree(shapes).query(ways.lines[indoors], predicate="intersects")
    length_m = shapely.length(shapely.intersection(ways.lines[indoors][rows], shapes[columns]))
    for row, column, metres in zip(rows.tolist(), columns.tolist(), length_m.tolist(), strict=True):
        way, space = int(indoors[row]), spaces[column]
        level_id = ways.pathways[way].level_id
        if metres >= 1.0 and ways.ordinals[way] == space.ordinal and level_id in (None, space.unit.level_id):
            served[space.id].append(way)
    return served


def _furnish(
    site: Site,
    ways: Ways,
    inside: Mapping[FeatureId, Sequence[int]],
    flights: Sequence[Flight],
    guests: Sequence[Guest],
    served: Mapping[UnitId, Sequence[int]],
) -> dict[UnitId, Furnished]:
    """Add the centre and the places of each space, and gather its doors."""
    survey, draft = site.survey, site.draft
    doors: dict[UnitId, list[int]] = defaultdict(list)
    guessed: dict[UnitId, set[int]] = defaultdict(set)
    for portal, node in zip(site.portals, site.portal_nodes, strict=True):
        for unit_id in dict.fromkeys(portal.units):
            doors[unit_id].append(node)
            if portal.guessed:
                guessed[unit_id].add(node)
    linked = {u for f in flights for u in (f.tail.id, f.head.id)}
    apart = by_space(guests, site.params)
    points = _display_points(survey)
    rooms: dict[UnitId, Furnished] = {}
    for space in survey.spaces.values():
        drawn = [n for n in inside.get(space.id, ()) if n not in doors[space.id]]
        named = _named_nodes(survey, space, ways, drawn)
        places = (
            [named[0]] if named and space.id in served else [_add_centre(site, space, doors, linked, points)]
        )
        site.centres[space.id] = places[0]
        for guest in apart.get(space.id, ()):
            row = NodeRow(
                xy=guest.xy, ordinal=space.ordinal, level_id=space.unit.level_id, feature_id=guest.feature.id
            )
            places.append(draft.add_node(row))
            site.nodes[guest.feature.id] = (places[-1],)
        lift = space.kind.connector == "elevator" and bool(doors[space.id])
        site.nodes[space.id] = tuple(doors[space.id]) if lift else (places[0],)
        joined = [n for n in drawn if n not in places] if space.id not in served else []
        rooms[space.id] = Furnished(
            space=space,
            doors=(*doors[space.id], *joined),
            places=tuple(places),
            guessed=frozenset(guessed[space.id]),
            linked=space.id in linked,
        )
    for guest in guests:
        if guest.space is not None and guest.feature.id not in site.nodes:
            site.nodes[guest.feature.id] = site.nodes[guest.space.id]
    return rooms


def _named_nodes(survey: Survey, space: Space, ways: Ways, drawn: Sequence[int]) -> list[int]:
    """Return the drawn nodes in a space that name it."""
    index = {i: node_id for node_id, i in ways.nodes.items()} if drawn else {}
    return [n for n in drawn if n in index and space.id in survey.campus.get(index[n], Node).feature_ids]


def _display_points(survey: Survey) -> Mapping[UnitId, tuple[float, float]]:
    units = [s.unit for s in survey.spaces.values()]
    points = metric(survey.campus, [point_of(u) for u in units])
    return {u.id: (float(p.x), float(p.y)) for u, p in zip(units, points, strict=True) if p is not None}


def _add_centre(
    site: Site,
    space: Space,
    doors: Mapping[UnitId, Sequence[int]],
    linked: set[UnitId],
    points: Mapping[UnitId, tuple[float, float]],
) -> int:
    if space.id in linked and space.kind.connector in ("stairs", "escalator"):
        xy = landing_of(space, [site.draft.xy(n) for n in doors[space.id]])
    else:
        xy = centre_of(floor_of(space.shape), points.get(space.id))
    return site.draft.add_node(
        NodeRow(xy=xy, ordinal=space.ordinal, level_id=space.unit.level_id, feature_id=space.id)
    )


def _add_flight(site: Site, flight: Flight) -> None:
    draft, params = site.draft, site.params
    tail, head = site.centres[flight.tail.id], site.centres[flight.head.id]
    climb_m = rise_m(site.survey, flight, params)
    points, across_m = straight(draft.xy(tail), draft.xy(head))
    length_m = walked_m(flight, climb_m, across_m, params)
    hours, restriction = conditions_of(site.survey, flight.tail)
    stairs = flight.mode is PathwayMode.STAIRS
    draft.add_edge(
        EdgeRow(
            tail=tail,
            head=head,
            points=points,
            length_m=length_m,
            mode=flight.mode,
            one_way=flight.one_way,
            rise_m=climb_m,
            floors=flight.head.ordinal - flight.tail.ordinal,
            stairs=max(1, round(abs(climb_m) / params.stair_riser_m)) if stairs else 0,
            guessed=flight.guessed,
            feature_id=flight.feature_id,
            hours=flight.hours or hours,
            restriction=restriction or conditions_of(site.survey, flight.head)[1],
        )
    )


def _join_served(
    site: Site, ways: Ways, rooms: Mapping[UnitId, Furnished], served: Mapping[UnitId, Sequence[int]]
) -> None:
    """Join the doors and places of a space with drawn ways to the nearest of them."""
    draft, survey = site.draft, site.survey
    for unit_id, own in served.items():
        room = rooms[unit_id]
        ends = {n for w in own for n in (ways.tails[w], ways.heads[w])}
        hours, restriction = conditions_of(survey, room.space)
        for node in (*room.doors, *room.places):
            if node in ends:
                continue
            xy = draft.xy(node)
            distances = shapely.distance(ways.lines[list(own)], shapely.Point(xy))
            foot = ways.foot(draft, own[int(np.argmin(distances))], xy, snap_m=site.params.snap_m)
            points, length_m = straight(xy, draft.xy(foot))
            draft.add_edge(
                EdgeRow(
                    tail=node,
                    head=foot,
                    points=points,
                    length_m=length_m,
                    guessed=node in room.guessed,
                    feature_id=unit_id,
                    hours=hours,
                    restriction=restriction,
                )
            )


def _mend_served(
    site: Site,
    rooms: Mapping[UnitId, Furnished],
    served: Mapping[UnitId, Sequence[int]],
    obstacles: Mapping[UnitId, Sequence[shapely.Geometry]],
) -> None:
    """Compute the ways in spaces whose drawn ways leave some door apart from the others."""
    groups: DisjointSet = DisjointSet(range(len(site.draft.nodes)))
    for row in site.draft.edges:
        groups.merge(row.tail, row.head)
    for unit_id in served:
        room = rooms[unit_id]
        nodes = (*room.doors, *room.places)
        if any(not groups.connected(nodes[0], node) for node in nodes[1:]):
            add_room_edges(site.draft, site.survey, room, obstacles.get(unit_id, ()), site.params)
            for node in nodes[1:]:
                groups.merge(nodes[0], node)
