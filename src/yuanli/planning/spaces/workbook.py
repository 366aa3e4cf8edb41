"""Problems and plans as Excel: a sheet for each table, and one for the plan."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from math import isfinite
from typing import Any

from yuanli.errors import Text, counted
from yuanli.planning.spaces.plans import space_rows
from yuanli.planning.spaces.problem import (
    Entity,
    Flow,
    Landmark,
    Period,
    Room,
    Rule,
    RuleKind,
    SpacePlan,
    SpaceProblem,
    SpacesError,
    Weights,
)  # fmt: skip
from yuanli.solver import MOST_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class _PeriodRow:
    name: str
    starts: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _NeedRow:
    """What an entity needs in a period, where it differs."""

    period: str
    entity: str
    need_m2: float | None = None
    headcount: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _WeightRow:
    part: str
    weight: float


SHEETS: dict[str, type[Any]] = {
    "Rooms": Room, "Entities": Entity, "Rules": Rule, "Flows": Flow, "Periods": _PeriodRow, "Needs": _NeedRow,
    "Weights": _WeightRow,
}  # fmt: skip
NEEDED = {
    "Rooms": ("name", "capacity_m2"), "Entities": ("name", "need_m2"), "Rules": ("kind",),
    "Flows": ("origin", "destination", "trips"), "Periods": ("name",), "Needs": ("period", "entity"),
    "Weights": ("part", "weight"),
}  # fmt: skip
ASKED = ("Rooms", "Entities")
MATRICES = ("Walking", "Landmarks")
"""Sheets of seconds of walking with a column for each room: from each room, and to each landmark."""
MOST_TOLD = 50
MOST_SAID = 200
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError,
    ArithmeticError, RuntimeError, SyntaxError,
)  # fmt: skip
"""What openpyxl raises of a damaged archive, or of XML that is none or no workbook's."""
MOST_SHEET_ROWS = 1_048_576
MOST_SHEET_CELLS = 20_000_000
YES, NO = ("true", "yes", "1", "是", "y"), ("false", "no", "0", "否", "n")


class SheetsError(SpacesError):
    """A workbook has wrong cells; nothing of it was read. `faults` are all of them, by sheet and cell."""

    def __init__(self, faults: Sequence[tuple[str, Text]]) -> None:
        told = faults[:MOST_TOLD]
        super().__init__(
            Text(
                f"工作簿有 {len(faults)} 处错误：" + "；".join(f"{at} {said.zh}" for at, said in told),
                f"The workbook has {counted(len(faults), 'fault')}: "
                + "; ".join(f"{at} {said.en}" for at, said in told),
            ),
            field=faults[0][0],
            hint=Text(
                "改正后重新导入，目前什么也没有导入。",
                "Correct this and import again; nothing was imported.",
            ),
        )
        self.faults = tuple(faults)


@dataclass(slots=True)
class _Reading:
    faults: list[tuple[str, Text]] = field(default_factory=list)
    cells: dict[tuple[str, int], int] = field(default_factory=dict)
    """The row of each thing that was read, by sheet in small letters and place."""
    heads: dict[str, list[str]] = field(default_factory=dict)
    """The columns of each sheet."""

    def cell(self, title: str, place: int, column: str) -> str:
        """Return where something that was read stands; its row, where its sheet lacks the column."""
        head = self.heads.get(title, [])
        letter = _letters(head.index(column)) if column in head else ""
        return f"{title}!{letter}{self.cells[title.lower(), place]}"


