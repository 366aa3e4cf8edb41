"""Training runs over HTTP: listed whatever lies in the folder, and compared; nothing else can be read."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from tests.api.runs import make_run
from tests.api.test_errors import check_shape

from yuanli.bootstrap import House
from yuanli.learning import RunNotFoundError


@pytest.fixture
def folder(house: House) -> Path:
    folder = house.settings.data_dir / "runs"
    folder.mkdir()
    return folder


def test_without_a_folder_there_are_no_runs_and_administrators_are_told_which(
    operator: TestClient, admin: TestClient, house: House
) -> None:
    assert operator.get("/v1/runs").json() == {"folder": None, "runs": []}
    assert admin.get("/v1/runs").json() == {"folder": str(house.settings.data_dir / "runs"), "runs": []}


def test_a_run_tells_its_curve_scores_recipe_and_surroundings(operator: TestClient, folder: Path) -> None:
    make_run(folder, "first")
    (run,) = operator.get("/v1/runs").json()["runs"]
    assert (run["name"], run["state"], run["seed"], run["method"]) == ("first", "done", 7, "lora")
    assert run["test"] == {"accuracy": 0.9}
    detail = operator.get("/v1/runs/first").json()
    assert detail["run"] == run
    assert detail["curve"][0] == {"step": 10, "values": {"loss": 2.5, "learning_rate": 5e-5}}
    assert [p["step"] for p in detail["curve"] if "eval_label" in p["values"]] == [20, 40]
    assert detail["recipe"]["optimiser.learning_rate"] == 5e-5
    assert detail["recipe"]["data.0.path"] == "train.yaml"
    assert detail["environment"]["torch"] == "2.5.0"
    assert detail["counts"] == {"main": [100, 20, 40]}


def test_runs_are_newest_first_and_broken_ones_last(operator: TestClient, folder: Path) -> None:
    make_run(folder, "old", started="2026-01-01T00:00:00+00:00")
    make_run(folder, "new", started="2026-02-01T00:00:00+00:00")
    unfinished = make_run(folder, "going", started="2026-03-01T00:00:00+00:00")
    document = json.loads((unfinished / "run.json").read_text("utf-8"))
    for key in ("curve", "dev", "test", "seconds", "steps"):
        del document[key]
    (unfinished / "run.json").write_text(json.dumps(document), "utf-8")
    (folder / "empty").mkdir()
    (folder / ".hidden").mkdir()
    (folder / "file").write_text("x")
    runs = operator.get("/v1/runs").json()["runs"]
    assert [(r["name"], r["state"]) for r in runs] == [
        ("going", "unfinished"),
        ("new", "done"),
        ("old", "done"),
        ("empty", "broken"),
    ]
    assert "run.json" in runs[-1]["problem"]["zh"]
    assert str(folder) not in runs[-1]["problem"]["zh"]


ODD = {
    "recipe": {"seed": "\ud800", "a": math.nan, "method": 3},
    "started": "\ud800",
    "data": {},
    "code": 1,
    "curve": [1, {"step": math.nan}, {"step": 1, "loss": math.inf}],
    "dev": [],
    "test": {"a": math.inf},
    "counts": {"m": [1, "x"]},
    "environment": [],
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "[" * 100_000,
        '{"recipe": []}',
        '{"recipe": {}}',
        "\ufeff{}",
        "\x00",
        json.dumps(ODD),
        json.dumps(ODD | {"curve": {"x": []}}).replace("NaN", "1e999"),
    ],
)
def test_whatever_a_run_holds_nothing_breaks(operator: TestClient, folder: Path, text: str) -> None:
    make_run(folder, "sound", wrong=2)
    (folder / "odd").mkdir()
    (folder / "odd" / "run.json").write_text(text, "utf-8")
    (folder / "odd" / "test.json").write_text(text, "utf-8")
    assert {r["name"] for r in operator.get("/v1/runs").json()["runs"]} == {"odd", "sound"}
    assert operator.get("/v1/runs/odd").status_code == 200
    for path in ("odd/against/sound", "sound/against/odd"):
        reply = operator.get(f"/v1/runs/{path}")
        assert reply.status_code == 200
        assert reply.json()["paired"] is None


def test_two_runs_are_compared_by_scores_recipes_and_paired_tests(operator: TestClient, folder: Path) -> None:
    make_run(folder, "first", wrong=20, label=0.5)
    make_run(folder, "second", wrong=2, label=0.95, rate=1e-4)
    told = operator.get("/v1/runs/first/against/second").json()
    assert told["same_data"] is True
    assert [(d["name"], d["first"], d["second"]) for d in told["recipe"]] == [
        ("name", "first", "second"),
        ("optimiser.learning_rate", 5e-5, 1e-4),
    ]
    test = next(s for s in told["scores"] if s["part"] == "test")
    assert (test["name"], test["first"], test["second"]) == ("accuracy", 0.5, 0.95)
    paired: dict[str, Any] = told["paired"]["accuracy"]
    assert paired["difference"] == pytest.approx(18 / 40)
    assert paired["p_value"] < 0.01
    assert told["unpaired"] is None


def test_without_predictions_only_the_scores_are_compared(operator: TestClient, folder: Path) -> None:
    make_run(folder, "first", wrong=3)
    make_run(folder, "second")
    told = operator.get("/v1/runs/first/against/second").json()
    assert told["paired"] is None
    assert "second" in told["unpaired"]["en"]
    assert told["scores"]


@pytest.mark.parametrize(
    "name", ["%2e%2e", "..%2f..", "%2e%2e%2fsecret", "runs", "first%2f..", "first%00", "nothing", "link"]
)
def test_a_name_leads_nowhere_else(operator: TestClient, folder: Path, house: House, name: str) -> None:
    make_run(folder, "first")
    make_run(house.settings.data_dir, "secret")
    (folder / "link").symlink_to(house.settings.data_dir / "secret")
    for path in (name, f"{name}/against/first", f"first/against/{name}"):
        reply = operator.get(f"/v1/runs/{path}")
        assert reply.status_code == 404 or "secret" not in reply.text, reply.text
    with pytest.raises(RunNotFoundError):
        house.runs.find(unquote(name))
    assert [r["name"] for r in operator.get("/v1/runs").json()["runs"]] == ["first"]


def test_a_run_json_that_is_a_link_is_not_read(operator: TestClient, folder: Path, house: House) -> None:
    secret = make_run(house.settings.data_dir, "secret")
    (folder / "sly").mkdir()
    (folder / "sly" / "run.json").symlink_to(secret / "run.json")
    (run,) = operator.get("/v1/runs").json()["runs"]
    assert run["state"] == "broken"


def test_who_may_not_see_reports_sees_no_runs(member: TestClient) -> None:
    reply = member.get("/v1/runs")
    check_shape(reply)
    assert reply.status_code == 403


def test_a_score_that_is_no_number_is_left_out(operator: TestClient, folder: Path) -> None:
    make_run(folder, "odd", test={"accuracy": math.nan, "spans": 0.5, "label": "high", "exact": True})
    assert operator.get("/v1/runs/odd").json()["run"]["test"] == {"spans": 0.5}
