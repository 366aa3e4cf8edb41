"""A search for the least cost of devices: prices and their bound, repair, then better groups until it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.bounding import Seen, look
from yuanli.scheduling.devices.checking import check_devices
from yuanli.scheduling.devices.conflicts import WITHIN_S
from yuanli.scheduling.devices.dualising import find_duals
from yuanli.scheduling.devices.improving import CHUNK, HEATS, NEAR, PEAKS, Found, Improver, Terms, discomforts
from yuanli.scheduling.devices.modelling import whole_model
from yuanli.scheduling.devices.moves import Bytes, Floats, Tables
from yuanli.scheduling.devices.polishing import MOST as MOST_POLISHED
from yuanli.scheduling.devices.polishing import Polisher
from yuanli.scheduling.devices.pricing import Pricing, UnreachableError
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem, Flags
from yuanli.scheduling.devices.replanning import few_changes, free_devices, wrong_devices
from yuanli.scheduling.devices.storing import Flows, Stores, flows_of
from yuanli.scheduling.devices.wishing import wish_conflicts_of_devices
from yuanli.solver import Aside, Result, Search, SearchProgress, Stop, Wish, solve_milp, unless_cancelled

FIRST_STEPS = 150
STEPS = 600
CUT_STEPS = 200
LEAST_GAIN = 1e-4
LARGE = 500
"""Up to how many devices a repair comes early, too: it is quick then."""
DUAL_STEPS = 40
"""Steps where the climb began from the duals of a linear programme."""
PATIENCE = 100
LEAST_CLIMB = 1e-6
"""A bound that rises by a smaller share in `PATIENCE` steps is left as it is."""
FEW, SMALL_ZONE, SMALL_ZONES, SMALL_ZONES_S = 30, 20, 150, 10.0
"""HiGHS helps up to a few devices; more, where zones are small, and only where there are some seconds."""
EXACT_SHARE = 0.6
FEW_SHARED, EXACT_SHARED, EARLY_SHARE, EXACT_S = 60, 0.8, 0.35, 8.0
"""HiGHS comes first, and longer, up to so many devices where storages or a surplus of the sun tie all slots together:
of more than `FEW` for a small share where there are only some seconds, which better answers need."""
POLISHED = 2_000
"""Up to so many storages × slots each better plan gets its storages' cheapest flows at once: some 20 ms."""
LEVELS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8)
"""Repairs begin, besides, where the mean of the priced states is above each of these."""
FIRST_EXCHANGES = 12
LEAST_CYCLE = 20
DEVICES_PER_ROUND = 5
NEAR_STALE = 3
"""Rounds around what is locked without a gain, until the whole is searched."""
LEAST_TIE = 1e-6
FIRST_SHARE, LEAST_WITHIN_S = 0.2, 0.8
"""Of the time, to find a contradiction where a first repair leaves something broken: what that left of the seconds that
are meant for it, but some at least."""


def solve_devices(
    problem: DevicesProblem,
    search: Search[DevicesPlan],
    wish: Wish[DevicesPlan] = Wish(),
    *,
    begin: Callable[[Pricing], None] | None = None,
) -> Result[DevicesPlan]:
    """Find the least cost, with a proved bound, until the search is over.

    Each device alone under prices of what they share gives the bound; its states are repaired, and groups of three
    devices of a zone are set anew by exact dynamic programming over their joint states, with errors that grow and
    fade. A
    round is a step of the prices, or about 20,000 joint states. What is locked is a device or a storage, by name.

    Parameters
    ----------
    begin
        Gives prices to begin from.
    """
    return _Solving(problem, search, wish).run(begin)


def near_exact(tables: Tables, left_s: float) -> bool:
    """Say whether HiGHS is likely to bound better in the time that is left: few devices, or few in each zone."""
    zone = tables.zone
    if len(zone) <= FEW or not np.isfinite(left_s):
        return bool(np.isfinite(left_s))
    sizes = np.bincount(zone, minlength=len(tables.demand))[:-1]
    small = 0 < sizes.max(initial=0) <= SMALL_ZONE and 2 * sizes.sum() >= len(zone)
    return bool(small and len(zone) <= SMALL_ZONES and left_s >= SMALL_ZONES_S)


