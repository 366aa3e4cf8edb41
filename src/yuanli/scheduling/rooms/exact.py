"""Times and rooms as a mixed-integer programme: small problems are solved to proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from math import inf

import numpy as np
from scipy.sparse import csr_array

from yuanli.scheduling.rooms.arrays import Compiled, Floats, Ints
from yuanli.scheduling.rooms.tables import RoomsPlan
from yuanli.solver import Aside, Milp, Result, Search, SearchProgress, Stop, Wish, solve_milp

MOST_CHOICES = 20_000
MOST_COURSE_CHOICES = 4_000
"""The same where courses and curricula count: their programme has a weaker bound."""
MOST_WALKS = 2_000_000
Choice = tuple[int, int]


class _Rows:
    """A programme while it is written: columns with a cost, rows with limits."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.whole: list[bool] = []
        self.entries: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.constant = 0.0

    def column(self, cost: float = 0.0, *, whole: bool = True) -> int:
        """Add a column, whole from 0 to 1, or a number from 0."""
        self.cost.append(cost)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, terms: Mapping[int, float], low: float = -inf, high: float = inf) -> None:
        """Add `low ≤ Σ terms ≤ high`."""
        self.entries += [(len(self.low), column, value) for column, value in terms.items()]
        self.low.append(low)
        self.high.append(high)

    def milp(self) -> Milp:
        """Return the programme."""
        n, m = len(self.cost), len(self.low)
        i, j, v = (np.array([entry[k] for entry in self.entries]) for k in range(3))
        whole = np.array(self.whole)
        return Milp(
            cost=np.array(self.cost), low=np.zeros(n), high=np.where(whole, 1.0, inf), integer=whole,
            rows=csr_array((v, (i.astype(np.int64), j.astype(np.int64))), shape=(m, n)),
            row_low=np.array(self.low), row_high=np.array(self.high), constant=self.constant,
        )  # fmt: skip


def small_enough(compiled: Compiled) -> bool:
    """Say whether a problem is small enough to be solved as a programme, and all of its rules are in that."""
    tables = compiled.tables
    n_choices = (np.diff(tables.choices_ptr) * np.diff(tables.rooms_ptr)).astype(float)
    walks = sum(
        n_choices[e] * n_choices[tables.pairs_at[tables.pairs_ptr[e] : tables.pairs_ptr[e + 1]]].sum()
        for e in range(len(compiled.events))
    )
    rules = bool((tables.pairs_kind >= 0).any()) or len(tables.joint_kind) > 0
    courses = bool((tables.course >= 0).any() or (tables.compact > 0).any())
    most = MOST_COURSE_CHOICES if courses else MOST_CHOICES
    return bool(n_choices.sum() <= most) and walks <= MOST_WALKS and not rules


def solve_exactly(compiled: Compiled, search: Search[RoomsPlan], wish: Wish[RoomsPlan]) -> Result[RoomsPlan]:
    """Solve with HiGHS: a column is an event at a time in a room; a round is a node of its branch and bound."""
    from yuanli.scheduling.rooms import kernel

    written = Aside(search).run(lambda: _written(compiled, wish, search.over))
    if written is None or search.over():
        return search.result()
    tables, (milp, columns) = compiled.tables, written

    def read(values: Floats) -> tuple[Ints, Ints]:
        chosen = [max(own, key=lambda choice: values[own[choice]]) for own in columns]
        times, rooms = np.array(chosen, np.int64).T
        return np.ascontiguousarray(times), np.ascontiguousarray(rooms)

    def told(now: SearchProgress, values: Floats | None) -> None:
        if values is not None and now.cost < search.cost - 1e-9:
            found = read(values)
            state = kernel.new_state(tables, *found, seed=0, most_changed=None, first=found)
            search.offer(compiled.plan(*found), float(state.numbers[0]))
        search.prove(now.bound)

    rounds = None if search.stop.rounds is None else int(search.left_rounds)
    inner = Search[Floats](
        Stop(time_s=None, rounds=rounds, gap=search.stop.gap), cancelled=search.over, told=told
    )
    result = solve_milp(milp, inner, seed=wish.seed, threads=wish.workers)
    search.count(result.rounds)
    return search.result(infeasible=result.status == "infeasible")


def _written(
    compiled: Compiled, wish: Wish[RoomsPlan], over: Callable[[], bool]
) -> tuple[Milp, list[dict[Choice, int]]]:
    """Return the programme, and the columns of each event."""
    tables = compiled.tables
    rows = _Rows()
    columns: list[dict[Choice, int]] = []
    for e in range(len(compiled.events)):
        times = tables.choices_at[tables.choices_ptr[e] : tables.choices_ptr[e + 1]].tolist()
        rooms = tables.rooms_at[tables.rooms_ptr[e] : tables.rooms_ptr[e + 1]].tolist()
        own = {
            (t, r): rows.column(float(tables.time_cost[e, t] + tables.room_cost[e, r]))
            for t in times for r in rooms if not tables.closed[cells_of(compiled, t), r].any()
        }  # fmt: skip
        rows.row(dict.fromkeys(own.values(), 1.0), 1.0, 1.0)
        columns.append(own)
    _never_twice(compiled, rows, columns)
    _walks(compiled, rows, columns, over)
    _courses(compiled, rows, columns)
    _lone(compiled, rows, columns)
    _keep(compiled, rows, columns, wish)
    return rows.milp(), columns


