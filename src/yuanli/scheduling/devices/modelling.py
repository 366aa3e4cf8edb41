"""Devices and storages as a mixed-integer linear programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from yuanli.scheduling.devices.kernels import FAR
from yuanli.scheduling.devices.moves import Bytes, Floats, Ints, Tables
from yuanli.scheduling.devices.problem import DevicesProblem
from yuanli.scheduling.devices.storing import Flows, Stores
from yuanli.solver import Milp

MOST = 1e12


@dataclass(slots=True, kw_only=True)
class Model:
    """A programme while it is put together: columns with their bounds and costs, rows by their entries."""

    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    cost: list[Floats] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    size: int = 0
    entries: list[tuple[Ints, Floats]] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    named: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def columns(self, low: Floats, high: Floats, cost: Floats | float, *, whole: bool = False) -> Ints:
        """Add columns; return their numbers, in the shape of `low`."""
        number = self.size + np.arange(low.size)
        self.low.append(low.ravel())
        self.high.append(np.minimum(high.ravel(), np.inf))
        self.cost.append(np.broadcast_to(np.asarray(cost, np.float64), low.shape).ravel())
        if whole:
            self.whole.extend(number.tolist())
        self.size += low.size
        return number.reshape(low.shape)

    def row(
        self,
        columns: Sequence[int] | Ints,
        factors: Sequence[float] | Floats,
        low: float,
        high: float,
        *,
        name: tuple[str, int, int] | None = None,
    ) -> None:
        """Add `low ≤ factors · columns ≤ high`; a row with a name, of what, zone and slot, is found again by it."""
        if name is not None:
            self.named[name] = len(self.entries)
        self.entries.append((np.asarray(columns, np.int64), np.asarray(factors, np.float64)))
        self.row_low.append(low if low > -MOST else -np.inf)
        self.row_high.append(high if high < MOST else np.inf)

    def milp(self, constant: float) -> Milp:
        """Return the programme."""
        integer = np.zeros(self.size, np.bool_)
        integer[self.whole] = True
        pointer = np.append(0, np.cumsum([len(columns) for columns, _ in self.entries]))
        columns = np.concatenate([np.empty(0), *(columns for columns, _ in self.entries)]).astype(np.int32)
        factors = np.concatenate([np.empty(0), *(factors for _, factors in self.entries)])
        return Milp(
            cost=np.concatenate(self.cost), low=np.concatenate(self.low), high=np.concatenate(self.high),
            integer=integer,
            rows=csr_array((factors, columns, pointer.astype(np.int32)), shape=(len(pointer) - 1, self.size)),
            row_low=np.array(self.row_low), row_high=np.array(self.row_high), constant=constant,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """A programme, and where in it the states of devices are, `(n_devices, slots)`, and the flows of storages."""

    milp: Milp
    on: Ints
    taken: Ints
    given: Ints

    def start(self, on: Bytes) -> Floats:
        """Return a start for states; the rest is left to the solver."""
        values = np.full(len(self.milp.cost), np.nan)
        values[self.on] = on
        return values

    def states(self, x: Floats) -> Bytes:
        """Return the states of a solution."""
        states: Bytes = (x[self.on] > 0.5).astype(np.uint8)
        return states

    def flows(self, x: Floats) -> Flows:
        """Return the flows of storages in a solution."""
        return Flows(taken=np.maximum(x[self.taken], 0.0), given=np.maximum(x[self.given], 0.0))


def whole_model(problem: DevicesProblem, tables: Tables, stores: Stores) -> Modelled:
    """Return the programme of all devices and storages."""
    model = Model()
    on = _devices(model, tables)
    taken, given = _shared(model, problem, tables, stores, on)
    _directions(model, tables, stores, taken, given)
    if tables.ramp < FAR:
        _ramps(model, tables, on)
    _relations(model, problem, on)
    constant = -problem.peak_price * problem.peak_paid_kw
    return Modelled(milp=model.milp(constant), on=on, taken=taken, given=given)


def shared_model(problem: DevicesProblem, tables: Tables, stores: Stores) -> Model:
    """Return the linear programme of what devices share, each a fraction on, without starts and least times."""
    model, n = Model(), problem.slots
    on = model.columns((tables.may_off == 0).astype(np.float64), tables.may_on.astype(np.float64), 0.0)
    for k in np.flatnonzero(tables.slots_on >= 0):
        model.row(on[k], [1.0] * n, float(tables.slots_on[k]), float(tables.slots_on[k]))
    _shared(model, problem, tables, stores, on)
    return model


def _shared(
    model: Model, problem: DevicesProblem, tables: Tables, stores: Stores, on: Ints
) -> tuple[Ints, Ints]:
    """Add storages, zones and the site; return the columns of what storages take and give."""
    n, many = problem.slots, len(stores.storages)
    flat = model.columns(stores.bounds[:, 0], stores.bounds[:, 1], 0.0).reshape(3, many, n)
    for r in range(many * n):
        columns = stores.content.indices[stores.content.indptr[r] : stores.content.indptr[r + 1]]
        factors = stores.content.data[stores.content.indptr[r] : stores.content.indptr[r + 1]]
        model.row(flat.ravel()[columns], factors, float(stores.start[r]), float(stores.start[r]))
        model.row([flat[0].flat[r], flat[1].flat[r]], stores.shares[:, r], -np.inf, 1.0)
    services = {z: flat[1, stores.zone == z] for z in range(len(tables.demand))}
    _zones(model, tables, on, services)
    _site(model, problem, tables, on, [(flat[0], 1.0), (flat[1, stores.zone < 0], -1.0)])
    return flat[0], flat[1]


def _directions(model: Model, tables: Tables, stores: Stores, taken: Ints, given: Ints) -> None:
    """Let storages either take or give in a slot where both at once could pay: at a zone, or at prices below 0."""
    for s in range(len(stores.storages)):
        slots = np.arange(len(tables.buy)) if stores.zone[s] >= 0 else np.flatnonzero(tables.buy < 0)
        gives = model.columns(np.zeros(len(slots)), np.ones(len(slots)), 0.0, whole=True)
        for t, one in zip(slots, gives, strict=True):
            r = s * len(tables.buy) + t
            model.row([taken[s, t], one], [stores.shares[0, r], 1.0], -np.inf, 1.0)
            model.row([given[s, t], one], [stores.shares[1, r], -1.0], -np.inf, 0.0)


def _devices(model: Model, tables: Tables) -> Ints:
    """Add states and starts of devices with least times (Rajan and Takriti 2005); return the states' columns."""
    n = len(tables.buy)
    must, may = (tables.may_off == 0).astype(np.float64), tables.may_on.astype(np.float64)
    on = model.columns(must, may, 0.0, whole=True)
    begun = model.columns(
        np.zeros(must.shape), np.ones(must.shape), np.repeat(tables.start, n).reshape(-1, n)
    )
    for k in range(len(on)):
        add_least_times(
            model,
            on[k],
            begun[k],
            was_on=bool(tables.was_on[k]),
            up=int(tables.up[k]),
            down=int(tables.down[k]),
        )
        if tables.slots_on[k] >= 0:
            model.row(on[k], [1.0] * n, float(tables.slots_on[k]), float(tables.slots_on[k]))
    return on


