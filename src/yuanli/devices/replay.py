"""Recorded days once more, at any speed, by the same front door that live readings take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from yuanli.campus import CampusId
from yuanli.devices.forwarding import Send, SendFailedError
from yuanli.devices.spool import Parcel
from yuanli.operations import Delivery, Intake
from yuanli.telemetry import Decoded, Row, encode_json

Deliver = Callable[[Sequence[Row]], Awaitable[int]]
"""Hands rows on; returns when they are acknowledged, how many of them were refused."""

FIRST_WAIT_S = 0.5
NEVER_MENDED = frozenset({401, 403, 404, 405})
"""What a server answers to a wrong token or address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayParams:
    """How a recording is played.

    Parameters
    ----------
    speed
        How many recorded seconds pass in one; infinite for as fast as it is taken.
    begin_at
        Where given, all times move so that the recording begins then (µs).
    most_rows
        The most rows that are handed on at once.
    """

    speed: float = 1.0
    begin_at: int | None = None
    most_rows: int = 1_000

    def __post_init__(self) -> None:
        if not self.speed > 0 or self.most_rows < 1:
            raise ValueError("speed and most_rows are positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What was played: rows, handings on, and how many of the rows were refused there."""

    rows: int
    deliveries: int
    refused: int = 0


async def replay(
    rows: Iterable[Row],
    deliver: Deliver,
    params: ReplayParams = ReplayParams(),
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Replayed:
    """Hand on recorded rows when they are due: at the time they came, else at the time they tell.

    Rows without both are due with the row before them. A row that is due before the one before it follows
    at once, so that the order of a recording holds.
    """
    count = deliveries = refused = 0
    began: float | None = None
    first = 0
    for due, batch in _batches(rows, params.most_rows):
        if began is None:
            began, first = clock(), due
        wait_s = began + (due - first) / 1e6 / params.speed - clock()
        if wait_s > 0:
            await sleep(wait_s)
        moved = 0 if params.begin_at is None else params.begin_at - first
        refused += await deliver([_moved(row, moved) for row in batch])
        count, deliveries = count + len(batch), deliveries + 1
    return Replayed(rows=count, deliveries=deliveries, refused=refused)


def to_intake(
    intake: Intake, campus_id: CampusId, *, gateway: str = "replay", recorded: bool = False
) -> Deliver:
    """Hand rows to the intake; as `recorded` they keep the times at which they came."""

    async def deliver(rows: Sequence[Row]) -> int:
        kept = tuple(rows) if recorded else tuple(replace(row, received=None) for row in rows)
        delivery = Delivery(campus_id=campus_id, decoded=Decoded(rows=kept), gateway=gateway)
        return len((await asyncio.to_thread(intake.take, [delivery])).refused)

    return deliver


def to_sender(
    send: Send, topic: str, *, tries: int = 8, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> Deliver:
    """Send rows as JSON; while the other side can't take them they are sent again, so many times in all."""

    async def deliver(rows: Sequence[Row]) -> int:
        parcel = Parcel(id=0, topic=topic, kind="application/json", payload=encode_json(rows).encode())
        tried = 0
        while True:
            try:
                return await send(parcel)
            except SendFailedError as error:
                tried += 1
                if tried == tries or error.answered in NEVER_MENDED:
                    raise
                await sleep(max(error.wait_s, FIRST_WAIT_S * 2 ** (tried - 1)))

    return deliver


def _batches(rows: Iterable[Row], most: int) -> Iterator[tuple[int, list[Row]]]:
    """Yield rows that are due together, with when they are due; it never goes back."""
    now: int | None = None
    batch: list[Row] = []
    for row in rows:
        due = row.received if row.received is not None else row.at
        due = now if due is None else due if now is None else max(now, due)
        if batch and (due != now or len(batch) >= most):
            yield now or 0, batch
            batch = []
        now = due
        batch.append(row)
    if batch:
        yield now or 0, batch


def _moved(row: Row, by: int) -> Row:
    if not by:
        return row
    return replace(
        row,
        at=None if row.at is None else row.at + by,
        received=None if row.received is None else row.received + by,
    )
