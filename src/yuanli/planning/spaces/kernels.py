# mypy: disable-error-code="no-untyped-def,no-untyped-call"
"""Annealing of who sits where: each step moves a few entities, and only what they touch is counted anew."""

from __future__ import annotations

from math import log, sqrt
from typing import Any, NamedTuple

import numpy as np
from numba import njit

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
compiled: Any = njit(**OPTIONS)
inlined: Any = njit(**OPTIONS, forceinline=True)
"""Without counting references: nothing is allocated, and the tables are many; thirty times as fast. What is called in a
step is inlined, as to hand over so many tables takes longer than most of it does."""
EPS = 1e-7
MOVES, PEOPLE, FIT, CHANGES = range(4)
TOGETHER = 0.01
"""Share of steps that move two at once where one alone can't: whom a hard rule binds, or where no more may change."""
RENT = 4
"""Places of `State.sums`; rent follows by period."""


class Tables(NamedTuple):
    """The problem by seats `v` (an entity in a period), rooms `r`, periods `p`."""

    period: Any
    need: Any
    people: Any
    capacity: Any
    allowed: Any
    choices: Any
    choice_at: Any
    unary: Any
    relation: Any
    pair_at: Any
    pair_other: Any
    pair_bit: Any
    pair_want: Any
    pair_soft: Any
    pair_hard: Any
    flow_at: Any
    flow_other: Any
    flow_cost: Any
    walk_s: Any
    alone_soft: Any
    alone_hard: Any
    full_soft: Any
    full_hard: Any
    regions: Any
    team_at: Any
    team: Any
    team_region: Any
    team_soft: Any
    team_hard: Any
    before: Any
    after: Any
    today: Any
    move_cost: Any
    fit_out: Any
    rent: Any
    start: Any
    limit_kind: Any
    limit_value: Any
    limit_soft: Any
    limit_hard: Any
    people_all: Any
    joined: Any
    """the most that a seat's pairs and flows cost"""
    saved: Any
    """the most that its move saves of moves, rent, fit-out and teams"""
    weights: Any
    """waste, overuse, rent, fit-out, fairness; the most changes; what a broken hard rule counts in the repair"""


class State(NamedTuple):
    """A plan while it changes; `first`, `next`, `last` chain who is in a room of a period."""

    room: Any
    used: Any
    count: Any
    heads: Any
    alone_soft: Any
    alone_hard: Any
    spread: Any
    sums: Any
    area: Any
    area2: Any
    first: Any
    next: Any
    last: Any
    rng: Any
    moving: Any
    target: Any
    origin: Any


@inlined
def _random(rng):
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * 1.1102230246251565e-16


@inlined
def _below(rng, n):
    return int(_random(rng) * n)


@inlined
def _room_cost(t, s, p, r):
    """Return misuse, capacity rules and disturbed loners of a room: cost, broken."""
    over = s.used[p, r] - t.capacity[r]
    cost, broken = 0.0, 0.0
    if over > EPS:
        cost = t.weights[1] * over + t.full_soft[r]
        broken = t.full_hard[r] * (0.5 + 0.05 * over)
    else:
        cost = -t.weights[0] * over
    if s.count[p, r] > 1:
        cost += s.alone_soft[p, r]
        if s.alone_hard[p, r] > 0:
            broken += s.alone_hard[p, r] + 0.2 * (s.count[p, r] - 1)
    return cost, broken


