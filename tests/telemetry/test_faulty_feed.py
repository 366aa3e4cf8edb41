"""A month of real readings of nineteen points with 1,300 injected faults, against their labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from benchmarks.cleaning import Feed, facts_of, flagged, load_feed, taken, truth_of

from yuanli.telemetry import Quality, Reason, Series, judge

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "telemetry" / "faulty_feed"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data is not here")


@pytest.fixture(scope="module")
def feed() -> Feed:
    return load_feed(FOLDER)


@pytest.fixture(scope="module")
def judged(feed: Feed) -> tuple[Series, ...]:
    return judge(feed.readings, facts_of(feed.names))


@pytest.mark.parametrize("by_device_time", [True, False])
def test_faults_are_found_and_good_readings_left_alone(
    feed: Feed, judged: Sequence[Series], by_device_time: bool
) -> None:
    faulty, flags = [], []
    for name, series in zip(feed.names, judged, strict=True):
        came = np.isfinite(series.raw)
        labels = [label for label in feed.labels if label.point == name]
        faulty.append((truth_of(series, labels, by_device_time=by_device_time) != "")[came])
        flags.append(flagged(series)[came])
    true, said = np.concatenate(faulty), np.concatenate(flags)
    assert (true & said).sum() / said.sum() >= 0.96
    assert (true & said).sum() / true.sum() >= 0.72
    assert (said & ~true).sum() / (~true).sum() <= 0.008


def test_a_true_rollover_is_told_and_good(feed: Feed, judged: Sequence[Series]) -> None:
    for label in feed.labels:
        if label.fault == "counter_rollover_true":
            series = judged[feed.names.index(label.point)]
            row = int(np.searchsorted(series.at, label.start))
            near = slice(max(row - 6, 0), row + 96)
            rolled = (series.reason[near] & np.uint32(Reason.ROLLOVER)) != 0
            assert (series.quality[near][rolled] == Quality.GOOD).all()


def test_order_and_repetition_make_no_difference(feed: Feed, judged: Sequence[Series]) -> None:
    n = len(feed.readings)
    order = np.concatenate((np.random.default_rng(1).permutation(n), np.arange(n)))
    again = judge(taken(feed.readings, order), facts_of(feed.names))
    for a, b in zip(judged, again, strict=True):
        assert np.array_equal(a.value, b.value, equal_nan=True)
        assert np.array_equal(a.reason, b.reason)
        assert np.array_equal(a.quality, b.quality)
