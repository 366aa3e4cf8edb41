"""Rosters with one more person, or a law that asks for less."""

from __future__ import annotations

from dataclasses import replace

from yuanli.errors import Text
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.solver import Relaxation, Sort

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
