"""Rooms and machines as they were measured: signals on one even grid, and the state they were truly in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.forecast.history import DAY, Floats, History, Ints, clock_offsets
from yuanli.telemetry import Times, Values

MOST_CLASSES = 32
MOST_TIMES = 2_000_000


class InvalidStatesError(InvalidInputError):
    """What was measured is nothing that a state can be learnt from, or told of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """One room or machine.

    Parameters
    ----------
    signals
        What is measured there, in the order of the rows of `history`.
    history
        The last reading in each step; not a number where there was none.
    truth
        The state that the place was in at each step, as its number among the classes; not a number where nobody
        knows. Shape `(n_times,)`.
    told
        The state that its point told of itself, where people have said of some times that it was another: what is
        known at a moment is what is told, what is learnt is the truth. None: what is told is true.
    """

    name: str
    signals: tuple[str, ...]
    history: History
    truth: Floats
    told: Floats | None = None

    def __post_init__(self) -> None:
        if self.history.values.shape != (len(self.signals), len(self.truth)):
            raise InvalidStatesError(
                Text(f"“{self.name}”有 {len(self.signals)} 个信号、{len(self.truth)} 个时刻，与数据的形状"
                     f" {self.history.values.shape} 不符。",
                     f"{self.name!r} has {len(self.signals)} signals and {len(self.truth)} times, but values of shape "
                     f"{self.history.values.shape}."),
                field="values",
                hint=Text("每个信号一行，每个时刻一列。", "Give one row a signal and one column a time."),
            )  # fmt: skip

    @property
    def known(self) -> Floats:
        """The state that is known of each moment at that moment."""
        return self.truth if self.told is None else self.told

    def days(self) -> Ints:
        """Return the day of each step by the place's clock, in days since 1970-01-01."""
        times = self.history.times()
        return np.asarray((times + clock_offsets(times, self.history.zone)) // DAY)

    def of(self, signals: Sequence[str]) -> Place:
        """Return the place with these signals in this order; one that it lacks is never measured."""
        rows = {name: row for row, name in enumerate(self.signals)}
        values = np.full((len(signals), len(self.truth)), np.nan)
        for row, name in enumerate(signals):
            if name in rows:
                values[row] = self.history.values[rows[name]]
        return replace(self, signals=tuple(signals), history=replace(self.history, values=values))


def place_of(
    name: str,
    readings: Mapping[str, tuple[Times, Values]],
    truth: tuple[Times, Values],
    *,
    told: tuple[Times, Values] | None = None,
    step: int,
    zone: str = "UTC",
    end: int | None = None,
) -> Place:
    """Put readings on an even grid: the last one of each step.

    Parameters
    ----------
    readings
        Times (µs since 1970-01-01 UTC) and values of each signal, in any order; what is not finite is left out.
    truth
        Times and numbers of the states; they need not be the times of readings.
    told
        The states that the place told of itself, where `truth` says otherwise of some times.
    end
        The time after the last step; without it, after the last reading.

    Raises
    ------
    InvalidStatesError
        Nothing was measured, or so long that the grid would be too large.
    """
    columns = {signal: _finite(*column) for signal, column in readings.items()}
    states = _finite(*truth)
    every = [at for at, _ in (*columns.values(), states) if len(at)]
    if not every:
        raise InvalidStatesError(
            Text(f"“{name}”没有任何读数。", f"Nothing was measured in {name!r}."), field="readings",
            hint=Text("检查列名和数值。", "Look at the names of the columns and their values."),
        )  # fmt: skip
    start = min(int(at.min()) for at in every) // step * step
    last = (max(int(at.max()) for at in every) // step + 1) * step
    n_times = ((last if end is None else end) - start) // step
    if not 0 < n_times <= MOST_TIMES:
        raise InvalidStatesError(
            Text(f"“{name}”的时间范围有 {n_times} 步，应在 1 到 {MOST_TIMES} 之间。",
                 f"{name!r} spans {n_times} steps; it must be between 1 and {MOST_TIMES}."),
            field="readings", hint=Text("加大步长，或检查时间列。", "Take a longer step, or look at the times."),
        )  # fmt: skip
    values = np.full((len(columns), n_times), np.nan)
    for row, (at, value) in enumerate(columns.values()):
        _last_of(at, value, start, step, values[row])
    known = np.full(n_times, np.nan)
    _last_of(*states, start, step, known)
    own = None
    if told is not None:
        own = np.full(n_times, np.nan)
        _last_of(*_finite(*told), start, step, own)
    history = History(values=values, start=start, step=step, zone=zone)
    return Place(name=name, signals=tuple(columns), history=history, truth=known, told=own)


def _finite(at: Times, value: Values) -> tuple[Times, Values]:
    held = np.isfinite(value)
    order = np.argsort(at[held], kind="stable")
    return at[held][order], value[held][order]


def _last_of(at: Times, value: Values, start: int, step: int, row: Values) -> None:
    """Write the last value of each step into a row."""
    cell = (at - start) // step
    inside = (cell >= 0) & (cell < len(row))
    row[cell[inside]] = value[inside]
