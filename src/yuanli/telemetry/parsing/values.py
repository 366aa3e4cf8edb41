"""Times, values, qualities and names, as senders write them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from yuanli.errors import Text
from yuanli.telemetry.parsing.rows import FaultyValueError
from yuanli.telemetry.quality import Quality

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LATEST = (datetime(2200, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
SECONDS_BELOW, MILLISECONDS_BELOW, MICROSECONDS_BELOW = 1e11, 1e14, 1e17
"""Magnitudes of a number of seconds (until the year 5138), ms and µs; what is larger counts ns."""
LONGEST_NUMBER = 64
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
WORDS: Mapping[str, float] = {"true": 1.0, "on": 1.0, "false": 0.0, "off": 0.0}
QUALITIES: Mapping[str, Quality] = {
    "good": Quality.GOOD,
    "estimated": Quality.ESTIMATED,
    "uncertain": Quality.SUSPECT,
    "suspect": Quality.SUSPECT,
    "bad": Quality.BAD,
    "missing": Quality.MISSING,
}
NO_VALUE = float("nan")


def parse_time(given: object, *, zone: tzinfo | None = None, field: str = "ts") -> int | None:
    """Return a time in µs since 1970 UTC, or None where none is given.

    ISO 8601 with a zone (or in `zone`), or a number, as text too, whose magnitude tells its unit: below 1e11 seconds,
    below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds. It lies between 1970 and 2200.

    >>> parse_time("2024-05-01T08:00:00+08:00") == parse_time(1714521600) == parse_time("1714521600000")
    True
    """
    if given is None or given == "":
        return None
    kind = type(given)
    if kind is int or kind is float:
        micros = _of_number(given, field)  # type: ignore[arg-type]
    elif isinstance(given, datetime):
        micros = of_datetime(given, zone=zone, field=field)
    elif isinstance(given, str):
        micros = _of_text(given.strip(), zone, field)
    else:
        raise FaultyValueError(field, given, Text("不是时间", "it is no time"))
    if not 0 <= micros < LATEST:
        raise FaultyValueError(
            field, given, Text("不在 1970 年到 2200 年之间", "it is not between 1970 and 2200")
        )
    return micros


def of_datetime(given: datetime, *, zone: tzinfo | None, field: str = "ts") -> int:
    """Return a datetime in µs since 1970 UTC."""
    if given.tzinfo is None:
        if zone is None:
            raise FaultyValueError(field, str(given), Text("时间没有时区", "the time has no zone"))
        given = given.replace(tzinfo=zone)
    return (given - EPOCH) // MICROSECOND


def parse_value(given: object, *, field: str = "value") -> float:
    """Return a value as a number; not a number where the sender says null.

    Numbers, booleans, numbers as text, and the words true, false, on and off.

    Raises
    ------
    FaultyValueError
        It is something else, infinite, or NaN.
    """
    kind = type(given)
    if kind is float:
        value: float = given  # type: ignore[assignment]
    elif given is None:
        return NO_VALUE
    elif kind is int or kind is bool:
        try:
            value = float(given)  # type: ignore[arg-type]
        except OverflowError:
            value = math.inf
    elif isinstance(given, str):
        text = given.strip()
        if text.lower() in WORDS:
            return WORDS[text.lower()]
        if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
            raise FaultyValueError(field, given, Text("不是数值", "it is no number"))
        value = float(text)
    else:
        raise FaultyValueError(field, given, Text("不是数值", "it is no number"))
    if not math.isfinite(value):
        raise FaultyValueError(field, given, Text("不是有限的数值", "it is no finite number"))
    return value


def parse_quality(given: object, *, field: str = "quality") -> Quality | None:
    """Return what the device itself says of its value: good, estimated, uncertain, suspect, bad or missing."""
    if given is None or given == "":
        return None
    quality = QUALITIES.get(given.strip().lower()) if isinstance(given, str) else None
    if quality is None:
        known = "、".join(QUALITIES)
        raise FaultyValueError(
            field,
            given,
            Text(f"不认识的质量，可用：{known}", f"unknown quality; known are {', '.join(QUALITIES)}"),
        )
    return quality


def parse_name(given: object, longest: int, *, field: str = "point") -> str:
    """Return a name: text of sane length without control characters."""
    if isinstance(given, str) and 0 < len(given) <= longest and given.isprintable() and not given.isspace():
        return given.strip()
    raise FaultyValueError(
        field,
        given,
        Text(f"应为 1–{longest} 个可见字符的名称", f"a name has 1 to {longest} printable characters"),
    )


def find_name(given: object, longest: int, *, field: str) -> str | None:
    """Return an optional name."""
    return None if given is None or given == "" else parse_name(given, longest, field=field)


def _of_number(given: float, field: str) -> int:
    size = abs(given)
    if size < SECONDS_BELOW:
        return round(given * 1_000_000)
    if size < MILLISECONDS_BELOW:
        return round(given * 1_000)
    if size < MICROSECONDS_BELOW:
        return round(given)
    if size < LATEST * 1_000:
        return round(given) // 1_000
    raise FaultyValueError(field, given, Text("不是时间", "it is no time"))


def _of_text(given: str, zone: tzinfo | None, field: str) -> int:
    if len(given) <= LONGEST_NUMBER:
        if len(given) > 8 and NUMBER.fullmatch(given):
            return _of_number(int(given) if given.isdecimal() else float(given), field)
        try:
            return of_datetime(datetime.fromisoformat(given.replace("/", "-")), zone=zone, field=field)
        except (ValueError, OverflowError) as error:
            if isinstance(error, FaultyValueError):
                raise
    raise FaultyValueError(
        field,
        given,
        Text(
            "时间应为带时区的 ISO 8601，或 1970 年以来的秒、毫秒、微秒",
            "a time is ISO 8601 with its zone, or s, ms or µs since 1970",
        ),
    )
