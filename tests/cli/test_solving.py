"""`yuanli schedule`, on a toy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.solver.toys import TOY
from typer.testing import CliRunner

from yuanli.cli.solving import command_of, progress_line
from yuanli.errors import YuanliError
from yuanli.operations import find_problem_example
from yuanli.planning import SITES
from yuanli.scheduling import DEVICES, ROUNDS
from yuanli.solver import SearchProgress, Stop

RUNNER = CliRunner()
APP = typer.Typer()
APP.command("toy")(command_of(TOY, "schedule"))


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    path = tmp_path / "toy.json"
    path.write_text("[[5, 1, 3], 2]")
    return path


def run(*arguments: object) -> tuple[int, str]:
    done = RUNNER.invoke(APP, [str(a) for a in arguments])
    if isinstance(done.exception, YuanliError):
        raise done.exception
    return done.exit_code, done.stdout


def test_a_plan_is_printed_written_and_checked(problem: Path, tmp_path: Path) -> None:
    for suffix in ("json", "csv"):
        out = tmp_path / f"plan.{suffix}"
        code, printed = run(problem, "--json", "-o", out)
        plan = json.loads(printed)
        assert (code, plan["status"], plan["cost"], plan["bound"]) == (0, "optimal", 4, 4)
        assert plan["assignments"][1] == {"number": "1", "chosen": True}
        code, printed = run(problem, "--check", out, "--json")
        assert (code, json.loads(printed)["valid"]) == (0, True)
    code, printed = run(problem, "--start", out, "--lock", "1", "--max-changes", 0, "--json")
    assert json.loads(printed)["changes"] == 0


def test_why_not_is_asked_of_a_plan_that_is_found_or_given(
    problem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = ("--why-not", 5, "--to", "chosen=true", "--time-limit", 1)
    out = tmp_path / "plan.json"
    code, printed = run(problem, *wish, "-o", out, "--json")
    told = json.loads(printed)["why_not"]
    assert (code, told["cost"], told["delta"], told["wish"]["en"]) == (0, 4, 2, "5 → Chosen yes")
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    code, printed = run(problem, *wish, "--check", out)
    assert (code, '"5 → Chosen yes" costs 2 more' in printed) == (0, True)
    assert json.loads(run(problem, *wish, "--check", out, "--json")[1])["changes"] == 2


def test_times_are_told_by_the_clock_of_the_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    app = typer.Typer()
    for kind in (DEVICES, ROUNDS):
        app.command(kind.name)(command_of(kind, "schedule"))
    day, walk = tmp_path / "day.json", tmp_path / "walk.json"
    fan = {"name": "fan", "power_kw": 1, "must_be_on": [{"first": 9, "last": 9}]}
    day.write_text(json.dumps({
        "slots": 24, "slot_minutes": 60, "price": 1, "devices": [fan], "begins_at": "2026-12-03T00:00:00+08:00",
    }))  # fmt: skip
    wish = ["--rounds", "1", "--why-not", "fan", "--to", "on=8-9"]
    assert "fan on 08:00–09:00" in RUNNER.invoke(app, ["devices", str(day), *wish]).stdout
    walk.write_text(json.dumps({
        "places": ["gate", "hall"], "walking_s": [[0, 60], [60, 0]],
        "stops": [{"id": "lamp", "place": "hall", "service_s": 45}],
        "staff": [{"id": "wang", "start": "gate", "earliest": "20:00", "latest": "24:00"}],
    }))  # fmt: skip
    cells = RUNNER.invoke(app, ["rounds", str(walk), "--rounds", "5"]).stdout
    assert "20:01  20:01:45" in cells
    assert "None" not in cells


def test_the_line_of_progress_says_what_is_left() -> None:
    now = SearchProgress(at_s=2, rounds=30, cost=200, bound=190)
    told = progress_line(now, Stop(time_s=10), elapsed_s=4)
    assert told.en == "4.0 s, 6 s left, cost 200, bound 190, gap 5.00%"
    assert told.zh == "4.0 秒，还剩 6 秒，费用 200，下界 190，间隙 5.00%"
    assert "70 rounds left" in progress_line(now, Stop(time_s=None, rounds=100), elapsed_s=4).en
    assert progress_line(None, Stop(time_s=10), elapsed_s=11).en == "11.0 s, 0 s left, cost –, bound –, gap –"


def test_people_get_words(problem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "zh")
    code, printed = run(problem)
    assert code == 0
    assert "已证明最优" in printed
    assert "和最小" in printed


def test_no_plan_is_exit_code_one_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "toy.json"
    path.write_text("[[5], 2]")
    code, printed = run(path, "--json")
    told = json.loads(printed)
    assert (code, told["status"], told["cost"]) == (1, "infeasible", None)
    assert told["conflicts"][0]["en"] == "too few numbers"


def test_a_broken_plan_is_exit_code_one(problem: Path, tmp_path: Path) -> None:
    plan = tmp_path / "edited.json"
    plan.write_text('[{"number": "5", "chosen": true}]')
    code, printed = run(problem, "--check", plan)
    assert (code, "1" in printed) == (1, True)


def test_the_format_is_told(problem: Path) -> None:
    assert run("--schema") == (0, '{"type": "array"}\n')
    del problem


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.json"], "nowhere.json"),
        ([], "file of a problem"),
        (["PROBLEM", "--lock", "1"], "--start"),
        (["PROBLEM", "--why-not", "1"], "--to COLUMN=VALUE"),
        (["PROBLEM", "--why-not", "1", "--to", "gone"], "--to COLUMN=VALUE"),
        (["PROBLEM", "--start", "PROBLEM"], "no plan"),
        (["PROBLEM", "--extra", "0.1"], "--start"),
        (["PROBLEM", "-o", "/nowhere/plan.json"], "/nowhere/plan.json"),
    ],
)
def test_bad_use_is_told(problem: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(YuanliError, match=said):
        run(*(problem if one == "PROBLEM" else one for one in arguments))


def test_a_plan_is_made_anew_with_few_changes_after_a_change_of_its_problem(tmp_path: Path) -> None:
    data = find_problem_example("sites")
    assert data is not None
    problem, out = tmp_path / "sites.json", tmp_path / "plan.json"
    document = json.loads(data) | {"count": 2}
    problem.write_text(json.dumps(document))
    assert run_sites(problem, "-o", out)["changes"] is None
    same = run_sites(problem, "--start", out, "--extra", 0)
    assert (same["changes"], same["assignments"]) == (0, json.loads(out.read_text())["assignments"])
    gone = next(row["site"] for row in same["assignments"] if row["chosen"])
    at = [site["name"] for site in document["sites"]].index(gone)
    del document["sites"][at]
    for row in document["seconds"]:
        del row[at]
    problem.write_text(json.dumps(document))
    with pytest.raises(YuanliError, match=gone):
        run_sites(problem, "--start", out)
    anew = run_sites(problem, "--start", out, "--extra", 0.5)
    before = {row["site"] for row in same["assignments"] if row["chosen"]} - {gone}
    after = {row["site"] for row in anew["assignments"] if row["chosen"]}
    cheapest = run_sites(problem)["cost"]
    assert anew["changes"] == len(before ^ after)
    assert cheapest <= anew["cost"] <= 1.5 * cheapest
    locked = run_sites(problem, "--start", out, "--extra", 0.5, "--lock", min(before))
    assert min(before) in {row["site"] for row in locked["assignments"] if row["chosen"]}


def run_sites(*arguments: object) -> dict[str, Any]:
    app = typer.Typer()
    app.command("sites")(command_of(SITES, "plan"))
    done = RUNNER.invoke(app, [*map(str, arguments), "--json", "--time-limit", "5"])
    if isinstance(done.exception, YuanliError):
        raise done.exception
    told: dict[str, Any] = json.loads(done.stdout)
    return told
