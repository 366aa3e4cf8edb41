"""The tables of a problem as arrays, for the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.rooms.tables import (
    GROUP_RULES,
    PAIR_RULES,
    Event,
    Placed,
    RoomsPlan,
    RoomsProblem,
    Rule,
    Time,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
FORBIDDEN = 1e15
TIES = ("same_start", "same_time", "same_days", "same_weeks")
"""Kinds of rules under which an event rarely goes elsewhere alone."""
MOST_TIED = 8
"""Events that go with one at most."""


class Tables(NamedTuple):
    """What does not change during a search.

    A cell is a period of a day; days and periods between which no time begins or ends are one (`cells`). Room
    `n_rooms` is none. Lists of lists are `…_ptr` and `…_at`: those of `i` are `at[ptr[i] : ptr[i + 1]]`. Events of the
    same people are one class (`class_of`); `shared` counts the people of two classes, `rivals` lists the classes that
    share any, `lone` an event's curricula. `joint` lists the events of each rule about several together, of the kinds
    of `GROUP_RULES` by number, at a cost for one unit in one week (negative: it must hold); `joined` the rules of each
    event, `tied` those that must be at like times with it (`TIES`).
    """

    n_rooms: int
    n_days: int
    n_periods: int
    time_cost: Floats
    room_cost: Floats
    choices_ptr: Ints
    choices_at: Ints
    rooms_ptr: Ints
    rooms_at: Ints
    cells_ptr: Ints
    cells_at: Ints
    day_mask: Ints
    week_mask: Ints
    starts: Ints
    ends: Ints
    groups_ptr: Ints
    groups_at: Ints
    class_of: Ints
    shared: NDArray[np.int16]
    rivals_ptr: Ints
    rivals_at: Ints
    lone_ptr: Ints
    lone_at: Ints
    compact: Floats
    course: Ints
    min_days: Ints
    weights: Floats
    pairs_ptr: Ints
    pairs_at: Ints
    pairs_kind: Ints
    pairs_value: Ints
    pairs_cost: Floats
    joint_ptr: Ints
    joint_at: Ints
    joint_kind: Ints
    joint_values: Ints
    joint_cost: Floats
    joined_ptr: Ints
    joined_at: Ints
    tied_ptr: Ints
    tied_at: Ints
    walk_s: Floats
    period_s: float
    near_s: float
    most_gain: Floats
    movable: Ints
    closed: NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A problem as arrays, with the names of what they count."""

    tables: Tables
    times: tuple[Time, ...]
    rooms: tuple[str, ...]
    events: tuple[str, ...]

    def plan(self, time_of: Ints, room_of: Ints) -> RoomsPlan:
        """Return the plan of a state."""
        names = (*self.rooms, None)
        return RoomsPlan(
            placed={
                event: Placed(time=self.times[t], room=names[r])
                for event, t, r in zip(self.events, time_of, room_of, strict=True)
            }
        )

    def state(self, plan: RoomsPlan) -> tuple[Ints, Ints]:
        """Return time and room of each event in a plan; −1 where the problem does not allow them any more."""
        tables = self.tables
        times = {time: i for i, time in enumerate(self.times)}
        rooms: dict[str | None, int] = {room: i for i, room in enumerate(self.rooms)} | {
            None: len(self.rooms)
        }
        time_of, room_of = np.full((2, len(self.events)), -1, np.int64)
        for i, name in enumerate(self.events):
            placed = plan.placed.get(name)
            if placed is None:
                continue
            t, r = times.get(placed.time, -1), rooms.get(placed.room, -1)
            if t >= 0 and tables.time_cost[i, t] < FORBIDDEN:
                time_of[i] = t
            if r >= 0 and tables.room_cost[i, r] < FORBIDDEN:
                room_of[i] = r
        return time_of, room_of


