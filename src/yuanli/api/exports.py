"""Campuses as files, and QR codes of places."""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

import segno
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from yuanli.api import bodies
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.operations import EXPORTS, Right

router = APIRouter(tags=["exports"])
QR_SCALE = 8


@router.get(
    "/campuses/{campus}/export",
    dependencies=[needs(Right.SEE_PLACE)],
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file"}},
)
def export_campus(
    campus: CampusPath, house: HouseDep, format: Annotated[str, Query(max_length=40)] = "imdf"
) -> FileResponse:
    """Return a campus as a file: `imdf`, `geojson`, `csv` or `xlsx`."""
    export = EXPORTS.get(format)
    suffix = export.suffix if export else ""
    folder = Path(tempfile.mkdtemp(prefix="yuanli-export-"))
    try:
        path = folder / f"campus{suffix}"
        house.places.export(campus, format, path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    assert export is not None
    return FileResponse(
        path,
        media_type=export.media_type,
        filename=f"{campus}{suffix}",
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
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


def _site(request: Request, public_url: str | None) -> str:
    return public_url or f"{request.url.scheme}://{request.url.netloc}"
