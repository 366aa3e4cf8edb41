"""Files of readings: CSV, Excel and Parquet, in whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from yuanli.devices import FileParams, UnreadableFileError, check_table_file, read_table_file
from yuanli.errors import InvalidInputError
from yuanli.telemetry import DecodeParams, MessageTooLargeError, RefusedRowsError, Row

FEED = Path(__file__).parents[2] / "../shared/data/telemetry/faulty_feed/feed.csv.gz"
UTC_TIMES = DecodeParams(zone=UTC)
EIGHT = 1_777_593_600_000_000
TEXT = "时间,点位,数值\n2026-05-01 00:00:00,表1,1.5\n2026-05-01 00:00:00,表2,-2\n"


def write_excel(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["时间", "点位", "数值"])
    sheet.append([datetime(2026, 5, 1), "表1", 1.5])
    sheet.append([datetime(2026, 5, 1), "表2", -2])
    book.save(path)


def write_parquet(path: Path) -> None:
    rows = "(TIMESTAMPTZ '2026-05-01 00:00:00+00', '表1', 1.5), (TIMESTAMPTZ '2026-05-01 00:00:00+00', '表2', -2)"
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT * FROM (VALUES {rows}) AS t(ts, point, value)) TO '{path}' (FORMAT parquet)"
        )


WRITERS: dict[str, Callable[[Path], object]] = {
    "a.csv": lambda path: path.write_text(TEXT, "utf-8"),
    "excel.csv": lambda path: path.write_text(TEXT, "gb18030"),
    "a.csv.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode("utf-8-sig"))),
    "a.xlsx": write_excel,
    "a.parquet": write_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_each_kind_of_file_says_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    assert check_table_file(path, decoding=UTC_TIMES) == 2
    rows = [row for row in read_table_file(path, decoding=UTC_TIMES) if isinstance(row, Row)]
    assert [(row.point, row.at, row.value, row.number) for row in rows] == [
        ("表1", EIGHT, 1.5, 2),
        ("表2", EIGHT, -2.0, 3),
    ]


def test_a_file_with_faults_is_refused_and_all_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT + "yesterday,表1,1\n2026-05-01,表1,warm\n", "utf-8")
    with pytest.raises(RefusedRowsError) as refused:
        check_table_file(path, decoding=UTC_TIMES)
    assert [(fault.row, fault.field, fault.value) for fault in refused.value.faults] == [
        (4, "time", "yesterday"),
        (5, "value", "warm"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"x"),
        ("a.xlsx", b"x"),
        ("a.parquet", b"x"),
        ("a.csv.gz", b"x"),
        ("a.csv", b"time,a\n\xff\xff\xff\n"),
        ("a.csv", b'ts,point,value\n"' + b"x" * 200_000),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInputError) as refused:
        check_table_file(path)
    assert refused.value.message.zh


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        check_table_file(tmp_path / "a.csv")


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"time,a\n" + b"2026-05-01,1\n" * 100_000))
    with pytest.raises(MessageTooLargeError):
        check_table_file(path, decoding=UTC_TIMES, params=FileParams(most_bytes=100_000))


@pytest.mark.skipif(not FEED.is_file(), reason="../shared/data is not here")
def test_a_recorded_feed_is_read_with_the_times_at_which_it_came() -> None:
    rows = list(read_table_file(FEED, decoding=UTC_TIMES))
    assert len(rows) == 76_241
    first = rows[0]
    assert isinstance(first, Row)
    assert (first.point, first.value, first.unit) == ("ucsd/GeiselLibrary/power", 469.373, "kW")
    assert (first.received or 0) - (first.at or 0) == 1_216_000
