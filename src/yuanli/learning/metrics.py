"""How good a model is: scores, their uncertainty, and whether one is better than another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = Sequence[tuple[str, str]]
"""Type and surface of the spans of one example."""
Rows = NDArray[Any]
"""What a statistic is computed from: one row an example."""
Statistic = Callable[[Rows], float]


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its 95 % bootstrap interval, over `count` examples; all run 0–1."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 of one class, and how often it was true."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same examples: by how much the second is better, and how sure that is.

    `p_value` is two-sided, by approximate randomisation (Noreen 1989): the share of random swaps of the
    two models' answers that give a difference at least this large.
    """

    difference: float
    low: float
    high: float
    p_value: float


def accuracy(truth: Sequence[str], said: Sequence[str]) -> float:
    """Return the share of right answers."""
    return sum(a == b for a, b in zip(truth, said, strict=True)) / max(len(truth), 1)


def class_scores(truth: Sequence[str], said: Sequence[str]) -> tuple[ClassScore, ...]:
    """Return the scores of each class that is true or said at least once, sorted by name."""
    hits = Counter(a for a, b in zip(truth, said, strict=True) if a == b)
    true, guessed = Counter(truth), Counter(said)
    return tuple(
        ClassScore(
            label=label,
            precision=hits[label] / guessed[label] if guessed[label] else 0.0,
            recall=hits[label] / true[label] if true[label] else 0.0,
            f1=2 * hits[label] / (true[label] + guessed[label]),
            support=true[label],
        )
        for label in sorted({*truth, *said})
    )


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Return the mean F1 over the classes that are true at least once."""
    scores = [score.f1 for score in class_scores(truth, said) if score.support]
    return float(np.mean(scores)) if scores else 0.0


def span_counts(truth: Values, said: Values) -> tuple[int, int, int]:
    """Return how many spans of one example are right, said, and true; a span is right as (type, surface)."""
    right = sum((Counter(truth) & Counter(said)).values())
    return right, len(said), len(truth)


def span_f1(counts: NDArray[np.int64]) -> float:
    """Return the micro F1 of rows `(right, said, true)`; 1 where there is nothing to find and nothing said."""
    right, said, true = counts.sum(axis=0)
    return float(2 * right / (said + true)) if said + true else 1.0


def share(right: NDArray[np.bool_]) -> float:
    """Return the share of true values."""
    return float(right.mean()) if len(right) else 0.0


def bootstrap(rows: Rows, statistic: Statistic, *, rounds: int = 1000, seed: int = 0) -> Score:
    """Return a statistic over rows with its percentile bootstrap interval (Efron 1979)."""
    value = statistic(rows)
    if len(rows) == 0:
        return Score(value, value, value, 0)
    rng = np.random.default_rng(seed)
    drawn = [statistic(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(rounds)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Score(value, float(low), float(high), len(rows))


def compare(
    first: Rows, second: Rows, statistic: Statistic, *, rounds: int = 2000, seed: int = 0
) -> Comparison:
    """Compare two models by the rows that a statistic is computed from, one row an example."""
    rng = np.random.default_rng(seed)
    difference = statistic(second) - statistic(first)
    extreme = 0
    for _ in range(rounds):
        swap = rng.random(len(first)) < 0.5
        mask = swap.reshape(-1, *([1] * (first.ndim - 1)))
        a, b = np.where(mask, second, first), np.where(mask, first, second)
        extreme += abs(statistic(b) - statistic(a)) >= abs(difference) - 1e-12
    drawn = []
    for _ in range(rounds // 2):
        rows = rng.integers(0, len(first), len(first))
        drawn.append(statistic(second[rows]) - statistic(first[rows]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Comparison(difference, float(low), float(high), (extreme + 1) / (rounds + 1))


def confusion(truth: Sequence[str], said: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the labels and the matrix of counts, true label by row, said label by column."""
    labels = tuple(sorted({*truth, *said}))
    index = {label: i for i, label in enumerate(labels)}
    matrix = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for a, b in zip(truth, said, strict=True):
        matrix[index[a], index[b]] += 1
    return labels, matrix


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 15) -> float:
    """Return the expected calibration error over equal-width bins (Naeini et al. 2015)."""
    if len(confidence) == 0:
        return 0.0
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for number in range(bins):
        inside = which == number
        if inside.any():
            error += float(inside.mean()) * abs(
                float(right[inside].mean()) - float(confidence[inside].mean())
            )
    return error


def recall_at_false_rejection(
    doubt: NDArray[np.float64], outside: NDArray[np.bool_], *, most: float
) -> tuple[float, float]:
    """Return the recall on out-of-scope examples, and the threshold of doubt that gives it.

    At the threshold at most the share `most` of the in-scope examples is rejected.

    Parameters
    ----------
    doubt
        How little each example looks in scope: the higher, the sooner it is rejected.
    outside
        Whether it truly is out of scope.
    most
        The share of the in-scope examples that may be rejected.
    """
    inside = np.sort(doubt[~outside])
    allowed = int(np.floor(most * len(inside)))
    threshold = float(inside[len(inside) - 1 - allowed]) if len(inside) > allowed else float("-inf")
    return share(doubt[outside] > threshold), threshold
