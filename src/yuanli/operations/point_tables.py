"""Points as a table: what discovery found, or somebody filled in, made points of a campus."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from yuanli.campus import Campus, Change, DataPoint, Device, DeviceId, FeatureId, PointId, brick_classes
from yuanli.errors import Text
from yuanli.operations.device_gateways import ADDRESS, GATEWAY, FoundPoint
from yuanli.telemetry import RefusedRowsError, RowFault, find_quantity, find_unit

POINT_COLUMNS = (
    "id", "name_zh", "name_en", "brick_class", "unit", "device", "space", "low", "high", "gateway", "address",
    "scale", "offset", "poll",
)  # fmt: skip
"""Columns of a table of points; `id` and `brick_class` are needed. `scale`, `offset` and `poll` are for the gateway."""
CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_:#./-]{0,199}")
LONGEST_ID = 200
MOST_FAULTS = 100
CLASSES_OF_UNITS = {
    "°C": ("Temperature_Sensor", "Temperature_Setpoint"), "%": ("Sensor", "Setpoint"),
    "ppm": ("CO2_Level_Sensor", "CO2_Setpoint"), "kW": ("Electrical_Power_Sensor", "Power_Setpoint"),
    "kWh": ("Electrical_Energy_Sensor", "Electrical_Energy_Sensor"), "kPa": ("Pressure_Sensor", "Pressure_Setpoint"),
    "m³/h": ("Flow_Sensor", "Flow_Setpoint"), "lx": ("Illuminance_Sensor", "Illuminance_Setpoint"),
}  # fmt: skip
"""What a found point may be, read only and writable: a first guess for a person to correct."""


def point_changes(campus: Campus, cells: Iterable[Sequence[object]]) -> tuple[Change, ...]:
    """Return what a table of points changes, headers first; of the same table again nothing.

    A column that is missing leaves a field as it is, an empty cell clears it.

    Raises
    ------
    RefusedRowsError
        Rows are wrong: each is told by line, column, value and rule.
    """
    faults: list[RowFault] = []
    changes: dict[FeatureId, Change] = {}
    seen: set[str] = set()
    for line, row in _rows(cells, faults):
        found = list(_faults(campus, line, row, seen))
        if found:
            faults += found
        else:
            before, after = _point(campus, row)
            if before != after:
                changes[after.id] = Change(feature_id=after.id, before=before, after=after)
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise RefusedRowsError(faults, partly=False)
    return tuple(changes.values())


def point_rows_of(campus: Campus) -> Iterator[tuple[str, ...]]:
    """Yield the points of a campus as rows of `POINT_COLUMNS`; those for the gateway are left empty."""
    for point in campus.of(DataPoint):
        yield (
            point.id, point.name.get("zh", ""), point.name.get("en", ""), point.brick_class, point.unit or "",
            point.device_id or "", point.space_id or "", _exact(point.low), _exact(point.high),
            str(point.extra.get(GATEWAY, "")), str(point.extra.get(ADDRESS, "")), "", "", "",
        )  # fmt: skip


def found_rows(found: Sequence[FoundPoint], *, gateway: str = "") -> Iterator[tuple[str, ...]]:
    """Yield the table of points that were found, headers first; ids and classes are suggestions."""
    yield POINT_COLUMNS
    taken: set[str] = set()
    for point in found:
        own = re.sub(r"[^\w.-]+", "-", f"{point.device}-{point.name}".lower()).strip("-") or "point"
        own, number = own[: LONGEST_ID - 8], 2
        while own in taken:
            own = f"{own.rsplit('~', 1)[0]}~{number}"
            number += 1
        taken.add(own)
        yield (
            own, "", point.name, _class_of(point), point.unit or "", "", "", _text(point.low), _text(point.high),
            gateway, point.address, "", "", "",
        )  # fmt: skip


def _class_of(point: FoundPoint) -> str:
    if point.brick_class != "Point":
        return point.brick_class
    read, written = CLASSES_OF_UNITS.get(point.unit or "", ("Point", "Command"))
    return written if point.writable else read


def _rows(
    cells: Iterable[Sequence[object]], faults: list[RowFault]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    header: list[str] | None = None
    for line, row in enumerate(cells, start=1):
        values = ["" if cell is None else str(cell).strip() for cell in row]
        if header is None:
            header = [value.lower() for value in values]
            unknown = [name for name in header if name not in POINT_COLUMNS]
            missing = [name for name in ("id", "brick_class") if name not in header]
            if unknown or missing or len(set(header)) < len(header):
                wrong = (unknown or missing or header)[0]
                columns = ", ".join(POINT_COLUMNS)
                faults.append(
                    _fault(
                        line, wrong or "?", ",".join(header), f"表头应为 {columns}", f"headers are {columns}"
                    )
                )
                return
        elif any(values):
            if len(values) > len(header):
                faults.append(_fault(line, "?", values[-1], "单元格比表头多", "more cells than headers"))
            else:
                yield line, dict(zip(header, values, strict=False))
    if header is None:
        faults.append(_fault(1, "id", "", "表是空的", "the table is empty"))


def _faults(campus: Campus, line: int, row: Mapping[str, str], seen: set[str]) -> Iterator[RowFault]:
    own = row.get("id", "")
    there = campus.find(own)
    if not own or len(own) > LONGEST_ID or not own.isprintable():
        yield _fault(
            line, "id", own, f"编号应有 1–{LONGEST_ID} 个字符", f"an id has 1 to {LONGEST_ID} characters"
        )
    elif own in seen:
        yield _fault(line, "id", own, "编号重复", "the id comes twice")
    elif there is not None and not isinstance(there, DataPoint):
        yield _fault(line, "id", own, "这个编号属于别的要素", "another feature has this id")
    seen.add(own)
    if not CLASS.fullmatch(row.get("brick_class", "")):
        yield _fault(
            line, "brick_class", row.get("brick_class", ""), "应为 Brick 类名", "it is no Brick class"
        )
    elif (near := _find_near_classes(row["brick_class"])) is not None:
        zh, en = (f"，是否为 {near}", f"; did you mean {near}?") if near else ("", "")
        yield _fault(
            line, "brick_class", row["brick_class"], f"Brick 没有这个类{zh}", f"Brick has no such class{en}"
        )
    if row.get("unit") and find_unit(row["unit"]) is None:
        yield _fault(line, "unit", row["unit"], "不认识这个单位", "the unit is not known")
    if row.get("device") and not isinstance(campus.find(row["device"]), Device):
        yield _fault(line, "device", row["device"], "园区没有这台设备", "the campus has no such device")
    if row.get("space") and campus.find(row["space"]) is None:
        yield _fault(line, "space", row["space"], "园区没有这个空间", "the campus has no such space")
    if row.get("gateway") and not row.get("address"):
        yield _fault(line, "address", "", "写了网关就要写地址", "a gateway needs an address")
    numbers: dict[str, float] = {}
    for name in ("low", "high", "scale", "offset"):
        try:
            number = float(row.get(name) or 0)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            yield _fault(line, name, row[name], "应为数", "it is no number")
        elif row.get(name):
            numbers[name] = number
    if numbers.get("low", math.nan) > numbers.get("high", math.nan):
        yield _fault(line, "high", row["high"], "上限低于下限", "it is below the low limit")


def _find_near_classes(name: str) -> str | None:
    """Return the classes that sound like one which neither Brick nor cleaning knows; None where one of them does."""
    local = re.split(r"[#:]", name)[-1]
    if local in brick_classes() or find_quantity(local) is not None:
        return None
    points = [one.name for one in brick_classes().values() if one.kind == "point"]
    return " / ".join(get_close_matches(local, points, n=2))


def _point(campus: Campus, row: Mapping[str, str]) -> tuple[DataPoint | None, DataPoint]:
    """Return a point before and after its row."""
    own = PointId(FeatureId(row["id"]))
    there = campus.find(own)
    before = there if isinstance(there, DataPoint) else None
    old = before or DataPoint(id=own, brick_class="")
    name, extra = dict(old.name), dict(old.extra)
    for column, language in (("name_zh", "zh"), ("name_en", "en")):
        _put(name, language, row.get(column))
    for column, key in (("gateway", GATEWAY), ("address", ADDRESS)):
        _put(extra, key, row.get(column))
    fields: dict[str, Any] = {"brick_class": row["brick_class"]}
    if "unit" in row:
        fields["unit"] = row["unit"] or None
    if "device" in row:
        fields["device_id"] = DeviceId(FeatureId(row["device"])) if row["device"] else None
    if "space" in row:
        fields["space_id"] = FeatureId(row["space"]) if row["space"] else None
    for column in ("low", "high"):
        if column in row:
            fields[column] = float(row[column]) if row[column] else None
    return before, replace(old, name=name, extra=extra, **fields)


def _put(values: dict[str, Any], key: str, value: str | None) -> None:
    if value:
        values[key] = value
    elif value is not None:
        values.pop(key, None)


def _exact(value: float | None) -> str:
    return "" if value is None else repr(float(value)).removesuffix(".0")


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _fault(line: int, column: str, value: str, zh: str, en: str) -> RowFault:
    return RowFault(row=line, field=column, value=value[:80], message=Text(zh, en))
