"""What speech recognition makes of an utterance: Chinese characters of the same sound, English sound-alikes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from yuanli.learning.augmentation.forms import drop_punctuation
from yuanli.learning.augmentation.pieces import Piece, Tables, words

SHARE = 0.12
"""Share of characters or words that are misheard, one at least."""
CONFUSED = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("ing", "in"),
    ("eng", "en"),
    ("ang", "an"),
    ("n", "l"),
    ("h", "f"),
)
"""Sounds that speakers of many dialects, and recognisers, don't tell apart."""
WORD = re.compile(r"[A-Za-z']+|\d+")


def mishear(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Replace some characters or words by ones that sound alike; drop punctuation and capitals."""
    pieces = drop_punctuation(pieces, language, rng, tables)
    change = _misheard_zh if language == "zh" else _misheard_en
    places = [(i, j) for i, piece in enumerate(pieces) for j in _places(piece.text, language)]
    if not places:
        return pieces
    chosen = set(rng.sample(places, max(1, round(len(places) * SHARE))))
    return [
        replace(piece, text=change(piece.text.lower(), {j for k, j in chosen if k == i}, rng))
        for i, piece in enumerate(pieces)
    ]


def homophones(character: str) -> Sequence[str]:
    """Return common characters of the same sound, tones aside, or of one often confused with it."""
    sound = _sound(character)
    by_sound = _by_sound()
    near = [other for a, b in CONFUSED for other in _exchanged(sound, a, b)]
    return [c for s in (sound, *near) for c in by_sound.get(s, ()) if c != character]


def _places(text: str, language: str) -> list[int]:
    if language == "zh":
        return [i for i, c in enumerate(text) if "\u4e00" <= c <= "\u9fff"]
    return [m.start() for m in WORD.finditer(text)]


def _misheard_zh(text: str, places: set[int], rng: Random) -> str:
    return "".join(
        rng.choice(found) if i in places and (found := homophones(c)) else c for i, c in enumerate(text)
    )


def _misheard_en(text: str, places: set[int], rng: Random) -> str:
    table = words()["sound_alikes"]

    def heard(match: re.Match[str]) -> str:
        found = table.get(match[0])
        return rng.choice(found) if found and (match.start() in places or rng.random() < SHARE) else match[0]

    return WORD.sub(heard, text)


def _exchanged(sound: str, a: str, b: str) -> tuple[str, ...]:
    if a in ("ing", "eng", "ang"):
        if sound.endswith(a):
            return (sound.removesuffix(a) + b,)
        return (sound.removesuffix(b) + a,) if sound.endswith(b) else ()
    if sound.startswith(a):
        return (b + sound.removeprefix(a),)
    return (a + sound.removeprefix(b),) if sound.startswith(b) else ()


@cache
def _by_sound() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for character in common_characters():
        found[_sound(character)].append(character)
    return {sound: tuple(characters) for sound, characters in found.items()}


@cache
def _sound(character: str) -> str:
    from pypinyin import Style, lazy_pinyin  # it reads its dictionaries on import

    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


@cache
def common_characters() -> tuple[str, ...]:
    """Return the 3,755 characters of daily use: level 1 of GB 2312 (1980)."""
    codes = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return tuple(code.decode("gb2312") for code in codes if code < bytes((0xD7, 0xFA)))
