from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from opening_hours import OpeningHours
from shapely.geometry.base import BaseGeometry
from tests.pace import within

from yuanli.campus import (
    Alias,
    Amenity,
    Building,
    Campus,
    DataPoint,
    Device,
    Feature,
    Fixture,
    Geofence,
    Kiosk,
    Level,
    LevelId,
    Node,
    Occupant,
    Opening,
    Pathway,
    PathwayMode,
    Relationship,
    Team,
    Unit,
    Venue,
    feature_from_json,
    feature_to_json,
    units_of_openings,
)
from yuanli.demo import demo_campus


@pytest.fixture(scope="module")
def park() -> Campus:
    return demo_campus()


def fingerprint(campus: Campus) -> str:
    text = json.dumps(
        [feature_to_json(f) for f in campus.features.values()], ensure_ascii=False, default=list
    )
    return hashlib.sha256(text.encode()).hexdigest()


def by_level(campus: Campus) -> Iterator[tuple[LevelId, list[Unit]]]:
    yield from ((level, list(units)) for level, units in campus.units_by_level.items())


def test_it_is_as_large_as_a_business_park(park: Campus) -> None:
    kinds: tuple[type[Feature], ...] = (Building, Level, Unit, Device, DataPoint, Team, Occupant)
    counts = {kind: len(park.of(kind)) for kind in kinds}
    assert counts[Building] >= 8
    assert counts[Level] >= 40
    assert counts[Unit] >= 900
    assert counts[Device] >= 2500
    assert counts[DataPoint] >= 2500
    assert counts[Team] >= 60
    assert counts[Occupant] >= 25


def test_the_same_seed_gives_the_same_park_and_another_seed_another(park: Campus) -> None:
    assert fingerprint(demo_campus(seed=0)) == fingerprint(park)
    assert fingerprint(demo_campus(seed=1)) != fingerprint(park)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_every_seed_makes_a_park_whose_units_have_doors(seed: int) -> None:
    campus = demo_campus(seed=seed)
    reached = {unit for units in units_of_openings(campus).values() for unit in units}
    assert [u.id for u in campus.of(Unit) if u.id not in reached] == []


def test_it_is_made_in_under_five_seconds() -> None:
    with within(5):
        demo_campus(seed=5)


def test_every_feature_survives_json(park: Campus) -> None:
    for feature in park.features.values():
        assert (
            feature_from_json(json.loads(json.dumps(feature_to_json(feature), default=list))).id == feature.id
        )


def test_every_unit_has_a_door(park: Campus) -> None:
    reached = {unit for units in units_of_openings(park).values() for unit in units}
    assert [u.id for u in park.of(Unit) if u.id not in reached] == []


def test_doors_join_two_units_and_entrances_one_with_the_outside(park: Campus) -> None:
    outside = {feature_id for node in park.of(Node) for feature_id in node.feature_ids}
    for opening_id, units in units_of_openings(park).items():
        assert len(units) == (1 if opening_id in outside else 2), opening_id


def test_every_building_with_units_can_be_entered(park: Campus) -> None:
    outside = {feature_id for node in park.of(Node) for feature_id in node.feature_ids}
    entered = {park.building_of(o.level_id) for o in park.of(Opening) if o.id in outside}
    assert entered == {building.id for building in park.of(Building)}


def test_rooms_do_not_overlap_and_lie_on_their_level(park: Campus) -> None:
    for level_id, units in by_level(park):
        shapes = np.array([park.frame.metric(u.geometry) for u in units], dtype=object)
        one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        pairs = one < two
        shared = shapely.area(shapely.intersection(shapes[one[pairs]], shapes[two[pairs]]))
        assert shared.max(initial=0.0) < 0.05, level_id
        level = park.get(level_id, Level)
        assert level.geometry is not None
        outline = park.frame.metric(level.geometry)
        assert shapely.area(shapely.difference(shapes, outline)).max() < 0.05, level_id


def test_units_are_valid_rooms_of_a_sensible_size(park: Campus) -> None:
    for unit in park.of(Unit):
        assert unit.geometry is not None
        assert unit.geometry.is_valid, unit.id
        assert park.frame.metric(unit.geometry).area > 4, unit.id
        assert unit.display_point is not None
        assert unit.geometry.contains(unit.display_point), unit.id


def test_lifts_and_stairs_stand_above_one_another_through_all_their_levels(park: Campus) -> None:
    stacked = [r for r in park.of(Relationship) if r.category in ("stairs", "elevator")]
    assert len(stacked) > 30
    for shaft in stacked:
        assert shaft.origin is not None
        assert shaft.destination is not None
        units = [park.get(i, Unit) for i in (shaft.origin, *shaft.intermediary, shaft.destination)]
        ordinals = [park.ordinal_of(u.level_id) for u in units]
        assert ordinals == sorted(ordinals)
        assert set(np.diff(ordinals)) == {1.0}
        shapes = [park.frame.metric(u.geometry) for u in units if u.geometry is not None]
        assert all(shapes[0].intersection(s).area > 0.9 * shapes[0].area for s in shapes)


