"""Plans anew with few changes: first the least cost, then the fewest changes that keep it within a little more."""

from __future__ import annotations

from math import inf

import numpy as np

from yuanli.planning.spaces.annealing import COLD, WARM, Walk, solve_spaces
from yuanli.planning.spaces.demands import allowed_by, demands_of
from yuanli.planning.spaces.problem import SpacePlan, SpaceProblem
from yuanli.planning.spaces.tables import seats_of, tables_of
from yuanli.solver import EXTRA, Result, Search, Stop, Wish

SEARCH_SHARE, LIMITED_SHARE = 0.7, 0.95
"""The part of the time for the least cost, without and with a limit of changes: there, little is left to be saved."""
PRICES = 9
PRICE_ROUNDS = 40


def replan_spaces(
    problem: SpaceProblem, search: Search[SpacePlan], wish: Wish[SpacePlan]
) -> Result[SpacePlan]:
    """Solve from the wish's start in most of the time, then search plans that change less, a change having a price.

    The price is found by bisection; a plan counts if it costs at most `1 + wish.extra` times the first one (0.5 % more
    where it says nothing), or no more than it where the wish limits changes: then as many are as good. The result's
    cost and plan are those of the plan with the fewest changes, so it isn't the cheapest that was met.

    Raises
    ------
    ValueError
        The wish has no start.
    """
    if wish.start is None:
        raise ValueError("a plan anew needs a start")
    stop, share, extra = search.stop, SEARCH_SHARE, EXTRA if wish.extra is None else wish.extra
    if wish.max_changes is not None:
        extra, share = 0.0, LIMITED_SHARE
    first_stop = Stop(
        time_s=None if stop.time_s is None else share * stop.time_s,
        cpu_s=None if stop.cpu_s is None else share * stop.cpu_s,
        gap=stop.gap, stale_s=stop.stale_s, rounds=None if stop.rounds is None else int(share * stop.rounds),
    )  # fmt: skip
    first = solve_spaces(problem, Search(first_stop, cancelled=search.over), wish)
    search.count(first.rounds)
    search.prove(first.bound)
    if first.best is None:
        return search.result(infeasible=first.status == "infeasible")
    search.offer(_fewest(problem, search, wish, first, extra), first.cost)
    return _priced(problem, search.result())


def _fewest(
    problem: SpaceProblem,
    search: Search[SpacePlan],
    wish: Wish[SpacePlan],
    first: Result[SpacePlan],
    extra: float,
) -> SpacePlan:
    """Return the plan with the fewest changes that was found within the limit of cost."""
    from yuanli.planning.spaces import kernels

    assert wish.start is not None
    assert first.best is not None
    seats = seats_of(problem)
    start, best = seats.rooms(wish.start), seats.rooms(first.best)
    allowed = allowed_by(problem, seats, demands_of(problem, wish))
    most = inf if wish.max_changes is None else wish.max_changes
    plain = tables_of(problem, seats, allowed, start=start, changes=most)
    changed = np.arange(len(problem.rooms)) != start[:, None]
    changed[start < 0] = False
    limit = first.cost * (1 + extra) + 1e-9
    low, high = 0.0, max(first.cost, 1.0)
    for turn in range(PRICES):
        if search.over():
            break
        price = high if turn == 0 else (low + high) / 2 if low else high / 4
        tables = plain._replace(unary=plain.unary + price * changed)
        quiet: Search[SpacePlan] = Search(Stop(time_s=None, rounds=PRICE_ROUNDS), cancelled=search.over)
        walk = Walk.begin(problem, seats, tables, quiet, best, wish.seed + turn)
        walk.cool(WARM, COLD, PRICE_ROUNDS)
        state = walk.states[0]
        search.count(quiet.rounds)
        state.room[:] = walk.best
        cost, broken = kernels.fill(plain, state)
        fits = broken <= kernels.EPS and cost <= limit
        if fits and (walk.best != start).sum() <= (best != start).sum():
            best = walk.best.copy()
        low, high = (price, high) if fits else (low, price)
        if fits and turn == 0:
            break
    return seats.plan(best)


def _priced(problem: SpaceProblem, result: Result[SpacePlan]) -> Result[SpacePlan]:
    """Return the result with the true cost of its plan."""
    from dataclasses import replace

    from yuanli.planning.spaces.checking import check_spaces
    from yuanli.solver import Status, gap_of

    assert result.best is not None
    cost = check_spaces(problem, result.best).cost
    status = Status.OPTIMAL if gap_of(cost, result.bound) <= 1e-6 else Status.FEASIBLE
    return replace(result, cost=cost, status=status)
