"""Files of who sits where: JSON and Excel, out and in."""

import gzip
import io
import json
import random
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.planning.small_spaces import (
    DESK,
    SMALL,
    K,
    every_rule,
)

from yuanli.planning import (
    Period,
    SheetsError,
    SpacesError,
    Weights,
    parse_spaces,
    today,
    write_spaces_excel,
)  # fmt: skip
from yuanli.solver import (
    InvalidProblemError,
)  # fmt: skip

DOCUMENT: dict[str, Any] = {
    "rooms": [{"name": "101", "capacity_m2": 30}, {"name": "102", "capacity_m2": 20}],
    "entities": [{"name": "ops", "need_m2": 18, "room": "101"}],
    "rules": [{"kind": "not_in", "entities": ["ops"], "rooms": ["102"]}],
    "walking": {"rooms": ["102", "101"], "seconds": [[0, 7], [9, 0]]},
}


def test_json_is_read_gzipped_too() -> None:
    problem = parse_spaces(gzip.compress(json.dumps(DOCUMENT).encode()), "p.json.gz")
    assert problem.walk_s == ((0, 9), (7, 0))
    assert problem.rules[0].kind is K.NOT_IN


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rooms": [], "walking": None}, "rooms"),
        ({"rooms": [{"name": "a", "capacity_m2": -1}]}, "rooms.0.capacity_m2"),
        ({"rooms": [{"name": "a", "capacity_m2": float("nan")}]}, "rooms.0.capacity_m2"),
        ({"entities": [{"name": "a", "need_m2": 1, "room": "nowhere"}]}, "entities[0].room"),
        ({"entities": [{"name": "a", "need_m2": 1}] * 2}, "entities.name"),
        ({"entities": [{"name": f"{i}", "need_m2": 1} for i in range(20_001)]}, "entities"),
        ({"rules": [{"kind": "near", "entities": ["ops"]}]}, "rules[0].entities"),
        ({"rules": [{"kind": "max_moves"}]}, "rules[0].value"), ({"rules": [{"kind": "odd"}]}, "rules.0.kind"),
        ({"walking": {"rooms": ["101"], "seconds": [[0]]}}, "walking"), ({"more": 1}, "more"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused_with_their_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as error:
        parse_spaces(json.dumps(DOCUMENT | change).encode(), "p.json")
    assert error.value.field == field
    assert error.value.hint


def test_broken_files_are_refused_with_their_line() -> None:
    for data, at in (
        (b'{"rooms":\n[,', "p:2"),
        (b"\xff\xfe", "p"),
        (b"\x1f\x8bxx", "p"),
        (b"PK no book", "p"),
    ):
        with pytest.raises(InvalidProblemError) as error:
            parse_spaces(data, "p")
        assert error.value.field == at
    lines = "NoOfEntities: 1\nENTITIES\n0 0 5\nROOMS\n0 0 9 1 7\nCONSTRAINTS\n"
    with pytest.raises(SpacesError, match="Line 5"):
        parse_spaces(lines.encode(), "x.txt")
    with pytest.raises(SpacesError, match="Line 3"):
        parse_spaces(lines.replace("0 0 5", "0 0 five").encode(), "x.txt")
    lines = lines.replace("9 1 7", "9 0")
    assert parse_spaces(lines.lower().encode(), "x.txt") == parse_spaces(lines.encode(), "x.txt")
    with pytest.raises(SpacesError, match="NoOfEntities is 2"):
        parse_spaces(lines.replace("1", "2", 1).lower().encode(), "x.txt")


def test_excel_goes_out_and_in() -> None:
    problem = replace(
        SMALL, rules=tuple(every_rule(random.Random(0))), landmarks=(DESK,), weights=Weights(rent=0.5),
        periods=(Period(name="now"), Period(name="spring", starts=date(2026, 4, 1), needs_m2={"ops": 20.0, "law": 0.0},
                                            headcounts={"lab": 7.0})),
    )  # fmt: skip
    assert parse_spaces(write_spaces_excel(problem, today(problem)), "p.xlsx") == problem
    assert parse_spaces(write_spaces_excel(SMALL), "p.xlsx") == SMALL


def test_excel_tells_wrong_cells_of_walking_and_of_periods() -> None:
    from openpyxl import load_workbook

    problem = replace(SMALL, landmarks=(DESK,), periods=(Period(name="now", needs_m2={"ops": 20.0}),))
    book = load_workbook(io.BytesIO(write_spaces_excel(problem)))
    book["Walking"]["C2"] = "far"
    book["Landmarks"]["B1"] = "999"
    book["Needs"]["B2"] = "nobody"
    book["Weights"]["A2"] = "colour"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetsError) as error:
        parse_spaces(out.getvalue(), "p.xlsx")
    assert {at for at, _ in error.value.faults} == {"Walking!C2", "Landmarks!B1", "Landmarks!1"}
    book["Walking"]["C2"], book["Landmarks"]["B1"] = 5, "101"
    book["Walking"].delete_rows(4)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetsError) as error:
        parse_spaces(out.getvalue(), "p.xlsx")
    assert [at for at, _ in error.value.faults] == ["Needs!B2", "Weights!A2"]


