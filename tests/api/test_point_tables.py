"""Tables of points over HTTP: told before they are kept, all or none, undone by their revision."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

TABLE = "/v1/campuses/small/points/table"
GOOD = """id,name_zh,brick_class,unit,space,low,high
t-1,室温,Temperature_Sensor,°C,room0-0,10,35
meter,总表,Electrical_Power_Sensor,kW,,,
"""


def bring(client: TestClient, text: str, *, check: bool, name: str = "points.csv") -> Any:
    return client.post(TABLE, files={"file": (name, text.encode())}, data={"check": str(check).lower()})


def test_a_table_is_told_first_then_kept_once_and_undone(operator: TestClient) -> None:
    told = bring(operator, GOOD, check=True).json()
    assert (told["rows"], told["made"], told["changed"], told["revision"]) == (2, 1, 1, None)
    assert told["points"] == [{"point": "t-1", "made": True}, {"point": "meter", "made": False}]
    kept = bring(operator, GOOD, check=False).json()
    assert (kept["made"], kept["changed"]) == (1, 1)
    assert "t-1" in {one["id"] for one in operator.get("/v1/campuses/small/points").json()["points"]}
    again = bring(operator, GOOD, check=False).json()
    assert (again["made"], again["changed"], again["revision"]) == (0, 0, None)
    undone = operator.post(f"/v1/campuses/small/revisions/{kept['revision']}/undo", json={})
    assert undone.status_code == 200, undone.text
    assert "t-1" not in {one["id"] for one in operator.get("/v1/campuses/small/points").json()["points"]}


def test_faults_are_told_by_row_and_column_and_nothing_is_kept(operator: TestClient) -> None:
    wrong = GOOD + "t-2,室温,Temperature_Sensor,furlong,room0-0,40,35\n"
    told = bring(operator, wrong, check=True).json()
    assert [(one["row"], one["field"]) for one in told["faults"]] == [(4, "unit"), (4, "high")]
    reply = bring(operator, wrong, check=False)
    assert reply.status_code == 422
    assert "furlong" in reply.json()["message"]["en"]
    assert {one["id"] for one in operator.get("/v1/campuses/small/points").json()["points"]} == {"meter"}


def test_the_table_of_the_points_brought_back_changes_nothing(operator: TestClient) -> None:
    bring(operator, GOOD, check=False)
    table = operator.get(TABLE)
    assert table.headers["content-type"].startswith("text/csv")
    assert bring(operator, table.text.removeprefix("\ufeff"), check=True).json()["points"] == []


@pytest.mark.parametrize(("name", "content"), [("a.doc", "x"), ("a.xlsx", "PK")])
def test_what_is_no_table_is_refused(operator: TestClient, name: str, content: str) -> None:
    assert bring(operator, content, check=True, name=name).status_code == 422


def test_members_may_look_but_not_bring(member: TestClient) -> None:
    assert member.get(TABLE).status_code == 200
    assert bring(member, GOOD, check=True).status_code == 403
