"""What the places of a park use: how much, when, what for, compared with what, and at what cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.operations.energy.answers import (
    CalendarDay,
    EnergyBucket,
    EnergyCalendar,
    EnergyCost,
    EnergyCurve,
    EnergyExpected,
    EnergyFlows,
    EnergyForecast,
    EnergyRanking,
    EnergySummary,
    RankedPlace,
    TariffDocument,
)
from yuanli.operations.energy.asking import Asked, Told, share_of_time
from yuanli.operations.energy.billing import cost_of
from yuanli.operations.energy.expecting import expected_of, forecast_of
from yuanli.operations.energy.flowing import flows_of
from yuanli.operations.energy.grounds import EnergyPlace, EnergyPlaceKind, Grounds
from yuanli.operations.energy.hourly import PlaceHours, hours_of_places
from yuanli.operations.energy.measuring import microseconds
from yuanli.operations.energy.media import Medium, unit_of
from yuanli.operations.energy.periods import Period, Span, span_of
from yuanli.operations.energy.summing import summary_of
from yuanli.operations.energy.tariffs import (
    KeptTariffs,
    Tariffs,
    TariffStore,
    example_document,
    parse_tariffs,
)
from yuanli.operations.fresh_forecasts import FreshForecasts
from yuanli.operations.outlook import Outlooks
from yuanli.operations.places import Places
from yuanli.operations.readings import Every, ReadingStore
from yuanli.operations.telemetry import time_of
from yuanli.telemetry import Times

HOUR_US = 3_600_000_000
FINE = {Period.QUARTER: Every.QUARTER, Period.HOUR: Every.HOUR}


class Energy:
    """Tells of the energy of the kept campuses.

    Parameters
    ----------
    default
        The tariffs of campuses without their own; the examples by default.
    kept
        What the nights forecast; without it all is computed when it is asked for.
    outlooks
        What is known of the time to come; without it forecasts go by readings alone.
    """

    def __init__(
        self,
        store: ReadingStore,
        places: Places,
        tariffs: TariffStore,
        *,
        clock: Callable[[], datetime],
        default: Mapping[str, Any] | None = None,
        kept: FreshForecasts | None = None,
        outlooks: Outlooks | None = None,
    ) -> None:
        self._outlooks = outlooks
        self._store, self._places, self._tariffs, self._clock = store, places, tariffs, clock
        self._kept = kept
        self._default = example_document() if default is None else default
        parse_tariffs(self._default)
        self._grounds: dict[CampusId, Grounds] = {}

    def summary(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        place: FeatureId | None = None,
        media: Sequence[Medium] = tuple(Medium),
    ) -> EnergySummary:
        """Return the totals of a place in `[start, end)`, with peaks, base load and what they compare to.

        Raises
        ------
        SpanError, EnergyPlaceNotFoundError
            The span is empty or too long, or there is no such place.
        """
        asked = self._ask(campus_id)
        span = span_of(start, end, Period.HOUR)
        return summary_of(asked, asked.grounds.place(place), span, media, self.tariffs(campus_id))

    def curve(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        place: FeatureId | None = None,
        medium: Medium = Medium.ELECTRICITY,
        every: Period = Period.HOUR,
    ) -> EnergyCurve:
        """Return what a place used, bucket by bucket of its clock."""
        asked, span = self._ask(campus_id), span_of(start, end, every)
        where = asked.grounds.place(place)
        edges = span.edges(every, asked.zone)
        told = asked.told(where.id, medium, edges, FINE.get(every))
        unit = unit_of(medium)
        return EnergyCurve(
            place=where, medium=medium, unit=unit, power_unit="kW" if unit == "kWh" else f"{unit}/h",
            buckets=_buckets(told, edges, microseconds(asked.now)), note=asked.note(where, medium, told),
        )  # fmt: skip

    def expected(
        self,
        campus_id: CampusId,
        day: datetime,
        *,
        place: FeatureId | None = None,
        medium: Medium = Medium.ELECTRICITY,
    ) -> EnergyExpected:
        """Return what a place was expected to use in the 24 hours from a time on, by what was known then."""
        asked = self._ask(campus_id)
        return expected_of(
            asked, asked.grounds.place(place), medium, day.astimezone(UTC), self._kept, self._outlooks
        )

    def forecast(
        self, campus_id: CampusId, *, place: FeatureId | None = None, medium: Medium = Medium.ELECTRICITY
    ) -> EnergyForecast:
        """Return what the last night expects of a place and its parts; wholes are the sums of their parts."""
        asked = self._ask(campus_id)
        return forecast_of(asked, asked.grounds.place(place), medium, self._kept)

    def hours(
        self, campus_id: CampusId, medium: Medium, start: datetime, end: datetime
    ) -> tuple[tuple[PlaceHours, ...], Mapping[FeatureId, Exception]]:
        """Return what the site and all its measured places used in each hour of `[start, end)`, and broken meters."""
        edges = np.arange(microseconds(start), microseconds(end) + 1, HOUR_US, dtype=np.int64)
        return hours_of_places(self._ask(campus_id), medium, edges)

    def ranking(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        place: FeatureId | None = None,
        kind: EnergyPlaceKind | None = None,
        medium: Medium = Medium.ELECTRICITY,
        per_m2: bool = False,
    ) -> EnergyRanking:
        """Rank the parts of a place, or all places of a kind within it, by what they used.

        Parameters
        ----------
        kind
            Buildings, levels, rooms or devices; without it what the place falls into next.
        per_m2
            Sort by the amount a square metre.
        """
        asked, span = self._ask(campus_id), span_of(start, end, Period.HOUR)
        where = asked.grounds.place(place)
        ids = asked.grounds.parts(where) if kind is None else asked.grounds.within(where.id, kind)
        rows = _rows(asked, [asked.grounds.place(one) for one in ids], span, medium, per_m2=per_m2)
        whole = sum(row.amount or 0.0 for row in rows)
        return EnergyRanking(place=where, medium=medium, unit=unit_of(medium), rows=_ranked(rows, whole))

    def calendar(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        place: FeatureId | None = None,
        medium: Medium = Medium.ELECTRICITY,
    ) -> EnergyCalendar:
        """Return what a place used by day and hour of its clock."""
        asked, span = self._ask(campus_id), span_of(start, end, Period.HOUR)
        where = asked.grounds.place(place)
        edges = span.edges(Period.HOUR, asked.zone)
        told = asked.told(where.id, medium, edges, Every.HOUR)
        return EnergyCalendar(
            place=where, medium=medium, unit=unit_of(medium), days=_days(asked, told, edges),
            note=asked.note(where, medium, told),
        )  # fmt: skip

    def flows(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        place: FeatureId | None = None,
        medium: Medium = Medium.ELECTRICITY,
    ) -> EnergyFlows:
        """Return what flows from supply through the parts of a place to uses."""
        asked, span = self._ask(campus_id), span_of(start, end, Period.HOUR)
        return flows_of(asked, asked.grounds.place(place), span, medium, self.tariffs(campus_id))

    def cost(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        place: FeatureId | None = None,
        media: Sequence[Medium] = tuple(Medium),
    ) -> EnergyCost:
        """Return what a place's energy cost in `[start, end)` by the tariffs that hold, and the CO2 it stands for."""
        asked, span = self._ask(campus_id), span_of(start, end, Period.HOUR)
        return cost_of(asked, asked.grounds.place(place), span, media, self.tariffs(campus_id))

    def main_points(
        self, campus_id: CampusId, place: FeatureId | None, medium: Medium
    ) -> tuple[PointId, ...]:
        """Return a point of each of the fewest meters that tell what is used within a place: its register, if any."""
        grounds = self._ask(campus_id).grounds
        meters = grounds.metering.covering(grounds.place(place).id, medium)
        told = (meter.register or meter.rate for meter in meters)
        return tuple(one.point.id for one in told if one is not None)

    def tariffs(self, campus_id: CampusId) -> Tariffs:
        """Return the tariffs that hold for a campus."""
        kept = self._tariffs.find_tariffs(campus_id)
        return parse_tariffs(self._default if kept is None else kept.document)

    def tariff_document(self, campus_id: CampusId) -> TariffDocument:
        """Return the tariffs that hold for a campus as a document."""
        self._places.campus(campus_id)
        kept = self._tariffs.find_tariffs(campus_id)
        document = self._default if kept is None else kept.document
        return TariffDocument(
            document=document, own=kept is not None, example=parse_tariffs(document).example,
            changed_at=None if kept is None else kept.changed_at, changed_by=None if kept is None else kept.changed_by,
        )  # fmt: skip

    def replace_tariffs(self, campus_id: CampusId, document: Mapping[str, Any], who: str) -> TariffDocument:
        """Keep a campus's own tariffs.

        Raises
        ------
        TariffError
            The document breaks a rule; nothing is changed.
        """
        self._places.campus(campus_id)
        parse_tariffs(document)
        self._tariffs.put_tariffs(
            campus_id, KeptTariffs(document=document, changed_at=self._clock(), changed_by=who)
        )
        return self.tariff_document(campus_id)

    def reset_tariffs(self, campus_id: CampusId) -> TariffDocument:
        """Forget a campus's own tariffs: those of the installation hold again."""
        self._places.campus(campus_id)
        self._tariffs.remove_tariffs(campus_id)
        return self.tariff_document(campus_id)

    def _ask(self, campus_id: CampusId) -> Asked:
        campus = self._places.campus(campus_id)
        grounds = self._grounds.get(campus_id)
        if grounds is None or grounds.campus is not campus:
            grounds = self._grounds[campus_id] = Grounds(campus)
        return Asked(self._store, campus_id, grounds, self._clock())


