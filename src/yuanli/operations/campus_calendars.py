"""Each campus's calendar: whose public holidays hold, its own days off and of work, terms, closures and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from yuanli.campus import Campus, CampusId
from yuanli.errors import Text
from yuanli.forecast import Calendar, InvalidCalendarError, days_of
from yuanli.operations.moments import EPOCH
from yuanli.operations.places import Places

MOST_DAYS = 1000
MOST_SPANS = 200
MOST_NAMES = 20
"""Each name is a thing for models to learn from: many of them would teach none."""
LONGEST_NAME = 40
YEARS = (1990, 2100)
SHOWN = timedelta(days=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSpan:
    """Named days in a row, the last included, such as a term, a vacation or an event; `closed`: nobody works then."""

    name: str
    first: date
    last: date
    closed: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= LONGEST_NAME:
            raise InvalidCalendarError(
                Text(f"时段名称“{self.name}”要有 1 到 {LONGEST_NAME} 个字。",
                     f"The name of a span, {self.name!r}, must have 1 to {LONGEST_NAME} characters."),
                field="spans", hint=Text("例如“秋季学期”。", 'For example "autumn term".'),
            )  # fmt: skip
        if self.last < self.first or self.last - self.first > timedelta(days=366):
            raise InvalidCalendarError(
                Text(f"“{self.name}”从 {self.first} 到 {self.last}：结束不能早于开始，也不能超过一年。",
                     f"{self.name!r} runs from {self.first} to {self.last}: it must not end before it begins, nor be "
                     "longer than a year."),
                field="spans", hint=Text("每个学期或每次停业写一行。", "Give a row for each term or closure."),
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CampusCalendar:
    """What an administrator says of days.

    Parameters
    ----------
    country, region
        ISO 3166 codes of whose public holidays hold; without a country there are none.
    holidays, workdays
        Days off, and days of work, beside those: a day that is one of `workdays` is worked whatever else it is.

    Raises
    ------
    InvalidCalendarError
        An unknown country or region, a day that is both, a span that ends before it begins, or too many of them.
    """

    country: str | None = None
    region: str | None = None
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    spans: tuple[CalendarSpan, ...] = ()

    def __post_init__(self) -> None:
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            raise InvalidCalendarError(
                Text(f"{both[0]} 既是休息日又是工作日。", f"{both[0]} is both a day off and a day of work."),
                field="workdays", hint=Text("只留一个。", "Leave it in one of both."),
            )  # fmt: skip
        if self.region is not None and self.country is None:
            raise InvalidCalendarError(
                Text(f"地区“{self.region}”没有国家。", f"The region {self.region!r} has no country."),
                field="country", hint=Text("先选国家。", "Give its country."),
            )  # fmt: skip
        ends = [end for span in self.spans for end in (span.first, span.last)]
        for day in (*self.holidays, *self.workdays, *ends):
            if not YEARS[0] <= day.year <= YEARS[1]:
                raise InvalidCalendarError(
                    Text(
                        f"{day} 不在 {YEARS[0]} 至 {YEARS[1]} 年之间。",
                        f"{day} is not within {YEARS[0]} to {YEARS[1]}.",
                    ),
                    field="holidays", hint=Text("检查年份。", "Check the year."),
                )  # fmt: skip
        names = {span.name for span in self.spans}
        for count, most, zh, en in (
            (len(self.holidays) + len(self.workdays), MOST_DAYS, "单独的日子", "single days"),
            (len(self.spans), MOST_SPANS, "时段", "spans"),
            (len(names), MOST_NAMES, "不同的时段名称", "different names of spans"),
        ):
            if count > most:
                raise InvalidCalendarError(
                    Text(f"{count} 个{zh}，最多 {most} 个。", f"{count} {en}; there may be {most}."),
                    field="spans",
                    hint=Text("删去过去的，同类的用同一个名称。", "Drop old ones; give one name to a kind."),
                )  # fmt: skip
        self.known()

    def known(self) -> Calendar:
        """Return what forecasts look at."""
        spans: dict[str, list[tuple[date, date]]] = defaultdict(list)
        for span in self.spans:
            spans[span.name.strip()].append((span.first, span.last))
        closed = {
            span.first + timedelta(days=n)
            for span in self.spans
            if span.closed
            for n in range((span.last - span.first).days + 1)
        }
        return Calendar(
            country=self.country, region=self.region, holidays=frozenset(self.holidays) | closed,
            workdays=frozenset(self.workdays), spans={name: tuple(held) for name, held in spans.items()},
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCalendar:
    """A campus's own calendar as it is kept, with who changed it last."""

    calendar: CampusCalendar
    changed_at: datetime
    changed_by: str


