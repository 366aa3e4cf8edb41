"""Rounds solved by PyVRP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count, pairwise
from math import inf, sqrt
from time import monotonic
from typing import Any

import numpy as np

from yuanli.scheduling.rounds.bounds import least_cost
from yuanli.scheduling.rounds.checks import check_rounds
from yuanli.scheduling.rounds.conflicts import find_contradiction
from yuanli.scheduling.rounds.locking import locks_contradict, with_locks
from yuanli.scheduling.rounds.modelling import Limits, VrpModel
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem
from yuanli.scheduling.rounds.timing import cost_of
from yuanli.solver import Aside, Result, Search, Wish, load_solver

TELL_S = 0.05
STAGE = 500
"""Iterations in which one price of change is tried."""
DEAREST = 10**10
NEAR = 1.2
"""A price within that factor of one at which too much changes is the least."""


def solve_rounds(
    problem: RoundsProblem, search: Search[RoundsPlan], wish: Wish[RoundsPlan] = Wish()
) -> Result[RoundsPlan]:
    """Share stops among staff by PyVRP's iterated local search (Wouda, Lan and Kool 2024, doi:10.1287/ijoc.2023.0055).

    A locked stop keeps who comes to it and its order among locked ones; a locked person keeps the tour as it is, and
    gets nothing more. Where changes are limited, every stop with another person costs a price that is raised until few
    enough change. A round is an iteration of the local search.

    Raises
    ------
    MissingSolverError
        PyVRP is not installed.
    """
    load_solver("pyvrp")
    if wish.start is not None and (checked := check_rounds(problem, wish.start)).valid:
        search.offer(wish.start, checked.cost)
    if find_contradiction(problem):
        return search.result(infeasible=True)
    limits, problem = limits_of(problem, wish), with_locks(problem, wish)
    if locks_contradict(problem, wish, limits.allowed):
        return search.result(infeasible=True)
    if search.over():
        return search.result()
    bound = Aside(search).run(lambda: least_cost(problem))
    if bound is not None:
        search.prove(bound)
    if search.over():
        return search.result()
    if wish.max_changes is None:
        _improve(problem, limits, search, wish)
    else:
        _change_little(problem, limits, search, wish)
    return search.result()


def limits_of(problem: RoundsProblem, wish: Wish[RoundsPlan]) -> Limits:
    """Return who may come to which stop and when, so that what is locked stays."""
    allowed = np.array([[stop.skills <= one.skills for one in problem.staff] for stop in problem.stops])
    windows = np.array([[stop.earliest, stop.latest] for stop in problem.stops], dtype=np.int64)
    if wish.start is None:
        return Limits(allowed=allowed, windows=windows)
    staff_of = wish.start.staff_of()
    staff_locked = {k for k, one in enumerate(problem.staff) if one.id in wish.locked}
    for i, stop in enumerate(problem.stops):
        keeper = staff_of.get(i, -1)
        if keeper in staff_locked or stop.id in wish.locked:
            able = allowed[i].copy()
            allowed[i] = False
            if keeper >= 0:
                allowed[i, keeper] = able[keeper]
        else:
            allowed[i, list(staff_locked)] = False
    for tour in wish.start.tours:
        pinned = [
            call for call in tour.calls
            if call.stop is not None and (tour.staff in staff_locked or problem.stops[call.stop].id in wish.locked)
        ]  # fmt: skip
        for one, other in pairwise(pinned):
            assert one.stop is not None
            assert other.stop is not None
            walk = int(problem.walk[one.place, other.place])
            windows[one.stop, 1] = min(
                windows[one.stop, 1],
                max(other.begin - walk - problem.stops[one.stop].service, windows[one.stop, 0]),
            )
            windows[other.stop, 0] = max(windows[other.stop, 0], min(other.begin, windows[other.stop, 1]))
    before = np.full(len(problem.stops), -1, dtype=np.int64)
    for i, k in staff_of.items():
        before[i] = k
    return Limits(allowed=allowed, windows=windows, before=None if wish.max_changes is None else before)


class _Watcher:
    """What PyVRP calls: keeps the best and offers it when a little time has passed."""

    def __init__(self, offer: Callable[[Any], object]) -> None:
        self._offer, self._told, self._begun = offer, 0.0, False
        self._kept: Any = None

    def on_best(self, best: Any) -> None:
        """Take a better solution."""
        self._kept = best
        if monotonic() - self._told >= TELL_S:
            self.on_end(None)

    def on_end(self, result: Any) -> None:
        """Offer what was kept back."""
        del result
        if self._kept is not None:
            self._offer(self._kept)
            self._kept, self._told = None, monotonic()

    def on_start(self, ils: Any) -> None:
        """Nothing."""

    def on_restart(self, best: Any) -> None:
        """Nothing."""

    def on_iteration(self, current: Any, candidate: Any, best: Any, evaluator: Any) -> None:
        """Take the solution to begin with, of which `on_best` is not told."""
        del current, candidate, evaluator
        if not self._begun:
            self._begun = True
            self.on_best(best)


def _improve(
    problem: RoundsProblem, limits: Limits, search: Search[RoundsPlan], wish: Wish[RoundsPlan], *,
    steps: float = inf, start: RoundsPlan | None = None, most: int | None = None, stage: int = 0,
) -> bool:  # fmt: skip
    """Run PyVRP for some steps, offer what it finds, and say whether its best changes at most so many."""
    vrp = load_solver("pyvrp")
    model = Aside(search).run(lambda: VrpModel(problem, limits))
    if model is None:
        return False
    start = wish.start if start is None else start
    names = {} if wish.start is None else wish.start.staff_of()
    initial = None if start is None else model.solution_of(start)

    def offer(solution: Any) -> bool:
        if not solution.is_feasible():
            return False
        plan = model.plan_of(solution, names)
        if most is not None and _changes(problem, names, plan) > most:
            return False
        search.offer(plan, cost_of(problem, plan))
        return True

    if initial is not None:
        offer(initial)
    aside, began, most_rounds = Aside(search), search.rounds, min(steps, search.left_rounds)
    rounds = 0

    def stop(cost: int) -> bool:
        nonlocal rounds
        del cost
        rounds += 1
        return aside.ending.is_set() or rounds >= most_rounds

    def better(solution: Any) -> None:
        search.count(began + rounds - search.rounds)
        offer(solution)

    watcher = _Watcher(lambda solution: aside.tell(lambda: better(solution)))
    params = vrp.SolveParams(ils=vrp.IteratedLocalSearchParams(callbacks=watcher))
    result = aside.run(
        lambda: vrp.solve(
            model.data, stop, seed=wish.seed + stage, collect_stats=False, display=False, params=params,
            initial_solution=initial,
        )
    )  # fmt: skip
    search.count(began + rounds - search.rounds)
    return result is not None and offer(result.best)


def _change_little(
    problem: RoundsProblem, limits: Limits, search: Search[RoundsPlan], wish: Wish[RoundsPlan]
) -> None:
    """Search for the least price of change that lets no more change than may, by factors; then stay near it."""
    assert wish.max_changes is not None
    horizon = int(problem.walk.max(initial=1)) + 1
    high = max(one.walk_cost for one in problem.staff) * 4 * horizon + max(
        one.use_cost for one in problem.staff
    )
    low, price = 1, high
    for stage in count():
        kept = _improve(
            problem, replace(limits, change_cost=price), search, wish,
            steps=STAGE * (1 + stage // 4),
            start=wish.start if search.best is None else search.best, most=wish.max_changes, stage=stage,
        )  # fmt: skip
        if search.over():
            return
        if kept:
            high = price
        else:
            low, high = max(low, price), max(high, min(2 * price, DEAREST))
        price = round(sqrt(low * high)) if high > NEAR * low else high if stage % 2 else low


def _changes(problem: RoundsProblem, before: dict[int, int], plan: RoundsPlan) -> int:
    after = plan.staff_of()
    return sum(before.get(i) != after.get(i) for i in range(len(problem.stops)))
