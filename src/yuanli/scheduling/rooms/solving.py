"""Solving rooms and times: exactly where the problem is small, else by annealing."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.rooms.annealing import anneal_rooms
from yuanli.scheduling.rooms.arrays import FORBIDDEN, Compiled, compile_problem
from yuanli.scheduling.rooms.conflicts import find_conflict
from yuanli.scheduling.rooms.exact import small_enough, solve_exactly
from yuanli.scheduling.rooms.mending import mend_rooms, mended_share
from yuanli.scheduling.rooms.tables import RoomsPlan, RoomsProblem
from yuanli.solver import (
    Aside,
    InvalidProblemError,
    MissingSolverError,
    Result,
    Search,
    Stop,
    Wish,
    unless_cancelled,
)

FIRST_S = 1.0
"""Seconds of annealing without a plan after which it is asked whether there is one."""
QUICK_ROUNDS = 60
"""Rounds of annealing before a small problem is solved exactly."""


def solve_rooms(
    problem: RoomsProblem, search: Search[RoomsPlan], wish: Wish[RoomsPlan] = Wish()
) -> Result[RoomsPlan]:
    """Give each event a time and a room at least cost.

    A small problem is annealed for a moment and then solved to proof by HiGHS; where that is not installed, or the
    problem is large, it is annealed, then one part of it after another is solved by CP-SAT. Compiling takes some
    seconds when it is first used on a machine.

    Raises
    ------
    InvalidProblemError
        Something is locked that the start does not have, or that the problem does not allow any more.
    """
    compiled = (
        compile_problem(problem)
        if wish.start is not None
        else unless_cancelled(search, lambda: compile_problem(problem))
    )
    if compiled is None:
        return search.result()
    _check_locked(compiled, wish)
    if wish.start is not None and wish.max_changes is not None:
        _check_changes(compiled, wish)
    if (
        any(not e.times for e in problem.events)
        or not _all_have_rooms(problem, compiled)
        or _overfull(compiled)
    ):
        return search.result(infeasible=True)
    search.prove(_unary_bound(compiled))
    given = wish.start is not None
    if not small_enough(compiled):
        if _contradicts(problem, compiled, search, wish, given=given):
            return search.result(infeasible=True)
        share = mended_share(compiled, search, wish)
        anneal_rooms(compiled, search, wish, given=given, left_over=share)
        if share > 0 and search.best is None:
            anneal_rooms(compiled, search, wish, given=given)
        elif share > 0:
            mend_rooms(compiled, search, wish)
        return search.result()
    quick = Search[RoomsPlan](
        Stop(time_s=min(2.0, search.left_s / 4), rounds=QUICK_ROUNDS), cancelled=search.over
    )
    anneal_rooms(compiled, quick, wish, given=given)
    if quick.best is not None:
        search.offer(quick.best, quick.cost)
    if search.over():
        return search.result()
    try:
        return solve_exactly(compiled, search, wish)
    except MissingSolverError:
        anneal_rooms(compiled, search, wish, given=given)
        return search.result()


def _contradicts(
    problem: RoomsProblem,
    compiled: Compiled,
    search: Search[RoomsPlan],
    wish: Wish[RoomsPlan],
    *,
    given: bool,
) -> bool:
    """Say whether the rules surely can't hold together; asked where a moment of annealing finds no plan."""
    first = Search[RoomsPlan](
        Stop(time_s=min(FIRST_S, search.left_s / 4)),
        cancelled=lambda: first.best is not None or search.over(),
    )
    anneal_rooms(compiled, first, wish, given=given)
    if first.best is not None:
        search.offer(first.best, first.cost)
    if first.best is not None or search.over():
        return False
    return bool(Aside(search).run(lambda: find_conflict(problem, search.over)))


def _all_have_rooms(problem: RoomsProblem, compiled: Compiled) -> bool:
    tables = compiled.tables
    return bool((tables.rooms_ptr[1:] > tables.rooms_ptr[:-1]).all()) and len(problem.events) > 0


def _overfull(compiled: Compiled) -> bool:
    """Say whether somebody's events, or those that need rooms, take more cells than there are for them."""
    tables = compiled.tables
    cells: dict[int, set[int]] = defaultdict(set)
    needed: dict[int, int] = defaultdict(int)
    in_rooms = 0
    lengths = np.diff(tables.cells_ptr)
    for e in range(len(compiled.events)):
        times = tables.choices_at[tables.choices_ptr[e] : tables.choices_ptr[e + 1]]
        least = int(lengths[times].min())
        in_rooms += least * bool(tables.room_cost[e, tables.n_rooms] >= FORBIDDEN)
        groups = tables.groups_at[tables.groups_ptr[e] : tables.groups_ptr[e + 1]].tolist()
        own = {
            c for t in times for c in tables.cells_at[tables.cells_ptr[t] : tables.cells_ptr[t + 1]].tolist()
        }
        for group in groups:
            needed[group] += least
            cells[group] |= own
    open_cells = int((tables.closed[:, : tables.n_rooms] == 0).sum())
    return in_rooms > open_cells or any(needed[group] > len(cells[group]) for group in needed)


def _check_locked(compiled: Compiled, wish: Wish[RoomsPlan]) -> None:
    if not wish.locked or wish.start is None:
        return
    known = dict(zip(compiled.events, zip(*compiled.state(wish.start), strict=True), strict=True))
    for name in sorted(wish.locked):
        if name not in known or min(known[name]) < 0:
            raise InvalidProblemError(
                Text(f"“{name}”已锁定，但没有可保持的安排，或原来的时间、房间已不允许。",
                     f"{name!r} is locked, but has nothing to keep, or its time or room is not allowed any more."),
                field="locked", hint=Text("请解除锁定，或允许原来的安排。", "Unlock it, or allow what it has."),
            )  # fmt: skip


def _check_changes(compiled: Compiled, wish: Wish[RoomsPlan]) -> None:
    assert wish.start is not None
    assert wish.max_changes is not None
    times, rooms = compiled.state(wish.start)
    must = int(((times < 0) | (rooms < 0)).sum())
    if must > wish.max_changes:
        raise InvalidProblemError(
            Text(f"最多改 {wish.max_changes} 项，但有 {must} 项原来的安排已不允许。",
                 f"At most {wish.max_changes} may change, but what {must} had is not allowed any more."),
            field="max_changes", hint=Text(f"请至少允许改 {must} 项。", f"Allow at least {must} changes."),
        )  # fmt: skip


def _unary_bound(compiled: Compiled) -> float:
    """Return what each event costs at least by itself, together."""
    tables = compiled.tables
    return float(tables.time_cost.min(axis=1).sum() + tables.room_cost.min(axis=1).sum())
