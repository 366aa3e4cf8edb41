"""Legs of a route: consecutive arcs in one mode on one level, with their line on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from yuanli.campus import PathwayMode
from yuanli.routing.answers import Leg
from yuanli.routing.directions.tables import Tables
from yuanli.routing.graph import ALIGHT, Graph

VERTICAL = frozenset(
    int(mode) for mode in (PathwayMode.STAIRS, PathwayMode.ESCALATOR, PathwayMode.ELEVATOR, PathwayMode.RAMP)
)


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
    current: Stretch | None = None
    pending_s = 0.0
    edge_of, node_of, tails, heads = graph.edges, graph.nodes, graph.tails, graph.heads
    modes, inside, ordinal, length, lines = (
        tables.mode, tables.indoors, tables.ordinal, tables.length, tables.lines
    )  # fmt: skip
    for arc, time_s in zip(arcs, times_s, strict=True):
        edge = edge_of[arc]
        if edge < 0:
            # Into a car the wait belongs to the ride to come, out of it to the ride that was.
            if edge == ALIGHT and current is not None:
                current.duration_s += time_s
            else:
                pending_s += time_s
            continue
        tail, mode, indoors = node_of[tails[arc]], modes[edge], inside[edge]
        line = lines.get(arc) or tables.line_of(arc, edge, backward=graph.backwards[arc])
        if (
            current is None
            or mode != current.mode
            or indoors != current.indoors
            or (ordinal[tail] != ordinal[current.node] and mode not in VERTICAL)
        ):
            current = Stretch(mode=mode, node=tail, to_node=tail, indoors=indoors, nodes=[tail], at_m=[0.0])
            stretches.append(current)
        if not current.lonlat or current.lonlat[-1] != line.lonlat:
            current.lonlat.append(line.lonlat)
            current.xy.append(line.xy)
        current.lonlat += line.on_lonlat
        current.xy += line.on_xy
        current.distance_m = walked_m = current.distance_m + length[edge]
        current.duration_s += time_s + pending_s
        pending_s = 0.0
        current.to_node = head = node_of[heads[arc]]
        current.nodes.append(head)
        current.at_m.append(walked_m)
        current.edges.append(edge)
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
