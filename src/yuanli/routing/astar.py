"""A* on plain lists (Hart, Nilsson & Raphael 1968, doi:10.1109/TSSC.1968.300136): fallback and oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import hypot

import numpy as np

from yuanli.routing.engine import End, Path
from yuanli.routing.graph import Graph
from yuanli.routing.measure import BARRED_WEIGHT, Weights
from yuanli.routing.network import Floats

MOST_GOALS = 8


class AStarRouter:
    """Cheapest paths by A*: nothing is prepared but the adjacency.

    The bound is the straight line to the nearest target at the quickest pace of any arc, which is
    consistent whatever the weights are.
    """

    def __init__(self, graph: Graph, weights: Weights) -> None:
        self._graph = graph
        self._x: list[float] = graph.xy[:, 0].tolist()
        self._y: list[float] = graph.xy[:, 1].tolist()
        self._straight_m = np.hypot(*(graph.xy[graph.tail] - graph.xy[graph.head]).T)
        self.reweigh(weights)

    def reweigh(self, weights: Weights) -> None:
        """Use other weights from now on."""
        graph = self._graph
        far = (self._straight_m > 0) & (weights < BARRED_WEIGHT)
        pace = float(np.min(weights[far] / self._straight_m[far])) if far.any() else 0.0
        start, arcs = graph.outgoing
        heads, cost = graph.heads, weights.tolist()
        table = [
            [(heads[a], cost[a], a) for a in arcs[start[i] : start[i + 1]] if cost[a] < BARRED_WEIGHT]
            for i in range(graph.n_nodes)
        ]
        # One assignment, so that a search in another thread sees the old weights or the new.
        self._state = (pace * (1 - 1e-9), table)

    def route(self, sources: Sequence[End], targets: Sequence[End]) -> Path | None:
        """Return the cheapest path from any source to any target; None where there is none."""
        pace, table = self._state
        goals: dict[int, int] = {}
        for target in targets:
            goals[target.node] = min(goals.get(target.node, target.extra_ms), target.extra_ms)
        if not goals or not sources:
            return None
        bound = self._bound(list(goals), pace)
        best = {end.node: end.extra_ms for end in sorted(sources, key=lambda end: -end.extra_ms)}
        came: dict[int, tuple[int, int]] = {}
        heap = [(cost + bound(node), cost, node) for node, cost in best.items()]
        heap.sort()
        end, end_cost = -1, float("inf")
        done: set[int] = set()
        while heap:
            estimate, cost, node = heappop(heap)
            if estimate >= end_cost:
                break
            if node in done:
                continue
            done.add(node)
            if node in goals and cost + goals[node] < end_cost:
                end, end_cost = node, cost + goals[node]
            for head, weight, arc in table[node]:
                reached = cost + weight
                if reached < best.get(head, BARRED_WEIGHT):
                    best[head] = reached
                    came[head] = (node, arc)
                    heappush(heap, (reached + bound(head), reached, head))
        if end < 0:
            return None
        return self._path(end, int(end_cost), came, sources, targets)

    def _bound(self, goals: list[int], pace: float) -> Callable[[int], int]:
        """Return the least cost from a node to any goal; none is given for more than eight goals."""
        x, y = self._x, self._y
        if len(goals) > MOST_GOALS:
            return lambda node: 0
        if len(goals) == 1:
            gx, gy = x[goals[0]], y[goals[0]]
            return lambda node: int(hypot(x[node] - gx, y[node] - gy) * pace)
        ends = [(x[goal], y[goal]) for goal in goals]
        return lambda node: int(min(hypot(x[node] - gx, y[node] - gy) for gx, gy in ends) * pace)

    @staticmethod
    def _path(
        end: int,
        cost: int,
        came: dict[int, tuple[int, int]],
        sources: Sequence[End],
        targets: Sequence[End],
    ) -> Path:
        arcs: list[int] = []
        node = end
        while node in came:
            node, arc = came[node]
            arcs.append(arc)
        arcs.reverse()
        source = min((s.extra_ms, i) for i, s in enumerate(sources) if s.node == node)[1]
        target = min((t.extra_ms, i) for i, t in enumerate(targets) if t.node == end)[1]
        return Path(cost, source, target, arcs)

    def distance(self, sources: Sequence[End], targets: Sequence[End]) -> float:
        """Return the cost of the cheapest path in milliseconds, infinite where there is none."""
        path = self.route(sources, targets)
        return float("inf") if path is None else float(path.cost_ms)

    def matrix(self, sources: Sequence[int], targets: Sequence[int]) -> Floats:
        """Return milliseconds from each source node to each target node, by one search a source."""
        table = self._state[1]
        out = np.full((len(sources), len(targets)), np.inf)
        for row, source in enumerate(sources):
            cost = _dijkstra(table, source, set(targets))
            out[row] = [cost.get(target, np.inf) for target in targets]
        return out


def _dijkstra(table: list[list[tuple[int, int, int]]], source: int, goals: set[int]) -> dict[int, int]:
    """Return the cost of every node that is settled before the last goal."""
    best, done = {source: 0}, {}
    heap = [(0, source)]
    left = len(goals)
    while heap and left:
        cost, node = heappop(heap)
        if node in done:
            continue
        done[node] = cost
        left -= node in goals
        for head, weight, _ in table[node]:
            if head not in done and cost + weight < best.get(head, BARRED_WEIGHT):
                best[head] = cost + weight
                heappush(heap, (cost + weight, head))
    return done
