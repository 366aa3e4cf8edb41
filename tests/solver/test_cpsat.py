"""Answers of CP-SAT and what they cost."""

from __future__ import annotations

from typing import Any

import pytest

from yuanli.solver import Search, Status, Stop, solve_cpsat

cp_model = pytest.importorskip("ortools.sat.python.cp_model")


@pytest.mark.parametrize(
    ("aim", "scale", "offset", "least"),
    [
        ("minimize", 2, 1, 7.0),
        ("maximize", -2, 1, -5.0),
        ("minimize", 2.5, 0.25, 7.75),
        ("maximize", -0.5, 0.25, -1.25),
    ],
)
def test_an_answer_costs_what_its_values_make_of_the_aim(
    aim: str, scale: float, offset: float, least: float
) -> None:
    model: Any = cp_model.CpModel()
    x = model.new_int_var(3, 9, "")
    model.add_hint(x, 8)
    getattr(model, aim)(scale * x + offset)
    found = solve_cpsat(model, Search[int](Stop(time_s=5)), lambda value: value(x))
    assert (found.best, found.cost) == (3, least)


def test_without_an_aim_any_answer_does() -> None:
    model: Any = cp_model.CpModel()
    x = model.new_int_var(3, 9, "")
    model.add(x != 4)
    found = solve_cpsat(model, Search[int](Stop(time_s=5)), lambda value: value(x))
    assert found.best in {3, 5, 6, 7, 8, 9}
    assert found.status is Status.OPTIMAL
