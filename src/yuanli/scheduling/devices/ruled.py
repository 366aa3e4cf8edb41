"""All plans as a programme without costs whose rows belong to rules; as exact as the checker is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from yuanli.scheduling.devices.checking import TOLERANCE
from yuanli.scheduling.devices.modelling import Model, add_least_times, add_order
from yuanli.scheduling.devices.moves import Floats, Ints
from yuanli.scheduling.devices.problem import Device, DevicesPlan, DevicesProblem, Storage, Zone
from yuanli.scheduling.devices.ruling import order_subject, subject_of
from yuanli.scheduling.devices.storing import flows_of
from yuanli.solver import Milp, Wish

Key = tuple[str, str, int]
"""A rule by its part and subject, and its slot where it holds slot by slot, else −1."""


@dataclass(slots=True, kw_only=True)
class Ruled:
    """A model without costs, and for each of its rows whose rule it is; None is always there."""

    model: Model = field(default_factory=Model)
    keys: list[Key | None] = field(default_factory=list)

    def since(self, key: Key | None) -> None:
        """Say whose the rows are that were added since it was said last."""
        self.keys += [key] * (len(self.model.row_low) - len(self.keys))

    def row(
        self,
        key: Key | None,
        columns: Sequence[int] | Ints,
        factors: Sequence[float] | Floats,
        *,
        least: float = -np.inf,
        most: float = np.inf,
    ) -> None:
        """Add a row of a rule."""
        self.model.row(columns, factors, least, most)
        self.since(key)


def ruled_milp(
    problem: DevicesProblem, wish: Wish[DevicesPlan] = Wish(), *, begun: bool = False
) -> tuple[Milp, list[Key | None]]:
    """Return a programme of all plans, and whose rule each of its rows is; as exact as the checker is.

    Parameters
    ----------
    begun
        What was before the first slot is not known: states, contents and temperatures may be any.
    """
    ruled, shape = Ruled(), (len(problem.devices), problem.slots)
    on = ruled.model.columns(np.zeros(shape), np.ones(shape), 0.0, whole=True)
    for row, device in zip(on, problem.devices, strict=True):
        _device(ruled, device, row, begun=begun)
    flows = [_storage(ruled, problem, storage, begun=begun) for storage in problem.storages]
    inside: dict[str, list[int]] = {zone.name: [] for zone in problem.zones}
    for k, device in enumerate(problem.devices):
        if device.zone is not None:
            inside[device.zone].append(k)
    for zone in problem.zones:
        _zone(ruled, problem, zone, inside[zone.name], on, flows, begun=begun)
    _site(ruled, problem, on, flows, begun=begun)
    _relations(ruled, problem, on)
    if wish.start is not None:
        _wish(ruled, problem, wish, wish.start, on, flows)
    return ruled.model.milp(0.0), ruled.keys


def _device(ruled: Ruled, device: Device, on: Ints, *, begun: bool) -> None:
    name, n, one = device.name, len(on), np.ones(len(on))
    left = 0 if begun else min(n, max(0, (device.min_up if device.on else device.min_down) - device.held))
    if left:
        many = float(left if device.on else 0)
        ruled.row(("held", name, -1), on[:left], one[:left], least=many, most=many)
    if device.min_up > 1 or device.min_down > 1:
        starts = ruled.model.columns(0.0 * one, one, 0.0)
        before = None if begun else device.on
        add_least_times(ruled.model, on, starts, was_on=before, up=device.min_up, down=device.min_down)
        ruled.since(("minimum", name, -1))
    if device.target is not None:
        state = float(device.target)
        ruled.row(("target", name, -1), on[-1:], one[-1:], least=state, most=state)
    if device.task is not None:
        first, last, many = device.task.first, device.task.last, float(device.task.slots)
        inside, outside = on[first : last + 1], np.concatenate([on[:first], on[last + 1 :]])
        ruled.row(("task", name, -1), inside, one[: len(inside)], least=many, most=many)
        ruled.row(("task", name, -1), outside, one[: len(outside)], most=0.0)
    for part, locked, least, most in (
        ("must_be_on", device.must_be_on, float(len(device.must_be_on)), np.inf),
        ("must_be_off", device.must_be_off, -np.inf, 0.0),
    ):
        if locked:
            ruled.row((part, name, -1), on[sorted(locked)], one[: len(locked)], least=least, most=most)


def _storage(ruled: Ruled, problem: DevicesProblem, storage: Storage, *, begun: bool) -> Ints:
    """Add a storage as it is; return the columns of what it takes and gives, shape `(2, slots)`."""
    n, zero = problem.slots, np.zeros(problem.slots)
    near = TOLERANCE * max(1.0, storage.capacity)
    taken = ruled.model.columns(zero, zero + storage.charge_kw + TOLERANCE, 0.0)
    given = ruled.model.columns(zero, zero + storage.discharge + TOLERANCE, 0.0)
    content = ruled.model.columns(zero - near, zero + storage.capacity + near, 0.0)
    gained, lost = storage.charge_efficiency * problem.slot_h, problem.slot_h / storage.discharge_efficiency
    for t in range(n):
        columns, factors = [content[t], taken[t], given[t]], [1.0, -gained, lost]
        before = (1.0 - storage.loss) * storage.content
        if t:
            columns, factors, before = [*columns, content[t - 1]], [*factors, storage.loss - 1.0], 0.0
        least = 0.0 if begun and not t else before
        most = (1.0 - storage.loss) * storage.capacity if begun and not t else before
        ruled.row(None, columns, factors, least=least, most=most)
    if storage.zone is not None:
        takes = ruled.model.columns(zero, zero + 1.0, 0.0, whole=True)
        for t in range(n):
            ruled.row(None, [taken[t], takes[t]], [1.0, -storage.charge_kw], most=TOLERANCE)
            ruled.row(
                None, [given[t], takes[t]], [1.0, storage.discharge], most=storage.discharge + TOLERANCE
            )
    for t, flow in storage.held.items():
        for column, value in ((taken[t], max(flow, 0.0)), (given[t], max(-flow, 0.0))):
            ruled.row(("storage_held", storage.name, -1), [column], [1.0], least=value, most=value)
    if storage.target > 0:
        ruled.row(("storage_target", storage.name, -1), content[-1:], [1.0], least=storage.target - near)
    return np.stack([taken, given])


def _zone(
    ruled: Ruled, problem: DevicesProblem, zone: Zone, here: Sequence[int], on: Ints, flows: Sequence[Ints], *,
    begun: bool,
) -> None:  # fmt: skip
    name = zone.name
    power = np.array([problem.devices[k].power_kw for k in here])
    service = [problem.devices[k].service for k in here]
    stored = [flow[1] for s, flow in zip(problem.storages, flows, strict=True) if s.zone == name]
    for t in range(problem.slots):
        if zone.demand[t] > 0:
            least = zone.demand[t] - TOLERANCE * max(1.0, zone.demand[t])
            columns = [*on[here, t], *(row[t] for row in stored)]
            ruled.row(("demand", name, t), columns, [*service, *[1.0] * len(stored)], least=least)
        if zone.limit_kw is not None:
            most = zone.limit_kw[t] + TOLERANCE * max(1.0, zone.limit_kw[t])
            ruled.row(("zone_limit", name, t), on[here, t], power, most=most)
    if zone.climate is not None and zone.climate.discomfort_price is None:
        _climate(ruled, problem, zone, here, on, begun=begun)


def _climate(
    ruled: Ruled, problem: DevicesProblem, zone: Zone, here: Sequence[int], on: Ints, *, begun: bool
) -> None:
    climate, n = zone.climate, problem.slots
    assert climate is not None
    resistance = climate.resistance_c_per_kw
    fades = float(np.exp(-problem.slot_h / (resistance * climate.capacity_kwh_per_c)))
    heating = [k for k in here if problem.devices[k].heat_kw]
    gives = [-(1.0 - fades) * resistance * problem.devices[k].heat_kw for k in heating]
    temp = ruled.model.columns(np.full(n, -np.inf), np.full(n, np.inf), 0.0)
    for t in range(n):
        columns, factors = [temp[t], *on[heating, t]], [1.0, *gives]
        value = (1.0 - fades) * (climate.outdoor_c[t] + resistance * climate.gains_kw[t])
        if t:
            columns, factors = [*columns, temp[t - 1]], [*factors, -fades]
        else:
            value += fades * climate.temp_c
        if t or not begun:
            ruled.row(None, columns, factors, least=value, most=value)
        low = -np.inf if climate.low_c is None else climate.low_c[t] - TOLERANCE
        high = np.inf if climate.high_c is None else climate.high_c[t] + TOLERANCE
        ruled.row(("comfort", zone.name, t), temp[t : t + 1], [1.0], least=low, most=high)


def _site(ruled: Ruled, problem: DevicesProblem, on: Ints, flows: Sequence[Ints], *, begun: bool) -> None:
    power = np.array([d.power_kw for d in problem.devices])
    if problem.limit_kw is not None:
        zero = np.zeros(problem.slots)
        base = zero if problem.base_kw is None else problem.base_kw
        solar = zero if problem.solar_kw is None else problem.solar_kw
        for t, limit in enumerate(problem.limit_kw):
            columns, factors = [*on[:, t]], [*power]
            for storage, flow in zip(problem.storages, flows, strict=True):
                columns, factors = [*columns, flow[0, t]], [*factors, 1.0]
                if storage.zone is None:
                    columns, factors = [*columns, flow[1, t]], [*factors, -1.0]
            most = limit + TOLERANCE * max(1.0, limit) - base[t] + solar[t]
            ruled.row(("limit", "site", t), columns, factors, most=most)
    if problem.ramp_kw is not None:
        ramp = problem.ramp_kw + TOLERANCE * max(1.0, problem.ramp_kw)
        before = float(sum(d.power_kw for d in problem.devices if d.on))
        if not begun:
            ruled.row(("ramp", "site", -1), on[:, 0], power, least=before - ramp, most=before + ramp)
        for t in range(1, problem.slots):
            step = np.concatenate([power, -power])
            ruled.row(("ramp", "site", -1), [*on[:, t], *on[:, t - 1]], step, least=-ramp, most=ramp)


def _relations(ruled: Ruled, problem: DevicesProblem, on: Ints) -> None:
    number = {d.name: k for k, d in enumerate(problem.devices)}
    for group in problem.exclusions:
        members = [number[name] for name in group]
        for t in range(problem.slots):
            ruled.row(("exclusion", subject_of(group), -1), on[members, t], np.ones(len(members)), most=1.0)
    for device, other in problem.needs:
        for t in range(problem.slots):
            ruled.row(
                ("needs", subject_of((device, other)), -1), [on[number[device], t], on[number[other], t]],
                [1.0, -1.0], most=0.0,
            )  # fmt: skip
    for order in problem.orders:
        add_order(ruled.model, on[number[order.before]], on[number[order.after]], order.lag)
        ruled.since(("order", order_subject(order), -1))


def _wish(
    ruled: Ruled,
    problem: DevicesProblem,
    wish: Wish[DevicesPlan],
    start: DevicesPlan,
    on: Ints,
    flows: Sequence[Ints],
) -> None:
    """Add what is locked to the start, and how many devices and storages may change."""
    begun = flows_of(start.storage)
    changed = ruled.model.columns(
        np.zeros(len(on) + len(flows)), np.ones(len(on) + len(flows)), 0.0, whole=True
    )
    for k, device in enumerate(problem.devices):
        unlike = np.where(start.on[k], -1.0, 1.0)
        same = -float(start.on[k].sum())
        if device.name in wish.locked:
            ruled.row(("lock", device.name, -1), on[k], unlike, most=same)
        ruled.row(None, [*on[k], changed[k]], [*unlike, -float(problem.slots)], most=same)
    for s, storage in enumerate(problem.storages):
        most = storage.charge_kw + storage.discharge + float(np.abs(start.storage[s]).max())
        for part in (0, 1):
            before = (begun.taken, begun.given)[part][s]
            for t in range(problem.slots):
                if storage.name in wish.locked:
                    ruled.row(
                        ("lock", storage.name, -1),
                        flows[s][part, t : t + 1],
                        [1.0],
                        least=before[t],
                        most=before[t],
                    )
                for sign in (1.0, -1.0):
                    ruled.row(
                        None, [flows[s][part, t], changed[len(on) + s]], [sign, -most],
                        most=sign * before[t] + TOLERANCE,
                    )  # fmt: skip
    if wish.max_changes is not None:
        ruled.row(("max_changes", "plan", -1), changed, np.ones(len(changed)), most=float(wish.max_changes))
