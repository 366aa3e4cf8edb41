"""The table of what is measured."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from yuanli.telemetry import (
    UnitError,
    UnknownQuantityError,
    conversion,
    convert,
    find_quantity,
    quantities,
    quantity,
)

EQUIPMENT = Path(__file__).parents[2] / "src" / "yuanli" / "demo" / "equipment.yaml"


def test_every_point_of_the_demo_park_has_a_quantity() -> None:
    classes = re.findall(r"\[(\w+_\w+), ", EQUIPMENT.read_text("utf-8"))
    assert len(classes) > 20
    assert [name for name in classes if find_quantity(name) is None] == []


@pytest.mark.parametrize(
    ("brick", "name"),
    [("Zone_Air_Temperature_Sensor", "air_temperature"), ("CO2_Level_Sensor", "co2"), ("CO_Level_Sensor", "co"),
     ("Leaving_Chilled_Water_Temperature_Sensor", "chilled_water_temperature"), ("Occupancy_Sensor", "presence"),
     ("Occupancy_Count_Sensor", "people_count"), ("brick:Electrical_Energy_Sensor", "energy"),
     ("https://brickschema.org/schema/Brick#Zone_Air_Temperature_Setpoint", "temperature_setpoint"),
     ("Fan_Speed_Command", "speed_command"), ("Smoke_Alarm", "alarm"), ("Water_Pressure_Sensor", "water_pressure")],
)  # fmt: skip
def test_the_most_particular_pattern_holds(brick: str, name: str) -> None:
    found = find_quantity(brick)
    assert found is not None
    assert found.name == name


def test_every_row_is_sound() -> None:
    assert len(quantities()) >= 40
    for row in quantities().values():
        assert re.search("[一-鿿]", row.zh)
        assert row.hard[0] <= row.soft[0] < row.soft[1] <= row.hard[1], row.name
        for other in row.mixups:
            assert row.unit is not None
            factor, _ = conversion(other, row.unit)
            assert factor > 0


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (77, "°F", "°C", 25),
        (300, "K", "°C", 26.85),
        (25, "°C", "°F", 77),
        (1, "MWh", "kWh", 1000),
        (0.5, "fraction", "%", 50),
        (0.06, "% by volume", "ppm", 600),
        (1, "L/s", "m³/h", 3.6),
        (14.5038, "psi", "kPa", 100),
        (5, "degF", "F", 5),
    ],
)
def test_units_are_converted(value: float, source: str, target: str, expected: float) -> None:
    assert convert(np.array([value]), source, target)[0] == pytest.approx(expected, rel=1e-5)


def test_units_that_measure_other_things_and_unknown_names_are_refused() -> None:
    for source, target in (("kWh", "kW"), ("furlong", "m/s")):
        with pytest.raises(UnitError) as refused:
            conversion(source, target)
        assert refused.value.hint is not None
    with pytest.raises(UnknownQuantityError, match="phlogiston"):
        quantity("phlogiston")
    assert find_quantity("Luminaire") is None