def _buckets(told: Told, edges: Times, now: int) -> tuple[EnergyBucket, ...]:
    width = np.diff(np.minimum(edges, now))
    rows = []
    for i, hours in enumerate((width / 3.6e9).tolist()):
        covered = min(float(told.amounts.covered[i]), 1.0) if hours > 0 else 0.0
        amount = float(told.amounts.amount[i]) if covered > 0 else None
        rows.append(
            EnergyBucket(
                start=time_of(int(edges[i])), end=time_of(int(edges[i + 1])), amount=amount,
                power=None if amount is None else amount / (hours * covered), covered=round(covered, 6),
                estimated=round(min(float(told.amounts.estimated[i]), 1.0), 6) if hours > 0 else 0.0,
            )
        )  # fmt: skip
    return tuple(rows)


def _days(asked: Asked, told: Told, edges: Times) -> tuple[CalendarDay, ...]:
    days: dict[Any, list[float | None]] = {}
    amounts, covered = told.amounts.amount.tolist(), told.amounts.covered.tolist()
    for edge, amount, known in zip(edges[:-1].tolist(), amounts, covered, strict=True):
        local = time_of(edge).astimezone(asked.zone)
        hours = days.setdefault(local.date(), [None] * 24)
        if known > 0:
            hours[local.hour] = (hours[local.hour] or 0.0) + amount
    return tuple(
        CalendarDay(
            day=day, hours=tuple(hours),
            total=sum(h for h in hours if h is not None) if any(h is not None for h in hours) else None,
        )
        for day, hours in days.items()
    )  # fmt: skip


