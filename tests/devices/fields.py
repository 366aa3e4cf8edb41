"""An intake on a store in memory, and gateways that run beside a test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from threading import Event
from typing import TypeVar

from tests.telemetry.memory import MemoryReadingStore

from yuanli.campus import CampusId, DataPoint, FeatureId, PointId
from yuanli.devices import FieldGateway, FieldParams, Line
from yuanli.errors import Text
from yuanli.operations import Intake, ReadingIntake, StoreUnavailableError, Written
from yuanli.telemetry import Readings, make_book

CAMPUS = CampusId("park")
QUICK = FieldParams(every_s=0.05, gather_s=0.01, first_wait_s=0.02, longest_wait_s=0.1, call_s=5.0)
T = TypeVar("T")


class FieldStore(MemoryReadingStore):
    """Tells what it has by point; while `broken` it says that it can't write."""

    def __init__(self) -> None:
        super().__init__()
        self.broken = Event()

    def write(self, readings: Readings) -> Written:
        if self.broken.is_set():
            raise StoreUnavailableError(Text("磁盘已满", "the disk is full"))
        return super().write(readings)

    def newest(self, point: str) -> tuple[float, int] | None:
        """Return value and quality of the newest reading of a point."""
        number = self.numbers.get((CAMPUS, PointId(FeatureId(point))))
        rows = sorted((at, kept) for (own, at), kept in list(self.kept.items()) if own == number)
        return None if not rows else (rows[-1][1][0], rows[-1][1][2])


class Field:
    """A gateway on a line, what it writes to, and the points that it knows."""

    def __init__(self, line: Line, points: Sequence[str], params: FieldParams = QUICK) -> None:
        self._book = make_book(
            [DataPoint(id=PointId(FeatureId(name)), brick_class="Point") for name in points]
        )
        self._line, self._params = line, params
        self.use(FieldStore())
        self.gateway = self.with_intake(self.intake)

    def use(self, store: FieldStore) -> None:
        """Write to another store from now on; the gateway keeps its own."""
        self.store = store
        self.intake = Intake(
            store, lambda _: self._book, clock=lambda: datetime.now(UTC), convert=lambda value, *_: value
        )

    def with_intake(self, intake: ReadingIntake) -> FieldGateway:
        """Return such a gateway on another intake."""
        return FieldGateway(self._line, intake, campus_id=CAMPUS, name="field", params=self._params)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the gateway."""
        task = asyncio.create_task(self.gateway.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def comes(self, point: str, value: float, quality: int = 0) -> None:
        """Wait until the newest reading of a point is this."""
        await until(lambda: self.store.newest(point) == (value, quality))


async def until(holds: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("it never held")
        await asyncio.sleep(0.01)


async def asked(work: Callable[[], T]) -> T:
    """Call what waits from a thread, as the API does."""
    return await asyncio.to_thread(work)
