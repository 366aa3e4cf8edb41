"""Kempe chains: two times change places for an event, for all that it can't meet there, and so on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from yuanli.scheduling.rooms.arrays import FORBIDDEN, Ints, Tables
from yuanli.scheduling.rooms.compiling import inlined
from yuanli.scheduling.rooms.kernel import State, below, differs
from yuanli.scheduling.rooms.moving import compact_change, course_change, shift


class Chain(NamedTuple):
    """Room for a chain: its events and their new rooms; numbers of the chain that last had an event, or a room."""

    events: Ints
    rooms: Ints
    seen: Ints
    taken: Ints
    number: Ints


def new_chain(tables: Tables) -> Chain:
    """Return room for any chain."""
    n = len(tables.class_of)
    return Chain(
        events=np.zeros(n, np.int64), rooms=np.zeros(n, np.int64), seen=np.zeros(n, np.int64),
        taken=np.zeros((2, tables.n_rooms + 1), np.int64), number=np.zeros(1, np.int64),
    )  # fmt: skip


@inlined
def join(chain: Chain, n: int, e: int) -> int:
    """Add an event that is not in the chain yet; return how many there are."""
    if chain.seen[e] == chain.number[0]:
        return n
    chain.seen[e] = chain.number[0]
    chain.events[n] = e
    return n + 1


@inlined
def room_there(tables: Tables, state: State, there: Ints, chain: Chain, x: int, cell: int, side: int) -> Any:
    """Return a room for an event of the chain that is no worse than its own: its own, or a free one; −1: none."""
    number, own = chain.number[0], state.room_of[x]
    if own == tables.n_rooms:
        return own
    if chain.taken[side, own] != number:
        f = there[cell, own]
        if (f >= 0 and chain.seen[f] == number) or state.room_at[cell, own] == 0:
            return own
    first, end = tables.rooms_ptr[x], tables.rooms_ptr[x + 1]
    begin = first + below(state.rng, end - first)
    for k in range(begin, begin + end - first):
        r = tables.rooms_at[k if k < end else k - end + first]
        free = r < tables.n_rooms and chain.taken[side, r] != number and state.room_at[cell, r] == 0
        if free and tables.room_cost[x, r] <= tables.room_cost[x, own]:
            return r
    return -1


@inlined
def follow(tables: Tables, state: State, there: Ints, chain: Chain, e: int, t1: int) -> Any:
    """Find the chain of an event that goes to another time; return its length, 0 where it can't be.

    Who has the room of an event that finds no other goes with it.
    """
    t0 = state.time_of[e]
    c0, c1 = tables.cells_at[tables.cells_ptr[t0]], tables.cells_at[tables.cells_ptr[t1]]
    chain.number[0] += 1
    n, i = join(chain, 0, e), 0
    while i < n:
        x = chain.events[i]
        side = int(state.time_of[x] == t0)
        cell, t = (c1, t1) if side else (c0, t0)
        if tables.time_cost[x, t] >= FORBIDDEN:
            return 0
        own = tables.class_of[x]
        if state.rivals_at[cell, own] > 0:
            for r in range(tables.n_rooms):
                f = there[cell, r]
                if f >= 0 and tables.shared[own, tables.class_of[f]] > 0:
                    n = join(chain, n, f)
        room = room_there(tables, state, there, chain, x, cell, side)
        if room < 0:
            room = state.room_of[x]
            f = there[cell, room]
            if f < 0 or chain.taken[side, room] == chain.number[0]:
                return 0
            n = join(chain, n, f)
        chain.rooms[i] = room
        chain.taken[side, room] = chain.number[0]
        i += 1
    return n


@inlined
def swing(
    tables: Tables, state: State, busy: Ints, used: Ints, there: Ints, chain: Chain, n: int, t0: int, t1: int
) -> Any:
    """Move all events of a chain, each to its room at the other of two times; return changes of cost, broken rules.

    Their own rooms take the place of those in the chain, so that the same call takes it back.
    """
    soft, hard = 0.0, 0
    for i in range(n):
        x, r1 = chain.events[i], chain.rooms[i]
        r0, a = state.room_of[x], state.time_of[x]
        b = t1 if a == t0 else t0
        ca, cb = tables.cells_at[tables.cells_ptr[a]], tables.cells_at[tables.cells_ptr[b]]
        own, course = tables.class_of[x], tables.course[x]
        soft += tables.time_cost[x, b] - tables.time_cost[x, a]
        soft += tables.room_cost[x, r1] - tables.room_cost[x, r0]
        hard += state.rivals_at[cb, own] - state.rivals_at[ca, own] + tables.shared[own, own]
        if r1 < tables.n_rooms:
            hard += state.room_at[cb, r1]
        if r0 < tables.n_rooms:
            hard -= state.room_at[ca, r0] - 1
            if there[ca, r0] == x:
                there[ca, r0] = -1
        if course >= 0:
            soft += course_change(tables, state, used, course, ca, r0, cb, r1)
        soft += compact_change(tables, state, busy, x, ca, cb, -1, False)
        shift(tables, state, busy, used, x, a, r0, -1)
        shift(tables, state, busy, used, x, b, r1, 1)
        state.time_of[x], state.room_of[x] = b, r1
        chain.rooms[i] = r0
    for i in range(n):
        x = chain.events[i]
        if state.room_of[x] < tables.n_rooms:
            there[tables.cells_at[tables.cells_ptr[state.time_of[x]]], state.room_of[x]] = x
    return soft, hard


@inlined
def changes(state: State, chain: Chain, n: int) -> int:
    """Return how many events of a chain are elsewhere than at the start."""
    found = 0
    for i in range(n):
        x = chain.events[i]
        found += differs(state, x, state.time_of[x], state.room_of[x])
    return found
