"""How much was used in each bucket of time: registers and rates, from what buckets of readings tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry.counters import HOUR, WHOLE, Consumption, even_steps, usual_rate
from yuanli.telemetry.readings import Times, Values

LONGEST_FILL = 48 * HOUR
"""A rate that is missing for longer than this is not guessed."""
LEAP = 20.0
"""How many times the usual highest rate a step is that only another meter explains."""
DOUBTED_LEAP = 4.0
"""The same, of a step with a reading that was marked."""
JUDGED_H = 2.0
"""Registers that send less often than this are spread evenly."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Amounts:
    """What was used in buckets of time; columns of one length.

    Parameters
    ----------
    amount
        In the unit of the register, or of the rate times an hour.
    covered, estimated
        For which share of the bucket's time something is known, and for which that is estimated, 0–1.
    """

    amount: Values
    covered: Values
    estimated: Values

    def __len__(self) -> int:
        return len(self.amount)


def spread(steps: Consumption, edges: Times) -> Amounts:
    """Divide steps among buckets, each evenly over its time.

    Parameters
    ----------
    steps
        In order, without overlap.
    edges
        Where the `n` buckets begin and the last ends, shape `(n + 1,)`, µs.
    """
    if not len(steps):
        nothing = np.zeros(max(len(edges) - 1, 0))
        return Amounts(amount=nothing, covered=nothing, estimated=nothing)
    marks = np.stack((steps.start, steps.end), axis=1).reshape(-1)
    spans = (steps.end - steps.start).astype(float)
    width = np.maximum(np.diff(edges), 1)
    return Amounts(
        amount=_between(marks, steps.amount, edges),
        covered=_between(marks, spans, edges) / width,
        estimated=_between(marks, np.where(steps.estimated, spans, 0.0), edges) / width,
    )


def register_steps(
    first: Times, last: Times, low: Values, high: Values, doubted: NDArray[np.bool_]
) -> tuple[Consumption, NDArray[np.bool_]]:
    """Return a register's steps from the first reading of a bucket to that of the next, and which can't be believed.

    Parameters
    ----------
    first, last, low, high
        Of each bucket that has readings: their first and last time, the smallest and the largest value.
    doubted
        Buckets with a reading that was marked.
    """
    at, value = np.append(first, last[-1:]), np.append(low, high[-1:])
    amount = np.diff(value)
    spans = np.diff(at).astype(float)
    fair = (amount >= 0) & (spans > 0)
    rates = amount[fair & (amount > 0)] / spans[fair & (amount > 0)]
    usual = min(float(np.quantile(rates, 0.95)), 4 * float(np.median(rates))) if len(rates) else 0.0
    leap = (
        np.where(doubted, DOUBTED_LEAP, LEAP)
        * usual
        * np.maximum(spans, np.median(spans) if len(spans) else 1)
    )
    wrong = (amount < 0) | ((amount > leap) & (leap > 0))
    wrong |= high > np.append(low[1:], np.inf) + 1e-9 * np.abs(high)
    wrong[1:] |= wrong[:-1] & (low[1:] < high[:-1])
    keep = spans > 0
    steps = Consumption(start=at[:-1][keep], end=at[1:][keep], amount=amount[keep], estimated=wrong[keep])
    return steps, wrong[keep]


def filled_register(steps: Consumption) -> Consumption:
    """Return a register's steps, those across long gaps divided as the register usually runs at those hours."""
    if not len(steps):
        return steps
    spans = steps.end - steps.start
    usual = int(np.median(spans))
    if usual > JUDGED_H * HOUR or spans.max() <= WHOLE * usual:
        return steps
    return even_steps(steps, max(usual, 1))


def rate_steps(start: Times, end: Times, mean: Values, coverage: Values) -> Consumption:
    """Return what a rate an hour makes of buckets, with holes of up to two days filled as it usually runs.

    Parameters
    ----------
    start, end
        Of each bucket that has readings, cut to what they tell of.
    coverage
        Which share of a bucket's readings came; below a half what it tells counts as estimated.
    """
    known = np.isfinite(mean) & (end > start)
    start, end, mean, coverage = start[known], end[known], mean[known], coverage[known]
    if not len(start):
        nothing = np.zeros(0, np.int64)
        return Consumption(start=nothing, end=nothing, amount=np.zeros(0), estimated=np.zeros(0, bool))
    steps = Consumption(
        start=start, end=end, amount=mean * (end - start) / HOUR,
        estimated=np.nan_to_num(coverage, nan=1.0) < 0.5,
    )  # fmt: skip
    holes = np.flatnonzero((start[1:] > end[:-1]) & (start[1:] - end[:-1] <= LONGEST_FILL))
    if not len(holes):
        return steps
    pieces = [_cut(int(end[i]), int(start[i + 1])) for i in holes]
    more_start = np.concatenate([piece[:-1] for piece in pieces])
    more_end = np.concatenate([piece[1:] for piece in pieces])
    every_start, every_end = np.append(start, more_start), np.append(end, more_end)
    order = np.argsort(every_start, kind="stable")
    told = np.append(steps.amount, np.full(len(more_start), np.nan))[order]
    every_start, every_end = every_start[order], every_end[order]
    guess = usual_rate(every_start, every_end, told) * (every_end - every_start) / HOUR
    missing = np.isnan(told)
    return Consumption(
        start=every_start, end=every_end, amount=np.where(missing, guess, told),
        estimated=missing | np.append(steps.estimated, np.ones(len(more_start), bool))[order],
    )  # fmt: skip


def _cut(start: int, end: int) -> Times:
    return np.append(np.arange(start, end, HOUR), end)


def _between(marks: Times, amount: Values, edges: Times) -> Values:
    """Return how much of the amounts between pairs of marks lies between edges."""
    total = np.cumsum(np.stack((np.zeros(len(amount)), amount), axis=1).reshape(-1))
    return np.diff(np.interp(edges, marks, total))
