"""Ways over HTTP, and a route that follows what changes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.api.house import CAMPUS
from tests.loops import run_apart

from yuanli.api import live
from yuanli.bootstrap import House
from yuanli.campus import ClosureRequest, FeatureId
from yuanli.operations import RouteRequest

URL = "/v1/campuses/small"


def test_a_route_has_legs_steps_and_a_line(visitor: TestClient) -> None:
    reply = visitor.get(f"{URL}/route", params={"from": "room0-0", "to": "Room 203", "language": "en"})
    assert reply.status_code == 200, reply.text
    route = reply.json()["routes"][0]
    assert route["distance_m"] > 0
    assert route["distance_m"] == pytest.approx(sum(leg["distance_m"] for leg in route["legs"]), abs=0.1)
    assert {leg["mode"] for leg in route["legs"]} & {"elevator", "stairs"}
    assert route["geometry"]["type"] == "LineString"
    assert all(step["text"]["zh"] and step["text"]["en"] for step in route["steps"])


def test_a_wheelchair_takes_the_lift_and_a_closed_lift_leaves_no_way(
    visitor: TestClient, operator: TestClient
) -> None:
    asked = {"from": "room0-0", "to": "room3-1", "profile": "wheelchair"}
    first = visitor.get(f"{URL}/route", params=asked)
    assert "stairs" not in {leg["mode"] for leg in first.json()["routes"][0]["legs"]}
    closure = operator.post(f"{URL}/closures", json={"feature_ids": ["lift-0"]}).json()
    refused = visitor.get(f"{URL}/route", params=asked)
    assert refused.status_code == 409
    assert refused.json()["message"]["zh"]
    operator.delete(f"{URL}/closures/{closure['id']}")
    again = visitor.get(f"{URL}/route", params=asked)
    assert again.json()["routes"][0]["legs"] == first.json()["routes"][0]["legs"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"from": "room0-0", "to": "nowhere to be found"}, 404),
        ({"from": "room0-0", "to": "room1-0", "profile": "rocket"}, 422),
        ({"from": "room0-0", "to": "room1-0", "order": "random"}, 422),
        ({"from": "room0-0", "to": "room1-0", "alternatives": "9"}, 422),
        ({"from": "room0-0", "to": "room1-0", "at": "soon"}, 422),
        ({"from": "room0-0", "to": "room1-0", "at": "0001-01-01T00:00:00"}, 422),
        ({"from": "0,0", "to": "room1-0"}, 422),
    ],
)
def test_a_bad_request_for_a_route_is_told(visitor: TestClient, asked: dict[str, str], status: int) -> None:
    reply = visitor.get(f"{URL}/route", params=asked)
    assert reply.status_code == status, reply.text


def test_a_matrix_is_as_large_as_asked(visitor: TestClient) -> None:
    body = {"from": ["room0-0", "room1-0"], "to": ["room0-1", "room1-1", "room1-0"]}
    matrix = visitor.post(f"{URL}/matrix", json=body).json()
    assert [len(row) for row in matrix["duration_s"]] == [3, 3]
    assert matrix["duration_s"][1][2] == 0


def test_an_isochrone_is_geojson(visitor: TestClient) -> None:
    areas = visitor.get(f"{URL}/isochrone", params={"from": "room0-0", "minutes": [1, 5]}).json()
    assert areas["type"] == "FeatureCollection"
    assert {area["properties"]["minutes"] for area in areas["features"]} == {1, 5}
    assert all("Polygon" in area["geometry"]["type"] for area in areas["features"])


def test_everyone_has_a_nearest_exit(visitor: TestClient) -> None:
    exits = {row["feature_id"]: row for row in visitor.get(f"{URL}/exits").json()}
    assert exits["room0-0"]["duration_s"] < exits["room0-1"]["duration_s"]


def test_the_nearest_of_an_unknown_kind_is_told(visitor: TestClient) -> None:
    reply = visitor.get(f"{URL}/nearest", params={"from": "room0-0", "kind": "volcano"})
    assert reply.status_code in (200, 404, 422)
    assert reply.json().get("results", []) == []


def test_a_live_route_follows_a_closure_and_its_end(app: FastAPI, house: House, visitor: TestClient) -> None:
    del visitor
    asked = RouteRequest(origin="room0-0", destination="room3-1")

    async def follow() -> list[dict[str, Any]]:
        request: Any = type("Request", (), {"app": app})
        app.state.stopping = asyncio.Event()
        first = live._look(house, CAMPUS, asked, None)
        events = live._events(request, house, CAMPUS, asked, first)
        heard = [await anext(events)]
        used = "lift-0" if b'"elevator"' in heard[0] else "stairs-0"
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.05)
        request_to_close = ClosureRequest(
            feature_ids=(FeatureId(used),), reason={"zh": "检修", "en": "repair"}
        )
        closure = await asyncio.to_thread(house.places.close, CAMPUS, request_to_close, who="t", why="")
        heard.append(await asyncio.wait_for(waiting, 20))
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.05)
        await asyncio.to_thread(house.places.reopen, CAMPUS, closure.id, who="t", why="")
        heard.append(await asyncio.wait_for(waiting, 20))
        await events.aclose()
        return [json.loads(event.decode().split("data: ", 1)[1]) for event in heard]

    before, closed, reopened = run_apart(follow())
    assert (before["changed"], before["why"]) == (False, None)
    assert closed["changed"] is True
    assert "检修" in closed["why"]["zh"]
    assert closed["routes"][0]["geometry"] != before["routes"][0]["geometry"]
    assert reopened["routes"][0]["geometry"] == before["routes"][0]["geometry"]


def test_a_live_route_to_nowhere_is_an_error_at_once(visitor: TestClient) -> None:
    reply = visitor.get(f"{URL}/route/live", params={"from": "room0-0", "to": "nowhere to be found"})
    assert (reply.status_code, reply.json()["error"]) == (404, "place_not_found")
