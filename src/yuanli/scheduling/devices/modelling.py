"""Devices as a mixed-integer linear programme: all of them, or some while the others stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from yuanli.scheduling.devices.kernels import FAR
from yuanli.scheduling.devices.moves import Bytes, Floats, Ints, State, Tables
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
        self, columns: Sequence[int] | Ints, factors: Sequence[float] | Floats, low: float, high: float
    ) -> None:
        """Add `low ≤ factors · columns ≤ high`."""
        self.entries.append((np.asarray(columns, np.int64), np.asarray(factors, np.float64)))
        self.row_low.append(low if low > -MOST else -np.inf)
        self.row_high.append(high if high < MOST else np.inf)

    def milp(self, constant: float) -> Milp:
        """Return the programme."""
        integer = np.zeros(self.size, np.bool_)
        integer[self.whole] = True
        pointer = np.append(0, np.cumsum([len(columns) for columns, _ in self.entries]))
        columns = np.concatenate([columns for columns, _ in self.entries]).astype(np.int32)
        factors = np.concatenate([factors for _, factors in self.entries])
        return Milp(
            cost=np.concatenate(self.cost), low=np.concatenate(self.low), high=np.concatenate(self.high),
            integer=integer, rows=csr_array((factors, columns, pointer.astype(np.int32)), shape=(len(pointer) - 1, self.size)),
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
    """Return the programme of all devices and storages; without orders, which its solutions may break."""
    model, every = Model(), np.arange(len(tables.power))
    on = _devices(model, tables, every)
    n, many = problem.slots, len(stores.storages)
    flat = model.columns(stores.bounds[:, 0], stores.bounds[:, 1], 0.0).reshape(3, many, n)
    for r in range(many * n):
        columns = stores.content.indices[stores.content.indptr[r] : stores.content.indptr[r + 1]]
        factors = stores.content.data[stores.content.indptr[r] : stores.content.indptr[r + 1]]
        model.row(flat.ravel()[columns], factors, float(stores.start[r]), float(stores.start[r]))
    services = {z: flat[1, stores.zone == z] for z in range(len(tables.demand))}
    none = np.zeros((len(tables.demand), n))
    _zones(model, tables, every, on, none, none, none, services)
    flows = [(flat[0], 1.0), (flat[1, stores.zone < 0], -1.0)]
    _site(model, problem, tables, every, on, np.zeros(n), flows)
    _ramps(model, tables, every, on, np.zeros(n + 1))
    _relations(model, problem, tables, every, on, None)
    return Modelled(milp=model.milp(_paid(problem)), on=on, taken=flat[0], given=flat[1])


def part_model(problem: DevicesProblem, tables: Tables, state: State, inside: Ints) -> Modelled:
    """Return the programme of some devices against what the others and the storages do in `state`."""
    model = Model()
    on, n = _devices(model, tables, inside), problem.slots
    cover, zone_load, heat = state.cover.copy(), state.zone_load.copy(), state.heat.copy()
    moved, load = state.moved.copy(), state.load.copy()
    for i in inside:
        row, z = state.on[i].astype(np.float64), tables.zone[i]
        cover[z] -= tables.service[i] * row
        zone_load[z] -= tables.power[i] * row
        heat[z] -= tables.air.heat[i] * row
        load -= tables.power[i] * row
        moved -= tables.power[i] * np.append(float(tables.was_on[i]), row)
    _zones(model, tables, inside, on, cover, zone_load, heat, {})
    _site(model, problem, tables, inside, on, load, [])
    _ramps(model, tables, inside, on, moved)
    _relations(model, problem, inside, on, state.on)
    none = np.empty((0, n), np.int64)
    return Modelled(milp=model.milp(_paid(problem)), on=on, taken=none, given=none)


def priced_model(tables: Tables, power: Floats, z: int) -> Modelled:
    """Return the programme of a zone's devices where power has a price by slot instead of a site."""
    model, inside = Model(), np.flatnonzero(tables.zone == z)
    on = _devices(model, tables, inside, power)
    none = np.zeros(tables.demand.shape)
    _zones(model, tables, inside, on, none, none, none, {})
    empty = np.empty((0, len(power)), np.int64)
    return Modelled(milp=model.milp(0.0), on=on, taken=empty, given=empty)


def _paid(problem: DevicesProblem) -> float:
    return -problem.peak_price * problem.peak_paid_kw


def _devices(model: Model, tables: Tables, inside: Ints, power: Floats | None = None) -> Ints:
    """Add states and starts of devices with least times (Rajan and Takriti 2005); return the states' columns."""
    n = len(tables.buy)
    must, may = 1.0 - tables.may_off[inside], tables.may_on[inside].astype(np.float64)
    price = 0.0 if power is None else tables.power[inside][:, None] * power
    on = model.columns(must, may, np.broadcast_to(price, must.shape), whole=True)
    begun = model.columns(
        np.zeros(must.shape), np.ones(must.shape), np.repeat(tables.start[inside], n).reshape(-1, n)
    )
    for k, i in enumerate(inside):
        before, up, down = float(tables.was_on[i]), int(tables.up[i]), int(tables.down[i])
        model.row([begun[k, 0], on[k, 0]], [1, -1], -before, np.inf)
        for t in range(n):
            if t:
                model.row([begun[k, t], on[k, t], on[k, t - 1]], [1, -1, 1], 0, np.inf)
            back = begun[k, max(0, t - up + 1) : t + 1]
            model.row([*back, on[k, t]], [1.0] * len(back) + [-1.0], -np.inf, 0)
            if t >= down:
                back = begun[k, t - down + 1 : t + 1]
                model.row([*back, on[k, t - down]], [1.0] * (len(back) + 1), -np.inf, 1)
        back = begun[k, : min(down, n)]
        model.row(back, [1.0] * len(back), -np.inf, 1 - before)
        if tables.slots_on[i] >= 0:
            model.row(on[k], [1.0] * n, float(tables.slots_on[i]), float(tables.slots_on[i]))
    return on


