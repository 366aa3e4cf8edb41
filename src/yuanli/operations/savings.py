"""What a change saved, by a meter of the park: with its weather, its calendar and the people in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import CampusId, DataPoint, PointId
from yuanli.errors import InvalidInputError, Text
from yuanli.forecast import (
    BaselineKind,
    History,
    InvalidSavingsError,
    Savings,
    SavingsParams,
    measure_savings,
)
from yuanli.operations.anomaly_points import hours_of
from yuanli.operations.anomaly_scene import PriceError
from yuanli.operations.campus_calendars import CampusCalendars
from yuanli.operations.moments import micros_of, time_of
from yuanli.operations.places import Places
from yuanli.operations.readings import ReadingStore
from yuanli.operations.telemetry import RangeError, point_of

DAY = 86_400_000_000
LONGEST_D = 366 * 6


class NotAMeterError(InvalidInputError):
    """A point is no power and no register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsPeriod:
    """A span of time; the end is not included."""

    start: datetime
    end: datetime

    @property
    def micros(self) -> tuple[int, int]:
        """The span in µs."""
        return micros_of(self.start), micros_of(self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsDay:
    """A day of both periods: what was used and what was expected; None where it was not measured."""

    at: datetime
    used: float | None
    expected: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsReport:
    """What a change saved.

    Parameters
    ----------
    saved, low, high
        Expected less used, and its interval at `level`.
    share, share_low, share_high
        The same over what was expected.
    sure
        Whether the interval lies on one side of nought.
    cost
        Of what was saved, where a price is known.
    model, cv_rmse, nmbe, r2, balance_temps
        The regression, and how well it predicts what it had not seen.
    """

    point: str
    unit: str
    before: SavingsPeriod
    after: SavingsPeriod
    used: float
    expected: float
    saved: float
    low: float
    high: float
    level: float
    share: float
    share_low: float
    share_high: float
    sure: bool
    cost: float | None
    model: BaselineKind
    cv_rmse: float
    nmbe: float
    r2: float
    balance_temps: tuple[float | None, float | None]
    warnings: tuple[Text, ...]
    days: tuple[SavingsDay, ...]


class SavingsMeasurement:
    """Measures what changes saved, by meters of the kept campuses."""

    def __init__(self, store: ReadingStore, places: Places, calendars: CampusCalendars) -> None:
        self._store, self._places, self._calendars = store, places, calendars

    def measure(
        self,
        campus_id: CampusId,
        point_id: PointId,
        before: SavingsPeriod,
        after: SavingsPeriod,
        *,
        people: PointId | None = None,
        price_kwh: float | None = None,
        params: SavingsParams = SavingsParams(),
    ) -> SavingsReport:
        """Return what a meter saved in a period, against one before it.

        Parameters
        ----------
        people
            A point that counts people, to adjust for them.

        Raises
        ------
        PointNotFoundError, NotAMeterError, InvalidSavingsError, NoBaselineError
            There is no such meter, or nothing can be measured.
        """
        campus = self._places.campus(campus_id)
        meter = point_of(campus, point_id)
        counted = [point_of(campus, people)] if people is not None else []
        weather = [p for p in campus.of(DataPoint) if "outside_air_temperature" in p.brick_class.lower()]
        points = [meter, *counted, *weather[:4]]
        first, last = before.micros[0], after.micros[1]
        if not 0 < last - first <= LONGEST_D * DAY:
            raise RangeError(
                Text("两段时间合起来为空或超过六年。", "The periods are empty or span more than six years."),
                field="before",
                hint=Text("基准期在前，核算期在后。", "The baseline comes first."),
            )
        numbers = self._store.number_points(campus_id, [point.id for point in points])
        zone = ZoneInfo(campus.time_zone)
        hours = hours_of(self._store, points, numbers, first, last, last, zone)
        row = next((i for i, point in enumerate(hours.points) if point.id == meter.id), None)
        used = None if row is None else hours.kilowatts(row)
        if used is None:
            raise NotAMeterError(
                Text(
                    f"“{meter.id}”不是电力点位，或没有读数。",
                    f"{meter.id!r} is no electricity, or has no readings.",
                ),
                field="meter",
                hint=Text("请选功率或电量点位。", "Choose a power or an energy register."),
            )
        heads = next((hours.history.values[i] for i, p in enumerate(hours.points) if p.id == people), None)
        if people is not None and heads is None:
            raise InvalidSavingsError(
                Text(f"“{people}”没有读数。", f"{people!r} has no readings."),
                field="people",
                hint=Text("选一个有读数的人数点位。", "Choose a count of people that has readings."),
            )
        load = History(
            values=used[None, :], start=hours.history.start, step=hours.history.step, zone=str(zone)
        )
        calendar = self._calendars.of(campus)
        temp = _outdoor(hours.outdoor(), len(used))
        found = measure_savings(
            load, before.micros, after.micros, temp=temp, people=heads, calendar=calendar, params=params
        )
        return savings_report(found, meter.id, "kWh", before, after, price=price_kwh)


def savings_report(
    found: Savings,
    point: str,
    unit: str,
    before: SavingsPeriod,
    after: SavingsPeriod,
    *,
    price: float | None = None,
) -> SavingsReport:
    """Return savings as they are told."""
    if price is not None and not 0 <= price < 1e6:
        raise PriceError(
            Text(f"单价 {price} 无效。", f"The price {price} can't be."),
            field="price",
            hint=Text("例如 0.8。", "Give such as 0.8."),
        )
    expected = found.expected or float("nan")
    low, high = (edge / expected if np.isfinite(expected) else 0.0 for edge in (found.low, found.high))
    baseline = found.baseline
    return SavingsReport(
        point=point, unit=unit, before=before, after=after, used=found.used, expected=found.expected,
        saved=found.saved, low=found.low, high=found.high, level=found.level, share=found.share, share_low=low,
        share_high=high, sure=found.sure, cost=None if price is None else round(found.saved * price, 2),
        model=baseline.kind, cv_rmse=baseline.cv_rmse, nmbe=baseline.nmbe, r2=baseline.r2,
        balance_temps=baseline.balance, warnings=found.warnings, days=_days(found),
    )  # fmt: skip


def _days(found: Savings) -> tuple[SavingsDay, ...]:
    rows = found.baseline.rows
    wanted = np.flatnonzero((found.before | found.after) & np.isfinite(found.baseline.expected))
    day, place = np.unique(rows.at[wanted] // DAY, return_inverse=True)
    used, expected = (
        np.bincount(place, np.nan_to_num(c[wanted])) for c in (rows.used, found.baseline.expected)
    )
    whole = np.bincount(place, rows.whole()[wanted]) >= 0.75 * np.bincount(place)
    return tuple(
        SavingsDay(
            at=time_of(int(day[i]) * DAY), used=round(float(used[i]), 3) if whole[i] else None,
            expected=round(float(expected[i]), 3),
        )
        for i in range(len(day))
    )  # fmt: skip


def _outdoor(temp: np.ndarray | None, n_times: int) -> np.ndarray | None:
    """Return the temperature with gaps of a few hours filled on the line; None where too little is there."""
    if temp is None:
        return None
    held = np.isfinite(temp)
    if held.mean() < 0.75:
        return None
    columns = np.arange(n_times)
    nearest = np.interp(columns, columns[held], temp[held])
    far = np.full(n_times, np.inf)
    seen = columns[held]
    at = (
        np.clip(np.searchsorted(seen, columns), 1, len(seen) - 1) if len(seen) > 1 else np.zeros(n_times, int)
    )
    far = np.minimum(np.abs(columns - seen[at]), np.abs(columns - seen[at - 1]))
    return np.where(far <= 6, nearest, np.nan)
