from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

import numpy as np

from yuanli.campus import Campus, DataPoint, PointId
from yuanli.demo import Cadence, Simulator, demo_campus
from yuanli.telemetry import Times, Values

BEIJING = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
THURSDAY, SUNDAY = datetime(2024, 5, 16, tzinfo=BEIJING), datetime(2024, 5, 19, tzinfo=BEIJING)
WINTER, SUMMER = datetime(2024, 1, 18, tzinfo=BEIJING), datetime(2024, 7, 18, tzinfo=BEIJING)
NATIONAL_DAY = datetime(2024, 10, 2, tzinfo=BEIJING)


@cache
def park() -> Campus:
    return demo_campus()


@cache
def simulator() -> Simulator:
    return Simulator(park())


def micros(when: datetime) -> int:
    return (when - EPOCH) // timedelta(microseconds=1)


def times(start: datetime, *, hours: float = 24, step_min: float = 15) -> Times:
    step = int(step_min * 60_000_000)
    return np.arange(micros(start), micros(start) + int(hours * 3_600_000_000), step, dtype=np.int64)


def told(
    at: Times, *cadences: Cadence, by: Simulator | None = None, points: Collection[PointId] | None = None
) -> dict[PointId, Values]:
    tellings = (by or simulator()).tell(at, cadences or tuple(Cadence), points=points)
    return {point: one.value[row] for one in tellings for row, point in enumerate(one.points)}


def of_class(*brick_classes: str) -> list[DataPoint]:
    return [point for point in park().of(DataPoint) if point.brick_class in brick_classes]


def calm(start: int, end: int) -> set[PointId]:
    """The points that no fault touches, nor ever left changed."""
    known = simulator()
    struck = {point for fault in known.faults(0, end) for point in fault.points}
    return {point for point in known.points if point not in struck} if start else set()
