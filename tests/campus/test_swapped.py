"""Latitude before longitude is told wherever the file itself gives it away, and never suspected without cause."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yuanli.campus import ImportRefusedError, read_campus
from yuanli.campus.swapped import Evidence, find_swapped

DRESDEN, KARLSRUHE, ASTANA = (13.72, 51.03), (8.41, 49.01), (71.4, 51.1)


def _cities() -> list[tuple[str, float, float]]:
    """Return country, longitude and latitude of the main place of every time zone."""
    text = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [(row[0], *_degrees(row[1])) for row in rows]


def _degrees(iso6709: str) -> tuple[float, float]:
    lat, lon = re.findall(r"[+-]\d+", iso6709)
    return _angle(lon, 3), _angle(lat, 2)


def _angle(text: str, digits: int) -> float:
    whole, minutes = int(text[1 : 1 + digits]), int(text[1 + digits : 3 + digits])
    return (whole + minutes / 60) * (-1 if text[0] == "-" else 1)


def test_no_sound_place_in_the_world_is_suspected() -> None:
    for country, lon, lat in _cities():
        for evidence in (Evidence(), Evidence(country=country), Evidence(language="de")):
            assert find_swapped(np.array([[lon, lat]]), evidence) is None, (country, lon, lat)


def test_the_country_tells_nearly_every_swapped_place() -> None:
    swapped = [(country, lat, lon) for country, lon, lat in _cities() if abs(lon) <= 90]
    told = [find_swapped(np.array([[x, y]]), Evidence(country=c)) is not None for c, x, y in swapped]
    assert np.mean(told) > 0.95


@pytest.mark.parametrize(
    ("place", "evidence", "told"),
    [
        (DRESDEN, Evidence(), True),
        (KARLSRUHE, Evidence(), False),
        (KARLSRUHE, Evidence(country="DE"), True),
        (KARLSRUHE, Evidence(language="de"), True),
        (KARLSRUHE, Evidence(bounds=(8.4, 49.0, 8.5, 49.1)), True),
        (ASTANA, Evidence(language="kk"), False),
    ],
)
def test_a_swapped_place_is_told_by_what_the_file_says(
    place: tuple[float, float], evidence: Evidence, told: bool
) -> None:
    assert (find_swapped(np.array([place[::-1]]), evidence) is not None) is told
    assert find_swapped(np.array([place]), evidence) is None


def _room(x: float, y: float) -> list[list[float]]:
    return [[x, y], [x + 1e-4, y], [x + 1e-4, y + 1e-4], [x, y + 1e-4], [x, y]]


def _geojson(rings: list[list[list[float]]], **properties: str) -> dict[str, Any]:
    rows = [
        {"type": "Feature", "id": f"r{i}", "properties": {"type": "room", "level": "0", **properties},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for i, ring in enumerate(rings)
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": rows}


def _turned(ring: list[list[float]]) -> list[list[float]]:
    return [[y, x] for x, y in ring]


ROOMS = [_room(8.41 + i * 2e-4, 49.01) for i in range(5)]


def test_geojson_is_refused_by_its_addresses_or_its_box(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    sound = _geojson(ROOMS, **{"addr:country": "DE"})
    path.write_text(json.dumps(sound), "utf-8")
    assert read_campus(path).counts["unit"] == 5
    turned = [_turned(ring) for ring in ROOMS]
    for document in (
        _geojson(turned, **{"addr:country": "DE"}), {**_geojson(turned), "bbox": [8.4, 49.0, 8.5, 49.1]},
    ):  # fmt: skip
        path.write_text(json.dumps(document), "utf-8")
        with pytest.raises(ImportRefusedError, match="swapped") as refusal:
            read_campus(path)
        assert refusal.value.hint is not None
        assert "颠倒" in refusal.value.message.zh


def test_one_swapped_feature_among_sound_ones_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(_geojson([*ROOMS[:3], _turned(ROOMS[3]), ROOMS[4]])), "utf-8")
    with pytest.raises(ImportRefusedError, match=r"r3.*swapped"):
        read_campus(path)


def test_imdf_is_refused_by_its_address_or_its_language(tmp_path: Path) -> None:
    venue = {"id": "v", "type": "Feature", "feature_type": "venue",
             "geometry": {"type": "Polygon", "coordinates": [_turned(ROOMS[0])]},
             "properties": {"category": "university", "name": {"de": "Uni"}, "address_id": "a"}}  # fmt: skip
    address = {"id": "a", "type": "Feature", "feature_type": "address", "geometry": None,
               "properties": {"address": "Kaiserstraße 12", "locality": "Karlsruhe", "country": "DE"}}  # fmt: skip
    for language, rows in (("en", {"venue": venue, "address": address}), ("de", {"venue": venue})):
        folder = tmp_path / language
        folder.mkdir()
        (folder / "manifest.json").write_text(json.dumps({"version": "1.0.0", "language": language}), "utf-8")
        for table, row in rows.items():
            document = {"type": "FeatureCollection", "features": [row]}
            (folder / f"{table}.geojson").write_text(json.dumps(document), "utf-8")
        with pytest.raises(ImportRefusedError, match="swapped"):
            read_campus(folder)


@pytest.mark.parametrize("head", ['<bounds minlat="49" minlon="8.4" maxlat="49.1" maxlon="8.5"/>', ""])
def test_osm_is_refused_by_its_bounds_or_its_addresses(tmp_path: Path, head: str) -> None:
    tags = '<tag k="building" v="yes"/><tag k="addr:country" v="DE"/>'
    nodes = "".join(f'<node id="{i}" lat="{x}" lon="{y}"/>' for i, (x, y) in enumerate(ROOMS[0][:4], 1))
    refs = "".join(f'<nd ref="{i}"/>' for i in (1, 2, 3, 4, 1))
    path = tmp_path / "a.osm"
    path.write_text(f'<osm version="0.6">{head}{nodes}<way id="1">{refs}{tags}</way></osm>', "utf-8")
    with pytest.raises(ImportRefusedError, match="swapped"):
        read_campus(path)


def test_osm_whose_latitudes_are_beyond_the_pole_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text('<osm version="0.6"><node id="7" lat="116.3" lon="40.0"/></osm>', "utf-8")
    with pytest.raises(ImportRefusedError, match="node/7") as refusal:
        read_campus(path)
    assert refusal.value.hint is not None
    assert "swapped" in refusal.value.hint.en
