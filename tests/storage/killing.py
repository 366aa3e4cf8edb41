"""A writer that is killed under load, again and again, and the check that nothing acknowledged is lost.

python -m tests.storage.killing STORE KILLS SEED: a process of its own, without threads, from which writers are forked.
STORE is a folder, or the URL of a PostgreSQL.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb  # noqa: F401 — so that the first compaction needn't wait for it
import numpy as np
from numpy.typing import NDArray
from tests.storage.reading_samples import DAY, FOREVER, HOUR, SECOND, START

from yuanli.operations import ReadingStore
from yuanli.storage import PostgresReadingStore, SqliteReadingStore
from yuanli.telemetry import Readings

POINTS = 50
STEP = 20 * 60 * SECOND
PACKING, PACKED = -1, -2
"""What a writer tells of its compaction, beside the numbers of batches."""
LATE = 7
"""Each so manyth batch is of a day that is packed already."""


@dataclass
class Outcome:
    """What killing a writer led to."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    torn: int = 0
    wrong: int = 0
    files: int = 0
    opened_in_s: list[float] = field(default_factory=list)


def batch(number: int, points: int = POINTS) -> Readings:
    """Return batch `number`: one time, all points; a late one is two days back."""
    at = START + number * STEP - (2 * DAY + STEP // 2 if number % LATE == 0 else 0)
    point = np.arange(1, points + 1, dtype=np.int32)
    times = np.full(points, at, np.int64)
    return Readings(point=point, at=times, value=value_of(point, times), received=times + SECOND)


def value_of(point: NDArray[np.int32], at: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray((point * 7919 + at // SECOND) % 1009 / 4, np.float64)


def in_database(where: str) -> bool:
    return where.startswith("postgresql")


def opened(where: str) -> ReadingStore:
    return PostgresReadingStore(where) if in_database(where) else SqliteReadingStore(Path(where))


def write_until_killed(where: str, first: int, acknowledge: Connection) -> None:
    """Write batches from two threads and send the number of each once it is on disk; pack all the time."""
    store = opened(where)
    lock, numbers = threading.Lock(), iter(range(first, first + 1_000_000))
    newest = first

    def write() -> None:
        nonlocal newest
        while True:
            with lock:
                number = next(numbers)
            store.write(batch(number))
            with lock:
                newest = max(newest, number)
                acknowledge.send(number)

    for _ in range(2):
        threading.Thread(target=write, daemon=True).start()
    with lock:
        acknowledge.send(PACKING)
    while in_database(where):
        time.sleep(1)
    while True:
        if store.compact(START + newest * STEP - 2 * HOUR):
            with lock:
                acknowledge.send(PACKED)


def kill_writers(where: str, kills: int, rng: random.Random) -> Outcome:
    """Kill as many writers of one store, and look for what they acknowledged.

    Each is killed at a random moment, some of them once they pack or have packed.
    """
    outcome, acknowledged, first = Outcome(), set[int](), 10 * LATE
    for _ in range(kills):
        mine, writer = started(write_until_killed, where, first)
        moment = rng.choice((None, PACKING) if in_database(where) else (None, PACKING, PACKED))
        told = None
        while told is None or (moment is not None and told != moment):
            told = mine.recv()
            acknowledged.add(told)
        time.sleep(rng.uniform(0, 0.5))
        os.kill(writer, signal.SIGKILL)
        try:
            while True:
                acknowledged.add(mine.recv())
        except EOFError:
            mine.close()
        os.waitpid(writer, 0)
        acknowledged -= {PACKING, PACKED}
        first = max(acknowledged, default=first) + 10
        mine, looker = started(look, where, acknowledged, first)
        seen: Outcome = mine.recv()
        mine.close()
        os.waitpid(looker, 0)
        outcome.opened_in_s += seen.opened_in_s
        outcome.files = seen.files
        outcome.kills += 1
        outcome.lost += seen.lost
        outcome.torn += seen.torn
        outcome.wrong += seen.wrong
    outcome.acknowledged = len(acknowledged) * POINTS
    return outcome


def started(run: Callable[..., None], *args: object) -> tuple[Connection, int]:
    """Fork a process; return where it sends, and its number."""
    mine, theirs = multiprocessing.Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        mine.close()
        try:
            run(*args, theirs)
        finally:
            os._exit(0)
    theirs.close()
    return mine, process


def look(where: str, acknowledged: set[int], last: int, tell: Connection) -> None:
    """Open the store that a killed writer left, and count what is not as it should be."""
    outcome, begun = Outcome(), time.perf_counter()
    points = np.arange(1, POINTS + 1, dtype=np.int32)
    store = opened(where)
    store.latest(points)
    outcome.opened_in_s.append(time.perf_counter() - begun)
    series = store.load(points, 0, FOREVER)
    times = np.array([batch(number, 1).at[0] for number in range(last)])
    has = np.sum([np.isin(times, one.at) for one in series], axis=0)
    taken = np.isin(np.arange(last), list(acknowledged))
    outcome.lost = int((POINTS - has)[taken].sum())
    outcome.torn = int(np.sum((has != 0) & (has != POINTS)))
    for one in series:
        outcome.wrong += len(one) - len(np.unique(one.at))
        outcome.wrong += int((one.raw != value_of(np.full(len(one), one.point, np.int32), one.at)).sum())
    outcome.files = 0 if in_database(where) else len(list((Path(where) / "readings").glob("*.parquet")))
    tell.send(outcome)


if __name__ == "__main__":
    found = kill_writers(sys.argv[1], int(sys.argv[2]), random.Random(int(sys.argv[3])))
    print(json.dumps(asdict(found)))
