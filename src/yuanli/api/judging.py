"""Judging that runs beside the requests, one campus at a time, and how far it is."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

import numpy as np

from yuanli.api.errors import PLAIN
from yuanli.api.jobs import JobNotFoundError, JobState
from yuanli.api.problems import Problem, problem_of
from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import InvalidInputError, Text, YuanliError
from yuanli.operations import ALWAYS, micros_of
from yuanli.telemetry import Window, touched

log = logging.getLogger(__name__)
KEPT = 100
DAY = 86_400_000_000


class JudgingSpanError(InvalidInputError):
    """A span of time to judge is empty, half told, or out of 1970–2100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingJob:
    """A judging: the share done (0–1), how many points it judged, or why it was refused."""

    id: str
    campus_id: CampusId
    state: JobState = JobState.RUNNING
    share: float = 0.0
    points: int = 0
    error: Problem | None = None


class JudgingJobs:
    """The judgings of this server since it started, the last 100."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = Lock()
        self._jobs: OrderedDict[str, JudgingJob] = OrderedDict()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judging")

    def start(self, campus_id: CampusId, start: datetime | None, end: datetime | None) -> JudgingJob:
        """Queue a judging, or return the one of this campus that is not done yet."""
        self._house.places.campus(campus_id)
        windows = _windows(start, end)
        with self._lock:
            for job in self._jobs.values():
                if job.campus_id == campus_id and job.state is JobState.RUNNING:
                    return job
            job = JudgingJob(id=secrets.token_urlsafe(9), campus_id=campus_id)
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
        self._pool.submit(self._run, job, windows)
        return job

    def get(self, campus_id: CampusId, job_id: str) -> JudgingJob:
        """Return how far a judging of a campus is."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.campus_id != campus_id:
            raise JobNotFoundError(
                Text(f"没有清洗任务 {job_id!r}。", f"There is no judging {job_id!r}."),
                field="job_id",
                hint=Text("服务重启后请重新开始。", "After a restart, start it again."),
            )
        return job

    def close(self) -> None:
        """Drop what has not begun; one that runs ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: JudgingJob, windows: Sequence[Window]) -> None:
        try:
            health = self._house.telemetry.clean(
                job.campus_id, windows, told=lambda share: self._update(job.id, share=share)
            )
            self._update(job.id, state=JobState.DONE, share=1.0, points=len({one.point for one in health}))
        except YuanliError as error:
            self._update(job.id, state=JobState.REFUSED, error=problem_of(error))
        except Exception:
            log.exception("The judging of %s failed", job.campus_id)
            self._update(job.id, state=JobState.REFUSED, error=PLAIN[500])

    def _update(self, job_id: str, **values: object) -> None:
        with self._lock:
            if job_id in self._jobs:
                self._jobs[job_id] = replace(self._jobs[job_id], **values)  # type: ignore[arg-type]


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
