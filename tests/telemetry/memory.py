"""Readings kept in memory: the port of readings for tests of what stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np

from yuanli.campus import CampusId, PointId
from yuanli.operations import Latest, Numbers, Written
from yuanli.telemetry import Readings, Series


class MemoryReadingStore:
    """Keeps the first reading of each point and time."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[CampusId, PointId], int] = {}
        self.kept: dict[tuple[int, int], tuple[float, int, int]] = {}
        self.writes = 0
        self._lock = Lock()

    def number_points(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> Numbers:
        with self._lock:
            numbers = [
                self.numbers.setdefault((campus_id, point_id), len(self.numbers) + 1)
                for point_id in point_ids
            ]
        return np.asarray(numbers, dtype=np.int32)

    def write(self, readings: Readings) -> Written:
        duplicates = conflicts = kept = 0
        told = readings.told if readings.told is not None else np.zeros(len(readings), dtype=np.uint8)
        columns = (readings.point, readings.at, readings.value, readings.received, told)
        with self._lock:
            self.writes += 1
            for point, at, value, received, quality in zip(*(c.tolist() for c in columns), strict=True):
                before = self.kept.get((point, at))
                if before is None or received < before[1]:
                    self.kept[point, at] = (value, received, quality)
                    kept += before is None
                    conflicts += before is not None
                elif before[0] == value or (before[0] != before[0] and value != value):
                    duplicates += 1
                else:
                    conflicts += 1
        return Written(kept=kept, duplicates=duplicates, conflicts=conflicts)

    def load(self, points: Numbers, start: int, end: int) -> tuple[Series, ...]:
        return tuple(self._series(int(point), start, end) for point in points)

    def latest(self, points: Numbers) -> Latest:
        newest = [
            (series.point, series.at[-1], series.value[-1], series.quality[-1])
            for series in self.load(points, 0, 2**62)
            if len(series)
        ]
        point, at, value, quality = zip(*newest, strict=True) if newest else ((), (), (), ())
        return Latest(
            point=np.asarray(point, dtype=np.int32),
            at=np.asarray(at, dtype=np.int64),
            value=np.asarray(value, dtype=np.float64),
            quality=np.asarray(quality, dtype=np.uint8),
        )

    def _series(self, point: int, start: int, end: int) -> Series:
        found = sorted((at, *kept) for (p, at), kept in self.kept.items() if p == point and start <= at < end)
        at, value, _, quality = zip(*found, strict=True) if found else ((), (), (), ())
        raw = np.asarray(value, dtype=np.float64)
        return Series(
            point=point,
            at=np.asarray(at, dtype=np.int64),
            raw=raw,
            value=raw,
            quality=np.asarray(quality, dtype=np.uint8),
            reason=np.zeros(len(raw), dtype=np.uint32),
        )
