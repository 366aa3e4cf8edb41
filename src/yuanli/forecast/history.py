"""What has been measured, on one even grid: the past that every forecast is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry import Quality, Series, Times

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
LARGEST = 1e30
"""Nothing that is measured is larger; what is, such as the largest number a device can send, says that it failed."""


class InvalidHistoryError(InvalidInputError):
    """The past is not what a forecast can be made of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """Values of points at even times; what is missing is not a number.

    Parameters
    ----------
    values
        Shape `(n_points, n_times)`.
    start
        The first time, in µs since 1970-01-01 UTC; a value belongs to the step that begins at its time.
    step
        From one time to the next, in µs: a day or an even part of it.
    zone
        Whose clock people there live by. Days, hours and summer time are this clock's.

    Raises
    ------
    InvalidHistoryError
        A shape, step or zone that can't be, or a value beyond `LARGEST`.
    """

    values: Floats
    start: int
    step: int
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise InvalidHistoryError(
                Text(f"历史数据的形状是 {self.values.shape}，应为（测点数，时刻数）。",
                     f"The history has the shape {self.values.shape}; it must be (points, times)."),
                field="values",
                hint=Text("每个测点一行。", "Give one row a point."),
            )  # fmt: skip
        if self.step <= 0 or DAY % self.step:
            raise InvalidHistoryError(
                Text(f"步长 {self.step} µs 不能整除一天。", f"A step of {self.step} µs does not divide a day."),
                field="step",
                hint=Text("用一天、一小时或 15 分钟。", "Use a day, an hour or 15 minutes."),
            )  # fmt: skip
        if not np.issubdtype(self.values.dtype, np.floating):
            object.__setattr__(self, "values", self.values.astype(np.float64))
        beyond = self.values[np.abs(self.values) > LARGEST]
        if len(beyond):
            raise InvalidHistoryError(
                Text(f"历史数据里有 {beyond[0]:g}，超过 {LARGEST:g} 的不是测量值。",
                     f"The history holds {beyond[0]:g}; nothing beyond {LARGEST:g} is a measurement."),
                field="values",
                hint=Text("缺失写作 NaN；设备用来表示“没有值”的数，判为坏值。",
                          "Write what is missing as NaN; judge what a device sends for no value as bad."),
            )  # fmt: skip
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidHistoryError(
                Text(f"没有时区 {self.zone!r}。", f"There is no time zone {self.zone!r}."),
                field="zone",
                hint=Text("例如 Asia/Shanghai。", "For example Asia/Shanghai."),
            ) from error

    @property
    def n_points(self) -> int:
        """How many points there are."""
        return int(self.values.shape[0])

    @property
    def n_times(self) -> int:
        """How many times there are; also the origin of what comes next."""
        return int(self.values.shape[1])

    @property
    def steps_per_day(self) -> int:
        """How many steps a day of 24 hours has."""
        return DAY // self.step

    def times(self, more: int = 0) -> Times:
        """Return the times of the columns, and of so many steps after them."""
        return self.start + self.step * np.arange(self.n_times + more, dtype=np.int64)

    def index(self, at: datetime) -> int:
        """Return the column whose step begins at an aware time; it may lie outside."""
        micros = round(at.timestamp() * SECOND)
        if (micros - self.start) % self.step:
            raise InvalidHistoryError(
                Text(f"时刻 {at.isoformat()} 不在网格上。", f"The time {at.isoformat()} is not on the grid."),
                field="origin",
                hint=Text("从一个时间步的开头起预测。", "Forecast from the beginning of a step."),
            )  # fmt: skip
        return (micros - self.start) // self.step

    def until(self, end: int) -> History:
        """Return the first `end` columns."""
        return replace(self, values=self.values[:, :end])

    def of(self, points: Ints | slice | Sequence[int]) -> History:
        """Return some of the points."""
        return replace(self, values=self.values[points])


def clock_offsets(times: Times, zone: str) -> Times:
    """Return how far the zone's clock is ahead of UTC at times, in µs."""
    half_hours, where = np.unique(times // (HOUR // 2), return_inverse=True)
    clock = ZoneInfo(zone)
    found = [_ahead(int(half) * 1800, clock) for half in half_hours]
    return np.array(found, dtype=np.int64)[where]


@lru_cache(maxsize=65_536)
def _ahead(second: int, clock: ZoneInfo) -> int:
    ahead = datetime.fromtimestamp(second, UTC).astimezone(clock).utcoffset()
    return 0 if ahead is None else round(ahead.total_seconds()) * SECOND


def history_of(
    series: Sequence[Series],
    start: int,
    end: int,
    *,
    step: int,
    zone: str = "UTC",
    worst: Quality = Quality.SUSPECT,
) -> History:
    """Return series as means over even steps of `[start, end)`.

    Parameters
    ----------
    worst
        Readings of a worse quality than this are left out.
    """
    n_times = -(-(end - start) // step)
    values = np.full((len(series), n_times), np.nan)
    for row, one in enumerate(series):
        held = (one.quality <= worst) & np.isfinite(one.value) & (one.at >= start) & (one.at < end)
        cell = (one.at[held] - start) // step
        counts = np.bincount(cell, minlength=n_times)
        sums = np.bincount(cell, weights=one.value[held], minlength=n_times)
        np.divide(sums, counts, out=values[row], where=counts > 0)
    return History(values=values, start=start, step=step, zone=zone)


def without_zeros(history: History, points: Sequence[bool] | NDArray[np.bool_] | None = None) -> History:
    """Return a history in which zeros are missing, for quantities that are never nought such as a building's load."""
    zero = history.values == 0
    if points is not None:
        zero &= np.asarray(points, dtype=bool)[:, None]
    return replace(history, values=np.where(zero, np.nan, history.values))


def without_stuck(history: History, *, least_s: float = 48 * 3600) -> History:
    """Return a history in which one number, repeated for so long that the meter must hang, is missing.

    A point that rests at nought, such as a closed room's counter, is not stuck.
    """
    least = max(2, round(least_s * SECOND / history.step))
    values = history.values.copy()
    same = np.zeros(values.shape, dtype=bool)
    same[:, 1:] = (values[:, 1:] == values[:, :-1]) & (values[:, 1:] != 0)
    for row in np.flatnonzero(same.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], same[row], [False]]).astype(np.int8)))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if last - first + 1 >= least:
                values[row, first:last] = np.nan
    return replace(history, values=values)


def daily(history: History, *, total: bool = False, least_share: float = 0.75) -> History:
    """Return means, or sums, of the zone's days; the last, unfinished day is left out.

    A day's time is the midnight that begins it, by a clock without summer time, so the zone is `UTC`. A sum counts
    what is missing as the mean of the day; a day of which less than `least_share` is there is missing.
    """
    times = history.times()
    days = (times + clock_offsets(times, history.zone)) // DAY
    first = int(days[0]) + 1 if (times[0] + clock_offsets(times[:1], history.zone)[0]) % DAY else int(days[0])
    after = history.start + history.step * history.n_times
    last = int((after + clock_offsets(np.array([after]), history.zone)[0]) // DAY)
    values = np.full((history.n_points, max(last - first, 0)), np.nan)
    for column, day in enumerate(range(first, last)):
        block = history.values[:, days == day]
        held = np.isfinite(block)
        enough = held.sum(axis=1) >= max(1.0, least_share * block.shape[1])
        sums = np.where(held, block, 0).sum(axis=1)[enough] / held.sum(axis=1)[enough]
        values[enough, column] = sums * (block.shape[1] if total else 1)
    return History(values=values, start=first * DAY, step=DAY, zone="UTC")
