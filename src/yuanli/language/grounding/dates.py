"""The rules of dates: what a match of `dates.yaml` means, seen from now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from yuanli.language.grounding.calendars import (
    Days,
    days_from,
    edge_of,
    month_of,
    plus_months,
    quarter_of,
    week_of,
    year_of,
)
from yuanli.language.grounding.cycles import (
    Groups,
    in_year,
    nearest,
    piece_of,
    shift_of,
    word_value,
    year_said,
)
from yuanli.language.grounding.holidays import feast_names, find_feast
from yuanli.language.grounding.months import (
    day_of_month,
    edge,
    edged,
    month_day,
    month_last,
    month_nth,
    month_number,
    month_part,
    month_week,
    named_month,
    season,
)
from yuanli.language.grounding.pieces import DayPiece, SpanPiece
from yuanli.language.grounding.spans import Anchor, Grain, Prefer
from yuanli.language.grounding.tables import WORD_END, alternatives, expanded, table
from yuanli.language.grounding.weeks import week, week_from, weekday_days, weekdays_away, weekend

_NEAR_DAYS = 7
"""How long 最近 and `recently` reach."""
_CERTAIN = frozenset(
    {"date", "day_of_month", "month", "month_day", "month_nth", "month_week", "no_weekday", "quarter"}
)
"""The rules whose words are a date even if the calendar has no such day."""
_SOON_S = 3600.0
"""How soon 待会儿 and `soon` are, in seconds."""


@cache
def date_rules(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the rules of dates in the order they are tried, the names of feasts put in."""
    document = table("dates")[language]
    parts = dict(document["parts"]) | {f"{k}_words": alternatives(w) for k, w in document["words"].items()}
    parts["feast_words"] = alternatives(list(feast_names(language)))
    end = WORD_END if language == "en" else ""
    return tuple(
        (kind, re.compile(f"(?:{expanded(pattern, parts)}){end}"))
        for row in document["rules"]
        for kind, patterns in row.items()
        for pattern in patterns
    )


def find_days(kind: str, match: re.Match[str], anchor: Anchor) -> DayPiece | SpanPiece | None:
    """Return what a match of one of the rules means; None where no such day exists."""
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    return _KINDS[kind](groups, anchor)


def _date(groups: Groups, anchor: Anchor) -> DayPiece | None:
    month, day = month_number(groups, anchor) or 0, int(groups["day"])
    if "either" in groups and month > 12 >= day:
        month, day = day, month
    return in_year(groups, anchor, lambda year: days_from(date(year, month, day)), Grain.DAY)


def is_certain_date(kind: str, match: re.Match[str]) -> bool:
    """Whether words that are no day can be nothing else: 2月30日, `Feb 30`, 45号; 26.5 may be a number."""
    return kind in _CERTAIN and not (
        match.groupdict().get("either") == "." and match.group()[-1] not in "日号"
    )


def _none(_: Groups, __: Anchor) -> None:
    """Read 星期八: there is none."""


def _feast(groups: Groups, anchor: Anchor) -> DayPiece | None:
    index = feast_names(anchor.language)[groups["feast"]]
    named = {"relmonth": groups["relunit"]} if "relunit" in groups else {}
    return in_year({**groups, **named}, anchor, lambda year: find_feast(index, year), Grain.DAY)


def _quarter(groups: Groups, anchor: Anchor) -> DayPiece | None:
    number = groups.get("quarter") or groups.get("q") or groups.get("nthq")
    if number is None:
        return piece_of(quarter_of(anchor.today, shift_of(groups.get("rel", ""))), Grain.QUARTER)
    month = 3 * int(number) - 2
    return in_year(groups, anchor, lambda year: quarter_of(date(year, month, 1)), Grain.QUARTER)


def _half_year(groups: Groups, anchor: Anchor) -> DayPiece | None:
    month = 1 if groups.get("half") == "上" or groups.get("nthhalf") == "1" else 7
    year = year_said(groups, anchor) or anchor.today.year
    start = date(year, month, 1)
    return piece_of((start, plus_months(start, 6)), Grain.QUARTER)


