"""Files of readings that people bring: what their columns hold, what is wrong with them, and their import."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, File, Path, Request, UploadFile
from pydantic import Field

from yuanli.api.bodies import Body, Line, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.reading_jobs import FileOrder, ReadingFile, ReadingFileJobs
from yuanli.api.readings import zone_of
from yuanli.api.uploads import keep_upload, not_kept, upload_folder
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import Right
from yuanli.telemetry import ColumnRole, Columns, DecodeParams, TableColumn, make_columns

router = APIRouter(
    prefix="/campuses/{campus}/reading-files",
    tags=["reading files"],
    dependencies=[needs(Right.PUSH_READINGS)],
)
FileId = Annotated[str, Path(max_length=100)]
SOME_TIME = datetime(2001, 12, 31, 23, 59, 58, tzinfo=UTC)


class TimeFormatError(InvalidInputError):
    """What should say how times are written does not."""


class ColumnBody(Body):
    """What a column holds; `point` and `unit` are of a column that holds the readings of one point."""

    header: Line
    role: ColumnRole
    point: Name | None = None
    unit: Name | None = None


class MappingBody(Body):
    """How a file is read; without `zone` times that tell none are the campus's own."""

    columns: Annotated[list[ColumnBody], Field(max_length=10_000)]
    zone: Annotated[str | None, Field(max_length=64)] = None
    time_format: Name | None = None


class ImportBody(MappingBody):
    """How a file is read; with `partial` its wrong rows are left out, else it is all or nothing."""

    partial: bool = False


@router.post("", status_code=201)
def bring_file(
    campus: CampusPath, request: Request, house: HouseDep, file: Annotated[UploadFile, File()]
) -> ReadingFile:
    """Bring a CSV, Excel or Parquet file of readings; nothing is kept yet, what its columns hold is proposed."""
    house.places.campus(campus)
    folder = upload_folder(house)
    try:
        return _jobs(request).open(campus, folder, keep_upload(file, folder / "readings"))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise not_kept(error) from error
    except InvalidInputError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@router.get("/{file_id}")
def file_state(campus: CampusPath, file_id: FileId, request: Request) -> ReadingFile:
    """Return how far the work on a file of readings is, and what was found or kept."""
    return _jobs(request).get(campus, file_id)


@router.post("/{file_id}/check", status_code=202)
def check_file(
    campus: CampusPath, file_id: FileId, body: MappingBody, request: Request, house: HouseDep
) -> ReadingFile:
    """Check a file beside the requests: wrong rows, unknown points, and which readings are new. Nothing is kept."""
    zone = house.places.campus(campus).time_zone
    return _jobs(request).check(campus, file_id, _order(body, zone))


@router.post("/{file_id}/import", status_code=202)
def import_file(
    campus: CampusPath,
    file_id: FileId,
    body: ImportBody,
    request: Request,
    house: HouseDep,
    caller: CallerDep,
) -> ReadingFile:
    """Import a file beside the requests, all or nothing or without its wrong rows; what is told as kept is on disk."""
    zone = house.places.campus(campus).time_zone
    order = _order(body, zone, partial=body.partial)
    return _jobs(request).keep(campus, file_id, order, who=caller.name)


@router.delete("/{file_id}", status_code=204)
def drop_file(campus: CampusPath, file_id: FileId, request: Request) -> None:
    """Forget a file and stop the work on it; readings that are on disk stay."""
    _jobs(request).drop(campus, file_id)


def _order(body: MappingBody, zone: str, *, partial: bool = False) -> FileOrder:
    decoding = DecodeParams(zone=zone_of(body.zone or zone))
    return FileOrder(columns=_columns(body), decoding=decoding, partial=partial)


def _columns(body: MappingBody) -> Columns:
    given = [
        TableColumn(header=one.header, role=one.role, point=one.point or None, unit=one.unit or None)
        for one in body.columns
    ]
    return make_columns(given, time_format=_time_format(body.time_format or None))


def _time_format(given: str | None) -> str | None:
    try:
        if given is not None:
            datetime.strptime(SOME_TIME.strftime(given), given)
    except (ValueError, re.error) as error:
        raise TimeFormatError(
            Text(f"时间格式“{given}”不可用。", f"Times can't be read by {given!r}."),
            field="time_format",
            hint=Text("例如 %Y/%m/%d %H:%M。", "Write such as %Y/%m/%d %H:%M."),
        ) from error
    return given


def _jobs(request: Request) -> ReadingFileJobs:
    jobs: ReadingFileJobs = request.app.state.reading_files
    return jobs
