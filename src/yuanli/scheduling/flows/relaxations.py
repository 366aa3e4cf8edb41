"""Flows with wider passages, longer queues, or any slot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.flows.queues import fluid_queue
from yuanli.scheduling.flows.solving import arrivals_of
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem, Passage
from yuanli.solver import Relaxation, Sort, without

Wider = Relaxation[FlowsProblem, FlowsPlan]
SHARE = 0.1


def relaxations_flows(problem: FlowsProblem, plan: FlowsPlan) -> list[Wider]:
    """Offer a tenth more through each passage, the longest queue first; then no limit of queues, and any slot."""
    come = arrivals_of(problem, plan)

    def queue(f: int) -> float:
        return float(fluid_queue(come[f], np.array(problem.passages[f].capacity)).sum())

    found: list[Wider] = []
    for f in sorted(range(len(problem.passages)), key=queue, reverse=True):
        one = problem.passages[f]
        more = replace(one, capacity=tuple((1 + SHARE) * c for c in one.capacity))
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


def _with(problem: FlowsProblem, f: int, passage: Passage) -> FlowsProblem:
    return replace(problem, passages=(*problem.passages[:f], passage, *problem.passages[f + 1 :]))
