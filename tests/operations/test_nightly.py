"""The nights' forecasts: kept, answered from, made once, resumed, compared with what came, adding up."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import CAMPUS, PASSWORD, Clock, small_house
from tests.cli.test_commands import run
from tests.operations.metered import meter, metered_campus, metered_house
from tests.operations.night_killing import POINTS, ROW, open_row
from tests.operations.test_forecasts import DAY, METER, NOW, measured

from yuanli.bootstrap import House
from yuanli.campus import Campus, CampusId, DataPoint, FeatureId, Imported, PointId, by_id
from yuanli.operations import Delivery, NightParams, Outlook
from yuanli.operations.night_rows import Asking, Subject, enough, forecast_rows, midnight_before, with_rests
from yuanli.storage import SqlForecastStore
from yuanli.telemetry import Decoded

LINES = NightParams(tree_rows=1)


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOW + timedelta(hours=1)
    return clock


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> House:
    house = small_house(tmp_path, clock)
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=measured(40)))])
    return house


def test_a_night_is_made_once_and_answered_from(house: House, clock: Clock) -> None:
    assert house.nightly.is_due(CAMPUS)
    told: list[float] = []
    night = house.nightly.renew(CAMPUS, told=lambda one: told.append(one.share))
    assert not house.nightly.is_due(CAMPUS)
    assert (night.failed, night.failures, told[-1]) == (0, (), 1.0)
    (kept,) = house.forecasts.forecast(CAMPUS, [METER], timedelta(hours=12), clock.now)
    assert kept.made_at == clock.now
    assert len(kept.hours) == 12
    assert len(kept.days) >= 13
    assert all(h.low_95 <= h.low_80 <= h.mean <= h.high_80 <= h.high_95 for h in kept.hours)
    (anew,) = house.forecasts.forecast(CAMPUS, [METER], timedelta(hours=12), clock.now, anew=True)
    assert anew.made_at is None
    (longer,) = house.forecasts.forecast(CAMPUS, [METER], 3 * DAY, clock.now)
    assert longer.made_at is None
    clock.now += DAY
    assert house.nightly.is_due(CAMPUS)


def test_what_is_stopped_goes_on_later_and_keeps_when_it_began(house: House, clock: Clock) -> None:
    night = house.nightly.renew(CAMPUS, stopped=lambda: True)
    assert (night.ended_at, night.kept) == (None, 0)
    assert house.nightly.is_due(CAMPUS)
    clock.now += timedelta(minutes=5)
    made = house.nightly.renew(CAMPUS)
    assert (made.begun_at, made.took) == (night.begun_at, timedelta(minutes=5))
    assert made.kept >= 1
    again = house.nightly.renew(CAMPUS)
    assert again.kept == made.kept


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL and no fork")
def test_a_night_that_was_killed_goes_on_and_neither_loses_nor_doubles(tmp_path: Path) -> None:
    house, _ = open_row(tmp_path)
    sensors = [DataPoint(id=name, brick_class="Sensor") for name in POINTS]
    house.places.add(Imported(campus=Campus(id=ROW, features=by_id(sensors))), who="test", why="test")
    rows = tuple(replace(row, point=name) for name in POINTS for row in measured(9))
    house.intake.take([Delivery(campus_id=ROW, decoded=Decoded(rows=rows))])
    house.close()
    killing = subprocess.run(
        [sys.executable, "-m", "tests.operations.night_killing", str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert killing.stdout.split() == [str(int(signal.SIGKILL)), str(int(signal.SIGKILL))]
    house, nightly = open_row(tmp_path)
    store = SqlForecastStore(house.database)
    (cut,) = nightly.nights(ROW)
    before = store.list_forecasts(ROW, "", since=cut.night)
    assert (cut.ended_at, nightly.is_due(ROW)) == (None, True)
    assert sorted(one.subject for one in before) == ["p0", "p1"]
    night = nightly.renew(ROW)
    after = store.list_forecasts(ROW, "", since=cut.night)
    assert (night.kept, night.share, nightly.is_due(ROW)) == (6, 1.0, False)
    assert sorted(one.subject for one in after) == sorted(POINTS)
    means = {one.subject: one.hourly.mean.tolist() for one in after}
    assert all(means[one.subject] == one.hourly.mean.tolist() for one in before)
    house.close()


def test_one_point_whose_readings_fail_is_told_and_stops_no_other(tmp_path: Path, clock: Clock) -> None:
    """A device sends the largest number there is where it has no value, and nobody has judged that yet."""
    house = small_house(tmp_path, clock)
    names = [PointId(FeatureId(name)) for name in ("first", "failing", "last")]
    plain = Campus(
        id=CampusId("plain"), features=by_id([DataPoint(id=name, brick_class="Sensor") for name in names])
    )
    house.places.add(Imported(campus=plain), who="test", why="test")
    rows = [replace(row, point=name) for name in names for row in measured(9)]
    rows = [replace(row, value=sys.float_info.max) if row.point == names[1] and n % 50 == 0 else row
            for n, row in enumerate(rows)]  # fmt: skip
    house.intake.take([Delivery(campus_id=plain.id, decoded=Decoded(rows=tuple(rows)))])
    night = house.nightly.renew(plain.id)
    assert (night.planned, night.kept, night.failed, night.share) == (3, 2, 1, 1.0)
    (failure,) = night.failures
    assert (failure.subject, "1.79769e+308" in failure.message.en) == (names[1], True)
    told = house.forecasts.forecast(plain.id, [names[0], names[2]], timedelta(hours=12), clock.now)
    assert [one.made_at for one in told] == [clock.now, clock.now]


def test_one_meter_that_is_broken_takes_no_other_place_with_it(tmp_path: Path) -> None:
    """A level's meter sends the largest number there is where it has no value; the other levels are forecast."""
    names = {"m0": "level-0", "m1": "level-1"}
    meters = [
        one for name, level in names.items()
        for one in meter(name, level, register=None, rate="Electrical_Power_Sensor")
    ]  # fmt: skip
    house = metered_house(tmp_path, metered_campus(*meters), lambda: NOW)
    rows = [replace(row, point=f"{name}-p") for name in names for row in measured(9)]
    rows = [replace(row, value=sys.float_info.max) if row.point == "m1-p" and n % 50 == 0 else row
            for n, row in enumerate(rows)]  # fmt: skip
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=tuple(rows)))])
    night = house.nightly.renew(CAMPUS)
    kept = SqlForecastStore(house.database).list_forecasts(CAMPUS, "electricity", since=night.night)
    assert "level-0" in {one.subject for one in kept}
    assert "level-1" not in {one.subject for one in kept}
    assert [one.subject for one in night.failures if one.quantity == "electricity"] == ["m1"]
    assert night.share == 1.0


