"""What a meter uses by weather, calendar and people: the regressions that savings are measured against.

International Performance Measurement and Verification Protocol, option C (whole facility); limits of fit after ASHRAE
Guideline 14-2014.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from yuanli.forecast.calendar import Calendar
from yuanli.forecast.grid import grid_of
from yuanli.forecast.history import DAY, Floats, History, Ints, daily
from yuanli.forecast.signals import Bools

PIECES = 6
WEEK_H = 168
SUNDAY = 6
RIDGE = 1e-6
BLOCK = 14 * DAY
FOLDS = 5


class BaselineKind(StrEnum):
    """The regressions that are tried; all know workdays from days off."""

    CALENDAR = "calendar"
    HEATING = "heating"
    """Grows below a balance temperature."""
    COOLING = "cooling"
    """Grows above a balance temperature."""
    BOTH = "both"
    TIME_OF_WEEK = "time_of_week"
    """The hour of the week and temperature, by Mathieu et al. 2011, doi:10.1109/TSG.2011.2145010."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """What is regressed: a row a step or a day; columns of one length.

    Parameters
    ----------
    used
        Energy of the row; not a number where it is missing.
    temp
        Outdoor temperature, °C; None where no weather is known.
    people
        How many are there, in any unit; None where nobody counts.
    """

    at: Ints
    step: int
    used: Floats
    temp: Floats | None
    people: Floats | None
    hour: Ints
    off: Bools

    def whole(self) -> Bools:
        """Return which rows have all that they need."""
        held = np.isfinite(self.used)
        for column in (self.temp, self.people):
            if column is not None:
                held &= np.isfinite(column)
        return held


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baseline:
    """A regression, fitted.

    Parameters
    ----------
    design
        Of every row, shape `(n_rows, n_terms)`.
    weights
        Shape `(n_terms,)`.
    residuals
        Used less expected, of rows that the fit had not seen (cross-validation in blocks of two weeks); not a number
        outside the baseline period.
    balance
        Balance temperatures, °C: of heating, of cooling.
    cv_rmse, nmbe, r2
        Of those residuals: coefficient of variation of the root mean square error, normalised mean bias, share of
        the variance that is explained.
    """

    kind: BaselineKind
    rows: Rows
    design: Floats
    weights: Floats
    residuals: Floats
    balance: tuple[float | None, float | None]
    cv_rmse: float
    nmbe: float
    r2: float

    @property
    def expected(self) -> Floats:
        """What the regression says of every row."""
        return np.asarray(self.design @ self.weights)


def rows_of(
    load: History, *, temp: Floats | None, people: Floats | None, calendar: Calendar, by_day: bool
) -> Rows:
    """Return the rows of one meter, whose history holds the energy of each step; people and °C on the same steps."""
    if by_day and load.step < DAY:
        used = daily(load, total=True)
        means = [None if c is None else daily(_with(load, c)).values[0] for c in (temp, people)]
        grid = grid_of(used, calendar)
        return Rows(
            at=used.times(), step=DAY, used=used.values[0], temp=means[0], people=means[1],
            hour=np.zeros(used.n_times, np.int64), off=grid.days.off[grid.day],
        )  # fmt: skip
    grid = grid_of(load, calendar)
    kind = np.where(grid.days.holiday, SUNDAY, grid.days.alike)[grid.day]
    hour = kind * 24 + grid.clock * 24 // grid.steps
    return Rows(
        at=load.times(), step=load.step, used=load.values[0], temp=temp, people=people, hour=hour,
        off=grid.days.off[grid.day],
    )  # fmt: skip


def fit_baseline(rows: Rows, before: Bools, kind: BaselineKind) -> Baseline:
    """Return a regression fitted to the rows of the baseline period."""
    held = before & rows.whole()
    design, balance = _DESIGNS[kind](rows, held)
    weights = _solve(design[held], rows.used[held])
    block = rows.at // BLOCK % FOLDS
    residuals = np.full(len(rows.used), np.nan)
    for fold in range(FOLDS):
        out = held & (block == fold)
        kept = held & (block != fold)
        if out.any() and kept.any():
            residuals[out] = rows.used[out] - design[out] @ _solve(design[kept], rows.used[kept])
    own, used = residuals[held], rows.used[held]
    mean, spread = float(used.mean()), float(((used - used.mean()) ** 2).sum())
    return Baseline(
        kind=kind, rows=rows, design=design, weights=weights, residuals=residuals, balance=balance,
        cv_rmse=float(np.sqrt((own**2).mean())) / abs(mean) if mean else np.inf,
        nmbe=abs(float(own.sum())) / (abs(mean) * len(own)) if mean else np.inf,
        r2=1 - float((own**2).sum()) / spread if spread else 0.0,
    )  # fmt: skip


def kinds_for(rows: Rows) -> tuple[BaselineKind, ...]:
    """Return the regressions that rows can bear."""
    if rows.step < DAY:
        return (BaselineKind.TIME_OF_WEEK,)
    if rows.temp is None:
        return (BaselineKind.CALENDAR,)
    return (BaselineKind.CALENDAR, BaselineKind.HEATING, BaselineKind.COOLING, BaselineKind.BOTH)


Design = tuple[Floats, tuple[float | None, float | None]]


def _solve(design: Floats, used: Floats) -> Floats:
    square = design.T @ design
    return np.linalg.solve(square + ridge_of(square, RIDGE), design.T @ used)


def ridge_of(square: Floats, share: float) -> Floats:
    """Return what keeps a square matrix of products solvable: a share of each term's own size."""
    own = np.diag(square)
    return np.asarray(np.diag(share * own + 1e-12 * max(float(own.max(initial=0.0)), 1.0)))


