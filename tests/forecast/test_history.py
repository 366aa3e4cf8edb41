from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.forecast.parks import MONDAY, park

from yuanli.forecast import (
    DAY,
    HOUR,
    History,
    InvalidHistoryError,
    daily,
    history_of,
    without_stuck,
    without_zeros,
)
from yuanli.forecast.calendar import Calendar
from yuanli.forecast.grid import grid_of, taken
from yuanli.telemetry import Quality, Series


def test_readings_become_means_of_their_steps_and_bad_ones_are_left_out() -> None:
    at = MONDAY + np.array([0, HOUR // 2, HOUR, 2 * HOUR], dtype=np.int64)
    value = np.array([1.0, 3.0, 5.0, 999.0])
    quality = np.array([Quality.GOOD, Quality.ESTIMATED, Quality.GOOD, Quality.BAD], dtype=np.uint8)
    series = Series(
        point=1, at=at, raw=value, value=value, quality=quality, reason=np.zeros(4, dtype=np.uint32)
    )
    history = history_of([series], MONDAY, MONDAY + 4 * HOUR, step=HOUR)
    np.testing.assert_array_equal(history.values, [[2.0, 5.0, np.nan, np.nan]])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda h: replace(h, values=np.zeros(3)), "values"),
        (lambda h: replace(h, values=np.full((1, 30), np.inf)), "values"),
        (lambda h: replace(h, step=7 * 60_000_000 + 1), "step"),
        (lambda h: replace(h, zone="Europe/Atlantis"), "zone"),
        (lambda h: h.index(datetime(2026, 3, 2, 0, 20, tzinfo=UTC)), "origin"),
    ],
)
def test_a_history_that_can_not_be_says_what_is_wrong(wrong: Callable[[History], object], field: str) -> None:
    with pytest.raises(InvalidHistoryError) as refused:
        wrong(park())
    assert refused.value.field == field
    assert refused.value.message.zh
    assert refused.value.hint


def test_counts_become_numbers_that_can_be_missing() -> None:
    assert History(values=np.array([[1, 2]]), start=MONDAY, step=HOUR).values.dtype == np.float64


def test_zeros_are_missing_only_for_points_that_are_never_nought() -> None:
    history = History(values=np.array([[0.0, 1.0], [0.0, 1.0]]), start=MONDAY, step=HOUR)
    np.testing.assert_array_equal(without_zeros(history, [True, False]).values, [[np.nan, 1.0], [0.0, 1.0]])


def test_a_meter_that_hangs_is_missing_after_its_last_change_and_a_closed_room_is_not() -> None:
    moving = np.arange(200.0)
    moving[50:120] = 7.5
    closed = np.arange(200.0)
    closed[50:120] = 0.0
    found = without_stuck(History(values=np.stack([moving, closed]), start=MONDAY, step=HOUR)).values
    assert np.flatnonzero(np.isnan(found[0])).tolist() == list(range(51, 120))
    assert np.isfinite(found[1]).all()


def test_a_day_of_summer_time_has_25_hours_and_a_day_half_missing_is_missing() -> None:
    start = round(datetime(2021, 10, 29, 23, tzinfo=UTC).timestamp() * 1e6)
    values = np.ones((1, 24 + 25 + 24 + 10))
    values[0, 52:70] = np.nan
    days = daily(History(values=values, start=start, step=HOUR, zone="Europe/London"), total=True)
    np.testing.assert_array_equal(days.values, [[24.0, 25.0, np.nan]])
    assert (days.step, days.start) == (DAY, round(datetime(2021, 10, 30, tzinfo=UTC).timestamp() * 1e6))


def test_the_same_clock_a_day_ago_is_25_hours_ago_when_summer_time_has_ended() -> None:
    start = round(datetime(2021, 10, 20, tzinfo=UTC).timestamp() * 1e6)
    values = np.arange(24.0 * 14)[None]
    grid = grid_of(History(values=values, start=start, step=HOUR, zone="Europe/London"), Calendar())
    noon = np.array([24 * 12 + 12])
    assert (noon - grid.back(noon, 1)).tolist() == [24]
    assert (noon - grid.back(noon, 7)).tolist() == [7 * 24 + 1]


def test_columns_before_the_first_or_after_the_origin_are_not_there() -> None:
    found = taken(np.arange(5.0)[None], np.array([-1, 0, 3, 4]), 4)
    np.testing.assert_array_equal(found, [[np.nan, 0.0, 3.0, np.nan]])
