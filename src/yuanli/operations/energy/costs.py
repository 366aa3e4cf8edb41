"""Money and carbon of amounts: exact decimals, rounded once a line, so that lines add up to their total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.operations.energy.media import Medium
from yuanli.operations.energy.tariffs import Band, Tariffs

CENT, GRAM = Decimal("0.01"), Decimal("0.001")
FINE = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """What one price made: of a band, of demand (`band` is None, `amount` in kW), of what was fed in (below 0)."""

    band: Band | None
    amount: float
    price: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """The highest power of each month, kW, and the share of the month's days that is asked for."""

    power: Mapping[tuple[int, int], float]
    share: Mapping[tuple[int, int], Decimal]


def price_amounts(
    starts: Sequence[datetime], amounts: Sequence[float], medium: Medium, tariffs: Tariffs
) -> tuple[CostLine, ...]:
    """Return what amounts cost that were used from times of the place's clock on; unknown amounts cost nothing."""
    sums: dict[tuple[Band, Decimal], float] = defaultdict(float)
    for start, amount in zip(starts, amounts, strict=True):
        tariff = tariffs.find(medium, start.date())
        if tariff is not None and amount == amount:
            band = tariff.band(start)
            sums[band, tariff.prices[band]] += amount
    order = list(Band)
    return tuple(
        CostLine(band=band, amount=amount, price=price, cost=_cost(amount, price))
        for (band, price), amount in sorted(sums.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))
    )


def price_demand(peaks: Peaks, tariffs: Tariffs) -> tuple[CostLine, ...]:
    """Return what the months' highest powers cost, for the share of each month that is asked for."""
    lines = []
    for (year, month), power in sorted(peaks.power.items()):
        tariff = tariffs.find(Medium.ELECTRICITY, date(year, month, 1))
        if tariff is None or tariff.demand is None or not power > 0:
            continue
        price = (tariff.demand * peaks.share[year, month]).quantize(FINE)
        lines.append(CostLine(band=None, amount=power, price=price, cost=_cost(power, price)))
    return tuple(lines)


def credit(amount: float, medium: Medium, tariffs: Tariffs, day: date) -> tuple[CostLine, ...]:
    """Return what is paid for an amount that was fed in: below 0."""
    tariff = tariffs.find(medium, day)
    if tariff is None or not amount > 0:
        return ()
    price = tariff.prices.get(Band.FLAT, Decimal(0))
    return (CostLine(band=Band.FLAT, amount=-amount, price=price, cost=-_cost(amount, price)),)


def total_of(lines: Sequence[CostLine]) -> Decimal:
    """Return the sum of rounded lines."""
    return sum((line.cost for line in lines), Decimal(0)).quantize(CENT)


def carbon_kg(amount: float, medium: Medium, tariffs: Tariffs) -> Decimal | None:
    """Return the kg of CO2 that an amount stands for; None where no factor is told."""
    factor = tariffs.carbon.get(medium)
    if factor is None or amount != amount:
        return None
    return (Decimal(repr(float(amount))) * factor.kg).quantize(GRAM, ROUND_HALF_UP)


def month_shares(start: datetime, end: datetime) -> Mapping[tuple[int, int], Decimal]:
    """Return which share of each month of the clock lies between two local times."""
    zone: Any = start.tzinfo
    shares: dict[tuple[int, int], Decimal] = {}
    first = datetime(start.year, start.month, 1, tzinfo=zone)
    while first < end:
        following = _next_month(first, zone)
        a, b = max(start, first), min(end, following)
        shares[first.year, first.month] = _seconds(b, a) / _seconds(following, first)
        first = following
    return shares


def _next_month(first: datetime, zone: ZoneInfo) -> datetime:
    later = (first.replace(tzinfo=None) + timedelta(days=32)).replace(day=1)
    return later.replace(tzinfo=zone)


def _seconds(later: datetime, earlier: datetime) -> Decimal:
    return Decimal(round(later.timestamp() - earlier.timestamp()))


def _cost(amount: float, price: Decimal) -> Decimal:
    return (Decimal(repr(float(amount))) * price).quantize(CENT, ROUND_HALF_UP)
