"""Compaction: rows of days and hours that are over move from SQLite into files.

At each step one transaction says which files count. A process that is killed leaves at most files that do not, which
the next compaction deletes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from filelock import FileLock

from yuanli.operations import Numbers
from yuanli.storage.reading_cells import DAY, HOUR
from yuanli.storage.reading_files import ReadingFiles
from yuanli.storage.reading_hot import ROWS, HotDatabase, epoch_of, fetch, of_points
from yuanli.storage.reading_rows import LAST_AT

MANY_ROWS = 2_000_000
"""A day with more rows is packed by the hour first, so that it fits into memory."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of compacted readings of `[start, end)` µs: a whole hour or a whole day of UTC."""

    start: int
    end: int
    file: str


class Packing:
    """Moves rows from SQLite into files, one thread of one process at a time."""

    def __init__(self, hot: HotDatabase, files: ReadingFiles) -> None:
        self._hot = hot
        self._files = files

    def compact(self, before: int) -> int:
        """Pack whole days and hours that ended before a time (µs); return how many readings were packed."""
        packed, start = 0, 0
        with self.alone():
            while (found := self._find_loose(start, before)) is not None:
                begin, end = self._span(found, before)
                if end > before:
                    start = end
                    continue
                packed += self._pack_hours(begin) if end - begin == DAY else 0
                packed += self._pack(begin, end)
                start = end
        return packed

    def forget(self, points: Numbers | None, before: int) -> None:
        """Delete readings of points, or of all, from before a time (µs)."""
        condition, parameters = of_points(points) if points is not None else ("true", ())
        with self.alone():
            with self._hot.writing() as connection:
                for table in ("reading", "conflict", "last"):
                    connection.execute(
                        f"DELETE FROM {table} WHERE at < ? AND {condition}", (before, *parameters)
                    )
                parts = parts_between(connection, 0, before)
            for part in parts:
                name = _name(part.start, part.end)
                kept = self._files.write_without(points, before, part=part.file, name=name)
                if kept is not None:
                    with self._hot.writing() as connection:
                        _replace(connection, part.start, part.end, *kept)
                    self._files.remove([part.file])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock under which files come and go, with none that does not count."""
        self._files.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._files.folder / "lock"):
            with self._hot.reading() as connection:
                parts = parts_between(connection, 0, LAST_AT)
            self._files.sweep([part.file for part in parts])
            yield

    def _find_loose(self, start: int, before: int) -> int | None:
        """Return the first time from `start` of a row in SQLite, or of a file by the hour of a day that is over."""
        with self._hot.reading() as connection:
            ((row,),) = connection.execute(
                "SELECT min(at) FROM reading WHERE at >= ? AND at < ?", (start, before)
            )
            ((hour,),) = connection.execute(
                'SELECT min("start") FROM part WHERE "end" - "start" < ? AND "start" >= ? AND "start" < ?',
                (DAY, start, before // DAY * DAY),
            )
        return min((at for at in (row, hour) if at is not None), default=None)

    def _span(self, at: int, before: int) -> tuple[int, int]:
        """Return the day a time is in if it is over or packed already, else the hour."""
        day, hour = at // DAY * DAY, at // HOUR * HOUR
        with self._hot.reading() as connection:
            packed = any(part.end - part.start == DAY for part in parts_between(connection, at, at + 1))
        return (day, day + DAY) if packed or day + DAY <= before else (hour, hour + HOUR)

    def _pack_hours(self, day: int) -> int:
        """Pack a day of many rows by the hour, unless it has a file already."""
        with self._hot.reading() as connection:
            ((rows,),) = connection.execute(
                "SELECT count(*) FROM reading WHERE at >= ? AND at < ?", (day, day + DAY)
            )
            packed = any(part.end - part.start == DAY for part in parts_between(connection, day, day + DAY))
        if rows <= MANY_ROWS or packed:
            return 0
        return sum(self._pack(hour, hour + HOUR) for hour in range(day, day + DAY, HOUR))

    def _pack(self, start: int, end: int) -> int:
        """Write one file of a span, and let it count in the transaction that deletes its rows from SQLite.

        Rows that were written since the rows were read have a higher epoch, and stay.
        """
        with self._hot.writing() as connection:
            epoch = epoch_of(connection)
            connection.execute("UPDATE state SET epoch = epoch + 1")
        span = "at >= ? AND at < ? AND epoch <= ?"
        with self._hot.reading() as connection:
            parts = parts_between(connection, start, end)
            rows = fetch(connection.execute(f"{ROWS} WHERE {span}", (start, end, epoch)))
        if not len(rows) and all(part.end - part.start == end - start for part in parts):
            return 0
        made = self._files.write(rows, parts=[part.file for part in parts], name=_name(start, end))
        with self._hot.writing() as connection:
            _replace(connection, start, end, *made)
            connection.execute(f"DELETE FROM reading WHERE {span}", (start, end, epoch))
        self._files.remove([part.file for part in parts])
        return len(rows)


def parts_between(connection: sqlite3.Connection, start: int, end: int) -> list[Part]:
    """Return the files that count and have times in `[start, end)`, in their order."""
    rows = connection.execute(
        'SELECT "start", "end", file FROM part WHERE "end" > ? AND "start" < ? ORDER BY "start"', (start, end)
    )
    return [Part(*row) for row in rows]


def _replace(connection: sqlite3.Connection, start: int, end: int, file: str, rows: int, size: int) -> None:
    connection.execute('DELETE FROM part WHERE "start" >= ? AND "end" <= ?', (start, end))
    if rows:
        connection.execute("INSERT INTO part VALUES (?, ?, ?, ?, ?)", (start, end, file, rows, size))


def _name(start: int, end: int) -> str:
    begin = datetime.fromtimestamp(start // 1_000_000, UTC)
    return f"{begin:%Y-%m-%d}" if end - start == DAY else f"{begin:%Y-%m-%dT%H}"
