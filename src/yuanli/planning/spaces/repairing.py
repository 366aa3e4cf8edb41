"""The hard rules alone, as a model of CP-SAT: a plan that keeps them, or that there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from yuanli.planning.spaces.demands import (
    UNARY,
    Demand,
    FewChanges,
    LeaseEnd,
    Lock,
    allowed_by,
    needs_of,
    seats_named,
)
from yuanli.planning.spaces.problem import APART, LIMITS, PAIRS, TOGETHER, Rule, RuleKind, SpaceProblem
from yuanli.planning.spaces.tables import Ints, Seats, relations
from yuanli.solver import MissingSolverError, Search, Stop, load_solver, solve_cpsat

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

T = TypeVar("T")
SCALE = 1000
LOOK = 50
"""Seats or constraints between two looks at the clock."""
LOOK_S = 0.05
"""Seconds between two looks while OR-Tools is loaded, which takes a third of a second of CPU, once."""
BITS = {
    RuleKind.SAME_ROOM: 1,
    RuleKind.NOT_SAME_ROOM: 1,
    RuleKind.ADJACENT: 2,
    RuleKind.NOT_ADJACENT: 2,
    RuleKind.NEAR: 4,
    RuleKind.AWAY: 4,
    RuleKind.SAME_ZONE: 8,
    RuleKind.OTHER_ZONE: 8,
    RuleKind.ONE_FLOOR: 4,
    RuleKind.ONE_ZONE: 8,
}


class StoppedBuildingError(Exception):
    """Nobody asks for the model any more."""


class HardModel:
    """A boolean for each seat in each room; rules are added one by one, each with a switch if one is given."""

    def __init__(
        self,
        problem: SpaceProblem,
        seats: Seats,
        allowed: NDArray[np.bool_],
        *,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.cp: Any = load_solver("ortools.sat.python.cp_model")
        self.model: cp_model.CpModel = self.cp.CpModel()
        self.problem, self.seats = problem, seats
        self.related = relations(problem)
        self.stopped = stopped
        self.x = [
            {int(r): self.model.new_bool_var("") for r in np.flatnonzero(row)}
            for row in self._while_asked(allowed)
        ]
        self._insides: dict[tuple[int, int], list[tuple[int, Any]]] = {}
        self._needs = (needs_of(problem, seats) * SCALE).astype(int).tolist()
        self._single: dict[tuple[int, int], cp_model.IntVar] = {}
        for row in self._while_asked(self.x):
            self.model.add_exactly_one(row.values())

    def add(self, demand: Demand, switch: cp_model.IntVar | None = None) -> None:
        """Add what a plan is bound by, enforced by its switch."""
        for constraint in self._while_asked(self._constraints(demand)):
            if switch is not None:
                constraint.only_enforce_if(switch)

    def keep_near(self, start: Ints) -> None:
        """Differ from a start in as few seats as can be."""
        self.model.maximize(sum(self._own(start)))

    def hint(self, rooms: Ints) -> None:
        """Begin near a plan."""
        for row, r in self._while_asked(zip(self.x, rooms, strict=True)):
            for room, var in row.items():
                self.model.add_hint(var, room == r)

    def _while_asked(self, many: Iterable[T]) -> Iterator[T]:
        """Yield what is to be added, until nobody asks for the model any more."""
        for i, one in enumerate(many):
            if i % LOOK == 0 and self.stopped():
                raise StoppedBuildingError
            yield one

    def _own(self, start: Ints) -> list[Any]:
        return [row[int(r)] for row, r in zip(self.x, start, strict=True) if int(r) in row]

    def _constraints(self, demand: Demand) -> Iterable[Any]:
        problem, model = self.problem, self.model
        if isinstance(demand, FewChanges):
            start = self.seats.rooms(demand.start)
            return [model.add(sum(self._own(start)) >= int((start >= 0).sum()) - demand.most)]
        if isinstance(demand, Lock | LeaseEnd) or demand.kind in UNARY:
            fits = allowed_by(problem, self.seats, [demand])
            bad = [~var for v, row in enumerate(self.x) for r, var in row.items() if not fits[v, r]]
            return [model.add_bool_and(bad)] if bad else []
        return self._rule(demand)

    def _rule(self, rule: Rule) -> Iterable[Any]:
        problem, model = self.problem, self.model
        if rule.kind in PAIRS:
            return (
                one
                for a, b in problem.pairs(rule) for row in self.seats.place if row[a] >= 0 and row[b] >= 0
                for one in self._pair(rule.kind, int(row[a]), int(row[b]))
            )  # fmt: skip
        if rule.kind is RuleKind.NOT_SHARING:
            return (
                model.add_implication(var, self._one_only(int(self.seats.period[v]), r))
                for v in seats_named(problem, self.seats, rule) for r, var in self.x[v].items()
            )  # fmt: skip
        if rule.kind is RuleKind.CAPACITY:
            return (
                model.add(
                    self.cp.LinearExpr.weighted_sum([var for _, var in inside], [need for need, _ in inside])
                    <= int(room.capacity_m2 * SCALE + 0.5)
                )
                for r, room in enumerate(problem.rooms) if problem.matches(rule, room)
                for p in range(len(problem.periods)) if (inside := self._inside(p, r))
            )  # fmt: skip
        if rule.kind in TOGETHER:
            return self._together(rule)
        assert rule.kind in LIMITS
        return self._limit(rule)

    def _inside(self, period: int, room: int) -> list[tuple[int, Any]]:
        """Return who could be in a room: its thousandths of m², its boolean."""
        if not self._insides:
            for v, row in enumerate(self._while_asked(self.x)):
                for r, var in row.items():
                    self._insides.setdefault((int(self.seats.period[v]), r), []).append((self._needs[v], var))
        return self._insides.get((period, room), [])

    def _one_only(self, period: int, room: int) -> Any:
        """Return a boolean under which at most one is in a room."""
        key = (period, room)
        if key not in self._single:
            single = self.model.new_bool_var("")
            inside = [var for _, var in self._inside(period, room)]
            self.model.add(sum(inside) <= 1).only_enforce_if(single)
            self._single[key] = single
        return self._single[key]

    def _pair(self, kind: RuleKind, a: int, b: int) -> list[Any]:
        bit = BITS[kind]
        found = []
        for r, var in self.x[a].items():
            close = [other for q, other in self.x[b].items() if self.related[r, q] & bit]
            if kind in APART:
                if close:
                    found.append(self.model.add(sum(close) + var <= 1))
            else:
                found.append(self.model.add(var <= sum(close)))
        return found

    def _together(self, rule: Rule) -> list[Any]:
        close = self.related & BITS[rule.kind] > 0
        found = []
        members = sorted({place for name in rule.entities for place in self.problem.members(name)})
        for row in self.seats.place:
            there = [int(row[e]) for e in members if row[e] >= 0]
            for v in there[1:]:
                for r, var in self.x[there[0]].items():
                    found.append(self.model.add(var <= sum(o for q, o in self.x[v].items() if close[r, q])))
        return found

    def _limit(self, rule: Rule) -> list[Any]:
        problem, most = self.problem, round((rule.value or 0.0) * SCALE)
        if rule.kind is RuleKind.MAX_RENT:
            found = []
            for p in range(len(problem.periods)):
                terms = []
                for r, room in enumerate(problem.rooms):
                    if room.rent_per_m2 and (inside := self._inside(p, r)):
                        used = self.model.new_bool_var("")
                        self.model.add_max_equality(used, [var for _, var in inside])
                        terms.append(round(room.capacity_m2 * room.rent_per_m2 * SCALE) * used)
                found.append(self.model.add(sum(terms) <= most))
            return found
        moved = [self._moved(v, rule.kind) for v in range(len(self.x))]
        return [self.model.add(sum(one for terms in moved for one in terms) <= most)]

    def _moved(self, v: int, kind: RuleKind) -> list[Any]:
        """Return what a seat adds to a limit if it isn't where it was before."""
        problem = self.problem
        entity = problem.entities[self.seats.entity[v]]
        period = problem.periods[self.seats.period[v]]
        earlier = [u for u in self.seats.place[: self.seats.period[v], self.seats.entity[v]] if u >= 0]
        if not earlier and entity.room is None and kind is not RuleKind.MAX_FIT_OUT:
            return []
        found = []
        for r, var in self.x[v].items():
            if kind is RuleKind.MAX_MOVES:
                each = 1.0
            elif kind is RuleKind.MAX_PEOPLE_MOVED:
                each = period.headcounts.get(entity.name, entity.headcount)
            else:
                each = problem.need_m2(period, entity) * problem.rooms[r].fit_out_per_m2
            if earlier:
                new = self.model.new_bool_var("")
                self.model.add(new >= var - self.x[earlier[-1]].get(r, 0))
                found.append(round(each * SCALE) * new)
            elif entity.room is None or r != problem.room_place[entity.room]:
                found.append(round(each * SCALE) * var)
        return found


