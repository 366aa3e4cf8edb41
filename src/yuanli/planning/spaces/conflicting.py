"""Why there is no plan: the fewest rules, locks, leases and limits of changes that can't hold together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.planning.spaces.demands import (
    NEAR_ZERO,
    UNARY,
    Demand,
    FewChanges,
    LeaseEnd,
    Lock,
    allowed_by,
    demands_of,
    needs_of,
    seats_named,
    some_seats,
    tell_demand,
)
from yuanli.planning.spaces.packing import seats_fit, surely_too_full
from yuanli.planning.spaces.problem import APART, LIMITS, PAIRS, Rule, RuleKind, SpacePlan, SpaceProblem
from yuanli.planning.spaces.repairing import BITS, HardModel
from yuanli.planning.spaces.tables import Seats, relations, seats_of
from yuanli.solver import PATIENCE, Search, Stop, Wish, conflict_of, minimal_conflict, solve_cpsat

MOST_S, CORE_S, STEP_S = 1.7, 1.0, 0.4
"""Seconds in all, for a first conflict, and for whether some rules can hold together."""
MOST_BOOLS = 60_000
"""Booleans of a model that is made in half a second."""


def conflicting_rules(problem: SpaceProblem, wish: Wish[SpacePlan] = Wish()) -> tuple[Demand, ...]:
    """Return the fewest demands, none of which could be left out, that can't hold together; empty if they can.

    What two seats or one room settle is found at once; the rest by CP-SAT. Each is kept only because the others are
    found to hold together without it; where that takes too long, one more than needed may be named.
    """
    return _Asking(problem, demands_of(problem, wish)).found()


def conflicts_spaces(problem: SpaceProblem) -> tuple[Text, ...]:
    """Tell the fewest hard rules, locks and leases that can't hold together, with their values."""
    return conflicts_asked_spaces(problem, Wish())


def conflicts_asked_spaces(problem: SpaceProblem, wish: Wish[SpacePlan]) -> tuple[Text, ...]:
    """Tell the same of what is asked besides, too: what is locked, and how much may change."""
    return tuple(tell_demand(problem, demand) for demand in conflicting_rules(problem, wish))


