"""The next state of a point: from what is kept of it, over HTTP and from the shell; and models of tables."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import CAMPUS, PASSWORD, Clock, small_house
from tests.cli.test_commands import run
from tests.operations.twins import twin_house

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, PointId
from yuanli.errors import Text
from yuanli.learning import Runs
from yuanli.operations import (
    Delivery,
    IntervalKind,
    IntervalLabel,
    IntervalSet,
    IntervalSetId,
    MarkedInterval,
    NoStatesError,
    PointNotFoundError,
    StateHorizonError,
    StateOrder,
    StateReader,
    States,
    StateTraining,
    UnfitLabelsError,
)
from yuanli.storage import SqlIntervalStore
from yuanli.telemetry import Decoded, Row

FAN = PointId(FeatureId("meter"))
START = datetime(2026, 2, 20, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return small_house(tmp_path, Clock())


def reader_of(house: House) -> StateReader:
    """Return what reads the states of a house."""
    return StateReader(house.readings, house.places, SqlIntervalStore(house.database))


def switched(days: int, point: str = "meter") -> tuple[Row, ...]:
    """Return a fan that runs from 8 to 18 o'clock and tells of changes alone."""
    moments = [
        (START + timedelta(days=day, hours=hour), on) for day in range(days) for hour, on in ((8, 1), (18, 0))
    ]
    return tuple(
        Row(point=point, at=round(at.timestamp() * 1e6), value=float(on), number=i + 1)
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
    assert starting.changes is not None
    assert starting.changes > 0.5
    assert starting.better_than_floor
    assert starting.change_recall is not None
    assert starting.change_recall > 0.5
    assert sum(one.probability for one in starting.states) == pytest.approx(1)
    assert starting.at == day + timedelta(hours=8.25)


@pytest.mark.parametrize(("point", "words"), [("cmd00", ["off", "on"]), ("pir00", ["nobody", "somebody"])])
def test_states_are_called_what_they_mean(tmp_path: Path, point: str, words: list[str]) -> None:
    house = twin_house(tmp_path, Clock())
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=switched(8, point)))])
    told = house.states.forecast(
        CAMPUS, PointId(FeatureId(point)), HALF_HOUR, START + timedelta(days=7, hours=12)
    )
    assert [one.name.en for one in told.states] == words


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


def test_a_trained_model_answers_once_it_is_promoted_and_says_so(house: House) -> None:
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=switched(8)))])
    now = START + timedelta(days=7, hours=7.75)
    training = StateTraining(reader_of(house), house.models, clock=lambda: now)
    order = StateOrder(ahead=HALF_HOUR, candidates=("line:own", "line:own+varied"))
    shares: list[float] = []
    trained = training.train(CAMPUS, FAN, order, who="li", told=shares.append)
    assert house.states.forecast(CAMPUS, FAN, HALF_HOUR, now).model is None
    by_name = {one.name: one for one in trained.scores}
    assert {"model", "persistence", "last_week", "line:own", "line:own+varied"} <= by_name.keys()
    assert by_name["persistence"].change_recall == 0
    assert (shares, trained.varied is None) == ([0.0, 0.5], False)
    assert house.models.promote(trained.model.name, trained.model.version, who="li").passed
    told = house.states.forecast(CAMPUS, FAN, HALF_HOUR, now)
    assert (told.model, told.now, told.expected, told.fault) == (trained.model, "0", "1", None)
    card = house.models.show(trained.model.name, trained.model.version).card
    assert card is not None
    assert "no change, accuracy" in card.en
    (house.models.folder_of(trained.model.name, trained.model.version) / "states.json").write_text(
        "{}", "utf-8"
    )
    restarted = States(reader_of(house), house.models)
    fallen = restarted.forecast(CAMPUS, FAN, HALF_HOUR, now)
    assert (fallen.model, fallen.expected, fallen.fault is None) == (None, "1", False)


