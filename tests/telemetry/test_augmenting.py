"""Changed series and injected faults."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.telemetry.series import room, times

from yuanli.telemetry import (
    FaultParams,
    Reason,
    inject_faults,
    jitter,
    scaled,
    time_warped,
    truth,
    window_slices,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_same_seed_makes_the_same() -> None:
    for change in (jitter, scaled, time_warped):
        assert np.array_equal(change(room(), rng()), change(room(), rng()))
        assert not np.array_equal(change(room(), rng()), room())


def test_warped_time_keeps_both_ends_and_the_range() -> None:
    warped = time_warped(room(), rng())
    assert (warped[0], warped[-1]) == pytest.approx((room()[0], room()[-1]))
    assert room().min() <= warped.min() <= warped.max() <= room().max()
    assert len(time_warped(room()[:2], rng())) == 2


def test_slices_are_stretches_of_the_series() -> None:
    slices = window_slices(room(), rng(), length=12, count=5)
    assert slices.shape == (5, 12)
    joined = room().tobytes()
    assert all(row.tobytes() in joined for row in slices)
    with pytest.raises(ValueError, match="does not fit"):
        window_slices(room()[:5], rng(), length=6, count=1)


def test_injected_faults_lie_apart_and_all_else_is_as_it_was() -> None:
    at, value = times(28), room(28)
    made = inject_faults(at, value, rng(), codes=(85, -127), mixup=(1.8, 32.0))
    reasons = {fault.reason for fault in made.faults}
    assert {Reason.DRIFT, Reason.OFFSET, Reason.STUCK, Reason.UNIT, Reason.CLOCK, Reason.NOISE} <= reasons
    assert {
        Reason.SPIKE,
        Reason.SENTINEL,
        Reason.GAP,
        Reason.LATE,
        Reason.CONFLICT,
        Reason.DUPLICATE,
    } <= reasons
    ordered = sorted((fault.start, fault.end) for fault in made.faults)
    assert all(end < start for (_, end), (start, _) in pairwise(ordered))
    true = truth(at, made.faults)
    assert np.isin(at[true == 0], made.readings.at).all()
    clean = dict(zip(at[true == 0].tolist(), value[true == 0].tolist(), strict=True))
    came = zip(made.readings.at.tolist(), made.readings.value.tolist(), strict=True)
    ahead = {int(t) for fault in made.faults if fault.reason is Reason.CLOCK
             for t in at[(at >= fault.start - 3_600_000_000) & (at <= fault.end + 3_600_000_000)]}  # fmt: skip
    assert all(clean[t] == v for t, v in came if t in clean and t not in ahead)
    assert (np.diff(made.readings.received) >= 0).all()


def test_faults_that_find_no_room_are_left_out() -> None:
    made = inject_faults(times(0.1), room(0.1), rng(), codes=(85,))
    assert inject_faults(times(0), room(0), rng(), codes=(85,)).faults == ()
    assert not any(fault.reason is Reason.DRIFT for fault in made.faults)


def test_sizes_must_be_ranges() -> None:
    with pytest.raises(ValueError, match="drift_size"):
        FaultParams(drift_size=(2, 1))
