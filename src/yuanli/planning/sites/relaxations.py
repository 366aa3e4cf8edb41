"""Sites with one more, more room, or a rule less."""

from __future__ import annotations

from dataclasses import replace

from yuanli.errors import Text
from yuanli.planning.sites.problem import SitesPlan, SitesProblem
from yuanli.solver import Change, Relaxation, Resource, Sort, without

Wider = Relaxation[SitesProblem, SitesPlan]


def relaxations_sites(problem: SitesProblem, plan: SitesPlan) -> list[Wider]:
    """Offer one more site, a tenth more room in each, and sites without the limit of walking or of which may be had."""
    del plan
    found: list[Wider] = []
    if problem.count < len(problem.sites):
        more = replace(problem, count=problem.count + 1)
        found.append(Relaxation(name=Text("多设一处", "One more site"), sort=Sort.RESOURCE, problem=more))
    if problem.capacity:
        wider = {name: 1.1 * people for name, people in problem.capacity.items()}
        found.append(Relaxation(
            name=Text("每处容量增加一成", "A tenth more room in each site"), sort=Sort.RESOURCE,
            problem=replace(problem, capacity=wider),
        ))  # fmt: skip
    if problem.forbidden:
        found.append(Relaxation(
            name=without("禁用位置", "sites that can't be chosen"), sort=Sort.RULE,
            problem=replace(problem, forbidden=frozenset()),
        ))  # fmt: skip
    for name in sorted(problem.fixed):
        found.append(Relaxation(
            name=without(f"必须选用 {name}", f"{name} has to be chosen"), sort=Sort.RULE,
            problem=replace(problem, fixed=problem.fixed - {name}),
        ))  # fmt: skip
    if problem.limit_s is not None:
        found.append(Relaxation(
            name=without(f"步行不超过 {problem.limit_s:g} 秒", f"nobody walks more than {problem.limit_s:g} s"),
            sort=Sort.RULE, problem=replace(problem, limit_s=None),
        ))  # fmt: skip
    return found


def _count(problem: SitesProblem, plan: SitesPlan, change: Change) -> Wider | None:
    """Return the problem with more or fewer sites to choose."""
    del plan
    many = round(change.by * problem.count) if change.share else change.whole
    count = problem.count + many
    if not max(1, len(problem.fixed)) <= count <= len(problem.sites) - len(problem.forbidden):
        return None
    name = change.name("设置点", "Sites", unit=Text("处", ""))
    return Relaxation(name=name, sort=Sort.RESOURCE, problem=replace(problem, count=count), wider=many >= 0)


def _room(problem: SitesProblem, plan: SitesPlan, change: Change) -> Wider | None:
    """Return the problem with more or fewer people that each site, or one that is named, may serve."""
    del plan
    if not problem.capacity:
        return None
    names = list(problem.capacity)
    k = change.named(names)
    capacity = {
        name: float(change.of(people)) if k is None or names[k] == name else people
        for name, people in problem.capacity.items()
    }
    name = change.name(
        "每处容量" if k is None else f"{names[k]} 容量",
        "Room in each site" if k is None else f"Room in {names[k]}",
        unit=Text("人", "people"),
    )
    return Relaxation(
        name=name, sort=Sort.RESOURCE, problem=replace(problem, capacity=capacity), wider=change.by >= 0
    )


CHANGES_SITES = {Resource.SITES: _count, Resource.SEATS: _room, Resource.THROUGH: _room}
