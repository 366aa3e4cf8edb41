"""Readings as rows of a store, and which of several that contradict each other holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.operations import Numbers, Written
from yuanli.telemetry import Readings, Reason, Series, Times

Rows = NDArray[np.void]

NONE = -(1 << 62)
"""Stands in `lag` where nothing came, and in `again` where it came once."""
CHANGED = 8
"""Bit of `judged`: `value` holds in place of `raw`. The bits below it are the quality."""
GONE = 16
"""Bit of `judged`: a filled gap that is open again; the row hides one of a compacted day."""
QUALITY = 7
TOLD = 5
"""How far up in `judged` the quality stands that the device itself told."""
LAST_AT = 4_102_444_800_000_000
"""2100-01-01, after which no reading is taken."""

ROW = np.dtype(
    [
        ("at", np.int64),
        ("point", np.int32),
        ("raw", np.float64),
        ("lag", np.int64),
        ("again", np.int64),
        ("value", np.float64),
        ("judged", np.uint8),
        ("reason", np.uint32),
    ]
)
"""A reading: `lag` is how long after `at` it came first (µs), `again` how long after `at` it came last."""

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What is to be written when readings meet those that are kept.

    Parameters
    ----------
    changed
        Rows to be put in the place of those that are kept.
    contested
        All contradictions of the points and times in question, in the place of those that are kept.
    """

    changed: Rows
    contested: Rows
    written: Written


def are_a_run(points: Numbers) -> bool:
    """Tell whether points are all numbers from the least to the greatest, as those of a campus often are."""
    return len(points) > 0 and len(np.unique(points)) == int(points.max()) - int(points.min()) + 1


def rows_of(readings: Readings) -> Rows:
    """Return readings as rows by time and point; equal ones are told apart by when they came."""
    if len(readings) and not (
        readings.at.min() >= 0 and readings.at.max() < LAST_AT and readings.point.min() >= 0
    ):
        raise ValueError(f"times run from 0 to {LAST_AT} µs, points from 0")
    rows = np.empty(len(readings), ROW)
    rows["at"], rows["point"] = readings.at, readings.point
    rows["raw"] = np.where(np.isnan(readings.value), np.nan, readings.value + 0.0)
    rows["lag"], rows["again"] = readings.received - readings.at, NONE
    rows["value"], rows["judged"], rows["reason"] = np.nan, 0, 0
    if readings.told is not None:
        rows["judged"] = readings.told | (readings.told << TOLD)
        rows["reason"] = np.where(readings.told > 0, np.uint32(Reason.SOURCE), 0)
    at, point = readings.at, readings.point
    if np.all((at[1:] > at[:-1]) | ((at[1:] == at[:-1]) & (point[1:] >= point[:-1]))):
        return rows
    return rows[np.lexsort((point, at))]


def repeats(rows: Rows) -> bool:
    """Tell whether a point and time stands twice in rows that are sorted."""
    return bool(np.any(~_first_of_key(rows)[1:])) if len(rows) else False


def bits_of(rows: Rows) -> Column:
    """Return the raw values as integers: equal where the values are, "no value" included."""
    return np.ascontiguousarray(rows["raw"]).view(np.int64)


def settle(rows: Rows) -> tuple[Rows, Rows]:
    """Return the rows that hold, by time and point, and those that contradict them, a row a value."""
    if not len(rows):
        return rows, rows
    rows = rows[np.lexsort((rows["lag"], bits_of(rows), rows["point"], rows["at"]))]
    first = _first_of_key(rows)
    first[1:] |= bits_of(rows)[1:] != bits_of(rows)[:-1]
    begins = np.flatnonzero(first)
    last = np.maximum.reduceat(np.maximum(rows["lag"], rows["again"]), begins)
    rows = rows[begins]
    rows["again"] = np.where(last > rows["lag"], last, NONE)
    rows = rows[np.lexsort((rows["raw"], rows["lag"], rows["point"], rows["at"]))]
    holds = _first_of_key(rows)
    return rows[holds], rows[~holds]


def reconcile(new: Rows, stored: Rows, contradictions: Rows) -> Reconciled:
    """Put new rows among those that are stored of the same points and times."""
    came = stored[stored["lag"] != NONE]
    known = np.concatenate([came, contradictions])
    held, contested = settle(np.concatenate([known, new]))
    keys = _keys(held, stored)
    place = np.full(len(held), -1)
    place[keys[: len(held)]] = np.arange(len(held))
    where = place[keys[len(held) :]]
    old, had = np.zeros(len(held), ROW), np.zeros(len(held), bool)
    seen = where >= 0
    old[where[seen]], had[where[seen]] = stored[seen], True
    same = had & (old["lag"] != NONE) & (bits_of(old) == bits_of(held))
    stays = same | (had & (old["reason"] & np.uint32(Reason.MANUAL) != 0))
    for column in ("value", "judged", "reason"):
        held[column] = np.where(stays, old[column], held[column])
    changed = held[~(same & (old["lag"] == held["lag"]) & (old["again"] == held["again"]))]
    fresh_keys = len(held) - len(came)
    fresh_values = len(held) + len(contested) - len(known)
    written = Written(
        kept=fresh_keys, duplicates=len(new) - fresh_values, conflicts=fresh_values - fresh_keys
    )
    return Reconciled(changed, contested, written)


