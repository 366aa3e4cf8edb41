"""Maps that go with answers: rooms of a floor, or buildings from outside, in the colours of what is told of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    Device,
    FeatureId,
    LevelId,
    level_of,
    name_in,
)
from yuanli.errors import Text
from yuanli.operations.answering.asked import feature_name, text_of
from yuanli.operations.answering.places import NAMES, Ranked, value_of
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Card, MapPlace, PlaceMap
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import DeviceState, PlaceState, TwinQuantity, TwinState

COLOURED = {TwinQuantity.PEOPLE: TwinQuantity.DENSITY, TwinQuantity.POWER: TwinQuantity.POWER_DENSITY}
"""What the live map colours places by where it is not what is written at them."""
LAYERS = {
    TwinQuantity.DENSITY: "people", TwinQuantity.POWER_DENSITY: "power", TwinQuantity.TEMPERATURE: "temperature",
    TwinQuantity.HUMIDITY: "humidity", TwinQuantity.CO2: "co2", TwinQuantity.COMFORT: "comfort",
    TwinQuantity.PM25: "pm25", TwinQuantity.NOISE: "noise", TwinQuantity.ILLUMINANCE: "illuminance",
}  # fmt: skip
WHOLE = (
    TwinQuantity.PEOPLE,
    TwinQuantity.CO2,
    TwinQuantity.NOISE,
    TwinQuantity.ILLUMINANCE,
    TwinQuantity.PM25,
)
"""What is written without decimals."""
OFF, ON, FAULT = 0.0, 1.0, 2.0
"""Values of the live map's layer of devices."""
MARKED, DOTS, MOST = 5, 10, 400
"""Places at most that are marked, that are points of a ranking, and that a map holds."""
SITE = Text("园区", "site")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a map shows: a floor of a building, or without an ordinal all buildings from outside."""

    ordinal: float | None = None
    level: LevelId | None = None
    building: BuildingId | None = None


OUTSIDE = Floor()


def twin_map(
    guide: Guide, state: TwinState, quantity: TwinQuantity, focus: FeatureId | None,
    marked: Sequence[Ranked] = (), *, least: float = -inf,
) -> tuple[Card, ...]:  # fmt: skip
    """Return the map of a quantity around a place: the rooms of its floor, or the buildings around it.

    Parameters
    ----------
    focus
        A room or level, whose floor is shown; of a building and the whole site (None) the outside is.
    marked
        The places that the answer names, the first foremost.
    least
        Places of which less is told are left out.
    """
    campus, coloured = guide.campus, COLOURED.get(quantity, quantity)
    floor = _floor(campus, focus)
    named = {row.id for row in marked[:MARKED]} or ({focus} if focus is not None else set())
    found, unit = list[MapPlace](), ""
    for place in _drawn_on(campus, state, floor):
        told, placed = place.values.get(quantity), _placed(campus, place.id, floor)
        if told is None or placed is None or (told.value is not None and told.value < least):
            continue
        unit, shade = told.unit, value_of(place, coloured)
        label = "" if told.value is None else _written(quantity, told.value)
        value = None if shade is None or told.value is None else shade.value
        found.append(replace(placed, value=value, label=label, marked=place.id in named))
    layer = LAYERS[coloured]
    return _card(guide, found, floor, NAMES[quantity], unit, focus, layer=layer, opens=layer)


def ranked_map(
    guide: Guide, title: Text, unit: str, rows: Sequence[Ranked], *, opens: str | None
) -> tuple[Card, ...]:
    """Return the map of a ranking, coloured from nought to the most: on the floor of the first, or from outside.

    Devices are points, and the first few are marked.
    """
    if not rows:
        return ()
    floor = _floor(guide.campus, rows[0].id)
    found = [
        replace(placed, value=row.value, label=_short(row.value), marked=at < MARKED)
        for at, row in enumerate(rows)
        if (placed := _placed(guide.campus, row.id, floor)) is not None and (at < DOTS or not placed.dot)
    ]
    return _card(guide, found, floor, title, unit, rows[0].id, opens=opens)


def device_map(
    guide: Guide, states: Sequence[DeviceState], focus: FeatureId | None, *, judged: bool
) -> tuple[Card, ...]:
    """Return where devices are and what they do: one as a point, several as the rooms that they are in.

    Parameters
    ----------
    judged
        Faults are asked for: the floor with the most of them is shown.
    """
    campus = guide.campus
    told = [s for s in states if _state_value(s) is not None]
    if not told:
        return ()
    floor = _floor(campus, focus)
    if floor.ordinal is None or len(told) == 1:
        faulty = [s for s in told if s.fault] if judged else []
        floor = _busiest(campus, faulty or told)
    rooms: dict[FeatureId, list[DeviceState]] = defaultdict(list)
    for one in told:
        rooms[one.place].append(one)
    found = []
    for room, group in rooms.items():
        placed = _placed(campus, room, floor)
        if placed is None:
            continue
        on = sum(bool(s.on) for s in group)
        label = f"{on}/{len(group)}" if len(told) > 1 else ""
        value = max(v for s in group if (v := _state_value(s)) is not None)
        found.append(replace(placed, value=value, label=label, marked=any(s.fault for s in group)))
    if len(told) == 1:
        found += _dots(campus, told[0], floor)
    what, focus = Text("设备", "devices"), told[0].place if len(told) == 1 else focus
    return _card(guide, found, floor, what, "", focus, layer="devices", opens="devices")


def parking_map(guide: Guide, free: Mapping[FeatureId, float], focus: FeatureId | None) -> tuple[Card, ...]:
    """Return the car parks with their free spaces from outside; garages of a building are summed at it."""
    campus = guide.campus
    sums: dict[FeatureId, float] = defaultdict(float)
    for park, spaces in free.items():
        sums[campus.building_of(_level_id(campus, park)) or park] += spaces
    found = [
        replace(placed, value=spaces, label=f"{spaces:.0f}", marked=True)
        for place, spaces in sums.items()
        if (placed := _placed(campus, place, OUTSIDE)) is not None
    ]
    return _card(guide, found, OUTSIDE, Text("空车位", "free parking spaces"), "", focus, opens=None)


def _drawn_on(campus: Campus, state: TwinState, floor: Floor) -> list[PlaceState]:
    """Return the rooms of a floor of a building, or the buildings."""
    if floor.ordinal is None:
        return [p for p in state.places if p.kind is PlaceKind.BUILDING]
    return [
        p
        for p in state.places
        if p.kind is PlaceKind.SPACE
        and p.ordinal == floor.ordinal
        and (floor.building is None or campus.building_of(_level_id(campus, p.id)) == floor.building)
    ]


def _floor(campus: Campus, focus: FeatureId | None) -> Floor:
    """Return the floor that a room, a level or a device is on; of anything else the outside."""
    if focus is None or isinstance(campus.find(focus), Building):
        return OUTSIDE
    level = _level_id(campus, focus)
    if level is None:
        return OUTSIDE
    return Floor(ordinal=campus.ordinal_of(level), level=level, building=campus.building_of(level))


def _level_id(campus: Campus, feature_id: FeatureId) -> LevelId | None:
    feature = campus.find(feature_id)
    if feature is None:
        return None
    own = level_of(feature)
    if own is None and isinstance(feature, Device) and feature.space_id is not None:
        space = campus.find(feature.space_id)
        return None if space is None else level_of(space)
    return own


def _placed(campus: Campus, feature_id: FeatureId, floor: Floor) -> MapPlace | None:
    """Return a place where it is drawn on a floor; None where it has no geometry, or is elsewhere."""
    feature, spot = campus.find(feature_id), campus.spot(feature_id)
    if feature is None or spot is None or not _is_on(campus, feature_id, floor):
        return None
    own = getattr(feature, "name", None) or {}
    name = text_of(own, feature_id) if name_in(own, "zh") else feature_name(campus, feature_id)
    return MapPlace(
        id=feature_id, name=name, lon=round(spot.lon, 7), lat=round(spot.lat, 7), value=None,
        ordinal=floor.ordinal, dot=_shape(campus, feature_id) is None,
    )  # fmt: skip


def _is_on(campus: Campus, feature_id: FeatureId, floor: Floor) -> bool:
    level = _level_id(campus, feature_id)
    if floor.ordinal is None:
        return level is None
    return level is not None and campus.ordinal_of(level) == floor.ordinal


def _shape(campus: Campus, feature_id: FeatureId) -> BaseGeometry | None:
    """Return the area of a feature in degrees; None where it is a point or nowhere."""
    feature = campus.find(feature_id)
    if isinstance(feature, Building):
        return campus.outline(feature.id)
    shape = getattr(feature, "geometry", None)
    areal = isinstance(shape, BaseGeometry) and not shape.is_empty and shape.area > 0
    return shape if areal else None


def _busiest(campus: Campus, states: Iterable[DeviceState]) -> Floor:
    """Return the floor that most devices are on; the outside where there are none."""
    floors: dict[Floor, int] = defaultdict(int)
    for one in states:
        floors[_floor(campus, one.place)] += 1
    return max(floors, key=lambda floor: floors[floor]) if floors else OUTSIDE


def _dots(campus: Campus, state: DeviceState, floor: Floor) -> list[MapPlace]:
    """Return the point of a single device."""
    device, spot = campus.find(state.id), campus.spot(state.id)
    if not isinstance(device, Device) or spot is None:
        return []
    return [
        MapPlace(
            id=FeatureId(state.id), name=text_of(device.name, state.id), lon=round(spot.lon, 7),
            lat=round(spot.lat, 7), value=_state_value(state), ordinal=floor.ordinal, marked=True, dot=True,
        )
    ]  # fmt: skip


def _state_value(state: DeviceState) -> float | None:
    if state.fault:
        return FAULT
    if state.on is None:
        return None if state.fault is None and state.setpoint is None else OFF
    return ON if state.on else OFF


def _card(
    guide: Guide, found: list[MapPlace], floor: Floor, what: Text, unit: str, focus: FeatureId | None, *,
    opens: str | None, layer: str | None = None,
) -> tuple[Card, ...]:  # fmt: skip
    """Return the card of a map; none where nothing of it is anywhere."""
    if not any(place.value is not None for place in found):
        return ()
    first = sorted(found, key=lambda p: (not p.marked, -(p.value if p.value is not None else -inf)))[:MOST]
    campus = guide.campus
    shapes = [shape for place in first if (shape := _shape(campus, place.id)) is not None]
    points = [shapely.Point(place.lon, place.lat) for place in first]
    around = None if floor.level is None else _shape(campus, floor.level)
    west, south, east, north = shapely.total_bounds([*shapes, *points, *([around] if around else [])])
    where = _where(guide, floor)
    return (
        Card(
            kind="map",
            map=PlaceMap(
                title=Text(f"{where.zh}{what.zh}", f"{where.en}: {what.en}"), layer=layer, opens=opens, unit=unit,
                ordinal=floor.ordinal, building=floor.building, focus=focus or floor.level,
                bounds=(float(west), float(south), float(east), float(north)), places=tuple(first),
            ),
        ),
    )  # fmt: skip


def _where(guide: Guide, floor: Floor) -> Text:
    if floor.level is not None:
        return feature_name(guide.campus, floor.level)
    venue = guide.campus.venue
    return SITE if venue is None else text_of(venue.name, venue.id)


def _written(quantity: TwinQuantity, value: float) -> str:
    return f"{value:,.0f}" if quantity in WHOLE else f"{value:,.1f}"


def _short(value: float) -> str:
    """Write a number of a ranking in few letters: thousands without decimals."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
