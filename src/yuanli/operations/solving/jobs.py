"""A problem that somebody wants solved, from the wish to the plan; the port that keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from yuanli.campus import CampusId
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.solver import Plan, Row, SearchProgress, Stop

LONGEST_NAME = 120


class SolveNotFoundError(NotFoundError):
    """The campus has no such problem."""


class UnknownKindError(NotFoundError):
    """There is no such kind of problem."""


class SolveOrderError(InvalidInputError):
    """A problem can't be ordered to be solved like that."""


class SolveState(StrEnum):
    """Where a problem stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOrder:
    """What is to be solved, and how.

    Parameters
    ----------
    problem
        The file as it came, called `file_name`.
    start
        Rows of the plan to begin from, empty without one; `locked` names rows of it that stay.
    extra
        The share of the cost that a plan with fewer changes may cost more; None where only the cost counts.
    """

    kind: str
    name: str
    file_name: str
    problem: bytes = field(repr=False)
    stop: Stop = Stop()
    seed: int = 0
    start: tuple[Row, ...] = ()
    locked: tuple[str, ...] = ()
    max_changes: int | None = None
    extra: float | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise SolveOrderError(
                Text(f"名称需 1–{LONGEST_NAME} 字。", f"A name has 1 to {LONGEST_NAME} characters."),
                field="name",
            )
        if not self.start and (self.locked or self.max_changes is not None or self.extra is not None):
            raise SolveOrderError(
                Text(
                    "锁定或限制变动时需要给出现有方案。",
                    "What is locked or may change little needs a plan to begin from.",
                ),
                field="start",
                hint=Text("附上现有方案的安排。", "Give the assignments of the plan there is."),
            )
        if self.max_changes is not None and self.max_changes < 0:
            raise SolveOrderError(
                Text(
                    f"变动数 {self.max_changes} 不能为负。", f"{self.max_changes} changes are less than none."
                ),
                field="max_changes",
            )
        if self.extra is not None and not 0 <= self.extra <= 1:
            raise SolveOrderError(
                Text(f"变动少的方案最多可贵 0 到 100 %，不是 {self.extra:.1%}。",
                     f"A plan with fewer changes may cost 0 to 100 % more, not {self.extra:.1%}."),
                field="extra",
                hint=Text("通常用 0.005，即 0.5 %。", "0.005, that is 0.5 %, is usual."),
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveSummary:
    """A problem and where it stands; `progress` is the last that was heard of the search."""

    id: str
    campus_id: CampusId
    kind: str
    name: str
    who: str
    at: datetime
    state: SolveState = SolveState.WAITING
    progress: SearchProgress | None = None
    ended_at: datetime | None = None
    error: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BestSoFar:
    """The plan that a search has come to, checked like any that is shown: to look at, not to be carried out.

    `at_s` is when it was found, in seconds since the start.
    """

    at_s: float
    cost: float
    cost_breakdown: Mapping[str, float]
    assignments: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveRun:
    """A search that is under way: seconds since it began, seconds that it is given, the best so far if there is one."""

    elapsed_s: float
    time_s: float | None
    best: BestSoFar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveJob:
    """A problem with its plan, once it is solved; while it is, with what the search has come to."""

    summary: SolveSummary
    plan: Plan | None = None
    run: SolveRun | None = None

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows to be looked at: of the plan, else of the best so far; none without either."""
        if self.plan is not None:
            return self.plan.assignments
        return () if self.run is None or self.run.best is None else self.run.best.assignments


class SolveStore(Protocol):
    """Keeps problems and plans."""

    def add(self, summary: SolveSummary, order: SolveOrder) -> None:
        """Keep a new problem."""

    def order(self, job_id: str) -> SolveOrder:
        """Return what was ordered."""

    def incumbent(self, job_id: str) -> tuple[Row, ...]:
        """Return the rows of the newest incumbent, none where none was kept."""

    def update(
        self, summary: SolveSummary, *, incumbent: Sequence[Row] | None = None, plan: Plan | None = None
    ) -> None:
        """Keep where it stands, and what is given of the newest incumbent and the plan."""

    def list(self, campus_id: CampusId) -> tuple[SolveSummary, ...]:
        """Return the problems of a campus, newest first."""

    def get(self, campus_id: CampusId, job_id: str) -> SolveJob | None:
        """Return a problem with its plan, if there is one."""

    def unfinished(self) -> tuple[SolveSummary, ...]:
        """Return what waits or was running, oldest first."""

    def remove(self, campus_id: CampusId, job_id: str) -> bool:
        """Forget a problem and its plan; tell whether there was one."""
