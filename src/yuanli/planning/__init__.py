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
from yuanli.planning.sites import (
    SITES,
    Aim,
    SitesPlan,
    SitesProblem,
    check_sites,
    conflicts_sites,
    explain_sites,
    parse_sites,
    served_rows,
    solve_sites,
)
from yuanli.planning.wishes import UnmetWishError

__all__ = [
    "LAYOUT",
    "SITES",
    "Aim",
    "InvalidProblemError",
    "LayoutParams",
    "LayoutPlan",
    "LayoutProblem",
    "SitesPlan",
    "SitesProblem",
    "UnmetWishError",
    "check_layout",
    "check_sites",
    "conflicts_layout",
    "conflicts_sites",
    "explain_layout",
    "explain_sites",
    "parse_layout",
    "parse_sites",
    "served_rows",
    "solve_layout",
    "solve_sites",
    "swap_cost",
    "swap_costs",
]
