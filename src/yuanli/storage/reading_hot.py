"""The SQLite file that readings are written to, by raw `sqlite3`: SQLAlchemy costs several times the insert itself."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue

import numpy as np

from yuanli.operations import Latest, Numbers, Written
from yuanli.storage.database import BUSY_TIMEOUT_MS, write_ahead
from yuanli.storage.reading_files import unavailable
from yuanli.storage.reading_rows import NONE, ROW, Rows, are_a_run, newest, value_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS state (epoch INTEGER NOT NULL);
INSERT INTO state SELECT 1 WHERE NOT EXISTS (SELECT * FROM state);
CREATE TABLE IF NOT EXISTS point (
    number INTEGER PRIMARY KEY, campus TEXT NOT NULL, id TEXT NOT NULL, UNIQUE (campus, id)
);
CREATE TABLE IF NOT EXISTS reading (
    at INTEGER NOT NULL, point INTEGER NOT NULL, raw REAL, lag INTEGER, again INTEGER, value REAL,
    judged INTEGER NOT NULL DEFAULT 0, reason INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL,
    PRIMARY KEY (at, point)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conflict (
    at INTEGER NOT NULL, point INTEGER NOT NULL, bits INTEGER NOT NULL, raw REAL, lag INTEGER NOT NULL, again INTEGER,
    PRIMARY KEY (at, point, bits)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last (
    point INTEGER PRIMARY KEY, at INTEGER NOT NULL, value REAL, quality INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS part (
    "start" INTEGER PRIMARY KEY, "end" INTEGER NOT NULL, file TEXT NOT NULL,
    rows INTEGER NOT NULL, bytes INTEGER NOT NULL
);
"""
"""`epoch` tells which readings a compaction has seen; `part` names the files that count."""

ROWS = f"SELECT at, point, raw, coalesce(lag, {NONE}), coalesce(again, {NONE}), value, judged, reason FROM reading"
CONFLICTS = f"SELECT at, point, raw, lag, coalesce(again, {NONE}), NULL, 0, 0 FROM conflict"
PUT = f"INSERT OR REPLACE INTO reading VALUES (?, ?, ?, nullif(?, {NONE}), nullif(?, {NONE}), ?, ?, ?, %d)"
PUT_CONFLICT = f"INSERT OR REPLACE INTO conflict VALUES (?, ?, ?, ?, ?, nullif(?, {NONE}))"
LATEST = """
    INSERT INTO last VALUES (?, ?, ?, ?)
    ON CONFLICT (point) DO UPDATE SET at = excluded.at, value = excluded.value, quality = excluded.quality
    WHERE excluded.at >= last.at
"""
LAST = np.dtype([("point", np.int32), ("at", np.int64), ("value", np.float64), ("quality", np.uint8)])


