"""The rest of a plan planned anew: what is over is left out, states are as they are, few devices change."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from yuanli.operations.device_plans.entering import SITE, entered_in, mark_of, marked_draft
from yuanli.operations.device_plans.runs import PlanRun, slots_on, spans_of
from yuanli.scheduling import DevicesProblem, contents_of, temps_of
from yuanli.solver import Row

ZONE = ("demand", "limit_kw")
CLIMATE = ("outdoor_c", "gains_kw", "low_c", "high_c")
SERIES = ("price", "carbon_kg_per_kwh", "feed_in", "limit_kw", "base_kw", "solar_kw")
HELD_MOST = 96


def first_free_slot(run: PlanRun, now: datetime, lead: timedelta) -> int:
    """Return the first slot that begins late enough for a plan to be found and approved."""
    return max(0, -((run.begins_at - now - lead) // run.slot))


def rest_of(
    document: Mapping[str, Any], problem: DevicesProblem, rows: tuple[Row, ...], run: PlanRun, first: int, *,
    fresh: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], list[Row]]:  # fmt: skip
    """Return the problem of the slots from `first` on, and the running plan as rows of it.

    A device that left the plan is reckoned with as it was left, and is not commanded; `drafted.out` keeps what it was
    for when it comes back. Demand that the others can't serve is lowered, until they can; `drafted.service` tells to
    which share.

    Parameters
    ----------
    fresh
        A new draft of the same slots: its prices and demands take the place of the old, but not of what somebody
        entered by hand.
    """
    n = problem.slots - first
    gone = {device.name: device for device in run.devices if device.left is not None}
    on = {str(row["device"]): slots_on(str(row["on"]), problem.slots) for row in rows}
    rest = {key: deepcopy(value) for key, value in document.items()}
    raise_demand(rest)
    kept = entered_in(rest)
    rest |= {"slots": n, "begins_at": (run.begins_at + run.slot * first).isoformat()}
    for name in SERIES:
        if isinstance(rest.get(name), list):
            rest[name] = rest[name][first:]
    for zone in rest.get("zones", []):
        for part, series in ((zone, ZONE), (zone.get("climate") or {}, CLIMATE)):
            for name in series:
                if isinstance(part.get(name), list):
                    part[name] = part[name][first:]
        if zone.get("climate"):
            zone["climate"]["temp_c"] = _temp_at(problem, zone["name"], on, first)
    if fresh is not None:
        _refreshed(rest, fresh, kept)
    if "marks" in (rest.get("drafted") or {}):
        marked_draft(rest, kept)
    start: list[Row] = []
    before = (rest.get("drafted") or {}).get("out") or {}
    out: dict[str, Any] = {}
    for place, device in enumerate(rest["devices"]):
        row = on[device["name"]]
        left = gone.get(device["name"])
        device = before.get(device["name"], device)
        _continued(device, row, first, n)
        if left is not None:
            held = bool(left.held if left.held is not None else row[max(first - 1, 0)])
            row = np.full(problem.slots, held)
            out[device["name"]] = device
            device = _held(device, held, n)
        rest["devices"][place] = device
        start.append({"device": device["name"], "on": spans_of(row[first:]), "flows": ""})
    if before or out:
        rest["drafted"] = {**(rest.get("drafted") or {}), "out": out}
    start += _stored(rest, problem, rows, first)
    names = {device["name"] for device in rest["devices"] if device.get("task")}
    rest["orders"] = [o for o in rest.get("orders", []) if o["before"] in names and o["after"] in names]
    _lower_demand(rest, gone)
    usual = (rest.get("drafted") or {}).get("usual")
    if usual:
        rest["drafted"]["usual"] = {
            name: spans_of(slots_on(spans, problem.slots)[first:]) for name, spans in usual.items()
        }
    return rest, start


def _temp_at(problem: DevicesProblem, zone_name: str, on: Mapping[str, Any], first: int) -> float:
    """Return the temperature that the running plan gives a zone before a slot."""
    zone = next(one for one in problem.zones if one.name == zone_name)
    assert zone.climate is not None
    if first == 0:
        return zone.climate.temp_c
    states = np.array([on[device.name] for device in problem.devices])
    return round(float(temps_of(problem, zone, states)[first - 1]), 3)


def _stored(rest: dict[str, Any], problem: DevicesProblem, rows: tuple[Row, ...], first: int) -> list[Row]:
    """Begin storages with what the running plan has in them then, and return what it does with them."""
    told = {str(row["device"]): str(row.get("flows") or "") for row in rows}
    start: list[Row] = []
    for row, storage in zip(rest.get("storages", []), problem.storages, strict=True):
        flows = np.array([float(x) for x in told[storage.name].split()])
        contents = contents_of(storage, flows, problem.slot_h)
        row["content"] = float(contents[first - 1]) if first else storage.content
        start.append(
            {"device": storage.name, "on": "", "flows": " ".join(repr(float(x)) for x in flows[first:])}
        )
    return start


def _held(device: Mapping[str, Any], held: bool, n: int) -> dict[str, Any]:
    """Return a device that stays as it was left, and that nobody commands."""
    rest = {
        key: value for key, value in device.items()
        if key not in ("task", "target", "must_be_on", "must_be_off", "device_id")
    }  # fmt: skip
    rest["must_be_on" if held else "must_be_off"] = [{"first": 0, "last": n - 1}]
    return rest | {"min_up": 1, "min_down": 1, "on": held, "held": HELD_MOST}


def _refreshed(rest: dict[str, Any], fresh: Mapping[str, Any], kept: frozenset[str]) -> None:
    new = {zone["name"]: zone for zone in fresh.get("zones", [])}
    for zone in rest.get("zones", []):
        told = new.get(zone["name"], {})
        demand = told.get("demand")
        if isinstance(demand, list) and len(demand) == rest["slots"] and f"{zone['name']}/demand" not in kept:
            zone["demand"] = list(demand)
        if zone.get("climate") and told.get("climate"):
            air = {k: v for k, v in told["climate"].items() if f"{zone['name']}/{k}" not in kept}
            zone["climate"] = {**zone["climate"], **air}
    for name in SITE:
        series = fresh.get(name)
        if name in rest and name not in kept and isinstance(series, list) and len(series) == rest["slots"]:
            rest[name] = list(series)


def _continued(device: dict[str, Any], row: Any, first: int, n: int) -> None:
    """Begin a device where the running plan has it then."""
    if first:
        same = np.flatnonzero(row[:first][::-1] != row[first - 1])
        held = (
            int(same[0])
            if len(same)
            else first
            + int(device.get("held", HELD_MOST)) * (bool(device.get("on", False)) == bool(row[first - 1]))
        )
        device |= {"on": bool(row[first - 1]), "held": held}
    for name in ("must_be_on", "must_be_off"):
        spans = [
            {"first": max(0, span["first"] - first), "last": span["last"] - first}
            for span in device.get(name, []) if span["last"] >= first
        ]  # fmt: skip
        if device.get(name):
            device[name] = spans
    task = device.pop("task", None)
    if task:
        left = int(row[first:].sum())
        if left:
            last = min(task["last"] - first, n - 1)
            whole = bool(task.get("in_one_run")) and not row[:first].any()
            device["task"] = {
                "first": max(0, task["first"] - first),
                "last": last,
                "slots": left,
                "in_one_run": whole,
            }
        else:
            device["must_be_off"] = [{"first": 0, "last": n - 1}]


def raise_demand(rest: dict[str, Any]) -> None:
    """Take back what an earlier plan lowered, where nobody changed it since."""
    drafted = rest.get("drafted") or {}
    lowered = drafted.pop("lowered", {})
    for zone in rest.get("zones", []):
        told = lowered.get(zone["name"])
        if told and mark_of(zone.get("demand", 0.0)) == told["mark"]:
            zone["demand"] = told["wanted"]
    if lowered:
        drafted.pop("service", None)


def _lower_demand(rest: dict[str, Any], gone: Mapping[str, Any]) -> None:
    """Lower demands to what can still be served, and say to which share the least is."""
    least = float((rest.get("drafted") or {}).get("service", 1.0))
    lowered = {}
    for zone in rest.get("zones", []):
        able = sum(
            float(d.get("service", 0.0)) for d in rest["devices"]
            if d.get("zone") == zone["name"] and not (d["name"] in gone and d.get("must_be_off"))
        )  # fmt: skip
        demand = zone.get("demand", 0.0)
        values = demand if isinstance(demand, list) else [demand] * rest["slots"]
        top = max(values, default=0.0)
        if top > able + 1e-9:
            zone["demand"] = [min(value, able) for value in values]
            lowered[zone["name"]] = {"wanted": values, "mark": mark_of(zone["demand"])}
            least = min(least, able / top)
    if lowered:
        rest["drafted"] = {**(rest.get("drafted") or {}), "service": round(least, 4), "lowered": lowered}
