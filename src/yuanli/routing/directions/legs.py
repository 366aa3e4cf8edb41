"""Legs of a route: consecutive arcs in one mode on one level, with their line on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from yuanli.campus import PathwayMode
from yuanli.routing.answers import Leg
from yuanli.routing.directions.tables import Tables
from yuanli.routing.graph import Graph

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

    def extend(self, lonlat: list[tuple[float, float]], xy: list[tuple[float, float]]) -> None:
        """Draw on, without the point that is drawn already."""
        skip = 1 if self.lonlat and lonlat and self.lonlat[-1] == lonlat[0] else 0
        self.lonlat.extend(lonlat[skip:])
        self.xy.extend(xy[skip:])


def draw_legs(tables: Tables, graph: Graph, arcs: Sequence[int], times_s: Sequence[float]) -> list[Stretch]:
    """Return the legs of a path; `times_s` are the seconds of each of its arcs, in order."""
    stretches: list[Stretch] = []
    current: Stretch | None = None
    pending_s = 0.0
    edge_of, backward, node_of = graph.edges, graph.backwards, graph.nodes
    tails, heads = graph.tails, graph.heads
    modes, inside, ordinal = tables.mode, tables.indoors, tables.ordinal
    lonlats, points, offset, length = tables.lonlat, tables.points, tables.offset, tables.length
    for arc, time_s in zip(arcs, times_s, strict=True):
        edge = edge_of[arc]
        if edge < 0:
            # Into a car the wait belongs to the ride to come, out of it to the ride that was.
            if edge == -2 and current is not None:
                current.duration_s += time_s
            else:
                pending_s += time_s
            continue
        tail, head = node_of[tails[arc]], node_of[heads[arc]]
        mode, indoors = modes[edge], inside[edge]
        joins = (
            current is not None
            and current.mode == mode
            and current.indoors == indoors
            and (mode in VERTICAL or ordinal[current.node] == ordinal[tail])
        )
        if not joins or current is None:
            current = Stretch(mode=mode, node=tail, to_node=head, indoors=indoors, nodes=[tail], at_m=[0.0])
            stretches.append(current)
        low, high = offset[edge], offset[edge + 1]
        lonlat, xy = lonlats[low:high], points[low:high]
        if backward[arc]:
            lonlat.reverse()
            xy.reverse()
        current.extend(lonlat, xy)
        current.distance_m += length[edge]
        current.duration_s += time_s + pending_s
        pending_s = 0.0
        current.to_node = head
        current.nodes.append(head)
        current.at_m.append(current.distance_m)
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
