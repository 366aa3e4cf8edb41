"""Judging that runs beside the requests, one campus at a time, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from yuanli.api.jobs import Job, Jobs, new_job_id
from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import ALWAYS, micros_of
from yuanli.telemetry import Window, touched

DAY = 86_400_000_000


class JudgingSpanError(InvalidInputError):
    """A span of time to judge is empty, half told, or out of 1970–2100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingJob(Job):
    """A judging of a campus: how many points it judged."""

    campus_id: CampusId
    points: int = 0


class JudgingJobs:
    """The judgings of this server since it started."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._jobs = Jobs[JudgingJob](Text("清洗", "judging"))
        self.close = self._jobs.close

    def start(self, campus_id: CampusId, start: datetime | None, end: datetime | None) -> JudgingJob:
        """Queue a judging, or return the one of this campus that is not done yet."""
        self._house.places.campus(campus_id)
        windows = _windows(start, end)

        def judge(job_id: str) -> dict[str, object]:
            health = self._house.telemetry.clean(
                campus_id, windows, told=lambda share: self._jobs.update(job_id, share=share)
            )
            return {"points": len({one.point for one in health})}

        return self._jobs.start(
            JudgingJob(id=new_job_id(), campus_id=campus_id),
            judge,
            same=lambda other: other.campus_id == campus_id,
        )

    def get(self, campus_id: CampusId, job_id: str) -> JudgingJob:
        """Return how far a judging of a campus is."""
        return self._jobs.get(job_id, having=lambda job: job.campus_id == campus_id)


def _windows(start: datetime | None, end: datetime | None) -> Sequence[Window]:
    if start is None and end is None:
        return (ALWAYS,)
    if start is None or end is None or not 0 <= micros_of(start) < micros_of(end) <= ALWAYS.end:
        raise JudgingSpanError(
            Text(f"时间段 {start} 至 {end} 不可用。", f"The span {start} – {end} can't be judged."),
            field="from",
            hint=Text("给出先后两个时间，或都不给。", "Give an earlier and a later time, or neither."),
        )
    return touched(np.arange(micros_of(start), micros_of(end), DAY, dtype=np.int64))
