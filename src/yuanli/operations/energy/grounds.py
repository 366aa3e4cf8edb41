"""The places of a campus as energy is told of them: what is in what, how large, and who is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cached_property
from typing import Any

from yuanli.campus import (
    Building,
    Campus,
    DataPoint,
    Device,
    FeatureId,
    Geofence,
    LanguageMap,
    Level,
    Unit,
)
from yuanli.errors import NotFoundError, Text
from yuanli.operations.energy.meters import Metering, metering_of
from yuanli.telemetry import find_quantity


class EnergyPlaceNotFoundError(NotFoundError):
    """The campus has no such place or device that energy is told of."""


@unique
class EnergyPlaceKind(StrEnum):
    """What energy is told of."""

    SITE = "site"
    BUILDING = "building"
    LEVEL = "level"
    UNIT = "unit"
    DEVICE = "device"
    ZONE = "zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyPlace:
    """A place or device, its name, and the floor it has, m², where that is known."""

    id: FeatureId
    kind: EnergyPlaceKind
    name: LanguageMap
    area_m2: float | None = None


KINDS: Mapping[type, EnergyPlaceKind] = {
    Building: EnergyPlaceKind.BUILDING,
    Level: EnergyPlaceKind.LEVEL,
    Unit: EnergyPlaceKind.UNIT,
    Device: EnergyPlaceKind.DEVICE,
    Geofence: EnergyPlaceKind.ZONE,
    DataPoint: EnergyPlaceKind.DEVICE,
}


class Grounds:
    """One campus at one revision, with its meters; made once, since it takes a while."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus

    @cached_property
    def metering(self) -> Metering:
        """The meters."""
        return metering_of(self.campus)

    def place(self, place_id: FeatureId | None) -> EnergyPlace:
        """Return a place by its id; the site without one.

        Raises
        ------
        EnergyPlaceNotFoundError
            There is none of that id, or it is nothing that uses energy.
        """
        if place_id is None or place_id == self.metering.site:
            venue = self.campus.venue
            name = venue.name if venue is not None and venue.name else self.campus.name
            return EnergyPlace(
                id=self.metering.site,
                kind=EnergyPlaceKind.SITE,
                name=name,
                area_m2=self._area(self.metering.site),
            )
        feature = self.campus.find(place_id)
        kind = KINDS.get(type(feature)) if feature is not None else None
        if feature is None or kind is None:
            raise EnergyPlaceNotFoundError(
                Text(
                    f"园区没有“{place_id}”这个场所或设备。",
                    f"The campus has no place or device {place_id!r}.",
                ),
                field="place",
                hint=Text(
                    "用建筑、楼层、房间或设备的编号。", "Give the id of a building, level, room or device."
                ),
            )
        name = getattr(feature, "name", {}) or {"und": getattr(feature, "ref", None) or str(feature.id)}
        return EnergyPlace(
            id=FeatureId(feature.id), kind=kind, name=name,
            area_m2=None if kind is EnergyPlaceKind.DEVICE else self._area(FeatureId(feature.id)),
        )  # fmt: skip

    def within(self, place: FeatureId, kind: EnergyPlaceKind) -> tuple[FeatureId, ...]:
        """Return the places of a kind in another, in the order of the map."""
        return tuple(one for one in self._by_kind.get(kind, ()) if place in self.metering.chain(one)[1:])

    def parts(self, place: EnergyPlace) -> tuple[FeatureId, ...]:
        """Return what a place falls into next: buildings and zones, levels, rooms, devices."""
        below = self._below.get(place.id, ())
        if place.kind is EnergyPlaceKind.DEVICE:
            return ()
        return tuple(below)

    def counters(self, place: FeatureId) -> tuple[DataPoint, ...]:
        """Return the points that count the people of a place, the widest ones, none within another."""
        found = [p for p in self._people if place in self._chain_of(p)]
        chosen: dict[FeatureId, list[DataPoint]] = defaultdict(list)
        for point in sorted(found, key=lambda p: len(self._chain_of(p))):
            chain = self._chain_of(point)
            if not any(other in chain[1:] for other in chosen):
                chosen[chain[0]].append(point)
        return tuple(points[0] for points in chosen.values())

    @cached_property
    def outdoors(self) -> DataPoint | None:
        """A point that measures the outdoor temperature."""
        for point in self.campus.of(DataPoint):
            quantity = find_quantity(point.brick_class)
            if (
                quantity is not None
                and quantity.name == "outdoor_air_temperature"
                and "Wet" not in point.brick_class
            ):
                return point
        return None

    def _chain_of(self, point: DataPoint) -> tuple[FeatureId, ...]:
        """Return the place of a point and what that is in; a device stands for the place that it is in."""
        chain = self.metering.chain(FeatureId(point.id))[1:]
        return chain or (self.metering.site,)

    @cached_property
    def _people(self) -> tuple[DataPoint, ...]:
        return tuple(
            point for point in self.campus.of(DataPoint)
            if (quantity := find_quantity(point.brick_class)) is not None and quantity.name == "people_count"
            and "WiFi" not in point.brick_class
        )  # fmt: skip

    @cached_property
    def _by_kind(self) -> Mapping[EnergyPlaceKind, Sequence[FeatureId]]:
        rows: dict[EnergyPlaceKind, list[FeatureId]] = defaultdict(list)
        for kind in (Building, Geofence, Level, Unit):
            rows[KINDS[kind]] += [FeatureId(feature.id) for feature in self.campus.of(kind)]
        things = dict.fromkeys(meter.thing for meter in self.metering.meters.values())
        rows[EnergyPlaceKind.DEVICE] += things
        return rows

    @cached_property
    def _below(self) -> Mapping[FeatureId, Sequence[FeatureId]]:
        rows: dict[FeatureId, list[FeatureId]] = defaultdict(list)
        for ids in self._by_kind.values():
            for one in ids:
                rows[self.metering.above.get(one, self.metering.site)].append(one)
        return rows

    def _area(self, place: FeatureId) -> float | None:
        area = self._areas.get(place)
        return area if area else None

    @cached_property
    def _areas(self) -> Mapping[FeatureId, float]:
        campus = self.campus
        areas: dict[FeatureId, float] = {}
        for unit in campus.of(Unit):
            areas[unit.id] = self._told(unit)
        for level in campus.of(Level):
            units = sum(areas[unit.id] for unit in campus.units_by_level.get(level.id, ()))
            areas[level.id] = self._told(level) or units
        for building in campus.of(Building):
            outline = campus.outline(building.id)
            flat = float(campus.frame.metric(outline).area) if outline is not None else 0.0
            levels = sum(areas[level.id] for level in campus.levels_by_building.get(building.id, ()))
            areas[building.id] = _stated(building.extra) or levels or flat * (building.storeys or 1)
        areas[self.metering.site] = sum(areas[building.id] for building in campus.of(Building))
        return areas

    def _told(self, place: Unit | Level) -> float:
        stated = _stated(place.extra)
        if stated or place.geometry is None:
            return stated
        return float(self.campus.frame.metric(place.geometry).area)


def _stated(extra: Mapping[str, Any]) -> float:
    """Return the floor area that a feature's `floor_area_m2` tells, or 0."""
    told = extra.get("floor_area_m2")
    fits = isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < 1e9
    return float(told) if fits and told is not None else 0.0
