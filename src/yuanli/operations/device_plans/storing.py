"""Storages of a draft: those that were told, and those of the map that tell their capacity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import sqrt
from typing import Any

from yuanli.campus import Campus, DataPoint, Device, FeatureId, PointId, name_in
from yuanli.operations.command_rules import fits
from yuanli.operations.device_plans.equipment import HOLDS
from yuanli.operations.device_plans.installations import DeviceWishError, StorageKind, StorageWish, bad_wish
from yuanli.operations.device_plans.scenes import Scene, zone_names
from yuanli.operations.device_plans.wishes import SLOT
from yuanli.operations.moments import micros_of
from yuanli.telemetry import Series

CLASSES = {
    StorageKind.BATTERY: ("*Battery", "*Battery_Energy_Storage*", "Energy_Storage", "Energy_Storage_System"),
    StorageKind.ICE: ("*Ice*Tank*", "*Chilled_Water*Storage*", "*Cold_Water_Storage*"),
    StorageKind.HOT_WATER: ("*Hot_Water*Storage*", "*Hot_Water*Tank*"),
}
LEVELS = ("*State_Of_Charge*", "*State_of_Charge*", "*Charge_Level*", "*Storage_Level*")
COP = 4.0
"""Heat moved for each kWh of power: what `defaults.csv` reckons the power of units by."""
ICE_COP, HEATER = 3.0, 1.0
DAY = timedelta(days=1)


def storages_at(
    campus: Campus, place: FeatureId | None, inside: Any
) -> tuple[tuple[Device, StorageKind], ...]:
    """Return the storages on the map; `inside` tells whether a device is of the place that is planned."""
    return tuple(
        (device, kind)
        for device in campus.of(Device)
        for kind, classes in CLASSES.items()
        if fits(device.brick_class, classes) and (place is None or inside(device))
    )


def level_points(
    campus: Campus, storages: tuple[tuple[Device, StorageKind], ...]
) -> dict[FeatureId, PointId]:
    """Return of each storage the point that tells how full it is, where there is one."""
    wanted = {device.id for device, _ in storages}
    return {
        point.device_id: point.id
        for point in campus.of(DataPoint)
        if point.device_id in wanted and fits(point.brick_class, LEVELS)
    }


def wishes_of_map(
    scene: Scene, storages: tuple[tuple[Device, StorageKind], ...], levels: Mapping[FeatureId, PointId]
) -> tuple[StorageWish, ...]:
    """Return the storages of the map that tell capacity and power; the others are told as left out."""
    told = {one.name for one in scene.wish.storages}
    found = []
    for device, kind in storages:
        name = name_in(device.name, scene.wish.language) or str(device.id)
        if name in told:
            continue
        capacity, power = (
            _number(device, keys) for keys in (("capacity_kwh",), ("charge_kw", "power_kw", "rated_power_kw"))
        )
        if capacity is None or power is None:
            scene.told.leave(
                f"“{name}”没有写明 capacity_kwh 与 power_kw，未计入。",
                f"{name} tells no capacity_kwh and power_kw, and is left out.",
            )
            continue
        content = _content(scene, None if (key := levels.get(device.id)) is None else scene.series.get(key))
        battery = kind is StorageKind.BATTERY
        usual = 0.9 if battery else ICE_COP if kind is StorageKind.ICE else HEATER
        try:
            one = StorageWish(
                name=name, kind=kind, capacity_kwh=capacity, charge_kw=power,
                discharge_kw=_number(device, ("discharge_kw",)) or power * (1 if battery else usual),
                efficiency=_number(device, ("efficiency",)) or usual,
                place=None if battery else (device.feeds[0] if device.feeds else device.space_id),
                content=0.5 if content is None else content, target=0.5 if content is None else content,
            )  # fmt: skip
        except DeviceWishError as error:
            scene.told.leave(f"“{name}”：{error.message.zh}", f"{name}: {error.message.en}")
            continue
        if not battery and one.place not in zone_names(scene):
            scene.told.leave(
                f"“{name}”所服务的地点没有可排程的设备。", f"{name} serves no room whose devices are planned."
            )
            continue
        scene.told.assume(
            f"“{name}”（地图）：{capacity:g} kWh、{power:g} kW，现有 {one.content:.0%}"
            f"{'' if content is not None else '（未测，按一半计）'}。",
            f"{name} of the map: {capacity:g} kWh, {power:g} kW, {one.content:.0%} full now"
            f"{'' if content is not None else ' (not measured: half is taken)'}.",
        )
        found.append(one)
    return tuple(found)


def storage_rows(
    scene: Scene, wishes: tuple[StorageWish, ...], rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows of storages; ice and hot water give a share (%) of what their room's devices give at a COP of 4.

    Raises
    ------
    DeviceWishError
        One serves a room in which nothing is planned.
    """
    called, found = zone_names(scene), []
    for one in wishes:
        keep = (1.0 - one.loss) ** (SLOT / DAY)
        row: dict[str, Any] = {"name": one.name, "charge_kw": one.charge_kw, "loss": round(1 - keep, 9)}
        if one.kind is StorageKind.BATTERY:
            way = sqrt(one.efficiency)
            row |= {
                "capacity": one.capacity_kwh, "discharge": one.discharge_kw, "charge_efficiency": way,
                "discharge_efficiency": way,
            }  # fmt: skip
        else:
            zone = called.get(one.place) if one.place is not None else None
            if zone is None:
                known = "、".join(list(called.values())[:5])
                raise bad_wish(f"storages.{one.name}.place", str(one.place), known)
            share = 100.0 / (COP * sum(d["power_kw"] for d in rows if d["zone"] == zone))
            row |= {
                "zone": zone, "capacity": one.capacity_kwh, "discharge": one.discharge_kw * share,
                "charge_efficiency": one.efficiency, "discharge_efficiency": share,
            }  # fmt: skip
        row |= {"content": one.content * row["capacity"], "target": one.target * row["capacity"]}
        found.append(row)
    return found


def _number(device: Device, keys: tuple[str, ...]) -> float | None:
    for key in keys:
        value = device.extra.get(key)
        if isinstance(value, int | float) and value > 0:
            return float(value)
    return None


def _content(scene: Scene, series: Series | None) -> float | None:
    """Return how full a storage was told to be last, as a share."""
    if (
        series is None
        or not len(series.at)
        or micros_of(scene.now) - series.at[-1] > HOLDS // timedelta(microseconds=1)
    ):
        return None
    value = float(series.value[-1])
    share = value / 100 if value > 1 else value
    return share if 0 <= share <= 1 else None
