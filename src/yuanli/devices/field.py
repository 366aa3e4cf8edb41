"""One line to field devices: polled by the clock or told of changes, written to, lost and found again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import Any, Protocol, TypeVar

from yuanli.campus import CampusId
from yuanli.devices.ending import end
from yuanli.devices.links import Link
from yuanli.devices.polling import PollClock, points_of
from yuanli.errors import NotFoundError, Text, UnavailableError, YuanliError
from yuanli.operations import (
    Answer,
    Connection,
    Delivery,
    FieldValue,
    FoundPoint,
    NoAnswerError,
    ReadingIntake,
)
from yuanli.telemetry import Decoded, Quality, Row

log = logging.getLogger(__name__)
T = TypeVar("T")


class LineLostError(UnavailableError):
    """The other side of a line can't be reached, or answers no more."""


class ExtraMissingError(UnavailableError):
    """The library of a protocol is not installed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a point was found to be; `value` is None where the device says nothing, `at` (µs) as it tells."""

    point: str
    value: float | None
    quality: Quality = Quality.GOOD
    at: int | None = None
    unit: str | None = None


Hear = Callable[[Sample], None]


class Line(Protocol):
    """What one protocol does over one connection. All calls raise `LineLostError` where the other side is gone."""

    @property
    def name(self) -> str:
        """What it is called in the log: never with a password."""

    async def connect(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Give the connection up; never raises."""

    async def watch(self, hear: Hear) -> None:
        """Ask to be told of changes, where the protocol can; `hear` is called in the event loop."""

    async def poll(self, points: frozenset[str] | None = None) -> Sequence[Sample]:
        """Read those points that are polled (None: all), and check that the other side is there."""

    async def read(self, address: str) -> FieldValue:
        """Read one point."""

    async def write(self, address: str, value: float | None) -> Answer:
        """Write one point; `NoAnswerError` where it was sent and nobody knows."""

    async def discover(self) -> tuple[FoundPoint, ...]:
        """Return the points that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldParams:
    """When points are polled, how long is waited, and how much may wait to be written.

    Parameters
    ----------
    every_s
        Points are polled at whole multiples of it since the start, so that delays never add up; what is
        missed is left out.
    call_s
        How long a read, a write or a discovery may take.
    """

    every_s: float = 10.0
    gather_s: float = 0.2
    call_s: float = 30.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 60.0
    most_waiting: int = 100_000

    def __post_init__(self) -> None:
        if min(self.every_s, self.gather_s, self.call_s, self.first_wait_s, self.most_waiting) <= 0:
            raise ValueError("times and counts are positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldState:
    """How a gateway is doing; `dropped` counts samples that found no room while the store took none."""

    connected: bool
    samples: int
    readings: int
    refused: int
    dropped: int
    polls: int
    missed: int
    lost: int
    duplicates: int = 0
    conflicts: int = 0


class FieldGateway:
    """Reads a line into the intake until it is cancelled, and fills `DeviceGateway` meanwhile.

    Parameters
    ----------
    periods
        How often each point is polled, in seconds; all every `params.every_s` where it is empty.
    """

    def __init__(
        self,
        line: Line,
        intake: ReadingIntake,
        *,
        campus_id: CampusId,
        name: str = "",
        kind: str = "field",
        params: FieldParams = FieldParams(),
        periods: Mapping[str, float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.link = Link(name=name, kind=kind, campus_id=campus_id)
        self._line, self._intake, self._campus_id = line, intake, campus_id
        self._name, self._params, self._sleep = name or line.name, params, sleep
        self._clock = PollClock(params.every_s, periods or {})
        self._waiting: deque[Sample] = deque()
        self._heard = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._line_in_use = asyncio.Lock()
        self._state = FieldState(
            connected=False, samples=0, readings=0, refused=0, dropped=0, polls=0, missed=0, lost=0
        )
        self._rng = SystemRandom()

    def state(self) -> FieldState:
        """Return how it is doing."""
        return self._state

    def connection(self) -> Connection:
        """Return how it is doing, as people want to know it."""
        state = self._state
        own = self.link.connection(
            messages=state.samples, readings=state.readings, duplicates=state.duplicates,
            conflicts=state.conflicts, refused=state.refused,
        )  # fmt: skip
        return replace(own, dropped=state.dropped, polling=self._clock.told())

    def write(self, address: str, value: float | None) -> Answer:
        """Write a point."""
        return self._wait(lambda: self._line.write(address, value), sent=True)

    def read(self, address: str) -> FieldValue:
        """Read a point."""
        return self._wait(lambda: self._line.read(address))

    def discover(self) -> tuple[FoundPoint, ...]:
        """Return the points that are there."""
        return self._wait(lambda: self._line.discover())

    async def run(self) -> None:
        """Read until cancelled; a lost line is tried again, and told in the log once when lost and once when back.

        What was heard is written before this ends, where the store takes it.
        """
        self._loop = asyncio.get_running_loop()
        reading, writing = asyncio.create_task(self._read_all()), asyncio.create_task(self._write_all())
        try:
            done, _ = await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end([reading])
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._loop = None
            await self._write_rest()

    async def _read_all(self) -> None:
        """Read over one connection after the other."""
        lost, wait_s = False, self._params.first_wait_s
        while True:
            began = time.monotonic()
            try:
                await self._connected(lost)
            except (LineLostError, OSError, TimeoutError) as error:
                if self._state.connected or not lost:
                    told = isinstance(error, LineLostError)
                    log.warning("%s", error if told else f"{self._line.name} is lost: {error}")
                    self._count(lost=1)
                lost = True
                why = str(error) or type(error).__name__
                self.link.lost(error.message if isinstance(error, YuanliError) else Text(why, why))
            finally:
                self._state = replace(self._state, connected=False)
                await self._line.close()
            if time.monotonic() - began > self._params.longest_wait_s:
                wait_s = self._params.first_wait_s
            await self._sleep(wait_s * (0.5 + self._rng.random()))
            wait_s = min(2 * wait_s, self._params.longest_wait_s)

    async def _connected(self, lost: bool) -> None:
        """Read over one connection until it breaks."""
        async with self._line_in_use:
            await self._line.connect()
            await self._line.watch(self._hear)
        self._state = replace(self._state, connected=True)
        self.link.back()
        if lost:
            log.info("%s is back", self._line.name)
        began, clock = time.monotonic(), self._clock
        clock.restart()
        while True:
            due = clock.due(time.monotonic() - began)
            async with self._line_in_use:
                samples = await self._line.poll(points_of(due))
            self._count(polls=1)
            for sample in samples:
                self._hear(sample)
            self._count(missed=clock.done(due, time.monotonic() - began))
            await self._sleep(max(0.0, began + clock.next_s() - time.monotonic()))

    def _hear(self, sample: Sample) -> None:
        if sample.at is None:
            sample = replace(sample, at=time.time_ns() // 1_000)
        if len(self._waiting) >= self._params.most_waiting:
            self._waiting.popleft()
            self._count(dropped=1)
        self._waiting.append(sample)
        self._count(samples=1)
        self.link.heard()
        self._heard.set()

    async def _write_all(self) -> None:
        """Write what was heard; while nothing can be written it waits here."""
        wait_s, told = self._params.first_wait_s, False
        while True:
            await self._heard.wait()
            await asyncio.sleep(self._params.gather_s)
            self._heard.clear()
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not batch:
                continue
            taking = asyncio.create_task(asyncio.to_thread(self._take, batch))
            try:
                await asyncio.shield(taking)
            except asyncio.CancelledError:
                await asyncio.wait((taking,))
                if taking.exception() is not None:
                    self._waiting.extendleft(reversed(batch))
                raise
            except UnavailableError as error:
                self._waiting.extendleft(reversed(batch))
                if not told:
                    log.warning("Readings of %s can't be written and wait: %s", self._line.name, error)
                told = True
                self.link.failed(error.message)
                self._heard.set()
                await self._sleep(wait_s)
                wait_s = min(2 * wait_s, self._params.longest_wait_s)
            else:
                if told:
                    log.info("Readings of %s are written again", self._line.name)
                    self.link.well()
                wait_s, told = self._params.first_wait_s, False

    async def _write_rest(self) -> None:
        """Write what is left at the end, once."""
        rest = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if rest:
            try:
                await asyncio.to_thread(self._take, rest)
            except UnavailableError as error:
                self._waiting.extend(rest)
                log.warning("%d readings of %s are not written: %s", len(rest), self._line.name, error)

    def _take(self, batch: Sequence[Sample]) -> None:
        rows = tuple(_row(number, sample) for number, sample in enumerate(batch, start=1))
        delivery = Delivery(campus_id=self._campus_id, decoded=Decoded(rows=rows), gateway=self._name)
        try:
            receipt = self._intake.take([delivery], partial=True)
        except NotFoundError as error:
            log.warning("Readings of %s are refused: %s", self._line.name, error)
            self._count(refused=len(rows))
            return
        if receipt.refused and not self._state.refused:
            first = receipt.refused[0]
            log.warning("Readings of %s are refused; the first: %s", self._line.name, first.message)
        if receipt.refused:
            self.link.failed(receipt.refused[0].message)
        self._count(
            refused=len(receipt.refused), readings=len(rows) - len(receipt.refused),
            duplicates=receipt.duplicates, conflicts=receipt.conflicts,
        )  # fmt: skip

    def _count(self, **more: int) -> None:
        state = self._state
        self._state = replace(state, **{name: getattr(state, name) + n for name, n in more.items()})

    def _wait(self, work: Callable[[], Coroutine[Any, Any, T]], *, sent: bool = False) -> T:
        """Work in the loop of the line, from another thread, and wait for what comes of it."""
        loop = self._loop
        if loop is None or not self._state.connected:
            raise LineLostError(
                Text(f"{self._line.name} 未连接。", f"{self._line.name} is not connected."),
                hint=Text("检查设备和网络。", "Check the device and the network."),
            )

        async def alone() -> T:
            async with self._line_in_use:
                return await work()

        future = asyncio.run_coroutine_threadsafe(alone(), loop)
        try:
            return future.result(self._params.call_s)
        except TimeoutError as error:
            future.cancel()
            kind = NoAnswerError if sent else LineLostError
            raise kind(
                Text(f"{self._line.name} 没有回音。", f"{self._line.name} does not answer."),
                hint=Text("检查设备和网络。", "Check the device and the network."),
            ) from error


async def discover_once(line: Line) -> tuple[FoundPoint, ...]:
    """Connect, return the points that are there, and close."""
    try:
        await line.connect()
        return await line.discover()
    finally:
        await line.close()


def missing_extra(error: ImportError) -> ExtraMissingError:
    """Return the error of a protocol whose library is not installed."""
    return ExtraMissingError(
        Text(f"缺少现场协议库：{error.name}", f"A library of field protocols is missing: {error.name}"),
        hint=Text("执行 pip install 'yuanli[field]'", "Run: pip install 'yuanli[field]'"),
    )


def _row(number: int, sample: Sample) -> Row:
    value = float("nan") if sample.value is None else sample.value
    return Row(
        point=sample.point, at=sample.at, value=value, number=number, unit=sample.unit,
        quality=None if sample.quality is Quality.GOOD else sample.quality,
    )  # fmt: skip
