"""Points hour by hour, as forecasts look at them."""

from __future__ import annotations

from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast import HOUR
from yuanli.operations.readings import Every, Numbers, ReadingStore
from yuanli.telemetry import Quality


def hourly_means(
    store: ReadingStore, numbers: Numbers, first: int, n_hours: int, zone: tzinfo
) -> NDArray[np.float64]:
    """Return means of the hours from `first` (µs) on, shape `(n_points, n_hours)`; not a number where unknown."""
    found = store.roll_up(
        numbers, first, first + n_hours * HOUR, every=Every.HOUR, time_zone=zone, cadence_s=3600.0
    )  # Coverage isn't asked for: how often readings come need not be found out.
    values = np.full((len(numbers), n_hours), np.nan)
    if len(found):
        order = np.argsort(numbers)
        row = order[np.searchsorted(numbers[order], found.point)]
        column = np.clip((found.start - first) // HOUR, 0, n_hours - 1)
        good = (found.count > 0) & (found.quality <= Quality.BAD) & np.isfinite(found.mean)
        values[row[good], column[good]] = found.mean[good]
    return values
