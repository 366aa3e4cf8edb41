"""What is known of how spaces are used: spaces, bookings, and what sensors counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

from yuanli.errors import InvalidInputError, Text


class UtilisationError(InvalidInputError):
    """Tables of use break a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedSpace:
    """A space that can be booked or used; `area_m2` and `cost_hour` where a saving is to be told."""

    name: str
    seats: int
    building: str = ""
    level: str = ""
    area_m2: float = 0.0
    cost_hour: float = 0.0

    def __post_init__(self) -> None:
        if self.seats < 0:
            raise _wrong("seats", self.seats, "应不小于 0", "it is not negative")
        for name, value in (("area_m2", self.area_m2), ("cost_hour", self.cost_hour)):
            if not (isfinite(value) and value >= 0):
                raise _wrong(name, value, "应是不小于 0 的数", "it is a number from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceBooking:
    """A space that was booked from `start` until `end` for `attendees`."""

    space: str
    start: datetime
    end: datetime
    attendees: int = 0

    def __post_init__(self) -> None:
        _check_span(self.start, self.end)
        if self.attendees < 0:
            raise _wrong("attendees", self.attendees, "应不小于 0", "it is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """How many people were in a space from `start` until `end`; None where a sensor only tells that somebody was."""

    space: str
    start: datetime
    end: datetime
    people: float | None

    def __post_init__(self) -> None:
        _check_span(self.start, self.end)
        if self.people is not None and not (isfinite(self.people) and self.people >= 0):
            raise _wrong("people", self.people, "应是不小于 0 的数", "it is a number from 0")

    @property
    def occupied(self) -> bool:
        """Whether anybody was there."""
        return self.people is None or self.people > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHours:
    """When spaces count as available: whole hours of the day, days of the week (Monday is 0), between two moments.

    All moments are aware, in the local time of the place.
    """

    start: datetime
    end: datetime
    from_hour: int = 8
    to_hour: int = 18
    weekdays: frozenset[int] = frozenset(range(5))

    def __post_init__(self) -> None:
        _check_span(self.start, self.end)
        if (self.end - self.start).days > 3_660:
            raise _wrong("end", self.end, "区间最长十年", "at most ten years are looked at")
        if not 0 <= self.from_hour < self.to_hour <= 24:
            raise _wrong("from_hour", self.from_hour, "应早于 to_hour，且在 0 到 24 之间",
                         "it is before to_hour, both from 0 to 24")  # fmt: skip

    def hours(self) -> list[datetime]:
        """Return the begin of each open hour."""
        first = self.start.replace(minute=0, second=0, microsecond=0)
        if first < self.start:
            first += timedelta(hours=1)
        n = max(0, int((self.end - first) / timedelta(hours=1)))
        every = (first + timedelta(hours=i) for i in range(n))
        return [h for h in every if h.weekday() in self.weekdays and self.from_hour <= h.hour < self.to_hour]


def check_names(spaces: tuple[UsedSpace, ...], named: set[str]) -> None:
    """Refuse what is told of spaces that are not there, or of two of one name."""
    names = [space.name for space in spaces]
    if len(names) != len(set(names)):
        twice = next(name for name in names if names.count(name) > 1)
        raise _wrong("spaces", twice, "出现了不止一次", "it is there more than once")
    for name in sorted(named - set(names)):
        raise _wrong("space", name, "没有这个空间", "there is no such space")


def _check_span(start: datetime, end: datetime) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise _wrong("start", start, "时间须带时区", "a moment has its zone")
    if not start < end:
        raise _wrong("end", end, f"应晚于 {start}", f"it is after {start}")


def _wrong(field: str, value: object, zh: str, en: str) -> UtilisationError:
    return UtilisationError(
        Text(f"{field} 为 {value}：{zh}。", f"{field} is {value}: {en}."), field=field,
        hint=Text("请改正后重试。", "Correct it and try again."),
    )  # fmt: skip
