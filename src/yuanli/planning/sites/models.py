"""Sites as mixed-integer programmes; the first variables say which sites are chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import coo_array

from yuanli.planning.documents import Floats
from yuanli.planning.sites.problem import Bools, Ints, SitesPlan, SitesProblem
from yuanli.solver import Milp, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for the choice of sites: `must` and `never`, how many, and how many may differ from the start."""

    must: Bools
    never: Bools
    count: int
    start: Bools | None = None
    max_changes: int | None = None

    def keeps(self, chosen: Bools) -> bool:
        """Say whether a choice keeps them."""
        few = (
            self.max_changes is None or self.start is None or (chosen ^ self.start).sum() <= self.max_changes
        )
        return bool(
            few
            and chosen.sum() <= self.count
            and not (self.must & ~chosen).any()
            and not (self.never & chosen).any()
        )


def rules_of(problem: SitesProblem, wish: Wish[SitesPlan]) -> Rules:
    """Return the rules of a problem and a wish."""
    rules = Rules(must=problem.open_, never=problem.closed, count=problem.count)
    if wish.start is None:
        return rules
    start = np.zeros(len(problem.sites), dtype=bool)
    start[list(wish.start.chosen)] = True
    locked = np.array([name in wish.locked for name in problem.sites])
    return replace(
        rules, must=rules.must | (locked & start), never=rules.never | (locked & ~start), start=start,
        max_changes=wish.max_changes,
    )  # fmt: skip


@dataclass(slots=True)
class _Rows:
    """Rows of a programme, block by block."""

    number: int = 0
    at: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)

    def add(self, rows: Ints, columns: Ints, values: Floats | float, low: Floats, high: Floats) -> None:
        full = np.broadcast_to(np.asarray(values, dtype=np.float64), columns.shape)
        self.at.append((rows + self.number, columns, full))
        self.low.append(low)
        self.high.append(high)
        self.number += len(low)

    def milp(self, cost: Floats, integer: Bools, rules: Rules, constant: float) -> Milp:
        m, some = len(rules.must), np.arange(len(rules.must))
        self.add(np.zeros(m, dtype=np.int64), some, 1.0, np.array([0.0]), np.array([float(rules.count)]))
        if rules.start is not None and rules.max_changes is not None:
            least = np.array([-np.inf])
            most = np.array([float(rules.max_changes - rules.start.sum())])
            self.add(np.zeros(m, dtype=np.int64), some, np.where(rules.start, -1.0, 1.0), least, most)
        low, high = np.zeros(len(cost)), np.ones(len(cost))
        low[:m], high[:m] = rules.must, ~rules.never
        low[:m] = np.minimum(low[:m], high[:m] + (rules.must & rules.never))
        rows, columns, values = (np.concatenate(part) for part in zip(*self.at, strict=True))
        table = coo_array((values, (rows, columns)), shape=(self.number, len(cost))).tocsr()
        return Milp(
            cost=cost, low=low, high=high, integer=integer, rows=table, row_low=np.concatenate(self.low),
            row_high=np.concatenate(self.high), constant=constant,
        )  # fmt: skip


