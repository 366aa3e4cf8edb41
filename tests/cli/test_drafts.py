"""Drafts of problems from the shell."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.api.house import Clock
from tests.cli.test_commands import run
from tests.operations.twins import tell, twin_house

from yuanli.scheduling import FLOWS

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def test_measured_people_become_a_problem_of_flows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    clock = Clock()
    clock.now = DAY + timedelta(hours=12)
    house = twin_house(tmp_path, clock)
    for hour in range(2, 7):
        tell(house, DAY + timedelta(hours=hour), {"n01": 20.0})
    house.close()
    file, store = tmp_path / "flows.json", ("--data-dir", str(tmp_path))
    span = ("--day", "2026-03-02", "--from", "11:00", "--to", "13:00", "-o", str(file))
    place = ("--place", "room0-1", "--stay", "60", "--slot", "30")
    code, out, _ = run(capsys, "schedule", "draft-flows", *span, *place, "--capacity", "15", "--json", *store)
    assert (code, json.loads(out)["people"], json.loads(out)["slots"]) == (0, 40, 4)
    assert FLOWS.parse(file.read_bytes(), file.name).slots == ("11:00", "11:30", "12:00", "12:30")
    for wrong, said in (
        (("--from", "noon"), "'noon'"), (("--day", "someday"), "'someday'"), (("--time", "12:00"), "'12:00'"),
    ):  # fmt: skip
        code, _, err = run(capsys, "schedule", "draft-flows", *span, *place, *wrong, *store)
        assert (code, said in err) == (2, True)
