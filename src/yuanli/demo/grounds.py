"""The open air: ways that meet where they cross, entrances joined to them, gates, zones, things.

All geometry is in metres in the park's frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from yuanli.campus import (
    Amenity,
    Feature,
    FeatureId,
    Geofence,
    LanguageMap,
    Node,
    NodeId,
    Pathway,
    PathwayId,
    PathwayMode,
)
from yuanli.demo.buildings import DoorOutside
from yuanli.demo.tables import load_table

APRON_M = 4.0
"""From an entrance straight out to where the ways to it begin."""
CLEAR_M = 0.8
"""How far the ways keep from buildings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way as drawn: a row of `kinds` in `grounds.yaml`, and a line."""

    kind: str
    line: LineString
    name: LanguageMap
    hours: str | None = None
    wheelchair: bool = True


def lay_grounds(doors: Iterable[DoorOutside], outlines: Sequence[Polygon]) -> Iterator[Feature]:
    """Yield the outdoor features: nodes, pathways, gates, zones and things."""
    table = load_table("grounds")
    drawn = [_way(row) for row in table["ways"]]
    doors = tuple(doors)
    ways = [*drawn, *_joins(doors, drawn, outlines)]
    marks: dict[tuple[int, int], FeatureId] = {_key(door.at): door.opening_id for door in doors}
    gates = [_gate(row) for row in table["ways"] if row["kind"] == "gate"]
    marks |= {_key(gate.geometry): gate.id for gate in gates if gate.geometry is not None}
    yield from gates
    yield from _network(ways, table["kinds"], marks)
    for row in table["zones"]:
        yield _zone(row)
    for i, (category, zh, en, x, y, hours) in enumerate(table["things"], start=1):
        yield Amenity(
            id=FeatureId(f"thing-{i}"),
            category=category,
            name={"zh": zh, "en": en},
            geometry=Point(x, y),
            hours=hours,
            accessibility=("wheelchair",),
        )


def _way(row: Mapping[str, Any]) -> Way:
    # The way through a gate has no name of its own: the gate has it.
    name = {"zh": row["zh"], "en": row["en"]} if row["zh"] and row["kind"] != "gate" else {}
    return Way(kind=row["kind"], line=LineString(row["points"]), name=name, hours=row.get("hours"))


def _gate(row: Mapping[str, Any]) -> Amenity:
    end = row["points"][-1]
    return Amenity(
        id=FeatureId(row["id"]),
        category="gate",
        name={"zh": row["zh"], "en": row["en"]},
        geometry=Point(end),
        hours=row["hours"],
        accessibility=("wheelchair",),
    )


def _zone(row: Mapping[str, Any]) -> Geofence:
    if "circle" in row:
        x, y, radius = row["circle"]
        shape = Point(x, y).buffer(radius, quad_segs=8)
    else:
        shape = Polygon(row["shape"])
        shape = shape.buffer(-row["round"]).buffer(row["round"], quad_segs=4) if row["round"] else shape
    return Geofence(
        id=FeatureId(f"zone-{row['id']}"),
        category=row["category"],
        name={"zh": row["zh"], "en": row["en"]},
        geometry=shape,
    )


def _joins(doors: Sequence[DoorOutside], drawn: Sequence[Way], outlines: Sequence[Polygon]) -> Iterator[Way]:
    """Yield the ways from each entrance to the nearest drawn way, around the buildings."""
    walls = shapely.union_all(list(outlines))
    solid = walls.buffer(CLEAR_M, quad_segs=2)
    shapely.prepare(solid)
    targets = [way for way in drawn if way.kind in ("footway", "road", "cycleway")]
    for door in doors:
        apron = Point(door.at.x + door.out[0] * APRON_M, door.at.y + door.out[1] * APRON_M)
        straight = LineString([door.at, apron])
        yield Way(
            kind="steps" if door.steps else "connector", line=straight, name={}, wheelchair=not door.steps
        )
        if door.steps:
            aside = (-door.out[1] * APRON_M, door.out[0] * APRON_M)
            bend = Point(apron.x + aside[0], apron.y + aside[1])
            yield Way(kind="ramp", line=LineString([door.at, _towards(door, 1.2), bend, apron]), name={})
        yield Way(kind="connector", line=_nearest(apron, targets, solid), name={})


def _towards(door: DoorOutside, distance_m: float) -> Point:
    return Point(door.at.x + door.out[0] * distance_m, door.at.y + door.out[1] * distance_m)


def _nearest(apron: Point, targets: Sequence[Way], solid: BaseGeometry) -> LineString:
    """Return the shortest straight line to a way that crosses no building.

    Raises
    ------
    AssertionError
        The drawn park leaves an entrance without one: correct `grounds.yaml`.
    """
    feet = [way.line.interpolate(way.line.project(apron)) for way in targets]
    spots = [xy for way in targets for xy in way.line.segmentize(10).coords]
    ends = np.array([(foot.x, foot.y) for foot in feet] + spots)
    starts = np.broadcast_to([apron.x, apron.y], ends.shape)
    lines = shapely.linestrings(np.stack([starts, ends], axis=1))
    order = np.argsort(shapely.length(lines), kind="stable")
    clear = order[~shapely.intersects(solid, lines[order])]
    assert len(clear), f"No clear way to the entrance at {apron.x:.0f}, {apron.y:.0f}."
    line = lines[clear[0]]
    assert isinstance(line, LineString)
    return line


def _network(
    ways: Sequence[Way], kinds: Mapping[str, Any], marks: Mapping[tuple[int, int], FeatureId]
) -> Iterator[Feature]:
    """Yield nodes where ways meet, cross or end, and the pathways between them."""
    cuts = _meeting_points([way.line for way in ways])
    nodes: dict[tuple[int, int], Node] = {}
    pathways: list[Pathway] = []
    for i, way in enumerate(ways):
        for piece in _split(way.line, cuts[i]):
            ends = [_node(Point(xy), nodes, marks) for xy in (piece.coords[0], piece.coords[-1])]
            if ends[0].id == ends[1].id:
                continue
            line = LineString([ends[0].geometry, *piece.coords[1:-1], ends[1].geometry])
            pathways.append(_pathway(len(pathways) + 1, way, line, ends, kinds[way.kind]))
    yield from nodes.values()
    yield from pathways


def _key(point: BaseGeometry) -> tuple[int, int]:
    assert isinstance(point, Point)
    return round(point.x * 5), round(point.y * 5)


def _node(
    point: Point, nodes: dict[tuple[int, int], Node], marks: Mapping[tuple[int, int], FeatureId]
) -> Node:
    key = _key(point)
    if key not in nodes:
        mark = marks.get(key)
        nodes[key] = Node(
            id=NodeId(FeatureId(f"node-{len(nodes) + 1}")),
            geometry=point,
            feature_ids=(mark,) if mark else (),
            category="gate" if mark and "gate" in mark else None,
        )
    return nodes[key]


def _pathway(
    number: int, way: Way, line: LineString, ends: Sequence[Node], kind: Mapping[str, Any]
) -> Pathway:
    return Pathway(
        id=PathwayId(FeatureId(f"way-{number}")),
        from_node_id=ends[0].id,
        to_node_id=ends[1].id,
        mode=PathwayMode(kind["mode"]),
        geometry=line,
        name=way.name,
        stair_count=kind.get("stair_count"),
        max_slope=kind.get("max_slope"),
        min_width_m=kind["min_width_m"],
        hours=way.hours,
        accessibility=("wheelchair",) if way.wheelchair else ("notwheelchair",),
        surface=kind["surface"],
        bicycle=kind["bicycle"],
        extra={"highway": kind["highway"]},
    )


def _meeting_points(lines: Sequence[LineString]) -> Mapping[int, list[Point]]:
    """Return for each line the points where another crosses it, or ends on it."""
    cuts: dict[int, list[Point]] = defaultdict(list)
    one, two = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=0.05)
    for i, j in zip(one.tolist(), two.tolist(), strict=True):
        if i >= j:
            continue
        crossings = [p for p in shapely.get_parts(lines[i].intersection(lines[j])) if isinstance(p, Point)]
        ends = [Point(line.coords[k]) for line in (lines[i], lines[j]) for k in (0, -1)]
        crossings += [end for end in ends if lines[i].distance(end) < 0.05 and lines[j].distance(end) < 0.05]
        cuts[i] += crossings
        cuts[j] += crossings
    return cuts


def _split(line: LineString, cuts: Sequence[Point]) -> Iterator[LineString]:
    """Yield the pieces of a line between its cuts; pieces start and end exactly on the cuts."""
    places = sorted((line.project(cut), cut.x, cut.y) for cut in cuts)
    inner = [(d, x, y) for d, x, y in places if 0.3 < d < line.length - 0.3]
    stops = [(0.0, *line.coords[0]), *inner, (line.length, *line.coords[-1])]
    for (d0, x0, y0), (d1, x1, y1) in pairwise(stops):
        if d1 - d0 < 0.3:
            continue
        between = [xy for xy in line.coords[1:-1] if d0 + 1e-6 < line.project(Point(xy)) < d1 - 1e-6]
        yield LineString([(x0, y0), *between, (x1, y1)])
