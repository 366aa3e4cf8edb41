"""Plans of devices as tables, and back; and what to say of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from yuanli.scheduling.devices.checking import switches_of
from yuanli.scheduling.devices.problem import (
    DevicesPlan,
    DevicesProblem,
    DevicesProblemError,
    Flags,
    Floats,
    refuse,
)
from yuanli.solver import Row

MOST_FLOW = 1e12
RUN = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


def rows_of_devices(problem: DevicesProblem, plan: DevicesPlan) -> list[Row]:
    """Return a row for each device and storage: slots on as `8-15 40-52`, flows (below 0: given) by slot."""
    rows: list[Row] = []
    many, switches, first = plan.on.sum(axis=1).tolist(), switches_of(plan.on), plan.on[:, 0].tolist()
    for i, device in enumerate(problem.devices):
        edges = [*([0] if first[i] else []), *switches[i], problem.slots]
        on = " ".join(f"{a}-{b - 1}" for a, b in zip(edges[::2], edges[1::2], strict=False))
        hours = many[i] * problem.slot_h
        rows.append(
            {
                "device": device.name, "zone": device.zone or "", "on": on, "flows": "", "hours": round(hours, 4),
                "energy_kwh": round(hours * device.power_kw, 4),
            }
        )  # fmt: skip
    for storage, flows in zip(problem.storages, plan.storage, strict=True):
        taken = float(np.maximum(flows, 0.0).sum()) * problem.slot_h
        rows.append(
            {
                "device": storage.name, "zone": storage.zone or "", "on": "",
                "flows": " ".join(repr(float(x)) for x in flows), "hours": 0.0, "energy_kwh": round(taken, 4),
            }
        )  # fmt: skip
    return rows


def read_rows_of_devices(problem: DevicesProblem, rows: Sequence[Row]) -> DevicesPlan:
    """Return the plan of a table with the columns device, and on or flows.

    Raises
    ------
    DevicesProblemError
        A device is missing, unknown or there twice, or its slots or flows can't be read.
    """
    devices = {d.name: i for i, d in enumerate(problem.devices)}
    storages = {s.name: i for i, s in enumerate(problem.storages)}
    on = np.zeros((len(devices), problem.slots), np.bool_)
    flows = np.zeros((len(storages), problem.slots))
    left = {*devices, *storages}
    for number, row in enumerate(rows, 1):
        name = str(row.get("device", ""))
        if name not in left:
            known = name in devices or name in storages
            raise refuse(
                f"rows[{number}].device", f"第 {number} 行的设备“{name}”{'重复' if known else '不存在'}。",
                f"Row {number} names {name!r}, which {'was there before' if known else 'is not there'}.",
            )  # fmt: skip
        left.remove(name)
        if name in devices:
            on[devices[name]] = _slots(str(row.get("on") or ""), problem.slots, f"rows[{number}].on")
        else:
            flows[storages[name]] = _flows(
                str(row.get("flows") or ""), problem.slots, f"rows[{number}].flows"
            )
    if left:
        raise refuse("rows", f"缺少设备“{min(left)}”。", f"The device {min(left)!r} is missing.")
    return DevicesPlan(on=on, storage=flows)


def carried_devices(problem: DevicesProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now: what is new is off, and idle."""
    told = {str(row.get("device")): row for row in rows}
    idle = " ".join(["0.0"] * problem.slots)
    found: list[Row] = [told.get(one.name, {"device": one.name, "on": ""}) for one in problem.devices]
    for one in problem.storages:
        flows = str(told.get(one.name, {}).get("flows") or "")
        fits = len(flows.split()) == problem.slots
        found.append({"device": one.name, "flows": flows if fits else idle})
    return found


def _slots(text: str, n: int, field: str) -> Flags:
    on = np.zeros(n, np.bool_)
    for part in text.split():
        found = RUN.fullmatch(part)
        first = int(found[1]) if found else -1
        last = int(found[2] or found[1]) if found else -1
        if not 0 <= first <= last < n:
            raise _unreadable(field, part, f"0-{n - 1}")
        on[first : last + 1] = True
    return on


def _flows(text: str, n: int, field: str) -> Floats:
    parts = text.split()
    try:
        values = np.array([float(p) for p in parts])
    except ValueError:
        raise _unreadable(field, text[:40], f"{n} numbers") from None
    if len(values) != n or not (np.abs(values) <= MOST_FLOW).all():
        raise _unreadable(field, text[:40], f"{n} numbers")
    return values


def _unreadable(field: str, value: str, rule: str) -> DevicesProblemError:
    return refuse(
        field,
        f"{field} 的“{value}”读不懂，应如 {rule}。",
        f"{field}: {value!r} can't be read; like {rule} is needed.",
    )
