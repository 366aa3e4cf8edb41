"""Meetings of a day as a CSV table, with the rooms they may use below."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from yuanli.errors import Text
from yuanli.scheduling.rooms.tables import Event, Room, RoomsProblem, Time
from yuanli.solver import MOST_WHOLE, InvalidProblemError, cut_text, find_whole

COLUMNS = ("kind", "name", "size", "features", "people", "minutes", "earliest", "latest", "start", "room")
STEP_MIN = 15
DAY_PERIODS = 24 * 60 // STEP_MIN


def parse_meetings(text: str, name: str = "") -> RoomsProblem:
    """Return one day of meetings, in quarters of an hour.

    The columns are kind (room or meeting), name, size (of a room: people it holds), features and people (separated
    by `;`), minutes, earliest, latest (hh:mm; all day if empty), start and room (what it has already: kept to if it
    can be, at a penalty of 1 otherwise).

    Raises
    ------
    InvalidProblemError
        With line and column.
    """
    rows = list(_rows(text))
    rooms = tuple(
        Room(
            name=row["name"],
            capacity=_whole(n, "size", row["size"]),
            features=frozenset(_words(row["features"])),
        )
        for n, row in rows
        if row["kind"] == "room"
    )
    events = tuple(_meeting(n, row, rooms) for n, row in rows if row["kind"] == "meeting")
    return RoomsProblem(
        name=name, days=1, periods=DAY_PERIODS, period_min=STEP_MIN, rooms=rooms, events=events,
        near_min=2 * STEP_MIN,
    )  # fmt: skip


def _meeting(line: int, row: dict[str, str], rooms: tuple[Room, ...]) -> Event:
    minutes = _whole(line, "minutes", row["minutes"])
    length = -(-minutes // STEP_MIN)
    if not 1 <= length <= DAY_PERIODS:
        raise _wrong(line, "minutes", f"{minutes} 应在 1 到 1440 之间", f"{minutes} is from 1 to 1440")
    earliest = _clock(line, "earliest", row["earliest"] or "00:00")
    latest = _clock(line, "latest", row["latest"] or "24:00")
    if earliest + length > latest:
        raise _wrong(line, "latest", f"{row['earliest']}–{row['latest']} 放不下 {minutes} 分钟",
                     f"{minutes} minutes don't fit into {row['earliest']}–{row['latest']}")  # fmt: skip
    wished = _clock(line, "start", row["start"]) if row["start"] else None
    if row["room"] and row["room"] not in {room.name for room in rooms}:
        raise _wrong(
            line, "room", f"没有房间“{cut_text(row['room'])}”", f"there is no room {cut_text(row['room'])!r}"
        )
    return Event(
        name=row["name"], size=_whole(line, "size", row["size"] or "0"), people=tuple(_words(row["people"])),
        features=frozenset(_words(row["features"])),
        times={
            Time(days=(0,), start=start, length=length): float(wished not in (None, start))
            for start in range(earliest, latest - length + 1)
        },
        rooms={room.name: float(row["room"] not in ("", room.name)) for room in rooms},
    )  # fmt: skip


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in ("kind", "name", "size") if column not in (reader.fieldnames or ())]
    strange = [column for column in reader.fieldnames or () if column not in COLUMNS]
    if missing or strange:
        raise _wrong(1, cut_text(", ".join(missing + strange)), f"列名应是 {', '.join(COLUMNS)}",
                     f"the columns are {', '.join(COLUMNS)}")  # fmt: skip
    for row in reader:
        if None in row or row["kind"] not in ("room", "meeting"):
            shown = cut_text(row["kind"] or "")
            raise _wrong(reader.line_num, "kind", f"“{shown}”应是 room 或 meeting，且列数不能多",
                         f"{shown!r} is room or meeting, and no row is longer than the first")  # fmt: skip
        yield reader.line_num, {column: (row.get(column) or "").strip() for column in COLUMNS}


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in re.split("[;；]", text) if word.strip()))


def _clock(line: int, column: str, text: str) -> int:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    if match is None or not (at := int(match[1]) * 60 + int(match[2])) <= 1440 or int(match[2]) > 59:
        raise _wrong(
            line, column, f"“{cut_text(text)}”应是 hh:mm", f"{cut_text(text)!r} is a time like 09:30"
        )
    return -(-at // STEP_MIN)


def _whole(line: int, column: str, text: str) -> int:
    number = find_whole(text)
    if number is None:
        raise _wrong(line, column, f"“{cut_text(text)}”应是 0 到 {MOST_WHOLE} 的整数",
                     f"{cut_text(text)!r} is a whole number from 0 to {MOST_WHOLE}")  # fmt: skip
    return number


def _wrong(line: int, column: str, zh: str, en: str) -> InvalidProblemError:
    return InvalidProblemError(
        Text(f"第 {line} 行 {column}：{zh}。", f"Line {line}, {column}: {en}."),
        field=column,
        hint=Text("请改正这一格。", "Correct this cell."),
    )
