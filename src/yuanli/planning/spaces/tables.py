"""The problem as arrays, as the search reads it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from yuanli.planning.spaces.problem import (
    LIMITS,
    PAIRS,
    PLACES,
    SUITED,
    TOGETHER,
    RuleKind,
    SpacePlan,
    SpaceProblem,
)

if TYPE_CHECKING:
    from yuanli.planning.spaces.kernels import State, Tables

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
RELATIONS = {
    RuleKind.SAME_ROOM: (0, 1), RuleKind.NOT_SAME_ROOM: (0, 0), RuleKind.ADJACENT: (1, 1),
    RuleKind.NOT_ADJACENT: (1, 0), RuleKind.NEAR: (2, 1), RuleKind.AWAY: (2, 0),
    RuleKind.SAME_ZONE: (3, 1), RuleKind.OTHER_ZONE: (3, 0),
}  # fmt: skip
"""Which bit of `Tables.relation` a rule about two reads, and what it wants there."""
WHOLE = frozenset((
    "period", "choices", "choice_at", "relation", "pair_at", "pair_other", "pair_bit", "pair_want", "flow_at",
    "flow_other", "regions", "team_at", "team", "team_region", "before", "after", "today", "start", "limit_kind",
))  # fmt: skip
"""The tables of whole numbers; all others but `allowed` are of floats."""
LIMIT_KINDS = dict(zip(LIMITS, (0, 1, 4, 2), strict=True))


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats `v` that are searched: an entity in each period in which it is there."""

    period: Ints
    entity: Ints
    place: Ints
    """Shape `(periods, entities)`: the seat, −1 where it is not there."""

    def plan(self, rooms: Ints) -> SpacePlan:
        """Return the plan of the rooms by seat."""
        table = np.where(self.place < 0, -1, np.append(rooms, -1)[self.place])
        return SpacePlan(rooms=tuple(tuple(int(r) for r in row) for row in table))

    def rooms(self, plan: SpacePlan) -> Ints:
        """Return the rooms by seat of a plan, −1 where it has none."""
        return np.array(plan.rooms, dtype=np.int64)[self.period, self.entity]


def seats_of(problem: SpaceProblem) -> Seats:
    """Return who is there when."""
    there = np.array([[problem.need_m2(p, e) > 0 for e in problem.entities] for p in problem.periods])
    place = np.where(there, np.cumsum(there).reshape(there.shape) - 1, -1)
    period, entity = np.nonzero(there)
    return Seats(period, entity, place)


