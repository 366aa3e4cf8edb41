from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from yuanli.learning.decoding import FORBIDDEN, allowed_starts, allowed_transitions, best_tags

TAGS = ("O", "B-a", "I-a", "B-b", "I-b")
SCORES = st.integers(-9, 9).map(float)


def scored(
    chain: tuple[int, ...] | list[int],
    emissions: NDArray[np.float32],
    transitions: NDArray[np.float32],
    start: NDArray[np.float32],
) -> float:
    steps = sum(float(transitions[a, b]) for a, b in pairwise(chain))
    return float(start[chain[0]]) + steps + sum(float(emissions[i, t]) for i, t in enumerate(chain))


@given(st.data(), st.integers(1, 4))
def test_no_chain_is_better_than_viterbis(data: st.DataObject, length: int) -> None:
    size = len(TAGS)
    numbers = data.draw(
        st.lists(SCORES, min_size=(length + size + 1) * size, max_size=(length + size + 1) * size)
    )
    rows = np.array(numbers, dtype=np.float32).reshape(-1, size)
    emissions, transitions, start = rows[:length], rows[length:-1], rows[-1]
    best = max(scored(c, emissions, transitions, start) for c in product(range(size), repeat=length))
    assert scored(best_tags(emissions, transitions, start), emissions, transitions, start) == pytest.approx(
        best
    )


@given(st.lists(st.lists(SCORES, min_size=5, max_size=5), min_size=1, max_size=8))
def test_what_bio_forbids_is_never_said(rows: list[list[float]]) -> None:
    transitions = np.where(allowed_transitions(TAGS), 0, FORBIDDEN).astype(np.float32)
    start = np.where(allowed_starts(TAGS), 0, FORBIDDEN).astype(np.float32)
    chain = [TAGS[i] for i in best_tags(np.array(rows, dtype=np.float32), transitions, start)]
    for before, tag in zip(["O", *chain], chain, strict=False):
        assert tag[0] != "I" or before[1:] == tag[1:]


def test_nothing_has_no_tags() -> None:
    assert (
        best_tags(np.zeros((0, 3), np.float32), np.zeros((3, 3), np.float32), np.zeros(3, np.float32)) == []
    )
