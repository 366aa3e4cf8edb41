"""What parts of costs, measures and columns of plans are called: printed as the console has them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from yuanli.errors import Text
from yuanli.operations import find_problem_example
from yuanli.operations.solving.cells import cells_of
from yuanli.scheduling import DEVICES, ROOMS, ROUNDS

WORDS = Path(__file__).parents[2] / "web/src/i18n"


@pytest.mark.parametrize("table", ["part", "measure", "column"])
def test_printed_names_are_those_of_the_console(table: str) -> None:
    text = resources.files("yuanli.operations.solving").joinpath("names.yaml").read_text("utf-8")
    printed = yaml.safe_load(text)[table]
    for language in ("zh", "en"):
        words = (WORDS / f"plans.{language}.ts").read_text("utf-8")
        block = re.search(rf"\n    {table}: {{(.*)}},\n", words)
        assert block is not None
        shown = dict(re.findall(r'(\w+): "([^"]*)"', block[1]))
        assert {name: said[language] for name, said in printed.items()} == shown


def test_cells_are_said_by_the_clock_of_the_campus() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    fans: dict[str, object] = {
        "slots": 24, "slot_minutes": 60, "price": 1, "begins_at": "2026-11-28T16:00:00Z",
        "devices": [{"name": "fan", "power_kw": 1}],
    }  # fmt: skip
    said = cells_of(DEVICES.parse(json.dumps(fans).encode(), "fans.json"), shanghai)
    assert said("on", "0-6 19-23") == "00:00–07:00, 19:00–24:00"
    assert said("flows", "2.0 1.0 -2.5") == "+3.0 / -2.5"
    columns = "kind,name,size,features,people,minutes,earliest,latest,start,room"
    meetings = f"{columns}\nroom,Aspen,4,,,,,,,\nmeeting,standup,3,,,15,,,,\n"
    said = cells_of(replace(ROOMS.parse(meetings.encode(), "day.csv"), period_min=15.0), shanghai)
    assert (said("start", 37), said("length", 2), said("room", "Aspen")) == ("09:15", "30 min", "Aspen")
    assert said("days", [0, 2]) == [1, 3]
    rounds = find_problem_example("rounds")
    assert rounds is not None
    said = cells_of(ROUNDS.parse(rounds, "night.json"), shanghai)
    assert said("stop", "wang/break 1") == Text("休息（wang）", "Break of wang")
    assert (said("begin", 90_000), said("begin", None)) == ("01:00 +1", None)
