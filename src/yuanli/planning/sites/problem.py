"""Where shared things can go, who needs them, and how far people walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.planning.documents import GREATEST, Floats, checked_names, checked_numbers, place_of, refusal
from yuanli.solver import OnMap

MOST_NAMES = 3_000
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Aim(StrEnum):
    """What is least: all walking (p-median), the longest walk (p-centre), or people out of reach (maximal covering)."""

    MEDIAN = "median"
    CENTER = "center"
    COVER = "cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesProblem:
    """Choose at most `count` sites and send every demand to one of them.

    Parameters
    ----------
    people
        Of each demand, shape `(n_demands,)`; weights of any kind.
    seconds
        Of walking from demand to site, shape `(n_demands, n_sites)`; infinite where there is no way.
    count
        How many sites may be chosen.
    radius_s
        Within which a demand counts as covered; for that aim only.
    limit_s
        Beyond which no demand may be sent; not for covering.
    capacity
        People a site serves at most; sites that are left out have none. A demand is not split.
    fixed, forbidden
        Sites that have to be chosen, or can't be.
    on_map
        Where demands and sites are, if the problem was drafted from a map.

    Raises
    ------
    InvalidProblemError
        A table has another shape, a number is out of range, a name is unknown, or there are too many.
    """

    demands: tuple[str, ...]
    people: Floats
    sites: tuple[str, ...]
    seconds: Floats
    count: int
    aim: Aim = Aim.MEDIAN
    radius_s: float | None = None
    limit_s: float | None = None
    capacity: Mapping[str, float] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    on_map: OnMap | None = None

    def __post_init__(self) -> None:
        checked_names("demands", self.demands, most=MOST_NAMES)
        sites = checked_names("sites", self.sites, most=MOST_NAMES)
        n, m = len(self.demands), len(sites)
        object.__setattr__(self, "people", checked_numbers("people", self.people, shape=(n,), least=0))
        seconds = np.array(self.seconds, dtype=np.float64)
        no_way = np.isposinf(seconds)
        found = checked_numbers("seconds", np.where(no_way, 0.0, seconds), shape=(n, m), least=0)
        object.__setattr__(self, "seconds", np.where(no_way, np.inf, found))
        hint = Text("给出合理的正数。", "Give a sensible positive number.")
        if not 1 <= self.count <= m:
            raise refusal(
                "count", f"{self.count} 不在 1 到 {m} 之间", f"{self.count} is not from 1 to {m}", hint=hint
            )
        for name in ("radius_s", "limit_s"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= GREATEST:
                raise refusal(
                    name, f"{value} 不是合理的秒数", f"{value} is no sensible number of seconds", hint=hint
                )
        if (self.aim is Aim.COVER) != (self.radius_s is not None):
            raise refusal(
                "radius_s", "只有 cover 目标需要半径，且必须给出", "covering needs it, and no other aim has it",
                hint=Text("目标为 cover 时写 radius_s，否则删去。", "Give it with the aim cover only."),
            )  # fmt: skip
        if self.aim is Aim.COVER and self.limit_s is not None:
            raise refusal(
                "limit_s", "cover 目标没有上限", "covering has no limit",
                hint=Text("删去 limit_s，或改用 median。", "Leave limit_s out, or use the aim median."),
            )  # fmt: skip
        for name, value in self.capacity.items():
            place_of(f"capacity.{name}", name, sites)
            if not 0 <= value <= GREATEST:
                raise refusal(
                    f"capacity.{name}",
                    f"{value} 不是合理的人数",
                    f"{value} is no number of people",
                    hint=hint,
                )
        for what, names in (("fixed", self.fixed), ("forbidden", self.forbidden)):
            for name in sorted(names):
                place_of(f"{what}.{name}", name, sites)

    @property
    def open_(self) -> Bools:
        """Which sites have to be chosen."""
        return np.array([name in self.fixed for name in self.sites])

    @property
    def closed(self) -> Bools:
        """Which sites can't be chosen."""
        return np.array([name in self.forbidden for name in self.sites])

    @property
    def capacities(self) -> Floats:
        """People each site serves at most, infinite without a limit."""
        return np.array([self.capacity.get(name, np.inf) for name in self.sites])

    @property
    def reach(self) -> Bools:
        """Which demand may be sent to which site, shape `(n_demands, n_sites)`."""
        most = self.radius_s if self.aim is Aim.COVER else self.limit_s
        near: Bools = np.isfinite(self.seconds) if most is None else self.seconds <= most
        return near


@dataclass(frozen=True, slots=True)
class SitesPlan:
    """The sites that are chosen, and the site each demand is sent to, by number; -1 for demands out of reach."""

    chosen: tuple[int, ...]
    served: tuple[int, ...]


def nearest(problem: SitesProblem, chosen: Ints) -> SitesPlan:
    """Return the plan where everybody goes to the nearest chosen site within reach."""
    seconds = np.where(problem.reach[:, chosen], problem.seconds[:, chosen], np.inf)
    best = seconds.argmin(axis=1)
    served = np.where(np.isfinite(seconds[np.arange(len(best)), best]), chosen[best], -1)
    return SitesPlan(tuple(sorted(chosen.tolist())), tuple(served.tolist()))


def cost_of(problem: SitesProblem, plan: SitesPlan) -> float:
    """Return what the plan costs by the problem's aim, infinite where somebody who has to be served is not."""
    served = np.array(plan.served)
    left = served < 0
    if problem.aim is Aim.COVER:
        return float(problem.people[left].sum())
    if left.any():
        return np.inf
    seconds = problem.seconds[np.arange(len(served)), served]
    return float((seconds * problem.people).sum() if problem.aim is Aim.MEDIAN else seconds.max())
