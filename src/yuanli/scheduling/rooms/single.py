"""The annealing of events of one cell each that no rule of pairs judges: changes are told before they are made."""

from __future__ import annotations

from typing import Any

import numpy as np

from yuanli.scheduling.rooms.arrays import FORBIDDEN, Ints, Tables
from yuanli.scheduling.rooms.chains import Chain, changes, follow, new_chain, swing
from yuanli.scheduling.rooms.compiling import inlined, jit
from yuanli.scheduling.rooms.kernel import State, below, differs, keep
from yuanli.scheduling.rooms.moving import compact_change, course_change, shift

CHAINS, GUIDED, SAME_ROOM, SAME_TIME = 0.1, 0.6, 0.7, 0.1
"""Up to which share of the moves they are Kempe chains, go to another time where there is room or only one event in the
way, go to another time in the same room; the share to another room at the same time. Others change both."""
HIGHEST = 20.8
"""The most temperatures that a move may cost: the logarithm of 2³⁰, of which chances are drawn."""


@inlined
def accept(state: State, soft: float, hard: float, changed: int) -> None:
    """Count a move that was made, and keep where it led if that is the best yet."""
    numbers = state.numbers
    numbers[0] += soft
    numbers[1] += hard
    numbers[3] += changed
    if numbers[1] < 0.5 and numbers[3] <= numbers[4] and numbers[0] < numbers[2] - 1e-9:
        keep(state)


@inlined
def fitting_room(tables: Tables, state: State, there: Ints, e: int, cell: int) -> Any:
    """Return a free room of a cell that is no worse than the event's own, or that of the one event it can't meet."""
    own, r0 = tables.class_of[e], state.room_of[e]
    met = state.rivals_at[cell, own]
    if met > 0:
        for r in range(tables.n_rooms):
            f = there[cell, r]
            if f >= 0 and tables.shared[own, tables.class_of[f]] == met:
                return r
        return r0
    if r0 == tables.n_rooms or state.room_at[cell, r0] == 0:
        return r0
    first, end = tables.rooms_ptr[e], tables.rooms_ptr[e + 1]
    begin = first + below(state.rng, end - first)
    for k in range(begin, begin + end - first):
        r = tables.rooms_at[k if k < end else k - end + first]
        free = r < tables.n_rooms and state.room_at[cell, r] == 0
        if free and tables.room_cost[e, r] <= tables.room_cost[e, r0]:
            return r
    return r0


def anneal_single(
    tables: Tables, state: State, moves: int, temperature: float, soft_share: float, hard_cost: float
) -> int:
    """Try so many moves at one temperature as `kernel.anneal` does; return how many were accepted.

    An event goes to a time and a room, and whoever is there comes to where it was.
    """
    busy = np.zeros((len(tables.compact), tables.n_days), np.int64)
    used = np.zeros(len(tables.min_days), np.int64)
    there = np.full((tables.n_days * tables.n_periods, tables.n_rooms + 1), -1, np.int64)
    chain = new_chain(tables)
    return int(try_moves(tables, state, busy, used, there, chain, moves, temperature, soft_share, hard_cost))