@inlined
def _fill(t, s, p, r, v, sign):
    """Put a seat into a room or take it out."""
    if s.heads[p, r] > EPS:
        s.area[p] -= t.capacity[r]
        s.area2[p] -= t.capacity[r] ** 2 / s.heads[p, r]
    s.used[p, r] += sign * t.need[v]
    s.heads[p, r] += sign * t.people[v]
    if s.heads[p, r] > EPS:
        s.area[p] += t.capacity[r]
        s.area2[p] += t.capacity[r] ** 2 / s.heads[p, r]
    s.alone_soft[p, r] += sign * t.alone_soft[v]
    s.alone_hard[p, r] += sign * t.alone_hard[v]
    was = s.count[p, r]
    s.count[p, r] += sign
    if (was == 0) != (s.count[p, r] == 0):
        s.sums[RENT + p] += sign * t.rent[r]
    if sign > 0:
        s.last[v] = -1
        s.next[v] = s.first[p, r]
        if s.first[p, r] >= 0:
            s.last[s.first[p, r]] = v
        s.first[p, r] = v
    else:
        if s.last[v] >= 0:
            s.next[s.last[v]] = s.next[v]
        else:
            s.first[p, r] = s.next[v]
        if s.next[v] >= 0:
            s.last[s.next[v]] = s.last[v]


@inlined
def _step(t, s, v, was, now, sign):
    """Count the move of a seat from one room to another, `was` −1 where it is new; return its cost."""
    if was == now:
        return 0.0
    if was >= 0:
        s.sums[MOVES] += sign
        s.sums[PEOPLE] += sign * t.people[v]
    s.sums[FIT] += sign * t.fit_out[now] * t.need[v]
    return sign * t.move_cost[v] if was >= 0 else 0.0


@inlined
def _shift(t, s, v, r):
    """Move a seat; return by how much cost and broken rules change, without what is counted over all."""
    q, p = s.room[v], t.period[v]
    cost_q, broken_q = _room_cost(t, s, p, q)
    cost_r, broken_r = _room_cost(t, s, p, r)
    cost, broken = t.unary[v, r] - t.unary[v, q] - cost_q - cost_r, -broken_q - broken_r
    was = s.room[t.before[v]] if t.before[v] >= 0 else t.today[v]
    cost += _step(t, s, v, was, q, -1.0)
    if t.after[v] >= 0:
        cost += _step(t, s, t.after[v], q, s.room[t.after[v]], -1.0)
    if t.start[v] >= 0:
        s.sums[CHANGES] += (r != t.start[v]) * 1.0 - (q != t.start[v]) * 1.0
    _fill(t, s, p, q, v, -1)
    _fill(t, s, p, r, v, 1)
    s.room[v] = r
    cost += _step(t, s, v, was, r, 1.0)
    if t.after[v] >= 0:
        cost += _step(t, s, t.after[v], r, s.room[t.after[v]], 1.0)
    cost_q, broken_q = _room_cost(t, s, p, q)
    cost_r, broken_r = _room_cost(t, s, p, r)
    cost += cost_q + cost_r
    broken += broken_q + broken_r
    for i in range(t.pair_at[v], t.pair_at[v + 1]):
        other = s.room[t.pair_other[i]]
        bit, want = t.pair_bit[i], t.pair_want[i]
        change = ((t.relation[r, other] >> bit) & 1 != want) * 1.0 - (
            (t.relation[q, other] >> bit) & 1 != want
        )
        if change != 0.0:
            cost += change * t.pair_soft[i]
            broken += change * t.pair_hard[i]
    for i in range(t.flow_at[v], t.flow_at[v + 1]):
        other = s.room[t.flow_other[i]]
        cost += t.flow_cost[i] * (t.walk_s[r, other] - t.walk_s[q, other])
    for i in range(t.team_at[v], t.team_at[v + 1]):
        team = t.team[i]
        old, new = t.regions[t.team_region[team], q], t.regions[t.team_region[team], r]
        if old != new:
            change = 0
            s.spread[team, old] -= 1
            if s.spread[team, old] == 0:
                change -= 1
            if s.spread[team, new] == 0:
                change += 1
            s.spread[team, new] += 1
            cost += change * t.team_soft[team]
            broken += change * t.team_hard[team]
    return cost, broken


@compiled
def _misuse(t, r, used):
    over = used - t.capacity[r]
    return t.weights[1] * over + t.full_soft[r] if over > EPS else -t.weights[0] * over


