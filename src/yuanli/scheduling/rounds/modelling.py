"""Rounds in PyVRP's terms, and its answers in ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from yuanli.scheduling.rounds.tables import Call, Ints, RoundsPlan, RoundsProblem, RoundStaff, Tour
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
    costs nothing, the search takes the shorter of tours of equal prizes: it is blind without. What is picked up at one
    stop and brought to another is a shipment; reloads are depots of their own on the way.
    """

    def __init__(self, problem: RoundsProblem, limits: Limits) -> None:
        self.problem, self.limits = problem, limits
        self._vrp = load_solver("pyvrp")
        self._depots = sorted({place for one in problem.staff for place in (one.start, one.end)})
        self.parts: list[Part] = [(i, None, stop.place) for i, stop in enumerate(problem.stops)]
        self._owners = [-1] * len(self.parts)
        self._pairs = problem.pairs()
        for k, one in enumerate(problem.staff):
            for r, rest in enumerate(one.rests):
                self.parts += [(None, r, place) for place in rest.places]
                self._owners += [k] * len(rest.places)
        self._activities = self._numbered()
        self._part_of = {activity: i for i, activity in enumerate(self._activities)}
        self._reloads = sorted({(place, one.reload_time) for one in problem.staff for place in one.reloads})
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
            parts = self._parts_on(route)
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

    def _numbered(self) -> list[tuple[Any, int]]:
        """Return what PyVRP calls each part: a client, or an end of a shipment, by number."""
        kinds = self._vrp.ActivityType
        ends = {first: (kinds.PICKUP, n) for n, (first, _) in enumerate(self._pairs)}
        ends |= {last: (kinds.DELIVERY, n) for n, (_, last) in enumerate(self._pairs)}
        clients = count()
        return [ends[i] if i in ends else (kinds.CLIENT, next(clients)) for i in range(len(self.parts))]

    def _parts_on(self, route: Any) -> list[Part]:
        """Return the parts of a route in order, without reloads for nothing at its ends or at the same place."""
        found: list[Part] = []
        for activity in list(route)[1:-1]:
            if not activity.is_depot():
                found.append(self.parts[self._part_of[activity.type, activity.idx]])
                continue
            place, _ = self._reloads[activity.idx - len(self._depots)]
            here = found[-1] if found else (None, None, self._depots[route.start_depot()])
            if not (here[:2] == (None, None) and here[2] == place):
                found.append((None, None, place))
        if found and found[-1] == (None, None, self._depots[route.end_depot()]):
            found.pop()
        return found

    def solution_of(self, plan: RoundsPlan) -> Any:
        """Return a plan in PyVRP's terms; whoever isn't sent gets the rests alone."""
        rest_client = {
            (owner, part[1], part[2]): self._activities[i]
            for i, (owner, part) in enumerate(zip(self._owners, self.parts, strict=True))
            if owner >= 0
        }
        depot = self._vrp.ActivityType.DEPOT

        def told(k: int, call: Call) -> tuple[Any, int]:
            if call.stop is not None:
                return self._activities[call.stop]
            if call.rest is not None:
                return rest_client[k, call.rest, call.place]
            at = (call.place, self.problem.staff[k].reload_time)
            return depot, len(self._depots) + self._reloads.index(at)

        kind_of = {k: kind for kind, staff in enumerate(self.staff_of_type) for k in staff}
        sent = {tour.staff for tour in plan.tours}
        visits = [(tour.staff, [told(tour.staff, call) for call in tour.calls]) for tour in plan.tours]
        visits += [
            (k, [rest_client[k, r, rest.places[0]] for r, rest in enumerate(one.rests)])
            for k, one in enumerate(self.problem.staff)
            if k not in sent and one.rests
        ]
        routes = [
            self._vrp.Route(self.data, [self._vrp.Activity(*one) for one in found], kind_of[k])
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
            one.time_cost, limits.allowed[:, k].tobytes(), before, own, one.reloads, one.max_reloads, one.reload_time,
        )  # fmt: skip

    def _data(self) -> Any:
        vrp, problem, limits = self._vrp, self.problem, self.limits
        loaded = any(stop.load or stop.collect for stop in problem.stops)
        places = np.array(
            [*self._depots, *(place for _, _, place in self.parts), *(place for place, _ in self._reloads)]
        )
        clients, groups = self._clients(loaded)
        profiles: dict[tuple[Any, ...], int] = {}
        distances, durations, types = [], [], []
        for staff in self.staff_of_type:
            k = staff[0]
            one = problem.staff[k]
            mine = np.r_[limits.allowed[:, k], np.array(self._owners[len(problem.stops) :]) == k].astype(bool)
            mine[self._hopeless()] = False
            surcharge = self._surcharge(k)
            key = (one.walk_cost, mine.tobytes(), surcharge.tobytes())
            if key not in profiles:
                profiles[key] = len(profiles)
                walk = problem.walk[np.ix_(places, places)]
                cost = problem.arc_cost(one)[np.ix_(places, places)] if self._worth == 1 else walk.copy()
                cost[:, len(self._depots) : len(self._depots) + len(self.parts)] += surcharge
                self._forbid(cost, walk, ~mine)
                distances.append(cost)
                durations.append(walk)
            types.append(
                vrp.VehicleType(
                    num_available=len(staff), start_depot=self._depots.index(one.start),
                    end_depot=self._depots.index(one.end), fixed_cost=one.use_cost,
                    tw_early=one.earliest, tw_late=one.latest, unit_duration_cost=one.time_cost,
                    profile=profiles[key],
                    **(self._carrying(one) if loaded else {}),
                    **({} if one.max_work is None else {"shift_duration": one.max_work}),
                )
            )  # fmt: skip
        return vrp.ProblemData(
            [vrp.Location(x=0, y=0) for _ in places], clients, self._starts(),
            types, distances, durations, groups, self._shipments(loaded),
        )  # fmt: skip

    def _starts(self) -> list[Any]:
        """Return where tours begin and end, then where they reload, each at a location of its own."""
        behind = len(self._depots) + len(self.parts)
        return [
            *(self._vrp.Depot(i) for i in range(len(self._depots))),
            *(
                self._vrp.Depot(behind + i, service_duration=time)
                for i, (_, time) in enumerate(self._reloads)
            ),
        ]

    def _carrying(self, one: RoundStaff) -> dict[str, Any]:
        """Return what one of the staff can carry, and where and how often they reload."""
        found: dict[str, Any] = {"capacity": [2 * 10**9 if one.capacity is None else one.capacity]}
        if one.reloads and one.capacity is not None:
            found["reload_depots"] = [
                len(self._depots) + self._reloads.index((place, one.reload_time)) for place in one.reloads
            ]
            found |= {} if one.max_reloads is None else {"max_reloads": one.max_reloads}
        return found

    def _prize(self, i: int) -> int:
        """Return what leaving a stop out costs: more where that would be a change."""
        prize, before = self.problem.stops[i].prize, self.limits.before
        if prize is None:
            return 0
        changed = before is not None and before[i] >= 0
        return self._worth * (prize + (self.limits.change_cost if changed else 0))

    def _hopeless(self) -> list[int]:
        """Return the stops of pairs of which the last is over before the first begins."""
        windows = self.limits.windows
        return [i for pair in self._pairs if windows[pair[1], 1] < windows[pair[0], 0] for i in pair]

    def _shipments(self, loaded: bool) -> list[Any]:
        found = []
        for first, last in self._pairs:
            one, other = self.problem.stops[first], self.problem.stops[last]
            (early, late), (soonest, latest) = self.limits.windows[[first, last]].tolist()
            found.append(
                self._vrp.Shipment(
                    len(self._depots) + first, len(self._depots) + last, pickup_tw_early=early, pickup_tw_late=late,
                    pickup_service_duration=one.service, delivery_tw_early=soonest,
                    delivery_tw_late=max(latest, early),  # PyVRP refuses others; `_hopeless` forbids them
                    delivery_service_duration=other.service, amount=[other.load] if loaded else [],
                    prize=self._prize(first) + self._prize(last), required=other.prize is None,
                )
            )  # fmt: skip
        return found

    def _clients(self, loaded: bool) -> tuple[list[Any], list[Any]]:
        vrp, problem, limits = self._vrp, self.problem, self.limits
        clients: list[Any] = []
        groups: list[Any] = []
        paired = {i for pair in self._pairs for i in pair}
        for i, stop in enumerate(problem.stops):
            if i in paired:
                continue
            clients.append(
                vrp.Client(
                    location=len(self._depots) + i, service_duration=stop.service,
                    tw_early=int(limits.windows[i, 0]), tw_late=int(limits.windows[i, 1]),
                    prize=self._prize(i), required=stop.prize is None,
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
                            location=len(self._depots) + 2 * len(self._pairs) + len(clients),
                            service_duration=rest.duration, tw_early=rest.earliest, tw_late=rest.latest,
                            required=group is None, group=group,
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
        out = np.r_[
            np.zeros(len(self._depots), dtype=bool), forbidden, np.zeros(len(self._reloads), dtype=bool)
        ]
        far = FAR * (max(one.latest for one in self.problem.staff) + 1)
        dear = FAR * (int(cost.max(initial=0)) + 1)
        for table, value in ((cost, dear), (walk, far)):
            table[:, out] = value
            table[out, :] = value
            np.fill_diagonal(table, 0)
