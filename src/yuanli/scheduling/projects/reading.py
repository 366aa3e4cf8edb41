"""Projects in our own JSON, and in PSPLIB's `.sm`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from yuanli.scheduling.projects.tables import MOST_CREWS, MOST_JOBS, Job, ProjectsProblem
from yuanli.solver import Document, cut_text, document_of, refuse, text_of

Amount = Annotated[int, Field(ge=0)]


class _Job(Document):
    id: str = Field(description="its name in the plan")
    duration: Amount = Field(description="periods it takes, without a break")
    needs: dict[str, Amount] = Field(default={}, description="how many of each crew it takes all the while")
    after: tuple[str, ...] = Field(default=(), description="jobs that are done before it begins")
    earliest: Amount = Field(default=0, description="first period it may begin in")
    deadline: Amount | None = Field(default=None, description="period by whose begin it is done")


class ProjectsDocument(Document):
    """Jobs and crews; periods are whole numbers of whatever unit is planned in: hours, half days, days."""

    crews: dict[str, Amount] = Field(
        default={}, max_length=MOST_CREWS, description="people or machines in each crew"
    )
    jobs: tuple[_Job, ...] = Field(max_length=MOST_JOBS)


def parse_projects(data: bytes, name: str) -> ProjectsProblem:
    """Read our JSON, or PSPLIB's single-mode files; gzipped or not.

    Raises
    ------
    InvalidProblemError
        A line or field is wrong.
    """
    text = text_of(data, name)
    return _parse_json(text, name) if text.lstrip().startswith("{") else _parse_psplib(text, name)


def _parse_json(text: str, name: str) -> ProjectsProblem:
    told = document_of(ProjectsDocument, text, name)
    crews = tuple(told.crews)
    number = {job.id: j for j, job in enumerate(told.jobs)}

    def jobs_of(job: _Job, place: int) -> tuple[int, ...]:
        for other in job.after:
            if other not in number:
                refuse(
                    f"作业“{job.id}”的前置作业“{other}”不存在。",
                    f"{job.id!r} waits for {other!r}, which isn't there.",
                    field=f"jobs.{place}.after",
                )
        return tuple(number[other] for other in job.after)

    for place, job in enumerate(told.jobs):
        for crew in job.needs:
            if crew not in told.crews:
                refuse(
                    f"作业“{job.id}”需要班组“{crew}”，crews 里没有。",
                    f"{job.id!r} needs the crew {crew!r}, which is not in crews.",
                    field=f"jobs.{place}.needs",
                )
    return ProjectsProblem(
        jobs=tuple(
            Job(
                id=job.id, duration=job.duration, needs=tuple(job.needs.get(crew, 0) for crew in crews),
                after=jobs_of(job, place), earliest=job.earliest, deadline=job.deadline,
            )
            for place, job in enumerate(told.jobs)
        ),
        crews=crews,
        sizes=tuple(told.crews.values()),
    )  # fmt: skip


def _parse_psplib(text: str, name: str) -> ProjectsProblem:
    """Read PSPLIB (Kolisch and Sprecher 1997, doi:10.1016/S0377-2217(96)00170-1); only jobs with one mode."""
    parts = {"PRECEDENCE": 0, "REQUESTS": 0, "RESOURCEAVAILABILITIES": 0}
    lines = [(i, line.split()) for i, line in enumerate(text.splitlines(), 1)]
    for i, words in lines:
        key = words[0].split("/")[0].rstrip(":").upper() if words else ""
        if key in parts:
            parts[key] = i
    for key, at in parts.items():
        if not at:
            refuse(f"{name} 缺少 {key} 段。", f"{name} has no part {key}.", field=key)

    def table(key: str) -> list[tuple[int, list[int]]]:
        found: list[tuple[int, list[int]]] = []
        for i, words in lines[parts[key] :]:
            if words and words[0].startswith("***"):
                break
            if not words or not words[0][0].isdigit():
                if words and found:
                    refuse(
                        f"{name} 第 {i} 行“{cut_text(' '.join(words))}”应是数字。",
                        f"{name}, line {i}: {cut_text(' '.join(words))!r} should be numbers.",
                        field=f"{name}:{i}",
                    )
                continue
            try:
                found.append((i, [int(word) for word in words]))
            except ValueError:
                refuse(
                    f"{name} 第 {i} 行“{cut_text(' '.join(words))}”应全是整数。",
                    f"{name}, line {i}: {cut_text(' '.join(words))!r} should be whole numbers.",
                    field=f"{name}:{i}",
                )
        return found

    links, requests, sizes = table("PRECEDENCE"), table("REQUESTS"), table("RESOURCEAVAILABILITIES")
    if not sizes or not requests:
        refuse(f"{name} 没有作业或资源。", f"{name} has no jobs or no resources.", field="REQUESTS")
    crews = len(sizes[0][1])
    for i, numbers in requests:
        if len(numbers) != crews + 3 or numbers[1] != 1:
            refuse(
                f"{name} 第 {i} 行应有 {crews + 3} 个数且只有一种模式。",
                f"{name}, line {i}, should hold {crews + 3} numbers and one mode.",
                field=f"{name}:{i}",
            )
    number = {numbers[0]: j for j, (_, numbers) in enumerate(requests)}
    after: list[list[int]] = [[] for _ in requests]
    for i, numbers in links:
        if (
            len(numbers) < 3
            or numbers[1] != 1
            or len(numbers) != numbers[2] + 3
            or not set(numbers[3:]) | {numbers[0]} <= number.keys()
        ):
            refuse(
                f"{name} 第 {i} 行不止一种模式，或后续作业数目不符或不存在。",
                f"{name}, line {i}: it has more than one mode, or its successors are not as many as told or not there.",
                field=f"{name}:{i}",
            )
        for successor in numbers[3:]:
            after[number[successor]].append(number[numbers[0]])
    return ProjectsProblem(
        jobs=tuple(
            Job(id=str(numbers[0]), duration=numbers[2], needs=tuple(numbers[3:]), after=tuple(after[j]))
            for j, (_, numbers) in enumerate(requests)
        ),
        crews=tuple(f"R{k + 1}" for k in range(crews)),
        sizes=tuple(sizes[0][1]),
    )