def allowed_rooms(problem: RoomsProblem, event: Event) -> list[int]:
    """Return the rooms an event may have for its features and, where that is a rule, its size."""
    return [
        i
        for i, room in enumerate(problem.rooms)
        if room.name in event.rooms
        and event.features <= room.features
        and (problem.capacity == "soft" or event.size <= room.capacity)
    ]


def compile_problem(problem: RoomsProblem) -> Compiled:
    """Return the problem as arrays."""
    times = sorted(
        {time for table in {id(e.times): e.times for e in problem.events}.values() for time in table}
    )
    number = {time: i for i, time in enumerate(times)}
    n, n_rooms, weights = len(problem.events), len(problem.rooms), problem.weights
    time_cost = np.full((n, len(times)), FORBIDDEN)
    room_cost = np.full((n, n_rooms + 1), FORBIDDEN)
    for i, event in enumerate(problem.events):
        columns = [number[time] for time in event.times]
        time_cost[i, columns] = weights.time * np.fromiter(event.times.values(), float, len(columns))
        if not event.rooms:
            room_cost[i, n_rooms] = 0.0
        for r in allowed_rooms(problem, event):
            room = problem.rooms[r]
            over = max(0, event.size - room.capacity) if problem.capacity == "soft" else 0
            room_cost[i, r] = weights.room * event.rooms[room.name] + weights.size * over
    people = sorted({name for event in problem.events for name in event.people})
    person = {name: i for i, name in enumerate(people)}
    courses = {course.name: i for i, course in enumerate(problem.courses)}
    groups = [sorted(person[name] for name in event.people) for event in problem.events]
    cells, n_days, n_periods, closed = _cells(problem, times)
    groups_ptr, groups_at = _lists(groups)
    cells_ptr, cells_at = _lists(cells)
    choices_ptr, choices_at = _lists([np.flatnonzero(row < FORBIDDEN).tolist() for row in time_cost])
    rooms_ptr, rooms_at = _lists([np.flatnonzero(row < FORBIDDEN).tolist() for row in room_cost])
    pairs = pairs_ptr, pairs_at, kinds, values, costs = _pairs(problem, groups)
    joint = [rule for rule in problem.rules if rule.kind in GROUP_RULES]
    index = {event.name: i for i, event in enumerate(problem.events)}
    joint_ptr, joint_at = _lists([sorted({index[name] for name in rule.events}) for rule in joint])
    joined: list[list[int]] = [[] for _ in problem.events]
    for q, rule in enumerate(joint):
        for name in set(rule.events):
            joined[index[name]].append(q)
    joined_ptr, joined_at = _lists(joined)
    tied_ptr, tied_at = _lists(_tied(problem, index))
    compact = np.array(
        [weights.compactness if name in problem.curricula else 0.0 for name in people] or [0.0]
    )
    class_of, shared = _classes(groups)
    rivals_ptr, rivals_at = _lists([np.flatnonzero(row).tolist() for row in shared])
    lone_ptr, lone_at = _lists([[g for g in group if compact[g] > 0] for group in groups])
    spread = max((time_cost[time_cost < FORBIDDEN]).max(initial=0.0), 0.0)
    longest = max((len(one) for one in cells), default=1)
    tables = Tables(
        n_rooms=n_rooms, n_days=n_days, n_periods=n_periods, time_cost=time_cost, room_cost=room_cost,
        choices_ptr=choices_ptr, choices_at=choices_at, rooms_ptr=rooms_ptr, rooms_at=rooms_at,
        cells_ptr=cells_ptr, cells_at=cells_at,
        day_mask=np.array([sum(1 << d for d in t.days) for t in times], np.int64),
        week_mask=np.array([sum(1 << w for w in t.weeks) for t in times], np.int64),
        starts=np.array([t.start for t in times], np.int64), ends=np.array([t.end for t in times], np.int64),
        groups_ptr=groups_ptr, groups_at=groups_at, class_of=class_of, shared=shared,
        rivals_ptr=rivals_ptr, rivals_at=rivals_at, lone_ptr=lone_ptr, lone_at=lone_at,
        compact=compact,
        course=np.array([-1 if e.course is None else courses[e.course] for e in problem.events], np.int64),
        min_days=np.array([c.min_days for c in problem.courses] or [0], np.int64),
        weights=np.array([weights.min_days, weights.stability, weights.walking]),
        pairs_ptr=pairs_ptr, pairs_at=pairs_at, pairs_kind=kinds, pairs_value=values, pairs_cost=costs,
        joint_ptr=joint_ptr, joint_at=joint_at,
        joint_kind=np.array([GROUP_RULES.index(rule.kind) for rule in joint], np.int64),
        joint_values=np.array([(*rule.values, 0)[:2] for rule in joint], np.int64).reshape(-1, 2),
        joint_cost=np.array([_joint_cost(problem, rule) for rule in joint], float),
        joined_ptr=joined_ptr, joined_at=joined_at, tied_ptr=tied_ptr, tied_at=tied_at,
        walk_s=np.zeros((0, 0)) if problem.walking_s is None else np.ascontiguousarray(problem.walking_s, float),
        period_s=problem.period_min * 60.0, near_s=problem.near_min * 60.0,
        most_gain=np.array([3.0 * longest * compact[g].sum() for g in groups])
        + (weights.min_days + weights.stability if problem.courses else 0.0) + spread
        + _most_judged(problem, pairs, joined, longest),
        movable=np.arange(n), closed=closed,
    )  # fmt: skip
    return Compiled(
        tables=tables, times=tuple(times), rooms=tuple(r.name for r in problem.rooms),
        events=tuple(e.name for e in problem.events),
    )  # fmt: skip


