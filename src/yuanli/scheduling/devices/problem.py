"""Which devices are on, slot by slot: the tables, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_DEVICES = 50_000
MOST_SLOTS = 2_000
MOST_STATES = 20_000_000
MOST_MINIMUM = 250
MOST_RATIO = 1e6
"""Of a zone's unit of service to a kWh."""
MOST_NAMED = 20
"""Names that an error lists."""
COLDEST_C, HOTTEST_C = -100.0, 200.0


class DevicesProblemError(InvalidInputError):
    """A table of devices breaks a rule."""


def refuse(field_: str, zh: str, en: str, *, hint: Text | None = None) -> DevicesProblemError:
    """Return the error about a field."""
    return DevicesProblemError(
        Text(zh, en), field=field_, hint=hint or Text("更正该值后重试。", "Correct the value and try again.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Exactly `slots` slots on, all from slot `first` to slot `last`: a charging session, a wash."""

    first: int
    last: int
    slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device that is on or off in each slot.

    Parameters
    ----------
    service
        What it gives to its zone while on, in the unit of the zone's demand.
    heat_kw
        Heat it gives to the air of its zone while on; below 0 it cools.
    min_up, min_down
        Slots that a change lasts at least, unless the horizon ends before.
    on, held
        Its state before the first slot, and for how many slots it has been in it.
    target
        Its state in the last slot; None is free.
    must_be_on, must_be_off
        Slots of a locked state, of maintenance.
    device_id
        Its id on the map, where the plan may be carried out; None is reckoned with and never commanded.
    """

    name: str
    power_kw: float
    zone: str | None = None
    service: float = 0.0
    heat_kw: float = 0.0
    min_up: int = 1
    min_down: int = 1
    start_cost: float = 0.0
    on: bool = False
    held: int = MOST_MINIMUM
    target: bool | None = None
    task: Task | None = None
    must_be_on: frozenset[int] = field(default=frozenset())
    must_be_off: frozenset[int] = field(default=frozenset())
    device_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """The air of a zone as one store of heat behind one resistance (1R1C; ISO 13790 simplified).

    After a slot its temperature is `k · before + (1 − k) · (outdoor + resistance · heat)` with
    `k = exp(−slot_h / (resistance · capacity))`, heat being the gains and what devices give.

    Parameters
    ----------
    temp_c
        Temperature before the first slot.
    outdoor_c, gains_kw
        Temperature outside, and heat of people, sun and machines, by slot.
    low_c, high_c
        The comfort band after each slot; None has no limit on that side.
    discomfort_price
        Money for each °C outside the band in an hour; None keeps the band always.
    """

    temp_c: float
    outdoor_c: Floats
    gains_kw: Floats
    resistance_c_per_kw: float
    capacity_kwh_per_c: float
    low_c: Floats | None = None
    high_c: Floats | None = None
    discomfort_price: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A place whose demand the devices of it cover in each slot, whose power is limited, whose air is comfortable."""

    name: str
    demand: Floats
    limit_kw: Floats | None = None
    climate: Climate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """A battery; or, with a zone, ice or hot water that takes power and gives service to the zone.

    Parameters
    ----------
    charge_kw, discharge
        The most it takes, and gives: kW, or the zone's unit of service.
    charge_efficiency, discharge_efficiency
        Shares that arrive: of the power in the storage, of the content outside.
    content, target
        What is in it before the first slot, and at least after the last, in units of what it gives times hours.
    loss
        The share of the content lost in a slot.
    held
        By slot, what it has to take, kW, or below 0 to give there.
    """

    name: str
    capacity: float
    charge_kw: float
    discharge: float
    charge_efficiency: float = 1.0
    discharge_efficiency: float = 1.0
    content: float = 0.0
    target: float = 0.0
    loss: float = 0.0
    zone: str | None = None
    held: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`after` starts at the earliest `lag` slots after `before` was on last; both are tasks."""

    before: str
    after: str
    lag: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesProblem:
    """Least cost = energy + starts + peak, from the states before the first slot to the targets in the last.

    Parameters
    ----------
    slot_h
        Hours of a slot.
    price, carbon_price, feed_in
        Per kWh and slot: what energy costs, what its carbon weighs in the same money, what is paid for what is fed in.
    limit_kw
        The most power the site may take, by slot.
    base_kw, solar_kw
        Power that is not decided here, and what the site makes itself.
    peak_price, peak_paid_kw
        Per kW of the greatest power; up to where it is paid for already.
    ramp_kw
        The most that the power of all devices together may change between slots.
    exclusions
        Names of devices of which at most one is on.
    needs
        (device, other): the device is on only while the other is.
    begins_at
        When the first slot begins, with its zone; a plan without it can't be carried out.
    drafted
        How the problem was drafted, so that it can be drafted anew; nothing is decided by it.
    """

    slots: int
    slot_h: float
    price: Floats
    devices: tuple[Device, ...]
    zones: tuple[Zone, ...] = ()
    carbon_price: Floats | None = None
    feed_in: Floats | None = None
    limit_kw: Floats | None = None
    base_kw: Floats | None = None
    solar_kw: Floats | None = None
    peak_price: float = 0.0
    peak_paid_kw: float = 0.0
    ramp_kw: float | None = None
    exclusions: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    orders: tuple[Order, ...] = ()
    storages: tuple[Storage, ...] = ()
    begins_at: datetime | None = None
    drafted: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        _check_size(self)
        _check_series(self)
        _check_names(self)
        for device in self.devices:
            _check_device(device, self.slots)
        for storage in self.storages:
            _check_storage(storage)
        _check_relations(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesPlan:
    """What is on, `(n_devices, slots)`; what storages take (above 0) or give, `(n_storages, slots)`."""

    on: Flags
    storage: Floats


def _check_size(problem: DevicesProblem) -> None:
    if not 1 <= problem.slots <= MOST_SLOTS:
        raise refuse(
            "slots", f"时段数为 {problem.slots}，应在 1 与 {MOST_SLOTS} 之间。",
            f"There are {problem.slots} slots; from 1 to {MOST_SLOTS} are planned.",
        )  # fmt: skip
    check_states(
        problem.slots, devices=len(problem.devices), zones=len(problem.zones), storages=len(problem.storages)
    )
    _number("slot_h", problem.slot_h, above=0.0)


def check_states(slots: int, *, devices: int, zones: int, storages: int) -> None:
    """Refuse what has too many devices, zones or storages for so many slots.

    Raises
    ------
    DevicesProblemError
        There are more than `MOST_DEVICES` of one sort, or than `MOST_STATES` with the slots.
    """
    for name, zh, many in (
        ("devices", "台设备", devices),
        ("zones", "个区域", zones),
        ("storages", "个储能", storages),
    ):
        if many > MOST_DEVICES or many * slots > MOST_STATES:
            raise refuse(
                name,
                f"有 {many} {zh}、{slots} 个时段，最多 {MOST_DEVICES} {zh}且共 {MOST_STATES} 个状态。",
                f"There are {many} {name} and {slots} slots; at most {MOST_DEVICES} {name} and "
                f"{MOST_STATES} states are planned.",
                hint=Text("请按区域拆分。", "Divide it by zones."),
            )


def _number(
    field_: str, value: float, *, least: float | None = None, above: float | None = None, most: float = 1e12
) -> None:
    good = (
        abs(value) <= most  # not a number fails too, and so does a whole one that no float can hold
        and (least is None or value >= least)
        and (above is None or value > above)
    )
    if not good:
        rule = (
            f"> {above:g}"
            if above is not None
            else f"≥ {least:g}"
            if least is not None
            else f"|x| ≤ {most:g}"
        )
        rule += f", ≤ {most:g}" if most < 1e12 else ""
        raise refuse(
            field_,
            f"{field_} 为 {value}，应是有限数且 {rule}。",
            f"{field_} is {value}; a finite number {rule} is needed.",
        )


def _series(
    field_: str, values: Floats | None, slots: int, *, least: float | None = None, most: float = 1e12
) -> None:
    if values is None:
        return
    if values.shape != (slots,):
        raise refuse(
            field_,
            f"{field_} 有 {values.size} 个值，应为 {slots} 个。",
            f"{field_} has {values.size} values; it needs {slots}.",
        )
    bad = ~np.isfinite(values) | (np.abs(values) > 1e12) | (values > most)
    if least is not None:
        bad |= values < least
    if bad.any():
        at = int(np.argmax(bad))
        _number(f"{field_}[{at}]", float(values[at]), least=least, most=most)


def _check_series(problem: DevicesProblem) -> None:
    n = problem.slots
    _series("price", problem.price, n)
    _series("carbon_price", problem.carbon_price, n)
    _series("feed_in", problem.feed_in, n)
    _series("limit_kw", problem.limit_kw, n, least=0.0)
    _series("base_kw", problem.base_kw, n, least=0.0)
    _series("solar_kw", problem.solar_kw, n, least=0.0)
    _number("peak_price", problem.peak_price, least=0.0)
    _number("peak_paid_kw", problem.peak_paid_kw, least=0.0)
    if problem.ramp_kw is not None:
        _number("ramp_kw", problem.ramp_kw, least=0.0)
    for zone in problem.zones:
        _series(f"zones.{zone.name}.demand", zone.demand, n, least=0.0)
        _series(f"zones.{zone.name}.limit_kw", zone.limit_kw, n, least=0.0)
        if zone.climate is not None:
            _check_climate(f"zones.{zone.name}.climate", zone.climate, n)
    if problem.feed_in is not None:
        buying = problem.price + (0.0 if problem.carbon_price is None else problem.carbon_price)
        if (problem.feed_in > buying).any():
            at = int(np.argmax(problem.feed_in > buying))
            raise refuse(
                f"feed_in[{at}]",
                f"时段 {at} 的上网电价 {problem.feed_in[at]:g} 高于购电价 {buying[at]:g}，会诱使空买空卖。",
                f"In slot {at} feeding in pays {problem.feed_in[at]:g}, more than the {buying[at]:g} that "
                f"buying costs.",
            )


def _check_climate(at: str, climate: Climate, n: int) -> None:
    _number(f"{at}.temp_c", climate.temp_c, least=COLDEST_C, most=HOTTEST_C)
    for name in ("outdoor_c", "low_c", "high_c"):
        _series(f"{at}.{name}", getattr(climate, name), n, least=COLDEST_C, most=HOTTEST_C)
    _series(f"{at}.gains_kw", climate.gains_kw, n)
    _number(f"{at}.resistance_c_per_kw", climate.resistance_c_per_kw, above=0.0)
    _number(f"{at}.capacity_kwh_per_c", climate.capacity_kwh_per_c, above=0.0)
    if climate.discomfort_price is not None:
        _number(f"{at}.discomfort_price", climate.discomfort_price, least=0.0)
    if climate.low_c is not None and climate.high_c is not None:
        wrong = climate.low_c > climate.high_c
        if wrong.any():
            t = int(np.argmax(wrong))
            low, high = climate.low_c[t], climate.high_c[t]
            raise refuse(
                f"{at}.low_c[{t}]",
                f"时段 {t} 的下限 {low:g} °C 高于上限 {high:g} °C。",
                f"In slot {t} the least, {low:g} °C, is above the most, {high:g} °C.",
            )


def _check_names(problem: DevicesProblem) -> None:
    for field_, names in (
        ("devices", [d.name for d in problem.devices] + [s.name for s in problem.storages]),
        ("zones", [z.name for z in problem.zones]),
    ):
        seen: set[str] = set()
        for name in names:
            if not name or name in seen:
                raise refuse(
                    field_, f"名称“{name}”为空或重复。", f"The name {name!r} is empty or used twice.",
                    hint=Text("每项取一个不同的名称。", "Give each its own name."),
                )  # fmt: skip
            seen.add(name)
    zones = {z.name for z in problem.zones}
    places = [(d.name, d.zone) for d in problem.devices] + [(s.name, s.zone) for s in problem.storages]
    for name, place in places:
        if place is not None and place not in zones:
            raise refuse(f"{name}.zone", f"没有区域“{place}”。", f"There is no zone {place!r}.")
    air = {z.name for z in problem.zones if z.climate is not None}
    for device in problem.devices:
        if device.heat_kw and device.zone not in air:
            raise refuse(
                f"devices.{device.name}.heat_kw",
                f"“{device.name}”给区域供冷供热，但其区域没有 climate。",
                f"{device.name!r} heats or cools, but its zone has no climate.",
                hint=Text(
                    "给区域加上 climate，或去掉 heat_kw。", "Give the zone a climate, or leave out heat_kw."
                ),
            )


def _check_device(device: Device, slots: int) -> None:
    at = f"devices.{device.name}"
    _number(f"{at}.power_kw", device.power_kw, least=0.0)
    _number(f"{at}.service", device.service, least=0.0)
    _number(f"{at}.start_cost", device.start_cost, least=0.0)
    _number(f"{at}.heat_kw", device.heat_kw)
    if device.heat_kw and device.task is not None:
        raise refuse(
            f"{at}.heat_kw",
            "任务不能同时为区域供冷供热。",
            "A task does not heat or cool a zone.",
            hint=Text("去掉 task，或把 heat_kw 设为 0。", "Leave out its task, or set heat_kw to 0."),
        )
    _number(f"{at}.min_up", device.min_up, least=1, most=MOST_MINIMUM)
    _number(f"{at}.min_down", device.min_down, least=1, most=MOST_MINIMUM)
    _number(f"{at}.held", device.held, least=0)
    for name, locked in (("must_be_on", device.must_be_on), ("must_be_off", device.must_be_off)):
        outside = [t for t in locked if not 0 <= t < slots]
        if outside:
            _outside(f"{at}.{name}", outside[0], slots)
    both = device.must_be_on & device.must_be_off
    if both:
        raise refuse(
            f"{at}.must_be_on",
            f"时段 {min(both)} 既须开又须关。",
            f"Slot {min(both)} is to be both on and off.",
        )
    task = device.task
    if task is not None:
        for name, value in (("first", task.first), ("last", task.last)):
            if not 0 <= value < slots:
                _outside(f"{at}.task.{name}", value, slots)
        if task.last < task.first:
            raise refuse(
                f"{at}.task.last", f"结束时段 {task.last} 早于开始时段 {task.first}。",
                f"The last slot {task.last} is before the first, {task.first}.",
            )  # fmt: skip
        _number(f"{at}.task.slots", task.slots, least=1)


def _outside(field_: str, value: int, slots: int) -> None:
    raise refuse(
        field_, f"时段 {value} 不在 0 与 {slots - 1} 之间。", f"Slot {value} is not from 0 to {slots - 1}."
    )


def _check_storage(storage: Storage) -> None:
    at = f"storages.{storage.name}"
    for name in ("capacity", "charge_kw", "discharge"):
        _number(f"{at}.{name}", getattr(storage, name), least=0.0)
    most = 10.0 if storage.zone is None else MOST_RATIO
    for name in ("charge_efficiency", "discharge_efficiency"):
        _number(f"{at}.{name}", getattr(storage, name), above=0.0, most=most)
    if storage.zone is None and storage.charge_efficiency * storage.discharge_efficiency > 1:
        raise refuse(
            f"{at}.charge_efficiency", "充放电效率之积大于 1。", "The two efficiencies together are above 1."
        )
    _number(f"{at}.loss", storage.loss, least=0.0, most=0.99)
    for name in ("content", "target"):
        _number(f"{at}.{name}", getattr(storage, name), least=0.0, most=storage.capacity)


def _check_relations(problem: DevicesProblem) -> None:
    devices = {d.name: d for d in problem.devices}

    def known(field_: str, names: Sequence[str]) -> None:
        for name in names:
            if name not in devices:
                raise refuse(field_, f"没有设备“{name}”。", f"There is no device {name!r}.")
        if len(set(names)) < len(names):
            raise refuse(field_, f"“{names[0]}”与自身相关。", f"{names[0]!r} is related to itself.")

    for group in problem.exclusions:
        known("exclusions", group)
    for pair in problem.needs:
        known("needs", pair)
    for order in problem.orders:
        known("orders", (order.before, order.after))
        _number("orders.lag", order.lag, least=0)
        for name in (order.before, order.after):
            if devices[name].task is None:
                raise refuse(
                    "orders",
                    f"“{name}”不是任务，无先后可言。",
                    f"{name!r} is no task; only tasks have an order.",
                )
    _check_cycle({(o.before, o.after) for o in problem.orders})


def _check_cycle(arcs: set[tuple[str, str]]) -> None:
    waits: dict[str, list[str]] = {}
    for before, after in sorted(arcs):
        waits.setdefault(after, []).append(before)
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        names = error.args[1]
        raise refuse(
            "orders",
            f"先后关系成环：{'、'.join(names[:MOST_NAMED])}。",
            f"The orders go in a circle: {', '.join(names[:MOST_NAMED])}.",
        ) from error
