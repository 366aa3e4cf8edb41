"""How soon what comes in is judged after the first start of the demo park, while four weeks of its past wait too.

python -m benchmarks.fresh [--days 28] [--minutes 10]

The past is taken in first, then a live minute after the other. The clock of the cleaner goes by the CPU seconds that it
spends and the share of a core that it may, so that a busy machine gives the same figures. A reading is judged when
`on_judged` tells of it. The simulated park starts where a power comes in W instead of kW.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from yuanli.bootstrap import House, build_house
from yuanli.campus import CampusId, PointId
from yuanli.demo import FeedParams, LiveFeed, Push, Simulator, past, pushes
from yuanli.operations import Cleaner, CleanerParams, Delivery, JudgedPoints
from yuanli.settings import load_settings
from yuanli.storage import SqlUnjudgedStore
from yuanli.telemetry import Quality, decode_json

CAMPUS = CampusId("demo")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000


def micros(when: datetime) -> int:
    return (when - EPOCH) // timedelta(microseconds=1)


class Run:
    """A park, its cleaner on a clock of CPU seconds, and what was heard."""

    def __init__(self, house: House, simulator: Simulator, start: int, days: int) -> None:
        self.house, self.simulator, self.start = house, simulator, start
        self.feed = FeedParams(minute_days=days, room_days=min(days, 3))
        self.passed = 0.0
        self.told: dict[PointId, list[tuple[int, float]]] = {}
        self.waited: list[float] = []
        self.params, self.began = CleanerParams(), time.thread_time()
        self.cleaner = Cleaner(
            house.telemetry.judging, house.places, SqlUnjudgedStore(house.database),
            writer="fresh", clock=self.clock, cpu=time.thread_time, params=self.params,
        )  # fmt: skip
        house.intake.guard_by(self.cleaner.guard)
        house.intake.on_readings(self.cleaner.hear)
        house.telemetry.on_judged(self.judged)

    def clock(self) -> float:
        return self.passed + (time.thread_time() - self.began) / self.params.share

    def judged(self, judged: JudgedPoints) -> None:
        now = self.clock()
        for point in judged.points:
            left = []
            for at, told in self.told.get(point, ()):
                if any(window.start <= at < window.end for window in judged.windows):
                    self.waited.append(now - told)
                else:
                    left.append((at, told))
            self.told[point] = left

    def take(self, push: Push, at: int) -> None:
        decoded = decode_json(push.payload)
        self.house.intake.take([Delivery(campus_id=CAMPUS, decoded=decoded, received=at, gateway="demo")])

    def run(self, minutes: int, wrong: PointId) -> None:
        live = LiveFeed(self.simulator, self.feed)
        for stretch in past(None, self.start, self.feed):
            for push in pushes(self.simulator, stretch, self.feed):
                self.take(push, self.start)
        self.house.telemetry.tidy(EPOCH + timedelta(microseconds=self.start))
        print(f"the past is told; spans that wait: {self.cleaner.backlog().due}", flush=True)
        groups = self.house.telemetry.judging.groups(CAMPUS)
        ruled = {str(point): point for group in groups if group.facts for point in group.points}
        found: float | None = None
        worked = 0.0
        ticks = turns = 0
        while self.passed < minutes * 60:
            while ticks * 60 <= self.passed:
                at = self.start + ticks * MINUTE
                for push in live.tick(at):
                    self.take(push, at)
                    for row in decode_json(push.payload).rows:
                        if row.point in ruled:
                            self.told.setdefault(ruled[row.point], []).append((at, self.passed))
                ticks += 1
            self.began = time.thread_time()
            self.cleaner.turn()
            spent = time.thread_time() - self.began
            worked += spent
            self.passed += max(spent / self.params.share, spent + self.params.debounce_s)
            self.began = time.thread_time()
            turns += 1
            (value,) = self.house.telemetry.latest(CAMPUS, [wrong])
            if found is None and value.quality >= Quality.ESTIMATED:
                found = self.passed
            if turns % 10 == 0:
                print(
                    f"  {self.passed:6.0f} s, pending {self.cleaner.backlog().due}, cpu {worked:.1f}",
                    flush=True,
                )
        first = [self.passed - told for left in self.told.values() for _, told in left]
        p50, p95, most = np.percentile(self.waited or [np.nan], [50, 95, 100])
        print(
            f"{ticks} live minutes in {self.passed:.0f} s: judged {len(self.waited)} readings after p50 {p50:.0f}, "
            f"p95 {p95:.0f}, at most {most:.0f} s; {len(first)} wait, for up to {max(first, default=0):.0f} s; "
            f"a power in W was seen after {'more than ' * (found is None)}{found or self.passed:.0f} s; "
            f"{worked:.0f} CPU s; spans that wait in full: {self.cleaner.backlog().due}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--minutes", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = build_house(load_settings(data_dir=Path(folder)), now=lambda: datetime.now(UTC))
        house.ensure_demo()
        simulator = Simulator(house.places.campus(CAMPUS))
        now = micros(datetime(2026, 11, 27, tzinfo=UTC))
        fault = [one for one in simulator.faults(now - 60 * 1440 * MINUTE, now) if one.kind == "watts"][-1]
        Run(house, simulator, (fault.start // MINUTE + 20) * MINUTE, given.days).run(
            given.minutes, fault.points[0]
        )
        house.close()


if __name__ == "__main__":
    main()
