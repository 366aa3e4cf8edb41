"""The walking network of small campuses drawn by hand or at random."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from tests.routing.campuses import (
    ROOM_M,
    Plan,
    Plot,
    add_building,
    add_grounds,
    campuses,
    edges_of,
    length_m,
)

from yuanli.campus import (
    Campus,
    FeatureId,
    Fixture,
    Frame,
    LevelId,
    Opening,
    OpeningId,
    PathwayMode,
    Unit,
    UnitId,
)
from yuanli.routing import Locator, NetworkParams, attach, build_network, check_network, locator_of

QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def plan(**changes: object) -> Plan:
    plain = Plan(
        number=0,
        rooms=3,
        storeys=2,
        stairs="stairs",
        lift=True,
        without_door=frozenset(),
        closed_rooms=frozenset(),
        timed_rooms=frozenset(),
        automatic=False,
        narrow=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def house(**changes: object) -> Campus:
    """Return one building on its road."""
    plot = Plot(Frame(120.17, 30.28))
    add_building(plot, plan(**changes), number=0)
    add_grounds(plot, buildings=1, steps=True, gate_hours=False)
    return plot.campus("house")


@QUICK
@given(campuses())
def test_a_campus_hangs_together_when_a_stair_or_lift_serves_its_storeys(campus: Campus) -> None:
    network = build_network(campus)
    main = int(np.argmax(np.bincount(network.components)))
    climbs = {u.level_id for u in campus.of(Unit) if u.category in ("stairs", "escalator", "elevator")}
    for unit in campus.of(Unit):
        nodes = network.entrances[unit.id]
        if campus.ordinal_of(unit.level_id) == 0 or unit.level_id in climbs:
            assert any(network.components[n] == main for n in nodes), unit.id


@QUICK
@given(campuses())
def test_edges_are_never_shorter_than_straight_and_start_and_end_at_their_nodes(campus: Campus) -> None:
    network = build_network(campus)
    straight = np.hypot(*(network.node_xy[network.edge_tail] - network.node_xy[network.edge_head]).T)
    assert (network.edge_length_m >= straight - 1e-6).all()
    first, last = network.edge_offset[:-1], network.edge_offset[1:] - 1
    assert np.allclose(network.edge_points[first], network.node_xy[network.edge_tail])
    assert np.allclose(network.edge_points[last], network.node_xy[network.edge_head])
    assert (network.edge_tail != network.edge_head).all()


@QUICK
@given(campuses())
def test_a_campus_is_built_the_same_twice(campus: Campus) -> None:
    one, other = build_network(campus), build_network(campus)
    assert np.array_equal(one.edge_points, other.edge_points)
    assert one.entrances == other.entrances
    assert one.feature_ids == other.feature_ids


@QUICK
@given(campuses())
def test_the_ways_of_a_room_lie_in_the_room(campus: Campus) -> None:
    network = build_network(campus)
    lines = network.edge_lines
    for unit in campus.of(Unit):
        shape = campus.frame.metric(unit.geometry).buffer(0.02)  # type: ignore[union-attr]
        for edge in edges_of(network, unit.id):
            if network.edge_floors[edge] == 0:
                assert shape.covers(lines[edge]), unit.id


def test_a_room_is_as_far_from_its_door_as_a_ruler_says() -> None:
    network = build_network(house())
    assert length_m(network, "b0l0r1", "b0l0r1d") == pytest.approx(2.5, abs=0.01)


def test_two_opposite_rooms_are_joined_across_the_corridor() -> None:
    network = build_network(house())
    assert length_m(network, "b0l0r1", "b0l0r4") == pytest.approx(2.5 + 2.4 + 2.5, abs=0.02)


def test_a_desk_in_the_way_makes_the_way_longer() -> None:
    campus = house()
    frame, x = campus.frame, ROOM_M * 1.5
    desk = Fixture(
        id=FeatureId("desk"),
        level_id=LevelId(FeatureId("b0l0")),
        geometry=shapely.box(x - 1.0, 5.6, x + 1.0, 6.8),
    )
    there = Frame(120.17, 30.28)
    desk = replace(desk, geometry=there.geographic(desk.geometry))
    furnished = campus.with_features({desk.id: desk}, 2)
    straight = length_m(build_network(campus), "b0l0r1d", "b0l0r4d")
    around = length_m(build_network(furnished), "b0l0r1d", "b0l0r4d")
    assert straight == pytest.approx(2.4, abs=0.01)
    assert around == pytest.approx(2 * math.hypot(1.0, 0.6) + 1.2, abs=0.02)
    assert frame == campus.frame


def test_stairs_climb_a_storey_with_as_many_steps_as_it_takes() -> None:
    network = build_network(house(lift=False))
    [flight] = np.flatnonzero((network.edge_mode == PathwayMode.STAIRS) & (network.edge_floors != 0)).tolist()
    assert network.edge_rise_m[flight] == pytest.approx(3.5)
    assert network.edge_length_m[flight] == pytest.approx(math.hypot(3.5, 3.5 * 29 / 17), abs=0.01)
    assert network.edge_stairs[flight] == 21


def test_a_lift_is_boarded_once_a_ride_and_its_shaft_is_known_whole() -> None:
    network = build_network(house(storeys=3, stairs="none"))
    rides = network.edge_mode == PathwayMode.ELEVATOR
    boarding = rides & (network.edge_floors == 0)
    assert boarding.sum() == 3
    assert (rides & (network.edge_floors == 1)).sum() == 2
    doors = {network.entrances[FeatureId(f"b0l{k}liftd")][0] for k in range(3)}
    assert set(network.edge_tail[boarding].tolist()) == doors
    assert network.shafts[FeatureId("b0l1lift")] == tuple(FeatureId(f"b0l{k}lift") for k in range(3))


def test_an_escalator_runs_one_way() -> None:
    network = build_network(house(stairs="escalator", lift=False))
    up = length_m(network, "b0l0hall", "b0l1hall")
    assert math.isfinite(up)
    assert math.isinf(length_m(network, "b0l1hall", "b0l0hall"))


def test_a_room_without_a_door_gets_a_guessed_one_to_the_corridor_and_is_reported() -> None:
    campus = house(without_door=frozenset({1}))
    network = build_network(campus)
    assert network.edge_guessed[edges_of(network, "b0l0r1")].all()
    assert math.isfinite(length_m(network, "b0l0r1", "b0l0hall"))
    found = {(f.rule, f.feature_id) for f in check_network(campus, network)}
    assert ("guessed_door", "b0l0r1") in found


def test_crossing_an_office_from_door_to_door_is_marked_as_through_but_a_lobby_is_not() -> None:
    campus = house()
    there = Frame(120.17, 30.28)
    door = campus.get("b0l0r1d", Opening)
    second = replace(
        door,
        id=OpeningId(FeatureId("second")),
        geometry=there.geographic(shapely.LineString([(ROOM_M, 2), (ROOM_M, 3)])),
    )
    network = build_network(campus.with_features({FeatureId("second"): second}, 2))
    nodes = {network.entrances[FeatureId(f)][0] for f in ("second", "b0l0r1d")}
    for edge in edges_of(network, "b0l0r1"):
        ends = {int(network.edge_tail[edge]), int(network.edge_head[edge])}
        assert network.edge_through[edge] == (ends == nodes)
    assert not network.edge_through[edges_of(network, "b0l0r0")].any()


def test_two_corridors_that_share_a_border_are_one_way_and_a_room_beside_them_is_not() -> None:
    plot = Plot(Frame(120.17, 30.28))
    add_building(plot, plan(rooms=2, storeys=1, stairs="none", lift=False), number=0)
    for name, category, box in (
        ("wing", "walkway", (8.0, 5.0, 20.0, 7.4)),
        ("office", "office", (8.0, 7.4, 12.0, 12.0)),
    ):
        level = LevelId(FeatureId("b0l0"))
        unit_id = UnitId(FeatureId(name))
        plot.features.append(Unit(id=unit_id, level_id=level, category=category, geometry=plot.area(*box)))
    network = build_network(plot.campus())
    assert not network.edge_guessed[edges_of(network, "wing")].all()
    assert length_m(network, "b0l0hall", "wing") == pytest.approx(10.0, abs=0.3)
    assert network.edge_guessed[edges_of(network, "office")].all()


def test_the_entrance_joins_the_road_and_is_the_exit() -> None:
    network = build_network(house())
    [entrance] = network.entrances[FeatureId("b0l0entrance")]
    assert network.exits.tolist() == [entrance]
    assert network.entrances[FeatureId("b0")] == (entrance,)
    assert length_m(network, "n0", "b0l0entrance") == pytest.approx(32 + 8, abs=0.1)


def test_restrictions_and_hours_of_a_room_are_on_its_edges() -> None:
    network = build_network(house(closed_rooms=frozenset({1}), timed_rooms=frozenset({2})))
    for room, names, index in (
        ("b0l0r1", network.restrictions, network.edge_restriction),
        ("b0l0r2", network.hours, network.edge_hours),
    ):
        values = {names[index[e]] for e in edges_of(network, room)}
        assert values == {"employeesonly" if room == "b0l0r1" else "Mo-Fr 08:00-18:00"}


def test_a_hall_of_many_doors_gets_a_sparse_web_within_the_stretch() -> None:
    plot = Plot(Frame(120.17, 30.28))
    add_building(plot, plan(rooms=40, storeys=1, stairs="none", lift=False), number=0)
    campus = plot.campus()
    full = build_network(campus, params=NetworkParams(many_doors=10_000))
    sparse = build_network(campus)
    assert len(edges_of(sparse, "b0l0hall")) < 0.6 * len(edges_of(full, "b0l0hall"))
    for far in (1, 5, 17, 39, 79):
        exact = length_m(full, "b0l0r0", f"b0l0r{far}")
        assert exact - 1e-6 <= length_m(sparse, "b0l0r0", f"b0l0r{far}") <= 1.02 * exact + 1e-6


def test_a_building_nobody_drew_a_door_for_is_reached_from_the_road() -> None:
    campus = house()
    inside = [f for f in campus.features if str(f).startswith("b0l")]
    bare = campus.with_features(dict.fromkeys(inside), 2)
    network = build_network(bare)
    assert network.entrances[FeatureId("b0")]
    assert math.isfinite(length_m(network, "n0", "b0"))


def test_a_point_in_a_room_is_joined_through_the_room_and_one_outdoors_to_the_road() -> None:
    campus = house()
    network = build_network(campus)
    locator: Locator = locator_of(campus, network)
    there = Frame(120.17, 30.28)
    lon, lat = there.to_degrees(np.array([[ROOM_M + 0.5, 0.5]]))[0]
    joined = dict(locator.attach(lon, lat, 0.0))
    [door] = network.entrances[FeatureId("b0l0r1d")]
    assert joined[door] == pytest.approx(math.hypot(1.5, 4.5), abs=0.02)
    x, y = network.frame.to_metres(there.to_degrees(np.array([[-20.0, -6.0]])))[0]
    [(_, first_m), (_, second_m)] = attach(network, (x, y), 0.0)
    assert first_m + second_m == pytest.approx(32 + 2 * 2, abs=0.1)


def test_an_empty_campus_gives_an_empty_network_without_findings() -> None:
    campus = replace(house(), features={})
    network = build_network(campus)
    assert (network.n_nodes, network.n_edges) == (0, 0)
    assert check_network(campus, network) == ()
    assert attach(network, (0.0, 0.0), 0.0) == ()
