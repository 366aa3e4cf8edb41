"""Annealing of times and rooms with delta evaluation, compiled by numba."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.rooms.arrays import FORBIDDEN, MOST_TIED, Floats, Ints, Tables
from yuanli.scheduling.rooms.compiling import inlined, jit
from yuanli.scheduling.rooms.joint import price, prices

SWAPS, TOGETHER = 0.4, 0.2
"""Share of moves that swap two events; of the others, of an event with ties, that take these along."""


class State(NamedTuple):
    """Where a search is; `numbers`: soft cost, broken rules, least soft cost, changes, most changes.

    `rivals_at` counts in each cell the people that a class of events shares with each of the events there. Each of
    them is a broken rule: it weighs as much as the cost of a lone period, which is counted for each curriculum too.
    `spans` is room to judge the times of several events together, `moved` for some that move at once.
    """

    time_of: Ints
    room_of: Ints
    group_at: NDArray[np.int16]
    rivals_at: NDArray[np.int16]
    room_at: NDArray[np.int16]
    course_day: NDArray[np.int16]
    course_room: NDArray[np.int16]
    best_time: Ints
    best_room: Ints
    first_time: Ints
    first_room: Ints
    numbers: Floats
    rng: NDArray[np.uint64]
    spans: Ints
    moved: Ints


def new_state(
    tables: Tables,
    time_of: Ints,
    room_of: Ints,
    *,
    seed: int,
    most_changed: int | None,
    first: tuple[Ints, Ints],
) -> State:
    """Return the state of a full assignment; changes are counted from `first`."""
    cells, n_groups, n_courses = tables.n_days * tables.n_periods, len(tables.compact), len(tables.min_days)
    state = State(
        time_of=time_of.copy(), room_of=room_of.copy(),
        group_at=np.zeros((n_groups, cells), np.int16),
        rivals_at=np.zeros((cells, len(tables.shared)), np.int16), room_at=tables.closed.copy(),
        course_day=np.zeros((n_courses, tables.n_days), np.int16),
        course_room=np.zeros((n_courses, tables.n_rooms + 1), np.int16),
        best_time=time_of.copy(), best_room=room_of.copy(), first_time=first[0], first_room=first[1],
        numbers=np.array([0.0, 0.0, np.inf, 0.0, np.inf if most_changed is None else most_changed]),
        rng=_rng(seed),
        spans=np.zeros((int(np.diff(tables.joint_ptr).max(initial=0)), 2), np.int64),
        moved=np.zeros((MOST_TIED + 1, 5), np.int64),
    )  # fmt: skip
    state.numbers[3] = np.count_nonzero((time_of != first[0]) | (room_of != first[1]))
    fill(tables, state)
    return state


def _rng(seed: int) -> NDArray[np.uint64]:
    return np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 | 1], np.uint64)


def twin(state: State, *, seed: int) -> State:
    """Return a state that stands where this one does, and goes on by chances of its own."""
    return deepcopy(state)._replace(rng=_rng(seed))


def become(state: State, other: State) -> None:
    """Let a state stand where another one does, and keep its own chances."""
    own: Any
    for own, array in zip(state, other, strict=True):
        if array is not other.rng:
            own[...] = array


def note(state: State) -> None:
    """Note the present assignment as the best where it breaks no rule and costs less."""
    if (
        state.numbers[1] < 0.5
        and state.numbers[3] <= state.numbers[4]
        and state.numbers[0] < state.numbers[2] - 1e-9
    ):
        state.numbers[2] = state.numbers[0]
        state.best_time[:], state.best_room[:] = state.time_of, state.room_of


def restore(tables: Tables, state: State) -> None:
    """Go back to the best assignment, and count everything anew."""
    state.time_of[:], state.room_of[:] = state.best_time, state.best_room
    for counted in (state.group_at, state.rivals_at, state.course_day, state.course_room):
        counted[:] = 0
    state.room_at[:] = tables.closed
    state.numbers[3] = np.count_nonzero(
        (state.time_of != state.first_time) | (state.room_of != state.first_room)
    )
    fill(tables, state)
    state.numbers[2] = state.numbers[0]


@inlined
def keep(state: State) -> None:
    """Keep the present assignment as the best."""
    state.numbers[2] = state.numbers[0]
    for e in range(len(state.time_of)):
        state.best_time[e], state.best_room[e] = state.time_of[e], state.room_of[e]


@inlined
def below(rng: NDArray[np.uint64], n: int) -> int:
    """Return a whole number below `n` (xorshift64*; Marsaglia 2003)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return int(((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(32)) * np.uint64(n) >> np.uint64(32))


@jit
def first_meeting(week: int, day: int, start: int) -> int:
    """Return when a time is for the first time, as a number to compare."""
    w = 0
    while not (week >> w) & 1:
        w += 1
    d = 0
    while not (day >> d) & 1:
        d += 1
    return (w * 64 + d) * 100000 + start


@jit
def breaks(tables: Tables, kind: int, value: int, t: int, r: int, u: int, s: int) -> Any:
    """Say whether two events, at time and room `t, r` and `u, s`, break a rule of pairs."""
    a0, a1, b0, b1 = tables.starts[t], tables.ends[t], tables.starts[u], tables.ends[u]
    da, db, wa, wb = tables.day_mask[t], tables.day_mask[u], tables.week_mask[t], tables.week_mask[u]
    together = (da & db) != 0 and (wa & wb) != 0
    if kind == 0:
        return a0 != b0
    if kind == 1:
        return not ((a0 <= b0 and b1 <= a1) or (b0 <= a0 and a1 <= b1))
    if kind == 2:
        return not (a1 <= b0 or b1 <= a0)
    if kind == 3:
        return (da | db) != da and (da | db) != db
    if kind == 4:
        return (da & db) != 0
    if kind == 5:
        return (wa | wb) != wa and (wa | wb) != wb
    if kind == 6:
        return (wa & wb) != 0
    if kind == 7:
        return not (together and a0 < b1 and b0 < a1)
    if kind == 8:
        return together and a0 < b1 and b0 < a1
    if kind == 9:
        return r != s
    if kind == 10:
        return r == s
    if kind == 11:
        if not together:
            return False
        walk = 0.0
        if tables.walk_s.shape[0] > 0 and r < tables.n_rooms and s < tables.n_rooms:
            walk = tables.walk_s[r, s]
        back = 0.0
        if walk > 0.0 or (tables.walk_s.shape[0] > 0 and r < tables.n_rooms and s < tables.n_rooms):
            back = tables.walk_s[s, r]
        return not (a1 * tables.period_s + walk <= b0 * tables.period_s
                    or b1 * tables.period_s + back <= a0 * tables.period_s)  # fmt: skip
    if kind == 12:
        return first_meeting(wa, da, a1) > first_meeting(wb, db, b0)
    if kind == 13:
        return together and max(a1, b1) - min(a0, b0) > value
    return together and not (a1 + value <= b0 or b1 + value <= a0)


@jit
def walk_of(tables: Tables, t: int, r: int, u: int, s: int) -> tuple[float, float]:
    """Return the minutes from one event to the next if they are consecutive, and 1 if there is too little time."""
    if tables.day_mask[t] & tables.day_mask[u] == 0 or tables.week_mask[t] & tables.week_mask[u] == 0:
        return 0.0, 0.0
    if r >= tables.n_rooms or s >= tables.n_rooms:
        return 0.0, 0.0
    if tables.ends[t] <= tables.starts[u]:
        gap, walk = (tables.starts[u] - tables.ends[t]) * tables.period_s, tables.walk_s[r, s]
    elif tables.ends[u] <= tables.starts[t]:
        gap, walk = (tables.starts[t] - tables.ends[u]) * tables.period_s, tables.walk_s[s, r]
    else:
        return 0.0, 0.0
    late = 1.0 if walk > gap else 0.0
    if gap > tables.near_s:
        return 0.0, late
    both, days = tables.day_mask[t] & tables.day_mask[u], 0.0
    while both:
        days += 1.0
        both &= both - 1
    both, weeks = tables.week_mask[t] & tables.week_mask[u], 0.0
    while both:
        weeks += 1.0
        both &= both - 1
    return walk / 60.0 * days * weeks, late


@jit
def pairs_cost(tables: Tables, state: State, e: int, t: int, r: int) -> tuple[float, float]:
    """Return what an event at a time in a room costs with the others as they are placed, and how many rules break."""
    soft, hard = 0.0, 0.0
    for k in range(tables.pairs_ptr[e], tables.pairs_ptr[e + 1]):
        other = tables.pairs_at[k]
        u, s = state.time_of[other], state.room_of[other]
        if u < 0:
            continue
        kind, value = tables.pairs_kind[k], tables.pairs_value[k]
        if kind < 0:
            walk, late = walk_of(tables, t, r, u, s)
            soft += tables.weights[2] * walk * value
            hard += late
            continue
        broken = (
            breaks(tables, kind - 100, value, u, s, t, r)
            if kind >= 100
            else breaks(tables, kind, value, t, r, u, s)
        )
        if broken:
            if tables.pairs_cost[k] < 0:
                hard += 1.0
            else:
                soft += tables.pairs_cost[k]
    return soft, hard


@inlined
def turn(tables: Tables, state: State, e: int, t: int, r: int, step: int) -> tuple[float, float]:
    """Put an event at a time into a room (`step` 1) or take it out (−1); return the changes of cost and broken rules.

    The pairs are the caller's.
    """
    soft = step * (tables.time_cost[e, t] + tables.room_cost[e, r])
    hard = 0.0
    periods = tables.n_periods
    lower = 0 if step == 1 else 1
    for k in range(tables.cells_ptr[t], tables.cells_ptr[t + 1]):
        cell = tables.cells_at[k]
        if r < tables.n_rooms:
            if state.room_at[cell, r] > lower:
                hard += step * (state.room_at[cell, r] - lower)
            state.room_at[cell, r] += step
        period = cell % periods
        own = tables.class_of[e]
        if step == 1:
            hard += state.rivals_at[cell, own]
        for q in range(tables.rivals_ptr[own], tables.rivals_ptr[own + 1]):
            rival = tables.rivals_at[q]
            state.rivals_at[cell, rival] += step * tables.shared[own, rival]
        if step == -1:
            hard -= state.rivals_at[cell, own]
        for q in range(tables.lone_ptr[e], tables.lone_ptr[e + 1]):
            g = tables.lone_at[q]
            if state.group_at[g, cell] == lower:
                before = period > 0 and state.group_at[g, cell - 1] > 0
                after = period < periods - 1 and state.group_at[g, cell + 1] > 0
                lone = 0
                if not before and not after:
                    lone += 1
                if before and not (period > 1 and state.group_at[g, cell - 2] > 0):
                    lone -= 1
                if after and not (period < periods - 2 and state.group_at[g, cell + 2] > 0):
                    lone -= 1
                soft += step * lone * tables.compact[g]
            state.group_at[g, cell] += step
    c = tables.course[e]
    if c >= 0:
        if state.course_room[c, r] == lower:
            others = False
            for room in range(tables.n_rooms + 1):
                if room != r and state.course_room[c, room] > 0:
                    others = True
                    break
            if others:
                soft += step * tables.weights[1]
        state.course_room[c, r] += step
        last = -1
        for k in range(tables.cells_ptr[t], tables.cells_ptr[t + 1]):
            day = tables.cells_at[k] // periods
            if day == last:
                continue
            last = day
            if state.course_day[c, day] == lower:
                days = 0
                for d in range(tables.n_days):
                    if d != day and state.course_day[c, d] > 0:
                        days += 1
                if days < tables.min_days[c]:
                    soft -= step * tables.weights[0]
            state.course_day[c, day] += step
    return soft, hard


def fill(tables: Tables, state: State) -> None:
    """Count everything from the assignment; events at time −1 are not placed."""
    times = state.time_of.copy()
    state.time_of[:] = -1
    place(tables, state, times)


@jit
def place(tables: Tables, state: State, times: Ints) -> None:
    """Count all events at their times, of which none is placed yet."""
    soft, hard = 0.0, 0.0
    for c in range(len(tables.min_days)):
        soft += tables.weights[0] * tables.min_days[c]
    for e in range(len(times)):
        if times[e] < 0:
            continue
        more, broken = pairs_cost(tables, state, e, times[e], state.room_of[e])
        soft, hard = soft + more, hard + broken
        state.time_of[e] = times[e]
        more, broken = turn(tables, state, e, times[e], state.room_of[e], 1)
        soft, hard = soft + more, hard + broken
    for q in range(len(tables.joint_kind)):
        more, broken = price(tables, state.time_of, state.spans, q)
        soft, hard = soft + more, hard + broken
    state.numbers[0], state.numbers[1] = soft, hard


@inlined
def differs(state: State, e: int, t: int, r: int) -> int:
    """Say whether an event would be elsewhere than at the start."""
    return int(t != state.first_time[e] or r != state.first_room[e])


@inlined
def exchange(
    tables: Tables, state: State, e: int, t0: int, r0: int, t1: int, r1: int, f: int
) -> tuple[float, float]:
    """Move an event, and another one (−1: none) to where it was; return the changes of cost and broken rules."""
    soft, hard = 0.0, 0.0
    pairs = len(tables.pairs_at) > 0
    joint = len(tables.joint_kind) > 0 and t0 != t1
    if joint:
        a, b = prices(tables, state.time_of, state.spans, e, f)
        soft, hard = -a, -b
    for step in range(4):
        who = f if step == 1 or step == 2 else e
        if who < 0:
            continue
        sign = -1 if step < 2 else 1
        t, r = (t0, r0) if step == 0 or step == 2 else (t1, r1)
        if pairs:
            a, b = pairs_cost(tables, state, who, t, r)
            soft, hard = soft + sign * a, hard + sign * b
        a, b = turn(tables, state, who, t, r, sign)
        soft, hard = soft + a, hard + b
        state.time_of[who] = t if sign == 1 else -1
        state.room_of[who] = r
    if joint:
        a, b = prices(tables, state.time_of, state.spans, e, f)
        soft, hard = soft + a, hard + b
    return soft, hard


@inlined
def clashes(tables: Tables, state: State, e: int, t0: int, t1: int, r1: int, f: int) -> int:
    """Return how many rules of rooms and people break where an event comes while `f` (−1: nobody) leaves."""
    if t0 == t1:
        if f >= 0:
            return 0
        own = True
    else:
        own = False
        if tables.ends[t1] - tables.starts[t1] > 1 or tables.ends[t0] - tables.starts[t0] > 1:
            return 0
    found = 0
    for k in range(tables.cells_ptr[t1], tables.cells_ptr[t1 + 1]):
        cell = tables.cells_at[k]
        if r1 < tables.n_rooms:
            there = state.room_at[cell, r1]
            if f >= 0 and r1 == state.room_of[f]:
                there -= 1
            if there > 0:
                found += 1
        if own:
            continue
        there = state.rivals_at[cell, tables.class_of[e]]
        if f >= 0:
            there -= tables.shared[tables.class_of[e], tables.class_of[f]]
        found += there
    return found


@inlined
def burden(tables: Tables, state: State, e: int) -> int:
    """Return how many rules of rooms and people an event breaks where it is."""
    t, r, own = state.time_of[e], state.room_of[e], tables.class_of[e]
    found = 0
    for k in range(tables.cells_ptr[t], tables.cells_ptr[t + 1]):
        cell = tables.cells_at[k]
        found += state.rivals_at[cell, own] - tables.shared[own, own]
        if r < tables.n_rooms:
            found += state.room_at[cell, r] - 1
    return found


@inlined
def like(tables: Tables, state: State, e: int, t: int, f: int, u: int) -> Any:
    """Say whether no rule of two events about their times that must hold is broken at times `t` and `u`."""
    for k in range(tables.pairs_ptr[e], tables.pairs_ptr[e + 1]):
        kind = tables.pairs_kind[k]
        if tables.pairs_at[k] != f or tables.pairs_cost[k] >= 0 or kind < 0:
            continue
        r, s, value = state.room_of[e], state.room_of[f], tables.pairs_value[k]
        if kind % 100 < 9 and (
            breaks(tables, kind - 100, value, u, s, t, r)
            if kind >= 100
            else breaks(tables, kind, value, t, r, u, s)
        ):
            return False
    return True


@jit
def move_tied(
    tables: Tables, state: State, e: int, t1: int, limit: float, soft_share: float, hard_cost: float
) -> bool:
    """Take an event to another time and those that are tied to it to like times; say whether it was accepted."""
    numbers, rng, moved, n = state.numbers, state.rng, state.moved, 1
    r1 = tables.rooms_at[tables.rooms_ptr[e] + below(rng, tables.rooms_ptr[e + 1] - tables.rooms_ptr[e])]
    moved[0, 0], moved[0, 1], moved[0, 2] = e, state.time_of[e], state.room_of[e]
    moved[0, 3], moved[0, 4] = t1, state.room_of[e] if below(rng, 2) else r1
    changed = differs(state, e, moved[0, 3], moved[0, 4]) - differs(state, e, moved[0, 1], moved[0, 2])
    for k in range(tables.tied_ptr[e], tables.tied_ptr[e + 1]):
        f = tables.tied_at[k]
        at = np.searchsorted(tables.movable, f)
        if at == len(tables.movable) or tables.movable[at] != f:
            return False
        first, many = tables.choices_ptr[f], tables.choices_ptr[f + 1] - tables.choices_ptr[f]
        begin, u = below(rng, many), -1
        for i in range(many):
            u = tables.choices_at[first + (begin + i) % many]
            if like(tables, state, e, t1, f, u):
                break
            u = -1
        if u < 0:
            return False
        rooms = tables.rooms_ptr[f + 1] - tables.rooms_ptr[f]
        r = state.room_of[f] if below(rng, 2) else tables.rooms_at[tables.rooms_ptr[f] + below(rng, rooms)]
        moved[n, 0], moved[n, 1], moved[n, 2], moved[n, 3], moved[n, 4] = (
            f, state.time_of[f], state.room_of[f], u, r
        )  # fmt: skip
        changed += differs(state, f, u, r) - differs(state, f, state.time_of[f], state.room_of[f])
        n += 1
    if changed > 0 and numbers[3] + changed > numbers[4]:
        return False
    soft, hard = 0.0, 0.0
    for i in range(n):
        a, b = exchange(tables, state, moved[i, 0], moved[i, 1], moved[i, 2], moved[i, 3], moved[i, 4], -1)
        soft, hard = soft + a, hard + b
    if soft_share * soft + hard_cost * hard <= limit:
        numbers[0] += soft
        numbers[1] += hard
        numbers[3] += changed
        return True
    for i in range(n - 1, -1, -1):
        exchange(tables, state, moved[i, 0], moved[i, 3], moved[i, 4], moved[i, 1], moved[i, 2], -1)
    return False


@jit
def anneal(
    tables: Tables, state: State, rounds: int, temperature: float, soft_share: float, hard_cost: float
) -> int:
    """Do so many rounds at one temperature; return how many moves were accepted."""
    numbers, rng, n = state.numbers, state.rng, len(tables.movable)
    accepted, judged = 0, len(tables.pairs_at) > 0 or len(tables.joint_kind) > 0
    for _ in range(rounds):
        e = tables.movable[below(rng, n)]
        t0, r0 = state.time_of[e], state.room_of[e]
        f, t1, r1 = -1, t0, r0
        if below(rng, 1000000) < SWAPS * 1000000:
            f = tables.movable[below(rng, n)]
            t1, r1 = state.time_of[f], state.room_of[f]
        else:
            times = tables.choices_ptr[e + 1] - tables.choices_ptr[e]
            rooms = tables.rooms_ptr[e + 1] - tables.rooms_ptr[e]
            if tables.tied_ptr[e + 1] > tables.tied_ptr[e] and below(rng, 1000000) < TOGETHER * 1000000:
                t1 = tables.choices_at[tables.choices_ptr[e] + below(rng, times)]
                limit = temperature * -np.log((below(rng, 1 << 30) + 1) / (1 << 30))
                if t1 != t0 and move_tied(tables, state, e, t1, limit, soft_share, hard_cost):
                    accepted += 1
                    if numbers[1] < 0.5 and numbers[3] <= numbers[4] and numbers[0] < numbers[2] - 1e-9:
                        keep(state)
                continue
            sort = below(rng, 3)
            if sort != 1:
                t1 = tables.choices_at[tables.choices_ptr[e] + below(rng, times)]
            if sort != 2:
                r1 = tables.rooms_at[tables.rooms_ptr[e] + below(rng, rooms)]
        if (t1 == t0 and r1 == r0) or f == e:
            continue
        if f >= 0 and (
            tables.time_cost[e, t1] >= FORBIDDEN or tables.room_cost[e, r1] >= FORBIDDEN
            or tables.time_cost[f, t0] >= FORBIDDEN or tables.room_cost[f, r0] >= FORBIDDEN
        ):  # fmt: skip
            continue
        changed = differs(state, e, t1, r1) - differs(state, e, t0, r0)
        if f >= 0:
            changed += differs(state, f, t0, r0) - differs(state, f, t1, r1)
        if changed > 0 and numbers[3] + changed > numbers[4]:
            continue
        limit = temperature * -np.log((below(rng, 1 << 30) + 1) / (1 << 30))
        worse = clashes(tables, state, e, t0, t1, r1, f)
        gain = tables.most_gain[e] + tables.room_cost[e, r0] - tables.room_cost[e, r1]
        if f >= 0:
            worse += clashes(tables, state, f, t1, t0, r0, e)
            gain += tables.most_gain[f] + tables.room_cost[f, r1] - tables.room_cost[f, r0]
        mended = numbers[1]
        if mended > 0.5 and not judged:
            mended = burden(tables, state, e)
            if f >= 0:
                mended += burden(tables, state, f)
        if (worse - mended) * hard_cost - soft_share * gain > limit:
            continue
        kept = False
        for undo in range(2):
            if undo:
                t0, r0, t1, r1 = t1, r1, t0, r0
            soft, hard = exchange(tables, state, e, t0, r0, t1, r1, f)
            if undo:
                break
            delta = soft_share * soft + hard_cost * hard
            if delta <= limit:
                kept = True
                numbers[0] += soft
                numbers[1] += hard
                break
        if kept:
            accepted += 1
            numbers[3] += changed
            if numbers[1] < 0.5 and numbers[3] <= numbers[4] and numbers[0] < numbers[2] - 1e-9:
                keep(state)
    return accepted
