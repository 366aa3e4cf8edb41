"""A straight line for each point, fitted to its own last days, all points at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.features import Known
from yuanli.forecast.history import Floats, Ints

RIDGE_D = 14
SHRINK = 30.0
LEAST_ROWS = 24
CLIP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ridge:
    """Weights of the features `Known.linear`, in units of each point's spread; shape `(n_points, n_features)`."""

    weights: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Sums of products over the steps of one past origin.

    Parameters
    ----------
    square
        Features with features; shape `(n_points, n_features, n_features)`.
    cross
        Features with the target; shape `(n_points, n_features)`.
    count
        Steps that were there; shape `(n_points,)`.
    """

    square: NDArray[np.float32]
    cross: NDArray[np.float32]
    count: Ints


def linear_rows(known: Known) -> NDArray[np.float32]:
    """Return the features of a line, what is unknown as nought: as the usual has it."""
    return np.nan_to_num(np.clip(known.matrix(known.linear), -CLIP, CLIP))


def linear_steps(known: Known, points: Ints, steps: Ints) -> NDArray[np.float32]:
    """Return the features of a line at pairs of points and steps."""
    return np.nan_to_num(np.clip(known.picked(known.linear, points, steps), -CLIP, CLIP))


def target_rows(known: Known, truth: Floats) -> NDArray[np.float32]:
    """Return how far the truth was from the usual, in units of spread; not a number where it is missing."""
    return np.clip((truth - known.usual) / known.spread[:, None], -CLIP, CLIP).astype(np.float32)


def moments_of(rows: NDArray[np.float32], target: NDArray[np.float32]) -> Moments:
    """Return what one past origin adds to the fit."""
    held = np.isfinite(target)
    kept = np.where(held[:, :, None], rows, 0)
    turned = kept.transpose(0, 2, 1)
    return Moments(
        square=np.matmul(turned, kept),
        cross=np.matmul(turned, np.where(held, target, 0)[:, :, None])[:, :, 0],
        count=held.sum(axis=1),
    )


def fit_ridge(moments: Sequence[Moments], *, shrink: float = SHRINK) -> Ridge:
    """Return the weights that fit past origins best, drawn towards nought (Hoerl & Kennard 1970).

    Nought says the usual. Points with too little to learn from keep it.

    Parameters
    ----------
    shrink
        How many rows of one spread a weight must outdo.
    """
    square = np.stack([m.square for m in moments]).sum(axis=0, dtype=np.float64)
    cross = np.stack([m.cross for m in moments]).sum(axis=0, dtype=np.float64)
    count = np.stack([m.count for m in moments]).sum(axis=0)
    square += shrink * np.eye(square.shape[1])
    weights = np.linalg.solve(square, cross[:, :, None])[:, :, 0]
    return Ridge(weights=np.where((count >= LEAST_ROWS)[:, None], weights, 0))


def predict_ridge(ridge: Ridge, known: Known, rows: NDArray[np.float32]) -> Floats:
    """Return what the line says; shape `(n_points, horizon)`."""
    apart = np.matmul(rows, ridge.weights[:, :, None])[:, :, 0]
    return np.asarray(known.usual + known.spread[:, None] * np.clip(apart, -CLIP, CLIP))