@inlined
def _soft(t, s, p, r):
    """Return misuse and disturbed loners of a room."""
    over = s.used[p, r] - t.capacity[r]
    cost = t.weights[1] * over + t.full_soft[r] if over > EPS else -t.weights[0] * over
    return cost + s.alone_soft[p, r] if s.count[p, r] > 1 else cost


@inlined
def _enter(t, s, v, r, sign):
    """Put a seat into a room or take it out, as far as the room's soft cost asks."""
    p = t.period[v]
    s.used[p, r] += sign * t.need[v]
    s.count[p, r] += sign
    s.alone_soft[p, r] += sign * t.alone_soft[v]


@inlined
def _was(s, n, v, now):
    """Return where a seat was before the step, and what counts of a pair with it: half where both its seats move."""
    for i in range(n):
        if s.moving[i] == v and s.origin[i] != now:
            return s.origin[i], 0.5
    return now, 1.0


@inlined
def _joined(t, s, n, i):
    """Return by how much the soft costs of a seat's pairs and flows change, with all that move at their targets."""
    v, q, r = s.moving[i], s.origin[i], s.target[i]
    change = 0.0
    for j in range(t.pair_at[v], t.pair_at[v + 1]):
        if t.pair_soft[j] > 0.0:
            now = s.room[t.pair_other[j]]
            was, part = _was(s, n, t.pair_other[j], now)
            bit, want = t.pair_bit[j], t.pair_want[j]
            apart = ((t.relation[r, now] >> bit) & 1 != want) * 1.0
            change += part * t.pair_soft[j] * (apart - ((t.relation[q, was] >> bit) & 1 != want) * 1.0)
    for j in range(t.flow_at[v], t.flow_at[v + 1]):
        now = s.room[t.flow_other[j]]
        was, part = _was(s, n, t.flow_other[j], now)
        change += part * t.flow_cost[j] * (t.walk_s[r, now] - t.walk_s[q, was])
    return change


@inlined
def _at_least(t, s, n, most):
    """Return a cost change that the step in `moving` and `target` can't go under, without making it.

    Rooms, pairs and flows are exact, pairs and flows only if the step may cost no more than `most` without them; moves,
    rent, fit-out and teams are what could be saved at best. It holds without fairness and soft limits.
    """
    change, joined = 0.0, 0.0
    for i in range(n):
        v, r = s.moving[i], s.target[i]
        p, q = t.period[v], s.room[v]
        s.origin[i] = q
        if q != r:
            change += t.unary[v, r] - t.unary[v, q] - t.saved[v] - _soft(t, s, p, q) - _soft(t, s, p, r)
            _enter(t, s, v, q, -1)
            _enter(t, s, v, r, 1)
            change += _soft(t, s, p, q) + _soft(t, s, p, r)
            joined += t.joined[v]
    for i in range(n):
        if s.origin[i] != s.target[i]:
            _enter(t, s, s.moving[i], s.target[i], -1)
            _enter(t, s, s.moving[i], s.origin[i], 1)
    if change - joined > most:
        return change - joined
    for i in range(n):
        s.room[s.moving[i]] = s.target[i]
    for i in range(n):
        if s.origin[i] != s.target[i]:
            change += _joined(t, s, n, i)
    for i in range(n):
        s.room[s.moving[i]] = s.origin[i]
    return change


@inlined
def _overall(t, s):
    """Return what is counted over all: rent, fit-out, fairness, limits."""
    cost = t.weights[3] * s.sums[FIT]
    broken = max(0.0, s.sums[CHANGES] - t.weights[5])
    for p in range(len(s.area)):
        cost += t.weights[2] * s.sums[RENT + p]
        if t.weights[4] > 0 and t.people_all[p] > 0:
            mean = s.area[p] / t.people_all[p]
            cost += t.weights[4] * sqrt(max(0.0, s.area2[p] / t.people_all[p] - mean * mean))
    for i in range(len(t.limit_kind)):
        kind = t.limit_kind[i]
        for p in range(len(s.area) if kind == RENT else 1):
            over = s.sums[kind + p] - t.limit_value[i]
            if over > EPS:
                cost += t.limit_soft[i] * over
                broken += t.limit_hard[i] * over / max(1.0, 0.01 * t.limit_value[i])
    return cost, broken


