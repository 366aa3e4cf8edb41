"""Projects checked apart from the solver."""

from __future__ import annotations

from yuanli.errors import Text
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.solver import Broken, Checked


def check_projects(problem: ProjectsProblem, plan: ProjectsPlan) -> Checked:
    """Recompute the last end, and sweep over time for crews that are over their size."""
    broken: list[Broken] = []

    def fail(rule: str, subject: str, amount: float, zh: str, en: str) -> None:
        broken.append(Broken(rule=rule, subject=subject, amount=amount, message=Text(zh, en)))

    ends = [begin + job.duration for begin, job in zip(plan.begins, problem.jobs, strict=True)]
    for begin, end, job in zip(plan.begins, ends, problem.jobs, strict=True):
        if begin < job.earliest:
            fail("earliest", job.id, job.earliest - begin, f"{job.id} 开始过早", f"{job.id} begins too early")
        if job.deadline is not None and end > job.deadline:
            fail("deadline", job.id, end - job.deadline, f"{job.id} 超过期限", f"{job.id} is late")
        for other in job.after:
            if ends[other] > begin:
                name = problem.jobs[other].id
                fail(
                    "order", job.id, ends[other] - begin, f"{job.id} 在 {name} 完成前开始",
                    f"{job.id} begins before {name} is done",
                )  # fmt: skip
    for k, (crew, size) in enumerate(zip(problem.crews, problem.sizes, strict=True)):
        changes = sorted(
            change
            for begin, end, job in zip(plan.begins, ends, problem.jobs, strict=True)
            if end > begin and job.needs[k]
            for change in ((begin, 1, job.needs[k]), (end, 0, -job.needs[k]))
        )
        busy = most = 0
        for _, _, step in changes:
            busy += step
            most = max(most, busy)
        if most > size:
            fail(
                "crew",
                crew,
                most - size,
                f"{crew} 同时需要 {most}，只有 {size}",
                f"{crew}: {most} at once of {size}",
            )
    return Checked(parts={"makespan": float(max(ends))}, broken=tuple(broken))
