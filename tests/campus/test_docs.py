"""`docs/campus.md` says what a mapping file may say."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from yuanli.campus.geojson.mapping import load_mapping

DOCS = Path(__file__).parents[2] / "docs" / "campus.md"


def test_every_key_of_a_mapping_is_documented() -> None:
    built_in = DOCS.parents[1] / "src" / "yuanli" / "campus" / "geojson" / "mapping.yaml"
    section = DOCS.read_text("utf-8").split("### GeoJSON by a mapping file")[1].split("\n### ")[0]
    table = {key for line in section.splitlines() if line.startswith("| `") for key in _keys(line)}
    assert table >= set(yaml.safe_load(built_in.read_text("utf-8"))) - {"version"}
    assert table >= {"levels", "building"}
    assert load_mapping(None).crs == "wgs84"


def _keys(line: str) -> list[str]:
    return re.findall(r"`(\w+)`", line.split("|")[1])
