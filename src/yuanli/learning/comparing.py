"""What one model does better than another, and worse: over the same examples, and example by example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.learning.examples import Example
from yuanli.learning.metrics import Comparison, compare, share
from yuanli.learning.predicting import Predictor
from yuanli.learning.predictions import Prediction, exact_rows

Said = tuple[str | None, tuple[tuple[str, str], ...]]
"""A label, and the type and surface of each span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An example that one model gets right and the other wrong."""

    text: str
    context: str | None
    origin: str
    truth: Said
    before: Said
    after: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What got better and worse from one model to another; a right answer has the class and all spans right."""

    before: str
    after: str
    count: int
    both_right: int
    both_wrong: int
    better: tuple[Difference, ...]
    worse: tuple[Difference, ...]
    comparison: Comparison


def compare_models(examples: Sequence[Example], before: Predictor, after: Predictor) -> Changed:
    """Return what a second model gets right of the examples that the first did not, and the other way round."""
    old, new = predict_all(before, examples), predict_all(after, examples)
    was, now = right_rows(examples, old), right_rows(examples, new)
    differences = [_difference(*three) for three in zip(examples, old, new, strict=True)]
    return Changed(
        before=before.facts.version,
        after=after.facts.version,
        count=len(examples),
        both_right=int((was & now).sum()),
        both_wrong=int((~was & ~now).sum()),
        better=tuple(d for d, a, b in zip(differences, was, now, strict=True) if b and not a),
        worse=tuple(d for d, a, b in zip(differences, was, now, strict=True) if a and not b),
        comparison=compare(was, now, share),
    )


def predict_all(model: Predictor, examples: Sequence[Example]) -> list[Prediction]:
    """Return what a model says of examples, each with its context."""
    return model.predict([e.text for e in examples], [e.context for e in examples]) if examples else []


def right_rows(examples: Sequence[Example], said: Sequence[Prediction]) -> NDArray[np.bool_]:
    """Return which examples are right: class and spans; the class alone where no example at all has spans."""
    if any(e.spans for e in examples):
        return exact_rows(examples, said)
    return np.array([e.label == p.label for e, p in zip(examples, said, strict=True)], dtype=bool)


def _difference(example: Example, old: Prediction, new: Prediction) -> Difference:
    return Difference(
        text=example.text,
        context=example.context,
        origin=example.origin,
        truth=(example.label, example.values()),
        before=_said(example.text, old),
        after=_said(example.text, new),
    )


def _said(text: str, prediction: Prediction) -> Said:
    return prediction.label, tuple((span.type, text[span.start : span.end]) for span in prediction.spans)
