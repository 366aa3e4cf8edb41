"""Rooms and teams as tables for a spreadsheet: CSV and Excel, headers in Chinese and English."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from yuanli.campus.features import LanguageMap, Team, Unit
from yuanli.campus.place import Campus

Cell = str | float | int | None

ROOM_HEADERS = (
    "编号 id",
    "建筑 building",
    "楼层 level",
    "房号 ref",
    "中文名 name zh",
    "英文名 name en",
    "类别 category",
    "面积 area_m2",
    "容量 capacity",
    "无障碍 accessibility",
    "开放时间 hours",
)
TEAM_HEADERS = (
    "编号 id",
    "中文名 name zh",
    "英文名 name en",
    "类别 category",
    "上级 parent_id",
    "人数 headcount",
    "空间 space_ids",
    "电话 phone",
)


def rooms_table(campus: Campus) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of the table of rooms, under `ROOM_HEADERS`."""
    for unit in campus.of(Unit):
        level = campus.find(unit.level_id)
        building_id = campus.building_of(unit.level_id)
        building = campus.find(building_id) if building_id is not None else None
        area = None if unit.geometry is None else round(float(campus.frame.metric(unit.geometry).area), 1)
        yield (
            unit.id,
            _named(getattr(building, "name", {}), "zh") or building_id,
            _named(getattr(level, "name", {}), "zh") or unit.level_id,
            unit.ref,
            _in(unit.name, "zh"),
            _in(unit.name, "en"),
            unit.category,
            area,
            unit.capacity,
            ";".join(unit.accessibility),
            unit.hours,
        )


def teams_table(campus: Campus) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of the table of teams, under `TEAM_HEADERS`."""
    for team in campus.of(Team):
        yield (
            team.id,
            _in(team.name, "zh"),
            _in(team.name, "en"),
            team.category,
            team.parent_id,
            team.headcount,
            ";".join(team.space_ids),
            team.phone,
        )


def write_rooms(campus: Campus, path: Path) -> None:
    """Write the rooms as CSV (UTF-8 with a byte order mark, as Excel wants), or Excel for `.xlsx`."""
    _write(path, "房间 rooms", ROOM_HEADERS, rooms_table(campus))


def write_teams(campus: Campus, path: Path) -> None:
    """Write the teams as CSV (UTF-8 with a byte order mark, as Excel wants), or Excel for `.xlsx`."""
    _write(path, "团队 teams", TEAM_HEADERS, teams_table(campus))


def _write(path: Path, title: str, headers: Sequence[str], rows: Iterator[tuple[Cell, ...]]) -> None:
    if path.suffix.lower() == ".xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet(title)
        sheet.append(list(headers))
        for row in rows:
            sheet.append([_inert(cell) for cell in row])
        book.save(path)
        return
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def _inert(cell: Cell) -> Cell:
    """Return a cell that a spreadsheet won't run as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _in(name: LanguageMap, language: str) -> str:
    """Return a name in one language; an untagged name counts as the other languages' stand-in."""
    exact = next((text for tag, text in name.items() if tag.split("-")[0] == language), "")
    return exact or name.get("und", "")


def _named(name: Mapping[str, str], language: str) -> str:
    return _in(name, language) or next(iter(name.values()), "")
