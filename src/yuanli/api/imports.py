"""Imports of map files: uploaded, read beside the requests, kept all or nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import StreamingResponse

from yuanli.api.bodies import Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.events import HEARTBEAT, HEARTBEAT_S, event_of, stream
from yuanli.api.import_jobs import ImportJob, ImportJobs, ImportOrder
from yuanli.api.jobs import JobState
from yuanli.api.uploads import keep_upload, not_kept, upload_folder
from yuanli.campus import CampusId
from yuanli.operations import Right

router = APIRouter(prefix="/imports", tags=["imports"], dependencies=[needs(Right.IMPORT_PLACE)])
LOOK_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An import that has been queued."""

    id: str


@router.post("", status_code=202)
def start_import(
    request: Request,
    house: HouseDep,
    caller: CallerDep,
    file: Annotated[UploadFile, File()],
    format: Annotated[Name, Form()] = "auto",
    name: Annotated[Name | None, Form()] = None,
    crs: Annotated[Name, Form()] = "wgs84",
    mapping: Annotated[UploadFile | None, File()] = None,
    replace: Annotated[bool, Form()] = False,
    into: Annotated[Name | None, Form()] = None,
) -> Started:
    """Import OSM, IMDF, GeoJSON, Brick or Haystack, all or nothing; with `into` devices and points onto a campus."""
    folder = upload_folder(house)
    try:
        path = keep_upload(file, folder / "map")
        mapping_path = keep_upload(mapping, folder / "mapping") if mapping is not None else None
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise not_kept(error) from error
    order = ImportOrder(
        folder=folder,
        file=path,
        mapping=mapping_path,
        format=format,
        name=name or None,
        crs=crs,
        replace=replace,
        into=CampusId(into) if into else None,
        who=caller.name,
    )
    return Started(id=_jobs(request).start(order).id)


@router.get("/{job_id}")
def import_state(job_id: str, request: Request) -> ImportJob:
    """Return how far an import is, and what it gave."""
    return _jobs(request).get(job_id)


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events `import`: ImportJob"}},
)
async def import_events(job_id: str, request: Request) -> StreamingResponse:
    """Send how far an import is, until it ends."""
    jobs = _jobs(request)
    jobs.get(job_id)
    return stream(_events(request, jobs, job_id))


async def _events(request: Request, jobs: ImportJobs, job_id: str) -> AsyncGenerator[bytes, None]:
    stopping: asyncio.Event = request.app.state.stopping
    sent: ImportJob | None = None
    quiet_s = 0.0
    while not stopping.is_set():
        job = jobs.get(job_id)
        if job != sent:
            yield event_of("import", job)
            sent, quiet_s = job, 0.0
        if job.state is not JobState.RUNNING:
            return
        await asyncio.sleep(LOOK_S)
        quiet_s += LOOK_S
        if quiet_s >= HEARTBEAT_S:
            yield HEARTBEAT
            quiet_s = 0.0


def _jobs(request: Request) -> ImportJobs:
    jobs: ImportJobs = request.app.state.jobs
    return jobs
