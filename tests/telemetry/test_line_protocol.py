"""Readings in line protocol, as InfluxDB's reference describes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.errors import InvalidInputError
from yuanli.telemetry import Precision, Quality, decode_line_protocol

AT = 1_777_593_600


def test_a_line_has_a_row_for_each_field() -> None:
    decoded = decode_line_protocol(f"meter,device=m1,unit=kW value=1.5,peak=7i,ok=t {AT}000000000")
    assert [(r.point, r.value, r.device, r.unit, r.at) for r in decoded.rows] == [
        ("meter", 1.5, "m1", "kW", AT * 10**6),
        ("meter.peak", 7.0, "m1", "kW", AT * 10**6),
        ("meter.ok", 1.0, "m1", "kW", AT * 10**6),
    ]


@pytest.mark.parametrize(
    ("precision", "count"), [("ns", AT * 10**9), ("us", AT * 10**6), ("ms", AT * 10**3), ("s", AT)]
)
def test_a_time_has_the_precision_that_was_told(precision: str, count: int) -> None:
    (row,) = decode_line_protocol(f"m value=1 {count}", precision=Precision(precision)).rows
    assert row.at == AT * 10**6


def test_escapes_are_taken_back() -> None:
    (row,) = decode_line_protocol(r"my\ me\,ter,device=a\=b\ c,x\ y=z a\,b=1").rows
    assert (row.point, row.device) == ("my me,ter.a,b", "a=b c")


def test_the_tags_point_and_quality_are_used() -> None:
    (row,) = decode_line_protocol("m,point=zone1/t,quality=bad value=1u").rows
    assert (row.point, row.quality, row.value, row.at) == ("zone1/t", Quality.BAD, 1.0, None)


def test_strings_may_hold_quotes_commas_and_newlines() -> None:
    decoded = decode_line_protocol(
        'm text="say \\"a, b\\"\nc",v=1\n# a comment\n\nm value="2.5"\nm value=3\r\n'
    )
    assert [(row.number, row.value) for row in decoded.rows] == [(5, 2.5), (6, 3.0)]
    assert [(fault.row, fault.field) for fault in decoded.faults] == [(1, "text")]


@pytest.mark.parametrize(
    "line",
    ["m", "m ", "m value", "m value=", "m value=1 x", "m,tag value=1", ",a=b value=1", "m value=1 1 1", 'm value="1',
     "m value=nan", "m value=1_0", "m value=0x1", "m value=1ii", "m value=1e999", "m value=1 -1",
     "m value=1 9223372036854775807999"],
)  # fmt: skip
def test_what_is_no_line_is_told_with_its_number(line: str) -> None:
    decoded = decode_line_protocol(f"ok value=1\n{line}")
    assert len(decoded.rows) == 1
    assert [fault.row for fault in decoded.faults] == [2]


@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet='m,= "\\\n1.5eit#-', max_size=100).map(str.encode))
)
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    try:
        decoded = decode_line_protocol(content)
    except InvalidInputError:
        return
    assert all(row.value == row.value for row in decoded.rows)


@pytest.mark.parametrize(("precision", "count"), [("ns", AT), ("ns", AT * 10**6), ("us", AT), ("ms", AT)])
def test_a_time_of_a_coarser_unit_than_was_told_is_refused_with_the_next_step(
    precision: str, count: int
) -> None:
    (fault,) = decode_line_protocol(f"m value=1 {count}", precision=Precision(precision)).faults
    assert (fault.field, fault.value, "precision" in fault.message.en) == ("time", str(count), True)
