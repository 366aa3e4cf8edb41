"""One face for every kind of problem: tables in, a checked plan out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite
from typing import Any, Generic, TypeVar

from yuanli.errors import Text, YuanliError, figured
from yuanli.solver.aside import unless_cancelled
from yuanli.solver.cells import checked_rows
from yuanli.solver.checking import Checked
from yuanli.solver.conflicts import minimal_conflict
from yuanli.solver.relaxation import Change, Relaxation, Resource
from yuanli.solver.replanning import count_changes, replan
from yuanli.solver.results import Result, SearchProgress, Status
from yuanli.solver.searching import Search
from yuanli.solver.stopping import PATIENCE, Stop

WISH_CONFLICT_S = 1.8
P = TypeVar("P")
S = TypeVar("S")
Row = Mapping[str, Any]
"""An assignment as a row of a table: the columns are the kind's own, the first says what is assigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish(Generic[S]):
    """What is asked of a solver besides the problem.

    Parameters
    ----------
    start
        A plan to begin from: today's, or one of an earlier run.
    locked
        Names of what stays as it is in `start`.
    max_changes
        How many assignments may differ from `start`.
    extra
        Of the plans that cost at most this share more than the cheapest that was found, the one with the fewest changes
        from `start` is wanted; None where only the cost counts.
    workers
        Threads that may be used.
    """

    seed: int = 0
    start: S | None = None
    locked: Collection[str] = field(default=frozenset())
    max_changes: int | None = None
    workers: int = 1
    extra: float | None = None

    def __post_init__(self) -> None:
        if self.start is None and (self.locked or self.max_changes is not None or self.extra is not None):
            raise ValueError("what is locked or counted as changed needs a start")
        if self.max_changes is not None and self.max_changes < 0:
            raise ValueError("the number of changes is not negative")
        if self.extra is not None and not 0 <= self.extra < inf:
            raise ValueError("what fewer changes may cost is a share from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[P, S]):
    """A kind of problem: what commands, endpoints and pages need of it.

    Parameters
    ----------
    name
        As in `yuanli schedule devices`.
    parse
        Reads a file's bytes, told its name, whatever its format; raises `InvalidInputError` with line or field.
    schema
        The JSON schema of the problem's own documents.
    solve
        Searches; offers only plans that keep each hard rule.
    check
        Recomputes cost and rules from the tables, written apart from `solve`.
    rows, read_rows
        A plan as a table and back; `read_rows` raises `InvalidInputError`.
    explain
        Says what was reached, which rules bind and what a little more of them would change.
    conflicts
        Names the fewest rules that can't hold together, where there is no plan.
    changed_by
        Columns by which an assignment counts as changed, where others only follow from them; all if empty.
    conflicts_asked
        The same where what is asked besides (`locked`, `max_changes`) may be why: names that too. Without it, the
        fewest parts of a wish that leave no plan are found by solving without the others.
    moved_by
        The column that a move by hand changes, as a room or a place; empty where there is no such one.
    relaxations
        Problems with one thing more or one rule less, told a plan; those most likely to save something first.
    changes
        By what there may be more or less of: the problem with that, told a plan; None where it can't be so.
    replan
        Solves where a wish has `extra`, told that wish; without it, limits of changes are tried.
    carried
        Told rows of a plan of the problem as it was, the same for the problem as it is: who is gone has no row, who is
        new has one. Without it, rows are taken as they are.
    asked
        Told a plan, the same with a wish, and the names that the wish moves: the problem with the wish as a rule, and
        the names that are to be locked for it. Without it, all that is moved is locked as a whole.
    rehearse
        Goes through the compiled steps that so small a problem is solved without, so that they are compiled.
    """

    name: str
    title: Text
    method: Text
    parse: Callable[[bytes, str], P]
    schema: Callable[[], dict[str, Any]]
    solve: Callable[[P, Search[S], Wish[S]], Result[S]]
    check: Callable[[P, S], Checked]
    rows: Callable[[P, S], Sequence[Row]]
    read_rows: Callable[[P, Sequence[Row]], S]
    explain: Callable[[P, Result[S]], tuple[Text, ...]]
    conflicts: Callable[[P], tuple[Text, ...]]
    changed_by: tuple[str, ...] = ()
    conflicts_asked: Callable[[P, Wish[S]], tuple[Text, ...]] | None = None
    moved_by: str = ""
    relaxations: Callable[[P, S], Sequence[Relaxation[P, S]]] | None = None
    changes: Mapping[Resource, Callable[[P, S, Change], Relaxation[P, S] | None]] = field(
        default_factory=dict
    )
    replan: Callable[[P, Search[S], Wish[S]], Result[S]] | None = None
    carried: Callable[[P, Sequence[Row]], Sequence[Row]] | None = None
    asked: Callable[[P, S, S, Collection[str]], tuple[P, Collection[str]]] | None = None
    rehearse: Callable[[P], None] | None = None

    def __post_init__(self) -> None:
        """Let `read_rows` refuse cells that no table holds, before it looks at what they mean."""
        read = self.read_rows

        def read_rows(problem: P, rows: Sequence[Row]) -> S:
            return read(problem, checked_rows(rows))

        object.__setattr__(self, "read_rows", read_rows)

    def start_of(self, problem: P, rows: Sequence[Row]) -> S:
        """Return the plan to begin from that rows of a plan of the problem, or of the problem before a change, tell.

        Raises
        ------
        InvalidInputError
            The rows are no plan of it.
        """
        if self.carried is not None:
            rows = self.carried(problem, checked_rows(rows))
        return self.read_rows(problem, rows)

    def conflicts_of(self, problem: P, wish: Wish[S]) -> tuple[Text, ...]:
        """Return the fewest rules, and of what the wish asks, that can't hold together."""
        if self.conflicts_asked is not None:
            return self.conflicts_asked(problem, wish)
        return self.conflicts(problem) or (() if wish.start is None else _wish_conflicts(self, problem, wish))

    def status_of(
        self, problem: P, search: Search[S], wish: Wish[S], result: Result[S]
    ) -> tuple[Status, tuple[Text, ...]]:
        """Return a result's status and, where it has no plan, the conflict that is why.

        A search that ran out of time without a plan is asked about, too: a conflict that is found proves that there is
        none.
        """
        if result.best is not None or (result.status is Status.UNKNOWN and search.cancelled):
            return result.status, ()
        conflicts = (
            result.conflicts or unless_cancelled(search, lambda: self.conflicts_of(problem, wish)) or ()
        )
        return Status.INFEASIBLE if conflicts else result.status, conflicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An answer as people and programs get it; its cost and its rules are the checker's.

    `bound` is None where nothing is proved, `cost` where there is no plan. `changes` counts assignments that differ
    from the start.
    """

    kind: str
    status: Status
    cost: float | None
    bound: float | None
    gap: float | None
    cost_breakdown: Mapping[str, float]
    assignments: tuple[Row, ...]
    explanation: tuple[Text, ...]
    conflicts: tuple[Text, ...]
    changes: int | None
    method: Text
    seed: int
    rounds: int
    elapsed_s: float
    cpu_s: float
    history: tuple[SearchProgress, ...]


class WrongPlanError(YuanliError):
    """A solver's plan did not pass its check: it is not shown."""


def make_plan(kind: Kind[P, S], problem: P, search: Search[S], wish: Wish[S] = Wish()) -> Plan:
    """Solve, check, and explain.

    Raises
    ------
    WrongPlanError
        The checker finds a hard rule broken, or another cost than the solver: a fault of ours.
    """
    result = kind.solve(problem, search, wish) if wish.extra is None else replan(kind, problem, search, wish)
    checked = None if result.best is None else kind.check(problem, result.best)
    if checked is not None:
        refuse_wrong(checked, result.cost)
    status, conflicts = kind.status_of(problem, search, wish, result)
    rows = () if result.best is None else tuple(kind.rows(problem, result.best))
    before = None if wish.start is None else tuple(kind.rows(problem, wish.start))
    return Plan(
        kind=kind.name,
        status=status,
        cost=None if checked is None else checked.cost,
        bound=result.bound if abs(result.bound) < float("inf") else None,
        gap=result.gap if result.gap < float("inf") else None,
        cost_breakdown={} if checked is None else checked.parts,
        assignments=rows,
        explanation=_found_nothing(search, status, result)
        if result.best is None
        else kind.explain(problem, result),
        conflicts=conflicts,
        changes=None if before is None else count_changes(before, rows, kind.changed_by),
        method=kind.method,
        seed=wish.seed,
        rounds=result.rounds,
        elapsed_s=result.elapsed_s,
        cpu_s=result.cpu_s,
        history=result.history,
    )


def _found_nothing(search: Search[S], status: Status, result: Result[S]) -> tuple[Text, ...]:
    """Say what is known where there is no plan, and neither a proof that there is none."""
    if status is not Status.UNKNOWN:
        return ()
    why, why_en = ("已取消", "It was cancelled") if search.cancelled else ("到时限为止", "Time was up")
    bound = result.bound
    least, least_en = "", ""
    if isfinite(bound):
        least, least_en = (
            f"若有方案，费用不低于 {figured(bound)}。",
            f" A plan would cost {figured(bound)} at least.",
        )
    return (
        Text(
            f"{why}：{result.elapsed_s:.3g} 秒、{result.rounds:,} 轮内没有找到方案，也没有证明没有方案。{least}"
            "可延长时限，或放宽硬规则。",
            f"{why_en}: no plan was found in {result.elapsed_s:.3g} s and {result.rounds:,} rounds, nor is it proved "
            f"that there is none.{least_en} Give more time, or relax a hard rule.",
        ),
    )


def refuse_wrong(checked: Checked, cost: float) -> None:
    """Refuse a solver's plan that its check doesn't pass.

    Raises
    ------
    WrongPlanError
        A hard rule is broken, or the cost is another than the solver's.
    """
    if not (checked.valid and _alike(checked.cost, cost)):
        raise WrongPlanError(
            Text(
                f"求解结果未通过核验，不予采用：{'；'.join(b.message.zh for b in checked.broken) or '费用不符'}。",
                "The plan did not pass its check and is not used: "
                f"{'; '.join(b.message.en for b in checked.broken) or 'its cost is another'}.",
            ),
            hint=Text("请把问题文件发给我们。", "Please send us the file of the problem."),
        )


def _wish_conflicts(kind: Kind[P, S], problem: P, wish: Wish[S]) -> tuple[Text, ...]:
    """Return the fewest of locks and the number of changes that leave no plan, found by solving without the others.

    Empty where solving takes too long to be sure of it.
    """
    clock = Search[S](Stop(time_s=WISH_CONFLICT_S, patience=PATIENCE))

    def feasible(held: Sequence[str | int]) -> bool:
        found: list[S] = []
        search = Search[S](
            Stop(time_s=clock.clock_left_s, patience=PATIENCE), cancelled=lambda: bool(found),
            told=lambda now, best: None if best is None else found.append(best),
        )  # fmt: skip
        asked = replace(
            wish, locked=frozenset(one for one in held if isinstance(one, str)),
            max_changes=wish.max_changes if any(isinstance(one, int) for one in held) else None,
        )  # fmt: skip
        return kind.solve(problem, search, asked).status is not Status.INFEASIBLE

    rules: list[str | int] = [] if wish.max_changes is None else [wish.max_changes]
    rules += sorted(wish.locked)
    if not feasible(()):
        return ()
    found = minimal_conflict(rules, feasible)
    if clock.over():
        return ()
    return tuple(
        Text(f"锁定“{one}”", f"{one!r} is locked") if isinstance(one, str)
        else Text(f"最多改动 {one} 处", f"at most {one} may change")
        for one in found
    )  # fmt: skip


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(1.0, abs(one), abs(other))
