"""What a search found, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from typing import Generic, TypeVar

from yuanli.errors import Text

S = TypeVar("S")
PROVED = 1e-6
"""A gap, relative to the cost, within which a cost counts as proved to be least."""


class Status(StrEnum):
    """What is known of an answer; `UNKNOWN` found none and did not prove that there is none."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProgress:
    """Where a search was: seconds since its start, rounds, the least cost and the greatest bound; infinite if none."""

    at_s: float
    rounds: int
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the cost is from the bound, as a share of the cost."""
        return gap_of(self.cost, self.bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Generic[S]):
    """The best that was found: `best` is None where nothing was; `history` holds each change of cost or bound.

    Where there is no answer, `conflicts` are the rules that are why, if the search came across them.
    """

    best: S | None
    cost: float
    bound: float
    status: Status
    rounds: int
    elapsed_s: float
    cpu_s: float
    history: tuple[SearchProgress, ...] = ()
    conflicts: tuple[Text, ...] = ()

    @property
    def gap(self) -> float:
        """How far the cost is from the bound, as a share of the cost; infinite without a bound."""
        return gap_of(self.cost, self.bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What another question costs more: `cost` between the two answers, surely between `low` and `high`."""

    cost: float
    low: float
    high: float


def gap_of(cost: float, bound: float) -> float:
    """Return how far a cost is from a lower bound, as a share of the cost (of 1 where the cost is smaller)."""
    if not (isfinite(cost) and isfinite(bound)):
        return inf
    return max(0.0, cost - bound) / max(abs(cost), 1.0)


def difference(before: Result[S], after: Result[S]) -> Difference:
    """Return what `after` costs more than `before`: the price of a wish, or of a rule that is given up.

    Both least costs lie between bound and cost, so their difference lies between `low` and `high`.
    """
    return Difference(
        cost=after.cost - before.cost, low=after.bound - before.cost, high=after.cost - before.bound
    )
