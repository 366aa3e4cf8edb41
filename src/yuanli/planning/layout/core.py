"""A problem of layout as the search sees it: free units only, one for each place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.planning.documents import Floats
from yuanli.planning.layout.problem import Ints, LayoutPlan, LayoutProblem
from yuanli.solver import Wish

ANYWHERE, NOBODY = -1, -2
"""In place of the number of a home: a unit that may leave it freely, and a place that stays empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Square tables of the units that can move and the places they can have.

    Units that can't move are part of `costs`; places that stay empty get a unit without flow. Flow within a unit and
    distance within a place are part of `costs` too, so both diagonals are 0.

    Parameters
    ----------
    home
        The place in the plan that few units may leave, `ANYWHERE` where leaving is free, `NOBODY` for empty places.
    slack
        How many units may leave home.
    """

    units: Ints
    places: Ints
    held: dict[int, int]
    n_units: int
    flows: Floats
    distances: Floats
    costs: Floats
    may: NDArray[np.bool_]
    home: Ints
    slack: float
    constant: float

    @property
    def size(self) -> int:
        """How many units and places there are."""
        return len(self.home)

    @property
    def symmetric(self) -> bool:
        """Whether both tables are the same in both directions."""
        return bool((self.flows == self.flows.T).all() and (self.distances == self.distances.T).all())

    @property
    def free(self) -> bool:
        """Whether any unit may go anywhere."""
        return bool(self.may.all()) and self.slack >= self.size

    def cost(self, places: Ints) -> float:
        """Return what the whole plan costs."""
        around = (self.flows * self.distances[np.ix_(places, places)]).sum()
        return float(around + self.costs[np.arange(self.size), places].sum() + self.constant)

    def away(self, places: Ints) -> int:
        """Return how many units are not at home."""
        return int(((self.home >= 0) & (places != self.home)).sum())

    def plan(self, places: Ints) -> LayoutPlan:
        """Return the plan in the problem's own numbers."""
        where = self.held | dict(zip(self.units.tolist(), self.places[places].tolist(), strict=False))
        return LayoutPlan(tuple(where[unit] for unit in range(self.n_units)))


def make_core(problem: LayoutProblem, wish: Wish[LayoutPlan]) -> Core | None:
    """Return the free part of a problem, None where held units contradict each other or the rules."""
    held = {problem.units.index(unit): problem.places.index(place) for unit, place in problem.fixed.items()}
    if wish.start is not None:
        for i, unit in enumerate(problem.units):
            if unit in wish.locked:
                if held.get(i, wish.start.places[i]) != wish.start.places[i]:
                    return None
                held[i] = wish.start.places[i]
    may = problem.may()
    if len(set(held.values())) < len(held) or not all(may[i, place] for i, place in held.items()):
        return None
    n, m = may.shape
    if n > m:
        return None
    units = np.array([i for i in range(n) if i not in held], dtype=np.int64)
    taken = set(held.values())
    places = np.array([k for k in range(m) if k not in taken], dtype=np.int64)
    fixed, where = np.array(list(held), dtype=np.int64), np.array(list(held.values()), dtype=np.int64)
    k, size = len(units), len(places)
    flows, distances, costs = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size))
    flows[:k, :k] = problem.flows[np.ix_(units, units)]
    distances[:] = problem.distances[np.ix_(places, places)]
    own = problem.costs if problem.costs is not None else np.zeros((n, m))
    costs[:k] = (
        own[np.ix_(units, places)]
        + problem.flows[np.ix_(units, fixed)] @ problem.distances[np.ix_(places, where)].T
        + problem.flows[np.ix_(fixed, units)].T @ problem.distances[np.ix_(where, places)]
        + np.outer(np.diag(flows)[:k], np.diag(distances))
    )
    np.fill_diagonal(flows, 0.0)
    np.fill_diagonal(distances, 0.0)
    if (distances == distances.T).all():
        flows = (flows + flows.T) / 2
    elif (flows == flows.T).all():
        distances = (distances + distances.T) / 2
    free = np.ones((size, size), dtype=bool)
    free[:k] = may[np.ix_(units, places)]
    home, slack = np.full(size, NOBODY, dtype=np.int64), float(size)
    home[:k] = ANYWHERE
    if wish.start is not None and wish.max_changes is not None:
        place_at = {place: i for i, place in enumerate(places.tolist())}
        # A home that a held unit took can't be had: its number is one no place has.
        home[:k] = [place_at.get(wish.start.places[unit], size) for unit in units.tolist()]
        moved = sum(wish.start.places[i] != place for i, place in held.items())
        slack = wish.max_changes - moved
    constant = float(
        (problem.flows[np.ix_(fixed, fixed)] * problem.distances[np.ix_(where, where)]).sum()
        + own[fixed, where].sum()
    )
    return Core(
        units=units, places=places, held=held, n_units=n, flows=flows, distances=distances, costs=costs, may=free,
        home=home, slack=slack, constant=constant,
    )  # fmt: skip


def nearest_plan(core: Core, wanted: Ints | None) -> Ints | None:
    """Return the allowed places that differ least from those wanted, None where there are none."""
    if not core.size:
        return np.zeros(0, dtype=np.int64)
    from scipy.optimize import linear_sum_assignment

    price = np.where(core.may, 0.0, core.size + 1.0)
    if wanted is not None:
        for unit, place in enumerate(wanted.tolist()):
            if 0 <= place < core.size:
                price[unit, place] -= 1.0 if core.home[unit] != NOBODY else 0.5 / core.size
    units, places = linear_sum_assignment(price)
    found: Ints = places[np.argsort(units)].astype(np.int64)
    return found if core.may[np.arange(core.size), found].all() else None


def gilmore_lawler(core: Core) -> float:
    """Return a cost that no plan is below (Gilmore 1962, doi:10.1137/0110022; Lawler 1963)."""
    if core.size < 2:
        return core.cost(np.zeros(core.size, dtype=np.int64))
    from scipy.optimize import linear_sum_assignment

    off = ~np.eye(core.size, dtype=bool)
    flows = np.sort(core.flows[off].reshape(core.size, -1), axis=1)
    distances = np.sort(core.distances[off].reshape(core.size, -1), axis=1)[:, ::-1]
    least = flows @ distances.T + core.costs
    least[~core.may] = 1e6 * (1.0 + np.abs(least).max())
    units, places = linear_sum_assignment(least)
    return float(least[units, places].sum()) + core.constant
