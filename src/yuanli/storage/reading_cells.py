"""Roll-ups from cells: a store counts by quarter of an hour or hour of UTC, from which any clock's are put together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.operations import Every, RollUp

Cells = NDArray[np.void]

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
QUARTER = HOUR // 4
NEVER = 2**62

STEPS = {Every.QUARTER: QUARTER, Every.HOUR: HOUR, Every.DAY: DAY}

CELL = np.dtype(
    [
        ("point", np.int32),
        ("cell", np.int64),
        ("count", np.int64),
        ("sum", np.float64),
        ("min", np.float64),
        ("max", np.float64),
        ("came", np.int64),
        ("first", np.int64),
        ("last", np.int64),
        ("quality", np.uint8),
    ]
)
"""`came` are readings that came and hold, at times from `first` to `last`."""

CELL_SQL = """
    SELECT point, "at" {divide} {step} AS cell, count(holds), sum(holds), min(holds), max(holds),
           count(came), coalesce(min(came), 0), coalesce(max(came), 0), max(quality)
    FROM (SELECT point, "at", quality, holds, CASE WHEN lag IS NOT NULL AND holds IS NOT NULL THEN "at" END AS came
          FROM (SELECT point, "at", lag, judged & 7 AS quality,
                       CASE WHEN (judged & 8) > 0 THEN value ELSE raw END AS holds
                FROM {rows} WHERE (judged & 16) = 0) AS held) AS told
    GROUP BY point, cell
"""
"""Counts rows with "no value" as NULL, in any of SQLite, DuckDB and PostgreSQL."""


def cell_step(every: Every, start: int, end: int, time_zone: tzinfo) -> int:
    """Return how long the cells are to be, so that none straddles two buckets: clocks differ by quarters of an hour."""
    if every is Every.QUARTER:
        return QUARTER
    whole = all(edge % HOUR == 0 for edge, _ in _local_days(start, end, time_zone))
    return HOUR if whole else QUARTER


def roll_up_cells(
    cells: Cells,
    start: int,
    end: int,
    *,
    every: Every,
    time_zone: tzinfo,
    step: int,
    cadence_s: float | None,
) -> RollUp:
    """Put cells together to the buckets of a place's clock."""
    edges = _edges(start, end, every, time_zone)
    cells = cells[np.lexsort((cells["cell"], cells["point"]))]
    bucket = np.searchsorted(edges, cells["cell"] * step, side="right") - 1
    if not len(cells):
        begins: NDArray[np.intp] = np.zeros(0, np.intp)
    else:
        changes = (np.diff(cells["point"]) != 0) | (np.diff(bucket) != 0)
        begins = np.concatenate([[0], np.flatnonzero(changes) + 1])
    point, bucket = cells["point"][begins].copy(), bucket[begins]
    count = _fold(np.add, cells["count"], begins)
    total = _fold(np.add, np.nan_to_num(cells["sum"]), begins)
    length = (np.minimum(edges[bucket + 1], end) - np.maximum(edges[bucket], start)) / SECOND
    each = _cadence_s(cells, point) if cadence_s is None else np.full(len(point), cadence_s)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.maximum(length / each, 1.0)
        return RollUp(
            point=point,
            start=edges[bucket],
            count=count,
            sum=total,
            min=_fold(np.fmin, cells["min"], begins),
            max=_fold(np.fmax, cells["max"], begins),
            mean=np.where(count > 0, total / count, np.nan),
            coverage=np.minimum(_fold(np.add, cells["came"], begins) / expected, 1.0),
            quality=_fold(np.maximum, cells["quality"], begins),
            first=_ends(np.minimum, cells["first"], cells["came"], begins, NEVER),
            last=_ends(np.maximum, cells["last"], cells["came"], begins, 0),
        )


def _fold(how: np.ufunc, column: NDArray[Any], begins: NDArray[np.intp]) -> NDArray[Any]:
    folded: NDArray[Any] = (
        how.reduceat(np.ascontiguousarray(column), begins) if len(begins) else column[:0].copy()
    )
    return folded


def _ends(
    how: np.ufunc, column: NDArray[Any], came: NDArray[Any], begins: NDArray[np.intp], nothing: int
) -> NDArray[np.int64]:
    found = _fold(how, np.where(came > 0, column, nothing).astype(np.int64), begins)
    return np.where(found == nothing, 0, found)


def _cadence_s(cells: Cells, points: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return each point's median distance of readings: those within a cell are taken as even."""
    came = cells[cells["came"] > 0]
    inside = (came["last"] - came["first"]) / np.maximum(came["came"] - 1, 1)
    between = (came["first"][1:] - came["last"][:-1]).astype(float)
    same = came["point"][1:] == came["point"][:-1]
    point = np.concatenate([came["point"], came["point"][1:][same]])
    gaps = np.concatenate([inside, between[same]]) / SECOND
    weights = np.concatenate([came["came"] - 1, np.ones(int(same.sum()), np.int64)])
    order = np.lexsort((gaps, point))
    order = order[weights[order] > 0]
    if not len(order):
        return np.full(len(points), np.nan)
    numbers, begins = np.unique(point[order], return_index=True)
    total = np.cumsum(weights[order])
    before = np.concatenate([[0], total[begins[1:] - 1]])
    half = (before + np.append(before[1:], total[-1])) / 2
    medians = gaps[order][np.searchsorted(total, half)]
    place = np.minimum(np.searchsorted(numbers, points), len(numbers) - 1)
    return np.where(numbers[place] == points, medians[place], np.nan)


def _edges(start: int, end: int, every: Every, time_zone: tzinfo) -> NDArray[np.int64]:
    """Return where buckets begin, and where the last ends."""
    edges: list[int] = []
    last = start
    for begin, last in _local_days(start, end, time_zone):
        edges.extend(range(begin, last, STEPS[every]) if every is not Every.DAY else [begin])
    return np.array([*edges, last], np.int64)


def _local_days(start: int, end: int, time_zone: tzinfo) -> Iterator[tuple[int, int]]:
    """Yield the days of a place's clock from the one that holds `start` to the one that `end` is in."""
    day = datetime.fromtimestamp(start // SECOND, UTC).astimezone(time_zone).date()
    begin = _midnight(day, time_zone)
    while begin < end:
        day += timedelta(days=1)
        following = _midnight(day, time_zone)
        yield begin, following
        begin = following


def _midnight(day: date, time_zone: tzinfo) -> int:
    local = datetime(day.year, day.month, day.day, tzinfo=time_zone)
    return int(local.timestamp()) * SECOND
