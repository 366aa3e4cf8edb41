"""How many people there are: whatever sensors say, never fewer than nobody and never not a number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from yuanli.telemetry import (
    OccupancyParams,
    People,
    counted,
    fit_wifi_ratio,
    people_counted,
    people_from_co2,
    people_from_counters,
    people_from_presence,
    people_from_wifi,
)

ANYTHING = hnp.arrays(np.float64, (3, 6), elements=st.floats(-1e6, 1e9) | st.just(np.nan))
HOUR = 3_600_000_000


def sound(people: People, told: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    known = np.isfinite(told)
    assert np.isfinite(people.people[known]).all()
    assert np.isnan(people.people[~known]).all()
    assert (people.people[known] >= 0).all()
    assert (people.low[known] <= people.people[known] + 1e-9).all()
    assert (people.high[known] >= people.people[known] - 1e-9).all()
    assert (people.low[known] >= 0).all()


@given(ANYTHING, ANYTHING)
def test_no_counter_makes_less_than_nobody(
    one: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    other: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> None:
    resets = np.array([False, False, True, False, False, False])
    entered, left = counted(np.abs(one), resets), counted(np.abs(other), resets)
    assert (np.nan_to_num(entered) >= 0).all()
    sound(people_from_counters(entered, left), entered - left)
    sound(people_counted(one), one)
    sound(people_from_wifi(one), one)


@given(ANYTHING)
def test_no_air_makes_less_than_nobody(one: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    at = np.broadcast_to(np.arange(6, dtype=np.int64) * HOUR // 4, one.shape)
    sound(people_from_co2(one, at, np.array([0.0, 20.0, 1000.0])), one)
    sound(people_from_presence(one, np.array([np.nan, 4.0, 100.0])), one)


def test_who_came_in_less_who_left_is_inside_and_the_night_forgets_the_drift() -> None:
    entering = np.array([[100.0, 110.0, 125.0, 125.0, 130.0]])
    leaving = np.array([[90.0, 92.0, 120.0, 120.0, 121.0]])
    resets = np.array([False, False, False, True, False])
    people = people_from_counters(counted(entering, resets), counted(leaving, resets)).people
    assert people.tolist() == [[0.0, 8.0, 0.0, 0.0, 4.0]]


def test_a_counter_that_begins_again_goes_on_from_nought() -> None:
    registers = np.array([[65_530.0, 65_535.0, 4.0, np.nan, 10.0]])
    assert counted(registers, np.zeros(5, bool)).tolist() == [[0.0, 5.0, 9.0, 9.0, 15.0]]


def test_a_class_of_thirty_breathes_what_the_mass_balance_says() -> None:
    params = OccupancyParams()
    area, volume = 60.0, 60.0 * params.height_m
    steady = params.outdoor_ppm + 30 * params.co2_m3h / (params.air_changes_h * volume) * 1e6
    told = people_from_co2(np.array([[steady]]), np.zeros((1, 1), np.int64), np.array([area]))
    assert told.people[0, 0] == pytest.approx(30)
    assert told.low[0, 0] < 30 < told.high[0, 0]


def test_rising_air_tells_people_before_it_is_steady() -> None:
    params = OccupancyParams()
    volume, people, rate = 60.0 * params.height_m, 20, params.air_changes_h
    end = people * params.co2_m3h / (rate * volume) * 1e6
    hours = np.array([0.4, 0.5])
    air = params.outdoor_ppm + end * (1 - np.exp(-rate * hours))
    at = (hours * HOUR).astype(np.int64)
    told = people_from_co2(air[None, :], at[None, :], np.array([60.0]))
    assert told.people[0, 1] == pytest.approx(people, rel=0.1)


def test_presence_says_somebody_or_nobody() -> None:
    told = people_from_presence(np.array([[0.0], [1.0], [1.0]]), np.array([10.0, 10.0, np.nan]))
    assert told.people[:, 0].tolist() == [0.0, 4.0, 1.0]
    assert told.low[:, 0].tolist() == [0.0, 1.0, 1.0]
    assert told.high[:, 0].tolist() == [0.0, 10.0, 1.0]


def test_devices_are_calibrated_by_those_who_were_counted() -> None:
    devices = np.arange(1.0, 101.0)
    assert fit_wifi_ratio(devices, devices * 0.6) == pytest.approx(0.6)
    assert fit_wifi_ratio(devices[:5], devices[:5] * 0.6) == OccupancyParams().wifi_ratio
    assert fit_wifi_ratio(devices, devices * 100) == OccupancyParams().wifi_ratio
    asleep = np.full(len(devices) * 3, 250.0)
    beside = (np.append(devices, asleep), np.append(devices * 0.6, asleep * 0.01))
    assert fit_wifi_ratio(*beside) == pytest.approx(0.6)
    assert fit_wifi_ratio(np.full(100, np.nan), devices) == OccupancyParams().wifi_ratio
