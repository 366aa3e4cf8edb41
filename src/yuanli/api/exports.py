"""Campuses as files, and QR codes of places."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO
from urllib.parse import quote, urlencode

import segno
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from yuanli.api import bodies
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.operations import EXPORTS, Right

router = APIRouter(tags=["exports"])
QR_SCALE = 8
CHUNK_BYTES = 256 * 1024


@router.get(
    "/campuses/{campus}/export",
    dependencies=[needs(Right.SEE_PLACE)],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file"}},
)
def export_campus(
    campus: CampusPath, house: HouseDep, format: Annotated[str, Query(max_length=40)] = "imdf"
) -> StreamingResponse:
    """Return a campus as a file: `imdf`, `geojson`, `brick`, `csv` or `xlsx`."""
    export = EXPORTS.get(format)
    suffix = export.suffix if export else ""
    with tempfile.TemporaryDirectory(prefix="yuanli-export-") as folder:
        path = Path(folder) / f"campus{suffix}"
        house.places.export(campus, format, path)
        # The open file outlives its folder: a server that sends files by path may be late to open it.
        file, size = path.open("rb"), path.stat().st_size
    assert export is not None
    return StreamingResponse(
        chunks_of(file),
        media_type=export.media_type,
        headers={
            "Content-Length": str(size),
            "Content-Disposition": f'attachment; filename="{campus}{suffix}"',
        },
    )


@router.get(
    "/campuses/{campus}/qr",
    dependencies=[needs(Right.SEE_PLACE)],
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The QR code"}},
)
def qr_code(
    campus: CampusPath,
    request: Request,
    house: HouseDep,
    to: bodies.Query,
    origin: Annotated[bodies.Query, Query(alias="from")] = "",
) -> Response:
    """Return a QR code, as SVG, of the deep link that guides to a place."""
    house.places.campus(campus)
    asked = {"campus": campus, "from": origin, "to": to}
    query = urlencode({name: value for name, value in asked.items() if value}, quote_via=quote)
    link = f"{_site(request, house.settings.public_url)}/go?{query}"
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", scale=QR_SCALE, border=4, xmldecl=False)
    return Response(out.getvalue(), media_type="image/svg+xml", headers={"X-Link": link})


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield an open file piece by piece, and close it."""
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _site(request: Request, public_url: str | None) -> str:
    return public_url or f"{request.url.scheme}://{request.url.netloc}"
