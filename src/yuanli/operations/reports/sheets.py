"""Reports as a workbook, a sheet a table, and as CSV; cells that a sheet would reckon with as formulas are text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from yuanli.operations.reports.blocks import (
    Cell,
    Document,
    Heading,
    Picture,
    Sentence,
    Table,
    half_widths,
    printable,
)

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TITLE = 28
NARROWEST, WIDEST = 10, 50
"""Half-width letters that a column is wide at least and at most; longer texts are wrapped."""
TIME = 18
"""Those of a time, with room beside it."""
MANY = 8
"""Columns beyond which the first one stays where it is while a sheet is scrolled aside."""
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def as_workbook(document: Document) -> bytes:
    """Return a report as an Excel workbook: first what it says, then a sheet for each table and chart."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    del book[book.sheetnames[0]]
    first = book.create_sheet("报表" if document.language == "zh" else "Report")
    first.append([_safe(document.title)])
    first.append([_safe(document.subtitle)])
    first["A1"].font = Font(bold=True, size=14)
    first.column_dimensions["A"].width = 100
    for block in document.blocks:
        if isinstance(block, Heading):
            first.append([])
            first.append([_safe(block.text)])
            first.cell(first.max_row, 1).font = Font(bold=True)
        elif isinstance(block, Sentence):
            first.append([_safe(block.text)])
        else:
            table = block if isinstance(block, Table) else _table_of(block, document.language)
            sheet = book.create_sheet(_title(book.sheetnames, table.title))
            sheet.append([_safe(header) for header in table.headers])
            for cell in sheet[1]:
                cell.font = Font(bold=True)
            sheet.freeze_panes = "B2" if len(table.headers) > MANY else "A2"
            for row in table.rows:
                sheet.append([_value(cell, document.time_zone) for cell in row])
            for column, header in enumerate(table.headers, start=1):
                wide = (
                    max(NARROWEST, half_widths(header), *(_wide(row[column - 1]) for row in table.rows)) + 2
                )
                sheet.column_dimensions[get_column_letter(column)].width = min(wide, WIDEST)
                if wide > WIDEST:
                    for (cell,) in sheet.iter_rows(min_col=column, max_col=column):
                        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for (cell,) in first.iter_rows(min_row=2, max_col=1):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(document: Document) -> bytes:
    """Return the tables and charts of a report one below the other, in UTF-8 with a mark that spreadsheets know."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(document.title)])
    writer.writerow([_safe(document.subtitle)])
    for block in document.blocks:
        if isinstance(block, Heading | Sentence):
            writer.writerow([])
            writer.writerow([_safe(block.text)])
            continue
        table = block if isinstance(block, Table) else _table_of(block, document.language)
        writer.writerow([])
        writer.writerow([_safe(table.title)])
        writer.writerow([_safe(header) for header in table.headers])
        for row in table.rows:
            writer.writerow([_plain(cell, document.time_zone) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _table_of(picture: Picture, language: str) -> Table:
    """Return the figures of a chart."""
    chart = picture.chart
    zh = language == "zh"
    first = ("时间" if zh else "Time") if chart.times else ("名称" if zh else "Name")
    labels: Sequence[Cell] = chart.times or tuple(name.zh if zh else name.en for name in chart.names)
    unit = f" ({chart.unit})" if chart.unit else ""
    headers = (first, *((line.name.zh if zh else line.name.en) + unit for line in chart.lines))
    rows = tuple((label, *(line.values[i] for line in chart.lines)) for i, label in enumerate(labels))
    title = chart.title.zh if zh else chart.title.en
    return Table(title=title, headers=headers, rows=rows)


def _value(cell: Cell, zone: str) -> str | float | datetime | None:
    if isinstance(cell, datetime):
        return cell.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return _safe(cell) if isinstance(cell, str) else cell


def _wide(cell: Cell) -> int:
    return TIME if isinstance(cell, datetime) else 0 if cell is None else half_widths(str(cell))


def _plain(cell: Cell, zone: str) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
    if isinstance(cell, float):
        return f"{cell:.6g}"
    return "" if cell is None else _safe(str(cell))


def _safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `+3.0%` and the like are kept."""
    text = printable(text)
    signed = text[:1] in "+-" and text[1:2].isdigit()
    return f"'{text}" if text.startswith(FORMULA) and not signed else text


def _title(taken: list[str], wanted: str) -> str:
    base = printable(wanted).translate(FORBIDDEN).strip(" '")[:LONGEST_TITLE] or "Sheet"
    title, number = base, 1
    while title.casefold() in {name.casefold() for name in taken}:
        number += 1
        title = f"{base[: LONGEST_TITLE - 3]} {number}"
    return title
