from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.demo.parks import (
    NATIONAL_DAY,
    SUMMER,
    SUNDAY,
    THURSDAY,
    WINTER,
    calm,
    micros,
    of_class,
    park,
    simulator,
    times,
    told,
)

from yuanli.campus import DataPoint, FeatureId, PointId
from yuanli.demo import Cadence, CommandRefusedError, NoSuchPointError, Simulator, TimeRefusedError
from yuanli.telemetry import Values


def at(hour: float) -> int:
    return int(hour * 4)


def point(text: str) -> PointId:
    return PointId(FeatureId(text))


def test_every_point_of_the_park_is_told() -> None:
    assert simulator().points == {p.id for p in park().of(DataPoint)}


def test_the_same_seed_and_time_tell_the_same_and_another_seed_another() -> None:
    when = times(THURSDAY + timedelta(hours=9), hours=1)
    one, two, other = (
        told(when, by=by) for by in (simulator(), Simulator(park()), Simulator(park(), seed=1))
    )
    assert all(np.array_equal(one[p], two[p], equal_nan=True) for p in one)
    sensors = [
        p.id for p in of_class("CO2_Level_Sensor", "Zone_Air_Temperature_Sensor", "Electrical_Power_Sensor")
    ]
    assert sum(np.array_equal(one[p], other[p]) for p in sensors) < 0.1 * len(sensors)


@settings(max_examples=6)
@given(st.integers(0, 40_000), st.integers(1, 6))
def test_a_moment_needs_no_past(minute: int, more: int) -> None:
    when = times(THURSDAY + timedelta(minutes=minute), hours=more * 2, step_min=120)
    some = [p.id for p in park().of(DataPoint) if p.id.startswith(("building", "f-1f", "gate"))]
    together, alone = (told(moments, points=some) for moments in (when, when[-1:]))
    assert all(np.array_equal(together[p][-1:], alone[p], equal_nan=True) for p in alone)


@pytest.mark.parametrize("day", [WINTER, SUMMER, SUNDAY])
def test_values_stay_within_the_ranges_of_their_points(day: object) -> None:
    when = times(day, hours=24)  # type: ignore[arg-type]
    values = told(when)
    sound = calm(int(when[0]), int(when[-1]) + 1)
    for one in park().of(DataPoint):
        if one.id in sound and one.low is not None and one.high is not None:
            assert not np.isnan(values[one.id]).any(), one.id
            assert values[one.id].min() >= one.low, one.id
            assert values[one.id].max() <= one.high, one.id


def test_registers_never_go_back_and_count_what_the_power_says() -> None:
    when = times(THURSDAY, hours=24, step_min=5)
    values = told(when, Cadence.MINUTE)
    sound = calm(int(when[0]), int(when[-1]) + 1)
    pairs = 0
    registers = {p.device_id: p.id for p in of_class("Electrical_Energy_Sensor")}
    for power in of_class("Electrical_Power_Sensor"):
        register = registers.get(power.device_id)
        if register in sound and power.id in sound:
            grown = np.diff(values[register])
            assert grown.min() >= 0, register
            used = float(np.mean(values[power.id]) * 24)
            assert values[register][-1] - values[register][0] == pytest.approx(used, rel=0.06, abs=4), (
                power.id
            )
            pairs += 1
    assert pairs > 100


def test_the_main_meter_is_the_sum_of_its_uses() -> None:
    when = times(THURSDAY, hours=24)
    values = told(when, Cadence.MINUTE)
    uses = ("lighting", "hvac", "plugs", "lifts", "special")
    for building in ("building-a", "building-f", "building-h"):
        parts = sum(values[point(f"{building}-{use}1-p1")] for use in uses)
        main = values[point(f"{building}-main1-p1")]
        assert np.diff(main) == pytest.approx(np.diff(parts), abs=0.06)


def test_people_come_eat_and_go() -> None:
    values = told(times(THURSDAY, hours=24), Cadence.MINUTE)
    doors = [f"c-1f-entrance{door}-doors1" for door in (1, 2, 3)]
    inside = np.sum([values[point(f"{d}-p1")] - values[point(f"{d}-p2")] for d in doors], axis=0)
    inside = inside - inside[0]
    assert inside[at(10.5)] > 400
    assert inside[at(12.4)] < 0.75 * inside[at(10.5)]
    assert abs(inside[at(3)]) <= 4
    halls = [
        p.id for p in of_class("Occupancy_Count_Sensor") if "Dining" in p.name["en"] and p.id.startswith("f-")
    ]
    eating = np.sum([values[hall] for hall in halls], axis=0)
    assert 11.75 <= int(np.argmax(eating)) / 4 <= 12.5
    assert eating.max() > 300


