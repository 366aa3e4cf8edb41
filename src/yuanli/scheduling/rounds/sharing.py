"""What one more of the staff could take over of a plan of rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from yuanli.errors import Text
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem, Tour
from yuanli.scheduling.rounds.timing import Part, cost_of, timed_tour

MOST_STOPS = 30_000
"""Stops that are looked at, in all tries together: about a fifth of a second. Beyond, only ends of tours are tried."""


def one_more_told(problem: RoundsProblem, plan: RoundsPlan) -> Text:
    """Say what one more like who has most to do would save by a stretch of a tour, or a stop that is left out."""
    if not plan.tours:
        return Text("没有人出发，多一人不会改变什么。", "Nobody goes: one more would change nothing.")
    busiest = max(plan.tours, key=lambda tour: len(tour.calls)).staff
    one = problem.staff[busiest]
    if one.rests:  # where the break of a new tour goes is not decided here
        return Text(
            f"多一名与 {one.id} 同样的人员会怎样，要连休息一起重新求解：见“如果多一间房、多一名保安……”。",
            f"What one more of the staff like {one.id} would change has to be solved again, breaks too: see "
            "“If there were one more …”.",
        )
    wider = replace(problem, staff=(*problem.staff, replace(one, id=f"{one.id} +")))
    best, before, tried = cost_of(problem, plan), cost_of(problem, plan), 0
    for tried, found in enumerate(islice(_shared(wider, plan), MOST_STOPS // max(1, len(problem.stops))), 1):  # noqa: B007
        best = min(best, cost_of(wider, found))
    if best < before - 1e-9:
        return Text(
            f"多一名与 {one.id} 同样的人员，接手一段路线或一个放弃的点，代价至少降 {before - best:g}"
            "（其余不变，未重新求解）。",
            f"One more of the staff like {one.id}, taking a stretch of a tour or a stop left out, saves "
            f"{before - best:g} at least (the rest as it is, not solved again).",
        )
    return Text(
        f"多一名与 {one.id} 同样的人员，接手一段路线不会更省（试了 {tried} 段，其余不变，未重新求解）。",
        f"One more of the staff like {one.id} saves nothing by taking a stretch of a tour ({tried} tried, the rest as "
        "it is, not solved again).",
    )


def _shared(problem: RoundsProblem, plan: RoundsPlan) -> Iterator[RoundsPlan]:
    """Yield plans in which the last of the staff goes to a stop that is left out, or takes stops in a row of a tour."""
    new = len(problem.staff) - 1
    done, skills = plan.staff_of(), problem.staff[new].skills
    stretches = sum(len(tour.calls) ** 2 / 2 for tour in plan.tours)
    ends_only = stretches * len(problem.stops) > MOST_STOPS

    def tour_of(staff: int, parts: list[Part]) -> Tour | None:
        able = all(number is None or problem.stops[number].skills <= skills for number, _, _ in parts)
        one = problem.staff[staff]
        stops = [problem.stops[number] for number, _, _ in parts if number is not None]
        carried = sum(stop.load for stop in stops) + sum(stop.collect for stop in stops)
        light = one.capacity is None or carried <= one.capacity
        return timed_tour(problem, staff, parts) if staff != new or (able and light) else None

    for i, stop in enumerate(problem.stops):
        if i not in done and (tour := tour_of(new, [(i, None, stop.place)])) is not None:
            yield RoundsPlan(tours=(*plan.tours, tour))
    for at, old in enumerate(plan.tours):
        parts: list[Part] = [(call.stop, call.rest, call.place) for call in old.calls]
        for a in range(len(parts)):
            for b in range(len(parts) if ends_only else a + 1, len(parts) + 1):
                taken, left = parts[a:b], parts[:a] + parts[b:]
                if any(number is None for number, _, _ in taken) or not left:
                    continue
                mine, theirs = tour_of(new, taken), tour_of(old.staff, left)
                if mine is not None and theirs is not None:
                    rest = (*plan.tours[:at], theirs, *plan.tours[at + 1 :])
                    yield RoundsPlan(tours=(*rest, mine))
