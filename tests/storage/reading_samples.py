"""Readings to write, and a plain model of what a store makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from yuanli.operations import ReadingStore, Written
from yuanli.telemetry import Readings, Series

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
START = 20_000 * DAY
"""2024-10-04 00:00 UTC."""
FOREVER = 4_000_000_000 * SECOND


class Arrival(NamedTuple):
    point: int
    at: int
    value: float
    received: int


def readings(arrivals: Iterable[Arrival | tuple[int, int, float, int]]) -> Readings:
    rows = list(arrivals)
    return Readings(
        point=np.array([row[0] for row in rows], np.int32),
        at=np.array([row[1] for row in rows], np.int64),
        value=np.array([row[2] for row in rows], float),
        received=np.array([row[3] for row in rows], np.int64),
    )


def regular(point: int, count: int, *, start: int = START, step: int = 60 * SECOND) -> Readings:
    at = start + step * np.arange(count, dtype=np.int64)
    return Readings(
        point=np.full(count, point, np.int32),
        at=at,
        value=(np.arange(count) % 100 * 0.25).astype(np.float64),
        received=at + SECOND,
    )


def numbers(*points: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(points, np.int32)


def same(value: float) -> float | None:
    return None if np.isnan(value) else value + 0.0


def rows_of(series: Iterable[Series]) -> list[tuple[object, ...]]:
    """Return series as rows that can be compared, "no value" as None."""
    return [
        (one.point, at, same(raw), same(value), quality, reason)
        for one in series
        for at, raw, value, quality, reason in zip(
            one.at.tolist(),
            one.raw.tolist(),
            one.value.tolist(),
            one.quality.tolist(),
            one.reason.tolist(),
            strict=True,
        )
    ]


class Model:
    """A dict a point and time: when each value came first and last."""

    def __init__(self) -> None:
        self.seen: dict[tuple[int, int], dict[float | None, list[int]]] = {}

    def write(self, arrivals: Sequence[Arrival]) -> Written:
        fresh_keys = fresh_values = 0
        for arrival in arrivals:
            key, value = (arrival.point, arrival.at), same(arrival.value)
            fresh_keys += key not in self.seen
            values = self.seen.setdefault(key, {})
            fresh_values += value not in values
            values.setdefault(value, []).append(arrival.received)
        return Written(
            kept=fresh_keys, duplicates=len(arrivals) - fresh_values, conflicts=fresh_values - fresh_keys
        )

    def rows(self) -> list[tuple[object, ...]]:
        held: list[tuple[object, ...]] = []
        for (point, at), values in sorted(self.seen.items()):
            infinite = float("inf")
            value = min(values, key=lambda v: (min(values[v]), infinite if v is None else v))
            held.append((point, at, value, value, 0, 0))
        return held

    def arrivals(self) -> list[tuple[object, ...]]:
        return sorted(
            (
                (received, at, point, value)
                for (point, at), values in self.seen.items()
                for value, times in values.items()
                for received in {min(times), max(times)}
            ),
            key=repr,
        )

    def latest(self) -> list[tuple[object, ...]]:
        newest = {row[0]: row for row in self.rows()}
        return sorted((row[0], row[1], row[2], 0) for row in newest.values())


def told(store: ReadingStore, points: Sequence[int]) -> tuple[list[tuple[object, ...]], ...]:
    """Return what a store says of points: rows, arrivals and last values."""
    wanted = numbers(*points)
    came, latest = store.arrivals(wanted, 0, FOREVER), store.latest(wanted)
    return (
        rows_of(store.load(wanted, 0, FOREVER)),
        sorted(
            zip(
                came.received.tolist(),
                came.at.tolist(),
                came.point.tolist(),
                [same(value) for value in came.value.tolist()],
                strict=True,
            ),
            key=repr,
        ),
        sorted(
            zip(
                latest.point.tolist(),
                latest.at.tolist(),
                [same(value) for value in latest.value.tolist()],
                latest.quality.tolist(),
                strict=True,
            )
        ),
    )
