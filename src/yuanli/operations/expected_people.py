"""How many people will be in a place, hour by hour, by how many there were in the last six weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from yuanli.campus import Campus, FeatureId
from yuanli.errors import InfeasibleError, Text
from yuanli.forecast import say_reasons
from yuanli.operations.forecast_reasons import ForecastReason, told_reasons
from yuanli.operations.forecasts import ExpectedHour, PointForecast, expected_hours, forecast_series
from yuanli.operations.fresh_forecasts import FreshForecasts
from yuanli.operations.kept_forecasts import PEOPLE
from yuanli.operations.moments import EPOCH, MICROSECOND
from yuanli.operations.outlook import Outlooks
from yuanli.operations.readings import Every
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.telemetry import Quality, Series

PAST = timedelta(days=42)
CHUNK = timedelta(days=14)
HOUR = timedelta(hours=1)
LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedPeople:
    """The people expected in a place, hour by hour; no hours where too little is known.

    Parameters
    ----------
    made_at
        When a night made it; None where it was computed for this answer.
    why, reasons
        What it hangs on: the most in a sentence, and all of it.
    """

    place: FeatureId | None
    hours: tuple[ExpectedHour, ...]
    made_at: datetime | None = None
    why: Text | None = None
    reasons: tuple[ForecastReason, ...] = ()


class PeopleForecasts:
    """Tells the people expected in places: as the last night said while that is fresh, else computed anew."""

    def __init__(self, twin: Twin, kept: FreshForecasts, outlooks: Outlooks) -> None:
        self._twin, self._kept, self._outlooks = twin, kept, outlooks

    def expected(
        self, campus: Campus, place: FeatureId | None, horizon: timedelta, now: datetime
    ) -> ExpectedPeople:
        """Return the people expected in a place, or on the site, from the hour of `now` on.

        What is forecast is what the twin tells: counted, or estimated from presence, air or devices. There are no hours
        where too little is known.
        """
        end = now.replace(minute=0, second=0, microsecond=0)
        wanted = place or (campus.venue.id if campus.venue is not None else FeatureId("site"))
        until = end + HOUR * max(-(-(horizon + (now - end)) // HOUR), 1)
        found = self._kept.find(campus.id, [wanted], PEOPLE, start=end, end=until, now=now).get(wanted)
        if found is not None:
            band = found.hourly
            return ExpectedPeople(
                place=place, hours=expected_hours(band, end, until), made_at=found.made_at,
                why=say_reasons(band.method, band.reasons), reasons=told_reasons(band.reasons),
            )  # fmt: skip
        ahead = self._computed(campus, wanted, end, until)
        if ahead is None:
            return ExpectedPeople(place=place, hours=())
        return ExpectedPeople(place=place, hours=ahead.hours, why=ahead.why, reasons=ahead.reasons)

    def _computed(
        self, campus: Campus, wanted: FeatureId, end: datetime, until: datetime
    ) -> PointForecast | None:
        told: list[tuple[datetime, float]] = []
        start = end - PAST
        while start < end:
            history = self._twin.history(
                campus.id, TwinQuantity.PEOPLE, start, min(start + CHUNK, end), every=Every.HOUR,
                places=(wanted,),
            )  # fmt: skip
            values = history.values.get(wanted, ())
            told += [
                (at, value) for at, value in zip(history.times, values, strict=False) if value is not None
            ]
            start += CHUNK
        if not told:
            return None
        try:
            (ahead,) = forecast_series(
                [_series(told)], [(wanted, None)], min(until - end, LONGEST), end=(end - EPOCH) // MICROSECOND,
                zone=campus.time_zone, outlook=self._outlooks.of(campus, end - PAST, end), places=[wanted],
            )  # fmt: skip
        except InfeasibleError:
            return None
        return ahead


def _series(told: list[tuple[datetime, float]]) -> Series:
    count = len(told)
    values = np.array([value for _, value in told], float)
    return Series(
        point=0, at=np.array([(at - EPOCH) // MICROSECOND for at, _ in told], np.int64), raw=values, value=values,
        quality=np.full(count, Quality.GOOD, np.uint8), reason=np.zeros(count, np.uint32),
    )  # fmt: skip
