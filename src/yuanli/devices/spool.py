"""What waits at the edge to be sent on: a file of its own, so that nothing is lost while the line is down."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from yuanli.errors import Text, UnavailableError

TABLES = """
CREATE TABLE IF NOT EXISTS parcel (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, kind TEXT NOT NULL, payload BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS refused (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, why TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL
);
"""
BUSY_S = 20.0


class SpoolUnusableError(UnavailableError):
    """The file of a spool can't be opened: it is no such file, or the disk or its rights don't let us."""


class SpoolFullError(UnavailableError):
    """As much waits as may wait, or the disk takes no more: nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolParams:
    """How much may wait, and how many refused parcels are kept to be looked at."""

    most_bytes: int = 1_000_000_000
    most_refused: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A body to send: its media type for HTTP, its topic for MQTT."""

    id: int
    topic: str
    kind: str
    payload: bytes


class Spool:
    """Parcels in SQLite (WAL, synchronous FULL), the oldest first. Safe for threads.

    Raises
    ------
    SpoolUnusableError
        The file can't be opened.
    SpoolFullError
        By `add`, where the parcel is not kept.
    """

    def __init__(self, path: Path, params: SpoolParams = SpoolParams()) -> None:
        self._params = params
        self._lock = Lock()
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(TABLES)
            self._bytes = int(self._db.execute("SELECT total(length(payload)) FROM parcel").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise _unusable(path, error) from error

    @property
    def waiting_bytes(self) -> int:
        """How many bytes of parcels wait."""
        return self._bytes

    def add(self, payload: bytes, *, topic: str = "", kind: str = "application/json") -> int:
        """Keep a parcel; it is on disk when this returns."""
        if self._bytes + len(payload) > self._params.most_bytes:
            raise _full(f"{self._bytes} B")
        try:
            with self._changing() as db:
                cursor = db.execute(
                    "INSERT INTO parcel (topic, kind, payload) VALUES (?, ?, ?)", (topic, kind, payload)
                )
        except sqlite3.OperationalError as error:
            raise _full(str(error)) from error
        self._bytes += len(payload)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def oldest(self, count: int) -> tuple[Parcel, ...]:
        """Return the parcels that have waited longest."""
        with self._lock:
            rows = self._db.execute(
                "SELECT id, topic, kind, payload FROM parcel ORDER BY id LIMIT ?", (count,)
            ).fetchall()
        return tuple(
            Parcel(id=i, topic=topic, kind=kind, payload=payload) for i, topic, kind, payload in rows
        )

    def remove(self, parcels: Sequence[Parcel]) -> None:
        """Forget parcels that have been acknowledged."""
        if parcels:
            with self._changing() as db:
                db.executemany("DELETE FROM parcel WHERE id = ?", [(parcel.id,) for parcel in parcels])
            self._bytes -= sum(len(parcel.payload) for parcel in parcels)

    def refuse(self, parcel: Parcel, why: str) -> None:
        """Lay a parcel aside that is never taken, so that it stops no other."""
        with self._changing() as db:
            db.execute(
                "INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?, ?)",
                (parcel.id, time.time(), why, parcel.topic, parcel.payload),
            )
            db.execute("DELETE FROM parcel WHERE id = ?", (parcel.id,))
            db.execute(
                "DELETE FROM refused WHERE id NOT IN (SELECT id FROM refused ORDER BY id DESC LIMIT ?)",
                (self._params.most_refused,),
            )
        self._bytes -= len(parcel.payload)

    def refused(self) -> tuple[tuple[str, str, bytes], ...]:
        """Return topic, reason and payload of the parcels that were laid aside, oldest first."""
        with self._lock:
            return tuple(self._db.execute("SELECT topic, why, payload FROM refused ORDER BY id").fetchall())

    def __len__(self) -> int:
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM parcel").fetchone()[0])

    def close(self) -> None:
        """Close the file, when nobody is using it."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _unusable(path: Path, error: Exception) -> SpoolUnusableError:
    return SpoolUnusableError(
        Text(f"缓存文件 {path} 不能使用：{error}。", f"The spool {path} can't be used: {error}."),
        hint=Text(
            "检查磁盘与权限；文件损坏时把它移走，其中的读数会丢失。",
            "Check the disk and the rights; move a damaged file away, and what waits in it is lost.",
        ),
    )


def _full(why: str) -> SpoolFullError:
    return SpoolFullError(
        Text(f"缓存已满，未保存：{why}", f"The spool is full, and nothing was kept: {why}"),
        hint=Text(
            "恢复上行链路或读数库，或增大缓存和磁盘。",
            "Bring the line or the store back, or give the spool and the disk more room.",
        ),
    )
