"""Names as they are heard: what a recogniser should expect, and what it misheard, put right by sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from yuanli.campus.place import Campus
from yuanli.campus.search.entries import entries_of, searchable
from yuanli.campus.search.folding import HAN, has_han, simplified
from yuanli.campus.search.sounds import blur, syllables

LONGEST_NAME = 8
"""Syllables: longer names are put right part by part, by the names in them."""
BLURRED_FROM = 3
"""Names of fewer syllables are put right only where they sound just the same: 石堂 is 食堂, 石探 is not."""
_TOKENS = re.compile(rf"{HAN.pattern}|[A-Za-z]+|\d+")
Sounds = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeardNames:
    """The Chinese names of a campus by how they sound, exactly and blurred, without tones."""

    names: frozenset[str]
    exact: Mapping[Sounds, str]
    blurred: Mapping[Sounds, str]


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    sound: str


def spoken_names(campus: Campus, language: str, *, most_characters: int = 240) -> tuple[str, ...]:
    """Return the names a recogniser should expect, in simplified characters: one of each place, then the others.

    Names with numbers are left out: there are too many, and numbers are heard well.
    """
    by_place = [
        [name for name in names if has_han(name) == (language == "zh") and not any(map(str.isdigit, name))]
        for names in _names_by_place(campus)
    ]
    chosen: list[str] = []
    for name in dict.fromkeys(
        n for part in (slice(1), slice(1, None)) for names in by_place for n in names[part]
    ):
        most_characters -= len(name) + 1
        if most_characters < 0:
            break
        chosen.append(name)
    return tuple(chosen)


def heard_names(campus: Campus) -> HeardNames:
    """Index the Chinese names of a campus by their sound."""
    exact: dict[Sounds, str] = {}
    blurred: dict[Sounds, str] = {}
    names = [name for name in _names(campus) if has_han(name)]
    for name in names:
        sounds = tuple(token.sound for token in _tokens(name))
        if 2 <= len(sounds) <= LONGEST_NAME:
            exact.setdefault(sounds, name)
            if len(sounds) >= BLURRED_FROM:
                blurred.setdefault(tuple(map(blur, sounds)), name)
    return HeardNames(frozenset(names), exact, blurred)


def correct_heard(text: str, names: HeardNames) -> str:
    """Write the names in a heard text as the campus does, where they sound the same: 抱告厅 is 报告厅."""
    text = simplified(text)
    tokens = list(_tokens(text))
    written, at, i = "", 0, 0
    while i < len(tokens):
        length, name = _longest_name(text, tokens, i, names)
        if length:
            written += text[at : tokens[i].start] + name
            at = tokens[i + length - 1].end
        i += max(length, 1)
    return written + text[at:]


def _longest_name(text: str, tokens: list[_Token], i: int, names: HeardNames) -> tuple[int, str]:
    for length in range(min(LONGEST_NAME, len(tokens) - i), 1, -1):
        window = tokens[i : i + length]
        said = text[window[0].start : window[-1].end]
        if said in names.names:
            return length, said
        if not has_han(said) or any(b.start - a.end for a, b in pairwise(window)):
            continue
        sounds = tuple(token.sound for token in window)
        name = names.exact.get(sounds) or names.blurred.get(tuple(map(blur, sounds)))
        if name is not None:
            return length, name
    return 0, ""


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the syllables of a text and where they stand: a Han character, a word of letters, a number."""
    matches = list(_TOKENS.finditer(text))
    for match in matches:
        alone = syllables(match[0].lower())
        yield _Token(match.start(), match.end(), alone[0] if alone else match[0].lower())


def _names(campus: Campus) -> Iterator[str]:
    for names in _names_by_place(campus):
        yield from names


def _names_by_place(campus: Campus) -> Iterator[list[str]]:
    """Yield the names of each place, the most important tables first."""
    for feature in searchable(campus):
        yield [simplified(entry.text.strip()) for entry in entries_of(campus, feature)]
