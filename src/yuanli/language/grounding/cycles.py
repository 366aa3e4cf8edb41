"""Words that fit many days: the nearest that is meant, and the same words some cycles on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from yuanli.language.grounding.calendars import Days, plus_months
from yuanli.language.grounding.pieces import Cycle, DayPiece
from yuanli.language.grounding.spans import Anchor, Grain, Prefer
from yuanli.language.grounding.tables import table

Groups = Mapping[str, str]
"""The named groups of a match that took part in it."""
_SHIFTS = {"next next": 2, "next": 1, "this coming": 1, "coming": 1, "upcoming": 1, "following": 1, "last": -1,
           "past": -1, "previous": -1, "prior": -1, "after next": 2, "before last": -2, "次": 1}  # fmt: skip


def shifted(piece: DayPiece, cycles: int) -> DayPiece:
    """Return the days that the same words mean some cycles later."""
    if piece.cycle is Cycle.WEEK:
        start = piece.start + timedelta(days=7 * cycles)
        return DayPiece(start, start + (piece.end - piece.start), piece.grain, piece.cycle, piece.edge)
    months = cycles * (12 if piece.cycle is Cycle.YEAR else 1)
    start = plus_months(piece.start, months)
    end = start + (piece.end - piece.start) if piece.grain is Grain.DAY else plus_months(piece.end, months)
    return DayPiece(start, end, piece.grain, piece.cycle, piece.edge)


def word_value(name: str, text: str, anchor: Anchor) -> int:
    """Return what a word of the table of dates stands for: 0 for Monday, -1 for 昨天."""
    return int(table("dates")[anchor.language]["words"][name][text])


def shift_of(text: str) -> int:
    """How many weeks, months or years on: 下下 is 2, `last` is -1."""
    text = text.strip()
    return _SHIFTS[text] if text in _SHIFTS else text.count("下") - text.count("上")


def year_said(groups: Groups, anchor: Anchor) -> int | None:
    """Return the year that a match names, by number or from now, or None."""
    if "year" in groups:
        return int(groups["year"]) if len(groups["year"]) == 4 else 2000 + int(groups["year"])
    if "yearword" not in groups:
        return None
    word = groups["yearword"]
    return anchor.today.year + (
        shift_of(word.split()[0]) if anchor.language == "en" else word_value("year", word, anchor)
    )


def nearest(make: Callable[[int], Days | None], base: int, anchor: Anchor) -> Days | None:
    """Return the first days that are not over, or the last that have begun where the past is preferred."""
    found = [days for step in range(base - 3, base + 5) if (days := made(make, step))]
    if anchor.prefer is Prefer.FUTURE:
        return next((days for days in found if days[1] > anchor.today), None)
    return next((days for days in reversed(found) if days[0] <= anchor.today), None)


def made(make: Callable[[int], Days | None], step: int) -> Days | None:
    """Return the days of one cycle, or None where it has no such day: 31 April, 29 February."""
    try:
        return make(step)
    except ValueError:
        return None


def piece_of(days: Days | None, grain: Grain = Grain.DAY, cycle: Cycle | None = None) -> DayPiece | None:
    """Return days as a piece, or None for none."""
    return DayPiece(*days, grain, cycle) if days else None


def in_year(
    groups: Groups, anchor: Anchor, make: Callable[[int], Days | None], grain: Grain
) -> DayPiece | None:
    """Return days of the year that was said, or of the nearest year."""
    year = year_said(groups, anchor)
    if year is None and "relmonth" in groups:
        year = _year_of_named(groups["relmonth"], make, anchor)
    if year is not None:
        return piece_of(made(make, year), grain)
    return piece_of(nearest(make, anchor.today.year, anchor), grain, Cycle.YEAR)


def _year_of_named(rel: str, make: Callable[[int], Days | None], anchor: Anchor) -> int:
    """Return the year of `last January`: the latest that is over; of `next January`: the first to come."""
    year = anchor.today.year
    days = made(make, year)
    if rel == "last":
        return year if days and days[1] <= anchor.today else year - 1
    return year if days and days[0] > anchor.today else year + (rel == "next")
