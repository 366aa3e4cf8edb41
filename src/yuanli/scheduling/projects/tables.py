"""Projects: jobs that wait for each other and share crews, and a plan of when each begins."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from yuanli.solver import refuse

MOST_JOBS = 2_000
MOST_CREWS = 100
MOST = 10**7
MOST_PERIODS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that takes `duration` periods without a break.

    Parameters
    ----------
    needs
        How many of each crew it takes, by the crew's number.
    after
        Numbers of jobs that are done before it begins.
    earliest, deadline
        It begins not before, and is done by; None is no limit.
    """

    id: str
    duration: int
    needs: tuple[int, ...]
    after: tuple[int, ...] = ()
    earliest: int = 0
    deadline: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectsProblem:
    """Jobs to be done soonest with crews of given sizes (RCPSP)."""

    jobs: tuple[Job, ...]
    crews: tuple[str, ...]
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        for name, zh, size, least, most in (
            ("jobs", "作业", len(self.jobs), 1, MOST_JOBS),
            ("crews", "班组", len(self.crews), 0, MOST_CREWS),
        ):
            if not least <= size <= most:
                refuse(
                    f"{zh}有 {size} 个，应在 {least} 到 {most} 之间。",
                    f"There are {size} {name}; there can be {least} to {most}.",
                    field=name,
                )
        seen: set[str] = set()
        for job in self.jobs:
            if job.id in seen or not job.id:
                refuse(
                    f"作业名“{job.id}”为空或出现多次。",
                    f"The job {job.id!r} has no name or is there twice.",
                    field="jobs",
                )
            seen.add(job.id)
            self._check(job)
        for crew, size in zip(self.crews, self.sizes, strict=True):
            if not 0 <= size <= MOST:
                refuse(
                    f"班组“{crew}”的人数为 {size}，应在 0 到 {MOST} 之间。",
                    f"The size of {crew!r} is {size}; it lies from 0 to {MOST}.",
                    field=f"crews.{crew}",
                )
        span = sum(job.duration for job in self.jobs) + max(job.earliest for job in self.jobs)
        if span > MOST_PERIODS:
            refuse(
                f"作业共长 {span} 期，应不超过 {MOST_PERIODS}：请用更长的计划单位。",
                f"All jobs last {span} periods; they may last {MOST_PERIODS}: plan in longer periods.",
                field="jobs",
            )
        try:
            TopologicalSorter({j: job.after for j, job in enumerate(self.jobs)}).prepare()
        except CycleError as error:
            names = [self.jobs[j].id for j in error.args[1]]
            refuse(
                f"作业互相等待：{' → '.join(names)}。",
                f"Jobs wait for each other: {' → '.join(names)}.",
                field="jobs",
            )

    def _check(self, job: Job) -> None:
        for name, value in (
            ("duration", job.duration),
            ("earliest", job.earliest),
            ("deadline", job.deadline),
        ):
            if value is not None and not 0 <= value <= MOST:
                refuse(
                    f"作业“{job.id}”的 {name} 为 {value}，应在 0 到 {MOST} 之间。",
                    f"{name} of {job.id!r} is {value}; it lies from 0 to {MOST}.",
                    field=f"jobs.{job.id}.{name}",
                )
        if len(job.needs) != len(self.crews) or any(not 0 <= need <= MOST for need in job.needs):
            refuse(
                f"作业“{job.id}”的班组需求 {job.needs} 应是 {len(self.crews)} 个不小于 0 的数。",
                f"What {job.id!r} needs, {job.needs}, is {len(self.crews)} numbers from 0.",
                field=f"jobs.{job.id}.needs",
            )
        if any(not 0 <= other < len(self.jobs) for other in job.after):
            refuse(
                f"作业“{job.id}”的前置作业不存在。",
                f"{job.id!r} waits for a job that isn't there.",
                field=f"jobs.{job.id}.after",
            )

    def order(self) -> list[int]:
        """Return the jobs, each after those it waits for."""
        return list(TopologicalSorter({j: job.after for j, job in enumerate(self.jobs)}).static_order())


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectsPlan:
    """When each job begins."""

    begins: tuple[int, ...]
