"""Problems and plans as Excel: sheets Rooms, Entities, Rules, and Plan."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from math import isfinite
from typing import Any

from yuanli.errors import Text
from yuanli.planning.spaces.plans import space_rows
from yuanli.planning.spaces.problem import (
    WALKED,
    Entity,
    Room,
    Rule,
    RuleKind,
    SpacePlan,
    SpaceProblem,
    SpacesError,
)  # fmt: skip

SHEETS: dict[str, type[Any]] = {"Rooms": Room, "Entities": Entity, "Rules": Rule}
NEEDED = {"Rooms": ("name", "capacity_m2"), "Entities": ("name", "need_m2"), "Rules": ("kind",)}
MOST_TOLD = 50
YES, NO = ("true", "yes", "1", "是", "y"), ("false", "no", "0", "否", "n")


class SheetsError(SpacesError):
    """A workbook has wrong cells; nothing of it was read. `faults` are all of them, by sheet and cell."""

    def __init__(self, faults: Sequence[tuple[str, Text]]) -> None:
        told = faults[:MOST_TOLD]
        super().__init__(
            Text(
                f"工作簿有 {len(faults)} 处错误：" + "；".join(f"{at} {said.zh}" for at, said in told),
                f"The workbook has {len(faults)} faults: "
                + "; ".join(f"{at} {said.en}" for at, said in told),
            ),
            field=faults[0][0],
            hint=Text(
                "改正这些单元格后重新导入，目前什么也没有导入。",
                "Correct these cells and import again; nothing was imported.",
            ),
        )
        self.faults = tuple(faults)


@dataclass(slots=True)
class _Reading:
    faults: list[tuple[str, Text]] = field(default_factory=list)
    cells: dict[tuple[str, int], str] = field(default_factory=dict)
    """The sheet and row of each thing that was read, by field path."""


def parse_spaces_excel(data: bytes, name: str) -> SpaceProblem:
    """Read a workbook with the sheets Rooms, Entities and, if there are any, Rules.

    The first row names the columns as the fields of the JSON; several values in a cell are parted by `;` or `、`.

    Raises
    ------
    SheetsError
        With each wrong cell.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {
            sheet.title: [*sheet.iter_rows(values_only=True)]
            for sheet in book.worksheets
            if sheet.title in SHEETS
        }
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise SheetsError([(name, Text(f"不是工作簿：{error}", f"no workbook: {error}"))]) from error
    reading = _Reading()
    found = {title: list(_read_sheet(reading, title, sheets.get(title, ()))) for title in SHEETS}
    rooms, entities, rules = (found[title] for title in SHEETS)
    names: dict[str, set[str]] = {
        "room": {room.name for room in rooms},
        "entity": {one.name for one in entities} | {one.group for one in entities if one.group},
        "floor": {room.floor for room in rooms}, "zone": {room.zone for room in rooms},
        "building": {room.building for room in rooms},
    }  # fmt: skip
    _check_names(reading, found, names)
    if reading.faults:
        raise SheetsError(reading.faults)
    try:
        return SpaceProblem(rooms=tuple(rooms), entities=tuple(entities), rules=tuple(rules))
    except SpacesError as error:
        raise SheetsError([(_cell_of(reading, error.field or ""), error.message)]) from error


