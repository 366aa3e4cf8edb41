"""Why no states of devices keep each rule: the fewest rules that can't hold together, in words with their figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.devices.arrays import devices_by_zone, tables_of, temperatures
from yuanli.scheduling.devices.contradicting import (
    TimeIsUpError,
    contradiction,
    contradiction_of_slot,
    fewest,
)
from yuanli.scheduling.devices.improving import Found, Improver, Terms, never
from yuanli.scheduling.devices.kernels import FAR, cheapest_states, cheapest_task, compiled
from yuanli.scheduling.devices.moves import Bytes, Floats, Ints, Tables
from yuanli.scheduling.devices.problem import Device, DevicesPlan, DevicesProblem
from yuanli.scheduling.devices.ruling import (
    BrokenRule,
    device_rules,
    relation_rules,
    shared_rules,
    subject_of,
    told_rules,
)
from yuanli.scheduling.devices.telling import tell_slot
from yuanli.solver import PATIENCE, Search, Stop, Wish, minimal_conflict

NEAR = 1e-6
MOST_EXACT = 3_000_000
"""Up to how many devices × slots it is found out exactly in which slots a device can be on."""
WITHIN_S, EXACT_SHARE = 1.7, 0.65
SMALL, LARGE = 1_500, 15_000
"""Devices × slots up to which a problem is looked at as a whole: at once, and after its parts."""
REPAIR_S = 0.4
FIRST_SLOTS = 12


def conflicts_of_devices(
    problem: DevicesProblem,
    wish: Wish[DevicesPlan] = Wish(),
    *,
    cancelled: Callable[[], bool] = never,
    within_s: float = WITHIN_S,
) -> tuple[Text, ...]:
    """Return the fewest rules that can't hold together; none where no conflict is proved.

    A small problem is looked at as a whole, exactly. Of a large one, in this order: a device without states of its own,
    devices that are bound to each other, storages, zones that a quick repair leaves short, the whole where it is not
    too large, at last quick bounds: demands, limits and exclusions slot by slot, the temperatures that are within
    reach, the energy of tasks by window. Where time is up before they are the fewest, the fewest so far are named.

    Parameters
    ----------
    wish
        Locks and the number of changes are rules, too.
    within_s
        Seconds of work, a third of them for the quick bounds; more by the clock on a busy machine.
    """
    exact = Search[Floats](Stop(time_s=within_s, patience=PATIENCE), cancelled=cancelled)
    if len(problem.devices) * problem.slots <= SMALL:
        return told_rules(contradiction(problem, exact, wish))
    for found in found_in_parts(problem, wish, exact):
        if found:
            return told_rules(found)
        if exact.clock_left_s <= within_s * (1.0 - EXACT_SHARE):
            break
    if cancelled() or wish.start is not None:
        return ()
    quick = Search[Floats](
        Stop(time_s=within_s * (1.0 - EXACT_SHARE), patience=PATIENCE), cancelled=cancelled
    )
    return _quick_conflict(problem, quick)


def found_in_parts(
    problem: DevicesProblem, wish: Wish[DevicesPlan], search: Search[Floats]
) -> Iterator[tuple[BrokenRule, ...]]:
    """Yield what contradicts itself in parts of a problem, the likely ones first; nothing for those that don't."""
    tables = locked_tables(problem, wish)
    wrong = first_unreachable(tables)
    if wrong is not None:
        part, asked = _part(problem, wish, {problem.devices[wrong].name})
        yield contradiction(part, search, asked)
    bound = _bound(problem)
    for names in bound:
        if len(names) * problem.slots <= LARGE:
            part, asked = _part(problem, wish, names)
            yield contradiction(part, search, asked)
    for storage in problem.storages:
        if storage.target > 0:
            part, asked = _part(problem, wish, set(), storages={storage.name})
            yield contradiction(part, search, asked)
    batteries = {s.name for s in problem.storages if s.zone is None}
    if batteries and problem.limit_kw is not None:
        part, asked = _part(problem, wish, set(), storages=batteries)
        yield contradiction(replace(part, limit_kw=problem.limit_kw), search, asked)
    broken = _broken_slot(problem, tables, exact=False)
    if broken is not None:
        at, z = broken
        yield contradiction_of_slot(problem if z is None else _zone_part(problem, wish, z)[0], at, search)
        if z is not None:
            yield from _found_in_zone(problem, wish, search, z, np.eye(1, problem.slots, at)[0])
    yield _too_steep(problem, tables, search)
    if wrong is None:
        found = _repaired(tables, search)
        if found.broken <= NEAR and wish.start is None:
            return
        lacks = Improver(tables, _no_storage(tables), np.arange(0), seed=0).lacks(found.on)[:-1]
        yield from _found_in_zones(problem, wish, search, lacks, {name for names in bound for name in names})
    if len(problem.devices) * problem.slots <= LARGE:
        yield contradiction(problem, search, wish)


