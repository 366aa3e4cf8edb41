"""What a time grounds to: a half-open span in the time zone of the campus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from yuanli.errors import InvalidInputError, Text

LONGEST_TEXT = 2000


class Prefer(StrEnum):
    """Which of two times with the same words is meant: bookings look ahead, reports look back."""

    FUTURE = "future"
    PAST = "past"


class Grain(StrEnum):
    """How finely a time was said: `三点` to the minute, `明天` to the day."""

    MINUTE = "minute"
    HOUR = "hour"
    PART = "part_of_day"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class NotGroundedError(InvalidInputError):
    """No value can be read from these words."""


class NoSuchTimeError(ValueError):
    """The words plainly name a day or a time that doesn't exist: 30 February, 25:00, 星期八."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """A half-open span of time, `start <= t < end`; a clock time alone has `end == start`.

    Parameters
    ----------
    start, end
        Aware, in the time zone of the campus.
    open_start, open_end
        The words set no bound on this side (`before two`, `三点以后`); what stands there is the
        nearest sensible one: now, or the end of the day.
    duration_s
        The length that was asked for, in seconds; within the span where only a part of the day
        was said.
    """

    start: datetime
    end: datetime
    grain: Grain
    open_start: bool = False
    open_end: bool = False
    duration_s: float | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware datetimes")
        if self.end < self.start:
            raise ValueError(f"a span ends before it starts: {self.start} to {self.end}")

    @property
    def is_instant(self) -> bool:
        """Whether only a point in time was said."""
        return self.start == self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """From where times are told: now on the wall clock of the campus, and which way to look."""

    now: datetime
    language: str
    prefer: Prefer

    @property
    def today(self) -> date:
        """The calendar day at the campus."""
        return self.now.date()

    def at(self, day: date, minute: int = 0) -> datetime:
        """Return the wall time `minute` minutes into a day; a time that a clock change skips moves on."""
        naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
        return naive.replace(tzinfo=self.now.tzinfo).astimezone(UTC).astimezone(self.now.tzinfo)

    def plus_s(self, seconds: float) -> datetime:
        """Return the time `seconds` from now, across clock changes."""
        return (self.now.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(self.now.tzinfo)


def anchored(now: datetime, zone: ZoneInfo, language: str, prefer: str) -> Anchor:
    """Return the anchor of an utterance.

    Raises
    ------
    InvalidInputError
        `now` is naive, the language is neither `zh` nor `en`, or `prefer` neither `future` nor `past`.
    """
    if now.tzinfo is None:
        raise InvalidInputError(
            Text(
                f"时间 {now} 没有时区，请给出带时区的时间。",
                f"The time {now} has no time zone; give an aware one.",
            ),
            field="now",
        )
    check_language(language)
    if prefer not in tuple(Prefer):
        raise InvalidInputError(
            Text(
                f"prefer 不能是“{prefer}”，只能是 future 或 past。",
                f"prefer is {prefer!r}; it must be future or past.",
            ),
            field="prefer",
        )
    wall = now.astimezone(zone).replace(second=0, microsecond=0)
    return Anchor(now=wall, language=language, prefer=Prefer(prefer))


def check_language(language: str) -> None:
    """Raise InvalidInputError unless the language is `zh` or `en`."""
    if language not in ("zh", "en"):
        raise InvalidInputError(
            Text(
                f"不支持语言“{language}”，只有 zh 和 en。",
                f"Language {language!r} is not known; use zh or en.",
            ),
            field="language",
        )
