"""Options of drafts that tell several things of one place or person: `A301; min=5; window=22:00-23:00`."""

from __future__ import annotations

import re
from typing import NoReturn

from yuanli.errors import InvalidInputError, Text

SPAN = re.compile(r"(\d{1,2}):([0-5]\d)\s*[-–]\s*(\d{1,2}):([0-5]\d)")


class DraftOptionError(InvalidInputError):
    """A day, a time or a team's time can't be read."""


def parts_of(
    option: str, text: str, known: tuple[str, ...], example: str, *, plain: int
) -> tuple[list[str], dict[str, list[str]]]:
    """Return what comes first in `A; B; key=value; …`, and the values of each key."""
    said = [part.strip() for part in re.split("[;；]", text) if part.strip()]
    first, rest = said[:plain], said[plain:]
    if len(first) < plain:
        refuse_option(option, text, example)
    told: dict[str, list[str]] = {}
    for part in rest:
        key, equals, value = (one.strip() for one in part.partition("="))
        if not equals or key not in known or not value:
            refuse_option(option, part, example)
        told.setdefault(key, []).append(value)
    return first, told


def span_of(option: str, text: str) -> tuple[int, int]:
    """Return a span of the day, `22:00-23:00`, in seconds."""
    found = SPAN.fullmatch(text)
    if found is None:
        refuse_option(option, text, "22:00-23:00")
    a, b, c, d = map(int, found.groups())
    return 3600 * a + 60 * b, 3600 * c + 60 * d


def number_of(option: str, told: dict[str, list[str]], key: str, usual: int) -> int:
    """Return a whole number of a key, or what is usual."""
    value = told.get(key, [str(usual)])[0]
    if not value.isascii() or not value.isdigit():
        refuse_option(option, f"{key}={value}", f"{key}=5")
    return int(value)


def refuse_option(option: str, text: str, example: str) -> NoReturn:
    """Say that a part of an option can't be read, and how it is written."""
    raise DraftOptionError(
        Text(f"看不懂“{text}”。", f"{text!r} can't be read."), field=option,
        hint=Text(f"例如：{example}。", f"Write such as: {example}."),
    )  # fmt: skip
