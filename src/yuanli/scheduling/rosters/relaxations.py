"""Rosters with one more person, or a law that asks for less."""

from __future__ import annotations

from dataclasses import replace

from yuanli.errors import Text
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.solver import Change, Relaxation, Resource, Sort

Wider = Relaxation[RostersProblem, RostersPlan]


def relaxations_rosters(problem: RostersProblem, plan: RostersPlan) -> list[Wider]:
    """Offer one more person of each set of skills, those with most work first, and each limit of the law by one."""
    return [*_people(problem, plan), *_law(problem)]


def _people(problem: RostersProblem, plan: RostersPlan) -> list[Wider]:
    works = [sum(shift >= 0 for shift in days) for days in plan.shifts]
    found: list[Wider] = []
    seen: set[frozenset[str]] = set()
    for p in sorted(range(len(works)), key=lambda p: -works[p]):
        one = problem.people[p]
        if one.skills in seen:
            continue
        seen.add(one.skills)
        more = replace(one, id=f"{one.id} +", leave=frozenset(), min_week_h=0, desires=())
        skills = "、".join(sorted(one.skills))
        found.append(Relaxation(
            name=Text("多一名员工" + (f"（{skills}）" if skills else ""),
                      "One more person" + (f" ({skills.replace('、', ', ')})" if skills else "")),
            sort=Sort.RESOURCE, problem=replace(problem, people=(*problem.people, more)),
            carry=lambda old: RostersPlan(shifts=(*old.shifts, (-1,) * problem.days)),
            wider=False,  # nights and weekends are to be even with the new one too
        ))  # fmt: skip
    return found


def _law(problem: RostersProblem) -> list[Wider]:
    law = problem.law
    offers = [
        (replace(law, max_week_h=law.max_week_h + 8), "每周工时上限多 8 小时", "Eight hours a week more"),
        (replace(law, max_consecutive=law.max_consecutive + 1), "可多连续工作 1 天", "One day more in a row"),
    ]
    if law.rest_h > 0:
        offers.append(
            (replace(law, rest_h=law.rest_h - 1), "两班之间少休息 1 小时", "One hour less between shifts")
        )
    if law.rest_days_week > 0:
        less = replace(law, rest_days_week=law.rest_days_week - 1)
        offers.append((less, "每周少休息 1 天", "One day off a week less"))
    if law.free_weekends > 0:
        less = replace(law, free_weekends=law.free_weekends - 1)
        offers.append((less, "少 1 个完整周末", "One whole weekend off less"))
    return [
        Relaxation(name=Text(zh, en), sort=Sort.RULE, problem=replace(problem, law=one))
        for one, zh, en in offers
    ]  # fmt: skip


def _staff(problem: RostersProblem, plan: RostersPlan, change: Change) -> Wider | None:
    """Return the problem with more people like who works most, or is named; or without those who work least."""
    works = [sum(shift >= 0 for shift in days) for days in plan.shifts]
    order = sorted(range(len(works)), key=lambda p: -works[p])
    named = change.named([one.id for one in problem.people])
    many = round(change.by * len(works)) if change.share else change.whole
    if many > 0:
        one = problem.people[order[0] if named is None else named]
        more = tuple(
            replace(one, id=f"{one.id} +{n}", leave=frozenset(), min_week_h=0, desires=())
            for n in range(1, many + 1)
        )
        free = ((-1,) * problem.days,) * many
        return Relaxation(
            name=change.name("员工", "People", unit=Text("名", ""), like=Text(f"同“{one.id}”", f"like {one.id}")),
            sort=Sort.RESOURCE, problem=replace(problem, people=(*problem.people, *more)),
            carry=lambda old: RostersPlan(shifts=(*old.shifts, *free)), wider=False,
        )  # fmt: skip
    if not -len(works) < many < 0:
        return None
    gone = {named} if named is not None else set(order[many:])
    kept = [p for p in range(len(works)) if p not in gone]
    who = "、".join(problem.people[p].id for p in sorted(gone))
    return Relaxation(
        name=change.name("员工", "People", unit=Text("名", ""), like=Text(f"没有 {who}", f"without {who}")),
        sort=Sort.RESOURCE, problem=replace(problem, people=tuple(problem.people[p] for p in kept)),
        carry=lambda old: RostersPlan(shifts=tuple(old.shifts[p] for p in kept)), wider=False,
    )  # fmt: skip


def _hours(problem: RostersProblem, plan: RostersPlan, change: Change) -> Wider | None:
    """Return the problem with another most of hours a week."""
    del plan
    law = problem.law
    most = float(change.of(law.max_week_h))
    if not 0 < most <= 7 * 24:
        return None
    return Relaxation(
        name=change.name("每周工时上限", "Most hours a week", unit=Text("小时", "h")), sort=Sort.RULE,
        problem=replace(problem, law=replace(law, max_week_h=round(most))), wider=change.by >= 0,
    )  # fmt: skip


CHANGES_ROSTERS = {Resource.PEOPLE: _staff, Resource.HOURS: _hours}
