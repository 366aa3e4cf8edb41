"""When: dates, clock times, parts of the day and lengths of one utterance, put together to one span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from yuanli.errors import Text
from yuanli.language.grounding.durations import find_duration
from yuanli.language.grounding.joining import joined_sides
from yuanli.language.grounding.lexing import pieces_of
from yuanli.language.grounding.pieces import AmountPiece, WordPiece
from yuanli.language.grounding.spans import (
    Anchor,
    Grain,
    NoSuchTimeError,
    NotGroundedError,
    Prefer,
    TimeSpan,
    anchored,
)


def ground_when(
    date_texts: Sequence[str],
    time_texts: Sequence[str] = (),
    duration_texts: Sequence[str] = (),
    *,
    language: str,
    now: datetime,
    zone: ZoneInfo,
    prefer: str = "future",
) -> TimeSpan:
    """Return the span of time that the slots of one utterance say together.

    Parameters
    ----------
    date_texts, time_texts, duration_texts
        The surfaces of the slots `date`, `time` and `duration`, as they were said.
    language
        `zh` or `en`.
    now
        Aware; the words are told from it.
    zone
        The time zone of the campus.
    prefer
        `future` for what is planned, `past` for what is asked about.

    Raises
    ------
    NotGroundedError
        No time can be read from the words.
    InvalidInputError
        `now` is naive, or the language or the preference is unknown.
    """
    span = find_when(
        date_texts, time_texts, duration_texts, language=language, now=now, zone=zone, prefer=prefer
    )
    if span is None:
        said = "、".join((*date_texts, *time_texts, *duration_texts))
        raise NotGroundedError(
            Text(
                f"没看懂时间“{said}”，例如：明天下午三点。",
                f"No time in {said!r}; say for example tomorrow at 3 pm.",
            ),
            field="time",
        )
    return span


def find_when(
    date_texts: Sequence[str],
    time_texts: Sequence[str] = (),
    duration_texts: Sequence[str] = (),
    *,
    language: str,
    now: datetime,
    zone: ZoneInfo,
    prefer: str = "future",
) -> TimeSpan | None:
    """Return what `ground_when` returns, or None where no time can be read from the words.

    A day or a time that doesn't exist (30 February, 25:00) is none, whatever else is said beside it.
    """
    anchor = anchored(now, zone, language, prefer)
    try:
        pieces = [piece for text in (*date_texts, *time_texts) for piece in pieces_of(text, anchor)]
        amounts = [piece for piece in pieces if isinstance(piece, AmountPiece)]
        named = [piece for piece in pieces if not isinstance(piece, AmountPiece)]
        if amounts and not any(not isinstance(piece, WordPiece) for piece in named):
            return _at_a_distance(amounts[0], _length_s(duration_texts, (), language), anchor)
        span = joined_sides(named, anchor)
        return span and _lasting(span, _length_s(duration_texts, amounts, language), anchor)
    except NoSuchTimeError:
        return None
    except (OverflowError, ValueError):  # a year beyond the calendar
        return None


def _at_a_distance(piece: AmountPiece, length_s: float | None, anchor: Anchor) -> TimeSpan:
    """Read a length alone in a slot of time as so long from now: the `half an hour` of `in half an hour`."""
    sign = 1 if anchor.prefer is Prefer.FUTURE else -1
    at = anchor.plus_s(sign * piece.amount.total_s)
    return _lasting(TimeSpan(start=at, end=at, grain=Grain.MINUTE), length_s, anchor)


def _length_s(texts: Sequence[str], amounts: Sequence[AmountPiece], language: str) -> float | None:
    found = [length for text in texts if (length := find_duration(text, language=language))]
    found = found or [piece.amount.total_s for piece in amounts]
    return sum(found) or None


def _lasting(span: TimeSpan, length_s: float | None, anchor: Anchor) -> TimeSpan:
    """Return the span with the length that was asked for; from its start where that is an instant."""
    if length_s is None or timedelta(seconds=length_s) == span.end - span.start:
        return span
    if span.is_instant or span.open_end:
        end = (span.start.astimezone(UTC) + timedelta(seconds=length_s)).astimezone(anchor.now.tzinfo)
        return replace(span, end=end, duration_s=length_s, open_end=False)
    return replace(span, duration_s=length_s)
