"""The one way in for readings: named, converted, and on disk before anybody is told that they are taken."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol

import numpy as np

from yuanli.campus import CampusId, PointId
from yuanli.errors import InvalidInputError, Text, UnavailableError
from yuanli.operations.gateways import GatewayParams, Gateways, GatewayState
from yuanli.operations.readings import ReadingSink, Written
from yuanli.telemetry import (
    Decoded,
    KnownPoint,
    PointBook,
    Readings,
    RefusedRowsError,
    Row,
    RowFault,
    UnknownPoints,
    aside_id,
)

log = logging.getLogger(__name__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Convert = Callable[[float, str, str], float]
"""Turns a value in the unit that was sent into the unit of the point; InvalidInputError where it can't."""
Books = Callable[[CampusId], PointBook]
"""Returns the points of a campus by name: the same object while nothing has changed."""
Listener = Callable[[Readings], None]
Guard = Callable[[Readings], AbstractContextManager[None]]
MOST_REMEMBERED = 1_000_000
NEWCOMERS = 0.1
"""The share of the room for gateways of which nothing waits: a flood by one does not shut out the others."""


class IntakeBusyError(UnavailableError):
    """As much waits to be written as may wait: nothing is taken; send again after `wait_s`."""

    def __init__(self, waiting: int, wait_s: int) -> None:
        super().__init__(
            Text(
                f"有 {waiting} 条读数正在等待写入，暂不接收。",
                f"{waiting} readings wait to be written: none are taken now.",
            ),
            hint=Text(f"请 {wait_s} 秒后重发。", f"Send them again in {wait_s} s."),
        )
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeParams:
    """How much may wait to be written, and when to try again if it is too much."""

    most_rows: int = 200_000
    most_bytes: int = 64_000_000
    wait_s: int = 2
    gateways: GatewayParams = field(default_factory=GatewayParams)

    def __post_init__(self) -> None:
        if min(self.most_rows, self.most_bytes, self.wait_s) < 1:
            raise ValueError("at least one row, one byte and one second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one message or file brought.

    Parameters
    ----------
    gateway
        Who sent it: a client, a topic's first levels, a file.
    received
        When it came (µs); now where it is None.
    site, device, point
        What its topic says, for rows that don't say it themselves.
    size
        Its bytes while it waits.
    """

    campus_id: CampusId
    decoded: Decoded
    gateway: str = ""
    received: int | None = None
    site: str | None = None
    device: str | None = None
    point: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that was not taken: of which delivery, its number there, the field, the value, and the rule it broke."""

    delivery: int
    row: int
    field: str
    value: str
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of rows; all that is counted as kept, there already or contradicting is on disk.

    Parameters
    ----------
    aside
        How many of them are kept aside, since nobody knows their points.
    """

    kept: int = 0
    duplicates: int = 0
    conflicts: int = 0
    aside: int = 0
    refused: tuple[RefusedRow, ...] = ()


@dataclass(slots=True)
class _Names:
    """What the names of one campus mean, as they were resolved with a book."""

    book: PointBook
    known: dict[tuple[str | None, str | None, str], tuple[int, KnownPoint]] = field(default_factory=dict)
    aside: set[PointId] = field(default_factory=set)


@dataclass(slots=True)
class _Columns:
    """Rows that will be written, column by column."""

    point: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    aside: int = 0

    def readings(self) -> Readings:
        told = np.asarray(self.told, dtype=np.uint8)
        return Readings(
            point=np.asarray(self.point, dtype=np.int32),
            at=np.asarray(self.at, dtype=np.int64),
            value=np.asarray(self.value, dtype=np.float64),
            received=np.asarray(self.received, dtype=np.int64),
            told=told if told.any() else None,
        )


class ReadingIntake(Protocol):
    """What gateways hand readings to: `Intake`, or at the edge what keeps them until they can be sent."""

    def take(self, deliveries: Sequence[Delivery], *, partial: bool = False) -> Receipt:
        """Keep the readings of deliveries; they are on disk when this returns."""


class Intake:
    """Takes readings in, whatever door they came by; fills `ReadingIntake`. Safe for threads."""

    def __init__(
        self,
        store: ReadingSink,
        books: Books,
        *,
        clock: Callable[[], datetime],
        convert: Convert,
        params: IntakeParams = IntakeParams(),
    ) -> None:
        self._store, self._books = store, books
        self._clock, self._convert, self._params = clock, convert, params
        self._lock = Lock()
        self._names: dict[CampusId, _Names] = {}
        self._gateways = Gateways(params.gateways)
        self._listeners: list[Listener] = []
        self._guard: Guard = lambda readings: nullcontext()
        self._rows = self._bytes = 0
        self._holding = Counter[str]()

    def on_readings(self, listener: Listener) -> None:
        """Call `listener` with readings that are on disk; such that came again too. It must not wait."""
        self._listeners.append(listener)

    def guard_by(self, guard: Guard) -> None:
        """Enter `guard` with readings before they are written, and leave it when all listeners have heard.

        Where it can't be entered, nothing is written.
        """
        self._guard = guard

    def gateways(self) -> tuple[GatewayState, ...]:
        """Return what is known of each gateway since the start."""
        return self._gateways.states()

    def waiting(self) -> tuple[int, int]:
        """Return how many rows and bytes are being written, or wait for that."""
        with self._lock:
            return self._rows, self._bytes

    def take(self, deliveries: Sequence[Delivery], *, partial: bool = False) -> Receipt:
        """Keep the readings of deliveries in one write; they are on disk when this returns.

        Parameters
        ----------
        partial
            Keep the good rows, and tell the others in the receipt.

        Raises
        ------
        RefusedRowsError
            A row is wrong and `partial` is not set: nothing is kept.
        IntakeBusyError
            Too much waits to be written: nothing is kept.
        CampusNotFoundError, StoreUnavailableError
            There is no such campus, or the store takes nothing: nothing is kept.
        """
        count = sum(len(delivery.decoded.rows) for delivery in deliveries)
        gateways = {delivery.gateway for delivery in deliveries}
        with self._room(gateways, count, sum(delivery.size for delivery in deliveries)):
            now = (self._clock() - EPOCH) // MICROSECOND
            columns, refused = _Columns(), list[RefusedRow]()
            noted: list[tuple[str, int, list[int], int, int]] = []
            for number, delivery in enumerate(deliveries):
                received = now if delivery.received is None else delivery.received
                before = len(columns.at)
                faults = [*delivery.decoded.faults, *self._add(delivery, received, columns)]
                refused += (_refused(number, fault) for fault in faults)
                times = [row.at for row in delivery.decoded.rows if row.at is not None]
                noted.append((delivery.gateway, received, times, len(columns.at) - before, len(faults)))
            if refused and not partial:
                for gateway, received, _, _, wrong in noted:
                    self._gateways.saw(gateway, received=received, refused=wrong)
                raise RefusedRowsError([_fault(row) for row in refused])
            readings = columns.readings()
            written = self._write(readings) if len(readings) else None
            for gateway, received, times, good, wrong in noted:
                self._gateways.saw(gateway, received=received, times=times, readings=good, refused=wrong)
            if written is None:
                return Receipt(refused=tuple(refused))
            return Receipt(
                kept=written.kept,
                duplicates=written.duplicates,
                conflicts=written.conflicts,
                aside=columns.aside,
                refused=tuple(refused),
            )

    def resolve(self, delivery: Delivery) -> tuple[Readings, tuple[RowFault, ...]]:
        """Return what the rows of a delivery mean and what is wrong with them; nothing is kept or set aside.

        A fault of the field `point` names a point that is not known.
        """
        received = (self._clock() - EPOCH) // MICROSECOND if delivery.received is None else delivery.received
        columns = _Columns()
        faults = self._add(delivery, received, columns, aside=False)
        return columns.readings(), (*delivery.decoded.faults, *faults)

    def keep(self, readings: Readings, *, gateway: str) -> Receipt:
        """Keep readings that were resolved in one write; they are on disk when this returns.

        Raises
        ------
        IntakeBusyError, StoreUnavailableError
            Too much waits to be written, or the store takes nothing: nothing is kept.
        """
        with self._room({gateway}, len(readings), 0):
            written = self._write(readings)
        received = int(readings.received.max(initial=0))
        self._gateways.saw(gateway, received=received, readings=len(readings))
        return Receipt(kept=written.kept, duplicates=written.duplicates, conflicts=written.conflicts)

    @contextmanager
    def _room(self, gateways: Collection[str], rows: int, size: int) -> Iterator[None]:
        """Hold room for what waits; a single large delivery is taken where nothing else waits."""
        with self._lock:
            share = 1.0 if self._holding.keys().isdisjoint(gateways) else 1.0 - NEWCOMERS
            most_rows, most_bytes = share * self._params.most_rows, share * self._params.most_bytes
            if self._rows and (self._rows + rows > most_rows or self._bytes + size > most_bytes):
                raise IntakeBusyError(self._rows, self._params.wait_s)
            self._rows += rows
            self._bytes += size
            self._holding.update(gateways)
        try:
            yield
        finally:
            with self._lock:
                self._rows -= rows
                self._bytes -= size
                self._holding -= Counter(gateways)

    def _add(
        self, delivery: Delivery, received: int, columns: _Columns, *, aside: bool = True
    ) -> list[RowFault]:
        """Add the rows of a delivery to columns; return the faults of those that can't be."""
        names = self._names_of(delivery.campus_id)
        self._resolve(delivery, names, aside=aside)
        faults: list[RowFault] = []
        site, device, point = delivery.site, delivery.device, delivery.point
        for row in delivery.decoded.rows:
            found = names.known.get((site, row.device or device, row.point or point))
            if found is None:
                faults.append(_unknown(row, row.point or point, row.device or device))
                continue
            number, known = found
            value = row.value
            if row.unit is not None and known.unit is not None and row.unit != known.unit and value == value:
                try:
                    value = self._convert(value, row.unit, known.unit)
                except InvalidInputError as error:
                    faults.append(
                        RowFault(row=row.number, field="unit", value=row.unit, message=error.message)
                    )
                    continue
            columns.point.append(number)
            columns.at.append(received if row.at is None else row.at)
            columns.value.append(value)
            columns.received.append(received if row.received is None else row.received)
            columns.told.append(row.quality or 0)
            columns.aside += known.id in names.aside
        return faults

    def _names_of(self, campus_id: CampusId) -> _Names:
        book = self._books(campus_id)
        with self._lock:
            names = self._names.get(campus_id)
            if names is None or names.book is not book or len(names.known) > MOST_REMEMBERED:
                names = self._names[campus_id] = _Names(book, aside=names.aside if names else set())
            return names

    def _resolve(self, delivery: Delivery, names: _Names, *, aside: bool) -> None:
        """Learn the names of a delivery that are new, with one call of the store for all of them."""
        site, device, point = delivery.site, delivery.device, delivery.point
        new = {
            key
            for row in delivery.decoded.rows
            if (key := (site, row.device or device, row.point or point)) not in names.known
        }
        if not new:
            return
        found: dict[tuple[str | None, str | None, str], KnownPoint] = {}
        for key in sorted(new, key=str):
            known = names.book.find(key[2], device=key[1], site=key[0])
            if known is None and aside and names.book.unknown is UnknownPoints.ASIDE and (key[2] or key[1]):
                known = self._set_aside(key, names)
            if known is not None:
                found[key] = known
        ids = sorted({known.id for known in found.values()})
        if ids:
            numbers = dict(zip(ids, self._store.number_points(delivery.campus_id, ids).tolist(), strict=True))
            names.known |= {key: (numbers[known.id], known) for key, known in found.items()}

    def _set_aside(self, key: tuple[str | None, str | None, str], names: _Names) -> KnownPoint | None:
        point_id = aside_id(key[2], device=key[1], site=key[0])
        with self._lock:
            if point_id not in names.aside and len(names.aside) >= names.book.most_aside:
                return None
            names.aside.add(point_id)
        return KnownPoint(point_id)

    def _write(self, readings: Readings) -> Written:
        with self._guard(readings):
            written = self._store.write(readings)
            self._tell(readings)
        return written

    def _tell(self, readings: Readings) -> None:
        for listener in self._listeners:
            try:
                listener(readings)
            except Exception:  # what is on disk stays acknowledged, whatever a listener makes of it
                log.exception("A listener of readings failed")


def _unknown(row: Row, point: str, device: str | None) -> RowFault:
    name = f"{device}/{point}" if device and point else device or point
    return RowFault(
        row=row.number,
        field="point",
        value=name,
        message=Text(
            f"园区没有点位“{name}”，也没有这个别名", f"the campus has no point {name!r}, nor such an alias"
        ),
    )


def _refused(delivery: int, fault: RowFault) -> RefusedRow:
    return RefusedRow(
        delivery=delivery, row=fault.row, field=fault.field, value=fault.value, message=fault.message
    )


def _fault(row: RefusedRow) -> RowFault:
    return RowFault(row=row.row, field=row.field, value=row.value, message=row.message)
