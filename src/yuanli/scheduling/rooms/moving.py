"""What the move of an event of one cell changes, and counting it."""

from __future__ import annotations

import numpy as np

from yuanli.scheduling.rooms.arrays import Ints, Tables
from yuanli.scheduling.rooms.compiling import inlined
from yuanli.scheduling.rooms.kernel import State


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
