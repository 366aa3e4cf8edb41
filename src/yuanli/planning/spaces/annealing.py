"""Solves who sits where: annealing in cycles, a start by CP-SAT where annealing finds none, a bound by HiGHS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from yuanli.planning.spaces.bounding import lower_bound
from yuanli.planning.spaces.demands import allowed_by, demands_of
from yuanli.planning.spaces.packing import surely_too_full
from yuanli.planning.spaces.problem import SpacePlan, SpaceProblem
from yuanli.planning.spaces.repairing import find_start
from yuanli.planning.spaces.tables import Ints, Seats, seats_of, state_of, tables_of
from yuanli.solver import MissingSolverError, Result, Search, Wish, heirs

if TYPE_CHECKING:
    from yuanli.planning.spaces.kernels import State, Tables

ROUND = 8_000
"""Steps of a round: a few thousandths of a second."""
CYCLES, LONGEST = (20, 100, 300, 900), 25_600
"""Rounds from hot to cold of the first cycles, the very first for the pace; each later one is twice as long."""
LAST, SURELY = 3, 0.93
"""A cycle that has less than so many times its length left is the last and takes all of it; and the share of the rounds
that the clock seems to allow which it counts on.
"""
PLANS, ALONE = 8, 700
"""The most plans that are annealed together, and the rounds that each needs to be worth it."""
SEEDS = 1_000_003
"""What lies between the seeds of plans that are annealed at once."""
BOUND_AFTER = 3
"""Cycles before the bound is asked for."""
REPAIR = 60
"""Rounds in which annealing looks for a plan that keeps the hard rules, before CP-SAT does."""
WILD, FIRM, HOT, WARM, COLD = 30.0, 8.0, 12.0, 6.0, 0.5
"""Temperatures of the repair and of the search, where a step changes the cost by `TYPICAL` in the mean."""
TYPICAL = 43.0
HARD = 200.0
"""What a broken hard rule counts while a plan is repaired, at that scale."""
BOUND_SHARE, BOUND_S = 0.1, 5.0


def solve_spaces(
    problem: SpaceProblem, search: Search[SpacePlan], wish: Wish[SpacePlan] = Wish()
) -> Result[SpacePlan]:
    """Search by simulated annealing in cycles, each at least twice as long as the one before; a round is 8,000 steps.

    In long cycles several plans are annealed together (`solver.heirs`), at once where the wish has `workers`. The last
    cycle is stretched to the limit of rounds, or to what the clock seems to allow: then the same number of rounds
    repeats the run. It begins from the wish's start or else from today's rooms. The first run after an install
    compiles for about half a minute.
    """
    with nullcontext() if wish.workers == 1 else ThreadPoolExecutor(wish.workers) as pool:
        return _solve(problem, search, wish, map if pool is None else pool.map)


def _solve(
    problem: SpaceProblem, search: Search[SpacePlan], wish: Wish[SpacePlan], run: Callable[..., Iterable[Any]]
) -> Result[SpacePlan]:
    seats = seats_of(problem)
    demands = demands_of(problem, wish)
    allowed = allowed_by(problem, seats, demands)
    if not allowed.any(axis=1).all() or surely_too_full(problem, seats, allowed, demands):
        return search.result(infeasible=True)
    start = None if wish.start is None else seats.rooms(wish.start)
    most = inf if wish.max_changes is None else wish.max_changes
    tables = tables_of(problem, seats, allowed, start=start, changes=most)
    begin = _begin(problem, seats, allowed, start, wish.seed)
    walk = Walk.begin(
        problem, seats, tables, search, begin, wish.seed, plans=max(PLANS, wish.workers), run=run
    )
    if walk.best_cost == inf and start is None:
        walk.cool(WILD, FIRM, REPAIR * wish.workers, plans=wish.workers, until_valid=True)
    if walk.best_cost == inf and not search.over():
        try:
            rooms, none = find_start(
                problem,
                seats,
                allowed,
                search,
                demands=demands,
                near=begin,
                start=start,
                seed=wish.seed,
            )
        except MissingSolverError:
            rooms, none = None, False
        if none:
            return search.result(infeasible=True)
        if rooms is not None:
            walk.restart(rooms)
    cycle, last, spent_s, done = 0, False, 0.0, 0
    while not search.over() and not last:
        rounds, last = _rounds_of(cycle, search, spent_s / max(1, done))
        last = last and walk.best_cost < inf
        hot = WILD if walk.best_cost == inf else HOT if start is None else WARM
        left_s, before = search.left_s, search.rounds
        plans = max(wish.workers, min(PLANS, rounds // ALONE))
        walk.cool(hot, COLD, rounds, plans=plans)
        spent_s, done = spent_s + left_s - search.left_s, done + search.rounds - before
        cycle += 1
        if walk.best_cost < inf:
            walk.restart(walk.best)
        if cycle == BOUND_AFTER or last:
            _bound(problem, seats, allowed, tables.unary, search)
    return search.result()


def _rounds_of(cycle: int, search: Search[SpacePlan], pace_s: float) -> tuple[int, bool]:
    """Return how many rounds a cycle has, and whether it is the last.

    Parameters
    ----------
    pace_s
        Seconds of a round; no number where nothing limits them.
    """
    doubled = max(0, cycle - len(CYCLES) + 1)
    rounds = min(CYCLES[min(cycle, len(CYCLES) - 1)] << doubled, LONGEST)
    if not cycle:
        return rounds, False
    if isfinite(search.left_rounds):
        return (int(search.left_rounds), True) if search.left_rounds < LAST * rounds else (rounds, False)
    if not (isfinite(pace_s) and pace_s > 0):
        return rounds, False
    left = SURELY * search.left_s / pace_s
    if left >= LAST * rounds * 1.1:  # with what it turns out to be, a limit of rounds decides alike
        return rounds, False
    return max(1, min(int(left), LAST * rounds - 1)), True


@dataclass(slots=True)
class Walk:
    """An annealing of one or more plans at a time that tells its search what it finds."""

    seats: Seats
    tables: Tables
    states: list[State]
    search: Search[SpacePlan]
    best: Ints
    rng: np.random.Generator
    run: Callable[..., Iterable[Any]] = map
    scale: float = 1.0
    best_cost: float = inf

    @classmethod
    def begin(
        cls,
        problem: SpaceProblem,
        seats: Seats,
        tables: Tables,
        search: Search[SpacePlan],
        rooms: Ints,
        seed: int,
        *,
        plans: int = 1,
        run: Callable[..., Iterable[Any]] = map,
    ) -> Walk:
        """Return a walk that stands at a plan, with the scale of its temperatures: that of a plan by chance.

        Steps from a good plan are dearer, so that what begins at one would be searched too hot.
        """
        from yuanli.planning.spaces import kernels

        many = np.diff(tables.choice_at)
        by_chance = tables.choices[tables.choice_at[:-1] + np.random.default_rng(seed).integers(many)]
        states = [state_of(problem, tables, by_chance, seed + i * SEEDS) for i in range(plans)]
        walk = cls(seats, tables, states, search, rooms.copy(), np.random.default_rng(seed), run)
        kernels.fill(tables, states[0])
        walk.scale = max(kernels.typical(tables, states[0], 2_000) / TYPICAL, 1e-3)
        tables.weights[6] = HARD * walk.scale
        walk.restart(rooms)
        return walk

    def restart(self, rooms: Ints) -> None:
        """Stand at another plan."""
        from yuanli.planning.spaces import kernels

        for state in self.states:
            state.room[:] = rooms
        cost, broken = kernels.fill(self.tables, self.states[0])
        if broken <= kernels.EPS and cost < self.best_cost:
            self._keep(cost, rooms)

    def cool(
        self, hot: float, cold: float, rounds: int, *, plans: int = 1, until_valid: bool = False
    ) -> None:
        """Anneal from hot to cold, several plans together: they share the rounds."""
        temperature, stages = hot * self.scale, max(1, rounds // plans)
        cooling = (cold / hot) ** (1 / (stages * ROUND))
        states = self.states[:plans]
        for _ in range(stages):
            if self.search.over() or (until_valid and self.best_cost < inf):
                return
            found = list(self.run(partial(self._round, temperature, cooling), states))
            self.search.count(plans)
            for rooms, best_cost, _ in found:
                if best_cost < self.best_cost:
                    self._keep(best_cost, rooms)
            was, temperature = temperature, temperature * cooling**ROUND
            costs = np.array([cost for *_, cost in found])
            for place, parent in heirs(costs, 1 / temperature - 1 / was, self.rng) if plans > 1 else ():
                states[place].room[:] = states[parent].room

    def _round(self, temperature: float, cooling: float, state: State) -> tuple[Ints, float, float]:
        """Do a round with a plan; return the best that was met, its cost, and what the plan costs now."""
        from yuanli.planning.spaces import kernels

        rooms = self.best.copy()
        cost, broken = kernels.fill(self.tables, state)
        best_cost, cost, broken = kernels.anneal(
            self.tables, state, cost, broken, rooms, self.best_cost, temperature, cooling, ROUND
        )
        return rooms, best_cost, cost + self.tables.weights[6] * broken

    def _keep(self, cost: float, rooms: Ints) -> None:
        self.best = rooms.copy()
        self.best_cost = cost
        self.search.offer(self.seats.plan(self.best), cost)


def _begin(
    problem: SpaceProblem, seats: Seats, allowed: NDArray[np.bool_], start: Ints | None, seed: int
) -> Ints:
    """Return rooms to begin from: the start's, today's, or any that is allowed."""
    rng = np.random.default_rng(seed)
    rooms = np.array([rng.choice(np.flatnonzero(row)) for row in allowed])
    today = np.array([problem.room_place.get(problem.entities[e].room or "", -1) for e in seats.entity])
    for wanted in (today, start):
        if wanted is not None:
            fits = (wanted >= 0) & allowed[np.arange(len(rooms)), wanted]
            rooms[fits] = wanted[fits]
    return rooms


def _bound(
    problem: SpaceProblem, seats: Seats, allowed: NDArray[np.bool_], unary: NDArray[np.float64],
    search: Search[SpacePlan],
) -> None:  # fmt: skip
    try:
        bound = lower_bound(
            problem,
            seats,
            allowed,
            unary,
            time_s=min(BOUND_S, BOUND_SHARE * search.left_s),
            stopped=search.over,
        )
    except MissingSolverError:
        return
    if isfinite(bound):
        search.prove(bound)
