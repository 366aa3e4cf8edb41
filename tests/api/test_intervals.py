"""Intervals labelled on curves, over HTTP, by two reviewers and somebody who decides."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

PATH = "/v1/campuses/small/intervals"
LABELS = [
    {"name": "on", "title": {"zh": "开", "en": "On"}, "colour": "#2e7d32"},
    {"name": "off", "title": {"zh": "关", "en": "Off"}, "colour": "#9e9e9e"},
]
SET: dict[str, Any] = {
    "name": "空调",
    "kind": "device_states",
    "labels": LABELS,
    "points": ["meter"],
    "from": "2026-03-01T00:00:00+08:00",
    "to": "2026-03-03T12:00:00+08:00",
}


def on(start: str, end: str, label: str = "on") -> dict[str, str]:
    return {"from": f"2026-03-01T{start}:00+08:00", "to": f"2026-03-01T{end}:00+08:00", "label": label}


@pytest.fixture
def path(operator: TestClient) -> str:
    reply = operator.post(PATH, json=SET)
    assert reply.status_code == 201, reply.text
    return f"{PATH}/{reply.json()['id']}"


def save(client: TestClient, path: str, intervals: list[dict[str, str]], version: int = 0) -> Any:
    return client.put(f"{path}/windows/0/label", json={"intervals": intervals, "version": version})


def test_each_reviewer_gets_the_windows_in_turn_and_sees_their_own_alone(
    operator: TestClient, admin: TestClient, path: str
) -> None:
    first = operator.get(f"{path}/next").json()
    assert first["progress"] == {"total": 3, "mine": 0, "left": 3, "full": 0}
    assert (first["task"]["position"], first["task"]["start"]) == (0, "2026-02-28T16:00:00Z")
    assert save(operator, path, [on("08:00", "12:00")]).status_code == 200
    assert operator.get(f"{path}/next").json()["task"]["position"] == 1
    assert operator.get(f"{path}/next", params={"after": 2}).json()["task"]["position"] == 1
    assert admin.get(f"{path}/windows/0").json()["mine"] is None
    assert len(operator.get(f"{path}/windows/0").json()["mine"]["intervals"]) == 1
    assert operator.get(f"{path}/windows/2").json()["end"] == "2026-03-03T04:00:00Z"


def test_agreement_dispute_decision_and_export(operator: TestClient, admin: TestClient, path: str) -> None:
    save(operator, path, [on("08:00", "12:00")])
    save(admin, path, [on("08:00", "10:00"), on("13:00", "14:00", "off")])
    report = operator.get(f"{path}/agreement").json()
    assert report["states"] == {"open": 2, "agreed": 0, "disputed": 1, "decided": 0}
    (pair,) = report["pairs"]
    assert (pair["first"], pair["second"], pair["count"]) == ("admin", "operator", 1)
    assert (pair["f1"], pair["iou"]) == pytest.approx((2 / 3, 2 / 5))
    assert 0 < pair["kappa"] < 1
    page = operator.get(f"{path}/windows").json()
    assert (page["total"], len(page["items"][0]["annotations"])) == (1, 2)
    assert operator.get(f"{path}/export").text == ""
    everybody = operator.get(f"{path}/export", params={"labels": "all", "form": "csv"})
    assert [row["by"] for row in csv.DictReader(io.StringIO(everybody.text))] == [
        "admin",
        "admin",
        "operator",
    ]
    decision = {"intervals": [on("08:00", "11:00")], "version": 0}
    assert admin.put(f"{path}/windows/0/decision", json=decision).status_code == 200
    (row,) = [json.loads(line) for line in operator.get(f"{path}/export").text.splitlines()]
    assert (row["label"], row["by"], row["end"], row["points"]) == (
        "on",
        "admin",
        "2026-03-01T03:00:00+00:00",
        ["meter"],
    )
    assert save(operator, path, [], 1).json()["error"] == "already_decided"


def test_edges_within_the_tolerance_agree_on_their_middle(
    operator: TestClient, admin: TestClient, path: str
) -> None:
    save(operator, path, [on("08:00", "12:00")])
    save(admin, path, [on("08:04", "12:02")])
    assert operator.get(f"{path}/agreement").json()["states"]["agreed"] == 1
    (row,) = [json.loads(line) for line in operator.get(f"{path}/export").text.splitlines()]
    assert (row["start"], row["end"], row["by"]) == (
        "2026-03-01T00:02:00+00:00", "2026-03-01T04:01:00+00:00", "admin+operator",
    )  # fmt: skip


def test_what_programs_propose_is_shown_and_read_all_or_nothing(operator: TestClient, path: str) -> None:
    lines = [
        {
            "start": on("08:00", "09:00")["from"],
            "end": on("08:00", "09:00")["to"],
            "label": "on",
            "score": 0.9,
        }
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    ask = {"source": "model-1"}
    assert operator.post(f"{path}/proposals", content=text, params=ask).json() == {"kept": 1}
    (proposal,) = operator.get(f"{path}/windows/0").json()["proposals"]
    assert (proposal["source"], proposal["score"], proposal["label"]) == ("model-1", 0.9, "on")
    table = f"start,end,label,score\n{lines[0]['start']},{lines[0]['end']},off,\n2026-03-01,x,on,1\n"
    refused = operator.post(f"{path}/proposals", content=table, params=ask)
    assert (refused.status_code, "row 3" in refused.json()["message"]["en"]) == (422, True)
    assert operator.get(f"{path}/windows/0").json()["proposals"] == [proposal]
    good = "\n".join(table.splitlines()[:2])
    assert operator.post(f"{path}/proposals", content=good, params=ask).json() == {"kept": 1}
    assert operator.get(f"{path}/windows/0").json()["proposals"][0]["label"] == "off"
    assert operator.post(f"{path}/proposals", content=b"\xff\xfe", params=ask).status_code == 422
    rows = operator.get(f"{path}/export", params={"labels": "proposed"}).text
    assert json.loads(rows)["by"] == "model-1"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"start": 1}',
        "a,b\n1,2",
        "\0",
        '{"start":"9999-12-31T23:59:59-12:00"}',
        "start\n\x00,",
    ],
)
def test_odd_files_of_proposals_break_nothing(operator: TestClient, path: str, text: str) -> None:
    reply = operator.post(f"{path}/proposals", content=text, params={"source": "m"})
    assert reply.status_code in (200, 422), reply.text


@pytest.mark.parametrize(
    ("intervals", "field"),
    [
        ([on("08:00", "08:00")], "intervals"),
        ([on("08:00", "09:00", "gone")], "label"),
        (
            [{"from": "2026-02-28T08:00:00+08:00", "to": "2026-03-01T08:00:00+08:00", "label": "on"}],
            "intervals",
        ),
        ([on("08:00", "10:00"), on("09:00", "11:00", "off")], "intervals"),
    ],
)
def test_what_can_not_be_marked_is_told(
    operator: TestClient, path: str, intervals: list[dict[str, str]], field: str
) -> None:
    reply = save(operator, path, intervals)
    assert (reply.status_code, reply.json()["field"]) == (422, field), reply.text


def test_a_stale_version_and_a_missing_window_are_told(operator: TestClient, path: str) -> None:
    save(operator, path, [])
    assert save(operator, path, []).status_code == 409
    assert operator.get(f"{path}/windows/3").status_code == 404
    assert operator.get(f"{PATH}/none").status_code == 404
    decision = {"intervals": [], "version": 0}
    assert operator.put(f"{path}/windows/0/decision", json=decision).json()["error"] == "not_labelled_yet"


@pytest.mark.parametrize(
    ("over", "status", "field"),
    [
        ({"name": " "}, 422, "name"),
        ({"labels": []}, 422, "labels"),
        ({"labels": LABELS[:1] * 2}, 422, "labels"),
        ({"labels": [LABELS[0] | {"colour": "red"}]}, 422, "labels"),
        ({"points": []}, 422, "points"),
        ({"points": ["attic"]}, 404, "point"),
        ({"to": SET["from"]}, 422, "from"),
        ({"task_s": 1}, 422, "task_s"),
        ({"to": "2090-01-01T00:00:00Z"}, 422, "task_s"),
        ({"reviewers": 9}, 422, "reviewers"),
        ({}, 409, "name"),
    ],
)
def test_a_set_that_breaks_a_rule_is_refused(
    operator: TestClient, path: str, over: dict[str, object], status: int, field: str
) -> None:
    reply = operator.post(PATH, json=SET | over)
    assert (reply.status_code, reply.json()["field"]) == (status, field), reply.text
    assert operator.get(PATH).json()["sets"][0]["id"] == path.rpartition("/")[2]


def test_a_set_is_removed_with_all_that_is_in_it(operator: TestClient, path: str) -> None:
    assert operator.delete(path).status_code == 204
    assert operator.get(PATH).json() == {"sets": []}
    assert operator.delete(path).status_code == 404
