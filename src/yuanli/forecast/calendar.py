"""What kind of day it is: workday, weekend, public holiday, term, event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text

EPOCH = date(1970, 1, 1).toordinal()
FRIDAY, SUNDAY = 4, 6
FAR_D = 10
"""Days to the next holiday are not told apart beyond this."""


class InvalidCalendarError(InvalidInputError):
    """A country, a span or a day that a calendar can't hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What is known of days ahead.

    Parameters
    ----------
    country, region
        ISO 3166 codes of whose public holidays hold, such as `CN` or `GB` and `ENG`; without a country there are none.
    weekend
        Weekdays without work, Monday is 0.
    holidays, workdays
        Days off and days of work beside those, such as a campus's closures and 调休 days; workdays win.
    spans
        Named spans of days, last day included, such as `{"term": ((date(2026, 9, 1), date(2027, 1, 15)),)}`. Each name
        is one thing a model can learn from.
    """

    country: str | None = None
    region: str | None = None
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    spans: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, spans in self.spans.items():
            for first, last in spans:
                if last < first:
                    raise InvalidCalendarError(
                        Text(f"“{name}”的 {last} 早于 {first}。", f"{name!r} ends on {last}, before {first}."),
                        field="spans",
                        hint=Text("先写开始日。", "Give the first day first."),
                    )  # fmt: skip
        if self.country is not None:
            _public(self.country, self.region, 2024)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days:
    """Days in a row; columns of one length `n_days`.

    Parameters
    ----------
    first
        The first day, in days since 1970-01-01.
    weekday
        Monday is 0.
    alike
        The weekday whose habits the day has: its own, Sunday's on a holiday, Friday's on a weekend that is worked.
    off, holiday
        No work; a holiday that falls on any day.
    since, until
        Days since the last and until the next holiday, at most `FAR_D`.
    run
        How many days off, or of work, stand together.
    spans
        Shape `(n_spans, n_days)`: 1 where a span holds.
    names
        What the spans are called.
    """

    first: int
    weekday: NDArray[np.int64]
    alike: NDArray[np.int64]
    off: NDArray[np.bool_]
    holiday: NDArray[np.bool_]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    run: NDArray[np.int64]
    year_day: NDArray[np.int64]
    spans: NDArray[np.int64]
    names: tuple[str, ...]


def days_of(calendar: Calendar, first: int, n_days: int) -> Days:
    """Return the days that begin with `first`, in days since 1970-01-01."""
    margin = FAR_D + 4
    dates = [date.fromordinal(EPOCH + first + i) for i in range(-margin, n_days + margin)]
    free, busy = _exceptions(calendar, dates[0].year, dates[-1].year)
    weekday = np.array([d.weekday() for d in dates], dtype=np.int64)
    holiday = np.array([d in free for d in dates])
    worked = np.array([d in busy for d in dates])
    weekend = np.isin(weekday, sorted(calendar.weekend))
    off = (weekend | holiday) & ~worked
    alike = np.where(holiday & off, SUNDAY, np.where(worked & weekend, FRIDAY, weekday))
    since, until = _distances(holiday)
    inner = slice(margin, margin + n_days)
    spans = [[any(a <= d <= b for a, b in held) for d in dates[inner]] for held in calendar.spans.values()]
    return Days(
        first=first,
        weekday=weekday[inner],
        alike=alike[inner],
        off=off[inner],
        holiday=(holiday & off)[inner],
        since=since[inner],
        until=until[inner],
        run=_runs(off)[inner],
        year_day=np.array([d.timetuple().tm_yday for d in dates[inner]], dtype=np.int64),
        spans=np.array(spans, dtype=np.int64).reshape(len(calendar.spans), n_days),
        names=tuple(calendar.spans),
    )


def _exceptions(calendar: Calendar, first_year: int, last_year: int) -> tuple[set[date], set[date]]:
    """Return days off and days of work that weekdays don't tell of."""
    free, busy = set(calendar.holidays), set(calendar.workdays)
    if calendar.country is not None:
        for year in range(first_year, last_year + 1):
            off, on = _public(calendar.country, calendar.region, year)
            free |= off
            busy |= on - calendar.holidays
    return free - busy, busy


@lru_cache(maxsize=256)
def _public(country: str, region: str | None, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return public holidays and the weekends worked for them, by the `holidays` library.

    It loads a country's rules when it is asked for them, and does not know 调休 that are not announced yet.
    """
    import holidays

    try:
        found = holidays.country_holidays(country, subdiv=region, years=year)
    except NotImplementedError as error:
        raise InvalidCalendarError(
            Text(f"没有“{country}/{region}”的公共假日。", f"No holidays are known of {country!r}, {region!r}."),
            field="country",
            hint=Text("用 ISO 3166 代码，例如 CN。", "Use ISO 3166 codes such as CN; or give the days as `holidays`."),
        ) from error  # fmt: skip
    worked = {day for day in getattr(found, "weekend_workdays", ()) if day.year == year}
    return frozenset(found), frozenset(worked)


def _distances(holiday: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    since, until = (np.full(len(holiday), FAR_D, dtype=np.int64) for _ in range(2))
    for day in np.flatnonzero(holiday):
        ahead = np.arange(len(holiday)) - day
        since = np.where(ahead >= 0, np.minimum(since, ahead), since)
        until = np.where(ahead <= 0, np.minimum(until, -ahead), until)
    return since, until


def _runs(off: NDArray[np.bool_]) -> NDArray[np.int64]:
    edges = np.flatnonzero(np.diff(off.astype(np.int8))) + 1
    lengths = np.diff(np.concatenate([[0], edges, [len(off)]]))
    return np.repeat(lengths, lengths).astype(np.int64)
