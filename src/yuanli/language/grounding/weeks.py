"""Weeks, weekdays and weekends."""

from __future__ import annotations

from datetime import date, timedelta

from yuanli.language.grounding.calendars import Days, days_from, week_of
from yuanli.language.grounding.cycles import Groups, nearest, piece_of, shift_of, word_value
from yuanli.language.grounding.pieces import Cycle, DayPiece
from yuanli.language.grounding.spans import Anchor, Grain, Prefer


def weekend(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read a weekend: the one not over yet, or the one that 下 and `next` name."""
    rel = groups.get("rel") or groups.get("after")
    if rel and shift_of(rel):
        soon = anchor.language == "en" and "coming" in rel
        return piece_of(_weekend_of(0 if soon else shift_of(rel), anchor))
    days = nearest(lambda step: _weekend_of(step, anchor), 0, anchor)
    return piece_of(_weekend_of(0, anchor) if rel else days, Grain.DAY, None if rel else Cycle.WEEK)


def _weekend_of(weeks: int, anchor: Anchor) -> Days:
    monday = week_of(anchor.today, weeks)[0]
    return days_from(monday + timedelta(days=5), 2)


def weekday_days(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read a weekday, alone or in a week that is named."""
    weekday = word_value("weekday", groups["weekday"], anchor)
    rel = groups.get("rel")
    if (
        anchor.language == "en"
        and rel
        and (rel == "the" or "coming" in rel or shift_of(rel) < 0 or rel == "this")
    ):
        return piece_of(days_from(_named_weekday(rel, weekday, anchor)))
    weeks = groups.get("relweek") or groups.get("relafter") or rel
    if weeks and weeks != "the":
        return piece_of(days_from(week_of(anchor.today, shift_of(weeks))[0] + timedelta(days=weekday)))
    return piece_of(days_from(_near_weekday(weekday, anchor)), Grain.DAY, Cycle.WEEK)


def _near_weekday(weekday: int, anchor: Anchor) -> date:
    """Return the next such weekday, today included, or the last before today."""
    if anchor.prefer is Prefer.FUTURE:
        return anchor.today + timedelta(days=(weekday - anchor.today.weekday()) % 7)
    return anchor.today - timedelta(days=(anchor.today.weekday() - weekday - 1) % 7 + 1)


def _named_weekday(rel: str, weekday: int, anchor: Anchor) -> date:
    """Return the day of `this Friday`, `last Friday`, `the coming Friday`."""
    ahead = (weekday - anchor.today.weekday()) % 7
    if shift_of(rel) < 0:
        return anchor.today - timedelta(days=7 - ahead if ahead else 7)
    if "coming" in rel:
        return anchor.today + timedelta(days=ahead or 7)
    if rel == "this" and anchor.prefer is Prefer.PAST:
        return week_of(anchor.today)[0] + timedelta(days=weekday)
    return _near_weekday(weekday, anchor)


def week_from(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read `Friday week` and `a week on Friday`: seven days after the next one."""
    weekday = word_value("weekday", groups["weekday"], anchor)
    ahead = (weekday - anchor.today.weekday()) % 7
    return piece_of(days_from(anchor.today + timedelta(days=ahead + 7)))


def weekdays_away(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read `two Fridays ago`, `three Mondays from now`: the last or the next is the first of them."""
    weekday, count = word_value("weekday", groups["weekday"], anchor), int(groups["count"])
    if "ago" in groups:
        return piece_of(days_from(_named_weekday("last", weekday, anchor) - timedelta(days=7 * (count - 1))))
    return piece_of(days_from(_named_weekday("coming", weekday, anchor) + timedelta(days=7 * (count - 1))))


def week(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read a week that is named from this one."""
    rel = groups.get("rel") or groups.get("after") or ""
    return piece_of(week_of(anchor.today, shift_of(rel)), Grain.WEEK)
