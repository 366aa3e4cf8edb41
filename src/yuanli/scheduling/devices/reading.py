"""Files of devices problems, told apart by what is in them."""

from __future__ import annotations

from typing import Any

from yuanli.errors import Text
from yuanli.scheduling.devices.citylearn import is_archive, parse_citylearn
from yuanli.scheduling.devices.documents import parse_document
from yuanli.scheduling.devices.emhass import is_emhass, parse_emhass
from yuanli.scheduling.devices.instances import parse_on_off
from yuanli.scheduling.devices.problem import DevicesProblem, refuse
from yuanli.solver import json_of, text_of


def parse_devices(data: bytes, name: str) -> DevicesProblem:
    """Return the problem of our own JSON, the on/off benchmark, a plan of EMHASS, or a data set of CityLearn in a zip.

    Raises
    ------
    DevicesProblemError
        A rule is broken, told by field or line.
    InvalidProblemError
        It can't be unpacked or is malformed, told by line or field.
    """
    if is_archive(data):
        return parse_citylearn(data, name)
    text = text_of(data, name)
    if is_emhass(text):
        return parse_emhass(text, name)
    tables = json_of(text, name)
    if not isinstance(tables, dict):
        raise refuse(name, f"{name} 应是一个 JSON 对象。", f"{name} must be one JSON object.")
    if "P" in tables or "Lu" in tables:
        return parse_on_off(tables)
    _refuse_units(tables, name)
    return parse_document(tables, name)


def _refuse_units(tables: dict[str, Any], name: str) -> None:
    """Refuse a unit commitment (pglib-uc): what a unit gives there is chosen, not only whether it is on."""
    if "thermal_generators" in tables:
        raise refuse(
            "thermal_generators",
            f"{name} 是机组组合问题：机组出力可在上下限间连续选取，各有爬坡和备用；此处的设备只有开与关。",
            f"{name} is a unit commitment: units choose their output between limits, with ramps and reserves of their "
            "own; devices here are only on or off.",
            hint=Text(
                "请改用只有开与关的设备，或用机组组合软件求解。",
                "Give devices that are on or off, or use a program for unit commitment.",
            ),
        )
