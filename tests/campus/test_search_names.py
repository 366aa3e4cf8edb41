"""People of three countries find a building by whatever they type for it, from OpenStreetMap and from IMDF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
import yaml

from yuanli.campus import Building, SearchIndex, read_campus
from yuanli.campus.osm.names import names_of

Json = Any
CAMPUSES: Mapping[str, Json] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text("utf-8"))
ASKED = [
    (country, text, building_id)
    for country, campus in CAMPUSES.items()
    for building_id, texts in campus["asked"].items()
    for text in texts
]


def _corners(campus: Json) -> Iterator[tuple[str, Mapping[str, str], list[tuple[float, float]]]]:
    lon, lat = campus["at"]
    for i, (building_id, tags) in enumerate(campus["buildings"].items()):
        west, south = lon + 0.001 * (i % 5), lat + 0.001 * (i // 5)
        east, north = west + 0.0005, south + 0.0003
        yield building_id, tags, [(west, south), (east, south), (east, north), (west, north)]


def _osm(campus: Json) -> str:
    nodes, ways = [], []
    for number, (building_id, tags, corners) in enumerate(_corners(campus), 1):
        ids = [10 * number + k for k in range(4)]
        nodes += [
            f'<node id="{i}" lon="{x:.7f}" lat="{y:.7f}"/>' for i, (x, y) in zip(ids, corners, strict=True)
        ]
        refs = "".join(f'<nd ref="{i}"/>' for i in (*ids, ids[0]))
        rows = {"building": "university", "note": building_id, **tags}
        said = "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in rows.items())
        ways.append(f'<way id="{number}">{refs}{said}</way>')
    return f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'


def _imdf(campus: Json, folder: Path) -> None:
    """Write the same buildings as IMDF; names that IMDF has no property for as properties of their own."""
    rows: dict[str, list[Json]] = {"building": [], "footprint": []}
    for building_id, tags, corners in _corners(campus):
        names = names_of(tags, "DE" if campus["language"] == "de" else "")
        texts = {k: v for k, v in tags.items() if k.split(":")[0] not in ("name", "alt_name")}
        properties = {"name": names.name, "alt_name": names.alt_name or None, "category": "unspecified"}
        others = ";".join(text for _, text, kind in names.others if kind == "alias")
        rows["building"].append(
            _row("building", building_id, None, {**properties, **texts, "nickname": others})
        )
        outline = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
        about = {"category": "ground", "name": None, "building_ids": [building_id]}
        rows["footprint"].append(_row("footprint", f"{building_id}-f", outline, about))
    folder.mkdir()
    (folder / "manifest.json").write_text(
        json.dumps({"version": "1.0.0", "language": campus["language"]}), "utf-8"
    )
    for table, features in rows.items():
        document = {"type": "FeatureCollection", "features": features}
        (folder / f"{table}.geojson").write_text(json.dumps(document, ensure_ascii=False), "utf-8")


def _row(table: str, feature_id: str, geometry: Json, properties: Json) -> Json:
    return {
        "id": feature_id, "type": "Feature", "feature_type": table, "geometry": geometry, "properties": properties,
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    for country, campus in CAMPUSES.items():
        (folder / f"{country}.osm").write_text(_osm(campus), "utf-8")
        _imdf(campus, folder / country)
    return folder


@cache
def _index(path: Path) -> tuple[SearchIndex, Mapping[str, str]]:
    """Return the index, and what each building is called in `names.yaml`."""
    campus = read_campus(path).campus
    notes = {b.id: b.extra["tags"]["note"] if "tags" in b.extra else str(b.id) for b in campus.of(Building)}
    return SearchIndex(campus), {str(i): note for i, note in notes.items()}


@pytest.mark.parametrize("suffix", [".osm", ""], ids=["osm", "imdf"])
@pytest.mark.parametrize(("country", "text", "building_id"), ASKED)
def test_what_people_type_finds_the_building(
    folder: Path, country: str, text: str, building_id: str, suffix: str
) -> None:
    index, called = _index(folder / f"{country}{suffix}")
    hits = index.search(text)
    assert hits, f"nothing; suggested {[h.matched for h in index.suggest(text)]}"
    assert called[hits[0].feature_id] == building_id, [(h.matched, h.score, h.how) for h in hits[:3]]


@pytest.mark.parametrize("suffix", [".osm", ""], ids=["osm", "imdf"])
@pytest.mark.parametrize("country", CAMPUSES)
def test_every_name_in_every_tag_finds_the_building(folder: Path, country: str, suffix: str) -> None:
    index, called = _index(folder / f"{country}{suffix}")
    for building_id, tags in CAMPUSES[country]["buildings"].items():
        for text in {part.strip() for value in tags.values() for part in value.split(";")}:
            assert called[index.search(text)[0].feature_id] == building_id, text


DATA = Path(__file__).parents[2].parent / "shared" / "data" / "campus"
NAME_TAGS = ("name", "alt_name", "old_name", "short_name", "official_name", "loc_name")


def _tagged(building: Building) -> set[str]:
    """Return every name that a building's tags or properties give, in every language."""
    tags = building.extra.get("tags", {})
    said = [v for k, v in tags.items() if k.split(":")[0] in NAME_TAGS] or list(building.name.values())
    return {part.strip() for value in said for part in value.split(";")} - {""}


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize(
    "source",
    ["tsinghua/tsinghua.osm", "shu-baoshan/shu-baoshan.osm", "cau-east/cau-east.osm", "tud-apb/tud-apb.osm",
     "moorgate-barbican/moorgate.osm.pbf", "caserne-de-bonne/caserne.osm", "spbpu-imdf"],
)  # fmt: skip
def test_every_building_of_a_real_campus_is_first_by_each_of_its_names(source: str) -> None:
    campus = read_campus(DATA / source).campus
    index = SearchIndex(campus)
    missed = []
    for building in campus.of(Building):
        for text in _tagged(building):
            first = next(iter(index.search(text)), None)
            if first is None or (
                first.feature_id != building.id and first.matched.casefold() != text.casefold()
            ):
                missed.append((building.id, text, first and first.matched))
    assert missed == []
