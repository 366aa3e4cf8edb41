"""What is known of the time to come beside a point's own readings: the calendar, the weather so far, bookings."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Campus, DataPoint, FeatureId, level_of
from yuanli.forecast import (
    DAY,
    HOUR,
    Bookings,
    BrokenForecasterError,
    Calendar,
    Forecast,
    Forecaster,
    ForecastParams,
    GrownTrees,
    History,
    daily,
    forecast,
    grow_trees,
)
from yuanli.operations.campus_calendars import CampusCalendars
from yuanli.operations.hourly import hourly_means
from yuanli.operations.moments import micros_of
from yuanli.operations.point_rows import find_place
from yuanli.operations.readings import ReadingStore
from yuanli.operations.reservations.booking import Reservation, ReservationQuery, ReservationStore
from yuanli.telemetry import find_quantity

WEATHER = ("outdoor_air_temperature", "irradiance")
"""What of the weather is looked at, where it is measured; without the first, nothing is."""
KNOWN = 0.75
"""A weather point must know so much of the last four weeks."""
AHEAD = timedelta(days=15)
SITE = FeatureId("site")
Floats = NDArray[np.floating]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """What is known of a campus up to the time at which a forecast is made, and from then on.

    Parameters
    ----------
    weather
        By the hour, the outdoor temperature first; nothing of the time to come.
    bookings, rows
        What is booked, of no point yet, and the row of each place that anything is booked in.
    zone
        Whose clock days are counted by.
    plugins
        Foundation models of this installation, by name: tried like any method.
    """

    calendar: Calendar | None = None
    weather: History | None = None
    bookings: Bookings | None = None
    rows: Mapping[FeatureId, int] = field(default_factory=dict)
    zone: str = "UTC"
    plugins: Mapping[str, Forecaster] = field(default_factory=dict)

    def forecast(
        self,
        history: History,
        horizon: int,
        places: Sequence[str | None],
        *,
        params: ForecastParams,
        grown: GrownTrees | None = None,
    ) -> Forecast:
        """Return the forecasts of hours or days, with all that is known beside them.

        A plug-in that fails, or answers with no forecast, is told in the log and left out.

        Parameters
        ----------
        places
            Where each row of the history is measured; None where that is not known.
        """
        made = partial(
            forecast, history, horizon, calendar=self.calendar, params=params, weather=self._weather_at(history),
            bookings=self._bookings_of(history, places), grown=grown,
        )  # fmt: skip
        try:
            return made(plugins=self.plugins)
        except BrokenForecasterError as error:
            log.warning("Forecast without %s: %s", ", ".join(self.plugins), error)
            return made()

    def grow_trees(
        self, history: History, horizon: int, places: Sequence[str | None], *, params: ForecastParams
    ) -> GrownTrees:
        """Return the trees that `forecast` would grow, for other points of the same campus and time."""
        return grow_trees(
            history, horizon, calendar=self.calendar, params=params, weather=self._weather_at(history),
            bookings=self._bookings_of(history, places),
        )  # fmt: skip

    def _weather_at(self, history: History) -> Floats | None:
        if self.weather is None:
            return None
        known = self.weather if history.step == HOUR else daily(self.weather)
        column = (history.start - known.start) // history.step + np.arange(history.n_times)
        held = (column >= 0) & (column < known.n_times)
        found = np.full((known.n_points, history.n_times), np.nan)
        found[:, held] = known.values[:, column[held]]
        return found

    def _bookings_of(self, history: History, places: Sequence[str | None]) -> Bookings | None:
        if self.bookings is None:
            return None
        rows = [-1 if place is None else self.rows.get(FeatureId(place), -1) for place in places]
        told = replace(self.bookings, of_point=np.array(rows, np.int64))
        return told.by_clock(self.zone) if history.step == DAY else told


class Outlooks:
    """Finds what is known of the time to come; all that forecasts asks here."""

    def __init__(
        self,
        calendars: CampusCalendars,
        readings: ReadingStore,
        reservations: ReservationStore,
        plugins: Mapping[str, Forecaster],
    ) -> None:
        self._calendars, self._readings, self._reservations = calendars, readings, reservations
        self._plugins = plugins

    def calendar(self, campus: Campus) -> Calendar | None:
        """Return what is known of a campus's days; None where nothing is."""
        return self._calendars.of(campus)

    def of(self, campus: Campus, start: datetime, end: datetime) -> Outlook:
        """Return what is known of a campus for forecasts made at `end` from a past that begins at `start`."""
        start = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        asked = ReservationQuery(start=start, end=end + AHEAD)
        booked = [one for one in self._reservations.list(campus.id, asked) if one.made_at <= end]
        bookings, rows = _bookings(campus, booked) if booked else (None, {})
        return Outlook(
            calendar=self.calendar(campus), weather=self._weather(campus, start, end), bookings=bookings,
            rows=rows, zone=campus.time_zone, plugins=self._plugins,
        )  # fmt: skip

    def _weather(self, campus: Campus, start: datetime, end: datetime) -> History | None:
        zone = ZoneInfo(campus.time_zone)
        first = micros_of(start)
        n_hours = (micros_of(end) - first) // HOUR
        points = {kind: _measuring(campus, kind) for kind in WEATHER}
        if not points[WEATHER[0]] or n_hours < 1:
            return None
        rows = []
        for kind in WEATHER:
            numbers = self._readings.number_points(campus.id, [point.id for point in points[kind]])
            values = hourly_means(self._readings, numbers, first, n_hours, zone)
            recent = np.isfinite(values[:, -28 * 24 :]).mean(axis=1) if len(values) else np.empty(0)
            if len(recent) and recent.max() >= KNOWN:
                rows.append(values[int(recent.argmax())])
            elif kind == WEATHER[0]:
                return None
        return History(values=np.stack(rows), start=first, step=HOUR, zone=campus.time_zone)