class CalendarStore(Protocol):
    """Keeps the campuses' own calendars."""

    def find_calendar(self, campus_id: CampusId) -> KeptCalendar | None:
        """Return a campus's own calendar, or None."""

    def put_calendar(self, campus_id: CampusId, kept: KeptCalendar) -> None:
        """Keep a campus's calendar in the place of the one before.

        Raises
        ------
        CampusNotFoundError
            There is no such campus.
        """

    def remove_calendar(self, campus_id: CampusId) -> bool:
        """Forget a campus's own calendar; return whether there was one."""


class DayKind(StrEnum):
    """What is unlike other days of the week."""

    OFF = "off"
    WORKED = "worked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A day off within the week, or a weekend day that is worked."""

    day: date
    kind: DayKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCalendar:
    """A campus's calendar; not its `own` where nobody set one: then only the country of its map is known.

    Parameters
    ----------
    ahead
        Days of the next months that are unlike other days of the week, by all of it.
    """

    calendar: CampusCalendar
    own: bool
    ahead: tuple[SpecialDay, ...]
    changed_at: datetime | None
    changed_by: str | None


class CampusCalendars:
    """Keeps and tells calendars; forecasts, savings and anomalies ask here, and nowhere else, what a day is."""

    def __init__(self, store: CalendarStore, places: Places, *, clock: Callable[[], datetime]) -> None:
        self._store, self._places, self._clock = store, places, clock

    def of(self, campus: Campus) -> Calendar | None:
        """Return what is known of a campus's days; None where nothing is."""
        kept = self._store.find_calendar(campus.id)
        if kept is not None:
            return kept.calendar.known()
        return Calendar(country=campus.country) if campus.country else None

    def told(self, campus_id: CampusId) -> ToldCalendar:
        """Return a campus's calendar as people see it."""
        campus = self._places.campus(campus_id)
        kept = self._store.find_calendar(campus_id)
        calendar = CampusCalendar(country=campus.country or None) if kept is None else kept.calendar
        today = self._clock().astimezone(ZoneInfo(campus.time_zone)).date()
        return ToldCalendar(
            calendar=calendar, own=kept is not None, ahead=_special(calendar.known(), today),
            changed_at=None if kept is None else kept.changed_at, changed_by=None if kept is None else kept.changed_by,
        )  # fmt: skip

    def replace(self, campus_id: CampusId, calendar: CampusCalendar, who: str) -> ToldCalendar:
        """Keep a campus's own calendar; forecasts that are made from now on know it."""
        kept = KeptCalendar(calendar=calendar, changed_at=self._clock(), changed_by=who)
        self._store.put_calendar(campus_id, kept)
        return self.told(campus_id)

    def reset(self, campus_id: CampusId) -> ToldCalendar:
        """Forget a campus's own calendar: the public holidays of its map's country hold again."""
        self._places.campus(campus_id)
        self._store.remove_calendar(campus_id)
        return self.told(campus_id)


def _special(calendar: Calendar, today: date) -> tuple[SpecialDay, ...]:
    first = (today - EPOCH.date()).days
    days = days_of(calendar, first, SHOWN.days)
    found = []
    for n, (weekday, off) in enumerate(zip(days.weekday.tolist(), days.off.tolist(), strict=True)):
        if off != (weekday in calendar.weekend):
            kind = DayKind.OFF if off else DayKind.WORKED
            found.append(SpecialDay(day=today + timedelta(days=n), kind=kind))
    return tuple(found)