def test_what_reviewers_decide_is_the_truth_that_is_learnt(house: House) -> None:
    """The meter reads a quantity; only labels say when the room was used: where it read above 60."""
    minutes = np.arange(0, 6 * 1440, 10)
    used = (minutes % 1440 >= 540) & (minutes % 1440 < 1020)
    rows = tuple(
        Row(point="meter", at=round((START + timedelta(minutes=int(m))).timestamp() * 1e6),
            value=float(40 + 40 * on + m % 7), number=i + 1)
        for i, (m, on) in enumerate(zip(minutes, used, strict=True))
    )  # fmt: skip
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows))])
    label = {
        name: IntervalLabel(name=name, title=Text(name, name), colour="#112233") for name in ("empty", "used")
    }
    made = house.intervals.add(
        IntervalSet(
            id=IntervalSetId(""), campus_id=CAMPUS, name="room", kind=IntervalKind.OCCUPANCY,
            labels=tuple(label.values()), points=(FAN,), start=START, end=START + timedelta(days=6),
            reviewers=1, made_by="li", made_at=START,
        )
    )  # fmt: skip
    order = StateOrder(ahead=HALF_HOUR, labels=made.id, candidates=("line:now", "line:recent"))
    end = START + timedelta(days=6)
    training = StateTraining(reader_of(house), house.models, clock=lambda: end)
    with pytest.raises(UnfitLabelsError, match="agreed on"):
        training.train(CAMPUS, FAN, order, who="li")
    for day in range(6):
        at = [START + timedelta(days=day, hours=hour) for hour in (0, 9, 17, 24)]
        marked = [
            MarkedInterval(start=at[i], end=at[i + 1], label="used" if i == 1 else "empty") for i in range(3)
        ]
        house.intervals.save(CAMPUS, made.id, day, marked, reviewer="li", version=0)
    trained = training.train(CAMPUS, FAN, order, who="li")
    assert trained.labelled == 6 * 720
    assert {one.name: one.accuracy for one in trained.scores}["model"] > 0.9
    house.models.promote(trained.model.name, trained.model.version, who="li")
    told = house.states.forecast(CAMPUS, FAN, HALF_HOUR, START + timedelta(days=5, hours=12))
    assert (told.now, told.expected, told.model) == (None, "used", trained.model)


def test_the_api_tells_states_to_members_only(house: House) -> None:
    reply = TestClient(app_of(house)).get(f"/v1/campuses/{CAMPUS}/points/meter/state-forecast")
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


def test_the_states_of_a_device_and_a_place_are_told_with_their_score_over_http(tmp_path: Path) -> None:
    clock = Clock()
    clock.now = START + timedelta(days=4, hours=7, minutes=45)
    house = twin_house(tmp_path, clock)
    fan = [replace(row, point="cmd00") for row in switched(5) if (row.at or 0) <= clock.now.timestamp() * 1e6]
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=tuple(fan)))])
    client = TestClient(app_of(house))
    assert client.get("/v1/campuses/small/state-forecasts", params={"of": "ahu-0"}).status_code == 401
    client.post("/v1/session", json={"username": "member", "password": PASSWORD})
    (device,) = client.get("/v1/campuses/small/state-forecasts", params={"of": "ahu-0"}).json()["states"]
    assert (device["point"], device["device_name"]["zh"]) == ("cmd00", "A座 1层 ahu-0")
    told = device["forecast"]
    assert (told["now"], told["expected"], told["better_than_floor"]) == ("0", "1", True)
    assert told["accuracy"] > told["floor_accuracy"]
    assert told["verdict"]["zh"]
    place = client.get("/v1/campuses/small/state-forecasts", params={"of": "room0-0"}).json()["states"]
    assert {one["point"]: one["forecast"] is not None for one in place} == {"cmd00": True, "pir00": False}
    (silent,) = [one for one in place if one["point"] == "pir00"]
    assert "nothing was measured" in silent["untold"]["en"]
    missing = client.get("/v1/campuses/small/state-forecasts", params={"of": "attic"})
    assert (missing.status_code, "attic" in missing.json()["message"]["en"]) == (404, True)
