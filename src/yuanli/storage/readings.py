"""Readings in SQLite, and in a Parquet file a day once the day is over; fills `ReadingStore`.

A reading is looked for in the SQLite file first: a row there hides the one of the same point and time in a file of a
compacted day. So late readings and judgements of such a day are written like all others, wait there for the next
compaction, and a row that stands in both by a crash counts once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from filelock import FileLock

from yuanli.campus import CampusId, PointId
from yuanli.operations import Every, Footprint, Latest, Numbers, RollUp, StoreUnavailableError, Written
from yuanli.storage.reading_cells import CELL, CELL_SQL, DAY, HOUR, Cells, cell_step, roll_up_cells
from yuanli.storage.reading_exports import CHUNK, export, exported, not_empty
from yuanli.storage.reading_files import ReadingFiles, unavailable
from yuanli.storage.reading_hot import (
    CONFLICTS,
    ROWS,
    GroupCommit,
    HotDatabase,
    add,
    epoch_of,
    fetch,
    find,
    latest_of,
    of_points,
    put,
    put_conflicts,
    put_latest,
)
from yuanli.storage.reading_packing import Packing, Part, parts_between
from yuanli.storage.reading_rows import (
    LAST_AT,
    ROW,
    Rows,
    arrivals_of,
    judge,
    present,
    reconcile,
    repeats,
    rows_of,
    series_of,
    shadow,
    span_of,
)
from yuanli.telemetry import Readings, Series

ATTEMPTS = 5
"""How often a question is asked again whose files were replaced meanwhile."""

EMPTY = ("point", "reading", "part")
"""Tables that have no row where readings can be restored."""

Answer = TypeVar("Answer")
Hot = TypeVar("Hot")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a roll-up takes from SQLite, and the files that it takes as they were counted."""

    fresh: Cells
    late: Rows
    counted: list[str]


