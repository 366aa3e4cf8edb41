"""From a text to the pieces that the rules find in it, left to right; other words are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from yuanli.language.grounding.clocks import find_clock, is_certain_clock, part_rule
from yuanli.language.grounding.dates import date_rules, find_days, is_certain_date
from yuanli.language.grounding.durations import amount_at
from yuanli.language.grounding.folding import folded
from yuanli.language.grounding.numerals import digits_of
from yuanli.language.grounding.pieces import AmountPiece, Piece, Word, WordPiece
from yuanli.language.grounding.spans import Anchor, NoSuchTimeError
from yuanli.language.grounding.tables import rules
from yuanli.language.grounding.windows import window_at

_PASSED = {"zh": re.compile(r"\d+|.", re.DOTALL), "en": re.compile(r"[a-z0-9]+|.", re.DOTALL)}
"""What is passed over where no rule fits; a number as a whole, so that 100点 is no midnight."""
_CLOCK_NOT_LENGTH = re.compile(
    r"(?:(?:[7-9]|1\d|2[0-3])h(?:[0-5]\d)?|(?:[01]\d|2[0-3])[0-5]\d ?h(?:ou)?rs?)(?![a-z0-9])"
)
"""`15h` beside a date is three in the afternoon, `2h` a length."""
_MOST_PIECES = 40
_BETWEEN = re.compile(
    r"(?:[\s,，。.、@的在于第]|the |at |on |of |in |about |day |time )*(?:the|at|on|of|in)?"
)
"""What may stand between a comparator and its time."""
_TRAILING = {
    "zh": frozenset({Word.BEFORE, Word.AFTER, Word.ONWARDS, Word.SINCE}),
    "en": frozenset({Word.ONWARDS}),
}
"""The comparators that follow their time; the others go before it."""
Found = tuple[Piece, int]


@dataclass(frozen=True, slots=True)
class _Placed:
    piece: Piece
    start: int
    end: int


def pieces_of(text: str, anchor: Anchor) -> tuple[Piece, ...]:
    """Return the pieces of times in a text, the first forty.

    Raises
    ------
    NoSuchTimeError
        A day or a time is named that doesn't exist: no part of its words may be read as another.
    """
    plain = digits_of(folded(text, anchor.language), anchor.language)
    placed = tuple(islice(_scan(plain, anchor), _MOST_PIECES))
    return tuple(
        at.piece for index, at in enumerate(placed) if _belongs(placed, index, plain, anchor.language)
    )


def _belongs(placed: Sequence[_Placed], index: int, text: str, language: str) -> bool:
    """Whether a piece is a time, or a word between times that stands right beside one."""
    piece = placed[index].piece
    if not isinstance(piece, WordPiece):
        return True
    before = index > 0 and _touch(text, placed[index - 1].end, placed[index].start)
    after = index + 1 < len(placed) and _touch(text, placed[index].end, placed[index + 1].start)
    if piece.word in _TRAILING[language]:
        return before
    return after


def _touch(text: str, end: int, start: int) -> bool:
    return _BETWEEN.fullmatch(text, end, start) is not None


def _scan(text: str, anchor: Anchor) -> Iterator[_Placed]:
    position = 0
    while position < len(text):
        found = None if text[position] == " " else _piece_at(text, position, anchor)
        if found:
            piece, end = found
            yield _Placed(piece, position, end)
            position = end
        else:
            passed = _PASSED[anchor.language].match(text, position)
            assert passed
            position = passed.end()


def _piece_at(text: str, position: int, anchor: Anchor) -> Found | None:
    return (
        window_at(text, position, anchor)
        or _date_at(text, position, anchor)
        or _amount_at(text, position, anchor)
        or _part_at(text, position, anchor.language)
        or _clock_at(text, position, anchor.language)
    )


def _date_at(text: str, position: int, anchor: Anchor) -> Found | None:
    for kind, pattern in date_rules(anchor.language):
        if (match := pattern.match(text, position)) and match.end() > position:
            piece = find_days(kind, match, anchor)
            if piece:
                return piece, match.end()
            if is_certain_date(kind, match):
                raise NoSuchTimeError(match.group())
    return None


def _amount_at(text: str, position: int, anchor: Anchor) -> Found | None:
    if _CLOCK_NOT_LENGTH.match(text, position):
        return None
    found = amount_at(text, position, anchor.language)
    if found and found[0].total_s > 0:
        return AmountPiece(found[0]), found[1]
    return None


def _part_at(text: str, position: int, language: str) -> Found | None:
    pattern, words = part_rule(language)
    match = pattern.match(text, position)
    return (words[match["part"]], match.end()) if match else None


def _clock_at(text: str, position: int, language: str) -> Found | None:
    for kind, pattern in rules("clocks", language):
        if match := pattern.match(text, position):
            piece = find_clock(kind, match)
            if piece:
                return piece, match.end()
            if is_certain_clock(match):
                raise NoSuchTimeError(match.group())
    return None
