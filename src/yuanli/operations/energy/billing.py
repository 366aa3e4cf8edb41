"""What a place's energy costs, and what CO2 it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from yuanli.operations.energy.answers import EnergyCost, MediumCost
from yuanli.operations.energy.asking import Asked
from yuanli.operations.energy.balance import Balance, balance_of
from yuanli.operations.energy.costs import (
    CostLine,
    Peaks,
    carbon_kg,
    credit,
    month_shares,
    price_amounts,
    price_demand,
    total_of,
)
from yuanli.operations.energy.grounds import EnergyPlace
from yuanli.operations.energy.media import Medium, name_of, unit_of
from yuanli.operations.energy.periods import Period, Span
from yuanli.operations.energy.tariffs import Tariffs
from yuanli.operations.readings import Every
from yuanli.operations.telemetry import time_of
from yuanli.telemetry import Times, Values


def cost_of(
    asked: Asked, place: EnergyPlace, span: Span, media: Sequence[Medium], tariffs: Tariffs
) -> EnergyCost:
    """Return what a place's energy cost in a span."""
    rows = [_medium(asked, place, span, medium, tariffs) for medium in media if medium is not Medium.PV]
    return EnergyCost(
        place=place, currency=tariffs.currency, example=tariffs.example,
        total=sum((row.cost for row in rows if row.cost is not None), Decimal("0.00")),
        carbon_kg=sum((row.carbon_kg for row in rows if row.carbon_kg is not None), Decimal("0.000")),
        media=tuple(rows),
    )  # fmt: skip


def _medium(asked: Asked, place: EnergyPlace, span: Span, medium: Medium, tariffs: Tariffs) -> MediumCost:
    fine, every = (
        (Every.QUARTER, Period.QUARTER) if _by_quarters(medium, tariffs) else (Every.HOUR, Period.HOUR)
    )
    edges = span.edges(every, asked.zone)
    told = asked.told(place.id, medium, edges, fine)
    starts = [time_of(edge).astimezone(asked.zone) for edge in edges[:-1].tolist()]
    day = starts[-1].date()
    tariff, factor = tariffs.find(medium, day), tariffs.carbon.get(medium)
    lines: tuple[CostLine, ...] = ()
    saved, bought = None, told.total
    if told.known and medium is Medium.ELECTRICITY:
        balance = balance_of(asked, place.id, edges, tariffs, used=told, fine=fine)
        bought = float(balance.grid.sum())
        lines = price_amounts(starts, balance.grid.tolist(), medium, tariffs)
        lines += price_demand(_peaks(asked, place, span, tariffs), tariffs)
        lines += credit(float(balance.fed_in.sum()), Medium.PV, tariffs, day)
        if balance.own.any():
            saved = total_of(price_amounts(starts, balance.own.tolist(), medium, tariffs))
    elif told.known:
        lines = price_amounts(starts, told.amounts.amount.tolist(), medium, tariffs)
    return MediumCost(
        medium=medium, name=name_of(medium), unit=unit_of(medium), amount=bought,
        cost=total_of(lines) if told.known and tariff is not None else None, lines=lines,
        tariff=None if tariff is None else tariff.name, valid_from=None if tariff is None else tariff.valid_from,
        source="" if tariff is None else tariff.source, saved=saved,
        carbon_kg=None if bought is None else carbon_kg(bought, medium, tariffs),
        carbon_source="" if factor is None else f"{factor.source} ({factor.year})",
    )  # fmt: skip


def _by_quarters(medium: Medium, tariffs: Tariffs) -> bool:
    """Tell whether some price changes within an hour."""
    return any(
        len(set(schedule.slots[i : i + 4])) > 1
        for tariff in tariffs.tariffs.get(medium, ()) for schedule in tariff.schedules for i in range(0, 96, 4)
    )  # fmt: skip


def _peaks(asked: Asked, place: EnergyPlace, span: Span, tariffs: Tariffs) -> Peaks:
    """Return the highest quarters of an hour of the months that a span touches, as far as the months have gone."""
    if all(row.demand is None for row in tariffs.tariffs.get(Medium.ELECTRICITY, ())):
        return Peaks(power={}, share={})
    shares = month_shares(span.start.astimezone(asked.zone), span.end.astimezone(asked.zone))
    power = {}
    for year, month in shares:
        first = datetime(year, month, 1, tzinfo=asked.zone).astimezone(UTC)
        last = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=asked.zone).astimezone(UTC)
        whole = Span(first, last).cut(asked.now)
        if whole.end <= whole.start:
            continue
        edges = whole.edges(Period.QUARTER, asked.zone)
        told = asked.told(place.id, Medium.ELECTRICITY, edges, Every.QUARTER)
        balance: Balance = balance_of(asked, place.id, edges, tariffs, used=told, fine=Every.QUARTER)
        power[year, month] = float(np.max(balance.grid * _whole_quarters(edges), initial=0.0)) * 4
    return Peaks(power=power, share=shares)


def _whole_quarters(edges: Times) -> Values:
    return np.where(np.diff(edges) == 900_000_000, 1.0, 0.0)
