from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from tests.routing.campuses import campuses
from tests.routing.networks import Edge, campus_of, grid_network, network_of

from yuanli.campus import (
    Amenity,
    Campus,
    Closure,
    Crowding,
    FeatureId,
    NodeId,
    Pathway,
    PathwayId,
    PathwayMode,
    Unit,
)
from yuanli.routing import Conditions, Network, NoRouteError, Route, Stop, Wayfinder, build_network, prepare

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # Wednesday 12:00 in Shanghai


def finder_of(network: Network) -> Wayfinder:
    return prepare(campus_of(network), network)


def way(finder: Wayfinder, start: int, end: int, at: datetime = NOON, **asked: object) -> Route:
    stops = [finder.stop(FeatureId(f"n{i}")) for i in (start, end)]
    return finder.route(stops[0], stops[1], at=at, **asked)[0]  # type: ignore[arg-type]


SQUARE = [(0.0, 0.0, 0.0), (100.0, 0.0, 0.0), (100.0, 100.0, 0.0), (0.0, 100.0, 0.0)]


def test_a_way_worked_by_hand() -> None:
    finder = finder_of(network_of(SQUARE, [Edge(tail=0, head=1), Edge(tail=1, head=2)]))
    route = way(finder, 0, 2)
    assert route.distance_m == pytest.approx(200)
    assert route.duration_s == pytest.approx(200 / 1.34)
    assert route.arrives_at - route.departs_at == timedelta(seconds=route.duration_s)
    assert [step.maneuver for step in route.steps] == ["depart", "left", "arrive"]
    assert route.steps[0].text.zh == "从0号点出发，向东走，前行约100米"
    assert route.steps[0].text.en == "Start at Place 0, head east and go about 100 m"
    assert route.steps[1].text.zh.endswith("左转，前行约100米")
    assert route.steps[2].text.en == "Arrive at Place 2"


def test_nodes_on_a_straight_way_are_no_turns() -> None:
    places = [(10.0 * i, 0.3 * (i % 2), 0.0) for i in range(12)]
    finder = finder_of(network_of(places, [Edge(tail=i, head=i + 1) for i in range(11)]))
    assert [step.maneuver for step in way(finder, 0, 11).steps] == ["depart", "arrive"]


