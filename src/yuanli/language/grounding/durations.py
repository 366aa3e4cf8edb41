"""Lengths of time: `一个半小时`, `1h30`, `half an hour`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from yuanli.errors import Text
from yuanli.language.grounding.folding import folded
from yuanli.language.grounding.numerals import digits_of
from yuanli.language.grounding.spans import NotGroundedError, check_language
from yuanli.language.grounding.tables import alternatives, table

_SOME = 3.0
"""How many `几个小时` or `several hours` are taken to be."""
_FRACTION = re.compile(r"(?:\b(\d{1,4}) )?\b(\d)/([2-9])(?= ?(?:of an )?(?:hour|day|小时|个小时))")
_AS_ON_A_WATCH = re.compile(r"(\d{1,2}):([0-5]\d)(?: ?h(?:ours?)?)?")
_LOOSE_MINUTES = re.compile(r"(?: and | )?([1-5]\d)(?![\d:.]| ?[a-z]|[点月号日年个天周小人分%])")
"""The thirty of `two hours thirty`."""
_HALVES = {"半": 0.5, "half": 0.5, "大半": 0.5, "小半": 0.5, "quarter": 0.25}


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time as it was said: calendar months, and the rest in seconds."""

    months: int
    seconds: float
    to_the_day: bool

    @property
    def total_s(self) -> float:
        """The length in seconds, months at their mean."""
        return self.months * float(table("durations")["month_s"]) + self.seconds


def find_duration(text: str, *, language: str) -> float | None:
    """Return a length of time in seconds, or None where the text holds none."""
    check_language(language)
    plain = _decimals(digits_of(folded(text, language), language))
    if clock := _AS_ON_A_WATCH.fullmatch(plain):
        return int(clock[1]) * 3600.0 + int(clock[2]) * 60
    if language == "en" and amount_at(plain, 0, language) is None and amount_at(f"1 {plain}", 0, language):
        plain = f"1 {plain}"
    for position in range(len(plain)):
        if position and plain[position - 1].isdigit() and plain[position].isdigit():
            continue
        found = amount_at(plain, position, language)
        if found and found[0].total_s > 0:
            return found[0].total_s
    return None


def _decimals(text: str) -> str:
    """Write `1 1/2 hours` and `3/4 hour` as decimals."""

    def decimal(match: re.Match[str]) -> str:
        return f"{int(match[1] or 0) + int(match[2]) / int(match[3]):g}"

    return _FRACTION.sub(decimal, text)


def ground_duration(texts: Sequence[str], *, language: str) -> float:
    """Return the length of time that the texts say together, in seconds.

    Raises
    ------
    NotGroundedError
        No text says a length of time.
    """
    found = [find_duration(text, language=language) for text in texts]
    if lengths := [length for length in found if length is not None]:
        return sum(lengths)
    said = "、".join(texts)
    raise NotGroundedError(
        Text(
            f"没看懂时长“{said}”，例如：一个半小时。",
            f"No length of time in {said!r}; say for example 90 minutes.",
        ),
        field="duration",
    )


def amount_at(text: str, position: int, language: str) -> tuple[Amount, int] | None:
    """Return the length of time that starts at a position of a folded text with digits, and its end."""
    term, joint, short = _patterns(language)
    if match := short.match(text, position):
        seconds = int(match["hours"]) * 3600 + int(match["minutes"] or 0) * 60
        return Amount(0, seconds, False), match.end()
    amounts: list[Amount] = []
    end = position
    while len(amounts) < 4 and (match := term.match(text, end)):
        amounts.append(_amount(match, language))
        last, end = match.end(), joint.match(text, match.end()).end()  # type: ignore[union-attr]
        if (
            amounts[-1].seconds % 3600 == 0
            and (loose := _LOOSE_MINUTES.match(text, last))
            and _is_hours(match)
        ):
            amounts.append(Amount(0, int(loose[1]) * 60, False))
            last = end = loose.end()
    if not amounts:
        return None
    return Amount(
        sum(a.months for a in amounts), sum(a.seconds for a in amounts), all(a.to_the_day for a in amounts)
    ), last


def _is_hours(match: re.Match[str]) -> bool:
    return match["unit"][0] in "h小钟"


def _amount(match: re.Match[str], language: str) -> Amount:
    groups = match.groupdict()
    count = _count(groups)
    unit = _units(language)[match["unit"]]
    half_day = (groups["lone"] and unit.get("seconds") == "86400") and float(table("durations")["half_day_s"])
    if "months" in unit:
        months = count * int(unit["months"])
        return Amount(int(months), (months % 1) * 30 * 86400, True)
    return Amount(0, half_day or count * float(unit["seconds"]), unit["grain"] == "day" and not half_day)


def _count(groups: Mapping[str, str | None]) -> float:
    if groups["count"]:
        count = float(groups["upto"] or groups["count"])
    elif groups["lone"]:
        count = 0.5
    elif groups.get("quarter") or groups.get("quarters"):
        count = 0.25 * int(groups.get("quarters") or 1)
    else:
        count = 1.0 if groups.get("one") else _SOME
    count += sum(_HALVES[groups[key] or ""] for key in ("half", "after", "onehalf") if groups.get(key))
    return count + 0.25 * int(groups.get("aquarters") or 0)


@cache
def _units(language: str) -> Mapping[str, Mapping[str, str]]:
    return {word: unit for unit in table("durations")["units"].values() for word in unit[language]}


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    rows = table("durations")[language]
    term = rows["term"].strip().replace("{units}", alternatives(list(_units(language))))
    return re.compile(term), re.compile(rows["joint"]), re.compile(rows["short"])
