"""Solves who sits where: annealing in cycles, a start by CP-SAT where annealing finds none, a bound by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from yuanli.planning.spaces.bounding import lower_bound
from yuanli.planning.spaces.demands import allowed_by, demands_of
from yuanli.planning.spaces.packing import surely_too_full
from yuanli.planning.spaces.problem import SpacePlan, SpaceProblem
from yuanli.planning.spaces.repairing import find_start
from yuanli.planning.spaces.tables import Ints, Seats, seats_of, state_of, tables_of
from yuanli.solver import MissingSolverError, Result, Search, Wish

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

    The last cycle is stretched to the limit of rounds, or to what the clock seems to allow: then the same number of
    rounds repeats the run. It begins from the wish's start or else from today's rooms. The first run after an install
    compiles for about half a minute.
    """
    seats = seats_of(problem)
    demands = demands_of(problem, wish)
    allowed = allowed_by(problem, seats, demands)
    if not allowed.any(axis=1).all() or surely_too_full(problem, seats, allowed, demands):
        return search.result(infeasible=True)
    start = None if wish.start is None else seats.rooms(wish.start)
    most = inf if wish.max_changes is None else wish.max_changes
    tables = tables_of(problem, seats, allowed, start=start, changes=most)
    begin = _begin(problem, seats, allowed, start, wish.seed)
    walk = Walk.begin(problem, seats, tables, search, begin, wish.seed)
    if walk.best_cost == inf and start is None:
        walk.cool(WILD, FIRM, REPAIR, until_valid=True)
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
        walk.cool(hot, COLD, rounds)
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
    """An annealing that tells its search what it finds."""

    seats: Seats
    tables: Tables
    state: State
    search: Search[SpacePlan]
    best: Ints
    scale: float = 1.0
    best_cost: float = inf
    cost: float = inf
    broken: float = inf

    @classmethod
    def begin(
        cls,
        problem: SpaceProblem,
        seats: Seats,
        tables: Tables,
        search: Search[SpacePlan],
        rooms: Ints,
        seed: int,
    ) -> Walk:
        """Return a walk that stands at a plan, with the scale of its temperatures: that of a plan by chance.

        Steps from a good plan are dearer, so that what begins at one would be searched too hot.
        """
        from yuanli.planning.spaces import kernels

        many = np.diff(tables.choice_at)
        by_chance = tables.choices[tables.choice_at[:-1] + np.random.default_rng(seed).integers(many)]
        walk = cls(seats, tables, state_of(problem, tables, by_chance, seed), search, rooms.copy())
        kernels.fill(tables, walk.state)
        walk.scale = max(kernels.typical(tables, walk.state, 2_000) / TYPICAL, 1e-3)
        tables.weights[6] = HARD * walk.scale
        walk.restart(rooms)
        return walk

    def restart(self, rooms: Ints) -> None:
        """Stand at another plan."""
        from yuanli.planning.spaces import kernels

        self.state.room[:] = rooms
        self.cost, self.broken = kernels.fill(self.tables, self.state)
        if self.broken <= kernels.EPS and self.cost < self.best_cost:
            self._keep(self.cost, self.state.room)

    def cool(self, hot: float, cold: float, rounds: int, *, until_valid: bool = False) -> None:
        """Anneal from hot to cold."""
        from yuanli.planning.spaces import kernels

        temperature = hot * self.scale
        cooling = (cold / hot) ** (1 / (rounds * ROUND))
        for _ in range(rounds):
            if self.search.over() or (until_valid and self.best_cost < inf):
                return
            self.cost, self.broken = kernels.fill(self.tables, self.state)
            found, self.cost, self.broken, temperature = kernels.anneal(
                self.tables,
                self.state,
                self.cost,
                self.broken,
                self.best,
                self.best_cost,
                temperature,
                cooling,
                ROUND,
            )
            self.search.count()
            if found < self.best_cost:
                self._keep(found, self.best)

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
