"""Models over HTTP: operators see them, administrators make them live."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.api.test_errors import check_shape
from tests.learning.conftest import GATE
from tests.learning.tiny import tiny_model

from yuanli.bootstrap import House
from yuanli.learning import write_markup
from yuanli.learning.models import file_sum


@pytest.fixture
def models(house: House, tmp_path: Path) -> Path:
    """Register a good version 1 and a forgetful version 2; the gate set is the package's as yet."""
    house.models.register(tiny_model(tmp_path / "one", version="1"), who="test")
    house.models.register(tiny_model(tmp_path / "two", version="2", labels={"怎么走": "route"}), who="test")
    return house.settings.data_dir / "models" / "understanding"


def put_gate_set(folder: Path) -> None:
    rows = ({"text": write_markup(e), "intent": e.label, "language": e.language} for e in GATE)
    (folder / "gate.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def test_a_promoted_version_answers_the_next_request(
    admin: TestClient, operator: TestClient, house: House, models: Path
) -> None:
    put_gate_set(models)
    live = house.models.live("understanding")
    reply = admin.post("/v1/models/understanding/1/promote", json={"why": "first"})
    assert (reply.status_code, reply.json()["passed"]) == (200, True)
    assert live.predict(["toilet"])[0].label == "nearest"
    seen = operator.get("/v1/models").json()
    stages = [("built-in", "archived"), ("1", "live"), ("2", "candidate")]
    assert [(m["version"], m["stage"]) for m in seen["models"]] == stages
    assert seen["models"][1]["history"][-1] | {"at": ""} == {
        "version": "1", "before": "candidate", "after": "live", "who": "admin", "at": "", "why": "first",
    }  # fmt: skip
    assert seen["serving"] == [{"name": "understanding", "version": "1", "shadow": None, "faults": []}]


def test_a_worse_version_is_a_409_with_the_figures(admin: TestClient, models: Path) -> None:
    put_gate_set(models)
    admin.post("/v1/models/understanding/1/promote", json={})
    reply = admin.post("/v1/models/understanding/2/promote", json={})
    assert (reply.status_code, reply.json()["error"]) == (409, "gate_closed")
    assert "scores 50, the live one 100" in reply.json()["message"]["en"]
    assert "得分 50，上线版本 100" in reply.json()["message"]["zh"]


def test_a_rollback_is_one_step_and_ends(admin: TestClient, house: House, models: Path) -> None:
    put_gate_set(models)
    live = house.models.live("understanding")
    for version in ("2", "1"):
        assert admin.post(f"/v1/models/understanding/{version}/promote", json={}).status_code == 200
    reply = admin.post("/v1/models/understanding/rollback", json={"why": "complaints"})
    assert (reply.status_code, reply.json()) == (200, {"name": "understanding", "version": "2"})
    assert live.predict(["toilet"])[0].label == "other"
    reply = admin.post("/v1/models/understanding/rollback", json={})
    assert reply.json() == {"name": "understanding", "version": "built-in"}
    assert live.predict(["where is the nearest toilet"])[0].label == "guidance_nearest"
    reply = admin.post("/v1/models/understanding/rollback", json={})
    assert (reply.status_code, check_shape(reply)["error"]) == (409, "nothing_to_roll_back")


def test_what_is_not_there_is_told(admin: TestClient, models: Path) -> None:
    for path, error in (
        ("/v1/models/translation/1/promote", (404, "model_not_found")),
        ("/v1/models/understanding/9/promote", (404, "model_not_found")),
        ("/v1/models/translation/rollback", (404, "model_not_found")),
        ("/v1/models/understanding/1/promote", (409, "gate_closed")),
    ):
        reply = admin.post(path, json={})
        assert (reply.status_code, check_shape(reply)["error"]) == error
    assert models.is_dir()


def test_an_operator_sees_models_and_changes_none(operator: TestClient, models: Path) -> None:
    put_gate_set(models)
    assert operator.get("/v1/models").status_code == 200
    reply = operator.post("/v1/models/understanding/1/promote", json={})
    assert (reply.status_code, check_shape(reply)["error"]) == (403, "not_allowed")


def test_a_version_is_shown_with_its_card_scores_and_hash(operator: TestClient, models: Path) -> None:
    shown = operator.get("/v1/models/understanding/1").json()
    assert shown["listed"] == operator.get("/v1/models").json()["models"][1]
    assert (shown["facts"]["base"], shown["fault"], shown["gate"]) == ("tiny", None, None)
    assert shown["sha256"] == file_sum(models / "1" / "model.json")
    assert "## Intended use" in shown["card"]["en"]
    assert "## 用途" in shown["card"]["zh"]
    assert shown["scores"] == [{"name": "exact", "value": 0.9, "low": None, "high": None, "count": None}]


def test_what_the_gate_said_stays_with_the_version(admin: TestClient, models: Path) -> None:
    put_gate_set(models)
    admin.post("/v1/models/understanding/1/promote", json={})
    admin.post("/v1/models/understanding/2/promote", json={"why": "try"})
    gate = admin.get("/v1/models/understanding/2").json()["gate"]
    assert (gate["passed"], gate["against"], gate["who"]) == (False, "1", "admin")
    assert {
        "name": "all",
        "before": 100.0,
        "after": 50.0,
        "limit": 99.5,
        "count": 40,
        "passed": False,
    } in gate["checks"]
    (models / "2" / "gate.json").write_text("{", encoding="utf-8")
    assert admin.get("/v1/models/understanding/2").json()["gate"] is None


def test_a_damaged_version_is_shown_with_what_is_wrong(operator: TestClient, models: Path) -> None:
    (models / "2" / "model.json").write_text("{}", encoding="utf-8")
    shown = operator.get("/v1/models/understanding/2").json()
    assert (shown["listed"]["usable"], shown["facts"]) == (False, None)
    assert shown["fault"]["en"]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("understanding/9", "model_not_found"),
        ("translation/1", "model_not_found"),
        ("understanding/%2E%2E%2Funderstanding", "not_found"),
    ],
)
def test_an_unknown_version_is_a_404(operator: TestClient, models: Path, path: str, error: str) -> None:
    reply = operator.get(f"/v1/models/{path}")
    assert (reply.status_code, check_shape(reply)["error"]) == (404, error)
    assert models.is_dir()
