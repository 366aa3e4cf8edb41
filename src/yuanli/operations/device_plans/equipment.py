"""Equipment that can be switched, as the map tells it: what it takes, how it stands, how it usually runs."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Campus, CampusId, DataPoint, Device, DeviceId, FeatureId, PointId, Unit
from yuanli.errors import Text
from yuanli.operations.command_rules import CommandRules, fits
from yuanli.operations.command_targets import stands_in
from yuanli.operations.moments import micros_of
from yuanli.operations.readings import ReadingStore
from yuanli.telemetry import Series, UnitError, conversion, find_quantity

STATUSES = ("*On_Off_Status", "*Run_Status", "*Start_Stop_Status", "*Enable_Status")
RATED = ("rated_power_kw", "power_kw")
"""What devices and points say of their power in `extra`."""
HOLDS = timedelta(hours=26)
"""A state that was told holds for so long: states are told when they change, and at midnight."""
POWER_PAST = timedelta(days=14)
RUNNING_SHARE = 0.05
LEAST_READINGS = 8
Floats = NDArray[np.float64]


class PowerSource(StrEnum):
    """Where the power of a device is known from."""

    MAP = "map"
    MEASURED = "measured"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for a class of devices that says nothing of itself; minutes, kW, W a m² of its share of the room."""

    brick: str
    power_kw: float
    w_per_m2: float
    min_up_min: float
    min_down_min: float
    start_cost: float
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A device that is switched by `switch`; `told_by` says how it stands, `meter` what it takes."""

    device: Device
    switch: DataPoint
    told_by: DataPoint
    meter: DataPoint | None


@cache
def load_defaults() -> tuple[Defaults, ...]:
    """Return the table of defaults; the first row that fits holds."""
    text = resources.files(__package__).joinpath("defaults.csv").read_text(encoding="utf-8")
    return tuple(
        Defaults(
            brick=row["brick"], power_kw=float(row["power_kw"]), w_per_m2=float(row["w_per_m2"]),
            min_up_min=float(row["min_up_min"]), min_down_min=float(row["min_down_min"]),
            start_cost=float(row["start_cost"]), text=Text(row["zh"], row["en"]),
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def defaults_of(brick_class: str) -> Defaults:
    """Return what holds for a class of devices."""
    return next(row for row in load_defaults() if fits(brick_class, (row.brick,)))


def devices_at(
    campus: Campus, place_id: FeatureId | None, kind: str, rules: CommandRules
) -> tuple[Device, ...]:
    """Return the devices of a kind, or of a Brick class, that stand in a place; `FeatureNotFoundError` if it is gone.

    Parameters
    ----------
    place_id
        The whole site where None.
    """
    place = None if place_id is None else campus.find(place_id) or campus.get(place_id, Unit)
    classes = rules.classes_of(kind)
    return tuple(
        device for device in campus.of(Device)
        if fits(device.brick_class, classes) and (place is None or stands_in(campus, device, place))
    )  # fmt: skip


def equipment_of(campus: Campus, devices: Sequence[Device], rules: CommandRules) -> tuple[Equipment, ...]:
    """Return those of the devices that can be switched, and may be."""
    points: Mapping[DeviceId, list[DataPoint]] = defaultdict(list)
    for point in campus.of(DataPoint):
        if point.device_id is not None:
            points[point.device_id].append(point)
    found = []
    for device in devices:
        own = points[device.id]
        switch = _first(own, rules.switches) or _first(own, rules.levels)
        if switch is None or fits(device.brick_class, rules.protected_devices):
            continue
        found.append(
            Equipment(
                device=device, switch=switch, told_by=_first(own, STATUSES) or switch,
                meter=next((p for p in own if _is_power(p)), None),
            )
        )  # fmt: skip
    return tuple(found)


def _first(points: Sequence[DataPoint], patterns: tuple[str, ...]) -> DataPoint | None:
    for pattern in patterns:
        for point in points:
            if fits(point.brick_class, (pattern,)):
                return point
    return None


def _is_power(point: DataPoint) -> bool:
    quantity = find_quantity(point.brick_class)
    return quantity is not None and quantity.name == "power"


def kilowatts(point: DataPoint, values: Floats) -> Floats | None:
    """Return values of a power in kW; None where its unit is no power."""
    try:
        factor, offset = conversion(point.unit or "kW", "kW")
    except UnitError:
        return None
    return values * factor + offset


def load_series(
    store: ReadingStore, campus_id: CampusId, points: Sequence[PointId], start: datetime, end: datetime
) -> dict[PointId, Series]:
    """Return what points told in `[start, end)`."""
    wanted = tuple(dict.fromkeys(points))
    if not wanted or start >= end:
        return {}
    numbers = store.number_points(campus_id, wanted)
    return dict(zip(wanted, store.load(numbers, micros_of(start), micros_of(end)), strict=True))


def states_at(series: Series, times: Sequence[datetime]) -> Floats:
    """Return whether a device was on (1, 0) at times by what its point told; not a number where nothing holds."""
    known = np.isfinite(series.value)
    at, value = series.at[known], series.value[known]
    asked = np.array([micros_of(time) for time in times], np.int64)
    told = np.full(len(asked), np.nan)
    if len(at):
        place = np.searchsorted(at, asked, side="right") - 1
        fresh = (place >= 0) & (asked - at[np.maximum(place, 0)] <= HOLDS // timedelta(microseconds=1))
        told[fresh] = (value[place[fresh]] > 0).astype(float)
    return told


def usual_states(series: Series, times: Sequence[datetime], *, weeks: int = 4) -> Floats:
    """Return the share of the weeks before in which a device was on at the same clock of the same weekday."""
    told = np.array([states_at(series, [t - timedelta(weeks=w) for t in times]) for w in range(1, weeks + 1)])
    known = np.isfinite(told)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, told, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def power_of(item: Equipment, series: Series | None, area_m2: float) -> tuple[float, PowerSource]:
    """Return the power of a device while it runs, kW: as the map says, as measured, else by the table."""
    for extra in (item.device.extra, item.switch.extra):
        for name in RATED:
            said = extra.get(name)
            if isinstance(said, int | float) and 0 < said < 1e6:
                return float(said), PowerSource.MAP
    if item.meter is not None and series is not None:
        values = kilowatts(item.meter, series.value[np.isfinite(series.value)])
        if values is not None and len(values) >= LEAST_READINGS and values.max() > 0:
            running = values[values > RUNNING_SHARE * values.max()]
            return round(float(running.mean()), 3), PowerSource.MEASURED
    row = defaults_of(item.device.brick_class)
    return max(round(row.power_kw + row.w_per_m2 * area_m2 / 1000, 3), 0.01), PowerSource.TABLE


def place_of_device(device: Device) -> FeatureId:
    """Return the place that a device serves: what it feeds first, else where it stands."""
    place = device.space_id if not device.feeds else device.feeds[0]
    return device.id if place is None else place
