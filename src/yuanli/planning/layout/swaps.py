"""What a plan costs more if two units change places."""

from __future__ import annotations

import numpy as np

from yuanli.planning.documents import Floats
from yuanli.planning.layout.problem import Ints, LayoutPlan, LayoutProblem


def swap_cost(problem: LayoutProblem, plan: LayoutPlan, one: int, other: int) -> float:
    """Return what is paid more if two units change places: in time linear in their number.

    Whether they may is not asked.
    """
    places = np.array(plan.places)
    swapped = places.copy()
    swapped[[one, other]] = places[[other, one]]
    rows = [one, other]

    def around(where: Ints) -> float:
        out = problem.flows[rows] * problem.distances[np.ix_(where[rows], where)]
        back = problem.flows[:, rows] * problem.distances[np.ix_(where, where[rows])]
        own = 0.0 if problem.costs is None else problem.costs[rows, where[rows]].sum()
        return float(out.sum() + back.sum() - back[rows].sum() + own)

    return around(swapped) - around(places)


def swap_costs(problem: LayoutProblem, plan: LayoutPlan) -> Floats:
    """Return what is paid more for each pair of units that change places, shape `(n_units, n_units)`."""
    places = np.array(plan.places)
    costs = None if problem.costs is None else problem.costs[:, places]
    return deltas(problem.flows, problem.distances[np.ix_(places, places)], costs)


def deltas(flows: Floats, between: Floats, costs: Floats | None) -> Floats:
    """Return what each swap changes, from the distances between the units as they are placed."""
    own = np.outer(np.diag(flows), np.diag(between)) + (0.0 if costs is None else costs)
    a, b = flows - np.diag(np.diag(flows)), between - np.diag(np.diag(between))
    sums = a @ b.T + a.T @ b + own
    around: Floats = sums + sums.T - np.diag(sums)[:, None] - np.diag(sums)[None, :]
    return around + (a + a.T) * (b + b.T) * (1.0 - np.eye(len(a)))
