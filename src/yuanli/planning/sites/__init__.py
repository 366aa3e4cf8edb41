"""Where do shared things go, so that the walk to them is short?"""

from typing import Final

from yuanli.errors import Text
from yuanli.planning.sites.checking import check_sites
from yuanli.planning.sites.conflicts import conflicts_asked_sites, conflicts_sites
from yuanli.planning.sites.problem import Aim, SitesPlan, SitesProblem
from yuanli.planning.sites.reading import SitesDocument, parse_sites, sites_schema
from yuanli.planning.sites.relaxations import CHANGES_SITES, relaxations_sites
from yuanli.planning.sites.solving import fewest_sites, solve_sites
from yuanli.planning.sites.telling import (
    carried_sites,
    explain_sites,
    read_sites_rows,
    served_rows,
    sites_rows,
)
from yuanli.solver import Kind

SITES: Final[Kind[SitesProblem, SitesPlan]] = Kind(
    name="sites",
    title=Text("选址", "Sites"),
    method=Text(
        "交换法、拉格朗日下界与半径模型（HiGHS），可证明最优",
        "exchanges, Lagrangian bound and the model by radii (HiGHS): exact",
    ),
    parse=parse_sites,
    schema=sites_schema,
    solve=solve_sites,
    check=check_sites,
    rows=sites_rows,
    read_rows=read_sites_rows,
    carried=carried_sites,
    explain=explain_sites,
    conflicts=conflicts_sites,
    conflicts_asked=conflicts_asked_sites,
    relaxations=relaxations_sites,
    changes=CHANGES_SITES,
)

__all__ = [
    "SITES",
    "Aim",
    "SitesDocument",
    "SitesPlan",
    "SitesProblem",
    "check_sites",
    "conflicts_sites",
    "explain_sites",
    "fewest_sites",
    "parse_sites",
    "read_sites_rows",
    "served_rows",
    "sites_rows",
    "sites_schema",
    "solve_sites",
]
