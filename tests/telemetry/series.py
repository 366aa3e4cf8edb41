"""Readings to judge: a plain room, a plain meter, and what is changed in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry import PointFacts, Readings, Reason, Series, judge, quantity

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 18_900 * DAY
"""The first day of a block, 2021-09-30."""
ROOM = PointFacts(point=1, quantity=quantity("air_temperature"), unit="°C")
METER = PointFacts(point=2, quantity=quantity("energy"), unit="kWh")
POWER = PointFacts(point=3, quantity=quantity("power"), unit="kW", twin=2)


def times(days: float = 8, step: int = 5 * MINUTE) -> NDArray[np.int64]:
    return START + np.arange(int(days * DAY / step), dtype=np.int64) * step


def room(days: float = 8, seed: int = 0) -> NDArray[np.float64]:
    """A room that is warmer by day, with a sensor's noise, to hundredths of a degree."""
    at = times(days)
    wave = 22 + 1.5 * np.sin((at % DAY) / DAY * 2 * np.pi)
    return np.round(wave + np.random.default_rng(seed).normal(0, 0.05, len(at)), 2)


def readings(
    at: Sequence[int] | NDArray[np.int64],
    value: Sequence[float] | NDArray[np.float64],
    *,
    point: int = 1,
    lag_s: float = 2,
    received: Mapping[int, int] | None = None,
) -> Readings:
    """Readings that come two seconds after they were measured; `received` says otherwise of a place."""
    stamps = np.asarray(at, np.int64)
    came = stamps + int(lag_s * 1_000_000)
    for place, when in (received or {}).items():
        came[place] = when
    return Readings(
        point=np.full(len(stamps), point, np.int32),
        at=stamps,
        value=np.asarray(value, np.float64),
        received=came,
    )


def together(*parts: Readings) -> Readings:
    return Readings(
        point=np.concatenate([part.point for part in parts]),
        at=np.concatenate([part.at for part in parts]),
        value=np.concatenate([part.value for part in parts]),
        received=np.concatenate([part.received for part in parts]),
    )


def taken(all_readings: Readings, order: NDArray[np.int64]) -> Readings:
    return Readings(
        point=all_readings.point[order],
        at=all_readings.at[order],
        value=all_readings.value[order],
        received=all_readings.received[order],
    )


def judged(value: NDArray[np.float64], facts: PointFacts = ROOM, step: int = 5 * MINUTE) -> Series:
    """The series of values from `START` on, one a step."""
    at = START + np.arange(len(value), dtype=np.int64) * step
    return judge(readings(at, value, point=facts.point), (facts,))[0]


def found(series: Series, reason: Reason) -> list[int]:
    """The places from `START` on, in steps of five minutes, that have a reason."""
    has = (series.reason & np.uint32(reason)) != 0
    return [int(place) for place in (series.at[has] - START) // (5 * MINUTE)]


def same(a: Series, b: Series) -> bool:
    return a.point == b.point and all(
        np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
        for x, y in (
            (a.at, b.at),
            (a.raw, b.raw),
            (a.value, b.value),
            (a.quality, b.quality),
            (a.reason, b.reason),
        )
    )