def add_least_times(model: Model, on: Ints, begun: Ints, *, was_on: bool | None, up: int, down: int) -> None:
    """Add the starts of a device, and its least times after a change; what is left of one from before is not in it.

    Parameters
    ----------
    was_on
        Whether it was on before; None where that is not known.
    """
    n = len(on)
    if was_on is not None:
        model.row([begun[0], on[0]], [1, -1], -float(was_on), np.inf)
    for t in range(n):
        if t:
            model.row([begun[t], on[t], on[t - 1]], [1, -1, 1], 0, np.inf)
        back = begun[max(0, t - up + 1) : t + 1]
        model.row([*back, on[t]], [1.0] * len(back) + [-1.0], -np.inf, 0)
        if t >= down:
            back = begun[t - down + 1 : t + 1]
            model.row([*back, on[t - down]], [1.0] * (len(back) + 1), -np.inf, 1)
    if was_on is not None:
        back = begun[: min(down, n)]
        model.row(back, [1.0] * len(back), -np.inf, 1 - float(was_on))


def _zones(model: Model, tables: Tables, on: Ints, services: dict[int, Ints]) -> None:
    """Add demands, limits and climates of zones; `services` are the columns of what storages give to each."""
    for z in range(len(tables.demand)):
        here, more = np.flatnonzero(tables.zone == z), services[z]
        service, power = tables.service[here], tables.power[here]
        for t in range(on.shape[1]):
            if tables.demand[z, t] > 0:
                gives = [*service, *[1.0] * len(more)]
                model.row(
                    [*on[here, t], *more[:, t]], gives, tables.demand[z, t], np.inf, name=("demand", z, t)
                )
            if tables.zone_limit[z, t] < FAR:
                model.row(on[here, t], power, -np.inf, tables.zone_limit[z, t], name=("limit", z, t))
        if tables.air.warm[z]:
            _climate(model, tables, z, tables.air.heat[here], on[here])


