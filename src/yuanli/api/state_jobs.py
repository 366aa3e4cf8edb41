"""Trainings of states that run beside the requests, one at a time, and how far each is."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event, Lock

from yuanli.api.errors import PLAIN
from yuanli.api.jobs import MOST_WAITING, JobNotFoundError, JobState, TooManyImportsError
from yuanli.api.problems import Problem, problem_of
from yuanli.bootstrap import House
from yuanli.campus import CampusId, PointId
from yuanli.errors import Text, UnavailableError, YuanliError
from yuanli.operations import StateOrder, TrainedStates

log = logging.getLogger(__name__)
KEPT = 100


class TrainingStoppedError(UnavailableError):
    """The server ended while a model was trained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTrainingJob:
    """A training: the share done (0–1), what came of it, or why it was refused."""

    id: str
    campus_id: CampusId
    point: PointId
    state: JobState = JobState.RUNNING
    share: float = 0.0
    trained: TrainedStates | None = None
    error: Problem | None = None


class StateTrainingJobs:
    """The trainings of this server since it started, the last 100."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = Lock()
        self._stopped = Event()
        self._jobs: OrderedDict[str, StateTrainingJob] = OrderedDict()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="state-training")

    def start(self, campus_id: CampusId, point: PointId, order: StateOrder, *, who: str) -> StateTrainingJob:
        """Queue a training, or return the one of this point that is not done yet."""
        self._house.telemetry.point(campus_id, point)
        with self._lock:
            running = [job for job in self._jobs.values() if job.state is JobState.RUNNING]
            same = next((job for job in running if (job.campus_id, job.point) == (campus_id, point)), None)
            if same is not None:
                return same
            if len(running) >= MOST_WAITING:
                raise TooManyImportsError(
                    Text(f"已有 {len(running)} 个训练在排队。", f"{len(running)} trainings wait already."),
                    hint=Text("请稍后再试。", "Try again later."),
                )
            job = StateTrainingJob(id=secrets.token_urlsafe(9), campus_id=campus_id, point=point)
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
        self._pool.submit(self._run, job, order, who)
        return job

    def get(self, campus_id: CampusId, job_id: str) -> StateTrainingJob:
        """Return how far a training is."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.campus_id != campus_id:
            raise JobNotFoundError(
                Text(f"没有训练任务 {job_id!r}。", f"There is no training {job_id!r}."),
                field="job_id",
                hint=Text("服务重启后请重新训练。", "After a restart, train again."),
            )
        return job

    def close(self) -> None:
        """Drop the trainings that wait, and stop the one that runs at its next step; nothing is registered."""
        self._stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: StateTrainingJob, order: StateOrder, who: str) -> None:
        try:
            trained = self._house.state_training.train(
                job.campus_id, job.point, order, who=who, told=lambda share: self._go_on(job.id, share)
            )
            done = replace(job, state=JobState.DONE, share=1.0, trained=trained)
        except YuanliError as error:
            done = replace(job, state=JobState.REFUSED, error=problem_of(error))
        except Exception:  # the outermost of a job: the page is told, and the next has its turn
            log.exception("The training of states of %s failed", job.point)
            done = replace(job, state=JobState.REFUSED, error=PLAIN[500])
        with self._lock:
            self._jobs[job.id] = done

    def _go_on(self, job_id: str, share: float) -> None:
        if self._stopped.is_set():
            raise TrainingStoppedError(Text("服务正在停止。", "The server is stopping."))
        with self._lock:
            self._jobs[job_id] = replace(self._jobs[job_id], share=share)
