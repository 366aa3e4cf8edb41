"""Readings in Sparkplug B: births, aliases, deaths, and bytes written by hand from the specification."""

from __future__ import annotations

import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.errors import InvalidInputError
from yuanli.telemetry import (
    Quality,
    SparkplugNodes,
    SparkplugTopicError,
    UnreadableMessageError,
    parse_sparkplug_topic,
    rebirth_command,
)
from yuanli.telemetry.parsing.sparkplug_wire import payload_class

AT_MS = 1_777_593_600_000


def payload(*metrics: dict[str, Any], seq: int = 0) -> bytes:
    message = payload_class()(timestamp=AT_MS, seq=seq)
    for metric in metrics:
        properties = metric.pop("properties", {})
        added = message.metrics.add(**metric)
        for key, value in properties.items():
            added.properties.keys.append(key)
            if isinstance(value, str):
                added.properties.values.add(type=12, string_value=value)
            else:
                added.properties.values.add(type=3, int_value=value)
    return bytes(message.SerializeToString())


def born() -> SparkplugNodes:
    nodes = SparkplugNodes()
    nodes.decode("spBv1.0/park/NBIRTH/edge1", payload({"name": "bdSeq", "datatype": 8, "long_value": 0}))
    birth = payload(
        {"name": "temp", "alias": 1, "datatype": 9, "float_value": 20.5, "properties": {"engUnit": "°C"}},
        {"name": "count", "alias": 2, "datatype": 3, "int_value": 2**32 - 5},
        {"name": "label", "alias": 3, "datatype": 12, "string_value": "AHU"},
        seq=1,
    )
    decoded = nodes.decode("spBv1.0/park/DBIRTH/edge1/ahu1", birth)
    assert [(row.point, row.value, row.unit, row.device) for row in decoded.rows] == [
        ("temp", 20.5, "°C", "ahu1"),
        ("count", -5.0, None, "ahu1"),
    ]
    assert (decoded.skipped, decoded.rebirth) == (1, False)
    return nodes


def test_data_mean_what_the_birth_told() -> None:
    data = payload(
        {"alias": 1, "float_value": 21.5, "timestamp": AT_MS + 5, "properties": {"Quality": 0}},
        {"alias": 2, "int_value": 7},
        {"alias": 1, "is_null": True},
        seq=2,
    )
    decoded = born().decode("spBv1.0/park/DDATA/edge1/ahu1", data)
    assert [(row.point, row.at, row.unit, row.quality) for row in decoded.rows] == [
        ("temp", (AT_MS + 5) * 1000, "°C", Quality.BAD),
        ("count", AT_MS * 1000, None, None),
        ("temp", AT_MS * 1000, "°C", None),
    ]
    assert math.isnan(decoded.rows[2].value)
    assert not decoded.rebirth


def test_bytes_written_by_hand_are_read() -> None:
    """Metric 2: name (1) `p`, datatype (4) double, double_value (13)."""
    metric = b"\x0a\x01p" + b"\x20\x0a" + b"\x69" + struct.pack("<d", -1.25)
    content = b"\x08\x01" + b"\x12" + bytes([len(metric)]) + metric + b"\x18\x03"
    (row,) = SparkplugNodes().decode("spBv1.0/g/NDATA/n", content).rows
    assert (row.point, row.value, row.at) == ("p", -1.25, 1000)


def test_an_unknown_alias_is_told_and_asks_for_a_birth() -> None:
    decoded = SparkplugNodes().decode("spBv1.0/park/NDATA/edge1", payload({"alias": 9, "double_value": 1.0}))
    assert [(fault.row, fault.field) for fault in decoded.faults] == [(1, "alias")]
    assert decoded.rebirth


def test_a_missing_number_and_a_death_ask_for_a_birth() -> None:
    nodes = born()
    metric = {"alias": 2, "int_value": 7}
    assert nodes.decode("spBv1.0/park/DDATA/edge1/ahu1", payload(metric, seq=5)).rebirth
    assert not nodes.decode("spBv1.0/park/DDATA/edge1/ahu1", payload(metric, seq=6)).rebirth
    nodes.decode("spBv1.0/park/NDEATH/edge1", payload({"name": "bdSeq", "datatype": 8, "long_value": 0}))
    late = nodes.decode("spBv1.0/park/DDATA/edge1/ahu1", payload(metric, seq=7))
    assert (late.rebirth, [row.value for row in late.rows]) == (True, [7.0])


def test_numbers_begin_again_after_255() -> None:
    nodes = born()
    for seq in (*range(2, 256), 0, 1):
        data = payload({"alias": 2, "int_value": 7}, seq=seq)
        assert not nodes.decode("spBv1.0/park/DDATA/edge1/ahu1", data).rebirth


def test_births_outlive_a_restart() -> None:
    again = SparkplugNodes()
    again.restore(born().document())
    (row,) = again.decode("spBv1.0/park/DDATA/edge1/ahu1", payload({"alias": 1, "float_value": 1.5})).rows
    assert (row.point, row.unit) == ("temp", "°C")
    with pytest.raises(UnreadableMessageError):
        again.restore("[1]")


def test_a_rebirth_is_asked_for_by_a_command_that_is_no_reading() -> None:
    topic, content = rebirth_command(parse_sparkplug_topic("spBv1.0/park/NDATA/edge1"))
    assert topic == "spBv1.0/park/NCMD/edge1"
    decoded = SparkplugNodes().decode("spBv1.0/park/NDATA/edge1", content)
    assert (decoded.rows, decoded.skipped) == ((), 1)


@pytest.mark.parametrize(
    "topic",
    [
        "spBv1.0/g/NDATA",
        "spBv1.0/g/NDATA/n/d",
        "spBv1.0/g/DDATA/n",
        "spAv1.0/g/NDATA/n",
        "spBv1.0/g/STATE/n",
        "",
    ],
)
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(SparkplugTopicError):
        parse_sparkplug_topic(topic)


@given(st.data())
def test_whatever_comes_is_read_or_refused(data: st.DataObject) -> None:
    good = payload({"name": "temp", "alias": 1, "datatype": 9, "float_value": 20.5}, seq=1)
    content = bytearray(good)
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    nodes = SparkplugNodes()
    try:
        nodes.decode("spBv1.0/park/NBIRTH/edge1", bytes(content))
    except InvalidInputError:
        return
    nodes.restore(nodes.document())
