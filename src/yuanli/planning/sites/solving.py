"""Sites chosen exactly: exchanges, a Lagrangian bound that settles most sites, and HiGHS for the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from yuanli.planning.documents import Floats
from yuanli.planning.sites.interchange import exchange, total
from yuanli.planning.sites.models import Rules, capacity_model, covering_model, radius_model, rules_of
from yuanli.planning.sites.problem import Aim, Bools, Ints, SitesPlan, SitesProblem, cost_of, nearest
from yuanli.planning.sites.relaxing import Relaxed, reduce_rules, relax
from yuanli.solver import Aside, Milp, Result, Search, Status, Stop, Wish, load_solver, solve_milp

RESTARTS = 8


def solve_sites(
    problem: SitesProblem, search: Search[SitesPlan], wish: Wish[SitesPlan] = Wish()
) -> Result[SitesPlan]:
    """Choose sites, to proof where time allows.

    The p-median and covering go by exchanges, the Lagrangian bound and the model by radii; the p-centre by halving
    over set coverings (Minieka 1970, doi:10.1137/1012016); capacities by a model of demands and sites. A round is a
    node of HiGHS's branch and bound.

    Raises
    ------
    MissingSolverError
        HiGHS is not installed.
    """
    load_solver("highspy")
    rules = rules_of(problem, wish)
    if surely_none(problem, rules):
        return search.result(infeasible=True)
    if wish.start is not None:
        _offer(problem, search, rules, set_of(problem, wish.start))
    solve = _solve_center if problem.aim is Aim.CENTER else _solve_sum
    return solve(problem, search, rules, np.random.default_rng(wish.seed), wish.seed)


def set_of(problem: SitesProblem, plan: SitesPlan) -> Bools:
    """Return which sites a plan has."""
    chosen = np.zeros(len(problem.sites), dtype=bool)
    chosen[list(plan.chosen)] = True
    return chosen


def can_choose(problem: SitesProblem, rules: Rules, search: Search[SitesPlan]) -> bool | None:
    """Say whether a choice keeps all rules; None where the search is over before that is known."""
    if surely_none(problem, rules):
        return False
    finite = _finite(_costs(problem))
    for start in _starts(rules, np.random.default_rng(0))[:2]:
        _offer(problem, search, rules, exchange(finite, start, rules, search.over))
        if search.best is not None:
            return True
    return _any(problem, search, rules, 0)


def surely_none(problem: SitesProblem, rules: Rules) -> bool:
    """Say whether counting shows that no choice keeps all rules."""
    if (rules.must & rules.never).any() or rules.must.sum() > rules.count or rules.never.all():
        return True
    if problem.aim is Aim.COVER:
        return False
    open_ = problem.reach & ~rules.never
    room = problem.capacities
    if not (open_ & (problem.people[:, None] <= room)).any(axis=1).all():
        return True
    rest = np.sort(room[~rules.must & ~rules.never])[::-1][: rules.count - int(rules.must.sum())]
    return bool(problem.people.sum() > (room[rules.must].sum() + rest.sum()) * (1 + 1e-12))


def _any(problem: SitesProblem, search: Search[SitesPlan], rules: Rules, seed: int) -> bool | None:
    """Say whether any choice keeps the rules, and offer one; None where the search is over before that is known."""
    if _limited(problem) and problem.aim is not Aim.COVER:
        shares = capacity_model(problem, problem.reach, np.zeros(problem.seconds.shape), rules, must=True)
        milp, read = shares.milp, lambda values: shares.plan(problem, values)
    else:
        reach = np.ones_like(problem.reach) if problem.aim is Aim.COVER else problem.reach
        milp, read = covering_model(reach, rules), lambda values: assign(problem, _chosen(problem, values))
    result = _run(milp, search, read, lambda plan: cost_of(problem, plan), start=None, seed=seed, prove=False)
    return False if result.status is Status.INFEASIBLE else None if result.best is None else True


def _chosen(problem: SitesProblem, values: Floats) -> Ints:
    return np.flatnonzero(values[: len(problem.sites)] > 0.5)


def fewest_changes(problem: SitesProblem, rules: Rules, search: Search[Floats]) -> int | None:
    """Return the fewest changes that leave a plan, None where there is none, or where that is not found out."""
    if rules.start is None or surely_none(problem, rules):
        return None
    cost = np.where(rules.start, -1.0, 1.0)
    found = solve_milp(_feasibility(problem, replace(rules, max_changes=None), cost), search)
    return None if found.best is None else round(found.cost + float(rules.start.sum()))


def fewest_sites(problem: SitesProblem) -> int | None:
    """Return the fewest sites that leave nobody beyond the limit, however many may be chosen; None where none do.

    Raises
    ------
    MissingSolverError
        HiGHS is not installed.
    """
    load_solver("highspy")
    rules = replace(rules_of(problem, Wish()), count=len(problem.sites))
    found = solve_milp(
        _feasibility(problem, rules, np.ones(len(problem.sites))), Search[Floats](Stop(time_s=10))
    )
    return None if found.best is None else round(found.cost)


def _feasibility(problem: SitesProblem, rules: Rules, cost: Floats) -> Milp:
    """Return the model of whether everybody can be served, at least cost of sites."""
    if _limited(problem) and problem.aim is not Aim.COVER:
        shares = capacity_model(problem, problem.reach, np.zeros(problem.seconds.shape), rules, must=True)
        price = np.zeros(len(shares.milp.cost))
        price[: len(problem.sites)] = cost
        return replace(shares.milp, cost=price)
    reach = np.ones_like(problem.reach) if problem.aim is Aim.COVER else problem.reach
    return covering_model(reach, rules, cost=cost)


def _limited(problem: SitesProblem) -> bool:
    return bool(np.isfinite(problem.capacities).any())


def _costs(problem: SitesProblem) -> Floats:
    """Return what serving each demand at each site costs, infinite where that is not allowed."""
    if problem.aim is Aim.COVER:
        return np.where(problem.reach, 0.0, problem.people[:, None])
    seconds = np.where(problem.reach, problem.seconds, 0.0)
    return np.where(problem.reach, seconds * problem.people[:, None], np.inf)


def _finite(costs: Floats) -> Floats:
    """Return costs where what is not allowed costs more than any plan."""
    finite = np.isfinite(costs)
    return np.where(finite, costs, 10.0 * (1.0 + float(costs[finite].max(initial=0.0))) * len(costs))


def _offer(problem: SitesProblem, search: Search[SitesPlan], rules: Rules, chosen: Bools) -> None:
    """Offer a choice with everybody at the nearest site that has room, if that keeps the rules."""
    if not rules.keeps(chosen):
        return
    plan = assign(problem, np.flatnonzero(chosen))
    if np.isfinite(cost := cost_of(problem, plan)):
        search.offer(plan, cost)


def _with_room(problem: SitesProblem, plan: SitesPlan) -> SitesPlan:
    """Return the plan with large demands placed first, each at the nearest site that has room; -1 where none has."""
    room, chosen = problem.capacities.copy(), np.array(plan.chosen)
    served = np.full(len(problem.demands), -1, dtype=np.int64)
    for demand in np.argsort(-problem.people, kind="stable"):
        fits = chosen[problem.reach[demand, chosen] & (room[chosen] >= problem.people[demand])]
        if len(fits):
            served[demand] = fits[problem.seconds[demand, fits].argmin()]
            room[served[demand]] -= problem.people[demand]
    return SitesPlan(plan.chosen, tuple(served.tolist()))


def _starts(rules: Rules, rng: Generator) -> list[Bools]:
    """Return choices to better: the start's, and random ones if changes are free."""
    if rules.start is not None and rules.max_changes is not None:
        return [rules.start]
    some = np.flatnonzero(~rules.must & ~rules.never)
    starts = []
    for _ in range(RESTARTS):
        chosen = rules.must.copy()
        chosen[rng.permutation(some)[: rules.count - int(chosen.sum())]] = True
        starts.append(chosen)
    return starts


