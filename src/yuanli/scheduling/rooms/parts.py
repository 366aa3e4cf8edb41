"""Improving a plan part by part: what a few events cost at least while all others stay, by CP-SAT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from yuanli.scheduling.rooms.arrays import Compiled, Ints
from yuanli.solver import load_solver

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

MILLION = 1e6
State = tuple[Ints, Ints]
Column = Any
Key = tuple[int, ...]


class Part:
    """The model of a few free events among fixed ones, to cost no more than a plan does, `most` in all.

    Events that are alike and can't be at once are one kind: a column says that one of a kind is at a time in a room
    (`at`), or at a time (`when`).
    """

    def __init__(self, compiled: Compiled, state: State, free: list[int], most: float) -> None:
        self.compiled, self.tables = compiled, compiled.tables
        self.cp: Any = load_solver("ortools.sat.python.cp_model")
        self.model: cp_model.CpModel = self.cp.CpModel()
        self.most = most
        self.prices: dict[int, float] = {}
        self.columns: dict[int, Column] = {}
        self.implied: list[tuple[Column, Callable[[set[int]], int]]] = []
        self.kinds = _kinds(compiled, free)
        self.free = set(free)
        tables = self.tables
        self.cells = [
            tables.cells_at[a:b].tolist()
            for a, b in zip(tables.cells_ptr[:-1].tolist(), tables.cells_ptr[1:].tolist(), strict=True)
        ]
        self._count_fixed(state)
        self._columns()
        self._never_twice()
        self._courses()
        self._lone()
        self.own = self._own(state)
        prices = _whole(self.prices)
        self.total = self.cp.LinearExpr.weighted_sum([self.columns[i] for i in prices], list(prices.values()))
        self.model.add(self.total <= sum(price * self.own[i] for i, price in prices.items()))
        self.model.minimize(self.total)

    def _count_fixed(self, state: State) -> None:
        tables = self.tables
        n_cells = tables.n_days * tables.n_periods
        self.room_busy = tables.closed > 0
        self.people_busy = np.zeros((n_cells, len(tables.shared)), np.bool_)
        self.lone_busy = np.zeros((len(tables.compact), n_cells), np.bool_)
        self.days_held = np.zeros((len(tables.min_days), tables.n_days), np.bool_)
        self.rooms_held = np.zeros((len(tables.min_days), tables.n_rooms + 1), np.bool_)
        for e, (t, r) in enumerate(zip(state[0].tolist(), state[1].tolist(), strict=True)):
            if e in self.free:
                continue
            here, c = self.cells[t], int(tables.course[e])
            if r < tables.n_rooms:
                self.room_busy[here, r] = True
            self.people_busy[here] |= tables.shared[tables.class_of[e]] > 0
            for g in listed(tables.lone_ptr, tables.lone_at, e):
                self.lone_busy[g, here] = True
            if c >= 0:
                self.days_held[c, [cell // tables.n_periods for cell in here]] = True
                self.rooms_held[c, r] = True

    def _column(self, price: float, most: int = 1) -> Column:
        """Add a column from 0 to `most`."""
        column = self.model.new_bool_var("") if most == 1 else self.model.new_int_var(0, most, "")
        self.columns[column.index] = column
        if price > 0:
            self.prices[column.index] = price
        return column

    def _implied(self, price: float, value: Callable[[set[int]], int], most: int = 1) -> Column:
        """Add a column whose least value follows from which others are 1."""
        column = self._column(price, most)
        self.implied.append((column, value))
        return column

    def _columns(self) -> None:
        tables, model = self.tables, self.model
        self.at: list[dict[tuple[int, int], Column]] = []
        self.when: list[dict[int, Column]] = []
        for kind in self.kinds:
            e, at, when = kind[0], {}, {}
            rooms = listed(tables.rooms_ptr, tables.rooms_at, e)
            for t in listed(tables.choices_ptr, tables.choices_at, e):
                here, early = self.cells[t], float(tables.time_cost[e, t])
                if self.people_busy[here, tables.class_of[e]].any():
                    continue
                open_ = [
                    r for r in rooms
                    if not self.room_busy[here, r].any() and early + tables.room_cost[e, r] <= self.most
                ]  # fmt: skip
                if not open_:
                    continue
                when[t] = self._column(early)
                for r in open_:
                    at[t, r] = self._column(float(tables.room_cost[e, r]))
                model.add(sum(at[t, r] for r in open_) == when[t])
            model.add(sum(when.values()) == len(kind))
            self.at.append(at)
            self.when.append(when)

    def _never_twice(self) -> None:
        tables = self.tables
        full: dict[tuple[str, int, int], set[int]] = defaultdict(set)
        for kind, at, when in zip(self.kinds, self.at, self.when, strict=True):
            groups = listed(tables.groups_ptr, tables.groups_at, kind[0])
            for (t, r), column in at.items():
                for cell in self.cells[t] if r < tables.n_rooms else ():
                    full["room", r, cell].add(column.index)
            for t, column in when.items():
                for cell in self.cells[t]:
                    for group in groups:
                        full["group", group, cell].add(column.index)
        for same in sorted({tuple(sorted(some)) for some in full.values() if len(some) > 1}):
            self.model.add_at_most_one(self.columns[i] for i in same)

    def _courses(self) -> None:
        """Let a course cost for each day that it has too few and each room beyond the first."""
        tables, model = self.tables, self.model
        members: dict[int, list[int]] = defaultdict(list)
        for k, kind in enumerate(self.kinds):
            if (c := int(tables.course[kind[0]])) >= 0:
                members[c].append(k)
        for c, own in members.items():
            least, held = int(tables.min_days[c]), self.days_held[c]
            if tables.weights[0] > 0 and (more := least - int(held.sum())) > 0:
                days: dict[int, set[int]] = defaultdict(set)
                for k in own:
                    for t, column in self.when[k].items():
                        for day in {cell // tables.n_periods for cell in self.cells[t]}:
                            if not held[day]:
                                days[day].add(column.index)
                used = [self._implied(0.0, partial(_any, some)) for some in days.values()]
                for one, some in zip(used, days.values(), strict=True):
                    model.add(one <= sum(self.columns[i] for i in some))
                missing = self._implied(
                    float(tables.weights[0]), partial(_missing, more, list(days.values())), more
                )
                model.add(missing + sum(used) >= more)
            rooms: dict[int, set[int]] = defaultdict(set)
            for k in own if tables.weights[1] > 0 else ():
                for (_, r), column in self.at[k].items():
                    if not self.rooms_held[c, r]:
                        rooms[r].add(column.index)
            for some in rooms.values():
                one = self._implied(float(tables.weights[1]), partial(_any, some))
                for i in sorted(some):
                    model.add_implication(self.columns[i], one)

    def _lone(self) -> None:
        """Let a curriculum's period with nothing beside it cost."""
        tables, model, periods = self.tables, self.model, self.tables.n_periods
        busy: dict[int, dict[int, list[Column]]] = defaultdict(lambda: defaultdict(list))
        for kind, when in zip(self.kinds, self.when, strict=True):
            for g in listed(tables.lone_ptr, tables.lone_at, kind[0]):
                for t, column in when.items():
                    for cell in self.cells[t]:
                        busy[g][cell].append(column)
        rows: dict[tuple[Key, Key], float] = defaultdict(float)
        for g, cells in busy.items():
            about = {b for a in cells for b in (a - 1, a, a + 1) if b >= 0 and b // periods == a // periods}
            for cell in sorted(about):
                beside = [b for b in (cell - 1, cell + 1) if b >= 0 and b // periods == cell // periods]
                fixed = bool(self.lone_busy[g, cell])
                if (not fixed and not cells.get(cell)) or self.lone_busy[g, beside].any():
                    continue
                here = () if fixed else tuple(sorted(column.index for column in cells[cell]))
                near = tuple(sorted(column.index for b in beside for column in cells.get(b, ())))
                if fixed and not near:
                    continue
                rows[here, near] += float(tables.compact[g])
        for (here, near), price in rows.items():
            lone = self._implied(price, partial(_is_lone, here, near))
            there = sum(self.columns[i] for i in here) if here else 1
            model.add(lone >= there - sum(self.columns[i] for i in near))

    def _own(self, state: State) -> dict[int, int]:
        """Return the values of the columns at a plan."""
        chosen: set[int] = set()
        for kind, at, when in zip(self.kinds, self.at, self.when, strict=True):
            for e in kind:
                t, r = int(state[0][e]), int(state[1][e])
                chosen |= {at[t, r].index, when[t].index}
        values = {i: int(i in chosen) for i in self.columns}
        return values | {column.index: value(chosen) for column, value in self.implied}

    def hint(self) -> None:
        """Begin at the plan as it is."""
        for i, value in self.own.items():
            self.model.add_hint(self.columns[i], value)

    def read(self, state: State, value: Callable[[Column], int]) -> State:
        """Return the whole plan."""
        times, rooms = state[0].copy(), state[1].copy()
        for kind, at in zip(self.kinds, self.at, strict=True):
            chosen = [choice for choice, column in at.items() if value(column)]
            for e, (t, r) in zip(kind, chosen, strict=True):
                times[e], rooms[e] = t, r
        return times, rooms


def _whole(prices: dict[int, float]) -> dict[int, int]:
    """Return prices as whole numbers: as they are, or in millionths of the greatest."""
    most = max(prices.values(), default=0.0)
    scale = 1.0 if most < MILLION and all(price.is_integer() for price in prices.values()) else MILLION / most
    return {i: round(price * scale) for i, price in prices.items()}


def _any(some: set[int], chosen: set[int]) -> int:
    return int(not some.isdisjoint(chosen))


def _missing(more: int, days: list[set[int]], chosen: set[int]) -> int:
    return max(0, more - sum(_any(some, chosen) for some in days))


def _is_lone(here: Key, near: Key, chosen: set[int]) -> int:
    return int((not here or not chosen.isdisjoint(here)) and chosen.isdisjoint(near))


def listed(ptr: Ints, at: Ints, i: int) -> list[int]:
    """Return one of the lists of `Tables`."""
    found: list[int] = at[ptr[i] : ptr[i + 1]].tolist()
    return found


def _kinds(compiled: Compiled, free: Iterable[int]) -> list[list[int]]:
    """Return the events that are alike and can't be at once, together."""
    tables = compiled.tables
    kinds: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for e in free:
        own = int(tables.class_of[e])
        alone = -1 if tables.shared[own, own] else e
        key = (
            own,
            int(tables.course[e]),
            alone,
            tables.time_cost[e].tobytes(),
            tables.room_cost[e].tobytes(),
        )
        kinds[key].append(e)
    return list(kinds.values())
