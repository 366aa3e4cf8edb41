"""Projects with one more of a crew, or without limits of time."""

from __future__ import annotations

from dataclasses import replace

from yuanli.errors import Text
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.solver import Change, Relaxation, Resource, Sort, without

Wider = Relaxation[ProjectsProblem, ProjectsPlan]


def relaxations_projects(problem: ProjectsProblem, plan: ProjectsPlan) -> list[Wider]:
    """Offer one more of each crew, the busiest first, then no deadlines, and no earliest begins."""
    end = max(begin + job.duration for begin, job in zip(plan.begins, problem.jobs, strict=True))

    def use(k: int) -> float:
        work = sum(job.duration * job.needs[k] for job in problem.jobs)
        return work / max(1, problem.sizes[k] * end)

    found: list[Wider] = []
    for k in sorted(range(len(problem.crews)), key=use, reverse=True):
        if use(k) > 0:
            sizes = tuple(size + (i == k) for i, size in enumerate(problem.sizes))
            found.append(Relaxation(
                name=Text(f"{problem.crews[k]} 多 1 个", f"One more of {problem.crews[k]}"), sort=Sort.RESOURCE,
                problem=replace(problem, sizes=sizes),
            ))  # fmt: skip
    if any(job.deadline is not None for job in problem.jobs):
        jobs = tuple(replace(job, deadline=None) for job in problem.jobs)
        found.append(Relaxation(
            name=without("完成期限", "deadlines"), sort=Sort.RULE, problem=replace(problem, jobs=jobs)
        ))  # fmt: skip
    if any(job.earliest for job in problem.jobs):
        jobs = tuple(replace(job, earliest=0) for job in problem.jobs)
        found.append(Relaxation(
            name=without("最早开始时间", "earliest begins"), sort=Sort.RULE, problem=replace(problem, jobs=jobs)
        ))  # fmt: skip
    return found


def _crews(problem: ProjectsProblem, plan: ProjectsPlan, change: Change) -> Wider | None:
    """Return the problem with a larger or smaller crew: the busiest, or one that is named."""
    del plan
    work = [
        sum(job.duration * job.needs[k] for job in problem.jobs) / max(1, problem.sizes[k])
        for k in range(len(problem.crews))
    ]
    if not work:
        return None
    named = change.named(list(problem.crews))
    k = max(range(len(work)), key=lambda k: work[k]) if named is None else named
    size = round(float(change.of(problem.sizes[k])))
    if any(job.needs[k] > size for job in problem.jobs):
        return None
    sizes = tuple(size if i == k else one for i, one in enumerate(problem.sizes))
    return Relaxation(
        name=change.name(problem.crews[k], problem.crews[k]), sort=Sort.RESOURCE,
        problem=replace(problem, sizes=sizes), wider=change.by >= 0,
    )  # fmt: skip


CHANGES_PROJECTS = {Resource.PEOPLE: _crews}
