"""What a model said of examples, from torch or ONNX alike, and the scores of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.learning.examples import Example, Span
from yuanli.learning.metrics import accuracy, macro_f1, share, span_counts, span_f1


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a model says of one text.

    Parameters
    ----------
    labels
        The classes that the model knows; none where it has none.
    probabilities
        By class, in the order of `labels`.
    model
        Name and version of the model that said it.
    vector
        The sentence vector, of length 1.
    """

    label: str | None
    confidence: float
    probabilities: NDArray[np.float32]
    spans: tuple[Span, ...]
    vector: NDArray[np.float32]
    number: float | None = None
    labels: tuple[str, ...] = ()
    model: str = ""


def span_rows(examples: Sequence[Example], said: Sequence[Prediction]) -> NDArray[np.int64]:
    """Return `(right, said, true)` spans of each example."""
    rows = [
        span_counts(e.values(), tuple((s.type, e.text[s.start : s.end]) for s in p.spans))
        for e, p in zip(examples, said, strict=True)
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def exact_rows(examples: Sequence[Example], said: Sequence[Prediction]) -> NDArray[np.bool_]:
    """Return whether the class and all spans of each example are right."""
    spans = span_rows(examples, said)
    whole: NDArray[np.bool_] = (spans[:, 0] == spans[:, 1]) & (spans[:, 0] == spans[:, 2])
    right = np.array([e.label is None or e.label == p.label for e, p in zip(examples, said, strict=True)])
    return np.asarray(whole & right, dtype=bool)


def scores(examples: Sequence[Example], said: Sequence[Prediction]) -> Mapping[str, float]:
    """Return the plain scores that a run is steered by: `label`, `macro_f1`, `spans`, `exact`, `negative_rmse`."""
    labelled = [(e.label, p.label or "") for e, p in zip(examples, said, strict=True) if e.label is not None]
    found: dict[str, float] = {}
    if labelled:
        truth, guessed = [a for a, _ in labelled], [b for _, b in labelled]
        found |= {"label": accuracy(truth, guessed), "macro_f1": macro_f1(truth, guessed)}
    if any(e.spans for e in examples):
        found |= {
            "spans": span_f1(span_rows(examples, said)),
            "exact": share(exact_rows(examples, said)),
        }
    pairs = zip(examples, said, strict=True)
    numbers = [(e.target, p.number) for e, p in pairs if e.target is not None and p.number is not None]
    if numbers:
        truth_numbers, said_numbers = np.array(numbers, dtype=float).T
        found["negative_rmse"] = -float(np.sqrt(np.mean((truth_numbers - said_numbers) ** 2)))
    return found
