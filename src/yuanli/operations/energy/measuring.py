"""What meters counted in buckets of time: from the store's roll-ups, and from readings only where those can't tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, FeatureId
from yuanli.operations.energy.media import Measured
from yuanli.operations.energy.meters import Meter
from yuanli.operations.facts import find_facts
from yuanli.operations.readings import Every, ReadingStore, RollUp
from yuanli.operations.telemetry import EPOCH, MICROSECOND
from yuanli.telemetry import (
    Amounts,
    Consumption,
    Quality,
    Reason,
    Series,
    Times,
    consumption,
    filled_register,
    judge,
    rate_steps,
    register_steps,
    spread,
)

HOUR = timedelta(hours=1) // MICROSECOND
DAY = 24 * HOUR
HOURS_UP_TO = 62 * DAY
"""Longer spans are put together of days."""
NEAR = 3 * DAY
"""How much is looked at around a step that can't be believed."""
FAR = 40 * DAY
"""How far beyond a span the readings of a meter are looked for that has nearly none in it."""
TOGETHER = 500
"""Meters that are asked for at once, which bounds the memory."""
COUNTED = np.uint32(Reason.ROLLOVER | Reason.RESET | Reason.SWAP)

Gauge = tuple[int, Measured]
"""The number of a point, and what it tells."""


class Gauges:
    """Asks a store for what the meters of one campus counted."""

    def __init__(self, store: ReadingStore, campus_id: CampusId, zone: ZoneInfo) -> None:
        self._store, self._campus_id, self._zone = store, campus_id, zone

    def measure(
        self, meters: Sequence[Meter], edges: Times, *, fine: Every | None = None
    ) -> Mapping[FeatureId, Amounts]:
        """Return what each meter counted between edges (µs), in the unit of its medium.

        Parameters
        ----------
        fine
            What readings are put together by; by default an hour, of spans of more than two months a day.
        """
        return {
            name: amounts
            for first in range(0, len(meters), TOGETHER)
            for name, amounts in self._measure(meters[first : first + TOGETHER], edges, fine).items()
        }

    def _measure(
        self, meters: Sequence[Meter], edges: Times, fine: Every | None
    ) -> Mapping[FeatureId, Amounts]:
        start, end = int(edges[0]), int(edges[-1])
        every = fine or (Every.HOUR if end - start <= HOURS_UP_TO else Every.DAY)
        registers = [meter for meter in meters if meter.register is not None]
        told = dict(self._registers(registers, start, end, every)) if registers else {}
        rated = [m for m in meters if m.rate is not None and (m.id not in told or not len(told[m.id]))]
        told |= dict(self._rates(rated, start, end, every)) if rated else {}
        nothing = np.zeros(0, np.int64)
        none = Consumption(start=nothing, end=nothing, amount=np.zeros(0), estimated=np.zeros(0, bool))
        return {meter.id: spread(told.get(meter.id, none), edges) for meter in meters}

    def numbers(self, measured: Sequence[Measured]) -> NDArray[np.int32]:
        """Return the numbers of points."""
        return self._store.number_points(self._campus_id, [one.point.id for one in measured])

    def _registers(
        self, meters: Sequence[Meter], start: int, end: int, every: Every
    ) -> list[tuple[FeatureId, Consumption]]:
        gauges = [m.register for m in meters if m.register is not None]
        numbers = self.numbers(gauges)
        found = self._roll_up(numbers, start - DAY, end + DAY, every)
        rows = _by_point(found)
        sparse = [n for n in numbers.tolist() if len(rows.get(n, ())) < 2]
        if sparse:
            wide = self._roll_up(np.array(sparse, np.int32), start - FAR, end + FAR, Every.DAY)
            rows_wide = _by_point(wide)
        told = []
        for meter, number in zip(meters, numbers.tolist(), strict=True):
            own, source = (rows_wide, wide) if number in sparse else (rows, found)
            where = own.get(number)
            if where is not None and len(where):
                told.append((meter.id, self._counted(meter, number, source, where)))
        return told

    def _counted(self, meter: Meter, number: int, found: RollUp, where: NDArray[np.intp]) -> Consumption:
        where = where[found.count[where] > 0]
        where = where[found.last[where] > 0]
        assert meter.register is not None
        if not len(where):
            nothing = np.zeros(0, np.int64)
            return Consumption(start=nothing, end=nothing, amount=np.zeros(0), estimated=np.zeros(0, bool))
        steps, wrong = register_steps(
            found.first[where], found.last[where], found.min[where], found.max[where],
            found.quality[where] == Quality.SUSPECT,
        )  # fmt: skip
        if wrong.any():
            steps = self._looked_into(meter, number, steps, wrong)
        steps = filled_register(steps)
        return Consumption(
            start=steps.start, end=steps.end, amount=steps.amount * meter.register.factor, estimated=steps.estimated
        )  # fmt: skip

    def _looked_into(
        self, meter: Meter, number: int, steps: Consumption, wrong: NDArray[np.bool_]
    ) -> Consumption:
        """Return the steps, with what readings themselves tell in the place of those that can't be believed."""
        assert meter.register is not None
        runs = np.flatnonzero(np.diff(np.concatenate(([False], wrong, [False])).astype(int)))
        parts: list[Consumption] = []
        last = 0
        for begin, stop in zip(runs[::2].tolist(), runs[1::2].tolist(), strict=True):
            parts.append(_slice(steps, last, begin))
            a, b = int(steps.start[begin]), int(steps.end[stop - 1])
            parts.append(self._of_readings(meter, number, a, b))
            last = stop
        parts.append(_slice(steps, last, len(steps)))
        return _joined(parts)

    def _of_readings(self, meter: Meter, number: int, start: int, end: int) -> Consumption:
        assert meter.register is not None
        facts = find_facts(meter.register.point, number)
        if facts is None:  # its unit is none of its quantity's: no rule can tell
            return _untold(start, end)
        numbers = np.array([number], np.int32)
        near = (max(start - NEAR, 0), end + NEAR)
        (series,) = self._store.load(numbers, *near)
        if not np.any(series.reason & COUNTED):
            (series,) = judge(self._store.arrivals(numbers, *near), (facts,))
        counted = consumption(series, facts, rate=self._rate_series(meter, near))
        inside = np.flatnonzero((counted.start >= start) & (counted.end <= end))
        if not len(inside):
            return _untold(start, end)
        return _slice(counted, int(inside[0]), int(inside[-1]) + 1)

    def _rate_series(self, meter: Meter, near: tuple[int, int]) -> Series | None:
        if meter.rate is None:
            return None
        (series,) = self._store.load(self.numbers([meter.rate]), *near)
        return series if len(series) else None

    def _rates(
        self, meters: Sequence[Meter], start: int, end: int, every: Every
    ) -> list[tuple[FeatureId, Consumption]]:
        gauges = [m.rate for m in meters if m.rate is not None]
        numbers = self.numbers(gauges)
        step = every if every is Every.QUARTER else Every.HOUR
        found = self._roll_up(numbers, start, end, step)
        rows = _by_point(found)
        length = HOUR // 4 if step is Every.QUARTER else HOUR
        told = []
        for meter, number in zip(meters, numbers.tolist(), strict=True):
            where = rows.get(number)
            if where is None or meter.rate is None:
                continue
            where = where[found.last[where] > 0]
            if not len(where):
                continue
            begin, stop = found.start[where].copy(), found.start[where] + length
            cadence = _cadence(found.first[where], found.last[where], found.count[where], length)
            begin[0] = max(begin[0], min(found.first[where[0]], stop[0]), start)
            stop[-1] = min(stop[-1], found.last[where[-1]] + cadence, end)
            told.append(
                (
                    meter.id,
                    rate_steps(begin, stop, found.mean[where] * meter.rate.factor, found.coverage[where]),
                )
            )
        return told

    def _roll_up(self, numbers: NDArray[np.int32], start: int, end: int, every: Every) -> RollUp:
        return self._store.roll_up(numbers, max(start, 0), end, every=every, time_zone=self._zone)


