"""Files of readings that people bring: what their columns seem to be, what is wrong, what is new, and keeping it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, DataPoint, LanguageMap, PointId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations.intake import Books, Delivery, Intake, IntakeBusyError
from yuanli.operations.moments import time_of
from yuanli.operations.places import Places
from yuanli.operations.readings import Numbers, ReadingStore
from yuanli.telemetry import (
    Decoded,
    ProposedColumns,
    Readings,
    RefusedRowsError,
    Row,
    RowFault,
    Times,
    Values,
    propose_columns,
)

Rows = Iterable[Row | RowFault]
WINDOW = 30 * 86_400_000_000
"""Readings that are kept are compared with a file by 30 days (µs) and `POINTS_AT_ONCE`, which bounds memory."""
POINTS_AT_ONCE = 20
BUSY_TRIES = 30


class FileTooLongError(InvalidInputError):
    """A file has more readings than one import takes."""


class EmptyFileError(InvalidInputError):
    """A file has no reading that can be kept."""


class FileStage(StrEnum):
    """What is being done with a file."""

    READING = "reading"
    COMPARING = "comparing"
    KEEPING = "keeping"


Told = Callable[[FileStage, int, float], None]
"""Hears the stage, how many readings are through, and the share of the stage that is done (0 where it isn't known)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFileParams:
    """How much a file may hold, how much of it is in memory as rows, and how much of a report is told."""

    most_readings: int = 5_000_000
    batch: int = 20_000
    most_faults: int = 300
    most_told: int = 100

    def __post_init__(self) -> None:
        if min(self.most_readings, self.batch, self.most_faults, self.most_told) < 1:
            raise ValueError("limits are at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownPoint:
    """A name in a file that is no point of the campus: how many readings it has, and the first row."""

    name: str
    readings: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePoint:
    """What a file has of a point."""

    point: PointId
    name: LanguageMap
    readings: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a file holds, before anything of it is kept.

    Parameters
    ----------
    readings
        The good ones: `new`, `there` already, `contradicting` what is kept, or `repeated` in the file itself.
    faulty, faults
        How many values or rows break a rule, and the first of them by row.
    unknown_readings, unknown
        How many readings are of points that the campus has not, and their names.
    point_count, points
        How many points have good readings, and those with the most.
    """

    readings: int = 0
    new: int = 0
    there: int = 0
    contradicting: int = 0
    repeated: int = 0
    faulty: int = 0
    faults: tuple[RowFault, ...] = ()
    unknown_readings: int = 0
    unknown_count: int = 0
    unknown: tuple[UnknownPoint, ...] = ()
    point_count: int = 0
    points: tuple[FilePoint, ...] = ()

    @property
    def wrong(self) -> int:
        """How many readings can't be kept."""
        return self.faulty + self.unknown_readings


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReceipt:
    """What became of the readings of a file; `kept`, `duplicates` and `conflicts` are on disk."""

    kept: int = 0
    duplicates: int = 0
    conflicts: int = 0
    left_out: int = 0


@dataclass(slots=True)
class _Seen:
    """What was read of a file so far; of its readings only the columns that are compared."""

    number: list[Numbers] = field(default_factory=list)
    at: list[Times] = field(default_factory=list)
    value: list[Values] = field(default_factory=list)
    faulty: int = 0
    faults: list[RowFault] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    first_row: dict[str, int] = field(default_factory=dict)

    def add(
        self, readings: Readings, faults: Sequence[RowFault], unknown: Sequence[RowFault], most: int
    ) -> None:
        self.number.append(readings.point)
        self.at.append(readings.at)
        self.value.append(readings.value)
        self.faulty += len(faults)
        self.faults += faults[: most - len(self.faults)]
        for fault in unknown:
            self.unknown[fault.value] += 1
            self.first_row.setdefault(fault.value, fault.row)


class ReadingFiles:
    """Checks and keeps files of readings, batch by batch."""

    def __init__(
        self,
        intake: Intake,
        store: ReadingStore,
        places: Places,
        books: Books,
        params: ReadingFileParams = ReadingFileParams(),
    ) -> None:
        self._intake, self._store, self._places, self._books = intake, store, places, books
        self._params = params

    def propose(
        self, campus_id: CampusId, headers: Sequence[str], samples: Sequence[Sequence[object]]
    ) -> ProposedColumns:
        """Propose what each column of a file holds; points are known by id, alias, or a name that is theirs alone."""
        book = self._books(campus_id)
        points = self._places.campus(campus_id).of(DataPoint)
        counts = Counter(name for point in points for name in set(point.name.values()))
        named = {name: point.id for point in points for name in point.name.values() if counts[name] == 1}

        def find(name: str) -> str | None:
            known = book.find(name)
            return known.id if known is not None else named.get(name)

        return propose_columns(headers, samples, find)

    def check(self, campus_id: CampusId, rows: Rows, *, told: Told = lambda *_: None) -> FileReport:
        """Return what a file holds and what is wrong with it; nothing is kept.

        Raises
        ------
        FileTooLongError
            It has more than 5,000,000 readings.
        CampusNotFoundError, UnreadableFileError, ColumnsError, MessageTooLargeError
            There is no such campus; the file can't be read as it is said to be.
        """
        seen, through = _Seen(), 0
        for readings, faults, unknown in self._batches(campus_id, rows):
            through += len(readings) + len(faults) + len(unknown)
            if through > self._params.most_readings:
                raise _too_long(self._params.most_readings)
            seen.add(readings, faults, unknown, self._params.most_faults)
            told(FileStage.READING, through, 0.0)
        return self._report(campus_id, seen, told)

    def keep(
        self,
        campus_id: CampusId,
        rows: Rows,
        *,
        gateway: str,
        expected: int,
        wait: Callable[[float], object],
        told: Callable[[FileReceipt], None] = lambda receipt: None,
    ) -> FileReceipt:
        """Keep the good readings of a file that was checked; those of a batch are on disk before the next is read.

        Where it is cut short, the same file again brings the rest.

        Parameters
        ----------
        expected
            How many readings the check found good; `EmptyFileError` where there are none.
        wait
            Called with seconds while too much else waits to be written.
        told
            Hears after each batch what is on disk.

        Raises
        ------
        EmptyFileError, IntakeBusyError, StoreUnavailableError
            Nothing can be kept, or nothing more: what was told is on disk.
        """
        if not expected:
            raise EmptyFileError(
                Text("文件里没有可以保存的读数。", "The file has no reading that can be kept."),
                field="file",
                hint=Text("检查列的对应关系和点位。", "Check what the columns hold, and the points."),
            )
        receipt = FileReceipt()
        for readings, faults, unknown in self._batches(campus_id, rows):
            taken = self._take(readings, gateway, wait) if len(readings) else FileReceipt()
            receipt = FileReceipt(
                kept=receipt.kept + taken.kept,
                duplicates=receipt.duplicates + taken.duplicates,
                conflicts=receipt.conflicts + taken.conflicts,
                left_out=receipt.left_out + len(faults) + len(unknown),
            )
            told(receipt)
        return receipt

    def _batches(
        self, campus_id: CampusId, rows: Rows
    ) -> Iterator[tuple[Readings, list[RowFault], list[RowFault]]]:
        """Yield readings, faults in the order of rows, and those whose points are not known."""
        ahead = iter(rows)
        while batch := list(islice(ahead, self._params.batch)):
            good = tuple(item for item in batch if isinstance(item, Row))
            wrong = tuple(item for item in batch if isinstance(item, RowFault))
            readings, faults = self._intake.resolve(Delivery(campus_id=campus_id, decoded=Decoded(rows=good)))
            unknown = [fault for fault in faults if fault.field == "point"]
            other = [fault for fault in faults if fault.field != "point"]
            yield readings, sorted((*wrong, *other), key=lambda fault: fault.row), unknown

    def _take(self, readings: Readings, gateway: str, wait: Callable[[float], object]) -> FileReceipt:
        tries = 0
        while True:
            try:
                taken = self._intake.keep(readings, gateway=gateway)
            except IntakeBusyError as error:
                if (tries := tries + 1) == BUSY_TRIES:
                    raise
                wait(error.wait_s)
            else:
                return FileReceipt(kept=taken.kept, duplicates=taken.duplicates, conflicts=taken.conflicts)

    def _report(self, campus_id: CampusId, seen: _Seen, told: Told) -> FileReport:
        number = np.concatenate([np.zeros(0, np.int32), *seen.number])
        at = np.concatenate([np.zeros(0, np.int64), *seen.at])
        value = np.concatenate([np.zeros(0), *seen.value])
        order = np.lexsort((at, number))
        number, at, value = number[order], at[order], value[order]
        first = np.ones(len(at), dtype=bool)
        first[1:] = (np.diff(number) != 0) | (np.diff(at) != 0)
        there, other = self._compare(number[first], at[first], value[first], told)
        unique = int(first.sum())
        points = self._points(campus_id, number, at)
        return FileReport(
            readings=len(at), new=unique - there - other, there=there, contradicting=other, repeated=len(at) - unique,
            faulty=seen.faulty, faults=tuple(seen.faults),
            unknown_readings=seen.unknown.total(), unknown_count=len(seen.unknown),
            unknown=tuple(
                UnknownPoint(name=name, readings=count, row=seen.first_row[name])
                for name, count in seen.unknown.most_common(self._params.most_told)
            ),
            point_count=len(np.unique(number)), points=points,
        )  # fmt: skip

    def _compare(self, number: Numbers, at: Times, value: Values, told: Told) -> tuple[int, int]:
        """Return how many of the readings are kept already, and of how many times another value is."""
        order = np.lexsort((at, number, at // WINDOW))
        number, at, value = number[order], at[order], value[order]
        there = other = 0
        for start, end in _parts(number, at // WINDOW):
            part = slice(start, end)
            held, same = self._held(number[part], at[part], value[part])
            there += int(same.sum())
            other += int((held & ~same).sum())
            told(FileStage.COMPARING, len(at), end / len(at))
        return there, other

    def _held(self, number: Numbers, at: Times, value: Values) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return of which readings something is kept, and of which the same value."""
        points, low, high = np.unique(number), int(at.min()), int(at.max()) + 1
        came = self._store.arrivals(points, low, high)

        def key(of: Numbers, times: Times) -> NDArray[np.int64]:
            return np.searchsorted(points, of).astype(np.int64) * (high - low) + (times - low)

        keys, place = np.unique(key(came.point, came.at), return_index=True)
        if not len(keys):
            nothing = np.zeros(len(at), dtype=bool)
            return nothing, nothing
        wanted = key(number, at)
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        held = keys[found] == wanted
        kept = came.value[place[found]]
        return held, held & ((kept == value) | (np.isnan(kept) & np.isnan(value)))

    def _points(self, campus_id: CampusId, number: Numbers, at: Times) -> tuple[FilePoint, ...]:
        """Return the points with the most readings, of readings sorted by point and time."""
        points = self._places.campus(campus_id).of(DataPoint)
        numbers = self._store.number_points(campus_id, [point.id for point in points])
        known = dict(zip(numbers.tolist(), points, strict=True))
        present, first, counts = np.unique(number, return_index=True, return_counts=True)
        found = [
            FilePoint(
                point=known[one].id, name=known[one].name, readings=count,
                start=time_of(int(at[start])), end=time_of(int(at[start + count - 1])),
            )
            for one, start, count in zip(present.tolist(), first.tolist(), counts.tolist(), strict=True)
            if one in known
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda point: -point.readings)[: self._params.most_told])


def refuse_wrong(report: FileReport) -> None:
    """Raise where a report tells anything wrong, for who wants all of a file or nothing.

    Raises
    ------
    RefusedRowsError
        Rows break rules or name points that are not known.
    """
    unknown = (
        RowFault(
            row=one.row, field="point", value=one.name,
            message=Text(f"园区没有这个点位，共 {one.readings} 条读数",
                         f"the campus has no such point; readings: {one.readings}"),
        )
        for one in report.unknown
    )  # fmt: skip
    faults = sorted((*report.faults, *unknown), key=lambda fault: fault.row)
    if faults:
        raise RefusedRowsError(faults)


def _parts(number: Numbers, window: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of runs of one window and at most `POINTS_AT_ONCE` points, of rows sorted by both."""
    if not len(number):
        return
    news = np.flatnonzero((np.diff(window) != 0) | (np.diff(number) != 0)) + 1
    starts = np.concatenate([[0], news])
    begin, held = 0, 0
    for start in starts[1:].tolist():
        held += 1
        if held == POINTS_AT_ONCE or window[start] != window[start - 1]:
            yield begin, start
            begin, held = start, 0
    yield begin, len(number)


def _too_long(most: int) -> FileTooLongError:
    return FileTooLongError(
        Text(
            f"读数超过一次导入的上限 {most}。",
            f"It has more than {most} readings, the most one import takes.",
        ),
        field="file",
        hint=Text("请拆分文件。", "Split the file."),
    )
