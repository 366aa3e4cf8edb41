"""The faces to HiGHS and CP-SAT, on knapsacks whose best is found by trying all."""

import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from yuanli.solver import (
    Milp,
    MissingSolverError,
    Search,
    Status,
    Stop,
    conflict_of,
    load_solver,
    solve_cpsat,
    solve_milp,
)
from yuanli.solver.missing import NAMES

WEIGHTS = np.array([12.0, 7, 11, 8, 9, 6, 5, 14])
VALUES = np.array([24.0, 13, 23, 15, 16, 11, 9, 28])
LIMIT = 26.0


def best_value() -> float:
    sets = np.array(list(product((0, 1), repeat=len(WEIGHTS))))
    return float((sets @ VALUES)[sets @ WEIGHTS <= LIMIT].max())


def knapsack() -> Milp:
    n = len(WEIGHTS)
    return Milp(
        cost=-VALUES, low=np.zeros(n), high=np.ones(n), integer=np.ones(n, bool),
        rows=csr_array(WEIGHTS[None, :]), row_low=np.array([-np.inf]), row_high=np.array([LIMIT]),
    )  # fmt: skip


def test_highs_proves_the_best() -> None:
    result = solve_milp(knapsack(), Search())
    assert (result.status, result.cost) == (Status.OPTIMAL, -best_value())
    assert result.best is not None
    assert result.best @ WEIGHTS <= LIMIT


def test_highs_says_that_there_is_nothing() -> None:
    milp = Milp(
        cost=np.ones(1), low=np.zeros(1), high=np.ones(1), integer=np.ones(1, bool),
        rows=csr_array(np.ones((1, 1))), row_low=np.array([2.0]), row_high=np.array([np.inf]),
    )  # fmt: skip
    assert solve_milp(milp, Search()).status is Status.INFEASIBLE


def hard_milp() -> Milp:
    rng = np.random.default_rng(0)
    rows = rng.integers(1, 100, (60, 400)).astype(float)
    return Milp(
        cost=-rng.integers(1, 100, 400).astype(float), low=np.zeros(400), high=np.ones(400),
        integer=np.ones(400, bool), rows=csr_array(rows), row_low=np.full(60, -np.inf), row_high=rows.sum(1) / 3,
    )  # fmt: skip


def test_highs_stops_when_cancelled_and_tells_the_best_so_far() -> None:
    told: list[float] = []
    result = solve_milp(
        hard_milp(),
        Search(
            Stop(time_s=60),
            cancelled=lambda: len(told) >= 3,
            told=lambda progress, _: told.append(progress.cost),
        ),
    )
    assert result.status is Status.FEASIBLE
    assert result.elapsed_s < 30
    assert -np.inf < result.bound <= result.cost < 0


def cp_knapsack(cp: Any) -> tuple[Any, list[Any]]:
    model = cp.CpModel()
    picks = [model.new_bool_var(f"x{i}") for i in range(len(WEIGHTS))]
    model.add(sum(int(w) * x for w, x in zip(WEIGHTS, picks, strict=True)) <= int(LIMIT))
    model.minimize(-sum(int(v) * x for v, x in zip(VALUES, picks, strict=True)))
    return model, picks


def test_cp_sat_proves_the_best() -> None:
    model, picks = cp_knapsack(load_solver("ortools.sat.python.cp_model"))
    result = solve_cpsat(model, Search(), lambda value: tuple(value(x) for x in picks))
    assert (result.status, result.cost) == (Status.OPTIMAL, -best_value())
    assert result.best is not None
    assert np.array(result.best) @ VALUES == best_value()


def test_cp_sat_names_rules_that_clash() -> None:
    cp = load_solver("ortools.sat.python.cp_model")
    model = cp.CpModel()
    x = model.new_int_var(0, 10, "x")
    switches = [model.new_bool_var(name) for name in ("small", "any", "large")]
    model.add(x <= 3).only_enforce_if(switches[0])
    model.add(x >= 1).only_enforce_if(switches[1])
    model.add(x >= 7).only_enforce_if(switches[2])
    assert conflict_of(model, switches, time_s=5) == [0, 2]
    assert conflict_of(model, switches[:2], time_s=5) is None


def test_a_solver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "yuanli_none_such", "Solver X")
    with pytest.raises(MissingSolverError, match="Solver X"):
        load_solver("yuanli_none_such")


def test_highs_says_nothing_where_answers_go() -> None:
    code = (
        "from tests.solver.test_libraries import knapsack; from yuanli.solver import Search, solve_milp; "
        "print(solve_milp(knapsack(), Search()).status.value)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout == "optimal\n"
