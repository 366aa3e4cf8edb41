"""Problems solved beside the requests, one after the other; what a crash interrupts goes on from its incumbent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from queue import Empty, SimpleQueue
from threading import Event, Lock
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId
from yuanli.errors import Text, YuanliError
from yuanli.operations.places import Places
from yuanli.operations.solving.jobs import (
    SolveJob,
    SolveNotFoundError,
    SolveOrder,
    SolveOrderError,
    SolveState,
    SolveStore,
    SolveSummary,
)
from yuanli.operations.solving.kinds import kind_of, warm_up
from yuanli.operations.solving.running import Run
from yuanli.operations.solving.wondering import WhyNotTold, ask_why_not
from yuanli.solver import (
    Checked,
    Kind,
    Moves,
    Plan,
    Preview,
    Row,
    Search,
    SearchProgress,
    Stop,
    Wish,
    count_changes,
    make_plan,
    preview,
)

log = logging.getLogger(__name__)
FAULT = Text(
    "求解时出现意外错误，已记入日志。", "Something unexpected failed while solving; it is in the log."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvingParams:
    """How problems are solved.

    Parameters
    ----------
    longest_s
        The most seconds that a problem may be given.
    keep_every_s
        So often, at most, the incumbent is kept on disk.
    workers
        Threads that a search may use; one where rounds end it, so that it can be repeated.
    """

    longest_s: float = 3_600.0
    keep_every_s: float = 1.0
    look_every_s: float = 0.5
    workers: int = 1


class Solving:
    """Takes problems, solves them in the background, tells how far it is."""

    def __init__(
        self,
        store: SolveStore,
        places: Places,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        params: SolvingParams = SolvingParams(),
    ) -> None:
        self._store, self._places, self._clock, self._new_id = store, places, clock, new_id
        self._params = params
        self._queue: SimpleQueue[SolveSummary] = SimpleQueue()
        self._lock = Lock()
        self._live: dict[str, SolveSummary] = {}
        self._cancelled: dict[str, Event] = {}
        self._runs: dict[str, Run] = {}
        self._last_read: tuple[str, Any] = ("", None)

    def start(self, campus_id: CampusId, order: SolveOrder, who: str) -> SolveSummary:
        """Keep a problem that is well put, to be solved in its turn.

        Raises
        ------
        CampusNotFoundError, UnknownKindError, InvalidInputError
            There is no such campus or kind; the file, the plan to begin from or the limits break a rule.
        """
        longest = self._params.longest_s
        if order.stop.time_s is None or order.stop.time_s > longest:
            raise SolveOrderError(
                Text(
                    f"求解时限需在 {longest:g} 秒以内。", f"A problem is given at most {longest:g} seconds."
                ),
                field="time_s",
            )
        kind = kind_of(order.kind)
        summary = self._summary(campus_id, order, who)
        problem = kind.parse(order.problem, order.file_name)
        wish_of(kind, problem, order)
        self._store.add(summary, order)
        self._queue_up(summary)
        return summary

    def keep(self, campus_id: CampusId, order: SolveOrder, plan: Plan, who: str) -> SolveSummary:
        """Keep a problem that has its plan already; if it is interrupted, the problem is solved from the start."""
        summary = self._summary(campus_id, order, who)
        self._store.add(summary, order)
        if plan.cost is not None:
            bound = -inf if plan.bound is None else plan.bound
            progress = SearchProgress(at_s=0.0, rounds=plan.rounds, cost=plan.cost, bound=bound)
            summary = replace(summary, progress=progress)
        return self._end(replace(summary, state=SolveState.DONE), plan=plan)

    def list(self, campus_id: CampusId) -> tuple[SolveSummary, ...]:
        """Return the problems of a campus, newest first."""
        self._places.campus(campus_id)
        return tuple(self._now(summary) for summary in self._store.list(campus_id))

    def get(self, campus_id: CampusId, job_id: str) -> SolveJob:
        """Return a problem with its plan.

        Raises
        ------
        SolveNotFoundError
            The campus has none of this id.
        """
        job = self._store.get(campus_id, job_id)
        if job is None:
            raise SolveNotFoundError(
                Text(f"没有求解任务 {job_id!r}。", f"There is no problem {job_id!r}."),
                field="job",
                hint=Text("在任务列表中查看编号。", "See its id in the list of problems."),
            )
        return replace(job, summary=self._now(job.summary))

    def look(self, campus_id: CampusId, job_id: str) -> SolveJob:
        """Return the same with what its search has come to, while it is solved.

        Raises
        ------
        SolveNotFoundError
            The campus has none of this id.
        """
        job = self.get(campus_id, job_id)
        with self._lock:
            run = self._runs.get(job_id)
        return job if run is None or job.plan is not None else replace(job, run=run.look())

    def problem(self, campus_id: CampusId, job_id: str) -> SolveOrder:
        """Return what was ordered."""
        return self._store.order(self.get(campus_id, job_id).summary.id)

    def cancel(self, campus_id: CampusId, job_id: str) -> SolveSummary:
        """End a search: what was found so far becomes its plan."""
        summary = self.get(campus_id, job_id).summary
        with self._lock:
            wanted = self._cancelled.get(job_id)
            if wanted is not None:
                wanted.set()
        if wanted is not None and summary.state is SolveState.WAITING:
            return self._end(replace(summary, state=SolveState.CANCELLED))
        return summary

    def remove(self, campus_id: CampusId, job_id: str) -> None:
        """End a search and forget the problem."""
        self.cancel(campus_id, job_id)
        self._store.remove(campus_id, job_id)

    def check(self, campus_id: CampusId, job_id: str, rows: Sequence[Row]) -> Checked:
        """Return the cost and the broken rules of an edited plan of a problem."""
        kind, problem = self.read(self.get(campus_id, job_id).summary)
        return kind.check(problem, kind.read_rows(problem, rows))

    def preview(
        self, campus_id: CampusId, job_id: str, moves: Moves, *, rows: Sequence[Row] | None = None
    ) -> Preview[Any]:
        """Return what moves would do to the plan of a problem, or to the rows of an edited one.

        Raises
        ------
        SolveNotFoundError, InvalidInputError
            There is no such problem; it has no plan yet; the moves name what is not in the plan.
        """
        job = self.get(campus_id, job_id)
        kind, problem = self.read(job.summary)
        return preview(
            kind, problem, kind.read_rows(problem, plan_rows(job) if rows is None else rows), moves
        )

    def why_not(self, campus_id: CampusId, job_id: str, forced: Moves, *, time_s: float) -> WhyNotTold:
        """Solve again, for so many seconds, with a wish forced into the plan of a problem, and say what that means.

        Raises
        ------
        SolveNotFoundError, InvalidInputError
            There is no such problem; it has no plan yet; the wish names what is not in the plan.
        """
        job = self.get(campus_id, job_id)
        kind, problem = self.read(job.summary)
        plan = kind.read_rows(problem, plan_rows(job))
        bound = job.plan.bound if job.plan is not None else None
        warm_up(kind.name)
        return ask_why_not(
            kind, problem, plan, forced, search=Search(Stop(time_s=time_s)), bound=-inf if bound is None else bound,
            zone=ZoneInfo(self._places.campus(campus_id).time_zone),
        )  # fmt: skip

    def resume(self) -> None:
        """Queue what a crash or a stop interrupted."""
        for summary in self._store.unfinished():
            self._queue_up(replace(summary, state=SolveState.WAITING))

    def run(self, closing: Event) -> None:
        """Solve what waits, until closing; what is not over then goes on at the next start."""
        while not closing.is_set():
            try:
                summary = self._queue.get(timeout=self._params.look_every_s)
            except Empty:
                continue
            with self._lock:
                wanted = self._cancelled.get(summary.id)
            if wanted is None or wanted.is_set():
                continue
            try:
                self._solve(summary, wanted, closing)
            except YuanliError as error:
                log.warning("What became of problem %s can't be kept: %s", summary.id, error)

    def read(self, summary: SolveSummary) -> tuple[Kind[Any, Any], Any]:
        """Return a problem, read once for what is asked of it again and again while somebody edits its plan."""
        kind = kind_of(summary.kind)
        with self._lock:
            read_id, problem = self._last_read
        if read_id != summary.id:
            order = self._store.order(summary.id)
            problem = kind.parse(order.problem, order.file_name)
            with self._lock:
                self._last_read = (summary.id, problem)
        return kind, problem

    def _summary(self, campus_id: CampusId, order: SolveOrder, who: str) -> SolveSummary:
        self._places.campus(campus_id)
        return SolveSummary(
            id=self._new_id(), campus_id=campus_id, kind=order.kind, name=order.name, who=who, at=self._clock(),
        )  # fmt: skip

    def _queue_up(self, summary: SolveSummary) -> None:
        with self._lock:
            self._live[summary.id], self._cancelled[summary.id] = summary, Event()
        self._queue.put(summary)

    def _now(self, summary: SolveSummary) -> SolveSummary:
        with self._lock:
            return self._live.get(summary.id, summary)

    def _solve(self, summary: SolveSummary, wanted: Event, closing: Event) -> None:
        """Solve one problem, and keep what came of it."""
        summary = replace(summary, state=SolveState.RUNNING)
        self._keep(summary)
        try:
            plan = self._plan(summary, wanted, closing)
        except YuanliError as error:
            self._end(replace(self._now(summary), state=SolveState.FAILED, error=error.message))
        except Exception:  # the thread's outermost loop: the next problem must have its turn
            log.exception("Solving %s failed", summary.id)
            self._end(replace(self._now(summary), state=SolveState.FAILED, error=FAULT))
        else:
            if closing.is_set() and not wanted.is_set():
                return
            state = SolveState.CANCELLED if wanted.is_set() else SolveState.DONE
            self._end(replace(self._now(summary), state=state), plan=plan)

    def _plan(self, summary: SolveSummary, wanted: Event, closing: Event) -> Plan:
        order = self._store.order(summary.id)
        kind = kind_of(order.kind)
        problem = kind.parse(order.problem, order.file_name)
        kept_at, unkept = -self._params.keep_every_s, None

        def told(progress: SearchProgress, best: Any) -> None:
            nonlocal unkept
            run.found(progress, best)
            with self._lock:
                self._live[summary.id] = replace(self._live.get(summary.id, summary), progress=progress)
            unkept = best

        def cancelled() -> bool:
            """Keep, meanwhile, the incumbent: searches ask this again and again."""
            nonlocal kept_at, unkept
            if unkept is not None and search.elapsed_s - kept_at >= self._params.keep_every_s:
                best, kept_at, unkept = unkept, search.elapsed_s, None
                self._store.update(self._now(summary), incumbent=kind.rows(problem, best))
            return wanted.is_set() or closing.is_set()

        warm_up(order.kind)
        search: Search[Any] = Search(order.stop, cancelled=cancelled, told=told)
        run = Run(kind, problem, search)
        with self._lock:
            self._runs[summary.id] = run
        workers = self._params.workers if order.stop.rounds is None else 1
        wish = replace(wish_of(kind, problem, order), workers=workers)
        kept = self._store.incumbent(summary.id)
        if not kept:
            return make_plan(kind, problem, search, wish)
        plan = make_plan(kind, problem, search, _going_on(kind, problem, search, wish, kept))
        before = None if wish.start is None else kind.rows(problem, wish.start)
        changes = None if before is None else count_changes(before, plan.assignments, kind.changed_by)
        return replace(plan, changes=changes)

    def _keep(self, summary: SolveSummary) -> None:
        with self._lock:
            self._live[summary.id] = summary
        self._store.update(summary)

    def _end(self, summary: SolveSummary, *, plan: Plan | None = None) -> SolveSummary:
        summary = replace(summary, ended_at=self._clock())
        self._store.update(summary, plan=plan)
        with self._lock:
            self._live.pop(summary.id, None)
            self._runs.pop(summary.id, None)
            self._cancelled.pop(summary.id, None)
        return summary


def _going_on(
    kind: Kind[Any, Any], problem: Any, search: Search[Any], wish: Wish[Any], kept: Sequence[Row]
) -> Wish[Any]:
    """Offer the incumbent of a search that was interrupted, and return the wish to go on with.

    Changes are counted from the plan that was given: where they are limited, the search begins there again.
    """
    incumbent = kind.read_rows(problem, kept)
    checked = kind.check(problem, incumbent)
    if not checked.valid:
        return wish
    search.offer(incumbent, checked.cost)
    counts = wish.max_changes is not None or wish.extra is not None
    return wish if counts else replace(wish, start=incumbent)


def wish_of(kind: Kind[Any, Any], problem: Any, order: SolveOrder) -> Wish[Any]:
    """Return what is asked besides, with the plan to begin from read; anew, it may be one from before a change.

    Raises
    ------
    InvalidInputError
        That plan is not one of this problem, or has no row that is locked.
    """
    start = None
    if order.start:
        read = kind.read_rows if order.extra is None else kind.start_of
        start = read(problem, order.start)
    if order.locked:
        assert start is not None
        known = {str(next(iter(row.values()))) for row in kind.rows(problem, start)}
        if unknown := sorted(set(order.locked) - known):
            raise SolveOrderError(
                Text(f"方案中没有 {unknown[0]!r}，无法锁定。", f"The plan has no {unknown[0]!r} to lock."),
                field="locked",
            )
    return Wish(
        seed=order.seed, start=start, locked=frozenset(order.locked), max_changes=order.max_changes, extra=order.extra
    )  # fmt: skip


def refuse_running(summary: SolveSummary) -> None:
    """Refuse to change a plan by hand while it is searched for.

    Raises
    ------
    SolveOrderError
        The problem waits or is being solved.
    """
    if summary.state in (SolveState.WAITING, SolveState.RUNNING):
        raise SolveOrderError(
            Text(
                f"“{summary.name}”还在求解，不能改动。",
                f"{summary.name!r} is being solved: it can't be changed.",
            ),
            field="state",
            hint=Text("等求解结束，或先停止。", "Wait for its end, or stop it first."),
        )


def plan_rows(job: SolveJob) -> Sequence[Row]:
    """Return the rows of a problem's plan.

    Raises
    ------
    SolveOrderError
        It has none yet.
    """
    if job.plan is None or job.plan.cost is None:
        raise SolveOrderError(
            Text("这个任务还没有方案。", "This problem has no plan yet."),
            field="assignments",
            hint=Text("等求解结束，或附上要改的方案。", "Wait for it, or give the rows of a plan to change."),
        )
    return job.plan.assignments
