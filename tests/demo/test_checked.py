from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yuanli.campus import Campus, FeatureId, PathwayMode, Severity, Unit, check_campus
from yuanli.demo import demo_campus
from yuanli.routing import Network, build_network, check_network


@pytest.fixture(scope="module")
def park() -> Campus:
    return demo_campus()


@pytest.fixture(scope="module")
def network(park: Campus) -> Network:
    return build_network(park)


def parts(network: Network, usable: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[int]:
    tails, heads = network.edge_tail[usable], network.edge_head[usable]
    n_nodes = len(network.node_xy)
    joined = coo_array((np.ones(len(tails)), (tails, heads)), shape=(n_nodes, n_nodes))
    return [int(part) for part in connected_components(joined, directed=False)[1]]


def test_the_check_finds_nothing_wrong(park: Campus, network: Network) -> None:
    findings = [*check_campus(park), *check_network(park, network)]
    assert [f for f in findings if f.severity is not Severity.INFO] == []


def test_everything_hangs_together_and_no_door_is_guessed(network: Network) -> None:
    assert len(set(parts(network, np.ones(len(network.edge_tail), dtype=np.bool_)))) == 1
    assert not network.edge_guessed.any()


def test_a_wheelchair_reaches_at_least_95_of_100_units(park: Campus, network: Network) -> None:
    steps = np.isin(network.edge_mode, [PathwayMode.STAIRS, PathwayMode.ESCALATOR])
    steep, narrow = network.edge_slope > 0.08, network.edge_width_m < 0.8
    part = parts(network, ~steps & ~steep & ~narrow & (network.edge_wheelchair >= 0))
    gate = part[network.entrances[FeatureId("gate-north")][0]]
    units = park.of(Unit)
    reached = [u for u in units if any(part[node] == gate for node in network.entrances[u.id])]
    assert len(reached) >= 0.95 * len(units)