@compiled
def _apply(t, s, n, rooms):
    """Move the seats of a step to rooms; return by how much cost and broken rules change, all counted."""
    cost, broken = _overall(t, s)
    cost, broken = -cost, -broken
    for i in range(n):
        v, r = s.moving[i], rooms[i]
        if s.room[v] != r:
            one, two = _shift(t, s, v, r)
            cost += one
            broken += two
    one, two = _overall(t, s)
    return cost + one, broken + two


@compiled
def fill(t, s):
    """Count a plan anew from `room`; return cost and broken."""
    s.used[:], s.count[:], s.heads[:], s.alone_soft[:], s.alone_hard[:] = 0, 0, 0, 0, 0
    s.spread[:], s.sums[:], s.area[:], s.area2[:] = 0, 0, 0, 0
    s.first[:] = -1
    cost, broken = 0.0, 0.0
    for v in range(len(s.room)):
        r, p = s.room[v], t.period[v]
        _fill(t, s, p, r, v, 1)
        cost += t.unary[v, r]
        cost += _step(t, s, v, s.room[t.before[v]] if t.before[v] >= 0 else t.today[v], r, 1.0)
        if t.start[v] >= 0 and t.start[v] != r:
            s.sums[CHANGES] += 1
        for i in range(t.pair_at[v], t.pair_at[v + 1]):
            if (t.relation[r, s.room[t.pair_other[i]]] >> t.pair_bit[i]) & 1 != t.pair_want[i]:
                cost += 0.5 * t.pair_soft[i]
                broken += 0.5 * t.pair_hard[i]
        for i in range(t.flow_at[v], t.flow_at[v + 1]):
            cost += 0.5 * t.flow_cost[i] * t.walk_s[r, s.room[t.flow_other[i]]]
        for i in range(t.team_at[v], t.team_at[v + 1]):
            s.spread[t.team[i], t.regions[t.team_region[t.team[i]], r]] += 1
    for p in range(len(s.area)):
        for r in range(len(t.capacity)):
            one, two = _room_cost(t, s, p, r)
            cost += one
            broken += two
    for team in range(len(s.spread)):
        more = -1
        for region in range(s.spread.shape[1]):
            more += s.spread[team, region] > 0
        if more > 0:
            cost += more * t.team_soft[team]
            broken += more * t.team_hard[team]
    one, two = _overall(t, s)
    return cost + one, broken + two


@inlined
def _choice(t, s, v):
    low, high = t.choice_at[v], t.choice_at[v + 1]
    return t.choices[low + _below(s.rng, high - low)]


@inlined
def _exchange(s, p, q, r):
    """Plan that all in two rooms change places; return how many move."""
    n = 0
    for a, b in ((q, r), (r, q)):
        v = s.first[p, a]
        while v >= 0:
            s.moving[n], s.target[n] = v, b
            n += 1
            v = s.next[v]
    return n


@inlined
def _propose(t, s):
    """Plan a step in `moving` and `target`; return how many move."""
    v = _below(s.rng, len(s.room))
    p, q = t.period[v], s.room[v]
    if _random(s.rng) < 0.5:
        u = _below(s.rng, len(s.room))
        r = s.room[u]
        if t.period[u] != p:
            r = _choice(t, s, v)
    else:
        r = _choice(t, s, v)
    if q == r:
        return 0
    u = s.first[p, r]
    if u >= 0 and (s.alone_hard[p, r] > 0 or s.alone_hard[p, q] > 0):
        return _exchange(s, p, q, r)
    for _ in range(_below(s.rng, max(1, s.count[p, r]))):
        u = s.next[u]
    kind = _random(s.rng)
    s.moving[0], s.target[0] = v, r
    if u < 0 or kind < 0.4:
        return 1
    if kind < 0.72:
        s.moving[1], s.target[1] = u, q
        return 2
    if kind < 0.82:
        s.moving[1], s.target[1] = u, _choice(t, s, u)
        return 2
    if kind < 0.92:
        s.moving[1], s.target[1] = u, q
        w = s.next[v] if s.next[v] >= 0 else s.last[v]
        if w < 0:
            return 2
        s.moving[2], s.target[2] = w, r
        return 3
    return _exchange(s, p, q, r)


