"""Routes side by side: ours with directions, our engines alone, networkx, igraph and scipy.

python benchmarks/routing.py [--sizes 10000 100000 1000000]
    [--oslo ../shared/data/campus/oslo-east-scale/oslo-east.osm.pbf]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import dijkstra

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.routing.networks import campus_of, grid_network

from yuanli.campus import Campus, Closure, FeatureId, read_campus
from yuanli.routing import Conditions, Network, NoRouteError, build_network, prepare
from yuanli.routing.astar import AStarRouter
from yuanli.routing.cch import CchRouter, prepare_topology
from yuanli.routing.engine import End, Reach
from yuanli.routing.measure import BARRED_WEIGHT

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def times_ms(ask: Callable[[int, int], object], pairs: list[tuple[int, int]]) -> str:
    spent = []
    for a, b in pairs:
        start = time.perf_counter()
        ask(a, b)
        spent.append((time.perf_counter() - start) * 1e3)
    p50, p95 = np.percentile(spent, [50, 95])
    return f"{p50:.3f} / {p95:.3f}"


def measure(name: str, campus: Campus, network: Network) -> list[str]:
    rng = random.Random(0)
    start = time.perf_counter()
    finder = prepare(campus, network)
    prepared_s = time.perf_counter() - start
    plan = finder.search.planner.plan("walk", roles=frozenset(), conditions=Conditions(), avoid=(), at=NOON)
    weights, graph = plan.weights, finder.search.graph
    ids = [f for f in network.entrances if campus.spot(f) is not None]
    stops = [finder.stop(f) for f in rng.sample(ids, min(len(ids), 800))]

    def ask(a: int, b: int) -> None:
        with suppress(NoRouteError):
            finder.route(stops[a % len(stops)], stops[b % len(stops)], at=NOON)

    main = np.flatnonzero(network.components == np.argmax(np.bincount(network.components))).tolist()
    pairs = [(rng.choice(main), rng.choice(main)) for _ in range(600)]
    for a, b in pairs[:30]:
        ask(a, b)
    few = pairs[: max(3, min(100, 2_000_000 // network.n_edges))]
    fast, plain = CchRouter(prepare_topology(graph, None), weights), AStarRouter(graph, weights)
    row = [name, f"{network.n_edges}", f"{prepared_s:.2f}", times_ms(ask, pairs)]
    row.append(times_ms(lambda a, b: fast.route([End(a)], [End(b)]), pairs))
    row.append(times_ms(lambda a, b: plain.route([End(a)], [End(b)]), few))
    row.append(closures_ms(finder, network))
    matrix = Reach(graph).matrix_of(weights)
    row.append(times_ms(lambda a, b: dijkstra(matrix, indices=a, return_predecessors=True), few))
    row += [igraph_ms(graph, weights, few), networkx_ms(graph, weights, few)]
    return row


def closures_ms(finder, network: Network) -> str:  # type: ignore[no-untyped-def]
    """Time the first answer of the engine after 20 closures are made where there were none."""
    rng, spent = random.Random(1), []
    used = sorted(set(network.edge_feature.tolist()) - {-1})
    inside = [network.feature_ids[i] for i in used]

    def answer(conditions: Conditions) -> float:
        plan = finder.search.planner.plan("walk", roles=frozenset(), conditions=conditions, avoid=(), at=NOON)
        start = time.perf_counter()
        finder.search.engine.route(plan.weights, [End(0)], [End(0)])
        return (time.perf_counter() - start) * 1e3

    for k in range(20):
        answer(Conditions())
        shut = tuple(rng.sample(inside, min(20, len(inside))))
        spent.append(answer(Conditions(closures=(Closure(id=FeatureId(f"c{k}"), feature_ids=shut),))))
    p50, p95 = np.percentile(spent, [50, 95])
    return f"{p50:.3f} / {p95:.3f}"


def igraph_ms(graph, weights, pairs) -> str:  # type: ignore[no-untyped-def]
    try:
        import igraph
    except ImportError:
        return "–"
    keep = weights < BARRED_WEIGHT
    ends = np.column_stack([graph.tail, graph.head])[keep]
    peer = igraph.Graph(n=graph.n_nodes, edges=ends.tolist(), directed=True)
    peer.es["w"] = weights[keep].tolist()
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # no way between two nodes
        return times_ms(lambda a, b: peer.get_shortest_path(a, b, weights="w"), pairs)


def networkx_ms(graph, weights, pairs) -> str:  # type: ignore[no-untyped-def]
    try:
        import networkx
    except ImportError:
        return "–"
    if graph.n_arcs > 500_000:
        pairs = pairs[:3]
    peer = networkx.DiGraph()
    keep = np.flatnonzero(weights < BARRED_WEIGHT)
    rows = zip(graph.tail[keep].tolist(), graph.head[keep].tolist(), weights[keep].tolist(), strict=True)
    peer.add_weighted_edges_from(rows)

    def ask(a: int, b: int) -> None:
        with suppress(networkx.NetworkXNoPath):
            networkx.bidirectional_dijkstra(peer, a, b)

    return times_ms(ask, [p for p in pairs if all(x in peer for x in p)])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    options.add_argument(
        "--oslo", type=Path, default=Path("../shared/data/campus/oslo-east-scale/oslo-east.osm.pbf")
    )
    given = options.parse_args()
    head = "| network | edges | prepare s | ours with text | CCH | A* | 20 closures | scipy | igraph | networkx |"
    print(f"ms, p50 / p95\n\n{head}\n|{'---|' * 10}", flush=True)
    for size in given.sizes:
        network = grid_network(round((size / 2) ** 0.5))
        print("| " + " | ".join(measure("grid", campus_of(network), network)) + " |", flush=True)
    if given.oslo.exists():
        campus = read_campus(given.oslo).campus
        print("| " + " | ".join(measure("Oslo east", campus, build_network(campus))) + " |", flush=True)


if __name__ == "__main__":
    main()
