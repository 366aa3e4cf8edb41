"""Which problems are solved for the park, and what came of them?"""

from yuanli.operations.solving.changing import (
    BrokenPlanError,
    Changing,
    PlanAgain,
    PlanChange,
    SolveBusyError,
)
from yuanli.operations.solving.files import (
    CellFault,
    WorkbookCheck,
    check_space_workbook,
    comparison_file,
    draft_workbook,
    plan_file,
    space_template,
)
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
from yuanli.operations.solving.names import name_of
from yuanli.operations.solving.scenarios import (
    ChangedItem,
    PlanComparison,
    PlanScenario,
    compare_scenarios,
)
from yuanli.operations.solving.sensing import Sensing
from yuanli.operations.solving.showing import (
    FloorUse,
    ProblemTables,
    ServedDemand,
    SiteView,
    SpaceView,
    problem_tables,
    site_view,
    space_view,
)
from yuanli.operations.solving.solving import Solving, SolvingParams
from yuanli.operations.solving.tables import plan_table, read_plan_table
from yuanli.operations.solving.wondering import WhyNotTold, ask_why_not

__all__ = [
    "PLANNING_KINDS",
    "SCHEDULING_KINDS",
    "BrokenPlanError",
    "CellFault",
    "ChangedItem",
    "Changing",
    "FloorUse",
    "PlanAgain",
    "PlanChange",
    "PlanComparison",
    "PlanScenario",
    "ProblemTables",
    "Sensing",
    "ServedDemand",
    "SiteView",
    "SolveBusyError",
    "SolveJob",
    "SolveNotFoundError",
    "SolveOrder",
    "SolveState",
    "SolveStore",
    "SolveSummary",
    "Solving",
    "SolvingParams",
    "SpaceView",
    "UnknownKindError",
    "WhyNotTold",
    "WorkbookCheck",
    "ask_why_not",
    "check_space_workbook",
    "compare_scenarios",
    "comparison_file",
    "draft_workbook",
    "find_kind",
    "find_problem_example",
    "kind_of",
    "name_of",
    "plan_file",
    "plan_table",
    "problem_tables",
    "read_plan_table",
    "site_view",
    "space_template",
    "space_view",
    "warm_up",
]