def test_the_wait_for_a_lift_is_charged_once_a_ride() -> None:
    places = [(0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (10.0, 0.0, 1.0), (10.0, 0.0, 2.0), (20.0, 0.0, 2.0)]
    lift = PathwayMode.ELEVATOR
    edges = [
        Edge(tail=0, head=1),
        Edge(tail=1, head=2, mode=lift, floors=1.0),
        Edge(tail=2, head=3, mode=lift, floors=1.0),
        Edge(tail=3, head=4),
    ]
    route = way(finder_of(network_of(places, edges)), 0, 4)
    assert route.duration_s == pytest.approx(20 / 1.34 + 30 + 5 + 7 / 1.0)
    assert [leg.mode for leg in route.legs] == ["outdoor", "elevator", "outdoor"]
    assert (route.legs[1].level, route.legs[1].to_level) == (0, 2)
    lifts = [step for step in route.steps if step.maneuver == "elevator"]
    assert [step.text.zh for step in lifts] == ["乘电梯到3层"]
    assert [step.text.en for step in lifts] == ["Take the lift to level 3"]


def test_walking_past_a_lift_costs_no_wait() -> None:
    places = [(0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (20.0, 0.0, 0.0), (10.0, 0.0, 1.0)]
    edges = [
        Edge(tail=0, head=1),
        Edge(tail=1, head=2),
        Edge(tail=1, head=3, mode=PathwayMode.ELEVATOR, floors=1.0),
    ]
    assert way(finder_of(network_of(places, edges)), 0, 2).duration_s == pytest.approx(20 / 1.34)


def test_an_escalator_runs_one_way_and_the_stairs_are_taken_back() -> None:
    places = [(0.0, 0.0, 0.0), (8.0, 0.0, 1.0)]
    edges = [
        Edge(tail=0, head=1, mode=PathwayMode.ESCALATOR, floors=1.0, length_m=8.0, one_way=True),
        Edge(tail=0, head=1, mode=PathwayMode.STAIRS, floors=1.0, length_m=40.0),
    ]
    finder = finder_of(network_of(places, edges))
    assert [leg.mode for leg in way(finder, 0, 1).legs] == ["escalator"]
    assert [leg.mode for leg in way(finder, 1, 0).legs] == ["stairs"]


@pytest.mark.parametrize(
    ("edge", "zh"),
    [
        (Edge(tail=0, head=1, mode=PathwayMode.STAIRS), "只能走楼梯或台阶"),
        (Edge(tail=0, head=1, slope=0.09), "坡度过大"),
        (Edge(tail=0, head=1, width_m=0.7), "通道或门太窄"),
        (Edge(tail=0, head=1, mode=PathwayMode.ESCALATOR), "只能乘自动扶梯"),
    ],
)
def test_what_stops_a_wheelchair_is_named(edge: Edge, zh: str) -> None:
    finder = finder_of(network_of(SQUARE, [edge]))
    with pytest.raises(NoRouteError) as refusal:
        way(finder, 0, 1, profile="wheelchair")
    assert zh in refusal.value.message.zh
    assert refusal.value.hint is not None
    assert way(finder, 0, 1).distance_m == pytest.approx(100)


def test_a_slope_of_eight_percent_is_passed_by_a_wheelchair() -> None:
    finder = finder_of(network_of(SQUARE, [Edge(tail=0, head=1, slope=0.08, width_m=0.8)]))
    assert way(finder, 0, 1, profile="wheelchair").distance_m == pytest.approx(100)


ROUND = [Edge(tail=0, head=1), Edge(tail=0, head=3), Edge(tail=3, head=2), Edge(tail=2, head=1)]


def test_a_closure_is_walked_around_and_reopened_the_first_answer_returns() -> None:
    finder = finder_of(network_of(SQUARE, ROUND))
    closed = Conditions(closures=(Closure(id=FeatureId("c"), feature_ids=(FeatureId("e0"),)),))
    first = way(finder, 0, 1)
    assert way(finder, 0, 1, conditions=closed).distance_m == pytest.approx(300)
    assert way(finder, 0, 1) == first


def test_a_closed_area_is_walked_around() -> None:
    network = network_of(SQUARE, ROUND)
    area = network.frame.geographic(Point(50.0, 0.0).buffer(5.0))
    closed = Conditions(closures=(Closure(id=FeatureId("c"), geometry=area, ordinal=0.0),))
    above = Conditions(closures=(Closure(id=FeatureId("c"), geometry=area, ordinal=2.0),))
    finder = finder_of(network)
    assert way(finder, 0, 1, conditions=closed).distance_m == pytest.approx(300)
    assert way(finder, 0, 1, conditions=above).distance_m == pytest.approx(100)


def test_a_closure_holds_from_its_start_to_its_end() -> None:
    finder = finder_of(network_of(SQUARE, ROUND))
    closure = Closure(
        id=FeatureId("c"),
        feature_ids=(FeatureId("e0"),),
        starts_at=NOON + timedelta(hours=1),
        ends_at=NOON + timedelta(hours=2),
    )
    closed = Conditions(closures=(closure,))
    lengths = [
        way(finder, 0, 1, NOON + timedelta(minutes=m), conditions=closed).distance_m for m in (0, 59, 90, 121)
    ]
    assert lengths == pytest.approx([100, 300, 300, 100])


def test_crowding_makes_another_way_quicker() -> None:
    finder = finder_of(network_of(SQUARE, ROUND))
    crowded = Conditions(crowdings=(Crowding(id=FeatureId("c"), factor=4.0, feature_ids=(FeatureId("e0"),)),))
    assert way(finder, 0, 1, conditions=crowded).distance_m == pytest.approx(300)


def test_a_gate_that_closes_before_it_is_reached_is_not_used() -> None:
    places = [(0.0, 0.0, 0.0), (400.0, 0.0, 0.0), (500.0, 0.0, 0.0), (450.0, 300.0, 0.0)]
    edges = [Edge(tail=0, head=1), Edge(tail=1, head=2, hours=0), Edge(tail=1, head=3), Edge(tail=3, head=2)]
    finder = finder_of(network_of(places, edges, hours=("Mo-Su 08:00-18:00",)))
    zone = ZoneInfo("Asia/Shanghai")
    assert way(finder, 0, 2, datetime(2026, 11, 25, 17, 40, tzinfo=zone)).distance_m == pytest.approx(500)
    late = way(finder, 0, 2, datetime(2026, 11, 25, 17, 58, tzinfo=zone))
    assert late.distance_m > 1000
    # Five minutes' walk before it opens, one need not wait; seven, one waits.
    assert way(finder, 0, 2, datetime(2026, 11, 25, 7, 56, tzinfo=zone)).distance_m == pytest.approx(500)
    early = way(finder, 0, 2, datetime(2026, 11, 25, 7, 53, tzinfo=zone))
    assert early.distance_m == pytest.approx(500)
    assert early.duration_s == pytest.approx(7 * 60 + 100 / 1.34, abs=1)


def test_no_way_says_that_a_closure_is_the_reason() -> None:
    finder = finder_of(network_of(SQUARE, [Edge(tail=0, head=1)]))
    closed = Conditions(closures=(Closure(id=FeatureId("c"), feature_ids=(FeatureId("e0"),)),))
    with pytest.raises(NoRouteError) as refusal:
        way(finder, 0, 1, conditions=closed)
    assert "关闭" in refusal.value.message.zh
    assert "closed" in refusal.value.message.en


def test_restricted_ways_are_for_those_who_may_and_for_those_who_go_there() -> None:
    edges = [Edge(tail=0, head=1, restriction=0), *ROUND[1:]]
    finder = finder_of(network_of(SQUARE, edges, restrictions=("employeesonly",)))
    assert way(finder, 0, 1).distance_m == pytest.approx(300)
    assert way(finder, 0, 1, profile="staff").distance_m == pytest.approx(100)
    assert way(finder, 0, 1, roles=frozenset({"staff"})).distance_m == pytest.approx(100)
    inside = finder_of(network_of(SQUARE, [edges[0]], restrictions=("employeesonly",)))
    into = way(inside, 0, 1)
    assert into.distance_m == pytest.approx(100)
    assert any("许可" in warning.zh for warning in into.warnings)


def test_stairs_are_avoided_when_asked() -> None:
    edges = [Edge(tail=0, head=1, mode=PathwayMode.STAIRS), *ROUND[1:]]
    finder = finder_of(network_of(SQUARE, edges))
    assert way(finder, 0, 1, avoid=("stairs",)).distance_m == pytest.approx(300)


def test_stops_are_visited_in_their_best_order() -> None:
    places = [(100.0 * i, 0.0, 0.0) for i in range(5)]
    finder = finder_of(network_of(places, [Edge(tail=i, head=i + 1) for i in range(4)]))
    via = [finder.stop(FeatureId(f"n{i}")) for i in (3, 1, 2)]
    assert way(finder, 0, 4, via=via, order="best").distance_m == pytest.approx(400)
    assert way(finder, 0, 4, via=via).distance_m == pytest.approx(800)
    assert [step.maneuver for step in way(finder, 0, 4, via=via, order="best").steps].count("via") == 3


def test_alternatives_differ_from_each_other() -> None:
    finder = finder_of(grid_network(12))
    stops = [finder.stop(FeatureId(f"n{i}")) for i in (0, 143)]
    routes = finder.route(stops[0], stops[1], at=NOON, alternatives=3)
    lines = [tuple(route.geometry["coordinates"]) for route in routes]
    assert 2 <= len(routes) <= 4
    assert len(set(lines)) == len(lines)
    assert all(route.duration_s >= routes[0].duration_s - 1e-6 for route in routes)
    assert all(route.duration_s <= 1.5 * routes[0].duration_s for route in routes)
    sides = [set(pairwise(line)) for line in lines]
    for i, mine in enumerate(sides[1:], start=1):
        assert all(len(mine & other) <= 0.8 * len(mine) for other in sides[:i])


def test_where_there_is_one_way_there_is_no_other() -> None:
    places = [(100.0 * i, 0.0, 0.0) for i in range(5)]
    finder = finder_of(network_of(places, [Edge(tail=i, head=i + 1) for i in range(4)]))
    stops = [finder.stop(FeatureId(f"n{i}")) for i in (0, 4)]
    assert len(finder.route(stops[0], stops[1], at=NOON, alternatives=3)) == 1


def test_a_landmark_is_named_once() -> None:
    places = [(0.0, 0.0, 0.0), (12.0, 0.0, 0.0), (12.0, 8.0, 0.0), (24.0, 8.0, 0.0)]
    network = network_of(places, [Edge(tail=i, head=i + 1) for i in range(3)])
    lon, lat = network.frame.to_degrees(np.array([[14.0, 4.0]]))[0].tolist()
    statue = Amenity(id=FeatureId("statue"), category="art", name={"zh": "雕像"}, geometry=Point(lon, lat))
    plain = campus_of(network)
    campus = replace(plain, features={**plain.features, statue.id: statue})
    steps = way(prepare(campus, network), 0, 3).steps
    assert [step.maneuver for step in steps] == ["depart", "left", "right", "arrive"]
    assert ["雕像" in step.text.zh for step in steps] == [False, True, False, False]


def test_the_matrix_says_what_the_routes_say() -> None:
    finder = finder_of(network_of(SQUARE, ROUND[:2]))
    stops = [finder.stop(FeatureId(f"n{i}")) for i in range(3)]
    matrix = finder.matrix(stops, stops, at=NOON)
    assert matrix.distance_m[0][1] == pytest.approx(100)
    assert matrix.duration_s[0][1] == pytest.approx(100 / 1.34, abs=0.01)
    assert matrix.duration_s[0][2] is None


def test_an_isochrone_grows_with_the_minutes() -> None:
    finder = finder_of(grid_network(12))
    areas = finder.isochrone(finder.stop(FeatureId("n66")), (0.2, 0.5), at=NOON)
    from shapely.geometry import shape

    small, large = (shape(area.geometry) for area in areas)
    assert small.area < large.area
    assert large.buffer(1e-7).contains(small)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(campuses(), st.sampled_from(["walk", "wheelchair", "stroller", "bike", "staff"]), st.data())
def test_every_route_hangs_together(campus: Campus, profile: str, data: st.DataObject) -> None:
    network = build_network(campus)
    finder = prepare(campus, network)
    places = [FeatureId(unit.id) for unit in campus.of(Unit) if network.entrances.get(FeatureId(unit.id))]
    ends = [finder.stop(data.draw(st.sampled_from(places))) for _ in range(2)]
    refused: NoRouteError | None = None
    try:
        route = finder.route(ends[0], ends[1], profile=profile, at=NOON)[0]
    except NoRouteError as refusal:
        refused = refusal
    if refused is not None:
        assert refused.message.zh
        assert refused.hint
        return
    assert sum(leg.distance_m for leg in route.legs) == pytest.approx(route.distance_m)
    assert sum(leg.duration_s for leg in route.legs) == pytest.approx(route.duration_s)
    assert sum(step.duration_s for step in route.steps) == pytest.approx(route.duration_s, abs=0.01)
    assert sum(step.distance_m for step in route.steps) == pytest.approx(route.distance_m, abs=0.01)
    assert route.steps[-1].maneuver == "arrive"
    assert all(step.text.zh and step.text.en for step in route.steps)
    for before, after in zip(route.legs, route.legs[1:], strict=False):
        assert before.geometry["coordinates"][-1] == after.geometry["coordinates"][0]
        assert before.to_level == after.level
    if profile == "wheelchair":
        assert not {leg.mode for leg in route.legs} & {"stairs", "escalator"}


def test_the_last_steps_to_a_spot_off_the_network_go_along_no_named_way() -> None:
    network = network_of([(0.0, 0.0, 0.0), (0.0, 90.0, 0.0)], [Edge(tail=0, head=1)])
    lane = Pathway(
        id=PathwayId(FeatureId("e0")), from_node_id=NodeId(FeatureId("n0")), to_node_id=NodeId(FeatureId("n1")),
        name={"en": "Far Lane"},
    )  # fmt: skip
    campus = campus_of(network)
    finder = prepare(replace(campus, features={**campus.features, lane.id: lane}), network)
    spots = [network.frame.to_degrees(np.array([[x, -5.0]]))[0].tolist() for x in (-30.0, 30.0)]
    start, end = (
        Stop(lon=lon, lat=lat, level=0.0, level_id=None, feature_id=None, name={}) for lon, lat in spots
    )
    route = finder.route(start, end, at=NOON)[0]
    assert not any("Far Lane" in step.text.en for step in route.steps)
