"""Figures: where the first number of a text stands, how much it is, and what it is compared by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from yuanli.language.grounding.folding import folded
from yuanli.language.grounding.numerals import digits_of
from yuanli.language.grounding.tables import alternatives, expanded, table

FEW = (3.0, 6.0)
"""How many `几个` and `several` may be."""
_AND_A_HALF = re.compile(r"\b(\d+) and a half\b")
_NOT_KELVIN = r"(?!(?<=\d{4})k)"
"""What keeps the k of 4000K a unit."""
_NOT_SCALE = "(?![a-z瓦克米帕分])"
"""What turns the 千 of 2千瓦 into a part of the unit."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A number, or two, in a folded text, and where they stand; a share is a part of one."""

    low: float
    high: float
    start: int
    end: int
    is_share: bool


def plain_of(text: str, language: str) -> str:
    """Return a text folded, its number words as digits."""
    spaced = text.replace("+", " + ") if language == "en" else text
    return _AND_A_HALF.sub(r"\1.5", digits_of(folded(spaced, language), language, point=True))


def figures_in(text: str, language: str) -> Figures | None:
    """Return the first number or range of a folded text with digits."""
    for pattern in _patterns(language):
        if match := pattern.search(text):
            groups = {name: said for name, said in match.groupdict().items() if said}
            low, high = (
                _bounds(groups, language) if "dozen" not in match.groupdict() else _dozens(match["dozen"])
            )
            return Figures(low, high, match.start(), match.end(), bool(groups.keys() & {"share", "top"}))
    return None


def _dozens(count: str) -> tuple[float, float]:
    known = table("numbers")["dozens"]
    dozens = float(known.get(count.strip(), count))
    return 12 * dozens, 12 * dozens


def _bounds(groups: Mapping[str, str], language: str) -> tuple[float, float]:
    if "share" in groups:
        part = int(groups.get("parts", 1)) * float(
            table("numbers")["shares"][groups["share"].removesuffix("s")]
        )
        return part, part
    if "top" in groups:
        share = float(groups["top"]) / max(1.0, float(groups["bottom"]))
        return share, share
    if "few" in groups:
        tens = _scale(groups.get("tens", ""), language)
        return (2 * tens, 9 * tens) if tens > 1 else FEW
    low, scale = float(groups.get("low", 1)), _scale(groups.get("scale", ""), language)
    if "high" in groups:
        high = float(groups["high"])
        low, high = low * (scale if low < high else 1), high * scale
        return min(low, high), max(low, high)
    if "odd" in groups:
        base = 10 ** (len(f"{low:.0f}") - len(f"{low:.0f}".rstrip("0")))
        return (low * scale + 1, (low + base) * scale - 1) if base * scale > 1 else (low, low)
    value = low * scale + (0.5 if "half" in groups else 0)
    return value, value


def _scale(word: str, language: str) -> float:
    if word.isdigit():
        return float(word)
    return float(table("numbers")["scales"][language][word]) if word else 1.0


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    rows = table("numbers")
    scales = _NOT_KELVIN + alternatives(rows["scales"][language]) + _NOT_SCALE
    parts = {"number": rows["number"], "scales": f"(?:{scales})"}
    return tuple(re.compile(expanded(pattern, parts)) for pattern in rows[language])


def comparator_of(text: str, found: Figures, language: str) -> str | None:
    """Return the comparator that stands right before or after a number and its unit."""
    before, after, operators = _comparators(language)
    if match := after.match(text, found.end):
        return operators["after", match["word"]]
    head = text[max(0, found.start - 40) : found.start]
    matches = list(before.finditer(head))
    return operators["before", matches[-1]["word"]] if matches else None


@cache
def _comparators(language: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[tuple[str, str], str]]:
    rows = table("quantities")["comparators"][language]
    operators = {
        (side, word): op for side, ops in rows.items() for op, words in ops.items() for word in words
    }
    words = {side: alternatives([word for place, word in operators if place == side]) for side in rows}
    units = alternatives([word for unit in table("quantities")["units"].values() for word in unit[language]])
    edge = r"(?<![a-z])" if language == "en" else ""
    before = re.compile(rf"{edge}(?P<word>{words['before']})")
    after = re.compile(rf" ?(?:{units})? ?(?:的)?(?P<word>{words['after']})(?![a-z])")
    return before, after, operators
