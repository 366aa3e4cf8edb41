"""Why no states of devices keep each rule: the fewest rules that can't hold together, in words with their figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.bounding import (
    MOST_ONCE_EXACT,
    NEAR,
    Overasked,
    Seen,
    find_overasked,
    first_unreachable,
    look,
    power_needed,
)
from yuanli.scheduling.devices.contradicting import (
    TimeIsUpError,
    contradiction,
    contradiction_of_slot,
    fewest,
)
from yuanli.scheduling.devices.improving import Improver, Terms, never
from yuanli.scheduling.devices.moves import Floats, Tables
from yuanli.scheduling.devices.problem import Device, DevicesPlan, DevicesProblem
from yuanli.scheduling.devices.ruling import (
    BrokenRule,
    device_rules,
    relation_rules,
    shared_rules,
    slots_rule,
    subject_of,
    told_rules,
)
from yuanli.scheduling.devices.telling import tell_slot
from yuanli.solver import PATIENCE, Search, Stop, Wish, minimal_conflict

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
    seen: Seen | None = None,
) -> tuple[Text, ...]:
    """Return the fewest rules that can't hold together; none where no conflict is proved.

    A small problem is looked at as a whole, exactly. Of a large one, in this order: a device without states of its own,
    what quick bounds show already, devices that are bound to each other, storages, zones that a quick repair leaves
    short, the whole where it is not too large, at last all quick bounds: demands, limits and exclusions slot by slot,
    the temperatures that are within reach, the energy of tasks by window. Where time is up before they are the fewest,
    the fewest so far are named.

    Parameters
    ----------
    wish
        Locks and the number of changes are rules, too.
    within_s
        Seconds of work, a third of them for the quick bounds; more by the clock on a busy machine.
    seen
        What quick bounds said already about the problem with its locks.
    """
    exact = Search[Floats](Stop(time_s=within_s, patience=PATIENCE), cancelled=cancelled)
    if 0 < len(problem.devices) * problem.slots <= SMALL:
        return told_rules(contradiction(problem, exact, wish))
    seen = seen or look(problem, locked_tables(problem, wish))
    for found in found_in_parts(problem, wish, exact, seen):
        if found:
            return told_rules(found)
        if exact.clock_left_s <= within_s * (1.0 - EXACT_SHARE):
            break
    if cancelled() or wish.start is not None:
        return ()
    quick = Search[Floats](
        Stop(time_s=within_s * (1.0 - EXACT_SHARE), patience=PATIENCE), cancelled=cancelled
    )
    return _quick_conflict(problem, seen, quick)


def found_in_parts(
    problem: DevicesProblem, wish: Wish[DevicesPlan], search: Search[Floats], seen: Seen
) -> Iterator[tuple[BrokenRule, ...]]:
    """Yield what contradicts itself in parts of a problem, the likely ones first; nothing for those that don't."""
    if seen.unreachable is not None:
        part, asked = _part(problem, wish, {problem.devices[seen.unreachable].name})
        yield contradiction(part, search, asked)
    if seen.overasked is not None:
        yield from _found_where_overasked(problem, wish, search, seen.overasked)
    bound, busy = _bound(problem), None if wish.max_changes is not None else _busy(problem, seen.tables)
    for names in bound:
        if len(names) * problem.slots <= LARGE and (busy is None or names & busy):
            part, asked = _part(problem, wish, names)
            yield contradiction(part, search, asked)
    for storage in problem.storages:
        if storage.target > 0 or storage.held:
            part, asked = _part(problem, wish, set(), storages={storage.name})
            yield contradiction(part, search, asked)
    batteries = {s.name for s in problem.storages if s.zone is None}
    if batteries and problem.limit_kw is not None:
        part, asked = _part(problem, wish, set(), storages=batteries)
        yield contradiction(replace(part, limit_kw=problem.limit_kw), search, asked)
    yield _too_steep(problem, seen.tables, search)
    if seen.unreachable is None:
        lacks = seen.lacks
        if lacks is None:
            broken, lacks = _repaired(seen.tables, search)
            if broken <= NEAR and wish.start is None:
                return
        yield from _found_in_zones(problem, wish, search, lacks, {name for names in bound for name in names})
    if len(problem.devices) * problem.slots <= LARGE:
        yield contradiction(problem, search, wish)