def _joint_cost(problem: RoomsProblem, rule: Rule) -> float:
    """Return what one unit of a rule costs in one week; the days of all weeks count once."""
    if rule.penalty is None:
        return -1.0
    return problem.weights.rules * rule.penalty / (1 if rule.kind == "max_days" else problem.weeks)


def _most_judged(
    problem: RoomsProblem,
    pairs: tuple[Ints, Ints, Ints, Ints, Floats],
    joined: list[list[int]],
    longest: int,
) -> Floats:
    """Return the most that moving each event can save of soft rules and of walks; `longest` is in cells of a time."""
    ptr, _, kinds, values, costs = pairs
    walk_min = 0.0 if problem.walking_s is None else float(problem.walking_s.max(initial=0.0)) / 60
    each = np.where(kinds < 0, problem.weights.walking * walk_min * longest * values, np.maximum(costs, 0.0))
    sums = np.concatenate([[0.0], np.cumsum(each)])
    joint = [max(0.0, _joint_cost(problem, rule)) for rule in problem.rules if rule.kind in GROUP_RULES]
    found: Floats = sums[ptr[1:]] - sums[ptr[:-1]]
    found += np.array([2.0 * longest * sum(joint[q] for q in own) for own in joined])
    return found


def _tied(problem: RoomsProblem, index: dict[str, int]) -> list[list[int]]:
    """Return for each event the few others that go where it goes."""
    tied: list[set[int]] = [set() for _ in index]
    for rule in problem.rules:
        if rule.penalty is None and rule.kind in TIES:
            own = {index[name] for name in rule.events}
            for e in own if len(own) <= MOST_TIED + 1 else ():
                tied[e] |= own - {e}
    return [sorted(own) if len(own) <= MOST_TIED else [] for own in tied]


def is_single(tables: Tables) -> bool:
    """Say whether each time is one cell and no events are judged together."""
    few = tables.n_periods <= 60 and len(tables.joint_kind) == 0
    return few and len(tables.pairs_at) == 0 and bool((np.diff(tables.cells_ptr) == 1).all())


