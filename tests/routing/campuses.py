"""Small random campuses for property tests: buildings on a grid, with everything a way can meet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import networkx as nx
import numpy as np
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from yuanli.campus import (
    Amenity,
    Building,
    BuildingId,
    Campus,
    CampusId,
    Door,
    Feature,
    FeatureId,
    Frame,
    Level,
    LevelId,
    Node,
    NodeId,
    Opening,
    OpeningId,
    Pathway,
    PathwayId,
    PathwayMode,
    Relationship,
    Unit,
    UnitId,
    by_id,
)
from yuanli.routing import Network

Xy = tuple[float, float]
Box = tuple[float, float, float, float]
NOTHING: Mapping[str, object] = MappingProxyType({})
ROOM_M, DEPTH_M, CORRIDOR_M, BUILDING_GAP_M = 4.0, 5.0, 2.4, 60.0
HOURS = "Mo-Fr 08:00-18:00"


@dataclass
class Plot:
    """Features drawn in metres, kept in degrees."""

    frame: Frame
    features: list[Feature] = field(default_factory=list)

    def area(self, x0: float, y0: float, x1: float, y1: float) -> BaseGeometry:
        return self.frame.geographic(Polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))

    def line(self, *points: tuple[float, float]) -> LineString:
        return self.frame.geographic(LineString(points))

    def point(self, x: float, y: float) -> Point:
        return self.frame.geographic(Point(x, y))

    def building(self, name: str, *box: float, levels: Sequence[int] = (0,)) -> None:
        """Add a building with levels `b/0`, `b/1`, …"""
        self.features.append(Building(id=BuildingId(FeatureId(name)), geometry=self.area(*box[:4])))
        for ordinal in levels:
            level = Level(
                id=LevelId(FeatureId(f"{name}/{ordinal}")),
                ordinal=float(ordinal),
                geometry=self.area(*box[:4]),
                building_ids=(BuildingId(FeatureId(name)),),
            )
            self.features.append(level)

    def unit(
        self, name: str, category: str, box: Box, *, on: str = "b/0", extra: Mapping[str, object] = NOTHING
    ) -> None:
        """Add a rectangular unit."""
        unit_id, level_id = UnitId(FeatureId(name)), LevelId(FeatureId(on))
        shape = self.area(*box)
        self.features.append(
            Unit(id=unit_id, level_id=level_id, category=category, geometry=shape, extra=extra)
        )

    def door(self, name: str, start: Xy, end: Xy, *, on: str = "b/0") -> None:
        """Add an opening on a wall."""
        opening_id, level_id = OpeningId(FeatureId(name)), LevelId(FeatureId(on))
        line = self.line(start, end)
        self.features.append(Opening(id=opening_id, level_id=level_id, category="pedestrian", geometry=line))

    def way(self, name: str, *points: Xy, restriction: str | None = None) -> None:
        """Add an outdoor way; its nodes are named by their coordinates, so that ways meet at them."""
        ends = [NodeId(FeatureId(f"n{x:g},{y:g}")) for x, y in (points[0], points[-1])]
        known = {f.id for f in self.features}
        for node_id, xy in zip(ends, (points[0], points[-1]), strict=True):
            if node_id not in known:
                known.add(node_id)
                self.features.append(Node(id=node_id, geometry=self.point(*xy)))
        self.features.append(
            Pathway(
                id=PathwayId(FeatureId(name)),
                from_node_id=ends[0],
                to_node_id=ends[1],
                geometry=self.line(*points),
                restriction=restriction,
            )
        )

    def campus(self, campus_id: str = "random") -> Campus:
        return Campus(
            id=CampusId(campus_id), name={"zh": "随机园", "en": "Random"}, features=by_id(self.features)
        )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One building of a random campus: rooms in two rows on a corridor, a stair and a lift at its ends."""

    number: int
    rooms: int
    storeys: int
    stairs: str
    lift: bool
    without_door: frozenset[int]
    closed_rooms: frozenset[int]
    timed_rooms: frozenset[int]
    automatic: bool
    narrow: bool


plans = st.builds(
    Plan,
    number=st.just(0),
    rooms=st.integers(1, 4),
    storeys=st.integers(1, 3),
    stairs=st.sampled_from(["stairs", "escalator", "none"]),
    lift=st.booleans(),
    without_door=st.frozensets(st.integers(0, 7), max_size=2),
    closed_rooms=st.frozensets(st.integers(0, 7), max_size=2),
    timed_rooms=st.frozensets(st.integers(0, 7), max_size=2),
    automatic=st.booleans(),
    narrow=st.booleans(),
)


