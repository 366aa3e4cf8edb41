"""Bad input of every kind, to every reader: refused in both languages with a next step, or mended and told."""

from __future__ import annotations

import gzip
import json
import resource
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.campus.test_imdf import archive, feature, level, square
from tests.campus.test_importing import ROOM, collection, moved
from tests.pace import within

from yuanli.campus import Building, Imported, ImportRefusedError, read_campus

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "campus"
PBF = DATA / "moorgate-barbican" / "moorgate.osm.pbf"
needs_data = pytest.mark.skipif(not PBF.is_file(), reason="../shared/data is not here")

GEOJSON = json.dumps(collection(ROOM))
NODES = (
    '<node id="1" lat="51" lon="13.7"/><node id="2" lat="51.001" lon="13.7"/>'
    '<node id="3" lat="51.001" lon="13.701"/>'
)
RING = '<nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>'
OSM = f'<osm version="0.6">{NODES}<way id="1">{RING}<tag k="building" v="yes"/></way></osm>'
BOMB = '<!DOCTYPE z [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
YAML_BOMB = "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 9) if a else 'x, x, x'}]\n"
    for a, b in zip(["", *"abcdefg"], "abcdefgh", strict=True)
)


def _table(rows: list[Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": rows})


def _members() -> dict[str, str]:
    named = {name if "." in name else f"{name}.geojson": rows for name, rows in archive().items()}
    return {
        name: json.dumps(rows) if name == "manifest.json" else _table(rows) for name, rows in named.items()
    }


def _twice() -> str:
    rooms = [feature("unit", "u1", square(x, 40.0), category="room", level_id="l0") for x in (116.3, 116.31)]
    return _table(rooms)


def _metres() -> str:
    row = feature("unit", "u1", square(448251.0, 4417000.0, 9.0), category="room", level_id="l0")
    return _table([row] * 9)


def _projected(ring: list[list[float]]) -> str:
    return json.dumps(collection(moved(ring, 1e5, 12946000.0, 4865000.0)))


REFUSED: Mapping[str, Mapping[str, tuple[str | bytes, str]]] = {
    "a.geojson": {
        "empty": ("", r"a\.geojson is empty"),
        "zeros": (bytes(100_000), r"a\.geojson is nothing but zeros"),
        "cut off": (GEOJSON[:-40], r"a\.geojson is no valid JSON: line 1, column \d+"),
        "deep": ("[" * 200_000, r"a\.geojson is nested too deeply"),
        "NaN": (GEOJSON.replace("116.3001", "NaN", 1), "f0: coordinate nan is no finite number"),
        "infinite": (GEOJSON.replace("116.3001", "1e999", 1), "f0: coordinate inf is no finite number"),
        "endless integer": (GEOJSON.replace("116.3001", "9" * 5000, 1), "integer of more than 4,300 digits"),
        "text": (GEOJSON.replace("116.3001", '"116"', 1), "f0: coordinate '116' is no finite number"),
        "metres": (_projected(ROOM), r"12946000\.0, 4865000\.0\) are no degrees.*EPSG:3857"),
        "swapped": (json.dumps(collection([[y, x] for x, y in ROOM])), r"latitude 116\.30000 is beyond ±90°"),
        "nowhere": (json.dumps(collection(moved(ROOM, 1.0, 0.0, 0.0))), "0°/0°"),
        "unknown crs": (json.dumps(collection(ROOM, crs="EPSG:999999")), "coordinate system 'EPSG:999999'"),
        "ids twice": (json.dumps(collection(ROOM, moved(ROOM, 1, 116.4, 40))).replace("f1", "f0"), "twice: f0"),
        "null": ('{"type": "FeatureCollection", "features": [null]}', r"Feature 1 of a\.geojson is no GeoJSON"),
        "shapeless": (GEOJSON.replace('"Polygon"', '"Blob"'), "f0: unknown geometry type 'Blob'"),
        "not UTF-8": (GEOJSON.encode().replace(b"room", b"\xff\xfe\xfd"), "UTF-8 at byte"),
    },
    "a.zip": {
        "cut off": (_members()["unit.geojson"][:-30], r"unit\.geojson is no valid JSON: line 1, column \d+"),
        "zeros": (bytes(100_000), r"unit\.geojson is binary"),
        "bomb": (bytes(20_000_000), r"unit\.geojson grows \d+ times.*bomb"),
        "deep": ("[" * 200_000, r"unit\.geojson is nested too deeply"),
        "NaN": (_members()["unit.geojson"].replace("116.3001", "NaN", 1), "u1: coordinate nan"),
        "ids twice": (_twice(), "'u1' is used twice"),
        "metres": (_metres(), "they look like metres or pixels"),
        "not JSON": ("<html>", r"unit\.geojson is no valid JSON: line 1, column 1"),
    },
    "a.osm": {
        "empty": ("", r"a\.osm is empty"),
        "zeros": (bytes(100_000), r"a\.osm is nothing but zeros"),
        "cut off": (OSM[:-40], r"a\.osm is damaged or cut short.*column \d+"),
        "crossed": (OSM.replace("</way></osm>", "</osm></way>"), "damaged or cut short.*mismatched tag"),
        "entity bomb": (BOMB + OSM, "DOCTYPE or entities"),
        "file entity": ('<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + OSM, "DOCTYPE or entities"),
        "deep": ('<osm version="0.6">' + "<a>" * 100_000, "damaged or cut short.*deep"),
        "endless": (OSM.replace("yes", "y" * 3_000_000), "element of more than 1,048,576 bytes"),
        "NaN": (OSM.replace('lat="51"', 'lat="NaN"'), "node/1"),
        "metres": (OSM.replace('lat="51', 'lat="5650000'), "node/1.*longitude and latitude"),
        "another format": ("<gpx></gpx>", "begins with <gpx> instead of <osm>"),
        "nothing": ('<osm version="0.6"></osm>', r"a\.osm has no node"),
    },
    "a.osm.gz": {
        "cut off": (gzip.compress(OSM.encode())[:-10], r"a\.osm\.gz is damaged or cut short"),
        "swollen": (gzip.compress(OSM.encode() + b" " * 50_000_000), "more than 1,048,576 bytes"),
    },
    "map.yaml": {
        "cut off": ("types: {room: {table:", "no valid YAML"),
        "unknown key": ("colour: red", "unknown key 'colour'"),
        "unknown table": ("types: {a: {table: blob}}", "types should be .*'a': 'blob'"),
        "wrong shape": ("types: [1]", "types should be .* but is list"),
        "wrong levels": ("levels: 3", "levels should be a list .* but is 3"),
        "bomb in a key": (YAML_BOMB, "unknown key 'a'"),
        "bomb in a type": ("types:\n  x: {table: &a [x, x, x], category: [*a, *a, *a]}", "types should be .*'x': list"),
        "unknown crs": ("crs: mars", "coordinate system 'mars'"),
    },
}  # fmt: skip
CASES = [(name, kind) for name, rows in REFUSED.items() for kind in rows]


def _laid(folder: Path, name: str, content: str | bytes) -> tuple[Path, Path | None]:
    """Lay the content where `name` says, and return what to import and the mapping."""
    if name == "map.yaml":
        (folder / "a.geojson").write_text(GEOJSON, "utf-8")
    if name == "a.zip":
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as file:
            for member, text in {**_members(), "unit.geojson": content}.items():
                file.writestr(member, text)
    else:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return (folder / "a.geojson", folder / name) if name == "map.yaml" else (folder / name, None)


def _assert_clear(error: ImportRefusedError, path: Path) -> None:
    """Assert that an error has a code, both languages, a field and a next step, and no path of the machine."""
    assert (error.code, error.status) == ("import_refused", 422)
    assert error.hint is not None
    for zh, en in ((error.message.zh, error.message.en), (error.hint.zh, error.hint.en)):
        assert any("\u4e00" <= c <= "\u9fff" for c in zh), zh
        assert not any("\u4e00" <= c <= "\u9fff" for c in en), en
        assert len(zh) < 300
        assert len(en) < 300
        assert str(path.parent) not in zh + en
    assert error.field
    assert str(path.parent) not in error.field


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_bad_input_is_refused_by_its_value_and_rule_with_a_next_step(
    tmp_path: Path, name: str, kind: str
) -> None:
    content, message = REFUSED[name][kind]
    path, mapping = _laid(tmp_path, name, content)
    with within(5.0), pytest.raises(ImportRefusedError, match=message) as refusal:
        read_campus(path, mapping=mapping)
    _assert_clear(refusal.value, path)


@needs_data
@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:20],
        lambda content: content[:-1],
        lambda content: content[:5000] + bytes(100) + content[5100:],
        lambda content: b"\xff\xff\xff\x7f" + content[4:],
        lambda content: content[:60] + bytes(100_000),
    ],
    ids=[
        "cut in half",
        "cut in its head",
        "a byte short",
        "noise inside",
        "a length that lies",
        "zeros at the end",
    ],
)
def test_a_spoilt_pbf_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(spoil(PBF.read_bytes()))
    with pytest.raises(ImportRefusedError, match=r"a\.osm\.pbf is damaged or cut short") as refusal:
        read_campus(path)
    _assert_clear(refusal.value, path)