def _classes(groups: list[list[int]]) -> tuple[Ints, NDArray[np.int16]]:
    """Return the class of each event, and how many people two classes share; shape `(n_classes, n_classes)`."""
    number: dict[tuple[int, ...], int] = {}
    class_of = np.array([number.setdefault(tuple(group), len(number)) for group in groups], np.int64)
    members: dict[int, list[int]] = {}
    for group, i in number.items():
        for person in group:
            members.setdefault(person, []).append(i)
    shared = np.zeros((len(number), len(number)), np.int16)
    for same in members.values():
        shared[np.ix_(same, same)] += 1
    return class_of, shared


def _lists(lists: list[list[int]]) -> tuple[Ints, Ints]:
    ptr = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    return ptr, np.array([x for one in lists for x in one], np.int64)


def _cells(problem: RoomsProblem, times: list[Time]) -> tuple[list[list[int]], int, int, NDArray[np.int16]]:
    """Return each time's cells, the days and periods they count, and which are closed, shape `(n_cells, n_rooms)`.

    Where neither days nor neighbouring periods count, days that are alike for all times become one, and so do periods.
    """
    shuts = [(r, time) for r, room in enumerate(problem.rooms) for time in room.closed]
    everything = [*times, *(time for _, time in shuts)]
    on_day = np.zeros((len(everything), problem.days * problem.weeks), np.bool_)
    for i, time in enumerate(everything):
        for week in time.weeks:
            on_day[i, [week * problem.days + day for day in time.days]] = True
    if problem.curricula or problem.courses:
        day_of, period_of = np.arange(on_day.shape[1]), np.arange(problem.periods + 1)
    else:
        _, day_of = np.unique(on_day, axis=1, return_inverse=True)
        edges = sorted({t.start for t in everything} | {t.end for t in everything})
        period_of = np.searchsorted(edges, np.arange(problem.periods + 1))
    n_days = int(day_of.max()) + 1
    n_periods = max(1, int(period_of[-1]) + int(not (problem.curricula or problem.courses)))
    lists = []
    for i, time in enumerate(everything):
        days = sorted(set(day_of[on_day[i]].tolist()))
        span = range(int(period_of[time.start]), int(period_of[time.end]))
        lists.append([day * n_periods + period for day in days for period in span])
    closed = np.zeros((n_days * n_periods, len(problem.rooms) + 1), np.int16)
    for (room, _), cells in zip(shuts, lists[len(times) :], strict=True):
        closed[cells, room] = 1
    return lists[: len(times)], n_days, n_periods, closed


def _pairs(problem: RoomsProblem, groups: list[list[int]]) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Return for each event the others it is judged with: who, by which rule, its value, its cost (negative: hard).

    Kinds below 100 are `PAIR_RULES`, seen from the earlier of the two; 100 more is the same from the later. Kind −1 is
    a walk, its value how many people walk.
    """
    lists: list[list[tuple[int, int, int, float]]] = [[] for _ in problem.events]
    if problem.walking_s is not None:
        sets = [set(group) for group in groups]
        members: dict[int, list[int]] = {}
        for i, group in enumerate(groups):
            for person in group:
                members.setdefault(person, []).append(i)
        for i, own in enumerate(sets):
            for j in sorted({j for person in own for j in members[person]} - {i}):
                lists[i].append((j, -1, len(own & sets[j]), 0.0))
    index = {event.name: i for i, event in enumerate(problem.events)}
    for rule in problem.rules:
        if rule.kind not in PAIR_RULES:
            continue
        kind = PAIR_RULES.index(rule.kind)
        cost = -1.0 if rule.penalty is None else problem.weights.rules * rule.penalty
        value = rule.values[0] if rule.values else 0
        for k, first in enumerate(rule.events):
            for second in rule.events[k + 1 :]:
                i, j = index[first], index[second]
                lists[i].append((j, kind, value, cost))
                lists[j].append((i, kind + 100, value, cost))
    ptr = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    flat = [entry for one in lists for entry in one]
    at, kinds, values = (np.array([entry[k] for entry in flat], np.int64) for k in range(3))
    return ptr, at, kinds, values, np.array([entry[3] for entry in flat], float)
