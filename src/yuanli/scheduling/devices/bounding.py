"""Quick bounds that prove that there is no plan: of a device, a slot, a zone's warmth, a battery, a window of tasks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.scheduling.devices.arrays import devices_by_zone
from yuanli.scheduling.devices.kernels import FAR, cheapest_states, cheapest_task, compiled
from yuanli.scheduling.devices.moves import Bytes, Floats, Ints, Tables
from yuanli.scheduling.devices.problem import DevicesProblem, Storage
from yuanli.scheduling.devices.warming import warmth

NEAR = 1e-6
MOST_EXACT, MOST_ONCE_EXACT = 300_000, 30_000_000
"""Devices × slots × slots up to which it is found out exactly in which slots a device can be on: often, and once."""
LEAST_KW = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Overasked:
    """Slots in which more is asked than can be, of which zone or, with None, of the site.

    Of more than one, tasks within them need more energy than the limit leaves.
    """

    slots: range
    zone: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What quick bounds say about a problem: the number of a device without states of its own, what is overasked.

    `starved` says that a battery can't be as full in the end as it is to be; `lacks` is what zones lack by slot after a
    repair, where there was one.
    """

    tables: Tables
    unreachable: int | None
    overasked: Overasked | None
    starved: bool
    lacks: Floats | None = None

    @property
    def impossible(self) -> bool:
        """Whether there is surely no plan."""
        return self.unreachable is not None or self.overasked is not None or self.starved


def look(problem: DevicesProblem, tables: Tables) -> Seen:
    """Return what quick bounds say; nothing but the first that is wrong."""
    unreachable = first_unreachable(tables)
    starved = unreachable is None and _starved(problem, tables)
    overasked = None if starved or unreachable is not None else find_overasked(problem, tables, most_exact=0)
    return Seen(tables=tables, unreachable=unreachable, overasked=overasked, starved=starved)


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


def first_unreachable(tables: Tables) -> int | None:
    """Return a device that has no states by its own rules; None where all have."""
    found = int(_unreachable_of(tables))
    return None if found < 0 else found


def find_overasked(
    problem: DevicesProblem, tables: Tables, *, most_exact: int = MOST_EXACT
) -> Overasked | None:
    """Return where more is asked than can be; None where no bound proves it.

    Parameters
    ----------
    most_exact
        Devices × slots × slots up to which it is found out exactly in which slots a device can be on.
    """
    may_on, may_off = tables.may_on, tables.may_off
    if may_on.size * problem.slots <= most_exact:
        may_on, may_off = may_on.copy(), may_off.copy()
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
            return _at(short, z)
        over = power - tables.zone_limit[z]
        if over.max() > NEAR * max(1.0, float(power.max())):
            return _at(over, z)
        total = total + power
    uneasy = _uneasy(tables, may_on, may_off)
    if uneasy is not None:
        return uneasy
    over = total - tables.limit
    if over.max() > NEAR * max(1.0, float(np.abs(total).max())):
        return _at(over, None)
    window = _broken_window(tables, total, may_off)
    return None if window is None else Overasked(slots=window)


def _at(over: Floats, zone: int | None) -> Overasked:
    at = int(np.argmax(over))
    return Overasked(slots=range(at, at + 1), zone=zone)


def _uneasy(tables: Tables, may_on: Bytes, may_off: Bytes) -> Overasked | None:
    """Return the slots up to where a zone leaves its band even if all devices help that may, within its power."""
    air, by_zone = tables.air, devices_by_zone(tables)
    most, temps = np.zeros(air.low.shape), np.empty(air.low.shape[1])
    for z in np.flatnonzero((air.warm > 0) & (air.soft < 0)):
        inside = by_zone[z]
        heat, power = air.heat[inside], tables.power[inside]
        can, must = may_on[inside] > 0, may_off[inside] == 0
        room = np.maximum(tables.zone_limit[z] * (1.0 + NEAR) + NEAR - power @ must, 0.0)
        for helps, side, band in ((heat > 0, 1.0, air.low[z]), (heat < 0, -1.0, air.high[z])):
            order = np.argsort(power[helps] / np.abs(heat[helps]), kind="stable")
            wanted = (power[helps, None] * (can & ~must)[helps])[order]
            used = np.clip(room - (np.cumsum(wanted, axis=0) - wanted), 0.0, wanted)
            free = (power == 0) & helps
            most[z] = heat @ must + heat[free] @ (can & ~must)[free]
            most[z] += (heat[helps] / np.maximum(power[helps], LEAST_KW))[order] @ used
            warmth(air, z, most, temps)
            short = side * (band - temps)
            if short.max() > NEAR:
                return Overasked(slots=range(int(np.argmax(short > NEAR)) + 1), zone=int(z))
    return None


def _starved(problem: DevicesProblem, tables: Tables) -> bool:
    """Say whether a battery can't be as full as it is to be even if it takes all that the site's limit leaves."""
    batteries = [one for one in problem.storages if one.zone is None]
    given = sum(one.discharge for one in batteries)
    room = tables.limit - tables.net + given
    return any(
        _most_content(one, problem, room - one.discharge) < one.target - NEAR * max(1.0, one.capacity)
        for one in batteries
        if one.target > 0
    )


def _most_content(storage: Storage, problem: DevicesProblem, room: Floats) -> float:
    content = storage.content
    for left in room * (1.0 + NEAR):
        taken = min(storage.charge_kw, max(0.0, left))
        content = (1.0 - storage.loss) * content + taken * storage.charge_efficiency * problem.slot_h
        content = min(storage.capacity, content)
    return content


def power_needed(problem: DevicesProblem, tables: Tables) -> Floats:
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


def _broken_window(tables: Tables, total: Floats, may_off: Bytes) -> range | None:
    """Return a window in which tasks need more energy than the limit leaves."""
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
                return range(int(first), int(last) + 1)
    return None
