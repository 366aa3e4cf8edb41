"""What a gateway reads is on disk before it is stored: a spool of its own between the line and the store."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import SystemRandom

from yuanli.campus import CampusId
from yuanli.devices.edge import MOST_ROWS, named_rows
from yuanli.devices.field import FieldGateway
from yuanli.devices.links import Link
from yuanli.devices.pulling import PullGateway
from yuanli.devices.spool import Parcel, Spool, SpoolParams
from yuanli.errors import InvalidInputError, Text, UnavailableError, YuanliError
from yuanli.operations import Connection, Delivery, ReadingIntake, Receipt, RefusedRow
from yuanli.telemetry import Decoded, DecodeParams, decode_json, encode_json

log = logging.getLogger(__name__)
DECODING = DecodeParams(most_bytes=100_000_000, longest_name=1_000)
"""Of what we wrote ourselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepParams:
    """How many parcels are stored by one write, and how long to wait after the store took none."""

    parcels: int = 20
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of parcels in the store; `refused` rows are never taken."""

    readings: int = 0
    duplicates: int = 0
    conflicts: int = 0
    refused: int = 0


class KeptIntake:
    """Fills `ReadingIntake`: readings are in a spool when they are acknowledged, and `store` moves them on in order.

    Parameters
    ----------
    intake
        Where they go; what is stored twice after a crash is known there by point and time.

    Raises
    ------
    SpoolFullError
        By `take`: nothing is kept.
    """

    def __init__(
        self,
        path: Path,
        intake: ReadingIntake,
        params: KeepParams = KeepParams(),
        *,
        spool: SpoolParams = SpoolParams(),
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self._path, self._intake, self._params, self._clock = path, intake, params, clock
        self._spool_params = spool
        self._spool: Spool | None = None
        self._came: Callable[[], object] = lambda: None
        self._refused_first: Text | None = None
        self.stored = Stored()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the spool open; what waits in it from before goes first.

        Raises
        ------
        SpoolUnusableError
            The file can't be opened.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._spool = Spool(self._path, self._spool_params)
        try:
            yield
        finally:
            spool, self._spool = self._spool, None
            spool.close()

    def waiting(self) -> tuple[int, int]:
        """Return how many bytes wait, and how many may."""
        spool = self._spool
        return (0 if spool is None else spool.waiting_bytes), self._spool_params.most_bytes

    def take(self, deliveries: Sequence[Delivery], *, partial: bool = False) -> Receipt:  # noqa: ARG002
        """Keep readings; they are on disk when this returns. The receipt tells what can't be read."""
        spool, kept = self._spool, 0
        if spool is None:
            raise _closed()
        for delivery in deliveries:
            now = self._clock() if delivery.received is None else delivery.received
            rows = tuple(named_rows(delivery, now))
            about = json.dumps([delivery.campus_id, delivery.gateway, now], ensure_ascii=False)
            for first in range(0, len(rows), MOST_ROWS):
                spool.add(encode_json(rows[first : first + MOST_ROWS]).encode(), topic=about)
            kept += len(rows)
        self._came()
        faults = [
            RefusedRow(delivery=n, row=fault.row, field=fault.field, value=fault.value, message=fault.message)
            for n, delivery in enumerate(deliveries)
            for fault in delivery.decoded.faults
        ]
        return Receipt(kept=kept, refused=tuple(faults))

    def store(self) -> bool:
        """Move the oldest parcels on, in one write; return whether there were any.

        Raises
        ------
        YuanliError
            The store takes nothing now: all of it stays.
        """
        spool = self._spool
        parcels = () if spool is None else spool.oldest(self._params.parcels)
        if spool is None or not parcels:
            return False
        deliveries, good = [], []
        for parcel in parcels:
            try:
                deliveries.append(_delivery(parcel))
                good.append(parcel)
            except (InvalidInputError, ValueError, TypeError) as error:
                log.error(
                    "Parcel %s of %s can't be read, and is laid aside: %s", parcel.id, self._path, error
                )
                spool.refuse(parcel, str(error))
        if deliveries:
            receipt = self._intake.take(deliveries, partial=True)
            spool.remove(good)
            self._note(receipt)
        return True

    async def keep_storing(self, failed: Callable[[Text], None], well: Callable[[], None]) -> None:
        """Store what comes until cancelled; a store that takes nothing is told once, and once when it does again."""
        loop, came = asyncio.get_running_loop(), asyncio.Event()
        self._came = lambda: loop.call_soon_threadsafe(came.set)
        rng, told, wait_s = SystemRandom(), False, self._params.first_wait_s
        came.set()
        try:
            while True:
                await came.wait()
                came.clear()
                try:
                    while await self._store_to_the_end():
                        if told:
                            log.info("Readings in %s are stored again", self._path.name)
                            well()
                        told, wait_s = False, self._params.first_wait_s
                except YuanliError as error:
                    if not told:
                        log.warning("Readings in %s can't be stored and wait: %s", self._path.name, error)
                    told = True
                    failed(error.message)
                    came.set()
                    await asyncio.sleep(wait_s * (0.5 + rng.random()))
                    wait_s = min(2 * wait_s, self._params.longest_wait_s)
                if (refused := self._refused_first) is not None:
                    self._refused_first = None
                    failed(refused)
        finally:
            self._came = lambda: None

    async def _store_to_the_end(self) -> bool:
        """Store some; the thread that does has ended when this ends, so that the spool can be closed."""
        storing = asyncio.create_task(asyncio.to_thread(self.store))
        try:
            return await asyncio.shield(storing)
        finally:
            await asyncio.wait((storing,))

    def _note(self, receipt: Receipt) -> None:
        before = self.stored
        self.stored = Stored(
            readings=before.readings + receipt.kept + receipt.duplicates + receipt.conflicts,
            duplicates=before.duplicates + receipt.duplicates,
            conflicts=before.conflicts + receipt.conflicts,
            refused=before.refused + len(receipt.refused),
        )
        if receipt.refused:
            self._refused_first = receipt.refused[0].message
            if not before.refused:
                log.warning("Readings of %s are refused; the first: %s", self._path.stem, self._refused_first)