class SqliteReadingStore:
    """Readings of a data folder; fills `ReadingStore`.

    Raises
    ------
    StoreUnavailableError
        The file can't be opened or written; raised by any method.
    """

    def __init__(self, folder: Path) -> None:
        self._hot = HotDatabase(folder / "readings.db")
        self._files = ReadingFiles(folder / "readings")
        self._packing = Packing(self._hot, self._files)
        self._group = GroupCommit(self._commit)
        self._numbered: dict[CampusId, dict[PointId, int]] = {}

    def close(self) -> None:
        """Close the files."""
        self._hot.close()
        self._files.close()

    def number_points(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> Numbers:
        """Return the numbers of points, which are given at first sight and never change."""
        known = self._numbered.get(campus_id, {})
        if any(point_id not in known for point_id in point_ids):
            with self._hot.reading() as connection:
                known = _numbers(connection, campus_id)
        fresh = [(campus_id, point_id) for point_id in dict.fromkeys(point_ids) if point_id not in known]
        if fresh:
            with self._hot.writing() as connection:
                connection.executemany("INSERT OR IGNORE INTO point (campus, id) VALUES (?, ?)", fresh)
                known = _numbers(connection, campus_id)
        self._numbered[campus_id] = known
        return np.array([known[point_id] for point_id in point_ids], np.int32)

    def write(self, readings: Readings) -> Written:
        """Keep readings, all or none; of one point and time the one that was received first holds."""
        rows = rows_of(readings)
        return self._group.write(rows) if len(rows) else Written(kept=0, duplicates=0, conflicts=0)

    def judge(self, *series: Series, within: tuple[int, int] | None = None) -> None:
        """Keep what readings are judged to be, beside what came; a row of no reading fills a gap."""
        spans = [span for one in series if (span := span_of(one, within)) is not None]
        if not spans:
            return
        numbers = np.unique(np.array([one.point for one in series], np.int32))
        start, end = min(first for first, _ in spans), max(last for _, last in spans)
        with self._hot.writing() as connection:
            epoch = epoch_of(connection)
            stored = self._stored(connection, numbers, start, end)
            for one in series:
                own = stored[slice(*np.searchsorted(stored["point"], (one.point, one.point + 1)))]
                changed = judge(one, own, within)
                put(connection, changed, epoch)
                put_latest(connection, changed[np.argsort(changed["at"])])

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Hold what one holder has at a time, of all threads and processes."""
        try:
            self._files.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._files.folder / "judging")
            lock.acquire()
        except OSError as error:
            raise unavailable(error) from error
        try:
            yield
        finally:
            lock.release()

    def load(self, points: Numbers, start: int, end: int) -> tuple[Series, ...]:
        """Return a series a point, ascending, of times in `[start, end)` (µs)."""
        return series_of(self._rows(points, start, end), points)

    def arrivals(self, points: Numbers, start: int, end: int) -> Readings:
        """Return what came of times in `[start, end)`, contradictions too, in the order in which it came."""
        rows = self._rows(points, start, end)
        with self._hot.reading() as connection:
            return arrivals_of(rows, _between(connection, CONFLICTS, points, start, end))

    def latest(self, points: Numbers) -> Latest:
        """Return the newest readings of points; those without any are left out."""
        condition, parameters = of_points(points)
        query = f"SELECT point, at, value, quality FROM last WHERE {condition} ORDER BY point"
        with self._hot.reading() as connection:
            return latest_of(connection.execute(query, parameters))

    def roll_up(
        self,
        points: Numbers,
        start: int,
        end: int,
        *,
        every: Every,
        time_zone: tzinfo,
        cadence_s: float | None = None,
    ) -> RollUp:
        """Put readings of `[start, end)` together by quarter of an hour, hour or day of a place's clock."""
        step = cell_step(every, start, end, time_zone)

        def ask_hot(connection: sqlite3.Connection, parts: Sequence[Part]) -> _Asked:
            packed, fresh = _spans(parts, start, end)
            late = np.concatenate(
                [fetch(()), *(_between(connection, ROWS, points, *span) for span in packed)]
            )
            cells = [_cells(connection, points, *span, step) for span in fresh]
            counted = [part.file for part in parts if step == HOUR and _is_whole(part, start, end, late)]
            return _Asked(np.concatenate([np.empty(0, CELL), *cells]), late, counted)

        def ask_cold(parts: Sequence[str], asked: _Asked) -> Cells:
            raw = [part for part in parts if part not in asked.counted]
            found = [asked.fresh, self._files.hours(asked.counted, points, start, end)]
            if raw:
                found.append(self._files.cells(raw, asked.late, points, start, end, step=step))
            return np.concatenate(found)

        cells = self._both(start, end, ask_hot, ask_cold)
        return roll_up_cells(
            cells, start, end, every=every, time_zone=time_zone, step=step, cadence_s=cadence_s
        )

    def compact(self, before: int) -> int:
        """Pack whole days and hours that ended before a time (µs); return how many readings were packed."""
        return self._packing.compact(before)

    def forget(self, points: Numbers | None, before: int) -> None:
        """Delete readings of points, or of all, from before a time (µs)."""
        self._packing.forget(points, before)

    def footprint(self) -> Footprint:
        """Return what the readings take on the disk."""
        with self._hot.reading() as connection:
            ((hot_rows, hot_days, first),) = connection.execute(
                "SELECT count(*), count(DISTINCT at / ?), min(at) FROM reading", (DAY,)
            )
            ((cold_rows, cold_bytes, packed),) = connection.execute(
                'SELECT coalesce(sum(rows), 0), coalesce(sum(bytes), 0), min("start") FROM part'
            )
            days = connection.execute(
                'SELECT sum(bytes) FROM part GROUP BY "start" / ? ORDER BY "start" DESC LIMIT 7', (DAY,)
            ).fetchall()
        hot_bytes = self._hot.bytes()
        pace = hot_bytes / hot_days if hot_rows else 0.0
        return Footprint(
            hot_bytes=hot_bytes,
            cold_bytes=cold_bytes,
            rows=hot_rows + cold_rows,
            bytes_a_day=sum(size for (size,) in days) / len(days) if days else pace,
            oldest=min((at for at in (first, packed) if at is not None), default=None),
        )

    def export(self, folder: Path, *, told: Callable[[float], None] = lambda share: None) -> None:
        """Write everything into a new folder, as Parquet files."""
        with self._packing.alone(), self._hot.reading() as connection:
            export(
                folder,
                points=connection.execute("SELECT number, campus, id FROM point").fetchall(),
                rows=_chunks(connection.execute(f"{ROWS} ORDER BY at, point")),
                conflicts=fetch(connection.execute(CONFLICTS)),
                packed=[self._files.folder / part.file for part in parts_between(connection, 0, LAST_AT)],
                count=connection.execute("SELECT count(*) FROM reading").fetchone()[0],
                told=told,
            )

    def restore(self, folder: Path, *, told: Callable[[float], None] = lambda share: None) -> None:
        """Read what `export` wrote, of this or another kind of store, all or nothing."""
        kept = exported(folder)
        with self._packing.alone(), self._hot.writing() as connection:
            if any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall() for table in EMPTY):
                raise not_empty()
            epoch = epoch_of(connection)
            connection.executemany("INSERT INTO point (number, campus, id) VALUES (?, ?, ?)", kept.points)
            for rows in kept.rows(told):
                put(connection, rows, epoch)
                put_latest(connection, rows[np.lexsort((rows["point"], rows["at"]))])
            put_conflicts(connection, kept.conflicts)

    def _commit(self, batches: Sequence[Rows]) -> list[Written]:
        with self._hot.writing() as connection:
            epoch = epoch_of(connection)
            return [self._put(connection, rows, epoch) for rows in batches]

    def _put(self, connection: sqlite3.Connection, rows: Rows, epoch: int) -> Written:
        parts = _holding(parts_between(connection, int(rows["at"][0]), int(rows["at"][-1]) + 1), rows)
        if not parts and not repeats(rows) and not rows["judged"].any():
            connection.execute("SAVEPOINT fresh")
            if add(connection, rows, epoch) == len(rows):
                connection.execute("RELEASE fresh")
                put_latest(connection, rows)
                return Written(kept=len(rows), duplicates=0, conflicts=0)
            connection.execute("ROLLBACK TO fresh")
            connection.execute("RELEASE fresh")
        hot, conflicts = find(connection, ROWS, rows), find(connection, CONFLICTS, rows)
        done = reconcile(rows, shadow(self._files.find(parts, rows), hot), conflicts)
        put(connection, done.changed, epoch)
        put_conflicts(connection, done.contested)
        put_latest(connection, done.changed)
        return done.written

    def _stored(self, connection: sqlite3.Connection, points: Numbers, start: int, end: int) -> Rows:
        parts = [part.file for part in parts_between(connection, start, end)]
        hot = _between(connection, ROWS, points, start, end)
        return shadow(self._files.load(parts, points, start, end), hot)

    def _rows(self, points: Numbers, start: int, end: int) -> Rows:
        return self._both(
            start,
            end,
            lambda connection, parts: _between(connection, ROWS, points, start, end),
            lambda parts, hot: present(shadow(self._files.load(parts, points, start, end), hot)),
        )

    def _both(
        self,
        start: int,
        end: int,
        ask_hot: Callable[[sqlite3.Connection, Sequence[Part]], Hot],
        ask_cold: Callable[[Sequence[str], Hot], Answer],
    ) -> Answer:
        """Ask the SQLite file, then the files that it named; again where a compaction replaced one of them."""
        for attempt in range(ATTEMPTS):
            with self._hot.reading() as connection:
                parts = parts_between(connection, start, end)
                hot = ask_hot(connection, parts)
            try:
                return ask_cold([part.file for part in parts], hot)
            except StoreUnavailableError:
                there = all((self._files.folder / part.file).exists() for part in parts)
                if there or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError


