"""Legs of a route: consecutive arcs in one mode on one level, with their line on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from yuanli.routing.answers import Leg
from yuanli.routing.directions.tables import Kind, Tables
from yuanli.routing.graph import ALIGHT, Graph


@dataclass(slots=True, kw_only=True)
class Stretch:
    """A leg in the making. `nodes[i]` is reached `at_m[i]` metres from the leg's start."""

    mode: int
    node: int
    to_node: int
    indoors: bool
    distance_m: float = 0.0
    duration_s: float = 0.0
    lonlat: list[tuple[float, float]] = field(default_factory=list)
    xy: list[tuple[float, float]] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    at_m: list[float] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)


def draw_legs(tables: Tables, graph: Graph, arcs: Sequence[int], times_s: Sequence[float]) -> list[Stretch]:
    """Return the legs of a path; `times_s` are the seconds of each of its arcs, in order."""
    stretches: list[Stretch] = []
    kind: Kind | None = None
    pending_s = 0.0
    edge_of, strokes = graph.edges, tables.strokes
    for arc, time_s in zip(arcs, times_s, strict=True):
        edge = edge_of[arc]
        if edge < 0:
            # Into a car the wait belongs to the ride to come, out of it to the ride that was.
            if edge == ALIGHT and stretches:
                stretches[-1].duration_s += time_s
            else:
                pending_s += time_s
            continue
        stroke = strokes.get(arc) or tables.stroke_of(arc, graph)
        of_kind, tail, head, length_m, lonlat, xy, on_lonlat, on_xy = stroke
        if of_kind is not kind:
            kind = of_kind
            current = Stretch(mode=kind.mode, node=tail, to_node=tail, indoors=kind.indoors)
            stretches.append(current)
            lonlats, xys, nodes, at_m, edges = (
                current.lonlat, current.xy, current.nodes, current.at_m, current.edges
            )  # fmt: skip
            nodes.append(tail)
            at_m.append(0.0)
        if not lonlats or lonlats[-1] is not lonlat:
            lonlats.append(lonlat)
            xys.append(xy)
        lonlats += on_lonlat
        xys += on_xy
        current.distance_m = walked_m = current.distance_m + length_m
        current.duration_s += time_s + pending_s
        pending_s = 0.0
        current.to_node = head
        nodes.append(head)
        at_m.append(walked_m)
        edges.append(edge)
    return stretches


def leg_of(tables: Tables, stretch: Stretch) -> Leg:
    """Return a finished leg."""
    level = tables.level[stretch.node]
    if level < 0 and stretch.indoors:
        level = tables.level[stretch.to_node]
    line = stretch.lonlat if len(stretch.lonlat) > 1 else stretch.lonlat * 2
    return Leg(
        level=tables.ordinal[stretch.node],
        to_level=tables.ordinal[stretch.to_node],
        level_id=tables.network.level_ids[level] if level >= 0 else None,
        level_name=tables.level_names[level] if level >= 0 else {},
        mode=tables.mode_names[stretch.mode],
        distance_m=stretch.distance_m,
        duration_s=stretch.duration_s,
        geometry={"type": "LineString", "coordinates": line},
    )
