"""Plans changed by hand: the rest is solved anew at once, and what was made of it is kept as a scenario."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite
from threading import Lock
from typing import Any

from yuanli.campus import CampusId
from yuanli.errors import InfeasibleError, Text, UnavailableError, counted
from yuanli.operations.solving.jobs import LONGEST_NAME, SolveJob, SolveOrder, SolveSummary
from yuanli.operations.solving.kinds import kind_of, warm_up
from yuanli.operations.solving.solving import Solving, plan_rows, refuse_running, wish_of
from yuanli.solver import (
    EXTRA,
    Checked,
    Kind,
    Plan,
    Result,
    Row,
    Search,
    Status,
    Stop,
    count_changes,
    make_plan,
)

BY_HAND = Text("人工调整，独立核验", "changed by hand; checked independently")
AGAIN = re.compile(r"(?:（重新求解(?: (\d+))?）| \(again(?: (\d+))?\))$")
MOST_BROKEN = 5
WAIT_S = 20.0


class SolveBusyError(UnavailableError):
    """Others are being solved anew."""


class BrokenPlanError(InfeasibleError):
    """A plan breaks hard rules: it is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """A plan as somebody changed it, to be solved anew within `time_s`: names in `locked` stay as they are in it.

    With `extra`, the plan with the fewest changes that costs at most this share more is wanted.
    """

    rows: tuple[Row, ...]
    locked: tuple[str, ...] = ()
    max_changes: int | None = None
    extra: float | None = None
    time_s: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgain:
    """A plan to be made anew with few changes, in the background.

    Parameters
    ----------
    document
        The problem as it is after a change; None where it is as it was.
    name
        Empty for the name of the plan there is, which then says, in `language`, that it was solved again.
    """

    document: Mapping[str, Any] | None = None
    name: str = ""
    language: str = "zh"
    locked: tuple[str, ...] = ()
    max_changes: int | None = None
    extra: float = EXTRA
    time_s: float = 20.0


class Changing:
    """Solves changed plans anew, one at a time, and keeps those that are wanted."""

    def __init__(self, solving: Solving, *, wait_s: float = WAIT_S) -> None:
        self._solving, self._wait_s = solving, wait_s
        self._turn = Lock()

    def replan(self, campus_id: CampusId, job_id: str, change: PlanChange) -> Plan:
        """Return the plan after a change: what is locked stays, the rest is solved anew; nothing is kept.

        Raises
        ------
        SolveNotFoundError, InvalidInputError, SolveBusyError
            There is no such problem; it is being solved still; the rows are no plan of it; others are being solved anew
            for too long.
        """
        summary = self._solving.get(campus_id, job_id).summary
        refuse_running(summary)
        order = replace(
            self._solving.problem(campus_id, job_id), stop=Stop(time_s=change.time_s), start=change.rows,
            locked=change.locked, max_changes=change.max_changes, extra=change.extra,
        )  # fmt: skip
        kind, problem = self._solving.read(summary)
        wish = wish_of(kind, problem, order)
        if not self._turn.acquire(timeout=self._wait_s):
            raise SolveBusyError(
                Text("正在求解其他人的调整。", "The changes of others are being solved."),
                hint=Text("请稍后再试。", "Try again in a moment."),
            )
        try:
            warm_up(order.kind)
            return make_plan(kind, problem, Search[Any](order.stop), wish)
        finally:
            self._turn.release()

    def again(self, campus_id: CampusId, job_id: str, wish: PlanAgain, who: str) -> SolveSummary:
        """Have a plan made anew with few changes from the one there is, after the problem has changed or as it is.

        Raises
        ------
        SolveNotFoundError, InvalidInputError
            There is no such problem; it has no plan; the changed problem or a wish breaks a rule.
        """
        job, first = self._solving.get(campus_id, job_id), self._solving.problem(campus_id, job_id)
        refuse_running(job.summary)
        rows = tuple(plan_rows(job))
        problem, file_name = first.problem, first.file_name
        if wish.document is not None:
            problem = json.dumps(wish.document, ensure_ascii=False).encode()
            file_name = f"{first.kind}.json"
        order = SolveOrder(
            kind=first.kind, name=wish.name.strip() or _again(first.name, wish.language),
            file_name=file_name, problem=problem,
            stop=Stop(time_s=wish.time_s), seed=first.seed, start=rows, locked=wish.locked,
            max_changes=wish.max_changes, extra=wish.extra,
        )  # fmt: skip
        return self._solving.start(campus_id, order, who)

    def keep(
        self, campus_id: CampusId, job_id: str, rows: Sequence[Row], *, name: str, who: str
    ) -> SolveSummary:
        """Keep a changed plan as a plan of its own, a scenario, next to the one that it came from.

        Raises
        ------
        SolveNotFoundError, InvalidInputError, BrokenPlanError
            There is no such problem; it is being solved still; the rows are no plan of it; it breaks hard rules.
        """
        job, first = self._solving.get(campus_id, job_id), self._solving.problem(campus_id, job_id)
        refuse_running(job.summary)
        order = replace(first, name=name, start=tuple(rows), locked=(), max_changes=None, extra=None)
        kind = kind_of(order.kind)
        problem = kind.parse(order.problem, order.file_name)
        found = kind.read_rows(problem, rows)
        checked = kind.check(problem, found)
        if checked.broken:
            told = checked.broken[:MOST_BROKEN]
            raise BrokenPlanError(
                Text(
                    f"方案违反 {len(checked.broken)} 条规则：{'；'.join(one.message.zh for one in told)}。",
                    f"The plan breaks {counted(len(checked.broken), 'rule')}: "
                    f"{'; '.join(one.message.en for one in told)}.",
                ),
                field="assignments",
                hint=Text("改正后再保存。", "Mend them, then keep it."),
            )
        plan = _kept(kind, problem, found, checked, job, first)
        return self._solving.keep(campus_id, order, plan, who)


def _again(name: str, language: str) -> str:
    """Return a plan's name for the plan that is made anew from it, counting how often that was done."""
    found = AGAIN.search(name)
    times = "" if found is None else f" {int(found[1] or found[2] or 1) + 1}"
    said = f" (again{times})" if language == "en" else f"（重新求解{times}）"
    return f"{AGAIN.sub('', name)[: LONGEST_NAME - len(said)]}{said}"


def _kept(
    kind: Kind[Any, Any], problem: Any, found: Any, checked: Checked, job: SolveJob, first: SolveOrder
) -> Plan:
    """Return a checked plan; the bound of the first holds for it too where that was solved without wishes."""
    free = not first.locked and first.max_changes is None
    proved = job.plan.bound if free and job.plan is not None else None
    result: Result[Any] = Result(
        best=found, cost=checked.cost, bound=-inf if proved is None else min(proved, checked.cost),
        status=Status.FEASIBLE, rounds=0, elapsed_s=0.0, cpu_s=0.0,
    )  # fmt: skip
    before = () if job.plan is None else job.plan.assignments
    now = tuple(kind.rows(problem, found))
    known = isfinite(result.bound)
    return Plan(
        kind=kind.name, status=result.status, cost=checked.cost, bound=result.bound if known else None,
        gap=result.gap if known else None, cost_breakdown=dict(checked.parts), assignments=now,
        explanation=kind.explain(problem, result), conflicts=(),
        changes=count_changes(before, now, kind.changed_by), method=BY_HAND, seed=first.seed, rounds=0,
        elapsed_s=0.0, cpu_s=0.0, history=(),
    )  # fmt: skip
