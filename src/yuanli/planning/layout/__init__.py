"""Which unit has which place, so that those who meet often are near?"""

from typing import Final

from yuanli.errors import Text
from yuanli.planning.layout.checking import check_layout
from yuanli.planning.layout.problem import LayoutPlan, LayoutProblem
from yuanli.planning.layout.reading import LayoutDocument, layout_schema, parse_layout
from yuanli.planning.layout.relaxations import relaxations_layout
from yuanli.planning.layout.solving import LayoutParams, rehearse_layout, solve_layout
from yuanli.planning.layout.swaps import swap_cost, swap_costs
from yuanli.planning.layout.telling import (
    carried_layout,
    conflicts_asked_layout,
    conflicts_layout,
    explain_layout,
    layout_rows,
    read_layout_rows,
)
from yuanli.solver import Kind

LAYOUT: Final[Kind[LayoutProblem, LayoutPlan]] = Kind(
    name="layout",
    title=Text("布局（二次分配）", "Layout (quadratic assignment)"),
    method=Text(
        "稳健禁忌搜索与精英重组，以 FAQ 为起点；吉尔摩—劳勒下界",
        "robust tabu search on children of an elite, begun by FAQ; Gilmore–Lawler bound",
    ),
    parse=parse_layout,
    schema=layout_schema,
    solve=solve_layout,
    check=check_layout,
    rows=layout_rows,
    read_rows=read_layout_rows,
    carried=carried_layout,
    explain=explain_layout,
    conflicts=conflicts_layout,
    conflicts_asked=conflicts_asked_layout,
    moved_by="place",
    relaxations=relaxations_layout,
    rehearse=rehearse_layout,
)

__all__ = [
    "LAYOUT",
    "LayoutDocument",
    "LayoutParams",
    "LayoutPlan",
    "LayoutProblem",
    "check_layout",
    "conflicts_asked_layout",
    "conflicts_layout",
    "explain_layout",
    "layout_rows",
    "layout_schema",
    "parse_layout",
    "read_layout_rows",
    "solve_layout",
    "swap_cost",
    "swap_costs",
]
