import sys
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.forecast.parks import MONDAY, park

from yuanli.forecast import HOUR, Calendar, History
from yuanli.forecast.features import known_at, past_of
from yuanli.forecast.replay import weekday_mean
from yuanli.forecast.ridge import Moments, fit_ridge, moments_of
from yuanli.forecast.trees import TreeParams, fit_trees

DAY_H, WEEK_H = 24, 7 * 24


def weeks(levels: list[float]) -> History:
    """Return a point that stands at one level a week."""
    return History(values=np.repeat(levels, WEEK_H)[None], start=MONDAY, step=HOUR)


def test_the_usual_is_the_mean_of_four_weeks_and_half_of_yesterdays_distance_is_added() -> None:
    known = known_at(past_of(weeks([10, 20, 30, 40, 50]), Calendar(), horizon=DAY_H), 5 * WEEK_H, DAY_H)
    np.testing.assert_allclose(known.usual, 35)
    np.testing.assert_allclose(known.week, 50)
    # Yesterday stood at 50 where the four weeks before it said 25.
    np.testing.assert_allclose(weekday_mean(known), 35 + 0.5 * 25)


def test_a_holiday_is_expected_to_be_like_the_last_sundays() -> None:
    sunday = np.where(np.arange(6 * WEEK_H) // DAY_H % 7 == 6, 2.0, 20.0)
    history = History(values=sunday[None], start=MONDAY, step=HOUR)
    calendar = Calendar(holidays=frozenset({date(2026, 4, 13)}))
    known = known_at(past_of(history, calendar, horizon=DAY_H), 6 * WEEK_H, DAY_H)
    np.testing.assert_allclose(known.usual, 2)
    plain = known_at(past_of(history, Calendar(), horizon=DAY_H), 6 * WEEK_H, DAY_H)
    np.testing.assert_allclose(plain.usual, 20)


def test_the_day_after_tomorrow_knows_nothing_of_tomorrow() -> None:
    origin, values = 8 * WEEK_H, park().values
    known = known_at(past_of(park(), Calendar(), horizon=48), origin, 48)
    np.testing.assert_allclose(known.week[:, 24:], values[:, origin - WEEK_H + 24 : origin - WEEK_H + 48])
    back = known.features["day_1_value"] * known.spread[:, None] + known.usual
    np.testing.assert_allclose(back[:, :24], values[:, origin - 24 : origin])
    np.testing.assert_allclose(back[:, 24:], values[:, origin - 24 : origin])


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 100), st.floats(-500, 500))
def test_the_means_move_and_stretch_with_their_values(scale: float, shift: float) -> None:
    history = park(n_points=2, weeks=6)
    moved = History(values=history.values * scale + shift, start=history.start, step=history.step)
    a, b = (known_at(past_of(h, Calendar(), horizon=DAY_H), 6 * WEEK_H, DAY_H) for h in (history, moved))
    np.testing.assert_allclose(b.usual, a.usual * scale + shift, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        weekday_mean(b), weekday_mean(a) * scale + shift, rtol=1e-4, atol=1e-4 * scale * 100
    )


def test_ridge_without_shrinking_is_least_squares_and_with_much_of_it_nought() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3, 60, 4)).astype(np.float32)
    truth = rng.normal(size=(3, 4, 1)).astype(np.float32)
    target = np.matmul(rows, truth)[:, :, 0]
    target[1, ::5] = np.nan
    moments = [moments_of(rows[:, :30], target[:, :30]), moments_of(rows[:, 30:], target[:, 30:])]
    np.testing.assert_allclose(fit_ridge(moments, shrink=1e-6).weights, truth[:, :, 0], rtol=1e-3, atol=1e-4)
    assert np.abs(fit_ridge(moments, shrink=1e9).weights).max() < 1e-3


def test_a_point_with_too_little_to_learn_from_keeps_the_usual() -> None:
    few = Moments(
        square=np.ones((1, 2, 2), np.float32),
        cross=np.ones((1, 2), np.float32),
        count=np.array([5], np.int64),
    )
    assert fit_ridge([few]).weights.tolist() == [[0.0, 0.0]]


def test_summer_time_does_not_move_the_day() -> None:
    """A load that follows London's clock is foreseen on the first day after the clocks have changed."""
    start = round(np.datetime64("2021-09-06T00:00", "us").astype(np.int64))
    utc = np.arange(9 * WEEK_H)
    local = utc + np.where(
        utc < (np.datetime64("2021-10-31T01") - np.datetime64("2021-09-06T00")).astype(int), 1, 0
    )
    history = History(values=(local % 24.0)[None], start=start, step=HOUR, zone="Europe/London")
    origin = 8 * WEEK_H
    known = known_at(past_of(history, Calendar(), horizon=DAY_H), origin, DAY_H)
    assert known.usual[0] == pytest.approx(history.values[0, origin : origin + DAY_H])


def test_where_there_is_too_little_for_trees_their_library_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    past = past_of(park(n_points=1), Calendar(), horizon=24)
    assert fit_trees(past, 42 * 24, horizon=24, params=TreeParams()) is None
