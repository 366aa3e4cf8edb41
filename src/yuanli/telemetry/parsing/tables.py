"""Readings in tables: long form, a row a reading, or wide form, a row a time and a column a point."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry.parsing.rows import (
    Decoded,
    DecodeParams,
    FaultyValueError,
    Row,
    RowFault,
    check_rows,
    check_size,
    decode_text,
    shorten,
    too_large,
    unreadable,
)
from yuanli.telemetry.parsing.values import (
    find_name,
    of_datetime,
    parse_name,
    parse_quality,
    parse_time,
    parse_value,
)

Cells = Sequence[object]
HEADERS: Mapping[str, tuple[str, ...]] = {
    "time": (
        "ts",
        "time",
        "timestamp",
        "datetime",
        "date",
        "时间",
        "采集时间",
        "时刻",
        "时间戳",
        "记录时间",
        "数据时间",
    ),
    "point": (
        "point",
        "point_id",
        "name",
        "tag",
        "点位",
        "测点",
        "点名",
        "编号",
        "表号",
        "仪表编号",
        "点位编号",
        "点位名称",
        "测点编号",
        "测点名称",
    ),
    "value": ("value", "reading", "值", "数值", "读数", "示数", "测量值", "采集值"),
    "unit": ("unit", "units", "单位"),
    "quality": ("quality", "质量"),
    "device": ("device", "device_id", "meter", "设备", "表计"),
    "received": ("received", "arrival", "接收时间", "到达时间"),
}
"""Headers that are known by themselves, in lower case."""
DELIMITERS = ",;\t"
HEADER_ROW = 1


class ColumnsError(InvalidInputError):
    """A table lacks the columns that its readings need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column holds what, by header.

    Parameters
    ----------
    point, value
        Of the long form; both None for the wide form.
    points
        Of the wide form: the names of points by header. Where it is empty, each column but `time` is a point of its
        name.
    units
        Of the wide form: units by header.
    time_format
        How times are written, as `datetime.strptime` reads it; ISO 8601 or a number where it is None.
    """

    time: str
    point: str | None = None
    value: str | None = None
    unit: str | None = None
    quality: str | None = None
    device: str | None = None
    received: str | None = None
    points: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    time_format: str | None = None

    def __post_init__(self) -> None:
        if (self.point is None) != (self.value is None):
            raise ColumnsError(
                Text("长表要同时指定 point 和 value 列。", "The long form names both point and value."),
                field="point" if self.point is None else "value",
                hint=Text("宽表两者都不填。", "Name neither for the wide form."),
            )


def guess_columns(headers: Sequence[str]) -> Columns:
    """Return which column holds what, by headers that are known in Chinese and English.

    Raises
    ------
    ColumnsError
        None is known as the time.
    """
    found: dict[str, str] = {}
    for role, known in HEADERS.items():
        for word in known:
            match = next((header for header in headers if header.strip().lower() == word), None)
            if match is not None:
                found[role] = match
                break
    if "time" not in found:
        raise ColumnsError(
            Text(
                f"没有时间列；表头：{_list(headers)}",
                f"There is no column of times; headers: {_list(headers)}",
            ),
            field="time",
            hint=Text("请指定列的对应关系。", "Say which column holds what."),
        )
    if "point" in found and "value" in found:
        return Columns(**found)  # type: ignore[arg-type]
    return Columns(time=found["time"], received=found.get("received"))


def decode_csv(
    content: bytes | str, columns: Columns | None = None, params: DecodeParams = DecodeParams()
) -> Decoded:
    """Return the rows of a CSV table whose first row holds headers; commas, semicolons or tabs.

    Raises
    ------
    UnreadableMessageError, MessageTooLargeError, ColumnsError
        It is no table, is too large, or lacks columns.
    """
    check_size(len(content), params)
    text = decode_text(content, "CSV")
    return collect(decode_table(csv_cells(io.StringIO(text, newline="")), columns, params), params)


def csv_cells(lines: Iterable[str]) -> Iterator[Cells]:
    """Yield the cells of the lines of a CSV table.

    Raises
    ------
    UnreadableMessageError
        A field is too long or a quotation is broken.
    """
    ahead = iter(lines)
    first = next(ahead, "")
    delimiter = max(DELIMITERS, key=first.count)
    hint = Text("检查引号和分隔符。", "Check its quotes and separators.")

    def again() -> Iterator[str]:
        yield first
        yield from ahead

    try:
        yield from csv.reader(again(), delimiter=delimiter)
    except csv.Error as error:
        raise unreadable("CSV", str(error), hint=hint) from error


def collect(found: Iterable[Row | RowFault], params: DecodeParams = DecodeParams()) -> Decoded:
    """Return rows and faults apart."""
    rows: list[Row] = []
    faults: list[RowFault] = []
    for item in found:
        if isinstance(item, Row):
            rows.append(item)
        else:
            faults.append(item)
        check_rows(len(rows) + len(faults), params)
    return Decoded(rows=tuple(rows), faults=tuple(faults))


def decode_table(
    table: Iterable[Cells], columns: Columns | None = None, params: DecodeParams = DecodeParams()
) -> Iterator[Row | RowFault]:
    """Yield the readings of a table and its faults, in order; rows are numbered as in a spreadsheet.

    Raises
    ------
    ColumnsError
        It lacks columns, or has a header twice.
    """
    cells = iter(table)
    first = next(cells, ())
    if len(first) > params.most_columns:
        raise too_large(Text("列数", "columns"), params.most_columns)
    headers = [read_header(cell) for cell in first]
    columns = columns or guess_columns(headers)
    reader = _Reader(headers, columns, params)
    for number, row in enumerate(cells, start=HEADER_ROW + 1):
        if any(cell is not None and cell != "" for cell in row):
            yield from reader.long(row, number) if columns.point is not None else reader.wide(row, number)


def read_header(cell: object) -> str:
    """Return the header that a cell holds."""
    return shorten("" if cell is None else str(cell)).strip()


class _Reader:
    """Reads rows by the places of their columns."""

    def __init__(self, headers: Sequence[str], columns: Columns, params: DecodeParams) -> None:
        self._width, self._params, self._format = len(headers), params, columns.time_format
        self._zone: tzinfo | None = params.zone
        place = {header: at for at, header in enumerate(headers)}
        wanted = {
            role: header
            for role in HEADERS
            if isinstance(header := getattr(columns, role), str)
        }  # fmt: skip
        lacking = [header for header in (*wanted.values(), *columns.points) if header not in place]
        if lacking or len(place) != len(headers):
            twice = [header for header, count in Counter(headers).items() if count > 1]
            raise ColumnsError(
                Text(f"表头缺少：{_list(lacking)}；重复：{_list(twice)}",
                     f"Headers that lack: {_list(lacking)}; that are there twice: {_list(twice)}"),
                field=(lacking or twice)[0],
                hint=Text(f"表头有：{_list(headers)}", f"The headers are: {_list(headers)}"),
            )  # fmt: skip
        self._at = {role: place[header] for role, header in wanted.items()}
        names = columns.points or {
            header: header for header in headers if header and header not in wanted.values()
        }
        self._points = [
            (place[header], header, parse_column(name, params), columns.units.get(header))
            for header, name in names.items()
        ]

    def long(self, row: Cells, number: int) -> Iterator[Row | RowFault]:
        try:
            self._check_width(row)
            longest = self._params.longest_name
            name = self._cell(row, "point")
            yield Row(
                parse_name(name if isinstance(name, str) else str(name), longest),
                self._time(row, "time"),
                parse_value(_filled(self._cell(row, "value"))),
                find_name(self._cell(row, "unit"), longest, field="unit"),
                parse_quality(self._cell(row, "quality")),
                find_name(self._cell(row, "device"), longest, field="device"),
                number,
                self._time(row, "received") if "received" in self._at else None,
            )
        except FaultyValueError as error:
            yield error.at(number)

    def wide(self, row: Cells, number: int) -> Iterator[Row | RowFault]:
        try:
            self._check_width(row)
            at = self._time(row, "time")
            received = self._time(row, "received") if "received" in self._at else None
        except FaultyValueError as error:
            yield error.at(number)
            return
        for place, header, name, unit in self._points:
            given = _filled(row[place]) if place < len(row) else None
            if given is not None:
                try:
                    yield Row(name, at, parse_value(given, field=header), unit, None, None, number, received)
                except FaultyValueError as error:
                    yield error.at(number)

    def _check_width(self, row: Cells) -> None:
        if len(row) > self._width and any(cell not in (None, "") for cell in row[self._width :]):
            raise FaultyValueError(
                "row",
                str(len(row)),
                Text(
                    f"有 {len(row)} 列，表头只有 {self._width} 列",
                    f"it has {len(row)} cells under {self._width} headers",
                ),
            )

    def _cell(self, row: Cells, role: str) -> object:
        place = self._at.get(role)
        return row[place] if place is not None and place < len(row) else None

    def _time(self, row: Cells, role: str) -> int:
        given = self._cell(row, role)
        if self._format is not None and isinstance(given, str):
            try:
                given = datetime.strptime(given.strip(), self._format)
            except ValueError as error:
                rule = Text(f"时间不合格式 {self._format}", f"the time doesn't fit {self._format}")
                raise FaultyValueError(role, given, rule) from error
            return of_datetime(given, zone=self._zone, field=role)
        at = parse_time(given, zone=self._zone, field=role)
        if at is None:
            raise FaultyValueError(role, "", Text("没有时间", "there is no time"))
        return at


def parse_column(name: str, params: DecodeParams) -> str:
    """Return the name of a column's point.

    Raises
    ------
    ColumnsError
        It is no name.
    """
    try:
        return parse_name(name, params.longest_name)
    except FaultyValueError as error:
        raise ColumnsError(
            error.message, field=shorten(name), hint=Text("请改表头。", "Change the header.")
        ) from error


def _filled(cell: object) -> object:
    """Return None for an empty cell; spreadsheets and databases have numbers of their own kinds."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return None if cell != cell else cell
    return float(cell) if hasattr(cell, "__float__") else cell


def _list(names: Iterable[str]) -> str:
    return ", ".join(shorten(name) for name in list(names)[:20]) or "–"
