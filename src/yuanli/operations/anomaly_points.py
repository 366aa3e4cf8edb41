"""The points of a park hour by hour, as the checks for anomalies look at them: registers as what they counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property

import numpy as np

from yuanli.campus import DataPoint
from yuanli.forecast import HOUR, History
from yuanli.operations.readings import Every, Numbers, ReadingStore
from yuanli.telemetry import Form, Quality, UnitError, conversion, find_quantity, quantity

LEAST_HOURS = 21 * 24
Floats = np.ndarray[tuple[int, ...], np.dtype[np.floating]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Hours:
    """A row a point that has readings.

    Parameters
    ----------
    history
        Means of hours; of registers what they counted in each; in the points' own units.
    since
        The column at which the span that is asked about begins.
    quantities
        What each measures, by the names of the table of quantities.
    """

    points: tuple[DataPoint, ...]
    numbers: Numbers
    quantities: tuple[str, ...]
    forms: tuple[Form, ...]
    history: History
    since: int

    @cached_property
    def _known(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return np.asarray(np.isfinite(self.history.values[:, : self.since]).sum(axis=1) >= LEAST_HOURS)

    def judged(self) -> tuple[int, ...]:
        """Return the rows with a past long enough to be judged by, and readings since."""
        now = np.isfinite(self.history.values[:, self.since :]).any(axis=1)
        return tuple(np.flatnonzero(self._known & now).tolist())

    def rows(self, *quantities: str, judged: bool = True) -> tuple[int, ...]:
        """Return the rows of quantities."""
        allowed = self.judged() if judged else range(len(self.points))
        return tuple(row for row in allowed if self.quantities[row] in quantities)

    def matters(self, row: int) -> float:
        """Return the least difference that is worth a word, in the unit of the point."""
        point, measured = self.points[row], quantity(self.quantities[row])
        if point.unit is None or measured.unit is None:
            return measured.matters
        try:
            factor, _ = conversion(measured.unit, point.unit)
        except UnitError:
            return 0.0
        return abs(factor) * measured.matters

    def kilowatts(self, row: int) -> Floats | None:
        """Return a power, or what a register counted in each hour, in kW; None where it is neither."""
        unit = self.points[row].unit
        base = {"power": "kW", "energy": "kWh"}.get(self.quantities[row])
        if base is None:
            return None
        try:
            factor, offset = conversion(unit or base, base)
        except UnitError:
            return None
        return np.asarray(self.history.values[row] * factor + offset)

    def outdoor(self) -> Floats | None:
        """Return the outdoor temperature, °C; None where nothing measures it well enough."""
        for row in range(len(self.points)):
            if self.quantities[row] == "outdoor_air_temperature" and self._known[row]:
                factor, offset = conversion(self.points[row].unit or "°C", "°C")
                return np.asarray(self.history.values[row] * factor + offset)
        return None


def hours_of(
    store: ReadingStore,
    points: Sequence[DataPoint],
    numbers: Numbers,
    first: int,
    since: int,
    end: int,
    zone: tzinfo,
) -> Hours:
    """Return points hour by hour from `first` on; those that have nothing, or no meaning, are left out."""
    first, since = first // HOUR * HOUR, since // HOUR * HOUR
    found = store.roll_up(numbers, first, end, every=Every.HOUR, time_zone=zone)
    n_times = max(1, -(-(end - first) // HOUR))
    order = np.argsort(numbers)
    row = order[np.searchsorted(numbers[order], found.point)] if len(found) else np.empty(0, np.int64)
    column = np.clip((found.start - first) // HOUR, 0, n_times - 1)
    good = (found.count > 0) & (found.quality <= Quality.BAD)
    means, tops = (np.full((len(points), n_times), np.nan) for _ in range(2))
    means[row[good], column[good]] = found.mean[good]
    tops[row[good], column[good]] = found.max[good]
    kept = []
    for place, point in enumerate(points):
        measured = find_quantity(point.brick_class)
        if measured is None or not np.isfinite(means[place]).any():
            continue
        if measured.form is Form.COUNTER:
            means[place] = _counted(tops[place])
        kept.append((place, measured))
    places = [place for place, _ in kept]
    values = means[places] if places else np.empty((0, n_times))
    return Hours(
        points=tuple(points[place] for place in places),
        numbers=np.asarray(numbers)[places].astype(np.int32),
        quantities=tuple(measured.name for _, measured in kept),
        forms=tuple(measured.form for _, measured in kept),
        history=History(values=values, start=first, step=HOUR, zone=str(zone)),
        since=int((since - first) // HOUR),
    )


def _counted(tops: Floats) -> Floats:
    """Return what a register counted in each hour; not a number where it fell or the hour before is missing."""
    steps = np.diff(tops, prepend=np.nan)
    held = steps[np.isfinite(steps) & (steps >= 0)]
    usual = float(np.quantile(held, 0.99)) if len(held) else 0.0
    return np.where((steps >= 0) & (steps <= 20 * max(usual, 1e-9)), steps, np.nan)
