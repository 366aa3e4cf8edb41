"""What the points of one machine measured together: rows of even steps, without those in which nothing came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.forecast.history import DAY, HOUR, SECOND, Floats, History, InvalidHistoryError, clock_offsets
from yuanli.telemetry import Quality, Series, Times

Bools = NDArray[np.bool_]
LONGEST_HOLD = 26 * 3600 * SECOND
"""For how long a state or a set point holds that is told only when it changes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """Columns of one machine.

    Parameters
    ----------
    names
        What its points are called.
    at
        When each step begins, ascending, µs UTC; shape `(n_times,)`. Steps in which nothing came are left out.
    values
        Shape `(n_signals, n_times)`; what is missing is not a number.
    step
        µs.
    units
        What they are measured in, where it is told.
    """

    names: tuple[str, ...]
    at: Times
    values: Floats
    step: int
    units: tuple[str | None, ...] = ()

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.names), len(self.at)) or self.step <= 0:
            raise InvalidHistoryError(
                Text(
                    f"信号的形状是 {self.values.shape}。", f"The signals have the shape {self.values.shape}."
                ),
                field="values",
                hint=Text("每个信号一行、每个时刻一列。", "Give a row a signal and a column a time."),
            )

    def of(self, places: Sequence[int]) -> Signals:
        """Return some of the signals."""
        return Signals(
            names=tuple(self.names[i] for i in places),
            at=self.at,
            values=self.values[list(places)],
            step=self.step,
            units=tuple(self.units[i] for i in places) if self.units else (),
        )

    def gaps(self) -> Bools:
        """Return at which columns a new stretch begins, after more than three steps without anything."""
        first = np.ones(len(self.at), dtype=bool)
        first[1:] = np.diff(self.at) > 3 * self.step
        return first


def signals_of(
    series: Sequence[Series],
    names: Sequence[str],
    *,
    step: int | None = None,
    units: Sequence[str | None] = (),
    held: Sequence[bool] | None = None,
) -> Signals:
    """Return the series of a machine on common steps: the mean of each step, and what holds on where nothing came.

    Parameters
    ----------
    step
        µs; the usual distance of readings where None, a second at least.
    held
        Which of them keep their last value until the next, as states and set points do; the others are gaps.
    """
    kept = [(one.quality <= Quality.SUSPECT) & np.isfinite(one.value) for one in series]
    times = [one.at[mask] for one, mask in zip(series, kept, strict=True)]
    step = step or cadence(times)
    cells = [at // step for at in times]
    every = np.unique(np.concatenate(cells)) if cells else np.empty(0, np.int64)
    values = np.full((len(series), len(every)), np.nan)
    for row, (one, mask, cell) in enumerate(zip(series, kept, cells, strict=True)):
        place = np.searchsorted(every, cell)
        count = np.bincount(place, minlength=len(every))
        total = np.bincount(place, weights=one.value[mask], minlength=len(every))
        np.divide(total, count, out=values[row], where=count > 0)
        if held is not None and held[row]:
            values[row] = _held(values[row], every * step)
    return Signals(names=tuple(names), at=every * step, values=values, step=step, units=tuple(units))


def cadence(times: Sequence[Times]) -> int:
    """Return the usual distance of readings in µs: of the busiest of the points, a second at least."""
    steps = [float(np.median(np.diff(at))) for at in times if len(at) > 1]
    return max(SECOND, round(min(steps, default=60 * SECOND) / SECOND) * SECOND)


def _held(values: Floats, at: Times) -> Floats:
    there = np.isfinite(values)
    last = np.maximum.accumulate(np.where(there, np.arange(len(values)), -1))
    fresh = (last >= 0) & (at - at[np.maximum(last, 0)] <= LONGEST_HOLD)
    return np.asarray(np.where(fresh, values[np.maximum(last, 0)], np.nan))


def smoothed(values: Floats, gaps: Bools, steps: int) -> Floats:
    """Return the mean of the last `steps` values that are there, not looking past a gap; the last axis is time."""
    if steps <= 1:
        return values
    held = np.isfinite(values)
    sums = np.cumsum(np.where(held, values, 0), axis=-1)
    counts = np.cumsum(held, axis=-1)
    columns = np.arange(values.shape[-1])
    begin = np.maximum(np.maximum.accumulate(np.where(gaps, columns, 0)), columns - steps + 1) - 1
    before = np.where(begin >= 0, np.take(sums, np.maximum(begin, 0), axis=-1), 0)
    fewer = np.where(begin >= 0, np.take(counts, np.maximum(begin, 0), axis=-1), 0)
    count = counts - fewer
    out = np.full(values.shape, np.nan)
    np.divide(sums - before, count, out=out, where=count > 0)
    return out


def runs(held: Bools, gaps: Bools) -> list[tuple[int, int]]:
    """Return the stretches in which something holds without a gap, as half-open columns."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    found = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        cuts = [first, *(first + 1 + np.flatnonzero(gaps[first + 1 : last])).tolist(), last]
        found += list(pairwise(cuts))
    return found


def history_of_signals(signals: Signals, *, zone: str = "UTC", coarsest: int = HOUR) -> History:
    """Return signals as a history on the even grid that is nearest to their step, a whole part of a day.

    Days are those of the zone's clock, told as days of UTC, as `daily` does.
    """
    parts = [part for part in range(1, 24 * 60 * 60 + 1) if 24 * 3600 % part == 0]
    step = min(
        (DAY // part for part in parts), key=lambda one: abs(np.log(one / min(signals.step, coarsest)))
    )
    at = signals.at
    if step == DAY:
        at, zone = at + clock_offsets(at, zone), "UTC"
    first = int(at[0]) // step * step
    cell = (at - first) // step
    values = np.full((len(signals.names), int(cell[-1]) + 1), np.nan)
    for row, column in enumerate(signals.values):
        held = np.isfinite(column)
        count = np.bincount(cell[held], minlength=values.shape[1])
        total = np.bincount(cell[held], weights=column[held], minlength=values.shape[1])
        np.divide(total, count, out=values[row], where=count > 0)
    return History(values=values, start=first, step=step, zone=zone)
