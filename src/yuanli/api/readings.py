"""Readings that programs push: JSON, JSON Lines or line protocol; answered when they are on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import AwareDatetime

from yuanli.api.bodies import Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.exports import chunks_of
from yuanli.api.problems import Problem, problem_of
from yuanli.campus import FeatureId, PointId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import (
    Bucket,
    Delivery,
    Every,
    Intake,
    Judged,
    Lineage,
    PointValue,
    Receipt,
    RefusedRow,
    Right,
    Standard,
    reading_table,
)
from yuanli.storage import TableFormat, write_table
from yuanli.telemetry import (
    Decoded,
    DecodeParams,
    Precision,
    RefusedRowsError,
    decode_json,
    decode_json_lines,
    decode_line_protocol,
)

router = APIRouter(tags=["readings"])
JSON = "application/json"
LINES = ("application/x-ndjson", "application/jsonl", "application/json-lines")
LINE_PROTOCOL = "text/plain"
PARQUET = "application/vnd.apache.parquet"
BODIES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"description": "A reading, a list, or values by name"}},
            LINES[0]: {"schema": {"type": "string", "description": "JSON, a document a line"}},
            LINE_PROTOCOL: {"schema": {"type": "string", "description": "InfluxDB's line protocol"}},
        },
    }
}


Points = Annotated[Sequence[Name], Query(description="Ids of points", max_length=1000)]
From = Annotated[AwareDatetime, Query(alias="from", description="With a zone")]
Until = Annotated[AwareDatetime, Query(alias="to", description="Not included")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestReadings:
    """The newest readings."""

    readings: tuple[PointValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesOfReadings:
    """The readings of a point, oldest first, and which rules judged them."""

    readings: tuple[Judged, ...]
    judged_by: tuple[Lineage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Readings put together, by point and time."""

    buckets: tuple[Bucket, ...]


class RefusedReadings(Problem):
    """What is wrong with the rows of a push of which nothing was kept."""

    refused: tuple[RefusedRow, ...]


class BodyKindError(InvalidInputError):
    """The body has a media type that holds no readings, or its zone is none."""


@router.post(
    "/campuses/{campus}/readings",
    dependencies=[needs(Right.PUSH_READINGS)],
    openapi_extra=BODIES,
    response_model=Receipt,
    responses={422: {"model": RefusedReadings | Problem, "description": "Rows are wrong: nothing is kept"}},
)
async def push_readings(
    request: Request,
    campus: CampusPath,
    house: HouseDep,
    caller: CallerDep,
    partial: bool = False,
    precision: Precision = Precision.NS,
    zone: Annotated[str | None, Query(max_length=64)] = None,
    gateway: Annotated[Name | None, Query()] = None,
) -> Receipt | JSONResponse:
    """Keep readings, all or none; with `partial` the good rows. The answer comes when they are on disk."""
    decode = _decoder(request.headers.get("content-type", JSON), precision)
    params, body = DecodeParams(zone=zone_of(zone)), await request.body()
    name = gateway or f"http:{caller.name}"
    try:
        return await run_in_threadpool(
            lambda: _take(house.intake, decode(body, params), campus, name, len(body), partial)
        )
    except RefusedRowsError as error:
        refused = tuple(
            RefusedRow(delivery=0, row=fault.row, field=fault.field, value=fault.value, message=fault.message)
            for fault in error.faults
        )
        problem = RefusedReadings(**problem_of(error).model_dump(), refused=refused)
        return JSONResponse(problem.model_dump(mode="json"), status_code=error.status)


@router.get("/campuses/{campus}/readings/latest", dependencies=[needs(Right.SEE_READINGS)])
def list_latest(campus: CampusPath, house: HouseDep, point: Points = ()) -> LatestReadings:
    """Return the newest reading of each point, as it is judged; of those named, or of all."""
    return LatestReadings(readings=house.telemetry.latest(campus, _ids(point)))


@router.get("/campuses/{campus}/readings", dependencies=[needs(Right.SEE_READINGS)])
def list_readings(
    campus: CampusPath, house: HouseDep, point: Name, start: From, end: Until
) -> SeriesOfReadings:
    """Return the readings of one point as they came, what holds of them, their quality and why."""
    (point_id,) = _ids([point])
    return SeriesOfReadings(
        readings=house.telemetry.series(campus, point_id, start, end),
        judged_by=house.telemetry.lineage(campus, point_id, start, end),
    )


@router.get(
    "/campuses/{campus}/readings/export",
    dependencies=[needs(Right.SEE_READINGS)],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, PARQUET: {}}, "description": "The table"}},
)
def export_readings(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    point: Points,
    format: TableFormat = TableFormat.CSV,
    flags: Annotated[Sequence[Standard], Query(description="Also in the flags of these standards")] = (),
    lineage: Annotated[bool, Query(description="Also which rules judged each reading, and when")] = False,
) -> StreamingResponse:
    """Return readings of points as CSV or Parquet, on demand with OPC UA, BACnet and QARTOD flags and lineage."""
    columns = reading_table(
        house.telemetry, campus, _ids(point), start, end, flags=tuple(flags), lineage=lineage
    )
    with tempfile.TemporaryDirectory(prefix="yuanli-export-") as folder:
        path = Path(folder) / f"readings.{format}"
        write_table(columns, path, format)
        file, size = path.open("rb"), path.stat().st_size
    return StreamingResponse(
        chunks_of(file),
        media_type=PARQUET if format is TableFormat.PARQUET else "text/csv; charset=utf-8",
        headers={
            "Content-Length": str(size),
            "Content-Disposition": f'attachment; filename="{campus}-readings.{format}"',
        },
    )


@router.get("/campuses/{campus}/readings/summary", dependencies=[needs(Right.SEE_READINGS)])
def summarise_readings(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    point: Points = (),
    every: Every = Every.HOUR,
) -> Summary:
    """Return count, sum, mean, range, coverage and worst quality by quarter of an hour, hour or day of the campus."""
    return Summary(buckets=house.telemetry.roll_up(campus, _ids(point), start, end, every=every))


def _ids(names: Sequence[str]) -> tuple[PointId, ...]:
    return tuple(PointId(FeatureId(name)) for name in names)


def _take(
    intake: Intake, decoded: Decoded, campus: CampusPath, gateway: str, size: int, partial: bool
) -> Receipt:
    delivery = Delivery(campus_id=campus, decoded=decoded, gateway=gateway, size=size)
    return intake.take([delivery], partial=partial)


def _decoder(media_type: str, precision: Precision) -> Callable[[bytes, DecodeParams], Decoded]:
    kind = media_type.partition(";")[0].strip().lower() or JSON
    if kind == JSON:
        return decode_json
    if kind in LINES:
        return decode_json_lines
    if kind == LINE_PROTOCOL:
        return lambda body, params: decode_line_protocol(body, params, precision=precision)
    raise BodyKindError(
        Text(f"不支持的内容类型：{kind}", f"Bodies of the type {kind} hold no readings."),
        field="Content-Type",
        hint=Text(
            f"可用：{JSON}、{LINES[0]}、{LINE_PROTOCOL}。", f"Send {JSON}, {LINES[0]} or {LINE_PROTOCOL}."
        ),
    )


def zone_of(name: str | None) -> ZoneInfo | None:
    """Return a time zone; `BodyKindError` where there is none of that name."""
    try:
        return None if name is None else ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        raise BodyKindError(
            Text(f"没有时区“{name}”。", f"There is no time zone {name!r}."),
            field="zone",
            hint=Text("例如 Asia/Shanghai。", "Write such as Asia/Shanghai."),
        ) from error
