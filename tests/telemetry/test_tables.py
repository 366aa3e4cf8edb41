"""Readings in tables, long and wide: every faulty row is told by number, value and rule."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.errors import InvalidInputError
from yuanli.telemetry import Columns, ColumnsError, DecodeParams, decode_csv

LOCAL = DecodeParams(zone=ZoneInfo("Asia/Shanghai"))
EIGHT = 1_777_593_600_000_000


def test_a_long_table_is_read_by_its_headers() -> None:
    text = "时间,点位,数值,单位\n2026-05-01 08:00:00,t1,21.5,°C\n2026-05-01 08:00:00,t2,,\n\n"
    rows = decode_csv(text, params=LOCAL).rows
    assert [(row.point, row.at, row.unit, row.number) for row in rows] == [
        ("t1", EIGHT, "°C", 2),
        ("t2", EIGHT, None, 3),
    ]
    assert rows[1].value != rows[1].value


def test_a_wide_table_has_a_column_a_point() -> None:
    text = "time;t1;t2\n2026-05-01T00:00:00Z;1;2\n2026-05-01T00:00:00Z;;4\n"
    rows = decode_csv(text).rows
    assert [(row.point, row.value, row.number) for row in rows] == [
        ("t1", 1.0, 2),
        ("t2", 2.0, 2),
        ("t2", 4.0, 3),
    ]


def test_columns_are_mapped() -> None:
    columns = Columns(time="When", points={"A": "ahu1/t"}, units={"A": "degF"}, time_format="%d.%m.%Y %H:%M")
    (row,) = decode_csv("When,A,B\n01.05.2026 08:00,70,x\n", columns, LOCAL).rows
    assert (row.point, row.value, row.unit, row.at) == ("ahu1/t", 70.0, "degF", EIGHT)


def test_a_recording_tells_when_each_reading_came() -> None:
    (row,) = decode_csv("arrival,point,ts,value\n2026-05-01T00:00:05Z,a,2026-05-01T00:00:00Z,1\n").rows
    assert (row.at, row.received) == (EIGHT, EIGHT + 5_000_000)


def test_every_faulty_row_is_told() -> None:
    text = (
        "ts,point,value\n"
        "2026-05-01T00:00:00Z,a,1\n"
        "2026-05-01T00:00:00,a,1\n"
        "2026-05-01T00:00:00Z,,1\n"
        "2026-05-01T00:00:00Z,a,warm\n"
        "2026-05-01T00:00:00Z,a,1,extra\n"
        ",a,1\n"
    )
    decoded = decode_csv(text)
    assert len(decoded.rows) == 1
    assert [(fault.row, fault.field, fault.value) for fault in decoded.faults] == [
        (3, "time", "2026-05-01 00:00:00"),
        (4, "point", ""),
        (5, "value", "warm"),
        (6, "row", "4"),
        (7, "time", ""),
    ]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "time,a,a\n1,2,3\n"])
def test_a_table_without_its_columns_is_refused(text: str) -> None:
    with pytest.raises(ColumnsError):
        decode_csv(text)
    with pytest.raises(ColumnsError):
        decode_csv("a,b\n1,2\n", Columns(time="a", point="b", value="c"))
    with pytest.raises(ColumnsError):
        Columns(time="a", point="b")


def test_the_zone_turns_local_times_into_utc() -> None:
    (row,) = decode_csv("time,a\n2026-05-01 08:00,1\n", params=LOCAL).rows
    assert datetime.fromtimestamp((row.at or 0) / 1e6, UTC) == datetime(2026, 5, 1, tzinfo=UTC)


@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet='ts,point"\n1;\r2026-', max_size=80).map(str.encode))
)
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    for head in (b"", b"ts,point,value\n", b"time,a,b\n"):
        try:
            decode_csv(head + content)
        except InvalidInputError:
            continue