def test_fine_dust_indoors_follows_the_outdoors_less_where_fans_filter_it() -> None:
    when = times(THURSDAY, hours=24, step_min=30)
    sound = calm(int(when[0]), int(when[-1]) + 1)
    rooms = [p.id for p in of_class("PM2.5_Level_Sensor") if p.id.startswith(("a-", "b-")) and p.id in sound]
    values = told(when, points=[*rooms, point("venue-weather1-p6")])
    indoors = np.mean([values[one] for one in rooms], axis=0) / values[point("venue-weather1-p6")]
    assert len(rooms) > 50
    assert 0.4 < indoors[6:14].min() <= indoors[6:14].max() < 0.75
    assert 0.15 < indoors[20:36].min() <= indoors[20:36].max() < 0.55


def test_it_is_loud_where_many_people_eat_and_still_at_night() -> None:
    when = times(THURSDAY, hours=24, step_min=30)
    halls = [
        p.id for p in of_class("Sound_Level_Sensor") if p.id.startswith("f-") and "Dining" in p.name["en"]
    ]
    offices = [p.id for p in of_class("Sound_Level_Sensor") if p.id.startswith("a-5f")]
    values = told(when, points=halls + offices)
    eating, working = (np.mean([values[one] for one in some], axis=0) for some in (halls, offices))
    assert eating[6] < 36
    assert eating[24] > working[22] + 15
    assert eating[24] < 90
    assert 44 < working[22] < 60
    assert working[6] < 36


@pytest.mark.parametrize("day", [THURSDAY, SUNDAY])
def test_gates_let_in_those_who_are_in_the_buildings(day: datetime) -> None:
    when = times(day, hours=24, step_min=60)
    doors = of_class("Entering_Count_Sensor", "Leaving_Count_Sensor")
    values = told(when, Cadence.MINUTE, points=[p.id for p in doors])

    def inside(gates: bool) -> Values:
        signs = [
            (1 if "Enter" in p.brick_class else -1, values[p.id])
            for p in doors
            if p.id.startswith("gate-") is gates
        ]
        total = np.sum([sign * told for sign, told in signs], axis=0)
        return np.asarray(total - total[4])

    for hour in (10, 15, 19):
        assert inside(True)[hour] == pytest.approx(0.78 * inside(False)[hour], rel=0.25)


def test_days_off_are_quiet() -> None:
    work, rest, feast = (
        told(times(day, hours=24), Cadence.MINUTE)[point("building-a-main1-p2")]
        for day in (THURSDAY, SUNDAY, NATIONAL_DAY)
    )
    assert rest[at(11)] < 0.5 * work[at(11)]
    assert feast[at(11)] < 0.5 * work[at(11)]


def test_seasons_are_seasons() -> None:
    for day, low, high in ((WINTER, -6, 16), (SUMMER, 22, 41)):
        values = told(times(day, hours=72, step_min=60), Cadence.MINUTE)
        warmth, sun = (values[point(f"venue-weather1-p{n}")] for n in (1, 3))
        assert low < warmth.mean() < high
        assert sun[2] == 0
        assert 100 < sun.max() < 1200


def test_rooms_with_people_have_more_carbon_dioxide_and_light() -> None:
    when = times(THURSDAY, hours=24)
    values = told(when)
    sensors = [p for p in of_class("CO2_Level_Sensor") if p.space_id is not None and p.id.startswith("a-5f")]
    day = np.mean([values[p.id][at(10) : at(11.5)].mean() for p in sensors])
    night = np.mean([values[p.id][at(2) : at(4)].mean() for p in sensors])
    assert night < 460 < day
    lux = [values[point(p.id.replace("-p1", "-p3"))] for p in sensors]
    assert np.mean([one[at(2)] for one in lux]) < 1 < np.mean([one[at(11)] for one in lux])


