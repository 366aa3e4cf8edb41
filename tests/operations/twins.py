"""The small building with sensors, meters and counters in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tests.api.house import CAMPUS, Clock, small_campus, small_house

from yuanli.bootstrap import House
from yuanli.campus import Campus, DataPoint, Device, DeviceId, FeatureId, Imported, PointId
from yuanli.operations import Delivery
from yuanli.telemetry import Decoded, Row

DEVICES: dict[str, tuple[str, str, dict[str, tuple[str, str | None]]]] = {
    "ahu-0": ("room0-0", "Fan_Coil_Unit", {
        "t00": ("Zone_Air_Temperature_Sensor", "°C"), "sp00": ("Zone_Air_Temperature_Setpoint", "°C"),
        "cmd00": ("On_Off_Command", None),
    }),
    "air-0": ("room0-0", "Sensor_Equipment", {
        "co200": ("CO2_Level_Sensor", "ppm"), "h00": ("Zone_Air_Humidity_Sensor", "%"),
    }),
    "pir-0": ("room0-0", "Occupancy_Sensor_Equipment", {"pir00": ("Occupancy_Sensor", None)}),
    "vav-1": ("room1-0", "VAV", {"t10": ("Zone_Air_Temperature_Sensor", "°F")}),
    "cam-1": ("room0-1", "People_Counter", {"n01": ("Occupancy_Count_Sensor", None)}),
    "vav-2": ("room0-1", "VAV", {"t01": ("Zone_Air_Temperature_Sensor", "°C")}),
    "smoke": ("room1-1", "Smoke_Detector", {"smoke11": ("Smoke_Alarm", None)}),
    "panel": ("room2-0", "Electrical_Meter", {"pw20": ("Electrical_Power_Sensor", "W")}),
    "panel-1": ("room2-1", "Electrical_Meter", {"pw21": ("Electrical_Power_Sensor", "kW")}),
    "main": ("block-a", "Building_Electrical_Meter", {
        "pwA": ("Electrical_Power_Sensor", "kW"), "kwhA": ("Electrical_Energy_Sensor", "kWh"),
    }),
    "lights": ("block-a", "Electrical_Meter", {"pwL": ("Electrical_Power_Sensor", "kW")}),
    "sun": ("block-a", "PV_Array", {"pv": ("Electrical_Power_Sensor", "kW")}),
    "door": ("entrance-0", "Entry_Exit_Counter", {
        "in": ("Entering_Count_Sensor", None), "out": ("Leaving_Count_Sensor", None),
    }),
    "ap": ("corridor-1", "Wireless_Access_Point", {"wifi1": ("WiFi_Occupant_Count_Sensor", None)}),
}  # fmt: skip
"""Devices by id: where, Brick class, points."""


def twin_campus() -> Campus:
    """Return the small campus with devices; the lights' meter measures a use, not the whole."""
    base = small_campus()
    building = next(f.id for f in base.features.values() if type(f).__name__ == "Building")
    features: dict[FeatureId, Device | DataPoint] = {}
    for name, (place, brick, points) in DEVICES.items():
        space = FeatureId(building if place == "block-a" else place)
        device_id = DeviceId(FeatureId(name))
        extra = {"use": "lighting"} if name == "lights" else {}
        features[FeatureId(name)] = Device(
            id=device_id, brick_class=brick, name={"zh": name, "en": name}, space_id=space, extra=extra
        )
        for point, (kind, unit) in points.items():
            point_id = PointId(FeatureId(point))
            features[FeatureId(point)] = DataPoint(
                id=point_id, brick_class=kind, device_id=device_id, space_id=space, unit=unit
            )
    return base.with_features({**features, FeatureId("meter"): None}, base.revision)


def twin_house(folder: Path, clock: Clock) -> House:
    """Return an installation that serves it."""
    house = small_house(folder, clock)
    house.places.add(Imported(campus=twin_campus()), who="test", why="test", replace=True)
    return house


def tell(house: House, at: datetime, values: Mapping[str, float]) -> None:
    """Push one reading of each point."""
    when = int(at.timestamp()) * 1_000_000
    rows = tuple(Row(point=p, at=when, value=v, number=i) for i, (p, v) in enumerate(values.items(), start=1))
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows))])