def parse_spaces_excel(data: bytes, name: str) -> SpaceProblem:
    """Read a workbook with the sheets Rooms and Entities and, if they are there, the others of the template.

    The first row names the columns as the fields of the JSON, or the rooms for seconds of walking; several values in a
    cell are parted by `;` or `、`.

    Raises
    ------
    SheetsError
        With each wrong cell.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_BYTES:
            said = Text(f"解开后超过 {MOST_BYTES:,} 字节", f"more than {MOST_BYTES:,} bytes unpacked")
            raise SheetsError([(name, said)])
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {
            sheet.title: _rows_of(sheet) for sheet in book.worksheets if sheet.title in (*SHEETS, *MATRICES)
        }
    except (InvalidFileException, *DAMAGED) as error:
        what = f"{error}"[:MOST_SAID]
        raise SheetsError(
            [(name, Text(f"不是完好的工作簿：{what}", f"is no sound workbook: {what}"))]
        ) from error
    reading = _Reading()
    found = {title: list(_read_sheet(reading, title, sheets.get(title, ()))) for title in SHEETS}
    rooms, entities = found["Rooms"], found["Entities"]
    names: dict[str, set[str]] = {
        "room": {room.name for room in rooms},
        "entity": {one.name for one in entities} | {one.group for one in entities if one.group},
        "floor": {room.floor for room in rooms}, "zone": {room.zone for room in rooms},
        "building": {room.building for room in rooms}, "period": {one.name for one in found["Periods"]},
        "part": {one.name for one in fields(Weights)},
    }  # fmt: skip
    order = [room.name for room in rooms]
    walks = _read_matrix(reading, "Walking", sheets.get("Walking", ()), order)
    to_landmarks = _read_matrix(reading, "Landmarks", sheets.get("Landmarks", ()), order)
    names["landmark"] = set(to_landmarks)
    _check_names(reading, found, names)
    if walks and not reading.faults and (missing := [name for name in order if name not in walks]):
        reading.faults.append(
            ("Walking", Text(f"缺少“{missing[0]}”的行", f'the row of "{missing[0]}" is missing'))
        )
    if reading.faults:
        raise SheetsError(reading.faults)
    try:
        return SpaceProblem(
            rooms=tuple(rooms), entities=tuple(entities), rules=tuple(found["Rules"]),
            walk_s=tuple(walks[name] for name in order) if walks else (),
            landmarks=tuple(Landmark(name=name, seconds=seconds) for name, seconds in to_landmarks.items()),
            flows=tuple(found["Flows"]), periods=_periods(found) or (Period(name=""),),
            weights=Weights(**{one.part: one.weight for one in found["Weights"]}),
        )  # fmt: skip
    except SpacesError as error:
        raise SheetsError([(_cell_of(reading, error.field or ""), error.message)]) from error


def _rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet as wide as they are filled, whatever size the sheet says it has."""
    sheet.reset_dimensions()
    rows: list[tuple[Any, ...]] = []
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        rows.append(row)
        cells += len(row)
        if len(rows) > MOST_SHEET_ROWS or cells > MOST_SHEET_CELLS:
            said = Text(
                f"超过 {MOST_SHEET_ROWS} 行或 {MOST_SHEET_CELLS} 格",
                f"more than {MOST_SHEET_ROWS} rows or {MOST_SHEET_CELLS} cells",
            )
            raise SheetsError([(f"{sheet.title}!{len(rows)}", said)])
    while rows and not any(cell not in (None, "") for cell in rows[-1]):
        rows.pop()
    return rows