def test_cars_fill_their_bays() -> None:
    values = told(times(THURSDAY, hours=24), Cadence.MINUTE)
    for taken in of_class("Parking_Occupied_Count_Sensor"):
        free = values[point(taken.id.replace("-p1", "-p2"))]
        bays = set((values[taken.id] + free).tolist())
        assert len(bays) == 1
        assert free.min() >= 0


def test_a_setpoint_is_obeyed_and_the_room_follows() -> None:
    known = Simulator(park())
    room = next(p for p in of_class("Zone_Air_Temperature_Setpoint") if p.id.startswith("a-4f"))
    warmth = point(room.id.replace("-p2", "-p1"))
    when = times(THURSDAY + timedelta(hours=9), hours=24)
    before = told(when, by=known)
    known.command(room.id, 28.0, micros(THURSDAY + timedelta(hours=10)))
    after = told(when, by=known)
    assert after[room.id][3] == before[room.id][3]
    assert after[room.id][5] == 28.0
    assert after[room.id][-1] == before[room.id][-1]
    assert after[warmth][12] > before[warmth][12] + 1
    assert after[warmth][3] == before[warmth][3]


def test_air_conditioning_goes_off_and_on_and_the_room_follows() -> None:
    known = Simulator(park())
    switch = next(p for p in of_class("On_Off_Command") if p.id.startswith("a-3f") and "-vav" in p.id)
    air, warmth, wished = (point(f"{switch.id.rsplit('-', 1)[0]}-p{number}") for number in (1, 2, 3))
    when = times(THURSDAY + timedelta(hours=10), hours=30)
    before = told(when, by=known)
    known.command(switch.id, 0.0, int(when[2]))
    known.command(switch.id, None, int(when[20]))
    after = told(when, by=known)
    assert (before[switch.id][2:20].tolist(), after[switch.id][2:20].tolist()) == ([1.0] * 18, [0.0] * 18)
    assert (after[switch.id][20:] == before[switch.id][20:]).all()
    assert (after[air][2:20].max(), after[air][:2].tolist()) == (0.0, before[air][:2].tolist())
    assert abs(after[warmth][19] - before[warmth][19]) > 0.5
    assert abs(after[warmth][-1] - before[warmth][-1]) < 0.1
    known.command(wished, 28.0, int(when[0]))
    assert told(when, by=known)[wished][1] == 28.0


def test_a_lamp_goes_off_with_its_light_and_on_again_when_it_is_let_go() -> None:
    known = Simulator(park())
    lamp = next(
        p for p in of_class("On_Off_Command")
        if p.id.startswith("a-5f") and point(f"{p.id.rsplit('-', 2)[0]}-air1-p3") in known.points
    )  # fmt: skip
    when = times(THURSDAY + timedelta(hours=10), hours=3)
    before = told(when, by=known)
    known.command(lamp.id, 0.0, int(when[2]))
    known.command(lamp.id, None, int(when[8]))
    after = told(when, by=known)
    assert after[lamp.id][2:8].tolist() == [0.0] * 6
    assert after[lamp.id][8:].tolist() == before[lamp.id][8:].tolist()
    lux = point(f"{lamp.id.rsplit('-', 2)[0]}-air1-p3")
    assert (after[lux][2:8] <= before[lux][2:8]).all()


@pytest.mark.parametrize("value", [99.0, -1.0, float("nan"), float("inf")])
def test_a_value_out_of_range_is_refused(value: float) -> None:
    room = of_class("Zone_Air_Temperature_Setpoint")[0]
    with pytest.raises(CommandRefusedError):
        Simulator(park()).command(room.id, value, micros(THURSDAY))


def test_what_measures_takes_no_command_and_what_is_not_there_neither() -> None:
    with pytest.raises(CommandRefusedError):
        simulator().command(of_class("CO2_Level_Sensor")[0].id, 500.0, micros(THURSDAY))
    with pytest.raises(NoSuchPointError):
        simulator().command("nowhere", 1.0, micros(THURSDAY))


def test_times_before_its_meters_and_out_of_order_are_refused() -> None:
    for wrong in ([0], [micros(THURSDAY), micros(THURSDAY)], list(range(5000))):
        with pytest.raises(TimeRefusedError):
            list(simulator().tell(np.array(wrong, np.int64)))