def _numbers(connection: sqlite3.Connection, campus_id: CampusId) -> dict[PointId, int]:
    return dict(connection.execute("SELECT id, number FROM point WHERE campus = ?", (campus_id,)).fetchall())


def _holding(parts: Sequence[Part], rows: Rows) -> list[str]:
    """Return the files of the parts that a row falls into; rows are sorted by time."""
    begins = np.searchsorted(rows["at"], [part.start for part in parts])
    ends = np.searchsorted(rows["at"], [part.end for part in parts])
    return [part.file for part, begin, end in zip(parts, begins, ends, strict=True) if end > begin]


def _spans(
    parts: Sequence[Part], start: int, end: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Split `[start, end)` into what parts cover, and what they leave open."""
    packed: list[tuple[int, int]] = []
    for part in parts:
        begin = packed.pop()[0] if packed and packed[-1][1] == part.start else max(part.start, start)
        packed.append((begin, min(part.end, end)))
    edges = [start, *(edge for span in packed for edge in span), end]
    return packed, [span for span in zip(edges[::2], edges[1::2], strict=True) if span[1] > span[0]]


def _is_whole(part: Part, start: int, end: int, late: Rows) -> bool:
    """Tell whether whole hours of a part are asked for, none of which has late rows."""
    begin, stop = max(part.start, start), min(part.end, end)
    touched = np.any((late["at"] >= part.start) & (late["at"] < part.end))
    return begin % HOUR == 0 and stop % HOUR == 0 and not touched


def _between(connection: sqlite3.Connection, select: str, points: Numbers, start: int, end: int) -> Rows:
    condition, parameters = of_points(points)
    return fetch(
        connection.execute(f"{select} WHERE at >= ? AND at < ? AND {condition}", (start, end, *parameters))
    )


def _cells(connection: sqlite3.Connection, points: Numbers, start: int, end: int, step: int) -> Cells:
    condition, parameters = of_points(points)
    rows = f"(SELECT * FROM reading WHERE at >= ? AND at < ? AND {condition})"
    query = CELL_SQL.format(divide="/", step=step, rows=rows)
    return np.fromiter(connection.execute(query, (start, end, *parameters)), CELL)


def _chunks(cursor: sqlite3.Cursor) -> Iterator[Rows]:
    while len(rows := np.fromiter(islice(cursor, CHUNK), ROW)):
        yield rows
