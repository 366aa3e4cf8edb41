"""How does a search run, stop and report?"""

from yuanli.solver.checking import Broken, Checked
from yuanli.solver.conflicts import minimal_conflict
from yuanli.solver.cpsat import conflict_of, solve_cpsat
from yuanli.solver.kinds import Kind, Plan, Row, Wish, WrongPlanError, count_changes, make_plan
from yuanli.solver.milp import Milp, solve_milp
from yuanli.solver.missing import MissingSolverError, load_solver
from yuanli.solver.results import Difference, Result, SearchProgress, Status, difference, gap_of
from yuanli.solver.searching import Search
from yuanli.solver.stopping import Stop, StopError

__all__ = [
    "Broken",
    "Checked",
    "Difference",
    "Kind",
    "Milp",
    "MissingSolverError",
    "Plan",
    "Result",
    "Row",
    "Search",
    "SearchProgress",
    "Status",
    "Stop",
    "StopError",
    "Wish",
    "WrongPlanError",
    "conflict_of",
    "count_changes",
    "difference",
    "gap_of",
    "load_solver",
    "make_plan",
    "minimal_conflict",
    "solve_cpsat",
    "solve_milp",
]
