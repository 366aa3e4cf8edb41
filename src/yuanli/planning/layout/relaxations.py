"""Layouts in which a unit may go elsewhere."""

from __future__ import annotations

from dataclasses import replace

from yuanli.planning.layout.problem import LayoutPlan, LayoutProblem
from yuanli.solver import Relaxation, Sort, without

Wider = Relaxation[LayoutProblem, LayoutPlan]


def relaxations_layout(problem: LayoutProblem, plan: LayoutPlan) -> list[Wider]:
    """Offer that each unit with a fixed place, or with some places only, may go anywhere."""
    del plan
    fixed: list[Wider] = [
        Relaxation(
            name=without(f"{unit} 固定在 {place}", f"{unit} is fixed at {place}"), sort=Sort.RULE,
            problem=replace(problem, fixed={u: p for u, p in problem.fixed.items() if u != unit}),
        )
        for unit, place in problem.fixed.items()
    ]  # fmt: skip
    return fixed + [
        Relaxation(
            name=without(f"{unit} 只能在 {'、'.join(some)}", f"{unit} only goes to {', '.join(some)}"),
            sort=Sort.RULE, problem=replace(problem, allowed={u: a for u, a in problem.allowed.items() if u != unit}),
        )
        for unit, some in problem.allowed.items()
    ]  # fmt: skip