def test_nights_are_compared_with_what_came(house: House, clock: Clock) -> None:
    clock.now = NOW - 3 * DAY
    house.nightly.renew(CAMPUS)
    clock.now = NOW
    (record,) = house.forecasts.records(CAMPUS, [METER], 7, clock.now)
    assert (record.hours, len(record.nights)) == (24, 1)
    assert record.mae is not None
    assert record.mae < 2.0
    assert record.last_week_mae is not None
    assert record.inside_95 is not None
    assert record.inside_95 > 0.6


def test_the_api_and_the_shell_tell_of_nights(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house.nightly.renew(CAMPUS)
    client = TestClient(app_of(house))
    url = f"/v1/campuses/{CAMPUS}/forecast"
    assert client.get(f"{url}/nights").status_code == 401
    client.post("/v1/session", json={"username": "member", "password": PASSWORD})
    (night,) = client.get(f"{url}/nights").json()["nights"]
    assert (night["share"], night["night"]["failed"]) == (1.0, 0)
    told = client.get(f"{url}/records", params={"point": "meter"}).json()["records"]
    assert told[0]["point"] == "meter"
    assert client.get(f"/v1/campuses/{CAMPUS}/energy/forecast").status_code == 200
    code, out, _ = run(capsys, "forecast", "--nightly", "--data-dir", str(tmp_path))
    assert code == 0
    assert out
    code, _, err = run(capsys, "forecast")
    assert code == 2
    assert "--nightly" in err


def test_wholes_are_the_sums_of_their_parts_by_hour_and_day() -> None:
    rng, hours = np.random.default_rng(0), np.arange(40 * 24)
    day = np.sin(np.pi * (hours % 24) / 24) ** 2
    parts = np.array([[20.0], [5.0]]) * (1 + day) + rng.normal(0, 0.5, (2, len(hours)))
    site = parts.sum(axis=0) + 8 + rng.normal(0, 0.5, len(hours))
    subjects = [
        Subject(name="site", quantity="electricity", unit="kWh"),
        Subject(name="a", quantity="electricity", unit="kWh", whole="site"),
        Subject(name="b", quantity="electricity", unit="kWh", whole="site"),
    ]
    rows, values = with_rests(subjects, np.vstack([site[None], parts]))
    assert [(one.name, one.rest) for one in rows[3:]] == [("site/rest", True)]
    zone = ZoneInfo("Asia/Shanghai")
    origin = midnight_before(NOW, zone, 1)
    asking = Asking(
        campus_id=CAMPUS,
        night=origin.astimezone(zone).date(),
        origin=origin,
        zone=zone,
        outlook=Outlook(),
        places={},
        made_at=NOW,
    )
    site_told, *told = forecast_rows(rows, values, asking, LINES, total=True, tree=True)
    assert np.allclose(site_told.hourly.mean, sum(one.hourly.mean for one in told), rtol=1e-5)
    assert site_told.daily is not None
    assert np.allclose(
        site_told.daily.mean, sum(one.daily.mean for one in told if one.daily is not None), rtol=1e-5
    )
    assert abs(float(site_told.daily.mean[0]) - site[-24:].sum()) < 0.1 * site[-24:].sum()


def test_who_was_silent_or_is_new_is_not_forecast() -> None:
    values = np.full((3, 60 * 24), np.nan)
    values[0] = 1.0
    values[1, : 10 * 24] = 1.0
    values[2, -24:] = 1.0
    assert enough(values).tolist() == [True, False, False]


def test_a_night_begins_at_the_midnight_of_the_campus() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at = datetime(2026, 5, 2, 0, 30, tzinfo=zone)
    assert midnight_before(at, zone, 1) == datetime(2026, 5, 1, tzinfo=zone)
    assert midnight_before(at + timedelta(hours=1), zone, 1) == datetime(2026, 5, 2, tzinfo=zone)
