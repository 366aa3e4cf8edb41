"""Server-sent events: what is told to whoever keeps listening."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic_core import to_json

from yuanli.bootstrap import House
from yuanli.campus import CampusId

HEARTBEAT = KEEPALIVE_COMMENT
HEARTBEAT_S = 15.0


class Changes:
    """Wakes one listener after each change of a campus, after a while, and when the server stops."""

    def __init__(self, house: House, campus_id: CampusId, stopping: asyncio.Event) -> None:
        self._campus_id = campus_id
        self._stopping = stopping
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.stop: Callable[[], None] = house.places.on_change(self._heard)

    def _heard(self, campus_id: CampusId) -> None:
        if campus_id == self._campus_id and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)

    async def wait(self, at_most_s: float) -> bool:
        """Return whether the campus changed; False when the time is up or the server stops."""
        changed = asyncio.ensure_future(self._changed.wait())
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((changed, stopping), timeout=at_most_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            stopping.cancel()
        heard = self._changed.is_set()
        self._changed.clear()
        return heard


def event_of(name: str, value: object) -> bytes:
    """Encode one event; what is no finite number is null, as everywhere in the API."""
    return format_sse_event(event=name, data_str=to_json(value, inf_nan_mode="null").decode())


def stream(events: AsyncIterator[bytes]) -> StreamingResponse:
    """Make the response that sends events until the listener or the server goes."""
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
