"""How good what was said of states is: on all moments, and on those at which the state changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.forecast.history import Floats, Ints

ROUNDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StateScores:
    """Shares run 0–1; intervals are of 95 % and by drawing whole days, so that alike minutes don't count as many.

    Parameters
    ----------
    change_recall
        Of the moments at which the state asked for is another than now, how many were right; not a number where the
        state now isn't known or never changes.
    false_changes
        Of the moments at which it stays, how many were said to change.
    log_loss
        Mean negative log-likelihood; not a number for what gives no probabilities.
    """

    count: int
    days: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    macro_f1: float
    change_recall: float
    false_changes: float
    log_loss: float


def score_states(
    said: Ints, truth: Floats, now: Floats, day: Ints, *, probabilities: Floats | None = None, seed: int = 0
) -> StateScores:
    """Return the scores of what was said of moments whose state is known."""
    true = truth.astype(np.int64)
    right = said == true
    known = np.isfinite(now)
    changes = known & (now != true)
    stays = known & (now == true)
    low, high = _interval(right, day, seed)
    loss = float("nan")
    if probabilities is not None and len(true):
        loss = float(-np.log(np.clip(probabilities[np.arange(len(true)), true], 1e-9, 1)).mean())
    return StateScores(
        count=len(true), days=len(np.unique(day)), accuracy=_share(right), accuracy_low=low, accuracy_high=high,
        macro_f1=_macro_f1(said, true), change_recall=_share(right[changes]),
        false_changes=_share(said[stays] != now[stays]), log_loss=loss,
    )  # fmt: skip


def _share(right: Ints) -> float:
    return float(np.mean(right)) if len(right) else float("nan")


def _macro_f1(said: Ints, true: Ints) -> float:
    found = []
    for number in np.unique(true):
        hits = int(((said == number) & (true == number)).sum())
        found.append(2 * hits / int((said == number).sum() + (true == number).sum()))
    return float(np.mean(found)) if found else float("nan")


def _interval(right: Ints, day: Ints, seed: int) -> tuple[float, float]:
    """Return the percentile bootstrap interval over days (Efron 1979)."""
    if not len(right):
        return float("nan"), float("nan")
    _, which = np.unique(day, return_inverse=True)
    hits, counts = np.bincount(which, weights=right), np.bincount(which)
    drawn = np.random.default_rng(seed).integers(0, len(counts), (ROUNDS, len(counts)))
    shares = hits[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return float(low), float(high)
