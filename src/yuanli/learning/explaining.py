"""Why a model says what it says: which words it hangs on, and which examples it learnt that are most alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.examples import Example
from yuanli.learning.predictions import Prediction

UNITS = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")
Predict = Callable[[Sequence[str]], Sequence[Prediction]]


@dataclass(frozen=True, slots=True)
class Contribution:
    """`text[start:end]`, and by how much the confidence in the answer falls without it."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What an answer hangs on, part by part in the order of the text."""

    text: str
    label: str
    confidence: float
    parts: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training example and the cosine of its sentence vector with that of the text, −1 to 1."""

    example: Example
    similarity: float


def explain_by_occlusion(
    predict: Predict, text: str, *, width: int = 2, most: int | None = None
) -> Attribution:
    """Return how much the answer hangs on each word: what its probability loses when the word is left out.

    Occlusion (Zeiler and Fergus 2014, doi:10.1007/978-3-319-10590-1_53), one word or number at a time. Chinese
    has no blanks: there each window of `width` characters is left out, and a character weighs the mean of its windows.

    Parameters
    ----------
    predict
        A model's predictions of texts; `Model.predict` is one.
    text
        What to explain.
    width
        Chinese characters left out at a time.
    most
        How many words or windows are left out, from the start of the text: each costs a prediction. What
        comes after them has no part in the answer. None leaves out all.

    Raises
    ------
    InvalidInputError
        The model has no classes, or `width` is less than 1.
    """
    if width < 1:
        raise InvalidInputError(
            Text(f"width 是 {width}，至少为 1。", f"width is {width}; it is at least 1."),
            field="width",
            hint=Text("给 1 到 4。", "Give 1 to 4."),
        )
    windows = _windows(text, width)[:most]
    read = windows[-1][1] if windows else 0
    whole, *without = predict([text, *(text[:start] + text[end:] for start, end in windows)])
    if whole.label is None or not len(whole.probabilities):
        raise InvalidInputError(
            Text("这个模型没有类别，无法归因。", "The model has no classes to explain."),
            field="predict",
            hint=Text("用分类模型。", "Give a model that was trained with labels."),
        )
    best = int(whole.probabilities.argmax())
    falls = [float(whole.probabilities[best] - said.probabilities[best]) for said in without]
    parts = tuple(
        Contribution(
            start,
            end,
            float(np.mean([f for (a, b), f in zip(windows, falls, strict=True) if a < end and b > start])),
        )
        for start, end in _units(text)
        if end <= read
    )
    return Attribution(text=text, label=whole.label, confidence=float(whole.probabilities[best]), parts=parts)


def nearest_examples(
    vector: NDArray[np.floating],
    vectors: NDArray[np.floating],
    examples: Sequence[Example],
    *,
    count: int = 5,
) -> tuple[Neighbour, ...]:
    """Return the examples whose sentence vectors are nearest, the nearest first.

    Parameters
    ----------
    vector
        Of the text to explain, shape `(width,)`.
    vectors
        Of the examples, shape `(n_examples, width)`.
    examples
        What was trained on.
    count
        How many to return.
    """
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    similarities = (vectors @ vector) / np.maximum(lengths, 1e-12)
    order = np.argsort(-similarities, kind="stable")[:count]
    return tuple(Neighbour(examples[i], float(similarities[i])) for i in order)


def _units(text: str) -> list[tuple[int, int]]:
    """Return words and numbers, Chinese characters one by one."""
    found = []
    for match in UNITS.finditer(text):
        chinese = "\u3400" <= match[0][0] <= "\u9fff"
        found += [(i, i + 1) for i in range(*match.span())] if chinese else [match.span()]
    return found


def _windows(text: str, width: int) -> list[tuple[int, int]]:
    found = []
    for match in UNITS.finditer(text):
        start, end = match.span()
        chinese = "\u3400" <= match[0][0] <= "\u9fff" and end - start > width
        found += [(i, i + width) for i in range(start, end - width + 1)] if chinese else [(start, end)]
    return found