def test_columns_of_the_template_are_as_wide_as_their_headings() -> None:
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter

    for sheet in load_workbook(io.BytesIO(write_spaces_excel())).worksheets:
        for column, cell in enumerate(sheet[1], 1):
            assert sheet.column_dimensions[get_column_letter(column)].width > len(str(cell.value))


def test_excel_tells_each_wrong_cell_and_imports_nothing() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(write_spaces_excel(SMALL)))
    book["Rooms"]["B2"] = "big"
    book["Entities"]["B3"] = -4
    book["Rooms"]["Z1"] = "colour"
    book["Entities"]["B2"] = None
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetsError) as error:
        parse_spaces(out.getvalue(), "p.xlsx")
    assert [at for at, _ in error.value.faults] == ["Rooms!Z1", "Rooms!B2", "Entities!B2", "Entities!B3"]
    assert [said.en for _, said in error.value.faults][1:3] == [
        '"big" is no capacity_m2: fill in a number from 0',
        "need_m2 is empty: fill in a number from 0",
    ]
    book = load_workbook(io.BytesIO(write_spaces_excel(SMALL)))
    book["Entities"]["F2"] = "nowhere"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetsError, match=r'Entities!F2 there is no "nowhere"'):
        parse_spaces(out.getvalue(), "p.xlsx")


def changed_part(part: str, text: bytes) -> bytes:
    """Return a workbook with one part of its archive replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(write_spaces_excel(SMALL))) as book, zipfile.ZipFile(out, "w") as spoilt:
        for name in book.namelist():
            spoilt.writestr(name, text if name == part else book.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("part", "text"),
    [("xl/workbook.xml", b""), ("xl/worksheets/sheet1.xml", b"<x"), ("[Content_Types].xml", b""),
     ("xl/worksheets/sheet1.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")],
)  # fmt: skip
def test_a_damaged_workbook_is_refused(part: str, text: bytes) -> None:
    with pytest.raises(SheetsError) as refused:
        parse_spaces(changed_part(part, text), "p.xlsx")
    assert refused.value.field
    assert refused.value.hint


def test_a_sheet_that_says_it_is_huge_is_read_as_far_as_it_is_filled() -> None:
    with zipfile.ZipFile(io.BytesIO(write_spaces_excel(SMALL))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    huge = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', sheet)
    assert huge != sheet
    assert parse_spaces(changed_part("xl/worksheets/sheet1.xml", huge.encode()), "p.xlsx") == SMALL


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuanli.planning.spaces.workbook.MOST_BYTES", 1_000)
    with pytest.raises(SheetsError, match="more than 1,000 bytes unpacked"):
        parse_spaces(write_spaces_excel(SMALL), "p.xlsx")
    monkeypatch.undo()
    monkeypatch.setattr("yuanli.planning.spaces.workbook.MOST_SHEET_ROWS", 1)
    with pytest.raises(SheetsError, match="more than 1 rows"):
        parse_spaces(write_spaces_excel(SMALL), "p.xlsx")


@pytest.mark.parametrize(
    "data", [b"hello, this is junk", b"\xd0\xcf\x11\xe0 an old workbook", b"PK not a zip"]
)
def test_a_file_called_a_workbook_that_is_none_is_told_so(data: bytes) -> None:
    with pytest.raises(SheetsError, match="no sound workbook"):
        parse_spaces(data, "Seats.XLSX")
