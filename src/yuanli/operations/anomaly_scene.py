"""What an anomaly of a park is: its evidence, likely causes and cost; and what the checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import Campus, LanguageMap, label_of
from yuanli.errors import InvalidInputError, Text
from yuanli.forecast import Calendar
from yuanli.operations.anomaly_points import Hours
from yuanli.operations.energy.media import Medium
from yuanli.operations.energy.tariffs import Band, Tariffs
from yuanli.operations.moments import time_of
from yuanli.operations.readings import ReadingStore

SHOWN = 300
HOUR = 3_600_000_000


class PriceError(InvalidInputError):
    """A price is below nought or no number."""


class AnomalyKind(StrEnum):
    """What is unusual."""

    POINT = "point"
    """A point against its own habits."""
    SYSTEM = "system"
    """A machine whose points no longer move together."""
    EQUIPMENT = "equipment"
    """A fault rule of an air handler."""
    ENERGY = "energy"
    """More than weather and calendar say."""
    BASE_LOAD = "base_load"
    """More at night than in other nights."""
    WATER_LEAK = "water_leak"
    """Water that never rests at night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalySample:
    """A value of the evidence, with what was expected where that is known."""

    at: datetime
    value: float | None
    expected: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnomaly:
    """Something unusual.

    Parameters
    ----------
    id
        The same each time the same is found.
    rule
        Of equipment: the fault rule; of points: in which way.
    points, device, place
        Ids; the point to look at first comes first.
    severity
        1 minor, 2 to be looked after, 3 serious.
    score
        How far it lies off, in units of what is usual or allowed.
    figures
        Numbers of the evidence by name, in the unit of the point.
    causes
        The likeliest first.
    excess_kwh, cost
        What it has cost so far; None where it is no energy or no price is known.
    """

    id: str
    kind: AnomalyKind
    rule: str
    title: Text
    place: str | None
    place_name: LanguageMap
    device: str | None
    points: tuple[str, ...]
    point_name: LanguageMap
    unit: str | None
    start: datetime
    end: datetime
    ongoing: bool
    severity: int
    score: float
    evidence: Text
    figures: Mapping[str, float]
    causes: tuple[Text, ...]
    excess_kwh: float | None = None
    cost: float | None = None
    series: tuple[AnomalySample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmVolume:
    """How many anomalies of a point there were a week."""

    point: str
    name: LanguageMap
    count: int
    per_week: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyReport:
    """What is unusual, the most serious first, and how much of it there is.

    Parameters
    ----------
    start, end
        What was looked at of the span that was asked for.
    computed_at
        When it was computed; an anomaly that goes on is told as it was then.
    checked
        Points with readings enough to be judged.
    total
        Anomalies before a limit.
    per_point_week
        Anomalies a judged point and week.
    held_back
        Left out because their point had more than `most_a_week`.
    price_kwh, currency
        What the cost is reckoned with; without a price of its own, the tariffs of the park.
    """

    start: datetime
    end: datetime
    computed_at: datetime
    checked: int
    total: int
    per_point_week: float
    held_back: int
    volume: tuple[AlarmVolume, ...]
    price_kwh: float | None
    currency: str | None
    anomalies: tuple[FoundAnomaly, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyQuery:
    """Which anomalies are wanted.

    Parameters
    ----------
    place
        A building, level or space: what stands in it; or a device or point.
    price_kwh
        Of a kWh; the tariffs of the park where None.
    most_a_week
        Of a point and kind, the worst.
    """

    kinds: frozenset[AnomalyKind] = frozenset(AnomalyKind)
    place: str | None = None
    price_kwh: float | None = None
    most_a_week: int = 3
    limit: int = 500

    def __post_init__(self) -> None:
        if self.price_kwh is not None and not 0 <= self.price_kwh < 1e6:
            raise PriceError(
                Text(f"电价 {self.price_kwh} 无效。", f"The price {self.price_kwh} can't be."),
                field="price",
                hint=Text("写每千瓦时的价格，例如 0.8。", "Give the price of a kWh, such as 0.8."),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the checks look at: a campus, hour by hour and as it came."""

    campus: Campus
    store: ReadingStore
    hours: Hours
    calendar: Calendar
    start: int
    end: int
    now: int
    query: AnomalyQuery
    tariffs: Tariffs | None = None
    labels: dict[str, LanguageMap] = field(default_factory=dict)

    def price_kwh(self, start: int, end: int) -> float | None:
        """Return the price of a kWh: as it was asked with, else the mean of the tariff's over the hours of a span."""
        if self.query.price_kwh is not None:
            return self.query.price_kwh
        if self.tariffs is None:
            return None
        zone, prices = ZoneInfo(self.campus.time_zone), []
        for at in range(start, max(end, start + 1), HOUR):
            local = time_of(at).astimezone(zone)
            tariff = self.tariffs.find(Medium.ELECTRICITY, local.date())
            if tariff is None:
                return None
            prices.append(float(tariff.prices.get(tariff.band(local), tariff.prices[Band.FLAT])))
        return sum(prices) / len(prices)

    def label(self, feature_id: str | None) -> LanguageMap:
        """Return what people call a feature."""
        if feature_id is None:
            return {}
        if feature_id not in self.labels:
            self.labels[feature_id] = label_of(self.campus, feature_id)
        return self.labels[feature_id]


def samples(scene: Scene, row: int, start: int, end: int) -> tuple[AnomalySample, ...]:
    """Return the hours of a point around a span, as a short series for a chart."""
    margin = max(24 * 3_600_000_000, (end - start) // 2)
    history = scene.hours.history
    times = history.times()
    places = np.flatnonzero((times >= start - margin) & (times < end + margin))
    stride = max(1, -(-len(places) // SHOWN))
    return tuple(
        AnomalySample(at=time_of(int(times[i])), value=_number(history.values[row, i]))
        for i in places[::stride]
    )


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
