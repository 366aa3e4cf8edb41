"""What one more of something would change of a kept plan, and which rule costs what."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from threading import Lock
from typing import Any

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations.solving.changing import SolveBusyError
from yuanli.operations.solving.kinds import warm_up
from yuanli.operations.solving.solving import Solving, plan_rows, wish_of
from yuanli.solver import Change, Relaxation, Resource, Sensitivity, Stop, sensitivity


class Sensing:
    """Solves changed problems of kept plans, for one who asks at a time."""

    def __init__(self, solving: Solving) -> None:
        self._solving = solving
        self._turn = Lock()

    def sensitivity(self, campus_id: CampusId, job_id: str, *, time_s: float, most: int = 8) -> Sensitivity:
        """Return what `most` changes of a problem do to its plan, looked for in `time_s` seconds together.

        Raises
        ------
        SolveNotFoundError, InvalidInputError, SolveBusyError
            There is no such problem; it has no plan yet; somebody else is asking.
        """
        return self._told(campus_id, job_id, time_s, most, None)

    def changed(
        self, campus_id: CampusId, job_id: str, resource: Resource, change: Change, *, time_s: float
    ) -> Sensitivity | None:
        """Return what more, or less, of a resource does to a plan; None where the problem has no such, or not so many.

        Raises
        ------
        SolveNotFoundError, InvalidInputError, SolveBusyError
            There is no such problem; it has no plan yet; somebody else is asking.
        """
        job = self._solving.get(campus_id, job_id)
        kind, problem = self._solving.read(job.summary)
        change_of = kind.changes.get(resource)
        plan: Any = kind.read_rows(problem, plan_rows(job))
        one = None if change_of is None else change_of(problem, plan, change)
        return None if one is None else self._told(campus_id, job_id, time_s, 1, [one])

    def _told(
        self, campus_id: CampusId, job_id: str, time_s: float, most: int,
        asked: Sequence[Relaxation[Any, Any]] | None,
    ) -> Sensitivity:  # fmt: skip
        job = self._solving.get(campus_id, job_id)
        rows = plan_rows(job)
        if not self._turn.acquire(blocking=False):
            raise SolveBusyError(
                Text("正在做另一项敏感性分析。", "Another sensitivity is being worked out."),
                hint=Text("请稍后再试。", "Try again in a moment."),
            )
        try:
            order = self._solving.problem(campus_id, job_id)
            kind, problem = self._solving.read(job.summary)
            proved = None if job.plan is None else job.plan.bound
            warm_up(kind.name)
            plan: Any = kind.read_rows(problem, rows)
            return sensitivity(
                kind, problem, plan, stop=Stop(time_s=time_s), wish=wish_of(kind, problem, order),
                bound=-inf if proved is None else proved, most=most, asked=asked,
            )  # fmt: skip
        finally:
            self._turn.release()
