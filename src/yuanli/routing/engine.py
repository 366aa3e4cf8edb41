"""The port of every shortest-path engine: least cost over arcs that weigh whole milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from yuanli.routing.graph import Graph
from yuanli.routing.measure import BARRED_WEIGHT, Weights
from yuanli.routing.network import Floats


class End(NamedTuple):
    """A node where a search starts or ends, and what has to be added there."""

    node: int
    extra_ms: int = 0


class Path(NamedTuple):
    """A cheapest path: its cost with both extras, the ends it joins (by position), and its arcs."""

    cost_ms: int
    source: int
    target: int
    arcs: list[int]


class Router(Protocol):
    """Cheapest paths for one set of weights. Safe to call from many threads."""

    def route(self, sources: Sequence[End], targets: Sequence[End]) -> Path | None:
        """Return the cheapest path from any source to any target; None where there is none."""

    def distance(self, sources: Sequence[End], targets: Sequence[End]) -> float:
        """Return the cost of the cheapest path in milliseconds, infinite where there is none."""

    def matrix(self, sources: Sequence[int], targets: Sequence[int]) -> Floats:
        """Return milliseconds from each source node to each target node, `(n_sources, n_targets)`."""

    def reweigh(self, weights: Weights) -> None:
        """Use other weights from now on."""


class Spread(NamedTuple):
    """One-to-all: milliseconds from the nearest source (infinite where none leads), and which source."""

    cost_ms: Floats
    source: NDArray[np.int32]


class Reach:
    """One-to-all searches of one graph by `scipy.sparse.csgraph`, which wants arcs sorted and unique."""

    def __init__(self, graph: Graph) -> None:
        self._n = graph.n_nodes
        self._order, self._first, self._tail, self._head = self._unique(graph.tail, graph.head)

    def _unique(
        self, tail: NDArray[np.int32], head: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        pair = tail.astype(np.int64) * self._n + head
        order = np.argsort(pair, kind="stable")
        ranked = pair[order]
        first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if len(ranked) else order
        return order, first, tail[order[first]], head[order[first]]

    def matrix_of(self, weights: Weights, *, reverse: bool = False) -> csr_array:
        """Return the graph as a sparse matrix, for many searches with the same weights."""
        if not len(self._order):
            return csr_array((self._n, self._n))
        least = np.minimum.reduceat(weights[self._order].astype(np.float64), self._first)
        open_ = least < BARRED_WEIGHT
        ends = (self._head, self._tail) if reverse else (self._tail, self._head)
        return csr_array((least[open_], (ends[0][open_], ends[1][open_])), shape=(self._n, self._n))

    def spread(
        self, weights: Weights, sources: Sequence[End], *, reverse: bool = False, limit_ms: float = np.inf
    ) -> Spread:
        """Return the cost from the nearest source to every node, or with `reverse` from every node to it."""
        matrix = self.matrix_of(weights, reverse=reverse)
        if not any(end.extra_ms for end in sources):
            nodes = np.array(sorted({end.node for end in sources}), dtype=np.int32)
            if not len(nodes):
                return Spread(np.full(self._n, np.inf), np.full(self._n, -1, dtype=np.int32))
            cost, _, source = dijkstra(
                matrix, indices=nodes, min_only=True, return_predecessors=True, limit=limit_ms
            )
            return Spread(cost, np.where(np.isfinite(cost), source, -1).astype(np.int32))
        each = dijkstra(matrix, indices=[end.node for end in sources], limit=limit_ms)
        each += np.array([[end.extra_ms] for end in sources])
        best = np.argmin(each, axis=0)
        cost = each[best, np.arange(self._n)]
        nodes = np.array([end.node for end in sources], dtype=np.int32)
        return Spread(cost, np.where(np.isfinite(cost), nodes[best], -1).astype(np.int32))
