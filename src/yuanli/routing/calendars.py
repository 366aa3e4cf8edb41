"""When ways are open: opening hours and timed closures as intervals around a departure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import opening_hours

WINDOW_S = 36 * 3600.0
"""A calendar is evaluated once for so long."""


@dataclass(frozen=True, slots=True)
class Span:
    """The states of one calendar within a window: `open_[i]` holds from `starts_s[i]` (epoch seconds) on."""

    starts_s: tuple[float, ...]
    open_: tuple[bool, ...]

    def is_open(self, at_s: float) -> bool:
        """Tell whether it is open at a time within the window."""
        return self.open_[max(0, bisect_right(self.starts_s, at_s) - 1)]

    def changes_before(self, from_s: float, to_s: float) -> bool:
        """Tell whether the state changes after `from_s` and not after `to_s`."""
        return bisect_right(self.starts_s, from_s) != bisect_right(self.starts_s, to_s)

    def next_opening(self, at_s: float) -> float | None:
        """Return when it opens at or after a time, or None within the window."""
        if self.is_open(at_s):
            return at_s
        later = range(bisect_right(self.starts_s, at_s), len(self.starts_s))
        return next((self.starts_s[i] for i in later if self.open_[i]), None)


Calendar = Callable[[float], Span]
"""From a window's start in epoch seconds to its states."""


def time_zone_named(name: str) -> ZoneInfo:
    """Return a time zone, UTC where the name is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=4096)
def find_hours(text: str, zone: str, country: str) -> opening_hours.OpeningHours | None:
    """Return opening hours text (OpenStreetMap's syntax) in a time zone, or None where it can't be read."""
    where = time_zone_named(zone)
    try:
        return opening_hours.OpeningHours(text, timezone=where, country=country or None)
    except opening_hours.UnknownCountryError:  # type: ignore[attr-defined]
        return opening_hours.OpeningHours(text, timezone=where)
    except opening_hours.ParserError:  # type: ignore[attr-defined]
        return None


def is_open_at(text: str, at: datetime, *, zone: str, country: str) -> bool:
    """Tell whether opening hours are open at a time. Unreadable hours count as open."""
    hours = find_hours(text, zone, country)
    return hours is None or not hours.is_closed(at.astimezone(time_zone_named(zone)))


def next_opening_of(text: str, at: datetime, *, zone: str, country: str) -> datetime | None:
    """Return when closed hours open next, or None within two weeks."""
    hours = find_hours(text, zone, country)
    if hours is None:
        return None
    start = at.astimezone(time_zone_named(zone))
    for begin, _, state, _ in hours.intervals(start, start + timedelta(days=14)):
        if state != opening_hours.State.CLOSED:
            return max(begin, start)
    return None


def hours_calendar(text: str, *, zone: str, country: str) -> Calendar:
    """Return the calendar of opening hours; what is unknown or unreadable counts as open."""

    def span(from_s: float) -> Span:
        hours = find_hours(text, zone, country)
        if hours is None:
            return Span((from_s,), (True,))
        start = datetime.fromtimestamp(from_s, time_zone_named(zone))
        intervals = hours.intervals(start, start + timedelta(seconds=WINDOW_S))
        rows = [(begin.timestamp(), state != opening_hours.State.CLOSED) for begin, _, state, _ in intervals]
        if not rows:
            return Span((from_s,), (not hours.is_closed(start),))
        return Span(tuple(row[0] for row in rows), tuple(row[1] for row in rows))

    return span


def closure_calendar(starts_at: datetime | None, ends_at: datetime | None) -> Calendar:
    """Return the calendar of a closure: shut from its start to its end."""
    start_s = _seconds(starts_at) if starts_at else float("-inf")
    end_s = _seconds(ends_at) if ends_at else float("inf")

    def span(from_s: float) -> Span:
        edges = [from_s, *(edge for edge in (start_s, end_s) if from_s < edge <= from_s + WINDOW_S)]
        return Span(tuple(edges), tuple(not start_s <= edge < end_s for edge in edges))

    return span


def _seconds(at: datetime) -> float:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True, slots=True)
class Phase:
    """Which calendars are closed for the whole journey, and which change within it."""

    closed: frozenset[int]
    changing: frozenset[int]
    spans: Sequence[Span]


class Almanac:
    """The calendars of one campus, evaluated a window at a time and remembered by phase."""

    def __init__(self, calendars: Sequence[Calendar], horizon_s: float) -> None:
        self._calendars = calendars
        self._horizon_s = horizon_s
        self._window: tuple[float, float, Sequence[Span], list[float], dict[int, Phase]] | None = None

    def phase(self, at_s: float) -> Phase:
        """Return what is closed throughout, and what changes, from a departure to the horizon."""
        window = self._window
        if window is None or not window[0] <= at_s <= window[1]:
            start_s = at_s - at_s % 3600
            fresh = [calendar(start_s) for calendar in self._calendars]
            marks = sorted({start for span in fresh for start in span.starts_s})
            window = (start_s, start_s + WINDOW_S - self._horizon_s - 3600, fresh, marks, {})
            self._window = window
        _, _, spans, marks, phases = window
        k = bisect_right(marks, at_s)
        if k not in phases:
            low = marks[k - 1] if k else at_s
            high = min(marks[k] if k < len(marks) else at_s, at_s + WINDOW_S) + self._horizon_s
            changing = frozenset(i for i, span in enumerate(spans) if span.changes_before(low, high))
            shut = (i for i, span in enumerate(spans) if not span.is_open(at_s))
            phases[k] = Phase(frozenset(i for i in shut if i not in changing), changing, spans)
        return phases[k]
