"""What was true of each example beside what a model said: the rows that all scores are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.learning.examples import Example, Span
from yuanli.learning.predictions import Prediction, exact_rows, span_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was true of one example and what the model said; `spans` counts right, said and true ones."""

    text: str
    context: str | None
    truth: str | None
    said: str | None
    confidence: float
    right: bool
    spans: tuple[int, int, int]
    true_values: tuple[tuple[str, str], ...] = ()
    said_values: tuple[tuple[str, str], ...] = ()
    target: float | None = None
    number: float | None = None
    rank: int | None = None


def outcomes_of(
    examples: Sequence[Example], said: Sequence[Prediction], pair_vectors: NDArray[np.floating] | None
) -> tuple[Outcome, ...]:
    """Return what was true of each example and what was said of it."""
    ranks = ranks_of(examples, said, pair_vectors)
    return tuple(
        Outcome(
            text=e.text,
            context=e.context,
            truth=e.label,
            said=p.label,
            confidence=p.confidence,
            right=bool(right),
            spans=(int(spans[0]), int(spans[1]), int(spans[2])),
            true_values=e.values(),
            said_values=_values(e.text, p.spans),
            target=e.target,
            number=p.number,
            rank=rank,
        )
        for e, p, right, spans, rank in zip(
            examples, said, exact_rows(examples, said), span_rows(examples, said), ranks, strict=True
        )
    )


def _values(text: str, spans: Sequence[Span]) -> tuple[tuple[str, str], ...]:
    return tuple((span.type, text[span.start : span.end]) for span in spans)


def ranks_of(
    examples: Sequence[Example], said: Sequence[Prediction], pair_vectors: NDArray[np.floating] | None
) -> list[int | None]:
    """Return at which place each example's vector finds its pair among all different pairs, from 1.

    Of equally near pairs the right one is taken to come last, so that equal vectors earn nothing.
    """
    ranks: list[int | None] = [None] * len(examples)
    asking = [i for i, e in enumerate(examples) if e.pair is not None]
    if pair_vectors is None or not asking:
        return ranks
    first: dict[str, int] = {}
    for i in asking:
        first.setdefault(examples[i].pair or "", i)
    column = {pair: place for place, pair in enumerate(first)}
    pool = pair_vectors[list(first.values())].astype(np.float64)
    for i in asking:
        alike = pool @ said[i].vector.astype(np.float64)
        own = column[examples[i].pair or ""]
        ranks[i] = 1 + int((np.delete(alike, own) >= alike[own] - 1e-9).sum())
    return ranks
