from dataclasses import replace

import numpy as np
import pytest
from tests.forecast.parks import park

from yuanli.forecast import (
    HOUR,
    AnomalyKind,
    AnomalyParams,
    History,
    InvalidSystemError,
    find_anomalies,
    find_excess,
    find_night_excess,
    fit_system,
    score_system,
)
from yuanli.forecast.history import Floats

SINCE = 10 * 7 * 24


def test_quiet_weeks_raise_almost_nothing() -> None:
    found = find_anomalies(park(n_points=20), SINCE)
    assert len(found) <= 20 * 2 * 0.1


def test_a_night_left_on_is_found_with_its_cost_in_kwh() -> None:
    history = park(noise=1)
    values = history.values.copy()
    values[2, SINCE + 26 : SINCE + 30] += 200
    worst = find_anomalies(type(history)(values=values, start=history.start, step=history.step), SINCE)[0]
    assert (worst.point, worst.kind) == (2, AnomalyKind.UNUSUAL)
    assert (worst.start - history.start) // history.step == SINCE + 26
    assert (worst.end - worst.start) // history.step == 4
    assert worst.excess == pytest.approx(800, rel=0.05)
    assert worst.observed - worst.expected == pytest.approx(200, rel=0.05)
    assert "days like it say" in worst.evidence.en
    assert worst.evidence.zh


def test_a_meter_that_stands_still_all_day_is_found() -> None:
    history = park(noise=1)
    values = history.values.copy()
    values[1, SINCE + 24 : SINCE + 48] = values[1, SINCE + 24]
    found = find_anomalies(type(history)(values=values, start=history.start, step=history.step), SINCE)
    silent = [a for a in found if a.kind is AnomalyKind.SILENT]
    assert [(a.point, (a.start - history.start) // history.step) for a in silent] == [(1, SINCE + 24)]


def test_what_comes_later_does_not_change_what_was_found() -> None:
    history = park()
    values = history.values.copy()
    values[0, SINCE + 5 : SINCE + 9] *= 4
    changed = type(history)(values=values, start=history.start, step=history.step)
    short, whole = find_anomalies(changed.until(SINCE + 24), SINCE), find_anomalies(changed, SINCE)
    assert short
    assert set(short) <= set(whole)


def together(n_times: int, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return four signals that one driver moves, with a little noise."""
    rng = np.random.default_rng(seed)
    driver = rng.normal(size=n_times)
    return np.outer([1.0, -2.0, 0.5, 10.0], driver) + np.array([1, 2, 0.5, 10])[:, None] * rng.normal(
        0, 0.1, (4, n_times)
    )


def test_limits_are_passed_as_seldom_as_they_say() -> None:
    scores = score_system(fit_system(together(4000, 0)), together(4000, 1))
    assert scores.t2_over.mean() == pytest.approx(0.01, abs=0.008)
    assert scores.q_over.mean() == pytest.approx(0.01, abs=0.008)


def test_a_signal_that_leaves_the_others_is_blamed() -> None:
    signals = together(500, 1)
    signals[1, 100] += 4
    scores = score_system(fit_system(together(2000, 0)), signals)
    assert scores.q_over[100]
    assert scores.blamed("abcd", 100)[0][0] == "b"
    np.testing.assert_allclose(scores.blame.sum(axis=0), scores.q)


def test_a_driver_far_outside_is_seen_by_t2_though_the_signals_agree() -> None:
    signals = together(500, 1)
    signals[:, 7] = np.array([1.0, -2.0, 0.5, 10.0]) * 6
    scores = score_system(fit_system(together(2000, 0)), signals)
    assert scores.t2_over[7]
    assert not scores.q_over[7]


def test_constant_signals_and_missing_times_are_borne() -> None:
    signals = together(500, 0)
    signals[2] = 3.0
    signals[0, ::7] = np.nan
    scores = score_system(fit_system(signals), signals)
    assert np.isnan(scores.q[0])
    assert np.isfinite(scores.q[1])


def test_too_little_to_learn_a_system_from_is_refused() -> None:
    with pytest.raises(InvalidSystemError, match="1 signals"):
        fit_system(np.zeros((1, 100)))


def test_what_is_odd_but_small_is_not_worth_a_word() -> None:
    history = park(noise=0.01)
    values = history.values.copy()
    values[2, SINCE + 26 : SINCE + 30] *= 1.02
    odd = replace(history, values=values)
    assert find_anomalies(odd, SINCE, params=AnomalyParams(share=0))
    assert not find_anomalies(odd, SINCE)
    least = np.full(history.n_points, 0.01)
    assert find_anomalies(odd, SINCE, least=least, params=AnomalyParams(share=0))
    assert not find_anomalies(odd, SINCE, least=least * 1e6, params=AnomalyParams(share=0))


def test_what_a_point_often_does_is_not_worth_a_word() -> None:
    history = park(noise=0.01)
    values, rng = history.values.copy(), np.random.default_rng(3)
    jumps = rng.random(history.n_times) < 0.06
    values[1, jumps] *= 2
    often = replace(history, values=values)
    usual = len([a for a in find_anomalies(often, SINCE) if a.point == 1])
    strict = len([a for a in find_anomalies(often, SINCE, params=AnomalyParams(tail=1.0)) if a.point == 1])
    assert usual > 3
    assert strict < usual / 3


def test_a_span_lies_off_to_one_side() -> None:
    history = park(noise=1)
    values = history.values.copy()
    values[2, SINCE + 26 : SINCE + 29] += 200
    values[2, SINCE + 29 : SINCE + 32] -= 200
    found = find_anomalies(replace(history, values=values).until(SINCE + 48), SINCE)
    assert sorted(round(a.observed - a.expected, -2) for a in found if a.point == 2) == [-200, 200]


def nights(values: Floats) -> History:
    """Return a meter by the hour from a midnight on."""
    return History(values=values[None, :], start=1_777_593_600_000_000, step=HOUR, zone="UTC")


def test_two_weeks_of_nights_are_enough_to_judge_a_night_by() -> None:
    values = 10 + np.random.default_rng(0).normal(0, 0.1, 20 * 24)
    values[17 * 24 : 17 * 24 + 7] += 20
    assert [one.days for one in find_night_excess(nights(values), 15 * 24)] == [1]
    assert not find_night_excess(nights(values[5 * 24 :]), 10 * 24)


def test_a_meter_that_never_feeds_back_is_not_expected_to() -> None:
    hour = np.arange(28 * 24)
    values = np.where(hour % 24 == 12, 5.0 * (hour // 24 % 2), 0.0)
    values[21 * 24 :] = 0
    assert not find_excess(nights(values), 21 * 24)
