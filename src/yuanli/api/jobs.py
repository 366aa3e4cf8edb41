"""Work that runs beside the requests, one at a time of a kind, and how far it is."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event, Lock
from typing import Generic, TypeVar

from yuanli.api.errors import PLAIN
from yuanli.api.problems import Problem, problem_of
from yuanli.errors import NotFoundError, Text, UnavailableError, YuanliError

log = logging.getLogger(__name__)
KEPT = 200
MOST_WAITING = 8


class JobNotFoundError(NotFoundError):
    """There is no such job, or it was forgotten."""


class TooManyJobsError(UnavailableError):
    """Too many jobs wait already."""


class JobStoppedError(UnavailableError):
    """Somebody, or the end of the server, stopped a job."""


class JobState(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job: the share done (0–1), and why it was refused."""

    id: str
    state: JobState = JobState.RUNNING
    share: float = 0.0
    error: Problem | None = None


J = TypeVar("J", bound=Job)


def new_job_id() -> str:
    """Return an id that no job has."""
    return secrets.token_urlsafe(9)


class Jobs(Generic[J]):
    """The jobs of a kind since this server started, the last 200.

    Parameters
    ----------
    what
        What one is: 导入, import.
    """

    def __init__(self, what: Text) -> None:
        self._what = what
        self._lock = Lock()
        self._stopped = Event()
        self._jobs: OrderedDict[str, J] = OrderedDict()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=what.en)

    def start(
        self,
        job: J,
        work: Callable[[str], Mapping[str, object]],
        *,
        same: Callable[[J], bool] = lambda other: False,
    ) -> J:
        """Queue a job, or return one that is the same and not done yet; `work`, told its id, returns what it gave.

        Raises
        ------
        TooManyJobsError
            Eight wait already.
        """
        with self._lock:
            running = [other for other in self._jobs.values() if other.state is JobState.RUNNING]
            for other in running:
                if same(other):
                    return other
            if len(running) >= MOST_WAITING:
                raise TooManyJobsError(
                    Text(
                        f"已有 {len(running)} 个{self._what.zh}在排队。",
                        f"{len(running)} {self._what.en}s wait already.",
                    ),
                    hint=Text("请稍后再试。", "Try again later."),
                )
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
        self._pool.submit(self._run, job.id, work)
        return job

    def get(self, job_id: str, *, having: Callable[[J], bool] = lambda job: True) -> J:
        """Return how far a job is.

        Raises
        ------
        JobNotFoundError
            There is none, or none of those `having` something.
        """
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or not having(job):
            raise JobNotFoundError(
                Text(f"没有{self._what.zh}任务 {job_id!r}。", f"There is no {self._what.en} {job_id!r}."),
                field="job_id",
                hint=Text(
                    f"服务重启后请重新{self._what.zh}。", f"After a restart, start the {self._what.en} again."
                ),
            )
        return job

    def update(self, job_id: str, **values: object) -> None:
        """Take over what has changed of a job."""
        with self._lock:
            if job_id in self._jobs:
                self._jobs[job_id] = replace(self._jobs[job_id], **values)  # type: ignore[arg-type]

    def refuse_stopped(self) -> None:
        """Refuse to go on once the server is stopping.

        Raises
        ------
        JobStoppedError
            It is.
        """
        if self._stopped.is_set():
            raise JobStoppedError(Text("服务正在停止。", "The server is stopping."))

    def close(self) -> None:
        """Drop what waits; what runs ends by itself, or where it asks whether to go on."""
        self._stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, job_id: str, work: Callable[[str], Mapping[str, object]]) -> None:
        try:
            values: dict[str, object] = {**work(job_id), "state": JobState.DONE, "share": 1.0}
        except YuanliError as error:
            values = {"state": JobState.REFUSED, "error": problem_of(error)}
        except Exception:  # the outermost of a job: the page is told, and the next has its turn
            log.exception("A job failed: %s", self._what.en)
            values = {"state": JobState.REFUSED, "error": PLAIN[500]}
        self.update(job_id, **values)
