"""What no plan of rounds can cost less than."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from yuanli.scheduling.rounds.tables import RoundsProblem, shortest

DEAR = 10**12
MOST_PLACES = 1_000
"""Places between which shortest walks are sought, where somebody may pass one for a break or a reload."""


def least_cost(problem: RoundsProblem) -> float | None:
    """Return the cost of the assignment relaxation, in the file's unit; None where it is infeasible.

    Each stop gets one successor that can be begun in time after it, or is left out at its prize; each of the staff
    leaves once or stays. Tours may fall apart into circles, and anybody may walk anywhere at the cheapest price,
    by way of any place where somebody has a break or reloads.
    """
    stops, staff = problem.stops, problem.staff
    n, m = len(stops), len(staff)
    price = np.min([problem.arc_cost(one) for one in {one.walk_cost: one for one in staff}.values()], axis=0)
    place = np.array([s.place for s in stops])
    service = np.array([s.service for s in stops])
    time_cost = min(one.time_cost for one in staff)
    early = np.array([s.earliest for s in stops]) + service
    late = np.array([s.latest for s in stops])
    walk = problem.walk
    if any(one.rests or one.reloads for one in staff):
        if len(problem.places) > MOST_PLACES:
            return None
        price, walk = shortest(price), shortest(walk)
    walks = walk[np.ix_(place, place)]
    table = np.full((n + m, n + m), float(DEAR))
    inner = price[np.ix_(place, place)] + time_cost * (walks + service[:, None]).astype(float)
    inner[early[:, None] + walks > late[None, :]] = DEAR
    table[:n, :n] = inner
    np.fill_diagonal(table[:n, :n], [DEAR if s.prize is None else s.prize for s in stops])
    for k, one in enumerate(staff):
        out, home = walk[one.start, place], walk[place, one.end]
        able = np.array([s.skills <= one.skills for s in stops])
        table[n + k, :n] = np.where(
            able & (one.earliest + out <= late),
            price[one.start, place] + time_cost * out + one.use_cost,
            DEAR,
        )
        table[:n, n + k] = np.where(
            able & (early + home <= one.latest),
            price[place, one.end] + time_cost * (home + service),
            DEAR,
        )
        table[n + k, n + k] = 0
    rows, columns = linear_sum_assignment(table)
    total = float(table[rows, columns].sum())
    return None if total >= DEAR else total / problem.cost_scale
