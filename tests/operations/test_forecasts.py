"""Forecasts of points, from what is kept of them or from a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import CAMPUS, Clock, small_house
from tests.cli.test_commands import run

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, PointId
from yuanli.operations import CounterError, Delivery, HorizonError, PointNotFoundError, TooLittlePastError
from yuanli.telemetry import Decoded, Row

METER = PointId(FeatureId("meter"))
DAY = timedelta(days=1)
NOW = datetime(2026, 5, 29, 0, 20, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return small_house(tmp_path, Clock())


def load_at(hour: int) -> float:
    return 60 + 25 * float(np.sin(((hour % 24) - 8) / 24 * 2 * np.pi))


def measured(days: int) -> tuple[Row, ...]:
    start, rng = NOW.replace(minute=0) - days * DAY, np.random.default_rng(0)
    return tuple(
        Row(point="meter", at=int((start + timedelta(hours=i)).timestamp()) * 1_000_000,
            value=load_at((start + timedelta(hours=i)).hour) + rng.normal(0, 0.5), number=i + 1)
        for i in range(days * 24)
    )  # fmt: skip


def test_a_day_is_forecast_with_bounds_and_reasons(house: House) -> None:
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=measured(60)))])
    (ahead,) = house.forecasts.forecast(CAMPUS, [METER], DAY, NOW)
    assert [hour.at for hour in ahead.hours] == [
        NOW.replace(minute=0) + timedelta(hours=i) for i in range(24)
    ]
    missed = [abs(hour.mean - load_at(hour.at.hour)) for hour in ahead.hours]
    assert np.mean(missed) < 1.0
    assert all(h.low_95 <= h.low_80 <= h.mean <= h.high_80 <= h.high_95 for h in ahead.hours)
    assert (ahead.unit, ahead.better_than_last_week) == ("kW", True)


def test_what_comes_after_now_changes_no_forecast(house: House, tmp_path: Path) -> None:
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=measured(40)))])
    before = house.forecasts.forecast(CAMPUS, [METER], DAY, NOW - 5 * DAY)
    other = small_house(tmp_path / "other", Clock())
    rows = tuple(
        row for row in measured(40) if row.at is not None and row.at < (NOW - 5 * DAY).timestamp() * 1e6 - 2e9
    )
    other.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows))])
    assert other.forecasts.forecast(CAMPUS, [METER], DAY, NOW - 5 * DAY) == before
    other.close()


def test_what_cannot_be_forecast_is_told(house: House) -> None:
    with pytest.raises(TooLittlePastError, match="two days"):
        house.forecasts.forecast(CAMPUS, [METER], DAY, NOW)
    with pytest.raises(PointNotFoundError, match="'attic'"):
        house.forecasts.forecast(CAMPUS, [PointId(FeatureId("attic"))], DAY, NOW)
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=measured(3)))])
    with pytest.raises(HorizonError, match="14 days"):
        house.forecasts.forecast(CAMPUS, [METER], 15 * DAY, NOW)


def test_a_register_is_not_forecast() -> None:
    from yuanli.campus import DataPoint
    from yuanli.operations.forecasts import _measured

    register = DataPoint(id=METER, brick_class="Electrical_Energy_Sensor", unit="kWh")
    with pytest.raises(CounterError, match="only grows"):
        _measured(register)


def test_the_api_forecasts_for_members_only(house: House) -> None:
    client = TestClient(app_of(house))
    url = f"/v1/campuses/{CAMPUS}/forecast"
    assert client.get(url, params={"point": "meter"}).status_code == 401


def test_a_file_is_forecast_from_the_shell(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = tmp_path / "meters.csv"
    start = datetime(2026, 3, 2)
    lines = [f"{start + timedelta(hours=i)},m1,{load_at(i):.2f},kW" for i in range(30 * 24)]
    table.write_text("时间,点位,数值,单位\n" + "\n".join(lines), "utf-8")
    code, out, _ = run(capsys, "forecast", str(table), "--horizon", "6h", "--json")
    told = json.loads(out)
    assert (code, told["point"], told["unit"], len(told["hours"])) == (0, "m1", "kW", 6)
    assert told["hours"][0]["mean"] == pytest.approx(load_at(0), abs=1.0)
    code, out, err = run(capsys, "forecast", str(table), "--horizon", "soon")
    assert (code, out) == (2, "")
    assert "'soon'" in err