class HotDatabase:
    """Connections to the SQLite file; one writes at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._writer = threading.Lock()
        with told():
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._connect()
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
            self._idle.put(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that sees one state of the file."""
        with self._borrowed("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that is on disk when the block ends; an error takes it back whole."""
        with self._writer, self._borrowed("BEGIN IMMEDIATE") as connection:
            yield connection

    def bytes(self) -> int:
        """Return what the file and its log take."""
        paths = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(path.stat().st_size for path in paths if path.exists())

    def close(self) -> None:
        """Close the idle connections."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    @contextmanager
    def _borrowed(self, begin: str) -> Iterator[sqlite3.Connection]:
        with told():
            try:
                connection = self._idle.get_nowait()
            except Empty:
                connection = self._connect()
            try:
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._idle.put(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "synchronous = FULL",
            "cache_size = -32000",
            "temp_store = MEMORY",
            "journal_size_limit = 67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        write_ahead(cursor)
        cursor.execute(
            "CREATE TEMP TABLE wanted (at INTEGER, point INTEGER, PRIMARY KEY (at, point)) WITHOUT ROWID"
        )
        return connection


class GroupCommit:
    """Puts the batches of writers that wait for each other into one transaction, and so one wait for the disk.

    The first writer commits its own; those that come meanwhile queue, and the first of them commits for all.
    """

    def __init__(self, commit: Callable[[Sequence[Rows]], list[Written]]) -> None:
        self._commit = commit
        self._guard = threading.Lock()
        self._queue: list[_Waiting] = []
        self._busy = False

    def write(self, rows: Rows) -> Written:
        """Return when the rows are on disk."""
        mine = _Waiting(rows)
        with self._guard:
            self._queue.append(mine)
            leads, self._busy = not self._busy, True
        if not leads:
            mine.told.wait()
        if mine.done is None:
            self._lead()
        if isinstance(mine.done, BaseException):
            raise mine.done
        assert mine.done is not None
        return mine.done

    def _lead(self) -> None:
        with self._guard:
            waiting, self._queue = self._queue, []
        try:
            outcome: Sequence[Written | BaseException] = self._commit([one.rows for one in waiting])
        except BaseException as error:
            outcome = [error] * len(waiting)
        with self._guard:
            following = self._queue[:1]
            self._busy = bool(following)
        for one, done in zip(waiting, outcome, strict=True):
            one.done = done
        for one in [*following, *waiting]:
            one.told.set()


class _Waiting:
    """A writer that waits; told without being done, it leads."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.done: Written | BaseException | None = None
        self.told = threading.Event()


@contextmanager
def told() -> Iterator[None]:
    """Say what SQLite means."""
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise unavailable(error) from error


def fetch(cursor: Iterable[tuple[object, ...]]) -> Rows:
    """Return rows that were selected by `ROWS` or `CONFLICTS`."""
    return np.fromiter(cursor, ROW)


def latest_of(cursor: Iterable[tuple[object, ...]]) -> Latest:
    """Return last values that were selected as point, at, value, quality."""
    found = np.fromiter(cursor, LAST)
    return Latest(**{name: found[name].copy() for name in LAST.names or ()})


def epoch_of(connection: sqlite3.Connection) -> int:
    """Return the number that rows are written with until the next compaction."""
    ((epoch,),) = connection.execute("SELECT epoch FROM state")
    return int(epoch)


def of_points(points: Numbers) -> tuple[str, tuple[object, ...]]:
    """Return the condition that picks points, and its parameters."""
    if len(points) == 1:
        return "point = ?", (int(points[0]),)
    if are_a_run(points):
        return "point BETWEEN ? AND ?", (int(points.min()), int(points.max()))
    return "point IN (SELECT value FROM json_each(?))", (json.dumps(points.tolist()),)


def find(connection: sqlite3.Connection, select: str, keys: Rows) -> Rows:
    """Return rows of the points and times of others."""
    connection.execute("DELETE FROM wanted")
    connection.executemany(
        "INSERT OR IGNORE INTO wanted VALUES (?, ?)",
        zip(keys["at"].tolist(), keys["point"].tolist(), strict=True),
    )
    return fetch(connection.execute(f"{select} JOIN wanted USING (at, point)"))


def add(connection: sqlite3.Connection, rows: Rows, epoch: int) -> int:
    """Add rows of points and times that have none yet; return how many those are."""
    columns = (rows[name].tolist() for name in ("at", "point", "raw", "lag"))
    return connection.executemany(
        f"INSERT OR IGNORE INTO reading (at, point, raw, lag, epoch) VALUES (?, ?, ?, ?, {epoch})",
        zip(*columns, strict=True),
    ).rowcount


def put(connection: sqlite3.Connection, rows: Rows, epoch: int) -> None:
    """Put rows in the place of those that are there."""
    connection.executemany(PUT % epoch, rows.tolist())


def put_conflicts(connection: sqlite3.Connection, rows: Rows) -> None:
    """Put contradictions in the place of all of their points and times."""
    keys = zip(rows["at"].tolist(), rows["point"].tolist(), strict=True)
    connection.executemany("DELETE FROM conflict WHERE at = ? AND point = ?", keys)
    bits = np.ascontiguousarray(rows["raw"]).view(np.int64)
    columns = [rows["at"], rows["point"], bits, rows["raw"], rows["lag"], rows["again"]]
    connection.executemany(PUT_CONFLICT, zip(*(column.tolist() for column in columns), strict=True))


def put_latest(connection: sqlite3.Connection, rows: Rows) -> None:
    """Keep the newest of rows, sorted by time, as last values where they are newer."""
    rows = newest(rows)
    columns = [rows["point"], rows["at"], value_of(rows), rows["judged"] & 7]
    connection.executemany(LATEST, zip(*(column.tolist() for column in columns), strict=True))
