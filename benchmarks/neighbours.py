"""Drifts and offsets beside neighbours: floors of six sensors of one kind, made up, with faults of known time.

python -m benchmarks.neighbours [--seeds 0 1 2] [--floors 54]

A floor has six rooms for 84 days, a reading a quarter of an hour: a season, weather that all share in part, a day of
people of its own, a warmth and slow wandering of its own and noise. A third of the floors has one sensor that drifts, a
third one with an offset, put right again or not. Beside them is what is no fault: a room held constant, all rooms
stepping at once, three of them doing so, the sun of a season in one room's afternoons, and people who move into a room.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry import PointFacts, Readings, Reason, judge, quantity

DAY, STEP, DAYS, ROOMS = 86_400_000_000, 900_000_000, 84, 6
KINDS = {"air_temperature": 1.0, "humidity": 5.0, "co2": 80.0}
"""How many of its units go with a degree."""
BASE = {"air_temperature": 22.0, "humidity": 45.0, "co2": 480.0}
FOUND = np.uint32(Reason.DRIFT | Reason.OFFSET)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Values of rooms, shape `(6, n)`; the faulty one, what is wrong with it, and how far it is off at each time."""

    kind: str
    values: Floats
    faulty: int | None
    fault: str
    real: str
    error: Floats


