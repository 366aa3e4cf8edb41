"""Doors, stairs and lifts that nobody drew, or drew a little off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.routing.campuses import Plot, is_reached, length_m

from yuanli.campus import Frame, PathwayMode, Unit
from yuanli.routing import Network, build_network, check_network


def plot(*, levels: tuple[int, ...] = (0,)) -> Plot:
    """Return a building `b` of 40 m by 30 m with a corridor `hall` along its ground floor."""
    there = Plot(Frame(120.17, 30.28))
    there.building("b", 0, 0, 40, 30, levels=levels)
    there.unit("hall", "walkway", (0, 5, 20, 7))
    return there


def guessed(network: Network) -> set[str]:
    return {str(network.feature_ids[f]) for f in network.edge_feature[network.edge_guessed]}


def test_rooms_of_a_plan_without_doors_open_to_the_corridor_they_share_a_wall_with() -> None:
    there = plot()
    for i in range(4):
        there.unit(f"south{i}", "office", (5.0 * i, 0, 5.0 * i + 5, 5))
        there.unit(f"north{i}", "office", (5.0 * i, 7, 5.0 * i + 5, 12))
    network = build_network(there.campus())
    assert all(is_reached(network, f"{side}{i}") for side in ("south", "north") for i in range(4))
    assert length_m(network, "south0", "north0") == pytest.approx(2.5 + 2.0 + 2.5, abs=0.1)


@pytest.mark.parametrize("gap_m", [0.0, 0.05, 0.2])
def test_corridors_that_touch_or_nearly_do_are_walked_through(gap_m: float) -> None:
    there = plot()
    there.unit("wing", "walkway", (20 + gap_m, 5, 40, 7))
    network = build_network(there.campus())
    assert "wing" not in guessed(network)
    assert length_m(network, "hall", "wing") == pytest.approx(20.0, abs=0.2)


def test_corridors_with_a_wall_between_them_get_a_guessed_door_that_is_reported() -> None:
    there = plot()
    there.unit("wing", "walkway", (20.4, 5, 40, 7))
    campus = there.campus()
    network = build_network(campus)
    assert is_reached(network, "wing")
    assert ("guessed_door", "wing") in {(f.rule, f.feature_id) for f in check_network(campus, network)}


def test_open_areas_that_overlap_or_lie_in_each_other_are_one_floor() -> None:
    there = plot()
    there.unit("office area", "openspace", (0, 7, 20, 20))
    there.unit("coffee corner", "openspace", (4, 10, 7, 13))
    there.unit("print area", "openspace", (18, 16, 26, 22))
    network = build_network(there.campus())
    assert length_m(network, "coffee corner", "hall") < 14.0
    assert length_m(network, "print area", "office area") < 14.0
    assert not guessed(network) & {"office area", "coffee corner", "print area"}


@pytest.mark.parametrize("off_m", [0.1, 0.3, 0.5])
def test_a_door_drawn_off_the_wall_is_still_the_door_of_its_room(off_m: float) -> None:
    there = plot()
    there.unit("office", "office", (0, 0, 10, 5))
    there.door("door", (4, 5 + off_m), (5, 5 + off_m))
    network = build_network(there.campus())
    assert "office" not in guessed(network)
    assert length_m(network, "office", "door") == pytest.approx(2.5 + off_m, abs=0.6)


def test_a_door_where_three_spaces_meet_joins_all_three() -> None:
    there = plot()
    there.unit("left", "office", (0, 0, 10, 5))
    there.unit("right", "office", (10, 0, 20, 5))
    there.door("door", (9.5, 5), (10.5, 5))
    network = build_network(there.campus())
    for room in ("left", "right"):
        assert math.isfinite(length_m(network, room, "hall"))


def test_a_platform_is_reached_by_stairs_that_stand_on_each_other() -> None:
    there = plot(levels=(0, 1))
    there.unit("foot", "stairs", (20, 5, 24, 12))
    there.unit("head", "stairs", (20, 5, 24, 12), on="b/1")
    there.unit("platform", "platform", (24, 5, 60, 10), on="b/1")
    network = build_network(there.campus())
    climbs = network.edge_mode[network.edge_floors != 0].tolist()
    assert climbs == [PathwayMode.STAIRS]
    assert is_reached(network, "platform")


def test_the_head_of_a_flight_beside_its_foot_is_where_it_leads() -> None:
    there = plot(levels=(0, 1))
    there.unit("foot", "stairs", (20, 5, 24, 7))
    there.unit("head", "stairs", (24, 5, 28, 7), on="b/1")
    there.unit("upper hall", "walkway", (28, 5, 40, 7), on="b/1")
    campus = there.campus()
    network = build_network(campus)
    assert is_reached(network, "upper hall")
    assert "stairs_to_nowhere" not in {f.rule for f in check_network(campus, network)}


def test_a_lift_has_a_door_on_each_level_even_through_a_drawn_wall() -> None:
    there = plot(levels=(0, 1))
    for level in ("b/0", "b/1"):
        there.unit(f"lift {level}", "elevator", (20.5, 5, 22.5, 7), on=level)
        there.unit(f"wall {level}", "column", (20, 0, 20.5, 12), on=level)
    there.unit("upper hall", "walkway", (0, 5, 20, 7), on="b/1")
    there.unit("stairs", "stairs", (-3, 5, 0, 7))
    there.unit("stairs up", "stairs", (-3, 5, 0, 7), on="b/1")
    network = build_network(there.campus())
    rides = network.edge_mode == PathwayMode.ELEVATOR
    assert (rides & (network.edge_floors == 0)).sum() == 2
    assert length_m(network, "hall", "lift b/1") < 25.0


def test_walls_between_two_tenants_with_doors_of_their_own_stay_shut() -> None:
    there = plot()
    there.unit("shop", "retail", (20.5, 0, 40, 12))
    there.unit("wall", "column", (20, 0, 20.5, 12))
    there.door("shop door", (30, 0), (31, 0))
    there.door("hall door", (0, 5.5), (0, 6.5))
    there.way("street", (-20.0, -10.0), (60.0, -10.0))
    network = build_network(there.campus())
    indoors = network.edge_indoors & network.edge_guessed
    assert not indoors.any()
    assert length_m(network, "shop", "hall") > 40.0


def test_a_room_on_two_levels_is_climbed_inside_where_nothing_else_leads_up() -> None:
    there = plot(levels=(0, 1))
    source = {"osm_id": "way/1"}
    there.unit("shop@0", "retail", (0, 7, 20, 20), extra=source)
    there.unit("shop@1", "retail", (0, 7, 20, 20), on="b/1", extra=source)
    network = build_network(there.campus())
    [climb] = np.flatnonzero(network.edge_floors != 0).tolist()
    assert network.edge_mode[climb] == PathwayMode.STAIRS
    assert network.edge_guessed[climb]
    assert is_reached(network, "shop@1")


def test_a_level_without_stairs_is_reported_with_its_spaces_and_a_remedy() -> None:
    there = plot(levels=(0, 1))
    there.unit("attic", "room", (0, 5, 20, 7), on="b/1")
    campus = there.campus()
    findings = check_network(campus, build_network(campus))
    found = {(f.rule, f.feature_id): f for f in findings}
    assert ("unreachable", "attic") in found
    cut_off = found["level_cut_off", "b/1"]  # type: ignore[index]
    assert "stairs" in cut_off.remedy.en
    assert len(campus.of(Unit)) == 2
