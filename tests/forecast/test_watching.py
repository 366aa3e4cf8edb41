from pathlib import Path

import numpy as np
import pytest

from yuanli.forecast import (
    InvalidSystemError,
    InvalidWatchError,
    Signals,
    WatchParams,
    first_rows,
    signals_of,
    system_anomalies,
    watch_system,
)
from yuanli.forecast.signals import smoothed
from yuanli.telemetry import Series

SECOND = 1_000_000
SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "telemetry" / "skab"


def pump(n_times: int = 1200, seed: int = 0) -> Signals:
    rng = np.random.default_rng(seed)
    driver = rng.normal(0, 1, (2, n_times))
    mix = rng.normal(0, 1, (5, 2))
    values = mix @ driver + rng.normal(0, 0.3, (5, n_times)) + 10
    at = np.arange(n_times, dtype=np.int64) * SECOND
    return Signals(names=("flow", "current", "pressure", "speed", "heat"), at=at, values=values, step=SECOND)


def reference(signals: Signals) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.arange(len(signals.at)) < 400


def test_a_quiet_machine_is_hardly_ever_unusual() -> None:
    over = [watch_system(s, reference(s)).over[400:].mean() for s in map(lambda n: pump(seed=n), range(5))]  # noqa: C417
    assert float(np.mean(over)) <= 0.03


def test_a_signal_that_leaves_the_others_is_one_anomaly_and_blamed() -> None:
    signals = pump()
    signals.values[2, 700:900] += 6
    (found,) = system_anomalies(signals, reference(signals))
    assert abs(found.start / SECOND - 700) < 10
    assert 900 <= found.end / SECOND < 960
    assert found.blamed[0][0] == "pressure"
    assert found.score > 2


def test_still_signals_and_holes_are_borne_and_the_reference_is_never_told() -> None:
    signals = pump()
    signals.values[4] = 3.0
    signals.values[0, ::5] = np.nan
    signals.values[1, 100:110] += 30
    assert all(one.start >= 400 * SECOND for one in system_anomalies(signals, reference(signals)))


def test_too_little_reference_is_refused() -> None:
    signals = pump()
    with pytest.raises(InvalidSystemError):
        watch_system(signals, np.arange(1200) < 20)
    with pytest.raises(InvalidWatchError):
        WatchParams(smooth=0)
    assert (first_rows(1150), first_rows(300), first_rows(10_000)) == (400, 150, 1500)


def test_series_come_together_on_common_steps() -> None:
    def series(number: int, at: list[int], value: list[float]) -> Series:
        times = np.array(at, np.int64) * SECOND
        values = np.array(value)
        nothing = np.zeros(len(at), np.uint8)
        return Series(
            point=number,
            at=times,
            raw=values,
            value=values,
            quality=nothing,
            reason=nothing.astype(np.uint32),
        )

    found = signals_of(
        (series(1, [0, 60, 120, 600], [1, 2, 3, 4]), series(2, [1], [7])), ("a", "b"), held=(False, True)
    )
    assert found.step == 60 * SECOND
    np.testing.assert_array_equal(found.at // SECOND, [0, 60, 120, 600])
    np.testing.assert_array_equal(found.values, [[1, 2, 3, 4], [7, 7, 7, 7]])
    np.testing.assert_array_equal(found.gaps(), [True, False, False, True])


def test_means_do_not_look_past_a_gap_and_leave_out_what_is_missing() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0])
    gaps = np.array([True, False, False, True])
    np.testing.assert_allclose(smoothed(values, gaps, 3), [1, 1, 2, 5])


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not here")
def test_the_real_pump_is_watched_well_enough() -> None:
    from benchmarks.anomalies import counts_of_skab

    true, false, missed, quiet = counts_of_skab(SHARED)["all"]
    assert 2 * true / (2 * true + false + missed) >= 0.78
    assert false / (false + quiet) <= 0.25
