"""The port that keeps readings: what meters and sensors said, and what it is judged to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, PointId
from yuanli.telemetry import Readings, Series, Times, Values

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of readings: each is kept, was there already, or contradicts one that came before it."""

    kept: int
    duplicates: int
    conflicts: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Latest:
    """The newest reading of each point, by its own time; columns of one length."""

    point: Numbers
    at: Times
    value: Values
    quality: NDArray[np.uint8]


class ReadingStore(Protocol):
    """Readings by point and time. What a call has written is on disk when it returns."""

    def number_points(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> Numbers:
        """Return the numbers of points, which are given at first sight and never change."""

    def write(self, readings: Readings) -> Written:
        """Keep readings, all or none; of one point and time the one that was received first holds.

        The same readings may come again in any order and any number of times: the outcome is the same.
        """

    def load(self, points: Numbers, start: int, end: int) -> tuple[Series, ...]:
        """Return the series of points, ascending, of times in `[start, end)` (µs)."""

    def latest(self, points: Numbers) -> Latest:
        """Return the newest readings of points; those without any are left out."""