def _run(
    milp: Milp, search: Search[SitesPlan], read: Callable[[Floats], SitesPlan], cost: Callable[[SitesPlan], float], *,
    start: Floats | None, seed: int, prove: bool = True,
) -> Result[Floats]:  # fmt: skip
    """Run HiGHS inside the search: plans and bounds go to it, and it may stop HiGHS."""

    def told(_: object, best: Floats | None) -> None:
        if best is not None:
            plan = read(best)
            search.offer(plan, cost(plan))
        if prove and np.isfinite(inner.bound):
            search.prove(inner.bound)

    time_s, rounds = search.stop.time_s, search.left_rounds
    stop = Stop(
        time_s=None if time_s is None else max(0.0, time_s - search.elapsed_s), gap=search.stop.gap,
        rounds=int(rounds) if np.isfinite(rounds) else None,
    )  # fmt: skip
    inner = Search[Floats](stop, cancelled=search.over, told=told)
    result = solve_milp(milp, inner, start=start, seed=seed)
    search.count(result.rounds)
    return result


def _solve_sum(
    problem: SitesProblem, search: Search[SitesPlan], rules: Rules, rng: Generator, seed: int
) -> Result[SitesPlan]:  # fmt: skip
    costs, limited = _costs(problem), _limited(problem)
    finite = _finite(costs)
    best = rules.start if rules.start is not None and rules.keeps(rules.start) else None
    for start in _starts(rules, rng):
        chosen = exchange(finite, start, rules, search.over)
        _offer(problem, search, rules, chosen)
        if rules.keeps(chosen) and (best is None or total(finite, chosen) < total(finite, best)):
            best = chosen
        if search.over():
            return search.result()
    if search.best is None and _any(problem, search, rules, seed) is not True:
        return search.result(infeasible=not search.over())
    known = total(finite, best) if best is not None else float(finite.max()) * len(finite)

    def told(bound: float, chosen: Bools) -> float:
        nonlocal known, best
        if total(finite, chosen) < known * 1.02 and rules.max_changes is None:
            better = exchange(finite, chosen, rules, search.over)
            if total(finite, better) < known:
                known, best = total(finite, better), better
                _offer(problem, search, rules, better)
        search.prove(bound)
        return known

    relaxed = relax(finite, rules, known=known, over=search.over, told=told)
    if search.over():
        return search.result()
    if limited:
        must = problem.aim is not Aim.COVER
        shares = Aside(search).run(lambda: capacity_model(problem, problem.reach, costs, rules, must=must))
        if shares is None:
            return search.result()
        begin = None if search.best is None else shares.values(search.best)
        _run(
            shares.milp, search, lambda values: shares.plan(problem, values), lambda plan: cost_of(problem, plan),
            start=begin, seed=seed,
        )  # fmt: skip
        return search.result()
    _settle(problem, search, rules, relaxed, costs, seed)
    return search.result()


