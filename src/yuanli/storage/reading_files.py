"""Compacted readings: Parquet files, sorted by point and time, written and read by DuckDB.

The columns are those of `reading_rows.ROW`; NULL is "no value" in `raw` and `value`, and nothing in `lag` and `again`.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yuanli.errors import Text
from yuanli.operations import Numbers, StoreUnavailableError
from yuanli.storage.reading_cells import CELL, CELL_SQL, HOUR, Cells
from yuanli.storage.reading_rows import GONE, NONE, ROW, Rows, are_a_run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "512MB"
FEW_POINTS = 32
"""Up to so many points are named in the query, which lets DuckDB skip parts of a file."""
DRAFT = ".draft"
HOURS = ".hours"
"""What the name of a file of rows is followed by in the name of the one that counts them by the hour."""

WRITE = (
    "COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, PARQUET_VERSION V2)"
)
COLUMNS = ", ".join(f'"{name}"' for name in ROW.names or ())


class ReadingFiles:
    """A folder of Parquet files; one file is written whole or not at all, and never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._duck: DuckDBPyConnection | None = None
        self._opening = threading.Lock()

    def write(self, rows: Rows, *, parts: Sequence[str] = (), name: str) -> tuple[str, int, int]:
        """Write rows laid over those of files to a new file; return its name, its rows and its bytes.

        What is gone is left out; of nothing no file is made, and the name is empty.
        """
        name = f"{name}.{secrets.token_hex(4)}.parquet"
        draft, path = self.folder / (name + DRAFT), self.folder / name
        query = f'SELECT {COLUMNS} FROM {self._over(parts)} WHERE (judged & 16) = 0 ORDER BY point, "at"'
        with self._asking(hot=_columns(rows)) as duck:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                duck.execute(WRITE.format(query=query, path=_quoted(draft)))
                ((count,),) = duck.execute(f"SELECT count(*) FROM {self._files([draft.name])}").fetchall()
                if count:
                    self._write_hours(duck, draft, path)
                    _sync(draft)
                    draft.replace(path)
                    _sync(self.folder)
            finally:
                draft.unlink(missing_ok=True)
        size = sum(file.stat().st_size for file in (path, _hours(path)) if file.exists())
        return (name, count, size) if count else ("", 0, 0)

    def _write_hours(self, duck: DuckDBPyConnection, rows: Path, path: Path) -> None:
        """Count the rows by the hour, in a file beside theirs."""
        draft = rows.with_name(rows.name + HOURS)
        query = CELL_SQL.format(divide="//", step=HOUR, rows=self._files([rows.name]))
        try:
            duck.execute(WRITE.format(query=f"{query} ORDER BY point, cell", path=_quoted(draft)))
            _sync(draft)
            draft.replace(_hours(path))
        finally:
            draft.unlink(missing_ok=True)

    def write_without(
        self, points: Numbers | None, before: int, *, part: str, name: str
    ) -> tuple[str, int, int] | None:
        """Write what a file has of other points and later times to a new file; None if that is all of it."""
        condition, tables = ("", {}) if points is None else _of_points(points)
        near = "" if points is None else _near(points)
        query = f'SELECT "at", point FROM {self._files([part])}{condition} WHERE "at" < {before}{near}'
        with self._asking(**tables) as duck:
            found = duck.execute(query).fetchnumpy()
        if not len(found["at"]):
            return None
        gone = np.zeros(len(found["at"]), ROW)
        gone["at"], gone["point"], gone["lag"], gone["again"] = found["at"], found["point"], NONE, NONE
        gone["judged"] = GONE
        return self.write(gone, parts=[part], name=name)

    def load(self, parts: Sequence[str], points: Numbers, start: int, end: int) -> Rows:
        """Return the rows of points and times, sorted by point and time."""
        if not parts:
            return np.empty(0, ROW)
        condition, tables = _of_points(points)
        query = (
            f'SELECT {COLUMNS} FROM {self._files(parts)}{condition} WHERE "at" >= {start} AND "at" < {end}'
            f'{_near(points)} ORDER BY point, "at"'
        )
        with self._asking(**tables) as duck:
            return _rows(duck.execute(query).fetchnumpy())

    def find(self, parts: Sequence[str], keys: Rows) -> Rows:
        """Return the rows that have a point and time of these."""
        if not parts or not len(keys):
            return np.empty(0, ROW)
        wanted = {"at": np.ascontiguousarray(keys["at"]), "point": np.ascontiguousarray(keys["point"])}
        query = f'SELECT {COLUMNS} FROM {self._files(parts)} SEMI JOIN wanted USING (point, "at")'
        with self._asking(wanted=wanted) as duck:
            return _rows(duck.execute(query).fetchnumpy())

    def cells(
        self, parts: Sequence[str], hot: Rows, points: Numbers, start: int, end: int, *, step: int
    ) -> Cells:
        """Count the rows of files, with others laid over them, by cells of `step` µs."""
        condition, tables = _of_points(points)
        rows = (
            f"(SELECT * FROM {self._over(parts, hot=len(hot) > 0)}{condition}"
            f' WHERE "at" >= {start} AND "at" < {end}{_near(points)})'
        )
        if len(hot):
            tables = {**tables, "hot": _columns(hot)}
        with self._asking(**tables) as duck:
            return _cells(duck.execute(CELL_SQL.format(divide="//", step=step, rows=rows)).fetchnumpy())

    def hours(self, parts: Sequence[str], points: Numbers, start: int, end: int) -> Cells:
        """Return the rows of files counted by the hour, as it was done when they were written."""
        if not parts:
            return np.empty(0, CELL)
        condition, tables = _of_points(points)
        files = self._files([_hours(Path(part)).name for part in parts])
        query = (
            f"SELECT * FROM {files}{condition} WHERE cell >= {start // HOUR} AND cell < {-(-end // HOUR)}"
            f"{_near(points)}"
        )
        with self._asking(**tables) as duck:
            return _cells(duck.execute(query).fetchnumpy())

    def write_named(self, rows: Rows, name: str) -> None:
        """Write rows as they are, in their order."""
        path = self.folder / name
        with self._asking(hot=_columns(rows)) as duck:
            duck.execute(WRITE.format(query=f"SELECT {COLUMNS} FROM hot", path=_quoted(path)))
            _sync(path)

    def chunks(self, part: str, size: int) -> Iterator[Rows]:
        """Yield the rows of a file, so many at a time."""
        with self._asking() as duck:
            ((count,),) = duck.execute(f"SELECT count(*) FROM {self._files([part])}").fetchall()
            for begin in range(0, count, size):
                query = f"SELECT {COLUMNS} FROM {self._files([part])} LIMIT {size} OFFSET {begin}"
                yield _rows(duck.execute(query).fetchnumpy())

    def remove(self, parts: Sequence[str]) -> None:
        """Delete files."""
        for part in parts:
            (self.folder / part).unlink(missing_ok=True)
            _hours(self.folder / part).unlink(missing_ok=True)

    def sweep(self, parts: Sequence[str]) -> None:
        """Delete all files but these: what was left behind where a process was killed."""
        kept = {*parts, *(_hours(Path(part)).name for part in parts)}
        for path in self.folder.glob("*.parquet*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the memory."""
        if self._duck is not None:
            self._duck.close()
            self._duck = None

    def _files(self, parts: Sequence[str]) -> str:
        listed = ", ".join(f"'{_quoted(self.folder / part)}'" for part in parts)
        return f"read_parquet([{listed}])"

    def _over(self, parts: Sequence[str], *, hot: bool = True) -> str:
        if not parts:
            return "hot"
        if not hot:
            return self._files(parts)
        return (
            f'(SELECT {COLUMNS} FROM {self._files(parts)} ANTI JOIN hot USING (point, "at")'
            f" UNION ALL SELECT {COLUMNS} FROM hot)"
        )

    @contextmanager
    def _asking(self, **tables: Mapping[str, Any]) -> Iterator[DuckDBPyConnection]:
        import duckdb

        with self._opening:
            self._duck = self._duck or duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": MEMORY,
                    "python_enable_replacements": False,
                    "temp_directory": str(self.folder / "spilled"),
                },
            )
        cursor = self._duck.cursor()
        try:
            for name, table in tables.items():
                cursor.register(name, table)
            yield cursor
        except (duckdb.OperationalError, duckdb.InvalidInputException, OSError) as error:
            raise unavailable(error) from error
        finally:
            cursor.close()


