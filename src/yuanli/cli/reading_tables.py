"""Tables of readings in files, as commands name them and their columns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from yuanli.devices import check_table_file, read_table_file
from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry import Columns, ColumnsError, DecodeParams, Row

ColumnNames = Annotated[
    list[str] | None,
    typer.Option("--column", help="time=ts, point=name, value=v, unit=u, received=r … 列名。"),
]
MOST_ROWS = 2_000_000
NAMED = ("time", "point", "value", "unit", "quality", "device", "received", "time_format")
"""What `--column` may name."""


class FileTooLongError(InvalidInputError):
    """A file has more readings than one import takes."""


class ZoneError(InvalidInputError):
    """There is no time zone of that name."""


def rows_of(file: Path, columns: Columns | None, decoding: DecodeParams) -> tuple[Row, ...]:
    """Return all readings of a file; `FileTooLongError` or `RefusedRowsError` where it is too long or faulty."""
    count = check_table_file(file, columns, decoding)
    if count > MOST_ROWS:
        raise FileTooLongError(
            Text(
                f"有 {count} 条读数，一次最多 {MOST_ROWS} 条。",
                f"It has {count} readings; at most {MOST_ROWS} are taken at once.",
            ),
            field=str(file), hint=Text("请拆分文件。", "Split the file."),
        )  # fmt: skip
    return tuple(row for row in read_table_file(file, columns, decoding) if isinstance(row, Row))


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; `ZoneError` where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        raise ZoneError(
            Text(f"没有时区“{name}”。", f"There is no time zone {name!r}."), field="zone",
            hint=Text("例如 Asia/Shanghai。", "Write such as Asia/Shanghai."),
        ) from error  # fmt: skip


def columns_of(given: list[str] | tuple[()]) -> Columns | None:
    """Return the columns that `--column` names; `ColumnsError` where one is not valid."""
    told: dict[str, Any] = dict(one.partition("=")[::2] for one in given)
    wrong = [name for name in told if name not in NAMED or not told[name]]
    if wrong or (told and "time" not in told):
        names = ", ".join(NAMED)
        raise ColumnsError(
            Text(f"--column 无效：{', '.join(given)}。", f"--column {', '.join(given)} is not valid."),
            field="column",
            hint=Text(
                f"写成 名称=列名，且须有 time；名称有 {names}。",
                f"Write NAME=HEADER, time among them; NAME is one of {names}.",
            ),
        )  # fmt: skip
    return replace(Columns(time=told.pop("time")), **told) if told else None
