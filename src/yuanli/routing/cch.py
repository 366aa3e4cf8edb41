"""Customizable contraction hierarchies by RoutingKit (Dibbelt et al. 2016, doi:10.1145/2886843)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from threading import Lock
from typing import Any

import numpy as np

from yuanli.routing.cache import kept_folder
from yuanli.routing.engine import End, Path
from yuanli.routing.graph import Graph
from yuanli.routing.measure import BARRED_WEIGHT, Weights
from yuanli.routing.network import Floats

FEW_CHANGES = 0.005
"""Up to this share of changed arcs a partial customization is quicker than a full one."""
FEW_PAIRS = 12
"""Up to so many pairs of ends are asked one by one."""


def prepare_topology(graph: Graph, cache_dir: FilePath | None) -> Any:
    """Return RoutingKit's nested dissection of a graph, from the cache folder where it is kept.

    Raises
    ------
    ImportError
        `pyroutingkit` is not installed.
    """
    from pyroutingkit import CCHTopology

    def build() -> Any:
        topology = CCHTopology()
        # Inertial flow only compares coordinates: metres do as well as degrees.
        y, x = graph.xy[:, 1].astype(np.float32), graph.xy[:, 0].astype(np.float32)
        topology.build(graph.tail.astype(np.uint32), graph.head.astype(np.uint32), y, x, graph.n_nodes)
        return topology

    def load(folder: FilePath) -> Any:
        topology = CCHTopology()
        topology.load(str(folder))
        if topology.node_count != graph.n_nodes or topology.arc_count != graph.n_arcs:
            raise ValueError("the kept topology is of another graph")
        return topology

    if cache_dir is None:
        return build()
    return kept_folder(
        cache_dir, graph.key, build=build, save=lambda made, folder: made.save(str(folder)), load=load
    )


def is_small_change(before: Weights, after: Weights) -> bool:
    """Tell whether so few weights differ that a partial customization is quicker than a full one."""
    return int(np.count_nonzero(before != after)) <= FEW_CHANGES * len(after)


class CchRouter:
    """Cheapest paths by a customized hierarchy. RoutingKit's query keeps state, so calls take a lock."""

    def __init__(self, topology: Any, weights: Weights) -> None:
        from pyroutingkit import CCHMetric

        self._metric = CCHMetric(topology)
        self._metric.customize(weights)
        self._weights = weights.copy()
        self._lock = Lock()

    def reweigh(self, weights: Weights) -> None:
        """Use other weights from now on: few changes take a millisecond, many a full customization."""
        changed = np.flatnonzero(weights != self._weights).astype(np.uint32)
        if not len(changed):
            return
        with self._lock:
            if len(changed) <= FEW_CHANGES * len(weights):
                self._metric.update_weights(changed, weights[changed])
            else:
                self._metric.customize(weights)
            self._weights = weights.copy()

    def route(self, sources: Sequence[End], targets: Sequence[End]) -> Path | None:
        """Return the cheapest path from any source to any target; None where there is none."""
        if not sources or not targets:
            return None
        with self._lock:
            if len(sources) * len(targets) == 1:
                return self._query(sources, targets, 0, 0)
            if len(sources) * len(targets) > FEW_PAIRS:
                source, target = self._nearest_pair(sources, targets)
                return None if source < 0 else self._query(sources, targets, source, target)
            pairs = [(s, t) for s in range(len(sources)) for t in range(len(targets))]
            found = [path for s, t in pairs if (path := self._query(sources, targets, s, t)) is not None]
        return min(found, key=lambda path: path.cost_ms, default=None)

    def _query(self, sources: Sequence[End], targets: Sequence[End], s: int, t: int) -> Path | None:
        source, target = sources[s], targets[t]
        cost, _, arcs = self._metric.query(source.node, target.node)
        if cost >= BARRED_WEIGHT:
            return None
        return Path(cost + source.extra_ms + target.extra_ms, s, t, arcs)

    def _nearest_pair(self, sources: Sequence[End], targets: Sequence[End]) -> tuple[int, int]:
        costs = self._costs([end.node for end in sources], [end.node for end in targets])
        costs += np.array([[end.extra_ms] for end in sources]) + np.array([end.extra_ms for end in targets])
        best = int(np.argmin(costs))
        source, target = divmod(best, len(targets))
        return (source, target) if np.isfinite(costs[source, target]) else (-1, -1)

    def _costs(self, sources: Sequence[int], targets: Sequence[int]) -> Floats:
        raw = self._metric.distances_many_to_many(
            np.array(sources, dtype=np.uint32), np.array(targets, dtype=np.uint32)
        )
        return np.where(raw >= BARRED_WEIGHT, np.inf, raw.astype(np.float64))

    def distance(self, sources: Sequence[End], targets: Sequence[End]) -> float:
        """Return the cost of the cheapest path in milliseconds, infinite where there is none."""
        path = self.route(sources, targets)
        return float("inf") if path is None else float(path.cost_ms)

    def matrix(self, sources: Sequence[int], targets: Sequence[int]) -> Floats:
        """Return milliseconds from each source node to each target node."""
        if not len(sources) or not len(targets):
            return np.full((len(sources), len(targets)), np.inf)
        with self._lock:
            return self._costs(sources, targets)
