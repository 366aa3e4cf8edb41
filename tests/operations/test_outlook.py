"""What forecasts know beside a point's readings: weather that was measured, and bookings that were made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.api.house import CAMPUS, Clock, small_campus, small_house

from yuanli.bootstrap import House
from yuanli.campus import DataPoint, FeatureId, Imported, PointId, by_id
from yuanli.forecast import DAY, HOUR, ForecastParams, History, daily
from yuanli.operations import Delivery, Outlook, Reservation
from yuanli.operations.outlook import place_of_point
from yuanli.storage import SqlReservationStore
from yuanli.telemetry import Decoded, Row

END = datetime(2026, 5, 29, 0, tzinfo=UTC)
START = END - timedelta(days=60)
ROOM, METER = FeatureId("room1-0"), PointId(FeatureId("meter"))
PARAMS = ForecastParams(methods=("last_week", "weekday_mean", "ridge"))


def temp_at(hour: int) -> float:
    """Return a temperature that stays for some days, then changes."""
    return float(np.random.default_rng(hour // 60).normal(20, 6))


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = small_house(tmp_path, Clock())
    campus = small_campus()
    weather = DataPoint(
        id=PointId(FeatureId("outdoors")), brick_class="Outside_Air_Temperature_Sensor", unit="°C"
    )
    people = DataPoint(id=PointId(FeatureId("people")), brick_class="Occupancy_Count_Sensor", space_id=ROOM)
    features = by_id([*campus.features.values(), weather, people])
    house.places.add(
        Imported(campus=replace(campus, features=features)), who="test", why="test", replace=True
    )
    return house


def measure(house: House) -> None:
    rng = np.random.default_rng(0)
    rows: list[Row] = []
    for n in range(60 * 24):
        at = int((START + timedelta(hours=n)).timestamp()) * 1_000_000
        busy = 10.0 * (8 <= n % 24 < 18)
        rows.append(Row(point="outdoors", at=at, value=temp_at(n), number=len(rows)))
        load = 80 + busy + 2 * temp_at(n) + rng.normal(0, 0.5)
        rows.append(Row(point="meter", at=at, value=load, number=len(rows)))
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=tuple(rows)))])


def book(house: House, day: int, *, made: datetime | None = None, name: str = "") -> None:
    start = START + timedelta(days=day, hours=9)
    one = Reservation(
        id=f"r{day}{name}", campus_id=CAMPUS, space_id=ROOM, start=start, end=start + timedelta(hours=2),
        who="a", made_at=made or start - timedelta(days=2), attendees=12,
    )  # fmt: skip
    SqlReservationStore(house.database).add(one)


def outlook_of(house: House) -> Outlook:
    return house.outlooks.of(house.places.campus(CAMPUS), START, END)


def test_the_weather_that_was_measured_is_known_by_hour_and_day_and_none_of_it_ahead(house: House) -> None:
    assert outlook_of(house).weather is None
    measure(house)
    weather = outlook_of(house).weather
    assert weather is not None
    assert weather.n_times == 60 * 24
    assert weather.values[0].tolist() == pytest.approx([temp_at(n) for n in range(60 * 24)])
    assert outlook_of(house).calendar == house.calendars.of(house.places.campus(CAMPUS))


def test_a_forecast_that_hangs_on_the_weather_says_so(house: House) -> None:
    measure(house)
    now = END + timedelta(minutes=5)
    (ahead,) = house.forecasts.forecast(CAMPUS, [METER], timedelta(hours=24), now)
    assert "temperature" in {reason.reason for reason in ahead.reasons}
    assert any(reason.name.zh == "室外气温" for reason in ahead.reasons)
    assert sum(reason.share for reason in ahead.reasons) == pytest.approx(1, abs=0.1)
    assert "%" in ahead.why.zh


def test_bookings_are_known_in_the_room_its_floor_its_building_and_the_site(house: House) -> None:
    book(house, 58)
    book(house, 61)
    book(house, 62, made=END + timedelta(hours=1))
    told = outlook_of(house)
    assert told.bookings is not None
    assert set(told.rows) == {ROOM, "level-0", "block-a", "site"}
    ahead = told.bookings.ahead(int(END.timestamp()) * 1_000_000, HOUR, 4 * 24)
    assert ahead.shape == (4, 96)
    assert (ahead[:, 24 + 9 : 24 + 11] == 12).all()
    assert ahead.sum() == 4 * 2 * 12
    campus = house.places.campus(CAMPUS)
    places = {point.id: place_of_point(campus, point) for point in campus.of(DataPoint)}
    assert places == {"meter": "site", "outdoors": "site", "people": ROOM}


def test_hours_and_days_are_forecast_with_bookings_in_their_place(house: House) -> None:
    rng = np.random.default_rng(1)
    hours = rng.normal(20, 0.3, (2, 60 * 24))
    for day in range(61):
        if rng.random() < 0.4 or day == 60:
            book(house, day)
            hours[0, day * 24 + 9 : day * 24 + 11] += 24
    history = History(values=hours, start=int(START.timestamp()) * 1_000_000, step=HOUR, zone="Asia/Shanghai")
    told = outlook_of(house)
    places = [str(ROOM), "elsewhere"]
    ahead = told.forecast(history, 24, places, params=PARAMS)
    assert ahead.mean[0, 9] > ahead.mean[0, 8] + 8
    assert abs(ahead.mean[1, 9] - ahead.mean[1, 8]) < 1
    days = told.forecast(daily(history), 3, places, params=PARAMS)
    assert daily(history).step == DAY
    assert np.isfinite(days.mean).all()
