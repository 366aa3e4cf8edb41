"""Plans anew with few changes: first the least cost, then the fewest changes that cost little more."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log2
from typing import TYPE_CHECKING, Any, TypeVar

from yuanli.errors import InfeasibleError
from yuanli.solver.results import Result, Status, gap_of
from yuanli.solver.searching import Search
from yuanli.solver.stopping import Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yuanli.solver.kinds import Kind, Row, Wish

P = TypeVar("P")
S = TypeVar("S")
EXTRA = 0.005
"""The share of the cost that fewer changes may usually cost."""
FIRST_SHARE = 0.6
"""The part of the time for the least cost; the rest is for fewer changes."""


def replan(kind: Kind[P, S], problem: P, search: Search[S], wish: Wish[S]) -> Result[S]:
    """Return the plan with the fewest changes from the wish's start that costs at most `wish.extra` more.

    The least cost is sought in most of the time; then the limit of changes is halved and halved again. A start that
    keeps all rules and costs little enough stays as it is. Where the wish limits changes itself, nothing more is paid
    for fewer. The result has the cost of the plan that is returned, so it isn't the cheapest that was met. A kind with
    a method of its own (`Kind.replan`) uses that.

    Raises
    ------
    ValueError
        The wish has no start, or does not say how much more a plan may cost.
    """
    if wish.start is None or wish.extra is None:
        raise ValueError("a plan anew needs a start, and how much more it may cost")
    if kind.replan is not None:
        return kind.replan(problem, search, wish)
    extra = 0.0 if wish.max_changes is not None else wish.extra
    plain = replace(wish, extra=None)
    first = kind.solve(problem, _part(search, search.stop, FIRST_SHARE), plain)
    search.count(first.rounds)
    search.prove(first.bound)
    if first.best is None:
        return search.result(infeasible=first.status is Status.INFEASIBLE)
    search.offer(first.best, first.cost)
    limit = first.cost + extra * abs(first.cost) + 1e-9
    best, cost = _fewest(kind, problem, search, plain, first, limit)
    found = search.result()
    status = Status.OPTIMAL if gap_of(cost, found.bound) <= 1e-6 else Status.FEASIBLE
    return replace(found, best=best, cost=cost, status=status)


def count_changes(before: Sequence[Row], after: Sequence[Row], columns: Sequence[str] = ()) -> int:
    """Return how many rows differ between two plans, in some columns or all; the first column says which is which."""
    old, new = ({next(iter(row.values())): row for row in rows} for rows in (before, after))

    def changed(one: Row | None, other: Row | None) -> bool:
        if one is None or other is None or not columns:
            return one != other
        return any(one[column] != other[column] for column in columns)

    return sum(changed(old.get(key), new.get(key)) for key in old.keys() | new.keys())


def _fewest(
    kind: Kind[P, S], problem: P, search: Search[S], wish: Wish[S], first: Result[S], limit: float
) -> tuple[S, float]:
    """Return the plan with the fewest changes that was found within a limit of cost, and its cost."""
    assert wish.start is not None
    assert first.best is not None
    best, cost = first.best, first.cost
    start = kind.check(problem, wish.start)
    if start.valid and start.cost <= limit:
        return wish.start, start.cost
    before = kind.rows(problem, wish.start)

    def changes(plan: S) -> int:
        return count_changes(before, kind.rows(problem, plan), kind.changed_by)

    low, high = 0, changes(best)
    while high - low > 1 and not search.cancelled and search.left_s > 0 and search.left_rounds > 0:
        most = (low + high) // 2
        share = 1 / max(1, ceil(log2(high - low)))
        left = Stop(
            time_s=None if search.stop.time_s is None else search.clock_left_s, gap=search.stop.gap,
            cpu_s=None if search.stop.cpu_s is None else search.left_s,
            rounds=None if search.stop.rounds is None else int(search.left_rounds), stale_s=search.stop.stale_s,
        )  # fmt: skip
        try:
            found: Result[S] | None = kind.solve(
                problem, _part(search, left, share), replace(wish, max_changes=most)
            )
        except InfeasibleError:
            found = None
        search.count(0 if found is None else found.rounds)
        if found is not None and found.best is not None and found.cost <= limit:
            best, cost, high = found.best, found.cost, min(most, changes(found.best))
        else:
            low = most
    return best, cost


def _part(search: Search[Any], stop: Stop, share: float) -> Search[Any]:
    """Return a search for a part of what is left, cancelled with the whole."""
    part = Stop(
        time_s=None if stop.time_s is None else share * stop.time_s,
        cpu_s=None if stop.cpu_s is None else share * stop.cpu_s, gap=stop.gap, stale_s=stop.stale_s,
        rounds=None if stop.rounds is None else max(1, int(share * stop.rounds)),
    )  # fmt: skip
    return Search(part, cancelled=lambda: search.cancelled)