def write_spaces_excel(problem: SpaceProblem | None = None, plan: SpacePlan | None = None) -> bytes:
    """Return a workbook: the template, or a problem and its plan."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    tables = dict.fromkeys(SHEETS, ()) if problem is None else _tables(problem)
    for title, kind in SHEETS.items():
        sheet = book.create_sheet(title)
        columns = list(_columns(kind))
        sheet.append(columns)
        for one in tables[title]:
            sheet.append([_to_cell(getattr(one, column)) for column in columns])
    for title, matrix in _matrices(problem).items():
        sheet = book.create_sheet(title)
        for line in matrix:
            sheet.append([_to_cell(cell) for cell in line])
    if problem is not None and plan is not None:
        sheet = book.create_sheet("Plan")
        rows = space_rows(problem, plan)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([_to_cell(value) for value in row.values()])
    for sheet in book.worksheets:
        sheet.freeze_panes = "B2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for number, column in enumerate(sheet.iter_cols(values_only=True)):
            longest = max(len(str(cell)) for cell in column if cell is not None)
            sheet.column_dimensions[_letters(number)].width = min(max(10, 1.6 * longest), 60)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tables(problem: SpaceProblem) -> Mapping[str, Sequence[Any]]:
    periods = () if problem.periods == (Period(name=""),) else problem.periods
    return {
        "Rooms": problem.rooms, "Entities": problem.entities, "Rules": problem.rules, "Flows": problem.flows,
        "Periods": periods,
        "Needs": [
            _NeedRow(period=one.name, entity=name, need_m2=one.needs_m2.get(name), headcount=one.headcounts.get(name))
            for one in periods for name in dict.fromkeys((*one.needs_m2, *one.headcounts))
        ],
        "Weights": [
            _WeightRow(part=one.name, weight=getattr(problem.weights, one.name)) for one in fields(Weights)
        ],
    }  # fmt: skip


def _matrices(problem: SpaceProblem | None) -> Mapping[str, Sequence[Sequence[Any]]]:
    if problem is None:
        return {title: [["name"]] for title in MATRICES}
    head = ["name", *(room.name for room in problem.rooms)]
    walks = [[room.name, *row] for room, row in zip(problem.rooms, problem.walk_s, strict=False)]
    return {
        "Walking": [head, *walks], "Landmarks": [head, *([one.name, *one.seconds] for one in problem.landmarks)],
    }  # fmt: skip


def _periods(found: Mapping[str, Sequence[Any]]) -> tuple[Period, ...]:
    def told(period: _PeriodRow, column: str) -> dict[str, float]:
        return {
            one.entity: getattr(one, column)
            for one in found["Needs"] if one.period == period.name and getattr(one, column) is not None
        }  # fmt: skip

    return tuple(
        Period(
            name=one.name, starts=one.starts, needs_m2=told(one, "need_m2"), headcounts=told(one, "headcount")
        )
        for one in found["Periods"]
    )


def _read_matrix(
    reading: _Reading, title: str, rows: Sequence[Sequence[Any]], rooms: Sequence[str]
) -> dict[str, tuple[float, ...]]:
    """Return seconds by the name of a row, in the order of the rooms; none without rows, or where rooms are wrong."""
    if len(rows) < 2 or any(at.startswith("Rooms!") for at, _ in reading.faults):
        return {}
    head = [str(cell).strip() if cell is not None else "" for cell in rows[0]]
    for j, name in enumerate(head[1:], start=1):
        if name and name not in rooms:
            reading.faults.append(
                (f"{title}!{_letters(j)}1", Text(f"没有房间“{name}”", f'there is no room "{name}"'))
            )
    at = {name: j for j, name in enumerate(head) if j and name}
    for name in rooms:
        if name not in at:
            reading.faults.append(
                (f"{title}!1", Text(f"缺少房间 {name} 的列", f"the column of room {name} is missing"))
            )
    found: dict[str, tuple[float, ...]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell not in (None, "") for cell in row):
            continue
        seconds = []
        for name in rooms:
            cell = row[at[name]] if name in at and at[name] < len(row) else None
            try:
                seconds.append(_number(cell))
            except (ValueError, TypeError):
                if name in at:
                    said = Text(f"“{cell}”不是秒数", f'"{cell}" is no number of seconds')
                    reading.faults.append((f"{title}!{_letters(at[name])}{number}", said))
        if row[0] in (None, "") or _text(row[0]) in found:
            reading.faults.append(
                (f"{title}!A{number}", Text("名称缺失或重复", "the name is missing, or twice there"))
            )
        else:
            found[_text(row[0])] = tuple(seconds)
    return found


def _columns(kind: type[Any]) -> dict[str, str]:
    """Return the columns of a sheet with their types."""
    return {one.name: str(one.type) for one in fields(kind)}


def _read_sheet(reading: _Reading, title: str, rows: Sequence[Sequence[Any]]) -> Iterator[Any]:
    kind = SHEETS[title]
    readers = {name: _READERS[told] for name, told in _columns(kind).items()}
    head = [str(cell or "").strip() for cell in (rows[0] if rows else ())]
    reading.heads[title] = head
    if not head and title not in ASKED:
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
                reading.faults.append((at, _wrong(cell, column, _columns(kind)[column])))
        reading.cells[title.lower(), place] = number
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
        "Rules": {"entities": "entity", "rooms": "room", "floors": "floor", "zones": "zone", "buildings": "building",
                  "landmarks": "landmark"},
        "Flows": {"origin": "entity", "destination": "entity"},
        "Needs": {"period": "period", "entity": "entity"}, "Weights": {"part": "part"},
    }  # fmt: skip
    for title, columns in refers.items():
        for place, one in enumerate(found[title]):
            for column, table in columns.items():
                value = getattr(one, column)
                for name in (value,) if isinstance(value, str) else value or ():
                    if name not in names[table]:
                        said = Text(f"没有“{name}”", f'there is no "{name}"')
                        reading.faults.append((reading.cell(title, place, column), said))


def _cell_of(reading: _Reading, path: str) -> str:
    table, _, rest = path.partition("[")
    place, _, column = rest.partition("]")
    if not place.isdigit() or (table, int(place)) not in reading.cells:
        return path
    return reading.cell(table.capitalize(), int(place), column.lstrip(".").partition("[")[0])


def _wrong(cell: Any, column: str, told: str) -> Text:
    """Say what a cell may hold: empty ones, and formulas that nobody calculated, have no value."""
    rule = _RULES.get(told, Text("文字", "text"))
    if cell in (None, ""):
        return Text(f"{column} 是空的，要填{rule.zh}", f"{column} is empty: fill in {rule.en}")
    return Text(f"“{cell}”不能用作 {column}，要填{rule.zh}", f'"{cell}" is no {column}: fill in {rule.en}')


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
_AMOUNT = Text("不小于 0 的数", "a number from 0")
_DAY = Text("日期，如 2026-12-31", "a day, as 2026-12-31")
_RULES: dict[str, Text] = {
    "float": _AMOUNT, "float | None": _AMOUNT, "bool": Text("是或否", "yes or no"), "date | None": _DAY,
    "RuleKind": Text(f"其一：{'、'.join(RuleKind)}", f"one of {', '.join(RuleKind)}"),
}  # fmt: skip
