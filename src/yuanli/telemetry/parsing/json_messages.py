"""Readings as JSON: one, a list, the values of a device at one time, ThingsBoard's forms, or JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Any, NoReturn

from yuanli.errors import Text
from yuanli.telemetry.parsing.rows import (
    Decoded,
    DecodeParams,
    FaultyValueError,
    Row,
    RowFault,
    UnreadableMessageError,
    check_rows,
    check_size,
    decode_text,
    too_large,
    unreadable,
)
from yuanli.telemetry.parsing.values import (
    EPOCH,
    MICROSECOND,
    find_name,
    parse_name,
    parse_quality,
    parse_time,
    parse_value,
)
from yuanli.telemetry.quality import Quality

TIMES = ("ts", "time", "timestamp")
POINTS = ("point", "name", "id")
OF_A_ROW = frozenset({*TIMES, *POINTS, "value", "unit", "quality", "device"})
OF_A_GROUP = frozenset({*TIMES, "values", "device"})
OF_A_LIST = frozenset({"readings", "device"})
HINT = Text(
    '例如 {"point": "…", "ts": "2026-05-01T08:00:00+08:00", "value": 21.5}，或其列表。',
    'Send {"point": "…", "ts": "2026-05-01T08:00:00+08:00", "value": 21.5}, or a list of such.',
)


def decode_json(content: bytes | str, params: DecodeParams = DecodeParams()) -> Decoded:
    """Return the rows of one JSON document; `docs/telemetry.md` lists its shapes.

    Raises
    ------
    UnreadableMessageError, MessageTooLargeError
        It is no JSON, or is too large or too deep.
    """
    check_size(len(content), params)
    reading = _Reading(params)
    reading.read(_document(decode_text(content, "JSON")), None, 0)
    return reading.decoded()


def decode_json_lines(content: bytes | str, params: DecodeParams = DecodeParams()) -> Decoded:
    """Return the rows of JSON documents, one a line; the rows of a line have its number.

    Raises
    ------
    UnreadableMessageError, MessageTooLargeError
        It is no text, or is too large or too deep. A line that is no JSON is a fault of that line.
    """
    check_size(len(content), params)
    reading = _Reading(params)
    for number, line in enumerate(decode_text(content, "JSON Lines").split("\n"), start=1):
        if line.strip():
            reading.fixed = number
            try:
                document = _document(line)
            except UnreadableMessageError as error:
                reading.fault(FaultyValueError("line", line, error.message))
            else:
                reading.read(document, None, 0)
    return reading.decoded()


def encode_json(rows: Iterable[Row]) -> str:
    """Return rows as a JSON list that `decode_json` reads back as they were, but for their numbers."""
    return json.dumps([_document_of(row) for row in rows], ensure_ascii=False, separators=(",", ":"))


def _document_of(row: Row) -> dict[str, Any]:
    document: dict[str, Any] = {"point": row.point} if row.point else {}
    if row.at is not None:
        document["ts"] = (EPOCH + row.at * MICROSECOND).isoformat()
    document["value"] = None if isnan(row.value) else row.value
    if row.unit is not None:
        document["unit"] = row.unit
    if row.device is not None:
        document["device"] = row.device
    if row.quality is not None:
        document["quality"] = row.quality.name.lower()
    return document


@dataclass(slots=True)
class _Reading:
    """What was found so far."""

    params: DecodeParams
    rows: list[Row] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    count: int = 0
    fixed: int = 0

    def decoded(self) -> Decoded:
        return Decoded(rows=tuple(self.rows), faults=tuple(self.faults))

    def number(self) -> int:
        """Count one more row, and return its number: the line's, where there are lines."""
        self.count += 1
        check_rows(self.count, self.params)
        return self.fixed or self.count

    def fault(self, error: FaultyValueError) -> None:
        self.faults.append(error.at(self.number()))

    def read(self, document: Any, device: str | None, depth: int) -> None:
        """Read a document of any shape."""
        if depth > self.params.most_depth:
            raise too_large(Text("嵌套层数", "levels of nesting"), self.params.most_depth)
        if type(document) is list:
            for item in document:
                self.read(item, device, depth + 1)
        elif type(document) is dict:
            try:
                self.read_object(document, device, depth)
            except FaultyValueError as error:
                self.fault(error)
        else:
            self.add("", None, document, device)

    def read_object(self, document: dict[str, Any], device: str | None, depth: int) -> None:
        if "device" in document:
            device = find_name(document["device"], self.params.longest_name, field="device") or device
        if "values" in document:
            _only(document, OF_A_GROUP)
            self.read_group(document["values"], self.time_of(document), device)
        elif "value" in document:
            self.read_row(document, device)
        elif "readings" in document:
            _only(document, OF_A_LIST)
            self.read(document["readings"], device, depth + 1)
        elif any(
            type(value) is list for value in document.values()
        ):  # ThingsBoard's gateway: lists by device
            for name, items in document.items():
                if name != "device":
                    name = parse_name(name, self.params.longest_name, field="device")
                    self.read(items, name, depth + 1)
        else:
            self.read_group(
                {name: value for name, value in document.items() if name not in (*TIMES, "device")},
                self.time_of(document),
                device,
            )

    def read_row(self, document: dict[str, Any], device: str | None) -> None:
        _only(document, OF_A_ROW)
        name = next((document[key] for key in POINTS if key in document), "")
        self.add(
            "" if name == "" else parse_name(name, self.params.longest_name),
            self.time_of(document),
            document["value"],
            device,
            unit=document.get("unit"),
            quality=document.get("quality"),
        )

    def read_group(self, values: Any, at: int | None, device: str | None) -> None:
        if type(values) is not dict:
            raise FaultyValueError(
                "values", values, Text("应为 {名称: 值}", "it is no object of values by name")
            )
        if not values:
            raise FaultyValueError("values", "{}", Text("没有值", "there is no value"))
        for name, value in values.items():
            try:
                name = parse_name(name, self.params.longest_name)
                if type(value) is dict:
                    _only(value, OF_A_ROW)
                    if "value" not in value:
                        raise FaultyValueError("value", name, Text("没有 value", "there is no value"))
                    own = self.time_of(value)
                    self.add(
                        name,
                        at if own is None else own,
                        value["value"],
                        device,
                        unit=value.get("unit"),
                        quality=value.get("quality"),
                    )
                else:
                    self.add(name, at, value, device)
            except FaultyValueError as error:
                self.fault(error)

    def add(
        self,
        name: str,
        at: int | None,
        value: Any,
        device: str | None,
        *,
        unit: Any = None,
        quality: Any = None,
    ) -> None:
        """Add one row, or its fault."""
        number = self.number()
        try:
            told: Quality | None = None if quality is None else parse_quality(quality)
            unit = None if unit is None else find_name(unit, self.params.longest_name, field="unit")
            self.rows.append(Row(name, at, parse_value(value), unit, told, device, number))
        except FaultyValueError as error:
            self.faults.append(error.at(number))

    def time_of(self, document: Mapping[str, Any]) -> int | None:
        for key in TIMES:
            if key in document:
                return parse_time(document[key], zone=self.params.zone, field=key)
        return None


def _document(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise unreadable("JSON", "nested too deep", hint=HINT) from error
    except ValueError as error:
        raise unreadable("JSON", str(error), hint=HINT) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON; send null for no value")


def _only(document: Mapping[str, Any], known: frozenset[str]) -> None:
    if not document.keys() <= known:
        extra = next(key for key in document if key not in known)
        raise FaultyValueError(
            extra[:40] or "key",
            document[extra],
            Text(
                f"未知字段，可用：{'、'.join(sorted(known))}",
                f"unknown field; known are {', '.join(sorted(known))}",
            ),
        )
