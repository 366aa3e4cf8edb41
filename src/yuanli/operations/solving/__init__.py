"""Which problems are solved for the park, and what came of them?"""

from yuanli.operations.solving.jobs import (
    SolveJob,
    SolveNotFoundError,
    SolveOrder,
    SolveState,
    SolveStore,
    SolveSummary,
    UnknownKindError,
)
from yuanli.operations.solving.kinds import (
    PLANNING_KINDS,
    SCHEDULING_KINDS,
    find_kind,
    find_problem_example,
    kind_of,
    warm_up,
)
from yuanli.operations.solving.solving import Solving, SolvingParams
from yuanli.operations.solving.tables import plan_table

__all__ = [
    "PLANNING_KINDS",
    "SCHEDULING_KINDS",
    "SolveJob",
    "SolveNotFoundError",
    "SolveOrder",
    "SolveState",
    "SolveStore",
    "SolveSummary",
    "Solving",
    "SolvingParams",
    "UnknownKindError",
    "find_kind",
    "find_problem_example",
    "kind_of",
    "plan_table",
    "warm_up",
]
