"""The check of a layout, from the tables alone."""

from __future__ import annotations

from math import fsum

import numpy as np

from yuanli.errors import Text
from yuanli.planning.layout.problem import LayoutPlan, LayoutProblem
from yuanli.solver import Broken, Checked


def check_layout(problem: LayoutProblem, plan: LayoutPlan) -> Checked:
    """Recompute what a layout costs and which rules it breaks."""
    units, places, where = problem.units, problem.places, plan.places
    broken: list[Broken] = []

    def note(rule: str, subject: str, zh: str, en: str) -> None:
        broken.append(
            Broken(
                rule=rule, subject=subject, amount=1.0, message=Text(f"{subject}：{zh}", f"{subject}: {en}")
            )
        )

    if len(where) != len(units) or any(not 0 <= place < len(places) for place in where):
        note("placed", "layout", "有单元没有合法的位置", "a unit has no place that exists")
        return Checked(parts={"flow": 0.0, "places": 0.0}, broken=tuple(broken))
    holder: dict[int, str] = {}
    for unit, place in zip(units, where, strict=True):
        name = places[place]
        if place in holder:
            note(
                "one_each",
                unit,
                f"与“{holder[place]}”同在“{name}”",
                f"shares “{name}” with “{holder[place]}”",
            )
        holder[place] = unit
        if problem.fixed.get(unit, name) != name:
            note("fixed", unit, f"应固定在“{problem.fixed[unit]}”", f"has to be in “{problem.fixed[unit]}”")
        if name not in problem.allowed.get(unit, (name,)):
            note("allowed", unit, f"不可放在“{name}”", f"may not be in “{name}”")
    between = problem.distances[np.ix_(where, where)]
    flow = fsum((problem.flows * between)[problem.flows != 0].tolist())
    own = (
        0.0 if problem.costs is None else sum(float(problem.costs[i, place]) for i, place in enumerate(where))
    )
    return Checked(parts={"flow": flow, "places": own}, broken=tuple(broken))
