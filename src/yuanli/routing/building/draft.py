"""A network while it grows: rows of nodes and edges, frozen into arrays at the end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from yuanli.campus import FeatureId, Frame, LevelId, PathwayMode
from yuanli.routing.network import NO_DOOR, UNKNOWN, Floats, Network

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """One node, as the arrays `node_…` of `Network` tell it."""

    xy: tuple[float, float]
    ordinal: float = 0.0
    level_id: LevelId | None = None
    feature_id: FeatureId | None = None
    door: int = NO_DOOR
    width_m: float = math.nan
    wheelchair: int = UNKNOWN
    hours: str | None = None
    restriction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeRow:
    """One edge, as the arrays `edge_…` of `Network` tell it; `points` has shape `(n, 2)`."""

    tail: int
    head: int
    points: Floats
    length_m: float
    mode: PathwayMode = PathwayMode.WALKWAY
    one_way: bool = False
    against: bool = False
    rise_m: float = 0.0
    floors: float = 0.0
    time_s: float = math.nan
    slope: float = math.nan
    width_m: float = math.nan
    stairs: int = 0
    foot: bool = True
    bicycle: bool = False
    wheelchair: int = UNKNOWN
    indoors: bool = True
    through: bool = False
    guessed: bool = False
    feature_id: FeatureId | None = None
    hours: str | None = None
    restriction: str | None = None


@dataclass(slots=True)
class Draft:
    """The nodes and edges so far. An edge's geometry starts and ends at its nodes."""

    nodes: list[NodeRow] = field(default_factory=list)
    edges: list[EdgeRow] = field(default_factory=list)

    def add_node(self, row: NodeRow) -> int:
        """Add a node and return its index."""
        self.nodes.append(row)
        return len(self.nodes) - 1

    def add_edge(self, row: EdgeRow) -> None:
        """Add an edge, unless it would run from a node to itself."""
        if row.tail != row.head:
            self.edges.append(row)

    def xy(self, node: int) -> tuple[float, float]:
        """Return where a node is, in metres."""
        return self.nodes[node].xy


def straight(start: tuple[float, float], end: tuple[float, float]) -> tuple[Floats, float]:
    """Return the points `(2, 2)` and the length of the straight line between two nodes."""
    return np.array([start, end]), math.dist(start, end)


def freeze(
    draft: Draft,
    frame: Frame,
    *,
    shafts: Mapping[FeatureId, tuple[FeatureId, ...]],
    entrances: Mapping[FeatureId, tuple[int, ...]],
    exits: Iterable[int],
) -> Network:
    """Turn the rows into the arrays of a `Network`."""
    nodes, edges = draft.nodes, draft.edges
    rows: list[NodeRow | EdgeRow] = [*nodes, *edges]
    features = _index(row.feature_id for row in rows)
    hours = _index(row.hours for row in rows)
    restrictions = _index(row.restriction for row in rows)
    levels = _index(row.level_id for row in nodes)
    counts = np.array([len(row.points) for row in edges], dtype=np.int32)
    return Network(
        frame=frame,
        level_ids=tuple(levels),
        feature_ids=tuple(features),
        hours=tuple(hours),
        restrictions=tuple(restrictions),
        node_xy=np.array([row.xy for row in nodes], dtype=np.float64).reshape(-1, 2),
        node_ordinal=_floats(row.ordinal for row in nodes),
        node_level=_ints(_at(levels, row.level_id) for row in nodes),
        node_feature=_ints(_at(features, row.feature_id) for row in nodes),
        node_door=_bytes(row.door for row in nodes),
        node_width_m=_floats(row.width_m for row in nodes),
        node_wheelchair=_bytes(row.wheelchair for row in nodes),
        node_hours=_ints(_at(hours, row.hours) for row in nodes),
        node_restriction=_ints(_at(restrictions, row.restriction) for row in nodes),
        edge_tail=_ints(row.tail for row in edges),
        edge_head=_ints(row.head for row in edges),
        edge_one_way=_flags(row.one_way for row in edges),
        edge_against=_flags(row.against for row in edges),
        edge_mode=_bytes(row.mode for row in edges),
        edge_length_m=_floats(row.length_m for row in edges),
        edge_rise_m=_floats(row.rise_m for row in edges),
        edge_floors=_floats(row.floors for row in edges),
        edge_time_s=_floats(row.time_s for row in edges),
        edge_slope=_floats(row.slope for row in edges),
        edge_width_m=_floats(row.width_m for row in edges),
        edge_stairs=_ints(row.stairs for row in edges),
        edge_foot=_flags(row.foot for row in edges),
        edge_bicycle=_flags(row.bicycle for row in edges),
        edge_wheelchair=_bytes(row.wheelchair for row in edges),
        edge_indoors=_flags(row.indoors for row in edges),
        edge_through=_flags(row.through for row in edges),
        edge_guessed=_flags(row.guessed for row in edges),
        edge_feature=_ints(_at(features, row.feature_id) for row in edges),
        edge_hours=_ints(_at(hours, row.hours) for row in edges),
        edge_restriction=_ints(_at(restrictions, row.restriction) for row in edges),
        edge_points=np.concatenate([row.points for row in edges]) if edges else np.empty((0, 2)),
        edge_offset=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        shafts=shafts,
        entrances=entrances,
        exits=_ints(exits),
    )


def _index(values: Iterable[T | None]) -> dict[T, int]:
    index: dict[T, int] = {}
    for value in values:
        if value is not None:
            index.setdefault(value, len(index))
    return index


def _at(index: Mapping[T, int], value: T | None) -> int:
    return -1 if value is None else index[value]


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter(values, dtype=np.float64)


def _ints(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.fromiter(values, dtype=np.int32)


def _bytes(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.fromiter(values, dtype=np.int8)


def _flags(values: Iterable[bool]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.fromiter(values, dtype=np.bool_)