def floor_of(rng: np.random.Generator, number: int) -> Floor:
    """Return a floor; which fault and which real change it has goes by its number."""
    n = DAYS * DAY // STEP
    day = np.arange(n) * STEP / DAY
    clock, weekday = day % 1, np.floor(day).astype(int) % 7 < 5
    season = rng.uniform(1, 4) * np.sin(2 * np.pi * (day / 180 + rng.random()))
    weather = smooth(rng, n, 2.5) * 1.0
    values = np.empty((ROOMS, n))
    real = ("none", "constant", "all", "wing", "sun", "people")[number // 3 % 6]
    odd = int(rng.integers(ROOMS))
    for room in range(ROOMS):
        start, end = rng.uniform(0.3, 0.4), rng.uniform(0.65, 0.8)
        shape = np.clip(np.minimum(clock - start, end - clock) * 12, 0, 1)
        people = (
            rng.uniform(0.5, 2.5) * shape * weekday * rng.uniform(0.6, 1.4, DAYS)[np.floor(day).astype(int)]
        )
        if real == "people" and room == odd:
            people *= np.where(day > DAYS * 0.45, 2.5, 0.3)
        follows = rng.uniform(0.6, 1.1)
        own = rng.normal(0, 1.2) + 0.3 * smooth(rng, n, 4.0)
        values[room] = own + follows * (season + weather) + people
        if real == "constant" and room == odd:
            values[room] = -3 + 0.05 * smooth(rng, n, 1.0)
        if real == "sun" and room == odd:
            values[room] += (
                day / DAYS * 3 * np.clip(np.sin((clock - 0.5) * np.pi / 0.3), 0, 1) * (clock < 0.8)
            )
    if real in ("all", "wing"):
        moved = np.arange(ROOMS) if real == "all" else rng.choice(ROOMS, 3, replace=False)
        values[moved] += rng.uniform(1.5, 3) * rng.choice((-1, 1)) * (day > rng.uniform(25, 60))
    values += rng.normal(0, 0.08, values.shape)
    fault = ("none", "drift", "offset")[number % 3]
    error = np.zeros(n)
    faulty = None
    if fault != "none":
        faulty = (odd + 1 + int(rng.integers(ROOMS - 1))) % ROOMS
        begin, length = rng.uniform(12, 50), rng.uniform(14, 40) if fault == "drift" else rng.uniform(5, 40)
        size, end = rng.uniform(1.2, 4) * rng.choice((-1, 1)), min(begin + length, DAYS)
        inside = (day >= begin) & ((day < end) | (fault == "offset" and rng.random() < 0.5))
        error = size * inside * (np.clip((day - begin) / length, 0, 1) if fault == "drift" else 1.0)
        values[faulty] += error
    kind = list(KINDS)[number // 18 % 3]
    return Floor(
        kind=kind, values=BASE[kind] + KINDS[kind] * values, faulty=faulty, fault=fault, real=real, error=error
    )  # fmt: skip


def smooth(rng: np.random.Generator, n: int, days: float) -> Floats:
    """Return what wanders with a spread of 1 and a memory of so many days, by the hour."""
    keep = np.exp(-1 / (24 * days))
    steps, values = rng.normal(0, np.sqrt(1 - keep**2), n // 4 + 2), [rng.normal()]
    for step in steps:
        values.append(keep * values[-1] + step)
    return np.interp(np.arange(n) / 4, np.arange(len(values)), values)


def judged(floor: Floor) -> NDArray[np.bool_]:
    """Return which readings are marked as drifts or offsets, shape `(6, n)`."""
    rooms, n = floor.values.shape
    at = 20_000 * DAY + np.arange(n) * STEP
    readings = Readings(
        point=np.repeat(np.arange(rooms, dtype=np.int32), n), at=np.tile(at, rooms),
        value=np.round(floor.values, 2).ravel(), received=np.tile(at, rooms) + 1_000_000,
    )  # fmt: skip
    facts = [
        PointFacts(
            point=room, quantity=quantity(floor.kind), related=tuple(o for o in range(rooms) if o != room)
        )
        for room in range(rooms)
    ]
    return np.stack([(one.reason & FOUND) != 0 for one in judge(readings, facts)])


def measure(seed: int, floors: int) -> Counter[str]:
    rng = np.random.default_rng(seed)
    count: Counter[str] = Counter()
    for number in range(floors):
        floor = floor_of(rng, number)
        marks = judged(floor)
        flagged = marks.mean(axis=1) > 0.02
        wrong = np.abs(floor.error) > 0.3
        for room in range(ROOMS):
            bad = room == floor.faulty
            count[f"{'hit' if bad else 'false'} points"] += int(flagged[room])
            count["faulty points" if bad else "good points"] += 1
            if bad:
                count[f"{floor.fault}: hit"] += int(flagged[room])
                count[f"{floor.fault}: all"] += 1
                count[f"{floor.fault}, hours: hit"] += int((marks[room] & wrong).sum())
                count[f"{floor.fault}, hours: all"] += int(wrong.sum())
            elif flagged[room]:
                count[f"false beside: {floor.real}, {floor.fault}"] += 1
        truth = np.zeros_like(marks)
        if floor.faulty is not None:
            truth[floor.faulty] = wrong
        off = (
            np.zeros_like(floor.values)
            if floor.faulty is None
            else floor.error * (np.arange(ROOMS)[:, None] == floor.faulty)
        )
        count["marked, of good points"] += int(marks[np.arange(ROOMS) != floor.faulty].sum())
        count["marked, off by less than 0.3"] += int((marks & (off != 0) & ~truth).sum())
        count["marked"] += int(marks.sum())
        count["marked rightly"] += int((marks & truth).sum())
        count["wrong"] += int(truth.sum())
    return count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--floors", type=int, default=54)
    args = parser.parse_args()
    total: Counter[str] = Counter()
    for seed in args.seeds:
        begun, count = time.process_time(), measure(seed, args.floors)
        told(f"seed {seed}", count)
        print(f"  {time.process_time() - begun:.1f} CPU s")
        total += count
    told("all", total)
    for name in sorted(total):
        print(f"  {name:32} {total[name]}")


def told(name: str, count: Counter[str]) -> None:
    hit, false = count["hit points"], count["false points"]
    print(
        f"{name}: points precision {hit / max(hit + false, 1):.3f} recall {hit / max(count['faulty points'], 1):.3f}"
        f" ({false} of {count['good points']} good ones flagged); readings precision"
        f" {count['marked rightly'] / max(count['marked'], 1):.3f}"
        f" recall {count['marked rightly'] / max(count['wrong'], 1):.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
