"""What storages take and give: linear programmes under prices, and against what devices leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, coo_array, csr_array, eye_array, hstack, vstack

from yuanli.scheduling.devices.moves import Floats, State, Tables
from yuanli.scheduling.devices.problem import DevicesProblem, Storage

NEAR = 1e-9
SHORT = 1e3
FIXES = 4
SIZE, LEAST = 100.0, 1e-5
"""What a mean price counts to the solver, whose tolerance is 1e-7; the share of it that a kWh moved costs, for ties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What storages take, kW, and give, kW or service, shape `(n_storages, slots)`."""

    taken: Floats
    given: Floats

    def mixed(self, other: Flows, share: float) -> Flows:
        """Return flows between these and others; they are possible where both are."""
        return Flows(
            taken=self.taken + share * (other.taken - self.taken),
            given=self.given + share * (other.given - self.given),
        )


def flows_of(rows: Floats) -> Flows:
    """Return the flows of a plan's storages."""
    return Flows(taken=np.maximum(rows, 0.0), given=np.maximum(-rows, 0.0))


class Stores:
    """The storages of a problem."""

    def __init__(self, problem: DevicesProblem, tables: Tables) -> None:
        self.problem, self.tables = problem, tables
        self.storages, n = problem.storages, problem.slots
        names = [z.name for z in problem.zones]
        self.zone = np.array([-1 if s.zone is None else names.index(s.zone) for s in self.storages], np.int64)
        self.content, self.start = _contents(self.storages, n, problem.slot_h)
        self.shares = _shares(self.storages, n)
        self.one_way_only = _sums(self.shares)
        self.bounds = np.array(
            [
                *((0.0, s.charge_kw) for s in self.storages for _ in range(n)),
                *((0.0, s.discharge) for s in self.storages for _ in range(n)),
                *((s.target if t == n - 1 else 0.0, s.capacity) for s in self.storages for t in range(n)),
            ]
        ).reshape(-1, 2)  # fmt: skip
        for s, one in enumerate(self.storages):
            for t, flow in one.held.items():
                self.bounds[s * n + t] = max(flow, 0.0)
                self.bounds[(len(self.storages) + s) * n + t] = max(-flow, 0.0)

    def fix(self, s: int, flows: Flows) -> None:
        """Lock the flows of a storage."""
        n, size = self.problem.slots, len(self.storages) * self.problem.slots
        here = slice(s * n, (s + 1) * n)
        self.bounds[:size][here] = flows.taken[s][:, None]
        self.bounds[size : 2 * size][here] = flows.given[s][:, None]

    def power(self, flows: Flows) -> Floats:
        """Return the power of the site that storages take, by slot."""
        total: Floats = flows.taken.sum(axis=0) - flows.given[self.zone < 0].sum(axis=0)
        return total

    def service(self, flows: Flows) -> Floats:
        """Return what storages give to zones, by zone and slot."""
        total = np.zeros(self.tables.demand.shape)
        for s, z in enumerate(self.zone):
            if z >= 0:
                total[z] += flows.given[s]
        return total

    def idle(self) -> Flows:
        """Return no flows."""
        return Flows(
            taken=np.zeros((len(self.storages), self.problem.slots)),
            given=np.zeros((len(self.storages), self.problem.slots)),
        )

    def priced(self, power: Floats, service: Floats) -> tuple[float, Flows] | None:
        """Return the least cost at prices of power, and of service by zone; None where none is possible."""
        n = self.problem.slots
        taken = np.tile(power, len(self.storages))
        given = np.concatenate([-power if z < 0 else -service[z] for z in self.zone])
        found = linprog(
            np.concatenate([taken, given, np.zeros(len(given))]), A_ub=self.one_way_only,
            b_ub=np.ones(len(given)), A_eq=self.content, b_eq=self.start,
            bounds=self.bounds, method="highs",
        )  # fmt: skip
        return (float(found.fun), self._flows(found.x, n)) if found.status == 0 else None

    def answered(self, state: State, *, peak_price: float, paid_kw: float) -> Flows | None:
        """Return the cheapest flows against the devices of `state`, never both ways at once.

        Among flows that cost the same these move least, and early.

        Parameters
        ----------
        paid_kw
            Up to where the greatest power is paid for already.
        """
        n, tables, many = self.problem.slots, self.tables, len(self.storages)
        size = many * n
        zones = sorted({int(z) for z in self.zone if z >= 0})
        short = len(zones) * n
        # taken, given, content | bought, fed | short by zone | over the limit | peak
        mean = float(np.abs(tables.buy).mean()) or 1.0
        moved = np.tile(LEAST * mean * (1.0 + np.arange(n) / n), 2 * many)
        lacking = np.full(short + n, SHORT)
        cost = (SIZE / mean) * np.concatenate(
            [moved, np.zeros(size), tables.buy, -tables.sell, lacking, [peak_price]]
        )
        one = eye_array(n, format="csr")
        taken = hstack([one] * many)
        given = hstack([one if z < 0 else csr_array((n, n)) for z in self.zone])
        blank = csr_array((n, size))
        load = state.zone_load.sum(axis=0)
        balance = hstack([taken, -given, blank, -one, one, csr_array((n, short + n + 1))])
        equal = vstack([hstack([self.content, csr_array((size, 3 * n + short + 1))]), balance])
        high = hstack([csr_array((n, 3 * size)), one, -one, csr_array((n, short)), -one, csr_array((n, 1))])
        peak = hstack(
            [csr_array((n, 3 * size)), one, -one, csr_array((n, short + n)), csr_array(-np.ones((n, 1)))]
        )
        rows, limits = [high, peak], [np.minimum(tables.limit, 1e12), np.zeros(n)]
        for at, z in enumerate(zones):
            gives = hstack([-one if own == z else csr_array((n, n)) for own in self.zone])
            slack = hstack([-one if k == at else csr_array((n, n)) for k in range(len(zones))])
            rows.append(hstack([blank, gives, blank, csr_array((n, 2 * n)), slack, csr_array((n, n + 1))]))
            devices = tables.service[tables.zone == z] @ state.on[tables.zone == z]
            limits.append(devices - tables.demand[z])
        bounds = np.vstack([self.bounds, np.tile([0.0, np.inf], (3 * n + short, 1)), [[paid_kw, np.inf]]])
        rows.append(hstack([self.one_way_only, csr_array((size, 3 * n + short + 1))]))
        limits.append(np.ones(size))
        for _ in range(FIXES):
            found = linprog(
                cost, A_ub=vstack(rows), b_ub=np.concatenate(limits), A_eq=equal,
                b_eq=np.concatenate([self.start, -(tables.net + load)]), bounds=bounds, method="highs",
            )  # fmt: skip
            if found.status != 0:
                return None
            flows = self._flows(found.x, n)
            both = (flows.taken > NEAR) & (flows.given > NEAR)
            if not both.any():
                return flows
            taking = (flows.taken >= flows.given) & (self.zone < 0)[:, None]
            bounds[np.flatnonzero((both & ~taking).ravel()), 1] = 0.0
            bounds[size + np.flatnonzero((both & taking).ravel()), 1] = 0.0
        return None

    def _flows(self, x: Floats, n: int) -> Flows:
        size = len(self.storages) * n
        return Flows(
            taken=np.maximum(x[:size].reshape(-1, n), 0.0),
            given=np.maximum(x[size : 2 * size].reshape(-1, n), 0.0),
        )

    def one_way(self, flows: Flows) -> Flows:
        """Return flows with the same contents that never go both ways at once."""
        taken, given = np.zeros_like(flows.taken), np.zeros_like(flows.given)
        for s, one in enumerate(self.storages):
            gained = flows.taken[s] * one.charge_efficiency - flows.given[s] / one.discharge_efficiency
            taken[s] = np.maximum(gained, 0.0) / one.charge_efficiency
            given[s] = np.maximum(-gained, 0.0) * one.discharge_efficiency
        return Flows(taken=taken, given=given)


