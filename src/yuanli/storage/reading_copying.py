"""Rows of readings to PostgreSQL by COPY in its binary form, which numpy writes as it stands.

https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format": a head, then for each row the number of its
fields, and for each field its length and its bytes, big end first. A field without a value has the length −1 and no
bytes: so rows that lack the same fields are equally long, and are one array.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from yuanli.storage.reading_rows import NONE, Rows

if TYPE_CHECKING:
    from psycopg import Connection

Found = tuple[object, ...]

HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TAIL = b"\xff\xff"
TYPES = {
    "at": ">i8",
    "point": ">i4",
    "raw": ">f8",
    "lag": ">i8",
    "again": ">i8",
    "value": ">f8",
    "judged": ">i2",
    "reason": ">i8",
}
"""Of the columns of `ROW`, in PostgreSQL: BIGINT, INTEGER, FLOAT8, SMALLINT."""
COLUMNS = tuple(TYPES)


def copy_in(connection: Connection[Found], table: str, rows: Rows, columns: Sequence[str] = COLUMNS) -> None:
    """Add columns of rows to a table; NaN and `NONE` become NULL."""
    with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(HEAD)
        for block in _blocks(rows, columns):
            copy.write(block)
        copy.write(TAIL)


def _blocks(rows: Rows, columns: Sequence[str]) -> Iterator[bytes]:
    lacks = np.zeros(len(rows), np.uint8)
    for bit, name in enumerate(columns):
        lacks |= _is_null(rows, name).astype(np.uint8) << np.uint8(bit)
    for pattern in np.unique(lacks).tolist():
        chosen = rows[lacks == pattern]
        lacking = [name for bit, name in enumerate(columns) if pattern >> bit & 1]
        block = np.empty(len(chosen), _layout(columns, lacking))
        block["fields"] = len(columns)
        for name in columns:
            block[f"{name}_size"] = -1 if name in lacking else np.dtype(TYPES[name]).itemsize
            if name not in lacking:
                block[name] = chosen[name]
        yield block.tobytes()


def _is_null(rows: Rows, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if name in ("raw", "value"):
        return np.asarray(np.isnan(rows[name]))
    return np.asarray(rows[name] == NONE) if name in ("lag", "again") else np.zeros(len(rows), bool)


def _layout(columns: Sequence[str], lacking: Sequence[str]) -> np.dtype[np.void]:
    fields = [("fields", ">i2")]
    for name in columns:
        fields.append((f"{name}_size", ">i4"))
        if name not in lacking:
            fields.append((name, TYPES[name]))
    return np.dtype(fields)
