"""Puts the frames of the twin into what is told of places, devices and points at one time."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from yuanli.operations.telemetry import time_of
from yuanli.operations.twin_frames import NEVER, SOURCES, Frames, Layer
from yuanli.operations.twin_plan import TwinPlan
from yuanli.operations.twin_state import (
    UNITS,
    DeviceState,
    PlaceState,
    PointState,
    TwinQuantity,
    TwinValue,
)
from yuanli.telemetry import Quality

DIGITS = 3
QUALITIES = tuple(Quality)


def places_of(
    plan: TwinPlan, frames: Frames, at: datetime, rows: Set[int], *, bare: bool = False
) -> tuple[PlaceState, ...]:
    """Return the states of places at the last time of the frames.

    Parameters
    ----------
    bare
        Tell also of places of which no point tells anything.
    """
    values: dict[int, dict[TwinQuantity, TwinValue]] = {row: {} for row in rows}
    for quantity in TwinQuantity:
        layer = frames.layer(quantity)
        told = [row for row in np.flatnonzero(layer.weight[:, -1] > 0).tolist() if row in values]
        for row, value in zip(
            told, _values(layer, np.array(told, np.intp), UNITS[quantity], at), strict=True
        ):
            values[row][quantity] = value
    return tuple(
        PlaceState(
            id=place.id, kind=place.kind, parent=plan.places[place.parent].id if place.parent >= 0 else None,
            ordinal=place.ordinal, area_m2=round(place.area_m2, 1), values=own,
        )
        for row in sorted(rows)
        if (own := values[row]) or bare
        for place in (plan.places[row],)
    )  # fmt: skip


def _values(layer: Layer, rows: NDArray[np.intp], unit: str, now: datetime) -> list[TwinValue]:
    nothing = np.full(len(rows), np.nan)
    columns = (
        np.round(layer.value[rows, -1], DIGITS).tolist(),
        layer.at[rows, -1].tolist(),
        layer.quality[rows, -1].tolist(),
        layer.source[rows, -1].tolist(),
        (nothing if layer.low is None else np.round(layer.low[rows, -1], 1)).tolist(),
        (nothing if layer.high is None else np.round(layer.high[rows, -1], 1)).tolist(),
        np.round(layer.coverage[rows, -1], DIGITS).tolist(),
    )
    told = []
    for value, at, quality, source, low, high, coverage in zip(*columns, strict=True):
        known = value == value
        taken = time_of(at) if known and at < NEVER else None
        told.append(
            TwinValue(
                value=number_or_none(value), unit=unit, at=taken,
                age_s=None if taken is None else round(max((now - taken).total_seconds(), 0.0), 1),
                quality=QUALITIES[quality], source=SOURCES[source] if known else None,
                low=number_or_none(low), high=number_or_none(high), coverage=coverage,
            )
        )  # fmt: skip
    return told


def devices_of(plan: TwinPlan, frames: Frames, rows: Set[int]) -> tuple[DeviceState, ...]:
    """Return the states of the devices at places, at the last time of the frames."""
    at, quality = _newest(plan, frames)
    columns = (
        plan.device_places.tolist(),
        frames.device("on")[:, -1].tolist(),
        frames.device("setpoint")[:, -1].tolist(),
        frames.faults()[:, -1].tolist(),
        at.tolist(),
        quality.tolist(),
    )
    return tuple(
        DeviceState(
            id=device.id, place=plan.places[row].id, on=None if on != on else on > 0,
            setpoint=number_or_none(round(setpoint, DIGITS)), fault=None if fault != fault else fault > 0,
            at=time_of(when) if when > 0 else None, quality=QUALITIES[how],
        )
        for device, row, on, setpoint, fault, when, how in zip(plan.devices, *columns, strict=True)
        if row in rows
    )  # fmt: skip


def points_of(plan: TwinPlan, frames: Frames) -> list[PointState]:
    """Return the states of all points, in their own units, at the last time of the frames."""
    grid = frames.grid
    own = (grid.value[:, -1] - plan.offset) / plan.factor
    columns = (np.round(own, DIGITS).tolist(), grid.at[:, -1].tolist(), grid.quality[:, -1].tolist())
    return [
        PointState(
            id=point.id, name=point.name, quantity=measured.name if measured is not None else None,
            unit=point.unit or (measured.unit if measured is not None else None), value=number_or_none(value),
            at=time_of(at) if at < NEVER else None, quality=QUALITIES[quality],
        )
        for point, measured, value, at, quality in zip(plan.points, plan.quantities, *columns, strict=True)
    ]  # fmt: skip


def number_or_none(value: float) -> float | None:
    """Return a number, or None for not a number."""
    return value if value == value else None


def _newest(plan: TwinPlan, frames: Frames) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return of each device when the newest of its readings was taken, 0 for never, and its quality."""
    rows = plan.device_points
    known = np.isfinite(frames.grid.value[rows.points, -1])
    at = np.zeros(len(plan.devices), np.int64)
    np.maximum.at(at, rows.places, np.where(known, frames.grid.at[rows.points, -1], 0))
    quality = np.zeros(len(plan.devices), np.uint8)
    np.maximum.at(quality, rows.places[known], frames.grid.quality[rows.points, -1][known])
    return at, np.where(at > 0, quality, Quality.MISSING).astype(np.uint8)
