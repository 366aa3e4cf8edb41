"""Improving a whole plan by solving one part of it after another."""

from __future__ import annotations

from functools import partial
from math import isinf

import numpy as np

from yuanli.scheduling.rooms.arrays import Compiled, Floats, Ints, is_single
from yuanli.scheduling.rooms.parts import Part, State, listed
from yuanli.scheduling.rooms.tables import RoomsPlan
from yuanli.solver import MissingSolverError, Result, Search, Status, Stop, Wish, load_solver, solve_cpsat

PART_S = 1
"""Seconds of CP-SAT's deterministic clock for a part."""
SECOND_ROUNDS = 500
"""Rounds that such a second counts as: about as many of the annealing take as long."""
BEGIN, LEAST, GROW, SHRINK = 24.0, 8.0, 1.05, 0.9
"""Events of the first part of a sort, of the smallest; how their number changes after a part was solved or not."""
MENDED = 0.4
"""Share of the time, or of the rounds, in which parts are solved, after the annealing."""
LEAST_S = 20.0
"""Seconds in all below which no parts are solved: loading the solver would take too much of it."""
MOST_CHOICES = 30_000
"""Choices of a time and a room of all events of a part: its model stays small."""
SHARE = 0.05
"""Share of an event with nothing to blame it for of the chance of one that costs the most."""


def mended_share(compiled: Compiled, search: Search[RoomsPlan], wish: Wish[RoomsPlan]) -> float:
    """Return the share of what is left that should go to solving parts; 0 where they can't be solved.

    A part's model has neither rules between events nor a number of changes. Where the annealing is quick it makes
    more of the time.
    """
    rounds, seconds = search.left_rounds, search.left_s
    tables = compiled.tables
    judged = len(tables.pairs_at) > 0 or len(tables.joint_kind) > 0 or is_single(tables)
    if judged or wish.max_changes is not None or isinf(min(rounds, seconds)):
        return 0.0
    if (
        _choices(compiled).max() > MOST_CHOICES
        or seconds < LEAST_S
        or rounds * MENDED < SECOND_ROUNDS * PART_S
    ):
        return 0.0
    try:
        load_solver("ortools.sat.python.cp_model")
    except MissingSolverError:
        return 0.0
    return MENDED


def mend_rooms(compiled: Compiled, search: Search[RoomsPlan], wish: Wish[RoomsPlan]) -> None:
    """Solve parts of the best plan until the search is over (fix and optimise; Lindahl et al. 2018).

    A part is the events of some people, courses or cells, around one that costs something; a plan that costs as much
    is taken too. Doi of the method: 10.1007/s10732-018-9371-3.
    """
    from yuanli.scheduling.rooms import kernel

    assert search.best is not None
    rng = np.random.default_rng(wish.seed)
    choices = _choices(compiled)
    movable = np.array([name not in wish.locked for name in compiled.events])
    state, sizes = compiled.state(search.best), dict.fromkeys(("people", "courses", "cells"), BEGIN)
    while not search.over():
        sort = str(rng.choice(list(sizes)))
        free = [e for e in _choose(compiled, state, sort, round(sizes[sort]), rng) if movable[e]]
        few = int(np.searchsorted(np.cumsum(choices[free]), MOST_CHOICES, "right"))
        part = Part(compiled, state, free[:few], search.cost)
        found = _solved(part, search, state, seed=int(rng.integers(1 << 30)))
        sizes[sort] *= GROW if found.status in (Status.OPTIMAL, Status.INFEASIBLE) else SHRINK
        sizes[sort] = min(max(sizes[sort], LEAST), float(len(compiled.events)))
        if found.best is None:
            continue
        counted = kernel.new_state(
            compiled.tables, *found.best, seed=0, most_changed=None, first=found.best
        ).numbers
        if counted[1] < 0.5 and counted[0] <= search.cost + 1e-9:
            state = found.best
            search.offer(compiled.plan(*state), float(counted[0]))


