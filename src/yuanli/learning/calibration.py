"""Confidence that is as often right as it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.examples import Example
from yuanli.learning.metrics import calibration_error
from yuanli.learning.predictions import Prediction

COLDEST, HOTTEST = 0.05, 20.0
Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Predictions with a confidence from `low` to `high`: their mean confidence, and how many were right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far confidence is from the share of right answers: expected error, negative log-likelihood, bins."""

    error: float
    log_loss: float | None
    bins: tuple[Bin, ...]


def calibration_of(
    confidence: NDArray[np.float64],
    right: NDArray[np.bool_],
    *,
    log_loss: float | None = None,
    bins: int = 15,
) -> Calibration:
    """Return how well confidence is calibrated, over bins of equal width; empty ones are left out."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            count=int((which == number).sum()),
            confidence=float(confidence[which == number].mean()),
            accuracy=float(right[which == number].mean()),
        )
        for number in sorted(set(which.tolist()))
    ]
    return Calibration(
        error=calibration_error(confidence, right, bins=bins), log_loss=log_loss, bins=tuple(rows)
    )


def fit_temperature(scores: Floats, truth: NDArray[np.int64]) -> float:
    """Return what to divide class scores by so that their softmax is calibrated (Guo et al. 2017, arXiv:1706.04599).

    It minimises the negative log-likelihood, changes no answer, and is fitted on the development set.

    Parameters
    ----------
    scores
        Logits, or logarithms of probabilities, of shape `(n_examples, n_classes)`.
    truth
        The true class of each.

    Raises
    ------
    InvalidInputError
        There are no examples, or scores and truth don't fit together.
    """
    if scores.ndim != 2 or len(scores) != len(truth) or not len(truth) or not np.isfinite(scores).all():
        raise InvalidInputError(
            Text(f"得分的形状是 {scores.shape}，真值有 {len(truth)} 个；要有限且一一对应。",
                 f"Scores of shape {scores.shape} and {len(truth)} true classes; they must be finite and as many."),
            field="scores",
            hint=Text("在开发集上给出每条例句的得分。", "Give the scores of each example of the dev set."),
        )  # fmt: skip
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda log_t: log_loss(scores / np.exp(log_t), truth),
        bounds=(np.log(COLDEST), np.log(HOTTEST)),
        method="bounded",
    )
    return float(np.exp(found.x))


def log_loss(scores: Floats, truth: NDArray[np.int64]) -> float:
    """Return the mean negative log-likelihood of the true classes under the softmax of scores."""
    wide = np.asarray(scores, dtype=np.float64)
    shifted = wide - wide.max(axis=1, keepdims=True)
    likelihood = shifted[np.arange(len(truth)), truth] - np.log(np.exp(shifted).sum(axis=1))
    return float(-likelihood.mean())


def tempered(probabilities: Floats, temperature: float) -> NDArray[np.float64]:
    """Return probabilities at another temperature; above 1 they come closer to each other."""
    scores = log_scores(probabilities) / temperature
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def fitted_temperature(
    examples: Sequence[Example], said: Sequence[Prediction], labels: Sequence[str]
) -> float:
    """Return the temperature fitted to predictions made at temperature 1, 1 where no label is known."""
    index = {label: place for place, label in enumerate(labels)}
    known = [
        (index[e.label], p.probabilities) for e, p in zip(examples, said, strict=True) if e.label in index
    ]
    if not known:
        return 1.0
    probabilities = np.array([row for _, row in known], dtype=np.float64).reshape(len(known), len(labels))
    return fit_temperature(log_scores(probabilities), np.array([place for place, _ in known], dtype=np.int64))


def log_scores(probabilities: Floats) -> NDArray[np.float64]:
    """Return logarithms of probabilities, finite where one is 0."""
    return np.log(np.clip(np.asarray(probabilities, dtype=np.float64), 1e-30, None))
