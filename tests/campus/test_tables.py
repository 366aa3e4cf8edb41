from __future__ import annotations

import csv
from pathlib import Path
from types import MappingProxyType

from openpyxl import load_workbook
from shapely import box

from yuanli.campus import Building, Campus, Level, Team, Unit, by_id
from yuanli.campus.features import BuildingId, FeatureId, LevelId, TeamId, UnitId
from yuanli.campus.place import CampusId
from yuanli.campus.tables import ROOM_HEADERS, write_rooms, write_teams

BUILDING, LEVEL = BuildingId(FeatureId("b")), LevelId(FeatureId("l"))


def campus() -> Campus:
    rows = (
        Building(id=BUILDING, name={"zh": "A座"}),
        Level(id=LEVEL, ordinal=0, name={"zh": "一层"}, building_ids=(BUILDING,)),
        Unit(
            id=UnitId(FeatureId("u")),
            level_id=LEVEL,
            ref="101",
            name={"zh": "会议室", "en": "=1+1"},
            category="conferenceroom",
            geometry=box(116.3, 40.0, 116.3001, 40.0001),
            capacity=12,
        ),
        Team(id=TeamId(FeatureId("t")), name={"zh": "研发部"}, headcount=7),
    )
    return Campus(id=CampusId("x"), features=MappingProxyType(dict(by_id(rows))))


def test_rooms_are_written_as_csv_that_excel_opens_in_chinese(tmp_path: Path) -> None:
    write_rooms(campus(), tmp_path / "rooms.csv")
    assert (tmp_path / "rooms.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "rooms.csv").open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file)
    assert tuple(header) == ROOM_HEADERS
    assert row[:5] == ["u", "A座", "一层", "101", "会议室"]
    assert 90 < float(row[7]) < 100


def test_a_name_that_looks_like_a_formula_is_not_run(tmp_path: Path) -> None:
    write_rooms(campus(), tmp_path / "rooms.xlsx")
    sheet = load_workbook(tmp_path / "rooms.xlsx").active
    assert sheet is not None
    assert sheet.cell(row=2, column=6).value == "'=1+1"


def test_teams_are_written_as_excel(tmp_path: Path) -> None:
    write_teams(campus(), tmp_path / "teams.xlsx")
    sheet = load_workbook(tmp_path / "teams.xlsx").active
    assert sheet is not None
    assert [c.value for c in sheet[2]][:6] == ["t", "研发部", None, "department", None, 7]
