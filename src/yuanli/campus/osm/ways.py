"""The walking network as drawn: ways split where they meet, lifts that join levels, areas to cross."""

from __future__ import annotations

from collections import Counter

from yuanli.campus.osm.doors import is_door
from yuanli.campus.osm.draft import Draft
from yuanli.campus.osm.drawn import DrawnWays
from yuanli.campus.osm.heights import find_ordinals
from yuanli.campus.osm.layers import find_layers
from yuanli.campus.osm.names import names_of
from yuanli.campus.osm.squares import cross_square, is_area, meet_squares, squares_of, walkable_relations
from yuanli.campus.osm.stops import add_rides
from yuanli.campus.osm.stretches import split_way
from yuanli.campus.osm.walking import may_cycle, may_walk


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
    net = DrawnWays(draft, chosen)
    for way in chosen:
        net.levels[way.id] = draft.ordinals(f"way/{way.id}", way.tags) if "level" in way.tags else ()
        net.names[way.id] = names_of(way.tags, draft.country).name
        net.at.update(zip(way.refs, map(tuple, way.lonlat.tolist()), strict=True))
    _find_splits(net)
    squares = squares_of(net)
    find_layers(net)
    meet_squares(net, squares)
    find_ordinals(net)
    for way in net.ways:
        if not is_area(draft, way):
            split_way(net, way)
    for square in squares:
        cross_square(net, square)
    add_rides(net)


def _find_splits(net: DrawnWays) -> None:
    used: Counter[int] = Counter()
    for way in net.ways:
        used.update(way.refs)
        net.splits.update((way.refs[0], way.refs[-1]))
        net.splits.update(way.refs[i] for j in way.breaks for i in (j - 1, j))
    net.splits.update(ref for ref, count in used.items() if count > 1)
    for _, refs in walkable_relations(net.draft):
        net.splits.update(ref for ref in refs if ref in used)
    for node in net.draft.source.nodes.values():
        tags = node.tags
        if node.id in used and (is_door(tags) or "barrier" in tags or tags.get("highway") == "elevator"):
            net.splits.add(node.id)
