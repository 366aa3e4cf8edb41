"""The store of readings: rows/s, last values, a point's week, a campus's week by the hour, bytes a reading, kill -9.

python -m benchmarks.readings [--rows 10000000] [--points 1000] [--kills 200] [--postgres URL]

`--postgres` measures the store in an empty PostgreSQL database instead.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from zoneinfo import ZoneInfo

from yuanli.operations import Every, ReadingStore
from yuanli.storage import PostgresReadingStore, SqliteReadingStore
from yuanli.telemetry import Readings

SECOND = 1_000_000
HOUR, DAY = 3600 * SECOND, 86_400 * SECOND
START = 20_000 * DAY
UTC8 = ZoneInfo("Asia/Shanghai")


def told(name: str, figure: object) -> None:
    print(f"{name:<58} {figure}", flush=True)


def resident_mb() -> int:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def milliseconds(ask: Callable[[], object], times: int) -> str:
    """Return wall time, and time of all processors: the latter tells what a busy machine hides."""
    spent, cpu = [], []
    for _ in range(times):
        begun, begun_cpu = time.perf_counter(), time.process_time()
        ask()
        spent.append((time.perf_counter() - begun) * 1e3)
        cpu.append((time.process_time() - begun_cpu) * 1e3)
    p50, p95 = np.percentile(spent, [50, 95])
    return f"p50 {p50:.1f}, p95 {p95:.1f} ms (CPU p50 {np.median(cpu):.1f})"


def feed(points: int, first: int, steps: int, rng: np.random.Generator) -> Readings:
    """Return minutes of a live feed: all points each minute, late by up to two seconds, with two decimals of noise."""
    minute = np.repeat(np.arange(first, first + steps, dtype=np.int64), points)
    point = np.tile(np.arange(1, points + 1, dtype=np.int32), steps)
    at = START + minute * 60 * SECOND
    value = np.round(20 + point % 50 + 5 * np.sin(minute / 230) + rng.normal(0, 0.3, len(at)), 2)
    return Readings(point=point, at=at, value=value, received=at + rng.integers(0, 2 * SECOND, len(at)))


def write_week(store: ReadingStore, points: int, rows: int, rng: np.random.Generator) -> int:
    """Write `rows` readings of consecutive minutes, packing each hour that is two hours old; return the last time."""
    minutes, batch = rows // points, max(50_000 // points, 1)
    spent = packing = cpu = packing_cpu = 0.0
    packed = 0
    for first in range(0, minutes, batch):
        readings = feed(points, first, min(batch, minutes - first), rng)
        begun, begun_cpu = time.perf_counter(), time.process_time()
        store.write(readings)
        spent, cpu = spent + time.perf_counter() - begun, cpu + time.process_time() - begun_cpu
        if (first + batch) // 60 > first // 60:
            begun, begun_cpu = time.perf_counter(), time.process_time()
            packed += store.compact(START + (first - 60) * 60 * SECOND)
            packing += time.perf_counter() - begun
            packing_cpu += time.process_time() - begun_cpu
    told(
        f"bulk, batches of {batch * points:,} rows, rows/s",
        f"{rows / spent:,.0f} (a CPU second {rows / cpu:,.0f})",
    )
    if packed:
        told("compaction, rows/s", f"{rows / packing:,.0f} (a CPU second {rows / packing_cpu:,.0f})")
    return START + minutes * 60 * SECOND


def many_writers(store: ReadingStore, threads: int, batches: int, start: int) -> float:
    def write(writer: int) -> None:
        for number in range(batches):
            at = np.full(10, start + number * SECOND, np.int64)
            point = np.arange(10, dtype=np.int32) + 100_000 + 10 * writer
            store.write(Readings(point=point, at=at, value=point.astype(float), received=at))

    running = [threading.Thread(target=write, args=(writer,)) for writer in range(threads)]
    begun = time.perf_counter()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return threads * batches * 10 / (time.perf_counter() - begun)


def measure(store: ReadingStore, points: int, rows: int) -> None:
    rng = np.random.default_rng(0)
    everyone = np.arange(1, points + 1, dtype=np.int32)
    end = write_week(store, points, rows, rng)
    week = (end - 7 * DAY, end)
    for threads in (1, 16):
        told(
            f"{threads} writers of 10 rows a call, rows/s",
            f"{many_writers(store, threads, 50, end + threads * HOUR):,.0f}",
        )
    many = np.arange(1, 10_001, dtype=np.int32)
    store.write(
        Readings(
            point=many,
            at=np.full(10_000, end, np.int64),
            value=many.astype(np.float64),
            received=np.full(10_000, end, np.int64),
        )
    )
    told("last values of 10,000 points", milliseconds(lambda: store.latest(many), 30))
    one = iter(rng.permutation(everyone))
    told("one point, one week", milliseconds(lambda: store.load(np.array([next(one)]), *week), 20))
    for every in Every:
        told(
            f"campus, one week by {every.value}, {rows:,} rows",
            milliseconds(partial(store.roll_up, everyone, *week, every=every, time_zone=UTC8), 5),
        )
    store.compact(end + 2 * DAY)
    size = store.footprint()
    told("bytes a reading when all is packed", f"{(size.cold_bytes or size.hot_bytes) / size.rows:.2f}")
    told("resident after all, MB", resident_mb())
    late = feed(points, 60, 1, rng)
    told("late batch of a packed day", milliseconds(lambda: store.write(late), 3))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--postgres")
    args = parser.parse_args()
    if args.postgres:
        server = PostgresReadingStore(args.postgres)
        measure(server, args.points, args.rows)
        server.close()
        return
    with tempfile.TemporaryDirectory() as folder:
        before = resident_mb()
        store = SqliteReadingStore(Path(folder) / "data")
        store.write(feed(10, 0, 1, np.random.default_rng(0)))
        told("resident, idle, MB (without the store)", f"{resident_mb()} ({before})")
        store.forget(None, START + DAY)
        measure(store, args.points, args.rows)
        store.close()
    if args.kills:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.storage.killing", folder, str(args.kills), "1"]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
            )
        found = json.loads(done.stdout)
        found["opened_in_s"] = f"at most {max(found['opened_in_s']):.2f}"
        told("kill -9", found)


if __name__ == "__main__":
    main()
