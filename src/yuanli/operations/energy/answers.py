"""What is told of energy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, unique
from typing import Any

from yuanli.campus import FeatureId, LanguageMap
from yuanli.errors import Text
from yuanli.operations.energy.costs import CostLine
from yuanli.operations.energy.grounds import EnergyPlace
from yuanli.operations.energy.media import Medium, Use
from yuanli.operations.forecast_reasons import ForecastReason
from yuanli.operations.forecasts import ExpectedDay, ExpectedHour


@unique
class Against(StrEnum):
    """What a figure is compared with."""

    PREVIOUS = "previous"
    """The same span before."""
    LAST_WEEK = "last_week"
    LAST_YEAR = "last_year"
    """364 days earlier, the same weekdays."""
    WEEKDAY_MEAN = "weekday_mean"
    """The mean of the same weekdays of four weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What it was then, and the change since as a share of it; of what is over of the span."""

    against: Against
    amount: float
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A share, 0–1, of something that a place, a device or a use has."""

    id: str
    name: LanguageMap
    amount: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakLoad:
    """The highest mean of a quarter of an hour (of an hour in long spans), when it was, and what made it."""

    power: float
    at: datetime
    minutes: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumTotal:
    """What was used of a medium, or generated of PV.

    Parameters
    ----------
    amount
        None where no meter tells anything.
    covered, estimated
        The share of the time that is over for which meters tell, and for which that is estimated, 0–1.
    meters
        Which meters make the total.
    whole
        Whether they cover the place as a whole.
    uncovered
        Parts of the place that no meter covers.
    note
        Why there is no total, or what it does not hold.
    base_load
        The median power between 1:00 and 5:00.
    per_degree_day
        The amount a degree day of the span, heating and cooling.
    """

    medium: Medium
    name: Text
    unit: str
    amount: float | None
    covered: float
    estimated: float
    meters: tuple[FeatureId, ...]
    whole: bool
    uncovered: tuple[FeatureId, ...]
    note: Text | None
    per_m2: float | None = None
    per_person_hour: float | None = None
    per_degree_day: float | None = None
    compared: tuple[Compared, ...] = ()
    peak: PeakLoad | None = None
    base_load: float | None = None
    carbon_kg: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DegreeDays:
    """How cold and how hot the days of a span were: sums of 18 °C less, and of more than 26 °C, of daily means."""

    heating: float
    cooling: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergySummary:
    """What a place used in a span; `person_hours` where people are counted."""

    place: EnergyPlace
    path: tuple[EnergyPlace, ...]
    start: datetime
    end: datetime
    time_zone: str
    person_hours: float | None
    degree_days: DegreeDays | None
    media: tuple[MediumTotal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyBucket:
    """What was used from `start` on, and the mean power (flow) of it; None where nothing is known."""

    start: datetime
    end: datetime
    amount: float | None
    power: float | None
    covered: float
    estimated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyCurve:
    """What a place used, bucket by bucket."""

    place: EnergyPlace
    medium: Medium
    unit: str
    power_unit: str
    buckets: tuple[EnergyBucket, ...]
    note: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedUse:
    """What is expected of an hour, and within what it lies in 80 of 100 such hours."""

    start: datetime
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyExpected:
    """What a place is expected to use, hour by hour of a day, by which method; none where too little is known."""

    place: EnergyPlace
    medium: Medium
    unit: str
    method: str | None
    hours: tuple[ExpectedUse, ...]
    note: Text | None
    made_at: datetime | None = None
    """When a night made it; None where it was computed for this answer."""
    why: Text | None = None
    """What it hangs on most, in a sentence."""
    reasons: tuple[ForecastReason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedPlace:
    """What a night expects of a place hour by hour and day by day; `rest` is what of it no part tells."""

    place: EnergyPlace
    rest: bool
    method: str
    better_than_last_week: bool
    verdict: Text
    why: Text
    reasons: tuple[ForecastReason, ...]
    past_from: datetime
    known_until: datetime
    hours: tuple[ExpectedHour, ...]
    days: tuple[ExpectedDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyForecast:
    """What the last night expects of a place and its parts, whose middles add up to it; none where no night did yet."""

    place: EnergyPlace
    medium: Medium
    unit: str
    night: date | None
    made_at: datetime | None
    whole: ExpectedPlace | None
    parts: tuple[ExpectedPlace, ...]
    note: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPlace:
    """One row of a ranking; `value` is what it is sorted by, `parts` whether there is more to see within."""

    rank: int | None
    place: EnergyPlace
    amount: float | None
    value: float | None
    share: float | None
    change: float | None
    covered: float
    estimated: float
    parts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRanking:
    """Places by what they used, the most first; those that nothing is known of last."""

    place: EnergyPlace
    medium: Medium
    unit: str
    rows: tuple[RankedPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day's 24 hours of the clock; the hour that an autumn night has twice is summed, one it lacks is None."""

    day: date
    hours: tuple[float | None, ...]
    total: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyCalendar:
    """What a place used by day and hour."""

    place: EnergyPlace
    medium: Medium
    unit: str
    days: tuple[CalendarDay, ...]
    note: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """A node of a Sankey diagram; `kind` is `supply`, `place`, `use` or `export`."""

    id: str
    kind: str
    name: LanguageMap
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLink:
    """What flows from one node to another."""

    source: str
    target: str
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyFlows:
    """From supply through places to uses; of each place as much goes in as out.

    Parameters
    ----------
    scaled
        Places whose sub-meters told more than their main meter: theirs were scaled down to it.
    """

    place: EnergyPlace
    medium: Medium
    unit: str
    nodes: tuple[FlowNode, ...]
    links: tuple[FlowLink, ...]
    scaled: tuple[FeatureId, ...]
    note: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumCost:
    """What a medium cost, line by line; `saved` is what own PV would have cost from the grid."""

    medium: Medium
    name: Text
    unit: str
    amount: float | None
    cost: Decimal | None
    lines: tuple[CostLine, ...]
    tariff: Text | None
    valid_from: date | None
    source: str
    saved: Decimal | None = None
    carbon_kg: Decimal | None = None
    carbon_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyCost:
    """What a span cost and emitted; `example` says that prices are examples and not the site's."""

    place: EnergyPlace
    currency: str
    example: bool
    total: Decimal
    carbon_kg: Decimal
    media: tuple[MediumCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffDocument:
    """The tariffs that hold, as a document; `own` where the campus has its own."""

    document: Mapping[str, Any]
    own: bool
    example: bool
    changed_at: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseTotal:
    """What one use took, with its share of the whole."""

    use: Use
    name: Text
    amount: float
    share: float
