"""Predictions made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yuanli.learning import Example, Prediction, Span

LABELS = ("book", "go", "out_of_scope")
EXAMPLES = (
    Example(text="去A座", label="go", spans=(Span(1, 3, "place"),), language="zh", tags=frozenset({"typo"})),
    Example(text="去B座", label="go", spans=(Span(1, 3, "place"),), language="zh"),
    Example(text="book a room", label="book", language="en"),
    Example(text="book a desk now", label="book", context="Hello <b>you</b>", language="en"),
    Example(text="what is love", label="out_of_scope", language="en"),
)


def prediction(
    *shares: float, spans: Sequence[Span] = (), vector: Sequence[float] = (1, 0), number: float | None = None
) -> Prediction:
    """A prediction with these probabilities of `LABELS`."""
    best = int(np.argmax(shares)) if shares else None
    return Prediction(
        label=None if best is None else LABELS[best],
        confidence=1.0 if best is None else shares[best],
        probabilities=np.array(shares, dtype=np.float32),
        spans=tuple(spans),
        vector=np.array(vector, dtype=np.float32),
        number=number,
    )


GOOD = (
    prediction(0.1, 0.8, 0.1, spans=[Span(1, 3, "place")]),
    prediction(0.1, 0.8, 0.1, spans=[Span(1, 2, "place")]),
    prediction(0.9, 0.05, 0.05),
    prediction(0.8, 0.1, 0.1),
    prediction(0.3, 0.2, 0.5),
)
BAD = (
    prediction(0.6, 0.3, 0.1),
    prediction(0.1, 0.8, 0.1, spans=[Span(1, 3, "place")]),
    prediction(0.2, 0.7, 0.1),
    prediction(0.45, 0.5, 0.05),
    prediction(0.9, 0.05, 0.05),
)
