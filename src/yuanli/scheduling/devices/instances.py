"""The on/off benchmark's tables: quarters of an hour, prices per kW and slot."""

from __future__ import annotations

from typing import Any

import numpy as np

from yuanli.scheduling.devices.problem import (
    MOST_SLOTS,
    Device,
    DevicesProblem,
    Floats,
    Task,
    Zone,
    check_states,
    refuse,
)

BENCHMARK_LISTS = ("P", "q", "zone", "Lu", "Ld", "S", "u0", "hist", "g", "a", "b", "K")
QUARTER_H = 0.25


def parse_on_off(tables: dict[str, Any]) -> DevicesProblem:
    """Return the problem of the on/off benchmark's tables.

    Raises
    ------
    DevicesProblemError
        A table is missing, has a wrong size or a wrong value.
    """
    for name in ("N", "T", "c", "D", "cap", *BENCHMARK_LISTS):
        if name not in tables:
            raise refuse(name, f"缺少字段“{name}”。", f"The field {name!r} is missing.")
    many, n = _whole(tables["N"], "N"), _whole(tables["T"], "T")
    if not 1 <= n <= MOST_SLOTS:
        raise refuse(
            "T",
            f"时段数为 {n}，应在 1 与 {MOST_SLOTS} 之间。",
            f"There are {n} slots; from 1 to {MOST_SLOTS} are planned.",
        )
    if not isinstance(tables["D"], list):
        raise refuse("D", "D 应是每个区域一行的表。", "D must be a table with a row for each zone.")
    check_states(n, devices=many, zones=len(tables["D"]), storages=0)
    columns = {name: _column(tables[name], name, many) for name in BENCHMARK_LISTS}
    price, limit = _column(tables["c"], "c", n), _column(tables["cap"], "cap", n)
    zones = tuple(
        Zone(name=f"zone{z}", demand=_column(row, f"D[{z}]", n)) for z, row in enumerate(tables["D"])
    )
    whole = {
        name: [_whole(x, f"{name}[{i}]") for i, x in enumerate(columns[name])]
        for name in BENCHMARK_LISTS if name not in ("P", "q", "S")
    }  # fmt: skip
    devices = []
    for i in range(many):
        row = {name: values[i] for name, values in whole.items()}
        task = Task(first=row["a"], last=row["b"], slots=row["K"]) if row["zone"] < 0 else None
        devices.append(
            Device(
                name=f"device{i}", power_kw=float(columns["P"][i]), service=float(columns["q"][i]),
                zone=None if row["zone"] < 0 else f"zone{row['zone']}", min_up=row["Lu"], min_down=row["Ld"],
                start_cost=float(columns["S"][i]), on=row["u0"] == 1, held=row["hist"],
                target=None if row["g"] < 0 else row["g"] == 1, task=task,
            )
        )  # fmt: skip
    return DevicesProblem(
        slots=n, slot_h=QUARTER_H, price=price / QUARTER_H, devices=tuple(devices), zones=zones, limit_kw=limit,
        peak_price=float(_column([tables.get("dc", 0.0)], "dc", 1)[0]),
    )  # fmt: skip


def _column(values: Any, name: str, n: int) -> Floats:
    if not isinstance(values, list) or len(values) != n:
        many = len(values) if isinstance(values, list) else 0
        raise refuse(
            name, f"“{name}”有 {many} 个值，应为 {n} 个。", f"{name!r} has {many} values; it needs {n}."
        )
    for i, value in enumerate(values):
        if not isinstance(value, int | float) or not np.isfinite(value):
            raise refuse(
                f"{name}[{i}]",
                f"{name}[{i}] 为 {value!r}，应是有限数。",
                f"{name}[{i}] is {value!r}; a finite number is needed.",
            )
    return np.array(values, np.float64)


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int | float) or not np.isfinite(value) or value != int(value):
        raise refuse(
            name, f"{name} 为 {value!r}，应是整数。", f"{name} is {value!r}; a whole number is needed."
        )
    return int(value)
