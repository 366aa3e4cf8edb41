"""Lengths of time told from now: 半小时后, the past six months, within two hours."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache

from yuanli.language.grounding.calendars import plus_months
from yuanli.language.grounding.durations import Amount, amount_at
from yuanli.language.grounding.pieces import DayPiece, SpanPiece
from yuanli.language.grounding.spans import Anchor, Grain, Prefer
from yuanli.language.grounding.tables import table

Found = tuple[DayPiece | SpanPiece, int]


def window_at(text: str, position: int, anchor: Anchor) -> Found | None:
    """Return the time told from now that starts at a position of a folded text with digits, and its end."""
    for kind, before, after, bare in _rules(anchor.language):
        if not (opened := before.match(text, position)):
            continue
        amount = amount_at(text, opened.end(), anchor.language)
        if amount is None and bare is not None and (opened := bare.match(text, position)):
            amount = amount_at(
                f"{text[: opened.end()]}1 {text[opened.end() :]}", opened.end(), anchor.language
            )
            amount = amount and (amount[0], amount[1] - 2)
        if amount and (closed := after.match(text, amount[1])):
            tomorrow = "day" in after.groupindex and closed["day"] == "tomorrow"
            return _piece(kind, amount[0], anchor, int(tomorrow)), closed.end()
    return None


@cache
def _rules(language: str) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str], re.Pattern[str] | None], ...]:
    end = "(?![a-z])" if language == "en" else ""
    return tuple(
        (
            row["kind"],
            re.compile(row.get("before", "")),
            re.compile(row.get("after", "") + end),
            re.compile(row["bare"]) if "bare" in row else None,
        )
        for row in table("windows")[language]
    )


def _piece(kind: str, amount: Amount, anchor: Anchor, days_on: int) -> DayPiece | SpanPiece:
    if kind == "within":
        kind = "future" if anchor.prefer is Prefer.FUTURE else "past"
    if kind == "past":
        return _past(amount, anchor)
    if kind == "future":
        return _future(amount, anchor)
    sign = -1 if kind == "ago" else 1
    if not amount.to_the_day:
        at = anchor.plus_s(sign * amount.total_s)
        return SpanPiece(at, at, Grain.MINUTE)
    day = plus_months(anchor.today, sign * amount.months) + timedelta(seconds=sign * amount.seconds)
    return DayPiece(day + timedelta(days=days_on), day + timedelta(days=days_on + 1))


def _past(amount: Amount, anchor: Anchor) -> SpanPiece:
    if not amount.to_the_day:
        return SpanPiece(anchor.plus_s(-amount.total_s), anchor.now, Grain.HOUR)
    day = plus_months(anchor.today, -amount.months) - timedelta(seconds=amount.seconds)
    return SpanPiece(anchor.at(day), anchor.now, Grain.DAY)


def _future(amount: Amount, anchor: Anchor) -> SpanPiece:
    if not amount.to_the_day:
        return SpanPiece(anchor.now, anchor.plus_s(amount.total_s), Grain.HOUR)
    day = plus_months(anchor.today, amount.months) + timedelta(seconds=amount.seconds)
    return SpanPiece(anchor.now, anchor.at(day), Grain.DAY)
