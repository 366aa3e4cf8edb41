"""Who sits where; where do shared things go, and how many?"""

from yuanli.planning.documents import InvalidProblemError
from yuanli.planning.layout import (
    LAYOUT,
    LayoutParams,
    LayoutPlan,
    LayoutProblem,
    check_layout,
    conflicts_layout,
    explain_layout,
    parse_layout,
    solve_layout,
    swap_cost,
    swap_costs,
)
from yuanli.planning.wishes import UnmetWishError

__all__ = [
    "LAYOUT",
    "InvalidProblemError",
    "LayoutParams",
    "LayoutPlan",
    "LayoutProblem",
    "UnmetWishError",
    "check_layout",
    "conflicts_layout",
    "explain_layout",
    "parse_layout",
    "solve_layout",
    "swap_cost",
    "swap_costs",
]