def _settle(
    problem: SitesProblem, search: Search[SitesPlan], rules: Rules, relaxed: Relaxed, costs: Floats, seed: int
) -> None:  # fmt: skip
    """Prove the best, or better it: HiGHS on the sites that are left, telling apart ever more costs."""
    m, known = len(problem.sites), relaxed.prices
    while not search.over():
        begin, fewer = np.full(m, np.nan), rules
        if search.best is not None:
            begin = set_of(problem, search.best).astype(float)
            known = np.maximum(known, costs[:, begin > 0].min(axis=1))
            fewer = reduce_rules(relaxed, rules, known=search.cost)
        milp = radius_model(costs, fewer, known, over=search.over)
        if milp is None:
            break
        result = _run(
            milp, search, lambda values: nearest(problem, _chosen(problem, values)),
            lambda plan: cost_of(problem, plan), seed=seed,
            start=np.concatenate([begin, np.full(len(milp.cost) - m, np.nan)]),
        )  # fmt: skip
        if result.status is Status.INFEASIBLE:  # none of the sites that are left make a better plan
            search.prove(search.cost)
        if result.best is None:
            break
        paid = costs[:, result.best[:m] > 0.5].min(axis=1)
        if (paid <= known).all():
            break
        known = np.maximum(known, paid)


def _solve_center(
    problem: SitesProblem, search: Search[SitesPlan], rules: Rules, rng: Generator, seed: int
) -> Result[SitesPlan]:  # fmt: skip
    finite = _finite(_costs(problem))
    for start in _starts(rules, rng)[:2]:
        _offer(problem, search, rules, exchange(finite, start, rules, search.over))
    if search.best is None and _any(problem, search, rules, seed) is not True:
        return search.result(infeasible=not search.over())
    reach = problem.reach
    levels = np.unique(problem.seconds[reach])
    low = int(np.searchsorted(levels, np.where(reach, problem.seconds, np.inf).min(axis=1).max()))
    high = len(levels) - 1
    while low <= high and not search.over():
        if np.isfinite(search.cost):
            high = min(high, int(np.searchsorted(levels, search.cost)) - 1)
            if low > high:
                break
        middle = (low + high) // 2
        near = reach & (problem.seconds <= levels[middle])
        found, proved = _within(problem, search, rules, near, seed)
        if found:
            high = middle - 1
        elif proved:
            low = middle + 1
            search.prove(float(levels[low]) if low < len(levels) else search.cost)
        else:
            break
    if low > high:
        search.prove(search.cost)
    return search.result()


def _within(
    problem: SitesProblem, search: Search[SitesPlan], rules: Rules, near: Bools, seed: int
) -> tuple[bool, bool]:  # fmt: skip
    """Say whether a plan within reach was found, and whether it is proved that there is none."""
    if not near.any(axis=1).all():
        return False, True
    if _limited(problem):
        shares = capacity_model(problem, near, np.zeros(near.shape), rules, must=True)
        milp, read = shares.milp, lambda values: shares.plan(problem, values)
    else:
        milp, read = covering_model(near, rules), lambda values: nearest(problem, _chosen(problem, values))
    result = _run(milp, search, read, lambda plan: cost_of(problem, plan), start=None, seed=seed, prove=False)
    return result.best is not None, result.status is Status.INFEASIBLE


def assign(problem: SitesProblem, chosen: Ints) -> SitesPlan:
    """Return the plan where everybody goes to the nearest chosen site that has room, large demands first."""
    plan = nearest(problem, chosen)
    return _with_room(problem, plan) if _limited(problem) else plan
