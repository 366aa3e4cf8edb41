"""What people call things that are measured and commanded: the table `words.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from yuanli.telemetry import find_unit

LATIN = re.compile(r"[a-z0-9]")


def named_in(text: str, part: str) -> str | None:
    """Return the name in a part of the table whose longest word is in a text, the first of equals; None where none is.

    >>> named_in("上个月的电费", "sides")
    'cost'
    """
    found = names_in(text, part)
    return found[0] if found else None


def names_in(text: str, part: str) -> tuple[str, ...]:
    """Return all names in a part of the table that a text says, those of longer words first."""
    folded = text.casefold()
    lengths = {
        name: max((len(w) for w in words if _says(folded, w)), default=0)
        for name, words in _part(part).items()
    }
    order = list(lengths)
    return tuple(sorted((n for n in order if lengths[n]), key=lambda n: (-lengths[n], order.index(n))))


def order_in(text: str, part: str) -> tuple[str, ...]:
    """Return all names in a part of the table that a text says, in the order in which it first says them.

    >>> order_in("8点开，18点关", "switching")
    ('on', 'off')
    """
    folded = text.casefold()
    at = {
        name: min(found)
        for name, words in _part(part).items()
        if (found := [folded.index(word) for word in words if _says(folded, word)])
    }
    return tuple(sorted(at, key=lambda name: at[name]))


def nearly_named_in(text: str, part: str) -> str | None:
    """Return the name in a part whose Latin word a text misspells: about one letter of five may be wrong.

    >>> nearly_named_in("ligths", "devices")
    'lighting'
    """
    names = {w: name for name, own in _part(part).items() for w in own if len(w) >= 5 and w.isascii()}
    found = process.extractOne(
        text.casefold().strip(), list(names), scorer=OSA.normalized_similarity, score_cutoff=0.8
    )
    return None if found is None else names[found[0]]


def find_word(text: str, part: str) -> tuple[int, int] | None:
    """Return where a text says the longest word of a part of the table; None where it says none.

    >>> find_word("plan tomorrow's air conditioning", "devices")
    (16, 32)
    """
    folded = text.casefold()
    own = _table()[part]
    all_ = own if isinstance(own, list) else [word for words in own.values() for word in words]
    said = [word for word in _folded(all_) if _says(folded, word)]
    if not said:
        return None
    word = max(said, key=len)
    edge = r"(?<![a-z0-9])" if word.isascii() else ""
    found = re.search(f"{edge}{re.escape(word)}", folded)
    return None if found is None else found.span()


def spans_named(text: str, part: str) -> tuple[tuple[int, int, str], ...]:
    """Return where a text says words of a part of the table, of overlapping ones the longest, with their names.

    >>> spans_named("两间会议室", "resources")
    ((2, 5, 'rooms'),)
    """
    folded = text.casefold()
    found = []
    for name, words in _part(part).items():
        for word in words:
            latin = LATIN.search(word) is not None and word.isascii()
            edges = (r"(?<![a-z0-9])", r"s?(?![a-z0-9])") if latin else ("", "")
            found += [
                (*match.span(), name)
                for match in re.finditer(f"{edges[0]}{re.escape(word)}{edges[1]}", folded)
            ]
    return tuple(
        sorted(
            one for one in found
            if not any(o[:2] != one[:2] and o[0] <= one[0] and one[1] <= o[1] for o in found)
        )
    )  # fmt: skip


def says(text: str, part: str) -> bool:
    """Return whether a text says a word of a part that is one list."""
    folded = text.casefold()
    return any(_says(folded, word) for word in _list(part))


def spans_of(text: str, part: str) -> tuple[int, ...]:
    """Return where a text says words of a part that is one list, in order.

    >>> spans_of("move it to 4pm", "becomes")
    (8,)
    """
    folded = text.casefold()
    found = set()
    for word in _list(part):
        edge = r"(?<![a-z0-9])" if LATIN.search(word) and word.isascii() else ""
        end = r"(?![a-z0-9])" if edge else ""
        found |= {match.start() for match in re.finditer(f"{edge}{re.escape(word)}{end}", folded)}
    return tuple(sorted(found))


def is_one_of(text: str, part: str) -> bool:
    """Return whether a text is nothing but a word of a part that is one list."""
    bare = text.casefold().strip().removeprefix("the ").strip()
    return bare in _list(part)


def unit_of(said: str) -> str | None:
    """Return the symbol of a unit that was said, or None where it is none that is measured in."""
    found = find_unit(said) if said else None
    return None if found is None else found.name


def _says(folded: str, word: str) -> bool:
    if LATIN.search(word) and word.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}s?(?![a-z0-9])", folded) is not None
    return word in folded


@cache
def _table() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = yaml.safe_load(text)
    return table


@cache
def _part(part: str) -> Mapping[str, Sequence[str]]:
    return {str(name): _folded(words) for name, words in _table()[part].items()}


@cache
def _list(part: str) -> Sequence[str]:
    return _folded(_table()[part])


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(word).casefold() for word in words)
