"""The next state of a point: from what is kept of it, over HTTP and from the shell; and models of tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.api.house import CAMPUS, Clock, small_house
from tests.cli.test_commands import run

from yuanli.api import create_app
from yuanli.bootstrap import House
from yuanli.campus import FeatureId, PointId
from yuanli.learning import Runs
from yuanli.operations import Delivery, NoStatesError, PointNotFoundError, StateHorizonError
from yuanli.telemetry import Decoded, Row

FAN = PointId(FeatureId("meter"))
START = datetime(2026, 2, 20, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return small_house(tmp_path, Clock())


def switched(days: int) -> tuple[Row, ...]:
    """Return a fan that runs from 8 to 18 o'clock and tells of changes alone."""
    moments = [
        (START + timedelta(days=day, hours=hour), on) for day in range(days) for hour, on in ((8, 1), (18, 0))
    ]
    return tuple(
        Row(point="meter", at=round(at.timestamp() * 1e6), value=float(on), number=i + 1)
        for i, (at, on) in enumerate(moments)
    )


def test_a_fan_that_keeps_hours_is_foreseen_to_start_and_stop(house: House) -> None:
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=switched(8)))])
    day = START + timedelta(days=7)
    told = {
        hour: house.states.forecast(CAMPUS, FAN, HALF_HOUR, day + timedelta(hours=hour))
        for hour in (3, 7.75, 12, 17.75)
    }
    assert [(one.now, one.expected) for one in told.values()] == [
        ("0", "0"),
        ("0", "1"),
        ("1", "1"),
        ("1", "0"),
    ]
    starting = told[7.75]
    assert starting.changes > 0.5
    assert starting.better_than_floor
    assert starting.change_recall is not None
    assert starting.change_recall > 0.5
    assert sum(one.probability for one in starting.states) == pytest.approx(1)
    assert starting.at == day + timedelta(hours=8.25)


def test_what_has_no_states_is_told(house: House) -> None:
    now = START + timedelta(days=3)
    with pytest.raises(NoStatesError, match="nothing was measured"):
        house.states.forecast(CAMPUS, FAN, HALF_HOUR, now)
    with pytest.raises(PointNotFoundError):
        house.states.forecast(CAMPUS, PointId(FeatureId("attic")), HALF_HOUR, now)
    with pytest.raises(StateHorizonError, match="6 hours"):
        house.states.forecast(CAMPUS, FAN, timedelta(days=1), now)
    rows = tuple(
        Row(
            point="meter", at=round((START + i * HALF_HOUR).timestamp() * 1e6), value=50 + i / 7, number=i + 1
        )
        for i in range(100)
    )
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows))])
    with pytest.raises(NoStatesError, match="different values"):
        house.states.forecast(CAMPUS, FAN, HALF_HOUR, now)


def test_the_api_tells_states_to_members_only(house: House) -> None:
    reply = TestClient(create_app(house)).get(f"/v1/campuses/{CAMPUS}/points/meter/state-forecast")
    assert reply.status_code == 401


def test_a_model_of_a_table_is_trained_evaluated_and_asked_from_the_shell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table, output = tmp_path / "room.csv", tmp_path / "runs" / "fan"
    lines = []
    for i in range(6 * 96):
        hour = i % 96 / 4
        on = int(8 <= hour < 18)
        lines.append(
            f"{START + timedelta(minutes=15 * i):%Y-%m-%d %H:%M},{on},{400 + 300 * on + i % 7},P_sup error"
        )
    table.write_text("time,fan,co2,pressure\n" + "\n".join(lines), "utf-8")
    options = (
        "--target",
        "fan",
        "--step",
        "15m",
        "--ahead",
        "30m",
        "--candidate",
        "line:own",
        "-o",
        str(output),
    )
    code, out, err = run(capsys, "states", "train", str(table), *options, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["method"] == "line:own"
    assert told["scores"]["persistence"]["change_recall"] == 0
    assert [run_.state.value for run_ in Runs(tmp_path / "runs").all()] == ["done"]
    code, out, _ = run(capsys, "states", "evaluate", str(output), str(table), "--json")
    assert json.loads(out)["scores"]["model"]["accuracy"] > 0.9
    later = (START + timedelta(days=5)).strftime("%Y-%m-%d")
    code, out, _ = run(capsys, "states", "evaluate", str(output), str(table), "--since", later, "--json")
    assert json.loads(out)["scores"]["model"]["count"] == 96
    code, out, _ = run(capsys, "states", "predict", str(output), str(table), "--json")
    assert json.loads(out)["state"] in ("0", "1")
    code, out, err = run(capsys, "states", "train", str(table), "--target", "valve", "-o", str(output))
    assert (code, out) == (2, "")
    assert "'valve'" in err
    code, _, err = run(capsys, "states", "evaluate", str(tmp_path), str(table))
    assert code in (1, 2)
    assert "Traceback" not in err
