"""Flows checked apart from the solver."""

from __future__ import annotations

from yuanli.errors import Text
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem
from yuanli.solver import Broken, Checked

SLACK = 1e-5
"""People above a limit that count as rounding."""


def check_flows(problem: FlowsProblem, plan: FlowsPlan) -> Checked:
    """Send each group to its passages, let the queues run slot by slot, and add up."""
    broken: list[Broken] = []
    moved_people = farthest = waited = 0.0
    come = [[0.0] * len(problem.slots) for _ in problem.passages]
    for group, slot in zip(problem.groups, plan.slots, strict=True):
        if slot not in group.allowed:
            name = problem.slots[slot] if 0 <= slot < len(problem.slots) else str(slot)
            text = Text(f"{group.id} 不能排在 {name}", f"{group.id} can't have {name}")
            broken.append(Broken(rule="allowed", subject=group.id, amount=1, message=text))
        if group.current is not None:
            minutes = abs(slot - group.current) * problem.slot_min
            farthest = max(farthest, minutes)
            moved_people += minutes * group.size * (1 + group.moved_before)
        for use in group.uses:
            for step, share in enumerate(use.spread):
                if slot + use.lag + step < len(problem.slots):
                    come[use.passage][slot + use.lag + step] += share * group.size
    for passage, arriving in zip(problem.passages, come, strict=True):
        waiting = longest = 0.0
        for people, capacity in zip(arriving, passage.capacity, strict=True):
            waiting = max(0.0, waiting + people - capacity)
            longest = max(longest, waiting)
            waited += waiting * problem.slot_min
        if passage.most_waiting is not None and longest > passage.most_waiting + SLACK:
            text = Text(f"{passage.id} 排队 {longest:g} 人", f"{longest:g} wait at {passage.id}")
            over = longest - passage.most_waiting
            broken.append(Broken(rule="waiting", subject=passage.id, amount=over, message=text))
    weights = problem.weights
    return Checked(
        parts={
            "waiting": weights.waiting * waited, "moving": weights.moving * moved_people,
            "fairness": weights.fairness * farthest,
        },
        broken=tuple(broken),
    )  # fmt: skip
