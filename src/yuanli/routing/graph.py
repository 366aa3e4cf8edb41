"""The network as arcs: one a direction, with a car node beside every lift stop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import PathwayMode
from yuanli.routing.network import Floats, Ints, Network

NO_ARC = 0xFFFFFFFF
BOARD, ALIGHT = -1, -2
"""In `Graph.edge`: an arc into or out of a lift car, that stands on no edge."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Arcs of a network.

    A node where a lift stops is doubled: lift edges join the cars, and a boarding arc leads from the
    stop into its car. So the wait is charged once a ride, however many floors the ride passes, and
    not to those who only walk by.

    Parameters
    ----------
    tail, head
        Node of each arc, `(n_arcs,)`; nodes from `network.n_nodes` up are cars.
    edge
        The edge of each arc, or `BOARD` or `ALIGHT`.
    backward
        True where the arc runs from the head of its edge to the tail.
    node
        The network's node of each node.
    """

    tail: Ints
    head: Ints
    edge: Ints
    backward: NDArray[np.bool_]
    node: Ints
    xy: Floats

    @property
    def n_nodes(self) -> int:
        """The number of nodes, cars included."""
        return len(self.node)

    @property
    def n_arcs(self) -> int:
        """The number of arcs."""
        return len(self.tail)

    @cached_property
    def outgoing(self) -> tuple[list[int], list[int]]:
        """Arcs by their tail, as CSR: those of node `i` are `arcs[start[i]:start[i + 1]]`."""
        return _by_node(self.tail, self.n_nodes)

    @cached_property
    def incoming(self) -> tuple[list[int], list[int]]:
        """Arcs by their head, as CSR."""
        return _by_node(self.head, self.n_nodes)

    @cached_property
    def tails(self) -> list[int]:
        """`tail` as a list: ten times as fast to index one by one."""
        out: list[int] = self.tail.tolist()
        return out

    @cached_property
    def heads(self) -> list[int]:
        """`head` as a list."""
        out: list[int] = self.head.tolist()
        return out

    @cached_property
    def edges(self) -> list[int]:
        """`edge` as a list."""
        out: list[int] = self.edge.tolist()
        return out

    @cached_property
    def backwards(self) -> list[bool]:
        """`backward` as a list."""
        out: list[bool] = self.backward.tolist()
        return out

    @cached_property
    def nodes(self) -> list[int]:
        """`node` as a list."""
        out: list[int] = self.node.tolist()
        return out

    @cached_property
    def key(self) -> str:
        """A hash of everything that a prepared topology depends on."""
        digest = sha256(b"yuanli topology 1")
        for array in (self.tail, self.head, self.xy.astype(np.float32)):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:32]


def _by_node(ends: Ints, n_nodes: int) -> tuple[list[int], list[int]]:
    order = np.argsort(ends, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=n_nodes))])
    return start.tolist(), order.tolist()


def graph_of(network: Network) -> Graph:
    """Make the arcs of a network: first all forward, then all backward, then into and out of cars.

    Arcs against a one-way door are made too, so that what is barred by it can be named.
    """
    ride = network.edge_mode == PathwayMode.ELEVATOR
    stops = np.unique(np.concatenate([network.edge_tail[ride], network.edge_head[ride]])).astype(np.int32)
    car_of = np.arange(network.n_nodes, dtype=np.int32)
    car_of[stops] = network.n_nodes + np.arange(len(stops), dtype=np.int32)
    start = np.where(ride, car_of[network.edge_tail], network.edge_tail)
    end = np.where(ride, car_of[network.edge_head], network.edge_head)
    both = np.flatnonzero(~network.edge_one_way | network.edge_against).astype(np.int32)
    cars = car_of[stops]
    board, alight = np.full(len(stops), BOARD), np.full(len(stops), ALIGHT)
    node = np.concatenate([np.arange(network.n_nodes), stops]).astype(np.int32)
    edge = np.concatenate([np.arange(network.n_edges), both, board, alight]).astype(np.int32)
    backward = np.zeros(len(edge), dtype=np.bool_)
    backward[network.n_edges : network.n_edges + len(both)] = True
    return Graph(
        tail=np.concatenate([start, end[both], stops, cars]).astype(np.int32),
        head=np.concatenate([end, start[both], cars, stops]).astype(np.int32),
        edge=edge,
        backward=backward,
        node=node,
        xy=network.node_xy[node],
    )
