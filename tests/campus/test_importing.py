from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from yuanli.campus import Level, Opening, Section, Unit
from yuanli.campus.geojson.exchange import write_geojson
from yuanli.campus.imdf.writing import write_imdf
from yuanli.campus.imported import ImportRefusedError
from yuanli.campus.importing import campus_id_of, read_campus

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "campus"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")


def collection(*coordinates: Any, **members: Any) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "id": f"f{i}",
            "properties": {"type": "room", "level": "1"},
            "geometry": {"type": "Polygon", "coordinates": [c]},
        }
        for i, c in enumerate(coordinates)
    ]
    return {"type": "FeatureCollection", "features": features, **members}


ROOM = [[116.3, 40.0], [116.3001, 40.0], [116.3001, 40.0001], [116.3, 40.0001], [116.3, 40.0]]


def moved(ring: list[list[float]], scale: float, x: float, y: float) -> list[list[float]]:
    return [[x + (p[0] - 116.3) * scale, y + (p[1] - 40.0) * scale] for p in ring]


def bad_documents() -> dict[str, bytes]:
    swapped = [[y, x] for x, y in ROOM]
    good = json.dumps(collection(ROOM)).encode()
    texts = [["116.3", "40.0"], *ROOM[1:]]
    same_id = collection(ROOM, swapped and moved(ROOM, 1.0, 116.31, 40.0))
    same_id["features"][1]["id"] = "f0"
    return {
        "empty": b"",
        "zeros": bytes(100_000),
        "cut off": good[:-40],
        "deep": b"[" * 200_000,
        "deep in a feature": good.replace(
            b'"level"', b'"x":' + b"[" * 100_000 + b"]" * 100_000 + b',"level"'
        ),
        "NaN": good.replace(b"116.3001", b"NaN", 1),
        "Infinity": good.replace(b"116.3001", b"-Infinity", 1),
        "huge": good.replace(b"116.3001", b"1e400", 1),
        "huge integer": good.replace(b"116.3001", b"9" * 5000, 1),
        "text": json.dumps(collection(texts)).encode(),
        "no features": b'{"type":"FeatureCollection","features":[]}',
        "no collection": b'{"a":1}',
        "null features": b'{"type":"FeatureCollection","features":[null]}',
        "number": b"42",
        "rather deep": good.replace(b'"level"', b'"x":' + b"[" * 700 + b"]" * 700 + b',"level"'),
        "swapped": json.dumps(collection(swapped)).encode(),
        "web mercator": json.dumps(collection(moved(ROOM, 1e5, 12946000.0, 4865000.0))).encode(),
        "utm": json.dumps(collection(moved(ROOM, 1e5, 440000.0, 4428000.0))).encode(),
        "null island": json.dumps(collection(moved(ROOM, 1.0, 0.0, 0.0))).encode(),
        "unknown crs": json.dumps(
            collection(ROOM, crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::999999"}})
        ).encode(),
        "ids twice": json.dumps(same_id).encode(),
        "invalid UTF-8": good.replace(b'"room"', b'"\xff\xfe\xfd"'),
        "binary": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    }


@pytest.mark.parametrize("kind", sorted(bad_documents()))
def test_a_bad_file_is_refused_in_both_languages_with_a_next_step(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad.geojson"
    path.write_bytes(bad_documents()[kind])
    with pytest.raises(ImportRefusedError) as refusal:
        read_campus(path)
    assert refusal.value.message.zh != refusal.value.message.en
    assert len(str(refusal.value)) < 500


def zipped(path: Path, content: bytes, name: str = "unit.geojson") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", '{"version":"1.0.0","language":"zh"}')
        archive.writestr(name, content)
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="bomb"):
        read_campus(zipped(tmp_path / "a.zip", bytes(50_000_000)))


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", bytes(3_000_000))
    content = path.read_bytes().replace(struct.pack("<I", 3_000_000), struct.pack("<I", 30_000))
    path.write_bytes(content)
    with pytest.raises(ImportRefusedError, match="broken"):
        read_campus(path)


def test_a_cut_off_and_an_encrypted_zip_are_refused(tmp_path: Path) -> None:
    content = zipped(tmp_path / "a.zip", b"{}").read_bytes()
    (tmp_path / "cut.zip").write_bytes(content[: len(content) // 2])
    with pytest.raises(ImportRefusedError, match="broken"):
        read_campus(tmp_path / "cut.zip")
    spoilt = bytearray(content)
    at = spoilt.find(b"PK\x01\x02")
    spoilt[at + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(bytes(spoilt))
    with pytest.raises(ImportRefusedError, match="encrypted"):
        read_campus(tmp_path / "locked.zip")


def test_a_zip_in_a_zip_is_not_opened(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "a.zip", b"{}").read_bytes()
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.zip", inner)
    with pytest.raises(ImportRefusedError, match="no file of a known format"):
        read_campus(tmp_path / "b.zip")


def test_a_path_that_is_not_there_and_a_folder_without_a_map_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="no file"):
        read_campus(tmp_path / "gone.geojson")
    with pytest.raises(ImportRefusedError, match="no file of a known format"):
        read_campus(tmp_path)


@pytest.mark.parametrize("kind", ["ifc", "indoorgml", "dwg"])
def test_a_format_of_later_says_what_is_readable_now(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ImportRefusedError) as refusal:
        read_campus(tmp_path / "x", format=kind)
    assert refusal.value.hint is not None
    assert "GeoJSON" in refusal.value.hint.zh


def test_a_crs_member_is_honoured(tmp_path: Path) -> None:
    document = collection(
        moved(ROOM, 1e5, 12946000.0, 4865000.0),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}},
    )
    (tmp_path / "a.geojson").write_text(json.dumps(document), encoding="utf-8")
    imported = read_campus(tmp_path / "a.geojson")
    shape = imported.campus.of(Unit)[0].geometry
    assert shape is not None
    assert (shape.centroid.x, shape.centroid.y) == pytest.approx((116.29, 40.0), abs=0.05)
    assert {f.rule for f in imported.repairs} == {"crs"}


def test_our_own_export_comes_back_without_loss(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(json.dumps(collection(ROOM)), encoding="utf-8")
    campus = read_campus(tmp_path / "a.geojson").campus
    write_geojson(campus, tmp_path / "b.geojson")
    again = read_campus(tmp_path / "b.geojson").campus
    assert dict(again.features) == dict(campus.features)
    assert (again.name, again.source) == (campus.name, campus.source)


def test_a_mapping_file_says_what_types_and_names_mean(tmp_path: Path) -> None:
    document = collection(ROOM)
    document["features"][0]["properties"] = {"art": "Hörsaal", "etage": "2", "titel": "HSZ 1", "nr": "E01"}
    (tmp_path / "a.geojson").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "map.yaml").write_text(
        "type: art\nlevel: etage\nref: nr\nname: {de: titel}\n"
        "types: {Hörsaal: {table: unit, category: auditorium}}\n",
        encoding="utf-8",
    )
    campus = read_campus(tmp_path / "a.geojson", mapping=tmp_path / "map.yaml").campus
    unit = campus.of(Unit)[0]
    assert (unit.category, unit.ref, unit.name) == ("auditorium", "E01", {"de": "HSZ 1"})
    assert campus.ordinal_of(unit.level_id) == 2


def test_a_mapping_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(json.dumps(collection(ROOM)), encoding="utf-8")
    (tmp_path / "map.yaml").write_text("colour: red\n", encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="colour"):
        read_campus(tmp_path / "a.geojson", mapping=tmp_path / "map.yaml")


@needs_data
@pytest.mark.parametrize("source", ["westport-house", "caserne-de-bonne/caserne.geojson"])
def test_any_campus_goes_through_imdf_and_our_geojson_without_loss(tmp_path: Path, source: str) -> None:
    campus = read_campus(DATA / source).campus
    write_imdf(campus, tmp_path / "a.zip")
    write_geojson(campus, tmp_path / "a.geojson")
    assert dict(read_campus(tmp_path / "a.zip").campus.features) == dict(campus.features)
    assert dict(read_campus(tmp_path / "a.geojson").campus.features) == dict(campus.features)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": {}},
        {"type": "Polygon", "coordinates": [[1]]},
        "POINT (1 1)",
        {"type": "Point", "coordinates": {}},
    ],
)
def test_a_geometry_that_is_none_is_refused_by_its_id(tmp_path: Path, geometry: Any) -> None:
    document = collection(ROOM, ROOM)
    document["features"][1]["geometry"] = geometry
    (tmp_path / "a.geojson").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="f1"):
        read_campus(tmp_path / "a.geojson")


