"""Which texts are alike: equal but for how they are written, or in most of their character n-grams."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC
from scipy.sparse import csr_array

from yuanli.learning.examples import TURN, Example, language_of

SIMILARITY = 0.8
"""From which share of common character n-grams on two texts count as near duplicates."""
BLOCK = 1024
PAIRS = 200_000
Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
Wanted = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]
"""Tells which pairs of places are still worth checking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Which of some examples are alike, by place.

    Parameters
    ----------
    first
        The first example with the same normalised text and context as each.
    left, right
        Pairs of such first examples that are near duplicates, the earlier one left.
    similarity
        Of each pair.
    """

    first: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    similarity: NDArray[np.float64]


def normalised(text: str) -> str:
    """Return a text without what people write now so, now so: case, width, script, punctuation, blanks.

    >>> normalised("請問，Ａ座 301 怎麼走？") == normalised("请问A座301怎么走")
    True
    """
    flat = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(_simplified(c) for c in flat if unicodedata.category(c)[0] in "LNM")
    return kept or flat.strip()


def alike_of(
    examples: Sequence[Example], similarity: float = SIMILARITY, *, wanted: Wanted | None = None
) -> Alike:
    """Return which examples are alike, exactly: no similar pair that is wanted is missed."""
    first = firsts_of(examples)
    found = list(near_pairs(examples, first, similarity, wanted or (lambda a, b: a < b)))
    none = np.zeros(0, np.int64)
    return Alike(
        first=first,
        left=np.concatenate([none, *(a for a, _, _ in found)]),
        right=np.concatenate([none, *(b for _, b, _ in found)]),
        similarity=np.concatenate([np.zeros(0), *(share for _, _, share in found)]),
    )


def firsts_of(examples: Sequence[Example]) -> NDArray[np.int64]:
    """Return the place of the first example with the same normalised text and context as each."""
    first: dict[tuple[str, str], int] = {}
    return np.array([first.setdefault(_key(e), place) for place, e in enumerate(examples)], dtype=np.int64)


def _key(example: Example) -> tuple[str, str]:
    return normalised(example.text), normalised(example.context or "")


def _grams(keys: Sequence[tuple[str, str]]) -> csr_array:
    """Return which n-grams each text has, the rarest first: pairs of Chinese characters, else threes."""
    found = []
    for text, context in keys:
        padded, size = f"\x02{text}\x03", 2 if language_of(text) == "zh" else 3
        grams = {padded[i : i + size] for i in range(max(1, len(padded) - size + 1))}
        found.append(grams | {TURN + context} if context else grams)
    counts = Counter(gram for grams in found for gram in grams)
    order = {gram: i for i, gram in enumerate(sorted(counts, key=lambda gram: (counts[gram], gram)))}
    columns = [sorted(order[gram] for gram in grams) for grams in found]
    starts = np.cumsum([0, *map(len, columns)])
    flat = np.array([c for row in columns for c in row], dtype=np.int32)
    return csr_array((np.ones(len(flat), np.int32), flat, starts), shape=(len(keys), len(order)))


def near_pairs(
    examples: Sequence[Example], first: NDArray[np.int64], similarity: float, wanted: Wanted
) -> Iterator[Pairs]:
    """Return pairs of first examples that are near duplicates, by place, in many parts.

    Candidates share one of their rarest n-grams, which no similar pair can avoid (prefix filter: Bayardo, Ma and
    Srikant 2007, doi:10.1145/1242572.1242591); each that is still wanted is then checked.
    """
    places = np.flatnonzero(first == np.arange(len(first)))
    if not len(places):
        return
    grams = _grams([_key(examples[place]) for place in places.tolist()])
    sizes = np.diff(grams.indptr).astype(np.int64)
    rare = _prefixes(grams, sizes, similarity)
    turned = rare.T.tocsr()
    for begin in range(0, len(places), BLOCK):
        shared = (rare[begin : begin + BLOCK] @ turned).tocoo()
        left, right = shared.row.astype(np.int64) + begin, shared.col.astype(np.int64)
        small, large = np.minimum(sizes[left], sizes[right]), np.maximum(sizes[left], sizes[right])
        kept = (left < right) & (small >= similarity * large - 1e-9)
        left, right = left[kept], right[kept]
        parts = -(-len(left) // PAIRS)
        for part in range(parts):  # each part has some pairs of every example, so that groups grow evenly
            a, b = left[part::parts], right[part::parts]
            still = wanted(places[a], places[b])
            a, b, alike = _checked(grams, sizes, a[still], b[still], similarity)
            yield places[a], places[b], alike


def _prefixes(grams: csr_array, sizes: NDArray[np.int64], similarity: float) -> csr_array:
    """Return of each text only the rarest n-grams, so many that two similar texts must share one."""
    lengths = sizes - np.ceil(similarity * sizes - 1e-9).astype(np.int64) + 1
    inside = np.arange(grams.nnz) - np.repeat(grams.indptr[:-1], sizes) < np.repeat(lengths, sizes)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return csr_array((grams.data[inside], grams.indices[inside], starts), shape=grams.shape)


def _checked(
    grams: csr_array,
    sizes: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    similarity: float,
) -> Pairs:
    common = np.asarray(grams[left].multiply(grams[right]).sum(axis=1)).ravel()
    alike = common / (sizes[left] + sizes[right] - common)
    near = alike >= similarity - 1e-9
    return left[near], right[near], alike[near]


@cache
def _simplified(character: str) -> str:
    return str(_converter().convert(character)) if character > "\u2e80" else character


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
