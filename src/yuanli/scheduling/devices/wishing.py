"""Why no plan grants a wish: what is locked, and how few may change, against the rules they break."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from yuanli.errors import Text, counted
from yuanli.scheduling.devices.arrays import state_of, tables_of
from yuanli.scheduling.devices.bounding import Seen, find_overasked, first_unreachable
from yuanli.scheduling.devices.conflicts import (
    WITHIN_S,
    conflicts_of_devices,
    kept_rules,
)
from yuanli.scheduling.devices.contradicting import TimeIsUpError, fewest
from yuanli.scheduling.devices.improving import never
from yuanli.scheduling.devices.problem import Device, DevicesPlan, DevicesProblem, Flags
from yuanli.scheduling.devices.replanning import wrong_devices
from yuanli.scheduling.devices.ruling import (
    BrokenRule,
    change_rule,
    device_rules,
    lock_rule,
    rule,
    shared_rules,
    told_rules,
)
from yuanli.scheduling.devices.storing import Stores, flows_of
from yuanli.scheduling.devices.telling import tell_slot
from yuanli.solver import PATIENCE, Search, Stop, Wish, minimal_conflict

NEAR = 1e-6


def wish_conflicts_of_devices(
    problem: DevicesProblem,
    wish: Wish[DevicesPlan],
    *,
    cancelled: Callable[[], bool] = never,
    within_s: float = WITHIN_S,
    seen: Seen | None = None,
) -> tuple[Text, ...]:
    """Return the fewest rules, locks and numbers of changes that can't hold together; none where none is proved.

    First the rules alone; then how many devices must change because today's plan breaks their rules, or because a zone
    needs more than so few give; then all together, as `conflicts_of_devices` looks at them; then quick bounds: the
    locked states of each device against its own rules, and against what is shared slot by slot.

    Parameters
    ----------
    seen
        What quick bounds said already about the problem without its locks.
    """
    share_s = within_s / 3 if wish.start is not None else within_s
    found = conflicts_of_devices(problem, cancelled=cancelled, within_s=share_s, seen=seen)
    if found or wish.start is None or cancelled():
        return found
    few = () if wish.max_changes is None else _change_conflict(problem, wish.start, wish.max_changes)
    rows = {
        d.name: row for d, row in zip(problem.devices, wish.start.on, strict=True) if d.name in wish.locked
    }
    return (
        few
        or conflicts_of_devices(problem, wish, cancelled=cancelled, within_s=share_s)
        or _lock_conflict(problem, rows, Search(Stop(time_s=share_s, patience=PATIENCE), cancelled=cancelled))
    )


def ask_devices(
    problem: DevicesProblem, plan: DevicesPlan, wished: DevicesPlan, names: Collection[str]
) -> tuple[DevicesProblem, Collection[str]]:
    """Return the problem in which devices are on and off, and storages take and give, as is wished where it differs.

    The rest of the day is free, so that only what is wished is paid for. A device that is wished otherwise than its
    locked states is locked as a whole: the conflict is told then.
    """
    storages = []
    for store, before, after in zip(problem.storages, plan.storage, wished.storage, strict=True):
        asked = {int(t): float(after[t]) for t in np.flatnonzero(np.abs(after - before) > NEAR)}
        storages.append(replace(store, held={**store.held, **asked}) if store.name in names else store)
    locked = []
    devices = []
    for one, now, then in zip(problem.devices, plan.on > 0, wished.on > 0, strict=True):
        on, off = (frozenset(int(t) for t in np.flatnonzero(at)) for at in (then & ~now, now & ~then))
        if one.name in names and (on & one.must_be_off or off & one.must_be_on):
            locked.append(one.name)
        elif one.name in names:
            one = replace(one, must_be_on=one.must_be_on | on, must_be_off=one.must_be_off | off)
        devices.append(one)
    return replace(problem, devices=tuple(devices), storages=tuple(storages)), locked


def _lock_conflict(
    problem: DevicesProblem, rows: dict[str, Flags], search: Search[DevicesPlan]
) -> tuple[Text, ...]:
    for device in problem.devices:
        if device.name in rows:
            alone = _alone(problem, device)
            rules = (lock_rule(device.name), *device_rules(problem, device))
            if not _reachable(alone, rules, rules, rows):
                held = minimal_conflict(rules, lambda held: _reachable(alone, rules, held, rows))  # noqa: B023
                return tuple(one.text for one in held)
    locked = _locked(problem, rows, rows)
    asked = find_overasked(locked, tables_of(locked))
    if asked is None:
        return ()
    own = (r for d in problem.devices if d.name not in rows for r in device_rules(problem, d))
    rules = (*map(lock_rule, rows), *shared_rules(problem, asked.slots), *own)

    def holds(held: Sequence[BrokenRule]) -> bool:
        if search.over():
            raise TimeIsUpError
        names = {r.subject for r in held if r.part == "lock"}
        kept = _locked(kept_rules(problem, rules, held), rows, names)
        return find_overasked(kept, tables_of(kept)) is None

    try:
        return () if holds(rules) else told_rules(fewest(rules, holds))
    except TimeIsUpError:
        return ()


def _alone(problem: DevicesProblem, device: Device) -> DevicesProblem:
    return replace(
        problem, devices=(replace(device, zone=None, heat_kw=0.0),), zones=(), limit_kw=None, exclusions=(), needs=(),
        orders=(), storages=(), ramp_kw=None,
    )  # fmt: skip


def _locked(problem: DevicesProblem, rows: dict[str, Flags], names: Collection[str]) -> DevicesProblem:
    """Return the problem with devices locked to their rows, in place of what they were locked to."""

    def device(one: Device) -> Device:
        on = frozenset(int(t) for t in np.flatnonzero(rows[one.name]))
        return replace(one, must_be_on=on, must_be_off=frozenset(range(problem.slots)) - on)

    return replace(problem, devices=tuple(device(d) if d.name in names else d for d in problem.devices))


def _reachable(
    alone: DevicesProblem, rules: Sequence[BrokenRule], held: Sequence[BrokenRule], rows: dict[str, Flags]
) -> bool:
    """Say whether a device has states under the rules that are held, its lock among them or not."""
    kept = kept_rules(alone, rules, held)
    device, row = kept.devices[0], rows[kept.devices[0].name]
    if any(one.part == "lock" for one in held):
        if any(not row[t] for t in device.must_be_on) or any(row[t] for t in device.must_be_off):
            return False
        kept = _locked(kept, rows, rows)
    return first_unreachable(tables_of(kept)) is None


def _change_conflict(problem: DevicesProblem, start: DevicesPlan, most: int) -> tuple[Text, ...]:
    tables, on = tables_of(problem), start.on.astype(np.uint8)
    few = change_rule(most)
    wrong = [problem.devices[i] for i in wrong_devices(tables, on)]
    if len(wrong) > most:
        return (
            few.text,
            *(
                rule(
                    "changed",
                    d.name,
                    f"现有计划不符合“{d.name}”自身的规则",
                    f"the plan there is breaks a rule of {d.name}",
                ).text
                for d in wrong[: most + 1]
            ),
        )
    flows = flows_of(start.storage)
    stores = Stores(problem, tables)
    cover = state_of(tables, on, stores.power(flows), stores.service(flows)).cover
    stored = {s.zone for s in problem.storages}
    for z, zone in enumerate(problem.zones):
        inside = np.flatnonzero(tables.zone == z)
        more = np.sort(tables.service[inside][:, None] * (on[inside] == 0) * tables.may_on[inside], axis=0)
        gained = more[max(0, len(inside) - most) :].sum(axis=0)
        short = zone.demand - cover[z] - gained
        if zone.name not in stored and short.max() > NEAR * max(1.0, float(zone.demand.max())):
            at = int(np.argmax(short))
            when, given = tell_slot(problem, at), cover[z][at] + gained[at]
            return (
                few.text,
                rule(
                    "demand",
                    zone.name,
                    f"区域“{zone.name}”{when.zh} 需 {zone.demand[at]:g}，现有计划加任意 {most} 台只供 {given:g}",
                    f"zone {zone.name} needs {zone.demand[at]:g} {when.en}; the plan there is and any "
                    f"{counted(most, 'device')} more give {given:g}",
                ).text,
            )
    return ()
