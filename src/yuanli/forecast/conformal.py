"""Intervals that hold the truth as often as they say, measured on what was forecast before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.history import Floats, Ints

LEAST = 24
"""Groups with fewer errors than this take those of all hours."""
RATE = 0.02


def interval_widths(errors: Floats, groups: Ints, wanted: Ints, levels: Floats) -> Floats:
    """Return how far on each side intervals reach, by split conformal prediction.

    The k-th smallest of n past errors, k = ⌈(n + 1) · level⌉, is passed by the next one with probability 1 − level
    (Vovk et al. 2005; Angelopoulos & Bates 2021, arXiv:2107.07511).

    Parameters
    ----------
    errors
        Absolute errors of past forecasts, shape `(n_points, n_errors)`; not a number where unknown.
    groups
        The group of each error, shape `(n_errors,)`.
    wanted
        The groups of the steps to come, shape `(horizon,)`.
    levels
        Shape `(n_points,)`.
    """
    everything = _quantile(errors, levels)
    widths = np.repeat(everything[:, None], len(wanted), axis=1)
    for group in np.unique(wanted):
        own = errors[:, groups == group]
        enough = np.isfinite(own).sum(axis=1) >= LEAST
        width = np.where(enough, _quantile(own, levels), everything)
        widths[:, wanted == group] = width[:, None]
    return widths


def adapted(levels: Floats, missed: Floats, level: float, *, rate: float = RATE) -> Floats:
    """Return levels moved by how often intervals have just missed (Gibbs & Candès 2021, arXiv:2106.00170).

    Parameters
    ----------
    missed
        The share of truths outside, by point; not a number where nothing came.
    """
    step = rate * (np.where(np.isfinite(missed), missed, 1 - level) - (1 - level))
    return np.clip(levels + step, level - (1 - level), 1 - (1 - level) / 8)


def _quantile(errors: Floats, levels: Floats) -> Floats:
    if not errors.shape[1]:
        return np.full(len(errors), np.nan)
    order = np.sort(errors, axis=1)
    count = np.isfinite(errors).sum(axis=1)
    place = np.minimum(np.ceil((count + 1) * levels).astype(np.int64), count) - 1
    found = np.take_along_axis(order, np.maximum(place, 0)[:, None], axis=1)[:, 0]
    return np.where(count > 0, found, np.nan)


def inside(truth: Floats, low: Floats, high: Floats) -> NDArray[np.float64]:
    """Return 1 where the truth lies in its interval, 0 where not; not a number where either is missing."""
    held = np.isfinite(truth) & np.isfinite(low) & np.isfinite(high)
    return np.where(held, ((truth >= low) & (truth <= high)).astype(np.float64), np.nan)
