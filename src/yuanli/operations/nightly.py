"""The nights' forecasts of a park: energies of places, people in them, and points, batch by batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import Campus, CampusId, DataPoint, FeatureId
from yuanli.errors import Text, YuanliError
from yuanli.forecast import HOUR
from yuanli.operations.energy import Energy, Medium
from yuanli.operations.hourly import hourly_means
from yuanli.operations.kept_forecasts import (
    MOST_FAILURES,
    PEOPLE,
    POINT,
    KeptForecast,
    Night,
    NightFailure,
)
from yuanli.operations.moments import micros_of
from yuanli.operations.night_rows import (
    Asking,
    Floats,
    NightParams,
    NightTrees,
    Subject,
    climbed,
    enough,
    forecast_rows,
    grow_night,
    midnight_before,
    with_rests,
)
from yuanli.operations.outlook import Outlooks, place_of_point
from yuanli.operations.people_hours import people_hours
from yuanli.operations.places import Places
from yuanli.operations.ports import ForecastStore, StoreUnavailableError
from yuanli.operations.readings import ReadingStore
from yuanli.operations.twin import Twin
from yuanli.telemetry import Form, find_quantity

AGAIN_AFTER = timedelta(hours=1)
"""A night that found nothing to forecast is tried again after so long: a past may have come meanwhile."""
Told = Callable[[Night], None]
Loaded = tuple[list[Subject], Floats, list[NightFailure]]
"""Who is forecast, their hours, and what of them could not be read."""
log = logging.getLogger(__name__)


class NightStoppedError(Exception):
    """The night is to end early; what is made is kept, and the rest comes next time."""


class NightlyForecasts:
    """Makes the nights' forecasts of the kept campuses, and keeps them."""

    def __init__(
        self,
        readings: ReadingStore,
        places: Places,
        kept: ForecastStore,
        *,
        energy: Energy,
        twin: Twin,
        outlooks: Outlooks,
        clock: Callable[[], datetime],
        params: NightParams = NightParams(),
    ) -> None:
        self._outlooks = outlooks
        self._readings, self._places, self._kept = readings, places, kept
        self._energy, self._twin, self._clock, self._params = energy, twin, clock, params

    def nights(self, campus_id: CampusId, *, limit: int = 14) -> tuple[Night, ...]:
        """Return how the last nights went, the newest first; one that has no end yet is being made."""
        self._places.campus(campus_id)
        return self._kept.list_nights(campus_id, limit=limit)

    def is_due(self, campus_id: CampusId) -> bool:
        """Return whether the last night is missing, was cut short, or found nothing and may be tried again."""
        now = self._clock()
        zone = ZoneInfo(self._places.campus(campus_id).time_zone)
        origin = midnight_before(now, zone, self._params.hour)
        newest = self._newest(campus_id)
        if newest is None or newest.origin < origin or newest.ended_at is None:
            return True
        return newest.kept == 0 and newest.planned > 0 and now - newest.ended_at >= AGAIN_AFTER

    def renew(
        self,
        campus_id: CampusId,
        *,
        told: Told = lambda night: None,
        stopped: Callable[[], bool] = lambda: False,
        again: bool = False,
    ) -> Night:
        """Make the last night's forecasts that are not made yet, and keep them batch by batch.

        Parameters
        ----------
        told
            Hears how far the night is, after each batch.
        stopped
            Asked before each batch: what is made stays, and the next call goes on from there.
        again
            Make all of them anew, those too that are made already.

        Raises
        ------
        StoreUnavailableError
            Nothing can be read or kept; what was made before is.
        """
        now = self._clock()
        campus = self._places.campus(campus_id)
        zone = ZoneInfo(campus.time_zone)
        origin = midnight_before(now, zone, self._params.hour)
        asking = Asking(
            campus_id=campus_id, night=origin.astimezone(zone).date(), origin=origin, zone=zone,
            made_at=now,
            outlook=self._outlooks.of(campus, origin - timedelta(days=self._params.past_d), origin),
            places={point.id: place_of_point(campus, point) for point in campus.of(DataPoint)},
        )  # fmt: skip
        points = _measured(campus)
        cut = self._newest(campus_id)
        goes_on = not again and cut is not None and cut.night == asking.night and cut.ended_at is None
        begun = Night(
            campus_id=campus_id, night=asking.night, origin=origin, planned=len(points),
            begun_at=cut.begun_at if cut is not None and goes_on else now,
        )  # fmt: skip
        made = frozenset() if again else self._kept.list_made(campus_id, asking.night)
        work = _Work(self._kept, self._clock, asking, begun, made, told, stopped)
        try:
            for medium in Medium:
                work.whole(medium, partial(self._energies, asking, medium), self._params)
            work.whole(PEOPLE, lambda: self._people(asking), self._params)
            grown: NightTrees | None = None
            for first in range(0, len(points), self._params.batch):
                batch = [p for p in points[first : first + self._params.batch] if not work.has(p.id, POINT)]
                work.stop_if_told()
                if not batch:
                    continue
                grown = grown or self._grown(asking, points)
                work.points(batch, self._hours(asking, batch), self._params, grown)
        except NightStoppedError:
            log.info("Forecasts of %s: stopped at %.0f %%", campus_id, 100 * work.night.share)
            return work.night
        night = work.end()
        self._kept.forget_nights(asking.night - timedelta(days=self._params.keep_d))
        return night

    def _newest(self, campus_id: CampusId) -> Night | None:
        return next(iter(self._kept.list_nights(campus_id, limit=1)), None)

    def _hours(self, asking: Asking, points: Sequence[DataPoint]) -> Floats:
        """Return means of hours up to the origin, shape `(n_points, n_hours)`."""
        numbers = self._readings.number_points(asking.campus_id, [point.id for point in points])
        n_hours = self._params.past_d * 24
        first = micros_of(asking.origin) - n_hours * HOUR
        return hourly_means(self._readings, numbers, first, n_hours, asking.zone)

    def _grown(self, asking: Asking, points: Sequence[DataPoint]) -> NightTrees:
        """Return the trees of all points, grown on a sample of them: points of each kind, as many as there are."""
        sample = points[:: -(-len(points) // self._params.tree_points)]
        values = self._hours(asking, sample)
        good = enough(values)
        places = [asking.places[point.id] for point, ok in zip(sample, good, strict=True) if ok]
        return self._grown_on(asking, values[good], places) or NightTrees()

    def _grown_on(self, asking: Asking, values: Floats, places: Sequence[FeatureId]) -> NightTrees | None:
        """Return trees grown on rows; where that fails, on each second one, as far as it must."""
        try:
            return grow_night(values, places, asking, self._params) if len(values) else None
        except Exception as error:  # outermost: one bad point must not take the trees from all others
            if len(values) == 1:
                log.warning("Trees of %s can't be grown on a point: %r", asking.campus_id, error)
                return None
        return self._grown_on(asking, values[::2], places[::2]) or self._grown_on(
            asking, values[1::2], places[1::2]
        )

    def _energies(self, asking: Asking, medium: Medium) -> Loaded:
        start = asking.origin - timedelta(days=self._params.past_d)
        rows, broken = self._energy.hours(asking.campus_id, medium, start, asking.origin)
        subjects = [
            Subject(name=row.place, quantity=medium, unit=row.unit, whole=row.whole, place=row.place)
            for row in rows
        ]
        values = np.stack([row.used for row in rows]) if rows else np.empty((0, 0))
        return subjects, values, [_failure(meter, medium, error) for meter, error in broken.items()]

    def _people(self, asking: Asking) -> Loaded:
        begin = asking.origin - timedelta(days=self._params.people_d)
        return *people_hours(self._twin, asking.campus_id, begin, asking.origin), []


class _Work:
    """One night while it is made: what is kept already, and how far it is."""

    def __init__(
        self,
        kept: ForecastStore,
        clock: Callable[[], datetime],
        asking: Asking,
        night: Night,
        made: frozenset[tuple[str, str]],
        told: Told,
        stopped: Callable[[], bool],
    ) -> None:
        self._kept, self._clock, self._asking, self._told, self._stopped = kept, clock, asking, told, stopped
        self._made = made
        self.night = replace(night, kept=len(self._made), planned=night.planned + self._places_made())
        kept.put_night(self.night)

    def has(self, subject: str, quantity: str) -> bool:
        """Return whether a forecast was made before the night was cut short."""
        return (subject, quantity) in self._made

    def stop_if_told(self) -> None:
        """End the night early where somebody wants it."""
        if self._stopped():
            raise NightStoppedError

    def whole(self, quantity: str, load: Callable[[], Loaded], params: NightParams) -> None:
        """Forecast a quantity of all places, which adds up, so that it is made at once or not at all."""
        self.stop_if_told()
        if any(made == quantity for _, made in self._made):
            return
        try:
            subjects, values, broken = load()
        except StoreUnavailableError:
            raise
        except Exception as error:  # outermost: one quantity must not take the others with it
            self._keep([], planned=1, failed=[_failure(quantity, quantity, error)])
            return
        good = enough(values) if subjects else np.empty(0, bool)
        rows = [subject for subject, ok in zip(subjects, good, strict=True) if ok]
        made, failed = self._added_up(climbed(rows, subjects), values[good], params) if rows else ((), [])
        failed = [*broken, *failed]
        too_little = len(subjects) - len(rows)
        planned = len(made) + len(failed) + too_little
        self._keep(made, planned=planned, failed=failed, too_little=too_little)

    def points(
        self, points: Sequence[DataPoint], values: Floats, params: NightParams, grown: NightTrees
    ) -> None:
        """Forecast a batch of points."""
        good = enough(values)
        rows = [
            Subject(name=point.id, quantity=POINT, unit=point.unit, place=self._asking.places[point.id])
            for point, ok in zip(points, good, strict=True) if ok
        ]  # fmt: skip
        made, failed = self._tried(rows, values[good], params, grown=grown)
        self._keep(made, planned=0, failed=failed, too_little=len(points) - int(good.sum()))

    def end(self) -> Night:
        """Keep that the night is over."""
        self.night = replace(self.night, ended_at=self._clock())
        self._kept.put_night(self.night)
        self._told(self.night)
        return self.night

    def _added_up(
        self, rows: list[Subject], values: Floats, params: NightParams
    ) -> tuple[tuple[KeptForecast, ...], list[NightFailure]]:
        """Forecast wholes and parts together; where that fails, without those that fail alone."""
        made, failed = self._tried(*with_rests(rows, values), params, tree=True)
        if not failed:
            return made, failed
        _, alone = self._tried(rows, values, params)
        broken = {one.subject for one in alone}
        kept = [i for i, row in enumerate(rows) if row.name not in broken]
        if not alone or not kept:
            return made, failed
        rest = climbed([rows[i] for i in kept], rows)
        made, failed = self._tried(*with_rests(rest, values[kept]), params, tree=True)
        return made, [*alone, *failed]

    def _tried(
        self,
        rows: Sequence[Subject],
        values: Floats,
        params: NightParams,
        *,
        tree: bool = False,
        grown: NightTrees | None = None,
    ) -> tuple[tuple[KeptForecast, ...], list[NightFailure]]:
        """Forecast rows; where that fails, halves of them, so that one bad row fails alone."""
        try:
            total = tree and rows[0].quantity != PEOPLE
            return forecast_rows(rows, values, self._asking, params, total=total, tree=tree, grown=grown), []
        except Exception as error:  # outermost: one point must not take the others with it
            if len(rows) == 1 or tree:
                return (), [_failure(row.name, row.quantity, error) for row in rows]
        half = len(rows) // 2
        first, one = self._tried(rows[:half], values[:half], params, grown=grown)
        last, other = self._tried(rows[half:], values[half:], params, grown=grown)
        return (*first, *last), [*one, *other]

    def _keep(
        self,
        made: Sequence[KeptForecast],
        *,
        planned: int,
        failed: Sequence[NightFailure],
        too_little: int = 0,
    ) -> None:
        night = self.night
        self.night = replace(
            night, planned=night.planned + planned, kept=night.kept + len(made),
            too_little=night.too_little + too_little, failed=night.failed + len(failed),
            failures=(*night.failures, *failed)[:MOST_FAILURES],
        )  # fmt: skip
        self._kept.put_night(self.night, made)
        self._told(self.night)

    def _places_made(self) -> int:
        return sum(quantity != POINT for _, quantity in self._made)


def _measured(campus: Campus) -> list[DataPoint]:
    """Return the points whose values are forecast, those that measure the same beside each other."""

    def kind(point: DataPoint) -> tuple[str, str]:
        quantity = find_quantity(point.brick_class)
        return (quantity.name if quantity else "", str(point.id))

    return sorted((p for p in campus.of(DataPoint) if _is_measured(p)), key=kind)


def _is_measured(point: DataPoint) -> bool:
    quantity = find_quantity(point.brick_class)
    return quantity is None or quantity.form is Form.ANALOG


def _failure(subject: str, quantity: str, error: Exception) -> NightFailure:
    log.warning("%s %s can't be forecast: %r", quantity or "point", subject, error)
    message = (
        error.message
        if isinstance(error, YuanliError)
        else Text(f"内部错误：{type(error).__name__}。", f"An internal error: {type(error).__name__}.")
    )
    return NightFailure(subject=subject, quantity=quantity, message=message)
