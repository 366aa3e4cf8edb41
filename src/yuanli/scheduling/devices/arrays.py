"""The tables of a problem as arrays for the compiled search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yuanli.scheduling.devices.kernels import FAR, add_by_zone
from yuanli.scheduling.devices.moves import Bytes, Floats, Ints, State, Tables
from yuanli.scheduling.devices.problem import Device, DevicesProblem
from yuanli.scheduling.devices.warming import Air, warmth


def tables_of(problem: DevicesProblem) -> Tables:
    """Return the problem as arrays."""
    devices, n = problem.devices, problem.slots
    zones = {z.name: at for at, z in enumerate(problem.zones)}
    at = {d.name: i for i, d in enumerate(devices)}
    may_on, may_off = allowed_states(devices, n)
    zero = np.zeros(n)

    def series(values: Floats | None, other: float = 0.0) -> Floats:
        return np.full(n, other) if values is None else np.asarray(values, np.float64)

    buy = (problem.price + series(problem.carbon_price)) * problem.slot_h
    apart = {(at[a], at[b]) for group in problem.exclusions for a in group for b in group if a != b}
    needs = [(at[a], at[b]) for a, b in problem.needs]
    orders = [(at[o.before], at[o.after], o.lag) for o in problem.orders]
    return Tables(
        power=np.array([d.power_kw for d in devices], np.float64),
        service=np.array([d.service for d in devices], np.float64),
        zone=np.array([len(zones) if d.zone is None else zones[d.zone] for d in devices], np.int64),
        up=np.array([d.min_up for d in devices], np.int64),
        down=np.array([d.min_down for d in devices], np.int64),
        start=np.array([d.start_cost for d in devices], np.float64),
        was_on=np.array([d.on for d in devices], np.uint8),
        slots_on=np.array([-1 if d.task is None else d.task.slots for d in devices], np.int64),
        may_on=may_on,
        may_off=may_off,
        demand=np.array([*(z.demand for z in problem.zones), zero], np.float64),
        zone_limit=np.array([*(series(z.limit_kw, FAR) for z in problem.zones), zero + FAR]),
        net=series(problem.base_kw) - series(problem.solar_kw),
        buy=buy,
        sell=np.minimum(buy, 0.0) if problem.feed_in is None else problem.feed_in * problem.slot_h,
        limit=series(problem.limit_kw, FAR),
        apart=_lists(len(devices), sorted(apart)),
        needs=_lists(len(devices), needs),
        needed=_lists(len(devices), [(b, a) for a, b in needs]),
        later=(*_lists(len(devices), [(b, a) for b, a, _ in orders]), _lags(orders, 0)),
        earlier=(*_lists(len(devices), [(a, b) for b, a, _ in orders]), _lags(orders, 1)),
        ramp=FAR if problem.ramp_kw is None else float(problem.ramp_kw),
        air=_air_of(problem),
    )


def _air_of(problem: DevicesProblem) -> Air:
    """Return the climates of zones; the last zone, of devices without one, has none."""
    n, many = problem.slots, len(problem.zones) + 1
    one, grid = np.zeros(many), np.zeros((many, n))
    air = Air(
        heat=np.array([d.heat_kw for d in problem.devices], np.float64), warm=np.zeros(many, np.uint8),
        keep=one.copy(), gain=one.copy(), before=one.copy(), drive=grid.copy(), low=grid - FAR, high=grid + FAR,
        soft=one - 1.0, effort=one.copy(),
    )  # fmt: skip
    for z, zone in enumerate(problem.zones):
        climate = zone.climate
        if climate is None:
            continue
        resistance = climate.resistance_c_per_kw
        air.warm[z] = 1
        air.keep[z] = np.exp(-problem.slot_h / (resistance * climate.capacity_kwh_per_c))
        share = -np.expm1(-problem.slot_h / (resistance * climate.capacity_kwh_per_c))
        air.gain[z], air.before[z] = share * resistance, climate.temp_c
        air.drive[z] = share * (climate.outdoor_c + resistance * climate.gains_kw)
        air.effort[z] = 1.0 / air.gain[z]
        if climate.low_c is not None:
            air.low[z] = climate.low_c
        if climate.high_c is not None:
            air.high[z] = climate.high_c
        if climate.discomfort_price is not None:
            air.soft[z] = climate.discomfort_price * problem.slot_h
    return air


def allowed_states(devices: Sequence[Device], n: int) -> tuple[Bytes, Bytes]:
    """Return where each device may be on, and off: windows, locked states, targets, what is left of a least time."""
    may_on, may_off = np.ones((len(devices), n), np.uint8), np.ones((len(devices), n), np.uint8)
    for i, device in enumerate(devices):
        left = (device.min_up if device.on else device.min_down) - device.held
        if left > 0:
            (may_off if device.on else may_on)[i, :left] = 0
        if device.target is not None:
            (may_off if device.target else may_on)[i, n - 1] = 0
        if device.task is not None:
            may_on[i, : device.task.first] = 0
            may_on[i, device.task.last + 1 :] = 0
        if device.must_be_on:
            may_off[i, list(device.must_be_on)] = 0
        if device.must_be_off:
            may_on[i, list(device.must_be_off)] = 0
    return may_on, may_off


def devices_by_zone(tables: Tables) -> list[Ints]:
    """Return the devices of each zone, in their order; the time grows with devices, not with devices × zones."""
    order = np.argsort(tables.zone, kind="stable")
    parts: list[Ints] = np.split(order, np.searchsorted(tables.zone[order], np.arange(1, len(tables.demand))))
    return parts


def state_of(tables: Tables, on: Bytes, storage_kw: Floats, storage_service: Floats) -> State:
    """Return states of devices with their sums; storages take `storage_kw[t]` and give `storage_service[z, t]`."""
    cover, zone_load, heat = storage_service.copy(), *np.zeros((2, *tables.demand.shape))
    add_by_zone(tables.zone, tables.service, on, cover)
    add_by_zone(tables.zone, tables.power, on, zone_load)
    if tables.air.warm.any():
        add_by_zone(tables.zone, tables.air.heat, on, heat)
    load = zone_load.sum(axis=0)
    moved = np.concatenate([[tables.power @ tables.was_on], load])
    return State(
        on=on.copy(), cover=cover, zone_load=zone_load, load=load + storage_kw, moved=moved, heat=heat
    )


def temperatures(tables: Tables, heat: Floats) -> Floats:
    """Return the temperatures of zones after each slot, under devices' heat by zone and slot; 0 without climate."""
    temps = np.zeros(heat.shape)
    for z in np.flatnonzero(tables.air.warm):
        warmth(tables.air, z, heat, temps[z])
    return temps


def _lists(n: int, pairs: Sequence[tuple[int, int]]) -> tuple[Ints, Ints]:
    order = sorted(range(len(pairs)), key=lambda k: pairs[k][0])
    pointer = np.searchsorted([pairs[k][0] for k in order], np.arange(n + 1)).astype(np.int64)
    return pointer, np.array([pairs[k][1] for k in order], np.int64)


def _lags(orders: Sequence[tuple[int, int, int]], key: int) -> Ints:
    return np.array([lag for *_, lag in sorted(orders, key=lambda o: o[key])], np.int64)