def write_spaces_excel(problem: SpaceProblem | None = None, plan: SpacePlan | None = None) -> bytes:
    """Return a workbook: the template, or a problem and its plan; walking and periods have no sheet."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    tables: Mapping[str, Sequence[Any]] = (
        {"Rooms": (), "Entities": (), "Rules": ()} if problem is None
        else {"Rooms": problem.rooms, "Entities": problem.entities,
              "Rules": [rule for rule in problem.rules if rule.kind not in WALKED]}
    )  # fmt: skip
    for title, kind in SHEETS.items():
        sheet = book.create_sheet(title)
        columns = list(_columns(kind))
        sheet.append(columns)
        for one in tables[title]:
            sheet.append([_to_cell(getattr(one, column)) for column in columns])
    if problem is not None and plan is not None:
        sheet = book.create_sheet("Plan")
        rows = space_rows(problem, plan)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([_to_cell(value) for value in row.values()])
    for sheet in book.worksheets:
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for number, column in enumerate(sheet.iter_cols(values_only=True)):
            longest = max(len(str(cell)) for cell in column if cell is not None)
            sheet.column_dimensions[_letters(number)].width = min(max(10, 1.6 * longest), 60)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _columns(kind: type[Any]) -> dict[str, str]:
    """Return the columns of a sheet with their types; landmarks have no sheet, so no rule names them."""
    return {one.name: str(one.type) for one in fields(kind) if one.name != "landmarks"}


def _read_sheet(reading: _Reading, title: str, rows: Sequence[Sequence[Any]]) -> Iterator[Any]:
    kind = SHEETS[title]
    readers = {name: _READERS[told] for name, told in _columns(kind).items()}
    head = [str(cell or "").strip() for cell in (rows[0] if rows else ())]
    if not head and title == "Rules":
        return
    for missing in set(NEEDED[title]) - set(head):
        reading.faults.append((f"{title}!1", Text(f"缺少列 {missing}", f"the column {missing} is missing")))
    for j, column in enumerate(head):
        if column and column not in readers:
            reading.faults.append(
                (f"{title}!{_letters(j)}1", Text(f"没有列 {column}", f"there is no column {column}"))
            )
    place = 0
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell not in (None, "") for cell in row):
            continue
        values: dict[str, Any] = {}
        before = len(reading.faults)
        for j, (column, cell) in enumerate(zip(head, row, strict=False)):
            at = f"{title}!{_letters(j)}{number}"
            if column not in readers or (cell in (None, "") and column not in NEEDED[title]):
                continue
            try:
                values[column] = readers[column](cell)
            except (ValueError, TypeError):
                said = Text(f"“{cell}”不能用作 {column}", f'"{cell}" is no {column}')
                reading.faults.append((at, said))
        reading.cells[title.lower(), place] = f"{title}!{number}"
        place += 1
        if len(reading.faults) == before and set(NEEDED[title]) <= values.keys():
            yield kind(**values)


def _check_names(
    reading: _Reading, found: Mapping[str, Sequence[Any]], names: Mapping[str, set[str]]
) -> None:
    """Tell each name that is not there, unless cells before were wrong: then rows are missing."""
    if reading.faults:
        return
    refers = {
        "Rooms": {"adjacent": "room"}, "Entities": {"room": "room"},
        "Rules": {"entities": "entity", "rooms": "room", "floors": "floor", "zones": "zone", "buildings": "building"},
    }  # fmt: skip
    for title, columns in refers.items():
        for place, one in enumerate(found[title]):
            for column, table in columns.items():
                value = getattr(one, column)
                for name in (value,) if isinstance(value, str) else value or ():
                    if name not in names[table]:
                        at = f"{reading.cells[title.lower(), place]} {column}"
                        reading.faults.append((at, Text(f"没有“{name}”", f'there is no "{name}"')))


def _cell_of(reading: _Reading, path: str) -> str:
    table, _, rest = path.partition("[")
    place, _, column = rest.partition("]")
    row = reading.cells.get((table, int(place))) if place.isdigit() else None
    return path if row is None else f"{row} {column.lstrip('.')}".strip()


def _letters(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))


def _to_cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return "; ".join(value) or None
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "@") else value or None
    return value


def _text(cell: Any) -> str:
    if cell is None or not str(cell).strip():
        raise ValueError("empty")
    text = f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
    return text[1:] if text[:2] in ("'=", "'+", "'@") else text


def _number(cell: Any) -> float:
    value = float(cell)
    if isinstance(cell, bool) or not (isfinite(value) and value >= 0):
        raise ValueError("not a number from 0")
    return value


def _truth(cell: Any) -> bool:
    word = str(cell).strip().lower()
    if word not in YES + NO:
        raise ValueError("neither yes nor no")
    return word in YES


def _names(cell: Any) -> tuple[str, ...]:
    parts = _text(cell).replace("、", ";").replace("；", ";").split(";")
    return tuple(part.strip() for part in parts if part.strip())


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    return date.fromisoformat(_text(cell))


_READERS: dict[str, Callable[[Any], Any]] = {
    "str": _text, "str | None": _text, "float": _number, "float | None": _number, "bool": _truth,
    "tuple[str, ...]": _names, "date | None": _day, "RuleKind": lambda cell: RuleKind(_text(cell)),
}  # fmt: skip
