"""Which column of the past stands for which time to come: the same clock, a day of the same kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.forecast.calendar import Calendar, Days, days_of
from yuanli.forecast.history import DAY, Floats, History, Ints, clock_offsets

WEEKS = 4
"""How many days of the same kind stand for a day."""
LOOK_BACK_D = 7 * WEEKS + 21
"""Days of the same kind are looked for among so many, room for a few holidays between."""
NEVER = -(1 << 40)
"""A column that is never there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """The times of a history and of what comes after it, by the zone's clock; columns of one length `n`.

    Parameters
    ----------
    offset
        How many steps the clock is ahead of UTC.
    day
        The row of `days` that a time falls on.
    clock
        Steps since midnight by the clock.
    alike
        Shape `(n_days, LOOK_BACK_D)`: how many days back the days of the same kind lie, ascending, then 0.
    """

    steps: int
    offset: Ints
    day: Ints
    clock: Ints
    days: Days
    alike: Ints

    def back(self, columns: Ints, days: Ints | int) -> Ints:
        """Return the columns of the same clock so many days before; summer time is heeded."""
        plain = columns - days * self.steps
        there = np.clip(plain, 0, len(self.offset) - 1)
        return np.asarray(plain + self.offset[columns] - self.offset[there])

    def like(self, columns: Ints, ahead_d: Ints) -> Ints:
        """Return the columns of the same clock on the last `WEEKS` days of the same kind.

        Shape `(WEEKS, n_columns)`; `NEVER` where there is none. Days nearer than `ahead_d` are not known yet.
        """
        near = self.alike[self.day[columns]]
        known = (near >= ahead_d[:, None]) & (near > 0)
        order = np.argsort(~known, axis=1, kind="stable")[:, :WEEKS]
        lags = np.where(np.take_along_axis(known, order, 1), np.take_along_axis(near, order, 1), 0).T
        return np.where(lags > 0, self.back(np.broadcast_to(columns, lags.shape), lags), NEVER)


def grid_of(history: History, calendar: Calendar, *, more: int = 0) -> Grid:
    """Return the grid of a history and of `more` steps after it."""
    times = history.times(more)
    offset = clock_offsets(times, history.zone)
    local = times + offset
    number = local // DAY
    first = int(number[0]) - LOOK_BACK_D
    days = days_of(calendar, first, int(number[-1]) - first + 1)
    return Grid(
        steps=history.steps_per_day,
        offset=np.round(offset / history.step).astype(np.int64),
        day=number - first,
        clock=(local % DAY) // history.step,
        days=days,
        alike=_alike(days.alike),
    )


def _alike(kind: Ints) -> Ints:
    found = np.zeros((len(kind), WEEKS + 14), dtype=np.int64)
    for day in range(len(kind)):
        before = kind[max(0, day - LOOK_BACK_D) : day][::-1]
        lags = np.flatnonzero(before == kind[day])[: found.shape[1]] + 1
        found[day, : len(lags)] = lags
    return found


def taken(values: Floats, columns: Ints, end: int) -> Floats:
    """Return columns of values; not a number where a column lies before the first, or not before `end`."""
    held = (columns >= 0) & (columns < end)
    found = values[:, np.where(held, columns, 0)]
    found[:, ~held] = np.nan
    return np.asarray(found)


def mean_of(values: Floats, axis: int) -> Floats:
    """Return the mean of what is there; not a number where nothing is."""
    held = np.isfinite(values)
    count = held.sum(axis=axis)
    mean = np.full(count.shape, np.nan)
    np.divide(np.where(held, values, 0).sum(axis=axis), count, out=mean, where=count > 0)
    return mean
