from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from yuanli.campus import Building, Level, Node, Opening, Pathway, PathwayMode, Team, TeamId, Unit
from yuanli.campus.features import FeatureId
from yuanli.campus.imdf.ordinals import storey_of
from yuanli.campus.imdf.reading import read_imdf
from yuanli.campus.imdf.writing import write_imdf
from yuanli.campus.imported import Imported, ImportRefusedError
from yuanli.campus.importing import read_campus
from yuanli.campus.place import CampusId

SPBPU = Path(__file__).parents[2].parent / "shared" / "data" / "campus" / "spbpu-imdf"
needs_spbpu = pytest.mark.skipif(not SPBPU.is_dir(), reason="../shared/data is not here")
Files = dict[str, Any]


def square(x: float, y: float, size: float = 0.0001) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(table: str, feature_id: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    return {
        "id": feature_id,
        "type": "Feature",
        "feature_type": table,
        "geometry": geometry,
        "properties": properties,
    }


def level(feature_id: str, ordinal: float, name: Any, building: str) -> dict[str, Any]:
    return feature(
        "level", feature_id, square(116.3, 40.0, 0.001), ordinal=ordinal, name=name, building_ids=[building]
    )


def archive() -> Files:
    door = {"type": "LineString", "coordinates": [[116.3001, 40.00002], [116.3001, 40.00004]]}
    return {
        "manifest.json": {"version": "1.0.0", "language": "zh"},
        "venue": [
            feature("venue", "v", square(116.3, 40.0, 0.002), category="university", name={"zh": "园区"})
        ],
        "building": [feature("building", "b", None, category="unspecified", name=None, hue="red")],
        "level": [level("l0", 0, {"zh": "一层"}, "b"), level("l1", 1, {"zh": "二层"}, "b")],
        "unit": [
            feature(
                "unit",
                "u1",
                square(116.3, 40.0),
                category="blue.room",
                level_id="l0",
                name="会议室",
                odd=None,
            ),
            feature("unit", "u2", square(116.3001, 40.0), category="walkway", level_id="l0", name=None),
        ],
        "opening": [feature("opening", "o1", door, category="pedestrian", level_id="l0", door=None)],
    }


def written(folder: Path, files: Files) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        document = rows if name.endswith(".json") else {"type": "FeatureCollection", "features": rows}
        target = folder / (name if "." in name else f"{name}.geojson")
        target.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return folder


def read(path: Path) -> Imported:
    return read_imdf(path, campus_id=CampusId("x"))


def rules(imported: Imported) -> set[str]:
    return {finding.rule for finding in imported.repairs}


@needs_spbpu
def test_the_university_comes_in_whole_and_goes_out_as_it_was(tmp_path: Path) -> None:
    imported = read(SPBPU)
    assert {t: imported.counts[t] for t in ("building", "level", "unit", "opening", "node", "pathway")} == {
        "building": 80,
        "level": 8,
        "unit": 443,
        "opening": 472,
        "node": 2726,
        "pathway": 3131,
    }
    write_imdf(imported.campus, tmp_path / "out")
    for file in SPBPU.iterdir():
        before, after = file.read_bytes(), (tmp_path / "out" / file.name).read_bytes()
        if before != after:
            assert json.loads(before) == json.loads(after), file.name
    assert {p.name for p in (tmp_path / "out").iterdir()} == {p.name for p in SPBPU.iterdir()}


@needs_spbpu
def test_both_buildings_of_the_university_get_a_ground_floor_0() -> None:
    campus = read(SPBPU).campus
    ground = [lv for lv in campus.of(Level) if lv.name["en"] == "Level 1"]
    assert [lv.ordinal for lv in ground] == [0, 0]


@needs_spbpu
def test_a_zip_gives_the_same_campus_as_its_folder(tmp_path: Path) -> None:
    campus = read(SPBPU).campus
    write_imdf(campus, tmp_path / "a.zip")
    assert dict(read(tmp_path / "a.zip").campus.features) == dict(campus.features)


def test_unknown_properties_nulls_and_plain_names_survive_the_round_trip(tmp_path: Path) -> None:
    files = archive()
    files["unit"][0]["geometry"]["coordinates"][0][0].append(12.5)
    imported = read(written(tmp_path / "in", files))
    unit = imported.campus.get("u1", Unit)
    assert (unit.name, unit.category, unit.extra["odd"]) == ({"zh": "会议室"}, "blue.room", None)
    write_imdf(imported.campus, tmp_path / "out")
    for table in ("venue", "building", "level", "unit", "opening"):
        after = json.loads((tmp_path / "out" / f"{table}.geojson").read_text("utf-8"))
        assert after["features"] == files[table]


def test_an_edit_is_written_and_the_rest_stays(tmp_path: Path) -> None:
    campus = read(written(tmp_path / "in", archive())).campus
    renamed = replace(campus.get("u1", Unit), name={"zh": "报告厅"}, capacity=40)
    team = Team(id=TeamId(FeatureId("t")), name={"zh": "研发部"}, headcount=7)
    write_imdf(campus.with_features({renamed.id: renamed, team.id: team}, 2), tmp_path / "out.zip")
    again = read(tmp_path / "out.zip").campus
    assert again.get("u1", Unit).name == {"zh": "报告厅"}
    assert again.get("u1", Unit).capacity == 40
    assert again.get("t", Team) == team
    assert again.get("u2", Unit) == campus.get("u2", Unit)


def test_a_drawn_network_of_any_file_name_is_understood(tmp_path: Path) -> None:
    files = archive()
    files["walkgraph"] = [
        feature("wp", "n1", {"type": "Point", "coordinates": [116.3002, 40.0]}, links=["n2"], floor=None),
        feature(
            "wp", "n2", {"type": "Point", "coordinates": [116.3001, 40.0]}, links=["n1", "n3"], floor="l0"
        ),
        feature("wp", "n3", {"type": "Point", "coordinates": [116.3001, 40.0]}, links=["n2"], floor="l1"),
    ]
    files["joins"] = [feature("join", "j", None, point="n2", thing="u1")]
    campus = read(written(tmp_path / "in", files)).campus
    assert campus.get("n2", Node).feature_ids == ("u1",)
    assert campus.get("n3", Node).ordinal == 1
    assert [p.mode for p in campus.of(Pathway)] == [PathwayMode.WALKWAY, PathwayMode.STAIRS]
    write_imdf(campus, tmp_path / "out")
    for name in ("walkgraph.geojson", "joins.geojson"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "in" / name).read_bytes()


def test_points_that_name_a_building_are_its_names(tmp_path: Path) -> None:
    files = archive()
    files["sights"] = [
        feature(
            "s",
            "s1",
            {"type": "Point", "coordinates": [116.3, 40.0]},
            b="b",
            name={"zh": "主楼"},
            short_name="ZL",
        )
    ]
    campus = read(written(tmp_path / "in", files)).campus
    assert campus.get("b", Building).name == {"zh": "主楼"}
    assert {a.text for a in campus.aliases_by_feature[FeatureId("b")]} == {"主楼", "ZL"}


def _dangling(files: Files) -> None:
    files["unit"][0]["properties"]["level_id"] = "nowhere"
    files["level"].pop()


def _cut_ring(files: Files) -> None:
    x, y, s = 116.3, 40.0, 0.0001
    ring = [[x, y], [x + s, y + s], [x + s, y], [x, y + s], [x, y]]
    files["unit"][0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}


def _twice_the_same(files: Files) -> None:
    files["unit"].append(dict(files["unit"][0]))


def _from_one(files: Files) -> None:
    for row in files["level"]:
        row["properties"]["ordinal"] += 1


def _no_anchor(files: Files) -> None:
    files["occupant"] = [
        feature("occupant", "oc", None, category="cafe", name={"zh": "店"}, anchor_id="gone")
    ]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (_dangling, "dangling_level"),
        (_cut_ring, "invalid_geometry"),
        (_twice_the_same, "duplicate_id"),
        (_from_one, "ordinal_from_one"),
        (_no_anchor, "dangling_reference"),
    ],
)
def test_what_can_be_mended_is_mended_told_and_written_back_as_it_was(
    tmp_path: Path, spoil: Callable[[Files], None], rule: str
) -> None:
    files = archive()
    spoil(files)
    imported = read(written(tmp_path / "in", files))
    assert rule in rules(imported)
    write_imdf(imported.campus, tmp_path / "out")
    for table in ("unit", "level", "opening", *(["occupant"] if "occupant" in files else [])):
        rows = json.loads((tmp_path / "out" / f"{table}.geojson").read_text("utf-8"))["features"]
        expected = [r for i, r in enumerate(files[table]) if r not in files[table][:i]]
        assert rows == expected