def _load() -> None:
    with suppress(MissingSolverError):
        load_solver("ortools.sat.python.cp_model")


def find_start(
    problem: SpaceProblem,
    seats: Seats,
    allowed: NDArray[np.bool_],
    search: Search[Any],
    *,
    demands: Iterable[Demand],
    near: Ints,
    start: Ints | None,
    seed: int,
) -> tuple[Ints | None, bool]:
    """Return the rooms of a plan that keeps what it is bound by, if one is found, and whether there surely is none.

    Parameters
    ----------
    allowed
        What `demands` say of one seat alone.
    start
        What the plan is to differ from in few seats.
    """
    loading = Thread(target=_load, daemon=True)
    loading.start()
    while loading.is_alive():
        loading.join(LOOK_S)
        if search.over():
            return None, False
    try:
        hard = HardModel(problem, seats, allowed, stopped=search.over)
        for demand in demands:
            if isinstance(demand, FewChanges) or (isinstance(demand, Rule) and demand.kind not in UNARY):
                hard.add(demand)
        if start is not None:
            hard.keep_near(start)
        hard.hint(near)
    except StoppedBuildingError:
        return None, False
    stop = Stop(time_s=min(search.left_s, 60.0), rounds=60 if start is None else 4)

    def read(value: Any) -> Ints:
        return np.array([next(r for r, var in row.items() if value(var)) for row in hard.x])

    found = solve_cpsat(hard.model, Search[Ints](stop, cancelled=search.over), read, seed=seed)
    return found.best, found.status == "infeasible"
