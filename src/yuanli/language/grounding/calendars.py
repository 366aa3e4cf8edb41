"""Arithmetic on the calendar: weeks from Monday, months, quarters, years, as half-open pairs of days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

Days = tuple[date, date]
MONTH_EDGE_DAYS = 5
"""How many days `月初` and `月底`, the start and the end of a month, last."""


def days_from(day: date, count: int = 1) -> Days:
    """Return `count` days from a day on."""
    return day, day + timedelta(days=count)


def week_of(day: date, shift: int = 0) -> Days:
    """Return the week of a day, from Monday, `shift` weeks on."""
    return days_from(day + timedelta(days=7 * shift - day.weekday()), 7)


def month_of(day: date, shift: int = 0) -> Days:
    """Return the month of a day, `shift` months on."""
    first = plus_months(day.replace(day=1), shift)
    return first, plus_months(first, 1)


def quarter_of(day: date, shift: int = 0) -> Days:
    """Return the quarter of a day, `shift` quarters on."""
    first = plus_months(date(day.year, day.month - (day.month - 1) % 3, 1), 3 * shift)
    return first, plus_months(first, 3)


def year_of(day: date, shift: int = 0) -> Days:
    """Return the year of a day, `shift` years on."""
    return date(day.year + shift, 1, 1), date(day.year + shift + 1, 1, 1)


def plus_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """Return the nth weekday (Monday is 0) of a month, counted from its end where `nth` is negative."""
    first, end = month_of(date(year, month, 1))
    if nth < 0:
        last = end - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def edge_of(days: Days, part: str) -> Days:
    """Return the start, middle or end of a month, or of a year or another longer span.

    `start` and `end` of a month are five days; a week's are two; a longer span's are a month, but a
    year's end its last five days. `first_third`, `middle` and `last_third` are the 旬: 1–10, 11–20, 21–.
    """
    start, end = days
    length = (end - start).days
    if part in ("first_third", "middle", "last_third") and 28 <= length <= 31:
        tenth, twentieth = start + timedelta(days=10), start + timedelta(days=20)
        return {"first_third": (start, tenth), "middle": (tenth, twentieth), "last_third": (twentieth, end)}[
            part
        ]
    if part == "middle":
        third = timedelta(days=length // 3)
        return start + third, end - third
    edge = timedelta(days=2 if length <= 7 else MONTH_EDGE_DAYS if length <= 31 or part == "end" else 31)
    return (start, start + edge) if part in ("start", "first_third") else (end - edge, end)
