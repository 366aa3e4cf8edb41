"""The hard rules alone, as a model of CP-SAT: a plan that keeps them, or which of them can't hold together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from yuanli.errors import Text
from yuanli.planning.spaces.naming import tell_rule
from yuanli.planning.spaces.problem import LIMITS, PAIRS, PLACES, SUITED, Rule, RuleKind, SpaceProblem
from yuanli.planning.spaces.tables import Ints, Seats, allowed_rooms, locked_rooms, relations, seats_of
from yuanli.solver import Search, Stop, conflict_of, load_solver, minimal_conflict, solve_cpsat

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SCALE = 1000
CORE_S, STEP_S = 1.0, 0.4
BITS = {
    RuleKind.SAME_ROOM: 1,
    RuleKind.NOT_SAME_ROOM: 1,
    RuleKind.ADJACENT: 2,
    RuleKind.NEAR: 4,
    RuleKind.AWAY: 4,
}


class HardModel:
    """A boolean for each seat in each room; rules are added one by one, each with a switch if one is given."""

    def __init__(self, problem: SpaceProblem, seats: Seats, locked: Ints) -> None:
        self.cp: Any = load_solver("ortools.sat.python.cp_model")
        self.model: cp_model.CpModel = self.cp.CpModel()
        self.problem, self.seats = problem, seats
        self.related = relations(problem)
        allowed = allowed_rooms(problem, seats, locked, rules=())
        self.x = [
            {int(r): self.model.new_bool_var("") for r in np.flatnonzero(row)} for row in allowed
        ]  # fmt: skip
        self._single: dict[tuple[int, int], cp_model.IntVar] = {}
        for row in self.x:
            self.model.add_exactly_one(row.values())

    def add(self, rule: Rule, switch: cp_model.IntVar | None = None) -> None:
        """Add a hard rule, enforced by its switch."""
        for constraint in self._constraints(rule):
            if switch is not None:
                constraint.only_enforce_if(switch)

    def keep_changes(self, start: Ints, most: int | None) -> None:
        """Differ from a start in few seats, and in no more than `most`."""
        own = sum(row[int(r)] for row, r in zip(self.x, start, strict=True) if int(r) in row)
        if most is not None:
            self.model.add(own >= int((start >= 0).sum()) - most)
        self.model.maximize(own)

    def hint(self, rooms: Ints) -> None:
        """Begin near a plan."""
        for row, r in zip(self.x, rooms, strict=True):
            for room, var in row.items():
                self.model.add_hint(var, room == r)

    def _constraints(self, rule: Rule) -> list[Any]:
        problem, model = self.problem, self.model
        if rule.kind in PLACES + SUITED:
            unfit = [r for r, room in enumerate(problem.rooms) if not problem.suits(rule, room)]
            bad = [self.x[v][r] for v in self._seats(rule) for r in unfit if r in self.x[v]]
            return [model.add(sum(bad) == 0)] if bad else []
        if rule.kind in PAIRS:
            return [
                one
                for a, b in problem.pairs(rule) for row in self.seats.place if row[a] >= 0 and row[b] >= 0
                for one in self._pair(rule.kind, int(row[a]), int(row[b]))
            ]  # fmt: skip
        if rule.kind is RuleKind.NOT_SHARING:
            return [
                model.add(var <= self._one_only(int(self.seats.period[v]), r))
                for v in self._seats(rule) for r, var in self.x[v].items()
            ]  # fmt: skip
        if rule.kind is RuleKind.CAPACITY:
            return [
                model.add(sum(need * var for need, var in inside) <= int(problem.rooms[r].capacity_m2 * SCALE + 0.5))
                for r, room in enumerate(problem.rooms) if problem.matches(rule, room)
                for p in range(len(problem.periods)) if (inside := self._inside(p, r))
            ]  # fmt: skip
        if rule.kind is RuleKind.ONE_FLOOR:
            return self._one_floor(rule)
        assert rule.kind in LIMITS
        return self._limit(rule)

    def _seats(self, rule: Rule) -> list[int]:
        members = sorted({place for name in rule.entities for place in self.problem.members(name)})
        return [int(v) for row in self.seats.place for v in row[members] if v >= 0]

    def _need(self, v: int) -> float:
        entity = self.problem.entities[self.seats.entity[v]]
        return self.problem.need_m2(self.problem.periods[self.seats.period[v]], entity)

    def _inside(self, period: int, room: int) -> list[tuple[int, Any]]:
        return [
            (int(self._need(v) * SCALE), row[room])
            for v, row in enumerate(self.x) if self.seats.period[v] == period and room in row
        ]  # fmt: skip

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
            if kind in (RuleKind.AWAY, RuleKind.NOT_SAME_ROOM):
                if close:
                    found.append(self.model.add(sum(close) + var <= 1))
            else:
                found.append(self.model.add(var <= sum(close)))
        return found

    def _one_floor(self, rule: Rule) -> list[Any]:
        floors = self.related & 4 > 0
        found = []
        members = sorted({place for name in rule.entities for place in self.problem.members(name)})
        for row in self.seats.place:
            there = [int(row[e]) for e in members if row[e] >= 0]
            for v in there[1:]:
                for r, var in self.x[there[0]].items():
                    found.append(self.model.add(var <= sum(o for q, o in self.x[v].items() if floors[r, q])))
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
        entity = self.problem.entities[self.seats.entity[v]]
        period = self.problem.periods[self.seats.period[v]]
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
                each = self._need(v) * self.problem.rooms[r].fit_out_per_m2
            if earlier:
                new = self.model.new_bool_var("")
                self.model.add(new >= var - self.x[earlier[-1]].get(r, 0))
                found.append(round(each * SCALE) * new)
            elif entity.room is None or r != self.problem.room_place[entity.room]:
                found.append(round(each * SCALE) * var)
        return found


def hard_rules(problem: SpaceProblem) -> list[Rule]:
    """Return the rules that are never broken."""
    return [rule for rule in problem.rules if rule.hard]


def find_start(
    problem: SpaceProblem,
    seats: Seats,
    locked: Ints,
    search: Search[Any],
    *,
    near: Ints,
    start: Ints | None,
    changes: int | None,
    seed: int,
) -> tuple[Ints | None, bool]:
    """Return the rooms of a plan that keeps the hard rules, if one is found, and whether there surely is none."""
    hard = HardModel(problem, seats, locked)
    for rule in hard_rules(problem):
        hard.add(rule)
    if start is not None:
        hard.keep_changes(start, changes)
    hard.hint(near)
    stop = Stop(time_s=min(search.left_s, 60.0), rounds=60 if start is None else 4)

    def read(value: Any) -> Ints:
        return np.array([next(r for r, var in row.items() if value(var)) for row in hard.x])

    found = solve_cpsat(hard.model, Search[Ints](stop, cancelled=search.over), read, seed=seed)
    return found.best, found.status == "infeasible"


def conflicting_rules(problem: SpaceProblem) -> tuple[Rule, ...]:
    """Return the fewest hard rules, none of which could be left out, that can't hold together; empty if they can."""
    seats, rules = seats_of(problem), hard_rules(problem)
    locked = locked_rooms(problem, seats, None, ())
    allowed = allowed_rooms(problem, seats, locked)
    if len(stuck := np.flatnonzero(~allowed.any(axis=1))):
        about = [
            rule
            for rule in rules
            if rule.kind in PLACES + SUITED and _concerns(problem, rule, seats.entity[stuck[0]])
        ]
        return minimal_conflict(
            about, lambda held: bool(allowed_rooms(problem, seats, locked, rules=held)[stuck[0]].any())
        )
    hard = HardModel(problem, seats, locked)
    switches = [hard.model.new_bool_var("") for _ in rules]
    for rule, switch in zip(rules, switches, strict=True):
        hard.add(rule, switch)
    core = conflict_of(hard.model, switches, time_s=CORE_S)
    if core is None:
        return ()

    def feasible(held: Sequence[Rule]) -> bool:
        part = HardModel(problem, seats, locked)
        for rule in held:
            part.add(rule)
        search = Search[bool](Stop(time_s=STEP_S))
        return solve_cpsat(part.model, search, lambda value: True).status != "infeasible"

    return minimal_conflict([rules[i] for i in core], feasible)


def conflicts_spaces(problem: SpaceProblem) -> tuple[Text, ...]:
    """Tell the fewest hard rules that can't hold together, with their values."""
    return tuple(tell_rule(rule) for rule in conflicting_rules(problem))


def _concerns(problem: SpaceProblem, rule: Rule, entity: int) -> bool:
    return any(entity in problem.members(name) for name in rule.entities)
