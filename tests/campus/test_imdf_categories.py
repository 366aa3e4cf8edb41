"""What is exported says only what IMDF 1.0.0 has words for, and comes back as it was."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.campus.places import changed, two_room_house

from yuanli.campus import (
    Building,
    Campus,
    Feature,
    Level,
    Opening,
    Relationship,
    Unit,
    read_campus,
    write_imdf,
)
from yuanli.campus.imdf.categories import standard_categories, to_standard
from yuanli.campus.imdf.fields import STANDARD
from yuanli.demo import demo_campus

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "campus"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
REQUIRED = tuple(table for table in STANDARD if "category" in STANDARD[table])


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with zipfile.ZipFile(path) as archive:
        for table in STANDARD:
            if f"{table}.geojson" in archive.namelist():
                for row in json.loads(archive.read(f"{table}.geojson"))["features"]:
                    yield table, row["properties"]


def _strange(path: Path) -> set[tuple[str, str, str]]:
    """Return what an archive says that IMDF has no category for: table, property, value."""
    found: set[tuple[str, str, str]] = set()
    for table, said in _rows(path):
        if table in REQUIRED and said.get("category") not in standard_categories(table):
            found.add((table, "category", str(said.get("category"))))
        for name in ("restriction", "accessibility", "access_control"):
            if name not in STANDARD[table] or said.get(name) is None:
                continue
            values = said[name] if isinstance(said[name], list) else [said[name]]
            found |= {(table, name, v) for v in values if v not in standard_categories(name)}
        for part in ("type", "material"):
            value = (said.get("door") or {}).get(part)
            if value is not None and value not in standard_categories(f"door.{part}"):
                found.add((table, f"door.{part}", value))
    return found


def _outlined(path: Path) -> set[str]:
    """Return the buildings that have a footprint; none may have a geometry, says IMDF."""
    with zipfile.ZipFile(path) as archive:
        tables = [json.loads(archive.read(f"{t}.geojson"))["features"] for t in ("building", "footprint")]
    assert all(row["geometry"] is None for row in tables[0])
    return {building_id for row in tables[1] for building_id in row["properties"]["building_ids"]}


def _assert_standard_and_lossless(campus: Campus, path: Path) -> None:
    write_imdf(campus, path)
    assert _strange(path) == set()
    assert _outlined(path) == {b.id for b in campus.of(Building) if b.geometry is not None}
    again = read_campus(path).campus
    assert {i: _unwritten(f) for i, f in again.features.items()} == dict(campus.features)


def _unwritten(feature: Feature) -> Feature:
    """Return a relationship without the record of how IMDF writes its ends."""
    return replace(feature, extra={}) if isinstance(feature, Relationship) else feature


def test_the_demo_park_is_exported_in_the_words_of_imdf(tmp_path: Path) -> None:
    _assert_standard_and_lossless(demo_campus(), tmp_path / "a.zip")


@needs_data
@pytest.mark.parametrize(
    "source",
    ["tsinghua/tsinghua.osm", "tud-apb/tud-apb.osm", "caserne-de-bonne/caserne.osm", "westport-house"],
)
def test_a_campus_of_another_format_is_exported_in_the_words_of_imdf(tmp_path: Path, source: str) -> None:
    _assert_standard_and_lossless(read_campus(DATA / source).campus, tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("table", "name", "value", "standard"),
    [
        ("unit", "restriction", "private", "restricted"), ("unit", "restriction", "no", "restricted"),
        ("unit", "restriction", "permit", "restricted"), ("unit", "restriction", "staff", "employeesonly"),
        ("unit", "restriction", "employeesonly", "employeesonly"), ("unit", "restriction", "destination", None),
        ("unit", "category", "foodservice.coffee", "foodservice"), ("unit", "category", "shop", "room"),
        ("unit", "category", "restroom.male.wheelchair", "restroom.male.wheelchair"),
        ("building", "category", "dormitory", "unspecified"), ("geofence", "category", "park", "geofence"),
        ("opening", "accessibility", ["wheelchair", "notwheelchair"], ["wheelchair"]),
        ("unit", "accessibility", ["notwheelchair"], None), ("detail", "category", "fence", "fence"),
        ("opening", "door", {"type": "hinged", "material": "steel", "automatic": True},
         {"type": "swinging", "material": "metal", "automatic": True}),
    ],
)  # fmt: skip
def test_the_nearest_category_of_imdf_stands_for_ours(
    table: str, name: str, value: Any, standard: Any
) -> None:
    assert to_standard(table, name, value) == standard


def test_an_edit_of_the_standard_category_beats_our_own(tmp_path: Path) -> None:
    campus = two_room_house()
    unit = replace(campus.get("a-0-1", Unit), category="shop", restriction="private")
    write_imdf(changed(campus, unit), tmp_path / "in")
    document = json.loads((tmp_path / "in" / "unit.geojson").read_text("utf-8"))
    (row,) = (r for r in document["features"] if r["id"] == "a-0-1")
    assert row["properties"]["yuanli_own"] == {"category": "shop", "restriction": "private"}
    row["properties"]["category"] = "kitchen"
    (tmp_path / "in" / "unit.geojson").write_text(json.dumps(document), "utf-8")
    again = read_campus(tmp_path / "in").campus.get("a-0-1", Unit)
    assert (again.category, again.restriction) == ("kitchen", "private")


def test_a_file_keeps_the_words_of_its_own(tmp_path: Path) -> None:
    campus = two_room_house()
    write_imdf(campus, tmp_path / "in")
    for table, name, value in (("unit", "category", "blue.room"), ("level", "restriction", "vips"),
                               ("opening", "accessibility", ["stairlift"])):  # fmt: skip
        file = tmp_path / "in" / f"{table}.geojson"
        document = json.loads(file.read_text("utf-8"))
        document["features"][0]["properties"][name] = value
        file.write_text(json.dumps(document), "utf-8")
    read = read_campus(tmp_path / "in").campus
    assert {u.category for u in read.of(Unit)} >= {"blue.room"}
    assert {lv.restriction for lv in read.of(Level)} == {"vips", None}
    assert ("stairlift",) in {o.accessibility for o in read.of(Opening)}
    write_imdf(read, tmp_path / "out")
    for table in ("unit", "level", "opening"):
        before = json.loads((tmp_path / "in" / f"{table}.geojson").read_text("utf-8"))
        assert json.loads((tmp_path / "out" / f"{table}.geojson").read_text("utf-8")) == before
