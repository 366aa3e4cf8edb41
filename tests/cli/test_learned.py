"""`yuanli schedule learn` and `preview`: folders of days in, a model and checked plans out."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from yuanli.cli.app import build_app
from yuanli.scheduling import DEVICES
from yuanli.solver import Search, Stop, Wish, make_plan

RUNNER = CliRunner()
APP = build_app("schedule")


def write_days(folder: Path, many: int) -> Path:
    folder.mkdir()
    for number in range(many):
        document = {
            "slots": 12, "slot_minutes": 60, "price": [0.3] * 4 + [1.0] * 4 + [0.5] * 4,
            "zones": [{"name": "hall", "demand": [2] * 3 + [6 + number] * 6 + [2] * 3}],
            "devices": [
                {"name": f"fan{i}", "power_kw": 3 + i, "service": 3 + i, "zone": "hall", "min_up": 2}
                for i in range(4)
            ],
        }  # fmt: skip
        data = json.dumps(document).encode()
        plan = make_plan(
            DEVICES, DEVICES.parse(data, "day.json"), Search(Stop(time_s=None, rounds=300)), Wish()
        )
        (folder / f"day{number}.json").write_bytes(data)
        (folder / f"day{number}.plan.json").write_text(json.dumps({"assignments": plan.assignments}), "utf-8")
    return folder


def test_a_model_learnt_from_days_foretells_a_checked_plan(tmp_path: Path) -> None:
    days = write_days(tmp_path / "days", 5)
    model, plan = tmp_path / "model", tmp_path / "plan.json"
    asked = ["schedule", "learn", str(days), "-o", str(model), "--test", "1", "--choose", "1", "--json"]
    learnt = RUNNER.invoke(APP, [*asked, "--candidate", "line"])
    assert learnt.exit_code == 0, learnt.output
    assert json.loads(learnt.stdout)["days"] == 3
    problem = str(days / "day4.json")
    asked = [
        "schedule",
        "preview",
        problem,
        "--model",
        str(model),
        "--past",
        str(days),
        "-o",
        str(plan),
        "--json",
    ]
    told = RUNNER.invoke(APP, asked)
    assert told.exit_code == 0, told.output
    checked = RUNNER.invoke(APP, ["schedule", "devices", problem, "--check", str(plan), "--json"])
    assert json.loads(checked.stdout)["valid"] is True


def test_a_folder_without_plans_is_refused(tmp_path: Path) -> None:
    told = RUNNER.invoke(APP, ["schedule", "learn", str(tmp_path), "-o", str(tmp_path / "model")])
    assert told.exit_code != 0
    assert not (tmp_path / "model").exists()
