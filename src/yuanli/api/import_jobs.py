"""Imports that run beside the requests, one at a time, and how far each is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yuanli.api.jobs import Job, Jobs, TooManyJobsError, new_job_id
from yuanli.bootstrap import House
from yuanli.campus import CampusId, Finding
from yuanli.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob(Job):
    """An import: its stage, and what it gave."""

    stage: str = "waiting"
    campus_id: CampusId | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    repairs: tuple[Finding, ...] = ()


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
    """The imports of this server since it started; one that runs when it ends is imported whole or not at all."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._jobs = Jobs[ImportJob](Text("导入", "import"))
        self.get, self.close = self._jobs.get, self._jobs.close

    def start(self, order: ImportOrder) -> ImportJob:
        """Queue an import."""
        try:
            return self._jobs.start(ImportJob(id=new_job_id()), lambda job_id: self._import(job_id, order))
        except TooManyJobsError:
            shutil.rmtree(order.folder, ignore_errors=True)
            raise

    def _import(self, job_id: str, order: ImportOrder) -> dict[str, object]:
        """Import, and tell the end only when nothing of the upload is left."""
        try:
            imported = self._house.places.import_file(
                order.file, who=order.who, format=order.format, name=order.name, crs=order.crs,
                mapping=order.mapping, replace=order.replace, into=order.into,
                progress=lambda stage, share: self._jobs.update(job_id, stage=stage, share=share),
            )  # fmt: skip
        finally:
            shutil.rmtree(order.folder, ignore_errors=True)
        return {
            "stage": "saved", "campus_id": imported.campus.id, "counts": dict(imported.counts),
            "repairs": imported.repairs,
        }  # fmt: skip
