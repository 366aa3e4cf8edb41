"""Devices, reports, expected people and standing orders over HTTP, with rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from tests.api.house import CAMPUS, Clock
from tests.operations.test_answering import park, write_weeks

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, Imported
from yuanli.operations import CommandAction, CommandRequest, Role

As = Callable[[Role], TestClient]
PARK = f"/v1/campuses/{CAMPUS}"


@pytest.fixture(autouse=True)
def parked(house: House, clock: Clock) -> None:
    house.places.add(Imported(campus=park()), who="test", why="test", replace=True)
    write_weeks(house, clock.now)


def test_devices_are_listed_with_their_state_and_what_can_be_commanded(signed_in: As) -> None:
    devices = {row["id"]: row for row in signed_in(Role.MEMBER).get(f"{PARK}/devices").json()["devices"]}
    lamp, smoke = devices["lamp-00"], devices["smoke"]
    assert (lamp["kind"], lamp["switchable"], lamp["place"]) == ("lighting", True, "room0-0")
    assert (devices["ahu-0"]["settable"], smoke["switchable"]) == (["temperature"], False)


def test_people_are_foretold_with_bounds(signed_in: As) -> None:
    hours = (
        signed_in(Role.MEMBER)
        .get(f"{PARK}/people/forecast", params={"place": "room0-1", "hours": 24})
        .json()["hours"]
    )
    assert 24 <= len(hours) <= 25
    assert all(hour["low_80"] <= hour["mean"] <= hour["high_80"] for hour in hours)
    assert max(hour["mean"] for hour in hours) == pytest.approx(40, rel=0.2)


def test_reports_are_defined_made_and_fetched_over_http(signed_in: As) -> None:
    operator = signed_in(Role.OPERATOR)
    body = {"name": "每周", "sections": ["energy", "people"], "formats": ["pdf", "csv"], "hour": 7}
    report = operator.post(f"{PARK}/reports", json=body).json()
    run = operator.post(f"{PARK}/reports/{report['id']}/runs").json()
    pdf = operator.get(f"{PARK}/reports/{report['id']}/runs/{run['id']}/pdf")
    assert (pdf.status_code, pdf.content[:4], pdf.headers["content-type"]) == (
        200,
        b"%PDF",
        "application/pdf",
    )
    assert operator.get(f"{PARK}/reports/{report['id']}/runs/{run['id']}/xlsx").status_code == 404
    changed = operator.put(f"{PARK}/reports/{report['id']}", json=body | {"name": "周报"}).json()
    assert (changed["id"], changed["name"]) == (report["id"], "周报")
    assert operator.delete(f"{PARK}/reports/{report['id']}").status_code == 204
    assert operator.get(f"{PARK}/reports").json() == {"reports": []}


WRONG: list[dict[str, object]] = [
    {"name": "", "sections": ["energy"]},
    {"name": "x", "sections": []},
    {"name": "x", "sections": ["gold"]},
]


@pytest.mark.parametrize("body", WRONG)
def test_a_report_that_breaks_a_rule_is_a_422(signed_in: As, body: dict[str, object]) -> None:
    assert signed_in(Role.OPERATOR).post(f"{PARK}/reports", json=body).status_code == 422


def test_orders_that_wait_are_shown_and_given_up(house: House, clock: Clock, signed_in: As) -> None:
    request = CommandRequest(action=CommandAction.OFF, kind="lighting", space_id=FeatureId("room0-0"))
    order = house.standing.add(CAMPUS, request, FeatureId("room0-0"), key="op/a/1", who="op", now=clock.now)
    operator = signed_in(Role.OPERATOR)
    (shown,) = operator.get(f"{PARK}/standing-orders").json()["orders"]
    assert (shown["id"], shown["state"]) == (order.id, "waiting")
    assert signed_in(Role.MEMBER).delete(f"{PARK}/standing-orders/{order.id}").status_code == 403
    assert operator.delete(f"{PARK}/standing-orders/{order.id}").json()["state"] == "cancelled"
    assert operator.delete(f"{PARK}/standing-orders/{order.id}").status_code == 404
