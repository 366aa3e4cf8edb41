"""How much a request may send: counted as it comes in, so that nothing too large is ever kept."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yuanli.api.errors import PLAIN
from yuanli.api.problems import reply_with
from yuanli.services import LARGEST_BYTES

BODY_LIMIT_BYTES = 2_000_000
"""Largest body of everything but a file, a recording, a data set or a problem."""
FORM_BYTES = 1_000_000
"""What a form may hold beside the file."""
IMPORTS = "/v1/imports"
RECORDINGS = "/v1/transcribe"
DATASETS = "/v1/datasets"
PLANS = "/plans"
PLAN_BYTES = 20_000_000
"""Largest file of a problem."""
READING_FILES = "/reading-files"
POINT_TABLES = "/points/table"
POINT_TABLE_BYTES = 20_000_000
"""Largest table of points."""
USAGE_TABLES = "/space-usage/tables"
USAGE_BYTES = 60_000_000
"""Largest tables of the use of rooms, together."""
ENDINGS = (PLANS, READING_FILES, POINT_TABLES, USAGE_TABLES)
"""How paths of campuses end that take files."""
DATASET_BYTES = 50_000_000
"""Largest file of examples."""


class BodyLimits:
    """Answers 413 to bodies that are too large."""

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app = app
        self._limits = {
            IMPORTS: upload_bytes + FORM_BYTES,
            RECORDINGS: LARGEST_BYTES + FORM_BYTES,
            READING_FILES: upload_bytes + FORM_BYTES,
            POINT_TABLES: POINT_TABLE_BYTES + FORM_BYTES,
            USAGE_TABLES: USAGE_BYTES + FORM_BYTES,
            PLANS: PLAN_BYTES + FORM_BYTES,
            DATASETS: min(upload_bytes, DATASET_BYTES) + FORM_BYTES,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while its body is within its limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        ending = next((ending for ending in ENDINGS if path.endswith(ending)), path)
        limit = self._limits.get(ending, BODY_LIMIT_BYTES)
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and int(told) > limit:
            await reply_with(PLAIN[413], 413, {"Connection": "close"})(scope, receive, send)
            return
        received = 0

        async def receive_within() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_within, send)
