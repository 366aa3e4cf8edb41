"""Readings in PostgreSQL, a partition a day of UTC; fills `ReadingStore`.

Rows come in by COPY, which is why this speaks psycopg and not SQLAlchemy: straight into their day where their
points have none in that span yet. One writer at a time holds an advisory lock.
Nothing is packed: `compact` has nothing to do here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING

import numpy as np

from yuanli.campus import CampusId, PointId
from yuanli.errors import Text
from yuanli.operations import Every, Footprint, Latest, Numbers, RollUp, StoreUnavailableError, Written
from yuanli.storage.reading_cells import CELL, CELL_SQL, DAY, cell_step, roll_up_cells
from yuanli.storage.reading_copying import Found, copy_in
from yuanli.storage.reading_exports import CHUNK, export, exported, not_empty
from yuanli.storage.reading_files import unavailable
from yuanli.storage.reading_hot import GroupCommit, fetch, latest_of
from yuanli.storage.reading_rows import (
    GONE,
    NONE,
    QUALITY,
    Rows,
    arrivals_of,
    judge,
    newest,
    present,
    reconcile,
    repeats,
    rows_of,
    series_of,
    span_of,
    value_of,
)
from yuanli.telemetry import Readings, Series

if TYPE_CHECKING:
    from psycopg import Connection

LOCK = 7_164_502
"""Key of the advisory lock of the one that writes, beside the hash of the schema."""
JUDGING_LOCK = LOCK + 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS reading_point (
    number SERIAL PRIMARY KEY, campus TEXT NOT NULL, id TEXT NOT NULL, UNIQUE (campus, id)
);
CREATE TABLE IF NOT EXISTS reading (
    at BIGINT NOT NULL, raw FLOAT8, lag BIGINT, again BIGINT, value FLOAT8, reason BIGINT NOT NULL,
    point INTEGER NOT NULL, judged SMALLINT NOT NULL, PRIMARY KEY (point, at)
) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS reading_conflict (
    at BIGINT NOT NULL, point INTEGER NOT NULL, raw FLOAT8, lag BIGINT NOT NULL, again BIGINT
);
CREATE INDEX IF NOT EXISTS reading_conflict_key ON reading_conflict (point, at);
CREATE TABLE IF NOT EXISTS reading_last (
    point INTEGER PRIMARY KEY, at BIGINT NOT NULL, value FLOAT8, quality SMALLINT NOT NULL
);
"""
WANTED = "CREATE TEMP TABLE wanted (point INTEGER, at BIGINT) ON COMMIT DELETE ROWS"
TOUCHED = """
    SELECT EXISTS (
        SELECT FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS new (number, first, last)
        WHERE EXISTS (SELECT FROM reading WHERE point = number AND at BETWEEN first AND last AND at BETWEEN %s AND %s)
    )
"""
LATEST = """
    INSERT INTO reading_last
    SELECT point, at, nullif(value, 'NaN'), quality
    FROM unnest(%s::int[], %s::bigint[], %s::float8[], %s::smallint[]) AS new (point, at, value, quality)
    ON CONFLICT (point) DO UPDATE SET at = excluded.at, value = excluded.value, quality = excluded.quality
    WHERE excluded.at >= reading_last.at
"""
ROWS = f"""
    SELECT at, point, raw, coalesce(lag, {NONE}), coalesce(again, {NONE}), value, judged, reason FROM reading
"""
CONFLICTS = f"SELECT at, point, raw, lag, coalesce(again, {NONE}), NULL, 0, 0 FROM reading_conflict"
OF = "point = ANY(%s) AND at >= %s AND at < %s"
OF_WANTED = "(point, at) IN (SELECT point, at FROM wanted) AND at BETWEEN %s AND %s"
DROPPED = """
    SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'reading'::regclass AND child.relname < %s
"""
SIZES = """
    SELECT pg_total_relation_size(inhrelid) FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'reading'::regclass ORDER BY child.relname DESC
"""


