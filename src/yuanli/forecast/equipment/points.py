"""Which points of an air handler there are: by Brick class, else by what their names say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from yuanli.forecast.history import Floats
from yuanli.forecast.signals import Signals
from yuanli.telemetry import conversion, find_unit

WARM = 40.0
"""Air of a building is below it in °C, and its usual temperatures above it in °F."""
PERCENT = 1.5
"""A share never exceeds it; what does is a percentage."""
SEPARATORS = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
UNIT = re.compile(r"[\(\[（]\s*([^)\]）]{1,12})\s*[\)\]）]\s*$")


class AirPoint(StrEnum):
    """What the fault rules know of an air handler."""

    SUPPLY_TEMP = "supply_temp"
    SUPPLY_SETPOINT = "supply_setpoint"
    HEATING_SETPOINT = "heating_setpoint"
    COOLING_SETPOINT = "cooling_setpoint"
    OUTDOOR_TEMP = "outdoor_temp"
    MIXED_TEMP = "mixed_temp"
    RETURN_TEMP = "return_temp"
    FAN_STATUS = "fan_status"
    FAN_SPEED = "fan_speed"
    RETURN_FAN_STATUS = "return_fan_status"
    RETURN_FAN_SPEED = "return_fan_speed"
    OUTDOOR_DAMPER = "outdoor_damper"
    RETURN_DAMPER = "return_damper"
    EXHAUST_DAMPER = "exhaust_damper"
    COOLING_VALVE = "cooling_valve"
    HEATING_VALVE = "heating_valve"
    DUCT_PRESSURE = "duct_pressure"
    PRESSURE_SETPOINT = "pressure_setpoint"
    OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    point: AirPoint
    unit: str | None
    classes: tuple[str, ...]
    names: tuple[re.Pattern[str], ...]


@cache
def _rows() -> tuple[_Row, ...]:
    text = resources.files(__package__).joinpath("points.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return tuple(
        _Row(
            point=AirPoint(row["point"]),
            unit=row["unit"],
            classes=tuple(row["classes"]),
            names=tuple(re.compile(pattern) for pattern in row["names"]),
        )
        for row in rows
    )


def find_air_point(name: str, brick_class: str | None = None) -> AirPoint | None:
    """Return which point of an air handler a Brick class, else a name, means.

    >>> find_air_point("AHU: Supply Air Temperature Set Point")
    <AirPoint.SUPPLY_SETPOINT: 'supply_setpoint'>
    >>> find_air_point("MA_TEMP"), find_air_point("新风阀开度")
    (<AirPoint.MIXED_TEMP: 'mixed_temp'>, <AirPoint.OUTDOOR_DAMPER: 'outdoor_damper'>)
    """
    if brick_class:
        local = brick_class.rsplit("#", 1)[-1].rsplit(":", 1)[-1]
        for row in _rows():
            if any(fnmatchcase(local, pattern) for pattern in row.classes):
                return row.point
    plain = SEPARATORS.sub(" ", CAMEL.sub(" ", UNIT.sub("", name)).lower()).strip()
    for row in _rows():
        if any(pattern.search(plain) for pattern in row.names):
            return row.point
    return None


def air_points(
    names: Sequence[str], brick_classes: Sequence[str | None] | None = None
) -> Mapping[AirPoint, int]:
    """Return where each point of an air handler stands among names; of two that fit, the first."""
    classes = brick_classes or [None] * len(names)
    found: dict[AirPoint, int] = {}
    for place, (name, brick_class) in enumerate(zip(names, classes, strict=True)):
        point = find_air_point(name, brick_class)
        if point is not None:
            found.setdefault(point, place)
    return found


def air_signals(signals: Signals, points: Mapping[AirPoint, int]) -> Mapping[AirPoint, Floats]:
    """Return the columns of an air handler in °C and shares of one.

    Where no unit is told, temperatures are taken as °F if the usual one is above 40, and shares as per cent if any is
    above 1.5.
    """
    units = {row.point: row.unit for row in _rows()}
    columns = {point: signals.values[place].astype(np.float64) for point, place in points.items()}
    told = {point: _unit_of(signals, place) for point, place in points.items()}
    fahrenheit = _in_fahrenheit(columns[point] for point in columns if units[point] == "°C")
    for point, column in columns.items():
        unit = units[point]
        if unit == "°C":
            source = told[point] or ("°F" if fahrenheit else "°C")
            factor, offset = conversion(source, "°C")
            columns[point] = column * factor + offset
        elif unit == "1":
            percent = told[point] == "%" or (np.isfinite(column).any() and np.nanmax(column) > PERCENT)
            columns[point] = column / 100 if percent else column
    return columns


def _unit_of(signals: Signals, place: int) -> str | None:
    """Return the unit of a temperature or share that is told, or that ends the name in brackets."""
    named = UNIT.search(signals.names[place])
    for said in (signals.units[place] if signals.units else None, named[1] if named else None):
        unit = find_unit(said) if said else None
        if unit is not None and (unit.dimension == "temperature" or unit.name == "%"):
            return unit.name
    return None


def _in_fahrenheit(columns: Iterable[Floats]) -> bool:
    usual = [float(np.nanmedian(column)) for column in columns if np.isfinite(column).any()]
    return bool(usual) and float(np.median(usual)) > WARM
