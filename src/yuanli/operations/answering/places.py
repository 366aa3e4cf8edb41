"""Places of the twin by what is measured in them: the values of one, and those that are highest or fit a condition."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.language import Threshold
from yuanli.operations.answering.asked import Where, feature_name, figure
from yuanli.operations.guidance import Guide
from yuanli.operations.readings import Every
from yuanli.operations.replies import Card, Chart, Line
from yuanli.operations.twin import Twin
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import PlaceState, TwinQuantity, TwinState, TwinValue
from yuanli.telemetry import UnitError, convert

NAMES: Mapping[TwinQuantity, Text] = {
    TwinQuantity.TEMPERATURE: Text("温度", "temperature"), TwinQuantity.HUMIDITY: Text("湿度", "humidity"),
    TwinQuantity.CO2: Text("二氧化碳", "CO₂"), TwinQuantity.PM25: Text("PM2.5", "PM2.5"),
    TwinQuantity.ILLUMINANCE: Text("照度", "illuminance"), TwinQuantity.NOISE: Text("噪声", "noise"),
    TwinQuantity.COMFORT: Text("热感觉", "thermal sensation"), TwinQuantity.PEOPLE: Text("人数", "people"),
    TwinQuantity.POWER: Text("用电功率", "power"), TwinQuantity.POWER_DENSITY: Text("每平方米功率", "power per m²"),
}  # fmt: skip
AIR = (TwinQuantity.TEMPERATURE, TwinQuantity.HUMIDITY, TwinQuantity.CO2, TwinQuantity.PM25, TwinQuantity.ILLUMINANCE,
       TwinQuantity.NOISE, TwinQuantity.COMFORT)  # fmt: skip
SHOWN = 10
JUST = timedelta(seconds=1)
"""So much later than now, what was just measured is told."""
PERCENT = 100.0
QUARTERS = timedelta(days=2)
HOURS = timedelta(days=15)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A place and its value."""

    id: FeatureId
    name: Text
    value: float


def value_of(state: PlaceState, quantity: TwinQuantity) -> TwinValue | None:
    """Return what a place tells of a quantity, or None where nothing is known now."""
    found = state.values.get(quantity)
    return found if found is not None and found.value is not None else None


def site_of(state: TwinState) -> PlaceState:
    """Return the whole site."""
    return next(place for place in state.places if place.kind is PlaceKind.SITE)


def ranked(
    guide: Guide, state: TwinState, quantity: TwinQuantity, kinds: Sequence[PlaceKind], where: Where
) -> list[Ranked]:
    """Return the places of some kinds in a place with their values, the highest first."""
    parents = {place.id: place.parent for place in state.places}

    def within(place: FeatureId | None) -> bool:
        while place is not None and place != where.id:
            place = parents.get(place)
        return place is not None

    found = [
        Ranked(id=place.id, name=feature_name(guide.campus, place.id), value=told.value)
        for place in state.places
        if place.kind in kinds and (where.id is None or (place.id != where.id and within(place.id)))
        and (told := value_of(place, quantity)) is not None and told.value is not None
    ]  # fmt: skip
    return sorted(found, key=lambda row: -row.value)


def fits(value: float, threshold: Threshold, unit: str) -> bool:
    """Return whether a value, in a unit, fulfils a condition."""
    low, high, said = threshold.value, threshold.high, threshold.unit
    if said == "ratio":
        low, high, said = low * PERCENT, None if high is None else high * PERCENT, "%"
    if said and unit and said != unit:
        try:
            low = convert(low, said, unit)
            high = None if high is None else convert(high, said, unit)
        except UnitError:
            log.debug("A condition in %s is taken as it stands for a value in %s", said, unit)
    return {
        ">": value > low, ">=": value >= low, "<": value < low, "<=": value <= low, "=": round(value) == round(low),
        "between": high is not None and low <= value <= high,
    }[threshold.op]  # fmt: skip


def over_time(
    twin: Twin, guide: Guide, where: Where, quantity: TwinQuantity, start: datetime, end: datetime
) -> tuple[list[datetime], list[float | None], str]:
    """Return what a place told of a quantity over a span, by quarters, hours or days as its length asks for."""
    length, end = end - start, end + JUST
    every = Every.QUARTER if length <= QUARTERS else Every.HOUR if length <= HOURS else Every.DAY
    place = where.id or _site_id(guide)
    told = twin.history(guide.campus.id, quantity, start, end, every=every, places=(place,))
    return list(told.times), list(told.values.get(place, [None] * len(told.times))), told.unit


def chart_of(
    where: Where, quantity: TwinQuantity, times: Sequence[datetime], values: Sequence[float | None], unit: str,
    marked: int | None = None,
) -> tuple[Card, ...]:  # fmt: skip
    """Return the card of a curve; none where nothing is known."""
    if not any(value is not None for value in values):
        return ()
    name = NAMES[quantity]
    title = Text(f"{where.name.zh}{name.zh}", f"{where.name.en}, {name.en}")
    line = Line(name=name, values=tuple(values))
    return (
        Card(
            kind="chart",
            chart=Chart(title=title, unit=unit, lines=(line,), times=tuple(times), marked=marked),
        ),
    )


def bars_of(quantity: TwinQuantity, unit: str, rows: Sequence[Ranked]) -> tuple[Card, ...]:
    """Return the card of a ranking."""
    if not rows:
        return ()
    name = NAMES[quantity]
    shown = rows[:SHOWN]
    line = Line(name=name, values=tuple(row.value for row in shown))
    return (
        Card(
            kind="chart",
            chart=Chart(title=name, unit=unit, lines=(line,), names=tuple(r.name for r in shown)),
        ),
    )


def told_of(row: Ranked, unit: str) -> Text:
    """Return a place with its value in brackets."""
    value = figure(row.value, unit)
    return Text(f"{row.name.zh}（{value}）", f"{row.name.en} ({value})")


def _site_id(guide: Guide) -> FeatureId:
    venue = guide.campus.venue
    return venue.id if venue is not None else FeatureId("site")
