"""Each rule on a case worked by hand: a plain room of eight days, and one thing wrong with it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.telemetry.series import (
    DAY,
    HOUR,
    METER,
    MINUTE,
    POWER,
    ROOM,
    START,
    found,
    judged,
    readings,
    room,
    times,
    together,
)

from yuanli.telemetry import FAULTS, FIRST_LOOK, LINEAGE, PointFacts, Quality, Reason, Series, judge, quantity

PLACE = 1000


def the_room(series: Series, place: int) -> tuple[float, Quality, Reason]:
    row = int(np.searchsorted(series.at, START + place * 5 * MINUTE))
    return float(series.value[row]), Quality(series.quality[row]), Reason(int(series.reason[row]))


def test_a_plain_room_has_nothing_wrong() -> None:
    series = judged(room())
    assert not (series.reason & np.uint32(FAULTS)).any()
    assert (series.quality == Quality.GOOD).all()
    assert np.array_equal(series.raw, room())


def test_the_same_reading_again_is_told_and_changes_nothing() -> None:
    plain = readings(times(), room())
    again = readings(times()[[PLACE]], room()[[PLACE]], lag_s=9)
    series = judge(together(plain, again), (ROOM,))[0]
    assert the_room(series, PLACE) == (room()[PLACE], Quality.GOOD, Reason.DUPLICATE)


def test_of_two_values_of_one_time_the_first_received_holds() -> None:
    plain = readings(times(), room())
    other = readings(times()[[PLACE]], [23.4], lag_s=9)
    for both in (together(plain, other), together(other, plain)):
        assert the_room(judge(both, (ROOM,))[0], PLACE) == (room()[PLACE], Quality.GOOD, Reason.CONFLICT)


def test_what_was_stored_and_sent_later_is_late_and_good() -> None:
    at = times()
    sent = {place: int(at[PLACE + 30]) + place for place in range(PLACE, PLACE + 20)}
    series = judge(readings(at, room(), received=sent), (ROOM,))[0]
    assert found(series, Reason.LATE) == list(range(PLACE, PLACE + 20))
    assert (series.quality == Quality.GOOD).all()


def test_a_reading_of_the_future_is_suspect() -> None:
    at = times()
    series = judge(readings(at, room(), received={PLACE: int(at[PLACE]) - 7 * MINUTE}), (ROOM,))[0]
    assert the_room(series, PLACE)[1:] == (Quality.SUSPECT, Reason.FUTURE)


@pytest.mark.parametrize("ahead_h", [1, -1])
def test_a_clock_that_was_an_hour_off_is_put_right(ahead_h: int) -> None:
    at, value, off = times(), room(), slice(PLACE, PLACE + 100)
    stamps = at.copy()
    stamps[off] += ahead_h * HOUR
    plain = readings(at, value)
    series = judge(type(plain)(point=plain.point, at=stamps, value=value, received=plain.received), (ROOM,))[
        0
    ]
    by_time = dict(zip(series.at.tolist(), series.value.tolist(), strict=True))
    assert [by_time[t] for t in at[off].tolist()] == value[off].tolist()
    first = PLACE if ahead_h > 0 else PLACE - 12
    assert {PLACE, PLACE + 99} <= set(found(series, Reason.CLOCK))
    assert set(found(series, Reason.CLOCK)) <= set(range(first, PLACE + 113))


def test_a_line_that_is_slow_is_no_clock_that_is_wrong() -> None:
    at = times()
    slow = {place: int(at[place]) + HOUR for place in range(PLACE, PLACE + 100)}
    kept = np.ones(len(at), bool)
    series = judge(readings(at[kept], room()[kept], received=slow), (ROOM,))[0]
    assert found(series, Reason.CLOCK) == []
    assert found(series, Reason.LATE) == list(range(PLACE, PLACE + 100))


def test_the_autumn_hour_of_a_local_clock_comes_twice() -> None:
    at, value = times(), room()
    fold = slice(PLACE, PLACE + 12)
    again = readings(at[fold], value[fold] + 0.5, lag_s=3602)
    plain = readings(at, value)
    bulk = together(plain, again)
    flat = type(plain)(
        point=bulk.point,
        at=bulk.at,
        value=bulk.value,
        received=np.sort(bulk.received)[-1] + np.arange(len(bulk)),
    )
    series = judge(flat, (ROOM,))[0]
    assert found(series, Reason.CLOCK) == list(range(PLACE, PLACE + 12))


@pytest.mark.parametrize("code", [-999.0, 85.0, -127.0, 65535.0])
def test_a_number_for_no_value_is_bad_and_what_was_there_is_estimated(code: float) -> None:
    value = room()
    value[PLACE] = code
    held, quality, reason = the_room(judged(value), PLACE)
    assert (quality, reason) == (Quality.BAD, Reason.SENTINEL)
    assert held == pytest.approx((value[PLACE - 1] + value[PLACE + 1]) / 2)


def test_what_is_impossible_is_bad_and_what_is_unusual_suspect() -> None:
    value = room()
    value[PLACE], value[1500:1510] = 71.5, 52.0 + np.arange(10) / 10
    series = judged(value)
    assert the_room(series, PLACE)[1:] == (Quality.BAD, Reason.HARD_RANGE)
    assert Reason.SOFT_RANGE in the_room(series, 1501)[2]


def test_a_points_own_limits_narrow_the_usual_range() -> None:
    facts = PointFacts(point=1, quantity=quantity("air_temperature"), unit="°C", low=0, high=22.0)
    series = judged(room(), facts)
    out = room() > 22
    assert np.array_equal((series.reason & np.uint32(Reason.SOFT_RANGE)) != 0, out)


@pytest.mark.parametrize(
    ("kind", "unit", "level", "factor", "offset"),
    [("air_temperature", "°C", 22, 1.8, 32), ("humidity", "%", 50, 0.01, 0), ("co2", "ppm", 600, 1e-4, 0),
     ("power", "kW", 40, 1000, 0), ("air_temperature", "°F", 72, 5 / 9, -160 / 9)],
)  # fmt: skip
def test_a_stretch_in_another_unit_is_told_with_what_it_should_be(
    kind: str, unit: str, level: float, factor: float, offset: float
) -> None:
    value = np.round((room() - 22) * level / 20 + level, 2)
    truth = value.copy()
    value[PLACE : PLACE + 60] = value[PLACE : PLACE + 60] * factor + offset
    series = judged(value, PointFacts(point=1, quantity=quantity(kind), unit=unit))
    assert found(series, Reason.UNIT) == list(range(PLACE, PLACE + 60))
    assert series.value == pytest.approx(truth)
    assert np.array_equal(series.raw, value)
    assert set(series.quality[PLACE : PLACE + 60]) == {Quality.SUSPECT}


def test_a_point_that_never_spoke_its_own_unit_is_told() -> None:
    assert len(found(judged(room() * 1.8 + 32), Reason.UNIT)) == len(room())


def test_a_spike_is_bad_and_a_step_is_none() -> None:
    value = room()
    value[PLACE] += 3
    value[1500:] += 1
    series = judged(value)
    assert found(series, Reason.SPIKE) == [PLACE]


def test_a_sensor_that_sticks_is_bad() -> None:
    value = room()
    value[PLACE : PLACE + 80] = value[PLACE]
    assert found(judged(value), Reason.STUCK) == list(range(PLACE, PLACE + 80))


def test_darkness_and_setpoints_may_last() -> None:
    dark = np.where(
        np.arange(2000) % 288 < 144, 0.0, np.random.default_rng(0).uniform(100, 900, 2000).round(1)
    )
    assert found(judged(dark, PointFacts(point=1, quantity=quantity("illuminance"))), Reason.STUCK) == []
    setpoint = PointFacts(point=1, quantity=quantity("temperature_setpoint"))
    assert found(judged(np.full(2000, 24.0), setpoint), FAULTS) == []


def test_a_burst_of_noise_is_suspect_within_a_few_readings() -> None:
    value = room()
    value[PLACE : PLACE + 90] += np.random.default_rng(1).normal(0, 0.8, 90)
    places = found(judged(value), Reason.NOISE)
    assert len(set(places) & set(range(PLACE, PLACE + 90))) > 80
    assert len(set(places) - set(range(PLACE, PLACE + 90))) < 8


def test_an_offset_has_two_edges() -> None:
    value = room(14)
    value[PLACE : PLACE + 180] -= 2.0
    assert found(judged(value), Reason.OFFSET) == list(range(PLACE, PLACE + 180))


def test_a_first_look_leaves_offsets_to_whole_days_and_finds_the_rest() -> None:
    value = room(14)
    value[PLACE : PLACE + 180] -= 2.0
    value[PLACE + 400] = 900.0
    (series,) = judge(readings(times(14), value), [ROOM], first_look=True)
    assert found(series, Reason.OFFSET) == []
    assert the_room(series, PLACE + 400)[1] is Quality.BAD
    assert {name for name, _ in LINEAGE} - {name for name, _ in FIRST_LOOK} == {"shifts", "beside_neighbours"}


def test_a_drift_grows_and_ends_at_one_blow() -> None:
    value = room(14)
    value[PLACE : PLACE + 500] += np.linspace(0, 3, 500)
    places = found(judged(value), Reason.DRIFT)
    assert places[-1] == PLACE + 499
    assert 350 < len(places) < 540


def test_a_step_that_the_next_room_makes_too_is_the_worlds() -> None:
    value, other = room(14), room(14, seed=5)
    value[PLACE : PLACE + 180] -= 2.0
    other[PLACE : PLACE + 180] -= 2.0
    at = times(14)
    facts = [
        PointFacts(point=1, quantity=ROOM.quantity, unit="°C", related=(4,)),
        PointFacts(point=4, quantity=ROOM.quantity, unit="°C", related=(1,)),
    ]
    both = judge(together(readings(at, value), readings(at, other, point=4)), facts)
    assert [found(series, Reason.OFFSET) for series in both] == [[], []]


def test_a_power_that_leaves_its_register_drifts_and_is_put_right() -> None:
    at = times(10, 15 * MINUTE)
    rng = np.random.default_rng(3)
    power = np.round(50 + 20 * np.sin((at % DAY) / DAY * 2 * np.pi) + rng.normal(0, 2, len(at)), 3)
    register = np.round(1000 + np.cumsum(power) / 4, 2)
    said = power.copy()
    said[300:500] += np.linspace(0, 12, 200)
    said[700:760] -= 8
    both = together(readings(at, register, point=2), readings(at, said, point=3))
    series = judge(both, (POWER, METER))[0]
    drift, offset = (
        ((series.reason & np.uint32(r)) != 0).nonzero()[0] for r in (Reason.DRIFT, Reason.OFFSET)
    )
    assert drift[-1] == pytest.approx(499, abs=2)
    assert len(drift) > 150
    assert (offset[0], offset[-1]) == pytest.approx((700, 759), abs=2)
    assert np.abs(series.value[drift] - power[drift]).mean() < 1


def test_short_gaps_are_filled_and_long_ones_begin_with_a_row_that_says_so() -> None:
    at, value = times(), room()
    kept = np.ones(len(at), bool)
    kept[PLACE], kept[1500:1530] = False, False
    series = judge(readings(at[kept], value[kept]), (ROOM,))[0]
    held, quality, reason = the_room(series, PLACE)
    assert (quality, reason) == (Quality.ESTIMATED, Reason.GAP)
    assert held == pytest.approx((value[PLACE - 1] + value[PLACE + 1]) / 2)
    held, quality, _ = the_room(series, 1500)
    assert np.isnan(held)
    assert quality is Quality.MISSING
    assert len(series) == kept.sum() + 2


def test_a_state_is_held_over_a_gap() -> None:
    at = times(2)
    kept = np.ones(len(at), bool)
    kept[100:106] = False
    facts = PointFacts(point=1, quantity=quantity("presence"))
    state = (np.arange(len(at)) // 50 % 2).astype(float)
    state[90:110] = 1.0
    series = judge(readings(at[kept], state[kept]), (facts,))[0]
    assert set(series.value[100:106]) == {1.0}
    assert set(series.quality[100:106]) == {Quality.ESTIMATED}