def _year_span(groups: Groups, anchor: Anchor) -> DayPiece | None:
    year = year_said(groups, anchor)
    if year is not None:
        return piece_of(year_of(date(year, 1, 1)), Grain.YEAR)
    return piece_of(year_of(anchor.today, shift_of(groups["rel"])), Grain.YEAR)


def _year_part(groups: Groups, anchor: Anchor) -> DayPiece | None:
    part = table("dates")["zh"]["words"]["part"][groups["part"]]
    year = year_said(groups, anchor)
    if year is not None:
        return edged(piece_of(edge_of(year_of(date(year, 1, 1)), part)), part)
    return edged(
        piece_of(nearest(lambda y: edge_of(year_of(date(y, 1, 1)), part), anchor.today.year, anchor)), part
    )


def _feast_beside(groups: Groups, anchor: Anchor) -> DayPiece | None:
    """Read `the day before Christmas`, 国庆后三天: one day so far from the feast."""
    feast = _feast(groups, anchor)
    if feast is None:
        return None
    days = int(groups.get("days", 1))
    before = groups["side"] in ("前", "before")
    return piece_of(
        days_from(feast.start - timedelta(days=days) if before else feast.end + timedelta(days=days - 1))
    )


def _day(groups: Groups, anchor: Anchor) -> DayPiece | None:
    if "next" in groups:
        return piece_of(days_from(anchor.today + timedelta(days=1)))
    name = "day" if "day" in groups else "short_day"
    days = word_value(name, groups.get("day") or groups["short"], anchor)
    return piece_of(days_from(anchor.today + timedelta(days=days)))


def _vague(groups: Groups, anchor: Anchor) -> DayPiece | SpanPiece | None:
    if "both" in groups:
        return piece_of(days_from(anchor.today + timedelta(days=1), 2))
    if "two" in groups:
        return piece_of(days_from(anchor.today, 2))
    if "soon" in groups:
        return SpanPiece(anchor.now, anchor.plus_s(_SOON_S), Grain.HOUR)
    if "later" in groups:
        return piece_of(days_from(anchor.today + timedelta(days=2), 2))
    if anchor.prefer is Prefer.FUTURE:
        return SpanPiece(anchor.now, anchor.at(anchor.today + timedelta(days=_NEAR_DAYS)), Grain.DAY)
    return SpanPiece(anchor.at(anchor.today - timedelta(days=_NEAR_DAYS)), anchor.now, Grain.DAY)


def _now(_: Groups, anchor: Anchor) -> SpanPiece:
    return SpanPiece(anchor.now, anchor.now, Grain.MINUTE)


def _to_date(groups: Groups, anchor: Anchor) -> SpanPiece:
    (start, _), grain = _current(groups["unit"], anchor)
    return SpanPiece(anchor.at(start), anchor.now, grain)


def _rest(groups: Groups, anchor: Anchor) -> SpanPiece:
    (_, end), grain = _current(groups["unit"], anchor)
    return SpanPiece(anchor.now, anchor.at(end), grain)


def _current(unit: str, anchor: Anchor) -> tuple[Days, Grain]:
    """Return the day, week, month or year of now by its name in either language."""
    if "周" in unit or unit == "week":
        return week_of(anchor.today), Grain.WEEK
    if "月" in unit or unit == "month":
        return month_of(anchor.today), Grain.MONTH
    if "天" in unit or "day" in unit:
        return days_from(anchor.today), Grain.DAY
    return year_of(anchor.today), Grain.YEAR


_KINDS: Mapping[str, Callable[[Groups, Anchor], DayPiece | SpanPiece | None]] = MappingProxyType(
    {
        "date": _date,
        "day": _day,
        "day_of_month": day_of_month,
        "edge": edge,
        "feast": _feast,
        "feast_beside": _feast_beside,
        "half_year": _half_year,
        "month": named_month,
        "month_day": month_day,
        "month_last": month_last,
        "month_nth": month_nth,
        "month_part": month_part,
        "month_week": month_week,
        "no_weekday": _none,
        "now": _now,
        "quarter": _quarter,
        "rest": _rest,
        "season": season,
        "to_date": _to_date,
        "vague": _vague,
        "week": week,
        "week_from": week_from,
        "weekday": weekday_days,
        "weekdays_away": weekdays_away,
        "weekend": weekend,
        "year": _year_span,
        "year_part": _year_part,
    }
)
