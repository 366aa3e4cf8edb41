"""Zones, stands, teams and parts of levels as starts and goals."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from tests.routing.campuses import Plot, is_reached, length_m

from yuanli.campus import Campus, FeatureId, Frame, Geofence, Kiosk, LevelId, Section, Team, TeamId
from yuanli.routing import build_network, check_network


def station() -> Plot:
    """Return a hall with two rooms, on a street south of it."""
    there = Plot(Frame(120.17, 30.28))
    there.building("b", 0, 0, 40, 30)
    there.unit("hall", "concourse", (0, 0, 40, 20))
    there.unit("west room", "office", (0, 20, 20, 30))
    there.unit("east room", "office", (20, 20, 40, 30))
    there.door("west door", (10, 20), (11, 20))
    there.door("east door", (30, 20), (31, 20))
    there.door("entrance", (20, 0), (21, 0))
    there.way("street", (-20.0, -8.0), (80.0, -8.0))
    return there


def zone(there: Plot, *box: float, level: str | None = None) -> Geofence:
    levels = (LevelId(FeatureId(level)),) if level else ()
    return Geofence(id=FeatureId("zone"), geometry=there.area(*box[:4]), level_ids=levels)


def with_zone(*box: float, level: str | None = None) -> Campus:
    there = station()
    there.features.append(zone(there, *box, level=level))
    return there.campus()


def test_a_zone_of_a_level_is_reached_in_the_rooms_it_covers() -> None:
    network = build_network(with_zone(19, 19, 41, 31, level="b/0"))
    assert network.entrances[FeatureId("zone")] == network.entrances[FeatureId("east room")]


def test_a_zone_in_a_building_that_names_no_level_is_on_its_ground_floor() -> None:
    network = build_network(with_zone(1, 21, 19, 29))
    assert network.entrances[FeatureId("zone")] == network.entrances[FeatureId("west room")]


def test_a_lawn_beside_a_way_is_reached_from_it_and_a_square_on_a_way_is_entered_there() -> None:
    lawn, square = build_network(with_zone(50, 0, 70, 20)), build_network(with_zone(50, -12, 70, 0))
    assert is_reached(lawn, "zone")
    assert length_m(lawn, "zone", "n80,-8") == pytest.approx(8 + 20, abs=11)
    assert length_m(square, "zone", "n80,-8") == pytest.approx(20.0, abs=1.0)


def test_a_zone_far_from_every_way_is_reported_as_such() -> None:
    campus = with_zone(4000, 4000, 4050, 4050)
    found = {(f.rule, f.feature_id): f for f in check_network(campus, build_network(campus))}
    assert "no way near it" in found["unreachable", "zone"].message.en  # type: ignore[index]


def test_a_stand_is_walked_to_and_around() -> None:
    there = station()
    stand = Kiosk(
        id=FeatureId("stand"), level_id=LevelId(FeatureId("b/0")), geometry=there.area(15, 9, 26, 11)
    )
    there.features.append(stand)
    network = build_network(there.campus())
    assert length_m(network, "stand", "entrance") == pytest.approx(9.0, abs=1.5)
    bare = build_network(station().campus())
    here, there_m = (length_m(n, "entrance", "west door") for n in (network, bare))
    assert there_m == pytest.approx(math.hypot(10, 20), abs=0.1)
    assert here > there_m


def test_a_team_is_found_where_it_sits_or_its_parts_do() -> None:
    there = station()
    places = (FeatureId("east room"), FeatureId("west room"))
    there.features.append(Team(id=TeamId(FeatureId("team")), space_ids=places))
    parent = Team(id=TeamId(FeatureId("parent")))
    child = Team(id=TeamId(FeatureId("part")), space_ids=places[:1], parent_id=parent.id)
    there.features += [parent, child]
    network = build_network(there.campus())
    assert network.entrances[FeatureId("parent")] == network.entrances[places[0]]
    assert network.entrances[FeatureId("team")] == (
        *network.entrances[places[0]],
        *network.entrances[places[1]],
    )
    assert math.isfinite(length_m(network, "n-20,-8", "team"))


def test_a_section_is_reached_in_its_units_or_in_the_one_it_lies_in() -> None:
    there = station()
    wing = Section(
        id=FeatureId("wing"), level_id=LevelId(FeatureId("b/0")), geometry=there.area(0, 20, 40, 30)
    )
    corner = replace(wing, id=FeatureId("corner"), geometry=there.area(1, 1, 4, 4))
    there.features += [wing, corner]
    network = build_network(there.campus())
    rooms = (*network.entrances[FeatureId("west room")], *network.entrances[FeatureId("east room")])
    assert network.entrances[FeatureId("wing")] == rooms
    assert network.entrances[FeatureId("corner")] == network.entrances[FeatureId("hall")]
    assert math.isfinite(length_m(network, "corner", "wing"))
