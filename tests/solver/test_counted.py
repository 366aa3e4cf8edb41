"""One of something is said as one: explanations, conflicts and answers of every kind."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from yuanli.errors import counted
from yuanli.operations import find_problem_example, kind_of
from yuanli.planning import SITES
from yuanli.solver import Search, Stop, Wish, make_plan, tell_why_not, why_not

VERBS = ("is", "was", "has", "less", "pass", "fits", "works", "gets", "stays", "begins", "decides")
MANY = re.compile(rf"(?<![\d.,:/–-])1 (?:people|are|have|(?!(?:{'|'.join(VERBS)})\b)[a-z]+s)\b")
ONLY_ONE = {
    "devices": "devices", "rooms": "events", "projects": "jobs", "flows": "groups", "rounds": "stops",
    "rosters": "needs", "spaces": "entities",
}  # fmt: skip
"""The table of which one row is left."""


def said_of(kind: str, document: dict[str, Any]) -> str:
    data = json.dumps(document).encode()
    plan = make_plan(
        kind_of(kind), kind_of(kind).parse(data, "one.json"), Search[Any](Stop(time_s=None, rounds=30))
    )
    return "\n".join(text.en for text in (*plan.explanation, *plan.conflicts))


@pytest.mark.parametrize("kind", [*ONLY_ONE, "layout", "blocks", "sites"])
def test_one_is_not_many(kind: str) -> None:
    document = json.loads(find_problem_example(kind) or b"")
    said = said_of(kind, document)
    if (table := ONLY_ONE.get(kind)) is not None:
        said += said_of(kind, document | {table: document[table][:1], "rules": []} if kind == "spaces" else
                        document | {table: document[table][:1]})  # fmt: skip
    assert said
    assert not MANY.findall(said), said


def test_conflicts_and_answers_say_one_change_and_one_site() -> None:
    document = json.loads(find_problem_example("sites") or b"") | {"fixed": ["A", "C"]}
    said = said_of("sites", document)
    assert "At most 1 site is chosen." in said
    problem = SITES.parse(find_problem_example("sites") or b"", "sites.json")
    plan = make_plan(SITES, problem, Search(Stop(time_s=2)))
    start = SITES.read_rows(problem, plan.assignments)
    answer = why_not(SITES, problem, start, {"A": {"chosen": True}}, search=Search(Stop(time_s=2)))
    assert not MANY.findall(" ".join(text.en for text in tell_why_not(answer, SITES.title)))
    other = SITES.parse(json.dumps(document | {"fixed": ["A"], "count": 1}).encode(), "sites.json")
    asked = Wish(start=start, max_changes=1)
    told = [text.en for text in make_plan(SITES, other, Search(Stop(time_s=2)), asked).conflicts]
    assert "At most 1 change, 2 are needed." in told


def test_a_number_is_said_with_its_noun() -> None:
    assert (counted(1, "site"), counted(0, "site"), counted(1.0, "minute"), counted(2.5, "minute")) == (
        "1 site", "0 sites", "1 minute", "2.5 minutes",
    )  # fmt: skip
    assert counted(1_000_000, "person", "people") == "1000000 people"
