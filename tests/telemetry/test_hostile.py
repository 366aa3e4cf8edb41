"""Long messages, made to cost as much as they can: read or refused without long work."""

from __future__ import annotations

from contextlib import suppress

import pytest
from tests.pace import within

from yuanli.errors import InvalidInputError
from yuanli.telemetry import (
    SparkplugNodes,
    TopicTemplate,
    decode_csv,
    decode_json,
    decode_json_lines,
    decode_line_protocol,
)

SIZE = 200_000
LONGEST_S = 5.0
"""Of CPU, on a busy machine; what is quadratic takes minutes."""


def filled(part: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + part * ((SIZE - len(before) - len(after)) // len(part)) + after


HOSTILE = [
    filled(b"["),
    filled(b'{"a":'),
    filled(b"1,", b"[", b"1]"),
    filled(b"9"),
    filled(b"{},", b"[", b"{}]"),
    filled(b'"x":1,', b'{"values":{', b'"y":1}}'),
    filled(b'"'),
    filled(b'\\"', b'm v="'),
    filled(b"\\", b"m "),
    filled(b",a=b", b"m", b" v=1"),
    filled(b"v=1,", b"m ", b"v=1"),
    filled(b"m v=1\n"),
    filled(b"\n"),
    filled(b" ", b"m v=1", b"x"),
    filled(b"a,"),
    filled(b",", b"time,point,value\n"),
    filled(b"a,b;c\t"),
    filled(b"1\n", b"time,a\n"),
    filled(b"x", b'time,a\n"'),
    filled(b"\x12\x00"),
    filled(b"\x0b"),
    filled(b"\x12\x02\x10\x01"),
]


@pytest.mark.parametrize("content", [pytest.param(content, id=str(n)) for n, content in enumerate(HOSTILE)])
def test_a_hostile_message_takes_no_long_work(content: bytes) -> None:
    for decode in (decode_json, decode_json_lines, decode_line_protocol, decode_csv, sparkplug):
        with within(LONGEST_S), suppress(InvalidInputError):
            decode(content)


def sparkplug(content: bytes) -> None:
    SparkplugNodes().decode("spBv1.0/g/NBIRTH/n", content)


def test_a_hostile_topic_takes_no_long_work() -> None:
    template = TopicTemplate("{a}-{b}-{c}/{d}/#")
    with within(LONGEST_S):
        for topic in ("-" * 60_000, "a-" * 30_000 + "/", "/" * 60_000):
            template.find(topic)
