"""What a point would be expected to say: by the counter beside it, or by the same hour of its other days."""

from __future__ import annotations

import numpy as np

from yuanli.telemetry.quality import Reason
from yuanli.telemetry.readings import Times, Values
from yuanli.telemetry.rules.course import DAY, HOUR, Course, robust_scale

BROKEN = np.uint32(Reason.ROLLOVER | Reason.RESET | Reason.SWAP)


def residual_of_days(at: Times, values: Values) -> Values:
    """Return how far values lie from the median of the hours around that time of other days.

    Shape as `values`; a time of day that fewer than four days have is compared with all.
    """
    slots = (at % DAY) // HOUR
    middle = float(np.median(values))
    profile = np.full(24, middle)
    for slot in range(24):
        near = np.isin(slots, [(slot - 1) % 24, slot, (slot + 1) % 24])
        if len(np.unique(at[near] // DAY)) >= 4:
            profile[slot] = float(np.median(values[near]))
    return np.asarray(values - profile[slots])


def residual_of_twin(course: Course, at: Times, values: Values) -> Values | None:
    """Return how far a rate lies from the growth of its counter; NaN where that is not known, None where it never is.

    A rate may be the mean of the time before its reading or after it; what fits better is taken. The
    counter's scale is fitted too, by the median ratio, so that both may have their own unit.
    """
    twin = course.twin
    if twin is None:
        return None
    known = twin.valid & (twin.quality <= 1)
    t, count, broken = twin.at[known], twin.value[known], (twin.reason[known] & BROKEN) != 0
    if len(t) < 20:
        return None
    spans, growth = np.diff(t), np.diff(count)
    whole = (spans <= 1.5 * twin.step) & (growth >= 0) & ~broken[1:]
    rates = growth[whole] / (spans[whole] / HOUR)
    best: Values | None = None
    for stamps in (t[1:][whole], t[:-1][whole]):
        expected = np.full(len(at), np.nan)
        place = np.minimum(np.searchsorted(stamps, at), max(len(stamps) - 1, 0))
        hit = stamps[place] == at if len(stamps) else np.zeros(len(at), bool)
        expected[hit] = rates[place[hit]]
        if hit.sum() < 20:
            continue
        positive = hit & (expected > 0)
        scale = float(np.median(values[positive] / expected[positive])) if positive.any() else 1.0
        residual = values - scale * expected
        if best is None or _width(residual) < _width(best):
            best = residual
    return best


def _width(values: Values) -> float:
    return robust_scale(values[np.isfinite(values)])
