"""The air of rooms in a draft: comfort bands, sun and people outside of it, walls fitted to what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Campus, DataPoint, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations.device_plans.equipment import place_of_device, states_at
from yuanli.operations.device_plans.installations import (
    COLDEST_C,
    HOTTEST_C,
    ClimateWish,
    DeviceWishError,
    bad_wish,
)
from yuanli.operations.device_plans.means import filled, slot_means, usual_means
from yuanli.operations.device_plans.scenes import Scene, area_m2, zone_names
from yuanli.operations.device_plans.storing import COP
from yuanli.operations.device_plans.wishes import SLOT
from yuanli.telemetry import find_quantity

Floats = NDArray[np.float64]
HOUR = timedelta(hours=1)
SLOT_H = SLOT / timedelta(hours=1)
LOSS_W_PER_M2 = 2.0
"""Heat through walls and by air, of each m² of floor and °C, where nothing is fitted."""
HEAT_J_PER_M2 = 165_000.0
"""Heat in a m² of floor for each °C, of the medium class of ISO 13790:2008, table 12."""
GAINS_W_PER_M2 = 10.0
PAST = timedelta(days=28)
OUTDOOR_DAYS = 3
LEAST_SLOTS = 5 * 96
SURE = 3.0
"""So many standard errors a fitted number is from zero, at least."""
LOW_C, HIGH_C = 20.0, 26.0
"""Where nothing was measured: between heating and cooling by GB 50736-2012, table 3.0.2."""
DEW_C, DUTY_C, WARM_C = 18.0, 5.0, 28.0
"""While a room is closed: it is cooled to no less than the dew point of air of 26 °C and 60 % (17.6 °C); it is
heated to at least the heating on duty of GB 50736-2012, 5.1.5, and to no more than is of use later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What a room keeps and lets through; `gains_kw` by the hour of the clock, shape `(24,)`."""

    resistance_c_per_kw: float
    capacity_kwh_per_c: float
    gains_kw: Floats


def temperature_points(campus: Campus, rooms: Sequence[FeatureId]) -> dict[FeatureId, PointId]:
    """Return of each room the point that tells its temperature, where there is one."""
    found: dict[FeatureId, PointId] = {}
    wanted = set(rooms)
    for point in campus.of(DataPoint):
        name, room = point.brick_class.lower(), point.space_id
        if (
            room in wanted and room not in found and "air_temperature_sensor" in name
            and ("zone" in name or "room" in name or name.endswith("air_temperature_sensor"))
            and not any(one in name for one in ("outside", "supply", "return", "discharge", "mixed"))
        ):  # fmt: skip
            found[room] = point.id
    return found


def outdoor_point(campus: Campus) -> PointId | None:
    """Return the point that tells the temperature outside."""
    for point in campus.of(DataPoint):
        quantity = find_quantity(point.brick_class)
        if (
            quantity is not None
            and quantity.name == "outdoor_air_temperature"
            and "Wet" not in point.brick_class
        ):
            return point.id
    return None


def fit_walls(temps: Floats, outdoor: Floats, heat: Floats, hours: NDArray[np.int64]) -> Walls | None:
    """Return what a room keeps and lets through, by least squares; None where the past does not tell.

    `T' − T = a (outdoor − T) + b heat + c(hour)` in each slot, with `a = 1 − exp(−slot / RC)` and `b = a R`. It is
    told where `a` and `b` are above zero by `SURE` standard errors. A thermostat makes heat follow the temperature, so
    that rooms which are held at one temperature all day are rarely told.

    Parameters
    ----------
    temps, outdoor, heat
        °C, °C and kW (below 0 it cools) by slot, shape `(n,)`; not a number where unknown.
    hours
        The hour of the clock of each slot.
    """
    step = temps[1:] - temps[:-1]
    known = np.isfinite(step + outdoor[:-1] + heat[:-1])
    if known.sum() < LEAST_SLOTS or np.ptp(heat[:-1][known]) == 0:
        return None
    clock = np.eye(24)[hours[:-1]]
    table = np.column_stack([outdoor[:-1] - temps[:-1], heat[:-1], clock])[known]
    used = np.asarray(table.any(axis=0))
    if not used[:2].all():
        return None
    table, wanted = table[:, used], step[known]
    if np.linalg.matrix_rank(table) < table.shape[1]:
        return None
    found = np.asarray(np.linalg.lstsq(table, wanted)[0], np.float64)
    left = wanted - table @ found
    spread = np.sqrt(np.diag(np.linalg.inv(table.T @ table)) * (left @ left) / max(len(left) - len(found), 1))
    a, b = float(found[0]), float(found[1])
    if not (SURE * spread[0] < a < 0.9 and b > SURE * spread[1]):
        return None
    resistance = b / a
    gains = np.zeros(24)
    gains[used[2:]] = found[2:] / b
    return Walls(
        resistance_c_per_kw=resistance, capacity_kwh_per_c=-SLOT_H / np.log1p(-a) / resistance, gains_kw=gains
    )


def usual_walls(area: float) -> Walls:
    """Return what a room of so many m² keeps and lets through by the tables."""
    size = area or 25.0
    gains = np.where((np.arange(24) >= 8) & (np.arange(24) < 19), GAINS_W_PER_M2 * size / 1000, 0.0)
    return Walls(
        resistance_c_per_kw=1000 / (LOSS_W_PER_M2 * size), capacity_kwh_per_c=HEAT_J_PER_M2 * size / 3.6e6,
        gains_kw=gains,
    )  # fmt: skip


def add_climates(
    scene: Scene, document: dict[str, Any],
    temps: Mapping[FeatureId, PointId], outdoor: PointId | None,
) -> None:  # fmt: skip
    """Give rooms their air in place of a share of devices, and their devices the heat that they move.

    Raises
    ------
    DeviceWishError
        A room has no planned device, or there is no temperature outside to reckon with.
    """
    if not scene.wish.climates:
        return
    called = zone_names(scene)
    hours = [time.replace(minute=0, second=0, microsecond=0) for time in scene.times]
    outside = None if outdoor is None else usual_means(scene.series[outdoor], hours, HOUR, days=OUTDOOR_DAYS)
    outside = None if outside is None else filled(outside)
    if outside is None:
        raise DeviceWishError(
            Text(
                f"过去 {OUTDOOR_DAYS} 天没有测到室外温度，无法按室温排运行方案。",
                f"No outdoor temperature was measured in the last {OUTDOOR_DAYS} days: nothing can be planned by it.",
            ),
            field="climates",
            hint=Text(
                "接入室外温度测点，或不指定温度。", "Connect an outdoor thermometer, or name no temperature."
            ),
        )
    fitted = 0
    wishes = _rooms(scene, called, temps)
    for room, one in wishes.items():
        zone = next(row for row in document["zones"] if row["name"] == called[room])
        devices = [row for row in document["devices"] if row.get("zone") == called[room]]
        fitted += _add(
            scene, zone, devices, one, room=room, point=temps.get(room), outside=outside, outdoor=outdoor
        )
    if wishes:
        scene.told.assume(
            f"{len(wishes)} 个房间按舒适温度控制（1R1C 热模型，{fitted} 个由过去 {PAST.days} 天实测拟合，"
            f"其余按面积与 ISO 13790）；室外温度按过去 {OUTDOOR_DAYS} 天同一时刻计。",
            f"{len(wishes)} rooms are kept comfortable (1R1C; {fitted} fitted to the last {PAST.days} days, the others "
            f"by area and ISO 13790); outside it is as at that time in the last {OUTDOOR_DAYS} days.",
        )


def _rooms(
    scene: Scene, called: Mapping[FeatureId, str], temps: Mapping[FeatureId, PointId]
) -> dict[FeatureId, ClimateWish]:
    found: dict[FeatureId, ClimateWish] = {}
    for one in sorted(scene.wish.climates, key=lambda one: one.place is not None):
        if one.place is None:
            found |= {room: one for room in called if room in temps}
            if not found:
                scene.told.leave("没有房间测量温度。", "No room measures its temperature.")
        elif one.place not in called:
            raise bad_wish(f"climates.{one.place}", str(one.place), "、".join(map(str, list(called)[:5])))
        else:
            found[one.place] = one
    return found


def _add(
    scene: Scene, zone: dict[str, Any], devices: list[dict[str, Any]], one: ClimateWish, *,
    room: FeatureId, point: PointId | None, outside: Floats, outdoor: PointId | None,
) -> bool:  # fmt: skip
    """Give a room its air; tell whether its walls were fitted."""
    clock = ZoneInfo(scene.campus.time_zone)
    n = PAST // SLOT
    past = [scene.now - SLOT * (n - i) for i in range(n)]
    measured = np.full(n, np.nan) if point is None else slot_means(scene.series[point], past, SLOT)
    power = {row["device_id"]: row["power_kw"] for row in devices if "device_id" in row}
    states = {
        item.device.id: states_at(scene.series[item.told_by.id], past)
        for item in scene.items
        if place_of_device(item.device) == room
    }
    moved = sum((states[key] * COP * power[str(key)] for key in states), np.zeros(n))
    low, high = _band(one, measured, moved > 0)
    cools = float(np.mean(outside)) > (low + high) / 2 - 4
    heat = -moved if cools else moved
    hours = np.array([time.astimezone(clock).hour for time in past], np.int64)
    before = np.full(n, np.nan) if outdoor is None else slot_means(scene.series[outdoor], past, SLOT)
    told = one.resistance_c_per_kw is not None and one.capacity_kwh_per_c is not None
    fit = None if told else fit_walls(measured, before, heat, hours)
    walls = fit or usual_walls(area_m2(scene.campus, room))
    recent = measured[np.isfinite(measured)]
    is_open = np.array(zone["demand"]) > 0
    if scene.wish.comfort_by is not None:
        is_open = band_from(
            scene.wish.comfort_by, [f"{time.astimezone(clock):%H:%M}" for time in scene.times], is_open
        )
    local = [time.astimezone(clock).hour for time in scene.times]
    now_c = round(float(recent[-1]) if len(recent) else (low + high) / 2, 2)
    least, most = closed_band(low, high, cools=cools, now_c=now_c, outside=outside)
    zone["climate"] = {
        "temp_c": now_c,
        "outdoor_c": outside.round(2).tolist(), "gains_kw": walls.gains_kw[local].round(4).tolist(),
        "resistance_c_per_kw": one.resistance_c_per_kw or walls.resistance_c_per_kw,
        "capacity_kwh_per_c": one.capacity_kwh_per_c or walls.capacity_kwh_per_c,
        "low_c": np.where(is_open, low, least).tolist(), "high_c": np.where(is_open, high, most).tolist(),
        "discomfort_price": one.discomfort_price,
    }  # fmt: skip
    zone["demand"] = [0.0] * len(scene.times)
    for row in devices:
        row |= {"heat_kw": round((-COP if cools else COP) * row["power_kw"], 4), "service": 0.0}
    return fit is not None


def band_from(clock: str, times: Sequence[str], is_open: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return when a room is in its band: from a time of day on until it opens and closes, not before."""
    found = is_open & (np.array(times) >= clock)
    begun = next((i for i, time in enumerate(times) if time >= clock), None)
    if begun is not None:
        opens = next((i for i in range(begun, len(times)) if is_open[i]), begun + 1)
        found[begun : max(opens, begun + 1)] = True
    return found


def closed_band(
    low: float, high: float, *, cools: bool, now_c: float, outside: Floats
) -> tuple[float, float]:
    """Return between what a closed room is kept: wide, but devices drive it no farther than it comes by itself."""
    if cools:
        least = min(low, DEW_C, now_c, float(outside.min()))
        return max(COLDEST_C, math.floor(least * 100) / 100), HOTTEST_C
    most = max(high, WARM_C, now_c, float(outside.max()))
    return min(low, DUTY_C, now_c), min(HOTTEST_C, math.ceil(most * 100) / 100)


def _band(one: ClimateWish, measured: Floats, running: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the comfort band: as was told, else as was measured while devices ran (10 % to 90 %), else by the code."""
    used = measured[np.isfinite(measured) & running]
    low, high = one.low_c, one.high_c
    if len(used) >= 96:
        low = float(np.quantile(used, 0.1)) if low is None else low
        high = float(np.quantile(used, 0.9)) if high is None else high
    low = LOW_C if low is None else low
    high = HIGH_C if high is None else high
    return (round(low, 1), round(high, 1)) if high - low >= 1 else (round(high - 1, 1), round(high, 1))
