"""What points will measure: from what is kept of them, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import CampusId, DataPoint, PointId
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.forecast import (
    HOUR,
    METHODS,
    ForecastParams,
    History,
    explain_forecast,
    has_trees,
    history_of,
    say_reasons,
    verdict_of,
)
from yuanli.operations.forecast_reasons import ForecastReason, told_reasons
from yuanli.operations.fresh_forecasts import ForecastRecord, FreshForecasts, record_of
from yuanli.operations.kept_forecasts import POINT, ForecastBand, KeptForecast
from yuanli.operations.moments import micros_of, time_of
from yuanli.operations.outlook import Outlook, Outlooks, place_of_point
from yuanli.operations.places import Places
from yuanli.operations.readings import Every, ReadingStore
from yuanli.operations.telemetry import point_of
from yuanli.telemetry import Form, Series, find_quantity

PAST = timedelta(days=400)
MICROSECOND = timedelta(microseconds=1)
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
class ExpectedDay:
    """What is expected on a day of the campus's clock on average, and what it lies within on 80 and 95 of 100."""

    day: date
    mean: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointForecast:
    """The forecast of a point, by which method, how good that was lately, and what it hangs on.

    Parameters
    ----------
    why
        The strongest of its reasons, in a sentence.
    known_until
        Nothing that was measured later was looked at.
    past_from
        When the first reading was made that it rests on.
    made_at
        When it was made, in a night; None where it was computed for this answer.
    days
        The days to come, today's first, where a night forecast them.
    """

    point: str
    unit: str | None
    method: str
    verdict: Text
    better_than_last_week: bool
    error: float | None
    why: Text
    reasons: tuple[ForecastReason, ...]
    hours: tuple[ExpectedHour, ...]
    known_until: datetime
    past_from: datetime
    made_at: datetime | None = None
    days: tuple[ExpectedDay, ...] = ()