def _calendar(rows: Rows, _: Bools) -> Design:
    return _with_people(rows, [~rows.off, rows.off]), (None, None)


def _heating(rows: Rows, held: Bools) -> Design:
    return _best(rows, held, [(balance, None) for balance in _balances(rows, held)])


def _cooling(rows: Rows, held: Bools) -> Design:
    return _best(rows, held, [(None, balance) for balance in _balances(rows, held)])


def _both(rows: Rows, held: Bools) -> Design:
    balances = _balances(rows, held)
    return _best(rows, held, [(low, high) for low in balances for high in balances if low <= high])


def _best(rows: Rows, held: Bools, tried: list[tuple[float | None, float | None]]) -> Design:
    """Return the design whose balance temperatures fit best."""

    def missed(balance: tuple[float | None, float | None]) -> float:
        design = _changing(rows, balance)[held]
        return float(((rows.used[held] - design @ _solve(design, rows.used[held])) ** 2).sum())

    best = min(tried, key=missed)
    return _changing(rows, best), best


def _changing(rows: Rows, balance: tuple[float | None, float | None]) -> Floats:
    assert rows.temp is not None
    low, high = balance
    columns: list[Floats | Bools] = [~rows.off, rows.off]
    if low is not None:
        columns.append(np.maximum(low - rows.temp, 0))
    if high is not None:
        columns.append(np.maximum(rows.temp - high, 0))
    return _with_people(rows, columns)


def _balances(rows: Rows, held: Bools) -> list[float]:
    assert rows.temp is not None
    low, high = np.quantile(rows.temp[held], [0.05, 0.95])
    count = int(np.clip(np.ceil(high - low), 3, 20))
    return [float(balance) for balance in np.linspace(low, high, count)]


def _time_of_week(rows: Rows, held: Bools) -> Design:
    shown = np.zeros((len(rows.hour), WEEK_H))
    shown[np.arange(len(rows.hour)), rows.hour] = 1
    columns: list[Floats | Bools] = list(shown.T)
    if rows.temp is not None:
        busy = _busy(rows, held)
        edges = np.unique(np.quantile(rows.temp[held], np.linspace(0, 1, PIECES + 1)))
        for lower, upper in pairwise(edges.tolist()):
            last = upper if upper < edges[-1] else np.inf
            first = lower if lower > edges[0] else -np.inf
            piece = np.clip(rows.temp, first, last) - (lower if np.isfinite(first) else upper)
            columns += [piece * busy, piece * ~busy]
    return _with_people(rows, columns), (None, None)


def _busy(rows: Rows, held: Bools) -> Bools:
    """Return the hours of the week in which more is used than the weather alone says, most of the time."""
    assert rows.temp is not None
    warmth = np.stack(
        [np.ones(len(rows.temp)), np.maximum(10 - rows.temp, 0), np.maximum(rows.temp - 18, 0)], axis=1
    )
    over = rows.used - warmth @ _solve(warmth[held], rows.used[held])
    count = np.bincount(rows.hour[held], minlength=WEEK_H)
    above = np.bincount(rows.hour[held], weights=over[held] > 0, minlength=WEEK_H)
    return np.asarray((above > 0.65 * count)[rows.hour])


def _with_people(rows: Rows, columns: list[Floats | Bools]) -> Floats:
    more = [] if rows.people is None else [rows.people]
    return np.stack([np.asarray(column, np.float64) for column in [*columns, *more]], axis=1)


def _with(load: History, column: Floats) -> History:
    return History(
        values=np.asarray(column, np.float64)[None, :], start=load.start, step=load.step, zone=load.zone
    )


_DESIGNS: dict[BaselineKind, Callable[[Rows, Bools], Design]] = {
    BaselineKind.CALENDAR: _calendar,
    BaselineKind.HEATING: _heating,
    BaselineKind.COOLING: _cooling,
    BaselineKind.BOTH: _both,
    BaselineKind.TIME_OF_WEEK: _time_of_week,
}
