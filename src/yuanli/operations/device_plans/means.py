"""Readings as means of slots, and as they usually are by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from yuanli.operations.moments import micros_of
from yuanli.telemetry import Series

Floats = NDArray[np.float64]


def slot_means(series: Series, times: Sequence[datetime], slot: timedelta) -> Floats:
    """Return the mean of what was read in each slot; not a number where nothing was."""
    known = np.isfinite(series.value)
    at, total = series.at[known], np.concatenate([[0.0], np.cumsum(series.value[known])])
    starts = np.array([micros_of(time) for time in times], np.int64)
    first, last = (np.searchsorted(at, starts + shift) for shift in (0, slot // timedelta(microseconds=1)))
    count = last - first
    return np.where(count > 0, (total[last] - total[first]) / np.maximum(count, 1), np.nan)


def usual_means(series: Series, times: Sequence[datetime], slot: timedelta, *, days: int) -> Floats:
    """Return what was read at the same clock in the days before, on average; not a number where nothing was.

    Days are of 24 hours; each time is compared with the last whole days before the first of them.
    """
    ahead = (times[-1] - times[0]) // timedelta(days=1) + 1
    shifts = [timedelta(days=n) for n in range(ahead, ahead + days)]
    told = np.array([slot_means(series, [time - shift for time in times], slot) for shift in shifts])
    known = np.isfinite(told)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, told, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def filled(values: Floats) -> Floats | None:
    """Return values whose gaps are bridged; None where less than half is known."""
    known = np.isfinite(values)
    if known.mean() < 0.5:
        return None
    places = np.arange(len(values))
    return np.interp(places, places[known], values[known])
