"""Problems over the API, on a toy."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from fastapi.testclient import TestClient
from tests.solver.toys import TOY, Chosen, Problem
from tests.solving import solver_of

from yuanli.api import solving as endpoints
from yuanli.bootstrap import House
from yuanli.errors import Text
from yuanli.operations.solving import kinds
from yuanli.planning import LAYOUT
from yuanli.solver import Relaxation, Sort

PLANS = "/v1/campuses/small/plans"
SCHEDULING = kinds.SCHEDULING_KINDS


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch, house: House) -> Iterator[None]:
    monkeypatch.setattr(kinds, "SCHEDULING_KINDS", (TOY,))
    monkeypatch.setattr(endpoints, "SCHEDULING_KINDS", (TOY,))
    with solver_of(house):
        yield


def start(client: TestClient, problem: object, **form: str) -> str:
    reply = client.post(
        PLANS, data={"kind": "toy", **form}, files={"file": ("谜.json", json.dumps(problem).encode())}
    )
    assert reply.status_code == 202, reply.text
    job_id: str = reply.json()["id"]
    return job_id


def ended(client: TestClient, job_id: str, within_s: float = 10) -> dict[str, object]:
    deadline = time.monotonic() + within_s
    while (job := client.get(f"{PLANS}/{job_id}").json())["summary"]["ended_at"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    found: dict[str, object] = job
    return found


def test_a_problem_is_uploaded_solved_followed_and_checked(operator: TestClient) -> None:
    listed = operator.get("/v1/problem-kinds").json()["kinds"]
    assert listed[0]["command"] == "yuanli schedule toy"
    assert operator.get("/v1/problem-kinds/toy").json() == {"type": "array"}
    job_id = start(operator, [[5, 1, 3], 2], name="选数")
    job = ended(operator, job_id)
    assert job["plan"]["cost"] == 4  # type: ignore[index]
    events = operator.get(f"{PLANS}/{job_id}/events").text
    assert '"state":"done"' in events
    assert [one["name"] for one in operator.get(PLANS).json()["plans"]] == ["选数"]
    file = operator.get(f"{PLANS}/{job_id}/problem")
    assert (file.json(), "%E8%B0%9C.json" in file.headers["content-disposition"]) == ([[5, 1, 3], 2], True)
    edited = operator.post(f"{PLANS}/{job_id}/check", json={"assignments": [{"number": "5", "chosen": True}]})
    assert (edited.json()["valid"], edited.json()["broken"][0]["rule"]) == (False, "least")
    assert operator.delete(f"{PLANS}/{job_id}").status_code == 204
    assert operator.get(f"{PLANS}/{job_id}").status_code == 404


def test_the_same_rounds_and_seed_give_the_same_plan(
    operator: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "SCHEDULING_KINDS", (LAYOUT,))
    rng, names = Random(0), [f"n{i}" for i in range(20)]
    flows, distances = ([[rng.randint(0, 9) * (i != j) for j in range(20)] for i in range(20)] for _ in "fd")
    problem = {"units": names, "places": names, "flows": flows, "distances": distances}
    plans = [
        ended(operator, start(operator, problem, kind="layout", rounds="4", seed=seed, time_s="90"), 90)[
            "plan"
        ]
        for seed in ("1", "1", "2")
    ]
    told = [{key: plan[key] for key in ("assignments", "cost", "rounds")} for plan in plans]  # type: ignore[index]
    assert told[0] == told[1] != told[2]
    assert told[0]["rounds"] == 4


def test_a_search_ends_without_a_better_plan_for_long(operator: TestClient) -> None:
    """The toy finds its best at once and goes on until it is stopped."""
    began = time.monotonic()
    assert ended(operator, start(operator, [[5, 1, 3], 1], stale_s="0.2", time_s="60"))["plan"]
    assert time.monotonic() - began < 10
    for form in ({"stale_s": "-1"}, {"cpu_s": "0"}, {"rounds": "0"}, {"gap": "2"}):
        reply = operator.post(PLANS, data={"kind": "toy", **form}, files={"file": ("a.json", b"[[1], 1]")})
        assert reply.status_code == 422


def test_what_one_more_would_change_is_told(operator: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_more(problem: Problem, plan: Chosen) -> list[Relaxation[Problem, Chosen]]:
        del plan
        name = Text("多一个数", "One more number")
        return [Relaxation(name=name, sort=Sort.RESOURCE, problem=((*problem[0], 2), problem[1]))]

    more = replace(TOY, relaxations=one_more)
    monkeypatch.setattr(kinds, "SCHEDULING_KINDS", (more,))
    job_id = start(operator, [[5, 1, 3], 2])
    ended(operator, job_id)
    path = f"{PLANS}/{job_id}/sensitivity"
    (told,) = operator.post(path, json={"time_s": 1}).json()["senses"]
    assert (told["effect"], told["saving"], told["at_least"], told["changes"]) == ("cheaper", 1, 1, 2)
    assert told["text"]["zh"] == "多一个数：可省 1（已证明），改动 2 处。"
    assert operator.post(path, json={"time_s": 300}).status_code == 422
    assert operator.post(f"{PLANS}/none/sensitivity", json={}).status_code == 404


def test_why_not_is_answered_in_words(operator: TestClient) -> None:
    job_id = start(operator, [[5, 1, 3], 2])
    ended(operator, job_id)
    path = f"{PLANS}/{job_id}/why-not"
    answer = operator.post(path, json={"item": "5", "to": {"chosen": True}, "time_s": 1}).json()
    assert (answer["cost"], answer["delta"], answer["conflicts"]) == (4, 2, [])
    assert answer["wish"] == {"zh": "5 → 选中 是", "en": "5 → Chosen yes"}
    assert "2 more" in answer["explanation"][0]["en"]
    assert "会多花 2" in answer["explanation"][0]["zh"]
    assert operator.post(path, json={"item": "9", "to": {"chosen": True}}).status_code == 422
    assert operator.post(path, json={"item": "5", "to": "x", "time_s": 300}).status_code == 422
    assert operator.post(f"{PLANS}/none/why-not", json={"item": "5", "to": "x"}).status_code == 404


def test_moves_are_previewed_on_the_plan_and_on_edited_rows(operator: TestClient) -> None:
    job_id = start(operator, [[5, 1, 3], 2])
    ended(operator, job_id)
    path = f"{PLANS}/{job_id}/preview"
    seen = operator.post(path, json={"moves": [{"item": "1", "to": {"chosen": False}}]}).json()
    assert (seen["cost"], seen["delta"], seen["valid"]) == (3, -1, False)
    assert (seen["delta_breakdown"], seen["violations"], seen["mended"]) == ({"sum": -1}, seen["newly"], [])
    assert seen["violations"][0]["rule"] == "least"
    rows = [{"number": str(number), "chosen": number == 5} for number in (5, 1, 3)]
    moves = [{"item": "3", "to": {"chosen": True}}]
    edited = operator.post(path, json={"moves": moves, "assignments": rows}).json()
    assert (edited["cost"], edited["delta"], edited["mended"][0]["rule"]) == (8, 3, "least")
    for move, word in (({"item": "9", "to": {}}, '"9"'), ({"item": "1", "to": {"room": "2"}}, '"room"')):
        reply = operator.post(path, json={"moves": [move]})
        assert (reply.status_code, reply.json()["field"]) == (422, "moves")
        assert word in str(reply.json()["message"])


def test_what_has_no_plan_is_previewed_only_with_rows(operator: TestClient) -> None:
    job_id = start(operator, [[5], 2])
    ended(operator, job_id)
    reply = operator.post(f"{PLANS}/{job_id}/preview", json={"moves": []})
    assert (reply.status_code, reply.json()["field"]) == (422, "assignments")


def test_the_best_so_far_of_a_search_is_served(operator: TestClient) -> None:
    job_id = start(operator, [[5, 1, 3], 1], time_s="20")
    deadline = time.monotonic() + 10
    while (job := operator.get(f"{PLANS}/{job_id}").json())["run"] is None or job["run"]["best"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (job["plan"], job["run"]["time_s"], job["run"]["best"]["cost"]) == (None, 20, 1)
    assert job["run"]["best"]["assignments"][1] == {"number": "1", "chosen": True}
    rows = {"assignments": job["run"]["best"]["assignments"]}
    for path, body in (("replan", rows), ("scenarios", rows | {"name": "mine"})):
        refused = operator.post(f"{PLANS}/{job_id}/{path}", json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, "state")
    operator.post(f"{PLANS}/{job_id}/cancel")
    assert ended(operator, job_id)["run"] is None


def test_a_search_is_cancelled_and_keeps_its_best(operator: TestClient) -> None:
    job_id = start(operator, [[5, 1, 3], 1])
    assert operator.post(f"{PLANS}/{job_id}/cancel").status_code == 200
    assert ended(operator, job_id)["summary"]["state"] == "cancelled"  # type: ignore[index]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "riddle"}, "kind"),
        ({"time_s": "0"}, "time_s"),
        ({"start": "no rows"}, "start"),
        ({"max_changes": "1"}, "start"),
    ],
)
def test_what_is_ill_put_is_told(operator: TestClient, form: dict[str, str], field: str) -> None:
    reply = operator.post(PLANS, data={"kind": "toy", **form}, files={"file": ("a.json", b"[[1], 1]")})
    assert reply.status_code in (404, 422)
    assert field in reply.json()["field"]
    assert operator.get(PLANS).json()["plans"] == []


def test_a_malformed_file_names_its_line(operator: TestClient) -> None:
    reply = operator.post(PLANS, data={"kind": "toy"}, files={"file": ("a.json", b"[[1")})
    assert (reply.status_code, reply.json()["field"]) == (422, "line 1")


def test_members_make_no_plans(member: TestClient) -> None:
    assert member.get(PLANS).status_code == 403


DRAFTS = "/v1/campuses/small/plan-drafts/rounds"
ROUND = {
    "visits": [
        {"place": "room3-1", "service_min": 5, "windows": [{"earliest": "22:00", "latest": "22:30"}]},
        {"place": "room0-1", "worth_min": 2},
    ],
    "staff": [{"name": "王", "start": "room0-0", "earliest": "21:00", "latest": "05:00"}],
}


def test_rounds_are_drafted_from_the_map(operator: TestClient, member: TestClient) -> None:
    reply = operator.post(DRAFTS, json=ROUND)
    assert reply.status_code == 200, reply.text
    draft = reply.json()
    walks = operator.post(
        "/v1/campuses/small/matrix", json={"from": ["room0-0"], "to": ["room3-1", "room0-1"]}
    ).json()["duration_s"][0]
    assert draft["document"]["walking_s"][0] == [0, *map(round, walks)]
    assert draft["document"]["staff"][0]["latest"] == 29 * 3600
    assert draft["document"]["stops"][0]["earliest"] == 22 * 3600
    assert [place["id"] for place in draft["places"]] == ["room0-0", "room3-1", "room0-1"]
    asked = operator.post(DRAFTS, json=ROUND | {"at": "2026-03-02T18:00:00Z"}).json()
    assert "03-03 at 02:00" in asked["assumed"][0]["en"], "moments are told by the clock of the campus"
    assert member.post(DRAFTS, json=ROUND).status_code == 403


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"visits": [{"place": "nowhere to be found"}]}, 404),
        ({"visits": []}, 422),
        ({"profile": "rocket"}, 422),
        ({"visits": [{"place": "room0-1", "service_min": -1}]}, 422),
        ({"staff": [{"name": "王", "start": "room0-0", "earliest": "9 am", "latest": "17:00"}]}, 422),
    ],
)
def test_ill_put_rounds_are_told(operator: TestClient, changed: dict[str, object], status: int) -> None:
    reply = operator.post(DRAFTS, json=ROUND | changed)
    assert reply.status_code == status, reply.text
    assert reply.json()["message"]["en"]


def test_flows_are_drafted_from_people_or_told_why_not(operator: TestClient, member: TestClient) -> None:
    path = "/v1/campuses/small/plan-drafts/flows"
    wish = {"day": "2020-01-06", "begins": "11:00", "ends": "13:00", "capacity": 50}
    reply = operator.post(path, json=wish)
    assert (reply.status_code, reply.json()["error"]) == (409, "nobody_comes")
    assert operator.post(path, json=wish | {"begins": "25:00"}).status_code == 422
    assert operator.post(path, json=wish | {"slot_min": 1}).json()["field"] == "slot_min"
    assert member.post(path, json=wish).status_code == 403


def test_sites_are_drafted_from_the_map_or_told_why_not(operator: TestClient, member: TestClient) -> None:
    path = "/v1/campuses/small/plan-drafts/sites"
    wish = {"thing": "lockers", "kinds": ["walkway"], "language": "en"}
    reply = operator.post(path, json=wish)
    assert (reply.status_code, reply.json()["error"]) == (409, "nobody_there")
    assert operator.post(path, json=wish | {"goal": "cover"}).json()["field"] == "reach_min"
    assert operator.post(path, json=wish | {"within": ["nowhere to be found"]}).status_code == 404
    assert operator.post(path, json=wish | {"reach_min": "soon"}).status_code == 422
    assert member.post(path, json=wish).status_code == 403


@pytest.mark.parametrize("kind", ["rooms", "rounds", "sites"])
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"name": "\\ud800"}', b"PK\x03\x04"]
)
def test_a_hostile_file_is_a_422_and_nothing_is_kept(
    operator: TestClient, monkeypatch: pytest.MonkeyPatch, kind: str, data: bytes
) -> None:
    monkeypatch.setattr(kinds, "SCHEDULING_KINDS", SCHEDULING)
    reply = operator.post(PLANS, data={"kind": kind}, files={"file": ("名\x00.json", data)})
    assert reply.status_code == 422
    told = reply.json()
    assert told["field"]
    assert told["message"]["zh"] != told["message"]["en"]
    assert told["hint"]["en"]
    assert operator.get(PLANS).json()["plans"] == []


def test_a_file_beyond_the_limit_is_a_413(operator: TestClient) -> None:
    reply = operator.post(PLANS, data={"kind": "toy"}, files={"file": ("a.json", b" " * 21_100_000)})
    assert (reply.status_code, reply.json()["error"]) == (413, "too_large")
    assert operator.get(PLANS).json()["plans"] == []


@pytest.mark.parametrize("cell", ["[[]]", "1e999", "NaN", "1" + "0" * 400, '"\\ud800"', "{}"])
def test_a_hostile_cell_of_a_plan_is_a_422(
    operator: TestClient, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    monkeypatch.setattr(kinds, "SCHEDULING_KINDS", SCHEDULING)
    example = kinds.find_problem_example("sites") or b""
    form = {"kind": "sites", "start": f'[{{"site": {cell}}}]'}
    assert operator.post(PLANS, data=form, files={"file": ("a.json", example)}).status_code == 422
    job = operator.post(PLANS, data={"kind": "sites"}, files={"file": ("a.json", example)}).json()["id"]
    for path, body in (
        ("check", f'{{"assignments": [{{"site": {cell}}}]}}'),
        ("preview", f'{{"assignments": [{{"site": {cell}}}], "moves": [{{"item": "A", "to": "B"}}]}}'),
    ):
        reply = operator.post(
            f"{PLANS}/{job}/{path}", content=body, headers={"content-type": "application/json"}
        )
        assert reply.status_code == 422
        assert reply.json()["message"]["zh"]
