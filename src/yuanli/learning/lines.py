"""A line for each class: multinomial logistic regression on what is known, in numpy and scipy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]
FARTHEST = 5.0
"""A feature counts as no farther out than this many standard deviations."""
ROUNDS = 150


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """Mean and spread of columns where they were learnt."""

    mean: Floats
    spread: Floats

    def apply(self, rows: Floats) -> Floats:
        """Return rows in spreads from the mean, held back where far out; what isn't known counts as the mean."""
        apart = np.clip((np.asarray(rows, dtype=np.float64) - self.mean) / self.spread, -FARTHEST, FARTHEST)
        return np.where(np.isfinite(apart), apart, 0)


def scale_of(rows: Floats) -> Scale:
    """Return the scale of columns; one that never moves, or is never known, has spread 1."""
    wide = np.asarray(rows, dtype=np.float64)
    there = np.isfinite(wide)
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, wide, 0).sum(axis=0) / count
    spread = np.sqrt((np.where(there, wide - mean, 0) ** 2).sum(axis=0) / count)
    return Scale(mean=mean, spread=np.where(spread > 1e-9, spread, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """Weights of shape `(n_classes, n_features + 1)`, the last for the offset, on scaled features."""

    scale: Scale
    weights: Floats

    def predict(self, features: NDArray[np.float32]) -> Floats:
        """Return probabilities, shape `(n, n_classes)`."""
        scores = _with_one(self.scale.apply(features)) @ self.weights.T
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def fit_line(features: NDArray[np.float32], truth: Ints, *, classes: int, penalty: float) -> Line:
    """Return the line that is likeliest less `penalty` times the squared weights, by L-BFGS."""
    from scipy.optimize import minimize

    scale = scale_of(features)
    rows = _with_one(scale.apply(features))
    wanted = np.eye(classes)[truth]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(classes, -1)
        scores = rows @ weights.T
        scores -= scores.max(axis=1, keepdims=True)
        total = np.log(np.exp(scores).sum(axis=1))
        said = np.exp(scores - total[:, None])
        slopes = weights.copy()
        slopes[:, -1] = 0
        value = float((total - scores[np.arange(len(truth)), truth]).mean())
        value += penalty / len(truth) * float((slopes**2).sum())
        slope = (said - wanted).T @ rows / len(truth) + 2 * penalty / len(truth) * slopes
        return value, slope.ravel()

    start = np.zeros(classes * rows.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return Line(scale=scale, weights=found.x.reshape(classes, -1))


def _with_one(rows: Floats) -> Floats:
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
