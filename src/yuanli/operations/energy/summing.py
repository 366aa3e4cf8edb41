"""The totals of a place: what they hold, what they compare to, the peak and what made it, the base load."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from yuanli.campus import DataPoint, FeatureId
from yuanli.operations.energy.answers import (
    Against,
    Compared,
    DegreeDays,
    EnergySummary,
    MediumTotal,
    PeakLoad,
)
from yuanli.operations.energy.asking import Asked, Told, as_parts, share_of_time
from yuanli.operations.energy.balance import balance_of
from yuanli.operations.energy.costs import carbon_kg
from yuanli.operations.energy.grounds import EnergyPlace
from yuanli.operations.energy.measuring import microseconds
from yuanli.operations.energy.media import Medium, name_of, unit_of
from yuanli.operations.energy.periods import Period, Span
from yuanli.operations.energy.tariffs import Tariffs
from yuanli.operations.readings import Every
from yuanli.operations.telemetry import time_of
from yuanli.telemetry import Times

QUARTERS_UP_TO = timedelta(days=8)
WEEKDAYS_UP_TO = timedelta(days=8)
NIGHT = range(1, 5)
COLD_C, HOT_C = 18.0, 26.0
ENOUGH = 0.5
"""The share of a span for which something has to be known that is compared with."""


def summary_of(
    asked: Asked, place: EnergyPlace, span: Span, media: Sequence[Medium], tariffs: Tariffs
) -> EnergySummary:
    """Return what a place used in a span."""
    over = span.cut(asked.now)
    people, degrees = _person_hours(asked, place, over), _degree_days(asked, over)
    totals = [_medium(asked, place, span, medium, people, degrees, tariffs) for medium in media]
    chain = asked.grounds.metering.chain(place.id)
    return EnergySummary(
        place=place, path=tuple(asked.grounds.place(one) for one in reversed(chain)),
        start=span.start, end=span.end, time_zone=asked.zone.key, person_hours=people, degree_days=degrees,
        media=tuple(totals),
    )  # fmt: skip


def _medium(
    asked: Asked, place: EnergyPlace, span: Span, medium: Medium, people: float | None,
    degrees: DegreeDays | None, tariffs: Tariffs,
) -> MediumTotal:  # fmt: skip
    quarters = span.end - span.start <= QUARTERS_UP_TO
    edges = span.edges(Period.QUARTER if quarters else Period.HOUR, asked.zone)
    fine = Every.QUARTER if quarters else Every.HOUR
    if medium is Medium.ELECTRICITY:
        metering = asked.grounds.metering
        asked.measure([m for of in (medium, Medium.PV) for m in metering.covering(place.id, of)], edges, fine)
    told = asked.told(place.id, medium, edges, fine)
    now = microseconds(asked.now)
    amount = told.total
    days = degrees.heating + degrees.cooling if degrees is not None else 0.0
    bought = amount
    if medium is Medium.ELECTRICITY and amount is not None:
        bought = float(balance_of(asked, place.id, edges, tariffs, used=told, fine=fine).grid.sum())
    return MediumTotal(
        medium=medium, name=name_of(medium), unit=unit_of(medium), amount=amount,
        covered=share_of_time(told.amounts.covered, edges, now),
        estimated=share_of_time(told.amounts.estimated, edges, now),
        meters=tuple(meter.thing for meter in told.meters), whole=asked.whole(place.id, medium),
        uncovered=asked.uncovered(place.id, medium), note=asked.note(place, medium, told),
        per_m2=amount / place.area_m2 if amount is not None and place.area_m2 else None,
        per_person_hour=amount / people if amount is not None and people else None,
        per_degree_day=amount / days if amount is not None and days > 0 else None,
        compared=_compared(asked, place.id, medium, span, told),
        peak=_peak(asked, place, medium, told, edges) if told.known else None,
        base_load=_base_load(asked, told, edges),
        carbon_kg=None if bought is None else carbon_kg(bought, medium, tariffs),
    )  # fmt: skip


def _compared(asked: Asked, place: FeatureId, medium: Medium, span: Span, told: Told) -> tuple[Compared, ...]:
    if told.total is None:
        return ()
    over = span.cut(asked.now)
    before = span.before(asked.zone)
    spans = {
        Against.PREVIOUS: [Span(before.start, min(before.start + (over.end - over.start), before.end))],
        Against.LAST_WEEK: [over.earlier(7, asked.zone)],
        Against.LAST_YEAR: [over.earlier(364, asked.zone)],
    }
    if span.end - span.start <= WEEKDAYS_UP_TO:
        spans[Against.WEEKDAY_MEAN] = [over.earlier(7 * week, asked.zone) for week in range(1, 5)]
    else:
        del spans[Against.LAST_WEEK]
    found = []
    for against, earlier in spans.items():
        amounts = [amount for one in earlier if (amount := _total(asked, place, medium, one)) is not None]
        if amounts:
            then = float(np.mean(amounts))
            found.append(
                Compared(against=against, amount=then, change=told.total / then - 1 if then > 0 else None)
            )
    return tuple(found)


def _total(asked: Asked, place: FeatureId, medium: Medium, span: Span) -> float | None:
    """Return a total of a span in which enough is known."""
    if span.end <= span.start:
        return None
    told = asked.told(place, medium, np.array([microseconds(span.start), microseconds(span.end)], np.int64))
    return told.total if told.meters and told.amounts.covered.mean() >= ENOUGH else None


def _peak(asked: Asked, place: EnergyPlace, medium: Medium, told: Told, edges: Times) -> PeakLoad | None:
    width = np.diff(edges)
    usable = (told.amounts.covered > 0.99) & (width > 0)
    if not usable.any():
        return None
    power = np.where(usable, told.amounts.amount / np.maximum(width, 1) * 3.6e9, -np.inf)
    top = int(np.argmax(power))
    around = edges[top : top + 2]
    fine = Every.QUARTER if int(np.diff(around)[0]) < 3.6e9 else Every.HOUR
    parts = asked.parts(place, medium)
    covering = {part.id: asked.grounds.metering.covering(part.id, medium) for part in parts}
    measured = asked.measure([m for found in covering.values() for m in found], around, fine)
    rows = [
        (part.id, part.name, float(sum(measured[m.id].amount[0] for m in covering[part.id])))
        for part in parts
    ]
    return PeakLoad(
        power=float(power[top]), at=time_of(int(around[0])), minutes=int(np.diff(around)[0] // 60_000_000),
        parts=as_parts(rows),
    )  # fmt: skip


def _base_load(asked: Asked, told: Told, edges: Times) -> float | None:
    hours = np.array([time_of(int(edge)).astimezone(asked.zone).hour for edge in edges[:-1].tolist()])
    width = np.diff(edges)
    night = np.isin(hours, NIGHT) & (told.amounts.covered > 0.99) & (width > 0)
    if not night.any():
        return None
    return float(np.median(told.amounts.amount[night] / width[night] * 3.6e9))


def _person_hours(asked: Asked, place: EnergyPlace, over: Span) -> float | None:
    points = asked.grounds.counters(place.id)
    if not points or over.end <= over.start:
        return None
    numbers = asked.store.number_points(asked.campus_id, [point.id for point in points])
    found = asked.store.roll_up(
        numbers, microseconds(over.start), microseconds(over.end), every=Every.HOUR, time_zone=asked.zone
    )
    known = found.count > 0
    return float(found.mean[known].sum()) or None if known.any() else None


def _degree_days(asked: Asked, over: Span) -> DegreeDays | None:
    point: DataPoint | None = asked.grounds.outdoors
    if point is None or over.end <= over.start:
        return None
    numbers = asked.store.number_points(asked.campus_id, [point.id])
    found = asked.store.roll_up(
        numbers, microseconds(over.start), microseconds(over.end), every=Every.DAY, time_zone=asked.zone
    )
    mean = found.mean[found.count > 0]
    if not len(mean):
        return None
    if point.unit == "°F":
        mean = (mean - 32) / 1.8
    return DegreeDays(
        heating=float(np.maximum(COLD_C - mean, 0).sum()), cooling=float(np.maximum(mean - HOT_C, 0).sum())
    )
