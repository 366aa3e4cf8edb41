"""Columns as a file: CSV or Parquet, written by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class TableFormat(StrEnum):
    """How a table is written."""

    CSV = "csv"
    PARQUET = "parquet"


OPTIONS = {TableFormat.CSV: "FORMAT csv, HEADER", TableFormat.PARQUET: "FORMAT parquet, COMPRESSION zstd"}


def write_table(columns: Mapping[str, NDArray[np.generic]], path: Path, format: TableFormat) -> None:
    """Write columns of one length; not a number is an empty cell, times are in UTC."""
    import duckdb

    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'UTC'")
        duck.register("told", dict(columns))
        kinds = {name: column.dtype.kind for name, column in columns.items()}
        query = ", ".join(
            f'CASE WHEN isnan("{name}") THEN NULL ELSE "{name}" END AS "{name}"' if kinds[name] == "f"
            else f'strftime("{name}", \'%Y-%m-%dT%H:%M:%S.%fZ\') AS "{name}"'
            if kinds[name] == "M" and format is TableFormat.CSV
            else f'"{name}" AT TIME ZONE \'UTC\' AS "{name}"' if kinds[name] == "M"
            else f'"{name}"'
            for name in columns
        )  # fmt: skip
        where = str(path).replace("'", "''")
        duck.execute(f"COPY (SELECT {query} FROM told) TO '{where}' ({OPTIONS[format]})")