def cells_of(compiled: Compiled, time: int) -> list[int]:
    """Return the cells of a time."""
    ptr, at = compiled.tables.cells_ptr, compiled.tables.cells_at
    found: list[int] = at[ptr[time] : ptr[time + 1]].tolist()
    return found


def _groups(compiled: Compiled, event: int) -> list[int]:
    tables = compiled.tables
    found: list[int] = tables.groups_at[tables.groups_ptr[event] : tables.groups_ptr[event + 1]].tolist()
    return found


def _never_twice(compiled: Compiled, rows: _Rows, columns: list[dict[Choice, int]]) -> None:
    """Let no room and none of the people be wanted twice at once."""
    full: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    for e, own in enumerate(columns):
        groups = _groups(compiled, e)
        for (t, r), column in own.items():
            for cell in cells_of(compiled, t):
                if r < compiled.tables.n_rooms:
                    full["room", r, cell].add(column)
                for group in groups:
                    full["group", group, cell].add(column)
    for same in {frozenset(some) for some in full.values() if len(some) > 1}:
        rows.row(dict.fromkeys(sorted(same), 1.0), high=1.0)


def _walks(
    compiled: Compiled, rows: _Rows, columns: list[dict[Choice, int]], over: Callable[[], bool]
) -> None:
    """Let a walk between two events cost at least what their rooms say, and forbid those that take too long."""
    from yuanli.scheduling.rooms.walks import walks_between

    tables = compiled.tables
    choices = [(np.array(list(own), np.int64).reshape(-1, 2), list(own.values())) for own in columns]
    for e, (places, mine) in enumerate(choices):
        for k in range(tables.pairs_ptr[e], tables.pairs_ptr[e + 1]):
            f, price = int(tables.pairs_at[k]), float(tables.weights[2] * tables.pairs_value[k])
            if f < e:
                continue
            if over():
                return
            others, theirs = choices[f]
            minutes, late = walks_between(tables, places, others)
            dear = minutes * price * (late < 0.5)
            walked: int | None = None
            for i, column in enumerate(mine):
                far = np.flatnonzero(late[i] > 0.5)
                if len(far):
                    rows.row({column: 1.0} | {theirs[j]: 1.0 for j in far.tolist()}, high=1.0)
                near = np.flatnonzero(dear[i] > 0)
                if len(near):
                    walked = rows.column(1.0, whole=False) if walked is None else walked
                    paid = {theirs[j]: -float(dear[i, j]) for j in near.tolist()}
                    most = float(dear[i].max())
                    rows.row({walked: 1.0, column: -most} | paid, low=-most)


def _courses(compiled: Compiled, rows: _Rows, columns: list[dict[Choice, int]]) -> None:
    """Let a course cost for each day that it has too few and each room beyond the first."""
    tables = compiled.tables
    members = defaultdict(list)
    for e, course in enumerate(tables.course.tolist()):
        if course >= 0:
            members[course].append(e)
    for course in range(len(tables.min_days)):
        days: dict[int, set[int]] = defaultdict(set)
        rooms: dict[int, list[dict[int, float]]] = defaultdict(list)
        for e in members[course]:
            of_room: dict[int, dict[int, float]] = defaultdict(dict)
            for (t, r), column in columns[e].items():
                of_room[r][column] = 1.0
                for cell in cells_of(compiled, t):
                    days[cell // tables.n_periods].add(column)
            for r, some in of_room.items():
                rooms[r].append(some)
        if (least := int(tables.min_days[course])) and tables.weights[0] > 0:
            enough = {rows.column(float(tables.weights[0]), whole=False): 1.0}
            for held in days.values():
                used = rows.column()
                rows.row({used: -1.0} | dict.fromkeys(sorted(held), 1.0), low=0.0)
                enough[used] = 1.0
            rows.row(enough, low=least)
        if len(members[course]) > 1 and tables.weights[1] > 0:
            rows.constant -= float(tables.weights[1])
            for parts in rooms.values():
                used = rows.column(float(tables.weights[1]))
                for some in parts:
                    rows.row({used: 1.0} | dict.fromkeys(some, -1.0), low=0.0)


def _lone(compiled: Compiled, rows: _Rows, columns: list[dict[Choice, int]]) -> None:
    """Let a curriculum's period with nothing beside it cost."""
    tables = compiled.tables
    busy: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for e, own in enumerate(columns):
        for g in _groups(compiled, e):
            if tables.compact[g] > 0:
                for (t, _), column in own.items():
                    for cell in cells_of(compiled, t):
                        busy[g][cell].append(column)
    for g, cells in busy.items():
        for cell, here in cells.items():
            period = cell % tables.n_periods
            beside = [*cells.get(cell - 1, [])] if period else []
            beside += cells.get(cell + 1, []) if period < tables.n_periods - 1 else []
            terms = {rows.column(float(tables.compact[g]), whole=False): 1.0} | dict.fromkeys(here, -1.0)
            for column in beside:
                terms[column] = terms.get(column, 0.0) + 1.0
            rows.row(terms, low=0.0)


def _keep(compiled: Compiled, rows: _Rows, columns: list[dict[Choice, int]], wish: Wish[RoomsPlan]) -> None:
    if wish.start is None:
        return
    stays: dict[int, float] = {}
    for e, where in enumerate(zip(*compiled.state(wish.start), strict=True)):
        column = columns[e].get((int(where[0]), int(where[1])))
        if compiled.events[e] in wish.locked:
            rows.row({} if column is None else {column: 1.0}, low=1.0)
        if column is not None:
            stays[column] = 1.0
    if wish.max_changes is not None:
        rows.row(stays, low=len(columns) - wish.max_changes)