def _zones(
    model: Model, tables: Tables, inside: Ints, on: Ints, cover: Floats, load: Floats, heat: Floats,
    services: dict[int, Ints],
) -> None:  # fmt: skip
    """Add demands, limits and climates of the zones of devices, on top of what others give, take and heat."""
    zones = tables.zone[inside]
    air = tables.air
    wanted = {*zones.tolist(), *(z for z in services if len(services[z]))}
    for z in sorted(wanted):
        here = np.flatnonzero(zones == z)
        service, power = tables.service[inside[here]], tables.power[inside[here]]
        more = services.get(z, np.empty((0, on.shape[1]), np.int64))
        for t in range(on.shape[1]):
            left = tables.demand[z, t] - cover[z, t]
            if left > 0:
                model.row([*on[here, t], *more[:, t]], [*service, *[1.0] * len(more)], left, np.inf)
            if tables.zone_limit[z, t] < FAR:
                model.row(on[here, t], power, -np.inf, tables.zone_limit[z, t] - load[z, t])
        if air.warm[z] and len(here):
            _climate(model, tables, z, air.heat[inside[here]], on[here], heat[z])


def _climate(model: Model, tables: Tables, z: int, gives: Floats, on: Ints, heat: Floats) -> None:
    air, n = tables.air, on.shape[1]
    soft = air.soft[z] >= 0
    low = np.where(air.low[z] > -MOST, air.low[z], -np.inf)
    high = np.where(air.high[z] < MOST, air.high[z], np.inf)
    free = np.full(n, np.inf)
    temp = model.columns(-free if soft else low, free if soft else high, 0.0)
    if soft:
        out = model.columns(np.zeros(n), free, air.soft[z])
    for t in range(n):
        columns, factors = [temp[t], *on[:, t]], [1.0, *(-air.gain[z] * gives)]
        value = air.drive[z, t] + air.gain[z] * heat[t]
        if t:
            columns, factors = [*columns, temp[t - 1]], [*factors, -air.keep[z]]
        else:
            value += air.keep[z] * air.before[z]
        model.row(columns, factors, value, value)
        if soft:
            model.row([temp[t], out[t]], [1, 1], low[t], np.inf)
            model.row([temp[t], out[t]], [1, -1], -np.inf, high[t])


def _site(
    model: Model, problem: DevicesProblem, tables: Tables, inside: Ints, on: Ints, load: Floats,
    flows: Sequence[tuple[Ints, float]],
) -> None:  # fmt: skip
    """Add what the site buys and feeds in, its limit and its peak, on top of a load."""
    n = problem.slots
    bought = model.columns(np.zeros(n), np.where(tables.limit < FAR, tables.limit, np.inf), tables.buy)
    fed = model.columns(np.zeros(n), np.full(n, np.inf), -tables.sell)
    peak = model.columns(np.array([problem.peak_paid_kw]), np.array([np.inf]), problem.peak_price)
    for t in range(n):
        columns, factors = [*on[:, t], bought[t], fed[t]], [*tables.power[inside], -1.0, 1.0]
        for part, sign in flows:
            columns, factors = [*columns, *part[:, t]], [*factors, *[sign] * len(part)]
        value = -tables.net[t] - load[t]
        model.row(columns, factors, value, value)
        if problem.peak_price > 0:
            model.row([bought[t], peak[0]], [1, -1], -np.inf, 0)


def _ramps(model: Model, tables: Tables, inside: Ints, on: Ints, moved: Floats) -> None:
    if tables.ramp >= FAR:
        return
    power = tables.power[inside]
    before = float(power @ tables.was_on[inside])
    for t in range(on.shape[1]):
        rest = moved[t + 1] - moved[t]
        if t:
            model.row([*on[:, t], *on[:, t - 1]], [*power, *-power], -tables.ramp - rest, tables.ramp - rest)
        else:
            model.row(on[:, 0], power, -tables.ramp - rest + before, tables.ramp - rest + before)


def _relations(model: Model, problem: DevicesProblem, inside: Ints, on: Ints, states: Bytes | None) -> None:
    """Add exclusions and needs, toward devices that stay as they are in `states`, too."""
    place = {int(i): k for k, i in enumerate(inside)}
    number = {d.name: i for i, d in enumerate(problem.devices)} if problem.exclusions or problem.needs else {}
    for group in problem.exclusions:
        members = [number[name] for name in group]
        free = [place[i] for i in members if i in place]
        fixed = [i for i in members if i not in place]
        for t in range(on.shape[1]) if free else ():
            taken = float(states[fixed, t].sum()) if states is not None and fixed else 0.0
            model.row(on[free, t], [1.0] * len(free), -np.inf, 1.0 - taken)
    for device, other in problem.needs:
        i, j = number[device], number[other]
        for t in range(on.shape[1]):
            if i in place and j in place:
                model.row([on[place[i], t], on[place[j], t]], [1, -1], -np.inf, 0)
            elif i in place and states is not None:
                model.row([on[place[i], t]], [1], -np.inf, float(states[j, t]))
            elif j in place and states is not None:
                model.row([on[place[j], t]], [1], float(states[i, t]), np.inf)
