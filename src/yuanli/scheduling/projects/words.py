"""Projects as a table and in words, and why there is no plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yuanli.errors import Text, counted
from yuanli.scheduling.projects.generating import generate, least_makespan, tails_of
from yuanli.scheduling.projects.solving import horizon_of, projects_model
from yuanli.scheduling.projects.tables import MOST, ProjectsPlan, ProjectsProblem
from yuanli.solver import Result, Row, conflict_of, minimal_conflict, refuse

CORE_S = 1.0


def rows_projects(problem: ProjectsProblem, plan: ProjectsPlan) -> list[Row]:
    """Return a row for each job."""
    return [
        {"job": job.id, "begin": begin, "end": begin + job.duration}
        | {crew: need for crew, need in zip(problem.crews, job.needs, strict=True) if need}
        for job, begin in zip(problem.jobs, plan.begins, strict=True)
    ]


def read_rows_projects(problem: ProjectsProblem, rows: Sequence[Row]) -> ProjectsPlan:
    """Return the plan of a table.

    Raises
    ------
    InvalidProblemError
        A job is missing, not known, or begins at no whole number.
    """
    begins: dict[str, int] = {}
    for line, row in enumerate(rows, 1):
        begin = row.get("begin")
        try:
            begins[str(row.get("job"))] = int(str(begin))
            if abs(begins[str(row.get("job"))]) > MOST:
                raise ValueError("too late")
        except ValueError:
            refuse(
                f"第 {line} 行的 begin 为 {begin}，应是整数。",
                f"Row {line}: begin is {begin!r}; it is a whole number.",
                field="begin",
            )  # fmt: skip
    names = {job.id for job in problem.jobs}
    wrong = sorted(names ^ begins.keys())
    if wrong:
        refuse(
            f"作业“{wrong[0]}”只在方案或只在问题中。",
            f"The job {wrong[0]!r} is only in the plan, or only in the problem.",
            field="job",
        )  # fmt: skip
    return ProjectsPlan(begins=tuple(begins[job.id] for job in problem.jobs))


def carried_projects(problem: ProjectsProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now: a new job begins as early as it may."""
    told = {str(row.get("job")): row for row in rows}
    return [told.get(job.id, {"job": job.id, "begin": job.earliest}) for job in problem.jobs]


def explain_projects(problem: ProjectsProblem, result: Result[ProjectsPlan]) -> tuple[Text, ...]:
    """Say when all is done, what holds it back, and what one more of the busiest crew could change."""
    plan = result.best
    if plan is None:
        return ()
    end = int(result.cost)
    chain = max(job.earliest + tail for job, tail in zip(problem.jobs, tails_of(problem), strict=True))
    said = [
        Text(
            f"{len(problem.jobs)} 项作业在第 {end} 期完成；已证明不可能早于 {result.bound:g}。",
            f"{counted(len(problem.jobs), 'job is', 'jobs are')} done by {end}; "
            f"before {result.bound:g} is proved to be impossible.",
        ),
        Text(
            f"最长的作业链为 {chain} 期，其余 {end - chain} 期是等班组。"
            if end > chain
            else f"由 {chain} 期的作业链决定，加人无用。",
            f"The longest chain of jobs takes {chain}; "
            f"the other {counted(end - chain, 'is a wait', 'are waits')} for crews."
            if end > chain
            else f"The chain of jobs of {chain} decides; more people would not help.",
        ),
    ]
    shares = []
    for k, (crew, size) in enumerate(zip(problem.crews, problem.sizes, strict=True)):
        if size and end:
            work = sum(job.needs[k] * job.duration for job in problem.jobs)
            shares.append((work / (size * end), crew, size, k))
    if shares:
        share, crew, size, k = max(shares)
        sizes = tuple(s + (i == k) for i, s in enumerate(problem.sizes))
        wider = ProjectsProblem(jobs=problem.jobs, crews=problem.crews, sizes=sizes)
        said.append(
            Text(
                f"最忙的班组是 {crew}（{size} 人），占用 {share:.0%}。",
                f"{crew} ({size}) is busiest, {share:.0%} of the time.",
            )
        )
        said.append(_one_more(wider, crew, end))
    return tuple(said)


def _one_more(wider: ProjectsProblem, crew: str, end: int) -> Text:
    """Say by when all could be done with one more of a crew: scheduled anew, and what is proved."""
    least, begins = least_makespan(wider), generate(wider, {})
    ends = [begin + job.duration for begin, job in zip(begins, wider.jobs, strict=True)]
    kept = all(job.deadline is None or at <= job.deadline for at, job in zip(ends, wider.jobs, strict=True))
    if kept and max(ends) < end:
        return Text(
            f"{crew} 多一人时，重新排程可在第 {max(ends)} 期完成（早 {end - max(ends)} 期）；"
            f"凭作业链和工作量不可能早于 {least}。",
            f"With one more of {crew}, scheduled anew, all is done by {max(ends)} ({end - max(ends)} earlier); by "
            f"chains and work, never before {least}.",
        )
    return Text(
        f"{crew} 多一人时，重新排程未能提前；凭作业链和工作量不可能早于 {least}。",
        f"With one more of {crew}, scheduling anew found nothing earlier; by chains and work, never before {least}.",
    )


def conflicts_projects(problem: ProjectsProblem) -> tuple[Text, ...]:
    """Name the job that needs more than a crew is, or the fewest deadlines that can't hold together."""
    for job in problem.jobs:
        for need, crew, size in zip(job.needs, problem.crews, problem.sizes, strict=True):
            if need > size:
                return (
                    Text(
                        f"“{job.id}”需要 {crew} {need} 人，只有 {size} 人。",
                        f"{job.id!r} needs {need} of {crew}, which has {size}.",
                    ),
                )
    due = [j for j, job in enumerate(problem.jobs) if job.deadline is not None]
    found = _core(problem, due)
    if found is None:
        return ()
    chosen = minimal_conflict(found, lambda part: _core(problem, part) is None)
    listed = [(problem.jobs[j].id, problem.jobs[j].deadline) for j in chosen]
    return (
        Text(
            f"期限 {'、'.join(f'{id_} ≤ {due}' for id_, due in listed)} 不能同时满足；放宽其中任何一个都可以。",
            f"The deadlines {', '.join(f'{id_} ≤ {due}' for id_, due in listed)} can't all be kept; one less would do.",
        ),
    )


def _core(problem: ProjectsProblem, due: Sequence[int]) -> list[int] | None:
    """Return deadlines among some that can't hold together, or None."""
    if not due:
        return None
    model, begins = projects_model(problem, horizon_of(problem), ends=False)
    model.clear_objective()
    switches: list[Any] = []
    for j in due:
        switch, job = model.new_bool_var(""), problem.jobs[j]
        assert job.deadline is not None
        model.add(begins[j] + job.duration <= job.deadline).only_enforce_if(switch)
        switches.append(switch)
    found = conflict_of(model, switches, time_s=CORE_S)
    return None if found is None else [due[i] for i in found]
