"""Months, their days, weeks, thirds and edges, and seasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from yuanli.language.grounding.calendars import (
    Days,
    days_from,
    edge_of,
    month_of,
    nth_weekday,
    plus_months,
    quarter_of,
    week_of,
    year_of,
)
from yuanli.language.grounding.cycles import Groups, in_year, nearest, piece_of, shift_of, shifted, word_value
from yuanli.language.grounding.pieces import Cycle, DayPiece
from yuanli.language.grounding.spans import Anchor, Grain
from yuanli.language.grounding.tables import table

_SEASONS = {
    "spring": 3,
    "summer": 6,
    "autumn": 9,
    "fall": 9,
    "winter": 12,
    "春": 3,
    "夏": 6,
    "秋": 9,
    "冬": 12,
}


def month_number(groups: Groups, anchor: Anchor) -> int | None:
    """Return the number of the month that a match names, or None."""
    if "month" in groups:
        return int(groups["month"])
    return word_value("month", groups["monthword"], anchor) if "monthword" in groups else None


def named_month(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Return the month that is named by number, by word or from now; this month where none is."""
    if (month := month_number(groups, anchor)) is not None:
        return in_year(groups, anchor, lambda year: month_of(date(year, month, 1)), Grain.MONTH)
    rel = groups.get("rel") or groups.get("relunit") or groups.get("after")
    days = month_of(anchor.today, shift_of(rel) if rel else 0)
    return piece_of(days, Grain.MONTH, None if rel and rel.strip() != "the" else Cycle.MONTH)


def _in_month(
    groups: Groups, anchor: Anchor, pick: Callable[[Days], Days | None], grain: Grain
) -> DayPiece | None:
    """Return days of a named month, of a later or earlier one where the words fit several."""
    month = named_month(groups, anchor)
    if month is None or month.cycle is None:
        return month and piece_of(pick((month.start, month.end)), grain)
    at = month
    days = nearest(lambda step: pick(_bounds(shifted(at, step))), 0, anchor)
    return piece_of(days, grain, month.cycle)


def _bounds(piece: DayPiece) -> Days:
    return piece.start, piece.end


def month_nth(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read `the first Monday of April`; the fifth may be missing."""
    weekday = word_value("weekday", groups["weekday"], anchor)
    nth = -1 if "last" in groups else int(groups["nth"])

    def pick(month: Days) -> Days | None:
        day = nth_weekday(month[0].year, month[0].month, weekday, nth)
        return days_from(day) if day < month[1] else None

    return _in_month(groups, anchor, pick, Grain.DAY)


def month_last(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read `the last day of March`."""

    def pick(month: Days) -> Days:
        return month[1] - timedelta(days=1), month[1]

    return _in_month(groups, anchor, pick, Grain.DAY)


def month_week(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read `the second week of May`: days 8 to 14; the last week is the last seven days."""

    def pick(month: Days) -> Days | None:
        week = timedelta(days=7)
        first = month[1] - week if "last" in groups else month[0] + week * (int(groups["nth"]) - 1)
        return (first, min(first + week, month[1])) if month[0] <= first < month[1] else None

    return _in_month(groups, anchor, pick, Grain.WEEK)


def season(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read a season: spring is March to May."""
    month = _SEASONS[groups["season"]]
    return in_year(groups, anchor, lambda year: _months(year, month, 3), Grain.QUARTER)


def _months(year: int, month: int, count: int) -> Days:
    first = date(year, month, 1)
    return first, plus_months(first, count)


def month_part(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read 月初, 中旬, `late May`."""
    part = table("dates")[anchor.language]["words"]["part"][groups["part"]]
    return edged(_in_month(groups, anchor, lambda month: edge_of(month, part), Grain.DAY), part)


def edged(piece: DayPiece | None, part: str) -> DayPiece | None:
    """Mark days that are the end of something: 月底前 means until they are over."""
    at_end = part in ("end", "last_third")
    return piece and DayPiece(piece.start, piece.end, piece.grain, piece.cycle, at_end)


def edge(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read `the end of the month`, `early next week`, `end of year`."""
    unit = groups.get("unit", "month")
    if unit == "month":
        return month_part({"part": "end", **groups}, anchor)
    part = table("dates")["en"]["words"]["part"][groups.get("part", "end")]
    units = {"week": week_of, "year": year_of, "quarter": quarter_of}
    return edged(
        piece_of(edge_of(units[unit](anchor.today, shift_of(groups.get("relunit", ""))), part)), part
    )


def month_day(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read a numbered day of a named month."""
    day = int(groups["day"])
    return _in_month(groups, anchor, lambda month: days_from(month[0].replace(day=day)), Grain.DAY)


def day_of_month(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read 五号 and `the 5th`."""
    return monthday_piece(int(groups["day"]), anchor)


def monthday_piece(day: int, anchor: Anchor) -> DayPiece | None:
    """Return the nearest day of the month with a number, `五号`."""
    return month_day({"day": str(day)}, anchor)
