from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra
from tests.routing.campuses import campuses
from tests.routing.networks import Edge, grid_network, network_of

from yuanli.campus import Campus
from yuanli.routing import PROFILES, build_network
from yuanli.routing.astar import AStarRouter
from yuanli.routing.cch import CchRouter, prepare_topology
from yuanli.routing.engine import End, Reach
from yuanli.routing.graph import Graph, graph_of
from yuanli.routing.measure import BARRED_WEIGHT, Weights, measure_arcs, weigh
from yuanli.routing.network import Network


def weights_of(network: Network, graph: Graph, profile: str = "walk") -> Weights:
    emergency = np.zeros(network.n_nodes, dtype=np.bool_)
    return weigh(measure_arcs(network, graph, profile=PROFILES[profile], emergency=emergency))


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(campuses(), st.data())
def test_both_engines_and_scipy_agree_for_every_profile(campus: Campus, data: st.DataObject) -> None:
    network = build_network(campus)
    graph = graph_of(network)
    topology = prepare_topology(graph, None)
    node = st.integers(0, network.n_nodes - 1)
    for name in PROFILES:
        weights = weights_of(network, graph, name)
        fast, plain = CchRouter(topology, weights), AStarRouter(graph, weights)
        exact = dijkstra(Reach(graph).matrix_of(weights))
        for _ in range(6):
            sources = [End(data.draw(node), 700), End(data.draw(node), 0)]
            targets = [End(data.draw(node), 0), End(data.draw(node), 400)]
            least = min(s.extra_ms + exact[s.node, t.node] + t.extra_ms for s in sources for t in targets)
            for router in (fast, plain):
                path = router.route(sources, targets)
                assert router.distance(sources, targets) == least
                if path is not None:
                    ends = sources[path.source].extra_ms + targets[path.target].extra_ms
                    assert sum(int(weights[arc]) for arc in path.arcs) + ends == least
                    assert all(weights[arc] < BARRED_WEIGHT for arc in path.arcs)


def test_closing_arcs_and_opening_them_again_gives_the_first_path_back() -> None:
    network = grid_network(12)
    graph = graph_of(network)
    weights = weights_of(network, graph)
    router = CchRouter(prepare_topology(graph, None), weights)
    first = router.route([End(0)], [End(143)])
    assert first is not None
    closed = weights.copy()
    closed[first.arcs[3:6]] = BARRED_WEIGHT
    router.reweigh(closed)
    around = router.route([End(0)], [End(143)])
    assert around is not None
    assert around.cost_ms > first.cost_ms
    assert not set(around.arcs) & set(first.arcs[3:6])
    router.reweigh(weights)
    assert router.route([End(0)], [End(143)]) == first


def test_a_path_between_unjoined_nodes_is_none_in_both_engines() -> None:
    network = network_of(
        [(0, 0, 0), (10, 0, 0), (50, 0, 0), (60, 0, 0)], [Edge(tail=0, head=1), Edge(tail=2, head=3)]
    )
    graph = graph_of(network)
    weights = weights_of(network, graph)
    for router in (CchRouter(prepare_topology(graph, None), weights), AStarRouter(graph, weights)):
        assert router.route([End(0)], [End(3)]) is None
        assert router.distance([End(0)], [End(3)]) == float("inf")
        assert router.matrix([0, 2], [1, 3])[0, 1] == np.inf


def test_parallel_edges_and_loops_use_the_cheaper_one() -> None:
    network = network_of(
        [(0, 0, 0), (10, 0, 0)],
        [
            Edge(tail=0, head=1, length_m=40),
            Edge(tail=0, head=1, length_m=10),
            Edge(tail=1, head=1, length_m=5),
        ],
    )
    graph = graph_of(network)
    weights = weights_of(network, graph)
    for router in (CchRouter(prepare_topology(graph, None), weights), AStarRouter(graph, weights)):
        path = router.route([End(0)], [End(1)])
        assert path is not None
        assert [graph.edges[arc] for arc in path.arcs] == [1]


def test_a_kept_topology_is_used_again_and_a_damaged_one_is_built_anew(tmp_path: Path) -> None:
    network = grid_network(8)
    graph = graph_of(network)
    weights = weights_of(network, graph)
    first = CchRouter(prepare_topology(graph, tmp_path), weights).route([End(0)], [End(63)])
    folder = tmp_path / graph.key
    assert (folder / "manifest.json").is_file()
    damaged = folder / "order"
    damaged.write_bytes(b"\xff" * damaged.stat().st_size)
    again = CchRouter(prepare_topology(graph, tmp_path), weights).route([End(0)], [End(63)])
    assert first is not None
    assert again is not None
    assert again.cost_ms == first.cost_ms
    assert damaged.read_bytes()[:4] != b"\xff\xff\xff\xff"


@pytest.mark.parametrize("many", [3, 30])
def test_many_to_many_equals_one_to_all(many: int) -> None:
    network = grid_network(10)
    graph = graph_of(network)
    weights = weights_of(network, graph)
    nodes = list(range(0, 3 * many, 3))
    fast = CchRouter(prepare_topology(graph, None), weights).matrix(nodes, nodes[::-1])
    plain = AStarRouter(graph, weights).matrix(nodes, nodes[::-1])
    spread = Reach(graph).spread(weights, [End(nodes[0])])
    assert np.array_equal(fast, plain)
    assert np.array_equal(fast[0], spread.cost_ms[nodes[::-1]])
