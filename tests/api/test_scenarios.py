"""Plans looked at, changed by hand, kept as scenarios, compared, and as files; on the examples of their kinds."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from tests.pace import within
from tests.solving import plan_at, solver_of

from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import compare_scenarios, find_problem_example
from yuanli.operations.reports.blocks import Heading, Table
from yuanli.operations.solving.comparing import comparison_document
from yuanli.operations.solving.names import name_of

PLANS = "/v1/campuses/small/plans"
KINDS = ("spaces", "devices", "rooms", "layout", "sites", "blocks", "flows", "projects", "rosters", "rounds")
BOOKS = "/v1/problem-workbooks/spaces"


@pytest.fixture(autouse=True)
def solver(house: House) -> Iterator[None]:
    with solver_of(house):
        yield


def solved(client: TestClient, kind: str, name: str = "今天") -> dict[str, Any]:
    data = find_problem_example(kind)
    assert data is not None
    reply = client.post(
        PLANS, data={"kind": kind, "name": name, "time_s": "1"}, files={"file": (f"{kind}.json", data)}
    )
    assert reply.status_code == 202, reply.text
    return plan_at(client, f"{PLANS}/{reply.json()['id']}")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_its_tables_and_prints_in_both_languages(operator: TestClient, kind: str) -> None:
    job = solved(operator, kind)
    url = f"{PLANS}/{job['summary']['id']}"
    told = operator.get(f"{url}/tables").json()
    assert (told["kind"], told["left_out"], bool(told["tables"])) == (kind, [], True)
    for language in ("zh", "en"):
        pdf = operator.get(f"{url}/report", params={"language": language})
        assert pdf.content.startswith(b"%PDF-")
    assert operator.get(f"{url}/report", params={"form": "csv"}).status_code == 200
    book = load_workbook(io.BytesIO(operator.get(f"{url}/report", params={"form": "xlsx"}).content))
    assert len(book.sheetnames) >= 2
    check_compared(operator, job)


def check_compared(operator: TestClient, job: dict[str, Any]) -> None:
    """See a plan beside its twin: the same measures of both, each with a name, in the reply and in the file."""
    url = f"{PLANS}/{job['summary']['id']}"
    twin = operator.post(
        f"{url}/scenarios", json={"name": "twin", "assignments": job["plan"]["assignments"]}
    ).json()
    ids = [job["summary"]["id"], twin["id"]]
    one, other = operator.get(f"{PLANS}/compare", params={"ids": ids}).json()["scenarios"]
    assert len(one["measures"]) >= 3
    assert one["measures"] == other["measures"]
    assert all(name_of("measure", name) != Text(name, name) for name in one["measures"])
    query = {"ids": ids, "form": "xlsx", "language": "en"}
    reply = operator.get(f"{PLANS}/compare/report", params=query)
    book = load_workbook(io.BytesIO(reply.content))
    assert {"Measure", "Cost"} <= set(book.sheetnames)
    assert len([*book["Measure"].iter_rows(min_row=2)]) == len(one["measures"])
    assert operator.get(f"{PLANS}/compare/report", params={"ids": ids}).content.startswith(b"%PDF-")


def test_a_locked_change_stays_the_rest_is_solved_and_nothing_is_kept(operator: TestClient) -> None:
    job = solved(operator, "spaces")
    url = f"{PLANS}/{job['summary']['id']}"
    rows = [{**row, "room": "201"} if row["name"] == "财务部" else row for row in job["plan"]["assignments"]]
    body = {"assignments": rows, "locked": ["财务部"], "time_s": 0.3}
    plan = operator.post(f"{url}/replan", json=body).json()
    assert {row["name"]: row["room"] for row in plan["assignments"]}["财务部"] == "201"
    assert plan["cost"] >= job["plan"]["cost"]
    assert len(operator.get(PLANS).json()["plans"]) == 1
    refused = operator.post(f"{url}/replan", json=body | {"locked": ["nobody"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "locked")
    refused = operator.post(f"{url}/replan", json=body | {"time_s": 60})
    assert (refused.status_code, refused.json()["field"]) == (422, "time_s")


def test_a_changed_plan_is_kept_beside_the_first_and_compared(operator: TestClient, house: House) -> None:
    job = solved(operator, "spaces")
    first = job["summary"]["id"]
    rooms = {row["name"]: row["room"] for row in job["plan"]["assignments"]}
    here, there = rooms["研发部"], rooms["财务部"]
    swap = {"研发部": there, "财务部": here}
    rows = [{**row, "room": swap.get(row["name"], row["room"])} for row in job["plan"]["assignments"]]
    kept = operator.post(f"{PLANS}/{first}/scenarios", json={"name": "换座", "assignments": rows}).json()
    again = operator.get(f"{PLANS}/{kept['id']}").json()["plan"]
    assert again["cost"] == operator.post(f"{PLANS}/{first}/check", json={"assignments": rows}).json()["cost"]
    assert again["changes"] == 2
    assert again["bound"] is None or again["bound"] <= again["cost"]
    told = operator.get(f"{PLANS}/compare", params={"ids": [first, kept["id"]]}).json()
    one, other = told["scenarios"]
    assert (one["name"], other["name"], other["changed"], told["differing"]) == ("今天", "换座", 2, 2)
    assert other["against"]["cost"] == pytest.approx(again["cost"] - job["plan"]["cost"])
    assert {item["item"] for item in told["items"]} == {"研发部", "财务部"}
    assert one["measures"].keys() >= {"walking_s", "moves", "people_moved", "utilisation"}
    found = compare_scenarios(house.solving, CampusId("small"), [first, kept["id"]])
    blocks = comparison_document(
        found, lambda column, value: value, language="en", time_zone="Asia/Shanghai", made_at=house.now()
    ).blocks
    tables = [(above, block) for above, block in pairwise(blocks) if isinstance(block, Table)]
    assert [block.title for _, block in tables] == ["Measure", "Cost", "Assignments that differ"]
    assert all(above == Heading(text=block.title) for above, block in tables), "no title is printed twice"


def test_a_plan_that_breaks_rules_is_not_kept(operator: TestClient) -> None:
    job = solved(operator, "layout")
    rows = job["plan"]["assignments"]
    by_unit = {row["unit"]: row["place"] for row in rows}
    rows = [
        {**row, "place": by_unit[{"canteen": "store", "store": "canteen"}.get(row["unit"], row["unit"])]}
        for row in rows
    ]
    reply = operator.post(
        f"{PLANS}/{job['summary']['id']}/scenarios", json={"name": "x", "assignments": rows}
    )
    assert (reply.status_code, reply.json()["field"]) == (409, "assignments")
    assert len(operator.get(PLANS).json()["plans"]) == 1


def test_only_plans_of_one_kind_are_compared(operator: TestClient) -> None:
    ids = [solved(operator, kind)["summary"]["id"] for kind in ("layout", "sites")]
    for chosen in (ids, ids[:1], [ids[0], "nothing"]):
        reply = operator.get(f"{PLANS}/compare", params={"ids": chosen})
        assert reply.status_code in (404, 422)
        assert reply.json()["message"]["zh"]


def test_energy_of_devices_is_what_they_take(operator: TestClient) -> None:
    job = solved(operator, "devices")
    ids = [job["summary"]["id"]]
    kept = operator.post(
        f"{PLANS}/{ids[0]}/scenarios", json={"name": "b", "assignments": job["plan"]["assignments"]}
    )
    told = operator.get(f"{PLANS}/compare", params={"ids": [*ids, kept.json()["id"]]}).json()
    energy = sum(row["energy_kwh"] for row in job["plan"]["assignments"])
    assert told["scenarios"][0]["measures"]["energy_kwh"] == pytest.approx(energy)
    assert (told["differing"], told["items"]) == (0, [])


def test_spaces_show_moves_floors_and_charges(operator: TestClient) -> None:
    job = solved(operator, "spaces")
    view = operator.get(f"{PLANS}/{job['summary']['id']}/spaces").json()
    now = {"研发部": "101", "测试部": "201", "财务部": "102"}
    moved = {row["name"] for row in job["plan"]["assignments"] if row["room"] != now[row["name"]]}
    assert {move["entity"] for move in view["moves"]} == moved
    assert sum(floor["used_m2"] for floor in view["after"]) == 28 + 18 + 20
    assert len(view["charges"]) == 3
    other = solved(operator, "layout")["summary"]["id"]
    assert operator.get(f"{PLANS}/{other}/spaces").status_code == 422


def test_sites_show_whom_they_serve(operator: TestClient) -> None:
    job = solved(operator, "sites")
    served = operator.get(f"{PLANS}/{job['summary']['id']}/sites").json()["served"]
    assert sum(one["people"] * one["seconds"] for one in served) == pytest.approx(job["plan"]["cost"])
    chosen = {row["site"] for row in job["plan"]["assignments"] if row["chosen"]}
    assert {one["site"] for one in served} <= chosen
    edited = [{**row, "chosen": not row["chosen"]} for row in job["plan"]["assignments"]]
    other = operator.post(f"{PLANS}/{job['summary']['id']}/sites", json={"assignments": edited}).json()
    assert {one["site"] for one in other["served"]}.isdisjoint(chosen)
    other = solved(operator, "layout")["summary"]["id"]
    assert operator.get(f"{PLANS}/{other}/sites").status_code == 422


def test_a_tour_without_times_is_timed_anew_and_told_where_it_breaks_rules(operator: TestClient) -> None:
    job_id = solved(operator, "rounds")["summary"]["id"]
    moves = [
        {"item": "gate at night", "to": {"order": 11, "begin": None, "end": None}},
        {"item": "garage doors", "to": {"order": 12, "begin": None, "end": None}},
        {"item": "wang/break 1", "to": {"order": 13, "begin": None, "end": None}},
    ]
    seen = operator.post(f"{PLANS}/{job_id}/preview", json={"moves": moves}).json()
    began = {row["stop"]: row["begin"] for row in seen["rows"]}
    assert began["garage doors"] == 22 * 3600 + 120 + 90
    assert [one["rule"] for one in seen["violations"]] == ["window"]


def test_a_swap_is_told_at_once_among_500_teams_and_300_rooms(operator: TestClient) -> None:
    rooms = [{"name": f"r{i}", "capacity_m2": 20, "floor": str(i // 30)} for i in range(300)]
    teams = [{"name": f"t{i}", "need_m2": 8, "headcount": 1, "room": f"r{i % 300}"} for i in range(500)]
    rules = [
        {"kind": kind, "entities": [f"t{i}", f"t{i + 250}"], "hard": i % 2 == 0, "weight": 5}
        for i, kind in enumerate(["same_room", "not_sharing"] * 60)
    ]
    document = json.dumps({"rooms": rooms, "entities": teams, "rules": rules}).encode()
    body = {"kind": "spaces", "name": "osa", "time_s": 0.5}
    job_id = operator.post(PLANS, data=body, files={"file": ("osa.json", document)}).json()["id"]
    while operator.get(f"{PLANS}/{job_id}").json()["summary"]["ended_at"] is None:
        time.sleep(0.05)
    rows = [{"name": team["name"], "room": team["room"]} for team in teams]
    moves = [{"item": "t7", "to": {"room": "r8"}}, {"item": "t8", "to": {"room": "r7"}}]
    path, asked = f"{PLANS}/{job_id}/preview", {"moves": moves, "assignments": rows}
    operator.post(path, json=asked)  # reads the problem, once
    with within(0.2):
        seen = operator.post(path, json=asked)
    assert (seen.status_code, {row["name"] for row in seen.json()["rows"]}) == (200, {"t7", "t8"})


def test_a_file_says_times_of_day_and_not_slots(operator: TestClient) -> None:
    job = solved(operator, "devices")
    path = f"{PLANS}/{job['summary']['id']}/report"
    told = operator.get(path, params={"form": "csv", "language": "en"}).text
    runs = [run.split("-") for row in job["plan"]["assignments"] for run in row["on"].split()]
    assert runs
    assert all(f"{int(a):02}:00–{int(b) + 1:02}:00" in told for a, b in runs)


def test_a_workbook_goes_out_and_in_and_wrong_cells_are_named(operator: TestClient) -> None:
    job = solved(operator, "spaces")
    url = f"{PLANS}/{job['summary']['id']}/report"
    data = operator.get(url, params={"form": "xlsx"}).content
    told = operator.post(BOOKS, files={"file": ("a.xlsx", data)}).json()
    assert (told["rooms"], told["teams"], told["people"], told["rules"], told["faults"]) == (3, 3, 9, 1, [])
    book = load_workbook(io.BytesIO(data))
    book["Rooms"]["B3"] = "large"
    out = io.BytesIO()
    book.save(out)
    told = operator.post(BOOKS, files={"file": ("a.xlsx", out.getvalue())}).json()
    assert (told["rooms"], [fault["at"] for fault in told["faults"]]) == (0, ["Rooms!B3"])
    told = operator.post(BOOKS, files={"file": ("a.xlsx", b"PK nothing")}).json()
    assert len(told["faults"]) == 1
    assert load_workbook(io.BytesIO(operator.get(BOOKS).content)).sheetnames[:3] == [
        "Rooms",
        "Entities",
        "Rules",
    ]
