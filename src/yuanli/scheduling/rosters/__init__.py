"""Who works which shift on which day, by labour law."""

from typing import Final

from yuanli.errors import Text
from yuanli.scheduling.rosters.checks import check_rosters
from yuanli.scheduling.rosters.reading import RostersDocument, parse_rosters
from yuanli.scheduling.rosters.relaxations import CHANGES_ROSTERS, relaxations_rosters
from yuanli.scheduling.rosters.solving import solve_rosters
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.scheduling.rosters.words import (
    carried_rosters,
    conflicts_rosters,
    explain_rosters,
    read_rows_rosters,
    rows_rosters,
)
from yuanli.solver import Kind

ROSTERS: Final[Kind[RostersProblem, RostersPlan]] = Kind(
    name="rosters",
    title=Text("排班", "Rosters"),
    method=Text("约束规划（CP-SAT）", "constraint programming (CP-SAT)"),
    parse=parse_rosters,
    schema=RostersDocument.model_json_schema,
    solve=solve_rosters,
    check=check_rosters,
    rows=rows_rosters,
    read_rows=read_rows_rosters,
    carried=carried_rosters,
    explain=explain_rosters,
    conflicts=conflicts_rosters,
    relaxations=relaxations_rosters,
    changes=CHANGES_ROSTERS,
)
