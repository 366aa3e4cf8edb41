"""Readings are judged as they arrive, and in the end as if all had been judged together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.campus import (
    Campus,
    CampusId,
    DataPoint,
    Device,
    DeviceId,
    Feature,
    FeatureId,
    Imported,
    PointId,
    by_id,
)
from yuanli.errors import Text
from yuanli.operations import (
    Backlog,
    Cleaner,
    CleanerParams,
    Delivery,
    Intake,
    JudgedPoints,
    Places,
    PointBooks,
    StoreUnavailableError,
    Telemetry,
    Unjudged,
)
from yuanli.storage import SqlCampusStore, SqliteReadingStore, SqlUnjudgedStore, open_database
from yuanli.telemetry import BLOCK, Decoded, Quality, Row, convert

CAMPUS = CampusId("plant")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
EDGE = 733 * BLOCK
"""A time between two spans of four weeks."""
STEP = 900_000_000
POINTS = ("power", "energy", "t1", "t2")
AT_ONCE = CleanerParams(rest=0.0, slice_s=1e9)


class Seconds:
    """A clock that is moved by hand, or a step with each look."""

    def __init__(self) -> None:
        self.now = self.step = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Plant:
    """A campus of four points on stores of its own; `later` opens them again, as another process would."""

    def __init__(
        self,
        folder: Path,
        writer: str = "one",
        params: CleanerParams = AT_ONCE,
        cpu: Callable[[], float] = time.thread_time,
    ) -> None:
        self.folder, self.seconds = folder, Seconds()
        self.database = open_database(f"sqlite:///{folder / 'yuanli.db'}")
        self.places = Places(SqlCampusStore(self.database), lambda: NOW)
        if not self.places.summaries():
            self.places.add(Imported(campus=plant()), who="test", why="test")
        self.store = SqliteReadingStore(folder)
        self.telemetry = Telemetry(self.store, self.places, clock=lambda: NOW)
        self.notes = SqlUnjudgedStore(self.database)
        self.intake = Intake(self.store, PointBooks(self.places), clock=lambda: NOW, convert=convert)
        self.cleaner = Cleaner(
            self.telemetry.judging, self.places, self.notes,
            writer=writer, clock=self.seconds, cpu=cpu, params=params,
        )  # fmt: skip
        self.intake.guard_by(self.cleaner.guard)
        self.intake.on_readings(self.cleaner.hear)

    def take(self, rows: Sequence[Row]) -> None:
        self.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=tuple(rows)))])

    def held(self) -> list[object]:
        """Return all that is held of all points."""
        numbers = self.store.number_points(CAMPUS, ids())
        series = self.store.load(numbers, 0, 2**62)
        return [
            (one.point, one.at.tolist(), np.nan_to_num(one.raw, nan=-1e99).tolist(),
             np.nan_to_num(one.value, nan=-1e99).tolist(), one.quality.tolist(), one.reason.tolist())
            for one in series
        ]  # fmt: skip

    def latest(self, point: str) -> Quality:
        (value,) = self.telemetry.latest(CAMPUS, [PointId(FeatureId(point))])
        return value.quality

    def close(self) -> None:
        self.store.close()
        self.database.close()


def ids() -> list[PointId]:
    return [PointId(FeatureId(name)) for name in POINTS]


def plant() -> Campus:
    device = DeviceId(FeatureId("pump"))
    kinds = {"power": ("Electrical_Power_Sensor", "kW"), "energy": ("Electrical_Energy_Sensor", "kWh")}
    warm = ("Zone_Air_Temperature_Sensor", "°C")
    features: list[Feature] = [Device(id=device, brick_class="Pump")]
    for name in POINTS:
        brick_class, unit = kinds.get(name, warm)
        owner = device if name in kinds else None
        features.append(
            DataPoint(id=PointId(FeatureId(name)), brick_class=brick_class, unit=unit, device_id=owner)
        )
    features.append(DataPoint(id=PointId(FeatureId("riddle")), brick_class="Point"))
    return Campus(id=CAMPUS, name={"en": "Plant"}, features=by_id(features))


def recorded(steps: int = 480) -> list[Row]:
    """Return five days around a border of four weeks, with faults of several kinds, ordered by time."""
    rng = np.random.default_rng(3)
    hours = np.arange(steps) / 4
    power = 40 + 15 * np.sin((hours - 8) / 24 * 2 * np.pi) + rng.normal(0, 0.5, steps)
    columns = {
        "power": power,
        "energy": 5_000 + np.cumsum(power) / 4,
        "t1": 22 + np.sin(hours / 4) + rng.normal(0, 0.05, steps),
        "t2": 21 + np.sin(hours / 4) + rng.normal(0, 0.05, steps),
    }
    columns["t1"][200] = -999.0
    columns["t2"][300:340] = columns["t2"][300:340] * 1.8 + 32
    columns["power"][100:160] = columns["power"][100]
    columns["energy"][250:] -= 4_000
    rows = []
    for i in range(steps):
        if 380 <= i < 420:
            continue
        for name, values in columns.items():
            at = EDGE + (i - steps // 2) * STEP
            rows.append(
                Row(point=name, at=at, value=round(float(values[i]), 2), received=at + 2_000_000, number=i)
            )
    return rows


RECORDED = recorded()


@pytest.fixture(scope="module")
def judged_at_once() -> Iterator[list[object]]:
    with TemporaryDirectory() as folder:
        plant = Plant(Path(folder))
        plant.take(RECORDED)
        plant.telemetry.clean(CAMPUS)
        yield plant.held()
        plant.close()


@settings(max_examples=12, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.lists(
        st.tuples(st.floats(0.02, 1.0), st.sampled_from(["turn", "wait", "drain", "clean", "none"])),
        max_size=6,
    ),
    st.booleans(),
)
def test_whatever_comes_in_whatever_order_the_outcome_is_as_if_all_were_judged_at_once(
    judged_at_once: list[object], rng: Random, batches: list[tuple[float, str]], shuffled: bool
) -> None:
    with TemporaryDirectory() as folder:
        plant = Plant(Path(folder), params=CleanerParams(slice_s=1e9))
        rows = list(RECORDED)
        if shuffled:
            rng.shuffle(rows)
        sent = 0
        for share, then in [*batches, (1.0, "turn")]:
            end = min(len(rows), sent + 1 + int(share * len(rows)))
            batch = rows[sent:end] + rng.sample(rows[: max(end, 1)], k=min(40, end))
            rng.shuffle(batch)
            plant.take(batch or rows[:1])
            sent = end
            if then == "wait":
                plant.seconds.now += 1e6
            if then in ("turn", "wait"):
                plant.cleaner.turn()
            elif then == "drain":
                plant.cleaner.drain()
            elif then == "clean":
                plant.telemetry.clean(CAMPUS)
        plant.take(rows[sent:] or rows[:1])
        plant.cleaner.drain()
        assert plant.held() == judged_at_once
        assert (plant.cleaner.backlog().due, plant.notes.list_unjudged()) == (0, ())
        plant.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path, params=CleanerParams(slice_s=1e9))
    yield plant
    plant.close()


def test_a_new_reading_is_judged_at_once_though_its_group_rests(site: Plant) -> None:
    heard: list[JudgedPoints] = []
    stop = site.telemetry.on_judged(heard.append)
    site.take(RECORDED[:-4])
    site.cleaner.turn()
    assert site.cleaner.backlog().due == 0
    assert {point for one in heard for point in one.points} == set(ids())
    heard.clear()
    last = RECORDED[-1]
    site.take([Row(point="t1", at=last.at, value=-999.0, received=last.received, number=1)])
    assert site.latest("t1") is Quality.GOOD
    site.cleaner.turn()
    assert site.latest("t1") is Quality.BAD
    ((window,),) = [one.windows for one in heard]
    assert last.at is not None
    assert (window.start, window.end) == (last.at, last.at + 1)
    assert site.cleaner.backlog() == Backlog(due=0, resting=1)
    stop()
    site.seconds.now += 1e6
    site.cleaner.turn()
    assert (site.cleaner.backlog(), len(heard)) == (Backlog(due=0, resting=0), 1)


def test_much_that_comes_late_keeps_nothing_of_now_waiting(tmp_path: Path) -> None:
    plant = Plant(tmp_path, params=CleanerParams(slice_s=0.0, near_groups=1))
    last = RECORDED[-1]
    assert last.at is not None
    now = last.at + 30 * 86_400_000_000
    plant.take([replace(row, received=now) for row in RECORDED if row.point in ("power", "energy")])
    plant.take([Row(point="t1", at=now, value=-999.0, received=now, number=1)])
    plant.seconds.step = 1.0
    plant.cleaner.turn()
    assert plant.latest("t1") is Quality.BAD
    plant.close()


def test_nothing_of_now_waits_for_the_rest_after_what_comes_late(tmp_path: Path) -> None:
    cpu = Seconds()
    plant = Plant(tmp_path, params=CleanerParams(share=0.2, debounce_s=2.0), cpu=cpu)
    last = RECORDED[-1]
    assert last.at is not None
    now = last.at + 30 * 86_400_000_000
    plant.telemetry.on_judged(lambda one: setattr(cpu, "now", cpu.now + 10.0))
    pauses = list[float]()

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        plant.seconds.now += seconds
        fresh = Row(point="t1", at=now, value=-999.0, number=1)
        late = [row for row in RECORDED if row.point != "t1"]
        plant.take([replace(row, received=now) for row in (late, [fresh], late, [])[len(pauses) - 1]])
        return len(pauses) == 4

    plant.cleaner.run(wait)
    assert pauses == [2.0, 2.0, 40.0, 2.0]
    assert plant.latest("t1") is Quality.BAD
    plant.close()


def test_what_comes_now_is_judged_before_what_waits_in_full(tmp_path: Path) -> None:
    plant = Plant(tmp_path, params=CleanerParams(slice_s=0.0, near_groups=1))
    heard: list[JudgedPoints] = []
    plant.telemetry.on_judged(heard.append)
    last = RECORDED[-1]
    assert last.at is not None
    now = last.at + 60_000_000
    plant.take([replace(row, received=now) for row in RECORDED if row.point != "power"])
    plant.seconds.step = 1.0
    plant.cleaner.turn()
    plant.take([Row(point="t1", at=now, value=-999.0, received=now, number=1)])
    while plant.latest("t1") is Quality.GOOD:
        plant.cleaner.turn()
    windows = [window for one in heard for window in one.windows]
    full = [window.end - window.start > int(7300e6) for window in windows]
    seen = next(i for i, window in enumerate(windows) if window.end == now + 1)
    assert not any(full[: seen + 1])
    plant.cleaner.drain()
    assert plant.cleaner.backlog().due == 0
    plant.close()


@pytest.mark.parametrize(("rounds", "least"), [(2.0, 0), (0.0, 1)])
def test_what_is_due_is_worked_off_though_more_comes_than_can_be_judged(
    tmp_path: Path, rounds: float, least: int
) -> None:
    """One group a turn, readings of both before each: without rests as long as rounds something would always be due."""
    plant = Plant(tmp_path, params=CleanerParams(rest=0.0, rounds=rounds, slice_s=1.0))
    plant.seconds.step = 0.5
    start, due, resting = RECORDED[-1].at or 0, [], []
    for i in range(1, 30):
        at = start + i * STEP
        plant.take([Row(point=name, at=at, value=20.0, received=at, number=i) for name in ("power", "t1")])
        plant.cleaner.turn()
        plant.seconds.now += 10
        due.append(plant.cleaner.backlog().due)
        resting.append(plant.cleaner.backlog().resting)
    assert min(due[10:]) == least
    assert (max(resting) > 0) == (rounds > 0)
    plant.cleaner.drain()
    assert plant.cleaner.backlog() == Backlog(due=0, resting=0)
    plant.close()


def test_a_reading_far_ahead_hides_no_other_from_being_judged_at_once(site: Plant) -> None:
    site.take(RECORDED)
    site.cleaner.turn()
    at = (RECORDED[-1].at or 0) + 60_000_000
    ahead = Row(point="t1", at=at + 10**12, value=21.0, received=at, number=1)
    site.take([ahead])
    site.take([Row(point="t1", at=at, value=-999.0, received=at, number=2)])
    site.cleaner.turn()
    window = (at, at + 1)
    (series,) = site.store.load(site.store.number_points(CAMPUS, [PointId(FeatureId("t1"))]), *window)
    assert series.quality.tolist() == [Quality.BAD]


def test_what_no_rule_knows_waits_for_nothing(site: Plant) -> None:
    site.take([Row(point="riddle", at=EDGE, value=1.0, number=1)])
    site.cleaner.turn()
    assert (site.cleaner.backlog().due, site.notes.list_unjudged()) == (0, ())


def test_a_flood_of_readings_is_gathered_to_a_row_a_point_and_span(tmp_path: Path) -> None:
    plant = Plant(tmp_path, params=CleanerParams(most_rows=500))
    for _ in range(20):
        plant.take(RECORDED[:400])
    assert sum(len(points) for points, *_ in plant.cleaner._heard) <= 500
    assert plant.cleaner.backlog().due == 4
    plant.close()


def test_readings_that_can_t_be_noted_are_not_taken(site: Plant) -> None:
    class Full(SqlUnjudgedStore):
        def put_unjudged(self, notes: Sequence[Unjudged]) -> None:
            assert notes
            raise StoreUnavailableError(Text("磁盘已满", "the disk is full"))

    site.cleaner._notes = Full(site.database)
    with pytest.raises(StoreUnavailableError):
        site.take(RECORDED[:40])
    assert site.telemetry.latest(CAMPUS) == ()
    site.cleaner._notes = site.notes
    site.take(RECORDED[:40])
    assert len(site.telemetry.latest(CAMPUS)) == 4


def test_a_group_that_fails_is_tried_again_and_holds_up_no_other(site: Plant) -> None:
    site.take(RECORDED)
    judge = site.store.judge

    def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailableError(Text("磁盘已满", "the disk is full"))

    site.store.judge = refuse  # type: ignore[method-assign]
    for _ in ("near", "in full"):
        with pytest.raises(StoreUnavailableError):
            site.cleaner.turn()
    site.store.judge = judge  # type: ignore[method-assign]
    site.cleaner.turn()
    assert site.cleaner.backlog().due > 0
    site.seconds.now += 61
    site.cleaner.turn()
    assert site.cleaner.backlog().due == 0


def test_the_notes_of_a_process_that_lives_are_left_alone(tmp_path: Path) -> None:
    one, other = Plant(tmp_path, "one"), Plant(tmp_path, "other")
    one.take(RECORDED)
    noted = one.notes.list_unjudged()
    assert {(note.writer, note.block) for note in noted} == {("one", 732), ("one", 733)}
    other.cleaner.turn()
    assert other.notes.list_unjudged() == noted
    one.seconds.now += 11
    one.cleaner._settle()
    for _ in range(10):
        other.seconds.now += 11
        other.cleaner.turn()
    assert [note.beat for note in other.notes.list_unjudged()] == [1, 1]
    for _ in range(20):
        other.seconds.now += 11
        other.cleaner.turn()
    assert other.notes.list_unjudged() == ()
    one.close()
    other.close()


TAKEN = """
import sys, time
from pathlib import Path
from tests.operations.test_cleaning import Plant, RECORDED
plant = Plant(Path(sys.argv[1]), "killed")
plant.take(RECORDED[:900])
plant.cleaner.turn()
plant.take(RECORDED[900:])
print("taken", flush=True)
time.sleep(60)
"""


def test_what_was_not_judged_when_the_process_was_killed_is_judged_after_the_next_start(
    tmp_path: Path, judged_at_once: list[object]
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", TAKEN, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"taken\n"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    plant = Plant(tmp_path)
    assert plant.held() != judged_at_once
    plant.cleaner.turn()
    assert plant.held() == judged_at_once
    plant.seconds.now += 30
    plant.cleaner.turn()
    assert plant.notes.list_unjudged() == ()
    plant.close()
