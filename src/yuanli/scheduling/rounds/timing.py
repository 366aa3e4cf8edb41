"""When a tour's parts begin, and what tours cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from yuanli.scheduling.rounds.tables import Call, RoundsPlan, RoundsProblem, RoundStaff, Tour

Part = tuple[int | None, int | None, int]
"""A stop or a rest, by number, else a reload; and where."""


def timed_tour(problem: RoundsProblem, staff: int, parts: Sequence[Part]) -> Tour | None:
    """Return a tour that comes back as early as it can and leaves as late as that allows; None where it is late."""
    one = problem.staff[staff]
    windows = [_window(problem, one, part) for part in parts]
    walks = _walks(problem, one, parts)
    now, ends = one.earliest, one.latest
    for (earliest, latest, duration), walk in zip(windows, walks, strict=False):
        now = max(now + walk, earliest)
        if now > latest:
            return None
        now += duration
    back = now + walks[-1]
    if back > ends:
        return None
    leave = back
    for (_, latest, duration), walk in zip(reversed(windows), reversed(walks[1:]), strict=True):
        leave = min(latest, leave - walk - duration)
    now = max(leave - walks[0], one.earliest)
    if one.max_work is not None and back - now > one.max_work:
        return None
    calls = []
    for (stop, rest, place), (earliest, _, duration), walk in zip(parts, windows, walks, strict=False):
        now = max(now + walk, earliest)
        calls.append(Call(stop=stop, rest=rest, place=place, begin=now))
        now += duration
    return Tour(staff=staff, calls=tuple(calls))


def retimed_tour(problem: RoundsProblem, staff: int, parts: Sequence[Part]) -> Tour:
    """Return a tour as `timed_tour` does, or, where it is late, one in which each part begins as early as it can."""
    one = problem.staff[staff]
    tour = timed_tour(problem, staff, parts)
    if tour is not None:
        return tour
    calls, now = [], one.earliest
    for part, walk in zip(parts, _walks(problem, one, parts), strict=False):
        earliest, _, duration = _window(problem, one, part)
        begin = max(now + walk, earliest)
        calls.append(Call(stop=part[0], rest=part[1], place=part[2], begin=begin))
        now = begin + duration
    return Tour(staff=staff, calls=tuple(calls))


def cost_of(problem: RoundsProblem, plan: RoundsPlan) -> float:
    """Return what a plan costs, in the file's unit."""
    left_out = set(range(len(problem.stops))) - plan.staff_of().keys()
    total = sum(problem.stops[i].prize or 0 for i in left_out)
    for tour in plan.tours:
        one = problem.staff[tour.staff]
        parts: list[Part] = [(call.stop, call.rest, call.place) for call in tour.calls]
        walks = _walks(problem, one, parts)
        total += (
            one.use_cost + one.time_cost * _duration(problem, one, tour, walks) + one.walk_cost * sum(walks)
        )
        if problem.surprise is not None:
            places = [one.start, *(call.place for call in tour.calls), one.end]
            total += one.walk_cost * sum(int(problem.surprise[a, b]) for a, b in pairwise(places))
    return total / problem.cost_scale


def _duration(problem: RoundsProblem, one: RoundStaff, tour: Tour, walks: Sequence[int]) -> int:
    first, last = tour.calls[0], tour.calls[-1]
    return (
        last.begin + _window(problem, one, (last.stop, last.rest, 0))[2] + walks[-1] - first.begin + walks[0]
    )


def _window(problem: RoundsProblem, one: RoundStaff, part: Part) -> tuple[int, int, int]:
    number, rest, _ = part
    if number is not None:
        stop = problem.stops[number]
        return stop.earliest, stop.latest, stop.service
    if rest is None:
        return one.earliest, one.latest, one.reload_time
    pause = one.rests[rest]
    return pause.earliest, pause.latest, pause.duration


def _walks(problem: RoundsProblem, one: RoundStaff, parts: Sequence[Part]) -> list[int]:
    places = [one.start, *(place for _, _, place in parts), one.end]
    return [int(problem.walk[a, b]) for a, b in pairwise(places)]
