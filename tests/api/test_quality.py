"""The quality of readings over HTTP, and judging them again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

PATH = "/v1/campuses/small"
SPAN = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-02T02:00:00Z"}


@pytest.fixture
def fed(operator: TestClient) -> TestClient:
    rows: list[dict[str, Any]] = [
        {"point": "meter", "ts": f"2026-03-01T{hour:02}:{minute:02}:00Z", "value": 50 + minute % 7}
        for hour in range(24)
        for minute in range(0, 60, 10)
    ]
    rows[60]["value"] = -999
    assert operator.post(f"{PATH}/readings", json=rows).json()["kept"] == len(rows)
    return operator


def test_quality_is_told_and_judged_again(fed: TestClient) -> None:
    job = fed.post(f"{PATH}/quality/judgements", json=SPAN).json()
    for _ in range(200):
        job = fed.get(f"{PATH}/quality/judgements/{job['id']}").json()
        if job["state"] != "running":
            break
        time.sleep(0.05)
    assert (job["state"], job["share"], job["points"]) == ("done", 1.0, 1)
    told = fed.get(f"{PATH}/quality", params=SPAN).json()
    (meter,) = told["points"]
    assert (meter["point"], told["total"], told["silent"]) == ("meter", 1, 0)
    assert meter["shares"]["bad"] == pytest.approx(1 / 26)
    (reasons,) = fed.get(f"{PATH}/quality/reasons", params=SPAN | {"point": "meter"}).json()["points"]
    assert reasons["reasons"]["sentinel"] == 1


def test_points_are_listed_for_members(member: TestClient) -> None:
    (meter,) = member.get(f"{PATH}/points").json()["points"]
    assert (meter["id"], meter["unit"], meter["quantity"]) == ("meter", "kW", "power")
    assert member.get(f"{PATH}/quality", params=SPAN).status_code == 403


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("quality", {"from": SPAN["to"], "to": SPAN["from"]}, 422, "from"),
        ("quality", SPAN | {"from": "2020-01-01T00:00:00Z"}, 422, "from"),
        ("quality", SPAN | {"from": "0001-01-01T00:00:00Z"}, 422, "from"),
        ("quality/reasons", SPAN | {"point": "attic"}, 404, "point"),
        ("quality/judgements/x", {}, 404, "job_id"),
    ],
)
def test_what_is_wrong_is_told(
    operator: TestClient, path: str, query: dict[str, str], status: int, field: str
) -> None:
    reply = operator.get(f"{PATH}/{path}", params=query)
    assert (reply.status_code, reply.json()["field"]) == (status, field), reply.text


def test_half_a_span_is_not_judged(operator: TestClient) -> None:
    reply = operator.post(f"{PATH}/quality/judgements", json={"from": SPAN["from"]})
    assert (reply.status_code, reply.json()["field"]) == (422, "from")