class PostgresReadingStore:
    """Readings of a PostgreSQL database; fills `ReadingStore`.

    Raises
    ------
    StoreUnavailableError
        The database can't be reached, or its driver is not installed; raised by any method.
    """

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._idle: LifoQueue[Connection[Found]] = LifoQueue()
        self._group = GroupCommit(self._commit)
        with self._writing() as connection:
            connection.execute(SCHEMA)

    def close(self) -> None:
        """Close the idle connections."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def number_points(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> Numbers:
        """Return the numbers of points, which are given at first sight and never change."""
        with self._reading() as connection:
            known = _numbers(connection, campus_id)
        fresh = [point_id for point_id in dict.fromkeys(point_ids) if point_id not in known]
        if fresh:
            with self._writing() as connection:
                connection.execute(
                    "INSERT INTO reading_point (campus, id) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
                    (campus_id, fresh),
                )
                known = _numbers(connection, campus_id)
        return np.array([known[point_id] for point_id in point_ids], np.int32)

    def write(self, readings: Readings) -> Written:
        """Keep readings, all or none; of one point and time the one that was received first holds."""
        rows = rows_of(readings)
        return self._group.write(rows) if len(rows) else Written(kept=0, duplicates=0, conflicts=0)

    def judge(self, *series: Series, within: tuple[int, int] | None = None) -> None:
        """Keep what readings are judged to be, beside what came; a row of no reading fills a gap."""
        with self._writing() as connection:
            for one in series:
                span = span_of(one, within)
                if span is not None:
                    stored = _fetch(connection, f"{ROWS} WHERE {OF} ORDER BY at", ([one.point], *span))
                    changed = judge(one, stored, within)
                    _put(connection, changed[changed["judged"] & GONE == 0])
                    gone = changed["at"][changed["judged"] & GONE > 0].tolist()
                    connection.execute(
                        "DELETE FROM reading WHERE point = %s AND at = ANY(%s)", (one.point, gone)
                    )

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Hold what one holder has at a time, of all threads and processes."""
        with self._borrowed() as connection, connection.transaction():
            connection.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (JUDGING_LOCK,)
            )
            yield

    def load(self, points: Numbers, start: int, end: int) -> tuple[Series, ...]:
        """Return a series a point, ascending, of times in `[start, end)` (µs)."""
        with self._reading() as connection:
            return series_of(_between(connection, ROWS, points, start, end), points)

    def arrivals(self, points: Numbers, start: int, end: int) -> Readings:
        """Return what came of times in `[start, end)`, contradictions too, in the order in which it came."""
        with self._reading() as connection:
            rows = _between(connection, ROWS, points, start, end)
            return arrivals_of(rows, _between(connection, CONFLICTS, points, start, end))

    def latest(self, points: Numbers) -> Latest:
        """Return the newest readings of points; those without any are left out."""
        query = "SELECT point, at, value, quality FROM reading_last WHERE point = ANY(%s) ORDER BY point"
        with self._reading() as connection:
            return latest_of(connection.execute(query, (points.tolist(),)))

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
        query = CELL_SQL.format(divide="/", step=step, rows=f"(SELECT * FROM reading WHERE {OF}) AS chosen")
        with self._reading() as connection:
            cells = np.fromiter(connection.execute(query, (points.tolist(), start, end)), CELL)
        return roll_up_cells(
            cells, start, end, every=every, time_zone=time_zone, step=step, cadence_s=cadence_s
        )

    def compact(self, before: int) -> int:  # noqa: ARG002
        """Return 0: a day is a partition from the beginning."""
        return 0

    def forget(self, points: Numbers | None, before: int) -> None:
        """Delete readings of points, or of all, from before a time (µs)."""
        whose, parameters = ("true", []) if points is None else ("point = ANY(%s)", [points.tolist()])
        with self._writing() as connection:
            if points is None:
                for (name,) in connection.execute(DROPPED, (_partition(before // DAY),)).fetchall():
                    connection.execute(f"DROP TABLE {name}")
            for table in ("reading", "reading_conflict", "reading_last"):
                connection.execute(f"DELETE FROM {table} WHERE at < %s AND {whose}", (before, *parameters))

    def footprint(self) -> Footprint:
        """Return what the readings take on the disk."""
        with self._reading() as connection:
            sizes = [int(str(size)) for (size,) in connection.execute(SIZES)]
            ((rows, oldest),) = connection.execute("SELECT count(*), min(at) FROM reading")
        recent = [size for size in sizes if size][:7]
        return Footprint(
            hot_bytes=sum(sizes),
            cold_bytes=0,
            rows=int(str(rows)),
            bytes_a_day=sum(recent) / len(recent) if recent else 0.0,
            oldest=None if oldest is None else int(str(oldest)),
        )

    def export(self, folder: Path, *, told: Callable[[float], None] = lambda share: None) -> None:
        """Write everything into a new folder, as Parquet files."""
        with self._reading() as connection:
            points = connection.execute("SELECT number, campus, id FROM reading_point").fetchall()
            count = sum(int(str(n)) for (n,) in connection.execute("SELECT count(*) FROM reading"))
            export(
                folder,
                points=[(int(str(number)), str(campus), str(name)) for number, campus, name in points],
                rows=_chunks(connection),
                conflicts=_fetch(connection, CONFLICTS),
                count=count,
                told=told,
            )

    def restore(self, folder: Path, *, told: Callable[[float], None] = lambda share: None) -> None:
        """Read what `export` wrote, of this or another kind of store, all or nothing."""
        kept = exported(folder)
        with self._writing() as connection:
            for table in ("reading_point", "reading"):
                if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall():
                    raise not_empty()
            for point in kept.points:
                connection.execute(
                    "INSERT INTO reading_point (number, campus, id) VALUES (%s, %s, %s)", point
                )
            connection.execute(
                "SELECT setval(pg_get_serial_sequence('reading_point', 'number'), max(number)) FROM reading_point"
            )
            for rows in kept.rows(told):
                _put(connection, rows)
            _put_conflicts(connection, kept.conflicts)

    def _commit(self, batches: Sequence[Rows]) -> list[Written]:
        with self._writing() as connection:
            return [_write(connection, rows) for rows in batches]

    @contextmanager
    def _reading(self) -> Iterator[Connection[Found]]:
        with self._borrowed() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection[Found]]:
        with self._borrowed() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (LOCK,))
            yield connection

    @contextmanager
    def _borrowed(self) -> Iterator[Connection[Found]]:
        try:
            import psycopg
        except ModuleNotFoundError as error:
            raise StoreUnavailableError(
                Text(f"缺少数据库驱动：{error}", f"The database's driver is missing: {error}"),
                hint=Text("执行 pip install 'yuanli[postgres]'", "Run: pip install 'yuanli[postgres]'"),
            ) from error
        try:
            try:
                connection = self._idle.get_nowait()
            except Empty:
                connection = psycopg.connect(self._url, autocommit=True)
                connection.execute(WANTED)
            try:
                yield connection
            finally:
                if connection.broken:
                    connection.close()
                else:
                    self._idle.put(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise unavailable(error) from error


def _write(connection: Connection[Found], rows: Rows) -> Written:
    if not repeats(rows) and not _touches(connection, rows):
        _add(connection, rows)
        return Written(kept=len(rows), duplicates=0, conflicts=0)
    span = _want(connection, rows)
    stored = _fetch(connection, f"{ROWS} WHERE {OF_WANTED}", span)
    done = reconcile(rows, stored, _fetch(connection, f"{CONFLICTS} WHERE {OF_WANTED}", span))
    _put(connection, done.changed)
    _put_conflicts(connection, done.contested)
    return done.written


def _touches(connection: Connection[Found], rows: Rows) -> bool:
    """Tell whether a point of rows, sorted by time, has rows already between its first and its last."""
    number, first = np.unique(rows["point"], return_index=True)
    _, back = np.unique(rows["point"][::-1], return_index=True)
    span = rows["at"][[0, -1]].tolist()
    columns = [number, rows["at"][first], rows["at"][len(rows) - 1 - back]]
    found = connection.execute(TOUCHED, [*(column.tolist() for column in columns), *span])
    return found.fetchone() == (True,)


def _put(connection: Connection[Found], rows: Rows) -> None:
    """Put rows in the place of those that are there, and in that of the last values that are not newer."""
    if len(rows):
        connection.execute(f"DELETE FROM reading WHERE {OF_WANTED}", _want(connection, rows))
        _add(connection, rows)


def _add(connection: Connection[Found], rows: Rows) -> None:
    """Add rows of points and times that have none, and put them in the place of last values that are not newer."""
    _see_to_partitions(connection, rows)
    copy_in(connection, "reading", rows[np.lexsort((rows["at"], rows["point"]))])
    last = newest(rows[np.argsort(rows["at"], kind="stable")])
    columns = [last["point"], last["at"], value_of(last), last["judged"] & QUALITY]
    connection.execute(LATEST, [column.tolist() for column in columns])


def _put_conflicts(connection: Connection[Found], rows: Rows) -> None:
    """Put contradictions in the place of all of their points and times."""
    if len(rows):
        connection.execute(f"DELETE FROM reading_conflict WHERE {OF_WANTED}", _want(connection, rows))
        copy_in(connection, "reading_conflict", rows, ("at", "point", "raw", "lag", "again"))


def _want(connection: Connection[Found], rows: Rows) -> tuple[int, int]:
    """Copy points and times to the session's own table; return the first time and the last."""
    connection.execute("DELETE FROM wanted")
    copy_in(connection, "wanted", rows, ("point", "at"))
    return int(rows["at"].min()), int(rows["at"].max())


def _see_to_partitions(connection: Connection[Found], rows: Rows) -> None:
    for day in np.unique(rows["at"] // DAY).tolist():
        name = _partition(day)
        if connection.execute("SELECT to_regclass(%s)", (name,)).fetchone() == (None,):
            connection.execute(
                f"CREATE TABLE {name} PARTITION OF reading FOR VALUES FROM ({day * DAY}) TO ({(day + 1) * DAY})"
            )


def _partition(day: int) -> str:
    return f"reading_{datetime.fromtimestamp(day * DAY // 1_000_000, UTC):%Y%m%d}"


def _numbers(connection: Connection[Found], campus_id: CampusId) -> dict[object, int]:
    rows = connection.execute("SELECT id, number FROM reading_point WHERE campus = %s", (campus_id,))
    return {point_id: int(str(number)) for point_id, number in rows}


def _between(connection: Connection[Found], select: str, points: Numbers, start: int, end: int) -> Rows:
    query = f"{select} WHERE {OF} ORDER BY point, at"
    return present(_fetch(connection, query, (points.tolist(), start, end)))


def _fetch(connection: Connection[Found], query: str, parameters: Sequence[object] = ()) -> Rows:
    return fetch(connection.execute(query, parameters, binary=True))


def _chunks(connection: Connection[Found]) -> Iterator[Rows]:
    with connection.cursor(name="export", binary=True) as cursor:
        cursor.execute(f"{ROWS} ORDER BY at, point")
        while found := cursor.fetchmany(CHUNK):
            yield fetch(found)
