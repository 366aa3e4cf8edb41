"""When which group starts, eats or leaves, so that peaks flatten."""

from typing import Final

from yuanli.errors import Text
from yuanli.scheduling.flows.checks import check_flows
from yuanli.scheduling.flows.reading import FlowsDocument, parse_flows
from yuanli.scheduling.flows.relaxations import CHANGES_FLOWS, relaxations_flows
from yuanli.scheduling.flows.solving import solve_flows
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem
from yuanli.scheduling.flows.words import (
    carried_flows,
    conflicts_flows,
    explain_flows,
    read_rows_flows,
    rows_flows,
)
from yuanli.solver import Kind

FLOWS: Final[Kind[FlowsProblem, FlowsPlan]] = Kind(
    name="flows",
    title=Text("人流错峰", "Flows of people"),
    method=Text("混合整数规划（HiGHS）", "mixed-integer programme (HiGHS)"),
    parse=parse_flows,
    schema=FlowsDocument.model_json_schema,
    solve=solve_flows,
    check=check_flows,
    rows=rows_flows,
    read_rows=read_rows_flows,
    carried=carried_flows,
    explain=explain_flows,
    conflicts=conflicts_flows,
    relaxations=relaxations_flows,
    changes=CHANGES_FLOWS,
)
