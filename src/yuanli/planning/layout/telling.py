"""A layout as a table and in words, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yuanli.errors import Text, counted, figured
from yuanli.planning.documents import refusal
from yuanli.planning.layout.problem import LayoutPlan, LayoutProblem, plan_of
from yuanli.planning.layout.swaps import swap_costs
from yuanli.solver import Result, Row, Wish, minimal_conflict


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


def carried_layout(problem: LayoutProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now.

    Who is new, or whose place is gone, has the next place that is free.
    """
    told = {str(row.get("unit")): str(row.get("place")) for row in rows}
    kept = {unit: told[unit] for unit in problem.units if told.get(unit) in problem.places}
    free = iter([place for place in problem.places if place not in set(kept.values())])
    where = {unit: kept[unit] if unit in kept else next(free, "") for unit in problem.units}
    if "" in where.values():
        raise refusal(
            "units", f"{len(problem.units)} 个单元，只有 {len(problem.places)} 个位置",
            f"{len(problem.units)} units have only {counted(len(problem.places), 'place')}",
            hint=Text("增加位置，或减少单元。", "Give more places, or fewer units."),
        )  # fmt: skip
    return [{"unit": unit, "place": place} for unit, place in where.items()]


def explain_layout(problem: LayoutProblem, result: Result[LayoutPlan]) -> tuple[Text, ...]:
    """Say what the layout costs, how sure that is, who takes most, and what the rules cost."""
    plan = result.best
    if plan is None:
        return ()
    told = [
        Text(
            f"流量×距离合计 {figured(result.cost)}。",
            f"Flow times distance is {figured(result.cost)} in all.",
        )
    ]
    if result.gap < 1e-6:
        told.append(Text("已证明不可能更低。", "It is proved that none is cheaper."))
    elif np.isfinite(result.bound):
        told.append(
            Text(
                f"吉尔摩—劳勒下界为 {figured(result.bound)}，即最多还能再降 {result.gap:.1%}；这个下界通常偏松。",
                f"The Gilmore–Lawler bound is {figured(result.bound)}: at most {result.gap:.1%} less is possible; "
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
    return conflicts_asked_layout(problem, Wish())


def conflicts_asked_layout(problem: LayoutProblem, wish: Wish[LayoutPlan]) -> tuple[Text, ...]:
    """Return the fewest rules, locks and limits of changes that can't hold together; empty where there is a plan."""
    n, m = len(problem.units), len(problem.places)
    if n > m:
        return (
            Text(
                f"有 {n} 个单元，却只有 {m} 个位置；每个位置放一个单元。",
                f"There are {n} units and only {counted(m, 'place')}; a place holds one unit.",
            ),
        )
    rules = [("fixed", unit) for unit in problem.fixed] + [("allowed", unit) for unit in problem.allowed]
    if wish.start is not None:
        rules += [("locked", unit) for unit in problem.units if unit in wish.locked]
        rules += [] if wish.max_changes is None else [("changes", "")]
    found = minimal_conflict(rules, lambda held: _fewest_changes(problem, wish, held) is not None)
    return tuple(_tell(problem, wish, rule, unit) for rule, unit in found)


def _fewest_changes(
    problem: LayoutProblem, wish: Wish[LayoutPlan], held: Sequence[tuple[str, str]]
) -> int | None:
    """Return how many units have to leave the start, None where the rules can't hold together (an assignment)."""
    from scipy.optimize import linear_sum_assignment

    kept = LayoutProblem(
        units=problem.units, places=problem.places, flows=problem.flows, distances=problem.distances,
        fixed={unit: problem.fixed[unit] for rule, unit in held if rule == "fixed"},
        allowed={unit: problem.allowed[unit] for rule, unit in held if rule == "allowed"},
    )  # fmt: skip
    may = kept.may()
    own = np.zeros_like(may)
    if wish.start is not None:
        own[np.arange(len(own)), list(wish.start.places)] = True
        locked = [problem.units.index(unit) for rule, unit in held if rule == "locked"]
        may[locked] &= own[locked]
    units, places = linear_sum_assignment(np.where(may, 1.0 - own, may.shape[0] + 1.0))
    if not may[units, places].all():
        return None
    changes = int((~own[units, places]).sum())
    return None if ("changes", "") in held and changes > (wish.max_changes or 0) else changes


def _tell(problem: LayoutProblem, wish: Wish[LayoutPlan], rule: str, unit: str) -> Text:
    if rule == "fixed":
        return Text(
            f"“{unit}”固定在“{problem.fixed[unit]}”。", f"“{unit}” has to be in “{problem.fixed[unit]}”."
        )
    if rule == "allowed":
        return Text(
            f"“{unit}”只能在：{'、'.join(problem.allowed[unit]) or '（无）'}。",
            f"“{unit}” may only be in: {', '.join(problem.allowed[unit]) or '(nowhere)'}.",
        )
    assert wish.start is not None
    if rule == "locked":
        place = problem.places[wish.start.places[problem.units.index(unit)]]
        return Text(f"“{unit}”锁定在“{place}”。", f"“{unit}” is locked in “{place}”.")
    rules = [("fixed", one) for one in problem.fixed] + [("allowed", one) for one in problem.allowed]
    needed = _fewest_changes(problem, wish, [*rules, *(("locked", one) for one in wish.locked)])
    more = "" if needed is None else f"，至少要改 {needed} 处"
    more_en = "" if needed is None else f", {needed} are needed"
    return Text(
        f"最多改动 {wish.max_changes} 处{more}。",
        f"At most {counted(wish.max_changes or 0, 'change')}{more_en}.",
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
                    f"若放开位置规则，“{unit}”与“{other}”互换可再省 {figured(saved)}。",
                    f"Without the rules on places, “{unit}” and “{other}” could swap and save {figured(saved)}.",
                )
            )
    return told
