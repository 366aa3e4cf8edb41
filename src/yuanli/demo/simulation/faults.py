"""Faults with known truth: what is wrong, where, from when to when, and what it does to what is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from yuanli.campus import FeatureId, PointId
from yuanli.demo.simulation.chance import Floats, draw, stream
from yuanli.demo.simulation.moments import DAY_S, FIRST_DAY, OFFSET_S
from yuanli.demo.simulation.plan import Plan, Spot
from yuanli.demo.tables import load_table
from yuanli.errors import Text
from yuanli.telemetry import Times

HOUR_S = 3600.0
LASTING = ("reset", "miscount", "night_load", "leak")
FROM_ENDS = ("stuck", "reset", "miscount")
"""Faults whose effect depends on what the point would tell at their ends."""
"""Faults that leave counters other than they would be, for good."""
OFFICES = ("office", "event")
VALVE, HOT, SUPPLY = "Chilled_Water_Valve", "Hot_Water_Valve", "Supply_Air_Temperature_Sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong from `start` to `end` (µs): at a place, seen by points.

    Parameters
    ----------
    kind
        One of those in `faults.yaml`, such as stuck or night_load.
    real
        Whether something is wrong in the park; else what is told of it is wrong.
    size
        How much, in the unit of the point; kW of a night load, m³/h of a leak, a share of people missed.
    """

    kind: str
    start: int
    end: int
    place: FeatureId | None
    points: tuple[PointId, ...]
    real: bool
    size: float
    told: Text


