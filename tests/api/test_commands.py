"""Commands to devices over HTTP: previewed, confirmed, logged, locked."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.api.house import CAMPUS
from tests.operations.commanding import Loopback, fitted_campus

from yuanli.bootstrap import House
from yuanli.campus import Imported

PATH = "/v1/campuses/small/commands"
LAMP = {"action": "on", "devices": ["lamp-0"]}


@pytest.fixture
def gateway(house: House) -> Loopback:
    house.places.add(Imported(campus=fitted_campus()), who="test", why="devices", replace=True)
    gateway = Loopback()
    house.device_gateways.add("bus", gateway, campus_id=CAMPUS)
    return gateway


def test_a_command_is_shown_confirmed_and_logged(gateway: Loopback, operator: TestClient) -> None:
    shown = operator.post(f"{PATH}/preview", json=LAMP).json()
    assert (shown["allowed"], shown["text"]["zh"]) == (True, "打开：设备lamp-0；写 1 个点位。")
    assert [(one["point_id"], one["old"], one["new"]) for one in shown["writes"]] == [("lamp-0-sw", None, 1)]
    assert gateway.sent == []
    done = operator.post(PATH, json={"preview": shown["id"]}).json()
    assert [one["state"] for one in done["writes"]] == ["acknowledged"]
    assert gateway.sent == [("lamp-0-sw", 1.0)]
    again = operator.post(PATH, json={"preview": shown["id"]})
    assert (again.status_code, again.json()["error"]) == (409, "command_done")
    told = operator.get(PATH, params={"device": "lamp-0"}).json()
    (logged,) = told["writes"]
    assert told["switches"] == ["lamp-0-sw"]
    assert (logged["who"], logged["state"], logged["gateway"]) == ("operator", "acknowledged", "bus")
    assert operator.get(PATH, params={"device": "lamp-1"}).json()["writes"] == []
    assert operator.get(PATH, params={"to": "2020-01-01T00:00:00Z"}).json()["writes"] == []


def test_a_program_says_that_a_person_confirmed(gateway: Loopback, operator: TestClient) -> None:
    reply = operator.post(PATH, json={"command": LAMP})
    assert (reply.status_code, reply.json()["field"]) == (422, "confirmed")
    reply = operator.post(PATH, json={"command": LAMP, "confirmed": True})
    assert reply.status_code == 200
    assert gateway.sent == [("lamp-0-sw", 1.0)]
    assert operator.post(PATH, json={}).status_code == 422


def test_a_point_that_no_gateway_reaches_is_a_409_with_a_hint(house: House, operator: TestClient) -> None:
    house.places.add(Imported(campus=fitted_campus()), who="test", why="devices", replace=True)
    shown = operator.post(f"{PATH}/preview", json=LAMP).json()
    assert shown["allowed"] is False
    assert shown["left_out"][0]["obstacles"][0]["rule"] == "no_gateway"
    reply = operator.post(PATH, json={"preview": shown["id"]})
    assert (reply.status_code, reply.json()["error"]) == (409, "no_gateway")
    assert "gateway" in reply.json()["hint"]["en"]


def test_a_member_and_a_visitor_command_nothing(
    gateway: Loopback, member: TestClient, visitor: TestClient
) -> None:
    reply = member.post(f"{PATH}/preview", json=LAMP)
    assert (reply.status_code, reply.json()["error"]) == (403, "not_allowed")
    assert "command_devices" in reply.json()["message"]["en"]
    assert visitor.post(PATH, json={"preview": "x"}).status_code == 401
    assert gateway.sent == []


def test_a_locked_device_takes_no_command_until_it_is_unlocked(
    gateway: Loopback, operator: TestClient
) -> None:
    lock = "/v1/campuses/small/devices/lamp-0/lock"
    body = {"kind": "maintenance", "reason": "换灯", "until": "2026-03-02T12:00:00+08:00"}
    assert operator.put(lock, json=body).json()["who"] == "operator"
    assert [one["device_id"] for one in operator.get("/v1/campuses/small/locks").json()["locks"]] == [
        "lamp-0"
    ]
    reply = operator.post(PATH, json={"command": LAMP, "confirmed": True})
    assert (reply.status_code, reply.json()["field"]) == (409, "locked")
    assert "换灯" in reply.json()["message"]["zh"]
    assert operator.delete(lock).status_code == 204
    assert operator.delete(lock).status_code == 404
    assert operator.post(PATH, json={"command": LAMP, "confirmed": True}).status_code == 200
    assert operator.put("/v1/campuses/small/devices/none/lock", json={}).status_code == 404
    assert gateway.sent == [("lamp-0-sw", 1.0)]


def test_what_commands_can_name_is_told_in_both_languages(operator: TestClient) -> None:
    options = operator.get(f"{PATH}/options").json()
    assert {"name": "lighting", "text": {"zh": "照明", "en": "lighting"}, "unit": None} in options["kinds"]
    assert {one["name"] for one in options["scenes"]} >= {"all_off", "presentation", "night"}
    assert next(one["unit"] for one in options["attributes"] if one["name"] == "temperature") == "°C"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"action": "explode", "devices": ["lamp-0"]}, 422, "action"),
        ({"action": "set", "devices": ["fcu-0"], "attribute": "temperature", "value": "warm"}, 422, "value"),
        ({"action": "set", "devices": ["fcu-0"], "attribute": "mood", "value": 3}, 422, "attribute"),
        ({"action": "on", "devices": ["lamp-9"]}, 404, "lamp-9"),
        ({"action": "on", "space": "attic"}, 404, "attic"),
        ({"action": "on", "devices": ["lamp-0"], "power": 9}, 422, "power"),
    ],
)
def test_what_can_not_be_commanded_is_told(
    gateway: Loopback, operator: TestClient, body: dict[str, object], status: int, field: str
) -> None:
    reply = operator.post(f"{PATH}/preview", json=body)
    assert (reply.status_code, reply.json()["field"]) == (status, field)
    assert gateway.sent == []
