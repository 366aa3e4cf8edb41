"""What a wish about the way means to a router: `坐轮椅`, "no stairs" and the like, in `preferences.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from opencc import OpenCC

CANONICAL = frozenset({"route_pref", "travel_mode"})


@dataclass(frozen=True, slots=True)
class _Wish:
    type: str
    value: str
    regex: re.Pattern[str]


def canonical_value(slot_type: str, said: str) -> str:
    """Return what a router knows a wish by; other values, and wishes unknown to it, as they were said.

    >>> canonical_value("route_pref", "坐轮椅"), canonical_value("place", "北门")
    ('wheelchair', '北门')
    """
    if slot_type not in CANONICAL:
        return said.strip()
    plain = _simplified().convert(said)
    wishes = (wish for wish in _wishes() if wish.type == slot_type)
    return next((wish.value for wish in wishes if wish.regex.search(plain)), said.strip())


def is_here(text: str) -> bool:
    """Whether a place is said as "here": where the speaker is."""
    return text.strip().lower() in _here()


@cache
def _tables() -> Mapping[str, Any]:
    document = yaml.safe_load(files("yuanli.language").joinpath("preferences.yaml").read_text("utf-8"))
    assert isinstance(document, dict)
    return document


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def _wishes() -> tuple[_Wish, ...]:
    return tuple(
        _Wish(row["type"], row["value"], re.compile(f"{row['zh']}|{row['en']}", re.IGNORECASE))
        for row in _tables()["wishes"]
    )


@cache
def _here() -> frozenset[str]:
    return frozenset(word for words in _tables()["here"].values() for word in words)
