"""Slots for groups, by HiGHS."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from yuanli.scheduling.flows.checks import check_flows
from yuanli.scheduling.flows.queues import fluid_queue
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem, Passage, room_of
from yuanli.solver import Aside, Milp, Result, Search, SearchProgress, Status, Stop, Wish, solve_milp

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowModel:
    """The programme, and which column says that a group has a slot."""

    milp: Milp
    columns: tuple[tuple[int, int], ...]
    units: tuple[tuple[int, ...], ...] = ()
    """By passage, the columns that say how many lanes are open or shuttles leave; none where nothing is chosen."""

    def read(self, values: Floats) -> FlowsPlan:
        """Return the plan of a solution."""
        chosen = {g: s for (g, s), x in zip(self.columns, values, strict=False) if x > 0.5}
        units = tuple(tuple(round(values[c]) for c in own) for own in self.units)
        return FlowsPlan(slots=tuple(chosen[g] for g in sorted(chosen)), units=units if any(units) else ())


def solve_flows(
    problem: FlowsProblem, search: Search[FlowsPlan], wish: Wish[FlowsPlan] = Wish()
) -> Result[FlowsPlan]:
    """Choose a slot for each group, lanes and departures, so that waiting and moves cost least, by HiGHS.

    A locked group keeps its slot. A round is a node of the branch and bound.

    Raises
    ------
    MissingSolverError
        HiGHS is not installed.
    """
    if wish.start is not None and (checked := check_flows(problem, wish.start)).valid:
        search.offer(wish.start, checked.cost)
    model = Aside(search).run(lambda: flows_model(problem, wish=wish))
    if model is None:
        return search.result()
    slack = 1e-6

    def told(progress: SearchProgress, values: Floats | None) -> None:
        if values is not None:
            plan = model.read(values)
            search.offer(plan, cost_of(problem, plan))
        if progress.bound > -inf:
            search.prove(progress.bound - slack * max(1.0, abs(progress.bound)) / 2)

    part = Search[Floats](
        Stop(time_s=search.stop.time_s, rounds=search.stop.rounds, gap=search.stop.gap),
        cancelled=search.over,
        told=told,
    )
    start = None
    if wish.start is not None:
        start = np.full(len(model.milp.cost), np.nan)
        for c, (g, s) in enumerate(model.columns):
            start[c] = wish.start.slots[g] == s
        for f, own in enumerate(model.units):
            if own:
                start[list(own)] = wish.start.of_passage(f)
    found = solve_milp(model.milp, part, start=start, seed=wish.seed, threads=wish.workers)
    search.count(found.rounds)
    if found.status is Status.OPTIMAL:
        search.prove(search.cost)
    return search.result(infeasible=found.status is Status.INFEASIBLE)


def flows_model(
    problem: FlowsProblem, *, wish: Wish[FlowsPlan] = Wish(), limits: Collection[int] | None = None,
    bound_groups: Collection[int] | None = None,
) -> FlowModel:  # fmt: skip
    """Return the programme; with the limits of some passages and the allowed slots of some groups only, if given."""
    n, m = len(problem.slots), len(problem.passages)
    columns, cost = [], []
    for g, group in enumerate(problem.groups):
        allowed = group.allowed if bound_groups is None or g in bound_groups else range(n)
        if wish.start is not None and group.id in wish.locked:
            allowed = (wish.start.slots[g],)
        for s in sorted(set(allowed)):
            columns.append((g, s))
            minutes = problem.moved_min(group, s) * group.size * (1 + group.moved_before)
            cost.append(problem.weights.moving * minutes)
    choices = len(columns)
    cost += [problem.weights.waiting * problem.slot_min] * (m * n) + [problem.weights.fairness]
    for f, passage in enumerate(problem.passages):
        if passage.supply is not None:
            cost[choices + f * n + n - 1] += problem.weights.left
    supplies = _supplies(problem, len(cost), wish)
    cost += supplies.cost
    rows: list[int] = []
    places: list[int] = []
    values: list[float] = []
    low: list[float] = []
    high: list[float] = []

    def row(entries: list[tuple[int, float]], least: float, most: float) -> None:
        for place, value in entries:
            rows.append(len(low))
            places.append(place)
            values.append(value)
        low.append(least)
        high.append(most)

    by_group: dict[int, list[int]] = {}
    for c, (g, _) in enumerate(columns):
        by_group.setdefault(g, []).append(c)
    for own in by_group.values():
        row([(c, 1.0) for c in own], 1, 1)
    coming: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for c, (g, s) in enumerate(columns):
        for place, people in problem.coming(problem.groups[g], s).items():
            coming.setdefault(place, []).append((c, -people))
    for f, passage in enumerate(problem.passages):
        for t in range(n):
            # waiting[t] ≥ waiting[t - 1] + arrivals[t] - capacity[t]
            here = choices + f * n + t
            before = [(here - 1, -1.0)] if t else []
            more = [(supplies.units[f][t], passage.supply.people)] if passage.supply is not None else []
            row([(here, 1.0), *before, *more, *coming.get((f, t), [])], -passage.capacity[t], inf)
    for entries, least, most in supplies.rows:
        row(entries, least, most)
    farthest = choices + m * n
    for g, own in by_group.items():
        group = problem.groups[g]
        if group.current is not None:
            row([(farthest, 1.0), *((c, -problem.moved_min(group, columns[c][1])) for c in own)], 0, inf)
    if wish.start is not None and wish.max_changes is not None:
        kept = [(c, 1.0) for c, (g, s) in enumerate(columns) if wish.start.slots[g] == s]
        changed = [(c, -1.0) for c in supplies.changed]
        row([*kept, *changed], len(problem.groups) - wish.max_changes, inf)
    top = np.full(len(cost), inf)
    bottom = np.zeros(len(cost))
    top[:choices] = 1
    first = len(cost) - len(supplies.cost)
    top[first:], bottom[first:] = supplies.high, supplies.low
    for f, passage in enumerate(problem.passages):
        if passage.most_waiting is not None and (limits is None or f in limits):
            top[choices + f * n : choices + (f + 1) * n] = passage.most_waiting
    whole = np.zeros(len(cost), dtype=bool)
    whole[:choices] = True
    whole[first:] = supplies.whole
    milp = Milp(
        cost=np.array(cost), low=bottom, high=top, integer=whole,
        rows=csr_array((values, (rows, places)), shape=(len(low), len(cost))),
        row_low=np.array(low), row_high=np.array(high),
    )  # fmt: skip
    return FlowModel(milp=milp, columns=tuple(columns), units=tuple(map(tuple, supplies.units)))


@dataclass(slots=True)
class _Supplies:
    """Columns and rows of lanes and departures: `units` by passage and slot, `changed` where a start is left."""

    units: list[list[int]]
    changed: list[int]
    cost: list[float]
    low: list[float]
    high: list[float]
    whole: list[bool]
    rows: list[tuple[list[tuple[int, float]], float, float]]


def _supplies(problem: FlowsProblem, first: int, wish: Wish[FlowsPlan]) -> _Supplies:
    """Return what lanes and departures add to the programme, its columns from `first` on."""
    made = _Supplies([], [], [], [], [], [], [])

    def column(cost: float, low: float, high: float, *, whole: bool) -> int:
        made.cost.append(cost)
        made.low.append(low)
        made.high.append(high)
        made.whole.append(whole)
        return first + len(made.cost) - 1

    for f, passage in enumerate(problem.passages):
        made.units.append([])
        supply = passage.supply
        if supply is None:
            continue
        before = None if wish.start is None else wish.start.of_passage(f)
        for t, slot in enumerate(problem.slots):
            least, most = supply.least, supply.most if t in supply.allowed else 0
            if before is not None and unit_name(passage, slot) in wish.locked:
                least = most = before[t]
            unit = column(supply.cost, least, most, whole=True)
            made.units[f].append(unit)
            if supply.current is not None and supply.change_cost > 0:
                more = column(supply.change_cost, 0, inf, whole=False)
                made.rows.append(([(more, 1.0), (unit, -1.0)], -supply.current[t], inf))
                made.rows.append(([(more, 1.0), (unit, 1.0)], supply.current[t], inf))
            if before is not None and wish.max_changes is not None:
                other = column(0.0, 0, 1, whole=True)
                reach = float(max(supply.most, before[t]))
                made.changed.append(other)
                made.rows.append(([(other, reach), (unit, -1.0)], -before[t], inf))
                made.rows.append(([(other, reach), (unit, 1.0)], before[t], inf))
        own = made.units[f]
        if supply.busy > 1:
            for t in range(len(own)):
                made.rows.append(
                    ([(c, 1.0) for c in own[max(0, t - supply.busy + 1) : t + 1]], -inf, supply.most)
                )
        if supply.total is not None:
            made.rows.append(([(c, 1.0) for c in own], -inf, supply.total))
    return made


def unit_name(passage: Passage, slot: str) -> str:
    """Return how the lanes or departures of a passage in a slot are called in the table of a plan."""
    return f"{passage.id} {slot}"


def arrivals_of(problem: FlowsProblem, plan: FlowsPlan) -> Floats:
    """Return who arrives where and when, shape `(n_passages, n_slots)`."""
    total = np.zeros((len(problem.passages), len(problem.slots)))
    for group, slot in zip(problem.groups, plan.slots, strict=True):
        total += problem.arrivals(group, slot)
    return total


def cost_of(problem: FlowsProblem, plan: FlowsPlan) -> float:
    """Return what a plan costs."""
    weights, come = problem.weights, arrivals_of(problem, plan)
    waiting = opened = 0.0
    for f, passage in enumerate(problem.passages):
        queue, supply, units = (
            fluid_queue(come[f], room_of(problem, plan, f)),
            passage.supply,
            plan.of_passage(f),
        )
        waiting += queue.sum()
        if supply is not None:
            opened += supply.cost * sum(units) + weights.left * queue[-1]
            if supply.current is not None:
                opened += supply.change_cost * np.abs(np.subtract(units, supply.current)).sum()
    moved = [problem.moved_min(g, s) for g, s in zip(problem.groups, plan.slots, strict=True)]
    people = sum(m * g.size * (1 + g.moved_before) for m, g in zip(moved, problem.groups, strict=True))
    total = (
        weights.waiting * waiting * problem.slot_min
        + weights.moving * people
        + weights.fairness * max(moved)
        + opened
    )
    return float(total)
