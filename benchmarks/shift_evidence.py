"""What the evidence for drifts and offsets weighs, learnt from faults put into real series, and what it finds in more.

python benchmarks/shift_evidence.py [../shared/data/telemetry] [--seeds 8]

Series: temperature, humidity, CO₂, sound and supply air of three rooms of ROBOD (5 min), temperature, humidity and
CO₂ of eight KETI rooms (5 min), the hourly electricity of seven Cambridge buildings, each with a drift, an offset
and the other faults of `inject_faults`. A candidate is right when its edges are a fault's; others that overlap one
are left out.
The weights are a logistic regression; the table is over points that the weights were not learnt from.
To take new weights: copy them into `EVIDENCE` of `telemetry/rules/shifts.py`, and raise `RULES_VERSION`.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from yuanli.telemetry import CleaningParams, Injected, PointFacts, Reason, inject_faults, quantity, truth
from yuanli.telemetry.rules import ALONE
from yuanli.telemetry.rules.arrival import settle

SHIFTS = import_module("yuanli.telemetry.rules.shifts")
MIXED = {"air_temperature": (1.8, 32.0), "humidity": (0.01, 0.0), "co2": (1e-4, 0.0), "power": (1000.0, 0.0)}
CODES = {"air_temperature": (85, -127), "humidity": (0, 255), "co2": (0, -1, 65535), "power": (-9999, 65535)}
ROOM = (
    "air_temperature",
    "indoor_co2",
    "indoor_relative_humidity",
    "sound_pressure_level",
    "supply_air_temperature",
)
KINDS = ("air_temperature", "co2", "humidity", "sound_level", "supply_air_temperature")
BUILDINGS = ("b0", "b6", "b24", "b31", "b37", "b41", "b60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A candidate: what speaks for it, whether it is a fault, how many readings it has, of which point."""

    features: tuple[float, ...]
    right: bool
    count: int
    name: str


def series(folder: Path) -> Iterator[tuple[str, str, NDArray[np.int64], NDArray[np.float64]]]:
    import duckdb

    db = duckdb.connect()
    for room in (1, 2, 3):
        columns = ", ".join(f"try_cast({name} as double)" for name in ROOM)
        rows = db.execute(
            f"select epoch_us(substr(timestamp, 1, 16)::timestamp), {columns} from read_csv(?, all_varchar = true)"
            " order by 1",
            [str(folder / "robod" / f"room{room}_first_3_quarters.csv.gz")],
        ).fetchall()
        yield from columns_of(rows, [f"robod{room}"] * 5, KINDS)
    keti = str(folder / "keti_rooms" / "rooms_shared.parquet")
    rooms = db.execute("select distinct room from read_parquet(?) order by 1 limit 8", [keti]).fetchall()
    for (room,) in rooms:
        rows = db.execute(
            "select epoch_us(time_bucket(interval 5 minutes, timestamp)) t, arg_min(temperature, timestamp),"
            " arg_min(co2, timestamp), arg_min(humidity, timestamp)"
            " from read_parquet(?) where room = ? group by t order by t",
            [keti, room],
        ).fetchall()
        yield from columns_of(rows, [f"keti{room}"] * 3, KINDS[:3])
    for building in BUILDINGS:
        rows = db.execute(
            "select epoch_us(ts), kwh from read_parquet(?)"
            " where building = ? and ts between '2019-02-01' and '2019-04-15' order by 1",
            [str(folder / "cambridge_campus" / "electricity_2018_2021.parquet"), building],
        ).fetchall()
        yield from columns_of(rows, [building], ["power"])


def columns_of(
    rows: Sequence[Sequence[Any]], names: Sequence[str], kinds: Sequence[str]
) -> Iterator[tuple[str, str, NDArray[np.int64], NDArray[np.float64]]]:
    at = np.array([row[0] for row in rows], np.int64)
    for k, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1):
        value = np.array([np.nan if row[k] is None else row[k] for row in rows], np.float64)
        good = np.isfinite(value)
        yield f"{name}/{kind}", kind, at[good], np.round(value[good], 3)


def examples(name: str, facts: PointFacts, made: Injected) -> Iterator[tuple[Reason, Example]]:
    params = CleaningParams()
    course = settle(made.readings, facts, params)
    for rule in ALONE:
        course = rule(course, params)
    index = SHIFTS.comparable(course)
    if len(index) < SHIFTS.FEWEST:
        return
    at = course.at[index]
    true = truth(at, made.faults)
    shifted = (true & np.uint32(Reason.DRIFT | Reason.OFFSET)) != 0
    for found in SHIFTS.candidates(at, course.value[index], course, params):
        own = np.append((true & np.uint32(found.reason)) != 0, False)
        right = own[found.end - 1] and not own[found.end]
        if found.reason is Reason.OFFSET:
            right = right and own[found.start] and not own[found.start - 1]
        if right or shifted[found.start : found.end].mean() < 0.35:
            yield (
                found.reason,
                Example(features=found.features, right=bool(right), count=found.end - found.start, name=name),
            )


def fit(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    def loss(theta: NDArray[np.float64]) -> float:
        score = x @ theta
        return float(
            (weight * (np.logaddexp(0, score) - y * score)).sum() / weight.sum()
            + 0.002 * (theta[1:] ** 2).sum()
        )

    return np.asarray(minimize(loss, np.zeros(x.shape[1])).x)


def report(reason: Reason, rows: Sequence[Example], folds: int = 8) -> None:
    x = np.array([(1.0, *row.features) for row in rows])
    y = np.array([float(row.right) for row in rows])
    count = np.array([row.count for row in rows])
    fold = np.array([zlib.crc32(row.name.encode()) % folds for row in rows])
    likely = np.zeros(len(rows))
    for k in np.unique(fold):
        theta = fit(x[fold != k], y[fold != k], np.sqrt(count[fold != k]))
        likely[fold == k] = 1 / (1 + np.exp(-x[fold == k] @ theta))
    print(f"{reason.name}: {int(y.sum())} of {len(rows)} candidates are faults")
    print("  weights", tuple(float(round(w, 2)) for w in fit(x, y, np.sqrt(count))))
    for least in (0.5, 0.65, 0.75, 0.85):
        said = likely >= least
        right = (count[said] * y[said]).sum()
        print(f"  at {least}: precision {right / max(count[said].sum(), 1):.3f}, "
              f"recall among candidates {right / max((count * y).sum(), 1):.3f}, by readings")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/telemetry"))
    parser.add_argument("--seeds", type=int, default=8)
    options = parser.parse_args()
    rows: dict[Reason, list[Example]] = {Reason.OFFSET: [], Reason.DRIFT: []}
    clean = list(series(options.folder))
    for seed in range(1, options.seeds + 1):
        rng = np.random.default_rng(seed)
        for name, kind, at, value in clean:
            made = inject_faults(at, value, rng, codes=CODES.get(kind, ()), mixup=MIXED.get(kind))
            for reason, example in examples(name, PointFacts(point=0, quantity=quantity(kind)), made):
                rows[reason].append(example)
    for reason, found in rows.items():
        report(reason, found)


if __name__ == "__main__":
    main()