@inlined
def _propose_two(t, s):
    """Plan a step of a seat and of one bound to it by a hard rule, or of one that goes back; return how many move."""
    v = _below(s.rng, len(s.room))
    s.moving[0], s.target[0] = v, _choice(t, s, v)
    if s.sums[CHANGES] >= t.weights[5]:
        u = _below(s.rng, len(s.room))
        if u == v or t.start[u] < 0 or s.room[u] == t.start[u]:
            return 0
        s.moving[1], s.target[1] = u, t.start[u]
        return 2
    first, end = t.pair_at[v], t.pair_at[v + 1]
    if end == first:
        return 0
    i = first + _below(s.rng, end - first)
    u = t.pair_other[i]
    if t.pair_hard[i] == 0 or u == v:
        return 0
    s.moving[1], s.target[1] = u, s.target[0] if _random(s.rng) < 0.5 else _choice(t, s, u)
    return 2


@inlined
def _copy(rooms, best):
    for v in range(len(rooms)):
        best[v] = rooms[v]


@compiled
def anneal(t, s, cost, broken, best, best_cost, temperature, cooling, steps):
    """Do steps of simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983, doi:10.1126/science.220.4598.671).

    A step that leaves a hard rule broken is only taken from a plan that breaks one too. The best plan without a
    broken rule goes to `best`, if it costs less than `best_cost`. Returns its cost, the plan's cost and what it
    breaks.
    """
    unsaved = False
    bounded = t.weights[4] == 0.0 and t.limit_soft.sum() == 0.0
    for _ in range(steps):
        temperature *= cooling
        n = _propose(t, s) if _random(s.rng) >= TOGETHER else _propose_two(t, s)
        if n == 0:
            continue
        ok = True
        for i in range(n):
            if not t.allowed[s.moving[i], s.target[i]]:
                ok = False
                break
        if not ok:
            continue
        most = -temperature * log(_random(s.rng) + 1e-300)
        if bounded and broken <= EPS and _at_least(t, s, n, most) > most:
            continue
        for i in range(n):
            s.origin[i] = s.room[s.moving[i]]
        change, worse = _apply(t, s, n, s.target)
        total = change + t.weights[6] * worse
        ok = (broken > EPS or broken + worse <= EPS) and total <= most
        if ok and total > EPS and unsaved:
            _apply(t, s, n, s.origin)
            _copy(s.room, best)
            unsaved = False
            _apply(t, s, n, s.target)
        if ok:
            cost += change
            broken = max(0.0, broken + worse)
            if broken <= EPS and cost < best_cost - EPS:
                best_cost = cost
                unsaved = True
        else:
            _apply(t, s, n, s.origin)
    if unsaved:
        _copy(s.room, best)
    return best_cost, cost, broken


@compiled
def typical(t, s, steps):
    """Return by how much a step changes the cost, in the mean over steps that are taken back."""
    total, many = 0.0, 0
    for _ in range(steps):
        n = _propose(t, s)
        ok = n > 0
        for i in range(n):
            s.origin[i] = s.room[s.moving[i]]
            ok = ok and t.allowed[s.moving[i], s.target[i]]
        if ok:
            change, _ = _apply(t, s, n, s.target)
            total += abs(change)
            many += 1
            _apply(t, s, n, s.origin)
    return total / max(1, many)
