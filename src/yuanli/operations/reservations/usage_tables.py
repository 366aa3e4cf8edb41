"""The use of rooms from tables: spaces, bookings, and what counters or sensors told; faults are told by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from math import isfinite
from typing import Any, TypeVar

from yuanli.errors import InvalidInputError, Text
from yuanli.planning import Presence, SpaceBooking, UsedSpace, UtilisationError

Cells = Sequence[object]
T = TypeVar("T")
LONGEST_COUNT = timedelta(hours=1)
"""A count without an end holds until the next one of its space, no longer than this."""
MOST_TOLD = 50
YES, NO = ("yes", "true", "y", "是", "有", "有人"), ("no", "false", "n", "否", "无", "无人")
NAMES: Mapping[str, tuple[str, ...]] = {
    "space": ("space", "name", "room", "id", "空间", "房间", "会议室", "名称", "编号"),
    "seats": ("seats", "capacity", "座位", "座位数", "容量", "可容纳"),
    "building": ("building", "楼宇", "楼栋", "建筑"),
    "level": ("level", "floor", "楼层"),
    "area_m2": ("area_m2", "area", "面积"),
    "cost_hour": ("cost_hour", "cost", "每小时成本", "成本"),
    "start": ("start", "begin", "from", "time", "开始", "开始时间", "时间"),
    "end": ("end", "until", "to", "结束", "结束时间"),
    "attendees": ("attendees", "people", "人数", "参会人数"),
    "people": ("people", "count", "occupied", "人数", "是否有人"),
}


class UsageTableError(InvalidInputError):
    """A table of use has wrong cells; nothing of it was read. `faults` are all of them, by cell."""

    def __init__(self, name: str, faults: Sequence[tuple[str, Text]]) -> None:
        told = faults[:MOST_TOLD]
        super().__init__(
            Text(f"{name} 有 {len(faults)} 处错误：" + "；".join(f"{at} {said.zh}" for at, said in told),
                 f"{name} has {len(faults)} faults: " + "; ".join(f"{at} {said.en}" for at, said in told)),
            field=faults[0][0],
            hint=Text("改正这些单元格后重试，目前什么也没有读入。",
                      "Correct these cells and try again; nothing was read."),
        )  # fmt: skip
        self.faults = tuple(faults)


def read_spaces(name: str, cells: Iterable[Cells]) -> list[UsedSpace]:
    """Return the spaces of a table: the columns space and seats, and if told building, level, area and cost an hour.

    Raises
    ------
    UsageTableError
        With each wrong cell.
    """
    table = _Table(
        name, cells, needed=("space", "seats"), known=("building", "level", "area_m2", "cost_hour")
    )
    spaces, seen = [], set[str]()
    for row in table:
        space = row.text("space")
        if space in seen:
            row.fault("space", Text(f"“{space}”出现了不止一次", f"{space!r} is there more than once"))
        seen.add(space)
        numbers = {one: row.number(one) for one in ("area_m2", "cost_hour")}
        seats = row.number("seats", whole=True)
        spaces.append(
            UsedSpace(
                name=space, seats=int(seats), building=row.text("building", ""), level=row.text("level", ""), **numbers
            )
        )  # fmt: skip
    return table.checked(spaces)


def read_bookings(
    name: str, cells: Iterable[Cells], spaces: Mapping[str, str], zone: tzinfo
) -> list[SpaceBooking]:
    """Return the bookings of a table with the columns space, start and end, and if told attendees.

    Parameters
    ----------
    spaces
        What spaces are called, in small letters, with their names.
    zone
        Whose clock times without a zone are of.

    Raises
    ------
    UsageTableError
        With each wrong cell.
    """
    table = _Table(name, cells, needed=("space", "start", "end"), known=("attendees",))
    bookings = []
    for row in table:
        space, (start, end) = row.one_of("space", spaces), row.span(zone)
        people = row.number("attendees", whole=True)
        if start is not None and end is not None:
            bookings.append(SpaceBooking(space=space, start=start, end=end, attendees=int(people)))
    return table.checked(bookings)


def read_counts(name: str, cells: Iterable[Cells], spaces: Mapping[str, str], zone: tzinfo) -> list[Presence]:
    """Return what a table tells of who was in spaces: the columns space, start and people, and if told end.

    People are a number, or yes and no where a sensor only tells that somebody was there. Without an end a row holds
    until the next one of its space, an hour at most.

    Raises
    ------
    UsageTableError
        With each wrong cell.
    """
    table = _Table(name, cells, needed=("space", "start", "people"), known=("end",))
    counts, open_ones = list[Presence](), dict[str, list[Presence]]()
    for row in table:
        space, (start, end), people = row.one_of("space", spaces), row.span(zone), row.people()
        if start is None:
            continue
        one = Presence(space=space, start=start, end=end or start + LONGEST_COUNT, people=people)
        if end is None:
            open_ones.setdefault(space, []).append(one)
        else:
            counts.append(one)
    for own in open_ones.values():
        own.sort(key=lambda one: one.start)
        counts += [replace(a, end=min(a.end, b.start)) for a, b in pairwise(own) if a.start < b.start]
        counts.append(own[-1])
    return table.checked(counts)


@dataclass(slots=True)
class _Table:
    """A table that is read row by row, with the faults found in it."""

    name: str
    cells: Iterable[Cells]
    needed: tuple[str, ...]
    known: tuple[str, ...]
    faults: list[tuple[str, Text]] = field(default_factory=list)

    def __iter__(self) -> Iterator[_Row]:
        rows = iter(self.cells)
        head = [str(cell or "").strip().lower() for cell in next(rows, ())]
        columns = {
            column: at
            for column in (*self.needed, *self.known)
            if (at := next((head.index(name) for name in NAMES[column] if name in head), None)) is not None
        }
        missing = [column for column in self.needed if column not in columns]
        if missing:
            names = ", ".join(f"{one}（{NAMES[one][-1]}）" for one in missing)
            said = Text(
                f"第一行是列名，缺少 {names}",
                f"the first row names the columns; it lacks {', '.join(missing)}",
            )
            raise UsageTableError(self.name, [("1", said)])
        for number, row in enumerate(rows, start=2):
            if any(cell not in (None, "") for cell in row):
                try:
                    yield _Row(self, number, row, columns)
                except UtilisationError as error:
                    self.faults.append((f"{number}", error.message))

    def checked(self, rows: list[T]) -> list[T]:
        """Return what was read, unless there are faults."""
        if self.faults:
            raise UsageTableError(self.name, self.faults)
        return rows


@dataclass(frozen=True, slots=True)
class _Row:
    table: _Table
    line: int
    cells: Cells
    columns: Mapping[str, int]

    def fault(self, column: str, said: Text) -> None:
        """Tell that a cell is wrong."""
        self.table.faults.append((f"{_letters(self.columns[column])}{self.line}", said))

    def text(self, column: str, otherwise: str | None = None) -> str:
        """Return a cell's text; one that is empty is a fault where nothing stands for it."""
        value = self._cell(column)
        if value is None and otherwise is None:
            self.fault(column, Text("是空的", "it is empty"))
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return (otherwise or "") if value is None else str(value).strip()

    def one_of(self, column: str, names: Mapping[str, str]) -> str:
        """Return which of known names a cell has."""
        value = self.text(column)
        if value and value.casefold() not in names:
            self.fault(column, Text(f"“{value}”：没有这个空间", f"{value!r}: there is no such space"))
        return names.get(value.casefold(), value)

    def number(self, column: str, *, whole: bool = False) -> float:
        """Return a cell that is a number from 0, or empty."""
        value = self._cell(column)
        if value is None:
            return 0.0
        number = _number(value)
        if number is None or (whole and not number.is_integer()):
            kind = (
                Text("不小于 0 的整数", "a whole number from 0")
                if whole
                else Text("不小于 0 的数", "a number from 0")
            )
            self.fault(column, Text(f"“{value}”：应是{kind.zh}", f"{value!r}: it is {kind.en}"))
            return 0.0
        return number

    def people(self) -> float | None:
        """Return how many were there; None for somebody."""
        value = self._cell("people")
        said = str(value).strip().lower()
        if value is True or said in YES:
            return None
        if value is False or said in NO:
            return 0.0
        number = None if value is None else _number(value)
        if number is None:
            shown = "" if value is None else value
            self.fault(
                "people",
                Text(
                    f"“{shown}”：应是人数，或“是”“否”", f"{shown!r}: it is a number of people, or yes or no"
                ),
            )
        return number

    def span(self, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """Return begin and end; None where there is none, or a fault was found."""
        start, end = self._moment("start", zone), self._moment("end", zone)
        if start is not None and end is not None and end <= start:
            self.fault(
                "end",
                Text(f"{end:%Y-%m-%d %H:%M} 不晚于开始", f"{end:%Y-%m-%d %H:%M} is not after the start"),
            )
            return None, None
        return start, end

    def _moment(self, column: str, zone: tzinfo) -> datetime | None:
        value: Any = self._cell(column)
        if value is None:
            if column in self.table.needed:
                self.fault(column, Text("是空的", "it is empty"))
            return None
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(_dashed(value))
        except ValueError:
            said = Text(
                f"“{value}”：不是时间，例如 2026-05-04 14:00", f"{value!r}: no time such as 2026-05-04 14:00"
            )
            self.fault(column, said)
            return None
        return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)

    def _cell(self, column: str) -> object:
        at = self.columns.get(column)
        value = None if at is None or at >= len(self.cells) else self.cells[at]
        return None if isinstance(value, str) and not value.strip() else value


def _number(value: object) -> float | None:
    """Return a cell as a number from 0; None where it is none."""
    try:
        number = float(str(value).strip().replace(",", ""))
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _dashed(value: object) -> str:
    """Return a time as ISO 8601 writes it: 2026/5/4 9:00 is as good as 2026-05-04T09:00."""
    if isinstance(value, date):
        return value.isoformat()
    day, _, clock = str(value).strip().replace("/", "-").replace("T", " ").partition(" ")
    dated = "-".join(part.zfill(2) for part in day.split("-"))
    hour, colon, rest = clock.strip().partition(":")
    return f"{dated}T{hour.zfill(2)}{colon}{rest}" if clock else dated


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column, counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
