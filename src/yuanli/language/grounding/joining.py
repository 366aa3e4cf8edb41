"""Two sides to a range, and comparators to open spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from yuanli.language.grounding.clocks import NOON
from yuanli.language.grounding.pieces import ClockPiece, DayPiece, Piece, Word, WordPiece
from yuanli.language.grounding.sides import Side, on_or_after, resolved, side_of, with_day_of_month
from yuanli.language.grounding.spans import Anchor, Grain, Prefer, TimeSpan

_OPEN_DAYS = 7
"""How far a span of whole days reaches on its open side."""
_FIRST_OF_DAY = 7 * 60
"""From this minute on, the start of a range to a time on the 24-hour clock is on that clock too: 8:00-18:00."""
_JOINTS = (Word.TO, Word.UNTIL)


def joined_sides(pieces: Sequence[Piece], anchor: Anchor) -> TimeSpan | None:
    """Return the span that all pieces of an utterance mean, or None where they name no time."""
    left, right = _parted(pieces, anchor)
    if right is None:
        span = resolved(left, anchor)
        return span and _compared(span, left, anchor)
    left, right = _completed(left, right, anchor)
    start = resolved(left, anchor)
    if start is None:
        return None
    if right.day is not None and left.day is not None:
        right = replace(right, day=on_or_after(right.day, left.day.start))
    end = resolved(right, anchor, not_before=start.start)
    return end and _between(start, end)


def _parted(pieces: Sequence[Piece], anchor: Anchor) -> tuple[Side, Side | None]:
    """Part the pieces at the first joint that has times on both sides, or between two clock times."""
    for index, piece in enumerate(pieces):
        if isinstance(piece, WordPiece) and piece.word in _JOINTS:
            left, right = side_of(pieces[:index], anchor), side_of(pieces[index + 1 :], anchor)
            if left.says_something and right.says_something and not _only_day(left, piece.word):
                return left, right
    clocks = [index for index, piece in enumerate(pieces) if isinstance(piece, ClockPiece) and not piece.bare]
    words = any(isinstance(piece, WordPiece) for piece in pieces)
    if len(clocks) == 2 and not words and clocks[1] > clocks[0]:
        return side_of(pieces[: clocks[0] + 1], anchor), side_of(pieces[clocks[0] + 1 :], anchor)
    whole = side_of([_without_joint(piece) for piece in pieces], anchor)
    return whole, None


def _only_day(left: Side, word: Word) -> bool:
    """Whether a bound stands between a day and its clock time: `tomorrow until two`."""
    return word is Word.UNTIL and left.clock is None


def _without_joint(piece: Piece) -> Piece:
    """Read a joint with nothing before it as a bound: `到五点`."""
    bounds = {WordPiece(Word.TO): WordPiece(Word.BY), WordPiece(Word.UNTIL): WordPiece(Word.BEFORE)}
    return bounds.get(piece, piece) if isinstance(piece, WordPiece) else piece


def _completed(left: Side, right: Side, anchor: Anchor) -> tuple[Side, Side]:
    """Give each side what only the other says: the day, the morning or the afternoon."""
    left, right = _numbers_read(left, right, anchor)
    if right.day is not None and left.day is None and left.clock is not None:
        return _halves_matched(replace(left, day=right.day), right)
    return _halves_matched(left, right)


def _numbers_read(left: Side, right: Side, anchor: Anchor) -> tuple[Side, Side]:
    clockless = not (left.part or right.part)
    if right.day is not None and right.clock is None and left.day is None and clockless and right.day.cycle:
        left = with_day_of_month(left, anchor)
        if left.day is not None:
            month_end = right.day.start
            first = month_end.replace(day=left.day.start.day)
            left = replace(left, day=DayPiece(first, first + timedelta(days=1)))
    elif left.day is not None and left.clock is None and right.day is None and clockless and not left.span:
        right = with_day_of_month(right, anchor)
    return left, right


def _halves_matched(left: Side, right: Side) -> tuple[Side, Side]:
    """Share `下午` and `pm` between the clock times of a range where that keeps them in order."""
    if left.clock is None or right.clock is None:
        return left, right
    if right.clock.meridiem and not left.clock.exact and left.part is None:
        return replace(left, clock=_before(left.clock, right.clock)), right
    if right.clock.exact and left.clock.minute >= _FIRST_OF_DAY and left.part is None:
        return replace(left, clock=replace(left.clock, exact=True)), right
    if right.clock.exact and not left.clock.exact and left.part is None:
        return replace(left, clock=_before(left.clock, right.clock)), right
    if right.part is not None and left.part is None and not left.clock.exact and right.part.reads != "am":
        late = right.clock.minute % NOON + NOON
        return replace(left, clock=_before(left.clock, replace(right.clock, minute=late))), right
    if right.part is not None and left.part is None and not left.clock.exact:
        return replace(left, part=right.part), right
    return left, right


def _before(clock: ClockPiece, end: ClockPiece) -> ClockPiece:
    """Return the last time before the end of the range that a clock time can mean."""
    both = (clock.minute % NOON + NOON, clock.minute % NOON)
    return replace(clock, minute=next((m for m in both if m < end.minute), clock.minute), exact=True)


def _between(start: TimeSpan, end: TimeSpan) -> TimeSpan | None:
    until = end.end if end.end > start.start else None
    if until is None and end.grain is Grain.MINUTE:
        until = end.end + timedelta(days=1)
    if until is None or until < start.start:
        return None
    grain = end.grain if start.grain is end.grain else Grain.MINUTE
    return TimeSpan(start=start.start, end=until, grain=grain)


def _compared(span: TimeSpan, side: Side, anchor: Anchor) -> TimeSpan:
    """Open the span on the side that a comparator says."""
    words = side.words if side.span is None or span.is_instant else frozenset[Word]()
    if words & {Word.BY, Word.BEFORE}:
        at_end = (Word.BY in words and span.grain is not Grain.PART) or (
            side.day is not None and side.day.edge
        )
        return _until(span.end if at_end else span.start, span, anchor)
    if Word.SINCE in words:
        return replace(span, end=max(anchor.now, span.start), open_end=False)
    if words & {Word.FROM, Word.ONWARDS}:
        return _onwards(span.start, span, anchor)
    if Word.AFTER in words:
        return _onwards(span.end, span, anchor)
    return span


def _until(end: datetime, span: TimeSpan, anchor: Anchor) -> TimeSpan:
    days = _OPEN_DAYS if span.grain not in (Grain.MINUTE, Grain.PART, Grain.HOUR) else 0
    last = (end - timedelta(microseconds=1)).date()
    start = anchor.at(last - timedelta(days=days))
    if anchor.prefer is Prefer.FUTURE and (days or start < anchor.now) and anchor.now < end:
        start = anchor.now
    return replace(span, start=min(start, end), end=end, open_start=True)


def _onwards(start: datetime, span: TimeSpan, anchor: Anchor) -> TimeSpan:
    days = _OPEN_DAYS if span.grain not in (Grain.MINUTE, Grain.PART, Grain.HOUR) else 1
    end = anchor.at(start.date() + timedelta(days=days))
    if anchor.prefer is Prefer.PAST and anchor.now > start:
        end = anchor.now
    return replace(span, start=start, end=max(start, end), open_end=True)
