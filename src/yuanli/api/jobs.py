"""Imports that run beside the requests, one at a time, and how far each is."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from threading import Lock

from yuanli.api.errors import PLAIN
from yuanli.api.problems import Problem, problem_of
from yuanli.bootstrap import House
from yuanli.campus import CampusId, Finding
from yuanli.errors import NotFoundError, Text, UnavailableError, YuanliError

log = logging.getLogger(__name__)
KEPT = 200
MOST_WAITING = 8


class JobNotFoundError(NotFoundError):
    """There is no such import, or it was forgotten."""


class TooManyImportsError(UnavailableError):
    """Too many imports wait already."""


class JobState(StrEnum):
    """Where an import stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob:
    """An import: its stage and the share done (0–1), what it gave, or why it was refused."""

    id: str
    state: JobState = JobState.RUNNING
    stage: str = "waiting"
    share: float = 0.0
    campus_id: CampusId | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    repairs: tuple[Finding, ...] = ()
    error: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What to import and how; the folder is removed when it is done."""

    folder: Path
    file: Path
    mapping: Path | None
    format: str
    name: str | None
    crs: str
    replace: bool
    who: str
    into: CampusId | None = None


class ImportJobs:
    """The imports of this server since it started, the last 200."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = Lock()
        self._jobs: OrderedDict[str, ImportJob] = OrderedDict()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")

    def start(self, order: ImportOrder) -> ImportJob:
        """Queue an import."""
        job = ImportJob(id=secrets.token_urlsafe(9))
        with self._lock:
            waiting = sum(other.state is JobState.RUNNING for other in self._jobs.values())
            if waiting >= MOST_WAITING:
                shutil.rmtree(order.folder, ignore_errors=True)
                raise TooManyImportsError(
                    Text(f"已有 {waiting} 个导入在排队。", f"{waiting} imports wait already."),
                    hint=Text("请稍后再导入。", "Import again later."),
                )
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
        self._pool.submit(self._run, job.id, order)
        return job

    def get(self, job_id: str) -> ImportJob:
        """Return how far an import is."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise JobNotFoundError(
                Text(f"没有导入任务 {job_id!r}。", f"There is no import {job_id!r}."),
                field="job_id",
                hint=Text("服务重启后请重新导入。", "After a restart, import again."),
            )
        return job

    def close(self) -> None:
        """Drop the imports that have not begun; one that runs ends by itself, all or nothing."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, job_id: str, order: ImportOrder) -> None:
        """Import, and tell the end only when nothing of the upload is left."""
        try:
            outcome = self._import(job_id, order)
        except YuanliError as error:
            outcome = {"state": JobState.REFUSED, "error": problem_of(error)}
        except Exception:
            log.exception("The import of %s failed", order.file.name)
            outcome = {"state": JobState.REFUSED, "error": PLAIN[500]}
        shutil.rmtree(order.folder, ignore_errors=True)
        self._update(job_id, **outcome)

    def _import(self, job_id: str, order: ImportOrder) -> dict[str, object]:
        imported = self._house.places.import_file(
            order.file,
            who=order.who,
            format=order.format,
            name=order.name,
            crs=order.crs,
            mapping=order.mapping,
            replace=order.replace,
            into=order.into,
            progress=lambda stage, share: self._update(job_id, stage=stage, share=share),
        )
        return {
            "state": JobState.DONE,
            "stage": "saved",
            "share": 1.0,
            "campus_id": imported.campus.id,
            "counts": dict(imported.counts),
            "repairs": imported.repairs,
        }

    def _update(self, job_id: str, **values: object) -> None:
        with self._lock:
            if job_id in self._jobs:
                self._jobs[job_id] = replace(self._jobs[job_id], **values)  # type: ignore[arg-type]
