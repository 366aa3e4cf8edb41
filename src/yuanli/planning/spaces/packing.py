"""Whether demands about all seats surely can, or surely can't, be kept: quick answers to what CP-SAT takes long for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yuanli.planning.spaces.checking import check_spaces
from yuanli.planning.spaces.demands import NEAR_ZERO, Demand, FewChanges, needs_of, seats_named
from yuanli.planning.spaces.problem import PAIRS, Rule, RuleKind, SpaceProblem
from yuanli.planning.spaces.tables import Ints, Seats, regions_of

MOST_SETS = 40
"""Sets of rooms, the fullest first, in which numbers are counted, too."""


def surely_too_full(
    problem: SpaceProblem, seats: Seats, allowed: NDArray[np.bool_], held: Sequence[Demand]
) -> bool:
    """Say whether some need more rooms or m² than they may have, or more have to leave their rooms than may."""
    capacity, need = _capacities(problem, held), needs_of(problem, seats)
    alone = _alone(problem, seats, held)
    for p in range(len(problem.periods)):
        there = np.flatnonzero(seats.period == p)
        sets = allowed[there][np.unique(np.packbits(allowed[there], axis=1), axis=0, return_index=True)[1]]
        inside = allowed[there].astype(np.float32) @ (~sets).T.astype(np.float32) == 0  # (seats, sets)
        wanted, room = need[there] @ inside, np.where(sets, capacity, 0.0).sum(axis=1)
        if (wanted > room + NEAR_ZERO).any():
            return True
        for u in np.argsort(-wanted / np.maximum(room, NEAR_ZERO))[:MOST_SETS]:
            seated = there[inside[:, u]]
            if not _hold(capacity[sets[u]], need[seated], alone[seated]):
                return True
    for team, regions in _teams(problem, seats, held):
        if not any(
            allowed[np.ix_(team, rooms)].any(axis=1).all() and _hold(capacity[rooms], need[team], alone[team])
            for rooms in (np.flatnonzero(regions == one) for one in np.unique(regions))
        ):
            return True
    rents = [one.value or 0.0 for one in held if isinstance(one, Rule) and one.kind is RuleKind.MAX_RENT]
    if rents and _least_rent(problem, seats, allowed, capacity, need) > min(rents) + NEAR_ZERO:
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
    need, rooms, alone = needs_of(problem, seats), begun.copy(), _alone(problem, seats, held)
    empty = np.ones_like(left, dtype=bool)

    def take(v: int, r: int) -> None:
        rooms[v], empty[seats.period[v], r] = r, False
        left[seats.period[v], r] = -np.inf if alone[v] else left[seats.period[v], r] - need[v]

    for v in np.flatnonzero(rooms >= 0):
        take(int(v), int(rooms[v]))
    waiting = np.flatnonzero(rooms < 0)
    for v in waiting[np.lexsort((-need[waiting], allowed[waiting].sum(axis=1) > 1, ~alone[waiting]))]:
        room = left[seats.period[v]]
        fits = allowed[v] & (room >= need[v] - NEAR_ZERO)
        if alone[v]:
            fits &= empty[seats.period[v]]
        if not fits.any():
            return False
        take(
            int(v),
            int(start[v]) if start[v] >= 0 and fits[start[v]] else int(np.where(fits, room, -1.0).argmax()),
        )
    if few is not None and ((start >= 0) & (rooms != start)).sum() > few.most:
        return False
    bare = replace(problem, rules=tuple(one for one in held if isinstance(one, Rule)), flows=(), walk_s=())
    return all(one.rule == "room" for one in check_spaces(bare, seats.plan(rooms)).broken)


def _hold(capacity: NDArray[np.float64], need: NDArray[np.float64], alone: NDArray[np.bool_]) -> bool:
    """Say whether rooms could hold seats, by m² and by number, if those alone in a room took the smallest ones."""
    free = np.sort(capacity)[int(alone.sum()) :]
    others = np.sort(need[~alone])
    if alone.sum() > len(capacity):
        return False
    seated = np.searchsorted(others.cumsum(), free + NEAR_ZERO, side="right").sum()
    return bool(others.sum() <= free.sum() + NEAR_ZERO and len(others) <= seated)


def _least_rent(
    problem: SpaceProblem,
    seats: Seats,
    allowed: NDArray[np.bool_],
    capacity: NDArray[np.float64],
    need: NDArray[np.float64],
) -> float:
    """Return what the rooms of a period cost at least if each seat pays its share of a full room, by m² or number."""
    by_m2 = np.array([room.rent_per_m2 for room in problem.rooms])
    rent = by_m2 * [room.capacity_m2 for room in problem.rooms]
    by_m2[~np.isfinite(capacity)] = 0.0
    most = 0.0
    for p in range(len(problem.periods)):
        there = seats.period == p
        wanted = np.sort(need[there])
        seated = np.maximum(1, np.searchsorted(wanted.cumsum(), capacity + NEAR_ZERO, side="right"))
        for share in (by_m2 * need[there][:, None], np.tile(rent / seated, (len(wanted), 1))):
            most = max(most, float(np.where(allowed[there], share, np.inf).min(axis=1).sum()))
    return most


def _teams(problem: SpaceProblem, seats: Seats, held: Sequence[Demand]) -> Iterator[tuple[Ints, Ints]]:
    """Yield seats that have to be in one room, on one floor or in one zone, and which of these each room is in."""
    floors, zones = regions_of(problem)
    for regions, kinds in (
        (np.arange(len(problem.rooms)), (RuleKind.SAME_ROOM,)),
        (floors, (RuleKind.SAME_ROOM, RuleKind.NEAR, RuleKind.ONE_FLOOR)),
        (zones, (RuleKind.SAME_ROOM, RuleKind.SAME_ZONE, RuleKind.ONE_ZONE)),
    ):
        joined: list[tuple[int, int]] = []
        for demand in held:
            if isinstance(demand, Rule) and demand.kind in kinds:
                members = sorted({place for name in demand.entities for place in problem.members(name)})
                pairs = (
                    problem.pairs(demand)
                    if demand.kind in PAIRS
                    else [(members[0], one) for one in members[1:]]
                )
                joined += [
                    (row[a], row[b]) for row in seats.place for a, b in pairs if row[a] >= 0 and row[b] >= 0
                ]
        if joined:
            many, ends = len(seats.period), np.array(joined).T
            graph = coo_array((np.ones(len(joined)), (ends[0], ends[1])), shape=(many, many))
            team_of = connected_components(graph, directed=False)[1]
            for team in np.flatnonzero(np.bincount(team_of) > 1):
                yield np.flatnonzero(team_of == team), regions


def _alone(problem: SpaceProblem, seats: Seats, held: Sequence[Demand]) -> NDArray[np.bool_]:
    """Return which seats share no room."""
    alone = np.zeros(len(seats.period), dtype=bool)
    for demand in held:
        if isinstance(demand, Rule) and demand.kind is RuleKind.NOT_SHARING:
            alone[seats_named(problem, seats, demand)] = True
    return alone


def _capacities(problem: SpaceProblem, held: Sequence[Demand]) -> NDArray[np.float64]:
    """Return the m² of each room that must not be exceeded, infinite for the others."""
    rules = [one for one in held if isinstance(one, Rule) and one.kind is RuleKind.CAPACITY]
    return np.array([
        room.capacity_m2 if any(problem.matches(rule, room) for rule in rules) else np.inf for room in problem.rooms
    ], dtype=float)  # fmt: skip
