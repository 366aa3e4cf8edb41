"""Cleaning, measured on a feed of real readings with injected faults and their labels.

python benchmarks/cleaning.py ../shared/data/telemetry/faulty_feed

What is counted: a sample is one (point, device time) of the feed. It is truly faulty when its time lies in a labelled
interval of its point other than dup, dup_conflict, gap, late_batch and counter_rollover_true. It is flagged when its
quality is suspect or worse, or one of its reasons says that something is wrong (`FAULTS`): a corrected unit counts.

Labels of clock shifts are in true time, the feed in device time. "By device time" moves those labels to where the
shifted samples stand in the feed: an hour later for +1 h; for -1 h an hour earlier, but from the label's start on,
since in the hour before it the right samples came first. "As labelled" leaves them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry import (
    BLOCK,
    FAULTS,
    PointFacts,
    Readings,
    Reason,
    Series,
    Window,
    by_day,
    inject_faults,
    judge,
    quantity,
    touched,
)

UNFAULTY = {"dup", "dup_conflict", "gap", "late_batch", "counter_rollover_true"}
QUANTITIES = {
    "air_temperature": ("air_temperature", "°C"),
    "indoor_co2": ("co2", "ppm"),
    "indoor_relative_humidity": ("humidity", "%"),
    "power": ("power", "kW"),
    "energy_register": ("energy", "kWh"),
}
HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    point: str
    start: int
    end: int
    fault: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    names: tuple[str, ...]
    readings: Readings
    labels: tuple[Label, ...]


def load_feed(folder: Path) -> Feed:
    with gzip.open(folder / "feed.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = tuple(sorted({row["point"] for row in rows}))
    number = {name: i for i, name in enumerate(names)}
    with gzip.open(folder / "labels.csv.gz", "rt", encoding="utf-8") as file:
        labels = tuple(
            Label(
                point=row["point"],
                start=int(microseconds([row["start"]])[0]),
                end=int(microseconds([row["end"]])[0]),
                fault=row["fault"],
                detail=row["detail"],
            )
            for row in csv.DictReader(file)
        )
    readings = Readings(
        point=np.array([number[row["point"]] for row in rows], np.int32),
        at=microseconds([row["ts"] for row in rows]),
        value=np.array([float(row["value"]) for row in rows]),
        received=microseconds([row["arrival"] for row in rows]),
    )
    return Feed(names=names, readings=readings, labels=labels)


def microseconds(texts: Sequence[str]) -> NDArray[np.int64]:
    return np.array(texts, "datetime64[us]").astype(np.int64)


def facts_of(names: Sequence[str]) -> tuple[PointFacts, ...]:
    """What a site knows of its points: their quantity, their unit, the register of a meter, the next rooms."""
    number = {name: i for i, name in enumerate(names)}
    facts = []
    for name in names:
        place, _, kind = name.rpartition("/")
        row, unit = QUANTITIES[kind]
        related = [i for other, i in number.items() if other.rpartition("/")[2] == kind and other != name]
        facts.append(
            PointFacts(
                point=number[name],
                quantity=quantity(row),
                unit=unit,
                twin=number.get(f"{place}/energy_register") if kind == "power" else None,
                related=tuple(related) if kind not in {"power", "energy_register"} else (),
            )
        )
    return tuple(facts)


def flagged(series: Series) -> NDArray[np.bool_]:
    return np.asarray((series.quality >= 2) | (series.reason & np.uint32(FAULTS) != 0))


def truth_of(series: Series, labels: Sequence[Label], *, by_device_time: bool) -> NDArray[Any]:
    """The fault of each row, empty where it is good."""
    truth = np.full(len(series), "", dtype="U24")
    for label in labels:
        if label.fault in UNFAULTY:
            continue
        start, end = label.start, label.end
        if by_device_time and label.fault == "clock_shift":
            start, end = (start + HOUR, end + HOUR) if label.detail.startswith("+") else (start, end - HOUR)
        truth[(series.at >= start) & (series.at <= end)] = label.fault
    return truth


def score(feed: Feed, judged: Sequence[Series], *, by_device_time: bool) -> None:
    right = said = true = good = false = 0
    faults: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    wrong: dict[str, int] = defaultdict(int)
    for name, series in zip(feed.names, judged, strict=True):
        came = np.isfinite(series.raw)
        labels = [label for label in feed.labels if label.point == name]
        truth, flags = truth_of(series, labels, by_device_time=by_device_time)[came], flagged(series)[came]
        faulty = truth != ""
        right, said, true = (
            right + int((flags & faulty).sum()),
            said + int(flags.sum()),
            true + int(faulty.sum()),
        )
        good, false = good + int((~faulty).sum()), false + int((flags & ~faulty).sum())
        for fault in np.unique(truth[faulty]):
            faults[fault][0] += int((flags & (truth == fault)).sum())
            faults[fault][1] += int((truth == fault).sum())
        for reason in series.reason[came][flags & ~faulty]:
            wrong[reason_names(int(reason))] += 1
    print(f"  precision {right / max(said, 1):.4f}  recall {right / max(true, 1):.4f}  "
          f"false flags {false / max(good, 1):.4%} of {good} good samples")  # fmt: skip
    for fault, (found, count) in sorted(faults.items()):
        print(f"    {fault:14} {found:6} of {count:6}  {found / count:.3f}")
    print("    false by reason:", dict(sorted(wrong.items(), key=lambda item: -item[1])))


def reason_names(reason: int) -> str:
    return "|".join(bit.name or "" for bit in Reason(reason & int(FAULTS)))


def true_days(parquet: Path, meter: str, days: Sequence[Any]) -> NDArray[np.float64]:
    """Energy by day from the clean powers; one of them is the mean of the quarter of an hour that it ends."""
    import duckdb

    rows = duckdb.execute(
        "select cast(ts - interval 1 second as date) as day, sum(kw) / 4"
        " from read_parquet(?) where meter = ? group by day",
        [str(parquet), meter],
    ).fetchall()  # fmt: skip
    energy = dict(rows)
    return np.array([energy.get(day, np.nan) for day in days])


def score_energy(feed: Feed, judged: Sequence[Series], facts: Sequence[PointFacts], parquet: Path) -> None:
    """How far the energy of each day is from the truth, days with a step of the register apart."""
    named = dict(zip(feed.names, zip(judged, facts, strict=True), strict=True))
    print("energy by day: relative error")
    for name, (series, own) in named.items():
        if not own.counts:
            continue
        place = name.rpartition("/")[0]
        power = named[f"{place}/power"][0]
        steps = [label for label in feed.labels if label.point == name and label.fault.startswith("counter")]
        eventful = {np.datetime64(label.start, "us").astype("datetime64[D]").item() for label in steps}
        for how, rate in (("register alone", None), ("register and power", power)):
            totals = by_day(series, own, ZoneInfo("UTC"), rate=rate)
            true = true_days(parquet, place.rpartition("/")[2], totals.day)
            error = np.abs(totals.amount / true - 1)
            event = np.array([day in eventful for day in totals.day])
            print(f"  {place:22} {how:19} all {len(error)} days: max {np.nanmax(error):.4%}, "
                  f"{np.nansum(error > 0.001):.0f} beyond 0.1 %; the {event.sum()} with a step: "
                  f"{', '.join(f'{e:.4%}' for e in error[event])}")  # fmt: skip


def check_identity(feed: Feed, judged: Sequence[Series], facts: Sequence[PointFacts]) -> None:
    """Shuffled, twice, and late: batches in a random order, of which each judges again only what it touches."""
    rng = np.random.default_rng(7)
    n = len(feed.readings)
    for how, order in (("shuffled", rng.permutation(n)), ("twice", np.tile(np.arange(n), 2))):
        again = judge(taken(feed.readings, order), facts)
        print(f"  {how}: {'identical' if all(map(same, judged, again)) else 'DIFFERENT'}")
    came: NDArray[np.int64] = np.zeros(0, np.int64)
    kept: dict[Window, tuple[Series, ...]] = {}
    for batch in np.array_split(rng.permutation(n), 4):
        came = np.concatenate((came, batch))
        for window in blocks(touched(feed.readings.at[batch])):
            kept[window] = judge(taken(feed.readings, came), facts, window=window)
    late = [joined([kept[window][i] for window in sorted(kept)]) for i in range(len(facts))]
    print(
        f"  late batches, judged again where touched: {'identical' if all(map(same, judged, late)) else 'DIFFERENT'}"
    )


def blocks(windows: Sequence[Window]) -> list[Window]:
    return [Window(at, at + BLOCK) for window in windows for at in range(window.start, window.end, BLOCK)]


def taken(readings: Readings, order: NDArray[np.int64]) -> Readings:
    return Readings(
        point=readings.point[order],
        at=readings.at[order],
        value=readings.value[order],
        received=readings.received[order],
    )


def joined(parts: Sequence[Series]) -> Series:
    return Series(
        point=parts[0].point,
        at=np.concatenate([part.at for part in parts]),
        raw=np.concatenate([part.raw for part in parts]),
        value=np.concatenate([part.value for part in parts]),
        quality=np.concatenate([part.quality for part in parts]),
        reason=np.concatenate([part.reason for part in parts]),
    )


def same(a: Series, b: Series) -> bool:
    columns = ("at", "raw", "value", "quality", "reason")
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name in {"raw", "value"})
        for name in columns
    )


def speed() -> None:
    """A year of one point every five minutes."""
    rng = np.random.default_rng(0)
    at = np.arange(365 * 288, dtype=np.int64) * 300_000_000
    value = 22 + 2 * np.sin(at / 86_400_000_000 * 2 * np.pi) + rng.normal(0, 0.1, len(at)).round(2)
    made = inject_faults(at, value, rng, codes=(85, -127), mixup=(1.8, 32.0))
    facts = PointFacts(point=0, quantity=quantity("air_temperature"))
    start = time.process_time()
    judge(made.readings, (facts,))
    print(f"a point-year of 5-minute readings: {1000 * (time.process_time() - start):.0f} ms of one core")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/telemetry/faulty_feed"))
    options = parser.parse_args()
    feed = load_feed(options.folder)
    facts = facts_of(feed.names)
    start = time.perf_counter()
    judged = judge(feed.readings, facts)
    print(
        f"{len(feed.readings)} readings of {len(facts)} points judged in {time.perf_counter() - start:.2f} s"
    )
    for by_device_time in (True, False):
        print("by device time" if by_device_time else "as labelled")
        score(feed, judged, by_device_time=by_device_time)
    parquet = options.folder.parent / "ucsd_campus" / "power_15min_to_2019_06.parquet"
    if parquet.is_file():
        score_energy(feed, judged, facts, parquet)
    check_identity(feed, judged, facts)
    speed()


if __name__ == "__main__":
    main()