def _found_where_overasked(
    problem: DevicesProblem, wish: Wish[DevicesPlan], search: Search[Floats], asked: Overasked
) -> Iterator[tuple[BrokenRule, ...]]:
    """Yield what contradicts itself where quick bounds show more to be asked than can be."""
    first, last = asked.slots[0], asked.slots[-1]
    if asked.zone is not None:
        part, within = _zone_part(problem, wish, asked.zone)
        if first == last:
            yield contradiction_of_slot(part, last, search)
        else:
            span = asked.slots if len(asked.slots) < problem.slots else None
            yield contradiction(part, search, within, span=span, partly=True)
        yield from _found_in_zone(problem, wish, search, asked.zone, np.eye(1, problem.slots, last)[0])
    elif first == last:
        yield contradiction_of_slot(problem, first, search)
    else:
        yield _overfull(problem, asked.slots)


def _overfull(problem: DevicesProblem, window: range) -> tuple[BrokenRule, ...]:
    """Return the limit of the site in a window, and the fewest tasks in it that need more energy than it leaves."""
    assert problem.limit_kw is not None
    here = slice(window.start, window.stop)
    left = float(problem.limit_kw[here].sum()) + len(window) * sum(
        s.discharge for s in problem.storages if s.zone is None
    )
    for values, sign in ((problem.base_kw, -1.0), (problem.solar_kw, 1.0)):
        left += 0.0 if values is None else sign * float(values[here].sum())
    tasks = [
        (d.power_kw * d.task.slots, d)
        for d in problem.devices
        if d.task is not None and d.task.first in window and d.task.last in window
    ]
    tasks.sort(key=lambda one: -one[0])
    needed = np.cumsum([energy for energy, _ in tasks])
    many = int(np.searchsorted(needed, left * (1.0 + NEAR) + NEAR, side="right"))
    if many >= len(tasks):
        return ()
    rules = [replace(slots_rule(problem, "limit", "site", window), slots=tuple(window))]
    for _, device in tasks[: many + 1]:
        rules += [one for one in device_rules(problem, device) if one.part == "task"]
    return tuple(rules)


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
    over = power_needed(problem, tables) - rises
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
    for z in np.argsort(-lacks[:-1].sum(axis=1), kind="stable"):
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


def _busy(problem: DevicesProblem, tables: Tables) -> set[str]:
    """Return the devices that can't be off all the time: none others contradict each other by themselves."""
    busy = ~tables.may_off.all(axis=1) | (tables.slots_on > 0)
    return {problem.devices[i].name for i in np.flatnonzero(busy)}


def _repaired(tables: Tables, search: Search[Floats]) -> tuple[float, Floats]:
    """Return what is broken, and what zones lack by slot, after a repair of a moment, where storages do nothing."""
    zones, n = tables.demand.shape
    idle = Terms(
        peak_price=0.0, peak_paid_kw=0.0, storage_kw=np.zeros(n), storage_service=np.zeros((zones, n))
    )
    improver = Improver(tables, idle, np.arange(len(tables.power)), seed=0)
    moment = Search[Floats](Stop(time_s=REPAIR_S, patience=PATIENCE))
    found = improver.repair(
        np.zeros(tables.may_on.shape, np.uint8), short=1e3, peak_kw=np.inf,
        cancelled=lambda: search.over() or moment.over(),
    )  # fmt: skip
    return found.broken, improver.lacks(found.on)


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


def _quick_conflict(problem: DevicesProblem, seen: Seen, search: Search[Floats]) -> tuple[Text, ...]:
    """Return the fewest rules of a device, or of some slots, that quick bounds show to be too many."""
    if seen.unreachable is not None:
        device = problem.devices[seen.unreachable]
        alone, _ = _part(problem, Wish(), {device.name})
        own = tuple(device_rules(problem, device))
        return told_rules(
            minimal_conflict(
                own, lambda held: first_unreachable(tables_of(kept_rules(alone, own, held))) is None
            )
        )
    asked = seen.overasked or find_overasked(problem, seen.tables, most_exact=MOST_ONCE_EXACT)
    if asked is None:
        return ()
    rules = (
        *shared_rules(problem, asked.slots),
        *(r for d in problem.devices for r in device_rules(problem, d)),
    )

    def holds(held: Sequence[BrokenRule]) -> bool:
        if search.over():
            raise TimeIsUpError
        kept = kept_rules(problem, rules, held)
        return find_overasked(kept, tables_of(kept)) is None

    kinds: dict[str, list[BrokenRule]] = {}
    for one in rules:
        kinds.setdefault(one.part, []).append(one)
    when = tell_slot(problem, asked.slots[-1])
    unmet = Text(f"{when.zh} 的要求不能同时满足。", f"What is asked {when.en} can't be met.")
    try:
        if holds(rules):
            return (unmet,)
    except TimeIsUpError:
        return (unmet,)
    parts = fewest(list(kinds), lambda held: holds([one for part in held for one in kinds[part]]))
    return told_rules(fewest([one for part in parts for one in kinds[part]], holds))


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
