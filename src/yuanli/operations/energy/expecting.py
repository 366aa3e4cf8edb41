"""What a place is expected to use in a day, by what it used in the weeks before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from yuanli.errors import Text
from yuanli.forecast import Calendar
from yuanli.operations.energy.answers import EnergyExpected, ExpectedUse
from yuanli.operations.energy.asking import Asked
from yuanli.operations.energy.grounds import EnergyPlace
from yuanli.operations.energy.measuring import microseconds
from yuanli.operations.energy.media import Medium, unit_of
from yuanli.operations.forecasts import TooLittlePastError, forecast_series
from yuanli.operations.readings import Every
from yuanli.telemetry import Series

PAST = timedelta(days=60)
HOUR_US = 3_600_000_000
LITTLE = Text("历史太短，还不能预测。", "Too little was measured to forecast from.")


def expected_of(asked: Asked, place: EnergyPlace, medium: Medium, day: datetime) -> EnergyExpected:
    """Return what is expected of the 24 hours from a time on; a time to come is forecast from now on."""
    begin = min(day, asked.now).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = min(-(-int((day + timedelta(hours=25) - begin).total_seconds()) // 3600), 14 * 24)
    edges = np.arange(microseconds(begin - PAST), microseconds(begin) + 1, HOUR_US)
    told = asked.told(place.id, medium, edges, Every.HOUR)
    note = asked.note(place, medium, told)
    known = told.amounts.covered > 0.99
    at, value = edges[:-1][known], told.amounts.amount[known]
    series = Series(
        point=0, at=at, raw=value, value=value, quality=np.zeros(len(at), np.uint8),
        reason=np.zeros(len(at), np.uint32),
    )  # fmt: skip
    campus = asked.grounds.campus
    calendar = Calendar(country=campus.country) if campus.country else None
    try:
        (ahead,) = forecast_series(
            [series], [(place.id, unit_of(medium))], timedelta(hours=hours), end=int(edges[-1]),
            zone=campus.time_zone, calendar=calendar, trees=False,
        )  # fmt: skip
    except TooLittlePastError:
        return EnergyExpected(
            place=place, medium=medium, unit=unit_of(medium), method=None, hours=(), note=note or LITTLE
        )
    wanted = [hour for hour in ahead.hours if day <= hour.at < day + timedelta(hours=25)]
    return EnergyExpected(
        place=place, medium=medium, unit=unit_of(medium), method=ahead.method,
        hours=tuple(
            ExpectedUse(start=h.at, mean=max(h.mean, 0.0), low=max(h.low_80, 0.0), high=max(h.high_80, 0.0))
            for h in wanted
        ),
        note=note,
    )  # fmt: skip
