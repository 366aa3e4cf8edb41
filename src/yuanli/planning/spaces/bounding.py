"""A bound that no plan goes under: a linear relaxation of misuse, rules about one entity, and walking left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from yuanli.planning.spaces.problem import APART, PAIRS, RuleKind, SpaceProblem
from yuanli.planning.spaces.tables import RELATIONS, Floats, Seats, relations
from yuanli.solver import Aside, Milp, Search, Stop, solve_milp

MOST_TERMS = 400_000
TERM_S = 2e-5
"""Seconds that a term took, by order of magnitude: what surely isn't solved in time isn't begun."""


def lower_bound(
    problem: SpaceProblem,
    seats: Seats,
    allowed: NDArray[np.bool_],
    unary: Floats,
    *,
    time_s: float,
    stopped: Callable[[], bool],
) -> float:
    """Return the least cost of the relaxation, −inf where it is too large or not solved in time.

    Who must be alone takes a room whole. Pairs count by floor, or by room where they share one; walking, moves, rent,
    fairness and limits are left out, as they cost nothing at least.
    """
    terms = 6 * int(allowed.sum())
    if terms > MOST_TERMS or terms * TERM_S > time_s:
        return -np.inf
    search = Search[Floats](Stop(time_s=time_s), cancelled=stopped)
    milp = Aside(search).run(lambda: _Relaxation(problem, seats, allowed, unary, search).milp())
    if milp is None or search.over():
        return -np.inf
    result = solve_milp(milp, search)
    return float(result.bound) if result.status == "optimal" else -np.inf


class _Relaxation:
    """Columns and rows of the linear programme as they are added."""

    def __init__(
        self,
        problem: SpaceProblem,
        seats: Seats,
        allowed: NDArray[np.bool_],
        unary: Floats,
        search: Search[Floats],
    ) -> None:
        self.search = search
        self.cost: list[float] = []
        self.high: list[float] = []
        self.terms: list[tuple[int, int, float]] = []
        self.low_row: list[float] = []
        self.high_row: list[float] = []
        self.problem, self.seats = problem, seats
        self.need = np.array([
            problem.need_m2(problem.periods[p], problem.entities[e])
            for p, e in zip(seats.period, seats.entity, strict=True)
        ])  # fmt: skip
        loners = {
            place for rule in problem.rules if rule.kind is RuleKind.NOT_SHARING and rule.hard
            for name in rule.entities for place in problem.members(name)
        }  # fmt: skip
        self.alone = np.isin(seats.entity, list(loners))
        self.x = {
            (int(v), int(r)): self._column(unary[v, r] + (self._misuse(v, r) if self.alone[v] else 0.0), 1.0)
            for v, r in np.argwhere(allowed)
        }
        self.by_seat: dict[int, list[int]] = {}
        self.by_room: dict[tuple[int, int], list[int]] = {}
        for v, r in self.x:
            self.by_seat.setdefault(v, []).append(r)
            self.by_room.setdefault((int(seats.period[v]), r), []).append(v)
        for v, rooms in self.by_seat.items():
            self._row([(self.x[v, r], 1.0) for r in rooms], 1.0, 1.0)
        for p in range(len(problem.periods)):
            for r in range(len(problem.rooms)):
                if search.over():
                    return
                self._add_room(p, r)
        self._add_pairs()

    def milp(self) -> Milp:
        """Return the programme."""
        rows, columns, values = zip(*self.terms, strict=True)
        shape = (len(self.low_row), len(self.cost))
        return Milp(
            cost=np.array(self.cost), low=np.zeros(len(self.cost)), high=np.array(self.high),
            integer=np.zeros(len(self.cost), dtype=bool),
            rows=coo_array((values, (rows, columns)), shape=shape).tocsr(),
            row_low=np.array(self.low_row), row_high=np.array(self.high_row),
        )  # fmt: skip

    def _misuse(self, v: int, r: int) -> float:
        weights, over = self.problem.weights, float(self.need[v]) - self.problem.rooms[r].capacity_m2
        return max(-weights.waste * over, weights.overuse * over)

    def _column(self, cost: float, high: float) -> int:
        self.cost.append(float(cost))
        self.high.append(high)
        return len(self.cost) - 1

    def _row(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        self.terms += [(len(self.low_row), column, value) for column, value in terms]
        self.low_row.append(low)
        self.high_row.append(high)

    def _add_room(self, p: int, r: int) -> None:
        """Count what a room wastes or lacks, in the share of it that no loner has."""
        weights, capacity = self.problem.weights, self.problem.rooms[r].capacity_m2
        waste, over = self._column(weights.waste, np.inf), self._column(weights.overuse, np.inf)
        inside = self.by_room.get((p, r), [])
        lone = [(self.x[v, r], 1.0) for v in inside if self.alone[v]]
        others = [v for v in inside if not self.alone[v]]
        used = [(self.x[v, r], float(self.need[v])) for v in others]
        self._row([*used, *((c, capacity) for c, _ in lone), (waste, 1.0), (over, -1.0)], capacity, capacity)
        if lone:
            self._row(lone, -np.inf, 1.0)
            for v in others:
                self._row([(self.x[v, r], 1.0), *lone], -np.inf, 1.0)

    def _add_pairs(self) -> None:
        """Count broken rules about two by floors, zones or rooms, by how much the shares differ."""
        related = relations(self.problem)
        regions = {bit: np.unique(related & (1 << bit), axis=0) > 0 for bit in (2, 3)}
        for rule in self.problem.rules:
            if rule.kind not in PAIRS or rule.kind is RuleKind.NOT_SAME_ROOM:
                continue
            couples = self.problem.pairs(rule)
            parts: Any = regions.get(RELATIONS[rule.kind][0], np.eye(len(related), dtype=bool))
            for row in self.seats.place:
                for a, b in couples:
                    if self.search.over():
                        return
                    if row[a] >= 0 and row[b] >= 0:
                        cost = 0.0 if rule.hard else rule.weight / len(couples)
                        self._add_pair(rule.kind, int(row[a]), int(row[b]), cost, rule.hard, parts, related)

    def _add_pair(
        self, kind: RuleKind, a: int, b: int, cost: float, hard: bool, parts: Any, related: Any
    ) -> None:
        broken = self._column(cost, 0.0 if hard else 1.0)
        for part in parts:
            mine = [(self.x[a, r], 1.0) for r in self.by_seat[a] if part[r]]
            beside = kind in (RuleKind.ADJACENT, RuleKind.NOT_ADJACENT)
            reach = (related[part] & 2).any(axis=0) if beside else part
            if kind in APART:
                both = mine + [(self.x[b, r], 1.0) for r in self.by_seat[b] if reach[r]]
                self._row([*both, (broken, -1.0)], -np.inf, 1.0)
            else:
                yours = [(self.x[b, r], -1.0) for r in self.by_seat[b] if reach[r]]
                self._row([*mine, *yours, (broken, -1.0)], -np.inf, 0.0)
