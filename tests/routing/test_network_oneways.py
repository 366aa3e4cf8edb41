"""Doors that are passed one way only."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeGuard

import pytest
from tests.routing.campuses import Plot, length_m

from yuanli.campus import (
    Campus,
    Door,
    Feature,
    FeatureId,
    Frame,
    LevelId,
    Node,
    Opening,
    OpeningId,
    Pathway,
    Relationship,
)
from yuanli.routing import NoRouteError, build_network, prepare

NOON = datetime(2026, 5, 11, 4, tzinfo=UTC)


def plot() -> Plot:
    """Return a shop and a hall with the doors `west` and `east` between them; a street runs past the hall."""
    there = Plot(Frame(120.17, 30.28))
    there.building("b", 0, 0, 20, 12)
    there.unit("shop", "retail", (0, 6, 20, 12))
    there.unit("hall", "lobby", (0, 0, 20, 6))
    there.door("west", (2, 6), (3, 6))
    there.door("east", (17, 6), (18, 6))
    there.way("street", (-20, -6), (60, -6))
    return there


def outer(there: Plot, name: str, x: float, *, entrance: str = "yes", category: str = "pedestrian") -> None:
    there.features.append(
        Opening(
            id=OpeningId(FeatureId(name)),
            level_id=LevelId(FeatureId("b/0")),
            category=category,
            geometry=there.line((x, 0), (x + 1, 0)),
            door=Door(),
            extra={"tags": {"entrance": entrance}},
        )
    )


def relate(
    there: Plot, origin: str | None, destination: str | None, *doors: str, direction: str = "directed"
) -> None:
    there.features.append(
        Relationship(
            id=FeatureId(f"r{len(there.features)}"),
            category="traversal",
            direction=direction,
            origin=FeatureId(origin) if origin else None,
            intermediary=tuple(FeatureId(door) for door in doors),
            destination=FeatureId(destination) if destination else None,
        )
    )


def _is_drawn_indoors(feature: Feature) -> TypeGuard[Node | Pathway]:
    return isinstance(feature, Node | Pathway) and (
        feature.id[:4] == "n2.5" or feature.id in ("indoors", "further")
    )


def passed(campus: Campus) -> tuple[float, float]:
    """Return the metres from the hall to the shop and back."""
    network = build_network(campus)
    return length_m(network, "hall", "shop"), length_m(network, "shop", "hall")


def test_a_directed_door_is_passed_from_origin_to_destination_only() -> None:
    there = plot()
    relate(there, "hall", "shop", "west")
    relate(there, "hall", "shop", "east")
    into, back = passed(there.campus())
    assert math.isfinite(into)
    assert back == math.inf


def test_the_way_back_takes_the_other_door() -> None:
    there = plot()
    relate(there, "hall", "shop", "west")
    network = build_network(there.campus())
    assert length_m(network, "hall", "west") < 12
    assert length_m(network, "west", "hall") > 20
    assert math.isfinite(length_m(network, "shop", "hall"))


@pytest.mark.parametrize("direction", ["directed", "undirected"])
def test_a_door_with_both_directions_or_none_is_passed_both_ways(direction: str) -> None:
    there = plot()
    for door in ("west", "east"):
        relate(there, "hall", "shop", door)
        relate(there, "shop", "hall", door, direction=direction)
    assert all(math.isfinite(metres) for metres in passed(there.campus()))


def test_a_directed_step_between_two_units_makes_all_between_them_one_way() -> None:
    there = plot()
    relate(there, "shop", "hall")
    into, back = passed(there.campus())
    assert (into, math.isfinite(back)) == (math.inf, True)


def test_a_directed_step_between_open_spaces_makes_their_border_one_way() -> None:
    there = Plot(Frame(120.17, 30.28))
    there.building("b", 0, 0, 40, 6)
    there.unit("shop", "walkway", (0, 0, 20, 6))
    there.unit("hall", "walkway", (20, 0, 40, 6))
    relate(there, "hall", "shop")
    into, back = passed(there.campus())
    assert (math.isfinite(into), back) == (True, math.inf)


def test_a_directed_way_out_is_no_way_in() -> None:
    there = plot()
    outer(there, "in", 1)
    outer(there, "out", 18)
    relate(there, "hall", None, "out")
    network = build_network(there.campus())
    assert length_m(network, "n60,-6", "hall") > 70
    assert length_m(network, "hall", "n60,-6") < 60
    assert network.node_feature[list(network.entrances[FeatureId("b")])].tolist() == [
        network.feature_index[FeatureId("in")]
    ]


@pytest.mark.parametrize("entrance", ["exit", "entry"])
def test_doors_tagged_as_exits_are_left_by_and_entries_entered_by(entrance: str) -> None:
    there = plot()
    outer(there, "both", 1)
    outer(there, "one", 18, entrance=entrance)
    network = build_network(there.campus())
    into, out = length_m(network, "n60,-6", "hall"), length_m(network, "hall", "n60,-6")
    near, far = (out, into) if entrance == "exit" else (into, out)
    assert near == pytest.approx(56.5, abs=0.5)
    assert far == pytest.approx(73.5, abs=0.5)


def test_a_drawn_corridor_through_a_one_way_door_is_walked_one_way() -> None:
    there = plot()
    relate(there, "hall", "shop", "west")
    relate(there, "hall", "shop", "east")
    for name, start, end in (("indoors", (2.5, 3), (2.5, 6)), ("further", (2.5, 6), (2.5, 9))):
        there.way(name, start, end)
    there.features = [
        replace(f, level_id=LevelId(FeatureId("b/0"))) if _is_drawn_indoors(f) else f for f in there.features
    ]
    into, back = passed(there.campus())
    assert (math.isfinite(into), back) == (True, math.inf)


def test_the_only_door_of_a_building_is_entered_whatever_its_tag_says() -> None:
    there = plot()
    outer(there, "out", 10, entrance="exit")
    assert math.isfinite(length_m(build_network(there.campus()), "n60,-6", "hall"))


def test_emergency_exits_stay_the_last_resort_they_are() -> None:
    there = plot()
    outer(there, "in", 1)
    outer(there, "out", 18, entrance="emergency", category="emergencyexit")
    network = build_network(there.campus())
    assert not network.edge_one_way.any()


def test_a_refusal_names_the_door_that_is_in_the_way() -> None:
    there = plot()
    relate(there, "hall", "shop", "west")
    relate(there, "hall", "shop", "east")
    campus = there.campus()
    wayfinder = prepare(campus, build_network(campus))
    hall, shop = wayfinder.stop(FeatureId("hall")), wayfinder.stop(FeatureId("shop"))
    assert wayfinder.route(hall, shop, profile="walk", at=NOON)
    with pytest.raises(NoRouteError) as refusal:
        wayfinder.route(shop, hall, profile="walk", at=NOON)
    assert "a door is passed one way only" in refusal.value.message.en
    assert refusal.value.hint is not None
    assert "(west)" in refusal.value.hint.en or "(east)" in refusal.value.hint.en


def test_an_evacuation_leaves_by_doors_that_are_exits_only() -> None:
    there = plot()
    outer(there, "in", 1)
    outer(there, "out", 18, entrance="exit")
    campus = there.campus()
    wayfinder = prepare(campus, build_network(campus))
    shop = wayfinder.stop(FeatureId("shop"))
    way = wayfinder.route(shop, wayfinder.stop(FeatureId("out")), profile="evacuation", at=NOON)[0]
    assert way.distance_m < 30