def microseconds(time: datetime) -> int:
    """Return a time in µs."""
    return (time - EPOCH) // MICROSECOND


def _cadence(first: Times, last: Times, count: NDArray[Any], length: int) -> int:
    several = count > 1
    if not several.any():
        return length
    return int(np.median((last[several] - first[several]) // (count[several] - 1)))


def _by_point(found: RollUp) -> dict[int, NDArray[np.intp]]:
    if not len(found):
        return {}
    begins = np.flatnonzero(np.diff(found.point, prepend=found.point[0] - 1))
    stops = np.append(begins[1:], len(found))
    return {
        int(found.point[begin]): np.arange(begin, stop)
        for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True)
    }


def _untold(start: int, end: int) -> Consumption:
    return Consumption(
        start=np.array([start], np.int64), end=np.array([end], np.int64), amount=np.zeros(1),
        estimated=np.ones(1, bool),
    )  # fmt: skip


def _slice(steps: Consumption, start: int, stop: int) -> Consumption:
    return Consumption(
        start=steps.start[start:stop], end=steps.end[start:stop], amount=steps.amount[start:stop],
        estimated=steps.estimated[start:stop],
    )  # fmt: skip


def _joined(parts: Sequence[Consumption]) -> Consumption:
    return Consumption(
        start=np.concatenate([p.start for p in parts]), end=np.concatenate([p.end for p in parts]),
        amount=np.concatenate([p.amount for p in parts]), estimated=np.concatenate([p.estimated for p in parts]),
    )  # fmt: skip
