"""Feedback over HTTP: anybody gives it, operators review it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.api.test_errors import check_shape

from yuanli.bootstrap import House

GIVEN: dict[str, Any] = {
    "text": "北门到食堂",
    "understood": {"intent": "guidance_locate", "slots": [{"type": "place", "start": 3, "end": 5}]},
    "kind": "correction",
    "corrected": {
        "intent": "guidance_route",
        "slots": [{"type": "destination", "start": 3, "end": 5}, {"type": "origin", "start": 0, "end": 2}],
    },
    "model": "patterns-1",
}


def test_what_a_visitor_says_is_reviewed_by_an_operator(visitor: TestClient, operator: TestClient) -> None:
    given = visitor.post("/v1/feedback", json=GIVEN)
    assert given.status_code == 201, given.text
    assert (given.json()["user"], given.json()["state"], given.json()["language"]) == ("visitor", "new", "zh")
    assert [slot["type"] for slot in given.json()["corrected"]["slots"]] == ["origin", "destination"]
    page = operator.get("/v1/feedback", params={"state": "new"}).json()
    assert (page["total"], [item["id"] for item in page["items"]]) == (1, [given.json()["id"]])
    reply = operator.put(f"/v1/feedback/{given.json()['id']}", json={"verdict": "accept", "note": "right"})
    assert (reply.status_code, reply.json()["state"]) == (200, "accepted")
    assert reply.json()["reviews"][0]["reviewer"] == "operator"
    assert operator.get("/v1/feedback", params={"state": "new"}).json()["total"] == 0
    assert operator.get("/v1/feedback", params={"offset": 1}).json() == {"items": [], "total": 1}


def test_a_member_may_give_feedback_and_not_see_that_of_others(member: TestClient) -> None:
    assert member.post("/v1/feedback", json=GIVEN).status_code == 201
    reply = member.get("/v1/feedback")
    assert (reply.status_code, check_shape(reply)["error"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"kind": "up"}, "bad_feedback"),
        ({"corrected": {"intent": "dance"}}, "bad_feedback"),
        ({"corrected": {"intent": "guidance_route", "slots": [{"type": "origin", "start": 0, "end": 99}]}},
         "invalid_example"),
        ({"text": ""}, "invalid_input"),
        ({"kind": "shrug"}, "invalid_input"),
        ({"mood": 1}, "invalid_input"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(visitor: TestClient, changed: dict[str, Any], error: str) -> None:
    reply = visitor.post("/v1/feedback", json=GIVEN | changed)
    assert (reply.status_code, reply.json()["error"]) == (422, error)


def test_reviews_are_refused_with_the_reason(operator: TestClient, house: House) -> None:
    def review(feedback_id: str) -> tuple[int, object]:
        reply = operator.put(f"/v1/feedback/{feedback_id}", json={"verdict": "accept"})
        return reply.status_code, reply.json().get("error") and check_shape(reply)["error"]

    assert review("nothing") == (404, "feedback_not_found")
    down = operator.post("/v1/feedback", json=GIVEN | {"kind": "down", "corrected": None}).json()
    assert review(down["id"]) == (422, "meaning_missing")
    right = operator.post("/v1/feedback", json=GIVEN).json()
    assert review(right["id"]) == (200, None)
    assert house.feedback.export().count == 1
    assert review(right["id"]) == (409, "already_exported")