def dearest(problem: DevicesProblem, tables: Tables) -> float:
    """Return a cost that no plan is above: where the bound is, there is no plan."""
    storages, all_on = problem.storages, tables.power.sum()
    high = tables.net + all_on + sum(s.charge_kw for s in storages)
    most = np.maximum(high, sum(s.discharge for s in storages) - tables.net)
    energy = float(np.maximum(np.abs(tables.buy), np.abs(tables.sell)) @ np.maximum(most, 0.0))
    starts = float(tables.start.sum()) * problem.slots
    peak = problem.peak_price * max(0.0, float(high.max()))
    uneasy = 0.0
    soft = tables.air.soft >= 0
    for heat in (np.minimum(tables.air.heat, 0.0), np.maximum(tables.air.heat, 0.0)):
        always = np.zeros(tables.demand.shape)
        np.add.at(always, tables.zone, heat[:, None])
        uneasy += float((tables.air.soft * discomforts(tables, always))[soft].sum())
    return (energy + starts + peak + uneasy) * (1.0 + NEAR) + NEAR


class _Solving:
    def __init__(self, problem: DevicesProblem, search: Search[DevicesPlan], wish: Wish[DevicesPlan]) -> None:
        self.problem, self.search, self.wish = problem, search, wish
        self.tables = tables_of(problem)
        self.locked = np.array([d.name in wish.locked for d in problem.devices], np.bool_)
        if wish.start is not None and self.locked.any():
            self._lock(wish.start.on)
        self.stores = Stores(problem, self.tables)
        if wish.start is not None:
            for s, one in enumerate(problem.storages):
                if one.name in wish.locked:
                    self.stores.fix(s, flows_of(wish.start.storage))
        self.flows = self.stores.idle()
        self.stored = bool(problem.storages)
        self.shared = self.stored or bool((self.tables.net < 0).any())
        terms = Terms(
            peak_price=problem.peak_price, peak_paid_kw=problem.peak_paid_kw,
            storage_kw=np.zeros(problem.slots), storage_service=np.zeros(self.tables.demand.shape),
        )  # fmt: skip
        self.improver = Improver(self.tables, terms, np.flatnonzero(~self.locked), seed=wish.seed)
        self.dearest = dearest(problem, self.tables)
        self.best: Found | None = None
        self.most = wish.max_changes
        self.cycles = 0
        self.polisher: Polisher | None = None

    def _lock(self, on: Flags) -> None:
        tables = self.tables
        for i in np.flatnonzero(self.locked):
            tables.may_on[i] &= on[i]
            tables.may_off[i] &= ~on[i]

    def run(self, begin: Callable[[Pricing], None] | None = None) -> Result[DevicesPlan]:
        """Search."""
        start = self.wish.start
        if start is not None and (checked := check_devices(self.problem, start)).valid:
            self.search.offer(start, checked.cost)
        if self.search.cancelled:
            return self.search.result()
        seen = unless_cancelled(self.search, lambda: look(self.problem, self.tables))
        if seen is None:
            return self.search.result()
        if seen.impossible:
            return self.search.result(infeasible=True, conflicts=self._contradictory(seen))
        try:
            pricing = unless_cancelled(self.search, self._pricing)
        except UnreachableError:
            return self.search.result(infeasible=True)
        if pricing is None:
            return self.search.result()
        duals = (
            Aside(self.search).run(lambda: find_duals(self.problem, self.tables, self.stores))
            if self.shared
            else None
        )
        if duals is not None:
            pricing.begin(duals.service, duals.power, duals.limited)
        if begin is not None:
            begin(pricing)
        self.search.prove(pricing.best.value)
        if self.wish.start is not None:
            self._start(self.wish.start)
            self._near()
        else:
            if self.stored:
                self._flow(self.stores.one_way(pricing.flows))
            near = self._repaired(pricing.best.on, pricing.peak_kw)
            if not self._offer(near):
                seen = replace(seen, lacks=self.improver.lacks(near.on))
        if self.search.cancelled:
            return self.search.result()
        if self.best is None:
            spent_s = min(self.search.elapsed_s, self.search.cpu_s)
            within_s = min(max(LEAST_WITHIN_S, WITHIN_S - spent_s), FIRST_SHARE * self.search.left_s)
            found = self._contradictory(seen, within_s)
            if found:
                return self.search.result(infeasible=True, conflicts=found)
        exact = self.most is None and self._exact()
        large = len(self.tables.power) > LARGE
        stages = (STEPS,) if large else (FIRST_STEPS, STEPS - FIRST_STEPS)
        for steps in stages if duals is None else (DUAL_STEPS,):
            self._climb(pricing, steps)
            if self.search.cancelled:
                return self.search.result()
            if self.most is None and not (self.best is not None and self.search.over()):
                self._repair(pricing)
            if exact and self.shared and not self.search.over():
                early = len(self.tables.power) > FEW and self.search.left_s < EXACT_S
                self._prove(EARLY_SHARE if early else EXACT_SHARED)
                exact = False
        if self.best is None:
            found = self._contradictory(seen)
            if found or self.search.bound > self.dearest:
                return self.search.result(infeasible=True, conflicts=found)
        cutting = pricing.cuts.size > 0
        while not (self.search.over() or self.search.bound > self.dearest):
            if cutting and not (exact and self.shared):
                before = pricing.best.value
                pricing.cut()
                self._climb(pricing, CUT_STEPS)
                cutting = pricing.best.value - before > LEAST_GAIN * abs(before)
            self._cycle(pricing)
            if self.stored and self.most is None and not self.search.over():
                self._climb(pricing, DUAL_STEPS)
                self._repair(pricing)
            passed = self._polish()
            if exact and passed:
                self._prove(EXACT_SHARE)
                exact = False
        return self.search.result(infeasible=self.search.bound > self.dearest)

    def _pricing(self) -> Pricing:
        problem = self.problem
        return Pricing(
            self.tables, self.stores, peak_price=problem.peak_price, peak_paid_kw=problem.peak_paid_kw
        )

    def _exact(self) -> bool:
        """Say whether HiGHS helps: where all slots are tied together, the bound of prices alone is poor."""
        left_s = self.search.left_s
        few = self.shared and len(self.tables.power) <= FEW_SHARED and bool(np.isfinite(left_s))
        return few or near_exact(self.tables, left_s)

    def _contradictory(self, seen: Seen, within_s: float = WITHIN_S) -> tuple[Text, ...]:
        """Return rules that can't hold together; none where none are known."""
        search = self.search
        found = unless_cancelled(
            search,
            lambda: wish_conflicts_of_devices(
                self.problem, self.wish, cancelled=lambda: search.cancelled, within_s=within_s,
                seen=seen if self.wish.start is None else None,
            ),
        )  # fmt: skip
        return found or ()

    def _start(self, start: DevicesPlan) -> None:
        """Take over a plan as it is where it breaks nothing, else what is near to it."""
        on = start.on.astype(np.uint8)
        flows = self.stores.one_way(flows_of(start.storage))
        if any(one.held for one in self.problem.storages):  # what is held may not fit the rest of the start
            state, price = self.improver.state(on), self.problem.peak_price
            fitted = self.stores.answered(state, peak_price=price, paid_kw=self.problem.peak_paid_kw)
            if fitted is None:
                return
            flows = fitted
        self._flow(flows)
        peak = max(float(self._net(on).max()), self.problem.peak_paid_kw)
        self._offer(self.improver.judge(on))
        if self.most is not None:
            found = few_changes(self.improver, on, self.most, peak)
            if found is not None:
                self._offer(self.improver.judge(found))
        elif self.best is None:
            self._offer(self._repaired(on, peak))

    def _near(self) -> None:
        """Improve a start around what is locked: the devices of the same zones, then each other one alone.

        Who drags a bar waits for it: the prices of a large site come too late.
        """
        zones = np.unique(self.tables.zone[self.locked])
        if self.best is None or self.most is not None or not len(zones):
            return
        movable = self.improver.movable
        near = self.improver.among(movable[np.isin(self.tables.zone[movable], zones)])
        state, weights = near.state(self.best.on), near.weights(self.best.peak_kw)
        stale = 0
        while len(near.movable) and stale < NEAR_STALE and not self.search.over():
            if stale == 0:
                near.set(state, weights, near.movable)
            near.groups(state, weights, 0.0, over=self.search.over)
            self.search.count()
            stale = 0 if self._offer(self.improver.judge(state.on)) else stale + 1
        state = self.improver.state(self.best.on)
        for first in range(0, len(movable), CHUNK):
            if self.search.over():
                return
            self.improver.set(state, weights, movable[first : first + CHUNK])
            self._offer(self.improver.judge(state.on))

    def _climb(self, pricing: Pricing, steps: int) -> None:
        before = pricing.best.value
        for k in range(steps):
            if self.search.over() or pricing.best.value > self.dearest:
                return
            if k % PATIENCE == PATIENCE - 1:
                if pricing.best.value - before <= LEAST_CLIMB * abs(before):
                    return
                before = pricing.best.value
            pricing.step(None if self.best is None else self.best.cost)
            self.search.prove(pricing.best.value)
            self.search.count()

    def _short(self) -> float:
        """Return what a unit that lacks costs at first in a repair: twice its energy."""
        tables = self.tables
        effort = float(tables.power.sum()) / max(1.0, float(tables.service.sum()))
        return max(0.1, 2.0 * effort * float(np.abs(tables.buy).max()))

    def _repair(self, pricing: Pricing) -> None:
        before = self.flows
        if self.stored:
            self._flow(self.stores.one_way(pricing.flows))
        peak = pricing.peak_kw
        found = self._repaired(pricing.best.on, peak)
        offered = self._offer(found)
        for level in LEVELS:
            if self.search.over():
                return
            on = (pricing.mean > level).astype(np.uint8)
            other = self._repaired(on, peak)
            if self._offer(other):
                offered, found = True, other
        if self.most is None and len(self.improver.loose) > 1:
            self._exchange(found)
        if self.stored:
            offered = self._store(found) or offered
            if not offered and self.best is not None:
                self._flow(before)

    def _repaired(self, on: Bytes, peak_kw: float) -> Found:
        return self.improver.repair(
            on, short=self._short(), peak_kw=peak_kw, cancelled=lambda: self.search.cancelled
        )

    def _prove(self, share: float) -> None:
        """Let HiGHS go on from the best, for a share of the time that is left: for its bound.

        It listens to its own clock alone in some steps, so that seconds of a processor are told to it as seconds of
        the clock; of many devices it solves no parts for better answers.
        """
        search, ends_s = self.search, self.search.left_s * (1.0 - share)
        whole = Aside(search).run(lambda: whole_model(self.problem, self.tables, self.stores))
        if whole is None:
            return
        clock_s = search.left_s * share

        def told(now: SearchProgress, x: Floats | None) -> None:
            search.prove(now.bound)
            if x is not None and now.cost < search.cost - NEAR:
                self._take(whole.states(x), whole.flows(x))

        inner = Search[Floats](
            Stop(time_s=clock_s), cancelled=lambda: search.over() or search.left_s <= ends_s, told=told
        )
        start = None if self.best is None else whole.start(self.best.on)
        few = self.shared or len(self.tables.power) <= FEW
        solve_milp(whole.milp, inner, start=start, seed=self.wish.seed, heuristics=0.05 if few else 0.0)

    def _take(self, on: Bytes, flows: Flows) -> None:
        """Offer states with flows."""
        before = self.flows
        if self.stored:
            self._flow(self.stores.one_way(flows))
        if not self._offer(self.improver.judge(on)):
            self._flow(before)

    def _polish(self) -> bool:
        """Set a few devices anew with the storages, where a clock ends the search; say whether all had their turn."""
        search = self.search
        wanted = self.stored and self.most is None and self.best is not None and len(self.improver.movable)
        if not wanted or self.best is None or not np.isfinite(search.left_s) or search.over():
            return True
        if self.polisher is None:
            if len(self.tables.power) > MOST_POLISHED:
                return True
            self.polisher = Polisher(
                self.problem, self.tables, self.stores, self.improver.movable, self.wish.seed
            )
        self.polisher.polish(self.best.on, search, self._take, seed=self.wish.seed)
        return not self.polisher.left

    def _exchange(self, found: Found) -> None:
        """Let tasks change places while the errors fade."""
        state, weights = self.improver.state(found.on), self.improver.weights(found.peak_kw)
        for k in range(FIRST_EXCHANGES):
            if self.search.over():
                return
            self.improver.exchange(state, weights, HEATS[0] * (1.0 - (k + 1) / FIRST_EXCHANGES))
            self._offer(self.improver.judge(state.on))

    def _cycle(self, pricing: Pricing) -> None:
        """Improve the best for a while: with errors first, but in the first cycle; the best is kept."""
        start = self.wish.start
        improver = self.improver
        if self.most is not None and start is not None and self.best is not None:
            improver = improver.among(
                free_devices(improver, self.best.on, start.on.astype(np.uint8), self.most)
            )
        length = max(LEAST_CYCLE, len(improver.pool) // DEVICES_PER_ROUND)
        turn, self.cycles = self.cycles, self.cycles + 1
        heat = HEATS[turn % len(HEATS)] if turn and self.best is not None else 0.0
        on = pricing.best.on if self.best is None else self.best.on
        peak = pricing.peak_kw if self.best is None else self.best.peak_kw * PEAKS[turn % len(PEAKS)]
        state, weights = improver.state(on), improver.weights(peak)
        for k in range(length):
            fading = heat * max(0.0, 1.0 - k / (0.6 * length))
            improver.groups(state, weights, fading, over=self.search.over)
            self.search.count()
            if k >= 0.6 * length or heat == 0.0:
                self._offer(improver.judge(state.on))
            if self.search.over():
                return
        if self.stored and self.most is None and self.best is not None:
            self._store(self.best)

    def _store(self, found: Found) -> bool:
        """Give the storages their cheapest flows against states; say whether that was better."""
        flows = self._cheapest(found)
        if flows is None:
            return False
        before = self.flows
        self._flow(flows)
        if self._offer(self.improver.judge(found.on)):
            return True
        self._flow(before)
        return False

    def _cheapest(self, found: Found) -> Flows | None:
        state = self.improver.state(found.on)
        return self.stores.answered(
            state, peak_price=self.problem.peak_price, paid_kw=self.problem.peak_paid_kw
        )

    def _polished(self, found: Found) -> Found:
        """Return what was found with its storages' cheapest flows, which go no farther than they must."""
        if not self.stored or self.most is not None or self.flows.taken.size > POLISHED:
            return found
        flows, before = self._cheapest(found), self.flows
        if flows is None:
            return found
        self._flow(flows)
        better = self.improver.judge(found.on)
        if better.broken <= NEAR and better.cost <= found.cost + LEAST_TIE * max(1.0, abs(found.cost)):
            return better
        self._flow(before)
        return found

    def _flow(self, flows: Flows) -> None:
        self.flows = flows
        self.improver.store(self.stores.power(flows), self.stores.service(flows))

    def _net(self, on: Bytes) -> Floats:
        return self.tables.net + self.improver.state(on).load

    def _offer(self, found: Found) -> bool:
        if found.broken > NEAR or not (self.best is None or found.cost < self.best.cost):
            return False
        if len(wrong_devices(self.tables, found.on)):
            return False
        found = self._polished(found)
        self.best = replace(found, on=found.on.copy())
        plan = DevicesPlan(on=self.best.on.astype(np.bool_), storage=self.flows.taken - self.flows.given)
        self.search.offer(plan, found.cost)
        return True
