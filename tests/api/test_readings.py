"""Readings that programs push."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.api.conftest import As
from tests.telemetry.memory import MemoryReadingStore

from yuanli.api import create_app
from yuanli.bootstrap import House
from yuanli.operations import Intake, IntakeParams, PointBooks, Role

PATH = "/v1/campuses/small/readings"
NOTHING: dict[str, Any] = {"kept": 0, "duplicates": 0, "conflicts": 0, "aside": 0, "refused": []}
WRONG = (
    '[{"point": "meter", "ts": 1, "value": 1}, {"point": "metre", "ts": 1, "value": 2},'
    ' {"point": "meter", "value": "x"}]'
)


def test_json_is_kept_and_the_same_again_is_no_more(operator: TestClient) -> None:
    body = [{"point": "meter", "ts": "2026-03-02T01:59:00Z", "value": 1.5, "unit": "kW"}]
    assert operator.post(PATH, json=body).json() == NOTHING | {"kept": 1}
    assert operator.post(PATH, json=body).json() == NOTHING | {"duplicates": 1}
    assert operator.post(PATH, json=body[0] | {"value": 2}).json() == NOTHING | {"conflicts": 1}


@pytest.mark.parametrize(
    ("kind", "query", "body"),
    [
        (
            "application/x-ndjson",
            "",
            '{"point": "meter", "ts": 1, "value": 1}\n{"point": "meter", "ts": 2, "value": 1}',
        ),
        ("text/plain; charset=utf-8", "?precision=s", "meter value=1 1\nmeter value=1 2\n"),
        (
            "application/json",
            "?zone=Asia/Shanghai",
            '{"ts": "2026-03-02 10:00", "values": {"meter": 1}, "device": "d"}',
        ),
    ],
)
def test_each_kind_of_body_is_read(operator: TestClient, kind: str, query: str, body: str) -> None:
    reply = operator.post(PATH + query, content=body, headers={"Content-Type": kind})
    assert reply.status_code == 200, reply.text
    assert reply.json()["kept"] == (1 if "zone" in query else 2)


def test_wrong_rows_refuse_all_and_are_told(operator: TestClient) -> None:
    reply = operator.post(PATH, content=WRONG)
    assert reply.status_code == 422
    problem = reply.json()
    assert problem["error"] == "refused_rows"
    assert [(row["row"], row["field"], row["value"]) for row in problem["refused"]] == [
        (3, "value", "x"),
        (2, "point", "metre"),
    ]
    assert operator.post(PATH, json={"point": "meter", "ts": 1, "value": 1}).json()["kept"] == 1


def test_in_part_the_good_rows_are_kept(operator: TestClient) -> None:
    reply = operator.post(PATH + "?partial=true", content=WRONG)
    assert (reply.status_code, reply.json()["kept"]) == (200, 1)
    assert sorted(row["row"] for row in reply.json()["refused"]) == [2, 3]


@pytest.mark.parametrize(
    ("query", "headers", "body", "status", "field"),
    [
        ("", {"Content-Type": "application/xml"}, b"<a/>", 422, "Content-Type"),
        ("", {}, b"{", 422, "body"),
        ("?zone=Moon/Base", {}, b"[]", 422, "zone"),
        ("?precision=h", {}, b"[]", 422, "precision"),
        ("", {}, b"[" + b"1," * 900_000 + b"1]", 413, "body"),
        ("", {}, b" " * 2_000_001, 413, None),
    ],
)
def test_other_bodies_are_refused(
    operator: TestClient, query: str, headers: dict[str, str], body: bytes, status: int, field: str | None
) -> None:
    reply = operator.post(PATH + query, content=body, headers={"Content-Type": "application/json"} | headers)
    assert (reply.status_code, reply.json()["field"]) == (status, field)


def test_a_campus_that_is_not_there_is_a_404(operator: TestClient) -> None:
    assert operator.post("/v1/campuses/nowhere/readings", content="[]").status_code == 404


def test_a_token_of_an_operator_may_push_and_a_member_may_not(app: FastAPI, signed_in: As) -> None:
    token = signed_in(Role.OPERATOR).post("/v1/tokens", json={"label": "gateway"}).json()["token"]
    program = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    assert program.post(PATH, json={"point": "meter", "value": 1}).json()["kept"] == 1
    assert signed_in(Role.MEMBER).post(PATH, json={"point": "meter", "value": 1}).status_code == 403


class BusyIntake(Intake):
    """Has no room, for something else is being written."""

    def busy(self) -> None:
        self._rows = 10


@pytest.fixture
def busy(house: House) -> Iterator[TestClient]:
    books = PointBooks(house.places)
    intake = BusyIntake(
        MemoryReadingStore(),
        books,
        clock=house.now,
        convert=lambda value, *_: value,
        params=IntakeParams(most_rows=10),
    )
    intake.busy()
    with TestClient(create_app(replace(house, intake=intake)), raise_server_exceptions=False) as client:
        client.post("/v1/session", json={"username": "operator", "password": "correct horse"})
        yield client


def test_a_busy_intake_says_when_to_come_again(busy: TestClient) -> None:
    reply = busy.post(PATH, json={"point": "meter", "value": 1})
    assert (reply.status_code, reply.json()["error"]) == (503, "intake_busy")
    assert int(reply.headers["Retry-After"]) > 0


def test_a_book_of_points_is_made_anew_when_the_campus_changes(house: House, operator: TestClient) -> None:
    books, campus = PointBooks(house.places), house.places.summaries()[0].id
    before = books(campus)
    assert books(campus) is before
    operator.post("/v1/campuses/small/closures", json={"feature_ids": ["lift-0"]})
    assert books(campus) is not before
    assert books(campus).find("meter") == before.find("meter")


def test_gateways_are_told_apart(house: House, operator: TestClient) -> None:
    assert house.intake is not None
    operator.post(PATH + "?gateway=roof", json={"point": "meter", "value": 1})
    operator.post(PATH, json={"point": "meter", "value": 1})
    assert {state.gateway for state in house.intake.gateways()} == {"roof", "http:operator"}


def test_what_was_pushed_is_told_to_members_as_series_sums_and_latest(
    operator: TestClient, member: TestClient, visitor: TestClient
) -> None:
    rows = [{"point": "meter", "ts": f"2026-05-01T0{hour}:00:00Z", "value": hour + 0.5} for hour in range(5)]
    assert operator.post(PATH, json=rows).json()["kept"] == 5
    span = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    told = member.get(PATH, params={"point": "meter", **span}).json()["readings"]
    assert [one["value"] for one in told] == [0.5, 1.5, 2.5, 3.5, 4.5]
    assert told[0] == {"at": "2026-05-01T00:00:00Z", "raw": 0.5, "value": 0.5, "quality": 0, "reasons": []}
    summed = member.get(f"{PATH}/summary", params={"point": "meter", "every": "day", **span}).json()[
        "buckets"
    ]
    assert sum(bucket["count"] for bucket in summed) == 5
    (newest,) = member.get(f"{PATH}/latest").json()["readings"]
    assert (newest["point"], newest["value"], newest["unit"]) == ("meter", 4.5, "kW")
    assert visitor.get(f"{PATH}/latest").status_code == 401


def test_a_point_that_is_not_there_and_a_span_that_is_none_are_told(member: TestClient) -> None:
    span = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    reply = member.get(PATH, params={"point": "attic", **span})
    assert (reply.status_code, reply.json()["error"]) == (404, "point_not_found")
    reply = member.get(PATH, params={"point": "meter", "from": span["to"], "to": span["from"]})
    assert (reply.status_code, reply.json()["error"]) == (422, "range")
    reply = member.get(PATH, params={"point": "meter", "from": "2026-05-01T00:00:00", "to": span["to"]})
    assert reply.status_code == 422
