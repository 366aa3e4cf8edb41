"""What the twin of a campus is made of: its spaces as a tree, and which points tell what of which."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import (
    Building,
    Campus,
    DataPoint,
    Device,
    Feature,
    FeatureId,
    Level,
    Opening,
    Unit,
    level_of,
    units_of_openings,
)
from yuanli.telemetry import Form, Quantity, UnitError, conversion, find_quantity

SITE = FeatureId("site")
"""The root of a campus that has no venue."""
PLANT = re.compile(r"nonpublic|electric|mechanical|plant|utilit|technical|serverroom")
"""Categories of rooms whose meters measure the level around them."""
PASSAGE = re.compile(r"walkway|corridor|lobby|stairs|elevator|escalator|concourse|hall$")
OUTDOOR = re.compile(r"outside|outdoor|dewpoint", re.IGNORECASE)
SUPPLY = re.compile(r"PV|Solar|Photovoltaic|Generator|Transformer|Inverter|Battery|UPS", re.IGNORECASE)
"""Devices whose power is made or passed on, not used there."""
WIFI = re.compile(r"wi-?_?fi|wireless|connected_device|client_count", re.IGNORECASE)
FREE = re.compile(r"free|available|vacant", re.IGNORECASE)
RUNS = re.compile(r"(On_Off|Run|Start_Stop)_(Status|Command)$")
"""Points that tell whether a device runs."""
AIR = {
    "air_temperature": "temperature", "humidity": "humidity", "co2": "co2", "illuminance": "illuminance",
    "sound_level": "noise",
}  # fmt: skip

Rows = NDArray[np.intp]


@unique
class PlaceKind(StrEnum):
    """What a place of the twin is; a `place` is anything else that points stand at, such as a car park."""

    SITE = "site"
    BUILDING = "building"
    LEVEL = "level"
    SPACE = "space"
    PLACE = "place"


DEPTH = {PlaceKind.SITE: 0, PlaceKind.BUILDING: 1, PlaceKind.LEVEL: 2, PlaceKind.SPACE: 3, PlaceKind.PLACE: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the twin; `parent` is the row of the one around it, −1 of the site.

    `area_m2` is that of the floor: of a building, of all its levels. `seats` is not a number where nobody knows.
    """

    id: FeatureId
    kind: PlaceKind
    parent: int
    ordinal: float | None = None
    area_m2: float = 0.0
    seats: float = np.nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tellers:
    """Points that tell one thing, and the places of which they tell it; rows of points and of places."""

    points: Rows
    places: Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwinPlan:
    """What a revision of a campus is told by; arrays have a row a point.

    Parameters
    ----------
    factor, offset
        Bring a value into the unit of its quantity: `value * factor + offset`.
    least, most
        Beyond these a value of a point, in its own unit, can't be true, and is not told even before it is judged.
    tellers
        By what they tell.
    device_places, device_points
        The row of the place of each device; its points.
    seats, seats_within
        Of each place itself, not a number where nobody knows; of it with all places within.
    switches
        Points that tell what devices do: `on`, `online`, `alarm`, `setpoint`; their `places` are rows of devices.
    """

    campus: Campus
    places: tuple[Place, ...]
    points: tuple[DataPoint, ...]
    quantities: tuple[Quantity | None, ...]
    factor: NDArray[np.float64]
    offset: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    tellers: Mapping[str, Tellers]
    devices: tuple[Device, ...]
    device_places: Rows
    device_points: Tellers
    switches: Mapping[str, Tellers]
    rows: Mapping[FeatureId, int]
    parent: Rows
    depth: NDArray[np.int8]
    area_m2: NDArray[np.float64]
    seats: NDArray[np.float64]
    seats_within: NDArray[np.float64]

    def forms(self, *forms: Form) -> NDArray[np.bool_]:
        """Return which points are of one of these forms."""
        return np.array([q is not None and q.form in forms for q in self.quantities], bool)

    def needed(self, names: Iterable[str]) -> Rows:
        """Return the rows of the points that tell any of these."""
        found = [self.tellers[name].points for name in names if name in self.tellers]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.intp)

    def part(self, names: Iterable[str], within: Sequence[int] | None = None) -> tuple[TwinPlan, Rows]:
        """Return the plan of the places that any of these is told of, with those around them, and without devices.

        Parameters
        ----------
        within
            The rows of places: only what is in them, themselves at the top.

        Returns
        -------
        The plan, and the rows that its points have here.
        """
        tellers = {name: self.tellers[name] for name in names if name in self.tellers}
        inside = np.ones(len(self.places), bool) if within is None else self._inside(within)
        kept = np.zeros(len(self.places), bool)
        for own in tellers.values():
            kept[own.places] = True
        kept &= inside
        for _ in range(max(DEPTH.values())):
            above = self.parent[kept]
            kept[above[above >= 0]] = True
            kept &= inside
        told = {name: own.places[kept[own.places]] for name, own in tellers.items()}
        by = {name: own.points[kept[own.places]] for name, own in tellers.items()}
        points = np.unique(np.concatenate([np.zeros(0, np.intp), *by.values()]))
        rows, place = np.flatnonzero(kept), np.full(len(self.places) + 1, -1, np.intp)
        place[rows] = np.arange(len(rows))
        return replace(
            self,
            places=tuple(self.places[row] for row in rows.tolist()),
            points=tuple(self.points[row] for row in points.tolist()),
            quantities=tuple(self.quantities[row] for row in points.tolist()),
            factor=self.factor[points], offset=self.offset[points],
            least=self.least[points], most=self.most[points],
            tellers={
                name: Tellers(points=np.searchsorted(points, by[name]), places=place[told[name]]) for name in told
            },
            devices=(), device_places=np.zeros(0, np.intp), device_points=_tellers([]), switches={},
            rows={self.places[row].id: i for i, row in enumerate(rows.tolist())},
            parent=place[self.parent[rows]], depth=self.depth[rows], area_m2=self.area_m2[rows], seats=self.seats[rows],
            seats_within=self.seats_within[rows],
        ), points  # fmt: skip

    def _inside(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Return which places are in any of some, or are one."""
        inside: NDArray[np.bool_] = np.isin(np.arange(len(self.places)), rows)
        for _ in range(max(DEPTH.values())):
            inside |= (self.parent >= 0) & inside[self.parent]
        return np.asarray(inside)


def _bounds(points: Sequence[DataPoint]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the limits of points, each moved out by as much as they lie apart; without both a point has none.

    A power that comes in watts for kilowatts is beyond them, one that is merely unusual is not.
    """
    low = np.array([-np.inf if p.low is None or p.high is None else p.low for p in points], np.float64)
    high = np.array([np.inf if p.low is None or p.high is None else p.high for p in points], np.float64)
    width = np.where(np.isfinite(low), high - low, 0.0)
    return low - width, high + width


def plan_twin(campus: Campus) -> TwinPlan:
    """Return what the twin of a campus is told by."""
    tree = _Tree(campus)
    points = campus.of(DataPoint)
    quantities = tuple(find_quantity(point.brick_class) for point in points)
    scales = [_scale(point, measured) for point, measured in zip(points, quantities, strict=True)]
    tells: dict[str, list[tuple[int, int]]] = defaultdict(list)
    by_device: dict[FeatureId, list[int]] = defaultdict(list)
    for row, (point, measured) in enumerate(zip(points, quantities, strict=True)):
        device = campus.find(point.device_id) if point.device_id is not None else None
        if isinstance(device, Device):
            by_device[FeatureId(device.id)].append(row)
        if measured is not None and scales[row] is not None:
            told = _told(tree, point, measured, device if isinstance(device, Device) else None)
            if told is not None:
                tells[told[0]].append((row, told[1]))
    devices = campus.of(Device)
    homes = [tree.home(device.space_id) for device in devices]
    places = tuple(tree.places)
    affine = np.array([scale or (1.0, 0.0) for scale in scales], np.float64).reshape(-1, 2)
    least, most = _bounds(points)
    return TwinPlan(
        least=least, most=most, campus=campus, places=places, points=points, quantities=quantities, factor=affine[:, 0],
        offset=affine[:, 1], devices=devices, device_places=np.array(homes, np.intp),
        device_points=_tellers([(row, i) for i, d in enumerate(devices) for row in by_device.get(d.id, ())]),
        switches=_switches(devices, points, quantities, by_device), rows=tree.rows,
        tellers={name: _tellers(pairs) for name, pairs in tells.items()},
        parent=np.array([place.parent for place in places], np.intp),
        depth=np.array([DEPTH[place.kind] for place in places], np.int8),
        area_m2=np.array([place.area_m2 for place in places]),
        seats=np.array([place.seats for place in places]), seats_within=_summed(places),
    )  # fmt: skip


def _summed(places: Sequence[Place]) -> NDArray[np.float64]:
    """Return the seats of places with those within."""
    total = np.nan_to_num([place.seats for place in places])
    for row in sorted(range(len(places)), key=lambda row: -DEPTH[places[row].kind]):
        if places[row].parent >= 0:
            total[places[row].parent] += total[row]
    return total


class _Tree:
    """The places of a campus, to which others are added as points are found at them."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self.places: list[Place] = []
        self.rows: dict[FeatureId, int] = {}
        self._joined: Mapping[FeatureId, tuple[FeatureId, ...]] | None = None
        floors = {level.id: self._area(level) for level in campus.of(Level)}
        indoors = {level.id: level for level in campus.of(Level) if not level.outdoor}
        venue = campus.venue
        self._add(venue.id if venue else SITE, PlaceKind.SITE, -1, area_m2=sum(floors[i] for i in indoors))
        for building in campus.of(Building):
            own = sum(floors[level.id] for level in campus.levels_by_building.get(building.id, ()))
            self._add(building.id, PlaceKind.BUILDING, 0, area_m2=own)
        for level in campus.of(Level):
            around = self.rows.get(level.building_ids[0], 0) if level.building_ids else 0
            self._add(level.id, PlaceKind.LEVEL, around, ordinal=level.ordinal, area_m2=floors[level.id])
        for unit in campus.of(Unit):
            level_row = self.rows.get(unit.level_id, 0)
            seats = float(unit.capacity) if unit.capacity else np.nan
            self._add(
                unit.id, PlaceKind.SPACE, level_row, ordinal=self.places[level_row].ordinal,
                area_m2=self._area(unit), seats=seats,
            )  # fmt: skip

    def home(self, feature_id: FeatureId | None) -> int:
        """Return the row of the place that is a feature, or is around it; the site where nothing is told."""
        if feature_id is None:
            return 0
        if feature_id in self.rows:
            return self.rows[feature_id]
        feature = self.campus.find(feature_id)
        spot = self.campus.spot(feature_id) if feature is not None else None
        if spot is None:
            return 0
        return self.rows.get(
            spot.level_id or FeatureId(""), self.rows.get(spot.building_id or FeatureId(""), 0)
        )

    def own(self, feature_id: FeatureId | None) -> int:
        """Return the row of a feature's own place, made where it has none."""
        feature = self.campus.find(feature_id) if feature_id is not None else None
        if feature_id is None or feature is None or feature_id in self.rows:
            return self.home(feature_id)
        around = self.home(feature_id)
        return self._add(
            feature_id, PlaceKind.PLACE, around, ordinal=self.places[around].ordinal,
            area_m2=self._area(feature),
        )  # fmt: skip

    def behind(self, feature_id: FeatureId | None) -> int:
        """Return the place that one enters by a door: a room, or the building by a door from outside."""
        opening = self.campus.find(feature_id) if feature_id is not None else None
        if not isinstance(opening, Opening):
            return self.home(feature_id)
        if self._joined is None:
            self._joined = {FeatureId(k): tuple(v) for k, v in units_of_openings(self.campus).items()}
        units = [self.campus.find(unit_id) for unit_id in self._joined.get(FeatureId(opening.id), ())]
        rooms = [u for u in units if isinstance(u, Unit) and not PASSAGE.search(u.category.lower())]
        if len(units) > 1 and rooms:
            return self.rows[rooms[0].id]
        building_id = self.campus.building_of(level_of(opening))
        return self.home(building_id if building_id is not None else feature_id)

    def level_around(self, row: int) -> int:
        """Return the row of the level around a space; the place itself where it is none."""
        return self.places[row].parent if self.places[row].kind is PlaceKind.SPACE else row

    def _area(self, feature: Feature) -> float:
        geometry = getattr(feature, "geometry", None)
        return 0.0 if geometry is None else float(self.campus.frame.metric(geometry).area)

    def _add(
        self, feature_id: FeatureId, kind: PlaceKind, parent: int, *, ordinal: float | None = None,
        area_m2: float = 0.0, seats: float = np.nan,
    ) -> int:  # fmt: skip
        self.rows[feature_id] = len(self.places)
        self.places.append(
            Place(id=feature_id, kind=kind, parent=parent, ordinal=ordinal, area_m2=area_m2, seats=seats)
        )
        return len(self.places) - 1


def _told(tree: _Tree, point: DataPoint, measured: Quantity, device: Device | None) -> tuple[str, int] | None:
    """Return what a point tells, and the row of the place of which it tells it; None if nothing of a place."""
    at = point.space_id if point.space_id is not None else device.space_id if device is not None else None
    local = point.brick_class
    if measured.name in AIR and not OUTDOOR.search(local):
        return AIR[measured.name], tree.home(at)
    if measured.name == "pm" and "PM2" in local:
        return "pm25", tree.home(at)
    if measured.name in ("power", "energy"):
        return _metered(tree, measured, at, device)
    if WIFI.search(local):
        return "wifi", tree.level_around(tree.home(at))
    if measured.name == "people_count":
        return "count", tree.home(at)
    if measured.name == "people_flow" and "Vehicle" in local:
        return "vehicles", tree.behind(at)
    if measured.name == "people_flow":
        way = "entering" if "Enter" in local else "leaving" if "Leav" in local else None
        return (way, tree.behind(at)) if way else None
    if measured.name == "presence":
        return "presence", tree.home(at)
    if measured.name == "parking" or ("Parking" in local and measured.form is Form.ANALOG):
        return ("parking_free" if FREE.search(local) else "parking_taken"), tree.own(at)
    return None


def _metered(
    tree: _Tree, measured: Quantity, at: FeatureId | None, device: Device | None
) -> tuple[str, int] | None:
    """Return what a meter measures: a whole place (`main`), or a part of what is used in it."""
    if device is None:
        return f"{measured.name}_main", tree.home(at)
    if SUPPLY.search(device.brick_class):
        return None
    fed = next((feature_id for feature_id in device.feeds if feature_id in tree.rows), None)
    row = tree.home(fed if fed is not None else at)
    place = tree.places[row]
    unit = tree.campus.find(place.id)
    meter = "Meter" in device.brick_class
    if fed is None and meter and isinstance(unit, Unit) and PLANT.search(unit.category.lower()):
        return f"{measured.name}_part", tree.level_around(row)
    whole = meter and "use" not in device.extra and place.kind is not PlaceKind.SPACE
    return f"{measured.name}_{'main' if whole else 'part'}", row


def _switches(
    devices: Sequence[Device],
    points: Sequence[DataPoint],
    quantities: Sequence[Quantity | None],
    by_device: Mapping[FeatureId, Sequence[int]],
) -> Mapping[str, Tellers]:
    """Return which points tell what devices do; of several that tell whether one runs, a status before a command."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, device in enumerate(devices):
        own: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in by_device.get(FeatureId(device.id), ()):
            role = _role(points[row].brick_class, quantities[row])
            if role is not None:
                own[role[0]].append((role[1], row))
        found["alarm"] += [(row, number) for _, row in own.pop("alarm", ())]
        for name, rows in own.items():
            found[name].append((min(rows)[1], number))
    return {name: _tellers(pairs) for name, pairs in found.items()}


def _role(brick_class: str, measured: Quantity | None) -> tuple[str, int] | None:
    """Return what a point tells of its device, and its rank among those that tell the same."""
    name = measured.name if measured is not None else ""
    if name == "alarm":
        return "alarm", 0
    if "Online" in brick_class:
        return "online", 0
    if RUNS.search(brick_class):
        return "on", 0 if brick_class.endswith("Status") else 1
    if name == "speed_command" and "Fan" in brick_class:
        return "on", 2
    return ("setpoint", 0) if name == "temperature_setpoint" else None


def _scale(point: DataPoint, measured: Quantity | None) -> tuple[float, float] | None:
    if measured is None:
        return None
    if point.unit is None or measured.unit is None:
        return 1.0, 0.0
    try:
        return conversion(point.unit, measured.unit)
    except UnitError:
        return None


def _tellers(pairs: Sequence[tuple[int, int]]) -> Tellers:
    rows = np.array(pairs, np.intp).reshape(-1, 2)
    return Tellers(points=rows[:, 0], places=rows[:, 1])
