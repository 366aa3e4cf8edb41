"""The best chain of tags, by Viterbi's algorithm (1967), under what BIO allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = -1e4


def allowed_transitions(tags: Sequence[str]) -> NDArray[np.bool_]:
    """Return whether tag `j` may follow tag `i`: `I-x` only after `B-x` or `I-x`."""
    return np.array([[to[0] != "I" or tag[1:] == to[1:] for to in tags] for tag in tags], dtype=bool)


def allowed_starts(tags: Sequence[str]) -> NDArray[np.bool_]:
    """Return whether a text may begin with a tag: never with `I-x`."""
    return np.array([tag[0] != "I" for tag in tags], dtype=bool)


def best_tags(
    emissions: NDArray[np.float32], transitions: NDArray[np.float32], start: NDArray[np.float32]
) -> list[int]:
    """Return the best chain.

    Parameters
    ----------
    emissions
        Scores of shape `(n_pieces, n_tags)`.
    transitions
        Scores of tag `j` after tag `i`, shape `(n_tags, n_tags)`.
    start
        Scores of the first tag.
    """
    if len(emissions) == 0:
        return []
    score = start + emissions[0]
    back = np.zeros(emissions.shape, dtype=np.int64)
    for step in range(1, len(emissions)):
        through = score[:, None] + transitions
        back[step] = through.argmax(0)
        score = through.max(0) + emissions[step]
    chain = [int(score.argmax())]
    for step in range(len(emissions) - 1, 0, -1):
        chain.append(int(back[step, chain[-1]]))
    return chain[::-1]
