"""Reads the tables of expressions, and writes what grounding made of one in the form of the tables."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from yuanli.language import (
    Number,
    Quantity,
    Threshold,
    TimeSpan,
    find_duration,
    find_number,
    find_quantity,
    find_recurrence,
    find_threshold,
    find_when,
)

ZONE = ZoneInfo("Asia/Shanghai")
HERE = Path(__file__).parent
Case = tuple[str, str, str, str, str, str]
"""Table, language, preference, now, expression, expected."""


def table(name: str) -> Any:
    return yaml.load((HERE / f"{name}.yaml").read_text("utf-8"), yaml.BaseLoader)


def cases() -> Iterator[Case]:
    """The expressions that the code was written with."""
    yield from _when_cases(table("times"))
    yield from _plain_cases("durations", table("durations"))
    yield from _plain_cases("recurrences", table("recurrences"))
    for name, rows in table("numbers").items():
        yield from _plain_cases(name, rows)


def held_out_cases() -> Iterator[Case]:
    """The expressions that were written before the code."""
    document = table("times_held_out")
    yield from _when_cases(document.pop("when"))
    for name, rows in document.items():
        yield from _plain_cases(name, rows)


def _when_cases(groups: Any) -> Iterator[Case]:
    for group in groups:
        for expression, expected in group["cases"].items():
            yield "when", group["language"], group.get("prefer", "future"), group["now"], expression, expected


def _plain_cases(name: str, rows: Any) -> Iterator[Case]:
    for language, pairs in rows.items():
        for expression, expected in pairs.items():
            yield name, language, "", "", expression, expected


def expected_of(case: Case) -> str:
    """The expected result, spelt out."""
    name, *_, now, _, expected = case
    if name != "when" or expected == "nothing":
        return expected
    year = now[:4] if now else "2026"
    if expected[0] in "<>":
        return expected[0] + _moment(expected[1:], year)
    if "/" in expected:
        return "/".join(_moment(end, year) for end in expected.split("/"))
    start = _moment(expected, year)
    end = (
        start
        if "T" in expected
        else (datetime.fromisoformat(start) + timedelta(days=1)).isoformat("T", "minutes")
    )
    return f"{start}/{end}"


def _moment(text: str, year: str) -> str:
    full = text if re.match(r"\d{4}-", text) else f"{year}-{text}"
    return datetime.fromisoformat(full).isoformat("T", "minutes")


def grounded(case: Case) -> str:
    """What grounding makes of an expression, in the form of the tables."""
    name, language, prefer, now, expression, _ = case
    if name != "when":
        return _GROUNDED[name](expression, language)
    dates, times, lengths = ([text] if text else [] for text in f"{expression}||".split("|")[:3])
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    return _span(find_when(dates, times, lengths, language=language, now=at, zone=ZONE, prefer=prefer))


def _span(span: TimeSpan | None) -> str:
    if span is None:
        return "nothing"
    start, end = (at.replace(tzinfo=None).isoformat("T", "minutes") for at in (span.start, span.end))
    return f"<{end}" if span.open_start else f">{start}" if span.open_end else f"{start}/{end}"


def _duration(expression: str, language: str) -> str:
    seconds = find_duration(expression, language=language)
    return "nothing" if seconds is None else f"{seconds / 60:g}"


def _recurrence(expression: str, language: str) -> str:
    found = find_recurrence(expression, language=language)
    return found.rule if found else "nothing"


def _number(expression: str, language: str) -> str:
    return _written(find_number(expression, language=language))


def _written(number: Number | None) -> str:
    if number is None:
        return "nothing"
    about = "~" if number.approximate else ""
    if number.high is None:
        return f"{number.low:.12g}-{about}"
    return f"{number.low:.12g}" + (f"-{number.high:.12g}" if number.high != number.low else "") + about


def _quantity(expression: str, language: str) -> str:
    found: Quantity | None = find_quantity(expression, language=language)
    if found is None:
        return "nothing"
    sign = "+" if found.kind in ("delta", "step") and found.value > 0 else ""
    return f"{found.kind} {sign}{round(found.value, 3):g} {found.unit}".rstrip()


def _threshold(expression: str, language: str) -> str:
    found: Threshold | None = find_threshold(expression, language=language)
    if found is None:
        return "nothing"
    value = f"{round(found.value, 3):g}" if found.high is None else f"{found.value:g}..{found.high:g}"
    return f"{found.op} {value} {found.unit}".rstrip()


_GROUNDED: dict[str, Callable[[str, str], str]] = {
    "durations": _duration,
    "recurrences": _recurrence,
    "numbers": _number,
    "quantities": _quantity,
    "thresholds": _threshold,
}
