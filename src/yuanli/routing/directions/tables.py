"""What directions look up for every edge and node, worked out once a network."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree

from yuanli.campus import (
    Amenity,
    Building,
    Campus,
    Feature,
    FeatureId,
    Kiosk,
    LanguageMap,
    Level,
    LevelId,
    Occupant,
    Opening,
    Pathway,
    PathwayMode,
    Unit,
    name_of,
)
from yuanli.errors import Text
from yuanli.routing.directions.phrases import say_level, say_name
from yuanli.routing.graph import Graph
from yuanli.routing.network import Floats, Network

XY = tuple[float, float]

LANDMARK_M = 10.0
"""A named thing this near to a node is seen from it."""
PLAIN = frozenset(
    {"walkway", "corridor", "elevator", "stairs", "escalator", "ramp", "unspecified", "opentobelow"}
)
"""Unit categories that are no landmark."""
VERTICAL = frozenset(
    int(mode) for mode in (PathwayMode.STAIRS, PathwayMode.ESCALATOR, PathwayMode.ELEVATOR, PathwayMode.RAMP)
)
WALKED = (PathwayMode.WALKWAY, PathwayMode.DOOR)


class Kind(NamedTuple):
    """What all arcs of a leg have in common, equal ones as one object; no `ordinal` where they change it."""

    mode: int
    indoors: bool
    ordinal: float | None


class Stroke(NamedTuple):
    """How an arc is drawn: its ends, its first point in degrees and metres, and the points that follow."""

    kind: Kind
    tail: int
    head: int
    length_m: float
    lonlat: XY
    xy: XY
    on_lonlat: tuple[XY, ...]
    on_xy: tuple[XY, ...]


class Tables:
    """Lists to index one by one: ten times as fast as arrays."""

    def __init__(self, campus: Campus, network: Network) -> None:
        self.campus, self.network = campus, network
        degrees = (
            network.frame.to_degrees(network.edge_points) if len(network.edge_points) else np.zeros((0, 2))
        )
        self.lonlat = _shared(np.round(degrees, 7))
        self.points = _shared(network.edge_points)
        self.offset: list[int] = network.edge_offset.tolist()
        self.length: list[float] = network.edge_length_m.tolist()
        self.ordinal: list[float] = network.node_ordinal.tolist()
        self.level: list[int] = network.node_level.tolist()
        self.indoors: list[bool] = network.edge_indoors.tolist()
        self.feature: list[int] = [*network.edge_feature.tolist(), -1]  # edge -1, a stub, is in no feature
        self.node_feature: list[int] = network.node_feature.tolist()
        self.door: list[int] = network.node_door.tolist()
        self.mode: list[int] = [PathwayMode.WALKWAY if m in WALKED else m for m in network.edge_mode.tolist()]
        self.mode_names = {int(m): m.name.lower() for m in PathwayMode}
        self.level_names: list[LanguageMap] = [self._level_name(i) for i in network.level_ids]
        self.level_says: list[Text | None] = [None] * len(network.level_ids)
        self.kinds: dict[Kind, Kind] = {}
        self.strokes: dict[int, Stroke] = {}

    def stroke_of(self, arc: int, graph: Graph) -> Stroke:
        """Return how an arc that runs on an edge is drawn, and remember it."""
        edge, tail, head = graph.edges[arc], graph.nodes[graph.tails[arc]], graph.nodes[graph.heads[arc]]
        low, high = self.offset[edge], self.offset[edge + 1]
        along = slice(None, None, -1 if graph.backwards[arc] else 1)
        lonlat, *on_lonlat = self.lonlat[low:high][along]
        xy, *on_xy = self.points[low:high][along]
        mode = self.mode[edge]
        kind = Kind(mode, self.indoors[edge], None if mode in VERTICAL else self.ordinal[tail])
        kind = self.kinds.setdefault(kind, kind)
        stroke = Stroke(kind, tail, head, self.length[edge], lonlat, xy, tuple(on_lonlat), tuple(on_xy))
        self.strokes[arc] = stroke
        return stroke

    def _level_name(self, level_id: LevelId) -> LanguageMap:
        level = self.campus.find(level_id)
        return (level.name or level.short_name) if isinstance(level, Level) else {}

    def say_level(self, node: int) -> Text:
        """Return the level of a node as people say it."""
        level = self.level[node]
        if level < 0:
            return say_level({}, self.ordinal[node])
        said = self.level_says[level]
        if said is None:
            said = self.level_says[level] = say_level(self.level_names[level], self.ordinal[node])
        return said

    @cached_property
    def way_names(self) -> list[Text | None]:
        """The name of each pathway by index in `feature_ids`; None for what is no named way."""
        return [
            say_name(f.name) if isinstance(f := self.campus.find(i), Pathway) and f.name else None
            for i in self.network.feature_ids
        ]

    @cached_property
    def door_names(self) -> list[Text | None]:
        """The name of each named opening by index in `feature_ids`."""
        return [
            say_name(f.name) if isinstance(f := self.campus.find(i), Opening) and f.name else None
            for i in self.network.feature_ids
        ]

    @cached_property
    def room_names(self) -> list[Text | None]:
        """The name or number of each unit by index in `feature_ids`."""
        return [
            (say_name(f.name) if f.name else Text(f.ref, f.ref) if f.ref else None)
            if isinstance(f := self.campus.find(i), Unit) and f.category not in PLAIN
            else None
            for i in self.network.feature_ids
        ]

    @cached_property
    def buildings(self) -> list[Text | None]:
        """The name of the building that each level is in, by index in `level_ids`."""
        out: list[Text | None] = []
        for level_id in self.network.level_ids:
            building_id = self.campus.building_of(level_id)
            building = self.campus.find(building_id) if building_id else None
            out.append(say_name(building.name) if isinstance(building, Building) and building.name else None)
        return out

    @cached_property
    def landmarks(self) -> tuple[list[int], list[FeatureId], list[Text]]:
        """For each node the nearest landmark in sight (-1 for none); the landmarks' ids and names."""
        ids, names, spots = self._landmark_spots()
        nearest = np.full(self.network.n_nodes, -1, dtype=np.int64)
        if ids:
            # Levels are pulled 1 km apart, so that one tree serves all.
            tree = cKDTree(np.array(spots))
            where = np.column_stack([self.network.node_xy, self.network.node_ordinal * 1000.0])
            distance, index = tree.query(where, distance_upper_bound=LANDMARK_M)
            nearest = np.where(np.isfinite(distance), index, -1)
            nearest = np.where(nearest < 0, self._buildings_near(ids), nearest)
        out: list[int] = nearest.tolist()
        return out, ids, names

    @cached_property
    def landmark_rank(self) -> dict[FeatureId | None, int]:
        """The index of each landmark by its id."""
        return {feature_id: i for i, feature_id in enumerate(self.landmarks[1])}

    def _landmark_spots(self) -> tuple[list[FeatureId], list[Text], list[tuple[float, float, float]]]:
        ids: list[FeatureId] = []
        names: list[Text] = []
        where: list[tuple[float, float, float]] = []
        campus = self.campus
        shown: tuple[Feature, ...] = (
            *campus.of(Amenity),
            *campus.of(Occupant),
            *campus.of(Kiosk),
            *campus.of(Unit),
            *campus.of(Building),
        )
        for feature in shown:
            if not name_of(feature) or (isinstance(feature, Unit) and feature.category in PLAIN):
                continue
            spot = campus.spot(feature.id)
            if spot is None:
                continue
            ids.append(FeatureId(feature.id))
            names.append(say_name(name_of(feature)))
            where.append((spot.lon, spot.lat, spot.ordinal))
        if not ids:
            return [], [], []
        table = np.array(where)
        metres = np.column_stack([self.network.frame.to_metres(table[:, :2]), table[:, 2] * 1000.0])
        return ids, names, [(x, y, z) for x, y, z in metres.tolist()]

    def _buildings_near(self, ids: list[FeatureId]) -> np.typing.NDArray[np.int64]:
        """Return for each outdoor node the named building whose wall is in sight, -1 for none."""
        near = np.full(self.network.n_nodes, -1, dtype=np.int64)
        rank = {feature_id: i for i, feature_id in enumerate(ids)}
        shown = [
            b
            for b in self.campus.of(Building)
            if FeatureId(b.id) in rank and self.campus.outline(b.id) is not None
        ]
        outside = np.flatnonzero(self.network.node_level < 0)
        if shown and len(outside):
            shapes = np.array(
                [self.network.frame.metric(self.campus.outline(b.id)) for b in shown], dtype=object
            )
            points = shapely.points(self.network.node_xy[outside])
            rows, columns = shapely.STRtree(shapes).query_nearest(
                points, max_distance=LANDMARK_M, all_matches=False
            )
            near[outside[rows]] = [rank[FeatureId(shown[k].id)] for k in columns]
        return near


def _shared(points: Floats) -> list[XY]:
    """Return points as tuples, equal ones as one object: edges that meet then touch less memory."""
    seen: dict[XY, XY] = {}
    pairs: list[XY] = list(zip(*points.T.tolist(), strict=True))
    return [seen.setdefault(pair, pair) for pair in pairs]
