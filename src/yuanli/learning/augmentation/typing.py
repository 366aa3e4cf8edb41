"""Slips of the fingers: neighbouring keys, doubled, missing, exchanged letters, wrong candidates of an input method."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from yuanli.learning.augmentation.pieces import Piece, Tables
from yuanli.learning.augmentation.sounds import homophones

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
MOST_SLIPS = 2


def mistype(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Make one or two slips; digits stay, for a wrong number is another request."""
    del tables
    changed = list(pieces)
    for _ in range(rng.randint(1, MOST_SLIPS)):
        places = [(i, j) for i, piece in enumerate(changed) for j, c in enumerate(piece.text) if c.isalpha()]
        if not places:
            return changed
        i, j = rng.choice(places)
        piece = changed[i]
        change = _slip_zh if "\u4e00" <= piece.text[j] <= "\u9fff" else _slip_en
        changed[i] = replace(piece, text=change(piece.text, j, rng))
    del language
    return changed


def neighbours(letter: str) -> str:
    """Return the keys beside and above or below a letter.

    >>> sorted(neighbours("s"))
    ['a', 'd', 'e', 'w', 'x', 'z']
    """
    found = ""
    for number, row in enumerate(ROWS):
        at = row.find(letter.lower())
        if at < 0:
            continue
        found += "".join(row[k] for k in (at - 1, at + 1) if 0 <= k < len(row))
        for other, shift in ((number - 1, (0, 1)), (number + 1, (-1, 0))):
            if 0 <= other < len(ROWS):
                found += "".join(ROWS[other][at + s] for s in shift if 0 <= at + s < len(ROWS[other]))
    return found


def _slip_zh(text: str, at: int, rng: Random) -> str:
    kind = rng.random()
    if kind < 0.6:
        found = homophones(text[at])
        return text[:at] + rng.choice(found) + text[at + 1 :] if found else text
    if kind < 0.75 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if kind < 0.88:
        return text[: at + 1] + text[at:]
    return _exchanged(text, at)


def _slip_en(text: str, at: int, rng: Random) -> str:
    kind = rng.random()
    if kind < 0.3:
        found = neighbours(text[at])
        return text[:at] + rng.choice(found) + text[at + 1 :] if found else text
    if kind < 0.55 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if kind < 0.7:
        return text[: at + 1] + text[at:]
    if kind < 0.8 and " " in text:
        gap = text.find(" ", at)
        return text[:gap] + text[gap + 1 :] if 0 < gap < len(text) - 1 else text
    return _exchanged(text, at)


def _exchanged(text: str, at: int) -> str:
    if at + 1 >= len(text) or not text[at + 1].isalpha():
        return text
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