@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf", "a.zip", "a.geojson", "a.bin"])
@pytest.mark.parametrize("format", ["auto", "osm", "imdf", "geojson"])
def test_a_gigabyte_of_zeros_is_refused_at_once_and_unread(tmp_path: Path, name: str, format: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(1 << 30)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with within(2.0), pytest.raises(ImportRefusedError) as refusal:
        read_campus(path, format=format)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 300_000
    _assert_clear(refusal.value, path)


def _read(folder: Path, name: str, content: str) -> tuple[Imported, set[tuple[str, str | None]]]:
    path, _ = _laid(folder, name, content)
    imported = read_campus(path)
    return imported, {(finding.rule, finding.feature_id) for finding in imported.repairs}


SKY = '<tag k="indoor" v="room"/><tag k="level" v="sky"/>'
AGAIN = f'<way id="1">{RING}<tag k="building" v="yes"/></way></osm>'
NODE = '<node id="{}" lat="{}" lon="13.7012"/><way'
MENDED = {
    "a level": ("a.geojson", GEOJSON.replace('"level": "1"', '"level": "sky"'), ("level_spelling", "f0")),
    "a comma too many": ("a.geojson", GEOJSON.removesuffix("]}") + ",]}", ("trailing_comma", None)),
    "a ring of a point": ("a.geojson", json.dumps(collection(ROOM, [ROOM[0]])), ("invalid_geometry", "f1")),
    "a level of OSM": ("a.osm", OSM.replace("</way>", f"{SKY}</way>"), ("osm.level", "way/1")),
    "a node twice": ("a.osm", OSM.replace("<way", NODE.format(3, 51.001)), ("osm.id_twice", "node/3")),
    "a way twice": ("a.osm", OSM.replace("</osm>", AGAIN), ("osm.id_twice", "way/1")),
    "no coordinate": ("a.osm", OSM.replace("<way", NODE.format(4, "x")), ("osm.coordinates", "node/4")),
}


@pytest.mark.parametrize("kind", MENDED)
def test_what_can_be_mended_is_mended_and_listed(tmp_path: Path, kind: str) -> None:
    name, content, repair = MENDED[kind]
    _, repairs = _read(tmp_path, name, content)
    assert repair in repairs


def test_levels_called_gf_are_the_ground(tmp_path: Path) -> None:
    imported, repairs = _read(tmp_path, "a.geojson", GEOJSON.replace('"level": "1"', '"level": "GF"'))
    assert repairs == set()
    (room,) = (f for f in imported.campus.features.values() if f.id == "f0")
    assert imported.campus.ordinal_of(getattr(room, "level_id", None)) == 0


def test_a_building_with_a_corner_200_km_away_keeps_the_others(tmp_path: Path) -> None:
    near = "".join(
        f'<node id="{i}" lat="{51 + y}" lon="{13.7 + x}"/>'
        for i, (x, y) in enumerate([(0, 0), (0.001, 0), (0.001, 0.001), (0.0005, 0.0012), (0, 0.001)], 1)
    )
    far = '<node id="6" lat="53.0" lon="13.7"/>'
    refs = "".join(f'<nd ref="{i}"/>' for i in (1, 2, 3, 4, 6, 5, 1))
    content = f'<osm version="0.6">{near}{far}<way id="1">{refs}<tag k="building" v="yes"/></way></osm>'
    imported, repairs = _read(tmp_path, "a.osm", content)
    (building,) = imported.campus.of(Building)
    assert building.geometry is not None
    assert building.geometry.bounds[3] < 51.01
    assert ("osm.far_corner", "way/1") in repairs


def test_an_ordinal_of_letters_in_imdf_is_told_by_its_level(tmp_path: Path) -> None:
    files = {
        **_members(),
        "level.geojson": _table([level("l0", 0, "一层", "b"), level("l1", 1, "二层", "b")]),
    }
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for member, text in files.items():
            file.writestr(member, text.replace('"ordinal": 1', '"ordinal": "GF"'))
    assert "l1" in {finding.feature_id for finding in read_campus(path).repairs}