class KeptGateway:
    """A gateway whose readings go by a spool: runs both, and tells of both."""

    def __init__(self, inner: FieldGateway | PullGateway, kept: KeptIntake) -> None:
        self.inner, self._kept = inner, kept

    @property
    def link(self) -> Link:
        """The line of the gateway."""
        return self.inner.link

    def connection(self) -> Connection:
        """Return how it is doing: what is counted is in the store, the rest waits."""
        own, stored = self.inner.connection(), self._kept.stored
        waiting, most = self._kept.waiting()
        return replace(
            own, readings=stored.readings, duplicates=stored.duplicates, conflicts=stored.conflicts,
            refused=own.refused + stored.refused, waiting_bytes=waiting, most_waiting_bytes=most,
        )  # fmt: skip

    async def run(self) -> None:
        """Read and store until cancelled; what was read and not stored is stored after the next start."""
        async with AsyncExitStack() as stack:
            stack.enter_context(self._kept.opened())
            storing = asyncio.create_task(self._kept.keep_storing(self.link.failed, self.link.well))
            reading = asyncio.create_task(self.inner.run())
            try:
                done, _ = await asyncio.wait((storing, reading), return_when=asyncio.FIRST_COMPLETED)
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError):
                    await asyncio.gather(reading, return_exceptions=True)
                storing.cancel()
                await asyncio.gather(storing, return_exceptions=True)
            for task in done:
                task.result()


def _delivery(parcel: Parcel) -> Delivery:
    campus_id, gateway, received = json.loads(parcel.topic)
    decoded = decode_json(parcel.payload, DECODING)
    if decoded.faults:
        log.error(
            "%d rows of parcel %s can't be read: %s",
            len(decoded.faults),
            parcel.id,
            decoded.faults[0].message,
        )
    return Delivery(
        campus_id=CampusId(campus_id), gateway=gateway, received=int(received), size=len(parcel.payload),
        decoded=Decoded(rows=decoded.rows, faults=decoded.faults),
    )  # fmt: skip


def _closed() -> UnavailableError:
    return UnavailableError(
        Text("网关已停止，读数未保存。", "The gateway has stopped: nothing was kept."),
        hint=Text("重新启动 yuanli。", "Start yuanli again."),
    )
