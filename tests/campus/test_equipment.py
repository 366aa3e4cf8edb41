"""Brick and Haystack: read, written, and brought onto a campus that is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.demo.thinning import thinned

from yuanli.campus import (
    Alias,
    Building,
    Campus,
    CampusId,
    DataPoint,
    Device,
    Imported,
    ImportRefusedError,
    Level,
    Unit,
    apply_changes,
    join_equipment,
    read_campus,
    write_brick,
)
from yuanli.campus.equipment.classes import brick_classes, class_of_tags, kind_of_class, most_specific
from yuanli.demo import demo_campus

pytest.importorskip("rdflib", reason="yuanli[bim] is not installed")

BRICK = """
@prefix brick: <https://brickschema.org/schema/Brick#> .
@prefix ref: <https://brickschema.org/schema/Brick/ref#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <http://example.org/hq#> .

ex:HQ a brick:Building ; rdfs:label "A座"@zh, "Block A"@en ; brick:hasPart ex:F3 .
ex:F3 a brick:Floor ; rdfs:label "3F" ; brick:hasPart ex:R301 .
ex:R301 a brick:Conference_Room, brick:Room ; rdfs:label "301" .
ex:AHU1 a brick:AHU ; brick:hasLocation ex:HQ ; brick:feeds ex:VAV1 ; brick:hasPoint ex:SAT .
ex:VAV1 a brick:VAV ; brick:hasLocation ex:R301 .
ex:SAT a brick:Discharge_Air_Temperature_Sensor ; brick:hasUnit unit:DEG_C ;
    ref:hasExternalReference [ a ref:TimeseriesReference ; ref:hasTimeseriesId "bms/1/sat" ] .
