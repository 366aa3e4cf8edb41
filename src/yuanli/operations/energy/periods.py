"""Periods by the clock of a place: days of 23 and 25 hours, weeks, months, and the same span earlier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.operations.energy.measuring import microseconds
from yuanli.telemetry import Times


class SpanError(InvalidInputError):
    """A span of time is empty, or holds more than is told at once."""


@unique
class Period(StrEnum):
    """How long a bucket is, on the clock of the place; weeks begin on Monday."""

    QUARTER = "quarter"
    """A quarter of an hour."""
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


LONGEST = {
    Period.QUARTER: timedelta(days=31), Period.HOUR: timedelta(days=400), Period.DAY: timedelta(days=1830),
    Period.WEEK: timedelta(days=3660), Period.MONTH: timedelta(days=3660),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """From a time until another, on the clock of a place."""

    start: datetime
    end: datetime

    def edges(self, every: Period, zone: ZoneInfo) -> Times:
        """Return where buckets begin and the last ends, in µs; the first and last are cut to the span."""
        inner = [edge for edge in _marks(self, every, zone) if self.start < edge < self.end]
        return np.array([microseconds(edge) for edge in (self.start, *inner, self.end)], np.int64)

    def before(self, zone: ZoneInfo) -> Span:
        """Return the span before: the month before of a whole month, else as many days or as long before."""
        start, end = self.start.astimezone(zone), self.end.astimezone(zone)
        if (
            _is_month(start)
            and _is_month(end)
            and (end.year, end.month) == _following(start.year, start.month)
        ):
            earlier = (start.replace(tzinfo=None) - timedelta(days=1)).replace(day=1)
            return Span(_at(earlier, zone), self.start)
        if _is_midnight(start) and _is_midnight(end):
            return self.earlier((end.date() - start.date()).days, zone)
        return Span(self.start - (self.end - self.start), self.start)

    def earlier(self, days: int, zone: ZoneInfo) -> Span:
        """Return the same span of the clock some days earlier."""
        return Span(*(shifted(time, days, zone) for time in (self.start, self.end)))

    def cut(self, now: datetime) -> Span:
        """Return what of the span is over."""
        return Span(self.start, max(min(self.end, now), self.start))


def span_of(start: datetime, end: datetime, every: Period) -> Span:
    """Return a span that is told by buckets.

    Raises
    ------
    SpanError
        It is empty, before 1970 or longer than is told at once.
    """
    if start >= end:
        raise SpanError(
            Text(f"起点 {start} 不早于终点 {end}。", f"The start {start} is not before the end {end}."),
            field="from",
            hint=Text("请给出先后两个时间。", "Give an earlier and a later time."),
        )
    if start.year < 1971 or end.year > 2199:
        raise SpanError(
            Text(f"{start} 至 {end} 超出 1971—2199 年。", f"{start} to {end} is not within 1971 and 2199."),
            field="from",
        )
    if end - start > LONGEST[every] + timedelta(days=1):
        most = LONGEST[every].days
        raise SpanError(
            Text(
                f"{(end - start).days} 天太长：按 {every} 一次最多 {most} 天。",
                f"{(end - start).days} days are too long: by {every} at most {most} days are told at once.",
            ),
            field="from",
            hint=Text("缩短时间段，或选更长的周期。", "Ask for less time, or for longer periods."),
        )
    return Span(start.astimezone(UTC), end.astimezone(UTC))


def shifted(time: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same time of the clock some days earlier."""
    return _at(time.astimezone(zone).replace(tzinfo=None) - timedelta(days=days), zone)


def today(now: datetime, zone: ZoneInfo) -> Span:
    """Return the day of a place's clock that a time is in."""
    day = now.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return Span(_at(day, zone), _at(day + timedelta(days=1), zone))


def _marks(span: Span, every: Period, zone: ZoneInfo) -> Iterator[datetime]:
    local = span.start.astimezone(zone).replace(tzinfo=None)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if every is Period.WEEK:
        day -= timedelta(days=day.weekday())
    elif every is Period.MONTH:
        day = day.replace(day=1)
    while (begin := _at(day, zone)) < span.end:
        following = _step(day, every)
        if every in (Period.QUARTER, Period.HOUR):
            step = timedelta(minutes=15 if every is Period.QUARTER else 60)
            last = _at(following, zone)
            while begin < last:
                yield begin
                begin += step
        else:
            yield begin
        day = following


def _step(day: datetime, every: Period) -> datetime:
    if every is Period.WEEK:
        return day + timedelta(days=7)
    if every is Period.MONTH:
        return (day + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=1)


def _at(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _is_midnight(time: datetime) -> bool:
    return (time.hour, time.minute, time.second, time.microsecond) == (0, 0, 0, 0)


def _is_month(time: datetime) -> bool:
    return time.day == 1 and _is_midnight(time)


def _following(year: int, month: int) -> tuple[int, int]:
    return (year + month // 12, month % 12 + 1)
