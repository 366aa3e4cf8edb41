"""What is unusual, by the splits that each data set's README gives: SKAB, LBNL, NAB; and savings on Cambridge.

python -m benchmarks.anomalies [../shared/data/telemetry] [--sets skab lbnl nab cambridge]

Nothing is random but the bootstrap of savings, seed 0.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from yuanli.devices import read_signals
from yuanli.forecast import (
    DAY,
    HOUR,
    Calendar,
    History,
    NoBaselineError,
    diagnose_air_handler,
    find_anomalies,
    history_of_signals,
    measure_savings,
    watch_system,
)

SHARED = Path(__file__).parents[2] / "shared" / "data" / "telemetry"
REFERENCE_ROWS = 400
SERIOUS = 2
LEAST_MINUTES = 30


def labels(path: Path, column: str, delimiter: str) -> list[bool]:
    """Return a column of nought and one, in the order of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        header, *rows = (line.rstrip("\r\n").split(delimiter) for line in lines)
    return [float(row[header.index(column)] or 0) > 0 for row in rows]


def counts(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return how many are true and false positives, false and true negatives."""
    return np.array(
        [(said & truth).sum(), (said & ~truth).sum(), (~said & truth).sum(), (~said & ~truth).sum()]
    )


def counts_of_skab(folder: Path) -> dict[str, np.ndarray]:
    """Return the counts of all experiments, of those that thresholds were chosen on, and of the others."""
    groups: dict[str, np.ndarray] = {}
    for path in sorted(folder.glob("*.csv.gz")):
        if path.name.startswith("anomaly-free"):
            continue
        signals = read_signals(path, zone=UTC)
        truth = np.array(labels(path, "anomaly", ";"))[: len(signals.at)]
        reference = np.arange(len(signals.at)) < REFERENCE_ROWS
        over = watch_system(signals, reference).over
        own = counts(over[REFERENCE_ROWS:], truth[REFERENCE_ROWS:])
        for group in ("all", "chosen on (valve1)" if path.name.startswith("valve1") else "others"):
            groups[group] = groups.get(group, np.zeros(4)) + own
    return groups


def skab(folder: Path) -> None:
    """Fit on the first 400 rows of each experiment, score the rest, pooled."""
    for group, (tp, fp, fn, tn) in counts_of_skab(folder).items():
        f1 = 2 * tp / (2 * tp + fp + fn)
        print(f"skab {group}: F1 {f1:.3f}, false alarms {fp / (fp + tn):.3f}, missed {fn / (fn + tp):.3f}")


def days_of_air_handlers(folder: Path) -> np.ndarray:
    """Return the counts of days: a day is faulty where a serious rule held for half an hour of it."""
    total = np.zeros(4)
    for path in sorted(folder.glob("*.csv.gz")):
        signals = read_signals(path, zone=UTC)
        truth = labels(path, "Fault Detection Ground Truth", ",")
        days = (signals.at // DAY).tolist()
        faulty = {day: truth[days.index(day)] for day in dict.fromkeys(days)}
        found = [fault for fault in diagnose_air_handler(signals) if fault.rule.severity >= SERIOUS]
        said = {
            day: any(
                min(fault.end, (day + 1) * DAY) - max(fault.start, day * DAY) >= LEAST_MINUTES * 60_000_000
                for fault in found
            )
            for day in faulty
        }
        own = counts(np.array(list(said.values())), np.array(list(faulty.values())))
        total += own
        print(f"lbnl {path.name}: {own.astype(int).tolist()} (true and false alarms, missed, quiet)")
    return total


def lbnl(folder: Path) -> None:
    """Score by day."""
    tp, fp, fn, _ = days_of_air_handlers(folder)
    print(f"lbnl: day precision {tp / (tp + fp):.3f}, recall {tp / (tp + fn):.3f}")


def nab(folder: Path) -> None:
    """Say how many labelled windows are touched, and how many anomalies a week lie outside of all; 15 % unscored.

    Each day is judged by what came before it, as the nightly run does.
    """
    windows = json.loads(gzip.decompress((folder / "combined_windows.json.gz").read_bytes()))
    hit = of = outside = 0
    weeks = 0.0
    for path in sorted(folder.glob("*.csv.gz")):
        history = history_of_signals(read_signals(path, zone=UTC))
        since = min(round(0.15 * history.n_times), 750)
        found = [
            anomaly
            for day in range(since, history.n_times, history.steps_per_day)
            for anomaly in find_anomalies(
                history.until(min(day + history.steps_per_day, history.n_times)), day
            )
        ]
        name = path.name.removesuffix(".gz").replace("__", "/")
        spans = [tuple(_micros(text) for text in span) for span in windows.get(name, [])]
        touched = sum(any(a.start <= last and a.end >= first for a in found) for first, last in spans)
        false = sum(not any(a.start <= last and a.end >= first for first, last in spans) for a in found)
        hit, of, outside = hit + touched, of + len(spans), outside + false
        weeks += (history.n_times - since) * history.step / (7 * DAY)
        print(f"nab {name}: {touched} of {len(spans)} windows, {false} outside")
    print(f"nab: {hit} of {of} windows, {outside / weeks:.2f} outside a week")


def _micros(text: str) -> int:
    return round(datetime.fromisoformat(text.split(".")[0]).replace(tzinfo=UTC).timestamp() * 1e6)


def cambridge(folder: Path) -> None:
    """Measure "savings" of 2019 against 2018, of whose changes nothing is known."""
    import duckdb

    start, n_times = _micros("2018-01-01 00:00:00"), 2 * 365 * 24
    query = f"SELECT building p, ts t, kwh v FROM '{folder}/electricity_2018_2021.parquet' WHERE ts < '2020-01-01'"
    found = duckdb.connect().execute(query).fetchnumpy()
    temp = np.full(n_times, np.nan)
    weather = (
        duckdb.connect()
        .execute(
            'SELECT CAST(datetime AS timestamp) t, "air_temperature [degC]" v '
            f"FROM '{folder}/weather_2018_2021.parquet' WHERE datetime < '2020-01-01'"
        )
        .fetchnumpy()
    )
    temp[_places(weather["t"], start)] = np.ma.filled(weather["v"], np.nan)
    names = np.asarray(found["p"]).astype(str)
    year = start + 365 * DAY
    spans = ((start, year), (year, year + 365 * DAY))
    shares, near, refused, held = [], [], 0, 0
    for name in np.unique(names):
        own = names == name
        values = np.full(n_times, np.nan)
        values[_places(found["t"][own], start)] = np.ma.filled(found["v"][own], np.nan)
        values[values == 0] = np.nan
        load = History(values=values[None], start=start, step=HOUR, zone="Europe/London")
        try:
            as_was = measure_savings(load, *spans, temp=temp, calendar=Calendar(country="GB"))
        except NoBaselineError:
            refused += 1
            continue
        shares.append(as_was.share)
        held += as_was.low <= 0 <= as_was.high
        near.append((as_was.high - as_was.low) / 2 / as_was.expected)
    print(
        f"cambridge: {len(shares)} baselines fit, {refused} refused; 2019 without a change: median |share| "
        f"{np.median(np.abs(shares)):.3f}, nought within the 90 % interval {held} of {len(shares)}, its half width "
        f"{np.median(near):.3f} at the median"
    )


def _places(times: np.ndarray, start: int) -> np.ndarray:
    return (np.asarray(times).astype("datetime64[us]").astype(np.int64) - start) // HOUR


SETS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "skab": ("skab", skab),
    "lbnl": ("lbnl_fdd", lbnl),
    "nab": ("nab", nab),
    "cambridge": ("cambridge_campus", cambridge),
}


def main() -> None:
    """Run the sets that are there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    given = parser.parse_args()
    for name in given.sets:
        folder, measure = SETS[name]
        if not (given.folder / folder).is_dir():
            print(f"{name}: {given.folder / folder} is not here")
            continue
        begun = time.process_time()
        measure(given.folder / folder)
        print(f"{name}: {time.process_time() - begun:.1f} CPU s")


if __name__ == "__main__":
    main()
