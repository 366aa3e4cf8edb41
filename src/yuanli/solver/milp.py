"""A mixed-integer linear programme, solved by HiGHS."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import cache
from math import inf, isfinite
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from yuanli.solver.aside import Aside
from yuanli.solver.missing import load_solver
from yuanli.solver.results import Result
from yuanli.solver.searching import Search

Floats = NDArray[np.float64]
ASK_S = 0.01
"""Seconds between two questions of HiGHS whether to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milp:
    """Minimise `cost · x + constant` where `low ≤ x ≤ high` and `row_low ≤ rows · x ≤ row_high`.

    Parameters
    ----------
    integer
        Which variables are whole numbers, shape `(n,)`.
    rows
        Sparse, shape `(m, n)`.
    """

    cost: Floats
    low: Floats
    high: Floats
    integer: NDArray[np.bool_]
    rows: csr_array
    row_low: Floats
    row_high: Floats
    constant: float = field(default=0.0)


def solve_milp(
    milp: Milp,
    search: Search[Floats],
    *,
    start: Floats | None = None,
    seed: int = 0,
    threads: int = 1,
    heuristics: float = 0.05,
) -> Result[Floats]:
    """Solve with HiGHS (Huangfu and Hall 2018, doi:10.1007/s12532-017-0130-5) until the search is over.

    Better answers and bounds reach the search as they are found; a round is a node of the branch and bound.

    Parameters
    ----------
    start
        Values to begin from; those that are not numbers are left to HiGHS.
    heuristics
        Share of the work that goes to better answers, 0–1. HiGHS does not listen while it solves a part for one.

    Raises
    ------
    MissingSolverError
        HiGHS is not installed.
    """
    highspy = load_highs()
    highs = highspy.Highs()
    for name, value in {
        "output_flag": False, "log_to_console": False, "time_limit": search.stop.patience * search.clock_left_s,
        "random_seed": seed, "threads": threads, "mip_rel_gap": search.stop.gap,
        "mip_feasibility_tolerance": 1e-7, "mip_heuristic_effort": heuristics,
    }.items():  # fmt: skip
        highs.setOptionValue(name, value)
    aside = Aside(search)
    _Listener(highs, search, aside)

    def run() -> bool:
        highs.passModel(highs_model(highspy, milp))
        if start is not None:
            known = np.flatnonzero(np.isfinite(start)).astype(np.int32)
            highs.setSolution(len(known), known, start[known])
        highs.run()
        highspy.Highs.resetThreadScheduler(False)
        return True

    if not aside.run(run):
        return search.result()
    status, info = highs.getModelStatus(), highs.getInfo()
    search.count(max(0, info.mip_node_count))
    states = highspy.HighsModelStatus
    if status == states.kOptimal:
        search.offer(np.array(highs.getSolution().col_value), float(info.objective_function_value))
        search.prove(
            float(info.mip_dual_bound) if milp.integer.any() else float(info.objective_function_value)
        )
    return search.result(infeasible=status in (states.kInfeasible, states.kUnboundedOrInfeasible))


class _Listener:
    """What HiGHS calls, in a thread of its own: hands what it finds to the thread of the search, and asks it to go on.

    HiGHS doesn't listen while it presolves, factorises or solves a part for a heuristic: seconds in large models.
    """

    def __init__(self, highs: Any, search: Search[Floats], aside: Aside) -> None:
        self._search, self._aside = search, aside
        self._bound, self._asked = -inf, 0.0
        highs.cbMipImprovingSolution += self._better
        highs.cbMipInterrupt += self._ask
        highs.cbSimplexInterrupt += self._ask

    def _better(self, event: Any) -> None:
        """Hand on a better answer."""
        found, cost = np.array(event.data_out.mip_solution), float(event.data_out.objective_function_value)
        self._aside.ask(lambda: self._search.offer(found, cost))

    def _ask(self, event: Any) -> None:
        """Hand on a greater bound, and ask at times whether to go on."""
        bound, now = float(event.data_out.mip_dual_bound), monotonic()
        if self._aside.ending.is_set():
            event.interrupt()
        elif (isfinite(bound) and bound > self._bound) or now >= self._asked + ASK_S:
            self._bound, self._asked = max(bound, self._bound) if isfinite(bound) else self._bound, now
            if self._aside.ask(lambda: self._told(bound)):
                event.interrupt()

    def _told(self, bound: float) -> bool:
        if isfinite(bound):
            self._search.prove(bound)
        return self._search.over()


@cache
def load_highs() -> Any:
    """Return HiGHS, whose first model of a process greets on standard output, where answers go."""
    highspy = load_solver("highspy")
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            highspy.Highs()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    return highspy


def highs_model(highspy: Any, milp: Milp, *, whole: bool = True) -> Any:
    """Return the model in HiGHS's own form; not `whole` where its whole numbers may be any."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(milp.cost), milp.rows.shape[0]
    model.col_cost_, model.offset_ = milp.cost, milp.constant
    model.col_lower_, model.col_upper_ = milp.low, milp.high
    model.row_lower_, model.row_upper_ = milp.row_low, milp.row_high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = milp.rows.indptr
    model.a_matrix_.index_ = milp.rows.indices
    model.a_matrix_.value_ = milp.rows.data
    if whole and milp.integer.any():
        integer, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        model.integrality_ = [integer if one else real for one in milp.integer]
    return model
