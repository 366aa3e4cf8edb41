"""The walking network as drawn: ways split where they meet, lifts that join levels, areas to cross."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from shapely.geometry import LineString, Point

from yuanli.campus.features import (
    BuildingId,
    FeatureId,
    LanguageMap,
    LevelId,
    Node,
    NodeId,
    Opening,
    Pathway,
    PathwayId,
    PathwayMode,
    Relationship,
)
from yuanli.campus.osm.areas import lines_across
from yuanli.campus.osm.doors import is_door
from yuanli.campus.osm.draft import Draft
from yuanli.campus.osm.measures import (
    accessibility_of,
    automatic_of,
    extra_of,
    hours_of,
    restriction_of,
    slope_of,
    whole_of,
    width_of,
)
from yuanli.campus.osm.names import names_of
from yuanli.campus.osm.reading import OsmRelation, OsmWay, Tags
from yuanli.campus.osm.walking import bicycle_direction, foot_direction, may_cycle, may_walk, mode_of

MOST_LIFT_STOPS = 12
MOST_AREA_POINTS = 60
_NOT_BY_WHEELCHAIR = {"stile", "kissing_gate", "turnstile", "full-height_turnstile", "step", "log"}


@dataclass(slots=True)
class _Ways:
    """The walkable ways, where they are split, and the ordinal of each of their nodes."""

    draft: Draft
    ways: list[OsmWay]
    levels: dict[int, tuple[float, ...]] = field(default_factory=dict)
    splits: set[int] = field(default_factory=set)
    at: dict[int, tuple[float, float]] = field(default_factory=dict)
    ordinal: dict[int, float] = field(default_factory=dict)
    lifts: dict[int, tuple[float, ...]] = field(default_factory=dict)
    names: dict[int, LanguageMap] = field(default_factory=dict)


def add_ways(draft: Draft) -> None:
    """Make the nodes and pathways of every way that someone may walk or cycle."""
    chosen = [
        way
        for way in draft.source.ways.values()
        if len(way.refs) >= 2
        and (may_walk(way.tags) or (way.tags.get("highway", "") and may_cycle(way.tags)))
        and not (way.tags.get("highway") == "elevator" and way.closed)
        and way.tags.get("building", "no") == "no"
    ]
    net = _Ways(draft, chosen)
    for way in chosen:
        net.levels[way.id] = draft.ordinals(f"way/{way.id}", way.tags) if "level" in way.tags else ()
        net.names[way.id] = names_of(way.tags, draft.country).name
        net.at.update(zip(way.refs, map(tuple, way.lonlat.tolist()), strict=True))
    _find_splits(net)
    _find_ordinals(net)
    for way in chosen:
        if _is_area(draft, way):
            _cross_area(net, way)
        else:
            _split(net, way)
    for relation, refs in _walkable_relations(draft):
        _cross_relation(net, relation, [ref for ref in refs if ref in net.splits])
    for node_id, ordinals in net.lifts.items():
        _ride(net, node_id, ordinals)
    _ride_drawn_shafts(net)


def _is_area(draft: Draft, way: OsmWay) -> bool:
    if not way.closed or f"way/{way.id}" not in draft.shapes:
        return False
    platform = "platform" in (way.tags.get("railway"), way.tags.get("public_transport"))
    return way.tags.get("area") == "yes" or (platform and way.tags.get("area") != "no")


def _find_splits(net: _Ways) -> None:
    used: Counter[int] = Counter()
    for way in net.ways:
        used.update(way.refs)
        net.splits.update((way.refs[0], way.refs[-1]))
    net.splits.update(ref for ref, count in used.items() if count > 1)
    for _, refs in _walkable_relations(net.draft):
        net.splits.update(ref for ref in refs if ref in used)
    for node in net.draft.source.nodes.values():
        tags = node.tags
        if node.id in used and (is_door(tags) or "barrier" in tags or tags.get("highway") == "elevator"):
            net.splits.add(node.id)


def _find_ordinals(net: _Ways) -> None:
    """Give each node the ordinal of the ways on one level through it; then the ends of stairs."""
    said: dict[int, Counter[float]] = defaultdict(Counter)
    for way in net.ways:
        if len(levels := net.levels[way.id]) == 1:
            for ref in way.refs:
                said[ref][levels[0]] += 1
    for node in net.draft.source.nodes.values():
        if node.id in net.at and node.tags.get("highway") == "elevator":
            own = net.draft.ordinals(f"node/{node.id}", node.tags) if "level" in node.tags else ()
            served = tuple(sorted({*own, *said[node.id]}))[:MOST_LIFT_STOPS]
            if len(served) > 1:
                net.lifts[node.id] = served
        elif node.id in net.at and "level" in node.tags:
            own = net.draft.ordinals(f"node/{node.id}", node.tags)
            if len(own) == 1:
                said[node.id].setdefault(own[0], 1)
    for ref, counts in said.items():
        if counts:
            net.ordinal[ref] = min(counts, key=lambda o: (-counts[o], abs(o)))
    for way in net.ways:
        if len(net.levels[way.id]) > 1:
            _find_ends(net, way)


def _find_ends(net: _Ways, way: OsmWay) -> None:
    """Set the ends of a way over several levels: by what they touch, else by `incline`."""
    low, high = net.levels[way.id][0], net.levels[way.id][-1]
    first, last = way.refs[0], way.refs[-1]
    start = net.ordinal.get(first) if first not in net.lifts else None
    end = net.ordinal.get(last) if last not in net.lifts else None
    if start is None and end is None:
        start = high if way.tags.get("incline", "").startswith(("down", "-")) else low
    if start is None:
        start = low if end == high else high
    if end is None:
        end = low if start == high else high
    net.ordinal.setdefault(first, start)
    net.ordinal.setdefault(last, end)
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(way.lonlat, axis=0).T))])
    for ref, share in zip(way.refs[1:-1], length[1:-1] / (length[-1] or 1), strict=True):
        net.ordinal.setdefault(ref, round(start + (end - start) * float(share), 2))


def _node(net: _Ways, ref: int, ordinal: float | None = None) -> NodeId:
    """Return the network node of an OSM node, made when it is first asked for."""
    own = ordinal if ordinal is not None else net.ordinal.get(ref, 0.0)
    node_id = NodeId(FeatureId(f"vertex/{ref}@{own:g}" if ref in net.lifts else f"vertex/{ref}"))
    if node_id in net.draft.features:
        return node_id
    draft, point = net.draft, Point(net.at[ref])
    source = draft.source.nodes.get(ref)
    tags = source.tags if source else {}
    openings = [f for i in (f"node/{ref}", f"node/{ref}@{own:g}") if (f := draft.features.get(FeatureId(i)))]
    doors = [f for f in openings if isinstance(f, Opening)]
    levels = [draft.features.get(door.level_id) for door in doors]
    buildings = [b for level in levels for b in getattr(level, "building_ids", ())]
    barrier = tags.get("barrier")
    accessibility = accessibility_of(tags)
    if (barrier in _NOT_BY_WHEELCHAIR or tags.get("kerb") == "raised") and not accessibility:
        accessibility = ("notwheelchair",)
    extra = extra_of(
        f"node/{ref}",
        tags,
        restriction=restriction_of(tags, "foot", "access"),
        hours=hours_of(tags),
        width_m=width_of(tags),
        accessibility=list(accessibility),
        automatic=automatic_of(tags),
    )
    draft.add(
        Node(
            id=node_id,
            geometry=point,
            level_id=None if "entrance" in tags else _level(draft, point, own, doors),
            ordinal=own,
            category=barrier or ("entrance" if is_door(tags) else tags.get("highway")),
            name=names_of(tags, draft.country).name,
            feature_ids=tuple(FeatureId(i) for i in [*(f.id for f in openings), *dict.fromkeys(buildings)]),
            extra=extra if tags else {},
        )
    )
    return node_id


def _level(draft: Draft, point: Point, ordinal: float, doors: list[Opening]) -> LevelId | None:
    """Return the level a node lies on, where a building has that level there."""
    if doors:
        return doors[0].level_id
    building_id: BuildingId | None = draft.building_at(point)
    level_id = LevelId(FeatureId(f"{building_id}/level/{ordinal:g}"))
    return level_id if building_id is not None and draft.units_of.get(level_id) else None


def _lift_ordinal(net: _Ways, way: OsmWay, ref: int) -> float | None:
    """Return the stop of a lift that a way leaves from."""
    if ref not in net.lifts:
        return None
    levels = net.levels[way.id] or (0.0,)
    return min(net.lifts[ref], key=lambda o: min(abs(o - level) for level in levels))


def _split(net: _Ways, way: OsmWay) -> None:
    cuts = [i for i, ref in enumerate(way.refs) if ref in net.splits]
    for number, (i, j) in enumerate(pairwise(cuts)):
        tail, head = (_node(net, way.refs[k], _lift_ordinal(net, way, way.refs[k])) for k in (i, j))
        pathway_id = f"way/{way.id}" if len(cuts) == 2 else f"way/{way.id}:{number}"
        _add_pathways(net, way, pathway_id, tail, head, LineString(way.lonlat[i : j + 1]))


def _add_pathways(
    net: _Ways, way: OsmWay, pathway_id: str, tail: NodeId, head: NodeId, line: LineString
) -> None:
    tags, draft = way.tags, net.draft
    mode, foot, bicycle = mode_of(tags), may_walk(tags), may_cycle(tags)
    one_way, ridden = foot_direction(tags), bicycle_direction(tags)
    closed = restriction_of(tags, "foot", "access")
    closed_to_bicycles = restriction_of(tags, "bicycle", "vehicle", "access")
    alike = ridden == 0 and (closed == closed_to_bicycles or not foot)
    ends = [draft.features[n] for n in (tail, head)]
    levels = {end.level_id for end in ends if isinstance(end, Node)}
    path = Pathway(
        id=PathwayId(FeatureId(pathway_id)),
        from_node_id=tail,
        to_node_id=head,
        mode=mode,
        is_bidirectional=one_way == 0,
        geometry=line,
        level_id=next(iter(levels)) if len(levels) == 1 else None,
        name=net.names[way.id],
        stair_count=whole_of(tags.get("step_count"), most=5000),
        max_slope=slope_of(tags.get("incline")),
        min_width_m=width_of(tags),
        hours=hours_of(tags),
        restriction=closed if foot else closed_to_bicycles,
        accessibility=accessibility_of({k: v for k, v in tags.items() if k != "ramp:wheelchair"}),
        surface=tags.get("surface"),
        foot=foot,
        bicycle=bicycle and alike,
        extra=extra_of(pathway_id.split(":")[0], tags),
    )
    if foot or path.bicycle:
        draft.add(_reversed(path) if one_way < 0 else path)
    if bicycle and not path.bicycle:
        ride = replace(path, id=PathwayId(FeatureId(f"{pathway_id}#bicycle")), foot=False, bicycle=True)
        ride = replace(ride, is_bidirectional=ridden == 0, restriction=closed_to_bicycles)
        draft.add(_reversed(ride) if ridden < 0 else ride)
    if mode is PathwayMode.STAIRS and tags.get("ramp:wheelchair") == "yes":
        ramp_id = PathwayId(FeatureId(f"{pathway_id}#ramp"))
        draft.add(
            replace(path, id=ramp_id, mode=PathwayMode.RAMP, stair_count=None, accessibility=("wheelchair",))
        )


def _reversed(path: Pathway) -> Pathway:
    line = path.geometry.reverse() if path.geometry is not None else None
    return replace(path, from_node_id=path.to_node_id, to_node_id=path.from_node_id, geometry=line)


def _cross_area(net: _Ways, way: OsmWay) -> None:
    """Join the points where an area is entered, along its edge and straight across it."""
    entries = list(dict.fromkeys(ref for ref in way.refs[1:-1] if ref in net.splits)) or []
    if way.refs[0] not in entries:
        entries.insert(0, way.refs[0])
    shape = net.draft.shapes[f"way/{way.id}"]
    cuts = [i for i, ref in enumerate(way.refs) if ref in set(entries)]
    number = 0
    for i, j in pairwise(cuts):
        ends = [_node(net, way.refs[k], _lift_ordinal(net, way, way.refs[k])) for k in (i, j)]
        _add_pathways(net, way, f"way/{way.id}:{number}", ends[0], ends[1], LineString(way.lonlat[i : j + 1]))
        number += 1
    if len(entries) > MOST_AREA_POINTS or len(entries) < 2:
        return
    for a, b, line in lines_across(shape, np.array([net.at[ref] for ref in entries])):
        ends = [_node(net, entries[k], _lift_ordinal(net, way, entries[k])) for k in (a, b)]
        _add_pathways(net, way, f"way/{way.id}:{number}", ends[0], ends[1], line)
        number += 1


def _walkable_relations(draft: Draft) -> Iterator[tuple[OsmRelation, list[int]]]:
    """Yield squares that are drawn as multipolygons, with the nodes of their rings."""
    for relation in draft.source.relations.values():
        if f"relation/{relation.id}" in draft.shapes and may_walk(relation.tags):
            members = [m for m in relation.members if m.kind == "w" and m.ref in draft.source.ways]
            ways = [draft.source.ways[m.ref] for m in members]
            yield relation, list(dict.fromkeys(ref for way in ways for ref in way.refs))


def _cross_relation(net: _Ways, relation: OsmRelation, entries: list[int]) -> None:
    """Join the points where a square with holes is entered, inside it."""
    if not 2 <= len(entries) <= MOST_AREA_POINTS:
        return
    osm_id = f"relation/{relation.id}"
    lonlat = np.array([net.at[ref] for ref in entries])
    square = OsmWay(-relation.id, tuple(entries), lonlat, relation.tags)
    net.levels[square.id] = net.draft.ordinals(osm_id, relation.tags)
    net.names[square.id] = names_of(relation.tags, net.draft.country).name
    for number, (a, b, line) in enumerate(lines_across(net.draft.shapes[osm_id], lonlat)):
        ends = [_node(net, entries[k], _lift_ordinal(net, square, entries[k])) for k in (a, b)]
        _add_pathways(net, square, f"{osm_id}:{number}", ends[0], ends[1], line)


def _ride(net: _Ways, node_id: int, ordinals: tuple[float, ...]) -> None:
    """Join the stops of a lift that is drawn as a node, each with each: one ride is one pathway."""
    source = net.draft.source.nodes[node_id]
    stops = [_node(net, node_id, ordinal) for ordinal in ordinals]
    _join_stops(net, f"node/{node_id}", source.tags, stops)


def _join_stops(net: _Ways, osm_id: str, tags: Tags, stops: list[NodeId]) -> None:
    ridden: list[FeatureId] = []
    for a, low in enumerate(stops):
        for b in range(a + 1, len(stops)):
            pathway_id = FeatureId(f"{osm_id}#ride{a}-{b}")
            ridden.append(pathway_id)
            net.draft.add(
                Pathway(
                    id=PathwayId(pathway_id),
                    from_node_id=low,
                    to_node_id=stops[b],
                    mode=PathwayMode.ELEVATOR,
                    min_width_m=width_of(tags),
                    hours=hours_of(tags),
                    restriction=restriction_of(tags, "foot", "access"),
                    accessibility=accessibility_of(tags),
                    extra=extra_of(osm_id, tags, shaft=osm_id),
                )
            )
    net.draft.add(
        Relationship(
            id=FeatureId(f"{osm_id}#shaft"),
            category="elevator",
            origin=stops[0],
            intermediary=tuple(ridden),
            destination=stops[-1],
            hours=hours_of(tags),
            extra=extra_of(osm_id, tags),
        )
    )


def _ride_drawn_shafts(net: _Ways) -> None:
    """Join the levels of a lift that is drawn as a ring, where drawn ways end on it."""
    for way in net.draft.source.ways.values():
        if way.tags.get("highway") != "elevator" or not way.closed:
            continue
        touching = [ref for ref in dict.fromkeys(way.refs) if ref in net.splits and ref in net.at]
        by_level = {net.ordinal.get(ref, 0.0): ref for ref in touching}
        if len(by_level) > 1:
            stops = [_node(net, ref) for _, ref in sorted(by_level.items())]
            _join_stops(net, f"way/{way.id}", way.tags, stops[:MOST_LIFT_STOPS])
