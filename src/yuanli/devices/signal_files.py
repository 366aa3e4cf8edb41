"""Recordings of a machine: a column of times and a column a signal, as loggers and data sets write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path

import numpy as np

from yuanli.devices.files import FileParams, UnreadableFileError, table_cells
from yuanli.errors import Text
from yuanli.forecast import Signals
from yuanli.telemetry import Columns, ColumnsError, FaultyValueError, guess_columns, parse_time

FORMATS = (
    "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M", "%m/%d/%y %H:%M",
)  # fmt: skip
"""Ways of writing times that are no ISO 8601; of two that fit, the first."""
TRIED = 1000
LABELS = ("anomaly", "changepoint", "ground truth", "label", "is_anomaly", "fault")
"""Columns whose names hold one of these say what is true: they are not looked at."""
SECOND = 1_000_000
LEAST_SHARE = 0.5


def read_signals(
    path: Path, *, zone: tzinfo, columns: Columns | None = None, params: FileParams = FileParams()
) -> Signals:
    """Return what a file tells of a machine; cells that are no numbers are missing, columns of labels left out.

    Parameters
    ----------
    zone
        Of times that name none.
    columns
        Which column holds the times; found by its header, or as the first that holds times, where None.

    Raises
    ------
    UnreadableFileError, ColumnsError, MessageTooLargeError
        It is no table, has no times or no numbers, or is too large.
    """
    cells = table_cells(path, params)
    headers = ["" if cell is None else str(cell).strip() for cell in next(cells, ())]
    rows = [row for row in cells if any(cell not in (None, "") for cell in row)]
    place = _time_place(headers, rows, columns, zone)
    written = _format(rows, place, zone)
    by_time: dict[int, Sequence[object]] = {}
    for row in rows:
        read = _time(row[place] if place < len(row) else None, written, zone)
        if read is not None:
            by_time.setdefault(read, row)
    kept = [i for i, name in enumerate(headers) if i != place and not _is_label(name)]
    at = np.array(sorted(by_time), np.int64)
    values = np.full((len(kept), len(at)), np.nan)
    for column, time in enumerate(at.tolist()):
        row = by_time[time]
        for signal, cell in enumerate(kept):
            values[signal, column] = _number(row[cell]) if cell < len(row) else math.nan
    held = np.isfinite(values).any(axis=1) if len(at) else np.zeros(len(kept), bool)
    if not held.any() or len(at) < LEAST_SHARE * len(rows):
        raise UnreadableFileError(
            Text(
                f"{path.name}：没有数值，或多数时间读不出。",
                f"{path.name} holds no numbers, or few times.",
            ),
            field="file",
            hint=Text("需要一列时间和若干列数值。", "Give a column of times and columns of numbers."),
        )
    names = tuple(headers[kept[i]] or f"column {kept[i] + 1}" for i in np.flatnonzero(held))
    step = max(SECOND, round(float(np.median(np.diff(at))) / SECOND) * SECOND) if len(at) > 1 else 60 * SECOND
    return Signals(names=names, at=at, values=values[held], step=step)


def _is_label(name: str) -> bool:
    plain = name.lower()
    return any(plain == word or (" " in word and word in plain) for word in LABELS)


def _time_place(
    headers: Sequence[str], rows: Sequence[Sequence[object]], columns: Columns | None, zone: tzinfo
) -> int:
    if columns is not None and columns.time in headers:
        return headers.index(columns.time)
    try:
        return headers.index(guess_columns(headers).time)
    except ColumnsError:
        first = rows[:20]
        for place in range(len(headers)):
            texts = [row[place] for row in first if place < len(row)]
            if texts and all(_no_number(text) and _parsed(text, zone) is not None for text in texts):
                return place
        raise


def _no_number(cell: object) -> bool:
    return isinstance(cell, datetime) or (isinstance(cell, str) and math.isnan(_number(cell)))


def _format(rows: Sequence[Sequence[object]], place: int, zone: tzinfo) -> str | None:
    """Return how times are written, or None for what `parse_time` reads: the one that reads most."""
    stride = max(1, len(rows) // TRIED)
    tried = [row[place] for row in rows[::stride] if place < len(row)]

    def read(written: str | None) -> int:
        return sum(_time(cell, written, zone) is not None for cell in tried)

    return max((None, *FORMATS), key=read)


def _parsed(cell: object, zone: tzinfo) -> int | None:
    return next((at for way in (None, *FORMATS) if (at := _time(cell, way, zone)) is not None), None)


def _time(cell: object, written: str | None, zone: tzinfo) -> int | None:
    try:
        if written is None or not isinstance(cell, str):
            return parse_time(cell, zone=zone)
        at = datetime.strptime(cell.strip(), written).replace(tzinfo=zone)
        return parse_time(at)
    except (FaultyValueError, ValueError, OverflowError):
        return None


def _number(cell: object) -> float:
    try:
        number = float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
    return number if math.isfinite(number) else math.nan
