"""What is measured and what it is used for: by the classes of points and of the devices that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from yuanli.campus import DataPoint, Device
from yuanli.errors import Text
from yuanli.telemetry import Form, UnitError, conversion, find_quantity


@unique
class Medium(StrEnum):
    """What a meter counts; PV is what is generated."""

    ELECTRICITY = "electricity"
    WATER = "water"
    GAS = "gas"
    HEAT = "heat"
    PV = "pv"


@unique
class Use(StrEnum):
    """What something is used for; `OTHER` is what no sub-meter tells."""

    LIGHTING = "lighting"
    HVAC = "hvac"
    PLUG = "plug"
    LIFTS = "lifts"
    EV = "ev"
    SPECIAL = "special"
    OTHER = "other"


EVERYTHING = frozenset(Use)
DISTRIBUTES = ("*Meter*", "*Panel*", "*Switchgear*", "*Breaker*", "*Transformer*", "*Switchboard*", "*Bus*")
"""Devices whose `feeds` are those that they supply with what they measure."""
GENERATES = ("*PV*", "*Solar*", "*Photovoltaic*")
UPSTREAM = ("*Transformer*", "*Switchgear*", "*Inverter*", "*Battery*", "*Generator*")
"""Devices that measure what others measure again; used where they say what they feed."""
NOT_COUNTED = (
    "*Reactive*",
    "*Apparent*",
    "*Export*",
    "*Setpoint*",
    "*Forecast*",
    "*Alarm*",
    "*Status*",
    "*Limit*",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one point tells of a medium.

    Parameters
    ----------
    counts
        Whether it is a register; else it is a rate an hour.
    factor
        How many units of the medium make one of the point's.
    """

    point: DataPoint
    medium: Medium
    counts: bool
    factor: float


def unit_of(medium: Medium) -> str:
    """Return the unit in which a medium is told."""
    unit: str = _table()["media"][medium]["unit"]
    return unit


def name_of(what: Medium | Use) -> Text:
    """Return the name of a medium or a use."""
    row = _table()["media" if isinstance(what, Medium) else "uses"][what]
    return Text(row["zh"], row["en"])


def find_measured(point: DataPoint, device: Device | None) -> Measured | None:
    """Return what a point tells of a medium, or None where it tells nothing."""
    name, of = _local(point.brick_class), _local(device.brick_class) if device is not None else ""
    quantity = find_quantity(point.brick_class)
    if quantity is None or _fits(name, NOT_COUNTED):
        return None
    medium = _medium(quantity.name, name, of)
    if medium is None:
        return None
    factor = _factor(point.unit or quantity.unit, medium, hourly=quantity.form is not Form.COUNTER)
    if factor is None:
        return None
    return Measured(point=point, medium=medium, counts=quantity.form is Form.COUNTER, factor=factor)


def uses_of(device: Device | None, extra: Mapping[str, Any]) -> frozenset[Use]:
    """Return what a meter's medium is used for; everything where nothing tells."""
    said = str(extra.get("use", "")).strip().lower()
    table = _table()
    if said in table["mixed"]:
        return frozenset(Use(use) for use in table["mixed"][said])
    for use, row in table["uses"].items():
        if said and said in row["words"]:
            return frozenset({Use(use)})
    if device is not None:
        for use, row in table["uses"].items():
            if _fits(_local(device.brick_class), row["classes"]) and not distributes(device):
                return frozenset({Use(use)})
    return EVERYTHING


def distributes(device: Device) -> bool:
    """Tell whether what a device `feeds` gets what it measures."""
    return _fits(_local(device.brick_class), DISTRIBUTES)


def is_upstream(device: Device) -> bool:
    """Tell whether a device stands before the meters."""
    return _fits(_local(device.brick_class), UPSTREAM)


def _medium(quantity: str, name: str, of: str) -> Medium | None:
    thermal = any(word in name for word in ("Thermal", "Heating_Energy", "Cooling_Energy", "Heating_Power"))
    if quantity == "thermal_energy" or (quantity in ("power", "energy") and (thermal or "Thermal" in of)):
        return Medium.HEAT
    if quantity in ("power", "energy", "pv_power"):
        if "Gas" in of:
            return Medium.GAS
        generated = quantity == "pv_power" or _fits(of, GENERATES) or _fits(name, GENERATES)
        return Medium.PV if generated else Medium.ELECTRICITY
    if quantity == "water_flow":
        own = ("Meter" in of or not of) and not any(word in name for word in ("Chilled", "Hot", "Condenser"))
        return Medium.WATER if own and "Water" in name + of else None
    return {"gas": Medium.GAS, "water": Medium.WATER}.get(quantity)


def _factor(unit: str | None, medium: Medium, *, hourly: bool) -> float | None:
    row = _table()["media"][medium]
    target = row["unit"]
    rate = {"kWh": "kW", "m³": "m³/h"}[target] if hourly else target
    if unit is None:
        return 1.0
    try:
        return conversion(unit, rate)[0]
    except UnitError:
        if "kwh" not in row:
            return None
    try:
        return float(conversion(unit, "kW" if hourly else "kWh")[0] / row["kwh"])
    except UnitError:
        return None


def _local(brick_class: str) -> str:
    return brick_class.rsplit("#", 1)[-1].rsplit(":", 1)[-1]


def _fits(name: str, patterns: tuple[str, ...] | list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@cache
def _table() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("uses.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return MappingProxyType(table)
