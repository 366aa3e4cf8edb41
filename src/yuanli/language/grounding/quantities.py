"""Values and thresholds with their units: `26度`, `调高两度`, `亮一点`, `超过1000ppm`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from yuanli.errors import Text
from yuanli.language.grounding.figures import Figures, comparator_of, figures_in, plain_of
from yuanli.language.grounding.spans import NotGroundedError, check_language
from yuanli.language.grounding.tables import alternatives, table

_FRACTION_OF_WAY = re.compile(r" (?:of the way )?(?:down|up|open|closed)\b")
"""`two thirds down` is where a blind should be, not by how much to move it."""
_OF_AN_HOUR = re.compile(r"个?多?小时| (?:of )?(?:an )?hours?\b")


class Kind(StrEnum):
    """How a value is meant: as it is, as a change, as so many small steps, or as a multiple."""

    ABSOLUTE = "absolute"
    DELTA = "delta"
    STEP = "step"
    FACTOR = "factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A value to set. Units are as in `quantities.yaml`; shares have the unit `ratio` and run 0–1.

    A step of 1 is `亮一点`, of 2 `a lot brighter`; what a step is, the device knows. An empty unit is one that
    was not said.
    """

    kind: Kind
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A condition on a number: `op` is one of > >= < <= = between; `high` is set for between."""

    op: str
    value: float
    unit: str = ""
    high: float | None = None


def ground_quantity(text: str, *, language: str) -> Quantity:
    """Return the value a text says to set.

    Raises
    ------
    NotGroundedError
        The text says no value.
    """
    found = find_quantity(text, language=language)
    if found is None:
        raise NotGroundedError(
            Text(
                f"没看懂数值“{text}”，例如：26度、亮一点。",
                f"No value in {text!r}; say for example 26 degrees or brighter.",
            ),
            field="value",
        )
    return found


def ground_threshold(text: str, *, language: str) -> Threshold:
    """Return the condition a text says.

    Raises
    ------
    NotGroundedError
        The text holds no number.
    """
    found = find_threshold(text, language=language)
    if found is None:
        raise NotGroundedError(
            Text(
                f"没看懂条件“{text}”，例如：超过1000ppm。",
                f"No condition in {text!r}; say for example over 1000 ppm.",
            ),
            field="threshold",
        )
    return found


def find_quantity(text: str, *, language: str) -> Quantity | None:
    """Return the value a text says to set, absolute or relative, or None."""
    check_language(language)
    plain = plain_of(text, language)
    if (factor := _word_value("factors", plain, language)) is not None:
        return Quantity(kind=Kind.FACTOR, value=factor)
    share = _word_value("levels", plain, language)
    found = figures_in(plain, language)
    if found is None or (share is not None and _only_in_level(plain, found)):
        return _without_number(plain, language, share)
    value, unit = _measured(plain, found.low, found, language)
    if unit == "factor" or (found.is_share and _FRACTION_OF_WAY.match(plain, found.end)):
        kind = Kind.FACTOR if unit == "factor" else Kind.ABSOLUTE
        return Quantity(kind=kind, value=value, unit="" if unit == "factor" else unit)
    if (signed := _signed(plain, found, value, language)) < 0:
        return Quantity(kind=Kind.ABSOLUTE, value=signed, unit=unit)
    direction = _direction(plain[: found.start], language) or _direction(plain[found.end :], language)
    if direction and not _says_target(plain[: found.start], language):
        return Quantity(kind=Kind.DELTA, value=direction * abs(value), unit=unit)
    return Quantity(kind=Kind.ABSOLUTE, value=value, unit=unit)


def find_threshold(text: str, *, language: str) -> Threshold | None:
    """Return the condition a text says, or None where it holds no number; no comparator means `=`."""
    check_language(language)
    plain = plain_of(text, language)
    found = figures_in(plain, language)
    if found is None:
        return None
    low, unit = _measured(plain, found.low, found, language)
    high, _ = _measured(plain, found.high, found, language)
    if high > low:
        return Threshold(op="between", value=low, high=high, unit=unit)
    return Threshold(
        op=comparator_of(plain, found, language) or "=", value=_signed(plain, found, low, language), unit=unit
    )


def _signed(plain: str, found: Figures, value: float, language: str) -> float:
    below = r"(?:零下|负|(?<![\d.])-)$" if language == "zh" else r"(?:minus |(?<![\d.])-)$"
    return -value if re.search(below, plain[: found.start]) else value


def _only_in_level(plain: str, found: Figures) -> bool:
    """Whether the number is part of a word of level: the 1 of 一半."""
    return plain[found.start : found.end + 1] == "1半" or (
        found.is_share and plain[found.start : found.end] in ("半", "half")
    )


def _without_number(plain: str, language: str, share: float | None) -> Quantity | None:
    if share is not None:
        return Quantity(kind=Kind.ABSOLUTE, value=share, unit="ratio")
    direction = _direction(plain, language)
    if direction == 0:
        return None
    much = re.search(alternatives(table("quantities")["much"][language]), plain) is not None
    return Quantity(kind=Kind.STEP, value=direction * (2 if much else 1))


@cache
def _words(name: str, language: str) -> re.Pattern[str]:
    edges = (r"(?<![a-z])", r"(?![a-z])") if language == "en" else ("", "")
    return re.compile(edges[0] + alternatives(table("quantities")[name][language]) + edges[1])


def _word_value(name: str, plain: str, language: str) -> float | None:
    match = _words(name, language).search(plain)
    return float(table("quantities")[name][language][match.group()]) if match else None


def _direction(text: str, language: str) -> int:
    """Return 1 where the words say up, -1 down, 0 neither; 太冷 asks for up."""
    text = _words("attributes", language).sub("", text)
    up, down = (_words(name, language).search(text) for name in ("up", "down"))
    if up and down:
        return 1 if len(up.group()) >= len(down.group()) and up.start() <= down.start() else -1
    too = -1 if _words("too", language).search(text) else 1
    return too if up else -too if down else 0


def _says_target(head: str, language: str) -> bool:
    end = " ?$" if language == "en" else "$"
    return re.search(_words("to", language).pattern + end, head) is not None


def _measured(plain: str, value: float, found: Figures, language: str) -> tuple[float, str]:
    """Return a value with its unit, percents as ratios, Fahrenheit as Celsius."""
    if found.is_share:
        return value, "h" if _OF_AN_HOUR.match(plain, found.end) else "ratio"
    if re.search("百分之$", plain[: found.start]):
        return value / 100, "ratio"
    match = _unit_pattern(language).match(plain, found.end)
    unit = _unit_names(language)[match["unit"]] if match else ""
    if match and match["unit"] == "成":
        tenth = re.match(r"[\d半]", plain[match.end() :])
        return (value + (int(tenth[0].replace("半", "5")) / 10 if tenth else 0)) / 10, "ratio"
    if (
        unit == "degC"
        and match
        and match["unit"] == "度"
        and value > float(table("quantities")["kwh_from_degrees"])
    ):
        return value, "kWh"
    if unit == "degF":
        return round((value - 32) * 5 / 9, 2), "degC"
    if match and plain.startswith("半", match.end()):
        value += 0.5
    return (value / 100, unit) if unit == "ratio" else (value, unit)


@cache
def _unit_names(language: str) -> dict[str, str]:
    return {word: name for name, row in table("quantities")["units"].items() for word in row[language]}


@cache
def _unit_pattern(language: str) -> re.Pattern[str]:
    return re.compile(rf" ?-?(?P<unit>{alternatives(list(_unit_names(language)))})(?![a-z])")
