"""What the simulator sends, and that a served park and a broker get it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiomqtt
import numpy as np
import pytest
from tests.demo.parks import THURSDAY, micros, of_class, park, simulator
from tests.loops import run_apart as in_loop

from yuanli.bootstrap import FeedState, PlayParams, PlayRefusedError, play_demo
from yuanli.bootstrap.feeding import remember_commands
from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.demo import Cadence, FeedParams, LiveFeed, SimulatedField, Simulator, past, pushes
from yuanli.devices import parse_broker
from yuanli.operations import CommandId, CommandWrite, WriteState
from yuanli.telemetry import Quality, decode_json

NOW = micros(THURSDAY + timedelta(hours=10, minutes=7))
MINUTE = 60_000_000
SHORT = FeedParams(minute_days=1, room_days=1, step_min=120)
ROOT = Path(__file__).parents[2]
SERVER = """
import sys
from pathlib import Path
from yuanli.bootstrap import feed_demo, open_house, serve
from yuanli.demo import FeedParams
from yuanli.operations import Caller, Role
from yuanli.settings import load_settings
house = open_house(load_settings(data_dir=Path(sys.argv[1]), port=0, compile_ahead=False))
house.ensure_demo()
house.ensure_admin()
token, _ = house.accounts.add_token(Caller(username="admin", role=Role.ADMIN), label="test")
params = FeedParams(minute_days=1, room_days=1, step_min=120)
serve(house, lambda url: print(url, token, flush=True), beside=lambda url: feed_demo(house, url, params))
"""


def test_the_past_is_told_once_and_a_gap_only_once() -> None:
    first = past(None, NOW)
    assert min(one.start for one in first) <= NOW - 28 * 1440 * MINUTE + 15 * MINUTE
    for cadence in (Cadence.MINUTE, Cadence.ROOM):
        mine = [one for one in first if cadence in one.cadences]
        assert [one.start for one in mine[:-1]] == [one.end for one in mine[1:]]
        assert mine[0].end == NOW
    assert past(NOW, NOW) == ()
    gap = past(NOW - 60 * MINUTE, NOW)
    assert {one.step for one in gap} == {5 * MINUTE}
    assert min(one.start for one in gap) >= NOW - 60 * MINUTE
    assert past(NOW - 400 * 1440 * MINUTE, NOW)[0].start >= NOW - 28 * 1440 * MINUTE


def test_pushes_are_small_and_the_door_takes_them() -> None:
    stretch = past(None, NOW, SHORT)[0]
    sent = list(pushes(simulator(), stretch, SHORT))
    assert sent
    for push in sent:
        decoded = decode_json(push.payload)
        assert decoded.faults == ()
        assert len(decoded.rows) == push.rows <= SHORT.most_rows
        assert len(push.payload) < 1_000_000


def test_states_are_told_when_they_change() -> None:
    live = LiveFeed(simulator())
    first, second = (sum(push.rows for push in live.tick(NOW + i * MINUTE)) for i in (0, 1))
    assert first == sum(1 for _ in simulator().points)
    meters = sum(len(one.points) for one in simulator().tell(np.array([NOW]), [Cadence.MINUTE]))
    assert meters <= second < meters + 400


def test_the_simulated_devices_are_a_gateway() -> None:
    now = datetime(2024, 5, 16, 2, tzinfo=UTC)
    field = SimulatedField(Simulator(park()), clock=lambda: now)
    setpoint = of_class("Zone_Air_Temperature_Setpoint")[0]
    assert field.write(setpoint.id, 26.5).acknowledged
    assert field.read(setpoint.id).value == 26.5
    refused = field.write(of_class("CO2_Level_Sensor")[0].id, 500.0)
    assert not refused.acknowledged
    assert refused.message is not None
    assert not field.write("nowhere", 1.0).acknowledged
    assert field.read("nowhere").quality is Quality.MISSING
    found = {one.address: one for one in field.discover()}
    assert len(found) == len(simulator().points)
    assert found[setpoint.id].writable


def test_devices_stay_as_they_were_told_when_the_simulator_starts_again() -> None:
    now = datetime(2024, 5, 16, 2, tzinfo=UTC)
    first, second = (point.id for point in of_class("Zone_Air_Temperature_Setpoint")[:2])

    def write(point: str, new: float, state: WriteState, minutes: int) -> CommandWrite:
        return CommandWrite(
            command_id=CommandId("c"), position=0, campus_id=CampusId("demo"), at=now - timedelta(minutes=minutes),
            who="li", device_id=None, point_id=PointId(FeatureId(point)), gateway="demo-simulator", address=point,
            old=None, new=new, unit=None, state=state,
        )  # fmt: skip

    simulated = Simulator(park())
    field = SimulatedField(simulated, clock=lambda: now)
    usual = field.read(second).value
    newest_first = (
        write(first, 27.5, WriteState.ACKNOWLEDGED, 1),
        write(second, 28.5, WriteState.FAILED, 2),
        write("gone", 1.0, WriteState.ACKNOWLEDGED, 3),
        write(first, 21.5, WriteState.UNKNOWN, 4),
    )
    remember_commands(simulated, newest_first)
    assert (field.read(first).value, field.read(second).value) == (27.5, usual)


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(PlayRefusedError):
        PlayParams(begin=THURSDAY, speed=speed)


def test_a_play_needs_a_token_over_http_and_times_in_order() -> None:
    with pytest.raises(PlayRefusedError):
        PlayParams(begin=THURSDAY, end=THURSDAY)
    with pytest.raises(PlayRefusedError):
        in_loop(
            play_demo(simulator(), "http://127.0.0.1:1", PlayParams(begin=THURSDAY), clock=lambda: THURSDAY)
        )


def test_a_broker_gets_the_life_of_the_park_and_its_commands_are_obeyed() -> None:
    url = os.environ.get("YUANLI_TEST_MQTT_URL")
    if not url:
        pytest.skip("YUANLI_TEST_MQTT_URL names no broker")
    campus, setpoint = f"demo-{uuid4().hex[:8]}", of_class("Zone_Air_Temperature_Setpoint")[0].id

    async def watched() -> list[dict[str, float]]:
        broker = parse_broker(url)
        seen: list[dict[str, float]] = []
        async with aiomqtt.Client(
            broker.host, broker.port, username=broker.username, password=broker.password
        ) as client:
            await client.subscribe(f"{campus}/telemetry", qos=1)
            params = PlayParams(begin=datetime.now(UTC) - timedelta(hours=2), speed=60)
            playing = asyncio.create_task(
                play_demo(Simulator(park()), url, params, campus=campus, clock=lambda: datetime.now(UTC))
            )
            try:
                async with asyncio.timeout(60):
                    async for message in client.messages:
                        assert isinstance(message.payload, bytes)
                        document = json.loads(message.payload)[0]
                        seen.append(document["values"])
                        if len(seen) == 5:
                            await client.publish(f"{campus}/{setpoint}/set", '{"value": 29.5}', qos=1)
                            await client.publish(f"{campus}/{setpoint}/set", "nonsense", qos=1)
                        if document["values"].get(setpoint) == 29.5:
                            return seen
            except TimeoutError:
                return seen
            finally:
                playing.cancel()
                with suppress(asyncio.CancelledError):
                    await playing
        return seen

    seen = in_loop(watched())
    assert sum(map(len, seen)) > 5_000
    assert seen[-1].get(setpoint) == 29.5


def test_how_far_the_past_is_told_outlives_a_restart(tmp_path: Path) -> None:
    state = FeedState(file=tmp_path / "demo" / "feed.json")
    state.load()
    assert state.told_until is None
    state.keep(NOW)
    again = FeedState(file=state.file)
    again.load()
    assert again.told_until == NOW
    state.file.write_text("half a fi")
    spoilt = FeedState(file=state.file)
    spoilt.load()
    assert spoilt.told_until is None


def test_a_started_park_is_fed_by_an_account_of_its_own(tmp_path: Path) -> None:
    url, token, process = started(tmp_path)
    try:
        latest = wait_for(url, token, lambda values: len(values) > 6_000)
        fresh = [datetime.fromisoformat(one["at"]) for one in latest if "main1" in one["point"]]
        assert min(fresh) > datetime.now(UTC) - timedelta(minutes=3)
        roles = {one["username"]: one["role"] for one in asked(url, token, "/v1/users")}
        assert roles["demo-simulator"] == "operator"
        deadline = time.monotonic() + 150
        while not (tmp_path / "demo" / "feed.json").exists() and time.monotonic() < deadline:
            time.sleep(0.5)
        start = quote((datetime.now(UTC) - timedelta(hours=23)).isoformat())
        end = quote((datetime.now(UTC) - timedelta(hours=1)).isoformat())
        path = f"/v1/campuses/demo/readings?point=building-a-main1-p2&from={start}&to={end}"
        assert len(asked(url, token, path)["readings"]) >= 10
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()


def started(folder: Path) -> tuple[str, str, subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    words = process.stdout.readline().split()
    process.stdout.close()
    if len(words) != 2:
        process.kill()
        process.wait()
        pytest.fail("the server did not start")
    return words[0], words[1], process


def asked(url: str, token: str, path: str) -> Any:
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def wait_for(url: str, token: str, enough: Any) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 120
    found: list[dict[str, Any]] = []
    while time.monotonic() < deadline and not enough(found):
        time.sleep(1)
        found = asked(url, token, "/v1/campuses/demo/readings/latest")["readings"]
    assert enough(found), len(found)
    return found