def tables_of(
    problem: SpaceProblem,
    seats: Seats,
    allowed: NDArray[np.bool_],
    *,
    start: Ints | None = None,
    changes: float = inf,
) -> Tables:
    """Return the arrays of the search; `start` and `changes` are from what and by how much a plan may differ."""
    from yuanli.planning.spaces.kernels import Tables

    weights, rooms, entities = problem.weights, problem.rooms, problem.entities
    many, size = len(seats.period), len(rooms)
    need = np.array(
        [
            problem.need_m2(problem.periods[p], entities[e])
            for p, e in zip(seats.period, seats.entity, strict=True)
        ]
    )
    people = np.array([
        problem.periods[p].headcounts.get(entities[e].name, entities[e].headcount)
        for p, e in zip(seats.period, seats.entity, strict=True)
    ])  # fmt: skip
    before, after = _neighbours(seats)
    today = np.array(
        [-1 if entities[e].room is None else problem.room_place[entities[e].room] for e in seats.entity]
    )
    full_soft, full_hard = np.zeros(size), np.zeros(size)
    for rule in problem.rules:
        if rule.kind is RuleKind.CAPACITY:
            held = np.array([problem.matches(rule, room) for room in rooms])
            (full_hard if rule.hard else full_soft)[held] += 1.0 if rule.hard else rule.weight
    limits = [rule for rule in problem.rules if rule.kind in LIMITS]
    pair_at, pair_other, pairs = _pairs(problem, seats)
    flow_at, flow_other, flows = _rows(many, [
        (a, b, (flow.trips * weights.walking,))
        for flow in problem.flows for row in seats.place
        for a, b in [(row[problem.entity_place[flow.origin]], row[problem.entity_place[flow.destination]])]
        if a >= 0 and b >= 0 and a != b
    ], 1)  # fmt: skip
    team_at, team, team_region, team_soft, team_hard = _teams(problem, seats)
    choices = np.nonzero(allowed)[1]
    walk_s = _both_ways(problem)
    move_cost = weights.moves * np.array([entities[e].move_cost for e in seats.entity], dtype=float)
    fit_out = np.array([room.fit_out_per_m2 for room in rooms], dtype=float)
    rent = np.array([room.capacity_m2 * room.rent_per_m2 for room in rooms], dtype=float)
    saved = move_cost + weights.fit_out * need * fit_out.max()
    followed = after >= 0
    saved[followed] += saved[after[followed]]
    saved += weights.rent * rent.max() + _by_seat(team_at, team_soft[team])
    return _one_type(Tables(
        period=seats.period, need=need, people=people, capacity=np.array([room.capacity_m2 for room in rooms]),
        allowed=allowed, choices=choices, choice_at=np.append(0, np.cumsum(allowed.sum(axis=1))),
        unary=_unary(problem, seats), relation=relations(problem), pair_at=pair_at, pair_other=pair_other,
        pair_bit=pairs[:, 0].astype(np.int64), pair_want=pairs[:, 1].astype(np.int64),
        pair_soft=pairs[:, 2].copy(), pair_hard=pairs[:, 3].copy(),
        flow_at=flow_at, flow_other=flow_other, flow_cost=flows[:, 0].copy(),
        walk_s=walk_s,
        alone_soft=_loners(problem, seats, hard=False), alone_hard=_loners(problem, seats, hard=True),
        full_soft=full_soft, full_hard=full_hard,
        regions=regions_of(problem), team_at=team_at, team=team, team_region=team_region,
        team_soft=team_soft, team_hard=team_hard,
        before=before, after=after, today=np.where(before < 0, today, -1),
        move_cost=move_cost, fit_out=fit_out, rent=rent,
        start=np.full(many, -1) if start is None else start,
        limit_kind=np.array([LIMIT_KINDS[rule.kind] for rule in limits], dtype=np.int64),
        limit_value=np.array([rule.value for rule in limits], dtype=float),
        limit_soft=np.array([0.0 if rule.hard else rule.weight for rule in limits]),
        limit_hard=np.array([float(rule.hard) for rule in limits]),
        people_all=np.bincount(seats.period, people, minlength=len(problem.periods)),
        joined=_by_seat(pair_at, pairs[:, 2]) + _by_seat(flow_at, flows[:, 0] * walk_s.max()), saved=saved,
        weights=np.array([
            weights.waste, weights.overuse, weights.rent, weights.fit_out, weights.fairness, changes, 0.0
        ]),
    ))  # fmt: skip


def _by_seat(at: Ints, values: Floats) -> Floats:
    """Return the sum of each seat's values, where `at` tells where they begin."""
    sums = np.bincount(np.repeat(np.arange(len(at) - 1), np.diff(at)), weights=values, minlength=len(at) - 1)
    return sums.astype(float)


def _one_type(tables: Tables) -> Tables:
    """Return the tables as numba is to see them whatever the problem, so that it compiles once."""
    return tables._replace(**{
        name: np.ascontiguousarray(
            values, dtype=bool if name == "allowed" else np.int64 if name in WHOLE else np.float64
        )
        for name, values in tables._asdict().items()
    })  # fmt: skip


def state_of(problem: SpaceProblem, tables: Tables, rooms: Ints, seed: int) -> State:
    """Return the state of a plan, not yet counted."""
    from yuanli.planning.spaces.kernels import RENT, State

    many, shape = len(rooms), (len(problem.periods), len(problem.rooms))
    regions = int(tables.regions.max()) + 1
    rng = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
    return State(
        room=rooms.copy(), used=np.zeros(shape), count=np.zeros(shape, np.int64), heads=np.zeros(shape),
        alone_soft=np.zeros(shape), alone_hard=np.zeros(shape),
        spread=np.zeros((len(tables.team_soft), regions), np.int64), sums=np.zeros(RENT + shape[0]),
        area=np.zeros(shape[0]), area2=np.zeros(shape[0]), first=np.full(shape, -1), next=np.full(many, -1),
        last=np.full(many, -1), rng=rng, moving=np.zeros(many + 3, np.int64), target=np.zeros(many + 3, np.int64),
        origin=np.zeros(many + 3, np.int64),
    )  # fmt: skip


def relations(problem: SpaceProblem) -> Ints:
    """Return what two rooms are to each other, as bits: the same, adjacent or the same, on one floor, in one zone."""
    size = len(problem.rooms)
    related = np.zeros((size, size), dtype=np.int64)
    for r, room in enumerate(problem.rooms):
        related[r, r] |= 3
        for name in room.adjacent:
            other = problem.room_place[name]
            related[r, other] |= 2
            related[other, r] |= 2
    for index, bit in zip(regions_of(problem), (4, 8), strict=True):
        related[index[:, None] == index[None, :]] |= bit
    return related


