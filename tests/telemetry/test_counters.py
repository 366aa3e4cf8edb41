"""Registers: through their end, a reset, an exchange and gaps, on a meter of which every hour is known."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.telemetry.series import DAY, HOUR, METER, MINUTE, POWER, START, readings, together

from yuanli.telemetry import PointFacts, Quality, Reason, Series, by_day, consumption, judge, quantity

UTC = ZoneInfo("UTC")
STEP = 15 * MINUTE
AT = START + np.arange(6 * 96 + 1, dtype=np.int64) * STEP
POWERS = np.round(
    50 + 20 * np.sin((AT % DAY) / DAY * 2 * np.pi) + np.random.default_rng(0).normal(0, 2, len(AT)), 3
)
USED = np.concatenate(([0.0], np.cumsum(POWERS[1:] / 4)))
TRUE = np.diff(USED[::96])


def steps_of(register: NDArray[np.float64], keep: NDArray[np.bool_] | None = None) -> Series:
    kept = np.ones(len(AT), bool) if keep is None else keep
    return judge(readings(AT[kept], register[kept], point=2), (METER,))[0]


def marked(series: Series, reason: Reason) -> list[int]:
    return [int(k) for k in (series.at[(series.reason & np.uint32(reason)) != 0] - START) // STEP]


def test_a_plain_register_gives_each_day_exactly() -> None:
    totals = by_day(steps_of(1000 + USED), METER, UTC)
    assert totals.day[0] == date(2021, 9, 30)
    assert totals.amount == pytest.approx(TRUE, rel=1e-9)
    assert totals.estimated == pytest.approx(np.zeros(6))


def test_past_its_largest_number_a_register_goes_on_and_nothing_is_wrong() -> None:
    series = steps_of((98_000 + USED) % 100_000)
    assert marked(series, Reason.ROLLOVER) == [int(np.searchsorted(USED, 2_000))]
    assert (series.quality == Quality.GOOD).all()
    assert by_day(series, METER, UTC).amount == pytest.approx(TRUE, rel=1e-9)


def test_a_register_may_end_at_a_number_of_its_own() -> None:
    facts = PointFacts(point=2, quantity=quantity("energy"), unit="kWh", register_size=4096)
    series = judge(readings(AT, (3000 + USED) % 4096, point=2), (facts,))[0]
    assert by_day(series, facts, UTC).amount == pytest.approx(TRUE, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "reason"), [(-1.0, Reason.RESET), (7_000.0, Reason.SWAP), (-900.0, Reason.SWAP)]
)
def test_a_reset_and_an_exchanged_meter_cost_less_than_a_thousandth_of_the_day(
    change: float, reason: Reason
) -> None:
    register = 5_000 + USED
    register[200:] = register[200:] - register[200] if change == -1.0 else register[200:] + change
    series = steps_of(register)
    assert marked(series, Reason.RESET | Reason.SWAP) == [200]
    assert marked(series, reason) == [200]
    assert by_day(series, METER, UTC).amount == pytest.approx(TRUE, rel=1e-3)


def test_the_power_of_the_same_meter_tells_what_a_reset_hides_and_how_a_gap_ran() -> None:
    register = 5_000 + USED
    register[200:] -= register[200]
    kept = np.ones(len(AT), bool)
    kept[340:420] = False
    both = together(readings(AT[kept], register[kept], point=2), readings(AT, POWERS, point=3))
    series, power = judge(both, (METER, POWER))
    assert by_day(series, METER, UTC, rate=power).amount == pytest.approx(TRUE, rel=1e-6)
    alone = by_day(series, METER, UTC)
    assert alone.amount == pytest.approx(TRUE, rel=0.03)
    assert alone.estimated[3] > 0.4


def test_a_register_that_stuck_catches_up() -> None:
    register = 5_000 + USED
    register[250:330] = register[250]
    series = steps_of(register)
    assert set(marked(series, Reason.STUCK)) == set(range(250, 330))
    assert consumption(series, METER).amount.sum() == pytest.approx(USED[-1])


def test_one_wrong_number_in_a_register_is_no_reset() -> None:
    register = 5_000 + USED
    register[300] = 0.0
    series = steps_of(register)
    assert marked(series, Reason.SPIKE | Reason.SENTINEL) == [300]
    assert marked(series, Reason.RESET | Reason.SWAP | Reason.ROLLOVER) == []
    assert by_day(series, METER, UTC).amount == pytest.approx(TRUE, rel=1e-6)


def test_days_are_those_of_the_zone_and_may_have_25_hours() -> None:
    at = int(np.datetime64("2021-10-29T00:00", "us").astype(int)) + np.arange(5 * 24, dtype=np.int64) * HOUR
    series = judge(readings(at, np.linspace(100, 99 + len(at), len(at)), point=2), (METER,))[0]
    totals = by_day(series, METER, ZoneInfo("Europe/Berlin"))
    assert dict(zip(totals.day, totals.amount.round(6).tolist(), strict=True)) == {
        date(2021, 10, 30): 24.0, date(2021, 10, 31): 25.0, date(2021, 11, 1): 24.0, date(2021, 11, 2): 24.0,
    }  # fmt: skip


def test_nothing_was_counted_where_nothing_came() -> None:
    empty = judge(readings([], [], point=2), (METER,))[0]
    assert by_day(empty, METER, UTC).day == ()
    assert len(consumption(empty, METER)) == 0


@given(st.floats(0, 99_999), st.integers(0, 3))
def test_where_a_register_begins_makes_no_difference(begin: float, digits: int) -> None:
    series = steps_of(np.round((begin + USED) % 100_000, digits))
    assert consumption(series, METER).amount.sum() == pytest.approx(USED[-1], abs=3 * 10**-digits)
