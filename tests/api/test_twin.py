"""The twin over HTTP: at once, over time, and live to many who listen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import CAMPUS, MONDAY, PASSWORD, Clock
from tests.loops import run_apart
from tests.operations.twins import tell, twin_house

from yuanli.api.twin_live import RING, TwinChannels, delta_of, part_of
from yuanli.bootstrap import House

TWIN = f"/v1/campuses/{CAMPUS}/twin"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = twin_house(tmp_path, Clock())
    yield opened
    opened.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app: FastAPI = app_of(house)
    with TestClient(app) as client:
        client.post("/v1/session", json={"username": "member", "password": PASSWORD}).raise_for_status()
        yield client


def test_the_state_tells_value_unit_time_age_and_quality(house: House, client: TestClient) -> None:
    tell(house, MONDAY - timedelta(minutes=2), {"t00": 21.5})
    places = {place["id"]: place for place in client.get(TWIN).json()["places"]}
    told = places["room0-0"]["values"]["temperature"]
    assert told == {
        "value": 21.5, "unit": "°C", "at": "2026-03-02T01:58:00Z", "age_s": 120.0, "quality": 0,
        "source": "measured", "coverage": 1.0,
    }  # fmt: skip
    assert places["room0-0"]["parent"] == "level-0"


def test_the_past_is_told_as_it_was(house: House, client: TestClient) -> None:
    tell(house, MONDAY - timedelta(hours=5), {"t00": 18.0})
    tell(house, MONDAY, {"t00": 25.0})
    at = (MONDAY - timedelta(hours=5)).isoformat()
    state = client.get(TWIN, params={"at": at}).json()
    room = next(place for place in state["places"] if place["id"] == "room0-0")
    assert room["values"]["temperature"]["value"] == 18.0


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("", {"at": "yesterday"}, 422),
        ("", {"at": "2026-03-02T00:00:00"}, 422),
        ("", {"level": "nan"}, 422),
        ("/history", {"from": MONDAY.isoformat(), "to": MONDAY.isoformat()}, 422),
        ("/history", {"from": "2020-01-01T00:00Z", "to": MONDAY.isoformat()}, 422),
        ("/history", {"from": "2026-01-01T00:00Z", "to": "2026-01-02T00:00Z", "quantity": "love"}, 422),
        ("/places/nowhere", {}, 404),
    ],
)
def test_what_cannot_be_answered_is_told_in_both_languages(
    client: TestClient, path: str, params: dict[str, str], status: int
) -> None:
    reply = client.get(TWIN + path, params=params)
    assert reply.status_code == status, reply.text
    assert reply.json()["message"]["zh"]
    assert reply.json()["message"]["en"]


def test_an_unknown_campus_has_no_stream(client: TestClient) -> None:
    assert client.get("/v1/campuses/nowhere/twin/live").status_code == 404
    assert client.get("/v1/campuses/nowhere/twin/live").status_code == 404


def test_history_and_rooms_are_told(house: House, client: TestClient) -> None:
    tell(house, MONDAY - timedelta(minutes=30), {"t00": 21.0})
    span = {"from": (MONDAY - timedelta(hours=2)).isoformat(), "to": MONDAY.isoformat()}
    frames = client.get(f"{TWIN}/history", params=span | {"quantity": "temperature"}).json()
    assert frames["values"]["room0-0"] == [None, 21.0]
    room = client.get(f"{TWIN}/places/room0-0").json()
    assert {device["state"]["id"] for device in room["devices"]} == {"ahu-0", "air-0", "pir-0"}


def events(message: bytes) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in message.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_listeners_get_the_whole_and_then_what_changes(house: House) -> None:
    async def follow() -> None:
        tell(house, MONDAY, {"t00": 21.0, "t10": 70.0})
        channels = TwinChannels(house)
        one = channels.listen(await channels.join(CAMPUS, None))
        other = channels.listen(await channels.join(CAMPUS, 1.0))
        ((name, _state),) = events(await anext(one))
        assert name == "snapshot"
        await anext(other)
        tell(house, MONDAY + timedelta(seconds=1), {"t00": 23.0})
        ((name, changed),) = events(await asyncio.wait_for(anext(one), 10))
        assert name == "delta"
        places = changed["places"]
        assert isinstance(places, list)
        assert {place["id"] for place in places} >= {"room0-0", "level-0"}
        assert "room1-0" not in {place["id"] for place in places}
        channels.close()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(one), 10)
        await other.aclose()

    run_apart(follow())


def test_what_is_judged_anew_is_told_to_who_listens(house: House) -> None:
    async def follow() -> None:
        for minutes in range(600, 0, -15):
            tell(house, MONDAY - timedelta(minutes=minutes), {"t00": 21.0 + minutes % 7 / 10})
        tell(house, MONDAY, {"t00": 70.0})
        channels = TwinChannels(house)
        one = channels.listen(await channels.join(CAMPUS, None))
        ((_, state),) = events(await anext(one))
        await asyncio.to_thread(house.cleaner.turn)
        ((name, changed),) = events(await asyncio.wait_for(anext(one), 10))
        told = [room(which)["values"]["temperature"]["value"] for which in (state, changed)]
        assert (name, told) == ("delta", [70.0, 21.1])
        channels.close()
        await one.aclose()

    run_apart(follow())


def room(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(place for place in state["places"] if place["id"] == "room0-0")
    return found


def test_who_falls_behind_gets_the_whole_again_and_holds_nobody_back(house: House) -> None:
    async def follow() -> None:
        tell(house, MONDAY, {"t00": 20.0})
        channels = TwinChannels(house)
        channel = await channels.join(CAMPUS, None)
        slow, quick = channels.listen(channel), channels.listen(channel)
        await anext(slow)
        await anext(quick)
        for i in range(3 * RING):
            tell(house, MONDAY, {"t01": float(i)}) if i == 0 else None
            tell(house, MONDAY + timedelta(seconds=i + 1), {"t00": 20.0 + i / 10})
            channel.publish(house.twin.state(CAMPUS, MONDAY + timedelta(seconds=i + 1)), float(i))
            assert [name for name, _ in events(await anext(quick))] == ["delta"]
        assert len(channel.ring) == RING
        ((name, _),) = events(await anext(slow))
        assert name == "snapshot"
        channels.close()

    run_apart(follow())


def test_a_thousand_listeners_get_the_same_bytes_once_encoded(house: House) -> None:
    async def follow() -> None:
        tell(house, MONDAY, {"t00": 20.0})
        channels = TwinChannels(house)
        channel = await channels.join(CAMPUS, None)
        listeners: list[AsyncGenerator[bytes, None]] = [channels.listen(channel) for _ in range(1000)]
        first = [await anext(listener) for listener in listeners]
        assert len({id(message) for message in first}) == 1
        assert channel.listeners == 1000
        tell(house, MONDAY + timedelta(seconds=1), {"t00": 22.0})
        second = await asyncio.wait_for(asyncio.gather(*(anext(one) for one in listeners)), 30)
        assert len(set(second)) == 1
        for listener in listeners:
            await listener.aclose()
        assert channel.listeners == 0
        channels.close()

    run_apart(follow())


def test_a_delta_put_on_the_state_before_is_the_state_after(house: House) -> None:
    tell(house, MONDAY, {"t00": 20.0, "n01": 3.0, "cmd00": 1.0})
    before = house.twin.state(CAMPUS, MONDAY)
    assert delta_of(before, before) is None
    tell(house, MONDAY + timedelta(minutes=1), {"n01": 4.0, "cmd00": 0.0})
    after = house.twin.state(CAMPUS, MONDAY + timedelta(minutes=1))
    changed = delta_of(before, after)
    assert changed is not None
    merged = {place.id: dict(place.values) for place in before.places}
    for place in changed.places:
        merged.setdefault(place.id, {}).update(place.values)
    for place in after.places:
        for quantity, value in place.values.items():
            assert merged[place.id][quantity].value == value.value
    assert {device.id for device in changed.devices} == {"ahu-0", "cam-1"}
    assert {place.ordinal for place in part_of(after, 0.0).places if place.kind == "space"} == {0.0}
