"""`yuanli learn` as a shell sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_commands import run
from tests.learning.conftest import GATE
from tests.learning.tiny import tiny_model

from yuanli.bootstrap import open_house
from yuanli.cli import main
from yuanli.learning import Span, write_markup
from yuanli.operations import FeedbackKind, Meaning, NewFeedback
from yuanli.settings import load_settings

NAME = "understanding"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    return "--data-dir", str(tmp_path / "data")


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    path = tmp_path / "gate.jsonl"
    rows = ({"text": write_markup(e), "intent": e.label, "language": e.language} for e in GATE)
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def models(tmp_path: Path, store: tuple[str, str]) -> None:
    for version, labels in (("1", {"toilet": "nearest", "怎么走": "route"}), ("2", {"怎么走": "route"})):
        folder = tiny_model(tmp_path / version, version=version, labels=labels)
        with pytest.raises(SystemExit):
            main(["learn", "register", str(folder), "--why", "trained", *store])


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any]]:
    code, out, _ = run(capsys, "learn", *arguments, "--json")
    return code, [json.loads(line) for line in out.splitlines()]


@pytest.mark.usefixtures("models")
def test_a_model_goes_live_through_the_gate_and_back(
    capsys: pytest.CaptureFixture[str], store: tuple[str, str], gate: Path
) -> None:
    capsys.readouterr()
    code, (refused,) = answer(capsys, "promote", NAME, "1", *store)
    assert (code, refused["error"]) == (1, "gate_closed")
    code, (report,) = answer(capsys, "promote", NAME, "2", "--gate-set", str(gate), *store)
    assert (code, report["passed"]) == (0, True)
    code, (report,) = answer(capsys, "promote", NAME, "1", "--why", "better", "--gate-set", str(gate), *store)
    assert (code, report["against"]) == (0, "2")
    code, (refused,) = answer(capsys, "promote", NAME, "2", "--gate-set", str(gate), *store)
    assert (code, refused["error"]) == (1, "gate_closed")
    code, listed = answer(capsys, "models", *store)
    assert [(m["version"], m["stage"]) for m in listed] == [
        ("built-in", "archived"), ("1", "live"), ("2", "archived")
    ]  # fmt: skip
    for version in ("2", "built-in"):
        assert answer(capsys, "rollback", NAME, *store) == (0, [{"name": NAME, "version": version}])
    code, (refused,) = answer(capsys, "rollback", NAME, *store)
    assert (code, refused["error"]) == (1, "nothing_to_roll_back")


@pytest.mark.usefixtures("models")
def test_people_see_tables_and_sentences(
    capsys: pytest.CaptureFixture[str], store: tuple[str, str], gate: Path
) -> None:
    capsys.readouterr()
    code, out, _ = run(capsys, "learn", "promote", NAME, "1", "--gate-set", str(gate), *store)
    assert (code, "understanding 1 is live." in out, "latency_ms" in out) == (0, True, True)
    code, out, _ = run(capsys, "learn", "models", *store)
    assert (code, "candidate" in out, "exact 0.900" in out) == (0, True, True)
    code, out, _ = run(capsys, "learn", "shadow", NAME, "2", *store)
    assert (code, out.strip()) == (0, "The shadow of understanding: 2.")
    code, out, _ = run(capsys, "learn", "compare", NAME, "1", "2", "--file", str(gate), *store)
    assert (code, "40 examples: 0 better, 20 worse" in out, "- toilet  nearest → other" in out) == (
        0,
        True,
        True,
    )


@pytest.mark.usefixtures("models")
def test_what_is_not_there_exits_with_1(capsys: pytest.CaptureFixture[str], store: tuple[str, str]) -> None:
    capsys.readouterr()
    for arguments in (("promote", NAME, "9"), ("rollback", "translation"), ("feedback", "reject", "nothing")):
        code, (refused,) = answer(capsys, *arguments, *store)
        assert (code, refused["error"].endswith("not_found")) == (1, True)
    code, (refused,) = answer(capsys, "register", "no-such-folder", *store)
    assert (code, refused["error"]) == (2, "broken_model")


def test_feedback_is_listed_accepted_rejected_and_exported(
    capsys: pytest.CaptureFixture[str], store: tuple[str, str]
) -> None:
    house = open_house(load_settings(data_dir=store[1]))
    located = Meaning(intent="guidance_locate", slots=(Span(0, 2, "place"),))
    down = NewFeedback(text="北门到食堂", understood=located, kind=FeedbackKind.DOWN)
    ids = [house.feedback.give(down, user="li").id for _ in range(2)]
    house.close()
    code, listed = answer(capsys, "feedback", "list", *store)
    assert (code, [item["id"] for item in listed]) == (0, ids)
    code, (refused,) = answer(capsys, "feedback", "accept", ids[0], *store)
    assert (code, refused["error"]) == (2, "meaning_missing")
    marked = ("--intent", "guidance_route", "--markup", "[北门](origin)到[食堂](destination)")
    code, (changed,) = answer(capsys, "feedback", "accept", ids[0], *marked, *store)
    assert (code, changed["state"], changed["corrected"]["intent"]) == (0, "accepted", "guidance_route")
    code, (refused,) = answer(capsys, "feedback", "accept", ids[1], "--markup", "[南门](origin)", *store)
    assert (code, refused["error"]) == (2, "other_text")
    code, (changed,) = answer(capsys, "feedback", "reject", ids[1], "--note", "unclear", *store)
    assert (code, changed["state"]) == (0, "rejected")
    code, (exported,) = answer(capsys, "feedback", "export", *store)
    assert (code, exported["count"], Path(exported["path"]).is_file()) == (0, 1, True)
    code, out, _ = run(capsys, "learn", "feedback", "export", *store)
    assert (code, out.strip()) == (0, "No accepted feedback to export.")
    code, out, _ = run(capsys, "learn", "feedback", "list", "--all", *store)
    assert (code, "exported" in out, "rejected" in out, "guidance_route" in out) == (0, True, True, True)
    assert answer(capsys, "feedback", "agreement", *store) == (0, [])


@pytest.mark.parametrize(
    "command",
    ["models", "register", "promote", "rollback", "shadow", "compare", "feedback list", "feedback accept",
     "feedback reject", "feedback export", "feedback agreement"],
)  # fmt: skip
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, "learn", *command.split(), "--help")
    assert (code, "Example: yuanli learn" in out) == (0, True)
