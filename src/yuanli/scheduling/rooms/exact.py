"""Times and rooms as a model for CP-SAT: small problems are solved to proof."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from yuanli.scheduling.rooms.arrays import Compiled
from yuanli.scheduling.rooms.tables import RoomsPlan
from yuanli.solver import Result, Search, Wish, load_solver, solve_cpsat

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

MOST_CHOICES = 40_000
MOST_WALKS = 2_000_000
Var = Any


class Choices:
    """The variables of a model: an event at a time in a room, at a time, in a room."""

    def __init__(self, compiled: Compiled, model: cp_model.CpModel) -> None:
        tables = compiled.tables
        self.both: list[dict[tuple[int, int], Var]] = []
        self.time: list[dict[int, Var]] = []
        self.room: list[dict[int, Var]] = []
        for e in range(len(compiled.events)):
            times = tables.choices_at[tables.choices_ptr[e] : tables.choices_ptr[e + 1]].tolist()
            rooms = tables.rooms_at[tables.rooms_ptr[e] : tables.rooms_ptr[e + 1]].tolist()
            both = {(t, r): model.new_bool_var("") for t in times for r in rooms if not shut(compiled, t, r)}
            self.both.append(both)
            self.time.append(
                _sums(model, both, 0) if len(rooms) > 1 else {t: z for (t, _), z in both.items()}
            )
            self.room.append(
                _sums(model, both, 1) if len(times) > 1 else {r: z for (_, r), z in both.items()}
            )


def _sums(model: cp_model.CpModel, both: dict[tuple[int, int], Var], place: int) -> dict[int, Var]:
    parts: dict[int, list[Var]] = defaultdict(list)
    for key, z in both.items():
        parts[key[place]].append(z)
    sums: dict[int, Var] = {number: model.new_bool_var("") for number in parts}
    for number, some in parts.items():
        model.add(sum(some) == sums[number])
    return sums


def shut(compiled: Compiled, time: int, room: int) -> bool:
    """Say whether a room is closed at a time."""
    return bool(compiled.tables.closed[cells_of(compiled, time), room].any())


def cells_of(compiled: Compiled, time: int) -> list[int]:
    """Return the cells of a time."""
    ptr, at = compiled.tables.cells_ptr, compiled.tables.cells_at
    found: list[int] = at[ptr[time] : ptr[time + 1]].tolist()
    return found


def small_enough(compiled: Compiled) -> bool:
    """Say whether a problem is small enough to be solved as a model, and all of its rules are in the model."""
    tables = compiled.tables
    times, rooms = np.diff(tables.choices_ptr), np.diff(tables.rooms_ptr)
    n_choices = (times * rooms).astype(float)
    walks = sum(
        n_choices[e] * n_choices[tables.pairs_at[tables.pairs_ptr[e] : tables.pairs_ptr[e + 1]]].sum()
        for e in range(len(compiled.events))
    )
    rules = bool((tables.pairs_kind >= 0).any()) or compiled.group_rules
    return bool(n_choices.sum() <= MOST_CHOICES) and walks <= MOST_WALKS and not rules


def solve_exactly(compiled: Compiled, search: Search[RoomsPlan], wish: Wish[RoomsPlan]) -> Result[RoomsPlan]:
    """Solve with CP-SAT; a round is a second of its own clock."""
    model: cp_model.CpModel = load_solver("ortools.sat.python.cp_model").CpModel()
    choices = Choices(compiled, model)
    cost: list[Any] = []
    tables = compiled.tables
    for e, both in enumerate(choices.both):
        model.add_exactly_one(both.values())
        cost += [
            price * z
            for (t, r), z in both.items()
            if (price := tables.time_cost[e, t] + tables.room_cost[e, r]) > 0
        ]
    never_twice(compiled, model, choices)
    cost += (
        _walks(compiled, model, choices)
        + _courses(compiled, model, choices)
        + _lone(compiled, model, choices)
    )
    _keep(compiled, model, choices, wish)
    hint(compiled, model, choices, search.best or wish.start)
    model.minimize(sum(cost))

    def read(value: Any) -> RoomsPlan:
        chosen = [next(key for key, z in both.items() if value(z)) for both in choices.both]
        times, rooms = np.array(chosen).T
        return compiled.plan(times, rooms)

    return solve_cpsat(model, search, read, seed=wish.seed, workers=wish.workers)


def never_twice(compiled: Compiled, model: cp_model.CpModel, choices: Choices) -> None:
    """Let no room and none of the people be wanted twice at once."""
    tables, full = compiled.tables, defaultdict(list)
    for e, both in enumerate(choices.both):
        groups = tables.groups_at[tables.groups_ptr[e] : tables.groups_ptr[e + 1]].tolist()
        for (t, r), z in both.items():
            if r < tables.n_rooms:
                for cell in cells_of(compiled, t):
                    full["room", r, cell].append(z.index)
        for t, x in choices.time[e].items():
            for cell in cells_of(compiled, t):
                for group in groups:
                    full["group", group, cell].append(x.index)
    for same in {tuple(sorted(some)) for some in full.values() if len(some) > 1}:
        model.add_at_most_one(model.get_bool_var_from_proto_index(index) for index in same)


def _walks(compiled: Compiled, model: cp_model.CpModel, choices: Choices) -> list[Any]:
    from yuanli.scheduling.rooms import kernel

    tables, cost = compiled.tables, []
    for e in range(len(compiled.events)):
        for k in range(tables.pairs_ptr[e], tables.pairs_ptr[e + 1]):
            f, people = int(tables.pairs_at[k]), int(tables.pairs_value[k])
            if f < e:
                continue
            terms: list[tuple[Var, list[tuple[float, Var]]]] = []
            most = 0.0
            for (t, r), z in choices.both[e].items():
                near = []
                for (u, s), w in choices.both[f].items():
                    walk, late = kernel.walk_of(tables, t, r, u, s)
                    if late:
                        model.add_at_most_one(z, w)
                    elif walk * tables.weights[2]:
                        near.append((walk * tables.weights[2] * people, w))
                if near:
                    most = max(most, *(price for price, _ in near))
                    terms.append((z, near))
            if terms:
                scale = 1000.0
                walked = model.new_int_var(0, int(most * scale) + 1, "")
                for z, near in terms:
                    top = max(round(p * scale) for p, _ in near)
                    model.add(walked >= sum(round(p * scale) * w for p, w in near) - top * (1 - z))
                cost.append(walked * (1 / scale))
    return cost


def _courses(compiled: Compiled, model: cp_model.CpModel, choices: Choices) -> list[Any]:
    tables, cost = compiled.tables, []
    events = defaultdict(list)
    for e, course in enumerate(tables.course.tolist()):
        if course >= 0:
            events[course].append(e)
    for course, members in events.items():
        days: dict[int, list[Var]] = defaultdict(list)
        rooms: dict[int, list[Var]] = defaultdict(list)
        for e in members:
            for t, x in choices.time[e].items():
                for day in {cell // tables.n_periods for cell in cells_of(compiled, t)}:
                    days[day].append(x)
            for r, y in choices.room[e].items():
                rooms[r].append(y)
        least = int(tables.min_days[course])
        if tables.weights[0] > 0 and least > 0:
            short = model.new_int_var(0, least, "")
            used = [model.new_bool_var("") for _ in days]
            for one, some in zip(used, days.values(), strict=True):
                model.add(sum(some) >= one)
            model.add(short + sum(used) >= least)
            cost.append(tables.weights[0] * short)
        if tables.weights[1] > 0 and len(members) > 1:
            for some in rooms.values():
                used_room = model.new_bool_var("")
                model.add_max_equality(used_room, some)
                cost.append(tables.weights[1] * used_room)
            cost.append(-tables.weights[1])
    return cost


def _lone(compiled: Compiled, model: cp_model.CpModel, choices: Choices) -> list[Any]:
    tables, cost = compiled.tables, []
    busy: dict[int, dict[int, list[Var]]] = defaultdict(lambda: defaultdict(list))
    for e in range(len(compiled.events)):
        for g in tables.groups_at[tables.groups_ptr[e] : tables.groups_ptr[e + 1]].tolist():
            if tables.compact[g] > 0:
                for t, x in choices.time[e].items():
                    for cell in cells_of(compiled, t):
                        busy[g][cell].append(x)
    for g, cells in busy.items():
        for cell, some in cells.items():
            period = cell % tables.n_periods
            beside = [*(cells.get(cell - 1, []) if period else [])]
            beside += cells.get(cell + 1, []) if period < tables.n_periods - 1 else []
            lone = model.new_bool_var("")
            model.add(lone >= sum(some) - sum(beside))
            cost.append(tables.compact[g] * lone)
    return cost


def _keep(compiled: Compiled, model: cp_model.CpModel, choices: Choices, wish: Wish[RoomsPlan]) -> None:
    if wish.start is None:
        return
    stays = []
    for e, (t, r) in enumerate(zip(*compiled.state(wish.start), strict=True)):
        z = choices.both[e].get((int(t), int(r)))
        if compiled.events[e] in wish.locked:
            model.add_bool_or([] if z is None else [z])
        if z is not None:
            stays.append(z)
    if wish.max_changes is not None:
        model.add(len(compiled.events) - sum(stays) <= wish.max_changes)


def hint(compiled: Compiled, model: cp_model.CpModel, choices: Choices, plan: RoomsPlan | None) -> None:
    """Give a plan to begin from."""
    if plan is None:
        return
    for e, (t, r) in enumerate(zip(*compiled.state(plan), strict=True)):
        for key, z in choices.both[e].items():
            model.add_hint(z, key == (int(t), int(r)))
