"""What was forecast in the nights, as it is kept: who was forecast, what was said, and on what it rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations.moments import micros_of
from yuanli.telemetry import Times

MOST_FAILURES = 100
"""So many failures of a night are told one by one."""
POINT = ""
"""The quantity of a point's own values."""
PEOPLE = "people"
"""The quantity of the people in a place."""

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForecastBand:
    """What is expected step by step, by which method, and how good that was; columns of one length.

    Parameters
    ----------
    at
        When each step begins, µs.
    error, last_week_error
        Mean absolute errors on the backtest; not a number where there was none.
    reasons
        How much of all movement each reason makes; they sum to 1, or are none where nothing moves.
    """

    at: Times
    mean: Floats32
    low_80: Floats32
    high_80: Floats32
    low_95: Floats32
    high_95: Floats32
    method: str
    error: float
    last_week_error: float
    reasons: Mapping[str, float]

    def shifted(self, mean: Floats32, *, least: float = -np.inf) -> ForecastBand:
        """Return the band moved so that its middle is `mean`, nowhere below `least`."""
        by = mean - self.mean
        moved = {
            name: np.maximum(getattr(self, name) + by, np.minimum(least, mean)).astype(np.float32)
            for name in ("low_80", "high_80", "low_95", "high_95")
        }
        return replace(self, mean=mean.astype(np.float32), **moved)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptForecast:
    """What one night said of one point, or of one quantity of a place.

    Parameters
    ----------
    subject
        The id of a point or a place.
    quantity
        `POINT`, a medium of energy, or `PEOPLE`.
    night
        The day of the campus's clock that the forecast begins with.
    origin
        When it begins, at midnight: nothing that came later was known.
    past_from, known_until
        The first and the last hour with a value that it rests on.
    coverage
        The share of hours between the first of them and the origin that have a value, 0–1.
    whole
        The place that it is added up into, and what of a place none of its parts tells (`rest`).
    daily
        Means of days, of energies sums; None where less than three days were known.
    """

    campus_id: CampusId
    subject: str
    quantity: str
    unit: str | None
    night: date
    origin: datetime
    made_at: datetime
    past_from: datetime
    known_until: datetime
    coverage: float
    hourly: ForecastBand
    daily: ForecastBand | None
    whole: str | None = None
    rest: bool = False

    def covers(self, start: datetime, end: datetime) -> bool:
        """Return whether its hours cover `[start, end)`."""
        last = int(self.hourly.at[-1]) + 3_600_000_000
        return self.origin <= start and micros_of(end) <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFailure:
    """What could not be forecast, and why."""

    subject: str
    quantity: str
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night's forecasts of a campus, while they are made and after.

    Parameters
    ----------
    night, origin
        The day that they begin with, and its first moment.
    planned, kept, too_little, failed
        How many forecasts were to be made, were made, had too little past, and failed.
    failures
        The first hundred of them.
    """

    campus_id: CampusId
    night: date
    origin: datetime
    begun_at: datetime
    ended_at: datetime | None = None
    planned: int = 0
    kept: int = 0
    too_little: int = 0
    failed: int = 0
    failures: tuple[NightFailure, ...] = ()

    @property
    def share(self) -> float:
        """How much of it is done, 0–1."""
        return min(1.0, (self.kept + self.too_little + self.failed) / self.planned) if self.planned else 1.0

    @property
    def took(self) -> timedelta | None:
        """How long it took; None while it runs."""
        return None if self.ended_at is None else self.ended_at - self.begun_at
