"""A campus's calendar over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from tests.api.house import CAMPUS

PATH = f"/v1/campuses/{CAMPUS}/calendar"


def test_the_api_keeps_it_for_those_who_may_edit_the_place(operator: TestClient, member: TestClient) -> None:
    body: dict[str, Any] = {
        "country": "CN", "region": None, "holidays": ["2026-03-20"], "workdays": [],
        "spans": [{"name": "学期", "first": "2026-03-02", "last": "2026-06-30"}],
    }  # fmt: skip
    assert member.put(PATH, json=body).status_code == 403
    told = operator.put(PATH, json=body).json()
    assert told["own"]
    assert told["calendar"]["spans"][0] == body["spans"][0] | {"closed": False}
    assert {"day": "2026-03-20", "kind": "off"} in told["ahead"]
    wrong = operator.put(PATH, json=body | {"country": "XX"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "country")
    assert operator.get(PATH).json() == told
    assert operator.delete(PATH).json()["own"] is False
