"""How many people will be in a place, hour by hour, by how many there were in the last six weeks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from yuanli.campus import Campus, CampusId, FeatureId
from yuanli.errors import Text
from yuanli.forecast import ForecastParams, say_reasons
from yuanli.operations.forecast_reasons import ForecastReason, told_reasons
from yuanli.operations.forecasts import ExpectedHour, expected_hours
from yuanli.operations.fresh_forecasts import FreshForecasts
from yuanli.operations.kept_forecasts import PEOPLE, ForecastBand
from yuanli.operations.night_rows import (
    WITHOUT_TREES,
    Asking,
    climbed,
    enough,
    forecast_hours,
    with_rests,
)
from yuanli.operations.outlook import Outlooks
from yuanli.operations.people_hours import people_hours
from yuanli.operations.twin import Twin

PAST = timedelta(days=42)
HOUR = timedelta(hours=1)
LONGEST = timedelta(days=14)
SPANS = (timedelta(days=2), timedelta(days=7), LONGEST)
"""So far ahead all places are forecast at once, by the shortest of these that is enough."""
KEPT = 8

Bands = Mapping[str, ForecastBand]


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
    """Tells the people expected in places: as the last night said while that is fresh, else computed anew.

    What is computed anew is computed of all places at once, so that parts add up to their wholes, and is kept for
    whoever asks within the hour. Safe for threads.
    """

    def __init__(self, twin: Twin, kept: FreshForecasts, outlooks: Outlooks) -> None:
        self._twin, self._kept, self._outlooks = twin, kept, outlooks
        self._lock = Lock()
        self._computed: OrderedDict[tuple[CampusId, datetime, timedelta], tuple[Campus, Bands]] = (
            OrderedDict()
        )

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
        band = self._anew(campus, end, until).get(wanted) if found is None else found.hourly
        if band is None:
            return ExpectedPeople(place=place, hours=())
        return ExpectedPeople(
            place=place, hours=expected_hours(band, end, until), made_at=found.made_at if found else None,
            why=say_reasons(band.method, band.reasons), reasons=told_reasons(band.reasons),
        )  # fmt: skip

    def _anew(self, campus: Campus, end: datetime, until: datetime) -> Bands:
        span = next((span for span in SPANS if end + span >= until), LONGEST)
        key = (campus.id, end, span)
        with self._lock:
            kept = self._computed.get(key)
            if kept is None or kept[0] is not campus:
                kept = self._computed[key] = campus, self._all_places(campus, end, span)
                while len(self._computed) > KEPT:
                    self._computed.popitem(last=False)
        return kept[1]

    def _all_places(self, campus: Campus, end: datetime, span: timedelta) -> Bands:
        subjects, values = people_hours(self._twin, campus.id, end - PAST, end)
        good = enough(values)
        rows = [subject for subject, ok in zip(subjects, good, strict=True) if ok]
        if not rows:
            return {}
        rows, values = with_rests(climbed(rows, subjects), values[good])
        zone = ZoneInfo(campus.time_zone)
        asking = Asking(
            campus_id=campus.id, night=end.astimezone(zone).date(), origin=end, zone=zone,
            outlook=replace(self._outlooks.of(campus, end - PAST, end), plugins={}), places={}, made_at=end,
        )  # fmt: skip
        settings = ForecastParams(methods=WITHOUT_TREES)
        bands = forecast_hours(rows, values, asking, span // HOUR, settings)
        return {row.name: band for row, band in zip(rows, bands, strict=True)}
