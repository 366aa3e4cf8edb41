"""Hand-made networks: a few nodes and edges with the rest at rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from shapely.geometry import Point

from yuanli.campus import Campus, CampusId, Feature, FeatureId, Frame, Node, NodeId, PathwayMode, by_id
from yuanli.routing import Network


@dataclass(frozen=True, kw_only=True)
class Edge:
    tail: int
    head: int
    mode: PathwayMode = PathwayMode.OUTDOOR
    length_m: float | None = None
    floors: float = 0.0
    one_way: bool = False
    slope: float = float("nan")
    width_m: float = float("nan")
    hours: int = -1
    restriction: int = -1


FRAME = Frame(120.0, 30.0)


def network_of(
    places: list[tuple[float, float, float]],
    edges: list[Edge],
    *,
    hours: tuple[str, ...] = (),
    restrictions: tuple[str, ...] = (),
) -> Network:
    """Return a network of nodes `n0`, `n1`, … at `(x_m, y_m, ordinal)` and edges `e0`, `e1`, …"""
    n, m = len(places), len(edges)
    xy = np.array([place[:2] for place in places], dtype=np.float64).reshape(n, 2)
    tail = np.array([edge.tail for edge in edges], dtype=np.int32)
    head = np.array([edge.head for edge in edges], dtype=np.int32)
    straight = np.hypot(*(xy[tail] - xy[head]).T)
    given = np.array([np.nan if e.length_m is None else e.length_m for e in edges])
    ids = [FeatureId(f"n{i}") for i in range(n)] + [FeatureId(f"e{i}") for i in range(m)]
    none_n, none_m = np.full(n, -1, dtype=np.int32), np.full(m, -1, dtype=np.int32)
    return Network(
        frame=FRAME, level_ids=(), feature_ids=tuple(ids), hours=hours, restrictions=restrictions,
        node_xy=xy, node_ordinal=np.array([place[2] for place in places]), node_level=none_n,
        node_feature=np.arange(n, dtype=np.int32), node_door=np.zeros(n, dtype=np.int8),
        node_width_m=np.full(n, np.nan), node_wheelchair=np.zeros(n, dtype=np.int8),
        node_hours=none_n, node_restriction=none_n, edge_tail=tail, edge_head=head,
        edge_against=np.zeros(m, dtype=np.bool_),
        edge_one_way=np.array([e.one_way for e in edges], dtype=np.bool_),
        edge_mode=np.array([int(e.mode) for e in edges], dtype=np.int8),
        edge_length_m=np.where(np.isnan(given), straight, given),
        edge_rise_m=np.full(m, np.nan), edge_floors=np.array([e.floors for e in edges]),
        edge_time_s=np.full(m, np.nan), edge_slope=np.array([e.slope for e in edges]),
        edge_width_m=np.array([e.width_m for e in edges]), edge_stairs=none_m,
        edge_foot=np.ones(m, dtype=np.bool_), edge_bicycle=np.zeros(m, dtype=np.bool_),
        edge_wheelchair=np.zeros(m, dtype=np.int8), edge_indoors=np.zeros(m, dtype=np.bool_),
        edge_through=np.zeros(m, dtype=np.bool_), edge_guessed=np.zeros(m, dtype=np.bool_),
        edge_feature=np.arange(n, n + m, dtype=np.int32),
        edge_hours=np.array([e.hours for e in edges], dtype=np.int32),
        edge_restriction=np.array([e.restriction for e in edges], dtype=np.int32),
        edge_points=np.column_stack([xy[tail], xy[head]]).reshape(2 * m, 2),
        edge_offset=np.arange(0, 2 * m + 1, 2, dtype=np.int32),
        shafts={}, entrances={FeatureId(f"n{i}"): (i,) for i in range(n)}, exits=np.zeros(0, dtype=np.int32),
    )  # fmt: skip


def campus_of(network: Network, *, time_zone: str = "Asia/Shanghai") -> Campus:
    """Return a campus where every node of a network is a named place."""
    degrees = network.frame.to_degrees(network.node_xy)
    nodes: list[Feature] = [
        Node(
            id=NodeId(network.feature_ids[i]), geometry=Point(degrees[i].tolist()),
            ordinal=float(network.node_ordinal[i]), name={"zh": f"{i}号点", "en": f"Place {i}"},
        )
        for i in range(network.n_nodes)
    ]  # fmt: skip
    return Campus(id=CampusId("hand"), features=by_id(nodes), time_zone=time_zone)


def grid_network(side: int, *, seed: int = 0) -> Network:
    """Return a square grid of `side` × `side` crossings, about 10 m apart: 2 × side × (side - 1) edges."""
    rng = np.random.default_rng(seed)
    rows, columns = np.divmod(np.arange(side * side), side)
    xy = np.column_stack([columns, rows]) * 10.0 + rng.uniform(-2, 2, (side * side, 2))
    index = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([index[:, :-1].ravel(), index[:, 1:].ravel()]),
            np.column_stack([index[:-1].ravel(), index[1:].ravel()]),
        ]
    )
    edges = [Edge(tail=int(a), head=int(b)) for a, b in pairs]
    network = network_of([(float(x), float(y), 0.0) for x, y in xy], edges)
    return replace(network, edge_length_m=network.edge_length_m * rng.uniform(1.0, 1.4, network.n_edges))