def locked_tables(problem: DevicesProblem, wish: Wish[DevicesPlan]) -> Tables:
    """Return the tables of a problem in which devices have no other states than those they are locked to."""
    tables = tables_of(problem)
    if wish.start is not None:
        for i, device in enumerate(problem.devices):
            if device.name in wish.locked:
                tables.may_on[i] &= wish.start.on[i]
                tables.may_off[i] &= ~wish.start.on[i]
    return tables


def _too_steep(problem: DevicesProblem, tables: Tables, search: Search[Floats]) -> tuple[BrokenRule, ...]:
    """Return the ramp and the demands of a slot that take more power than it lets the devices have by then."""
    if problem.ramp_kw is None or problem.storages:
        return ()
    rises: Floats = float(tables.power @ tables.was_on) + problem.ramp_kw * np.arange(
        1.0, problem.slots + 1.0
    )
    over = _power_needed(problem, tables) - rises
    at = int(np.argmax(over))
    if over[at] <= NEAR * max(1.0, float(rises[at])):
        return ()
    steep = replace(problem, limit_kw=rises, base_kw=None, solar_kw=None)
    ramp = [one for one in relation_rules(problem) if one.part == "ramp"]
    found = contradiction_of_slot(steep, at, search)
    return tuple(ramp[0] if one.part == "limit" else one for one in found)


def _found_in_zones(
    problem: DevicesProblem, wish: Wish[DevicesPlan], search: Search[Floats], lacks: Floats, tied: set[str]
) -> Iterator[tuple[BrokenRule, ...]]:
    """Yield what contradicts itself in a zone, those first that lack most; none that lacks nothing and is free."""
    tied_zones = {d.zone for d in problem.devices if d.name in tied}
    for z in np.argsort(-lacks.sum(axis=1), kind="stable"):
        lacking = lacks[z].max(initial=0.0) > NEAR
        if lacking or wish.start is not None or problem.zones[z].name in tied_zones:
            yield from _found_in_zone(problem, wish, search, int(z), lacks[z])


def _found_in_zone(
    problem: DevicesProblem, wish: Wish[DevicesPlan], search: Search[Floats], z: int, lacks: Floats
) -> Iterator[tuple[BrokenRule, ...]]:
    """Yield what contradicts itself in a zone near where it lacks most, near all it lacks, then in all slots.

    Temperatures are known from the first slot on: of a zone with a climate ever more slots from there are looked at.
    """
    part, asked = _zone_part(problem, wish, z)
    n, lacking, worst = problem.slots, np.flatnonzero(lacks > NEAR), int(np.argmax(lacks))
    reach = max((max(d.min_up, d.min_down) for d in part.devices), default=0)
    spans = [(0, n)]
    if len(lacking) and part.zones[0].climate is not None:
        spans = [*((0, FIRST_SLOTS << k) for k in range(n.bit_length()) if FIRST_SLOTS << k < n), *spans]
    elif len(lacking):
        spans = [
            (worst - reach, worst + reach + 1),
            (int(lacking[0]) - reach, int(lacking[-1]) + reach + 1),
            *spans,
        ]
    for span in dict.fromkeys(range(max(0, first), min(n, end)) for first, end in spans):
        if len(part.devices) * len(span) <= LARGE:
            early = part.zones[0].climate is not None and len(span) < n
            yield contradiction(part, search, asked, span=span if len(span) < n else None, partly=early)


def _zone_part(
    problem: DevicesProblem, wish: Wish[DevicesPlan], z: int
) -> tuple[DevicesProblem, Wish[DevicesPlan]]:
    name = problem.zones[z].name
    stored = {s.name for s in problem.storages if s.zone == name}
    return _part(
        problem, wish, {d.name for d in problem.devices if d.zone == name}, zone=name, storages=stored
    )


