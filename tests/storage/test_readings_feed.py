"""A real feed with faults, which comes in order, shuffled with repeats, and in late batches: the outcome is one."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.storage.reading_samples import DAY, FOREVER, SECOND, rows_of

from yuanli.storage import SqliteReadingStore
from yuanli.telemetry import Readings

FEED = Path(__file__).parents[2].parent / "shared" / "data" / "telemetry" / "faulty_feed" / "feed.csv.gz"


@pytest.fixture(scope="module")
def feed() -> Readings:
    if not FEED.exists():
        pytest.skip("the shared faulty feed is not here")
    with gzip.open(FEED, "rt") as file:
        rows = list(csv.DictReader(file))
    numbers = {point: number for number, point in enumerate(sorted({row["point"] for row in rows}))}
    return Readings(
        point=np.array([numbers[row["point"]] for row in rows], np.int32),
        at=np.array([microseconds(row["ts"]) for row in rows], np.int64),
        value=np.array([float(row["value"]) for row in rows], np.float64),
        received=np.array([microseconds(row["arrival"]) for row in rows], np.int64),
    )


def microseconds(told: str) -> int:
    return int(datetime.fromisoformat(told).replace(tzinfo=UTC).timestamp() * SECOND)


def taken(feed: Readings, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Readings:
    return Readings(
        point=feed.point[rows], at=feed.at[rows], value=feed.value[rows], received=feed.received[rows]
    )


def outcome(folder: Path, batches: list[Readings], *, packing: bool) -> tuple[object, ...]:
    store = SqliteReadingStore(folder)
    for number, batch in enumerate(batches):
        store.write(batch)
        if packing and number % 5 == 4:
            store.compact(int(np.quantile(batch.at, 0.6)) // DAY * DAY)
    points = np.unique(np.concatenate([batch.point for batch in batches]))
    came = store.arrivals(points, 0, FOREVER)
    told = (
        rows_of(store.load(points, 0, FOREVER)),
        *(column.tolist() for column in (came.point, came.at, came.value, came.received)),
        store.latest(points).value.tolist(),
    )
    store.close()
    return told


def test_a_faulty_feed_leaves_the_same_however_it_arrives(feed: Readings, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    everything = np.arange(len(feed))
    in_order = outcome(tmp_path / "a", [feed], packing=False)
    shuffled = rng.permutation(np.concatenate([everything, rng.choice(everything, 10_000)]))
    parts = [taken(feed, rows) for rows in np.array_split(shuffled, 8)]
    assert outcome(tmp_path / "b", parts, packing=True) == in_order
    late = np.concatenate([everything[everything % 50 > 0], everything[everything % 50 == 0]])
    parts = [taken(feed, rows) for rows in np.array_split(late, 12)]
    assert outcome(tmp_path / "c", parts, packing=True) == in_order
    first: dict[tuple[int, int], tuple[int, float]] = {}
    for point, at, value, received in zip(feed.point, feed.at, feed.value, feed.received, strict=True):
        key = (int(point), int(at))
        first[key] = min(first.get(key, (FOREVER, 0.0)), (int(received), float(value)))
    held = in_order[0]
    assert isinstance(held, list)
    assert [(row[0], row[1], row[2]) for row in held] == [(*key, first[key][1]) for key in sorted(first)]
