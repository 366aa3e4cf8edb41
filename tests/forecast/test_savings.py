from dataclasses import replace

import numpy as np
import pytest
from tests.forecast.parks import MONDAY

from yuanli.forecast import (
    DAY,
    HOUR,
    BaselineKind,
    History,
    InvalidSavingsError,
    NoBaselineError,
    SavingsParams,
    measure_savings,
)

BEFORE = (MONDAY, MONDAY + 365 * DAY)
AFTER = (MONDAY + 365 * DAY, MONDAY + 485 * DAY)
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def building(*, saved: float = 0.0, seed: int = 0, heating: float = 4.0) -> tuple[History, Floats, Floats]:
    """Return a building's kWh by the hour, with the weather and how many people are in it."""
    rng = np.random.default_rng(seed)
    hours = np.arange(485 * 24)
    season = 12 - 12 * np.cos(2 * np.pi * (hours / 24 + 60) / 365)
    temp = season + 4 * np.sin(2 * np.pi * (hours % 24 - 9) / 24) + np.repeat(rng.normal(0, 2, 485), 24)
    work = (hours // 24 % 7 < 5) & (hours % 24 >= 8) & (hours % 24 < 18)
    come = np.repeat(rng.uniform(0.3, 1.1, 485), 24)
    people = np.where(work, 200 * come, 5)
    used = 40 + heating * np.maximum(15 - temp, 0) + 0.3 * people + rng.normal(0, 4, len(hours))
    used[365 * 24 :] *= 1 - saved
    return History(values=used[None], start=MONDAY, step=HOUR), temp, people


@pytest.mark.parametrize("seed", range(3))
def test_what_was_saved_is_told_and_lies_in_its_interval(seed: int) -> None:
    load, temp, people = building(saved=0.12, seed=seed)
    found = measure_savings(load, BEFORE, AFTER, temp=temp, people=people)
    assert found.share == pytest.approx(0.12, abs=0.015)
    true = found.used / 0.88 * 0.12
    assert found.low - 0.01 * true <= true <= found.high + 0.01 * true
    assert found.sure


def test_a_warm_winter_is_no_saving() -> None:
    load, temp, people = building()
    warmer = temp.copy()
    warmer[365 * 24 :] += 4
    used = load.values + 4 * (np.maximum(15 - warmer, 0) - np.maximum(15 - temp, 0))
    found = measure_savings(replace(load, values=used), BEFORE, AFTER, temp=warmer, people=people)
    assert abs(found.share) < 0.02
    plain = measure_savings(
        replace(load, values=used),
        BEFORE,
        AFTER,
        params=SavingsParams(daily_cv_rmse=5, hourly_cv_rmse=5, nmbe=5),
    )
    assert abs(plain.share) > 0.04
    assert any("weather" in warning.en for warning in plain.warnings)


def test_fewer_people_are_no_saving_when_they_are_counted() -> None:
    load, temp, people = building()
    fewer = people.copy()
    fewer[365 * 24 :] *= 0.4
    used = load.values + 0.3 * (fewer - people)
    told = measure_savings(replace(load, values=used), BEFORE, AFTER, temp=temp, people=fewer)
    untold = measure_savings(replace(load, values=used), BEFORE, AFTER, temp=temp)
    assert abs(told.share) < 0.02 < untold.share
    threefold = people.copy()
    threefold[365 * 24 :] *= 3
    crowd = measure_savings(load, BEFORE, AFTER, temp=temp, people=threefold)
    assert any("outside the occupancy" in warning.en for warning in crowd.warnings)


def test_a_heated_building_has_a_balance_temperature() -> None:
    load, temp, people = building(heating=10)
    daily = measure_savings(
        load, BEFORE, AFTER, temp=temp, people=people, params=SavingsParams(hourly_cv_rmse=0.001)
    )
    assert daily.baseline.kind in (BaselineKind.HEATING, BaselineKind.BOTH)
    assert daily.baseline.balance[0] == pytest.approx(15, abs=3)
    assert daily.baseline.cv_rmse < 0.1


def test_a_short_or_unruly_baseline_is_refused() -> None:
    load, temp, _ = building()
    with pytest.raises(NoBaselineError, match="whole days"):
        measure_savings(load, (MONDAY, MONDAY + 40 * DAY), AFTER, temp=temp)
    noise = np.random.default_rng(0).exponential(50, load.values.shape) ** 3
    with pytest.raises(NoBaselineError, match="No regression fits"):
        measure_savings(replace(load, values=noise), BEFORE, AFTER, temp=temp)


def test_periods_that_overlap_or_hold_nothing_are_refused() -> None:
    load, temp, _ = building()
    with pytest.raises(InvalidSavingsError, match="baseline must end"):
        measure_savings(load, BEFORE, (MONDAY, MONDAY + DAY), temp=temp)
    with pytest.raises(InvalidSavingsError, match="no whole day"):
        measure_savings(load, BEFORE, (AFTER[1] + DAY, AFTER[1] + 9 * DAY), temp=temp)


def test_holes_are_borne_and_told() -> None:
    load, temp, people = building(saved=0.1)
    values = load.values.copy()
    values[0, ::11] = np.nan
    values[0, 370 * 24 : 390 * 24] = np.nan
    found = measure_savings(replace(load, values=values), BEFORE, AFTER, temp=temp, people=people)
    assert found.share == pytest.approx(0.1, abs=0.02)
    assert any("missing" in warning.en for warning in found.warnings)


def test_a_short_baseline_that_is_long_enough_is_warned_of() -> None:
    load, temp, people = building()
    found = measure_savings(load, (MONDAY + 200 * DAY, BEFORE[1]), AFTER, temp=temp, people=people)
    assert any("shorter than a year" in warning.en for warning in found.warnings)


def test_the_same_seed_gives_the_same_interval() -> None:
    load, temp, people = building()
    one, two = (measure_savings(load, BEFORE, AFTER, temp=temp, people=people) for _ in range(2))
    assert (one.low, one.high) == (two.low, two.high)
