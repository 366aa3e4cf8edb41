"""Why a plan is not another one: what forcing somebody's wish would cost, or which rules forbid it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from yuanli.errors import InvalidInputError, Text, counted, figured
from yuanli.solver.kinds import Kind, Row, Wish, refuse_wrong
from yuanli.solver.previewing import Moves, Preview, move_rows, preview
from yuanli.solver.replanning import count_changes
from yuanli.solver.results import Difference, Result, Status
from yuanli.solver.searching import Search

MOST_BROKEN = 4
"""Rules that are told, at most, of a wish with nothing else changed."""
SAME = 1e-9
P = TypeVar("P")
S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot(Generic[S]):
    """What a forced wish costs.

    Parameters
    ----------
    cost
        What the plan costs without the wish.
    at_once
        The plan with the wish and nothing else changed; None where that is no plan.
    best
        The best plan with the wish that was found; None where none was: `conflicts` names rules that forbid it, if
        that is proved.
    difference
        What that plan costs more, and between which limits it surely is; below 0 where the plan was not the best.
    changes
        How many assignments of the plan change for it, those forced among them.
    """

    cost: float
    at_once: Preview[S] | None
    best: S | None
    status: Status
    difference: Difference | None
    changes: int
    conflicts: tuple[Text, ...]


def why_not(
    kind: Kind[P, S],
    problem: P,
    plan: S,
    forced: Moves,
    *,
    search: Search[S],
    bound: float = -inf,
    seed: int = 0,
) -> WhyNot[S]:
    """Solve again with a wish forced: where something goes, by the first column of its row.

    Parameters
    ----------
    bound
        What no plan without the wish costs less than, where it is known.

    Raises
    ------
    InvalidInputError
        The wish names what is not in the plan, or what there is not.
    WrongPlanError
        The checker refuses the plan that was found: a fault of ours.
    """
    start = force(kind, problem, plan, forced)
    asked, locked = (problem, forced) if kind.asked is None else kind.asked(problem, plan, start, forced)
    wish = Wish(seed=seed, start=start, locked=frozenset(locked))
    cost = kind.check(problem, plan).cost
    try:
        after = kind.solve(asked, search, wish)
    except InvalidInputError:
        alone = _at_once(kind, problem, plan, forced)
        if alone is None or not alone.checked.broken:
            raise
        return WhyNot(
            cost=cost, at_once=None, best=None, status=Status.INFEASIBLE, difference=None, changes=0,
            conflicts=tuple(one.message for one in alone.checked.broken[:MOST_BROKEN]),
        )  # fmt: skip
    if after.best is None:
        status, conflicts = kind.status_of(asked, search, wish, after)
        return WhyNot(
            cost=cost, at_once=_at_once(kind, problem, plan, forced), best=None, status=status, difference=None,
            changes=0, conflicts=conflicts,
        )  # fmt: skip
    refuse_wrong(kind.check(asked, after.best), after.cost)
    old, new = (tuple(kind.rows(problem, one)) for one in (plan, after.best))
    return WhyNot(
        cost=cost, at_once=_at_once(kind, problem, plan, forced), best=after.best, status=after.status,
        difference=_dearer(cost, bound, after),
        changes=count_changes(old, new, kind.changed_by), conflicts=(),
    )  # fmt: skip


def tell_why_not(answer: WhyNot[S], what: Text) -> tuple[Text, ...]:
    """Say what a forced wish, `what`, costs, or what forbids it, and what it does with nothing else changed."""
    told = [_solved_again(answer, what)]
    if (alone := answer.at_once) is not None:
        broken = alone.checked.broken
        told.append(
            Text(
                f"只动这一处：费用 {figured(alone.delta, sign=True)}"
                + (
                    f"，违反：{'；'.join(one.message.zh.rstrip('。') for one in broken[:MOST_BROKEN])}。"
                    if broken
                    else "，不违反硬规则。"
                ),
                f"With nothing else changed: cost {figured(alone.delta, sign=True)}"
                + (
                    f", but {'; '.join(one.message.en.rstrip('.') for one in broken[:MOST_BROKEN])}."
                    if broken
                    else ", no hard rule broken."
                ),
            )
        )
    return tuple(told)


def _solved_again(answer: WhyNot[S], what: Text) -> Text:
    if answer.difference is None and answer.status is Status.INFEASIBLE:
        zh = "；".join(one.zh.rstrip("。") for one in answer.conflicts)
        en = "; ".join(one.en.rstrip(".") for one in answer.conflicts)
        return Text(
            f"不能“{what.zh}”，这些不能同时成立：{zh or '未能列出'}。",
            f'"{what.en}" is impossible, these can\'t hold together: {en or "not found out"}.',
        )
    if answer.difference is None:
        return Text(
            f"限定时间内没有找到“{what.zh}”的方案。", f'No plan with "{what.en}" was found in the time given.'
        )
    cost, low = answer.difference.cost, answer.difference.low
    if abs(cost) <= SAME * max(1.0, abs(answer.cost)):
        return Text(
            f"“{what.zh}”也可以，费用不变，改动 {answer.changes} 处。",
            f'"{what.en}" is possible at the same cost, with {counted(answer.changes, "change")}.',
        )
    if cost < 0:
        return Text(
            f"“{what.zh}”更好：费用少 {figured(-cost)}，改动 {answer.changes} 处；原方案不是最优。",
            f'"{what.en}" is better: it costs {figured(-cost)} less, with '
            f"{counted(answer.changes, 'change')}; the plan wasn't best.",
        )
    least = max(low, 0.0) if low > -inf else 0.0
    return Text(
        f"“{what.zh}”会多花 {figured(cost)}（可证至少 {figured(least)}），改动 {answer.changes} 处。",
        f'"{what.en}" costs {figured(cost)} more (surely at least {figured(least)}), with '
        f"{counted(answer.changes, 'change')}.",
    )


def force(kind: Kind[P, S], problem: P, plan: S, forced: Moves) -> S:
    """Return the plan with a wish, for a start in which it is locked; who is in the way takes the place that is left.

    Raises
    ------
    InvalidInputError
        The wish names what is not in the plan, or what there is not.
    """
    rows = tuple(kind.rows(problem, plan))
    moved = move_rows(kind, rows, forced)
    try:
        return kind.read_rows(problem, moved)
    except InvalidInputError:
        named = {str(next(iter(row.values()))): row for row in rows}
        given: dict[str, Row] = {}
        for name, wanted in forced.items():
            column = kind.moved_by or ("" if isinstance(wanted, str) else next(iter(wanted), ""))
            to = wanted if isinstance(wanted, str) else wanted.get(column)
            holder = next(
                (one for one, row in named.items() if row.get(column) == to and one not in forced), None
            )
            if holder is not None and column in named[name]:
                given[holder] = {column: named[name][column]}
        if not given:
            raise
        return kind.read_rows(problem, move_rows(kind, rows, {**given, **forced}))


def _at_once(kind: Kind[P, S], problem: P, plan: S, forced: Moves) -> Preview[S] | None:
    try:
        return preview(kind, problem, plan, forced)
    except InvalidInputError:
        return None


def _dearer(cost: float, bound: float, after: Result[S]) -> Difference:
    return Difference(cost=after.cost - cost, low=after.bound - cost, high=after.cost - bound)
