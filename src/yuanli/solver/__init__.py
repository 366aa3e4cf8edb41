"""How does a search run, stop and report?"""

from yuanli.solver.aside import Aside, unless_cancelled
from yuanli.solver.checking import Broken, Checked
from yuanli.solver.conflicts import minimal_conflict
from yuanli.solver.cpsat import conflict_of, solve_cpsat
from yuanli.solver.documents import (
    MOST_BYTES,
    MOST_WHOLE,
    Document,
    InvalidProblemError,
    cut_text,
    document_from,
    document_of,
    find_whole,
    json_of,
    refuse,
    text_of,
    unpacked,
)
from yuanli.solver.kinds import Kind, Plan, Row, Wish, WrongPlanError, make_plan, refuse_wrong
from yuanli.solver.milp import Milp, solve_milp
from yuanli.solver.missing import MissingSolverError, load_solver
from yuanli.solver.onmap import MapSpot, OnMap
from yuanli.solver.population import heirs
from yuanli.solver.previewing import MoveError, Moves, Preview, move_rows, preview, swap_moves
from yuanli.solver.relaxation import Change, Relaxation, Resource, Sort, without
from yuanli.solver.replanning import EXTRA, count_changes, replan
from yuanli.solver.results import Difference, Result, SearchProgress, Status, difference, gap_of
from yuanli.solver.rows import Rows
from yuanli.solver.searching import Search, never
from yuanli.solver.sensitivity import Effect, Sense, Sensitivity, sensitivity, tell_sense
from yuanli.solver.stopping import PATIENCE, Stop, StopError
from yuanli.solver.whynot import WhyNot, force, tell_why_not, why_not

__all__ = [
    "EXTRA",
    "MOST_BYTES",
    "MOST_WHOLE",
    "PATIENCE",
    "Aside",
    "Broken",
    "Change",
    "Checked",
    "Difference",
    "Document",
    "Effect",
    "InvalidProblemError",
    "Kind",
    "MapSpot",
    "Milp",
    "MissingSolverError",
    "MoveError",
    "Moves",
    "OnMap",
    "Plan",
    "Preview",
    "Relaxation",
    "Resource",
    "Result",
    "Row",
    "Rows",
    "Search",
    "SearchProgress",
    "Sense",
    "Sensitivity",
    "Sort",
    "Status",
    "Stop",
    "StopError",
    "WhyNot",
    "Wish",
    "WrongPlanError",
    "conflict_of",
    "count_changes",
    "cut_text",
    "difference",
    "document_from",
    "document_of",
    "find_whole",
    "force",
    "gap_of",
    "heirs",
    "json_of",
    "load_solver",
    "make_plan",
    "minimal_conflict",
    "move_rows",
    "never",
    "preview",
    "refuse",
    "refuse_wrong",
    "replan",
    "sensitivity",
    "solve_cpsat",
    "solve_milp",
    "swap_moves",
    "tell_sense",
    "tell_why_not",
    "text_of",
    "unless_cancelled",
    "unpacked",
    "why_not",
    "without",
]
