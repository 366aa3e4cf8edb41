"""The campus model: views, places, frame, codec, adjacency."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from yuanli.campus import (
    TABLES,
    Anchor,
    Building,
    BuildingId,
    Campus,
    CampusId,
    Closure,
    Door,
    DuplicateIdError,
    Feature,
    FeatureFormatError,
    FeatureId,
    FeatureNotFoundError,
    Frame,
    Level,
    LevelId,
    Node,
    NodeId,
    Occupant,
    Opening,
    OpeningId,
    Pathway,
    PathwayId,
    PathwayMode,
    Team,
    TeamId,
    Unit,
    UnitId,
    by_id,
    feature_from_json,
    feature_to_json,
    units_of_openings,
)

FRAME = Frame(120.0, 30.0)
LEVEL = LevelId(FeatureId("L1"))


def room(name: str, west: float, east: float) -> Unit:
    return Unit(id=UnitId(FeatureId(name)), level_id=LEVEL, geometry=FRAME.geographic(box(west, 0, east, 5)))


def door(name: str, x: float) -> Opening:
    line = FRAME.geographic(LineString([(x, 2), (x, 3)]))
    return Opening(id=OpeningId(FeatureId(name)), level_id=LEVEL, geometry=line, door=Door(automatic=True))


def house(*features: Feature) -> Campus:
    building = Building(id=BuildingId(FeatureId("B")), name={"zh": "A座"})
    level = Level(
        id=LEVEL, ordinal=0, building_ids=(building.id,), geometry=FRAME.geographic(box(0, 0, 20, 5))
    )
    return Campus(id=CampusId("house"), features=by_id([building, level, *features]))


def test_an_occupant_is_where_its_unit_is() -> None:
    anchor = Anchor(id=FeatureId("a"), unit_id=UnitId(FeatureId("west")))
    shop = Occupant(id=FeatureId("shop"), anchor_id=anchor.id)
    team = Team(id=TeamId(FeatureId("t")), space_ids=(FeatureId("west"),))
    spot = house(room("west", 0, 5), anchor, shop, team).spot("shop")
    assert spot is not None
    assert (spot.level_id, spot.building_id) == (LEVEL, "B")
    assert spot == house(room("west", 0, 5), anchor, shop, team).spot("t")


def test_features_that_point_at_each_other_have_no_place() -> None:
    one = Team(id=TeamId(FeatureId("one")), space_ids=(FeatureId("two"),))
    two = Team(id=TeamId(FeatureId("two")), space_ids=(FeatureId("one"),))
    assert house(one, two).spot("one") is None


def test_a_building_without_outline_is_where_its_levels_are() -> None:
    spot = house().spot("B")
    assert spot is not None
    assert FRAME.to_metres(np.array([[spot.lon, spot.lat]]))[0] == pytest.approx([10, 2.5], abs=1e-3)


def test_an_id_of_another_table_is_not_found() -> None:
    with pytest.raises(FeatureNotFoundError):
        house().get("B", Unit)


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(DuplicateIdError):
        house(room("x", 0, 5), room("x", 5, 9))


def test_a_door_joins_the_rooms_on_both_sides_of_a_wall() -> None:
    campus = house(
        room("west", 0, 5), room("east", 5.3, 10), room("far", 12, 20), door("d", 5), door("out", 0)
    )
    assert units_of_openings(campus) == {"d": ("west", "east"), "out": ("west",)}


@given(st.floats(-170, 170), st.floats(-70, 70), st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_metres_and_degrees_are_inverse_to_a_millimetre(lon: float, lat: float, x: float, y: float) -> None:
    frame = Frame(lon, lat)
    there = np.array([[x, y]])
    assert frame.to_metres(frame.to_degrees(there)) == pytest.approx(there, abs=1e-3)


def test_metres_are_metres() -> None:
    degree = FRAME.to_metres(np.array([[120.0, 30.001]]))[0]
    assert degree == pytest.approx([0, 110.85], abs=0.01)  # a thousandth of a degree of latitude at 30°


def test_a_far_off_node_does_not_move_the_frame() -> None:
    near = [Node(id=NodeId(FeatureId(f"n{i}")), geometry=Point(120 + i / 1e4, 30)) for i in range(5)]
    far = Node(id=NodeId(FeatureId("far")), geometry=Point(122, 31))
    campus = Campus(id=CampusId("c"), features=by_id([*near, far]))
    assert campus.frame == Frame(120.0002, 30.0) or abs(campus.frame.lon - 120.0002) < 2e-4


FEATURES: list[Feature] = [
    room("r", 0, 5),
    door("d", 5),
    Pathway(
        id=PathwayId(FeatureId("p")),
        from_node_id=NodeId(FeatureId("a")),
        to_node_id=NodeId(FeatureId("b")),
        mode=PathwayMode.STAIRS,
        geometry=LineString([(120, 30), (120.1, 30.1)]),
        extra={"tags": {"highway": "steps"}},
    ),
    Closure(id=FeatureId("c"), feature_ids=(FeatureId("r"),), starts_at=datetime(2026, 5, 1, tzinfo=UTC)),
    Level(id=LEVEL, ordinal=0.5, name={"zh": "夹层"}, building_ids=(BuildingId(FeatureId("B")),)),
]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: type(feature).__name__)
def test_a_feature_comes_back_from_json_as_it_was(feature: Feature) -> None:
    document = json.loads(json.dumps(feature_to_json(feature)))
    assert feature_from_json(document) == feature


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_written_and_read(table: str) -> None:
    document = {
        "feature_type": table,
        "id": "x",
        "geometry": {"type": "Point", "coordinates": [120.0, 30.0]},
        "properties": {
            "level_id": "L", "ordinal": 1, "feature_id": "f", "language": "zh", "text": "t", "category": "c",
            "from_node_id": "a", "to_node_id": "b", "brick_class": "VAV", "factor": 2,
        },
    }  # fmt: skip
    feature = feature_from_json(document)
    assert feature_from_json(feature_to_json(feature)) == feature


@pytest.mark.parametrize(
    "document",
    [
        {"feature_type": "dragon", "id": "x"},
        {"feature_type": "level", "id": "x", "properties": {"ordinal": "first"}},
        {"feature_type": "unit", "id": "x", "properties": {}},
        {"feature_type": "unit", "id": "x", "geometry": {"type": "Polygon"}, "properties": {"level_id": "L"}},
    ],
)
def test_json_that_fits_no_table_is_refused_with_its_id(document: dict[str, object]) -> None:
    with pytest.raises(FeatureFormatError) as refused:
        feature_from_json(document)
    assert refused.value.field == "x"
