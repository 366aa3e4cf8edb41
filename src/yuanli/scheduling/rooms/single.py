"""The annealing of events of one cell each that no rule of pairs judges: changes are told before they are made."""

from __future__ import annotations

import numpy as np

from yuanli.scheduling.rooms.arrays import FORBIDDEN, Ints, Tables
from yuanli.scheduling.rooms.kernel import State, below, differs, inlined, jit

SAME_ROOM, SAME_TIME = 0.4, 0.1
"""Shares of moves to another time in the same room, and to another room at the same time; others change both."""
HIGHEST = 20.8
"""The most temperatures that a move may cost: the logarithm of 2³⁰, of which chances are drawn."""


@inlined
def lone_change(busy: int) -> int:
    """Return by how much the lone periods grow if the middle one of five becomes busy; `busy` is their bits."""
    before, after = busy & 2, busy & 8
    if not before and not after:
        return 1
    return -int(before != 0 and not busy & 1) - int(after != 0 and not busy & 16)


@inlined
def compact_change(
    tables: Tables, state: State, busy: Ints, e: int, c0: int, c1: int, f: int, common: bool
) -> float:
    """Return what an event's way from one cell to another changes for its curricula, save those it shares with `f`."""
    soft, periods = 0.0, tables.n_periods
    d0, d1 = c0 // periods, c1 // periods
    p0, p1 = c0 - d0 * periods, c1 - d1 * periods
    for q in range(tables.lone_ptr[e], tables.lone_ptr[e + 1]):
        g = tables.lone_at[q]
        if common:
            both = False
            for k in range(tables.lone_ptr[f], tables.lone_ptr[f + 1]):
                if tables.lone_at[k] == g:
                    both = True
            if both:
                continue
        lone, there = 0, busy[g, d1]
        if state.group_at[g, c0] == 1:
            lone -= lone_change((busy[g, d0] >> p0) & 31)
            if d0 == d1:
                there &= ~(np.int64(4) << p0)
        if state.group_at[g, c1] == 0:
            lone += lone_change((there >> p1) & 31)
        soft += tables.compact[g] * lone
    return soft


@inlined
def course_change(
    tables: Tables, state: State, used: Ints, c: int, c0: int, r0: int, c1: int, r1: int
) -> float:
    """Return what a lecture's way changes for its course; `used`: days and rooms of each."""
    soft = 0.0
    if r0 != r1:
        more = int(state.course_room[c, r1] == 0) - int(state.course_room[c, r0] == 1)
        soft += tables.weights[1] * more
    d0, d1 = c0 // tables.n_periods, c1 // tables.n_periods
    if d0 != d1:
        more = int(state.course_day[c, d1] == 0) - int(state.course_day[c, d0] == 1)
        if more != 0:
            short = tables.min_days[c] - used[c]
            soft += tables.weights[0] * (max(0, short - more) - max(0, short))
    return soft


@inlined
def shift(tables: Tables, state: State, busy: Ints, used: Ints, e: int, t: int, r: int, step: int) -> None:
    """Count an event in (`step` 1) or out (−1) of a time and a room."""
    cell = tables.cells_at[tables.cells_ptr[t]]
    day = cell // tables.n_periods
    if r < tables.n_rooms:
        state.room_at[cell, r] += step
    own = tables.class_of[e]
    for q in range(tables.rivals_ptr[own], tables.rivals_ptr[own + 1]):
        rival = tables.rivals_at[q]
        state.rivals_at[cell, rival] += step * tables.shared[own, rival]
    edge, bit = int(step == -1), np.int64(4) << (cell - day * tables.n_periods)
    for q in range(tables.lone_ptr[e], tables.lone_ptr[e + 1]):
        g = tables.lone_at[q]
        state.group_at[g, cell] += step
        if state.group_at[g, cell] == 1 - edge:
            busy[g, day] ^= bit
    c = tables.course[e]
    if c >= 0:
        state.course_room[c, r] += step
        state.course_day[c, day] += step
        if state.course_day[c, day] == 1 - edge:
            used[c] += step


@jit
def anneal_single(
    tables: Tables, state: State, moves: int, temperature: float, soft_share: float, hard_cost: float
) -> int:
    """Try so many moves at one temperature as `kernel.anneal` does; return how many were accepted.

    An event goes to a time and a room, and whoever is there comes to where it was.
    """
    numbers, rng, n, accepted = state.numbers, state.rng, len(tables.movable), 0
    none, periods = tables.n_rooms, tables.n_periods
    busy = np.zeros((len(tables.compact), tables.n_days), np.int64)
    used = np.zeros(len(tables.min_days), np.int64)
    for g in range(len(tables.compact)):
        for cell in range(tables.n_days * periods):
            if state.group_at[g, cell] > 0:
                busy[g, cell // periods] |= np.int64(4) << (cell % periods)
    for c in range(len(tables.min_days)):
        for day in range(tables.n_days):
            used[c] += int(state.course_day[c, day] > 0)
    there = np.full((tables.n_days * periods, none + 1), -1, np.int64)
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
        if kind >= 1000 * SAME_ROOM:
            rooms = tables.rooms_ptr[e + 1] - tables.rooms_ptr[e]
            r1 = tables.rooms_at[tables.rooms_ptr[e] + below(rng, rooms)]
        if t1 == t0 and r1 == r0:
            continue
        c0, c1 = tables.cells_at[tables.cells_ptr[t0]], tables.cells_at[tables.cells_ptr[t1]]
        f = there[c1, r1]
        if f == e:
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
        numbers[0] += soft
        numbers[1] += hard
        numbers[3] += changed
        if numbers[1] < 0.5 and numbers[3] <= numbers[4] and numbers[0] < numbers[2] - 1e-9:
            numbers[2] = numbers[0]
            state.best_time[:] = state.time_of
            state.best_room[:] = state.room_of
    return accepted