def regions_of(problem: SpaceProblem) -> Ints:
    """Return the floor and the zone of each room by number, shape `(2, rooms)`; a room in no zone has its own."""
    keys = (
        [(room.building, room.floor) for room in problem.rooms],
        [("zone", room.zone) if room.zone else ("room", room.name) for room in problem.rooms],
    )
    numbers = [{key: i for i, key in enumerate(dict.fromkeys(some))} for some in keys]
    return np.array([[number[key] for key in some] for some, number in zip(keys, numbers, strict=True)])


def _both_ways(problem: SpaceProblem) -> Floats:
    """Return the seconds between rooms, the mean of both ways."""
    seconds = np.array(problem.walk_s, dtype=float) if problem.walk_s else np.zeros((1, 1))
    return (seconds + seconds.T) / 2


def _neighbours(seats: Seats) -> tuple[Ints, Ints]:
    """Return the seat of the same entity in the last period before, and the next, in which it is there; −1 if none."""
    before, after = np.full(len(seats.period), -1), np.full(len(seats.period), -1)
    for column in seats.place.T:
        own = column[column >= 0]
        before[own[1:]], after[own[:-1]] = own[:-1], own[1:]
    return before, after


def _unary(problem: SpaceProblem, seats: Seats) -> Floats:
    costs = np.zeros((len(seats.period), len(problem.rooms)))
    for rule in problem.rules:
        if not rule.hard and rule.kind in PLACES + SUITED:
            unfit = np.array([not problem.suits(rule, room) for room in problem.rooms])
            for name in rule.entities:
                costs[np.ix_(np.isin(seats.entity, problem.members(name)), unfit)] += rule.weight
    return costs


def _loners(problem: SpaceProblem, seats: Seats, *, hard: bool) -> Floats:
    weights = np.zeros(len(problem.entities))
    for rule in problem.rules:
        if rule.kind is RuleKind.NOT_SHARING and rule.hard is hard:
            for name in rule.entities:
                weights[list(problem.members(name))] += 1.0 if hard else rule.weight
    return weights[seats.entity]


def _pairs(problem: SpaceProblem, seats: Seats) -> tuple[Ints, Ints, Floats]:
    found: list[tuple[int, int, tuple[float, ...]]] = []
    for rule in problem.rules:
        if rule.kind in PAIRS:
            bit, want = RELATIONS[rule.kind]
            couples = problem.pairs(rule)
            share = 1.0 / len(couples)
            values = (bit, want, 0.0 if rule.hard else rule.weight * share, share if rule.hard else 0.0)
            found += [
                (row[a], row[b], values)
                for row in seats.place
                for a, b in couples
                if row[a] >= 0 and row[b] >= 0
            ]
    return _rows(len(seats.period), found, 4)


def _rows(
    many: int, found: list[tuple[int, int, tuple[float, ...]]], width: int
) -> tuple[Ints, Ints, Floats]:
    """Return what joins two seats, by the first of them and both ways: where a seat's begins, the other, the values."""
    both = sorted([*found, *((b, a, values) for a, b, values in found)], key=lambda one: one[:2])
    at = np.searchsorted([one[0] for one in both], np.arange(many + 1))
    other = np.array([one[1] for one in both], dtype=np.int64)
    return at, other, np.array([one[2] for one in both], dtype=float).reshape(-1, width)


def _teams(problem: SpaceProblem, seats: Seats) -> tuple[Ints, Ints, Ints, Floats, Floats]:
    """Return the teams of rules about one floor or zone, by seat, and which of both; each period has its own."""
    of_seat: list[tuple[int, int]] = []
    soft: list[float] = []
    hard: list[float] = []
    region: list[int] = []
    for rule in problem.rules:
        if rule.kind in TOGETHER:
            members = sorted({place for name in rule.entities for place in problem.members(name)})
            for row in seats.place:
                of_seat += [(row[e], len(soft)) for e in members if row[e] >= 0]
                soft.append(0.0 if rule.hard else rule.weight)
                hard.append(float(rule.hard))
                region.append(TOGETHER.index(rule.kind))
    of_seat.sort()
    at = np.searchsorted([v for v, _ in of_seat], np.arange(len(seats.period) + 1))
    teams = np.array([team for _, team in of_seat], dtype=np.int64)
    return at, teams, np.array(region, dtype=np.int64), np.array(soft), np.array(hard)
