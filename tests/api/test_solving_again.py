"""A plan is solved again: with few changes, for its problem or for one that has changed since, in the background."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.solving import plan_at, solver_of

from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.operations import SolveOrder, find_problem_example, kind_of
from yuanli.solver import Search, Stop, make_plan

PLANS = "/v1/campuses/small/plans"


@pytest.fixture(autouse=True)
def solver(house: House) -> Iterator[None]:
    with solver_of(house):
        yield


def document_of(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(find_problem_example(kind) or b"")
    return found


def kept(house: House, kind: str, name: str = "today") -> str:
    """Keep a plan of the example of a kind; return its id."""
    data = find_problem_example(kind)
    assert data is not None
    one, stop = kind_of(kind), Stop(time_s=None, rounds=30)
    plan = make_plan(one, one.parse(data, f"{kind}.json"), Search[Any](stop))
    order = SolveOrder(kind=kind, name=name, file_name=f"{kind}.json", problem=data)
    return house.solving.keep(CampusId("small"), order, plan, "operator").id


def again(client: TestClient, job_id: str, **wish: Any) -> dict[str, Any]:
    """Solve a plan again; return the new one when it is there."""
    reply = client.post(f"{PLANS}/{job_id}/again", json={"time_s": 1, **wish})
    assert reply.status_code == 202, reply.text
    return plan_at(client, f"{PLANS}/{reply.json()['id']}")


def rows_of(client: TestClient, job_id: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a plan by what they are about."""
    rows = client.get(f"{PLANS}/{job_id}").json()["plan"]["assignments"]
    return {str(next(iter(row.values()))): row for row in rows}


def test_a_good_plan_stays_and_its_name_says_that_it_was_solved_again(
    operator: TestClient, house: House
) -> None:
    first = kept(house, "sites", "急救箱")
    one = again(operator, first)
    assert (one["plan"]["changes"], one["summary"]["name"]) == (0, "急救箱（重新求解）")
    two = again(operator, one["summary"]["id"], language="en")
    assert two["summary"]["name"] == "急救箱 (again 2)"
    assert again(operator, two["summary"]["id"])["summary"]["name"] == "急救箱（重新求解 3）"
    assert again(operator, first, name=" mine ")["summary"]["name"] == "mine"
    longest = again(operator, kept(house, "sites", "n" * 120), language="en")["summary"]["name"]
    assert (len(longest), longest.endswith("nn (again)")) == (120, True)
    assert operator.get(f"{PLANS}/{first}").json()["summary"]["name"] == "急救箱"


def test_a_changed_document_is_solved_with_the_fewest_changes(operator: TestClient, house: House) -> None:
    first = kept(house, "sites")
    before = {name for name, row in rows_of(operator, first).items() if row["chosen"]}
    closed = min(before)
    document = document_of("sites") | {"forbidden": [closed]}
    anew = again(operator, first, document=document, extra=1)
    after = {row["site"] for row in anew["plan"]["assignments"] if row["chosen"]}
    assert closed not in after
    assert anew["plan"]["changes"] == len(before ^ after)
    assert before - {closed} <= after
    told = operator.get(f"{PLANS}/{anew['summary']['id']}/tables").json()["tables"]
    assert told["forbidden"] == [closed]


def test_what_is_locked_stays_and_changes_are_limited(operator: TestClient, house: House) -> None:
    first = kept(house, "spaces")
    before = rows_of(operator, first)
    document = document_of("spaces")
    document["entities"].append({"name": "新团队", "need_m2": 4, "headcount": 1})
    for team in before:
        plan = again(operator, first, document=document, locked=[team], time_s=0.3)["plan"]
        after = {row["name"]: row["room"] for row in plan["assignments"]}
        assert (after[team], "新团队" in after) == (before[team]["room"], True)
    still = again(operator, first, max_changes=0, time_s=0.3)["plan"]
    assert {row["name"]: row["room"] for row in still["assignments"]} == {
        name: row["room"] for name, row in before.items()
    }


def test_what_can_not_be_kept_is_told(operator: TestClient, house: House) -> None:
    first = kept(house, "sites")
    chosen = [name for name, row in rows_of(operator, first).items() if row["chosen"]]
    document = document_of("sites") | {"forbidden": chosen[:1]}
    plan = again(operator, first, document=document, locked=chosen[:1])["plan"]
    assert (plan["status"], plan["cost"], plan["assignments"]) == ("infeasible", None, [])
    assert any(chosen[0] in text["en"] for text in plan["conflicts"])
    before = len(operator.get(PLANS).json()["plans"])
    for wish, field in (
        ({"locked": ["nobody"]}, "locked"), ({"extra": 2}, "extra"), ({"max_changes": -1}, "max_changes"),
        ({"document": {"sites": []}}, None), ({"language": "fr"}, "language"), ({"time_s": 1e6}, "time_s"),
    ):  # fmt: skip
        reply = operator.post(f"{PLANS}/{first}/again", json={"time_s": 1, **wish})
        assert reply.status_code == 422, wish
        assert field is None or reply.json()["field"] == field
    assert operator.post(f"{PLANS}/nothing/again", json={}).status_code == 404
    assert len(operator.get(PLANS).json()["plans"]) == before


def test_a_plan_that_is_not_there_is_not_solved_again(operator: TestClient, house: House) -> None:
    document = json.dumps(document_of("layout") | {"fixed": {"canteen": "A", "store": "A"}}).encode()
    order = SolveOrder(kind="layout", name="none", file_name="layout.json", problem=document)
    one = kind_of("layout")
    plan = make_plan(one, one.parse(document, "layout.json"), Search[Any](Stop(time_s=1)))
    job = house.solving.keep(CampusId("small"), order, plan, "operator")
    reply = operator.post(f"{PLANS}/{job.id}/again", json={})
    assert (reply.status_code, reply.json()["field"]) == (422, "assignments")
