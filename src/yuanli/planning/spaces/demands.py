"""What a plan is bound by: hard rules, locks, leases that end, and how much may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text, counted
from yuanli.planning.spaces.naming import tell_rule
from yuanli.planning.spaces.plans import row_name
from yuanli.planning.spaces.problem import PLACES, SUITED, Rule, RuleKind, SpacePlan, SpaceProblem
from yuanli.planning.spaces.tables import Ints, Seats
from yuanli.solver import Wish

NEAR_ZERO = 1e-6
UNARY = (*PLACES, *SUITED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Somebody keeps rooms: `name` as in the rows of a plan, `kept` has period, entity and room."""

    name: str
    kept: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseEnd:
    """A room can't be used any more in these periods."""

    room: int
    periods: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FewChanges:
    """At most so many rooms differ from those of a start, shape `(periods, entities)`."""

    most: int
    start: SpacePlan


Demand = Rule | Lock | LeaseEnd | FewChanges


def demands_of(problem: SpaceProblem, wish: Wish[SpacePlan] = Wish()) -> tuple[Demand, ...]:
    """Return all that a plan is bound by; what is the easiest to give up comes last."""
    found: list[Demand] = []
    for r, room in enumerate(problem.rooms):
        over = tuple(
            p for p, period in enumerate(problem.periods)
            if room.lease_end and period.starts and room.lease_end < period.starts
        )  # fmt: skip
        if over:
            found.append(LeaseEnd(room=r, periods=over))
    found += [rule for rule in problem.rules if rule.hard]
    periods = range(len(problem.periods))
    for e, entity in enumerate(problem.entities):
        if entity.locked and entity.room is not None:
            room_at = problem.room_place[entity.room]
            found.append(Lock(name=entity.name, kept=tuple((p, e, room_at) for p in periods)))
    if wish.start is not None:
        asked, start = set(wish.locked), wish.start
        for e, entity in enumerate(problem.entities):
            for name in dict.fromkeys((entity.name, *(row_name(problem, p, e) for p in periods))):
                kept = tuple(
                    (p, e, start.rooms[p][e]) for p in periods
                    if name in (entity.name, row_name(problem, p, e)) and start.rooms[p][e] >= 0
                )  # fmt: skip
                if name in asked and kept:
                    found.append(Lock(name=name, kept=kept))
        if wish.max_changes is not None:
            found.append(FewChanges(most=wish.max_changes, start=start))
    return tuple(found)


def allowed_by(problem: SpaceProblem, seats: Seats, demands: Iterable[Demand]) -> NDArray[np.bool_]:
    """Return which rooms each seat may have, shape `(seats, rooms)`, by what says so of one seat alone."""
    allowed = np.ones((len(seats.period), len(problem.rooms)), dtype=bool)
    unfit: dict[Rule, NDArray[np.bool_]] = {}
    need: NDArray[np.float64] | None = None
    for demand in demands:
        if isinstance(demand, Lock):
            for p, e, r in demand.kept:
                if (v := seats.place[p, e]) >= 0:
                    allowed[v] &= np.arange(len(problem.rooms)) == r
        elif isinstance(demand, LeaseEnd):
            allowed[np.isin(seats.period, demand.periods), demand.room] = False
        elif isinstance(demand, FewChanges):
            continue
        elif demand.kind in UNARY:
            key = replace(demand, entities=(), name="")
            if key not in unfit:
                unfit[key] = np.array([not problem.suits(demand, room) for room in problem.rooms])
            for v in seats_named(problem, seats, demand):
                allowed[v, unfit[key]] = False
        elif demand.kind is RuleKind.CAPACITY:
            need = needs_of(problem, seats) if need is None else need
            most = np.array([
                room.capacity_m2 if problem.matches(demand, room) else np.inf for room in problem.rooms
            ])  # fmt: skip
            allowed &= need[:, None] <= most + NEAR_ZERO
    return allowed


def needs_of(problem: SpaceProblem, seats: Seats) -> NDArray[np.float64]:
    """Return the m² of each seat."""
    return np.array([
        problem.need_m2(problem.periods[p], problem.entities[e])
        for p, e in zip(seats.period, seats.entity, strict=True)
    ], dtype=float)  # fmt: skip


def seats_named(problem: SpaceProblem, seats: Seats, demand: Demand) -> list[int]:
    """Return the seats that a demand names; none for what is about rooms or about all."""
    if isinstance(demand, Lock):
        found = {int(seats.place[p, e]) for p, e, _ in demand.kept}
    elif isinstance(demand, Rule):
        members = sorted({place for name in demand.entities for place in problem.members(name)})
        found = {int(v) for row in seats.place for v in row[members]}
    else:
        found = set()
    return sorted(found - {-1})


def some_seats(seats: Seats, kept: Ints) -> Seats:
    """Return some of the seats, by their numbers in order."""
    place = np.full(seats.place.shape, -1, dtype=np.int64)
    place[seats.period[kept], seats.entity[kept]] = np.arange(len(kept))
    return Seats(seats.period[kept], seats.entity[kept], place)


def tell_demand(problem: SpaceProblem, demand: Demand) -> Text:
    """Say what a plan is bound by, with its values."""
    if isinstance(demand, Rule):
        return tell_rule(demand)
    if isinstance(demand, Lock):
        rooms = list(dict.fromkeys(problem.rooms[r].name for _, _, r in demand.kept))
        return Text(
            f"{demand.name}锁定在{'、'.join(rooms)}", f"{demand.name} is locked in {', '.join(rooms)}"
        )
    if isinstance(demand, LeaseEnd):
        room = problem.rooms[demand.room]
        return Text(
            f"{room.name}的租约到 {room.lease_end}", f"the lease of {room.name} ends on {room.lease_end}"
        )
    return Text(f"最多改动 {demand.most} 处", f"at most {counted(demand.most, 'change')}")
