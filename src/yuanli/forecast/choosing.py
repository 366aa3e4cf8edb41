"""Which method each point is given: the one that did best on its recent past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.replay import Replay

LEAN_D = 7
"""How many days of its own outweigh what the other points say of a method."""
GAIN = 0.01
"""An elaborate method must be this much better than a plainer one."""


def seen(truth: NDArray[np.float32], origins: Ints, origin: int) -> NDArray[np.float32]:
    """Return truths at past origins as far as they were known at an origin."""
    times = origins[:, None] + np.arange(truth.shape[2])
    return np.where((times < origin)[:, None, :], truth, np.nan)


def backtest_errors(played: Replay, place: int, *, days: int, steps: int) -> Floats:
    """Return each method's mean absolute error on the days before an origin; shape `(n_methods, n_points)`.

    Methods are compared on the steps at which all that have anything to say do; not a number where there are none.
    """
    origin = int(played.origins[place])
    recent = [i for i in range(place) if played.origins[i] >= origin - days * steps]
    if not recent:
        return np.full((len(played.methods), played.truth.shape[1]), np.nan)
    truth = seen(played.truth[recent], played.origins[recent], origin)
    apart = np.abs(played.guesses[:, recent] - truth)
    silent = ~np.isfinite(apart).any(axis=(1, 3))
    held = (np.isfinite(apart) | silent[:, None, :, None]).all(axis=0) & np.isfinite(truth)
    count = held.sum(axis=(0, 2))
    sums = np.where(held, apart, 0).sum(axis=(1, 3), dtype=np.float64)
    errors = np.divide(sums, count, out=np.full(sums.shape, np.nan), where=count > 0)
    return np.where(silent, np.nan, errors)


def choose_methods(errors: Floats, *, days: float) -> Ints:
    """Return the row of the best method of each point.

    A point's own errors, as a share of its best method's, are drawn towards what all points say, the more the shorter
    its past; ties and near-ties go to the plainer method. Without any backtest it is the second row, else the first.

    Parameters
    ----------
    errors
        Shape `(n_methods, n_points)`, the plainest method first.
    days
        How many days they were measured on.
    """
    least = np.nanmin(np.where(np.isfinite(errors), errors, np.inf), axis=0)
    unit = np.where(np.isfinite(least) & (least > 0), least, 1.0)
    share = np.clip(errors / unit, 0, 10)
    there = np.isfinite(share)
    everyone = np.where(there, share, 0).sum(1) / np.maximum(there.sum(1), 1)
    weighed = (days * share + LEAN_D * everyone[:, None]) / (days + LEAN_D)
    weighed = np.where(there, weighed, np.inf)
    best = np.zeros(errors.shape[1], dtype=np.int64)
    for row in range(1, len(errors)):
        columns = np.arange(len(best))
        best = np.where(weighed[row] < (1 - GAIN) * weighed[best, columns], row, best)
    return np.where(there.any(axis=0), best, min(1, len(errors) - 1))
