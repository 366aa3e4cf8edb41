"""A table of keys: looked up whole, by beginning, and by the pairs of letters they share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
_NONE: Ints = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Owner:
    """A feature that a key stands for: its index, the weight of the name, the name as written."""

    feature: int
    weight: float
    text: str


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Keys with their owners, and an inverted index of letter pairs over them."""

    owners: Mapping[str, tuple[Owner, ...]]
    keys: tuple[str, ...]
    postings: Mapping[str, Ints]
    sizes: NDArray[np.float64]

    def starting_with(self, prefix: str, limit: int) -> Iterator[str]:
        """Yield the keys that begin with `prefix`, in order."""
        start = bisect_left(self.keys, prefix)
        for key in islice(self.keys, start, start + limit):
            if not key.startswith(prefix):
                return
            yield key

    def sharing(self, text: str, limit: int) -> list[str]:
        """Return the keys that share most letter pairs with `text`, best first (Dice 1945)."""
        grams = _grams(text)
        lists = [self.postings.get(gram, _NONE) for gram in grams]
        hits = np.concatenate(lists) if lists else _NONE
        if not len(hits):
            return []
        shared = np.bincount(hits, minlength=len(self.keys))
        found = np.flatnonzero(shared)
        counts = shared[found]
        dice = 2 * counts / (len(grams) + self.sizes[found])
        rank = np.maximum(dice, 0.9 * counts / len(grams))
        if len(found) > limit:
            best = np.argpartition(-rank, limit)[:limit]
            found, rank = found[best], rank[best]
        order = np.lexsort((found, -rank))
        return [self.keys[i] for i in found[order]]


def key_table(rows: Iterable[tuple[str, Owner]], *, paired: bool = True) -> KeyTable:
    """Index keys; `paired` False leaves out the letter pairs."""
    owners: dict[str, dict[int, Owner]] = {}
    for key, owner in rows:
        mine = owners.setdefault(key, {})
        held = mine.get(owner.feature)
        if held is None or owner.weight > held.weight:
            mine[owner.feature] = owner
    keys = tuple(sorted(owners))
    postings: dict[str, list[int]] = {}
    sizes = np.zeros(len(keys))
    if paired:
        for i, key in enumerate(keys):
            grams = _grams(key)
            sizes[i] = len(grams)
            for gram in grams:
                if gram in postings:
                    postings[gram].append(i)
                else:
                    postings[gram] = [i]
    return KeyTable(
        owners={key: tuple(mine.values()) for key, mine in owners.items()},
        keys=keys,
        postings={gram: np.array(rows, dtype=np.int32) for gram, rows in postings.items()},
        sizes=sizes,
    )


def _grams(text: str) -> set[str]:
    """Return the letter pairs of a text, its beginning marked, and its single wide characters."""
    pairs = {a + b for a, b in zip(f"^{text}", text, strict=False)}
    return pairs if text.isascii() else pairs | {c for c in text if c > "\u2e80"}
