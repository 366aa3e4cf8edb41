"""Plans of one kind side by side: what each costs, what it means in the park, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations.solving.jobs import SolveOrderError
from yuanli.operations.solving.kinds import kind_of
from yuanli.operations.solving.measuring import Measures, measures_of
from yuanli.operations.solving.solving import Solving
from yuanli.solver import Difference, Kind, Plan, Row, Status

LEAST, MOST = 2, 6
MOST_ITEMS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanScenario:
    """A plan beside others.

    Parameters
    ----------
    parts
        The cost by part.
    measures
        What it means in the park, by the names of `measures_of`: shares run 0–1, other units are in the names.
    changed
        Assignments that differ from those of the first plan.
    against
        What it costs more than the first; None where a cost or bound is not known.
    """

    id: str
    name: str
    status: Status
    cost: float | None
    bound: float | None
    gap: float | None
    parts: Mapping[str, float]
    measures: Measures
    changed: int
    against: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedItem:
    """An assignment that is not alike in all plans: its row in each, None where a plan has none."""

    item: str
    rows: tuple[Row | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparison:
    """Plans side by side, in the order asked for; `items` are the first that differ, of `differing`."""

    kind: str
    scenarios: tuple[PlanScenario, ...]
    differing: int
    items: tuple[ChangedItem, ...]


def compare_scenarios(solving: Solving, campus_id: CampusId, ids: Sequence[str]) -> PlanComparison:
    """Return plans of one kind side by side; the first is what the others are measured against.

    Raises
    ------
    SolveNotFoundError, SolveOrderError
        There is no such plan; they are too few, too many, of several kinds, or one has no assignments.
    """
    if not LEAST <= len(set(ids)) <= MOST:
        raise _refused(
            f"可比较 {LEAST} 到 {MOST} 个方案，现为 {len(set(ids))} 个。",
            f"From {LEAST} to {MOST} plans are compared, not {len(set(ids))}.",
        )
    jobs = [solving.get(campus_id, one) for one in dict.fromkeys(ids)]
    kinds = sorted({job.summary.kind for job in jobs})
    if len(kinds) > 1:
        raise _refused(
            f"方案类型不同：{'、'.join(kinds)}。", f"The plans are of several kinds: {', '.join(kinds)}."
        )
    kind = kind_of(kinds[0])
    scenarios: list[PlanScenario] = []
    plans: list[Plan] = []
    for job in jobs:
        plan = job.plan
        if plan is None or not plan.assignments:
            raise _refused(f"“{job.summary.name}”没有方案。", f"{job.summary.name!r} has no plan.")
        plans.append(plan)
        order = solving.problem(campus_id, job.summary.id)
        problem = kind.parse(order.problem, order.file_name)
        scenarios.append(
            PlanScenario(
                id=job.summary.id, name=job.summary.name, status=plan.status, cost=plan.cost, bound=plan.bound,
                gap=plan.gap, parts=plan.cost_breakdown, measures=measures_of(kind, problem, plan),
                changed=len(_differing(kind, [plans[0], plan])), against=_against(plans[0], plan),
            )
        )  # fmt: skip
    differing = _differing(kind, plans)
    tables = [_by_name(plan) for plan in plans]
    items = tuple(
        ChangedItem(item=name, rows=tuple(table.get(name) for table in tables))
        for name in differing[:MOST_ITEMS]
    )
    return PlanComparison(kind=kind.name, scenarios=tuple(scenarios), differing=len(differing), items=items)


def _differing(kind: Kind[Any, Any], plans: Sequence[Plan]) -> list[str]:
    """Return the names of assignments that are not alike in all plans, in the order in which they come."""
    tables = [_by_name(plan) for plan in plans]
    names = dict.fromkeys(name for table in tables for name in table)

    def told(row: Row | None) -> object:
        return row if row is None or not kind.changed_by else [row.get(column) for column in kind.changed_by]

    return [
        name for name in names
        if any(told(table.get(name)) != told(tables[0].get(name)) for table in tables[1:])
    ]  # fmt: skip


def _by_name(plan: Plan) -> dict[str, Row]:
    return {str(next(iter(row.values()))): row for row in plan.assignments}


def _against(first: Plan, plan: Plan) -> Difference | None:
    if first.cost is None or plan.cost is None:
        return None
    low = -inf if plan.bound is None else plan.bound - first.cost
    high = inf if first.bound is None else plan.cost - first.bound
    return Difference(cost=plan.cost - first.cost, low=low, high=high)


def _refused(zh: str, en: str) -> SolveOrderError:
    return SolveOrderError(
        Text(zh, en), field="ids",
        hint=Text("在方案列表中选择同类且已完成的方案。", "Choose plans of one kind that are done in the list."),
    )  # fmt: skip