@st.composite
def campuses(draw: st.DrawFn, *, max_buildings: int = 2) -> Campus:
    """Draw a campus of one or two buildings of up to three storeys, on a road with steps and a ramp."""
    drawn: Sequence[Plan] = draw(st.lists(plans, min_size=1, max_size=max_buildings))
    lon, lat = draw(st.sampled_from([(120.17, 30.28), (13.7229, 51.0254), (126.95, 37.46)]))
    plot = Plot(Frame(lon, lat))
    for number, plan in enumerate(drawn):
        add_building(plot, plan, number=number)
    add_grounds(plot, buildings=len(drawn), steps=draw(st.booleans()), gate_hours=draw(st.booleans()))
    return plot.campus()


def add_building(plot: Plot, plan: Plan, *, number: int) -> None:
    """Add the building `b{number}` with levels `b0l0`, rooms `b0l0r0` and their doors `b0l0r0d`."""
    name, x = f"b{number}", number * BUILDING_GAP_M
    width, depth = plan.rooms * ROOM_M, 2 * DEPTH_M + CORRIDOR_M
    plot.features.append(
        Building(
            id=BuildingId(FeatureId(name)),
            name={"zh": f"{number}号楼", "en": f"Building {number}"},
            geometry=plot.area(x - 3, 0, x + width + 3, depth),
        )
    )
    for storey in range(plan.storeys):
        _add_level(plot, plan, name=name, x=x, storey=storey)
    if plan.stairs == "escalator":
        for storey in range(plan.storeys - 1):
            plot.features.append(
                Relationship(
                    id=FeatureId(f"{name}up{storey}"),
                    category="escalator",
                    direction="directed",
                    origin=FeatureId(f"{name}l{storey}stairs"),
                    destination=FeatureId(f"{name}l{storey + 1}stairs"),
                )
            )


def _add_level(plot: Plot, plan: Plan, *, name: str, x: float, storey: int) -> None:
    level = LevelId(FeatureId(f"{name}l{storey}"))
    width, y0, y1 = plan.rooms * ROOM_M, DEPTH_M, DEPTH_M + CORRIDOR_M
    plot.features.append(
        Level(
            id=level,
            ordinal=float(storey),
            name={"zh": f"{storey + 1}层", "en": f"Level {storey + 1}"},
            geometry=plot.area(x - 3, 0, x + width + 3, 2 * DEPTH_M + CORRIDOR_M),
            building_ids=(BuildingId(FeatureId(name)),),
        )
    )
    _add_unit(plot, level, "hall", "walkway", (x, y0, x + width, y1))
    for room in range(2 * plan.rooms):
        _add_room(plot, plan, level, x=x, room=room, storey=storey)
    if plan.stairs != "none":
        _add_unit(plot, level, "stairs", plan.stairs, (x - 3, y0, x, y1))
        _add_door(plot, level, "stairsd", ((x, y0 + 0.7), (x, y0 + 1.7)))
    if plan.lift:
        _add_unit(plot, level, "lift", "elevator", (x + width, y0, x + width + 3, y1))
        _add_door(plot, level, "liftd", ((x + width, y0 + 0.7), (x + width, y0 + 1.7)), automatic=True)


def _add_room(plot: Plot, plan: Plan, level: LevelId, *, x: float, room: int, storey: int) -> None:
    left = x + (room % plan.rooms) * ROOM_M
    upper = room >= plan.rooms
    bottom = DEPTH_M + CORRIDOR_M if upper else 0.0
    wall = bottom if upper else DEPTH_M
    lobby = room == 0 and storey == 0
    _add_unit(
        plot,
        level,
        f"r{room}",
        "lobby" if lobby else "office",
        (left, bottom, left + ROOM_M, bottom + DEPTH_M),
        restriction="employeesonly" if room in plan.closed_rooms and not lobby else None,
        hours=HOURS if room in plan.timed_rooms and not lobby else None,
    )
    if room not in plan.without_door or lobby:
        ends = ((left + 1.5, wall), (left + 2.5, wall))
        _add_door(
            plot, level, f"r{room}d", ends, automatic=plan.automatic, width_m=0.7 if plan.narrow else 0.9
        )
    if lobby:
        ends = ((left + 1.5, 0.0), (left + 2.5, 0.0))
        _add_door(plot, level, "entrance", ends, category="pedestrian.principal", automatic=True)


