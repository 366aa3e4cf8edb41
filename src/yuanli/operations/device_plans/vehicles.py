"""Cars of a draft: charging as tasks between arrival and departure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import Device, FeatureId
from yuanli.errors import Text
from yuanli.operations.device_plans.installations import VehicleWish, bad_wish
from yuanli.operations.device_plans.scenes import Scene
from yuanli.operations.device_plans.wishes import SLOT

SLOT_H = SLOT / timedelta(hours=1)


def vehicle_rows(
    scene: Scene, switchable: Mapping[FeatureId, str]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the rows of cars, and how they would charge without a plan: at once on arrival.

    Parameters
    ----------
    switchable
        Chargers that can be commanded.

    Raises
    ------
    DeviceWishError
        A car can't be charged within its stay, or its charger is not there.
    """
    rows, usual = [], {}
    for one in scene.wish.vehicles:
        first, last = _stay(scene, one)
        if last < first:
            scene.told.leave(
                f"“{one.name}”不在排程时段内停留。", f"{one.name} is not there in the hours that are planned."
            )
            continue
        slots = ceil(one.energy_kwh / (one.power_kw * SLOT_H) - 1e-9)
        room = last - first + 1
        if slots > room:
            most = room * one.power_kw * SLOT_H
            raise bad_wish(f"vehicles.{one.name}.energy_kwh", f"{one.energy_kwh:g} kWh", f"≤ {most:g} kWh")
        row: dict[str, Any] = {
            "name": one.name, "power_kw": one.power_kw, "task": {"first": first, "last": last, "slots": slots}
        }  # fmt: skip
        if one.device is not None:
            scene.campus.get(one.device, Device)
            if one.device not in switchable:
                raise bad_wish(f"vehicles.{one.name}.device", one.device, "a charger with a switch")
            row["device_id"] = str(one.device)
        rows.append(row)
        usual[one.name] = f"{first}-{first + slots - 1}"
    if rows:
        scene.told.assume(
            f"{len(rows)} 辆车按满功率充电，基准为到达即充。",
            f"{len(rows)} cars charge at full power; the baseline is charging at once on arrival.",
        )
    return rows, usual


def _stay(scene: Scene, one: VehicleWish) -> tuple[int, int]:
    """Return the first and last slot of a stay, cut to the horizon; it ends the next day where it must."""
    zone = ZoneInfo(scene.campus.time_zone)
    start = scene.times[0].astimezone(zone)
    arrival, departure = _on_day(start, one.arrival), _on_day(start, one.departure)
    if departure <= arrival:
        departure += timedelta(days=1)
    first = max(0, ceil((arrival - start) / SLOT))
    last = min(len(scene.times), (departure - start) // SLOT) - 1
    wanted = ceil((departure - start) / SLOT) > len(scene.times)
    if wanted and first <= last:
        scene.told.assumptions.append(
            Text(
                f"“{one.name}”只在排程结束前充电。",
                f"{one.name} is charged before the end of what is planned.",
            )
        )
    return first, last


def _on_day(start: datetime, clock: str) -> datetime:
    hours, minutes = clock.split(":")
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(hours=int(hours), minutes=int(minutes))
