"""Plans as tables: what is written is read again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from yuanli.operations import (
    PLANNING_KINDS,
    SCHEDULING_KINDS,
    find_problem_example,
    plan_table,
    read_plan_table,
)
from yuanli.solver import Kind, Search, Stop, make_plan


@pytest.mark.parametrize("kind", SCHEDULING_KINDS + PLANNING_KINDS, ids=lambda kind: kind.name)
def test_a_plan_of_every_kind_comes_back_from_its_table(kind: Kind[Any, Any]) -> None:
    example = find_problem_example(kind.name)
    assert example is not None
    problem = kind.parse(example, f"{kind.name}.json")
    plan = make_plan(kind, problem, Search[Any](Stop(time_s=None, rounds=30)))
    checked = kind.check(problem, kind.read_rows(problem, read_plan_table(plan_table(plan))))
    assert checked.valid
    assert checked.cost == pytest.approx(plan.cost)
    row = {"name": "=1+1", "sure": False, "days": [0, 2], "note": "'-", "room": "[A]", "none": None}
    odd = replace(plan, assignments=(row,))
    (read,) = read_plan_table(plan_table(odd))
    assert read == {**row, "none": ""}
