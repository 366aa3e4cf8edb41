"""Rounds in PyVRP's terms, and its answers in ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from yuanli.scheduling.rounds.tables import Ints, RoundsPlan, RoundsProblem, Tour
from yuanli.scheduling.rounds.timing import Part, timed_tour
from yuanli.solver import load_solver

FAR = 4
"""A forbidden walk takes so many times the day: longer than any shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is asked of tours besides the problem.

    Parameters
    ----------
    allowed
        Who may come to which stop, shape `(n_stops, n_staff)`.
    windows
        Earliest and latest begin of each stop, shape `(n_stops, 2)`.
    before
        Who came to each stop in the plan that is to be changed little, −1 for nobody; None where change costs nothing.
    change_cost
        What it costs if another one comes, or none.
    """

    allowed: NDArray[np.bool_]
    windows: Ints
    before: Ints | None = None
    change_cost: int = 0


class VrpModel:
    """The problem as PyVRP's data.

    Skills and locks are profiles in which walks to forbidden stops take longer than the day; a rest is a client that
    only its own staff reaches, where it may be taken at several places a group of which one is visited. Whoever has a
    rest but no stop is sent to it by the search, and dropped from the plan. Where walking
    costs nothing, the search takes the shorter of tours of equal prizes: it is blind without.
    """

    def __init__(self, problem: RoundsProblem, limits: Limits) -> None:
        self.problem, self.limits = problem, limits
        self._vrp = load_solver("pyvrp")
        self._depots = sorted({place for one in problem.staff for place in (one.start, one.end)})
        self.parts: list[Part] = [(i, None, stop.place) for i, stop in enumerate(problem.stops)]
        self._owners = [-1] * len(self.parts)
        for k, one in enumerate(problem.staff):
            for r, rest in enumerate(one.rests):
                self.parts += [(None, r, place) for place in rest.places]
                self._owners += [k] * len(rest.places)
        self._types: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for k in range(len(problem.staff)):
            self._types[self._signature(k)].append(k)
        self.staff_of_type = list(self._types.values())
        self._worth = 1
        if all(one.walk_cost == one.use_cost == one.time_cost == 0 for one in problem.staff):
            self._worth = sum(one.latest - one.earliest for one in problem.staff) + 1
        self.data = self._data()

    def plan_of(self, solution: Any, names: Mapping[int, int]) -> RoundsPlan:
        """Return a feasible solution as a plan; equal staff are told apart so that stops keep whom they had."""
        by_type: dict[int, list[list[Part]]] = defaultdict(list)
        for route in solution.routes():
            parts = [self.parts[activity.idx] for activity in route if activity.is_client()]
            if any(stop is not None for stop, _, _ in parts):
                by_type[route.vehicle_type()].append(parts)
        tours: list[Tour] = []
        for kind, found in by_type.items():
            staff = self.staff_of_type[kind]
            kept = np.array([[sum(names.get(s, -1) == k for s, _, _ in parts if s is not None) for k in staff]
                             for parts in found])  # fmt: skip
            for row, column in zip(*linear_sum_assignment(kept, maximize=True), strict=True):
                tour = timed_tour(self.problem, staff[column], found[row])
                if tour is None:
                    raise AssertionError("PyVRP's tour is late")
                tours.append(tour)
        return RoundsPlan(tours=tuple(sorted(tours, key=lambda tour: tour.staff)))

    def solution_of(self, plan: RoundsPlan) -> Any:
        """Return a plan in PyVRP's terms; whoever isn't sent gets the rests alone."""
        client = {part: i for i, part in reversed(list(enumerate(self.parts)))}
        rest_client = {
            (owner, part[1], part[2]): i
            for i, (owner, part) in enumerate(zip(self._owners, self.parts, strict=True))
            if owner >= 0
        }
        kind_of = {k: kind for kind, staff in enumerate(self.staff_of_type) for k in staff}
        sent = {tour.staff for tour in plan.tours}
        visits = [
            (tour.staff, [client[call.stop, None, call.place] if call.rest is None
                          else rest_client[tour.staff, call.rest, call.place] for call in tour.calls])
            for tour in plan.tours
        ]  # fmt: skip
        visits += [
            (k, [rest_client[k, r, rest.places[0]] for r, rest in enumerate(one.rests)])
            for k, one in enumerate(self.problem.staff)
            if k not in sent and one.rests
        ]
        activity = self._vrp.ActivityType.CLIENT
        routes = [
            self._vrp.Route(self.data, [self._vrp.Activity(activity, i) for i in found], kind_of[k])
            for k, found in visits
        ]
        return self._vrp.Solution(self.data, routes)

    def _signature(self, k: int) -> tuple[Any, ...]:
        """Return what must be equal for staff to be interchangeable."""
        one, limits = self.problem.staff[k], self.limits
        before = () if limits.before is None else (k if (limits.before == k).any() else -1,)
        own = (k,) if one.rests else ()
        return (
            one.start, one.end, one.earliest, one.latest, one.max_work, one.capacity, one.use_cost, one.walk_cost,
            one.time_cost, limits.allowed[:, k].tobytes(), before, own,
        )  # fmt: skip

    def _data(self) -> Any:
        vrp, problem, limits = self._vrp, self.problem, self.limits
        loaded = any(stop.load or stop.collect for stop in problem.stops)
        places = np.array([*self._depots, *(place for _, _, place in self.parts)])
        clients, groups = self._clients(loaded)
        profiles: dict[tuple[Any, ...], int] = {}
        distances, durations, types = [], [], []
        for staff in self.staff_of_type:
            k = staff[0]
            one = problem.staff[k]
            mine = np.r_[limits.allowed[:, k], np.array(self._owners[len(problem.stops) :]) == k].astype(bool)
            surcharge = self._surcharge(k)
            key = (one.walk_cost, mine.tobytes(), surcharge.tobytes())
            if key not in profiles:
                profiles[key] = len(profiles)
                walk = problem.walk[np.ix_(places, places)]
                cost = problem.arc_cost(one)[np.ix_(places, places)] if self._worth == 1 else walk.copy()
                cost[:, len(self._depots) :] += surcharge
                self._forbid(cost, walk, ~mine)
                distances.append(cost)
                durations.append(walk)
            types.append(
                vrp.VehicleType(
                    num_available=len(staff), start_depot=self._depots.index(one.start),
                    end_depot=self._depots.index(one.end), fixed_cost=one.use_cost,
                    tw_early=one.earliest, tw_late=one.latest, unit_duration_cost=one.time_cost,
                    profile=profiles[key],
                    **({"capacity": [2 * 10**9 if one.capacity is None else one.capacity]} if loaded else {}),
                    **({} if one.max_work is None else {"shift_duration": one.max_work}),
                )
            )  # fmt: skip
        return vrp.ProblemData(
            [vrp.Location(x=0, y=0) for _ in places], clients, [vrp.Depot(i) for i in range(len(self._depots))],
            types, distances, durations, groups,
        )  # fmt: skip

    def _clients(self, loaded: bool) -> tuple[list[Any], list[Any]]:
        vrp, problem, limits = self._vrp, self.problem, self.limits
        clients: list[Any] = []
        groups: list[Any] = []
        for i, stop in enumerate(problem.stops):
            prize = stop.prize
            if prize is not None and limits.before is not None and limits.before[i] >= 0:
                prize += limits.change_cost
            clients.append(
                vrp.Client(
                    location=len(self._depots) + i, service_duration=stop.service,
                    tw_early=int(limits.windows[i, 0]), tw_late=int(limits.windows[i, 1]),
                    prize=self._worth * (prize or 0), required=prize is None,
                    **({"delivery": [stop.load], "pickup": [stop.collect]} if loaded else {}),
                )
            )  # fmt: skip
        for one in problem.staff:
            for rest in one.rests:
                group = len(groups) if len(rest.places) > 1 else None
                if group is not None:
                    groups.append(vrp.ClientGroup(list(range(len(clients), len(clients) + len(rest.places)))))
                for _ in rest.places:
                    clients.append(
                        vrp.Client(
                            location=len(self._depots) + len(clients), service_duration=rest.duration,
                            tw_early=rest.earliest, tw_late=rest.latest, required=group is None, group=group,
                            **({"delivery": [0], "pickup": [0]} if loaded else {}),
                        )
                    )  # fmt: skip
        return clients, groups

    def _surcharge(self, k: int) -> Ints:
        """Return what it costs that one of the staff comes to each client, for stops that had another one."""
        limits = self.limits
        found = np.zeros(len(self.parts), dtype=np.int64)
        if limits.before is not None:
            found[: len(limits.before)] = np.where(limits.before == k, 0, limits.change_cost)
        return found

    def _forbid(self, cost: Ints, walk: Ints, forbidden: NDArray[np.bool_]) -> None:
        out = np.r_[np.zeros(len(self._depots), dtype=bool), forbidden]
        far = FAR * (max(one.latest for one in self.problem.staff) + 1)
        dear = FAR * (int(cost.max(initial=0)) + 1)
        for table, value in ((cost, dear), (walk, far)):
            table[:, out] = value
            table[out, :] = value
            np.fill_diagonal(table, 0)
