"""Which examples are the same one in other clothes, so that none is learnt from and tested on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yuanli.learning.alike import SIMILARITY, Alike, alike_of, firsts_of, near_pairs
from yuanli.learning.examples import Example


class LeakKind(StrEnum):
    """How two examples are the same, the plainest first."""

    EXACT = "exact"
    NORMALISED = "normalised"
    DERIVED = "derived"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Leak:
    """An example of another part that is as good as in the training data; `similarity` runs 0–1."""

    kind: LeakKind
    similarity: float
    train: Example
    other: Example


def find_leaks(
    train: Sequence[Example], other: Sequence[Example], *, similarity: float = SIMILARITY
) -> tuple[Leak, ...]:
    """Return each example of `other` that is in `train` too, with the one it is most alike, in order.

    Alike are equal texts; texts equal but for case, width, punctuation, blanks and script; an example and what was
    made of it by augmentation; and texts with Jaccard similarity of their character n-grams of `similarity` or
    more. Examples with a context are alike only as far as their contexts are.
    """
    border = len(train)
    alike = alike_of([*train, *other], similarity, wanted=lambda a, b: (a < border) & (b >= border))
    exact = {(e.text, e.context): e for e in reversed(train)}
    parents = {e.origin: e for e in reversed(train) if e.origin}
    best = _best_across(alike)
    leaks = []
    for example, first in zip(other, alike.first[len(train) :], strict=True):
        share, place = best.get(int(first), (0.0, 0))
        parent = parents.get(example.origin)
        if (example.text, example.context) in exact:
            leaks.append(Leak(LeakKind.EXACT, 1.0, exact[example.text, example.context], example))
        elif first < len(train):
            leaks.append(Leak(LeakKind.NORMALISED, 1.0, train[first], example))
        elif parent and (example.made_by or parent.made_by):
            leaks.append(Leak(LeakKind.DERIVED, share, parent, example))
        elif share:
            leaks.append(Leak(LeakKind.NEAR, share, train[place], example))
    return tuple(leaks)


def groups_of(examples: Sequence[Example], *, similarity: float = SIMILARITY) -> NDArray[np.int64]:
    """Return the number of the group of each example: all that are alike, directly or through others."""
    derived = {e.origin for e in examples if e.made_by and e.origin}
    parents: dict[str, int] = {}
    family = [
        parents.setdefault(e.origin, place) if e.origin in derived else place
        for place, e in enumerate(examples)
    ]
    first = firsts_of(examples)
    here = np.arange(len(examples))
    groups = _joined(_joined(here, first, here), np.array(family, dtype=np.int64), here)
    for left, right, _ in near_pairs(examples, first, similarity, lambda a, b: groups[a] != groups[b]):
        groups[:] = _joined(groups, left, right)
    return groups


def _joined(
    groups: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the groups after those of each pair became one."""
    if not len(groups):
        return groups
    size = int(groups.max()) + 1
    graph = coo_array((np.ones(len(left), np.int8), (groups[left], groups[right])), shape=(size, size))
    _, merged = connected_components(graph.tocsr(), directed=False)
    return np.asarray(merged, dtype=np.int64)[groups]


def _best_across(alike: Alike) -> dict[int, tuple[float, int]]:
    """Return the nearest left example of each right one, the first of equals."""
    order = np.lexsort((alike.left, -alike.similarity, alike.right))
    _, first = np.unique(alike.right[order], return_index=True)
    chosen = order[first]
    return {int(alike.right[i]): (float(alike.similarity[i]), int(alike.left[i])) for i in chosen}