def _add_unit(
    plot: Plot,
    level: LevelId,
    name: str,
    category: str,
    box: tuple[float, float, float, float],
    *,
    restriction: str | None = None,
    hours: str | None = None,
) -> None:
    plot.features.append(
        Unit(
            id=UnitId(FeatureId(f"{level}{name}")),
            level_id=level,
            category=category,
            name={"zh": f"{level}{name}室", "en": f"Room {level}{name}"},
            geometry=plot.area(*box),
            restriction=restriction,
            hours=hours,
        )
    )


def _add_door(
    plot: Plot,
    level: LevelId,
    name: str,
    ends: tuple[tuple[float, float], tuple[float, float]],
    *,
    category: str = "pedestrian",
    automatic: bool = False,
    width_m: float | None = None,
) -> None:
    plot.features.append(
        Opening(
            id=OpeningId(FeatureId(f"{level}{name}")),
            level_id=level,
            category=category,
            geometry=plot.line(*ends),
            door=Door(type="door", automatic=automatic),
            width_m=width_m,
        )
    )


def add_grounds(plot: Plot, *, buildings: int, steps: bool, gate_hours: bool) -> None:
    """Add a road `w…` south of the buildings, a gate at its west end, a bench, and steps beside a ramp."""
    y, stops = (
        -8.0,
        [-30.0, *(n * BUILDING_GAP_M + 2.0 for n in range(buildings)), buildings * BUILDING_GAP_M],
    )
    for i, x in enumerate(stops):
        _add_node(plot, f"n{i}", x, y, gate_hours=gate_hours and i == 0)
    for i in range(len(stops) - 1):
        _add_way(plot, f"w{i}", f"n{i}", f"n{i + 1}", ((stops[i], y), (stops[i + 1], y)))
    last, end = len(stops) - 1, stops[-1]
    _add_node(plot, "top", end, 12.0)
    mode = PathwayMode.STAIRS if steps else PathwayMode.OUTDOOR
    _add_way(plot, "steps", f"n{last}", "top", ((end, y), (end, 12.0)), mode=mode)
    _add_way(
        plot,
        "ramp",
        f"n{last}",
        "top",
        ((end, y), (end + 9, y), (end, 12.0)),
        mode=PathwayMode.RAMP,
        slope=0.06,
    )
    plot.features.append(
        Amenity(
            id=FeatureId("bench"),
            category="seating",
            name={"en": "Bench"},
            geometry=plot.point(end - 1, 14.0),
        )
    )


def _add_node(plot: Plot, name: str, x: float, y: float, *, gate_hours: bool = False) -> None:
    gate = name == "n0"
    plot.features.append(
        Node(
            id=NodeId(FeatureId(name)),
            geometry=plot.point(x, y),
            category="gate" if gate else None,
            name={"zh": "西门", "en": "West gate"} if gate else {},
            extra={"opening_hours": HOURS} if gate_hours else {},
        )
    )


def _add_way(
    plot: Plot,
    name: str,
    start: str,
    end: str,
    points: tuple[tuple[float, float], ...],
    *,
    mode: PathwayMode = PathwayMode.OUTDOOR,
    slope: float | None = None,
) -> None:
    plot.features.append(
        Pathway(
            id=PathwayId(FeatureId(name)),
            from_node_id=NodeId(FeatureId(start)),
            to_node_id=NodeId(FeatureId(end)),
            mode=mode,
            geometry=plot.line(*points),
            max_slope=slope,
            bicycle=mode is PathwayMode.OUTDOOR,
        )
    )


def graph_of(network: Network) -> nx.MultiDiGraph:
    """Return the network as a graph of networkx, directions kept."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    for i in range(network.n_edges):
        tail, head = int(network.edge_tail[i]), int(network.edge_head[i])
        graph.add_edge(tail, head, edge=i, weight=float(network.edge_length_m[i]))
        if not network.edge_one_way[i]:
            graph.add_edge(head, tail, edge=i, weight=float(network.edge_length_m[i]))
    return graph


def length_m(network: Network, start: str, end: str) -> float:
    """Return the shortest length between two features, infinite where there is none."""
    sources = network.entrances[FeatureId(start)]
    found = nx.multi_source_dijkstra_path_length(graph_of(network), set(sources))
    return min(float(found.get(n, math.inf)) for n in network.entrances[FeatureId(end)])


def edges_of(network: Network, feature_id: str) -> list[int]:
    """Return the edges that run in a feature."""
    feature = network.feature_index[FeatureId(feature_id)]
    return np.flatnonzero(network.edge_feature == feature).tolist()


def is_reached(network: Network, feature_id: str) -> bool:
    """Tell whether a feature is reached in the largest part of the network."""
    nodes = network.entrances.get(FeatureId(feature_id), ())
    return any(network.components[node] == network.main_component for node in nodes)
