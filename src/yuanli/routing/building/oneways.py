"""Doors that are passed one way only: which they are, and which of their edges lead against them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import shapely

from yuanli.campus import FeatureId, Opening, Pathway, Relationship, Unit, UnitId
from yuanli.routing.building.draft import EdgeRow
from yuanli.routing.building.shafts import Flight
from yuanli.routing.building.site import Site
from yuanli.routing.building.survey import Portal, Space, Survey

_EXITS, _ENTRIES = frozenset({"exit", "exit_only"}), frozenset({"entry", "entry_only", "entrance_only"})
"""Values of the OpenStreetMap keys `entrance` and `access` of doors one only leaves or only enters by."""
_EMERGENCY = ("emergencyexit", "emergency_exit")
_ALONG_M, _WITHIN_M = 2.0, 0.3
"""A drawn way leads into the space that is this near to it, that far from the door."""


@dataclass(slots=True)
class _Directions:
    """The spaces that a door is passed from and to, as far as something says so."""

    left: set[FeatureId] = field(default_factory=set)
    entered: set[FeatureId] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWay:
    """A door with the spaces that are only left through it, or else those that are only entered."""

    node: int
    left: frozenset[UnitId] = frozenset()
    entered: frozenset[UnitId] = frozenset()


def directed_flights(survey: Survey, flights: Iterable[Flight]) -> list[Flight]:
    """Return the flights, one-way where a directed traversal leads from one of their spaces to the other."""
    steps = {(r.origin, r.destination) for r in _traversals(survey) if r.direction == "directed"}
    found = []
    for flight in flights:
        pair = (flight.tail.id, flight.head.id)
        forward, backward = pair in steps, pair[::-1] in steps
        if forward == backward or flight.one_way:
            found.append(flight)
        elif forward:
            found.append(replace(flight, one_way=True))
        else:
            found.append(replace(flight, tail=flight.head, head=flight.tail, one_way=True))
    return found


def one_way_doors(site: Site) -> list[OneWay]:
    """Return the doors and open borders that are passed one way only.

    Directed relationships of the category `traversal` say so, of an opening or of two units, and the tags
    of outer doors (`entrance=exit`) of buildings that have other doors to enter or leave by.
    """
    by_opening, by_pair = _told(site.survey)
    tagged = {i: _by_tags(site.portals[i], sense) for i, sense in _tagged(site).items()}
    found = []
    for i, (portal, node) in enumerate(zip(site.portals, site.portal_nodes, strict=True)):
        told = by_opening.get(portal.opening.id) if portal.opening is not None else None
        told = told or _between(portal, by_pair) or tagged.get(i)
        if told is None:
            continue
        units = [u for u in portal.units if site.survey.spaces[u].kind.connector != "elevator"]
        left = frozenset(u for u in units if u in told.left - told.entered)
        entered = frozenset(u for u in units if u in told.entered - told.left)
        if left:
            found.append(OneWay(node=node, left=left))
        elif entered:
            found.append(OneWay(node=node, entered=entered))
    return found


def direct_doors(site: Site, doors: Sequence[OneWay]) -> None:
    """Make the edges between one-way doors and the spaces they are passed from, or to, one-way."""
    by_node = {door.node: door for door in doors}
    edges: list[EdgeRow] = []
    for row in site.draft.edges:
        outward = _leads(site, by_node.get(row.head), row, at_head=True)
        inward = _leads(site, by_node.get(row.tail), row, at_head=False)
        wanted = {sense for sense in (outward, inward and -inward) if sense}
        if (row.one_way and -1 in wanted) or len(wanted) == 2:
            continue
        for sense in wanted:
            row = row if sense > 0 else _reversed(row)
            row = row if row.one_way else replace(row, one_way=True, against=True)
        edges.append(row)
    site.draft.edges[:] = edges


def only_left(site: Site, doors: Sequence[OneWay]) -> set[int]:
    """Return the nodes of outer doors that nobody enters a building by."""
    outer = {site.portal_nodes[i] for i in site.outer}
    tagged = {site.portal_nodes[i] for i, sense in _tagged(site).items() if sense > 0}
    return tagged | {door.node for door in doors if door.left and door.node in outer}


def _traversals(survey: Survey) -> list[Relationship]:
    return [r for r in survey.campus.of(Relationship) if r.category.startswith("traversal")]


def _told(
    survey: Survey,
) -> tuple[Mapping[FeatureId, _Directions], Mapping[frozenset[FeatureId], _Directions]]:
    """Return what traversals say of each opening, and of pairs of units where they name no opening."""
    openings: dict[FeatureId, _Directions] = defaultdict(_Directions)
    pairs: dict[frozenset[FeatureId], _Directions] = defaultdict(_Directions)
    for relation in _traversals(survey):
        both = relation.direction != "directed"
        named = [f for f in relation.intermediary if isinstance(survey.campus.find(f), Opening)]
        ends = [
            f
            for f in (relation.origin, relation.destination)
            if isinstance(survey.campus.find(f or ""), Unit)
        ]
        told = [openings[f] for f in named]
        if not named and len(ends) == 2:
            told = [pairs[frozenset(f for f in ends if f is not None)]]
        for directions in told:
            for end, starts in ((relation.origin, True), (relation.destination, False)):
                if end is not None and (starts or both):
                    directions.left.add(end)
                if end is not None and (not starts or both):
                    directions.entered.add(end)
    return openings, pairs


def _between(portal: Portal, pairs: Mapping[frozenset[FeatureId], _Directions]) -> _Directions | None:
    units = frozenset[FeatureId](portal.units)
    return next((told for pair, told in pairs.items() if pair <= units), None) if pairs else None


def _tagged(site: Site) -> Mapping[int, int]:
    """Return 1 or -1 for outer doors that tags say are only left or entered by, as `_sense` does.

    They are left out where the building has no other door for the way back.
    """
    senses = {i: _sense(site.portals[i]) for i in site.outer}
    count = Counter((site.outer[i], sense) for i, sense in senses.items())
    return {
        i: sense
        for i, sense in senses.items()
        if sense and count[site.outer[i], 0] + count[site.outer[i], -sense]
    }


def _by_tags(portal: Portal, sense: int) -> _Directions:
    units = set[FeatureId](portal.units)
    return _Directions(left=units) if sense > 0 else _Directions(entered=units)


def _sense(portal: Portal) -> int | None:
    """Return 1 for a door one only leaves by, -1 for one only entered by, 0 for both; None in emergencies."""
    opening = portal.opening
    if opening is None:
        return 0
    tags = opening.extra.get("tags")
    said = {str(tags.get(key, "")) for key in ("entrance", "access")} if isinstance(tags, Mapping) else set()
    if said & _EXITS:
        return 1
    if opening.category.startswith(_EMERGENCY):
        return None
    return -1 if said & _ENTRIES else 0


def _leads(site: Site, door: OneWay | None, row: EdgeRow, *, at_head: bool) -> int:
    """Return 1 where an edge at a door is only passed towards it, -1 where only away from it, else 0."""
    if door is None:
        return 0
    spaces = [site.survey.spaces[u] for u in (*door.left, *door.entered)]
    drawn = isinstance(site.survey.campus.find(row.feature_id or ""), Pathway)
    space = _space_of(row, spaces, drawn=drawn, at_head=at_head)
    return 0 if space is None else 1 if space.id in door.left else -1


def _space_of(row: EdgeRow, spaces: Collection[Space], *, drawn: bool, at_head: bool) -> Space | None:
    """Return the space that an edge at a door runs in."""
    own = next((space for space in spaces if space.id == row.feature_id), None)
    if own is not None or not drawn:
        return own
    line = shapely.LineString(row.points if not at_head else row.points[::-1])
    point = line.interpolate(min(_ALONG_M, line.length / 2))
    near = [(float(space.shape.distance(point)), space.id, space) for space in spaces]
    return min((n for n in near if n[0] <= _WITHIN_M), default=(0.0, "", None))[2]


def _reversed(row: EdgeRow) -> EdgeRow:
    return replace(
        row,
        tail=row.head,
        head=row.tail,
        points=row.points[::-1],
        rise_m=-row.rise_m,
        floors=-row.floors,
    )
