"""Files of readings: CSV (also gzip), Excel and Parquet, read row by row; faults are told, all of them or none used."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry import (
    Columns,
    DecodeParams,
    MessageTooLargeError,
    RefusedRowsError,
    Row,
    RowFault,
    csv_cells,
    decode_table,
)

ENCODINGS = ("utf-8-sig", "gb18030")
"""Excel in Chinese writes CSV in GB 18030."""
SNIFFED_BYTES = 1_000_000
FETCHED_ROWS = 10_000
Cells = Sequence[object]


class UnreadableFileError(InvalidInputError):
    """A file is not of its kind, or of none that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileParams:
    """How much a file may hold, unpacked, and how many faults are gathered before it is given up."""

    most_bytes: int = 4_000_000_000
    most_faults: int = 10_000


def read_table_file(
    path: Path,
    columns: Columns | None = None,
    decoding: DecodeParams = DecodeParams(),
    params: FileParams = FileParams(),
) -> Iterator[Row | RowFault]:
    """Yield the readings of a file and its faults, in order; rows are numbered as in a spreadsheet.

    Raises
    ------
    UnreadableFileError, ColumnsError, MessageTooLargeError
        It is no table, lacks columns, or is too large.
    """
    return decode_table(table_cells(path, params), columns, decoding)


def check_table_file(
    path: Path,
    columns: Columns | None = None,
    decoding: DecodeParams = DecodeParams(),
    params: FileParams = FileParams(),
) -> int:
    """Return the count of readings of a file that has no fault: read it first, then keep it, all or nothing.

    Raises
    ------
    RefusedRowsError
        It has faults; each is told by row, value and rule.
    UnreadableFileError, ColumnsError, MessageTooLargeError
        See `read_table_file`.
    """
    count, faults = 0, list[RowFault]()
    for item in read_table_file(path, columns, decoding, params):
        if isinstance(item, Row):
            count += 1
        else:
            faults.append(item)
            if len(faults) >= params.most_faults:
                break
    if faults:
        raise RefusedRowsError(faults)
    return count


def table_cells(path: Path, params: FileParams = FileParams()) -> Iterator[Cells]:
    """Yield the rows of a table in a file, headers first.

    Raises
    ------
    UnreadableFileError, MessageTooLargeError
        It is no table, or is too large.
    """
    name = path.name.lower()
    try:
        if name.endswith((".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")):
            yield from csv_cells(_lines(path, params))
        elif name.endswith((".xlsx", ".xlsm")):
            yield from _excel(path, params)
        elif name.endswith((".parquet", ".pq")):
            yield from _parquet(path)
        else:
            raise _unreadable(path, Text("不认识这种文件", "a kind of file that is not known"))
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, Text(f"读不出：{error}", f"it can't be read: {error}")) from error


def _lines(path: Path, params: FileParams) -> Iterator[str]:
    encoding = _encoding(path)
    with _opened(path) as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
        size = 0
        try:
            while line := text.readline(params.most_bytes):
                size += len(line)
                if size > params.most_bytes:
                    raise _too_large(params.most_bytes)
                yield line
        except UnicodeDecodeError as error:
            raise _unreadable(path, Text("不是 UTF-8 或 GB 18030", "neither UTF-8 nor GB 18030")) from error


def _encoding(path: Path) -> str:
    with _opened(path) as raw:
        start = raw.read(SNIFFED_BYTES)
    whole = start[: start.rfind(b"\n") + 1] or start
    for encoding in ENCODINGS:
        try:
            whole.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _unreadable(path, Text("不是 UTF-8 或 GB 18030", "neither UTF-8 nor GB 18030"))


def _opened(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def _excel(path: Path, params: FileParams) -> Iterator[Cells]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > params.most_bytes:
                raise _too_large(params.most_bytes)
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            yield from sheet.iter_rows(values_only=True)
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise _unreadable(path, Text(f"不是 Excel 工作簿：{error}", f"no Excel workbook: {error}")) from error


def _parquet(path: Path) -> Iterator[Cells]:
    import duckdb

    with duckdb.connect() as database:
        try:
            found = database.execute("SELECT * FROM read_parquet(?)", [str(path)])
            first = found.fetchmany(FETCHED_ROWS)
        except duckdb.Error as error:
            raise _unreadable(path, Text(f"不是 Parquet：{error}", f"no Parquet: {error}")) from error
        yield [column[0] for column in found.description or ()]
        for rows in chain((first,), iter(lambda: found.fetchmany(FETCHED_ROWS), [])):
            yield from rows


def _too_large(most: int) -> MessageTooLargeError:
    return MessageTooLargeError(
        Text(f"文件解压后超过 {most} 字节。", f"Unpacked, the file has more than {most} bytes."),
        field="file",
        hint=Text("请拆分文件。", "Split the file."),
    )


def _unreadable(path: Path, why: Text) -> UnreadableFileError:
    return UnreadableFileError(
        Text(f"{path.name}：{why.zh}", f"{path.name}: {why.en}"),
        field="file",
        hint=Text("可用 CSV、CSV.gz、xlsx、Parquet。", "Give CSV, CSV.gz, xlsx or Parquet."),
    )
