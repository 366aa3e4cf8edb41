"""One side of a time: the day, the clock time, the part of the day it names, and what they mean together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from yuanli.language.grounding.clocks import DAY, NOON, read_in_part, readings
from yuanli.language.grounding.cycles import shifted
from yuanli.language.grounding.months import monthday_piece
from yuanli.language.grounding.pieces import (
    ClockPiece,
    Cycle,
    DayPiece,
    PartPiece,
    PastHourPiece,
    Piece,
    SpanPiece,
    Word,
    WordPiece,
)
from yuanli.language.grounding.spans import Anchor, Grain, Prefer, TimeSpan

_WIDE = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)


@dataclass(frozen=True, slots=True)
class Side:
    """What stands before or after `到`: at most one of each kind."""

    day: DayPiece | None = None
    part: PartPiece | None = None
    clock: ClockPiece | None = None
    past_hour: PastHourPiece | None = None
    span: SpanPiece | None = None
    words: frozenset[Word] = frozenset()

    @property
    def says_something(self) -> bool:
        """Whether a time is named, not only words between times."""
        return any((self.day, self.part, self.clock, self.past_hour, self.span))


def side_of(pieces: Iterable[Piece], anchor: Anchor) -> Side:
    """Gather the pieces of one side; of two of a kind the one that says more stands."""
    side = Side()
    for piece in pieces:
        if isinstance(piece, WordPiece):
            side = replace(side, words=side.words | {piece.word})
        elif isinstance(piece, DayPiece):
            side = replace(side, day=_narrower(side.day, piece) if side.day else piece)
        elif isinstance(piece, PartPiece):
            side = replace(side, part=_shorter(side.part, piece))
        elif isinstance(piece, ClockPiece):
            side = replace(side, clock=_likelier(side.clock, piece))
        elif isinstance(piece, PastHourPiece):
            side = replace(side, past_hour=side.past_hour or piece)
        elif isinstance(piece, SpanPiece):
            side = replace(
                side, span=piece if side.span is None or side.span.end == anchor.now else side.span
            )
    return side


def _shorter(first: PartPiece | None, second: PartPiece) -> PartPiece:
    return second if first is None or second.end - second.start < first.end - first.start else first


def _likelier(first: ClockPiece | None, second: ClockPiece) -> ClockPiece:
    return second if first is None or (first.bare and not second.bare) else first


def _narrower(first: DayPiece, second: DayPiece) -> DayPiece:
    """Return the day that `下周 周三`, `明年 国庆`, `周五 3月6日` mean together."""
    wide, narrow = (first, second) if _length(first) >= _length(second) else (second, first)
    if wide.grain in _WIDE and narrow.cycle is not None:
        return replace(on_or_after(narrow, wide.start), cycle=None)
    if wide.grain is narrow.grain:
        return first if second.cycle is Cycle.WEEK or first.cycle is not Cycle.WEEK else second
    return narrow


def _length(piece: DayPiece) -> timedelta:
    return piece.end - piece.start


def on_or_after(piece: DayPiece, day: date) -> DayPiece:
    """Return the first days with the same words that start on a day or later."""
    if piece.cycle is None:
        return piece
    at = shifted(piece, 0)
    steps = range(-60, 61) if abs((day - at.start).days) < 420 else range(-600, 601)
    found = (shifted(piece, step) for step in steps)
    return next((days for days in found if days.start >= day), piece)


def with_day_of_month(side: Side, anchor: Anchor) -> Side:
    """Read the bare number of a side as a day of the month: the 3 of `3-5号`."""
    if side.clock is None or not side.clock.bare:
        return side
    return replace(side, clock=None, day=monthday_piece(side.clock.minute // 60, anchor))


def resolved(side: Side, anchor: Anchor, *, not_before: datetime | None = None) -> TimeSpan | None:
    """Return what a side means without its comparators; `not_before` is the start of a range it ends."""
    if side.span is not None and not (side.span.end == anchor.now and (side.clock or side.part)):
        return TimeSpan(start=side.span.start, end=side.span.end, grain=side.span.grain)
    if side.past_hour is not None:
        return _instant(_next_past_hour(side.past_hour.minute, anchor))
    if side.clock is not None:
        return _instant(_clock_time(side, side.clock, anchor, not_before))
    if side.part is not None and not (side.day and side.day.grain in _WIDE):
        return _part_of_day(side, side.part, anchor)
    if side.day is None:
        return None
    return TimeSpan(start=anchor.at(side.day.start), end=anchor.at(side.day.end), grain=side.day.grain)


def _instant(at: datetime | None) -> TimeSpan | None:
    return TimeSpan(start=at, end=at, grain=Grain.MINUTE) if at else None


def _next_past_hour(minute: int, anchor: Anchor) -> datetime:
    at = anchor.at(anchor.today, anchor.now.hour * 60 + minute)
    ahead = at > anchor.now
    if anchor.prefer is Prefer.FUTURE:
        return at if ahead else anchor.at(anchor.today, anchor.now.hour * 60 + minute + 60)
    return at if not ahead else anchor.at(anchor.today, anchor.now.hour * 60 + minute - 60)


def _minutes(side: Side, clock: ClockPiece) -> tuple[int, ...]:
    if side.part is not None and not clock.meridiem:
        return (read_in_part(clock.minute, side.part.reads),)
    return readings(clock)


def _clock_time(
    side: Side, clock: ClockPiece, anchor: Anchor, not_before: datetime | None
) -> datetime | None:
    if not_before is not None and side.day is None:
        return _clock_after(side, clock, anchor, not_before)
    minutes = _minutes(side, clock)
    if side.day is not None:
        return _on_day(side.day, minutes, anchor, not_before)
    days = range(-1, 3) if anchor.prefer is Prefer.FUTURE else range(-2, 2)
    times = sorted(
        anchor.at(anchor.today + timedelta(days=day), minute) for day in days for minute in minutes
    )
    if anchor.prefer is Prefer.FUTURE:
        return next((at for at in times if at >= anchor.now), None)
    return next((at for at in reversed(times) if at <= anchor.now), None)


def _on_day(day: DayPiece, minutes: Sequence[int], anchor: Anchor, not_before: datetime | None) -> datetime:
    """Return the clock time on a day; of two readings the one to come, and the next cycle if it is over."""
    earliest = not_before or anchor.now
    times = [anchor.at(day.start, minute) for minute in minutes]
    if day.start == anchor.today and anchor.prefer is Prefer.FUTURE and not_before is None:
        times = [at for at in times if at >= anchor.now] or times
    if not_before is not None:
        times = [at for at in times if at >= not_before] or times
    if times[0] < earliest and day.cycle is not None and anchor.prefer is Prefer.FUTURE:
        return anchor.at(shifted(day, 1).start, minutes[0])
    return times[0]


def _clock_after(side: Side, clock: ClockPiece, anchor: Anchor, start: datetime) -> datetime:
    """Return the end of a range: the first time after its start that the clock can mean."""
    if side.part is not None and not clock.meridiem:
        minutes: tuple[int, ...] = (read_in_part(clock.minute, side.part.reads),)
    elif clock.exact:
        minutes = (clock.minute,)
    else:
        minutes = (clock.minute % NOON, clock.minute % NOON + NOON)
    times = [anchor.at(start.date(), minute + day) for day in (-DAY, 0, DAY) for minute in minutes]
    return min(at for at in times if at > start)


def _part_of_day(side: Side, part: PartPiece, anchor: Anchor) -> TimeSpan:
    if side.day is not None and side.day.grain is Grain.DAY:
        span = _part_on(side.day.start, part, anchor)
        over = span.end <= anchor.now and anchor.prefer is Prefer.FUTURE and side.day.cycle is not None
        return _part_on(shifted(side.day, 1).start, part, anchor) if over else span
    spans = [_part_on(anchor.today + timedelta(days=day), part, anchor) for day in (-1, 0, 1)]
    if anchor.prefer is Prefer.FUTURE:
        after = [span for span in spans if span.end > anchor.now or span.start >= anchor.now]
        return after[0]
    return [span for span in spans if span.start <= anchor.now][-1]


def _part_on(day: date, part: PartPiece, anchor: Anchor) -> TimeSpan:
    grain = Grain.MINUTE if part.start == part.end else Grain.PART
    return TimeSpan(start=anchor.at(day, part.start), end=anchor.at(day, part.end), grain=grain)
