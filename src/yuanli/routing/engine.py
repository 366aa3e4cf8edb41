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


class Tree(NamedTuple):
    """All cheapest paths from (or to) one end: milliseconds, and the node before (or after), -1 for none."""

    cost_ms: Floats
    next_node: NDArray[np.int32]


class _Arrangement(NamedTuple):
    """Arcs as the rows of a sparse matrix: sorted, the cheapest of parallel ones."""

    order: NDArray[np.int64]
    first: NDArray[np.int64]
    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]


class Reach:
    """One-to-all searches of one graph by `scipy.sparse.csgraph`, which wants arcs sorted and unique."""

    def __init__(self, graph: Graph) -> None:
        self._n = graph.n_nodes
        self._forward = self._arranged(graph.tail, graph.head)
        self._reverse = self._arranged(graph.head, graph.tail)

    def _arranged(self, row: NDArray[np.int32], column: NDArray[np.int32]) -> _Arrangement:
        pair = row.astype(np.int64) * self._n + column
        order = np.argsort(pair, kind="stable")
        ranked = pair[order]
        first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if len(ranked) else order
        kept = order[first]
        indptr = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=self._n))])
        return _Arrangement(order, first, indptr.astype(np.int32), column[kept].astype(np.int32))

    def matrix_of(self, weights: Weights, *, reverse: bool = False, start: Sequence[End] = ()) -> csr_array:
        """Return the graph as a sparse matrix, for many searches with the same weights.

        With `start` it has one more node, the last, with arcs to these ends.
        """
        arranged = self._reverse if reverse else self._forward
        data = np.zeros(0)
        if len(arranged.order):
            data = np.minimum.reduceat(weights[arranged.order].astype(np.float64), arranged.first)
            data[data >= BARRED_WEIGHT] = np.inf
        n, indptr, indices = self._n, arranged.indptr, arranged.indices
        if start:
            least: dict[int, int] = {}
            for end in start:
                least[end.node] = min(least.get(end.node, end.extra_ms), end.extra_ms)
            nodes = sorted(least)
            n, indices = n + 1, np.append(indices, np.array(nodes, dtype=np.int32))
            indptr = np.append(indptr, np.int32(len(indices)))
            # A weight of nothing would be no arc: all get 1 ms, which `tree` takes off again.
            data = np.append(data, [least[node] + 1.0 for node in nodes])
        return csr_array((data, indices, indptr), shape=(n, n))

    def tree(self, weights: Weights, start: Sequence[End], *, reverse: bool = False) -> Tree:
        """Return the cheapest paths from any of the ends to every node, or with `reverse` from every node."""
        matrix = self.matrix_of(weights, reverse=reverse, start=start)
        cost, before = dijkstra(matrix, indices=self._n, return_predecessors=True)
        before = before[: self._n]
        return Tree(cost[: self._n] - 1.0, np.where(before == self._n, -1, np.maximum(before, -1)))

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
