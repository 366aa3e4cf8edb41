"""A model of whole numbers and intervals, solved by OR-Tools CP-SAT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, inf, isfinite
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from yuanli.solver.missing import load_solver
from yuanli.solver.results import Result
from yuanli.solver.searching import Search
from yuanli.solver.stopping import PATIENCE, Stop

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

S = TypeVar("S")
Values = Callable[["cp_model.LinearExprT"], int]
WATCH_S, GRACE_S = 0.05, 0.1
"""Seconds between two looks at the search, and that CP-SAT has to end once it is over."""
LEAST_S = 0.01


def solve_cpsat(
    model: cp_model.CpModel,
    search: Search[S],
    read: Callable[[Values], S],
    *,
    seed: int = 0,
    workers: int = 1,
) -> Result[S]:
    """Solve with CP-SAT (Perron, Didier and Gay 2023, doi:10.4230/LIPIcs.CP.2023.3) until the search is over.

    Better answers and bounds reach the search as they are found. A round is a second of CP-SAT's deterministic clock:
    with one worker and a number of rounds the run can be repeated to the letter. A start is given to the model, as
    hints.

    Parameters
    ----------
    read
        Makes an answer from the values of variables; it keeps none of what it is handed.

    Raises
    ------
    MissingSolverError
        OR-Tools is not installed.
    """
    cp = load_solver("ortools.sat.python.cp_model")
    solver = cp.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = workers
    solver.parameters.relative_gap_limit = search.stop.gap
    if search.stop.time_s is not None:
        left_s = search.stop.patience * search.clock_left_s
        solver.parameters.max_time_in_seconds = max(left_s, LEAST_S)
    if isfinite(search.left_rounds):
        solver.parameters.max_deterministic_time = search.left_rounds
    found = SimpleQueue[tuple[S | None, float]]()

    class Told(cp.CpSolverSolutionCallback):  # type: ignore[name-defined,misc]
        def on_solution_callback(self) -> None:
            found.put((read(self.value), _cost_of(model.proto, self.response_proto.solution)))

    solver.best_bound_callback = lambda bound: found.put((None, bound))
    statuses: list[int] = []
    solving = Thread(target=lambda: statuses.append(solver.solve(model, Told())), name="cp-sat")
    solving.start()
    ends = inf
    while solving.is_alive():
        solving.join(WATCH_S)
        _drain(found, search)
        if search.over():
            solver.stop_search()
            ends = min(ends, monotonic() + GRACE_S)
        if (
            monotonic() >= ends and solving.is_alive()
        ):  # it doesn't listen while it presolves: it ends by itself
            return search.result()
    _drain(found, search)
    search.count(ceil(solver.deterministic_time))
    status = statuses[0] if statuses else cp.MODEL_INVALID
    if status == cp.MODEL_INVALID:
        raise ValueError(f"the model is not valid: {model.validate()}")
    if status == cp.OPTIMAL:
        search.prove(solver.best_objective_bound)
    return search.result(infeasible=status == cp.INFEASIBLE)


def _cost_of(proto: Any, values: Sequence[int]) -> float:
    """Return what an answer costs; what CP-SAT 9.15 tells of the first one from hints is at times another figure."""
    if proto.has_floating_point_objective():
        cost, scale = proto.floating_point_objective, 1.0
    else:
        cost, scale = proto.objective, proto.objective.scaling_factor or 1.0
    return float(
        scale * (sum(c * values[v] for v, c in zip(cost.vars, cost.coeffs, strict=True)) + cost.offset)
    )


def conflict_of(
    model: cp_model.CpModel, switches: Sequence[cp_model.IntVar], *, time_s: float
) -> list[int] | None:
    """Return which switches can't be on together, by place: not always the fewest; None where all can, or time is up.

    A rule of the model is enforced by its switch (`only_enforce_if`); the model has no cost. On a busy machine it may
    take `PATIENCE` times as long by the clock.
    """
    cp = load_solver("ortools.sat.python.cp_model")
    solver = cp.CpSolver()
    search = Search[object](Stop(time_s=time_s, patience=PATIENCE))
    solver.parameters.max_time_in_seconds = PATIENCE * time_s
    solver.parameters.num_workers = 1
    model.clear_assumptions()
    model.add_assumptions(list(switches))
    statuses: list[int] = []
    solving = Thread(target=lambda: statuses.append(solver.solve(model)), name="cp-sat conflict")
    solving.start()
    while solving.is_alive():
        solving.join(WATCH_S)
        if search.over():
            solver.stop_search()
    if statuses != [cp.INFEASIBLE]:
        return None
    place = {switch.index: i for i, switch in enumerate(switches)}
    return sorted(place[index] for index in solver.sufficient_assumptions_for_infeasibility())


def _drain(found: SimpleQueue[tuple[S | None, float]], search: Search[S]) -> None:
    while not found.empty():
        best, value = found.get()
        if best is None:
            search.prove(value)
        else:
            search.offer(best, value)
