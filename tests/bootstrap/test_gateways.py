"""Gateways of the settings read beside the requests, wait for their campus, and are told of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import aiomqtt
import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import CAMPUS, PASSWORD, Clock, small_campus, small_house
from tests.devices.conftest import MOSQUITTO, OwnBroker
from tests.loops import run_apart
from tests.services.fake import Fake, fake_service, says

from yuanli.bootstrap import House, build_house
from yuanli.campus import FeatureId, Imported, PointId

METER = PointId(FeatureId("meter"))
AT = 1_772_000_000


@pytest.fixture
def server() -> Iterator[Fake]:
    with fake_service() as fake:
        yield fake


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[OwnBroker]:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    (tmp_path / "broker").mkdir()
    own = OwnBroker(tmp_path / "broker", MOSQUITTO)
    yield own
    own.stop()


def mqtt(broker: OwnBroker, **told: object) -> dict[str, object]:
    return {
        "name": "meters", "campus": CAMPUS, "url": f"mqtt://user:letmein@127.0.0.1:{broker.port}",
        "client_id": uuid4().hex, "subscriptions": [{"topic": "park/{point}"}], **told,
    }  # fmt: skip


def publish(broker: OwnBroker, *values: float) -> None:
    async def sent() -> None:
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            for number, value in enumerate(values):
                await client.publish("park/meter", json.dumps({"ts": AT + number, "value": value}), qos=1)

    run_apart(sent())


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


def count(house: House) -> int:
    return house.readings.footprint().rows


def test_a_broker_that_restarts_is_lost_and_back_and_no_reading_is(tmp_path: Path, broker: OwnBroker) -> None:
    house = small_house(tmp_path / "data", Clock(), gateways=[mqtt(broker)])
    (gateway,) = house.gateways
    house.keep_connected()
    until(lambda: gateway.connection().connected)
    publish(broker, 1.0, 2.0)
    until(lambda: count(house) == 2)
    began = gateway.connection().since
    broker.stop()
    until(lambda: not gateway.connection().connected)
    lost = gateway.connection()
    assert lost.last_error is not None
    assert "letmein" not in str(lost)
    broker.start()
    until(lambda: gateway.connection().connected)
    publish(broker, 1.0, 2.0, 3.0)
    until(lambda: gateway.connection().readings == 5)
    assert count(house) == 3
    told = gateway.connection()
    assert began is not None
    assert told.since is not None
    assert (told.since > began, told.last_error, told.duplicates) == (True, None, 2)
    house.close()
    publish(broker, 1.0, 2.0, 3.0, 4.0)
    again = small_house_again(tmp_path / "data", house)
    again.keep_connected()
    until(lambda: count(again) == 4)
    again.close()


def small_house_again(folder: Path, before: House) -> House:
    """Open the installation once more, with the same gateways."""
    return build_house(before.settings.model_copy(update={"data_dir": folder}), now=Clock())


def test_a_gateway_waits_until_its_campus_is_there(tmp_path: Path, server: Fake) -> None:
    server.plays = [says({"point": "meter", "ts": AT, "value": 1.0})]
    pulled = {"name": "far", "campus": "later", "url": server.url + "/now", "every_s": 1}
    house = small_house(tmp_path, Clock(), gateways=[pulled])
    house.keep_connected()
    (gateway,) = house.gateways
    until(lambda: gateway.connection().last_error is not None)
    assert (server.headers, gateway.connection().connected) == ([], False)
    house.close()


def test_gateways_and_senders_are_told_to_who_may_see_reports(tmp_path: Path, server: Fake) -> None:
    server.plays = [says({"point": "meter", "ts": AT, "value": 1.0}), says(b"", 304)]
    pulled = {"name": "weather", "campus": CAMPUS, "url": server.url + "/now", "token": "letmein"}
    house = small_house(tmp_path, Clock(), gateways=[pulled], readings_budget_mb=1)
    house.keep_connected()
    until(lambda: house.gateways[0].connection().connected)
    client = TestClient(app_of(house))
    assert client.get("/v1/gateways").status_code == 401
    client.post("/v1/session", json={"username": "operator", "password": PASSWORD})
    client.post(f"/v1/campuses/{CAMPUS}/readings", json={"point": "meter", "ts": AT + 60, "value": 2.0})
    told = client.get("/v1/gateways").json()
    (gateway,) = told["gateways"]
    assert (gateway["name"], gateway["kind"], gateway["connected"]) == ("weather", "http", True)
    assert (gateway["messages"], gateway["readings"], gateway["senders"]) == (1, 1, 1)
    assert gateway["watermark"].startswith("2026-02-25T06:13:20")
    assert (gateway["clock_skew_s"], gateway["last_error"]) == (None, None)
    assert [sender["name"] for sender in told["senders"]] == ["http:operator", "weather:127.0.0.1"]
    assert "letmein" not in json.dumps(told)
    health = client.get("/v1/readings/health").json()
    assert (health["rows"], health["gateways"], health["connected"]) == (2, 1, 1)
    assert (health["pending"], health["budget_bytes"]) == (1, 1_000_000)
    assert health["oldest"].startswith("2026-02-25T06:13:20")
    assert health["keep_days"] == {"meter": 1830, "sensor": 1100, "state": 730, "presence": 400}
    house.close()


def test_the_campus_may_come_later(
    tmp_path: Path, broker: OwnBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yuanli.bootstrap.gateways.CAMPUS_WAIT_S", 0.05)
    house = small_house(tmp_path / "data", Clock(), gateways=[mqtt(broker, campus="later")])
    house.keep_connected()
    (gateway,) = house.gateways
    until(lambda: gateway.connection().last_error is not None)
    later = replace(small_campus(), id="later")  # type: ignore[arg-type]
    house.places.add(Imported(campus=later), who="test", why="test")
    until(lambda: gateway.connection().connected)
    publish(broker, 5.0)
    until(lambda: count(house) == 1)
    house.close()


def test_without_gateways_nothing_runs(tmp_path: Path) -> None:
    house = small_house(tmp_path, Clock())
    house.keep_connected()
    assert house.gateways == ()
    house.close()
