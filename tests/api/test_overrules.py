"""What people say of readings, over HTTP."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

READINGS = "/v1/campuses/small/readings"
PATH = "/v1/campuses/small/points/meter/overrules"
SPAN = {"from": "2026-03-02T08:00:00+08:00", "to": "2026-03-02T09:00:00+08:00"}


def test_a_word_is_set_listed_exported_and_taken_back(operator: TestClient, member: TestClient) -> None:
    operator.post(READINGS, json={"point": "meter", "ts": "2026-03-02T00:30:00Z", "value": 5})
    reply = operator.post(PATH, json=SPAN | {"verdict": "estimated", "value": 7.5, "note": "读表"})
    assert reply.status_code == 201, reply.text
    kept = reply.json()
    assert (kept["who"], kept["flags"]["readings"], kept["start"]) == ("operator", 1, "2026-03-02T00:00:00Z")
    (reading,) = member.get(READINGS, params=SPAN | {"point": "meter"}).json()["readings"]
    assert (reading["raw"], reading["value"], reading["quality"]) == (5, 7.5, 1)
    assert member.get(PATH).json()["overrules"] == [kept]
    export = operator.get("/v1/campuses/small/overrules/export")
    assert export.headers["content-type"].startswith("application/x-ndjson")
    assert json.loads(export.text)["verdict"] == "estimated"
    undone = operator.delete(f"{PATH}/{kept['number']}")
    assert undone.json()["undone_by"] == "operator"
    (reading,) = member.get(READINGS, params=SPAN | {"point": "meter"}).json()["readings"]
    assert (reading["value"], reading["quality"]) == (5, 0)
    assert member.get(PATH).json()["overrules"] == []
    assert len(member.get(PATH, params={"undone": True}).json()["overrules"]) == 1


def test_a_second_person_agrees_or_disputes_and_nobody_reviews_their_own(
    operator: TestClient, admin: TestClient, member: TestClient
) -> None:
    kept = operator.post(PATH, json=SPAN | {"verdict": "good"}).json()
    review = f"{PATH}/{kept['number']}/review"
    assert (kept["reviewed_by"], kept["agreed"]) == (None, None)
    own = operator.put(review, json={"agreed": True})
    assert (own.status_code, own.json()["error"]) == (409, "own_overrule")
    assert member.put(review, json={"agreed": True}).status_code == 403
    disputed = admin.put(review, json={"agreed": False}).json()
    assert (disputed["reviewed_by"], disputed["agreed"]) == ("admin", False)
    assert disputed["reviewed_at"]
    assert member.get(PATH).json()["overrules"] == [disputed]
    row = json.loads(operator.get("/v1/campuses/small/overrules/export").text)
    assert (row["reviewed_by"], row["agreed"]) == ("admin", False)
    assert admin.put(review, json={"agreed": True}).json()["agreed"] is True
    assert admin.put(f"{PATH}/99/review", json={"agreed": True}).status_code == 404


def test_a_member_may_look_and_not_judge(member: TestClient) -> None:
    assert member.get(PATH).status_code == 200
    assert member.post(PATH, json=SPAN | {"verdict": "good"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        (PATH, SPAN | {"verdict": "fine"}, 422, "verdict"),
        (PATH, SPAN | {"verdict": "estimated"}, 422, "value"),
        (PATH, SPAN | {"verdict": "good", "from": "2026-03-02T08:00:00"}, 422, "from"),
        (PATH, {"verdict": "good", "from": SPAN["to"], "to": SPAN["from"]}, 422, "from"),
        (PATH.replace("meter", "attic"), SPAN | {"verdict": "good"}, 404, "point"),
        (PATH.replace("small", "large"), SPAN | {"verdict": "good"}, 404, None),
    ],
)
def test_what_is_wrong_is_told(
    operator: TestClient, path: str, body: dict[str, object], status: int, field: str | None
) -> None:
    reply = operator.post(path, json=body)
    assert reply.status_code == status, reply.text
    if field is not None:
        assert reply.json()["field"] == field
    assert {"zh", "en"} <= set(reply.json()["message"])


def test_a_word_that_is_not_there_is_a_404(operator: TestClient) -> None:
    assert operator.delete(f"{PATH}/12").json()["error"] == "overrule_not_found"