def unavailable(error: BaseException) -> StoreUnavailableError:
    """Say why readings can't be kept or found."""
    return StoreUnavailableError(
        Text(f"读数库暂不可用：{error}", f"The store of readings is not available: {error}"),
        hint=Text(
            "检查磁盘空间和数据目录后重试。",
            "Check the disk's free space and the data folder, then try again.",
        ),
    )


def _columns(rows: Rows) -> dict[str, Any]:
    columns: dict[str, Any] = {name: np.ascontiguousarray(rows[name]) for name in ROW.names or ()}
    for name in ("lag", "again"):
        columns[name] = np.ma.masked_equal(columns[name], NONE)
    return columns


def _rows(found: Mapping[str, Any]) -> Rows:
    rows = np.empty(len(found["at"]), ROW)
    for name in ROW.names or ():
        fill = np.nan if name in ("raw", "value") else NONE if name in ("lag", "again") else 0
        rows[name] = np.ma.filled(found[name], fill)
    return rows


def _of_points(points: Numbers) -> tuple[str, dict[str, Mapping[str, Any]]]:
    if len(points) <= FEW_POINTS or are_a_run(points):
        return "", {}
    return " SEMI JOIN wanted USING (point)", {"wanted": {"point": points}}


def _near(points: Numbers) -> str:
    if not len(points):
        return " AND false"
    if len(points) <= FEW_POINTS:
        return f" AND point IN ({', '.join(str(int(point)) for point in points)})"
    return f" AND point BETWEEN {points.min()} AND {points.max()}"


def _cells(found: Mapping[str, Any]) -> Cells:
    cells = np.empty(len(found["cell"]), CELL)
    for name, column in zip(CELL.names or (), found.values(), strict=True):
        cells[name] = np.ma.filled(column, np.nan if column.dtype.kind == "f" else 0)
    return cells


def _hours(path: Path) -> Path:
    return path.with_name(path.name + HOURS)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
