"""The rules of clock times and parts of the day: what a match of `clocks.yaml` means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from yuanli.language.grounding.pieces import ClockPiece, PartPiece, PastHourPiece, Piece, Word, WordPiece
from yuanli.language.grounding.tables import alternatives, minutes_of, table

NOON = 12 * 60
DAY = 24 * 60
_OF_THE_CLOCK = (":", "点", "时", "oclock")
_BEFORE_SINGLE = "今明昨后前当天日一二三四五六末每晨号"
"""What stands before 早 or 晚 where it is a part of the day, not of another word."""


def find_clock(kind: str, match: re.Match[str]) -> Piece | None:
    """Return what a match of one of the rules means; None where the clock has no such time."""
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    if kind == "clock":
        return _clock(groups)
    if kind == "past_hour":
        return PastHourPiece(45 if "quarterto" in groups else _minute(groups))
    return WordPiece(Word(kind))


def _clock(groups: Mapping[str, str]) -> ClockPiece | None:
    hour_text = groups.get("hour") or groups.get("to") or groups["bare"]
    hour, minute = int(hour_text), _minute(groups)
    at = hour * 60 + (-minute if "to" in groups else minute)
    if at > DAY or minute > 59:
        return None
    if meridiem := groups.get("meridiem", "")[:1]:
        return ClockPiece(half_day(at, meridiem + "m"), exact=True, meridiem=meridiem + "m")
    compact = len(hour_text) == 2 and hour_text.startswith("0")
    exact = hour > 12 or hour == 0 or compact
    return ClockPiece(at % DAY if at < 0 else at, exact=exact, bare="bare" in groups)


def is_certain_clock(match: re.Match[str]) -> bool:
    """Whether words that are no time of the clock can be nothing else: 25点, 12:75, `25 pm`."""
    said = match.group()
    meridiem = match.groupdict().get("meridiem") or ""
    return len(meridiem) == 2 or any(sign in said for sign in _OF_THE_CLOCK)


def _minute(groups: Mapping[str, str]) -> int:
    if "half" in groups:
        return 30
    if "quarter" in groups:
        return 15 * (int(groups["quarter"]) if groups["quarter"].isdigit() else 1)
    return int(groups.get("minute", 0))


def half_day(minute: int, meridiem: str) -> int:
    """Return a minute of the day put into the morning or the afternoon; twelve is the start of either."""
    if minute >= NOON + 60:
        return minute
    return minute % NOON + (NOON if meridiem == "pm" else 0)


def read_in_part(minute: int, reads: str) -> int:
    """Return a clock time as it is read beside a part of the day: 晚上两点 is past midnight."""
    if minute >= NOON + 60:
        return minute
    of_half = minute % NOON
    if reads == "am":
        return of_half if minute < NOON else minute % NOON
    if reads == "noon":
        return of_half if of_half >= 10 * 60 else of_half + NOON
    if reads == "evening":
        return of_half + (NOON if of_half >= 5 * 60 else DAY)
    return of_half + NOON


def readings(clock: ClockPiece) -> tuple[int, ...]:
    """Return the minutes of the day that a clock time may mean, the likeliest first."""
    if clock.exact:
        return (clock.minute,)
    both = (clock.minute % NOON, clock.minute % NOON + NOON)
    for name in ("working_day", "waking_day"):
        first, last = (minutes_of(bound) for bound in table("clocks")[name])
        if within := tuple(minute for minute in both if first <= minute <= last):
            return within
    return both


@cache
def part_rule(language: str) -> tuple[re.Pattern[str], Mapping[str, PartPiece]]:
    """Return the pattern of all parts of the day, and what each word means."""
    words = {
        word: PartPiece(minutes_of(row["span"][0]), minutes_of(row["span"][1]), row["reads"])
        for row in table("clocks")["parts"].values()
        for word in row[language]
    }
    end = r"(?![a-z])" if language == "en" else ""
    start = r"(?:the )?" if language == "en" else ""
    singles = "|".join(
        f"{word}(?:(?<=[{_BEFORE_SINGLE}]{word})|(?=\\d|$))" for word in words if len(word) == 1
    )
    longer = alternatives([word for word in words if len(word) > 1])
    return re.compile(f"{start}(?P<part>{longer}{'|' + singles if singles else ''}){end}"), words