ex:ZAT a brick:Zone_Air_Temperature_Sensor ; brick:isPointOf ex:VAV1 ; brick:hasUnit unit:DEG_F .
"""


def read(tmp_path: Path, text: str, name: str = "hq.ttl", **options: Any) -> Imported:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_campus(path, **options)


def test_a_brick_model_becomes_places_devices_and_points(tmp_path: Path) -> None:
    campus = read(tmp_path, BRICK).campus
    assert (campus.get("HQ", Building).name, campus.get("F3", Level).ordinal) == (
        {"zh": "A座", "en": "Block A"}, 2.0,
    )  # fmt: skip
    room, ahu = campus.get("R301", Unit), campus.get("AHU1", Device)
    assert (room.level_id, room.category, ahu.space_id, ahu.feeds) == (
        "F3",
        "conferenceroom",
        "HQ",
        ("VAV1",),
    )
    sat, zat = campus.get("SAT", DataPoint), campus.get("ZAT", DataPoint)
    assert (sat.brick_class, sat.unit, sat.device_id) == ("Supply_Air_Temperature_Sensor", "°C", "AHU1")
    assert (zat.device_id, zat.unit, zat.space_id) == ("VAV1", "°F", "R301")
    assert [(a.feature_id, a.text) for a in campus.of(Alias)] == [("SAT", "bms/1/sat")]


def test_a_brick_model_of_an_older_version_is_read(tmp_path: Path) -> None:
    older = BRICK.replace("schema/Brick#", "schema/1.1/Brick#")
    assert read(tmp_path, older).campus.features.keys() == read(tmp_path, BRICK).campus.features.keys()


def test_places_named_by_real_estate_core_are_read(tmp_path: Path) -> None:
    text = BRICK.replace("@prefix ex:", "@prefix rec: <https://w3id.org/rec#> .\n@prefix ex:")
    text = text.replace("a brick:Building", "a rec:Building").replace("a brick:Floor", "a rec:Level")
    campus = read(tmp_path, text).campus
    assert (len(campus.of(Building)), len(campus.of(Level))) == (1, 1)


def test_a_class_that_brick_does_not_have_is_told_with_those_that_sound_like_it(tmp_path: Path) -> None:
    text = BRICK.replace("ex:R301 a brick:Conference_Room, brick:Room", "ex:R301 a brick:Conferense_Room")
    imported = read(tmp_path, text)
    assert imported.campus.get("R301", Unit).name == {"und": "301"}
    (told,) = [f for f in imported.repairs if f.rule == "unknown_class"]
    assert ("Conferense_Room" in told.message.en, "Conference_Room" in told.remedy.en) == (True, True)


def test_the_demo_park_survives_a_round_trip_through_brick(tmp_path: Path) -> None:
    park = thinned(demo_campus())
    write_brick(park, tmp_path / "park.ttl")
    back = read_campus(tmp_path / "park.ttl", name="Park").campus
    assert {d.id: (d.brick_class, d.space_id, d.name) for d in back.of(Device)} == {
        d.id: (d.brick_class, d.space_id, d.name) for d in park.of(Device)
    }
    assert {p.id: (p.device_id, p.unit, p.low, p.high) for p in back.of(DataPoint)} == {
        p.id: (p.device_id, p.unit, p.low, p.high) for p in park.of(DataPoint)
    }
    assert {lv.id: lv.ordinal for lv in back.of(Level)} == {lv.id: lv.ordinal for lv in park.of(Level)}


def hayson(**tags: Any) -> dict[str, Any]:
    def written(value: Any) -> Any:
        if value is True:
            return {"_kind": "marker"}
        if isinstance(value, str) and value.startswith("@"):
            return {"_kind": "ref", "val": value[1:]}
        return value

    return {tag: written(value) for tag, value in tags.items()}


ENTITIES = [
    {"id": "@site", "site": True, "dis": "Gaithersburg", "tz": "New_York"},
    {"id": "@f2", "space": True, "floor": True, "dis": "Floor 2", "siteRef": "@site", "floorNum": 1},
    {"id": "@r5", "space": True, "room": True, "dis": "Room 205", "siteRef": "@site", "floorRef": "@f2"},
    {"id": "@vav", "equip": True, "vav": True, "dis": "VAV 5", "siteRef": "@site", "spaceRef": "@r5"},
    {"id": "@t", "point": True, "zone": True, "air": True, "temp": True, "sensor": True, "cur": True, "his": True,
     "equipRef": "@vav", "siteRef": "@site", "unit": "°F", "kind": "Number", "dis": "Zone temp"},
    {"id": "@sp", "point": True, "zone": True, "air": True, "temp": True, "sp": True, "writable": True,
     "equipRef": "@vav", "siteRef": "@site", "unit": "fahrenheit", "minVal": 60, "maxVal": 80, "dis": "Setpoint"},
    {"id": "@kw", "point": True, "elec": True, "active": True, "power": True, "sensor": True, "siteRef": "@site",
     "unit": "kW", "dis": "Power"},
]  # fmt: skip


def old_json(row: dict[str, Any]) -> dict[str, str]:
    return {
        tag: "m:" if value is True else f"r:{value[1:]} Name" if isinstance(value, str) and value.startswith("@")
        else f"n:{value}" if isinstance(value, int) else f"s:{value}"
        for tag, value in row.items()
    }  # fmt: skip


@pytest.mark.parametrize("version", [3, 4])
def test_a_haystack_grid_becomes_places_devices_and_points(tmp_path: Path, version: int) -> None:
    rows = [old_json(row) if version == 3 else hayson(**row) for row in ENTITIES]
    grid = (
        {"meta": {"ver": "3.0"}, "cols": [], "rows": rows}
        if version == 3
        else {"_kind": "grid", "rows": rows}
    )
    campus = read(tmp_path, json.dumps(grid, ensure_ascii=False), "site.json").campus
    assert campus.time_zone == "America/New_York"
    assert (campus.get("r5", Unit).level_id, campus.get("f2", Level).ordinal) == ("f2", 1.0)
    points = {str(p.id): (p.brick_class, p.unit, p.device_id) for p in campus.of(DataPoint)}
    assert points["t"] == ("Zone_Air_Temperature_Sensor", "°F", "vav")
    assert points["sp"] == ("Zone_Air_Temperature_Setpoint", "°F", "vav")
    assert points["kw"][:2] == ("Active_Power_Sensor", "kW")
    assert (campus.get("sp", DataPoint).low, campus.get("sp", DataPoint).high) == (60, 80)
    assert kind_of_class(campus.get("vav", Device).brick_class) == "equipment"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("discharge air temp sensor", "Supply_Air_Temperature_Sensor"),
        ("return air temp sensor", "Return_Air_Temperature_Sensor"),
        ("outside air temp sensor", "Outside_Air_Temperature_Sensor"),
        ("zone air humidity sensor", "Zone_Air_Humidity_Sensor"),
        ("elec energy sensor", "Electrical_Energy_Usage_Sensor"),
        ("chilled water leaving temp sensor", "Leaving_Chilled_Water_Temperature_Sensor"),
        ("zone co2 sensor", "CO2_Sensor"),
    ],
)  # fmt: skip
def test_tags_of_haystack_find_the_class_of_brick(tmp_path: Path, tags: str, expected: str) -> None:
    row = hayson(id="@p", point=True, **dict.fromkeys(tags.split(), True))
    campus = read(tmp_path, json.dumps({"_kind": "grid", "rows": [row]}), "p.json").campus
    assert campus.get("p", DataPoint).brick_class == expected


def test_tags_that_say_nothing_are_told(tmp_path: Path) -> None:
    row = hayson(id="@p", point=True, gizmo=True)
    imported = read(tmp_path, json.dumps({"_kind": "grid", "rows": [row]}), "p.json")
    assert ("unknown_class", "p") in [(f.rule, f.feature_id) for f in imported.repairs]


def test_the_most_specific_class_holds_and_every_class_has_a_kind() -> None:
    zone = "Zone_Air_Temperature_Sensor"
    assert most_specific(["Sensor", "Temperature_Sensor", zone]) == zone
    assert class_of_tags(frozenset({"Nothing"}), "point") is None
    for name, row in brick_classes().items():
        assert (kind_of_class(name), set(row.parents) <= brick_classes().keys()) == (row.kind, True)


def park_with_block_a() -> Campus:
    return read_campus_of(
        Building(id=_id("b-1"), name={"zh": "A座", "en": "Block A"}),
        Level(id=_id("b-1-3"), ordinal=2, building_ids=(_id("b-1"),), name={"en": "Third floor"}),
        Unit(id=_id("u-9"), level_id=_id("b-1-3"), name={"en": "301"}, category="conferenceroom"),
    )


def read_campus_of(*features: Any) -> Campus:
    return Campus(id=CampusId("park"), features={f.id: f for f in features})


def _id(text: str) -> Any:
    return text


def test_devices_are_brought_to_the_places_of_a_campus_by_name(tmp_path: Path) -> None:
    campus = park_with_block_a()
    changes, findings = join_equipment(campus, read(tmp_path, BRICK))
    joined = apply_changes(campus, changes)
    assert {d.id: d.space_id for d in joined.of(Device)} == {"AHU1": "b-1", "VAV1": "u-9"}
    assert (len(joined.of(DataPoint)), len(joined.of(Building)), findings) == (2, 1, ())
    assert join_equipment(joined, read(tmp_path, BRICK)) == ((), ())


def test_a_device_of_an_unknown_room_goes_to_the_place_around_it(tmp_path: Path) -> None:
    campus = park_with_block_a()
    changes, findings = join_equipment(
        campus, read(tmp_path, BRICK.replace('rdfs:label "301"', 'rdfs:label "399"'))
    )
    joined = apply_changes(campus, changes)
    assert joined.get("VAV1", Device).space_id == "b-1-3"
    assert {f.rule for f in findings} == {"unknown_place"}


def test_an_id_that_something_else_has_is_refused(tmp_path: Path) -> None:
    campus = read_campus_of(Building(id=_id("AHU1")))
    with pytest.raises(ImportRefusedError, match="AHU1"):
        join_equipment(campus, read(tmp_path, BRICK))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cut.ttl", BRICK[:700]),
        ("empty.ttl", "@prefix brick: <https://brickschema.org/schema/Brick#> ."),
        ("other.ttl", "@prefix ex: <http://e.org/> .\nex:a a ex:B ."),
        ("noid.json", '{"_kind": "grid", "rows": [{"site": {"_kind": "marker"}}]}'),
        ("twice.json", json.dumps({"_kind": "grid", "rows": [hayson(id="@a", site=True)] * 2})),
        ("norows.json", '{"_kind": "grid", "rows": 5}'),
        ("cut.json", '{"_kind": "grid", "rows": [{"id"'),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_name_and_a_next_step(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ImportRefusedError) as refusal:
        read(tmp_path, text, name)
    assert refusal.value.message.zh != refusal.value.message.en
    assert refusal.value.hint is not None


@pytest.mark.parametrize("form", ["brick", "haystack"])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, form: str) -> None:
    with pytest.raises(ImportRefusedError, match="gone"):
        read_campus(tmp_path / "gone", format=form)


def test_circles_of_places_end(tmp_path: Path) -> None:
    text = (
        BRICK
        + "ex:HQ brick:isPartOf ex:F3 . ex:VAV1 brick:isPartOf ex:AHU1 . ex:AHU1 brick:isPartOf ex:VAV1 ."
    )
    assert len(read(tmp_path, text).campus.of(Device)) == 2


@given(st.binary(max_size=300))
def test_random_turtle_and_json_never_crash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("random") / "file"
    for head in (b"@prefix brick: <https://brickschema.org/schema/Brick#> .\n", b'{"_kind":"grid","rows":['):
        path.write_bytes(head + content)
        for form in ("brick", "haystack"):
            with pytest.raises(ImportRefusedError):
                read_campus(path, format=form)