class FaultPlan:
    """When which faults strike: a function of the seed. Safe for threads."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._until = lru_cache(maxsize=4)(self._all_until)

    def between(self, start: int, end: int) -> tuple[Fault, ...]:
        """Return the faults that hold at any time in `[start, end)` µs, by their start."""
        return tuple(f for f in self._before(end) if f.end > start and f.start < end)

    def touching(self, start: int, end: int) -> Mapping[PointId, tuple[Fault, ...]]:
        """Return by point the faults that change what it tells in `[start, end)`: those, and what lasts of others."""
        found: dict[PointId, list[Fault]] = {}
        for fault in self._before(end):
            if fault.start < end and (fault.end > start or fault.kind in LASTING):
                for point in fault.points:
                    found.setdefault(point, []).append(fault)
        return {point: _needed(faults, start) for point, faults in found.items()}

    def _before(self, end: int) -> tuple[Fault, ...]:
        day = int(end // 1_000_000 + OFFSET_S) // DAY_S
        return self._until(day + 1)

    def _all_until(self, day: int) -> tuple[Fault, ...]:
        rows: Sequence[Mapping[str, Any]] = load_table("simulation/faults")["faults"]
        found = [fault for row in rows for fault in self._of_kind(row, day)]
        return tuple(sorted(found, key=lambda fault: (fault.start, fault.kind)))

    def _of_kind(self, row: Mapping[str, Any], day: int) -> Iterator[Fault]:
        spots = self._candidates(row)
        if not spots:
            return
        key = stream(self._plan.seed, "fault", row["kind"])
        every = int(row["every_d"])
        for cycle in range((day - FIRST_DAY) // every + 1):
            one, two, three, four = (float(draw(key, 4 * cycle + k)) for k in range(4))
            first = FIRST_DAY + cycle * every + int(one * every)
            begins, hours = row["begins"], row["hours"]
            start_s = first * DAY_S - OFFSET_S + HOUR_S * (begins[0] + (begins[1] - begins[0]) * two)
            start_s = np.floor(start_s / 900) * 900
            length_s = HOUR_S * (hours[0] + (hours[1] - hours[0]) * three)
            length_s = 60.0 if length_s < 60 else np.ceil(length_s / 900) * 900
            spot = spots[int(four * len(spots))]
            yield Fault(
                kind=row["kind"],
                start=int(start_s) * 1_000_000,
                end=int(start_s + length_s) * 1_000_000,
                place=spot.device.space_id,
                points=self._points(row["kind"], spot),
                real=row.get("real", False),
                size=self._size(row, spot),
                told=Text(row["zh"], row["en"]),
            )

    def _candidates(self, row: Mapping[str, Any]) -> list[Spot]:
        plan = self._plan
        spots = [
            s for s in plan.of(row["device"], *([row["point"]] if row["point"] else [])) if s.building >= 0
        ]
        kind = [plan.buildings.kind[spot.building] for spot in spots]
        if row["kind"] in ("night_load", "gap", "valve", "fahrenheit", "stuck", "drift"):
            return [spot for spot, one in zip(spots, kind, strict=True) if one in OFFICES]
        if row["kind"] == "spike":
            return [spot for spot in spots if spot.device.extra.get("use") in ("lighting", "plug")]
        if row["kind"] == "reset":
            return [spot for spot in spots if spot.device.extra.get("use") == "floor"]
        if row["kind"] == "leak":
            return [spot for spot, one in zip(spots, kind, strict=True) if one not in ("garage", "guards")]
        return [s for s, one in zip(spots, kind, strict=True) if one not in ("garage", "guards")] or spots

    def _points(self, kind: str, spot: Spot) -> tuple[PointId, ...]:
        plan = self._plan
        if kind == "gap":
            uses = plan.of("Electrical_Meter")
            alike = [s for s in uses if s.building == spot.building and s.device.extra.get("use") != "floor"]
            return tuple(s.point.id for s in alike)
        if kind == "night_load":
            hit = [
                s for s in (*plan.of("Building_Electrical_Meter"), *plan.of("Electrical_Meter"))
                if s.building == spot.building and s.device.extra.get("use", "hvac") == "hvac"
            ]  # fmt: skip
            return tuple(s.point.id for s in hit)
        if kind == "valve":
            unit = [s for s in plan.of("Air_Handling_Unit") if s.device.id == spot.device.id]
            names = (VALVE, HOT, SUPPLY)
            return tuple(s.point.id for s in unit if s.point.brick_class.startswith(names))
        return (spot.point.id,)

    def _size(self, row: Mapping[str, Any], spot: Spot) -> float:
        size = float(row.get("size", 0.0))
        if row["kind"] == "night_load":
            return round(size * float(self._plan.buildings.floor_m2[spot.building]), 1)
        return size


def _needed(faults: Sequence[Fault], start: int) -> tuple[Fault, ...]:
    """Return faults without the resets that another reset followed before a time."""
    resets = [fault for fault in faults if fault.kind == "reset" and fault.start <= start]
    return tuple(fault for fault in faults if fault not in resets[:-1])


@dataclass(frozen=True, slots=True)
class Told:
    """What a point tells at moments (µs): with the faults so far, and without any."""

    brick_class: str
    at: Times
    value: Floats
    clean: Floats


def struck(fault: Fault, told: Told, base: Floats) -> Floats:
    """Return what a point tells while a fault holds and after.

    Parameters
    ----------
    base
        What it would tell without faults at this one's start and end, for the kinds in `FROM_ENDS`.
    """
    at, value = told.at, told.value
    now = (at >= fault.start) & (at < fault.end)
    hours = (at - fault.start) / 3.6e9
    counter = told.brick_class.endswith(("Energy_Sensor", "Usage_Sensor", "Count_Sensor"))
    lasted = np.clip(hours, 0, (fault.end - fault.start) / 3.6e9)
    match fault.kind:
        case "stuck" | "gap" | "sentinel":
            told_instead = {"stuck": base[0], "gap": np.nan, "sentinel": fault.size}[fault.kind]
            return np.where(now, told_instead, value)
        case "spike":
            return np.where(now, value * fault.size + 20, value)
        case "drift":
            return np.where(now, value + fault.size * hours, value)
        case "fahrenheit":
            return np.where(now, np.round(value * 1.8 + 32, 2), value)
        case "watts":
            return np.where(now, np.round(value * 1000), value)
        case "reset":
            return np.where(at >= fault.start, told.clean - base[0], value)
        case "miscount":
            missed = fault.size * (np.clip(told.clean, base[0], base[1]) - base[0])
            return np.where(at >= fault.start, value - np.round(missed), value)
        case "night_load" | "leak":
            return np.asarray(value + fault.size * (lasted if counter else now))
        case "valve":
            return _stuck_valve(fault, told, now)
        case _:
            raise AssertionError(fault.kind)


def _stuck_valve(fault: Fault, told: Told, now: np.ndarray) -> Floats:
    """The cooling valve stays open; heating opens to hold the air warm, and can't quite."""
    if told.brick_class.startswith(VALVE):
        return np.where(now, fault.size, told.value)
    runs = now & (told.value > 0)
    if told.brick_class.startswith(HOT):
        return np.where(now, np.clip(told.value + 0.62 * fault.size, 0, 100), told.value)
    return np.where(runs, told.value - 2.8, told.value)