def _bound(problem: DevicesProblem) -> list[set[str]]:
    """Return the sets of devices that are bound to each other by needs, orders and exclusions."""
    group: dict[str, set[str]] = {}
    pairs = (*problem.exclusions, *problem.needs, *((o.before, o.after) for o in problem.orders))
    for names in pairs:
        merged = set(names).union(*(group.get(name, ()) for name in names))
        group.update(dict.fromkeys(merged, merged))
    return list({id(names): names for names in group.values()}.values())


def _no_storage(tables: Tables) -> Terms:
    zones, n = tables.demand.shape
    return Terms(
        peak_price=0.0, peak_paid_kw=0.0, storage_kw=np.zeros(n), storage_service=np.zeros((zones, n))
    )


def _repaired(tables: Tables, search: Search[Floats]) -> Found:
    """Return states, repaired for a moment, where storages do nothing."""
    improver = Improver(tables, _no_storage(tables), np.arange(len(tables.power)), seed=0)
    moment = Search[Floats](Stop(time_s=REPAIR_S, patience=PATIENCE))
    return improver.repair(
        np.zeros(tables.may_on.shape, np.uint8), short=1e3, peak_kw=np.inf,
        cancelled=lambda: search.over() or moment.over(),
    )  # fmt: skip


def _part(
    problem: DevicesProblem,
    wish: Wish[DevicesPlan],
    names: set[str],
    *,
    zone: str | None = None,
    storages: set[str] = frozenset(),  # type: ignore[assignment]
) -> tuple[DevicesProblem, Wish[DevicesPlan]]:
    """Return some devices and storages with what binds them to each other, and a zone where it is theirs."""
    here = [i for i, d in enumerate(problem.devices) if d.name in names]
    stored = [s for s, one in enumerate(problem.storages) if one.name in storages]

    def alone(device: Device) -> Device:
        return device if zone is not None else replace(device, zone=None, heat_kw=0.0)

    groups = (tuple(name for name in group if name in names) for group in problem.exclusions)
    part = replace(
        problem, devices=tuple(alone(problem.devices[i]) for i in here),
        zones=tuple(z for z in problem.zones if z.name == zone),
        storages=tuple(problem.storages[s] for s in stored), limit_kw=None, ramp_kw=None,
        exclusions=tuple(group for group in groups if len(group) > 1),
        needs=tuple(pair for pair in problem.needs if names.issuperset(pair)),
        orders=tuple(o for o in problem.orders if {o.before, o.after} <= names),
    )  # fmt: skip
    if wish.start is None:
        return part, wish
    start = DevicesPlan(on=wish.start.on[here], storage=wish.start.storage[stored])
    return part, replace(wish, start=start)


def _quick_conflict(problem: DevicesProblem, search: Search[Floats]) -> tuple[Text, ...]:
    """Return the fewest rules of a device, or of a slot, that quick bounds show to be too many."""
    tables = tables_of(problem)
    wrong = first_unreachable(tables)
    if wrong is not None:
        device = problem.devices[wrong]
        alone, _ = _part(problem, Wish(), {device.name})
        own = tuple(device_rules(problem, device))
        return told_rules(
            minimal_conflict(
                own, lambda held: first_unreachable(tables_of(kept_rules(alone, own, held))) is None
            )
        )
    broken = _broken_slot(problem, tables, exact=True)
    if broken is None:
        return ()
    at = broken[0]
    rules = (*shared_rules(problem, at), *(r for d in problem.devices for r in device_rules(problem, d)))

    def holds(held: Sequence[BrokenRule]) -> bool:
        if search.over():
            raise TimeIsUpError
        kept = kept_rules(problem, rules, held)
        return first_broken_slot(kept, tables_of(kept)) is None

    kinds: dict[str, list[BrokenRule]] = {}
    for one in rules:
        kinds.setdefault(one.part, []).append(one)
    unmet = Text(
        f"{tell_slot(problem, at).zh} 的要求不能同时满足。", f"What is asked {tell_slot(problem, at).en} can't be met."
    )  # fmt: skip
    try:
        if holds(rules):
            return (unmet,)
    except TimeIsUpError:
        return (unmet,)
    parts = fewest(list(kinds), lambda held: holds([one for part in held for one in kinds[part]]))
    return told_rules(fewest([one for part in parts for one in kinds[part]], holds))


