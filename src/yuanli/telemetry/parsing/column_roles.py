"""What each column of a table of readings holds: proposed by its header and cells, corrected by a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from yuanli.errors import Text
from yuanli.telemetry.parsing.rows import FaultyValueError
from yuanli.telemetry.parsing.tables import Columns, ColumnsError, guess_columns
from yuanli.telemetry.parsing.values import parse_time, parse_value
from yuanli.telemetry.quantities import find_unit

TIME_FORMATS = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H时%M分", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M",
)  # fmt: skip
"""How times are written that are neither ISO 8601 nor a number; the first that reads all samples is proposed."""
WITH_UNIT = re.compile(r"(.*?)\s*[(\[（【]([^()\[\]（）【】]+)[)\]）】]")
"""A header that tells its unit, such as `power (kW)`."""
FindPoint = Callable[[str], str | None]
"""Returns the id of the point that a name means."""


class ColumnRole(StrEnum):
    """What a column holds; `reading` is the readings of one point, in the wide form."""

    TIME = "time"
    POINT = "point"
    VALUE = "value"
    UNIT = "unit"
    QUALITY = "quality"
    DEVICE = "device"
    RECEIVED = "received"
    READING = "reading"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column and what it holds; `point` and `unit` are of a column of readings."""

    header: str
    role: ColumnRole
    point: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedColumns:
    """What the columns of a table seem to hold, in their order, and how its times are written."""

    columns: tuple[TableColumn, ...]
    time_format: str | None = None


def propose_columns(
    headers: Sequence[str], samples: Sequence[Sequence[object]], find: FindPoint
) -> ProposedColumns:
    """Propose what each column holds, by known headers, the names of points, and the first rows of cells."""
    cells = [[_cell(row, at) for row in samples] for at in range(len(headers))]
    roles = _told_roles(headers) or _timed_roles(headers, cells)
    wide = ColumnRole.POINT not in roles.values()
    columns = tuple(
        _wide_column(header, cells[at], find)
        if wide and header not in roles
        else TableColumn(header=header, role=roles.get(header, ColumnRole.UNUSED))
        for at, header in enumerate(headers)
    )
    times = [
        cell
        for at, column in enumerate(columns)
        if column.role is ColumnRole.TIME
        for cell in cells[at]
        if cell not in (None, "")
    ]
    return ProposedColumns(columns=columns, time_format=_time_format(times))


def make_columns(columns: Sequence[TableColumn], *, time_format: str | None = None) -> Columns:
    """Return which column holds what.

    Raises
    ------
    ColumnsError
        There is no time or there are two, a long form lacks its point or value, or nothing is read.
    """
    told: dict[ColumnRole, str] = {}
    readings = [column for column in columns if column.role is ColumnRole.READING]
    for column in columns:
        if column.role in (ColumnRole.READING, ColumnRole.UNUSED):
            continue
        if column.role in told:
            raise _wrong(
                Text(f"列“{told[column.role]}”和“{column.header}”作用相同。",
                     f"Columns {told[column.role]!r} and {column.header!r} have the same role."),
                column.header,
            )  # fmt: skip
        told[column.role] = column.header
    if ColumnRole.TIME not in told:
        raise _wrong(Text("没有指定时间列。", "No column holds the time."), "time")
    long = ColumnRole.POINT in told or ColumnRole.VALUE in told
    if long and readings:
        raise _wrong(
            Text(f"已有点位列或数值列，列“{readings[0].header}”不能再作为一个点位的读数。",
                 f"Points or values have a column, so {readings[0].header!r} can't be one point's readings."),
            readings[0].header,
        )  # fmt: skip
    if not long and not readings:
        raise _wrong(Text("没有指定读数列。", "No column holds readings."), "columns")
    kept = {role.value: header for role, header in told.items()}
    if not long:
        kept = {role: header for role, header in kept.items() if role in ("time", "received")}
    return Columns(
        time=kept["time"], point=kept.get("point"), value=kept.get("value"), unit=kept.get("unit"),
        quality=kept.get("quality"), device=kept.get("device"), received=kept.get("received"),
        points={column.header: column.point or column.header for column in readings},
        units={column.header: column.unit for column in readings if column.unit},
        time_format=time_format,
    )  # fmt: skip


def _wrong(message: Text, field: str) -> ColumnsError:
    hint = Text(
        "指定一个时间列；再指定点位列和数值列，或把每个点位的列设为读数。",
        "Name one column of times; then a column of points and one of values, or a column of readings for each point.",
    )
    return ColumnsError(message, field=field, hint=hint)


def _told_roles(headers: Sequence[str]) -> dict[str, ColumnRole]:
    try:
        found = guess_columns(headers)
    except ColumnsError:
        return {}
    return {
        header: role for role in ColumnRole if isinstance(header := getattr(found, role.value, None), str)
    }


def _timed_roles(headers: Sequence[str], cells: Sequence[Sequence[object]]) -> dict[str, ColumnRole]:
    """Take the first column that holds nothing but times for the time."""
    for header, column in zip(headers, cells, strict=True):
        filled = [cell for cell in column if cell not in (None, "")]
        texts = all(isinstance(cell, str | datetime) and not _is_number(cell) for cell in filled)
        if filled and texts and (_all_times(filled) or _time_format(filled)):
            return {header: ColumnRole.TIME}
    return {}


def _wide_column(header: str, cells: Sequence[object], find: FindPoint) -> TableColumn:
    name, unit = header, None
    if (told := WITH_UNIT.fullmatch(header)) and find_unit(told[2]) is not None:
        name, unit = told[1], told[2].strip()
    point = find(header) or find(name)
    filled = [cell for cell in cells if cell not in (None, "")]
    if point is None and (not header or not filled or not all(_is_number(cell) for cell in filled)):
        return TableColumn(header=header, role=ColumnRole.UNUSED)
    return TableColumn(header=header, role=ColumnRole.READING, point=point, unit=unit)


def _time_format(times: Sequence[object]) -> str | None:
    texts = [time.strip() for time in times if isinstance(time, str)]
    if not texts or _all_times(texts):
        return None
    return next((form for form in TIME_FORMATS if all(_fits(text, form) for text in texts)), None)


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _all_times(cells: Sequence[object]) -> bool:
    try:
        return all(parse_time(cell, zone=UTC) is not None for cell in cells)
    except FaultyValueError:
        return False


def _is_number(cell: object) -> bool:
    if isinstance(cell, datetime):
        return False
    if not isinstance(cell, str | int | float | bool) and hasattr(cell, "__float__"):
        return True
    try:
        parse_value(cell)
    except FaultyValueError:
        return isinstance(cell, float)
    return True


def _cell(row: Sequence[object], at: int) -> object:
    return row[at] if at < len(row) else None
