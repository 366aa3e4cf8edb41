"""Bad files of problems on the command line: exit code 2, one clear line in each language, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from yuanli.cli import app, main
from yuanli.operations import PLANNING_KINDS, SCHEDULING_KINDS, find_problem_example

COMMANDS = [("schedule", kind.name) for kind in SCHEDULING_KINDS] + [("plan", k.name) for k in PLANNING_KINDS]


def ended(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(one) for one in arguments])
    return int(end.value.code or 0)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00\x01" * 9, b"{", b"[" * 100_000, b'{"more": "\\ud800"}'])
@pytest.mark.parametrize(("group", "kind"), COMMANDS)
def test_a_bad_file_is_exit_code_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, group: str, kind: str,
    data: bytes,
) -> None:  # fmt: skip
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    for language in ("zh", "en"):
        monkeypatch.setenv("YUANLI_LANGUAGE", language)
        assert ended(group, kind, path) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "Traceback" not in err
        assert len(err.splitlines()) >= 2  # what is wrong, and the next step
        assert any("一" <= letter <= "鿿" for letter in err) == (language == "zh")
    assert ended(group, kind, path, "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["field"]
    assert told["message"]["zh"] != told["message"]["en"]
    assert told["hint"]["en"]


def test_no_more_is_read_of_a_file_than_may_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("yuanli.cli.solving", "yuanli.solver.documents"):
        monkeypatch.setattr(f"{module}.MOST_BYTES", 1_000)
    assert ended("plan", "sites", "/dev/zero", "--json") == 2
    assert "more than 1,000 bytes" in json.loads(capsys.readouterr().out)["message"]["en"]


@pytest.mark.parametrize(
    "text",
    ["{", "[" * 100_000, '{"assignments": [{}]}', '[{"demand": "A", "site": NaN}]', '[{"demand": [[]]}]'],
)
def test_a_bad_plan_is_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    problem, plan = tmp_path / "sites.json", tmp_path / "plan.json"
    problem.write_bytes(find_problem_example("sites") or b"")
    plan.write_text(text)
    assert ended("plan", "sites", problem, "--check", plan) == 2
    assert "Traceback" not in capsys.readouterr().err
    plan = tmp_path / "plan.csv"
    plan.write_bytes(b'site\n"' + b"x" * 200_000 + b"\0")
    assert ended("plan", "sites", problem, "--check", plan) == 2


def test_a_fault_of_ours_is_told_in_a_line_and_its_traceback_kept_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(wanted: str | None) -> None:
        raise RuntimeError(f"a fault in {wanted}")

    monkeypatch.setattr(app, "build_app", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert ended("plan", "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["message"]["en"] == "Something broke inside (RuntimeError: a fault in plan)."
    (kept,) = tmp_path.glob("yuanli-fault-*.txt")
    assert str(kept) in told["hint"]["zh"]
    assert "Traceback" in kept.read_text()