def test_every_building_of_several_levels_has_two_stairs_and_a_lift(park: Campus) -> None:
    shafts: dict[str, Counter[str]] = defaultdict(Counter)
    for shaft in park.of(Relationship):
        assert shaft.origin is not None
        building = park.building_of(park.get(shaft.origin, Unit).level_id)
        shafts[str(building)][shaft.category] += 1
    for building_id, levels in park.levels_by_building.items():
        if len(levels) > 1:
            assert shafts[building_id]["stairs"] >= 2, building_id
            assert shafts[building_id]["elevator"] >= 1, building_id


def test_escalators_run_one_way(park: Campus) -> None:
    escalators = [r for r in park.of(Relationship) if r.category == "escalator"]
    assert {r.direction for r in escalators} == {"directed"}
    climbs = Counter(
        np.sign(
            park.ordinal_of(park.get(r.destination or "", Unit).level_id)
            - park.ordinal_of(park.get(r.origin or "", Unit).level_id)
        )
        for r in escalators
    )
    assert climbs[1.0] == climbs[-1.0] >= 3


def test_names_are_chinese_and_english(park: Campus) -> None:
    for feature in park.features.values():
        name = getattr(feature, "name", None)
        if not name or isinstance(feature, Alias):
            continue
        assert set(name) == {"zh", "en"}, feature.id
        assert name["en"].isprintable(), feature.id
        assert not any("\u4e00" <= c <= "\u9fff" for c in name["en"]), name
    for kind in (Building, Level, Unit, Team, Occupant, Amenity, Device, DataPoint):
        assert all(getattr(f, "name", None) for f in park.of(kind)), kind


def test_no_two_rooms_of_a_level_have_one_name_or_number(park: Campus) -> None:
    for level_id, units in by_level(park):
        names = Counter((u.category, u.name["zh"]) for u in units)
        refs = Counter(u.ref for u in units if u.ref)
        assert [n for n, count in (names + Counter()).items() if count > 1] == [], level_id
        assert [n for n, count in refs.items() if count > 1] == [], level_id


def test_room_a301_is_on_the_third_floor_of_tower_a(park: Campus) -> None:
    rooms = [u for u in park.of(Unit) if u.ref == "A301"]
    assert len(rooms) == 1
    assert park.ordinal_of(rooms[0].level_id) == 2
    assert park.building_of(rooms[0].level_id) == "building-a"


def test_opening_hours_can_be_read(park: Campus) -> None:
    hours = {text for f in park.features.values() if isinstance(text := getattr(f, "hours", None), str)}
    assert len(hours) > 15
    for text in hours:
        OpeningHours(text)


def test_ways_cross_no_building_and_meet_at_their_nodes(park: Campus) -> None:
    walls = shapely.union_all(
        [park.frame.metric(b.geometry).buffer(-0.3) for b in park.of(Building) if b.geometry]
    )
    for way in park.of(Pathway):
        assert way.geometry is not None
        assert not park.frame.metric(way.geometry).intersects(walls), way.id
        ends = [park.get(i, Node).geometry for i in (way.from_node_id, way.to_node_id)]
        assert [end.coords[0] for end in ends] == [way.geometry.coords[0], way.geometry.coords[-1]]


def test_the_ways_outdoors_hang_together_without_steps(park: Campus) -> None:
    joined: dict[str, set[str]] = defaultdict(set)
    for way in park.of(Pathway):
        if way.mode is not PathwayMode.STAIRS:
            joined[way.from_node_id].add(way.to_node_id)
            joined[way.to_node_id].add(way.from_node_id)
    seen, waiting = set(), [next(iter(joined))]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += joined[node]
    assert seen == {node.id for node in park.of(Node)}


def test_devices_and_points_have_a_place_and_ranges(park: Campus) -> None:
    for device in park.of(Device):
        place: Feature | None = park.find(device.space_id or "")
        assert isinstance(place, Unit | Building | Opening | Amenity | Geofence | Venue), device.id
        if isinstance(place, Unit) and device.geometry is not None:
            assert place.geometry is not None
            assert place.geometry.covers(device.geometry), device.id
    for point in park.of(DataPoint):
        assert isinstance(park.find(point.device_id or ""), Device)
        assert point.low is not None
        assert point.high is not None
        assert point.low < point.high


def test_tenants_have_seats_for_their_people(park: Campus) -> None:
    for team in park.of(Team):
        spaces = [park.get(i, Unit) for i in team.space_ids]
        if team.category == "tenant":
            assert sum(s.capacity or 0 for s in spaces) >= team.headcount > 0, team.id


def test_what_stands_in_rooms_leaves_the_doors_free(park: Campus) -> None:
    obstacles: list[Fixture | Kiosk] = [*park.of(Fixture), *park.of(Kiosk)]
    assert len(obstacles) > 50
    doors: dict[str, list[BaseGeometry]] = defaultdict(list)
    for opening in park.of(Opening):
        if opening.geometry is not None:
            doors[opening.level_id].append(park.frame.metric(opening.geometry))
    for obstacle in obstacles:
        assert obstacle.geometry is not None
        shape = park.frame.metric(obstacle.geometry)
        assert min(shape.distance(door) for door in doors[obstacle.level_id]) > 1.5, obstacle.id
        rooms = [u.geometry for u in park.units_by_level[obstacle.level_id] if u.geometry is not None]
        assert sum(room.covers(obstacle.geometry) for room in rooms) == 1, obstacle.id
