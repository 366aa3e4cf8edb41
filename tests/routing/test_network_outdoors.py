"""Squares, platforms and footbridges that hang apart, and campuses without any drawn way."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.routing.campuses import Plot, edges_of, is_reached, length_m

from yuanli.campus import Amenity, FeatureId, Frame, Pathway
from yuanli.routing import attach, build_network, check_network


def street() -> Plot:
    there = Plot(Frame(120.17, 30.28))
    there.way("street", (0.0, 0.0), (200.0, 0.0))
    return there


def test_round_a_square_one_walks_both_ways() -> None:
    there = street()
    there.way("square", (200.0, 0.0), (240.0, 0.0), (240.0, 40.0), (200.0, 40.0), (200.0, 0.0))
    network = build_network(there.campus())
    assert network.edge_length_m[edges_of(network, "square")].sum() == pytest.approx(160.0, abs=0.1)
    assert is_reached(network, "square")


def test_a_square_no_way_meets_is_joined_once_to_the_street_beside_it() -> None:
    there = street()
    there.way("square", (20.0, 8.0), (60.0, 8.0), (60.0, 40.0), (20.0, 40.0), (20.0, 8.0))
    network = build_network(there.campus())
    assert is_reached(network, "square")
    assert network.edge_guessed[edges_of(network, "square")].sum() == 1


def test_a_footbridge_drawn_apart_is_joined_at_an_end_and_shortens_nothing() -> None:
    there = street()
    there.way("far side", (0.0, 60.0), (200.0, 60.0))
    there.way("round", (200.0, 0.0), (400.0, 30.0), (200.0, 60.0))
    there.way("footbridge", (100.0, 10.0), (100.0, 50.0))
    network = build_network(there.campus())
    assert is_reached(network, "footbridge")
    assert length_m(network, "n0,0", "n0,60") == pytest.approx(400 + 2 * math.hypot(200, 30), abs=0.5)


def on_a_bridge(there: Plot, name: str) -> None:
    there.features = [
        replace(f, extra={"tags": {"bridge": "yes"}}) if isinstance(f, Pathway) and f.id == name else f
        for f in there.features
    ]


@pytest.mark.parametrize("gap_m", [0.5, 5.0])
def test_a_path_that_ends_under_a_bridge_is_not_joined_to_it(gap_m: float) -> None:
    there = street()
    there.way("deck", (0.0, 0.0), (0.0, 60.0))
    there.way("path", (-30.0, 30.0), (-gap_m, 30.0))
    assert is_reached(build_network(there.campus()), "path")
    on_a_bridge(there, "deck")
    assert not is_reached(build_network(there.campus()), "path")


def test_a_long_part_that_hangs_apart_is_reported_not_joined() -> None:
    there = street()
    there.way("main road", (0.0, 0.0), (-4000.0, 0.0))
    there.way("other road", (0.0, 15.0), (1200.0, 600.0))
    campus = there.campus()
    network = build_network(campus)
    assert int(network.components.max()) == 1
    [finding] = [f for f in check_network(campus, network) if f.rule == "disconnected"]
    assert "15 m" in finding.remedy.en


def test_a_platform_that_touches_a_concourse_is_walked_on_to_from_it() -> None:
    there = Plot(Frame(120.17, 30.28))
    there.building("b", 0, 0, 40, 30)
    there.unit("concourse", "concourse", (0, 0, 40, 10))
    there.way("platform", (10.0, 10.0), (16.0, 10.0), (16.0, 200.0), (10.0, 200.0), (10.0, 10.0))
    network = build_network(there.campus())
    assert is_reached(network, "platform")
    assert not network.edge_guessed[edges_of(network, "platform")].any()


def test_entrances_without_any_way_are_joined_around_the_buildings() -> None:
    there = Plot(Frame(120.17, 30.28))
    for name, x in (("b", 0.0), ("c", 60.0)):
        there.building(name, x, 0, x + 40, 30)
        there.unit(f"{name} hall", "walkway", (x, 0, x + 40, 30), on=f"{name}/0")
    there.door("east", (100, 10), (100, 11), on="c/0")
    there.door("north", (20, 30), (21, 30), on="b/0")
    there.building("d", 120, 0, 160, 30)
    there.features.append(Amenity(id=FeatureId("bench"), category="seating", geometry=there.point(50, 40)))
    campus = there.campus()
    network = build_network(campus)
    for feature in ("b hall", "c hall", "d", "bench"):
        assert is_reached(network, feature), feature
    around = (100 - 20.5) + 19.5
    assert length_m(network, "north", "east") == pytest.approx(around, abs=3.0)
    findings = {f.rule for f in check_network(campus, network)}
    assert "no_ways_outdoors" in findings
    straight = np.hypot(*(network.node_xy[network.edge_tail] - network.node_xy[network.edge_head]).T)
    assert (network.edge_length_m >= straight - 1e-6).all()


def test_buildings_are_joined_to_ways_everybody_may_walk_before_closed_ones() -> None:
    there = street()
    there.way("closed bridge", (0.0, 0.0), (0.0, 30.0), (100.0, 30.0), restriction="no")
    there.building("b", 40, 10, 60, 29, levels=())
    network = build_network(there.campus())
    [entrance] = network.entrances[FeatureId("b")]
    joined = (network.edge_tail == entrance) | (network.edge_head == entrance)
    [length] = network.edge_length_m[joined]
    assert length == pytest.approx(10.0, abs=0.1)


def test_a_point_on_a_closed_way_also_meets_the_nearest_open_one() -> None:
    there = street()
    there.way("building site", (100.0, 0.0), (100.0, 50.0), restriction="no")
    network = build_network(there.campus())
    frame = Frame(120.17, 30.28)
    x, y = network.frame.to_metres(frame.to_degrees(np.array([[101.0, 30.0]])))[0]
    nodes = dict(attach(network, (float(x), float(y)), 0.0))
    [east], [end] = (network.entrances[FeatureId(n)] for n in ("n200,0", "n100,50"))
    assert nodes[east] == pytest.approx(30 + 99, abs=0.5)
    assert nodes[end] == pytest.approx(1 + 20, abs=0.5)
