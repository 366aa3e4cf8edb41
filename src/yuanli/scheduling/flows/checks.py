"""Flows checked apart from the solver."""

from __future__ import annotations

from yuanli.errors import Text
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem, Supply
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
    opened = changed = left = 0.0
    for f, (passage, arriving) in enumerate(zip(problem.passages, come, strict=True)):
        waiting = longest = 0.0
        supply, units = passage.supply, plan.of_passage(f)
        if supply is not None:
            broken += _check_units(problem, passage.id, supply, units)
            units = (*units, *[0] * len(problem.slots))[: len(problem.slots)]
            opened += supply.cost * sum(units)
            today = units if supply.current is None else supply.current
            changed += supply.change_cost * sum(abs(a - b) for a, b in zip(units, today, strict=True))
        for slot, (people, capacity) in enumerate(zip(arriving, passage.capacity, strict=True)):
            if supply is not None:
                capacity += supply.people * units[slot]
            waiting = max(0.0, waiting + people - capacity)
            longest = max(longest, waiting)
            waited += waiting * problem.slot_min
        left += waiting if supply is not None else 0.0
        if passage.most_waiting is not None and longest > passage.most_waiting + SLACK:
            text = Text(f"{passage.id} 排队 {longest:g} 人", f"{longest:g} wait at {passage.id}")
            over = longest - passage.most_waiting
            broken.append(Broken(rule="waiting", subject=passage.id, amount=over, message=text))
    weights = problem.weights
    parts = {
        "waiting": weights.waiting * waited, "moving": weights.moving * moved_people,
        "fairness": weights.fairness * farthest,
    }  # fmt: skip
    if any(passage.supply is not None for passage in problem.passages):
        parts |= {"opened": opened, "changed": changed, "left": weights.left * left}
    return Checked(parts=parts, broken=tuple(broken))


def _check_units(problem: FlowsProblem, name: str, supply: Supply, units: tuple[int, ...]) -> list[Broken]:
    """Count lanes or shuttles slot by slot: not more than there are, those on their way included."""
    broken: list[Broken] = []

    def note(rule: str, amount: float, zh: str, en: str) -> None:
        message = Text(f"{name}：{zh}", f"{name}: {en}")
        broken.append(Broken(rule=rule, subject=name, amount=amount, message=message))

    if len(units) != len(problem.slots):
        note("units", 1, f"应有 {len(problem.slots)} 个时段", f"there are {len(problem.slots)} slots")
        return broken
    for t, many in enumerate(units):
        slot = problem.slots[t]
        if many < supply.least:
            note("least", supply.least - many, f"{slot} 只有 {many}", f"only {many} at {slot}")
        if many and t not in supply.allowed:
            note("slots", many, f"{slot} 不能有", f"none can be at {slot}")
        out = sum(units[max(0, t - supply.busy + 1) : t + 1])
        if out > supply.most:
            note(
                "most",
                out - supply.most,
                f"{slot} 需要 {out}，只有 {supply.most}",
                f"{out} of {supply.most} at {slot}",
            )
    if supply.total is not None and sum(units) > supply.total:
        over = sum(units) - supply.total
        note("total", over, f"总数超出 {over}", f"{over} too many in all")
    return broken
