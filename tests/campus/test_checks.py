"""Each rule finds what it should on a house with that one fault, and nothing on a sound house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from shapely.geometry import GeometryCollection, LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from tests.campus.places import FRAME, campus_of, changed, house, line, rectangle, two_room_house, without
from tests.pace import within

from yuanli.campus import (
    RULES,
    Alias,
    Amenity,
    Building,
    Campus,
    Closure,
    FeatureId,
    Level,
    LevelId,
    Node,
    NodeId,
    Opening,
    OpeningId,
    Pathway,
    PathwayId,
    Severity,
    Unit,
    UnitId,
    advice_table,
    check_campus,
)


def test_a_sound_house_has_no_findings() -> None:
    assert check_campus(two_room_house()) == ()


def _unit(campus: Campus, unit_id: str, **values: object) -> Campus:
    return changed(campus, replace(campus.get(unit_id, Unit), **values))  # type: ignore[arg-type]


def _node(node_id: str, x: float) -> Node:
    return Node(id=NodeId(FeatureId(node_id)), geometry=FRAME.geographic(Point(x, -5)))


def _way(**values: object) -> Callable[[Campus], Campus]:
    way = Pathway(
        id=PathwayId(FeatureId("w")),
        from_node_id=NodeId(FeatureId("n1")),
        to_node_id=NodeId(FeatureId("n2")),
        geometry=line((0, -5), (9, -5)),
    )
    return lambda c: changed(c, _node("n1", 0), _node("n2", 9), replace(way, **values))  # type: ignore[arg-type]


def _level(campus: Campus, **values: object) -> Campus:
    return changed(campus, replace(campus.get("a-1", Level), **values))  # type: ignore[arg-type]


BOW_TIE = FRAME.geographic(Polygon([(0, 4), (12, 12), (12, 4), (0, 12)]))
FAULTS: tuple[tuple[str, str, Callable[[Campus], Campus]], ...] = (
    ("unit_without_door", "a-0-1", lambda c: without(c, "a-0-d1")),
    ("level_without_doors", "a-1", lambda c: without(c, "a-1-d1", "a-1-d2", "a-1-d3")),
    ("building_without_entrance", "a", lambda c: without(c, "a-0-in")),
    (
        "opening_touches_nothing",
        "d",
        lambda c: changed(
            c,
            Opening(
                id=OpeningId(FeatureId("d")),
                level_id=LevelId(FeatureId("a-0")),
                geometry=line((50, 50), (51, 50)),
            ),
        ),
    ),
    ("level_without_geometry", "a-1", lambda c: _level(c, geometry=None)),
    ("ordinal_duplicate", "a-1", lambda c: _level(c, ordinal=0.0)),
    ("ordinal_gap", "a-1", lambda c: _level(c, ordinal=5.0)),
    ("dangling_reference", "a-1", lambda c: _level(c, building_ids=("a", "gone"))),
    ("dangling_reference", "a-0-1", lambda c: _unit(c, "a-0-1", level_id="gone")),
    ("reference_to_wrong_table", "a-0-1", lambda c: _unit(c, "a-0-1", level_id="a")),
    ("shaft_to_nowhere", "a-0-stair", lambda c: _unit(c, "a-1-stair", category="storage")),
    ("overlapping_units", "a-0-1", lambda c: _unit(c, "a-0-1", geometry=rectangle(0, 4, 15, 12))),
    ("unit_drawn_twice", "a-0-1", lambda c: _unit(c, "a-0-2", geometry=rectangle(0, 4, 12, 12))),
    ("unit_outside_level", "a-0-1", lambda c: _unit(c, "a-0-1", geometry=rectangle(-9, 4, 12, 12))),
    ("unit_without_geometry", "a-0-1", lambda c: _unit(c, "a-0-1", geometry=None)),
    ("invalid_geometry", "a-0-1", lambda c: _unit(c, "a-0-1", geometry=BOW_TIE)),
    ("tiny_unit", "a-0-1", lambda c: _unit(c, "a-0-1", geometry=rectangle(5, 4, 5.3, 4.3))),
    ("sliver_unit", "a-0-1", lambda c: _unit(c, "a-0-1", geometry=rectangle(0, 4, 12, 4.08))),
    ("duplicate_name", "a-0-1", lambda c: _unit(c, "a-0-1", name={"und": "102"})),
    ("duplicate_ref", "a-0-1", lambda c: _unit(_unit(c, "a-0-1", ref="7"), "a-0-2", ref="7")),
    ("room_without_name", "a-0-1", lambda c: _unit(c, "a-0-1", name={})),
    ("unreadable_hours", "a-0-1", lambda c: _unit(c, "a-0-1", hours="8 bis 18 Uhr, meistens")),
    (
        "accessibility_contradiction",
        "a-0-1",
        lambda c: _unit(c, "a-0-1", accessibility=("wheelchair", "notwheelchair")),
    ),
    ("building_without_name", "a", lambda c: changed(c, replace(c.get("a", Building), name={}))),
    ("name_in_one_language", "b", lambda c: changed(c, *house("b", {"zh": "B座"}, x=50, ordinals=(0, 1)))),
    (
        "alias_of_unknown",
        "x",
        lambda c: changed(
            c, Alias(id=FeatureId("x"), feature_id=FeatureId("gone"), language="zh", text="主楼")
        ),
    ),
    (
        "closure_of_unknown",
        "x",
        lambda c: changed(c, Closure(id=FeatureId("x"), feature_ids=(FeatureId("gone"),))),
    ),
    ("pathway_off_its_nodes", "w", _way(geometry=line((0, 5), (9, -5)))),
    ("implausible_slope", "w", _way(max_slope=8.0)),
    ("implausible_width", "w", _way(min_width_m=90.0)),
    ("lonely_node", "n3", lambda c: changed(c, _node("n3", 3))),
    (
        "null_coordinates",
        "x",
        lambda c: changed(c, Amenity(id=FeatureId("x"), geometry=Point(0.0, 0.0))),
    ),
    (
        "swapped_coordinates",
        "x",
        lambda c: changed(c, Amenity(id=FeatureId("x"), geometry=Point(30.0, 120.0))),
    ),
    (
        "far_from_campus",
        "x",
        lambda c: changed(c, Amenity(id=FeatureId("x"), geometry=Point(121.0, 30.0))),
    ),
    (
        "level_without_units",
        "roof",
        lambda c: changed(
            c,
            Level(
                id=LevelId(FeatureId("roof")),
                ordinal=2,
                building_ids=c.get("a-0", Level).building_ids,
                geometry=rectangle(0, 0, 30, 12),
            ),
        ),
    ),
)


@pytest.mark.parametrize(("rule", "feature_id", "spoil"), FAULTS, ids=[f"{r}-{i}" for r, i, _ in FAULTS])
def test_a_fault_is_found_by_its_rule(rule: str, feature_id: str, spoil: Callable[[Campus], Campus]) -> None:
    findings = check_campus(spoil(two_room_house()))
    mine = [f for f in findings if f.rule == rule and f.feature_id == feature_id]
    assert mine, f"{rule} did not find {feature_id} among {[(f.rule, f.feature_id) for f in findings]}"
    for text in (mine[0].message, mine[0].remedy):
        assert text.zh
        assert text.en
        assert not any("\u4e00" <= c <= "\u9fff" for c in text.en.replace("B座", ""))


def test_an_opening_at_the_corner_of_three_rooms_is_found() -> None:
    campus = two_room_house()
    campus = _unit(campus, "a-0-walk", category="storage")
    corner = Opening(
        id=OpeningId(FeatureId("corner")),
        level_id=LevelId(FeatureId("a-0")),
        geometry=LineString(line((11.5, 4), (12.5, 4))),
    )
    assert "opening_joins_many" in {f.rule for f in check_campus(changed(campus, corner))}


def test_a_corridor_without_doors_that_touches_another_space_is_fine() -> None:
    campus = two_room_house()
    wing = Unit(
        id=UnitId(FeatureId("wing")),
        level_id=LevelId(FeatureId("a-0")),
        category="walkway",
        geometry=rectangle(0, 0, 3, 4),
    )
    assert "unit_without_door" not in {f.rule for f in check_campus(changed(campus, wing))}


def test_errors_come_before_warnings_before_hints() -> None:
    campus = _unit(without(two_room_house(), "a-0-in"), "a-0-1", hours="nie", name={})
    severities = [f.severity for f in check_campus(campus)]
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert severities == sorted(severities, key=order.index)
    assert set(severities) == set(order)


def test_a_campus_without_features_has_no_findings() -> None:
    assert check_campus(campus_of()) == ()


def test_ten_thousand_features_are_checked_within_three_seconds() -> None:
    houses = [
        feature
        for i in range(45)
        for feature in house(f"h{i}", {"zh": f"{i}号楼", "en": f"Building {i}"}, x=40 * i, ordinals=range(25))
    ]
    campus = campus_of(*houses)
    assert len(campus.features) > 8_900
    with within(3.0):
        findings = check_campus(campus)
    assert Counter(f.rule for f in findings) == {}


def test_the_documented_table_of_rules_is_the_true_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "campus-checks.md").read_text("utf-8")
    assert advice_table() in page


def test_the_open_air_needs_no_outline() -> None:
    ground = Level(id=LevelId(FeatureId("air")), ordinal=0, outdoor=True)
    assert check_campus(changed(two_room_house(), ground)) == ()


def test_every_rule_is_listed_once() -> None:
    assert len(set(RULES)) == len(RULES)


BROKEN = (
    None,
    Point(120.0, 30.0),
    LineString([(120.0, 30.0), (120.0001, 30.0)]),
    Polygon(),
    Polygon([(120.0, 30.0), (120.0, 30.0), (120.0, 30.0)]),
    GeometryCollection([Point(120.0, 30.0), BOW_TIE]),
    BOW_TIE,
)


@pytest.mark.parametrize("shape", BROKEN, ids=lambda shape: "none" if shape is None else shape.geom_type)
def test_broken_geometry_is_reported_not_stumbled_over(shape: BaseGeometry | None) -> None:
    campus = two_room_house()
    campus = _unit(_unit(campus, "a-0-1", geometry=shape), "a-1-stair", geometry=shape)
    campus = _level(changed(campus, replace(campus.get("a", Building), geometry=shape)), geometry=shape)
    door = replace(campus.get("a-0-d2", Opening), geometry=shape)
    assert check_campus(changed(campus, door))