def place_of_point(campus: Campus, point: DataPoint) -> FeatureId:
    """Return where a point measures, by the names that bookings have; the site where the map doesn't say."""
    place = find_place(campus, point)
    return _site(campus) if place is None else FeatureId(place.id)


def _site(campus: Campus) -> FeatureId:
    return FeatureId(campus.venue.id) if campus.venue is not None else SITE


def _measuring(campus: Campus, kind: str) -> list[DataPoint]:
    return [
        point for point in campus.of(DataPoint)
        if (quantity := find_quantity(point.brick_class)) is not None and quantity.name == kind
        and "Wet" not in point.brick_class
    ]  # fmt: skip


def _bookings(campus: Campus, booked: Sequence[Reservation]) -> tuple[Bookings, Mapping[FeatureId, int]]:
    """Return bookings with a row for the room, its level, its building and the site each."""
    chains = {one.space_id: _chain(campus, one.space_id) for one in booked}
    rows: dict[FeatureId, int] = {}
    pairs = [
        (rows.setdefault(place, len(rows)), n)
        for n, one in enumerate(booked)
        for place in chains[one.space_id]
    ]
    place, of = np.array(pairs, np.int64).T
    start, end, made_at = (
        np.array([micros_of(getattr(one, name)) for one in booked], np.int64)[of]
        for name in ("start", "end", "made_at")
    )
    people = np.array([one.attendees for one in booked], np.float64)[of]
    bookings = Bookings(
        place=place, start=start, end=end, made_at=made_at, people=people, of_point=np.empty(0, np.int64),
        n_places=len(rows),
    )  # fmt: skip
    return bookings, rows


def _chain(campus: Campus, space_id: FeatureId) -> tuple[FeatureId, ...]:
    space = campus.find(space_id)
    level = None if space is None else level_of(space)
    building = campus.building_of(level)
    found = (space_id, level, building, _site(campus))
    return tuple(dict.fromkeys(FeatureId(place) for place in found if place is not None))
