"""A layout as a table and in words, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from yuanli.errors import Text
from yuanli.planning.documents import refusal
from yuanli.planning.layout.problem import LayoutPlan, LayoutProblem, plan_of
from yuanli.planning.layout.swaps import swap_costs
from yuanli.solver import Result, Row, minimal_conflict


def layout_rows(problem: LayoutProblem, plan: LayoutPlan) -> tuple[Row, ...]:
    """Return unit and place of each unit."""
    return tuple(
        {"unit": unit, "place": problem.places[place]}
        for unit, place in zip(problem.units, plan.places, strict=True)
    )


def read_layout_rows(problem: LayoutProblem, rows: Sequence[Row]) -> LayoutPlan:
    """Return the plan of a table.

    Raises
    ------
    InvalidProblemError
        A column, a unit or a place is missing, unknown or there twice.
    """
    where: dict[str, str] = {}
    hint = Text("列为 unit 和 place，每个单元一行。", "The columns are unit and place, with one row a unit.")
    for line, row in enumerate(rows, 1):
        unit, place = row.get("unit"), row.get("place")
        if not isinstance(unit, str) or not isinstance(place, str):
            raise refusal(f"row {line}", "缺少 unit 或 place", "unit or place is missing", hint=hint)
        if unit in where:
            raise refusal(f"row {line}", f"“{unit}”出现两次", f"“{unit}” is there twice", hint=hint)
        where[unit] = place
    return plan_of(problem, where)


def explain_layout(problem: LayoutProblem, result: Result[LayoutPlan]) -> tuple[Text, ...]:
    """Say what the layout costs, how sure that is, who takes most, and what the rules cost."""
    plan = result.best
    if plan is None:
        return ()
    told = [Text(f"流量×距离合计 {result.cost:,.6g}。", f"Flow times distance is {result.cost:,.6g} in all.")]
    if result.gap < 1e-6:
        told.append(Text("已证明不可能更低。", "It is proved that none is cheaper."))
    elif np.isfinite(result.bound):
        told.append(
            Text(
                f"吉尔摩—劳勒下界为 {result.bound:,.6g}，即最多还能再降 {result.gap:.1%}；这个下界通常偏松。",
                f"The Gilmore–Lawler bound is {result.bound:,.6g}: at most {result.gap:.1%} less is possible; "
                "this bound is usually loose.",
            )
        )
    where = np.array(plan.places)
    paid = problem.flows * problem.distances[np.ix_(where, where)]
    paid = np.triu(paid + paid.T, 1)
    if paid.size > 1 and result.cost > 0 and paid.max() > 0:
        i, j = np.unravel_index(int(paid.argmax()), paid.shape)
        one, other, share = problem.units[int(i)], problem.units[int(j)], paid.max() / result.cost
        told.append(
            Text(
                f"占比最大的一对是“{one}”与“{other}”，占 {share:.1%}。",
                f"“{one}” and “{other}” take most of it: {share:.1%}.",
            )
        )
    return (*told, *_rules(problem, plan))


def conflicts_layout(problem: LayoutProblem) -> tuple[Text, ...]:
    """Return the fewest rules that leave some unit without a place; empty where there is a plan."""
    n, m = len(problem.units), len(problem.places)
    if n > m:
        return (
            Text(
                f"有 {n} 个单元，却只有 {m} 个位置；每个位置放一个单元。",
                f"There are {n} units and only {m} places; a place holds one unit.",
            ),
        )
    rules = [("fixed", unit) for unit in problem.fixed] + [("allowed", unit) for unit in problem.allowed]

    def feasible(held: Sequence[tuple[str, str]]) -> bool:
        kept = LayoutProblem(
            units=problem.units, places=problem.places, flows=problem.flows, distances=problem.distances,
            fixed={unit: problem.fixed[unit] for rule, unit in held if rule == "fixed"},
            allowed={unit: problem.allowed[unit] for rule, unit in held if rule == "allowed"},
        )  # fmt: skip
        return bool((maximum_bipartite_matching(csr_array(kept.may()), perm_type="column") >= 0).all())

    return tuple(
        Text(f"“{unit}”固定在“{problem.fixed[unit]}”。", f"“{unit}” has to be in “{problem.fixed[unit]}”.")
        if rule == "fixed"
        else Text(
            f"“{unit}”只能在：{'、'.join(problem.allowed[unit]) or '（无）'}。",
            f"“{unit}” may only be in: {', '.join(problem.allowed[unit]) or '(nowhere)'}.",
        )
        for rule, unit in minimal_conflict(rules, feasible)
    )


def _rules(problem: LayoutProblem, plan: LayoutPlan) -> list[Text]:
    """Say what each rule that binds costs: the best swap it forbids."""
    ruled = {unit for unit in problem.units if unit in problem.fixed or unit in problem.allowed}
    if not ruled:
        return []
    costs, told = swap_costs(problem, plan), []
    for i, unit in enumerate(problem.units):
        j = int(costs[i].argmin())
        if unit in ruled and costs[i, j] < -1e-9 * max(1.0, float(np.abs(costs).max())):
            other, saved = problem.units[j], -costs[i, j]
            told.append(
                Text(
                    f"若放开位置规则，“{unit}”与“{other}”互换可再省 {saved:,.6g}。",
                    f"Without the rules on places, “{unit}” and “{other}” could swap and save {saved:,.6g}.",
                )
            )
    return told
