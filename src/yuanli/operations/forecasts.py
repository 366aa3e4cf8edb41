"""What points will measure: from what is kept of them, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec

import numpy as np

from yuanli.campus import CampusId, DataPoint, PointId
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.forecast import (
    HOUR,
    METHODS,
    Calendar,
    ForecastParams,
    History,
    explain_forecast,
    forecast,
    history_of,
)
from yuanli.operations.moments import EPOCH, MICROSECOND, time_of
from yuanli.operations.places import Places
from yuanli.operations.readings import ReadingStore
from yuanli.operations.telemetry import point_of
from yuanli.telemetry import Form, Series, find_quantity

PAST = timedelta(days=400)
LEAST_DAYS = 2
LONGEST = timedelta(days=14)
WITHOUT_TREES = ("last_week", "weekday_mean", "ridge")


class TooLittlePastError(InfeasibleError):
    """Too little was measured to forecast from."""


class HorizonError(InvalidInputError):
    """A horizon is none, or longer than what is forecast."""


class CounterError(InvalidInputError):
    """A register only grows: its rate is forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedHour:
    """What is expected in the hour that begins at `at`, and what it lies within in 80 and 95 of 100 such hours."""

    at: datetime
    mean: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointForecast:
    """The forecast of a point, by which method, how good that was lately, and what it hangs on (shares sum to 1)."""

    point: str
    unit: str | None
    method: str
    verdict: Text
    better_than_last_week: bool
    error: float | None
    shares: dict[str, float]
    hours: tuple[ExpectedHour, ...]


class Forecasts:
    """Forecasts points of the kept campuses."""

    def __init__(self, store: ReadingStore, places: Places) -> None:
        self._store, self._places = store, places

    def forecast(
        self, campus_id: CampusId, point_ids: Sequence[PointId], horizon: timedelta, now: datetime
    ) -> tuple[PointForecast, ...]:
        """Return what points will measure in the hours from `now` on.

        Raises
        ------
        PointNotFoundError, CounterError, HorizonError, TooLittlePastError
            There is no such point, it is a register, or nothing can be said.
        """
        campus = self._places.campus(campus_id)
        points = [_measured(point_of(campus, point_id)) for point_id in point_ids]
        numbers = self._store.number_points(campus_id, list(point_ids))
        end = (now.replace(minute=0, second=0, microsecond=0) - EPOCH) // MICROSECOND
        series = self._store.load(numbers, end - PAST // MICROSECOND, end)
        calendar = Calendar(country=campus.country) if campus.country else None
        names = [(point.id, point.unit) for point in points]
        return forecast_series(series, names, horizon, end=end, zone=campus.time_zone, calendar=calendar)


def forecast_series(
    series: Sequence[Series],
    points: Sequence[tuple[str, str | None]],
    horizon: timedelta,
    *,
    end: int,
    zone: str,
    calendar: Calendar | None = None,
    trees: bool = True,
) -> tuple[PointForecast, ...]:
    """Return the forecasts of series, named with their units, from the time `end` (µs) on.

    Parameters
    ----------
    trees
        Whether the method that takes longest is tried too.
    """
    hours = _hours(horizon)
    first = min((int(one.at[0]) for one in series if len(one)), default=end) // HOUR * HOUR
    if end - first < LEAST_DAYS * 24 * HOUR:
        raise TooLittlePastError(
            Text("历史不足两天，无法预测。", "Less than two days were measured: nothing can be forecast."),
            hint=Text("积累几周数据后再预测。", "Forecast when a few weeks have been measured."),
        )
    history = history_of(series, first, end, step=HOUR, zone=zone)
    return _told(history, points, hours, calendar, trees=trees)


def _told(
    history: History,
    points: Sequence[tuple[str, str | None]],
    hours: int,
    calendar: Calendar | None,
    *,
    trees: bool,
) -> tuple[PointForecast, ...]:
    methods = METHODS if trees and find_spec("lightgbm") else WITHOUT_TREES
    ahead = forecast(history, hours, calendar=calendar, params=ForecastParams(methods=methods))
    narrow, wide = ahead.intervals
    told = []
    for row, (name, unit) in enumerate(points):
        why = explain_forecast(ahead, row)
        columns = (
            ahead.at,
            ahead.mean[row],
            narrow.low[row],
            narrow.high[row],
            wide.low[row],
            wide.high[row],
        )
        expected = (
            ExpectedHour(at=time_of(at), mean=mean, low_80=low, high_80=high, low_95=lowest, high_95=highest)
            for at, mean, low, high, lowest, highest in zip(*(c.tolist() for c in columns), strict=True)
            if not np.isnan(mean)
        )
        told.append(
            PointForecast(
                point=name, unit=unit, method=why.method, verdict=why.verdict, better_than_last_week=why.better,
                error=None if np.isnan(why.error) else why.error, shares=dict(why.shares), hours=tuple(expected),
            )
        )  # fmt: skip
    return tuple(told)


def _hours(horizon: timedelta) -> int:
    if not timedelta(hours=1) <= horizon <= LONGEST:
        raise HorizonError(
            Text(
                f"预测时长 {horizon} 不在 1 小时到 14 天之内。",
                f"A horizon of {horizon} is not within 1 hour and 14 days.",
            ),
            field="horizon",
            hint=Text("例如 24h 或 7d。", "Give such as 24h or 7d."),
        )  # fmt: skip
    return -(-horizon // timedelta(hours=1))


def _measured(point: DataPoint) -> DataPoint:
    """Return a point, unless it is a register."""
    quantity = find_quantity(point.brick_class)
    if quantity is not None and quantity.form is Form.COUNTER:
        raise CounterError(
            Text(f"“{point.id}”是累计表读数，只增不减。", f"{point.id!r} is a register, which only grows."),
            field="point",
            hint=Text("请预测它的功率或流量。", "Forecast the power or the flow of the same meter."),
        )
    return point
