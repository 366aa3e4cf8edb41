"""Flows with wider passages, longer queues, or any slot."""

from __future__ import annotations

from dataclasses import replace

from yuanli.errors import Text
from yuanli.scheduling.flows.queues import fluid_queue
from yuanli.scheduling.flows.solving import arrivals_of
from yuanli.scheduling.flows.tables import (
    MOST_PEOPLE,
    MOST_SLOTS,
    MOST_UNITS,
    FlowsPlan,
    FlowsProblem,
    Passage,
    room_of,
)
from yuanli.solver import Change, Relaxation, Resource, Sort, without

Wider = Relaxation[FlowsProblem, FlowsPlan]
SHARE = 0.1


def relaxations_flows(problem: FlowsProblem, plan: FlowsPlan) -> list[Wider]:
    """Offer a tenth more through each passage, the longest queue first; then no limit of queues, and any slot."""
    come = arrivals_of(problem, plan)

    def queue(f: int) -> float:
        return float(fluid_queue(come[f], room_of(problem, plan, f)).sum())

    found: list[Wider] = []
    for f in sorted(range(len(problem.passages)), key=queue, reverse=True):
        one = problem.passages[f]
        found += _supply(problem, f)
        if not any(one.capacity):
            continue
        more = replace(one, capacity=tuple(min(MOST_PEOPLE, (1 + SHARE) * c) for c in one.capacity))
        found.append(Relaxation(
            name=Text(f"{one.id} 通过能力增加一成", f"{one.id} lets a tenth more through"), sort=Sort.RESOURCE,
            problem=_with(problem, f, more),
        ))  # fmt: skip
    for f, one in enumerate(problem.passages):
        if one.most_waiting is not None:
            most = f"{one.most_waiting:g}"
            found.append(Relaxation(
                name=without(f"{one.id} 排队不超过 {most} 人", f"at most {most} wait at {one.id}"), sort=Sort.RULE,
                problem=_with(problem, f, replace(one, most_waiting=None)),
            ))  # fmt: skip
    every = tuple(range(len(problem.slots)))
    if any(len(set(group.allowed)) < len(every) for group in problem.groups):
        groups = tuple(replace(group, allowed=every) for group in problem.groups)
        found.append(Relaxation(
            name=without("各团队可选时段", "slots that groups may have"), sort=Sort.RULE,
            problem=replace(problem, groups=groups),
        ))  # fmt: skip
    return found


def _supply(problem: FlowsProblem, f: int) -> list[Wider]:
    """Offer one more lane or shuttle, and one more in all."""
    one = problem.passages[f]
    if one.supply is None:
        return []
    found: list[Wider] = []
    if one.supply.most < MOST_UNITS:
        found.append(Relaxation(
            name=Text(f"{one.id} 多 1 条通道或 1 辆车", f"One more lane or vehicle at {one.id}"), sort=Sort.RESOURCE,
            problem=_with(problem, f, replace(one, supply=replace(one.supply, most=one.supply.most + 1))),
        ))  # fmt: skip
    if one.supply.total is not None and one.supply.total < MOST_UNITS * MOST_SLOTS:
        more = replace(one.supply, total=one.supply.total + 1)
        found.append(Relaxation(
            name=Text(f"{one.id} 总共多 1 次开放或发车", f"One more opening or departure at {one.id} in all"),
            sort=Sort.RESOURCE, problem=_with(problem, f, replace(one, supply=more)),
        ))  # fmt: skip
    return found


def _with(problem: FlowsProblem, f: int, passage: Passage) -> FlowsProblem:
    return replace(problem, passages=(*problem.passages[:f], passage, *problem.passages[f + 1 :]))


def _through(problem: FlowsProblem, plan: FlowsPlan, change: Change) -> Wider | None:
    """Return the problem with more or fewer people through a passage: that with the longest queue, or a named one."""
    f = _meant(problem, plan, change, [any(one.capacity) for one in problem.passages])
    if f is None:
        return None
    one = problem.passages[f]
    capacity = tuple(min(MOST_PEOPLE, float(change.of(c))) if c else c for c in one.capacity)
    return Relaxation(
        name=change.name(f"{one.id} 通过能力", f"People through {one.id}", unit=Text("人/时段", "a slot")),
        sort=Sort.RESOURCE, problem=_with(problem, f, replace(one, capacity=capacity)), wider=change.by >= 0,
    )  # fmt: skip


def _lanes(problem: FlowsProblem, plan: FlowsPlan, change: Change) -> Wider | None:
    """Return the problem with more or fewer lanes or vehicles at a passage."""
    f = _meant(problem, plan, change, [one.supply is not None for one in problem.passages])
    supply = None if f is None else problem.passages[f].supply
    if f is None or supply is None:
        return None
    one, most = problem.passages[f], round(float(change.of(supply.most)))
    if not max(1, supply.least) <= most <= MOST_UNITS:
        return None
    name = change.name(f"{one.id} 通道或车辆", f"Lanes or vehicles at {one.id}")
    problem = _with(problem, f, replace(one, supply=replace(supply, most=most)))
    return Relaxation(name=name, sort=Sort.RESOURCE, problem=problem, wider=change.by >= 0)


def _meant(problem: FlowsProblem, plan: FlowsPlan, change: Change, can: list[bool]) -> int | None:
    """Return the passage that is named, or of those that can be changed that with the longest queue."""
    named = change.named([one.id for one in problem.passages])
    if named is not None:
        return named if can[named] else None
    come = arrivals_of(problem, plan)
    queues = [float(fluid_queue(come[f], room_of(problem, plan, f)).sum()) for f in range(len(can))]
    return max((f for f, one in enumerate(can) if one), key=lambda f: queues[f], default=None)


CHANGES_FLOWS = {Resource.LANES: _lanes, Resource.THROUGH: _through, Resource.SEATS: _through}
