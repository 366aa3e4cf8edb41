"""A table of keys: looked up whole, by beginning, and by the pairs of letters they share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_BEGINNING = "^"
_WIDE = 0x2E80


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, and who bears it: indices of features, each with the weight of the name."""

    text: str
    bearers: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Keys with the names they stand for, and an inverted index of letter pairs over them.

    `holders[starts[i] : starts[i + 1]]` are the keys that have the letter pair of rank `i`; `sizes` is the
    number of pairs of each key.
    """

    names: Mapping[str, Sequence[tuple[float, Name]]]
    keys: tuple[str, ...]
    ranks: Mapping[int, int]
    starts: Ints
    holders: Ints
    sizes: Ints

    def starting_with(self, prefix: str, limit: int) -> Iterator[str]:
        """Yield the keys that begin with `prefix`, in order."""
        start = bisect_left(self.keys, prefix)
        for key in islice(self.keys, start, start + limit):
            if not key.startswith(prefix):
                return
            yield key

    def sharing(self, text: str, limit: int) -> list[str]:
        """Return the keys that share most letter pairs with `text`, best first (Dice 1945)."""
        asked = _letter_pairs((text,))[0].tolist()
        known = [i for pair in asked if (i := self.ranks.get(pair)) is not None]
        if not known:
            return []
        lists = [self.holders[self.starts[i] : self.starts[i + 1]] for i in known]
        shared = np.bincount(np.concatenate(lists), minlength=len(self.keys))
        found = np.flatnonzero(shared)
        counts = shared[found]
        dice = 2 * counts / (len(asked) + self.sizes[found])
        rank = np.maximum(dice, 0.9 * counts / len(asked))
        if len(found) > limit:
            best = np.argpartition(-rank, limit)[:limit]
            found, rank = found[best], rank[best]
        order = np.lexsort((found, -rank))
        return [self.keys[i] for i in found[order]]


def key_table(
    names: Iterable[Name], keys_of: Callable[[str], Mapping[str, float]], *, paired: bool = True
) -> KeyTable:
    """Index names by the keys that `keys_of` gives for a text, each with how much it counts.

    `paired` False leaves out the letter pairs.
    """
    held: dict[str, list[tuple[float, Name]]] = {}
    for name in names:
        for key, factor in keys_of(name.text).items():
            held.setdefault(key, []).append((factor, name))
    keys = tuple(sorted(held))
    pairs, holders = _letter_pairs(keys if paired else ())
    unlike, starts = np.unique(pairs, return_index=True)
    return KeyTable(
        names=held,
        keys=keys,
        ranks={pair: i for i, pair in enumerate(unlike.tolist())},
        starts=np.append(starts, len(pairs)),
        holders=holders,
        sizes=np.bincount(holders, minlength=len(keys)),
    )


def _letter_pairs(keys: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Return the letter pairs of keys, beginnings marked, and single wide characters, each with its key.

    Pairs are numbers, in order; a key has each once.
    """
    letters = np.frombuffer("".join(_BEGINNING + key for key in keys).encode("utf-32-le"), dtype=np.uint32)
    lengths = np.fromiter((len(key) + 1 for key in keys), dtype=np.int64, count=len(keys))
    key, points = np.repeat(np.arange(len(keys)), lengths), letters.astype(np.int64)
    inside = key[1:] == key[:-1]
    wide = points > _WIDE
    pairs = np.concatenate([((points[:-1] << 21) | points[1:])[inside], points[wide]])
    holders = np.concatenate([key[1:][inside], key[wide]])
    order = np.argsort(pairs, kind="stable")
    pairs, holders = pairs[order], holders[order]
    first = np.append(True, (pairs[1:] != pairs[:-1]) | (holders[1:] != holders[:-1]))[: len(pairs)]
    return pairs[first], holders[first]
