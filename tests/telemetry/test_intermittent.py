"""What runs now and then is nothing wrong: roofs at night, charging posts, by power and by register."""

from __future__ import annotations

import numpy as np
import pytest

from yuanli.telemetry import FAULTS, PointFacts, Readings, Series, judge, quantity

QUARTER = 900_000_000
DAYS = 21
AT = np.arange(DAYS * 96, dtype=np.int64) * QUARTER
HOUR = (AT // 3_600_000_000) % 24 + (AT % 3_600_000_000) / 3.6e9


def beside(power: np.ndarray) -> tuple[Series, Series]:
    """Judge a power with the register that counts it."""
    register = np.round(5_000 + np.cumsum(power) / 4, 2)
    point = np.repeat(np.array([1, 2], np.int32), len(AT))
    found = judge(
        Readings(
            point=point,
            at=np.tile(AT, 2),
            value=np.concatenate([power, register]),
            received=np.tile(AT, 2) + 1,
        ),
        (
            PointFacts(point=1, quantity=quantity("power"), unit="kW", twin=2),
            PointFacts(point=2, quantity=quantity("energy"), unit="kWh"),
        ),
    )
    return found[0], found[1]


def flagged(series: Series) -> float:
    return float(np.mean((series.reason & FAULTS != 0) | np.isin(series.quality, (2, 3))))


def roof() -> np.ndarray:
    rng = np.random.default_rng(0)
    clouds = np.repeat(rng.uniform(0.4, 1, DAYS), 96)
    sun = np.maximum(np.sin(np.pi * (HOUR - 7) / 10), 0) * (HOUR > 7) * (HOUR < 17)
    return np.round(40 * sun * clouds * rng.normal(1, 0.01, len(AT)), 3)


def post() -> np.ndarray:
    rng = np.random.default_rng(1)
    power = np.zeros(len(AT))
    for day in range(DAYS):
        for begin in (35 + rng.integers(0, 5), 76 + rng.integers(0, 5)):
            power[day * 96 + begin : day * 96 + begin + rng.integers(6, 11)] = 7.0
    return power


@pytest.mark.parametrize("power", [roof(), post()], ids=["roof", "post"])
def test_a_load_that_comes_and_goes_is_not_flagged(power: np.ndarray) -> None:
    for series in beside(power):
        assert flagged(series) < 0.01


def test_a_run_in_watts_is_still_found() -> None:
    rng = np.random.default_rng(2)
    power = np.round(60 + 20 * np.sin(2 * np.pi * (HOUR - 9) / 24) + rng.normal(0, 1, len(AT)), 2)
    sent = power.copy()
    sent[1000:1030] *= 1000
    rate, _ = beside(sent)
    assert (rate.quality[1000:1030] >= 2).all()
    assert rate.value[1000:1030] == pytest.approx(power[1000:1030], rel=0.15)


def test_a_register_that_stands_still_while_others_of_its_days_run_is_stuck() -> None:
    rng = np.random.default_rng(3)
    power = np.round(5 + rng.uniform(0, 1, len(AT)), 2)
    register = np.round(5_000 + np.cumsum(power) / 4, 2)
    register[900:960] = register[900]
    (series,) = judge(
        Readings(point=np.full(len(AT), 2, np.int32), at=AT, value=register, received=AT + 1),
        (PointFacts(point=2, quantity=quantity("energy"), unit="kWh"),),
    )
    assert (series.quality[910:960] == 3).all()


def test_a_register_that_sends_more_often_than_before_is_not_stuck_by_that() -> None:
    """A past by quarters of an hour, then a night by the minute: as long a rest in fifteen times the readings."""
    last = AT[(DAYS - 1) * 96 + 88]
    minutes = last + 60_000_000 * np.arange(1, 9 * 60)
    register = np.round(5_000 + np.cumsum(post()) / 4, 2)
    at = np.concatenate([AT[last >= AT], minutes])
    value = np.concatenate([register[last >= AT], np.full(len(minutes), register[last >= AT][-1])])
    (series,) = judge(
        Readings(point=np.full(len(at), 2, np.int32), at=at, value=value, received=at + 1),
        (PointFacts(point=2, quantity=quantity("energy"), unit="kWh"),),
    )
    assert flagged(series) < 0.01
