"""Moments on the park's clock: which day it is, which hour, and whether people work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from yuanli.demo.simulation.chance import Floats
from yuanli.forecast import Calendar, Days, days_of
from yuanli.telemetry import Times

OFFSET_S = 8 * 3600
"""The park keeps Beijing time."""
DAY_S = 86_400
FIRST_DAY = (date(2024, 1, 1) - date(1970, 1, 1)).days
"""The day on which its meters were put in; nothing is known of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Moments, one a column; arrays of one length `m`.

    Parameters
    ----------
    at_s
        Seconds since 1970 in UTC.
    day
        Days since 1970 on the park's clock.
    hour
        Hours since midnight, 0–24.
    works
        Whether it is a day of work.
    weekday
        Whose habits the day has; Monday is 0.
    """

    at_s: Floats
    day: NDArray[np.int64]
    hour: Floats
    works: NDArray[np.bool_]
    weekday: NDArray[np.int64]


def moments_of(at: Times) -> Moments:
    """Return moments of times in µs."""
    at_s = np.asarray(at, np.float64) / 1e6
    return moments_of_seconds(at_s)


def moments_of_seconds(at_s: Floats) -> Moments:
    """Return moments of seconds since 1970."""
    local = at_s + OFFSET_S
    day = np.floor(local / DAY_S).astype(np.int64)
    works, weekday = kinds_of(day)
    return Moments(at_s=at_s, day=day, hour=(local - day * DAY_S) / 3600.0, works=works, weekday=weekday)


def kinds_of(day: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return of days whether people work, and whose weekday's habits they have."""
    years = day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    works, weekday = np.zeros(day.shape, np.bool_), np.zeros(day.shape, np.int64)
    for year in np.unique(years):
        first, days = _year(int(year))
        here = years == year
        works[here], weekday[here] = ~days.off[day[here] - first], days.alike[day[here] - first]
    return works, weekday


@lru_cache(maxsize=32)
def _year(year: int) -> tuple[int, Days]:
    first = (date(year, 1, 1) - date(1970, 1, 1)).days
    n_days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return first, days_of(Calendar(country="CN"), first, n_days)
