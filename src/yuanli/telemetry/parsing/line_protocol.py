"""Readings in InfluxDB's line protocol: `measurement,tag=a field=1.5,other=2i 1714521600000000000`.

The tag `device` names the device, `unit` the unit and `quality` what the device says of its value. A point is called as
the tag `point` says, else by the measurement; a field with another name than `value` follows after a dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from yuanli.errors import Text
from yuanli.telemetry.parsing.rows import (
    Decoded,
    DecodeParams,
    FaultyValueError,
    Row,
    RowFault,
    check_rows,
    check_size,
    decode_text,
)
from yuanli.telemetry.parsing.values import LATEST, find_name, parse_name, parse_quality, parse_value

NAME = re.compile(r"(?:[^\\, ]|\\.)+")
KEY = re.compile(r"(?:[^\\,= ]|\\.)+")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
BARE = re.compile(r"[^, ]+")
INTEGER = re.compile(r"([+-]?[0-9]{1,20})[iu]")
TIME = re.compile(r" +(-?[0-9]{1,20})")
ESCAPED = re.compile(r"\\([,= ])")
ESCAPED_IN_STRING = re.compile(r'\\(["\\])')
BOOLEANS = {
    word: word.lower().startswith("t")
    for word in ["t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE"]
}
PIECE = re.compile(r'[^"\n\\]+|\\.|\\|"(?:[^"\\]|\\.)*"|"|\n', re.DOTALL)
"""A line ends at a newline that is not in a quoted string."""


class Precision(StrEnum):
    """What a time counts."""

    NS = "ns"
    US = "us"
    MS = "ms"
    S = "s"


YEAR_US = 365 * 86_400 * 1_000_000
"""A time in a coarser unit than was told comes out as of 1970."""
MICROSECONDS = {Precision.US: 1, Precision.MS: 1_000, Precision.S: 1_000_000}


def decode_line_protocol(
    content: bytes | str,
    params: DecodeParams = DecodeParams(),
    *,
    precision: Precision = Precision.NS,
) -> Decoded:
    """Return the rows of lines, one a field; every faulty line is told.

    Raises
    ------
    UnreadableMessageError, MessageTooLargeError
        It is no text, or is too large.
    """
    check_size(len(content), params)
    rows: list[Row] = []
    faults: list[RowFault] = []
    for number, line in _lines(decode_text(content, "line protocol")):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            rows += _rows_of(line.strip(" \r\t"), number, params, precision)
        except FaultyValueError as error:
            faults.append(error.at(number))
        check_rows(len(rows) + len(faults), params)
    return Decoded(rows=tuple(rows), faults=tuple(faults))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers; a quoted string may hold newlines."""
    if '"' not in text:
        yield from enumerate(text.split("\n"), start=1)
        return
    number, first, parts = 1, 1, list[str]()
    for piece in PIECE.findall(text):
        if piece == "\n":
            yield first, "".join(parts)
            parts.clear()
            number += 1
            first = number
        else:
            parts.append(piece)
            number += piece.count("\n")
    yield first, "".join(parts)


def _rows_of(line: str, number: int, params: DecodeParams, precision: Precision) -> list[Row]:
    measurement, at = _take(NAME, line, 0, "measurement")
    tags: dict[str, str] = {}
    while line.startswith(",", at):
        key, at = _take(KEY, line, at + 1, "tag")
        value, at = _take(KEY, line, _equals(line, at), key)
        tags[_unescape(key)] = _unescape(value)
    at = _blanks(line, at)
    fields: list[tuple[str, object]] = []
    while True:
        key, at = _take(KEY, line, at, "field")
        given, at = _value(line, _equals(line, at), key)
        fields.append((_unescape(key), given))
        if not line.startswith(",", at):
            break
        check_rows(len(fields), params)
        at += 1
    return _named(_unescape(measurement), tags, fields, _time(line, at, precision), number, params)


def _named(
    measurement: str,
    tags: dict[str, str],
    fields: list[tuple[str, object]],
    at: int | None,
    number: int,
    params: DecodeParams,
) -> list[Row]:
    longest = params.longest_name
    called = tags.get("point", measurement)
    device = find_name(tags.get("device"), longest, field="device")
    unit = find_name(tags.get("unit"), longest, field="unit")
    quality = parse_quality(tags.get("quality"))
    rows = []
    for key, given in fields:
        name = parse_name(called if key == "value" else f"{called}.{key}", longest)
        rows.append(Row(name, at, parse_value(given, field=key[:40]), unit, quality, device, number))
    return rows


def _take(pattern: re.Pattern[str], line: str, at: int, field: str) -> tuple[str, int]:
    match = pattern.match(line, at)
    if match is None:
        raise _broken(line, at, field)
    return match[0], match.end()


def _equals(line: str, at: int) -> int:
    if not line.startswith("=", at):
        raise _broken(line, at, "=")
    return at + 1


def _blanks(line: str, at: int) -> int:
    end = at
    while line.startswith(" ", end):
        end += 1
    if end == at:
        raise _broken(line, at, "field")
    return end


def _value(line: str, at: int, key: str) -> tuple[object, int]:
    if line.startswith('"', at):
        quoted, end = _take(STRING, line, at, key)
        return ESCAPED_IN_STRING.sub(r"\1", quoted[1:-1]), end
    bare, end = _take(BARE, line, at, key)
    if bare in BOOLEANS:
        return BOOLEANS[bare], end
    if match := INTEGER.fullmatch(bare):
        return int(match[1]), end
    if bare[-1] in "iu" or bare[0] not in "+-.0123456789":
        raise FaultyValueError(key[:40], bare, Text("不是数值", "it is no number"))
    return bare, end


def _time(line: str, at: int, precision: Precision) -> int | None:
    rest = line[at:]
    if not rest.strip(" "):
        return None
    match = TIME.fullmatch(rest)
    if match is None:
        raise _broken(line, at, "time")
    count = int(match[1])
    micros = count // 1_000 if precision is Precision.NS else count * MICROSECONDS[precision]
    if not 0 <= micros < LATEST:
        raise FaultyValueError(
            "time",
            match[1],
            Text(
                f"按精度 {precision} 不在 1970 年到 2200 年之间",
                f"in {precision} it is not between 1970 and 2200",
            ),
        )
    if micros < YEAR_US and precision is not Precision.S:
        raise FaultyValueError(
            "time",
            match[1],
            Text(
                f"按精度 {precision} 是 1970 年；请用 precision（ns、us、ms、s）说明它的单位，或校准设备时钟",
                f"in {precision} it is of 1970; tell by precision (ns, us, ms, s) what it counts, or set the clock",
            ),
        )
    return micros


def _unescape(text: str) -> str:
    return ESCAPED.sub(r"\1", text) if "\\" in text else text


def _broken(line: str, at: int, field: str) -> FaultyValueError:
    return FaultyValueError(
        field[:40],
        line[at : at + 40],
        Text(
            f"第 {at + 1} 个字符处不合行协议“measurement,tag=a field=1.5 time”",
            f"character {at + 1} doesn't fit the line protocol 'measurement,tag=a field=1.5 time'",
        ),
    )