def _shares(storages: tuple[Storage, ...], n: int) -> Floats:
    """Return by what to multiply flows for their shares of the most taken and the most given, `(2, n_storages · n)`."""
    most = np.array([[s.charge_kw for s in storages], [s.discharge for s in storages]]).reshape(2, -1)
    shares: Floats = np.repeat(np.divide(1.0, most, out=np.zeros(most.shape), where=most > 0), n, axis=1)
    return shares


def _sums(shares: Floats) -> csr_array:
    """Return rows, by storage and slot, of both shares together; none is above 1, as one of them is 0."""
    each, shape = np.arange(shares.shape[1]), (shares.shape[1], shares.shape[1])
    parts = [coo_array((part, (each, each)), shape) for part in shares]
    return csr_array(hstack([*parts, csr_array(shape)]))


def _contents(storages: tuple[Storage, ...], n: int, slot_h: float) -> tuple[csr_array, Floats]:
    """Return rows that tie contents to flows, for all storages, and their right sides."""
    taken, given, content, start = [], [], [], []
    for one in storages:
        diagonal = np.ones(n)
        taken.append(coo_array(eye_array(n) * (-one.charge_efficiency * slot_h)))
        given.append(coo_array(eye_array(n) * (slot_h / one.discharge_efficiency)))
        content.append(coo_array(eye_array(n) - eye_array(n, k=-1) * (1.0 - one.loss)))
        start.append(np.where(np.arange(n) == 0, (1.0 - one.loss) * one.content, 0.0) * diagonal)
    if not storages:
        return csr_array((0, 0)), np.empty(0)
    return csr_array(hstack([block_diag(taken), block_diag(given), block_diag(content)])), np.concatenate(
        start
    )