def _rows(
    asked: Asked, places: Sequence[EnergyPlace], span: Span, medium: Medium, *, per_m2: bool
) -> list[RankedPlace]:
    metering, now = asked.grounds.metering, microseconds(asked.now)
    covering = {place.id: metering.covering(place.id, medium) for place in places}
    meters = [meter for found in covering.values() for meter in found]
    over = span.cut(asked.now)
    edges = np.array([microseconds(over.start), microseconds(over.end)], np.int64)
    before = Span(span.before(asked.zone).start, span.before(asked.zone).start + (over.end - over.start))
    earlier_edges = np.array([microseconds(before.start), microseconds(before.end)], np.int64)
    measured, earlier = asked.measure(meters, edges), asked.measure(meters, earlier_edges)
    rows = []
    for place in places:
        found = covering[place.id]
        known = [measured[m.id] for m in found if measured[m.id].covered.any()]
        amount = float(sum(one.amount.sum() for one in known)) if known else None
        then = [earlier[m.id] for m in found if earlier[m.id].covered.mean() > 0.5]
        past = float(sum(one.amount.sum() for one in then)) if then and len(then) == len(known) else None
        area = place.area_m2
        value = amount if not per_m2 else amount / area if amount is not None and area else None
        covered = float(np.mean([measured[m.id].covered[0] for m in found])) if found else 0.0
        estimated = float(np.mean([measured[m.id].estimated[0] for m in found])) if found else 0.0
        rows.append(
            RankedPlace(
                rank=None, place=place, amount=amount, value=value, share=None,
                change=amount / past - 1 if amount is not None and past else None,
                covered=share_of_time(np.array([covered]), edges, now), estimated=round(estimated, 6),
                parts=bool(asked.parts(place, medium)),
            )
        )  # fmt: skip
    return rows


def _ranked(rows: Sequence[RankedPlace], whole: float) -> tuple[RankedPlace, ...]:
    told = sorted(
        (row for row in rows if row.value is not None), key=lambda row: (-(row.value or 0), row.place.id)
    )
    rest = [row for row in rows if row.value is None]
    ranked = [
        RankedPlace(
            rank=rank, place=row.place, amount=row.amount, value=row.value,
            share=(row.amount or 0) / whole if whole > 0 else None, change=row.change, covered=row.covered,
            estimated=row.estimated, parts=row.parts,
        )
        for rank, row in enumerate(told, start=1)
    ]  # fmt: skip
    return (*ranked, *rest)