def test_two_different_features_of_one_id_are_refused_by_it(tmp_path: Path) -> None:
    files = archive()
    files["opening"][0]["id"] = "u1"
    with pytest.raises(ImportRefusedError, match="u1"):
        read(written(tmp_path / "in", files))


def test_an_archive_without_its_levels_is_refused(tmp_path: Path) -> None:
    files = archive()
    del files["level"]
    with pytest.raises(ImportRefusedError) as refusal:
        read(written(tmp_path / "in", files))
    assert refusal.value.hint is not None
    assert "level.geojson" in refusal.value.hint.en


def test_a_trailing_comma_and_a_byte_order_mark_are_survived(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", archive())
    text = (folder / "unit.geojson").read_text("utf-8").removesuffix("]}") + ",]}"
    (folder / "unit.geojson").write_text(text, encoding="utf-8-sig")
    (folder / "level.geojson").write_text((folder / "level.geojson").read_text("utf-8"), encoding="utf-16")
    imported = read(folder)
    assert rules(imported) == {"trailing_comma"}
    assert imported.counts["unit"] == 2


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_chinese_coordinates_are_moved_on_import(tmp_path: Path, crs: str) -> None:
    folder = written(tmp_path / "in", archive())
    moved = read_imdf(folder, campus_id=CampusId("x"), crs=crs).campus.get("o1", Opening).geometry
    plain = read(folder).campus.get("o1", Opening).geometry
    assert moved is not None
    assert plain is not None
    assert 0.002 < moved.distance(plain) < 0.02


def test_all_tables_in_one_file_are_imdf_too(tmp_path: Path) -> None:
    rows = [row for rows in archive().values() if isinstance(rows, list) for row in rows]
    path = tmp_path / "all.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    imported = read_campus(path)
    assert (imported.counts["unit"], imported.counts["opening"]) == (2, 1)
    assert imported.campus.time_zone == "Asia/Shanghai"


def test_a_zip_that_names_a_file_outside_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("../unit.geojson", "{}")
    with pytest.raises(ImportRefusedError, match="outside"):
        read(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("name", "storey"),
    [
        ("一层", (1, True)),
        ("十二层", (12, True)),
        ("1F", (1, True)),
        ("Этаж 3", (3, True)),
        ("2층", (2, True)),
        ("B1", (-1, False)),
        ("地下二层", (-2, False)),
        ("EG", (0, False)),
        ("2. OG", (2, False)),
        ("Level 4", (4, False)),
        ("夹层", None),
    ],
)
def test_a_levels_name_tells_its_storey(name: str, storey: tuple[int, bool] | None) -> None:
    assert storey_of(name) == storey
