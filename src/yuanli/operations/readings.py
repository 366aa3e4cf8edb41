"""The port that keeps readings: what meters and sensors said, and what it is judged to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum, unique
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, PointId
from yuanli.errors import InfeasibleError
from yuanli.telemetry import Readings, Series, Times, Values

Numbers = NDArray[np.int32]


class StoreNotEmptyError(InfeasibleError):
    """Readings can be restored only where there are none."""


@unique
class Every(StrEnum):
    """How long a bucket of a roll-up is, on the local clock."""

    QUARTER = "quarter"
    """A quarter of an hour."""
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of readings: each is kept, was there already, or contradicts one that came before it."""

    kept: int
    duplicates: int
    conflicts: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Latest:
    """The newest reading of each point, by its own time; columns of one length.

    Parameters
    ----------
    value
        What holds: as it came until it is judged.
    """

    point: Numbers
    at: Times
    value: Values
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollUp:
    """Readings put together, a row a point and bucket, in that order; buckets without any row are left out.

    Parameters
    ----------
    start
        When the bucket begins.
    count, sum, min, max, mean
        Of the values that hold; of none, `count` is 0 and the last three are not a number.
    coverage
        How many of the readings that were to come did come and hold, 0–1; not a number where the point's
        cadence can't be told.
    quality
        The worst of the bucket.
    first, last
        When the first and the last reading were made that came and hold; 0 where none did.
    """

    point: Numbers
    start: Times
    count: NDArray[np.int64]
    sum: Values
    min: Values
    max: Values
    mean: Values
    coverage: Values
    quality: NDArray[np.uint8]
    first: Times
    last: Times

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What readings take on the disk.

    Parameters
    ----------
    hot_bytes, cold_bytes
        Of what is written to, and of what is compacted.
    rows
        Readings and filled gaps.
    bytes_a_day
        What a day of readings takes where it stays, by the last days that had any; 0 where none is known.
    oldest
        The time of the oldest, or the beginning of the hour or day it is packed with (µs); None where there is none.
    """

    hot_bytes: int
    cold_bytes: int
    rows: int
    bytes_a_day: float
    oldest: int | None = None

    def find_full_at(self, budget_bytes: int, now: datetime) -> datetime | None:
        """Return when a budget of disk will be used up at this pace; None if not within 100 years."""
        left = budget_bytes - self.hot_bytes - self.cold_bytes
        if left <= 0:
            return now
        days = left / self.bytes_a_day if self.bytes_a_day > 0 else float("inf")
        return now + timedelta(days=days) if days < 36_525 else None


class ReadingSink(Protocol):
    """Takes readings in. What a call has written is on disk when it returns."""

    def number_points(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> Numbers:
        """Return the numbers of points, which are given at first sight and never change."""

    def write(self, readings: Readings) -> Written:
        """Keep readings, all or none; of one point and time the one that was received first holds.

        Of two that were received at once the smaller value holds. A reading that takes another's place loses
        what the other was judged to be, save what a person said.
        """


class ReadingStore(ReadingSink, Protocol):
    """Readings by point and time. What a call has written is on disk when it returns.

    The same readings may come again in any order and any number of times: the outcome is the same. Calls may
    come from many threads, and from many processes.
    """

    def judge(self, *series: Series, within: tuple[int, int] | None = None) -> None:
        """Keep what readings are judged to be, beside what came; a row of no reading fills a gap.

        A row whose `raw` is no longer what holds there is passed over: it judged another reading.

        Parameters
        ----------
        within
            Gaps that were filled in `[start, end)` and that the series no longer fill are open again.
        """

    def judging(self) -> AbstractContextManager[None]:
        """Hold what one holder has at a time, of all threads and processes: who judges what came, and keeps that."""

    def load(self, points: Numbers, start: int, end: int) -> tuple[Series, ...]:
        """Return a series a point, ascending, of times in `[start, end)` (µs)."""

    def arrivals(self, points: Numbers, start: int, end: int) -> Readings:
        """Return what came of times in `[start, end)`, contradictions too, in the order in which it came.

        Of one point, time and value the first that came is kept, and the last if it came again.
        """

    def latest(self, points: Numbers) -> Latest:
        """Return the newest readings of points; those without any are left out."""

    def roll_up(
        self,
        points: Numbers,
        start: int,
        end: int,
        *,
        every: Every,
        time_zone: tzinfo,
        cadence_s: float | None = None,
    ) -> RollUp:
        """Put readings of `[start, end)` together by quarter of an hour, hour or day of a place's clock.

        Parameters
        ----------
        cadence_s
            How often points send; without it each point's own, the median of its distances in the range.
        """

    def compact(self, before: int) -> int:
        """Pack whole days and hours that ended before a time (µs); return how many readings were packed."""

    def forget(self, points: Numbers | None, before: int) -> None:
        """Delete readings of points, or of all, from before a time (µs)."""

    def footprint(self) -> Footprint:
        """Return what the readings take on the disk."""

    def export(self, folder: Path, *, told: Callable[[float], None] = lambda share: None) -> None:
        """Write everything into a new folder, as Parquet files; `told` hears the share that is done."""

    def restore(self, folder: Path, *, told: Callable[[float], None] = lambda share: None) -> None:
        """Read what `export` wrote, of this or another kind of store, all or nothing.

        Raises
        ------
        StoreNotEmptyError
            This store has readings or points already.
        """
