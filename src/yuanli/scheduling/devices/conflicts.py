"""Why no states of devices keep each rule: the fewest rules that can't hold together, in words with their figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.devices.arrays import tables_of, temperatures
from yuanli.scheduling.devices.kernels import FAR, cheapest_states, cheapest_task, compiled
from yuanli.scheduling.devices.moves import Bytes, Floats, Tables
from yuanli.scheduling.devices.problem import Climate, Device, DevicesProblem, Zone
from yuanli.scheduling.devices.telling import tell_end, tell_slot, tell_slots
from yuanli.solver import minimal_conflict

NEAR = 1e-6
MOST_EXACT = 3_000_000
"""Up to how many devices × slots it is found out exactly in which slots a device can be on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that could be given up: of a device, of a zone, or of the site."""

    part: str
    subject: str
    text: Text


def conflicts_of_devices(problem: DevicesProblem) -> tuple[Text, ...]:
    """Return the fewest rules that can't hold together; none where no conflict is proved.

    What is looked at: each device alone; demands, limits and exclusions slot by slot; the
    temperatures that are within reach; the energy of tasks by window.
    """
    tables = tables_of(problem)
    wrong = first_unreachable(tables)
    if wrong is not None:
        device = problem.devices[wrong]
        alone = replace(
            problem, devices=(replace(device, zone=None, heat_kw=0.0),), zones=(), limit_kw=None, exclusions=(),
            needs=(), orders=(), storages=(), ramp_kw=None,
        )  # fmt: skip
        rules = tuple(device_rules(problem, device, range(problem.slots)))
        return tuple(
            one.text
            for one in minimal_conflict(
                rules, lambda held: first_unreachable(tables_of(kept_rules(alone, rules, held))) is None
            )
        )
    at = _broken_slot(problem, tables, exact=True)
    if at is None:
        return ()
    rules = (
        *shared_rules(problem, at),
        *(r for d in problem.devices for r in device_rules(problem, d, (at,))),
    )

    def holds(held: Sequence[BrokenRule]) -> bool:
        kept = kept_rules(problem, rules, held)
        return first_broken_slot(kept, tables_of(kept)) is None

    if holds(rules):
        return (
            Text(
                f"{tell_slot(problem, at).zh} 的要求不能同时满足。",
                f"What is asked {tell_slot(problem, at).en} can't be met.",
            ),
        )
    return tuple(one.text for one in minimal_conflict(rules, holds))


def impossible(problem: DevicesProblem, tables: Tables) -> bool:
    """Say whether quick bounds prove that there is no plan."""
    return first_unreachable(tables) is not None or _broken_slot(problem, tables, exact=False) is not None


def device_rules(problem: DevicesProblem, device: Device, slots: Sequence[int]) -> Iterator[BrokenRule]:
    """Yield what a device alone is bound by in some of these slots."""
    name = device.name
    state_zh, state_en = ("开", "on") if device.on else ("关", "off")
    left = (device.min_up if device.on else device.min_down) - device.held
    if left > min(slots):
        yield rule(
            "held",
            name,
            f"“{name}”还须保持{state_zh} {left} 个时段",
            f"{name} stays {state_en} for {left} slots more",
        )
    if len(slots) > 1 and (device.min_up > 1 or device.min_down > 1):
        yield rule(
            "minimum",
            name,
            f"“{name}”至少开 {device.min_up}、关 {device.min_down} 个时段",
            f"{name} stays on for {device.min_up} slots and off for {device.min_down} at least",
        )
    if device.target is not None and (len(slots) > 1 or not device.target):
        target_zh, target_en = ("开", "on") if device.target else ("关", "off")
        yield rule(
            "target", name, f"“{name}”末时段须{target_zh}", f"{name} is to be {target_en} in the last slot"
        )
    task = device.task
    if task is not None:
        yield rule(
            "task",
            name,
            f"“{name}”在 {tell_slots(problem, task.first, task.last).zh} 内须开 {task.slots} 个时段",
            f"{name} is to be on for {task.slots} slots {tell_slots(problem, task.first, task.last).en}",
        )
    for part, locked, zh, en in (
        ("must_be_on", device.must_be_on, "锁定为开", "locked on"), ("must_be_off", device.must_be_off,
        "锁定为关", "locked off"),
    ):  # fmt: skip
        here = locked & set(slots)
        if here:
            yield rule(
                part,
                name,
                f"“{name}”在 {tell_slots(problem, min(locked), max(locked)).zh} {zh}",
                f"{name} is {en} {tell_slots(problem, min(locked), max(locked)).en}",
            )


def shared_rules(problem: DevicesProblem, at: int) -> Iterator[BrokenRule]:
    """Yield what devices share in a slot: demands, comfort, limits, exclusions."""
    when = tell_slot(problem, at)
    for zone in problem.zones:
        inside = [d for d in problem.devices if d.zone == zone.name]
        most = sum(d.service for d in inside)
        if zone.demand[at] > 0:
            yield rule(
                "demand", zone.name, f"区域“{zone.name}”的需求（{when.zh} 为 {zone.demand[at]:g}，其 "
                f"{len(inside)} 台设备全开共 {most:g}）",
                f"the demand of zone {zone.name} ({zone.demand[at]:g} {when.en}; its {len(inside)} devices "
                f"give {most:g} all on)",
            )  # fmt: skip
        if zone.climate is not None and zone.climate.discomfort_price is None:
            yield _comfort_band(problem, zone, zone.climate, at)
        if zone.limit_kw is not None:
            yield rule(
                "zone_limit",
                zone.name,
                f"区域“{zone.name}”的功率上限（{when.zh} 为 {zone.limit_kw[at]:g} kW）",
                f"the power limit of zone {zone.name} ({zone.limit_kw[at]:g} kW {when.en})",
            )
    if problem.limit_kw is not None:
        base = 0.0 if problem.base_kw is None else problem.base_kw[at]
        yield rule(
            "limit",
            "site",
            f"园区功率上限（{when.zh} 为 {problem.limit_kw[at]:g} kW，其中基础负荷 {base:g} kW）",
            f"the power limit of the site ({problem.limit_kw[at]:g} kW {when.en}, with a base load of {base:g} kW)",
        )
    for group in problem.exclusions:
        yield rule(
            "exclusion",
            "\n".join(group),
            f"{'、'.join(group)} 至多开一台",
            f"at most one of {', '.join(group)} is on",
        )


def _comfort_band(problem: DevicesProblem, zone: Zone, climate: Climate, at: int) -> BrokenRule:
    low = "−∞" if climate.low_c is None else f"{climate.low_c[at]:g}"
    end, high = tell_end(problem, at), "∞" if climate.high_c is None else f"{climate.high_c[at]:g}"
    return rule(
        "comfort",
        zone.name,
        f"区域“{zone.name}”的舒适范围（{end.zh}为 {low} 至 {high} °C，起始 {climate.temp_c:g} °C）",
        f"the comfort band of zone {zone.name} ({low} to {high} °C {end.en}, from {climate.temp_c:g} °C)",
    )


def rule(part: str, subject: str, zh: str, en: str) -> BrokenRule:
    """Return a rule with its sentence."""
    return BrokenRule(part=part, subject=subject, text=Text(f"{zh}。", f"{en[0].upper()}{en[1:]}."))


def kept_rules(
    problem: DevicesProblem, rules: Sequence[BrokenRule], held: Sequence[BrokenRule]
) -> DevicesProblem:
    """Return the problem with those rules given up that are not held."""
    given_up = {(r.part, r.subject) for r in rules} - {(r.part, r.subject) for r in held}

    def free(part: str, subject: str) -> bool:
        return (part, subject) in given_up

    def device(one: Device) -> Device:
        name = one.name
        short = free("minimum", name)
        return replace(
            one,
            held=one.held if not free("held", name) else max(one.held, one.min_up, one.min_down),
            min_up=1 if short and not (one.on and one.min_up > one.held) else one.min_up,
            min_down=1 if short and not (not one.on and one.min_down > one.held) else one.min_down,
            heat_kw=0.0 if free("comfort", one.zone or "") else one.heat_kw,
            target=None if free("target", name) else one.target,
            task=None if free("task", name) else one.task,
            must_be_on=frozenset() if free("must_be_on", name) else one.must_be_on,
            must_be_off=frozenset() if free("must_be_off", name) else one.must_be_off,
        )

    touched = {subject for _, subject in given_up}
    touched |= {d.name for d in problem.devices if d.heat_kw and d.zone in touched}
    nothing = np.zeros(problem.slots)
    return replace(
        problem,
        devices=tuple(device(d) if d.name in touched else d for d in problem.devices),
        zones=tuple(
            replace(
                z,
                demand=nothing if free("demand", z.name) else z.demand,
                limit_kw=None if free("zone_limit", z.name) else z.limit_kw,
                climate=None if free("comfort", z.name) else z.climate,
            )
            for z in problem.zones
        ),
        limit_kw=None if free("limit", "site") else problem.limit_kw,
        exclusions=tuple(g for g in problem.exclusions if not free("exclusion", "\n".join(g))),
        orders=() if any(part == "task" for part, _ in given_up) else problem.orders,
    )


@compiled
def _unreachable_of(tables):
    for i in range(len(tables.power)):
        if not _reachable(tables, i, tables.may_on[i], tables.may_off[i]):
            return i
    return -1


@compiled
def _reachable(tables, i, may_on, may_off):
    n, count = len(may_on), tables.slots_on[i]
    zero, out = np.zeros(n), np.empty(n, np.uint8)
    if count >= 0:
        values, runs = np.empty((2, n + 1, count + 1)), np.empty((2, n + 1, count + 1), np.int16)
        cost = cheapest_task(
            zero, may_on, may_off, tables.up[i], tables.down[i], zero, zero, tables.was_on[i], count,
            values[0], values[1], runs[0], runs[1], out,
        )  # fmt: skip
    else:
        value, run = np.empty((2, n + 1)), np.empty((2, n + 1), np.int16)
        cost = cheapest_states(
            zero, may_on, may_off, tables.up[i], tables.down[i], zero, zero, tables.was_on[i],
            value[0], value[1], run[0], run[1], out,
        )  # fmt: skip
    return cost < FAR


@compiled
def _tighten(tables, may_on, may_off):
    """Leave only states that a device can reach and leave by its own rules."""
    for i in range(len(may_on)):
        for t in range(may_on.shape[1]):
            for can, other in ((may_on, tables.may_off), (may_off, tables.may_on)):
                if can[i, t]:
                    kept = other[i, t]
                    other[i, t] = 0
                    if not _reachable(tables, i, tables.may_on[i], tables.may_off[i]):
                        can[i, t] = 2
                    other[i, t] = kept
        for t in range(may_on.shape[1]):
            may_on[i, t] = may_on[i, t] == 1
            may_off[i, t] = may_off[i, t] == 1


def first_broken_slot(problem: DevicesProblem, tables: Tables) -> int | None:
    """Return a slot in which what is asked is more than can be, as exactly as the size allows."""
    exact = len(problem.devices) * problem.slots**2 <= MOST_EXACT // 10
    return _broken_slot(problem, tables, exact=exact)


def first_unreachable(tables: Tables) -> int | None:
    """Return a device that has no states by its own rules; None where all have."""
    found = int(_unreachable_of(tables))
    return None if found < 0 else found


def _broken_slot(problem: DevicesProblem, tables: Tables, *, exact: bool) -> int | None:
    """Return a slot in which what is asked is more than can be; None where no bound proves one."""
    may_on, may_off = tables.may_on.copy(), tables.may_off.copy()
    if exact and may_on.size * problem.slots <= MOST_EXACT * 100:
        _tighten(tables, may_on, may_off)
    zone_of = {z.name: k for k, z in enumerate(problem.zones)}
    stored, battery = np.zeros(len(tables.demand)), 0.0
    for one in problem.storages:
        if one.zone is None:
            battery += one.discharge
        else:
            stored[zone_of[one.zone]] += one.discharge
    total = tables.net - battery
    for z in range(len(tables.demand)):
        inside = np.flatnonzero(tables.zone == z)
        power, most = _least_power(problem, tables, inside, may_on, may_off, tables.demand[z] - stored[z])
        short = tables.demand[z] - stored[z] - most
        if short.max() > NEAR * max(1.0, tables.demand[z].max()):
            return int(np.argmax(short))
        over = power - tables.zone_limit[z]
        if over.max() > NEAR * max(1.0, float(power.max())):
            return int(np.argmax(over))
        total = total + power
    uneasy = _uneasy_slot(tables, may_on, may_off)
    if uneasy is not None:
        return uneasy
    over = total - tables.limit
    if over.max() > NEAR * max(1.0, float(np.abs(total).max())):
        return int(np.argmax(over))
    return _broken_window(tables, total, may_off)


def _uneasy_slot(tables: Tables, may_on: Bytes, may_off: Bytes) -> int | None:
    """Return a slot after which a zone is outside its band even if all devices help that may."""
    air = tables.air
    for z in np.flatnonzero((air.warm > 0) & (air.soft < 0)):
        inside = np.flatnonzero((tables.zone == z) & (air.heat != 0))
        heat, can, must = air.heat[inside], may_on[inside] > 0, may_off[inside] == 0
        for helps, side, band in ((heat > 0, 1.0, air.low[z]), (heat < 0, -1.0, air.high[z])):
            most = np.zeros(air.low.shape)
            most[z] = heat @ np.where(helps[:, None], can | must, must)
            short = side * (band - temperatures(tables, most)[z])
            if short.max() > NEAR:
                return int(np.argmax(short > NEAR))
    return None


def _least_power(
    problem: DevicesProblem, tables: Tables, inside: np.ndarray, may_on: Bytes, may_off: Bytes, demand: Floats
) -> tuple[Floats, Floats]:
    """Return by slot a bound of the power that the demand takes at least, and of the most service."""
    can, must = may_on[inside].astype(np.float64), 1.0 - may_off[inside]
    place = {int(i): k for k, i in enumerate(inside)}
    number = {d.name: i for i, d in enumerate(problem.devices)} if problem.exclusions else {}
    counted: set[int] = set()
    for group in problem.exclusions:
        members = [place[number[name]] for name in group if number[name] in place]
        if len(members) > 1 and not counted & set(members):
            counted |= set(members)
            given = tables.service[inside[members], None] * can[members]
            can[members] *= given >= given.max(axis=0)
    service, power = tables.service[inside], tables.power[inside]
    most = service @ np.maximum(can, must)
    left = np.maximum(demand - service @ must, 0.0)
    order = np.argsort(power / np.maximum(service, 1e-9), kind="stable")
    room = (service[:, None] * np.maximum(may_on[inside] - must, 0.0))[order]
    before = np.cumsum(room, axis=0) - room
    used = np.clip(left - before, 0.0, room)
    effort = (power / np.maximum(service, 1e-9))[order]
    return power @ must + effort @ used, most


def _broken_window(tables: Tables, total: Floats, may_off: Bytes) -> int | None:
    """Return a slot of a window in which tasks need more energy than the limit leaves."""
    tasks = np.flatnonzero(tables.slots_on > 0)
    if not len(tasks) or not (tables.limit < FAR).any():
        return None
    n = len(total)
    firsts = np.argmax(tables.may_on[tasks], axis=1)
    lasts = n - 1 - np.argmax(tables.may_on[tasks, ::-1], axis=1)
    must = tables.power[tasks] @ (1.0 - may_off[tasks])
    left = np.concatenate([[0.0], np.cumsum(np.minimum(tables.limit, 1e12) - total + must)])
    needed = tables.power[tasks] * tables.slots_on[tasks]
    for first in np.unique(firsts):
        for last in np.unique(lasts[lasts >= first]):
            need = needed[(firsts >= first) & (lasts <= last)].sum()
            if need > (left[last + 1] - left[first]) * (1 + NEAR) + NEAR:
                return int(first)
    return None
