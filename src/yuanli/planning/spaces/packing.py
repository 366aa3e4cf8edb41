"""Whether demands about all seats surely can, or surely can't, be kept: quick answers to what CP-SAT takes long for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yuanli.planning.spaces.checking import check_spaces
from yuanli.planning.spaces.demands import NEAR_ZERO, Demand, FewChanges, needs_of
from yuanli.planning.spaces.problem import Rule, RuleKind, SpaceProblem
from yuanli.planning.spaces.tables import Ints, Seats


def surely_too_full(
    problem: SpaceProblem, seats: Seats, allowed: NDArray[np.bool_], held: Sequence[Demand]
) -> bool:
    """Say whether some have to share rooms that are too small in all, or more have to leave theirs than may."""
    capacity, need = _capacities(problem, held), needs_of(problem, seats)
    for p in range(len(problem.periods)):
        there = seats.period == p
        for rooms in np.unique(allowed[there], axis=0):
            inside = there & ~(allowed & ~rooms).any(axis=1)
            if need[inside].sum() > capacity[rooms].sum() + NEAR_ZERO:
                return True
    for demand in held:
        if isinstance(demand, FewChanges):
            own, counted = seats.rooms(demand.start), np.ones(len(need), dtype=bool)
            most = float(demand.most)
        elif isinstance(demand, Rule) and demand.kind is RuleKind.MAX_MOVES:
            own = np.array([problem.room_place.get(problem.entities[e].room or "", -1) for e in seats.entity])
            counted, most = seats.period == 0, float(demand.value or 0.0)
        else:
            continue
        counted &= own >= 0
        leave = int((counted & ~allowed[np.arange(len(own)), own]).sum())
        stay = counted & allowed[np.arange(len(own)), own]
        for p in range(len(problem.periods)):
            for r in np.flatnonzero(np.isfinite(capacity)):
                inside = np.sort(need[stay & (own == r) & (seats.period == p)])
                leave += int((inside.cumsum() > capacity[r] + NEAR_ZERO).sum())
        if leave > most + NEAR_ZERO:
            return True
    return False


def seats_fit(
    problem: SpaceProblem, seats: Seats, allowed: NDArray[np.bool_], held: Sequence[Demand], begun: Ints
) -> bool:
    """Say whether a plan is found at once: who has no room in `begun` stays or takes the emptiest, the largest first.

    The plan counts if the checker finds that it keeps the rules.
    """
    few = next((one for one in held if isinstance(one, FewChanges)), None)
    today = np.array([problem.room_place.get(problem.entities[e].room or "", -1) for e in seats.entity])
    start = today if few is None else seats.rooms(few.start)
    left = np.tile(_capacities(problem, held), (len(problem.periods), 1))
    need, rooms = needs_of(problem, seats), begun.copy()
    for v in np.flatnonzero(rooms >= 0):
        left[seats.period[v], rooms[v]] -= need[v]
    waiting = np.flatnonzero(rooms < 0)
    for v in waiting[np.lexsort((-need[waiting], allowed[waiting].sum(axis=1) > 1))]:
        room = left[seats.period[v]]
        fits = allowed[v] & (room >= need[v] - NEAR_ZERO)
        if not fits.any():
            return False
        rooms[v] = start[v] if start[v] >= 0 and fits[start[v]] else np.where(fits, room, -1.0).argmax()
        room[rooms[v]] -= need[v]
    if few is not None and ((start >= 0) & (rooms != start)).sum() > few.most:
        return False
    bare = replace(problem, rules=tuple(one for one in held if isinstance(one, Rule)), flows=(), walk_s=())
    return all(one.rule == "room" for one in check_spaces(bare, seats.plan(rooms)).broken)


def _capacities(problem: SpaceProblem, held: Sequence[Demand]) -> NDArray[np.float64]:
    """Return the m² of each room that must not be exceeded, infinite for the others."""
    rules = [one for one in held if isinstance(one, Rule) and one.kind is RuleKind.CAPACITY]
    return np.array([
        room.capacity_m2 if any(problem.matches(rule, room) for rule in rules) else np.inf for room in problem.rooms
    ])  # fmt: skip