def span_of(series: Series, within: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the times `[start, end)` that a judgement touches; None where it says nothing."""
    spans = [(int(series.at[0]), int(series.at[-1]) + 1)] if len(series) else []
    spans += [within] if within is not None else []
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None


def judge(series: Series, stored: Rows, within: tuple[int, int] | None) -> Rows:
    """Return the stored rows of a point that a judgement changes, as they are to be; `stored` has its span."""
    wanted = np.zeros(len(series), ROW)
    wanted["at"], wanted["point"] = series.at, series.point
    wanted["raw"], wanted["lag"], wanted["again"] = series.raw, NONE, NONE
    changes = bits_of_values(series.raw) != bits_of_values(series.value)
    wanted["value"] = np.where(changes, series.value, np.nan)
    wanted["judged"] = series.quality | np.where(changes, CHANGED, 0).astype(np.uint8)
    wanted["reason"] = series.reason
    place = np.searchsorted(stored["at"], series.at)
    found = place < len(stored)
    found[found] = stored["at"][place[found]] == series.at[found]
    old = np.zeros(len(series), ROW)
    old["raw"], old["lag"], old["judged"] = np.nan, NONE, GONE
    old[found] = stored[place[found]]
    wanted["lag"], wanted["again"] = old["lag"], old["again"]
    wanted["judged"] |= old["judged"] >> TOLD << TOLD
    differs = np.zeros(len(series), bool)
    for column in ("judged", "reason"):
        differs |= old[column] != wanted[column]
    differs |= bits_of_values(old["value"]) != bits_of_values(wanted["value"])
    changed: Rows = wanted[differs & (bits_of(old) == bits_of(wanted))]
    if within is None:
        return changed
    open_again: Rows = stored[
        (stored["lag"] == NONE)
        & (stored["at"] >= within[0])
        & (stored["at"] < within[1])
        & (stored["judged"] & GONE == 0)
        & ~np.isin(stored["at"], series.at)
    ]
    open_again["judged"], open_again["value"], open_again["reason"] = GONE, np.nan, 0
    return np.concatenate([changed, open_again])


def shadow(cold: Rows, hot: Rows) -> Rows:
    """Lay rows over others, sorted by point and time as the outcome is: of one point and time the hot one holds."""
    if not len(hot):
        return cold
    both = np.concatenate([cold, hot])
    both = both[np.lexsort((np.arange(len(both)) >= len(cold), both["at"], both["point"]))]
    last = np.ones(len(both), bool)
    last[:-1] = _first_of_key(both)[1:]
    laid: Rows = both[last]
    return laid


def present(rows: Rows) -> Rows:
    """Leave out what is gone."""
    left: Rows = rows[rows["judged"] & GONE == 0]
    return left


def series_of(rows: Rows, points: Numbers) -> tuple[Series, ...]:
    """Return the series of points; rows are sorted by point and time."""
    begins = np.searchsorted(rows["point"], points, side="left")
    ends = np.searchsorted(rows["point"], points, side="right")
    return tuple(
        _one_series(rows[begin:end], int(point))
        for point, begin, end in zip(points, begins, ends, strict=True)
    )


def arrivals_of(rows: Rows, contradictions: Rows) -> Readings:
    """Return what came, in the order in which it came."""
    came = np.concatenate([rows[rows["lag"] != NONE], contradictions])
    again = came[came["again"] != NONE]
    again["lag"] = again["again"]
    came = np.concatenate([came, again])
    received = came["at"] + came["lag"]
    order = np.lexsort((bits_of(came), came["point"], came["at"], received))
    came = came[order]
    told = (came["judged"] >> TOLD).astype(np.uint8)
    return Readings(
        point=came["point"].copy(), at=came["at"].copy(), value=came["raw"].copy(), received=received[order],
        told=told if told.any() else None,
    )  # fmt: skip


def newest(rows: Rows) -> Rows:
    """Return the newest row of each point that came; rows are sorted by time."""
    rows = rows[rows["lag"] != NONE]
    _, back = np.unique(rows["point"][::-1], return_index=True)
    return rows[len(rows) - 1 - back]


def value_of(rows: Rows) -> NDArray[np.float64]:
    """Return what holds."""
    return np.where(rows["judged"] & CHANGED, rows["value"], rows["raw"])


def bits_of_values(values: Column) -> Column:
    """Return values as integers that are equal where the values are, "no value" included."""
    plain = np.where(np.isnan(values), np.nan, values + 0.0)
    return np.ascontiguousarray(plain).view(np.int64)


def from_columns(columns: Sequence[Column]) -> Rows:
    """Put columns in the order of `ROW` together."""
    rows = np.empty(len(columns[0]), ROW)
    for name, column in zip(ROW.names or (), columns, strict=True):
        rows[name] = column
    return rows


def times_of(rows: Rows) -> Times:
    """Return the times as a column of its own."""
    return np.ascontiguousarray(rows["at"])


def _one_series(rows: Rows, point: int) -> Series:
    return Series(
        point=point,
        at=rows["at"].copy(),
        raw=rows["raw"].copy(),
        value=value_of(rows),
        quality=rows["judged"] & np.uint8(QUALITY),
        reason=rows["reason"].copy(),
    )


def _first_of_key(rows: Rows) -> NDArray[np.bool_]:
    first = np.ones(len(rows), bool)
    first[1:] = (rows["at"][1:] != rows["at"][:-1]) | (rows["point"][1:] != rows["point"][:-1])
    return first


def _keys(*parts: Rows) -> NDArray[np.intp]:
    """Number the points and times of rows, the same the same."""
    at = np.concatenate([part["at"] for part in parts])
    point = np.concatenate([part["point"] for part in parts])
    order = np.lexsort((point, at))
    differs = (np.diff(at[order]) != 0) | (np.diff(point[order]) != 0)
    keys = np.empty(len(at), np.intp)
    keys[order] = np.concatenate([[0], np.cumsum(differs)])[: len(at)]
    return keys
