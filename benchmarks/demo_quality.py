"""How much of the demo park's right readings cleaning flags: 28 days of meters, 3 of rooms, without what faults touch.

python benchmarks/demo_quality.py [groups of points a quantity, 25; all groups of meters are judged]
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from random import Random

import numpy as np

from yuanli.campus import DataPoint, PointId
from yuanli.demo import Cadence, Simulator, demo_campus
from yuanli.operations.facts import Facts, facts_of
from yuanli.telemetry import FAULTS, Readings, judge

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
STEP = 900_000_000
DAY = 96 * STEP
METERS_D, ROOMS_D = 28, 3
"""Days, as `yuanli up --demo` tells them at the first start."""
Rows = dict[PointId, list[tuple[np.ndarray, np.ndarray]]]


def main(most: int) -> None:
    park = demo_campus()
    simulator = Simulator(park)
    numbers = {point.id: number for number, point in enumerate(park.of(DataPoint))}
    names = {number: point for point, number in numbers.items()}
    groups: dict[str, list[Facts]] = defaultdict(list)
    for group in facts_of(park, numbers):
        groups[group[-1].quantity.name].append(group)
    rng = Random(0)
    chosen = {
        q: rng.sample(all_, len(all_) if q == "energy" else min(most, len(all_)))
        for q, all_ in groups.items()
    }
    now = int(NOW.timestamp()) * 1_000_000
    rows = told(simulator, {names[own.point] for q in chosen.values() for group in q for own in group}, now)
    struck: dict[PointId, list[tuple[int, int]]] = defaultdict(list)
    for fault in simulator.faults(now - (METERS_D + 2) * DAY, now):
        for point in fault.points:
            struck[point].append((fault.start - STEP, fault.end + 2 * STEP))
    right, flagged = Counter[str](), Counter[str]()
    for quantity, some in chosen.items():
        for group in some:
            for series in judged(group, names, rows):
                sound = ~np.isnan(series.raw)
                for start, end in struck[names[series.point]]:
                    sound &= (series.at < start) | (series.at >= end)
                wrong = (series.reason & FAULTS != 0) | np.isin(series.quality, (2, 3))
                right[quantity] += int(sound.sum())
                flagged[quantity] += int((wrong & sound).sum())
    weigh = {quantity: len(groups[quantity]) / len(some) for quantity, some in chosen.items()}
    for quantity in sorted(right, key=lambda q: -flagged[q] / max(right[q], 1)):
        if flagged[quantity]:
            share = flagged[quantity] / right[quantity]
            print(f"  {quantity:24} {flagged[quantity]:6} of {right[quantity]:8}  {share:.2%}")
    total = sum(weigh[q] * right[q] for q in right)
    print(
        f"false flags in the whole park: {sum(weigh[q] * flagged[q] for q in flagged) / total:.2%} of {total:.0f}"
    )


def told(simulator: Simulator, points: set[PointId], now: int) -> Rows:
    rows: Rows = defaultdict(list)
    for cadences, days in (((Cadence.MINUTE,), METERS_D), ((Cadence.ROOM, Cadence.CHANGE), ROOMS_D)):
        for day in range(days, 0, -1):
            at = now - day * DAY + STEP * np.arange(96, dtype=np.int64)
            for one in simulator.tell(at, cadences, points=points):
                for row, point in enumerate(one.points):
                    value = one.value[row]
                    kept = ~np.isnan(value)
                    if one.cadence is Cadence.CHANGE:
                        kept &= np.r_[True, np.diff(value) != 0]
                    rows[point].append((at[kept], value[kept]))
    return rows


def judged(group: Facts, names: dict[int, PointId], rows: Rows) -> tuple:  # type: ignore[type-arg]
    parts = [(own.point, at, value) for own in group for at, value in rows[names[own.point]]]
    if not parts:
        return ()
    at = np.concatenate([part[1] for part in parts])
    point = np.concatenate([np.full(len(part[1]), part[0], np.int32) for part in parts])
    value = np.concatenate([part[2] for part in parts])
    return judge(Readings(point=point, at=at, value=value, received=at + 2_000_000), group)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
