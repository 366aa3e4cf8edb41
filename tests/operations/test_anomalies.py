"""What is unusual in a park, over what its points measured for three months; and what a change saved."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import PASSWORD, Clock, small_house
from tests.cli.test_commands import run
from tests.forecast.machines import recorded, sound_day

from yuanli.bootstrap import House
from yuanli.campus import Campus, CampusId, DataPoint, Device, DeviceId, FeatureId, Imported, PointId, by_id
from yuanli.errors import InvalidInputError
from yuanli.forecast import AirPoint, NoBaselineError
from yuanli.operations import (
    Anomalies,
    AnomalyKind,
    AnomalyQuery,
    AnomalyReport,
    Delivery,
    NotAMeterError,
    PriceError,
    RangeError,
    SavingsPeriod,
    TooShortRecordingError,
    recorded_anomalies,
)
from yuanli.storage import SqlAnomalyStore
from yuanli.telemetry import Decoded, Row

PARK = CampusId("plant")
NOW = datetime(2026, 4, 7, 0, 0, tzinfo=UTC)
DAYS = 70
SINCE = NOW - timedelta(days=7)
ENERGY = frozenset({AnomalyKind.ENERGY})
CLASSES = {
    "power": ("Electrical_Power_Sensor", "kW", "main"), "water": ("Water_Usage_Sensor", "m³", "tap"),
    "t": ("Supply_Air_Temperature_Sensor", "°C", "ahu1"), "tset": ("Supply_Air_Temperature_Setpoint", "°C", "ahu1"),
    "mix": ("Mixed_Air_Temperature_Sensor", "°C", "ahu1"), "back": ("Return_Air_Temperature_Sensor", "°C", "ahu1"),
    "fan": ("Supply_Fan_Status", None, "ahu1"), "damper": ("Outside_Damper_Position_Sensor", "%", "ahu1"),
    "cool": ("Cooling_Valve_Command", "%", "ahu1"), "heat": ("Heating_Valve_Command", "%", "ahu1"),
    "out": ("Outside_Air_Temperature_Sensor", "°C", "roof"),
}  # fmt: skip
COLUMNS = {
    "t": AirPoint.SUPPLY_TEMP, "tset": AirPoint.SUPPLY_SETPOINT, "mix": AirPoint.MIXED_TEMP,
    "back": AirPoint.RETURN_TEMP, "fan": AirPoint.FAN_STATUS, "damper": AirPoint.OUTDOOR_DAMPER,
    "cool": AirPoint.COOLING_VALVE, "heat": AirPoint.HEATING_VALVE, "out": AirPoint.OUTDOOR_TEMP,
}  # fmt: skip


def plant() -> Campus:
    devices = [
        Device(id=DeviceId(FeatureId(name)), brick_class="Air_Handling_Unit" if name == "ahu1" else "Meter",
               name={"zh": name, "en": name})
        for name in ("main", "tap", "ahu1", "roof")
    ]  # fmt: skip
    points = [
        DataPoint(id=PointId(FeatureId(name)), brick_class=brick, unit=unit, device_id=DeviceId(FeatureId(device)),
                  name={"zh": f"点{name}", "en": f"point {name}"})
        for name, (brick, unit, device) in CLASSES.items()
    ]  # fmt: skip
    return Campus(
        id=PARK, name={"zh": "厂", "en": "Plant"}, features=by_id([*devices, *points]), attribution="test"
    )


def local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo("Asia/Shanghai"))


def rows_of(name: str, times: list[datetime], values: np.ndarray) -> list[Row]:
    return [
        Row(point=name, at=round(at.timestamp() * 1e6), value=float(value), number=i + 1)
        for i, (at, value) in enumerate(zip(times, values, strict=True))
        if np.isfinite(value)
    ]


def measured(
    *, left_on: bool = False, mixed_up: bool = False, leak: bool = False, hot_water: bool = True
) -> list[Row]:
    """Return 70 days by the hour: a meter, a water register, and a day of an air handler by five minutes."""
    rng = np.random.default_rng(0)
    hours = np.arange(DAYS * 24)
    times = [NOW - timedelta(days=DAYS) + timedelta(hours=int(i)) for i in hours]
    work = np.array([at.weekday() < 5 and 8 <= at.hour < 18 for at in map(local, times)])
    power = 20 + 60 * work + rng.normal(0, 1.5, len(hours))
    flow = np.where(work, 2.0, 0.0) + rng.exponential(0.02, len(hours))
    if left_on:
        power[-72:] += np.where(work[-72:], 0, 45)
    if mixed_up:
        power[-20:-16] *= 1000
    if leak:
        flow[-96:] += 0.8
    rows = rows_of("power", times, power) + rows_of("water", times, 1000 + np.cumsum(flow))
    columns = sound_day()
    if not hot_water:
        heating = columns[AirPoint.HEATING_VALVE] > 0
        columns[AirPoint.HEATING_VALVE][heating], columns[AirPoint.SUPPLY_TEMP][heating] = 1.0, 15.0
    minutes = [NOW - timedelta(days=1) + timedelta(minutes=5 * i) for i in range(288)]
    for name, column in COLUMNS.items():
        values = columns[column][::5] * (100 if CLASSES[name][1] == "%" else 1)
        rows += rows_of(name, minutes, values)
    return rows


def house_with(tmp_path: Path, rows: list[Row]) -> House:
    clock = Clock()
    clock.now = NOW
    house = small_house(tmp_path, clock)
    house.places.add(Imported(campus=plant()), who="test", why="test")
    house.intake.take([Delivery(campus_id=PARK, decoded=Decoded(rows=tuple(rows)))])
    return house


def found(house: House, **query: object) -> AnomalyReport:
    return house.anomalies.find(PARK, SINCE, NOW, NOW, AnomalyQuery(**query))  # type: ignore[arg-type]


def test_a_quiet_week_raises_hardly_anything(tmp_path: Path) -> None:
    report = found(house_with(tmp_path, measured()))
    assert report.checked == 2
    assert report.total <= 1
    assert report.per_point_week <= 0.5


def test_lights_left_on_are_told_with_what_they_cost_so_far(tmp_path: Path) -> None:
    report = found(house_with(tmp_path, measured(left_on=True)), price_kwh=0.8)
    by_kind = {one.kind: one for one in report.anomalies}
    energy = by_kind[AnomalyKind.ENERGY]
    assert energy.excess_kwh == pytest.approx(45 * 62, rel=0.05)
    assert energy.cost == pytest.approx(0.8 * (energy.excess_kwh or 0), abs=0.01)
    assert energy.ongoing
    assert energy.points == ("power",)
    assert energy.causes[0].zh
    assert any(sample.value is not None for sample in energy.series)
    assert by_kind[AnomalyKind.BASE_LOAD].excess_kwh == pytest.approx(45 * 4 * 3, rel=0.3)
    assert report.volume[0].point == "power"
    spans = [(one.start, one.end) for one in (energy, by_kind[AnomalyKind.BASE_LOAD])]
    plain = [one for one in report.anomalies if one.kind is AnomalyKind.POINT]
    assert not any(one.start < end and start < one.end for one in plain for start, end in spans)
    by_tariff = {
        one.kind: one for one in found(house_with(tmp_path / "again", measured(left_on=True))).anomalies
    }
    assert 0.2 < (by_tariff[AnomalyKind.ENERGY].cost or 0) / (energy.excess_kwh or 1) < 2


def test_readings_that_can_t_be_true_are_doubted_and_cost_nothing(tmp_path: Path) -> None:
    house = house_with(tmp_path, measured(mixed_up=True))
    energy = [one for one in found(house, price_kwh=0.8).anomalies if one.kind is AnomalyKind.ENERGY]
    assert energy
    for one in energy:
        assert one.causes[0].en.startswith("faulty readings")
        assert (one.excess_kwh, one.cost) == (None, None)
        assert "e+" not in one.evidence.en


def test_water_that_never_rests_is_a_leak(tmp_path: Path) -> None:
    report = found(house_with(tmp_path, measured(leak=True)))
    leak = next(one for one in report.anomalies if one.kind is AnomalyKind.WATER_LEAK)
    assert (leak.severity, leak.cost, leak.points) == (3, None, ("water",))
    assert leak.start >= NOW - timedelta(days=5)


def test_an_air_handler_is_judged_by_its_rules_with_the_park_s_outdoor_air(tmp_path: Path) -> None:
    report = found(house_with(tmp_path, measured(hot_water=False)), kinds=frozenset({AnomalyKind.EQUIPMENT}))
    faults = {one.rule: one for one in report.anomalies}
    fault = faults["cold_at_full_heating"]
    assert fault.device == "ahu1"
    assert fault.figures["supply_temp"] == pytest.approx(15, abs=0.5)
    assert "t" in fault.points
    assert fault.series


def test_the_same_anomaly_has_the_same_id(tmp_path: Path) -> None:
    house = house_with(tmp_path, measured(left_on=True, leak=True))
    assert [a.id for a in found(house).anomalies] == [a.id for a in found(house).anomalies]


def test_what_was_computed_is_told_at_once_and_a_narrow_question_as_it_is_now(tmp_path: Path) -> None:
    house = house_with(tmp_path, measured(left_on=True, leak=True))
    anomalies = Anomalies(
        house.readings, house.places, SqlAnomalyStore(house.database), house.calendars, narrow=1
    )
    anew = anomalies.find(PARK, SINCE, NOW, NOW)
    assert anomalies.renew(PARK, NOW)
    later = NOW + timedelta(hours=1)
    house.readings.forget(None, int((NOW - timedelta(days=2)).timestamp() * 1e6))
    told = anomalies.find(PARK, SINCE, later, later)
    assert told == anew
    assert (told.computed_at, told.end) == (NOW, NOW)
    one = anomalies.find(PARK, SINCE, later, later, AnomalyQuery(place="power"))
    assert (one.computed_at, one.checked) == (later, 0)
    ahu = anomalies.find(PARK, SINCE, later, later, AnomalyQuery(place="ahu1"))
    assert (ahu.computed_at, ahu.total) == (NOW, 0)
    priced = anomalies.find(PARK, SINCE, later, later, AnomalyQuery(price_kwh=2.0, kinds=ENERGY))
    assert {one.kind for one in priced.anomalies} == {AnomalyKind.ENERGY}
    for load in priced.anomalies:
        assert load.cost == pytest.approx(2.0 * (load.excess_kwh or 0.0), abs=0.01)
    house.close()


def test_weeks_before_are_computed_one_by_one_and_the_last_again_after_hours(tmp_path: Path) -> None:
    house = house_with(tmp_path, measured())
    anomalies, store = house.anomalies, SqlAnomalyStore(house.database)
    spans = []
    while anomalies.renew(PARK, NOW):
        spans.append(store.find_kept_span(PARK))
    assert [(NOW - span.start).days for span in spans if span is not None] == list(range(7, 92, 7))
    assert {span.end for span in spans if span is not None} == {NOW}
    assert not anomalies.renew(PARK, NOW + timedelta(hours=5))
    later = NOW + timedelta(hours=6)
    assert anomalies.renew(PARK, later)
    span = store.find_kept_span(PARK)
    assert span is not None
    assert (span.start, span.end) == (NOW - timedelta(days=91), later)
    house.close()


def test_kinds_and_places_narrow_what_is_looked_at(tmp_path: Path) -> None:
    house = house_with(tmp_path, measured(left_on=True, leak=True))
    assert {a.kind for a in found(house, kinds=frozenset({AnomalyKind.WATER_LEAK})).anomalies} == {
        AnomalyKind.WATER_LEAK
    }
    assert all(a.device == "main" for a in found(house, place="main").anomalies)
    assert found(house, place="nowhere").anomalies == ()


def test_spans_and_prices_that_can_t_be_are_refused(tmp_path: Path) -> None:
    house = house_with(tmp_path, [])
    with pytest.raises(RangeError):
        house.anomalies.find(PARK, NOW, SINCE, NOW)
    with pytest.raises(RangeError):
        house.anomalies.find(PARK, NOW - timedelta(days=200), NOW, NOW)
    with pytest.raises(PriceError):
        AnomalyQuery(price_kwh=float("nan"))
    assert found(house).anomalies == ()


def test_savings_of_a_meter_are_measured(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    times = [NOW - timedelta(days=300) + timedelta(hours=i) for i in range(300 * 24)]
    work = np.array([at.weekday() < 5 and 8 <= at.hour < 18 for at in map(local, times)])
    power = (20 + 60 * work) * np.where(np.arange(len(times)) < 200 * 24, 1, 0.9) + rng.normal(
        0, 1, len(times)
    )
    house = house_with(
        tmp_path, rows_of("power", times, power) + rows_of("water", times[:50], np.arange(50.0))
    )
    change = NOW - timedelta(days=100)
    before, after = SavingsPeriod(start=times[0], end=change), SavingsPeriod(start=change, end=NOW)
    meter = PointId(FeatureId("power"))
    report = house.savings.measure(PARK, meter, before, after, price_kwh=0.5)
    assert report.share == pytest.approx(0.1, abs=0.02)
    assert report.share_low < report.share < report.share_high
    assert report.sure
    assert report.cost == pytest.approx(report.saved / 2, abs=0.01)
    assert any("not adjusted for weather" in warning.en for warning in report.warnings)
    assert len(report.days) >= 298
    with pytest.raises(NotAMeterError):
        house.savings.measure(PARK, PointId(FeatureId("water")), before, after)
    with pytest.raises(NoBaselineError):
        house.savings.measure(
            PARK, meter, SavingsPeriod(start=change - timedelta(days=20), end=change), after
        )


def test_both_are_served_to_who_may_see_reports(tmp_path: Path) -> None:
    house = house_with(tmp_path, measured(left_on=True))
    with TestClient(app_of(house)) as client:
        url = f"/v1/campuses/{PARK}/anomalies"
        span = {"from": SINCE.isoformat(), "to": NOW.isoformat(), "price": "0.8"}
        assert client.get(url, params=span).status_code == 401
        signed_in = client.post("/v1/session", json={"username": "operator", "password": PASSWORD})
        assert signed_in.is_success, signed_in.text
        reply = client.get(url, params=span | {"kind": "energy"})
        assert reply.status_code == 200
        body = reply.json()
        assert body["anomalies"][0]["kind"] == "energy"
        assert body["anomalies"][0]["cost"] > 0
        assert client.get(url, params=span | {"price": "-1"}).status_code == 422
        wrong = client.get(
            f"/v1/campuses/{PARK}/savings",
            params={"meter": "power", "before_from": SINCE.isoformat(), "before_to": NOW.isoformat(),
                    "after_from": SINCE.isoformat(), "after_to": NOW.isoformat()},
        )  # fmt: skip
        assert wrong.status_code in (409, 422)
        assert wrong.json()["message"]["zh"]


def test_a_recording_of_an_air_handler_is_judged_by_rules_from_the_shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = sound_day()
    columns[AirPoint.MIXED_TEMP] += 18
    signals = recorded(columns)
    lines = ["time," + ",".join(signals.names)]
    lines += [
        f"{datetime.fromtimestamp(at / 1e6, UTC).isoformat()}," + ",".join(f"{v:.3f}" for v in values)
        for at, values in zip(signals.at.tolist(), signals.values.T, strict=True)
    ]
    path = tmp_path / "ahu.csv"
    path.write_text("\n".join(lines))
    code, out, _ = run(capsys, "anomalies", str(path), "--json")
    assert code == 0
    assert '"rule": "mixed_too_warm"' in out
    assert f'"file": "{path}"' in out
    assert run(capsys, "anomalies", str(path), str(tmp_path / "none.csv"), "--json")[0] == 1
    assert run(capsys, "anomalies", str(path), "--from", "yesterday")[0] == 2


def test_a_recording_that_is_too_short_is_refused() -> None:
    signals = recorded(sound_day()).of([0, 2])
    short = type(signals)(
        names=("a", "b"), at=signals.at[:20], values=signals.values[:, :20], step=signals.step
    )
    with pytest.raises(TooShortRecordingError):
        recorded_anomalies(short)
    assert issubclass(TooShortRecordingError, InvalidInputError)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_savings_of_a_file_are_told_from_the_shell(
    zone: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(2)
    lines = ["time,kwh,outdoor temp"]
    for day in range(500):
        at = datetime(2024, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=day)
        temp = 12 - 10 * np.cos(2 * np.pi * day / 365)
        works = 300 if at.weekday() < 5 else 0
        used = (300 + works + 20 * max(15 - temp, 0) + rng.normal(0, 10)) * (0.85 if day >= 380 else 1)
        lines.append(f"{at.isoformat()},{used:.2f},{temp:.2f}")
    path = tmp_path / "meter.csv"
    path.write_text("\n".join(lines))
    asked = (
        "savings", str(path), "--before", "2024-01-01/2025-01-01", "--after", "2025-01-16/2025-05-14",
        "--zone", zone, "--country", "GB", "--price", "0.8",
    )  # fmt: skip
    code, out, _ = run(capsys, *asked, "--json")
    told = json.loads(out)
    assert (code, told["share"]) == (0, pytest.approx(0.15, abs=0.02))
    days = [one["at"][:10] for one in told["days"]]
    assert (told["r2"] > 0.9, len(days), days[0], days[-1]) == (True, 366 + 118, "2024-01-01", "2025-05-13")
    code, out, _ = run(capsys, *asked)
    assert (code, f"{told['saved']:,.0f} kWh" in out, f"{told['cost']:,.2f}" in out) == (0, True, True)
    assert run(capsys, "savings", str(path), "--before", "x", "--after", "y")[0] == 2
