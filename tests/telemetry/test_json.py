"""Readings as JSON: the shapes that are documented, and what is refused."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.errors import InvalidInputError
from yuanli.telemetry import (
    DecodeParams,
    MessageTooLargeError,
    Quality,
    Row,
    UnreadableMessageError,
    decode_json,
    decode_json_lines,
    encode_json,
)

EIGHT = 1_777_593_600_000_000
"""2026-05-01 00:00 UTC in µs."""


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        ({"point": "t1", "ts": 1777593600, "value": 21.5}, [("t1", 21.5, None)]),
        ([{"point": "t1", "ts": 1777593600, "value": 1}, {"name": "t2", "time": 1777593600, "value": 2}],
         [("t1", 1.0, None), ("t2", 2.0, None)]),
        ({"device": "ahu1", "ts": 1777593600000, "values": {"t": 1, "on": True}},
         [("t", 1.0, "ahu1"), ("on", 1.0, "ahu1")]),
        ({"ts": 1777593600000, "values": {"t": {"value": "2.5", "unit": "kW"}}}, [("t", 2.5, None)]),
        ({"ahu1": [{"ts": 1777593600000, "values": {"t": 1}}], "ahu2": [{"ts": 1777593600000, "values": {"t": 2}}]},
         [("t", 1.0, "ahu1"), ("t", 2.0, "ahu2")]),
        ({"device": "ahu1", "readings": [{"point": "t", "ts": 1777593600, "value": 1}]}, [("t", 1.0, "ahu1")]),
        ({"ts": 1777593600, "t": 1, "h": "40"}, [("t", 1.0, None), ("h", 40.0, None)]),
    ],
)  # fmt: skip
def test_each_documented_shape_is_read(document: object, rows: list[tuple[str, float, str | None]]) -> None:
    decoded = decode_json(json.dumps(document))
    assert decoded.faults == ()
    assert [(row.point, row.value, row.device) for row in decoded.rows] == rows
    assert {row.at for row in decoded.rows} == {EIGHT}


def test_a_bare_number_is_a_reading_of_the_point_that_the_topic_tells() -> None:
    assert decode_json(b"21.5").rows == (Row("", None, 21.5),)


@pytest.mark.parametrize(
    "time",
    [
        1777593600,
        1777593600.0,
        1777593600000,
        1777593600000000,
        1777593600000000000,
        "1777593600",
        "1777593600000",
        "2026-05-01T00:00:00Z",
        "2026-05-01 08:00:00+08:00",
        "2026/05/01 08:00:00",
    ],
)
def test_a_time_is_read_by_its_magnitude_or_its_zone(time: object) -> None:
    params = DecodeParams(zone=ZoneInfo("Asia/Shanghai"))
    (row,) = decode_json(json.dumps({"point": "a", "ts": time, "value": 1}), params).rows
    assert row.at == EIGHT


@given(st.datetimes(datetime(1973, 4, 1), datetime(2199, 12, 31)), st.sampled_from([1, 10**3, 10**6]))
def test_whatever_unit_a_count_has_its_time_is_found(moment: datetime, per_second: int) -> None:
    micros = (moment - datetime(1970, 1, 1)) // timedelta(seconds=1) * 10**6
    count = micros * per_second // 10**6
    (row,) = decode_json(json.dumps({"point": "a", "ts": count, "value": 1})).rows
    assert row.at == micros


@pytest.mark.parametrize(
    ("value", "read"), [(1, 1.0), ("-2.5e3", -2500.0), (True, 1.0), ("off", 0.0), (" 7 ", 7.0), ("TRUE", 1.0)]
)
def test_numbers_booleans_and_numbers_as_text_are_values(value: object, read: float) -> None:
    (row,) = decode_json(json.dumps({"point": "a", "value": value})).rows
    assert (row.value, row.at) == (read, None)


def test_null_is_no_value() -> None:
    (row,) = decode_json('{"point": "a", "value": null}').rows
    assert math.isnan(row.value)


@pytest.mark.parametrize(
    "value", ["1_000", "nan", "Infinity", "0x10", "21,5", "warm", "", "9" * 80, [1], {"a": 1}]
)
def test_what_is_no_number_is_refused(value: object) -> None:
    decoded = decode_json(json.dumps([{"point": "a", "value": value}, {"point": "b", "value": 1}]))
    assert [(fault.row, fault.field) for fault in decoded.faults] == [(1, "value")]
    assert [row.point for row in decoded.rows] == ["b"]


@pytest.mark.parametrize(
    ("field", "document"),
    [
        ("value", '{"point": "a", "value": 1e999}'),
        ("ts", '{"point": "a", "ts": "2026-05-01T08:00:00", "value": 1}'),
        ("ts", '{"point": "a", "ts": "yesterday", "value": 1}'),
        ("ts", '{"point": "a", "ts": -5, "value": 1}'),
        ("ts", '{"point": "a", "ts": 1e30, "value": 1}'),
        ("ts", '{"point": "a", "ts": true, "value": 1}'),
        ("unit", '{"point": "a", "ts": 1, "value": 1, "unit": 7}'),
        ("point", '{"point": "a\\u0000b", "value": 1}'),
        ("pont", '{"pont": "a", "value": 1}'),
        ("quality", '{"point": "a", "value": 1, "quality": "so-so"}'),
        ("values", "{}"),
        ("values", '{"ts": 1, "values": [1]}'),
    ],
)
def test_a_fault_names_its_field(field: str, document: str) -> None:
    decoded = decode_json(document)
    assert decoded.rows == ()
    (fault,) = decoded.faults
    assert fault.field == field
    assert fault.message.zh
    assert fault.message.en


@pytest.mark.parametrize(
    "text", ["", "{", '{"point": "a", "value": NaN}', "[Infinity]", "[" * 100_000, b"\xff\xfe"]
)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(UnreadableMessageError) as refused:
        decode_json(text)
    assert refused.value.hint is not None


def test_too_much_is_refused() -> None:
    with pytest.raises(MessageTooLargeError):
        decode_json("[" * 10 + "]" * 10)
    with pytest.raises(MessageTooLargeError):
        decode_json("[1, 2, 3]", DecodeParams(most_rows=2))
    with pytest.raises(MessageTooLargeError):
        decode_json("[1, 2, 3]", DecodeParams(most_bytes=4))


def test_lines_of_json_tell_which_line_is_wrong() -> None:
    decoded = decode_json_lines('{"point": "a", "value": 1}\n\n{"point": \n{"point": "b", "value": "x"}\n[1]')
    assert [row.number for row in decoded.rows] == [1, 5]
    assert [(fault.row, fault.field) for fault in decoded.faults] == [(3, "line"), (4, "value")]


rows = st.builds(
    Row,
    point=st.sampled_from(["a", "温度", "x/y z"]),
    at=st.one_of(st.none(), st.integers(0, 7_000_000_000_000_000)),
    value=st.floats(allow_infinity=False, allow_nan=False),
    unit=st.sampled_from([None, "°C"]),
    quality=st.sampled_from([None, *Quality]),
    device=st.sampled_from([None, "d1"]),
)


@given(st.lists(rows, max_size=5))
def test_what_is_encoded_is_decoded_as_it_was(given_rows: list[Row]) -> None:
    decoded = decode_json(encode_json(given_rows))
    assert decoded.faults == ()
    assert [(r.point, r.at, r.value, r.unit, r.quality, r.device) for r in decoded.rows] == [
        (r.point, r.at, r.value, r.unit, r.quality, r.device) for r in given_rows
    ]


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["point", "ts", "value", "values", "device", "unit", "quality", "readings", "x"]),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)


@given(st.one_of(json_values.map(json.dumps).map(str.encode), st.binary(max_size=200)))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    for decode in (decode_json, decode_json_lines):
        try:
            decoded = decode(content)
        except InvalidInputError:
            continue
        assert all(math.isfinite(row.value) or math.isnan(row.value) for row in decoded.rows)
        assert all(row.at is None or 0 <= row.at < 2**63 for row in decoded.rows)
