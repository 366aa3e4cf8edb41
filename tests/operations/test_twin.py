"""The twin tells of each place what its points say, and of larger places what those within add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.api.house import CAMPUS, MONDAY, Clock
from tests.operations.twins import tell, twin_campus, twin_house

from yuanli.bootstrap import House
from yuanli.campus import DataPoint, Device, DeviceId, FeatureId, Imported, PointId
from yuanli.operations import (
    UNITS,
    Every,
    PlaceKind,
    RangeError,
    ReadingVerdict,
    TwinQuantity,
    TwinState,
    TwinValue,
    UntoldPlaceError,
)
from yuanli.operations.twin_frames import SOURCES, Frames, Grid
from yuanli.operations.twin_plan import TwinPlan, plan_twin
from yuanli.telemetry import ComfortParams, OccupancyParams, Quality

PLAN = plan_twin(twin_campus())
BUILDING = next(place.id for place in PLAN.places if place.kind is PlaceKind.BUILDING)
AMOUNTS = (TwinQuantity.PEOPLE, TwinQuantity.POWER, TwinQuantity.DEVICES_ON, TwinQuantity.DEVICES_FAULT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    opened = twin_house(tmp_path, clock)
    yield opened
    opened.close()


def value_of(state: TwinState, place: str, quantity: TwinQuantity) -> TwinValue:
    (found,) = (own for own in state.places if own.id == place)
    return found.values[quantity]


def frames_of(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Frames:
    times = np.arange(values.shape[1], dtype=np.int64) * 600_000_000
    grid = Grid(
        value=values, at=np.broadcast_to(times, values.shape), quality=np.zeros(values.shape, np.uint8),
        times=times, nights=np.zeros(len(times), bool), days=np.zeros(len(times), bool),
    )  # fmt: skip
    return Frames(plan=PLAN, grid=grid, occupancy=OccupancyParams(), clothing=ComfortParams())


READ = hnp.arrays(
    np.float64, (len(PLAN.points), 3), elements=st.floats(0, 1e5, allow_subnormal=False) | st.just(np.nan)
)


@settings(max_examples=60, deadline=None)
@given(READ)
def test_whatever_points_say_sums_over_the_tree_agree(
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    frames = frames_of(values)
    for quantity in AMOUNTS:
        layer = frames.layer(quantity)
        for row in range(len(PLAN.places)):
            within = np.flatnonzero(PLAN.parent == row)
            inside = layer.value[within]
            summed = layer.source[row] == 3
            known = np.isfinite(inside).any(axis=0) if len(within) else np.zeros(3, bool)
            own_adds = quantity is TwinQuantity.POWER or quantity.value.startswith("devices")
            total = np.nansum(inside, axis=0) if len(within) else np.zeros(3)
            agree = layer.value[row] >= total - 1e-6 if own_adds else np.isclose(layer.value[row], total)
            assert (agree | ~(summed & known)).all(), (quantity, PLAN.places[row])
            assert (np.isfinite(layer.value[row]) | ~known).all()


@settings(max_examples=60, deadline=None)
@given(READ)
def test_a_mean_lies_between_what_it_is_of(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    layer = frames_of(values).layer(TwinQuantity.TEMPERATURE)
    for row in range(len(PLAN.places)):
        inside = layer.value[PLAN.parent == row]
        for column in range(3):
            known = inside[:, column][np.isfinite(inside[:, column])]
            if len(known):
                assert known.min() - 1e-6 <= layer.value[row, column] <= known.max() + 1e-6


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.float64, (len(PLAN.points), 3), elements=st.floats(-1e6, 1e9) | st.just(np.nan)))
def test_people_are_never_fewer_than_nobody_nor_infinite(
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    frames = frames_of(values)
    for quantity in TwinQuantity:
        layer = frames.layer(quantity)
        assert not np.isinf(layer.value).any()
        assert ((layer.coverage >= 0) & (layer.coverage <= 1)).all()
        assert ((layer.quality == Quality.MISSING) == np.isnan(layer.value)).all()
    people = frames.layer(TwinQuantity.PEOPLE)
    assert (np.nan_to_num(people.value) >= 0).all()
    assert people.low is not None
    assert people.high is not None
    known = np.isfinite(people.value)
    assert (people.low[known] <= people.value[known] + 1e-6).all()
    assert (people.high[known] >= people.value[known] - 1e-6).all()


GATES = {
    "gate-in": "Entering_Count_Sensor", "gate-out": "Leaving_Count_Sensor", "cars-in": "Vehicle_Entering_Count_Sensor",
}  # fmt: skip


def counted_since_the_night(plan: TwinPlan, told: dict[str, float]) -> dict[str, tuple[float, str | None]]:
    """The people of the site, the building and a level, and what told them, when registers and devices say so much."""
    values = np.full((len(plan.points), 2), np.nan)
    for row, point in enumerate(plan.points):
        if point.id in told:
            values[row] = 0.0 if "Count_Sensor" in point.brick_class else told[point.id], told[point.id]
    nights = np.array([True, False])
    grid = replace(frames_of(values).grid, nights=nights, days=nights)
    frames = Frames(plan=plan, grid=grid, occupancy=OccupancyParams(), clothing=ComfortParams())
    layer = frames.layer(TwinQuantity.PEOPLE)
    return {
        name: (round(float(layer.value[row, -1]), 6), SOURCES[layer.source[row, -1]])
        for name, row in (
            ("site", 0),
            ("building", plan.rows[BUILDING]),
            ("level", plan.rows[FeatureId("level-1")]),
        )
    }


@pytest.mark.parametrize(
    ("gates", "site"),
    [
        ({"gate-in": 90.0, "gate-out": 50.0}, (40.0, "counters")),
        ({"gate-in": 90.0, "gate-out": 50.0, "cars-in": 60.0}, (65.0, "sum")),
        ({"gate-in": 190.0, "gate-out": 50.0, "cars-in": 60.0}, (140.0, "counters")),
    ],
)
def test_gates_that_cars_pass_too_do_not_count_all_who_are_there(
    gates: dict[str, float], site: tuple[float, str]
) -> None:
    root = PLAN.places[0].id
    made: dict[FeatureId, Device | DataPoint] = {}
    for name in gates:
        device = DeviceId(FeatureId(f"{name}-counter"))
        made[FeatureId(device)] = Device(id=device, brick_class="Entry_Exit_Counter", name={}, space_id=root)
        point = PointId(FeatureId(name))
        made[FeatureId(name)] = DataPoint(
            id=point, brick_class=GATES[name], device_id=device, space_id=root, unit=None, name={}
        )
    plan = plan_twin(twin_campus().with_features(made, 1))
    assert counted_since_the_night(plan, {"in": 100.0, "out": 35.0, **gates})["site"] == site


def test_doors_of_a_house_where_people_sleep_are_not_believed_against_their_phones() -> None:
    plan = replace(PLAN, seats_within=np.full(len(PLAN.places), 600.0))
    doors = {"in": 40.0, "out": 36.0}
    assert counted_since_the_night(plan, {**doors, "wifi1": 10.0})["building"] == (4.0, "counters")
    asleep = counted_since_the_night(plan, {**doors, "wifi1": 300.0})
    assert asleep["building"] == asleep["site"] == (240.0, "sum")


@pytest.mark.parametrize(
    ("left", "devices", "people"),
    [(40.0, 4.0, 0.0), (10.0, 20.0, 16.0)],
    ids=["things that stay connected are nobody", "as many as came in"],
)
def test_connected_devices_of_levels_are_no_more_people_than_are_in_the_building(
    left: float, devices: float, people: float
) -> None:
    told = counted_since_the_night(PLAN, {"in": 40.0, "out": left, "wifi1": devices})
    assert told["level"] == (people, "wifi")


def test_rooms_are_weighted_by_their_floor_and_units_are_brought_together(house: House) -> None:
    tell(house, MONDAY, {"t00": 20.0, "t10": 77.0, "t01": 30.0})
    state = house.twin.state(CAMPUS, MONDAY)
    assert value_of(state, "room1-0", TwinQuantity.TEMPERATURE).value == pytest.approx(25.0)
    level = value_of(state, "level-0", TwinQuantity.TEMPERATURE)
    assert level.value == pytest.approx(22.5)
    assert (level.source, level.coverage) == ("mean", 1.0)
    site = value_of(state, BUILDING, TwinQuantity.TEMPERATURE)
    assert site.value == pytest.approx(25.0)
    assert (site.unit, site.age_s) == ("°C", 0.0)


def test_the_meter_of_a_building_is_all_of_it_and_the_sun_is_no_load(house: House) -> None:
    tell(house, MONDAY, {"pw20": 1500.0, "pw21": 2.5, "pwL": 3.0, "pv": 50.0})
    state = house.twin.state(CAMPUS, MONDAY)
    assert value_of(state, "room2-0", TwinQuantity.POWER).value == pytest.approx(1.5)
    assert value_of(state, BUILDING, TwinQuantity.POWER).value == pytest.approx(7.0)
    tell(house, MONDAY + timedelta(minutes=1), {"pwA": 20.0})
    state = house.twin.state(CAMPUS, MONDAY + timedelta(minutes=1))
    whole = value_of(state, BUILDING, TwinQuantity.POWER)
    assert (whole.value, whole.source) == (20.0, "measured")
    assert value_of(state, state.places[0].id, TwinQuantity.POWER).value == 20.0


def test_energy_counts_from_midnight_of_the_campus_clock(house: House) -> None:
    midnight = MONDAY.replace(hour=16) - timedelta(days=1)
    tell(house, midnight - timedelta(minutes=5), {"kwhA": 1000.0})
    tell(house, midnight + timedelta(hours=5), {"kwhA": 1040.0})
    tell(house, MONDAY, {"kwhA": 1100.0, "n01": 4.0})
    state = house.twin.state(CAMPUS, MONDAY)
    assert value_of(state, BUILDING, TwinQuantity.ENERGY_TODAY).value == pytest.approx(100.0)
    assert value_of(state, BUILDING, TwinQuantity.ENERGY_PER_PERSON).value == pytest.approx(25.0)
    earlier = house.twin.state(CAMPUS, midnight + timedelta(hours=5))
    assert value_of(earlier, BUILDING, TwinQuantity.ENERGY_TODAY).value == pytest.approx(40.0)


def test_what_was_kept_of_a_night_follows_what_its_readings_are_judged_to_be(house: House) -> None:
    midnight = MONDAY.replace(hour=16) - timedelta(days=1)
    tell(house, midnight - timedelta(minutes=10), {"kwhA": 1000.0})
    tell(house, midnight - timedelta(minutes=5), {"kwhA": 3.0})
    tell(house, MONDAY, {"kwhA": 1100.0})
    energy = [value_of(house.twin.state(CAMPUS, MONDAY), BUILDING, TwinQuantity.ENERGY_TODAY).value]
    house.overruling.overrule(
        CAMPUS, PointId(FeatureId("kwhA")), midnight - timedelta(minutes=6), midnight,
        verdict=ReadingVerdict.BAD, who="ana",
    )  # fmt: skip
    energy.append(value_of(house.twin.state(CAMPUS, MONDAY), BUILDING, TwinQuantity.ENERGY_TODAY).value)
    assert energy == [pytest.approx(1097.0), pytest.approx(100.0)]


def test_the_surest_way_of_counting_holds(house: House) -> None:
    tell(house, MONDAY, {"co200": 900.0, "pir00": 1.0, "n01": 7.0})
    state = house.twin.state(CAMPUS, MONDAY)
    air = value_of(state, "room0-0", TwinQuantity.PEOPLE)
    assert air.source == "co2"
    assert air.quality is Quality.ESTIMATED
    assert air.low is not None
    assert air.high is not None
    assert air.value is not None
    assert air.value >= 1
    assert air.low < air.value < air.high
    assert value_of(state, "room0-1", TwinQuantity.PEOPLE).value == 7.0
    whole = value_of(state, BUILDING, TwinQuantity.PEOPLE)
    assert whole.source == "sum"
    assert whole.value == pytest.approx(air.value + 7.0)


def test_nobody_is_there_where_nobody_is_seen_though_the_air_is_still_used(house: House) -> None:
    tell(house, MONDAY, {"co200": 1500.0, "pir00": 0.0})
    assert value_of(house.twin.state(CAMPUS, MONDAY), "room0-0", TwinQuantity.PEOPLE).value == 0.0


def test_the_doors_of_a_building_count_it_since_the_night(house: House) -> None:
    night = MONDAY.replace(hour=20) - timedelta(days=1)
    tell(house, night - timedelta(minutes=10), {"in": 500.0, "out": 420.0})
    tell(house, MONDAY, {"in": 560.0, "out": 435.0})
    whole = value_of(house.twin.state(CAMPUS, MONDAY), BUILDING, TwinQuantity.PEOPLE)
    assert (whole.value, whole.source) == (45.0, "counters")


def test_old_readings_do_not_hold_and_the_gap_is_told(house: House) -> None:
    tell(house, MONDAY - timedelta(hours=3), {"t00": 20.0, "cmd00": 1.0})
    state = house.twin.state(CAMPUS, MONDAY)
    told = value_of(state, "room0-0", TwinQuantity.TEMPERATURE)
    assert (told.value, told.quality, told.coverage) == (None, Quality.MISSING, 0.0)
    assert value_of(state, "room0-0", TwinQuantity.DEVICES_ON).value == 1.0


def test_a_bad_reading_leaves_the_one_before_it(house: House) -> None:
    tell(house, MONDAY - timedelta(minutes=10), {"t00": 20.0})
    tell(house, MONDAY, {"t00": float("nan")})
    told = value_of(house.twin.state(CAMPUS, MONDAY), "room0-0", TwinQuantity.TEMPERATURE)
    assert (told.value, told.age_s) == (20.0, 600.0)


def test_what_can_not_be_true_is_not_told_before_it_is_judged(house: House, clock: Clock) -> None:
    campus = house.places.campus(CAMPUS)
    meter = replace(campus.get("pwA", DataPoint), low=0.0, high=500.0)
    changed = campus.with_features({meter.id: meter}, campus.revision)
    house.places.add(Imported(campus=changed), who="test", why="test", replace=True)
    tell(house, clock.now - timedelta(minutes=5), {"pwA": 620.0})
    tell(house, clock.now, {"pwA": 380_000.0})
    assert value_of(house.twin.state(CAMPUS, clock.now), BUILDING, TwinQuantity.POWER).value == 620.0
    past = clock.now - timedelta(hours=1)
    told = house.twin.history(
        CAMPUS, TwinQuantity.POWER, past, clock.now + timedelta(minutes=1), every=Every.QUARTER
    )
    assert max(value or 0.0 for value in told.values[BUILDING]) == 620.0


def test_readings_of_tomorrow_are_not_of_now(house: House) -> None:
    tell(house, MONDAY, {"t00": 20.0})
    tell(house, MONDAY + timedelta(hours=9), {"t00": 35.0})
    told = value_of(house.twin.state(CAMPUS, MONDAY), "room0-0", TwinQuantity.TEMPERATURE)
    assert told.value == 20.0


def test_devices_run_are_set_and_fail(house: House) -> None:
    tell(house, MONDAY, {"cmd00": 1.0, "sp00": 24.0, "smoke11": 1.0})
    devices = {device.id: device for device in house.twin.state(CAMPUS, MONDAY).devices}
    unit, smoke = (
        devices[next(i for i in devices if i == "ahu-0")],
        devices[next(i for i in devices if i == "smoke")],
    )
    assert (unit.on, unit.setpoint, unit.fault) == (True, 24.0, None)
    assert (smoke.on, smoke.fault, smoke.place) == (None, True, "room1-1")


def test_one_level_is_told_with_the_buildings_around(house: House) -> None:
    tell(house, MONDAY, {"t00": 20.0, "t01": 21.0})
    places = {place.id for place in house.twin.state(CAMPUS, MONDAY, ordinal=1.0).places}
    assert {"room0-1", "level-0", "level-1", BUILDING} <= places
    assert "room0-0" not in places


def test_a_room_is_told_with_its_devices_and_points(house: House) -> None:
    tell(house, MONDAY, {"t10": 77.0})
    detail = house.twin.place(CAMPUS, FeatureId("room1-0"), MONDAY)
    (device,) = detail.devices
    assert device.points[0].value == pytest.approx(77.0)
    assert device.points[0].unit == "°F"
    assert house.twin.place(CAMPUS, FeatureId("room3-0"), MONDAY).state.values == {}
    with pytest.raises(UntoldPlaceError):
        house.twin.place(CAMPUS, FeatureId("nowhere"), MONDAY)


def test_history_has_a_frame_an_hour_and_gaps_are_gaps(house: House) -> None:
    for hour in (5, 4, 2, 1):
        tell(house, MONDAY - timedelta(hours=hour), {"t00": 20.0 + hour})
    told = house.twin.history(CAMPUS, TwinQuantity.TEMPERATURE, MONDAY - timedelta(hours=5), MONDAY)
    assert len(told.times) == 5
    assert told.values[FeatureId("room0-0")] == (25.0, 24.0, None, 22.0, 21.0)
    assert told.values[FeatureId("level-0")] == (25.0, 24.0, None, 22.0, 21.0)


def test_history_of_people_counts_doors_from_the_night_before_it_begins(house: House) -> None:
    night = MONDAY.replace(hour=20) - timedelta(days=1)
    for i in range(7):
        at = night + timedelta(hours=i)
        tell(house, at, {"in": 100.0 + 10 * i, "out": 50.0 + i})
    told = house.twin.history(CAMPUS, TwinQuantity.PEOPLE, MONDAY - timedelta(hours=2), MONDAY)
    assert told.values[BUILDING] == (36.0, 45.0)


@pytest.mark.parametrize("quantity", TwinQuantity)
def test_the_history_of_one_place_is_that_of_all_without_the_others(
    house: House, quantity: TwinQuantity
) -> None:
    asked = (CAMPUS, quantity, MONDAY - timedelta(hours=5), MONDAY)
    everywhere = house.twin.history(*asked)
    assert everywhere.values or quantity not in (
        TwinQuantity.PEOPLE,
        TwinQuantity.TEMPERATURE,
        TwinQuantity.POWER,
    )
    for place in house.twin.state(CAMPUS, MONDAY).places:
        told = house.twin.history(*asked, places=[place.id])
        assert told.times == everywhere.times
        assert dict(told.values) == {i: v for i, v in everywhere.values.items() if i == place.id}
    assert house.twin.history(*asked, places=[FeatureId("nowhere")]).values == {}


def test_too_much_history_is_refused(house: House) -> None:
    with pytest.raises(RangeError):
        house.twin.history(CAMPUS, TwinQuantity.CO2, MONDAY - timedelta(days=99), MONDAY)
    with pytest.raises(RangeError):
        house.twin.history(CAMPUS, TwinQuantity.CO2, MONDAY, MONDAY)
    days = house.twin.history(CAMPUS, TwinQuantity.CO2, MONDAY - timedelta(days=99), MONDAY, every=Every.DAY)
    assert len(days.times) == 100


def test_every_quantity_has_a_unit() -> None:
    assert set(UNITS) == set(TwinQuantity)