def radius_model(costs: Floats, rules: Rules, known: Floats, *, over: Callable[[], bool]) -> Milp | None:
    """Return the p-median by radii (Elloumi 2010, doi:10.1007/s10878-008-9146-0); infinite costs are not allowed.

    A variable says of a demand and a cost that no chosen site is cheaper: its serving costs at least as much. Of a
    demand only costs up to `known` are told apart, shape `(n_demands,)`: what is dearer counts as the next one
    (García, Labbé and Marín 2011, doi:10.1287/ijoc.1100.0418), so the model's cost is a bound. None where
    the search is over before it is made.
    """
    n, m = costs.shape
    rows, prices, constant, column = _Rows(), [np.zeros(m)], 0.0, m
    some = np.flatnonzero(~rules.never)
    most = len(some) - rules.count + 1 if rules.max_changes is None else len(some)
    for demand in range(n):
        if over():
            return None
        own = costs[demand, some]
        worst = min(costs[demand, rules.must].min(initial=np.inf), np.sort(own)[max(0, most - 1)])
        near = np.isfinite(own) & (own <= worst)
        levels, level = np.unique(own[near], return_inverse=True)
        if not len(levels):
            rows.add(np.zeros(0, np.int64), np.zeros(0, np.int64), 0.0, np.array([1.0]), np.array([np.inf]))
            continue
        cut = int(np.searchsorted(levels, known[demand], side="right"))
        number = min(cut, len(levels))
        k = min(cut, len(levels) - 1)
        told, steps = level < number, np.arange(k)
        below = steps[: number - 1]
        at = np.concatenate([level[told], steps, below + 1])
        columns = np.concatenate([some[near][told], column + steps, column + below])
        values = np.concatenate([np.ones(told.sum()), np.ones(k), -np.ones(len(below))])
        if number:
            rows.add(at, columns, values, np.eye(1, number)[0], np.full(number, np.inf))
        constant += levels[0]
        prices.append(np.diff(levels[: k + 1]))
        column += k
    cost = np.concatenate(prices)
    return rows.milp(cost, np.arange(len(cost)) < m, rules, constant)


def covering_model(reach: Bools, rules: Rules, *, cost: Floats | None = None) -> Milp:
    """Return whether sites within reach of every demand can be chosen, at least cost of sites."""
    n, m = reach.shape
    rows = _Rows()
    demand, site = np.nonzero(reach)
    rows.add(demand, site, 1.0, np.ones(n), np.full(n, np.inf))
    return rows.milp(np.zeros(m) if cost is None else cost, np.ones(m, dtype=bool), rules, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The model with capacities: variables of sites, then of arcs from `demand` to `site`."""

    milp: Milp
    demand: Ints
    site: Ints

    def plan(self, problem: SitesProblem, values: Floats) -> SitesPlan:
        """Return the plan of a solution."""
        m = len(problem.sites)
        served = np.full(len(problem.demands), -1, dtype=np.int64)
        used = values[m:] > 0.5
        served[self.demand[used]] = self.site[used]
        return SitesPlan(tuple(np.flatnonzero(values[:m] > 0.5).tolist()), tuple(served.tolist()))

    def values(self, plan: SitesPlan) -> Floats:
        """Return the solution of a plan."""
        m = len(self.milp.cost) - len(self.site)
        found = np.zeros(len(self.milp.cost))
        found[list(plan.chosen)] = 1.0
        found[m:] = np.array(plan.served)[self.demand] == self.site
        return found


def capacity_model(problem: SitesProblem, reach: Bools, costs: Floats, rules: Rules, *, must: bool) -> Shares:
    """Return the model with capacities; without `must`, a demand that is not served costs its people."""
    n, m = reach.shape
    demand, site = np.nonzero(reach & ~rules.never)
    arcs, rows = np.arange(len(demand)), _Rows()
    rows.add(demand, m + arcs, 1.0, np.ones(n) if must else np.zeros(n), np.ones(n))
    rows.add(
        np.concatenate([arcs, arcs]), np.concatenate([m + arcs, site]), np.repeat([1.0, -1.0], len(arcs)),
        np.full(len(arcs), -np.inf), np.zeros(len(arcs)),
    )  # fmt: skip
    limited = np.flatnonzero(np.isfinite(problem.capacities))
    place = np.full(m, -1)
    place[limited] = np.arange(len(limited))
    full = place[site] >= 0
    rows.add(
        np.concatenate([place[site[full]], place[limited]]), np.concatenate([m + arcs[full], limited]),
        np.concatenate([problem.people[demand[full]], -problem.capacities[limited]]),
        np.full(len(limited), -np.inf), np.zeros(len(limited)),
    )  # fmt: skip
    price = costs[demand, site] if must else -problem.people[demand]
    cost = np.concatenate([np.zeros(m), price])
    constant = 0.0 if must else float(problem.people.sum())
    return Shares(
        milp=rows.milp(cost, np.ones(len(cost), dtype=bool), rules, constant), demand=demand, site=site
    )
