"""Devices with one kW more, a wider band of comfort, or a rule less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem, Floats, Zone
from yuanli.solver import Change, Relaxation, Resource, Sort, without

Wider = Relaxation[DevicesProblem, DevicesPlan]


def relaxations_devices(problem: DevicesProblem, plan: DevicesPlan) -> list[Wider]:
    """Offer 1 kW more where power is limited, 1 °C of comfort, a little less demand, and each kind of rule given up."""
    del plan
    return [*_limits(problem), *_zones(problem), *_rules(problem)]


def _limits(problem: DevicesProblem) -> list[Wider]:
    found = []
    if problem.limit_kw is not None:
        more = replace(problem, limit_kw=problem.limit_kw + 1)
        found.append(_resource("园区功率上限多 1 kW", "One kW more for the site", more))
    if problem.peak_price > 0:
        more = replace(problem, peak_paid_kw=problem.peak_paid_kw + 1)
        found.append(_resource("已付费峰值多 1 kW", "One kW more of peak paid already", more))
    if problem.ramp_kw is not None:
        more = replace(problem, ramp_kw=problem.ramp_kw + 1)
        found.append(_resource("爬坡上限多 1 kW", "One kW more of ramp", more))
    return found


def _zones(problem: DevicesProblem) -> list[Wider]:
    found = []
    for z, zone in enumerate(problem.zones):
        if zone.limit_kw is not None:
            more = _with(problem, z, replace(zone, limit_kw=zone.limit_kw + 1))
            found.append(_resource(f"{zone.name} 功率上限多 1 kW", f"One kW more for {zone.name}", more))
        climate = zone.climate
        if climate is not None and (climate.low_c is not None or climate.high_c is not None):
            wider = replace(climate, low_c=_plus(climate.low_c, -1), high_c=_plus(climate.high_c, 1))
            found.append(_resource(
                f"{zone.name} 舒适温度放宽 1 °C", f"Comfort in {zone.name} one °C wider",
                _with(problem, z, replace(zone, climate=wider)),
            ))  # fmt: skip
    for z, zone in enumerate(problem.zones):
        if (zone.demand > 0).any():
            less = _with(problem, z, replace(zone, demand=0.95 * zone.demand))
            found.append(_resource(f"{zone.name} 需求少 5%", f"Demand of {zone.name} 5 % less", less))
    return found


def _rules(problem: DevicesProblem) -> list[Wider]:
    found = []
    if problem.exclusions:
        found.append(_rule("互斥设备", "exclusions", replace(problem, exclusions=())))
    if problem.needs:
        found.append(_rule("设备联动", "needs", replace(problem, needs=())))
    if problem.orders:
        found.append(_rule("任务先后", "orders", replace(problem, orders=())))
    devices = problem.devices
    if any(one.must_be_on or one.must_be_off for one in devices):
        free = tuple(replace(one, must_be_on=frozenset(), must_be_off=frozenset()) for one in devices)
        found.append(_rule("锁定与检修状态", "locked states and maintenance", replace(problem, devices=free)))
    if any(one.min_up > 1 or one.min_down > 1 for one in devices):
        free = tuple(replace(one, min_up=1, min_down=1) for one in devices)
        found.append(_rule("最短开停时间", "least times on and off", replace(problem, devices=free)))
    if any(one.target is not None for one in devices):
        free = tuple(replace(one, target=None) for one in devices)
        found.append(_rule("末时段目标状态", "states in the last slot", replace(problem, devices=free)))
    return found


def _resource(zh: str, en: str, problem: DevicesProblem) -> Wider:
    return Relaxation(name=Text(zh, en), sort=Sort.RESOURCE, problem=problem)


def _rule(zh: str, en: str, problem: DevicesProblem) -> Wider:
    return Relaxation(name=without(zh, en), sort=Sort.RULE, problem=problem)


def _with(problem: DevicesProblem, z: int, zone: Zone) -> DevicesProblem:
    return replace(problem, zones=(*problem.zones[:z], zone, *problem.zones[z + 1 :]))


def _plus(values: Floats | None, by: float) -> Floats | None:
    return None if values is None else np.asarray(values + by, dtype=np.float64)


def _power(problem: DevicesProblem, plan: DevicesPlan, change: Change) -> Wider | None:
    """Return the problem with another limit of power, of the site or of a zone that is named."""
    del plan
    z = change.named([zone.name for zone in problem.zones])
    kw = Text("kW", "kW")
    if z is not None and (limit := problem.zones[z].limit_kw) is not None:
        zone = problem.zones[z]
        name = change.name(f"{zone.name} 功率上限", f"Power limit of {zone.name}", unit=kw)
        return _changed(name, _with(problem, z, replace(zone, limit_kw=change.of(limit))), change.by >= 0)
    if problem.limit_kw is None:
        return None
    name = change.name("园区功率上限", "Power limit of the site", unit=kw)
    return _changed(name, replace(problem, limit_kw=change.of(problem.limit_kw)), change.by >= 0)


def _price(problem: DevicesProblem, plan: DevicesPlan, change: Change) -> Wider | None:
    """Return the problem with power dearer, or cheaper, in each slot."""
    del plan
    price = change.of(problem.price) if change.by < 0 or change.share else problem.price + change.by
    if problem.feed_in is not None and np.any(price < problem.feed_in):
        return None
    name = change.name("电价", "Price of power", unit=Text("/ kWh", "a kWh"))
    return _changed(name, replace(problem, price=price), change.by <= 0)


def _demand(problem: DevicesProblem, plan: DevicesPlan, change: Change) -> Wider | None:
    """Return the problem with more or less demand, of all zones or of one that is named."""
    del plan
    z = change.named([zone.name for zone in problem.zones])
    zones = tuple(
        replace(zone, demand=np.where(zone.demand > 0, change.of(zone.demand), 0.0))
        if z in (None, k)
        else zone
        for k, zone in enumerate(problem.zones)
    )
    if not any((zone.demand > 0).any() for zone in problem.zones):
        return None
    of = ("", "") if z is None else (f"{problem.zones[z].name} ", f" of {problem.zones[z].name}")
    return _changed(
        change.name(f"{of[0]}需求", f"Demand{of[1]}"), replace(problem, zones=zones), change.by <= 0
    )


def _comfort(problem: DevicesProblem, plan: DevicesPlan, change: Change) -> Wider | None:
    """Return the problem with bands of temperature so many °C wider at both ends, of all zones or a named one."""
    del plan
    z = change.named([zone.name for zone in problem.zones])
    zones = []
    for k, zone in enumerate(problem.zones):
        air = zone.climate
        if air is not None and z in (None, k):
            low, high = _plus(air.low_c, -change.by), _plus(air.high_c, change.by)
            if low is not None and high is not None and np.any(low > high):
                return None
            air = replace(air, low_c=low, high_c=high)
        zones.append(replace(zone, climate=air))
    if change.share or all(zone.climate is None for zone in problem.zones):
        return None
    name = change.name("舒适温度上下各放宽", "Comfort band at each end", unit=Text("°C", "°C"))
    return _changed(name, replace(problem, zones=tuple(zones)), change.by >= 0)


def _changed(name: Text, problem: DevicesProblem, wider: bool) -> Wider:
    return Relaxation(name=name, sort=Sort.RESOURCE, problem=problem, wider=wider)


CHANGES_DEVICES = {
    Resource.POWER: _power, Resource.PRICE: _price, Resource.DEMAND: _demand, Resource.COMFORT: _comfort,
}  # fmt: skip
