"""A flood into the intake for five minutes: memory, refusals, answers meanwhile; and what judging as they arrive costs.

python -m benchmarks.flood [--seconds 300] [--threads 16] [--points 2000]

Many threads push as fast as they can, far more than is written. What is refused must be refused as busy; the newest
values must be told meanwhile; a bad reading of another point must be judged meanwhile, so that its alarm still flows;
and all that was acknowledged must be there in the end. First the same readings are taken with and without the cleaner
listening, its thread at work.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from yuanli.bootstrap import House, build_house
from yuanli.campus import Campus, CampusId, DataPoint, FeatureId, Imported, PointId, by_id
from yuanli.operations import Delivery, IntakeBusyError, JudgedPoints
from yuanli.settings import load_settings
from yuanli.telemetry import Decoded, Row

CAMPUS = CampusId("flood")
BEGIN = 1_767_225_600_000_000
A_DELIVERY = 1_000
A_FLOOD = 20
"""How many times as many readings a delivery of the flood has: sixteen of them are more than may wait."""
COMPARED_ROWS = 400_000
WATCHED = PointId(FeatureId("watched"))


def resident_mb() -> int:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def rows_of(number: int, points: int, size: int = A_DELIVERY) -> tuple[Row, ...]:
    """Return delivery `number`: the next readings of all points in turn, a minute apart."""
    rows = []
    for i in range(number * size, (number + 1) * size):
        minute, point = divmod(i, points)
        at = BEGIN + minute * 60_000_000
        rows.append(
            Row(point=f"p{point}", at=at, value=20 + i % 977 / 100, received=at + 1_000_000, number=1)
        )
    return tuple(rows)


@contextmanager
def opened(points: int) -> Iterator[House]:
    """Open an installation of so many points in a folder of its own."""
    known = [
        DataPoint(id=PointId(FeatureId(f"p{i}")), brick_class="Zone_Air_Temperature_Sensor", unit="°C")
        for i in range(points)
    ]
    known.append(DataPoint(id=WATCHED, brick_class="Zone_Air_Temperature_Sensor", unit="°C"))
    with tempfile.TemporaryDirectory() as folder:
        house = build_house(load_settings(data_dir=Path(folder)), now=lambda: datetime.now(UTC))
        house.places.add(
            Imported(campus=Campus(id=CAMPUS, name={"en": "Flood"}, features=by_id(known))), who="", why=""
        )
        house.telemetry.judging.groups(CAMPUS)
        yield house
        house.close()


def deliver(house: House, rows: tuple[Row, ...], gateway: str = "flood") -> None:
    house.intake.take(
        [Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows), gateway=gateway, size=60 * len(rows))]
    )


def compare(points: int) -> None:
    """Write the same readings with and without a cleaner."""
    spent: dict[bool, float] = {}
    for cleaning in (False, True):
        with opened(points) as house:
            if cleaning:
                house.keep_clean()
            begun = time.thread_time()
            for number in range(COMPARED_ROWS // A_DELIVERY):
                deliver(house, rows_of(number, points))
            spent[cleaning] = time.thread_time() - begun
    ratio = spent[True] / spent[False]
    print(
        f"{COMPARED_ROWS} readings taken in {spent[False]:.2f} CPU s, with the cleaner {spent[True]:.2f} "
        f"(of the thread that takes them): ratio {ratio:.3f}"
    )


class Watch:
    """Sends an impossible temperature of one point each second, again while it is refused, and sees it judged."""

    def __init__(self, house: House) -> None:
        self.house, self.waits_s, self.refused = house, list[float](), 0
        self._judged = threading.Event()
        house.telemetry.on_judged(self._hear)

    def _hear(self, judged: JudgedPoints) -> None:
        if WATCHED in judged.points:
            self._judged.set()

    def send(self, until: float) -> None:
        """Send until a moment of the monotonic clock; a reading that is not judged by then counts with its wait."""
        minute = 0
        while (began := time.monotonic()) < until:
            self._judged.clear()
            at = BEGIN + (minute := minute + 1) * 60_000_000
            while time.monotonic() < until:
                try:
                    row = Row(point=WATCHED, at=at, value=900.0, received=at + 1_000_000, number=1)
                    deliver(self.house, (row,), gateway="watched")
                    break
                except IntakeBusyError:
                    self.refused += 1
                    time.sleep(0.05)
            self._judged.wait(max(0.0, until - time.monotonic()))
            self.waits_s.append(time.monotonic() - began)
            time.sleep(1)


def flood(seconds: float, threads: int, points: int) -> None:
    """Push from all threads, look at the newest values meanwhile, and count what is there afterwards."""
    with opened(points) as house:
        house.keep_clean()
        ends, lock, numbers = time.monotonic() + seconds, threading.Lock(), iter(range(10**9))
        taken, refused, waits = 0, 0, []
        began_mb = resident_mb()
        peak_mb = began_mb

        def push() -> None:
            nonlocal taken, refused
            while time.monotonic() < ends:
                with lock:
                    number = next(numbers)
                rows = rows_of(number, points, A_FLOOD * A_DELIVERY)
                try:
                    for _ in range(10):
                        deliver(house, rows)
                except IntakeBusyError:
                    with lock:
                        refused += 1
                    time.sleep(0.05)
                else:
                    with lock:
                        taken += len(rows)

        watch = Watch(house)
        pushers = [threading.Thread(target=push) for _ in range(threads)]
        pushers.append(threading.Thread(target=watch.send, args=(ends,)))
        for pusher in pushers:
            pusher.start()
        while time.monotonic() < ends:
            asked = time.perf_counter()
            house.telemetry.latest(CAMPUS, [PointId(FeatureId("p0"))])
            waits.append(time.perf_counter() - asked)
            peak_mb = max(peak_mb, resident_mb())
            time.sleep(0.5)
        for pusher in pushers:
            pusher.join()
        rows = house.readings.footprint().rows
        there = "all there" if rows >= taken else f"{taken - rows} LOST"
        size = A_FLOOD * A_DELIVERY
        print(
            f"{threads} threads for {seconds:.0f} s, deliveries of {size}, each ten times: acknowledged {taken} "
            f"readings, {there}; refused as busy {refused} times; memory {began_mb} MiB, at most {peak_mb}; "
            f"newest value of a point told in p50 {np.median(waits) * 1e3:.0f}, "
            f"p95 {np.percentile(waits, 95) * 1e3:.0f} ms; waiting to be judged {house.cleaner.backlog().due}; "
            f"{len(watch.waits_s)} bad readings of another point, refused {watch.refused} times, judged after p50 "
            f"{np.median(watch.waits_s):.1f}, at most {max(watch.waits_s):.1f} s; load average {os.getloadavg()[0]:.1f}"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=300)
    options.add_argument("--threads", type=int, default=16)
    options.add_argument("--points", type=int, default=2_000)
    given = options.parse_args()
    compare(given.points)
    flood(given.seconds, given.threads, given.points)


if __name__ == "__main__":
    main()
