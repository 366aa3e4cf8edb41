from __future__ import annotations

import numpy as np
import pytest
from tests.demo.parks import THURSDAY, micros, park, simulator, told

from yuanli.campus import DataPoint, FeatureId, PointId
from yuanli.demo import Fault, Simulator

KINDS = {
    "stuck", "spike", "drift", "reset", "gap", "fahrenheit", "watts", "sentinel", "night_load", "valve", "leak",
    "miscount",
}  # fmt: skip
STEP = 900_000_000


def first(kind: str) -> Fault:
    start = micros(THURSDAY)
    return next(f for f in simulator().faults(start, start + 28 * 96 * STEP) if f.kind == kind)


def around(fault: Fault, point: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times from six hours before a fault to six after it, what its point tells, and whether the fault holds."""
    when = np.arange(fault.start - 24 * STEP, fault.end + 24 * STEP, STEP, dtype=np.int64)
    return (
        when,
        told(when, points=[fault.points[point]])[fault.points[point]],
        (when >= fault.start) & (when < fault.end),
    )


def test_each_kind_comes_in_any_four_weeks_with_words_and_points() -> None:
    start = micros(THURSDAY)
    found = simulator().faults(start, start + 28 * 96 * STEP)
    assert {fault.kind for fault in found} == KINDS
    for fault in found:
        assert fault.start < fault.end
        assert fault.told.zh
        assert fault.told.en
        assert fault.points
        assert all(isinstance(park().find(point), DataPoint) for point in fault.points)
    assert found == Simulator(park()).faults(start, start + 28 * 96 * STEP)


def test_a_stuck_sensor_tells_one_number_and_lives_again() -> None:
    _, value, now = around(first("stuck"))
    assert len(set(value[now].tolist())) == 1
    assert len(set(value[~now].tolist())) > 10


def test_a_spike_is_one_reading() -> None:
    _, value, now = around(first("spike"))
    assert now.sum() == 1
    assert value[now][0] > 2 * value[~now].max()


def test_a_gap_tells_nothing() -> None:
    fault = first("gap")
    when, _, now = around(fault)
    values = told(when, points=fault.points)
    for point in fault.points:
        assert np.isnan(values[point][now]).all()
        assert not np.isnan(values[point][~now]).any()


@pytest.mark.parametrize("kind", ["fahrenheit", "watts", "sentinel"])
def test_units_and_codes_are_far_off(kind: str) -> None:
    _, value, now = around(first(kind))
    assert np.median(value[now]) > 2 * np.median(value[~now])


def test_a_register_begins_again_at_nought_and_goes_on() -> None:
    _, value, _ = around(first("reset"))
    back = np.flatnonzero(np.diff(value) < 0)
    assert len(back) == 1
    assert value[back[0] + 1] < 5
    assert value[-1] > value[back[0] + 1]


def test_a_night_load_is_seen_by_power_and_register_alike() -> None:
    fault = first("night_load")
    assert fault.real
    classes = {point: park().get(point, DataPoint).brick_class for point in fault.points}
    for number, point in enumerate(fault.points):
        when, value, now = around(fault, number)
        if classes[point] == "Electrical_Power_Sensor":
            night = now & ((when // STEP) % 96 > 56)
            assert np.median(value[night]) > fault.size
        else:
            used = value[now][-1] - value[now][0]
            hours = (when[now][-1] - when[now][0]) / 3.6e9
            assert used > fault.size * hours


def test_a_leak_runs_all_night_and_stays_on_the_register() -> None:
    fault = first("leak")
    _, value, now = around(fault)
    rates = np.diff(value)[now[:-1]] * 4
    assert rates.min() >= fault.size * 0.99
    assert (np.diff(value) >= 0).all()


def test_a_stuck_valve_makes_heating_and_cooling_work_at_once() -> None:
    fault = first("valve")
    by_class = {park().get(p, DataPoint).brick_class: n for n, p in enumerate(fault.points)}
    _, cold, now = around(fault, by_class["Chilled_Water_Valve_Position_Sensor"])
    _, hot, _ = around(fault, by_class["Hot_Water_Valve_Position_Sensor"])
    assert (cold[now] == fault.size).all()
    assert hot[now].max() > 20 or not (cold[~now] > 0).any()


def test_a_counter_that_misses_people_never_catches_up() -> None:
    fault = first("miscount")
    left = fault.points[0]
    entered = PointId(FeatureId(left.replace("-p2", "-p1")))
    night = [fault.start // 1_000_000 - 600, fault.end // 1_000_000 + 600]
    when = np.array([at * 1_000_000 for at in night], np.int64)
    values = told(when, points=[left, entered])
    more = np.diff(values[entered])[0]
    fewer = np.diff(values[left])[0]
    assert fewer == pytest.approx(more * (1 - fault.size), rel=0.08)


def test_a_drift_grows_until_it_is_put_right() -> None:
    fault = first("drift")
    when, value, now = around(fault)
    late = np.flatnonzero(now)[-1]
    assert value[late] - value[late + 1] == pytest.approx(
        fault.size * (when[late] - fault.start) / 3.6e9, abs=1.0
    )


def test_the_truth_is_the_same_however_it_is_asked() -> None:
    start = micros(THURSDAY)
    whole = simulator().faults(start, start + 20 * 96 * STEP)
    halves = {
        *simulator().faults(start, start + 10 * 96 * STEP),
        *simulator().faults(start + 10 * 96 * STEP, start + 20 * 96 * STEP),
    }
    assert set(whole) == halves
