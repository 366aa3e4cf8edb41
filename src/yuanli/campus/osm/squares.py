"""Squares and platforms: walked round and across, and joined to the ways that lead over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.osm.areas import lines_across, sparse_lines_across
from yuanli.campus.osm.draft import METRE_DEG, Draft
from yuanli.campus.osm.drawn import DrawnWays, lift_ordinal, node_at
from yuanli.campus.osm.layers import is_flat, is_span, layer_of
from yuanli.campus.osm.names import names_of
from yuanli.campus.osm.rows import OsmRelation, OsmWay
from yuanli.campus.osm.stretches import add_pathways
from yuanli.campus.osm.walking import may_walk

MOST_CROSSED = 60
"""An area with more entries is crossed by a sparser set of lines."""
MOST_JOINED = 3000
"""Beyond this only every so many-th entry of an area is joined across it; its edge still joins all."""
SAME_PLACE_M = 0.5


@dataclass(slots=True)
class Square:
    """An area that is walked, as a way with the nodes of its edge, and where else it is entered.

    `passed` are nodes of its edge that it shares with ways of another level, which go on there.
    """

    osm_id: str
    way: OsmWay
    shape: BaseGeometry
    ringed: bool
    entries: list[int] = field(default_factory=list)
    passed: set[int] = field(default_factory=set)


def squares_of(net: DrawnWays) -> list[Square]:
    """Return the squares, drawn as a ring or as a multipolygon."""
    found: list[Square] = []
    for way in net.ways:
        if is_area(net.draft, way):
            shape = net.draft.shapes[f"way/{way.id}"]
            found.append(Square(f"way/{way.id}", way, shape, ringed=True))
    for relation, refs in walkable_relations(net.draft):
        osm_id = f"relation/{relation.id}"
        there = [ref for ref in refs if ref in net.at]
        lonlat = np.array([net.at[ref] for ref in there]).reshape(-1, 2)
        way = OsmWay(-relation.id, tuple(there), lonlat, relation.tags)
        net.levels[way.id] = net.draft.ordinals(osm_id, relation.tags)
        net.names[way.id] = names_of(relation.tags, net.draft.country).name
        found.append(Square(osm_id, way, net.draft.shapes[osm_id], ringed=False))
    return found


def meet_squares(net: DrawnWays, squares: list[Square]) -> None:
    """Join each way that ends in a square or leads over its edge without a node there.

    A way over the edge gets a node where it crosses. One on another level or layer passes over or under
    the square and is left alone; a bridge or tunnel through it is joined only where it comes to its end.
    """
    lines = [way for way in net.ways if len(way.refs) >= 2 and not is_area(net.draft, way)]
    tree = shapely.STRtree([LineString(way.lonlat) for way in lines])
    added: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
    at_node: dict[int, list[OsmWay]] = defaultdict(list)
    for way in net.ways:
        for ref in dict.fromkeys(way.refs):
            at_node[ref].append(way)
    for square in squares:
        edge = set(square.way.refs)
        shapely.prepare(square.shape)
        there = [lines[k] for k in sorted(tree.query(square.shape, predicate="intersects").tolist())]
        through = [way for way in there if not _on_one_level(net, way, square.way)]
        beyond = {ref for way in through for ref in way.refs} - edge
        for way in there:
            ends = [ref for ref in (way.refs[0], way.refs[-1]) if ref not in edge]
            if is_span(way.tags) != is_span(square.way.tags):
                ends = [ref for ref in ends if len(at_node[ref]) == 1]
            elif not is_flat(way.tags):
                ends = [ref for ref in ends if ref not in beyond]
            if _on_one_height(net, way, square.way):
                inside = [ref for ref in ends if square.shape.intersects(Point(net.at[ref]))]
                square.entries.extend(inside)
            if way not in through:
                _cross_edge(net, square, way, edge, added)
        square.passed = _passed(net, square, at_node)
    for i, way in enumerate(net.ways):
        if way.id in added:
            net.ways[i] = _with_points(net, way, added[way.id])


def _on_one_level(net: DrawnWays, way: OsmWay, square: OsmWay) -> bool:
    return is_span(way.tags) == is_span(square.tags) and _on_one_height(net, way, square)


def _on_one_height(net: DrawnWays, way: OsmWay, square: OsmWay) -> bool:
    layers = layer_of(way.tags), layer_of(square.tags)
    levels = net.levels[way.id], net.levels[square.id]
    return layers[0] == layers[1] and (levels[0] or (0.0,)) == (levels[1] or (0.0,))


def _passed(net: DrawnWays, square: Square, at_node: Mapping[int, list[OsmWay]]) -> set[int]:
    """Return the nodes of a square's edge that ways share but pass above or below, if others lead into it.

    There ways of one other level go on, or a flight is half way up that is left for the square at an end.
    """
    own = (net.levels[square.way.id] or (0.0,))[0]
    passed, others = set[int](), set(square.entries)
    for ref in dict.fromkeys(square.way.refs):
        ways = [way for way in at_node.get(ref, ()) if way.id != square.way.id]
        levels = [net.levels[way.id] for way in ways]
        legs = sum(1 if ref in (way.refs[0], way.refs[-1]) else 2 for way in ways)
        on_other = len(set(levels)) == 1 and len(levels[0]) == 1 and levels[0][0] != own
        if (legs > 1 and on_other) or (ways and all(_climbs_past(net, square, way, ref) for way in ways)):
            passed.add(ref)
        elif ways:
            others.add(ref)
    return passed if others else set()


def _climbs_past(net: DrawnWays, square: Square, way: OsmWay, ref: int) -> bool:
    ends = {way.refs[0], way.refs[-1]}
    climbs = len(net.levels[way.id]) > 1 and not is_flat(way.tags)
    return climbs and ref not in ends and bool(ends & {*square.entries, *square.way.refs})


def _cross_edge(
    net: DrawnWays,
    square: Square,
    way: OsmWay,
    edge: set[int],
    added: dict[int, list[tuple[int, float, int]]],
) -> None:
    """Enter a square where a way leads over its edge."""
    shared = [Point(net.at[ref]) for ref in way.refs if ref in edge]
    near = SAME_PLACE_M * METRE_DEG
    boundary = square.shape.boundary
    for k, (a, b) in enumerate(pairwise(way.lonlat)):
        if k + 1 in way.breaks:
            continue
        step = LineString([a, b])
        for part in shapely.get_parts(step.intersection(boundary)):
            if not isinstance(part, Point) or any(part.distance(p) < near for p in shared):
                continue
            shared.append(part)
            for j, end in ((k, a), (k + 1, b)):
                if part.distance(Point(end)) < near:
                    net.splits.add(way.refs[j])
                    square.entries.append(way.refs[j])
                    break
            else:
                ref = net.new_ref((part.x, part.y))
                net.splits.add(ref)
                square.entries.append(ref)
                added[way.id].append((k, float(step.project(part)), ref))


def _with_points(net: DrawnWays, way: OsmWay, points: list[tuple[int, float, int]]) -> OsmWay:
    """Return a way with points put in after the nodes they follow."""
    refs, breaks = list(way.refs), list(way.breaks)
    for k, _, ref in sorted(points, reverse=True):
        refs.insert(k + 1, ref)
        breaks = [i + 1 if i > k else i for i in breaks]
    lonlat = np.array([net.at[ref] for ref in refs])
    return replace(way, refs=tuple(refs), lonlat=lonlat, breaks=frozenset(breaks))


def cross_square(net: DrawnWays, square: Square) -> None:
    """Join the points where a square is entered, along its edge and straight across it."""
    way = square.way
    on_edge = list(dict.fromkeys(ref for ref in way.refs if ref in net.splits and ref not in square.passed))
    number = 0
    if square.ringed:
        for tail, head, line in _stretches(net, square):
            _add(net, square, number, tail, head, line)
            number += 1
    entries = list(dict.fromkeys([*on_edge, *square.entries]))
    if len(entries) < 2:
        return
    entries = entries[:: -(-len(entries) // MOST_JOINED)]
    at = np.array([net.at[ref] for ref in entries])
    lines = lines_across(square.shape, at) if len(entries) <= MOST_CROSSED else None
    if lines is None:
        corners, lines = sparse_lines_across(square.shape, at)
        for corner in corners:
            ref = net.new_ref((float(corner[0]), float(corner[1])))
            if levels := net.levels[way.id]:
                net.ordinal[ref] = levels[0]
            entries.append(ref)
    for a, b, line in lines:
        _add(net, square, number, entries[a], entries[b], line)
        number += 1


def _stretches(net: DrawnWays, square: Square) -> Iterator[tuple[int, int, LineString]]:
    """Yield the stretches of a ring between the nodes where it is entered."""
    refs, lonlat = square.way.refs[:-1], square.way.lonlat[:-1]
    cuts = [i for i, ref in enumerate(refs) if ref in net.splits and ref not in square.passed]
    for i, j in pairwise([*cuts, *(cut + len(refs) for cut in cuts[:1])]):
        at = [k % len(refs) for k in range(i, j + 1)]
        yield refs[at[0]], refs[at[-1]], LineString(lonlat[at])


def _add(net: DrawnWays, square: Square, number: int, tail: int, head: int, line: LineString) -> None:
    ends = [node_at(net, ref, lift_ordinal(net, square.way, ref)) for ref in (tail, head)]
    add_pathways(net, square.way, f"{square.osm_id}:{number}", ends[0], ends[1], line)


def is_area(draft: Draft, way: OsmWay) -> bool:
    """Return whether a ring is walked all over, not along."""
    if not way.closed or f"way/{way.id}" not in draft.shapes:
        return False
    platform = "platform" in (way.tags.get("railway"), way.tags.get("public_transport"))
    return way.tags.get("area") == "yes" or (platform and way.tags.get("area") != "no")


def walkable_relations(draft: Draft) -> Iterator[tuple[OsmRelation, list[int]]]:
    """Yield squares that are drawn as multipolygons, with the nodes of their rings."""
    for relation in draft.source.relations.values():
        if f"relation/{relation.id}" in draft.shapes and may_walk(relation.tags):
            members = [m for m in relation.members if m.kind == "w" and m.ref in draft.source.ways]
            ways = [draft.source.ways[m.ref] for m in members]
            yield relation, list(dict.fromkeys(ref for way in ways for ref in way.refs))