def impossible(problem: DevicesProblem, tables: Tables) -> bool:
    """Say whether quick bounds prove that there is no plan."""
    return first_unreachable(tables) is not None or _broken_slot(problem, tables, exact=False) is not None


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
        exclusions=tuple(g for g in problem.exclusions if not free("exclusion", subject_of(g))),
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
    broken = _broken_slot(problem, tables, exact=exact)
    return None if broken is None else broken[0]


def first_unreachable(tables: Tables) -> int | None:
    """Return a device that has no states by its own rules; None where all have."""
    found = int(_unreachable_of(tables))
    return None if found < 0 else found


def _broken_slot(problem: DevicesProblem, tables: Tables, *, exact: bool) -> tuple[int, int | None] | None:
    """Return a slot in which what is asked is more than can be, of which zone or, with None, of the site.

    None where no bound proves one.
    """
    may_on, may_off = tables.may_on.copy(), tables.may_off.copy()
    if exact and may_on.size * problem.slots <= MOST_EXACT * 10:
        _tighten(tables, may_on, may_off)
    zone_of = {z.name: k for k, z in enumerate(problem.zones)}
    stored, battery = np.zeros(len(tables.demand)), 0.0
    for one in problem.storages:
        if one.zone is None:
            battery += one.discharge
        else:
            stored[zone_of[one.zone]] += one.discharge
    total, groups = tables.net - battery, _excluding(problem)
    for z, inside in enumerate(devices_by_zone(tables)):
        demand = tables.demand[z] - stored[z]
        power, most = _least_power(groups, tables, inside, may_on, may_off, demand)
        short = tables.demand[z] - stored[z] - most
        if short.max() > NEAR * max(1.0, tables.demand[z].max()):
            return int(np.argmax(short)), z
        over = power - tables.zone_limit[z]
        if over.max() > NEAR * max(1.0, float(power.max())):
            return int(np.argmax(over)), z
        total = total + power
    uneasy = _uneasy_slot(tables, may_on, may_off)
    if uneasy is not None:
        return uneasy
    over = total - tables.limit
    if over.max() > NEAR * max(1.0, float(np.abs(total).max())):
        return int(np.argmax(over)), None
    window = _broken_window(tables, total, may_off)
    return None if window is None else (window, None)


def _uneasy_slot(tables: Tables, may_on: Bytes, may_off: Bytes) -> tuple[int, int] | None:
    """Return a slot and a zone that is outside its band after it even if all devices help that may."""
    air = tables.air
    for z in np.flatnonzero((air.warm > 0) & (air.soft < 0)):
        inside = np.flatnonzero((tables.zone == z) & (air.heat != 0))
        heat, can, must = air.heat[inside], may_on[inside] > 0, may_off[inside] == 0
        for helps, side, band in ((heat > 0, 1.0, air.low[z]), (heat < 0, -1.0, air.high[z])):
            most = np.zeros(air.low.shape)
            most[z] = heat @ np.where(helps[:, None], can | must, must)
            short = side * (band - temperatures(tables, most)[z])
            if short.max() > NEAR:
                return int(np.argmax(short > NEAR)), int(z)
    return None


def _power_needed(problem: DevicesProblem, tables: Tables) -> Floats:
    """Return by slot a bound of the power that all demands take at least."""
    total, groups = np.zeros(problem.slots), _excluding(problem)
    for z, inside in enumerate(devices_by_zone(tables)):
        power, _ = _least_power(groups, tables, inside, tables.may_on, tables.may_off, tables.demand[z])
        total += power
    return total


def _excluding(problem: DevicesProblem) -> list[list[int]]:
    """Return the numbers of devices of which at most one is on."""
    number = {d.name: i for i, d in enumerate(problem.devices)} if problem.exclusions else {}
    return [[number[name] for name in group] for group in problem.exclusions]


def _least_power(
    groups: list[list[int]], tables: Tables, inside: Ints, may_on: Bytes, may_off: Bytes, demand: Floats
) -> tuple[Floats, Floats]:
    """Return by slot a bound of the power that the demand takes at least, and of the most service."""
    can, must = may_on[inside].astype(np.float64), 1.0 - may_off[inside]
    place = {int(i): k for k, i in enumerate(inside)}
    counted: set[int] = set()
    for group in groups:
        members = [place[i] for i in group if i in place]
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
