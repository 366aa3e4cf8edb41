"""Who sits where: its tables, formats, solver, checker, explanations and comparisons."""

from typing import Final

from yuanli.errors import Text
from yuanli.planning.spaces.annealing import solve_spaces
from yuanli.planning.spaces.checking import Violation, check_spaces, violations
from yuanli.planning.spaces.conflicting import conflicting_rules, conflicts_asked_spaces, conflicts_spaces
from yuanli.planning.spaces.demands import Demand, FewChanges, LeaseEnd, Lock, demands_of
from yuanli.planning.spaces.explaining import explain_spaces
from yuanli.planning.spaces.naming import tell_rule
from yuanli.planning.spaces.plans import carried_rows, read_space_rows, space_rows, today
from yuanli.planning.spaces.problem import (
    OFFICE_KWH_M2,
    Entity,
    Flow,
    Landmark,
    Period,
    Room,
    Rule,
    RuleKind,
    SpacePlan,
    SpaceProblem,
    SpacesError,
    Weights,
)  # fmt: skip
from yuanli.planning.spaces.reading import parse_spaces, schema_spaces
from yuanli.planning.spaces.relaxations import CHANGES_SPACES, relaxations_spaces
from yuanli.planning.spaces.replanning import replan_spaces
from yuanli.planning.spaces.scenarios import (
    Charge,
    Move,
    PlannedUse,
    Scenario,
    Stacked,
    charges_of,
    compare_plans,
    moves_of,
    stack_plan,
    use_of,
)  # fmt: skip
from yuanli.planning.spaces.wording import Unread, rules_from_words
from yuanli.planning.spaces.workbook import SheetsError, write_spaces_excel
from yuanli.solver import Kind

SPACES: Final = Kind(
    name="spaces",
    title=Text("空间分配", "Who sits where"),
    method=Text(
        "模拟退火，增量计价；CP-SAT 修复；HiGHS 下限", "simulated annealing; repair by CP-SAT; bound by HiGHS"
    ),
    parse=parse_spaces,
    schema=schema_spaces,
    solve=solve_spaces,
    check=check_spaces,
    rows=space_rows,
    read_rows=read_space_rows,
    explain=explain_spaces,
    conflicts=conflicts_spaces,
    conflicts_asked=conflicts_asked_spaces,
    changed_by=("room",),
    moved_by="room",
    relaxations=relaxations_spaces,
    changes=CHANGES_SPACES,
    replan=replan_spaces,
    carried=carried_rows,
)

__all__ = [
    "OFFICE_KWH_M2",
    "SPACES",
    "Charge",
    "Demand",
    "Entity",
    "FewChanges",
    "Flow",
    "Landmark",
    "LeaseEnd",
    "Lock",
    "Move",
    "Period",
    "PlannedUse",
    "Room",
    "Rule",
    "RuleKind",
    "Scenario",
    "SheetsError",
    "SpacePlan",
    "SpaceProblem",
    "SpacesError",
    "Stacked",
    "Unread",
    "Violation",
    "Weights",
    "charges_of",
    "check_spaces",
    "compare_plans",
    "conflicting_rules",
    "conflicts_asked_spaces",
    "conflicts_spaces",
    "demands_of",
    "explain_spaces",
    "moves_of",
    "parse_spaces",
    "read_space_rows",
    "replan_spaces",
    "rules_from_words",
    "schema_spaces",
    "solve_spaces",
    "space_rows",
    "stack_plan",
    "tell_rule",
    "today",
    "use_of",
    "violations",
    "write_spaces_excel",
]  # fmt: skip
