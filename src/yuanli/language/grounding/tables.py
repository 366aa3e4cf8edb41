"""The tables of grounding: words and patterns as YAML, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

WORD_END = r"(?!(?<=[a-z0-9])[a-z0-9])"
"""A pattern for the end of an English word or number."""
_PART = re.compile(r"\{([a-z_]+)\}")


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return the table `name`.yaml of this package."""
    text = files("yuanli.language.grounding").joinpath(f"{name}.yaml").read_text("utf-8")
    document = yaml.load(text, yaml.CBaseLoader if hasattr(yaml, "CBaseLoader") else yaml.BaseLoader)
    assert isinstance(document, dict)
    return document


def alternatives(words: object) -> str:
    """Return a pattern for any of these words, the longest first."""
    assert isinstance(words, (dict, list))
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def expanded(pattern: str, parts: Mapping[str, str]) -> str:
    """Put the named parts into a pattern: `{weekday}` becomes `parts["weekday"]`."""
    while (found := _PART.search(pattern)) is not None:
        pattern = pattern[: found.start()] + parts[found.group(1)] + pattern[found.end() :]
    return pattern


@cache
def rules(name: str, language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the rules of a table in the order they are tried: kind and compiled pattern."""
    document = table(name)[language]
    parts = dict(document["parts"])
    parts |= {f"{key}_words": alternatives(words) for key, words in document.get("words", {}).items()}
    end = WORD_END if language == "en" else ""
    return tuple(
        (kind, re.compile(f"(?:{expanded(pattern, parts)}){end}"))
        for row in document["rules"]
        for kind, patterns in row.items()
        for pattern in patterns
    )


def minutes_of(clock: str) -> int:
    """Return the minute of the day of `HH:MM`."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
