"""What the rules work on: one point's readings in true time, with what was found so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Times, Values

Mask = NDArray[np.bool_]
HOUR = 3_600_000_000
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """One point's readings, one a time, ascending; columns of one length `n`.

    Parameters
    ----------
    at
        When it was measured, with a shifted clock put right.
    device_at
        When it was measured by the device's clock.
    received
        When it came.
    raw, value
        What came; what holds as far as is found, not a number where nothing does.
    step
        The usual time between two readings, µs.
    twin
        The counter whose growth this is, where there is one.
    related
        Other points that usually move with it.
    """

    facts: PointFacts
    at: Times
    device_at: Times
    received: Times
    raw: Values
    value: Values
    quality: NDArray[np.uint8]
    reason: NDArray[np.uint32]
    step: int
    twin: Course | None = None
    related: tuple[Course, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.at)

    @property
    def valid(self) -> Mask:
        """Which readings hold a value."""
        return np.isfinite(self.value)

    def mark(
        self,
        where: Mask,
        reason: Reason,
        quality: Quality,
        *,
        drop: bool = False,
        value: Values | None = None,
    ) -> Course:
        """Return the course with a finding.

        Parameters
        ----------
        drop
            No value holds there any more.
        value
            What holds there instead; a whole column.
        """
        if not where.any():
            return self
        held = self.value
        if drop:
            held = np.where(where, np.nan, held)
        elif value is not None:
            held = np.where(where, value, held)
        return replace(
            self,
            value=held,
            quality=np.where(where, np.maximum(self.quality, np.uint8(quality)), self.quality),
            reason=np.where(where, self.reason | np.uint32(reason), self.reason),
        )


Rule = Callable[[Course, CleaningParams], Course]
"""A pure function that marks what breaks one family of expectations."""


def runs_of(where: Mask) -> NDArray[np.int64]:
    """Return the runs of true values as rows `(first, one past the last)`.

    >>> runs_of(np.array([True, True, False, True])).tolist()
    [[0, 2], [3, 4]]
    """
    edges = np.diff(np.concatenate(([0], where.astype(np.int8), [0])))
    return np.column_stack((np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)))


def robust_scale(values: Values) -> float:
    """Return the median absolute deviation as a standard deviation (Hampel 1974); nought where there is nothing."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values)))) if len(values) else 0.0


def hour_of_day(at: Times) -> NDArray[np.int64]:
    """Return the hour of the day in UTC, which is as good as any to compare days by."""
    return (at // HOUR) % 24
