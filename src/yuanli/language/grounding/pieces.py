"""What the rules find in a text, before it is put together: days, clock times, comparators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from yuanli.language.grounding.durations import Amount
from yuanli.language.grounding.spans import Grain


class Cycle(StrEnum):
    """After how long the same words come round again."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class DayPiece:
    """Whole days. With a `cycle`, other days answer to the same words. An `edge` is the end of something."""

    start: date
    end: date
    grain: Grain = Grain.DAY
    cycle: Cycle | None = None
    edge: bool = False


@dataclass(frozen=True, slots=True)
class SpanPiece:
    """A span or an instant that was told from now: 半小时后, the past six months."""

    start: datetime
    end: datetime
    grain: Grain


@dataclass(frozen=True, slots=True)
class ClockPiece:
    """A time on the clock, in minutes of the day; `exact` where it can't be twelve hours off.

    `hour_only` marks a bare number, which may turn out to be a day of the month.
    """

    minute: int
    exact: bool = False
    meridiem: str = ""
    bare: bool = False


@dataclass(frozen=True, slots=True)
class PastHourPiece:
    """Minutes past an hour that was not said: `half past`."""

    minute: int


@dataclass(frozen=True, slots=True)
class PartPiece:
    """A part of the day, in minutes of the day; `reads` says how clock times in it are read."""

    start: int
    end: int
    reads: str


class Word(StrEnum):
    """Words that join or bound times."""

    BEFORE = "before"
    UNTIL = "until"
    BY = "by"
    AFTER = "after"
    FROM = "from"
    SINCE = "since"
    ONWARDS = "onwards"
    TO = "to"
    ALL_DAY = "all_day"


@dataclass(frozen=True, slots=True)
class WordPiece:
    """A comparator or a joint."""

    word: Word


@dataclass(frozen=True, slots=True)
class AmountPiece:
    """A length of time that stands on its own: 明天三点两个小时."""

    amount: Amount


Piece = DayPiece | SpanPiece | ClockPiece | PastHourPiece | PartPiece | WordPiece | AmountPiece
