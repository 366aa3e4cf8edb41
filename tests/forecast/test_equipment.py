"""Fault rules of air handlers: each fault put into a sound day is found, and a sound day is quiet."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.forecast.machines import MIDNIGHT, MINUTE, Columns, hours_of, recorded, sound_day

from yuanli.errors import InvalidInputError
from yuanli.forecast import (
    AirFaultParams,
    AirPoint,
    Signals,
    air_points,
    diagnose_air_handler,
    fault_rules,
    find_air_point,
)

P = AirPoint
SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "telemetry" / "lbnl_fdd"


def found(columns: Columns) -> set[str]:
    return {fault.rule.name for fault in diagnose_air_handler(recorded(columns))}


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000))
def test_a_sound_day_is_quiet(seed: int) -> None:
    assert found(sound_day(days=2, seed=seed)) == set()


def heating_valve_leaks(c: Columns) -> None:
    c[P.SUPPLY_TEMP] += np.where((hours_of(c) >= 9) & (c[P.FAN_STATUS] > 0), 8, 0)


def cooling_valve_stuck_open(c: Columns) -> None:
    c[P.SUPPLY_TEMP] -= np.where(c[P.COOLING_VALVE] == 0, 9, 0)


def damper_stuck_shut(c: Columns) -> None:
    c[P.MIXED_TEMP][:] = c[P.RETURN_TEMP]


def mixed_sensor_reads_high(c: Columns) -> None:
    c[P.MIXED_TEMP] += 18


def no_chilled_water(c: Columns) -> None:
    cooling = c[P.COOLING_VALVE] > 0
    c[P.COOLING_VALVE][cooling] = 1.0
    c[P.SUPPLY_TEMP][cooling] = c[P.MIXED_TEMP][cooling] + 1
    c[P.SUPPLY_SETPOINT][cooling] = 10


def no_hot_water(c: Columns) -> None:
    heating = c[P.HEATING_VALVE] > 0
    c[P.HEATING_VALVE][heating] = 1.0
    c[P.SUPPLY_TEMP][heating] = 15


def both_coils(c: Columns) -> None:
    c[P.HEATING_VALVE] += np.where(c[P.COOLING_VALVE] > 0, 0.3, 0)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (heating_valve_leaks, "warm_when_cooling"),
        (cooling_valve_stuck_open, "supply_off_mixed"),
        (cooling_valve_stuck_open, "cold_when_heating"),
        (damper_stuck_shut, "mixed_off_outdoor"),
        (mixed_sensor_reads_high, "mixed_too_warm"),
        (no_chilled_water, "warm_at_full_cooling"),
        (no_hot_water, "cold_at_full_heating"),
        (both_coils, "heating_and_cooling"),
    ],
)
def test_a_fault_put_in_is_found(broken: Callable[[Columns], None], rule: str) -> None:
    columns = sound_day()
    broken(columns)
    assert rule in found(columns)


def test_a_finding_says_when_how_much_and_why() -> None:
    columns = sound_day()
    no_hot_water(columns)
    fault = next(f for f in diagnose_air_handler(recorded(columns)) if f.rule.name == "cold_at_full_heating")
    assert MIDNIGHT + 6 * 60 * MINUTE <= fault.start < fault.end <= MIDNIGHT + 9.2 * 60 * MINUTE
    assert fault.exceeded == pytest.approx(4, abs=0.3)
    assert fault.evidence[P.SUPPLY_TEMP] == pytest.approx(15, abs=0.3)
    assert fault.rule.causes[0].zh
    assert "G36" in fault.rule.source


def test_half_an_hour_is_needed_and_a_change_of_state_is_waited_for() -> None:
    columns = sound_day()
    brief = (hours_of(columns) >= 11) & (hours_of(columns) < 11.4)
    columns[P.SUPPLY_TEMP][brief] += 10
    assert found(columns) == set()
    started = (hours_of(columns) >= 6) & (hours_of(columns) < 6.5)
    columns[P.SUPPLY_TEMP][started] -= 10
    assert found(columns) == set()


def test_fahrenheit_and_per_cent_make_no_difference() -> None:
    columns = sound_day()
    damper_stuck_shut(columns)
    imperial = {
        point: column * 1.8 + 32
        if point.endswith(("temp", "setpoint"))
        else column * 100
        if point in (P.OUTDOOR_DAMPER, P.COOLING_VALVE, P.HEATING_VALVE)
        else column
        for point, column in columns.items()
    }
    assert found(imperial) == found(columns)


def test_missing_points_leave_rules_out_and_holes_are_borne() -> None:
    columns = sound_day()
    no_hot_water(columns)
    for lacking in (P.MIXED_TEMP, P.RETURN_TEMP, P.OCCUPIED):
        del columns[lacking]
    columns[P.OUTDOOR_TEMP][::3] = np.nan
    assert "cold_at_full_heating" in found(columns)
    empty = Signals(names=("a", "b"), at=np.arange(3) * MINUTE, values=np.full((2, 3), np.nan), step=MINUTE)
    assert diagnose_air_handler(empty) == ()


@pytest.mark.parametrize(
    ("name", "brick", "point"),
    [
        ("AHU: Supply Air Temperature", None, P.SUPPLY_TEMP),
        ("AHU: Supply Air Temperature Cooling Set Point", None, P.COOLING_SETPOINT),
        ("AHU: Supply Air Duct Static Pressure Set Point", None, P.PRESSURE_SETPOINT),
        ("AHU: Return Air Fan Speed Control Signal", None, P.RETURN_FAN_SPEED),
        ("SA_TEMPSPT", None, P.SUPPLY_SETPOINT),
        ("OA_DMPR", None, P.OUTDOOR_DAMPER),
        ("mixedAirTemp (degF)", None, P.MIXED_TEMP),
        ("x", "brick:Mixed_Air_Temperature_Sensor", P.MIXED_TEMP),
        ("冷水阀开度", None, P.COOLING_VALVE),
        ("room humidity", None, None),
    ],
)
def test_points_are_known_by_class_or_name(name: str, brick: str | None, point: AirPoint | None) -> None:
    assert find_air_point(name, brick) == point


def test_every_rule_has_two_languages_a_source_and_causes() -> None:
    for rule in fault_rules():
        assert rule.title.zh
        assert rule.title.en
        assert rule.source
        assert rule.causes
        assert rule.severity in (1, 2, 3)


def test_parameters_below_nought_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="supply_k"):
        AirFaultParams(supply_k=-1)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not here")
def test_real_air_handlers_are_judged_by_day() -> None:
    from benchmarks.anomalies import days_of_air_handlers

    true, false, missed, _ = days_of_air_handlers(SHARED)
    assert true / (true + false) >= 0.9
    assert true / (true + missed) >= 0.5


def test_names_map_to_one_place_each() -> None:
    names = recorded(sound_day()).names
    assert sorted(air_points(names).values()) == list(range(len(names)))
