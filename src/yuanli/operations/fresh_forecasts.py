"""Answering from what the nights forecast, while that is fresh; and how it compares with what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from yuanli.campus import CampusId
from yuanli.forecast import HOUR
from yuanli.operations.kept_forecasts import KeptForecast
from yuanli.operations.moments import micros_of
from yuanli.operations.ports import ForecastStore
from yuanli.telemetry import Values

FRESH = timedelta(hours=36)
"""How long after its first hour a night is answered from."""
DAY_H = 24


class FreshForecasts:
    """Finds what the nights said of what is asked."""

    def __init__(self, kept: ForecastStore) -> None:
        self._kept = kept

    def find(
        self,
        campus_id: CampusId,
        subjects: Sequence[str],
        quantity: str,
        *,
        start: datetime,
        end: datetime,
        now: datetime,
    ) -> Mapping[str, KeptForecast]:
        """Return of each subject the newest fresh forecast whose hours cover `[start, end)`, where there is one."""
        since = (now - FRESH - timedelta(days=1)).date()
        found: dict[str, KeptForecast] = {}
        for one in self._kept.list_forecasts(campus_id, quantity, since=since, subjects=subjects):
            known = one.origin <= now < one.origin + FRESH
            if known and one.subject not in found and one.covers(start, end):
                found[one.subject] = one
        return found

    def list_newest(self, campus_id: CampusId, quantity: str, now: datetime) -> tuple[KeptForecast, ...]:
        """Return all that the newest fresh night said of a quantity of places; made at once, so that it adds up."""
        since = (now - FRESH - timedelta(days=1)).date()
        found = [
            one for one in self._kept.list_forecasts(campus_id, quantity, since=since)
            if one.origin <= now < one.origin + FRESH
        ]  # fmt: skip
        return tuple(one for one in found if one.night == found[0].night)

    def list_since(
        self, campus_id: CampusId, subjects: Sequence[str], quantity: str, since: date
    ) -> tuple[KeptForecast, ...]:
        """Return what the nights since one said of subjects, newest first."""
        return self._kept.list_forecasts(campus_id, quantity, since=since, subjects=subjects)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRecord:
    """What one night said of a point's next day, against what came.

    Parameters
    ----------
    hours
        How many hours are over and were measured.
    mae, last_week_mae
        Mean absolute errors of the night, and of the same time last week, in the point's unit; None where no hour
        can be compared.
    inside_80, inside_95
        The share of hours within the intervals.
    """

    night: date
    hours: int
    mae: float | None
    last_week_mae: float | None
    inside_80: float | None
    inside_95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRecord:
    """How good the last nights' forecasts of a point were: over all their hours, and night by night, newest first."""

    point: str
    unit: str | None
    hours: int
    mae: float | None
    last_week_mae: float | None
    inside_80: float | None
    inside_95: float | None
    nights: tuple[NightRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Compared:
    """Hours that were forecast and came; columns of one length."""

    missed: Values
    week_missed: Values
    inside_80: Values
    inside_95: Values


def record_of(
    point: str, unit: str | None, kept: Sequence[KeptForecast], came: Values, first: int
) -> ForecastRecord:
    """Return how good forecasts of a point were.

    Parameters
    ----------
    came
        What came in the hours from `first` (µs) on, which begins a week before the oldest forecast; not a number where
        nothing was measured or the hour is not over.
    """
    compared = [_compared(one, came, first) for one in kept]
    nights = [_night_record(one.night, parts) for one, parts in zip(kept, compared, strict=True)]
    whole = _night_record(
        date.min,
        _Compared(
            missed=_joined([c.missed for c in compared]),
            week_missed=_joined([c.week_missed for c in compared]),
            inside_80=_joined([c.inside_80 for c in compared]),
            inside_95=_joined([c.inside_95 for c in compared]),
        ),
    )
    return ForecastRecord(
        point=point, unit=unit, hours=whole.hours, mae=whole.mae, last_week_mae=whole.last_week_mae,
        inside_80=whole.inside_80, inside_95=whole.inside_95, nights=tuple(nights),
    )  # fmt: skip


def _compared(one: KeptForecast, came: Values, first: int) -> _Compared:
    band = one.hourly
    column = (band.at[:DAY_H] - micros_of(one.origin)) // HOUR + (micros_of(one.origin) - first) // HOUR
    inside = (column >= 7 * DAY_H) & (column < len(came))
    column = column[inside]
    truth, week = came[column], came[column - 7 * DAY_H]
    mean, low, high, lowest, highest = (
        part[:DAY_H][inside] for part in (band.mean, band.low_80, band.high_80, band.low_95, band.high_95)
    )
    held = np.isfinite(truth)
    return _Compared(
        missed=np.abs(truth - mean)[held],
        week_missed=np.abs(truth - week)[held],
        inside_80=((truth >= low) & (truth <= high))[held].astype(float),
        inside_95=((truth >= lowest) & (truth <= highest))[held].astype(float),
    )


def _night_record(night: date, parts: _Compared) -> NightRecord:
    return NightRecord(
        night=night, hours=len(parts.missed), mae=_mean(parts.missed), last_week_mae=_mean(parts.week_missed),
        inside_80=_mean(parts.inside_80), inside_95=_mean(parts.inside_95),
    )  # fmt: skip


def _joined(parts: Sequence[Values]) -> Values:
    return np.concatenate(parts) if parts else np.empty(0)


def _mean(values: Values) -> float | None:
    held = values[np.isfinite(values)]
    return float(held.mean()) if len(held) else None