class Forecasts:
    """Forecasts points of the kept campuses: as the last night said while that is fresh, else anew."""

    def __init__(self, store: ReadingStore, places: Places, kept: FreshForecasts, outlooks: Outlooks) -> None:
        self._store, self._places, self._kept, self._outlooks = store, places, kept, outlooks

    def forecast(
        self,
        campus_id: CampusId,
        point_ids: Sequence[PointId],
        horizon: timedelta,
        now: datetime,
        *,
        anew: bool = False,
    ) -> tuple[PointForecast, ...]:
        """Return what points will measure in the hours from `now` on.

        Parameters
        ----------
        anew
            Compute it by what is known now, even where a night's forecast is fresh.

        Raises
        ------
        PointNotFoundError, CounterError, HorizonError, TooLittlePastError
            There is no such point, it is a register, or nothing can be said.
        """
        campus = self._places.campus(campus_id)
        points = [_measured(point_of(campus, point_id)) for point_id in point_ids]
        hours = _hours(horizon)
        start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        end, zone = start + timedelta(hours=hours), ZoneInfo(campus.time_zone)
        found = (
            {} if anew
            else self._kept.find(campus_id, list(point_ids), POINT, start=start, end=end, now=now)
        )  # fmt: skip
        told = {name: _of_night(one, start, end, zone) for name, one in found.items()}
        rest = [point for point in points if point.id not in told]
        if rest:
            numbers = self._store.number_points(campus_id, [point.id for point in rest])
            last = micros_of(start)
            series = self._store.load(numbers, last - PAST // MICROSECOND, last)
            names = [(point.id, point.unit) for point in rest]
            computed = forecast_series(
                series, names, horizon, end=last, zone=campus.time_zone,
                outlook=self._outlooks.of(campus, start - PAST, start),
                places=[place_of_point(campus, point) for point in rest],
            )  # fmt: skip
            told |= {one.point: one for one in computed}
        return tuple(told[point.id] for point in points)

    def records(
        self, campus_id: CampusId, point_ids: Sequence[PointId], nights: int, now: datetime
    ) -> tuple[ForecastRecord, ...]:
        """Return how good the last nights' forecasts of points were, by the first 24 hours of each.

        Raises
        ------
        PointNotFoundError
            There is no such point.
        """
        campus = self._places.campus(campus_id)
        points = [point_of(campus, point_id) for point_id in point_ids]
        zone = ZoneInfo(campus.time_zone)
        since = now.astimezone(zone).date() - timedelta(days=nights)
        kept = self._kept.list_since(campus_id, [point.id for point in points], POINT, since)
        if not kept:
            return tuple(record_of(point.id, point.unit, (), np.empty(0), 0) for point in points)
        first = min(micros_of(one.origin) for one in kept) - 7 * 24 * HOUR
        last = first + (micros_of(now) - first) // HOUR * HOUR
        numbers = self._store.number_points(campus_id, [point.id for point in points])
        rolled = self._store.roll_up(numbers, first, last, every=Every.HOUR, time_zone=zone)
        records = []
        for point, number in zip(points, numbers.tolist(), strict=True):
            own = (rolled.point == number) & (rolled.count > 0)
            came = np.full((last - first) // HOUR, np.nan)
            came[(rolled.start[own] - first) // HOUR] = rolled.mean[own]
            made = [one for one in kept if one.subject == point.id]
            records.append(record_of(point.id, point.unit, made, came, first))
        return tuple(records)


def _of_night(kept: KeptForecast, start: datetime, end: datetime, zone: ZoneInfo) -> PointForecast:
    """Return what a night said of the hours of `[start, end)`, and of the days from today on."""
    band = kept.hourly
    better = band.error < band.last_week_error
    today = start.astimezone(zone).date()
    days = () if kept.daily is None else expected_days(kept.daily, today, zone)
    return PointForecast(
        point=kept.subject, unit=kept.unit, method=band.method, better_than_last_week=better,
        verdict=verdict_of(band.error, band.last_week_error),
        error=None if np.isnan(band.error) else band.error,
        why=say_reasons(band.method, band.reasons), reasons=told_reasons(band.reasons),
        hours=expected_hours(band, start, end), known_until=kept.origin, past_from=kept.past_from,
        made_at=kept.made_at, days=days,
    )  # fmt: skip


def expected_hours(band: ForecastBand, start: datetime, end: datetime) -> tuple[ExpectedHour, ...]:
    """Return the hours of a band that begin in `[start, end)`."""
    return tuple(
        ExpectedHour(at=at, mean=mean, low_80=low, high_80=high, low_95=lowest, high_95=highest)
        for at, mean, low, high, lowest, highest in _steps(band) if start <= at < end
    )  # fmt: skip


def expected_days(band: ForecastBand, first: date, zone: ZoneInfo) -> tuple[ExpectedDay, ...]:
    """Return the days of a band by the clock of a zone, from the first on."""
    return tuple(
        ExpectedDay(day=day, mean=mean, low_80=low, high_80=high, low_95=lowest, high_95=highest)
        for at, mean, low, high, lowest, highest in _steps(band)
        if (day := at.astimezone(zone).date()) >= first
    )


def _steps(band: ForecastBand) -> list[tuple[datetime, float, float, float, float, float]]:
    columns = (band.mean, band.low_80, band.high_80, band.low_95, band.high_95)
    rows = zip(band.at.tolist(), *(column.tolist() for column in columns), strict=True)
    return [(time_of(at), *values) for at, *values in rows if not np.isnan(values[0])]


def forecast_series(
    series: Sequence[Series],
    points: Sequence[tuple[str, str | None]],
    horizon: timedelta,
    *,
    end: int,
    zone: str,
    outlook: Outlook = Outlook(),
    places: Sequence[str | None] | None = None,
    trees: bool = True,
) -> tuple[PointForecast, ...]:
    """Return the forecasts of series, named with their units, from the time `end` (µs) on.

    Parameters
    ----------
    outlook, places
        What is known beside, and where each of the series is measured.
    trees
        Whether the methods that take long are tried too: trees, and foundation models.
    """
    hours = _hours(horizon)
    first = min((int(one.at[0]) for one in series if len(one)), default=end) // HOUR * HOUR
    if end - first < LEAST_DAYS * 24 * HOUR:
        raise TooLittlePastError(
            Text("历史不足两天，无法预测。", "Less than two days were measured: nothing can be forecast."),
            hint=Text("积累几周数据后再预测。", "Forecast when a few weeks have been measured."),
        )
    history = history_of(series, first, end, step=HOUR, zone=zone)
    return _told(history, points, hours, outlook, places or [None] * len(points), trees=trees)


def _told(
    history: History,
    points: Sequence[tuple[str, str | None]],
    hours: int,
    outlook: Outlook,
    places: Sequence[str | None],
    *,
    trees: bool,
) -> tuple[PointForecast, ...]:
    methods = METHODS if trees and has_trees() else WITHOUT_TREES
    outlook = outlook if trees else replace(outlook, plugins={})
    ahead = outlook.forecast(history, hours, places, params=ForecastParams(methods=methods))
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
                error=None if np.isnan(why.error) else why.error, hours=tuple(expected),
                why=say_reasons(why.method, why.reasons), reasons=told_reasons(why.reasons),
                known_until=time_of(int(ahead.at[0])), past_from=time_of(history.start),
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
