"""Slots for groups, by HiGHS."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from yuanli.scheduling.flows.queues import fluid_queue
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem
from yuanli.solver import Milp, Result, Search, SearchProgress, Status, Stop, Wish, solve_milp

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowModel:
    """The programme, and which column says that a group has a slot."""

    milp: Milp
    columns: tuple[tuple[int, int], ...]

    def read(self, values: Floats) -> FlowsPlan:
        """Return the plan of a solution."""
        chosen = {g: s for (g, s), x in zip(self.columns, values, strict=False) if x > 0.5}
        return FlowsPlan(slots=tuple(chosen[g] for g in sorted(chosen)))


def solve_flows(
    problem: FlowsProblem, search: Search[FlowsPlan], wish: Wish[FlowsPlan] = Wish()
) -> Result[FlowsPlan]:
    """Choose a slot for each group so that waiting, moving and the farthest move cost least, by HiGHS.

    A locked group keeps its slot. A round is a node of the branch and bound.

    Raises
    ------
    MissingSolverError
        HiGHS is not installed.
    """
    model = flows_model(problem, wish=wish)
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
        for f, t in np.argwhere(found := problem.arrivals(problem.groups[g], s)):
            coming.setdefault((int(f), int(t)), []).append((c, -float(found[f, t])))
    for f, passage in enumerate(problem.passages):
        for t in range(n):
            # waiting[t] ≥ waiting[t - 1] + arrivals[t] - capacity[t]
            here = choices + f * n + t
            before = [(here - 1, -1.0)] if t else []
            row([(here, 1.0), *before, *coming.get((f, t), [])], -passage.capacity[t], inf)
    farthest = choices + m * n
    for g, own in by_group.items():
        group = problem.groups[g]
        if group.current is not None:
            row([(farthest, 1.0), *((c, -problem.moved_min(group, columns[c][1])) for c in own)], 0, inf)
    if wish.start is not None and wish.max_changes is not None:
        kept = [(c, 1.0) for c, (g, s) in enumerate(columns) if wish.start.slots[g] == s]
        row(kept, len(problem.groups) - wish.max_changes, inf)
    top = np.full(len(cost), inf)
    top[:choices] = 1
    for f, passage in enumerate(problem.passages):
        if passage.most_waiting is not None and (limits is None or f in limits):
            top[choices + f * n : choices + (f + 1) * n] = passage.most_waiting
    whole = np.zeros(len(cost), dtype=bool)
    whole[:choices] = True
    milp = Milp(
        cost=np.array(cost), low=np.zeros(len(cost)), high=top, integer=whole,
        rows=csr_array((values, (rows, places)), shape=(len(low), len(cost))),
        row_low=np.array(low), row_high=np.array(high),
    )  # fmt: skip
    return FlowModel(milp=milp, columns=tuple(columns))


def arrivals_of(problem: FlowsProblem, plan: FlowsPlan) -> Floats:
    """Return who arrives where and when, shape `(n_passages, n_slots)`."""
    total = np.zeros((len(problem.passages), len(problem.slots)))
    for group, slot in zip(problem.groups, plan.slots, strict=True):
        total += problem.arrivals(group, slot)
    return total


def cost_of(problem: FlowsProblem, plan: FlowsPlan) -> float:
    """Return what a plan costs."""
    weights, come = problem.weights, arrivals_of(problem, plan)
    waiting = sum(
        fluid_queue(come[f], np.array(passage.capacity)).sum() for f, passage in enumerate(problem.passages)
    )
    moved = [problem.moved_min(g, s) for g, s in zip(problem.groups, plan.slots, strict=True)]
    people = sum(m * g.size * (1 + g.moved_before) for m, g in zip(moved, problem.groups, strict=True))
    total = (
        weights.waiting * waiting * problem.slot_min + weights.moving * people + weights.fairness * max(moved)
    )
    return float(total)
