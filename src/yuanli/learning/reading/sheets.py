"""Examples in tables: columns `text`, `intent` or `label`, and optionally the rest of `COLUMNS`."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from yuanli.errors import Text
from yuanli.learning.examples import Example, InvalidExampleError, language_of, parse_markup
from yuanli.learning.reading.records import parse_target
from yuanli.learning.reading.source import Source

COLUMNS = ("text", "intent", "label", "context", "language", "pair", "target", "conditions")
Row = tuple[int, Sequence[Any]]


def read_csv(source: Source) -> Iterator[Example]:
    """Read values separated by commas, tabs or semicolons; spans are markup in the text."""
    text = source.text()
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    yield from _examples(source, _rows(source, text, delimiter))


def read_excel(source: Source) -> Iterator[Example]:
    """Read the first sheet of a workbook; spans are markup in the text."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(source.path, read_only=True, data_only=True)
        rows = [*book.worksheets[0].iter_rows(values_only=True)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        source.fault(1, Text(f"不是工作簿：{error}", f"no workbook: {error}"))
        return
    book.close()
    yield from _examples(source, enumerate(rows, start=1))


def _rows(source: Source, text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        first = 1
        for row in reader:
            yield first, row
            first = reader.line_num + 1
    except csv.Error as error:
        source.fault(first, Text(f"表格有误：{error}", f"broken table: {error}"))


def _examples(source: Source, rows: Iterable[Row]) -> Iterator[Example]:
    rows = iter(rows)
    _, names = next(rows, (1, ()))
    head = [str(cell or "").strip().lower() for cell in names]
    if "text" not in head:
        known = ", ".join(COLUMNS)
        source.fault(1, Text(f"第一行是列名，缺 text；可用：{known}",
                             f"the first row names the columns; text is missing; known are {known}"))  # fmt: skip
        return
    for number, row in rows:
        if any(cell not in (None, "") for cell in row[len(head) :]):
            said = Text(
                "单元格比列名多；含分隔符的文字要加引号",
                "more cells than columns; quote text with separators",
            )
            source.fault(number, said)
            continue
        cells = {name: str(cell).strip() for name, cell in zip(head, row, strict=False) if cell is not None}
        if any(cells.values()):
            try:
                yield _example(cells, source.where(number))
            except InvalidExampleError as error:
                source.fault(number, error)


def _example(cells: dict[str, str], origin: str) -> Example:
    example = parse_markup(cells.get("text", ""), origin=origin)
    return replace(
        example,
        label=cells.get("intent") or cells.get("label") or None,
        context=cells.get("context") or example.context,
        language=cells.get("language") or language_of(example.text),
        pair=cells.get("pair") or None,
        target=parse_target(cells.get("target")),
        tags=frozenset(cells.get("conditions", "").replace(",", " ").replace(";", " ").split()),
    )
