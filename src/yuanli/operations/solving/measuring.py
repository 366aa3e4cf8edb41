"""What plans mean in the park, so that they compare: walking, moves, use, energy, waiting, by the kind of problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.planning import (
    BlocksPlan,
    BlocksProblem,
    LayoutPlan,
    LayoutProblem,
    SitesPlan,
    SitesProblem,
    SpacePlan,
    SpaceProblem,
    charges_of,
    compare_plans,
    moves_of,
)
from yuanli.scheduling import (
    DevicesPlan,
    DevicesProblem,
    FlowsPlan,
    FlowsProblem,
    ProjectsPlan,
    ProjectsProblem,
    RoomsPlan,
    RoomsProblem,
    RostersPlan,
    RostersProblem,
    RoundsPlan,
    RoundsProblem,
)
from yuanli.solver import Kind, Plan

Measures = dict[str, float]
SHARES = frozenset({"utilisation", "busiest_crew"})
"""Measures that are said as percentages."""


def measures_of(kind: Kind[Any, Any], problem: Any, plan: Plan) -> Measures:
    """Return what a plan means in the park, in the order in which it is shown; each kind of problem has some."""
    found = kind.read_rows(problem, plan.assignments)
    for form, measure in _MEASURES:
        if isinstance(problem, form):
            return measure(problem, found)
    return {}


def _spaces(problem: SpaceProblem, plan: SpacePlan) -> Measures:
    (told,) = compare_plans(problem, {"": plan})
    capacity = sum(use.capacity_m2 for use in told.used)
    moved = [(move, problem.rooms[problem.room_place[move.destination]]) for move in moves_of(problem, plan)]
    return {
        "walking_s": told.walking_s, "moves": float(told.moves), "people_moved": told.people_moved,
        "utilisation": sum(use.used_m2 for use in told.used) / capacity if capacity else 0.0,
        "floors_used": sum(use.used_m2 > 0 for use in told.used) / len(problem.periods),
        "energy_kwh_year": told.energy_kwh, "closed_kwh_year": told.closed_kwh,
        "rent": sum(charge.rent for charge in charges_of(problem, plan)),
        "fit_out": sum(move.need_m2 * room.fit_out_per_m2 for move, room in moved),
    }  # fmt: skip


def _devices(problem: DevicesProblem, plan: DevicesPlan) -> Measures:
    power = np.array([device.power_kw for device in problem.devices])
    electric = np.array([storage.zone is None for storage in problem.storages], dtype=bool)
    taken = np.where(electric[:, None], plan.storage, np.maximum(plan.storage, 0.0)) if len(electric) else 0.0
    kw = power @ plan.on + np.sum(taken, axis=0)
    base = 0.0 if problem.base_kw is None else problem.base_kw
    solar = 0.0 if problem.solar_kw is None else problem.solar_kw
    return {
        "energy_kwh": float(kw.sum()) * problem.slot_h,
        "peak_kw": float(np.max(kw + base - solar)),
        "hours_on": float(plan.on.sum()) * problem.slot_h,
    }


def _rounds(problem: RoundsProblem, plan: RoundsPlan) -> Measures:
    walking = waiting = 0
    for tour in plan.tours:
        one = problem.staff[tour.staff]
        at, free = one.start, None
        for call in tour.calls:
            walk = int(problem.walk[at, call.place])
            walking += walk
            if free is not None:
                waiting += max(0, call.begin - free - walk)
            lasts = (
                problem.stops[call.stop].service
                if call.stop is not None
                else one.rests[call.rest or 0].duration
            )
            at, free = call.place, call.begin + lasts
        walking += int(problem.walk[at, one.end])
    scale = problem.time_scale
    return {
        "walking_s": walking / scale, "waiting_s": waiting / scale, "staff_used": float(len(plan.tours)),
        "stops_left": float(len(problem.stops) - len(plan.staff_of())),
    }  # fmt: skip


def _rooms(problem: RoomsProblem, plan: RoomsPlan) -> Measures:
    capacity = {room.name: room.capacity for room in problem.rooms}
    seated = [
        (event.size, capacity[where.room])
        for event in problem.events
        if (where := plan.placed.get(event.name)) is not None and where.room is not None
    ]
    seats = sum(most for _, most in seated)
    used = {where.room for where in plan.placed.values() if where.room is not None}
    return {
        "utilisation": sum(min(size, most) for size, most in seated) / seats if seats else 0.0,
        "rooms_used": float(len(used)),
        "unplaced": float(len(problem.events) - len(plan.placed)),
    }


def _sites(problem: SitesProblem, plan: SitesPlan) -> Measures:
    served = [
        (float(people), float(problem.seconds[demand, site]))
        for demand, (people, site) in enumerate(zip(problem.people, plan.served, strict=True)) if site >= 0
    ]  # fmt: skip
    people = sum(many for many, _ in served)
    load: dict[str, float] = dict.fromkeys((problem.sites[site] for site in plan.chosen), 0.0)
    for many, site in zip(problem.people, plan.served, strict=True):
        if site >= 0:
            load[problem.sites[site]] += float(many)
    room = sum(problem.capacity[name] for name in load if name in problem.capacity)
    inside = sum(many for name, many in load.items() if name in problem.capacity)
    return {
        "sites_used": float(len(set(plan.chosen))),
        "mean_walk_s": sum(many * seconds for many, seconds in served) / people if people else 0.0,
        "longest_walk_s": max((seconds for many, seconds in served if many > 0), default=0.0),
        "people_left": float(np.sum(problem.people)) - people,
        "most_served": max(load.values(), default=0.0),
    } | ({"utilisation": inside / room} if room else {})


def _layout(problem: LayoutProblem, plan: LayoutPlan) -> Measures:
    between = problem.distances[np.ix_(plan.places, plan.places)]
    return _far(problem.flows, between) | {
        "utilisation": len(problem.units) / len(problem.places),
        "place_cost": 0.0 if problem.costs is None
        else float(problem.costs[np.arange(len(plan.places)), list(plan.places)].sum()),
    }  # fmt: skip


def _blocks(problem: BlocksProblem, plan: BlocksPlan) -> Measures:
    x, y, wide, deep = np.array(plan.rectangles).T
    across, along = x + wide / 2, y + deep / 2
    between = np.abs(across[:, None] - across) + np.abs(along[:, None] - along)
    return _far(problem.flows, between) | {
        "utilisation": float((wide * deep).sum()) / (problem.width_m * problem.depth_m),
        "narrowest": float(np.maximum(wide / deep, deep / wide).max()),
    }


def _far(flows: NDArray[np.float64], between: NDArray[np.float64]) -> Measures:
    """Return how far what flows goes on average, and at most."""
    goes = (flows > 0) & ~np.eye(len(flows), dtype=bool)
    total = float(flows[goes].sum())
    return {
        "mean_distance": float((flows[goes] * between[goes]).sum()) / total if total else 0.0,
        "longest_distance": float(between[goes].max()) if goes.any() else 0.0,
    }


def _flows(problem: FlowsProblem, plan: FlowsPlan) -> Measures:
    come = np.zeros((len(problem.passages), len(problem.slots)))
    moved: list[tuple[int, float]] = []
    for group, slot in zip(problem.groups, plan.slots, strict=True):
        if group.current is not None and slot != group.current:
            moved.append((group.size, abs(slot - group.current) * problem.slot_min))
        for use in group.uses:
            for at, share in enumerate(use.spread, slot + use.lag):
                if at < len(problem.slots):
                    come[use.passage, at] += share * group.size
    queues = []
    for f, passage in enumerate(problem.passages):
        lets = np.array(passage.capacity, dtype=float)
        if passage.supply is not None:
            lets += passage.supply.people * np.array(plan.of_passage(f), dtype=float)
        left, queue = 0.0, []
        for arriving, through in zip(come[f], lets, strict=True):
            left = max(0.0, left + arriving - through)
            queue.append(left)
        queues.append(queue)
    waiting = np.array(queues)
    return {
        "peak_people": float(come.max()), "peak_waiting": float(waiting.max()),
        "waiting_min": float(waiting.sum()) * problem.slot_min, "people_left": float(waiting[:, -1].sum()),
        "moves": float(len(moved)), "people_moved": float(sum(size for size, _ in moved)),
        "longest_move_min": max((minutes for _, minutes in moved), default=0.0),
        "opened": float(sum(sum(units) for units in plan.units)),
    }  # fmt: skip


def _rosters(problem: RostersProblem, plan: RostersPlan) -> Measures:
    hours, nights, weekends, unmet = [], [], [], 0
    for one, days in zip(problem.people, plan.shifts, strict=True):
        worked = [(day, problem.shifts[shift]) for day, shift in enumerate(days) if shift >= 0]
        hours.append(sum(shift.end_min - shift.begin_min for _, shift in worked) / 60)
        nights.append(sum(shift.night for _, shift in worked))
        weekends.append(sum(problem.weekend(day) for day, _ in worked))
        unmet += sum(days[w.day] != (-1 if w.shift is None else w.shift) for w in one.desires)
    short = 0
    for need in problem.needs:
        there = sum(
            days[need.day] == need.shift and (need.skill is None or need.skill in one.skills)
            for one, days in zip(problem.people, plan.shifts, strict=True)
        )
        short += max(0, need.target - there)
    return {
        "staff_used": float(sum(many > 0 for many in hours)), "hours_worked": float(sum(hours)),
        "hours_spread": max(hours) - min(hours), "short_shifts": float(short), "wishes_unmet": float(unmet),
        "nights_spread": float(max(nights) - min(nights)), "weekends_spread": float(max(weekends) - min(weekends)),
    }  # fmt: skip


def _projects(problem: ProjectsProblem, plan: ProjectsPlan) -> Measures:
    ends = [begin + job.duration for begin, job in zip(plan.begins, problem.jobs, strict=True)]
    whole = max(ends)
    spent = [sum(job.duration * job.needs[c] for job in problem.jobs) for c in range(len(problem.crews))]
    shares = [work / (size * whole) for work, size in zip(spent, problem.sizes, strict=True) if size * whole]
    late = [
        end - job.deadline for end, job in zip(ends, problem.jobs, strict=True) if job.deadline is not None
    ]
    return {
        "makespan": float(whole), "utilisation": sum(shares) / len(shares) if shares else 0.0,
        "busiest_crew": max(shares, default=0.0), "mean_end": sum(ends) / len(ends),
    } | ({"least_slack": float(-max(late))} if late else {})  # fmt: skip


_MEASURES: tuple[tuple[type[Any], Callable[[Any, Any], Measures]], ...] = (
    (SpaceProblem, _spaces), (DevicesProblem, _devices), (RoundsProblem, _rounds), (RoomsProblem, _rooms),
    (SitesProblem, _sites), (LayoutProblem, _layout), (BlocksProblem, _blocks), (FlowsProblem, _flows),
    (RostersProblem, _rosters), (ProjectsProblem, _projects),
)  # fmt: skip