@jit
def try_moves(
    tables: Tables,
    state: State,
    busy: Ints,
    used: Ints,
    there: Ints,
    chain: Chain,
    moves: int,
    temperature: float,
    soft_share: float,
    hard_cost: float,
) -> int:
    """Fill what is empty: days of curricula, of courses, events of cells; then try the moves."""
    numbers, rng, n, accepted = state.numbers, state.rng, len(tables.movable), 0
    none, periods = tables.n_rooms, tables.n_periods
    for g in range(len(tables.compact)):
        for cell in range(tables.n_days * periods):
            if state.group_at[g, cell] > 0:
                busy[g, cell // periods] |= np.int64(4) << (cell % periods)
    for c in range(len(tables.min_days)):
        for day in range(tables.n_days):
            used[c] += int(state.course_day[c, day] > 0)
    for e in tables.movable:
        if state.room_of[e] < none:
            there[tables.cells_at[tables.cells_ptr[state.time_of[e]]], state.room_of[e]] = e
    for _ in range(moves):
        e = tables.movable[below(rng, n)]
        t0, r0 = state.time_of[e], state.room_of[e]
        t1, r1, kind = t0, r0, below(rng, 1000)
        if kind < 1000 * (1 - SAME_TIME):
            times = tables.choices_ptr[e + 1] - tables.choices_ptr[e]
            t1 = tables.choices_at[tables.choices_ptr[e] + below(rng, times)]
        if kind < 1000 * CHAINS:
            if t1 == t0:
                continue
            length = follow(tables, state, there, chain, e, t1)
            if length == 0:
                continue
            before = changes(state, chain, length)
            soft, hard = swing(tables, state, busy, used, there, chain, length, t0, t1)
            changed = changes(state, chain, length) - before
            limit = temperature * -np.log((below(rng, 1 << 30) + 1) / (1 << 30))
            if soft_share * soft + hard_cost * hard > limit or (
                changed > 0 and numbers[3] + changed > numbers[4]
            ):
                swing(tables, state, busy, used, there, chain, length, t0, t1)
                continue
            accepted += 1
            accept(state, soft, hard, changed)
            continue
        if kind < 1000 * GUIDED:
            if t1 != t0:
                r1 = fitting_room(tables, state, there, e, tables.cells_at[tables.cells_ptr[t1]])
        elif kind >= 1000 * SAME_ROOM:
            rooms = tables.rooms_ptr[e + 1] - tables.rooms_ptr[e]
            r1 = tables.rooms_at[tables.rooms_ptr[e] + below(rng, rooms)]
        if t1 == t0 and r1 == r0:
            continue
        c0, c1 = tables.cells_at[tables.cells_ptr[t0]], tables.cells_at[tables.cells_ptr[t1]]
        f = there[c1, r1]
        if f == e or (f >= 0 and kind < 1000 * GUIDED and tables.course[e] == tables.course[f] >= 0):
            continue
        own, common = tables.class_of[e], False
        soft = (
            tables.time_cost[e, t1]
            + tables.room_cost[e, r1]
            - tables.time_cost[e, t0]
            - tables.room_cost[e, r0]
        )
        hard, gain = 0, tables.most_gain[e]
        if f >= 0:
            back = tables.time_cost[f, t0] + tables.room_cost[f, r0]
            if back >= FORBIDDEN:
                continue
            soft += back - tables.time_cost[f, t1] - tables.room_cost[f, r1]
            if c0 != c1:
                gain += tables.most_gain[f]
                other = tables.class_of[f]
                common = tables.shared[own, other] > 0
                hard += state.rivals_at[c1, own] + state.rivals_at[c0, other] - 2 * tables.shared[own, other]
                hard -= state.rivals_at[c0, own] - tables.shared[own, own]
                hard -= state.rivals_at[c1, other] - tables.shared[other, other]
        else:
            if c0 != c1:
                hard += state.rivals_at[c1, own] - state.rivals_at[c0, own] + tables.shared[own, own]
            if r1 < none:
                hard += state.room_at[c1, r1]
            if r0 < none:
                hard -= state.room_at[c0, r0] - 1
        if soft_share * (soft - gain) + hard_cost * hard > HIGHEST * temperature:
            continue
        changed = differs(state, e, t1, r1) - differs(state, e, t0, r0)
        if f >= 0:
            changed += differs(state, f, t0, r0) - differs(state, f, t1, r1)
        if changed > 0 and numbers[3] + changed > numbers[4]:
            continue
        limit = temperature * -np.log((below(rng, 1 << 30) + 1) / (1 << 30))
        if soft_share * (soft - gain) + hard_cost * hard > limit:
            continue
        course = tables.course[e]
        if f < 0 or course != tables.course[f]:
            if course >= 0:
                soft += course_change(tables, state, used, course, c0, r0, c1, r1)
            if f >= 0 and tables.course[f] >= 0:
                soft += course_change(tables, state, used, tables.course[f], c1, r1, c0, r0)
        if c0 != c1:
            soft += compact_change(tables, state, busy, e, c0, c1, f, common)
            if f >= 0:
                soft += compact_change(tables, state, busy, f, c1, c0, e, common)
        if soft_share * soft + hard_cost * hard > limit:
            continue
        for step in range(4):
            who = f if step == 1 or step == 2 else e
            if who >= 0:
                t, r = (t0, r0) if step == 0 or step == 2 else (t1, r1)
                shift(tables, state, busy, used, who, t, r, -1 if step < 2 else 1)
        state.time_of[e], state.room_of[e] = t1, r1
        if r1 < none:
            there[c1, r1] = e
        if r0 < none and (f >= 0 or there[c0, r0] == e):
            there[c0, r0] = f
        if f >= 0:
            state.time_of[f], state.room_of[f] = t0, r0
        accepted += 1
        accept(state, soft, hard, changed)
    return accepted
