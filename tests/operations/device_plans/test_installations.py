"""Sun, storages, cars and the air of rooms in drafts of device plans."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.api.house import CAMPUS, MONDAY
from tests.operations.device_plans.fans import campus_with_fans
from tests.operations.twins import tell

from yuanli.bootstrap import House
from yuanli.campus import DataPoint, Device, DeviceId, FeatureId, Imported, PointId
from yuanli.operations import (
    ClimateWish,
    DeviceWish,
    DeviceWishError,
    PlanDay,
    StorageKind,
    StorageWish,
    VehicleWish,
    read_beside,
)
from yuanli.operations.device_plans.climates import closed_band, fit_walls
from yuanli.operations.device_plans.replanning import rest_of
from yuanli.operations.device_plans.runs import PlanRun
from yuanli.operations.device_plans.solar import clear_sky
from yuanli.operations.device_plans.wishes import read_wish
from yuanli.scheduling import DEVICES, check_devices, contents_of, parse_devices, temps_of
from yuanli.solver import Search, Stop, make_plan

HALL, ROOM = FeatureId("room0-0"), FeatureId("room1-0")
CAR = VehicleWish(name="car", arrival="10:00", departure="15:00", energy_kwh=14)
BATTERY = StorageWish(name="battery", capacity_kwh=20, charge_kw=10, discharge_kw=10)
ICE = StorageWish(
    name="ice", kind=StorageKind.ICE, place=HALL, capacity_kwh=30, charge_kw=3, discharge_kw=6, efficiency=3
)


@pytest.fixture
def fitted(house: House) -> House:
    """The house with a battery and thermometers on the map, and four days of temperatures outside and in a room."""
    campus = campus_with_fans()
    features = dict(campus.features)
    for device in (
        Device(id=DeviceId(FeatureId("bat")), brick_class="Battery", name={"en": "Cellar battery"},
               extra={"capacity_kwh": 40, "power_kw": 20}),
        Device(id=DeviceId(FeatureId("bare")), brick_class="Battery", name={"en": "Bare battery"}),
    ):  # fmt: skip
        features[device.id] = device
    for name, brick, room in (
        ("out-t", "Outside_Air_Temperature_Sensor", None), ("hall-t", "Zone_Air_Temperature_Sensor", HALL)
    ):  # fmt: skip
        point = PointId(FeatureId(name))
        features[point] = DataPoint(id=point, brick_class=brick, unit="°C", space_id=room)
    house.places.add(Imported(campus=replace(campus, features=features)), who="test", why="t", replace=True)
    for hour in range(96, 0, -1):
        tell(house, MONDAY - timedelta(hours=hour), {"out-t": 32.0, "hall-t": 24.0})
    return house


def test_sun_storages_cars_and_air_are_drafted_solved_and_continued(fitted: House) -> None:
    wish = DeviceWish(
        day=PlanDay.TODAY, language="en", solar_kwp=8, storages=(BATTERY, ICE), vehicles=(CAR,),
        climates=(ClimateWish(place=ROOM, low_c=22, high_c=26),),
    )  # fmt: skip
    draft = fitted.device_drafts.draft(CAMPUS, wish)
    problem = parse_devices(json.dumps(draft.document).encode(), "d.json")
    assert [s.name for s in problem.storages] == ["battery", "ice", "Cellar battery"]
    assert any("Bare battery" in one.en for one in draft.left_out)
    task = next(d for d in problem.devices if d.name == "car").task
    assert task is not None
    assert (task.first, task.last, task.slots) == (0, 19, 8), "10:00 to 15:00 by the clock of Shanghai"
    assert problem.solar_kw is not None
    assert 3 < problem.solar_kw.max() < 8
    assert problem.solar_kw[-1] == 0, "the sun is down at midnight"
    air = next(z for z in problem.zones if z.climate is not None)
    assert (air.demand.max(), float(air.climate.outdoor_c[0])) == (0, 32)  # type: ignore[union-attr]
    assert read_wish(json.loads(json.dumps(draft.document["drafted"]["wish"]))) == wish

    plan = make_plan(DEVICES, problem, Search(Stop(time_s=None, rounds=60)))
    assert plan.status in ("optimal", "feasible"), plan.conflicts
    told = " ".join(text.en for text in plan.explanation)
    assert "battery" in told
    assert "PV" in told
    found = DEVICES.read_rows(problem, plan.assignments)
    run = PlanRun(
        id="r", campus_id=CAMPUS, job_id="j", name="n", at=MONDAY, approved_by="operator", begins_at=MONDAY,
        ends_at=MONDAY + timedelta(minutes=15) * problem.slots, slot_s=900, slots=problem.slots,
        devices=(), steps=(),
    )  # fmt: skip
    rest, start = rest_of(draft.document, problem, plan.assignments, run, 8)
    again = parse_devices(json.dumps(rest).encode(), "d.json")
    held = contents_of(problem.storages[0], found.storage[0], problem.slot_h)
    assert again.storages[0].content == pytest.approx(held[7])
    room = next(z for z in again.zones if z.climate is not None)
    assert room.climate is not None
    assert room.climate.temp_c == pytest.approx(temps_of(problem, air, found.on)[7], abs=1e-3)
    continued = check_devices(again, DEVICES.read_rows(again, start))
    assert not continued.broken, "what was planned may go on"


def test_rooms_that_measure_are_kept_comfortable_as_they_were(fitted: House) -> None:
    draft = fitted.device_drafts.draft(CAMPUS, DeviceWish(day=PlanDay.TODAY, climates=(ClimateWish(),)))
    zones = {zone["name"]: zone.get("climate") for zone in draft.document["zones"]}
    assert [air is not None for air in zones.values()] == [True, False]
    air = next(air for air in zones.values() if air)
    assert (air["temp_c"], air["low_c"][0], air["high_c"][0]) == (24, 20, 26)
    assert set(air["low_c"]) == {18, 20}, "a closed room is not cooled below the dew point"
    heats = [d["heat_kw"] for d in draft.document["devices"] if d.get("heat_kw")]
    assert len(heats) == 3
    assert max(heats) < 0


def test_a_closed_room_may_drift_but_is_not_driven_beyond_what_it_bears() -> None:
    summer, autumn, winter = (np.array([a, b]) for a, b in ((24.0, 35.0), (12.0, 24.0), (-5.0, 4.0)))
    assert closed_band(22, 26, cools=True, now_c=25, outside=summer) == (18, 80)
    assert closed_band(22, 26, cools=True, now_c=25, outside=autumn) == (12, 80)
    assert closed_band(20, 24, cools=False, now_c=19, outside=winter) == (5, 28)
    assert closed_band(20, 24, cools=False, now_c=3, outside=winter) == (3, 28)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"vehicles": (replace(CAR, energy_kwh=50),)}, "vehicles.car.energy_kwh"),
        ({"vehicles": (replace(CAR, device=FeatureId("bat")),)}, "vehicles.car.device"),
        ({"storages": (replace(ICE, place=FeatureId("nowhere")),)}, "storages.ice.place"),
        ({"climates": (ClimateWish(place=FeatureId("nowhere")),)}, "climates.nowhere"),
    ],
)
def test_what_does_not_fit_the_map_is_refused_at_its_field(
    fitted: House, wish: dict[str, object], field: str
) -> None:
    with pytest.raises(DeviceWishError) as refused:
        fitted.device_drafts.draft(CAMPUS, DeviceWish(day=PlanDay.TODAY, **wish))  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"cars": []}, "beside"),
        ({"vehicles": 3}, "vehicles"),
        ({"storages": [{"name": "b"}]}, "storages[0].capacity_kwh"),
        ({"storages": [{"name": "b", "capacity_kwh": "4"}]}, "storages[0].capacity_kwh"),
        (
            {"storages": [{"name": "b", "capacity_kwh": 4, "charge_kw": 1, "discharge_kw": -1}]},
            "storages.b.discharge_kw",
        ),
        ({"vehicles": [{"name": "c", "arrival": "25:00", "departure": "9:00", "energy_kwh": 1}]}, "vehicles.c.arrival"),
        ({"climates": [{"low_c": 26, "high_c": 22}]}, "climates.*.low_c"),
        ({"climates": [{"warm": 26}]}, "climates[0].warm"),
    ],
)  # fmt: skip
def test_a_table_that_is_wrong_names_its_field(told: dict[str, object], field: str) -> None:
    with pytest.raises(DeviceWishError) as refused:
        read_beside(told)
    assert refused.value.field == field


def test_walls_are_found_from_what_was_measured_and_not_from_what_tells_nothing() -> None:
    rng = np.random.default_rng(0)
    n, resistance, capacity = 28 * 96, 4.0, 1.5
    keep = np.exp(-0.25 / (resistance * capacity))
    hours = (np.arange(n) // 4) % 24
    outdoor = 30 + 5 * np.sin(2 * np.pi * hours / 24)
    heat = np.where((hours > 8) & (rng.random(n) < 0.5), -3.0, 0.0)
    temps = np.full(n, 26.0)
    for t in range(n - 1):
        settled = outdoor[t] + resistance * (heat[t] + 0.4 * (8 <= hours[t] < 19))
        temps[t + 1] = settled + (temps[t] - settled) * keep + rng.normal(0, 0.05)
    walls = fit_walls(temps, outdoor, heat, hours)
    assert walls is not None
    assert walls.resistance_c_per_kw == pytest.approx(resistance, rel=0.1)
    assert walls.capacity_kwh_per_c == pytest.approx(capacity, rel=0.1)
    assert walls.gains_kw[12] == pytest.approx(0.4, abs=0.1)
    assert fit_walls(temps, outdoor, np.zeros(n), hours) is None
    assert fit_walls(rng.normal(24, 1, n), outdoor, heat, hours) is None


def test_the_clear_sky_is_where_the_sun_is() -> None:
    """Beijing on the June solstice: the sun is 73.5° high at noon (12:16 by the clock), and down at night."""
    noon, night = (datetime(2026, 6, 21, hour, 16, tzinfo=UTC) for hour in (4, 16))
    high, dark = clear_sky([noon, night], lon=116.4, lat=39.9)
    height = np.sin(np.radians(90 - 39.9 + 23.44))
    assert high == pytest.approx(1098 * height * np.exp(-0.057 / height), rel=0.005)
    assert dark == 0
