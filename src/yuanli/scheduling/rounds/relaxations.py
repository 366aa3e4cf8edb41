"""Rounds with one more of the staff, longer shifts, or a rule less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from yuanli.errors import Text
from yuanli.scheduling.rounds.tables import MOST, MOST_STAFF, RoundsPlan, RoundsProblem, RoundStaff, RoundStop
from yuanli.solver import Change, Relaxation, Resource, Sort, without

Wider = Relaxation[RoundsProblem, RoundsPlan]
HOUR_S = 3_600


def relaxations_rounds(problem: RoundsProblem, plan: RoundsPlan) -> list[Wider]:
    """Offer one more of each sort of staff, shifts an hour longer, and rounds without windows, skills or loads."""
    return [*_staff(problem, plan), *_rules(problem)]


def _staff(problem: RoundsProblem, plan: RoundsPlan) -> list[Wider]:
    busy = {tour.staff: len(tour.calls) for tour in plan.tours}
    found: list[Wider] = []
    seen: set[RoundStaff] = set()
    if len(problem.staff) >= MOST_STAFF:
        return found
    for k in sorted(range(len(problem.staff)), key=lambda k: -busy.get(k, 0)):
        one = problem.staff[k]
        sort = replace(one, id="")
        if sort in seen:
            continue
        seen.add(sort)
        more = replace(one, id=f"{one.id} +")
        found.append(Relaxation(
            name=Text(f"多一名与“{one.id}”同样的人员", f"One more of the staff like {one.id}"), sort=Sort.RESOURCE,
            problem=replace(problem, staff=(*problem.staff, more)),
        ))  # fmt: skip
    return found


def _rules(problem: RoundsProblem) -> list[Wider]:
    hour = HOUR_S * problem.time_scale
    end = max(one.latest for one in problem.staff)

    def stops(change: Callable[[RoundStop], RoundStop]) -> RoundsProblem:
        return replace(problem, stops=tuple(map(change, problem.stops)))

    def staff(change: Callable[[RoundStaff], RoundStaff]) -> RoundsProblem:
        return replace(problem, staff=tuple(map(change, problem.staff)))

    offers = [(
        staff(lambda one: replace(
            one, latest=min(MOST, one.latest + hour),
            max_work=None if one.max_work is None else min(MOST, one.max_work + hour),
        )),
        Text("每人班次延长 1 小时", "Shifts one hour longer"),
    )]  # fmt: skip
    if any(stop.earliest > 0 or stop.latest < end for stop in problem.stops):
        offers.append((
            stops(lambda stop: replace(stop, earliest=0, latest=max(stop.latest, end))), without("时间窗", "windows")
        ))  # fmt: skip
    if any(stop.skills for stop in problem.stops):
        offers.append((stops(lambda stop: replace(stop, skills=frozenset())), without("技能要求", "skills")))
    if any(one.capacity is not None for one in problem.staff) and any(
        s.load or s.collect for s in problem.stops
    ):
        offers.append((staff(lambda one: replace(one, capacity=None)), without("载量上限", "limits of load")))
    if any(one.reloads and one.max_reloads is not None for one in problem.staff):
        offers.append(
            (staff(lambda one: replace(one, max_reloads=None)), without("装卸次数上限", "limits of reloads"))
        )
    if any(one.rests for one in problem.staff):
        offers.append((staff(lambda one: replace(one, rests=())), without("休息", "breaks")))
    return [
        Relaxation(name=name, sort=Sort.RULE, problem=one, carry=_without_breaks(one))
        for one, name in offers
    ]  # fmt: skip


def _without_breaks(problem: RoundsProblem) -> Callable[[RoundsPlan], RoundsPlan]:
    def carry(plan: RoundsPlan) -> RoundsPlan:
        return RoundsPlan(tours=tuple(
            tour if problem.staff[tour.staff].rests
            else replace(tour, calls=tuple(call for call in tour.calls if call.rest is None))
            for tour in plan.tours
        ))  # fmt: skip

    return carry


def _people(problem: RoundsProblem, plan: RoundsPlan, change: Change) -> Wider | None:
    """Return the problem with more of the staff like the busiest, or one that is named; or without the least busy."""
    busy = {tour.staff: len(tour.calls) for tour in plan.tours}
    order = sorted(range(len(problem.staff)), key=lambda k: -busy.get(k, 0))
    named = change.named([one.id for one in problem.staff])
    many = round(change.by * len(problem.staff)) if change.share else change.whole
    if many > 0 and len(problem.staff) + many <= MOST_STAFF:
        one = problem.staff[order[0] if named is None else named]
        more = tuple(replace(one, id=f"{one.id} +{n}") for n in range(1, many + 1))
        name = change.name("人员", "Staff", unit=Text("名", ""), like=Text(f"同“{one.id}”", f"like {one.id}"))
        return Relaxation(
            name=name, sort=Sort.RESOURCE, problem=replace(problem, staff=(*problem.staff, *more))
        )
    if not -len(problem.staff) < many < 0:
        return None
    gone = set(order[many:]) if named is None else {named}
    kept = [k for k in range(len(problem.staff)) if k not in gone]
    who = "、".join(problem.staff[k].id for k in sorted(gone))
    name = change.name("人员", "Staff", unit=Text("名", ""), like=Text(f"没有 {who}", f"without {who}"))

    def carry(old: RoundsPlan) -> RoundsPlan:
        tours = (tour for tour in old.tours if tour.staff in kept)
        return RoundsPlan(tours=tuple(replace(tour, staff=kept.index(tour.staff)) for tour in tours))

    staff = tuple(problem.staff[k] for k in kept)
    return Relaxation(
        name=name, sort=Sort.RESOURCE, problem=replace(problem, staff=staff), carry=carry, wider=False
    )


def _hours(problem: RoundsProblem, plan: RoundsPlan, change: Change) -> Wider | None:
    """Return the problem with all shifts so many hours longer, or shorter."""
    del plan
    if change.share:
        return None
    more = round(change.by * HOUR_S * problem.time_scale)
    if any(one.latest + more <= one.earliest for one in problem.staff):
        return None
    staff = tuple(
        replace(
            one, latest=min(MOST, one.latest + more),
            max_work=None if one.max_work is None else max(1, min(MOST, one.max_work + more)),
        )
        for one in problem.staff
    )  # fmt: skip
    return Relaxation(
        name=change.name("每人班次", "Each shift", unit=Text("小时", "h")), sort=Sort.RULE,
        problem=replace(problem, staff=staff), wider=change.by >= 0,
    )  # fmt: skip


CHANGES_ROUNDS = {Resource.PEOPLE: _people, Resource.HOURS: _hours}
