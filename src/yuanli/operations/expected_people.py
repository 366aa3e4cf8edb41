"""How many people will be in a place, hour by hour, by how many there were in the last six weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from yuanli.campus import Campus, FeatureId
from yuanli.errors import InfeasibleError
from yuanli.forecast import Calendar
from yuanli.operations.forecasts import ExpectedHour, forecast_series
from yuanli.operations.moments import EPOCH, MICROSECOND
from yuanli.operations.readings import Every
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.telemetry import Quality, Series

PAST = timedelta(days=42)
CHUNK = timedelta(days=14)
HOUR = timedelta(hours=1)
LONGEST = timedelta(days=14)


def expected_people(
    twin: Twin, campus: Campus, place: FeatureId | None, horizon: timedelta, now: datetime
) -> tuple[ExpectedHour, ...]:
    """Return the people expected in a place, or on the site, from the hour of `now` on; none where too little is known.

    What is forecast is what the twin tells: counted, or estimated from presence, air or devices.
    """
    end = now.replace(minute=0, second=0, microsecond=0)
    wanted = place or (campus.venue.id if campus.venue is not None else FeatureId("site"))
    told: list[tuple[datetime, float]] = []
    start = end - PAST
    while start < end:
        history = twin.history(
            campus.id, TwinQuantity.PEOPLE, start, min(start + CHUNK, end), every=Every.HOUR,
            place=wanted,
        )  # fmt: skip
        values = history.values.get(wanted, ())
        told += [(at, value) for at, value in zip(history.times, values, strict=False) if value is not None]
        start += CHUNK
    if not told:
        return ()
    hours = HOUR * -(-(horizon + (now - end)) // HOUR)
    try:
        (ahead,) = forecast_series(
            [_series(told)], [(wanted, None)], min(max(hours, HOUR), LONGEST), end=(end - EPOCH) // MICROSECOND,
            zone=campus.time_zone, calendar=Calendar(country=campus.country) if campus.country else None,
        )  # fmt: skip
    except InfeasibleError:
        return ()
    return ahead.hours


def _series(told: list[tuple[datetime, float]]) -> Series:
    count = len(told)
    values = np.array([value for _, value in told], float)
    return Series(
        point=0, at=np.array([(at - EPOCH) // MICROSECOND for at, _ in told], np.int64), raw=values, value=values,
        quality=np.full(count, Quality.GOOD, np.uint8), reason=np.zeros(count, np.uint32),
    )  # fmt: skip