class _Asking:
    """A search for a conflict, with what it knows of all seats."""

    def __init__(self, problem: SpaceProblem, demands: tuple[Demand, ...]) -> None:
        self.problem, self.demands = problem, demands
        self.seats, self.related = seats_of(problem), relations(problem)
        self.clock = Search[bool](Stop(time_s=MOST_S, patience=PATIENCE))
        self.allowed = allowed_by(problem, self.seats, demands)
        self.need = needs_of(problem, self.seats)

    def found(self) -> tuple[Demand, ...]:
        """Return the conflict."""
        for some in self._suspects():
            if not self.feasible(some):
                return minimal_conflict(some, self.feasible)
        if counted := minimal_conflict(self.demands, self._countable):
            return minimal_conflict(counted, self.feasible)
        for some in self._joined():
            if not self.feasible(some):
                return minimal_conflict(some, self.feasible)
        alone = [one for one in self.demands if _of_one(one)] if self.allowed.size > MOST_BOOLS else []
        if alone and self.allowed.sum() > MOST_BOOLS:
            return ()
        asked = [one for one in self.demands if not (alone and _of_one(one))]
        hard = HardModel(self.problem, self.seats, self.allowed if alone else np.ones_like(self.allowed))
        switches = [hard.model.new_bool_var("") for _ in asked]
        for demand, switch in zip(asked, switches, strict=True):
            hard.add(demand, switch)
        core = conflict_of(hard.model, switches, time_s=min(CORE_S, self.clock.left_s))
        return () if core is None else minimal_conflict([*alone, *(asked[i] for i in core)], self.feasible)

    def feasible(self, held: Sequence[Demand]) -> bool:
        """Say whether demands can hold together; where that isn't found out in time, they count as if they could.

        First only those whom they name are seated, and one more, whom all the others may join; where that can be done
        and demands are about all, the others are seated around them, or else CP-SAT seats all.
        """
        seats, problem, all_of_them = self.seats, self.problem, any(_of_all(one) for one in held)
        named = {v for demand in held for v in seats_named(problem, seats, demand)}
        others = [next((int(v) for v in row if v >= 0 and v not in named), -1) for row in seats.place]
        some = some_seats(seats, np.array(sorted({*named, *others} - {-1}), dtype=np.int64))
        allowed = allowed_by(problem, some, held)
        if not allowed.any(axis=1).all():
            return False
        if all(_of_one(one) for one in held):
            return True
        everywhere = allowed_by(problem, seats, held) if all_of_them else allowed
        if all_of_them and (
            not everywhere.any(axis=1).all() or surely_too_full(problem, seats, everywhere, held)
        ):
            return False
        if self.clock.over():
            return True
        rooms, none = self._seated(some, allowed, [one for one in held if not isinstance(one, FewChanges)])
        if none or not all_of_them:
            return not none
        begun = np.full(len(seats.period), -1)
        if rooms is not None:
            begun[seats.place[some.period, some.entity]] = rooms
        if any(seats_fit(problem, seats, everywhere, held, one) for one in (np.full_like(begun, -1), begun)):
            return True
        return everywhere.sum() > MOST_BOOLS or not self._seated(seats, everywhere, held)[1]

    def _countable(self, held: Sequence[Demand]) -> bool:
        """Say whether demands could hold together as far as m² and numbers of rooms and moves tell."""
        allowed = allowed_by(self.problem, self.seats, held)
        return bool(allowed.any(axis=1).all()) and not surely_too_full(
            self.problem, self.seats, allowed, held
        )

    def _seated(
        self, seats: Seats, allowed: NDArray[np.bool_], held: Sequence[Demand]
    ) -> tuple[NDArray[np.int64] | None, bool]:
        """Return rooms that keep demands, as far as they are about these seats, and whether there surely are none."""
        if allowed.sum() > MOST_BOOLS:
            return None, False
        hard = HardModel(self.problem, seats, allowed)
        for demand in held:
            if not _of_one(demand):
                hard.add(demand)

        def read(value: Any) -> NDArray[np.int64]:
            return np.array(
                [next(r for r, var in row.items() if value(var)) for row in hard.x], dtype=np.int64
            )

        stop = Stop(time_s=min(STEP_S, self.clock.left_s), patience=PATIENCE)
        search = Search[NDArray[np.int64]](stop)
        result = solve_cpsat(hard.model, search, read)
        return result.best, result.status == "infeasible"

    def _suspects(self) -> Iterator[list[Demand]]:
        """Yield demands of which one seat, two, or one room says that they surely can't hold together."""
        stuck = np.flatnonzero(~self.allowed.any(axis=1))
        if len(stuck):
            yield self._about(stuck[:1].tolist(), full=False)
            yield self._about(stuck[:1].tolist())
            return
        alone = np.where(self.allowed.sum(axis=1) == 1, self.allowed.argmax(axis=1), -1)
        for demand in self.demands:
            if isinstance(demand, FewChanges):
                start = self.seats.rooms(demand.start)
                own = self.allowed[np.arange(len(start)), start]
                away = np.flatnonzero((start >= 0) & ~own)
                if len(away) > demand.most:
                    yield [*self._about(away[: demand.most + 1].tolist()), demand]
            elif isinstance(demand, Rule) and demand.kind in PAIRS:
                for pair in self._apart(demand):
                    yield [*self._about(pair, full=False), demand]
                    yield [*self._about(pair), demand]
            elif isinstance(demand, Rule) and demand.kind is RuleKind.NOT_SHARING:
                for v in seats_named(self.problem, self.seats, demand):
                    same = (alone == alone[v]) & (self.seats.period == self.seats.period[v])
                    if alone[v] >= 0 and same.sum() > 1:
                        yield [
                            *self._about([v, next(int(u) for u in np.flatnonzero(same) if u != v)]),
                            demand,
                        ]
            elif isinstance(demand, Rule) and demand.kind is RuleKind.CAPACITY:
                yield from self._crowded(demand, alone)

    def _joined(self) -> Iterator[list[Demand]]:
        """Yield the demands about seats that rules join, where several rules do."""
        joining = [
            one for one in self.demands if isinstance(one, Rule) and not _of_one(one) and not _of_all(one)
        ]  # fmt: skip
        parent = list(range(len(self.seats.period)))

        def root(v: int) -> int:
            while parent[v] != v:
                parent[v] = v = parent[parent[v]]
            return v

        named = [seats_named(self.problem, self.seats, rule) for rule in joining]
        for some in named:
            for v in some[1:]:
                parent[root(v)] = root(some[0])
        parts: dict[int, list[int]] = {}
        for i, some in enumerate(named):
            for top in {root(v) for v in some}:
                parts.setdefault(top, []).append(i)
        for some in parts.values():
            if len(some) > 1:
                seats = sorted({v for i in some for v in named[i]})
                yield [*self._about(seats, full=False), *(joining[i] for i in some)]

    def _apart(self, rule: Rule) -> Iterator[list[int]]:
        """Yield who by their rooms can't be to each other as a rule about two wants."""
        close = self.related & BITS[rule.kind] > 0
        fits = ~close if rule.kind in APART else close
        pairs = np.array(self.problem.pairs(rule))
        for row in self.seats.place:
            both = row[pairs]
            both = both[(both >= 0).all(axis=1)]
            reach = self.allowed[both[:, 0]].astype(np.float32) @ fits.astype(np.float32) > 0
            for one, other in both[~(reach & self.allowed[both[:, 1]]).any(axis=1)]:
                yield [int(one), int(other)]

    def _crowded(self, rule: Rule, alone: NDArray[np.int64]) -> Iterator[list[Demand]]:
        for r, room in enumerate(self.problem.rooms):
            for p in range(len(self.problem.periods)) if self.problem.matches(rule, room) else ():
                inside = np.flatnonzero((alone == r) & (self.seats.period == p))
                if self.need[inside].sum() > room.capacity_m2 + NEAR_ZERO:
                    yield [*self._about(inside.tolist()), rule]

    def _about(self, seats: list[int], *, full: bool = True) -> list[Demand]:
        """Return the demands that say of some seats alone where they may be; `full` for capacities, too."""
        asked = set(seats)
        return [
            one for one in self.demands
            if isinstance(one, LeaseEnd)
            or (full and isinstance(one, Rule) and one.kind is RuleKind.CAPACITY)
            or ((isinstance(one, Lock) or (isinstance(one, Rule) and one.kind in UNARY))
                and asked & set(seats_named(self.problem, self.seats, one)))
        ]  # fmt: skip


def _of_one(demand: Demand) -> bool:
    """Say whether a demand only says where seats may be, each by itself."""
    return isinstance(demand, Lock | LeaseEnd) or (isinstance(demand, Rule) and demand.kind in UNARY)


def _of_all(demand: Demand) -> bool:
    """Say whether a demand is about each seat, named or not."""
    return isinstance(demand, FewChanges) or (
        isinstance(demand, Rule) and demand.kind in (*LIMITS, RuleKind.CAPACITY)
    )