@needs_data
def test_floors_of_walls_and_doors_become_rooms_with_doors() -> None:
    imported = read_campus(DATA / "westport-house")
    campus = imported.campus
    assert sorted(level.ordinal for level in campus.of(Level)) == [0, 1, 2, 3, 4, 5, 6]
    assert len(campus.of(Opening)) > 300
    names = {n for u in campus.of(Unit) for n in u.name.values()}
    names |= {n for s in campus.of(Section) for n in s.name.values()}
    assert names >= {"Unit 1", "Server room", "Balcony"}
    assert "inferred_rooms" in {f.rule for f in imported.repairs}


@needs_data
@pytest.mark.parametrize(
    ("file", "rooms", "levels"),
    [
        ("caserne-de-bonne/caserne.geojson", 59, {-1, 0, 1}),
        ("gare-de-lest/gare-de-l-est.geojson", 81, {-1, 0}),
    ],
)
def test_geojson_with_osm_tags_is_read_as_osm(file: str, rooms: int, levels: set[float]) -> None:
    campus = read_campus(DATA / file).campus
    assert len(campus.of(Unit)) >= rooms
    assert {level.ordinal for level in campus.of(Level)} >= levels


@pytest.mark.parametrize(
    ("name", "slug"),
    [("清华大学", "qing-hua-da-xue"), ("Westport House", "westport-house"), ("Campus Süd", "campus-sud")],
)
def test_an_id_is_made_of_the_name(name: str, slug: str) -> None:
    assert campus_id_of(name) == slug


def test_a_name_in_another_script_still_gets_its_own_id() -> None:
    assert campus_id_of("서울대학교") != campus_id_of("부산대학교")