def _choices(compiled: Compiled) -> Ints:
    """Return how many choices of a time and a room each event has."""
    return np.diff(compiled.tables.choices_ptr) * np.diff(compiled.tables.rooms_ptr)


def _solved(part: Part, search: Search[RoomsPlan], state: State, *, seed: int) -> Result[State]:
    """Solve a part, and count its rounds."""
    rounds = max(1, int(min(PART_S, search.left_rounds / SECOND_ROUNDS)))
    inner = Search[State](Stop(time_s=None, rounds=rounds), cancelled=search.over)
    found = solve_cpsat(part.model, inner, partial(part.read, state), seed=seed)
    search.count(max(1, found.rounds) * SECOND_ROUNDS)
    return found


def _choose(compiled: Compiled, state: State, sort: str, n: int, rng: np.random.Generator) -> list[int]:
    """Return about so many events that belong together, around one that costs something."""
    tables, blame = compiled.tables, _blame(compiled, state)
    chance = blame + SHARE * max(float(blame.max()), 1e-9)
    first = int(rng.choice(len(blame), p=chance / chance.sum()))
    free: dict[int, None] = {}
    if sort == "cells":
        at: dict[int, list[int]] = {}
        for e, t in enumerate(state[0].tolist()):
            for cell in listed(tables.cells_ptr, tables.cells_at, t):
                at.setdefault(cell, []).append(e)
        cells = list(at)
        rng.shuffle(cells)
        here = listed(tables.cells_ptr, tables.cells_at, int(state[0][first]))
        for cell in here + cells:
            if len(free) + len(at[cell]) > n and free:
                break
            free |= dict.fromkeys(at[cell])
        return list(free)
    alike: dict[int, list[int]] = {}
    for e, c in enumerate((tables.class_of if sort == "people" else tables.course).tolist()):
        alike.setdefault(c if c >= 0 else -1 - e, []).append(e)
    if sort == "courses":
        order = rng.permutation(len(blame)).tolist()
        order.sort(key=lambda e: -chance[e] * rng.random())
        for e in [first, *order]:
            if len(free) >= n:
                break
            c = int(tables.course[e])
            free |= dict.fromkeys(alike[c if c >= 0 else -1 - e])
        return list(free)
    near, seen = [int(tables.class_of[first])], {int(tables.class_of[first])}
    while near and len(free) < n:
        one = near.pop(0)
        free |= dict.fromkeys(alike[one])
        more = [c for c in listed(tables.rivals_ptr, tables.rivals_at, one) if c not in seen]
        rng.shuffle(more)
        seen.update(more)
        near += more
    return list(free)


def _blame(compiled: Compiled, state: State) -> Floats:
    """Return what each event costs where it is."""
    tables, periods = compiled.tables, compiled.tables.n_periods
    n = len(compiled.events)
    times, rooms = state
    found: Floats = tables.time_cost[np.arange(n), times] + tables.room_cost[np.arange(n), rooms]
    busy = np.zeros((len(tables.compact), tables.n_days, periods + 2), np.bool_)
    cells = [listed(tables.cells_ptr, tables.cells_at, int(t)) for t in times]
    lone = [listed(tables.lone_ptr, tables.lone_at, e) for e in range(n)]
    for here, groups in zip(cells, lone, strict=True):
        for g in groups:
            for cell in here:
                busy[g, cell // periods, cell % periods + 1] = True
    for e, (here, groups) in enumerate(zip(cells, lone, strict=True)):
        for g in groups:
            for cell in here:
                day, p = cell // periods, cell % periods + 1
                found[e] += tables.compact[g] * (not busy[g, day, p - 1] and not busy[g, day, p + 1])
    for c in range(len(tables.min_days)):
        own = np.flatnonzero(tables.course == c)
        if not len(own):
            continue
        days = {cell // periods for e in own.tolist() for cell in cells[e]}
        found[own] += tables.weights[0] * max(0, int(tables.min_days[c]) - len(days)) / len(own)
        found[own] += tables.weights[1] * (len(set(rooms[own].tolist())) - 1) / len(own)
    return found