def _climate(model: Model, tables: Tables, z: int, gives: Floats, on: Ints) -> None:
    air, n = tables.air, len(tables.buy)
    soft = air.soft[z] >= 0
    low = np.where(air.low[z] > -MOST, air.low[z], -np.inf)
    high = np.where(air.high[z] < MOST, air.high[z], np.inf)
    free = np.full(n, np.inf)
    temp = model.columns(-free if soft else low, free if soft else high, 0.0)
    if soft:
        out = model.columns(np.zeros(n), free, air.soft[z])
    for t in range(n):
        columns, factors = [temp[t], *on[:, t]], [1.0, *(-air.gain[z] * gives)]
        value = air.drive[z, t]
        if t:
            columns, factors = [*columns, temp[t - 1]], [*factors, -air.keep[z]]
        else:
            value += air.keep[z] * air.before[z]
        model.row(columns, factors, value, value)
        if soft:
            model.row([temp[t], out[t]], [1, 1], low[t], np.inf)
            model.row([temp[t], out[t]], [1, -1], -np.inf, high[t])


def _site(
    model: Model, problem: DevicesProblem, tables: Tables, on: Ints, flows: Sequence[tuple[Ints, float]]
) -> None:
    """Add what the site buys and feeds in, its limit and its peak."""
    n = problem.slots
    bought = model.columns(np.zeros(n), np.where(tables.limit < FAR, tables.limit, np.inf), tables.buy)
    fed = model.columns(np.zeros(n), np.full(n, np.inf), -tables.sell)
    peak = model.columns(np.array([problem.peak_paid_kw]), np.array([np.inf]), problem.peak_price)
    for t in range(n):
        columns, factors = [*on[:, t], bought[t], fed[t]], [*tables.power, -1.0, 1.0]
        for part, sign in flows:
            columns, factors = [*columns, *part[:, t]], [*factors, *[sign] * len(part)]
        value = -tables.net[t]
        model.row(columns, factors, value, value, name=("site", 0, t))
        if problem.peak_price > 0:
            model.row([bought[t], peak[0]], [1, -1], -np.inf, 0)


def _ramps(model: Model, tables: Tables, on: Ints) -> None:
    before = float(tables.power @ tables.was_on)
    model.row(on[:, 0], tables.power, before - tables.ramp, before + tables.ramp)
    for t in range(1, on.shape[1]):
        step = [*tables.power, *-tables.power]
        model.row([*on[:, t], *on[:, t - 1]], step, -tables.ramp, tables.ramp)


def _relations(model: Model, problem: DevicesProblem, on: Ints) -> None:
    number = {d.name: i for i, d in enumerate(problem.devices)}
    for group in problem.exclusions:
        members = [number[name] for name in group]
        for t in range(on.shape[1]):
            model.row(on[members, t], [1.0] * len(members), -np.inf, 1.0)
    for device, other in problem.needs:
        for t in range(on.shape[1]):
            model.row([on[number[device], t], on[number[other], t]], [1, -1], -np.inf, 0)
    for order in problem.orders:
        add_order(model, on[number[order.before]], on[number[order.after]], order.lag)


def add_order(model: Model, before: Ints, after: Ints, lag: int) -> None:
    """Add that `after` is on only from `lag` slots after `before` was on last, by whether it has begun by each slot."""
    n = len(before)
    begun = model.columns(np.zeros(n), np.ones(n), 0.0)
    for t in range(n):
        model.row([begun[t], after[t]], [1, -1], 0, np.inf)
        if t:
            model.row([begun[t], begun[t - 1]], [1, -1], 0, np.inf)
        model.row([before[t], begun[min(n - 1, t + lag)]], [1, 1], -np.inf, 1)
