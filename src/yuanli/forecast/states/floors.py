"""The plain answers that a model must beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.states.features import STATE, Known

MAJORITY, PERSISTENCE, LAST_WEEK, THRESHOLD = "majority", "persistence", "last_week", "threshold"
FLOORS = (MAJORITY, PERSISTENCE, LAST_WEEK, THRESHOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One signal and where it parts two classes: `below` is the state up to the cut, `above` over it."""

    feature: str
    cut: float
    below: int
    above: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What is needed to give the plain answers: the commonest state, and the best single threshold."""

    commonest: int
    threshold: Threshold | None


def fit_floors(known: Known, signals: tuple[str, ...], classes: int) -> Floors:
    """Return the floors of what is known; a threshold is on what a signal reads now."""
    truth = known.truth.astype(np.int64)
    counts = np.bincount(truth, minlength=classes)
    best: tuple[float, Threshold] | None = None
    for signal in signals:
        found = _best_cut(known.features[:, known.names.index(signal)].astype(np.float64), truth, classes)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], Threshold(feature=signal, cut=found[1], below=found[2], above=found[3]))
    return Floors(commonest=int(counts.argmax()), threshold=None if best is None else best[1])


def say_floors(floors: Floors, known: Known) -> dict[str, Ints]:
    """Return what each floor says of moments; a floor that has nothing to go by says the commonest state."""
    usual = np.full(len(known), floors.commonest)
    said = {MAJORITY: usual}
    if STATE in known.names:
        week = known.features[:, known.names.index("state last week")].astype(np.float64)
        yesterday = known.features[:, known.names.index("state yesterday")].astype(np.float64)
        said[PERSISTENCE] = _or(known.now, usual)
        said[LAST_WEEK] = _or(week, _or(yesterday, usual))
    if floors.threshold is not None:
        one = floors.threshold
        value = known.features[:, known.names.index(one.feature)]
        above = np.where(value > np.float32(one.cut), one.above, one.below)
        said[THRESHOLD] = np.where(np.isfinite(value), above, usual)
    return said


def _or(state: Floats | Ints, otherwise: Ints) -> Ints:
    there = np.isfinite(state)
    return np.where(there, np.where(there, state, 0), otherwise).astype(np.int64)


def _best_cut(value: Floats, truth: Ints, classes: int) -> tuple[float, float, int, int] | None:
    """Return how often the best cut is right, the cut midway between two values, and the states below and above it."""
    there = np.isfinite(value)
    if not there.any():
        return None
    order = np.argsort(value[there], kind="stable")
    ordered = value[there][order]
    steps = np.flatnonzero(ordered[1:] > ordered[:-1])
    if not len(steps):
        return None
    low = np.cumsum(np.eye(classes, dtype=np.int64)[truth[there][order]], axis=0)
    missing = 0 if there.all() else int(np.bincount(truth[~there], minlength=classes).max())
    right = low[steps].max(axis=1) + (low[-1] - low[steps]).max(axis=1)
    ties = np.flatnonzero(right == right.max())
    best = steps[ties[len(ties) // 2]]
    cut = float(ordered[best] + ordered[best + 1]) / 2
    above = low[-1] - low[best]
    return (int(right.max()) + missing) / len(truth), cut, int(low[best].argmax()), int(above.argmax())
