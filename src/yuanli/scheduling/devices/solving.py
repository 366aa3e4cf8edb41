"""A search for the least cost of devices: prices and their bound, repair, then better groups until it is over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.improving import HEATS, NEAR, PEAKS, Found, Improver, Terms, judge
from yuanli.scheduling.devices.moves import Tables
from yuanli.scheduling.devices.pricing import Pricing, UnreachableError
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem
from yuanli.solver import Result, Search, Wish

FIRST_STEPS = 150
STEPS = 600
CUT_STEPS = 200
LEAST_GAIN = 1e-4
LEAST_CYCLE = 20
DEVICES_PER_ROUND = 5


def solve_devices(
    problem: DevicesProblem, search: Search[DevicesPlan], wish: Wish[DevicesPlan] = Wish()
) -> Result[DevicesPlan]:
    """Find the least cost, with a proved bound, until the search is over.

    Each device alone under prices of what they share gives the bound; its states are repaired, and groups of three
    devices of a zone are set anew by exact dynamic programming over their joint states, with errors that grow and fade. A
    round is a step of the prices, or about 20,000 joint states.
    """
    tables = tables_of(problem)
    return _Solving(problem, tables, search, wish).run()


class _Solving:
    def __init__(
        self, problem: DevicesProblem, tables: Tables, search: Search[DevicesPlan], wish: Wish[DevicesPlan]
    ) -> None:
        self.problem, self.tables, self.search, self.wish = problem, tables, search, wish
        zones = np.zeros(tables.demand.shape)
        self.terms = Terms(
            peak_price=problem.peak_price, peak_paid_kw=problem.peak_paid_kw,
            storage_kw=np.zeros(problem.slots), storage_service=zones,
        )  # fmt: skip
        self.improver = Improver(tables, self.terms, np.arange(len(problem.devices)), seed=wish.seed)
        self.best: Found | None = None

    def run(self) -> Result[DevicesPlan]:
        """Search."""
        try:
            pricing = Pricing(self.tables, peak_price=self.problem.peak_price, peak_paid_kw=self.problem.peak_paid_kw)
        except UnreachableError:
            return self.search.result(infeasible=True)
        self._climb(pricing, FIRST_STEPS)
        self._repair(pricing)
        self._climb(pricing, STEPS - FIRST_STEPS)
        self._repair(pricing)
        cutting = True
        while not self.search.over():
            if cutting:
                before = pricing.best.value
                pricing.cut()
                self._climb(pricing, CUT_STEPS)
                cutting = pricing.best.value - before > LEAST_GAIN * abs(before)
            self._cycle(pricing)
        return self.search.result()

    def _climb(self, pricing: Pricing, steps: int) -> None:
        for _ in range(steps):
            if self.search.over():
                return
            upper = self.search.cost if self.best is not None else pricing.best.value * 1.03
            pricing.step(upper)
            self.search.prove(pricing.best.value)
            self.search.count()

    def _repair(self, pricing: Pricing) -> None:
        if self.best is not None and self.search.over():
            return
        short = 2.0 * float((self.tables.buy * self.tables.power.mean()).max() / max(1.0, self.tables.service.mean()))
        found = self.improver.repair(pricing.best.on, short=max(short, 0.1), peak_kw=pricing.peak_kw)
        self._offer(found)

    def _cycle(self, pricing: Pricing) -> None:
        """Improve the best for a while: with errors first, but in the first cycle; the best is kept."""
        improver, rounds = self.improver, self.improver.rounds
        length = max(LEAST_CYCLE, len(improver.pool) // DEVICES_PER_ROUND)
        turn = rounds // length
        heat = HEATS[turn % len(HEATS)] if turn and self.best is not None else 0.0
        on = pricing.best.on if self.best is None else self.best.on
        peak = pricing.peak_kw if self.best is None else self.best.peak_kw * PEAKS[turn % len(PEAKS)]
        state, weights = improver.state(on), improver.weights(peak)
        for k in range(length):
            improver.groups(state, weights, heat * max(0.0, 1.0 - k / (0.6 * length)))
            self.search.count()
            if k >= 0.6 * length or heat == 0.0:
                self._offer(judge(self.tables, self.terms, state.on))
            if self.search.over():
                return

    def _offer(self, found: Found) -> None:
        if found.broken <= NEAR and (self.best is None or found.cost < self.best.cost):
            self.best = replace(found, on=found.on.copy())
            self.search.offer(
                DevicesPlan(on=self.best.on.astype(np.bool_), storage=np.zeros((0, self.problem.slots))), found.cost
            )
