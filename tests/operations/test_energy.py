"""What places use: nothing twice, nothing lost, by the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.api.house import CAMPUS
from tests.operations.metered import (
    BUILDING,
    FIRST,
    GROUND,
    SHANGHAI,
    US,
    counting,
    meter,
    metered_campus,
    metered_house,
    send,
    stamps,
)

from yuanli.campus import DataPoint, FeatureId, PointId
from yuanli.operations import (
    Against,
    Delivery,
    EnergyPlaceKind,
    EnergyPlaceNotFoundError,
    Medium,
    Period,
    SpanError,
)
from yuanli.telemetry import Decoded, Reason, Row

DAY = datetime(2026, 5, 7, tzinfo=SHANGHAI)
NEXT = DAY + timedelta(days=1)
BEFORE, AFTER = DAY - timedelta(days=3), DAY + timedelta(days=3)


def test_a_main_meter_and_its_sub_meters_are_not_counted_twice(tmp_path: Path) -> None:
    campus = metered_campus(
        *meter("main", BUILDING, brick="Building_Electrical_Meter"), *meter("light", BUILDING, use="lighting"),
        *meter("panel-0", GROUND), *meter("panel-1", FIRST), *meter("chiller", "room0-0", brick="Chiller"),
    )  # fmt: skip
    house = metered_house(tmp_path, campus)
    for name, kw in {"main": 50, "light": 10, "panel-0": 12, "panel-1": 8, "chiller": 20}.items():
        counting(house, f"{name}-e", BEFORE, AFTER, kw)
    told = house.energy.summary(CAMPUS, DAY, NEXT, media=[Medium.ELECTRICITY])
    (site,) = told.media
    assert site.amount == pytest.approx(50 * 24)
    assert (site.meters, site.whole, site.covered, site.note) == (("main",), True, 1.0, None)
    flows = house.energy.flows(CAMPUS, DAY, NEXT)
    uses = {link.target: link.amount for link in flows.links if link.target.startswith("use:")}
    assert uses == {
        "use:lighting": pytest.approx(240), "use:hvac": pytest.approx(480), "use:other": pytest.approx(480),
    }  # fmt: skip
    (ground,) = house.energy.summary(CAMPUS, DAY, NEXT, place=FIRST, media=[Medium.ELECTRICITY]).media
    assert ground.amount == pytest.approx(8 * 24)
    (room,) = house.energy.summary(
        CAMPUS, DAY, NEXT, place=FeatureId("room1-1"), media=[Medium.ELECTRICITY]
    ).media
    assert room.amount is None
    assert room.note is not None
    assert "panel-1" in room.note.en


def test_what_goes_into_each_node_comes_out_again(tmp_path: Path) -> None:
    campus = metered_campus(
        *meter("main", BUILDING, brick="Building_Electrical_Meter"), *meter("light", BUILDING, use="lighting"),
        *meter("pv", BUILDING, brick="PV_Array"),
    )  # fmt: skip
    house = metered_house(tmp_path, campus)
    counting(house, "main-e", BEFORE, AFTER, 10)
    counting(house, "light-e", BEFORE, AFTER, 12)
    at = stamps(BEFORE, AFTER)
    sunny = ((at // US - int(DAY.timestamp())) % 86400 // 3600 >= 12) * 40.0 * 0.25
    send(house, "pv-e", at, np.cumsum(np.concatenate(([0.0], sunny[:-1]))))
    flows = house.energy.flows(CAMPUS, DAY, NEXT)
    amounts = {node.id: node.amount for node in flows.nodes}
    assert amounts["supply:grid"] == pytest.approx(120)
    assert amounts["supply:pv"] == pytest.approx(480)
    assert amounts["export"] == pytest.approx(360)
    for node in flows.nodes:
        into = sum(link.amount for link in flows.links if link.target == node.id)
        out = sum(link.amount for link in flows.links if link.source == node.id)
        assert node.kind in ("supply", "use", "export") or into == pytest.approx(out)
    assert flows.scaled == (BUILDING,)


def test_a_feeder_that_feeds_meters_stands_for_them(tmp_path: Path) -> None:
    campus = metered_campus(
        *meter("feeder", "room0-0", feeds=["panel-0", "panel-1"]), *meter("panel-0", GROUND),
        *meter("panel-1", FIRST), *meter("transformer", "room0-0", brick="Transformer"),
    )  # fmt: skip
    house = metered_house(tmp_path, campus)
    for name, kw in {"feeder": 21, "panel-0": 12, "panel-1": 8, "transformer": 99}.items():
        counting(house, f"{name}-e", BEFORE, AFTER, kw)
    (total,) = house.energy.summary(CAMPUS, DAY, NEXT, media=[Medium.ELECTRICITY]).media
    assert total.meters == ("feeder",)
    assert total.amount == pytest.approx(21 * 24)


@pytest.mark.parametrize("kind", ["rollover", "reset", "swap up", "swap down"])
@pytest.mark.parametrize("every", [Period.HOUR, Period.DAY, Period.MONTH])
def test_energy_goes_on_through_rollovers_resets_and_exchanges(
    tmp_path: Path, kind: str, every: Period
) -> None:
    campus = metered_campus(
        *meter("main", BUILDING, brick="Building_Electrical_Meter", rate="Electrical_Power_Sensor")
    )
    house = metered_house(tmp_path, campus)
    at = stamps(BEFORE - timedelta(days=14), AFTER)
    load = 30 + 10 * np.sin(np.arange(len(at)) / 96 * 2 * np.pi)
    total = 98_000 + np.concatenate(([0], np.cumsum(load[:-1]) / 4))
    broken = at >= int((DAY + timedelta(hours=9, minutes=20)).timestamp()) * US
    first = total[broken][0]
    value = {
        "rollover": np.where(broken, total - first + 1.0, total + (100_000 - first) + 1.0),
        "reset": np.where(broken, total - first, total),
        "swap up": np.where(broken, total + 700_000, total),
        "swap down": np.where(broken, total - first + 40_000, total),
    }[kind]
    send(house, "main-e", at, value)
    send(house, "main-p", at, load)
    truth = float(load[(at >= int(DAY.timestamp()) * US) & (at < int(NEXT.timestamp()) * US)].sum() / 4)
    curve = house.energy.curve(CAMPUS, DAY, NEXT, every=every)
    assert sum(bucket.amount or 0 for bucket in curve.buckets) == pytest.approx(truth, rel=2e-3)


def test_a_register_of_a_size_of_its_own_begins_again_without_loss(tmp_path: Path) -> None:
    campus = metered_campus(*meter("main", BUILDING, brick="Building_Electrical_Meter", register_size=4096))
    house = metered_house(tmp_path, campus)
    at = stamps(BEFORE, AFTER)
    load = 30 + 10 * np.sin(np.arange(len(at)) / 96 * 2 * np.pi)
    end = 3 * 96 + 40
    load[end] *= 3
    total = 4093 - load[:end].sum() / 4 + np.concatenate(([0], np.cumsum(load[:-1]) / 4))
    rows = tuple(
        Row("main-e", int(t), float(v), received=int(t)) for t, v in zip(at, total % 4096, strict=True)
    )
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows))])
    house.cleaner.drain()
    truth = float(load[(at >= int(DAY.timestamp()) * US) & (at < int(NEXT.timestamp()) * US)].sum() / 4)
    curve = house.energy.curve(CAMPUS, DAY, NEXT, every=Period.HOUR)
    assert sum(bucket.amount or 0 for bucket in curve.buckets) == pytest.approx(truth, rel=1e-3)
    (series,) = house.readings.load(
        house.readings.number_points(CAMPUS, [PointId(FeatureId("main-e"))]), 0, 2**62
    )
    assert [Reason(int(one)) for one in series.reason if one] == [Reason.ROLLOVER]


def test_power_alone_is_integrated_and_short_holes_are_filled_as_estimated(tmp_path: Path) -> None:
    campus = metered_campus(*meter("main", BUILDING, register=None, rate="Electrical_Power_Sensor"))
    house = metered_house(tmp_path, campus)
    at = stamps(BEFORE, AFTER, 5)
    hole = (at >= int((DAY + timedelta(hours=3)).timestamp()) * US) & (
        at < int((DAY + timedelta(hours=6)).timestamp()) * US
    )
    send(house, "main-p", at[~hole], np.full(int((~hole).sum()), 12.0))
    (total,) = house.energy.summary(CAMPUS, DAY, NEXT, media=[Medium.ELECTRICITY]).media
    assert total.amount == pytest.approx(288)
    assert total.covered == 1.0
    assert total.estimated == pytest.approx(3 / 24, abs=0.01)
    assert total.base_load == pytest.approx(12)
    assert total.whole


@pytest.mark.parametrize(("day", "hours"), [(datetime(2026, 3, 29), 23), (datetime(2025, 10, 26), 25)])
def test_days_of_the_clock_have_23_and_25_hours(tmp_path: Path, day: datetime, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    campus = metered_campus(*meter("main", BUILDING), zone="Europe/Berlin")
    house = metered_house(tmp_path, campus)
    start, end = day.replace(tzinfo=zone), (day + timedelta(days=1)).replace(tzinfo=zone)
    counting(house, "main-e", start - timedelta(days=2), end + timedelta(days=2), 4)
    curve = house.energy.curve(CAMPUS, start, end)
    assert len(curve.buckets) == hours
    assert [b.amount for b in curve.buckets] == pytest.approx([4.0] * hours)
    (told,) = house.energy.calendar(CAMPUS, start, end).days
    assert told.total == pytest.approx(4 * hours)
    assert len(told.hours) == 24
    assert (told.hours[2] is None) if hours == 23 else (told.hours[2] == pytest.approx(8))


def test_weeks_and_months_add_up_to_the_whole(tmp_path: Path) -> None:
    house = metered_house(tmp_path, metered_campus(*meter("main", BUILDING)))
    start, end = datetime(2026, 2, 10, tzinfo=SHANGHAI), datetime(2026, 5, 2, tzinfo=SHANGHAI)
    at = stamps(start - timedelta(days=1), end + timedelta(days=1), 60)
    send(house, "main-e", at, np.cumsum(np.random.default_rng(0).uniform(0, 9, len(at))))
    whole = house.energy.curve(CAMPUS, start, end, every=Period.DAY)
    for every, count in ((Period.WEEK, 12), (Period.MONTH, 4)):
        told = house.energy.curve(CAMPUS, start, end, every=every)
        assert len(told.buckets) == count
        assert sum(b.amount or 0 for b in told.buckets) == pytest.approx(
            sum(b.amount or 0 for b in whole.buckets)
        )


def test_a_running_day_is_compared_with_as_much_of_the_days_before(tmp_path: Path) -> None:
    house = metered_house(tmp_path, metered_campus(*meter("main", BUILDING)))
    today = datetime(2026, 5, 11, tzinfo=SHANGHAI)
    counting(house, "main-e", today - timedelta(days=400), today, 5)
    counting(house, "main-e", today, today + timedelta(hours=10), 6, first=100 + 5 * 24 * 400)
    (total,) = house.energy.summary(
        CAMPUS, today, today + timedelta(days=1), media=[Medium.ELECTRICITY]
    ).media
    assert total.amount == pytest.approx(60)
    assert total.covered == 1.0
    assert {one.against: round(one.change or 0, 6) for one in total.compared} == dict.fromkeys(Against, 0.2)
    curve = house.energy.curve(CAMPUS, today, today + timedelta(days=1))
    assert [b.amount is None for b in curve.buckets] == [False] * 10 + [True] * 14


def test_places_without_meters_say_so(tmp_path: Path) -> None:
    house = metered_house(tmp_path, metered_campus(*meter("panel-0", GROUND)))
    told = house.energy.summary(CAMPUS, DAY, NEXT)
    by_medium = {one.medium: one for one in told.media}
    assert by_medium[Medium.GAS].amount is None
    note = by_medium[Medium.GAS].note
    assert note is not None
    assert "No gas meter covers" in note.en
    assert by_medium[Medium.ELECTRICITY].meters == ("panel-0",)
    assert by_medium[Medium.ELECTRICITY].amount is None
    assert not by_medium[Medium.ELECTRICITY].whole
    counting(house, "panel-0-e", BEFORE, AFTER, 3)
    (one,) = house.energy.summary(CAMPUS, DAY, NEXT, place=BUILDING, media=[Medium.ELECTRICITY]).media
    assert one.amount == pytest.approx(72)
    assert one.uncovered == (FIRST,)
    assert house.energy.flows(CAMPUS, DAY, NEXT, medium=Medium.WATER).links == ()


def test_a_ranking_goes_down_to_devices_and_can_be_by_area(tmp_path: Path) -> None:
    campus = metered_campus(
        *meter("panel-0", GROUND), *meter("panel-1", FIRST), *meter("server", "room0-1", brick="UPS")
    )
    house = metered_house(tmp_path, campus)
    for name, kw in {"panel-0": 2, "panel-1": 6, "server": 1}.items():
        counting(house, f"{name}-e", BEFORE, AFTER, kw)
    site = house.energy.ranking(CAMPUS, DAY, NEXT)
    assert [(row.place.id, row.rank, row.parts) for row in site.rows] == [(BUILDING, 1, True)]
    levels = house.energy.ranking(CAMPUS, DAY, NEXT, place=BUILDING, per_m2=True)
    assert [row.place.id for row in levels.rows] == [FIRST, GROUND]
    assert levels.rows[0].value == pytest.approx(144 / (28 * 8), rel=0.01)
    devices = house.energy.ranking(CAMPUS, DAY, NEXT, kind=EnergyPlaceKind.DEVICE)
    assert [row.place.id for row in devices.rows] == ["panel-1", "panel-0", "server"]
    assert devices.rows[0].change == pytest.approx(0)


def test_people_and_degree_days_are_counted_where_they_are_measured(tmp_path: Path) -> None:
    people = DataPoint(
        id=PointId(FeatureId("people")), brick_class="Occupancy_Count_Sensor", space_id=BUILDING
    )
    outdoors = DataPoint(
        id=PointId(FeatureId("out")), brick_class="Outside_Air_Temperature_Sensor", unit="°C"
    )
    house = metered_house(tmp_path, metered_campus(*meter("main", BUILDING), people, outdoors))
    counting(house, "main-e", BEFORE, AFTER, 10)
    at = stamps(BEFORE, AFTER)
    send(house, "people", at, np.full(len(at), 20.0))
    send(house, "out", at, np.full(len(at), 8.0))
    told = house.energy.summary(CAMPUS, DAY, NEXT, media=[Medium.ELECTRICITY])
    assert told.person_hours == pytest.approx(480)
    assert told.degree_days is not None
    assert told.degree_days.heating == pytest.approx(10)
    assert told.media[0].per_person_hour == pytest.approx(0.5)
    assert told.media[0].per_degree_day == pytest.approx(24)
    assert told.media[0].carbon_kg == Decimal("128.784")


def test_water_gas_and_heat_are_told_in_their_own_units(tmp_path: Path) -> None:
    campus = metered_campus(
        *meter("water", BUILDING, brick="Building_Water_Meter", register="Water_Usage_Sensor"),
        *meter("gas", BUILDING, brick="Building_Gas_Meter", register="Natural_Gas_Usage_Sensor"),
        *meter("heat", BUILDING, brick="Thermal_Energy_Meter", register="Thermal_Energy_Usage_Sensor"),
    )
    house = metered_house(tmp_path, campus)
    for name in ("water", "gas", "heat"):
        counting(house, f"{name}-e", BEFORE, AFTER, 2)
    told = {one.medium: one for one in house.energy.summary(CAMPUS, DAY, NEXT).media}
    assert {m: (one.amount and round(one.amount), one.unit) for m, one in told.items()} == {
        Medium.ELECTRICITY: (None, "kWh"), Medium.WATER: (48, "m³"), Medium.GAS: (48, "m³"),
        Medium.HEAT: (48, "kWh"), Medium.PV: (None, "kWh"),
    }  # fmt: skip


def test_a_day_is_expected_as_the_weeks_before_were(tmp_path: Path) -> None:
    house = metered_house(tmp_path, metered_campus(*meter("main", BUILDING)))
    today = datetime(2026, 5, 11, tzinfo=SHANGHAI)
    at = stamps(today - timedelta(days=30), today, 60)
    load = 20 + 10 * np.sin(np.arange(len(at)) / 24 * 2 * np.pi)
    send(house, "main-e", at, np.concatenate(([0], np.cumsum(load[:-1]))))
    told = house.energy.expected(CAMPUS, today)
    assert len(told.hours) in (24, 25)
    assert told.hours[6].mean == pytest.approx(30, rel=0.1)
    assert all(hour.low <= hour.mean <= hour.high for hour in told.hours)
    assert house.energy.expected(CAMPUS, today, medium=Medium.WATER).hours == ()


def test_bad_spans_and_places_are_told(tmp_path: Path) -> None:
    house = metered_house(tmp_path, metered_campus(*meter("main", BUILDING)))
    with pytest.raises(SpanError, match="not before"):
        house.energy.curve(CAMPUS, NEXT, DAY)
    with pytest.raises(SpanError, match="too long"):
        house.energy.curve(CAMPUS, DAY - timedelta(days=40), NEXT, every=Period.QUARTER)
    with pytest.raises(EnergyPlaceNotFoundError, match="attic"):
        house.energy.summary(CAMPUS, DAY, NEXT, place=FeatureId("attic"))
    with pytest.raises(SpanError, match="1971"):
        house.energy.summary(CAMPUS, datetime(1000, 1, 1, tzinfo=UTC), NEXT)
