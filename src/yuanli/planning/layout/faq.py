"""A start for layout: the relaxed problem, descended and rounded."""

from __future__ import annotations

import numpy as np

from yuanli.planning.layout.core import Core
from yuanli.planning.layout.problem import Ints, LayoutPlan
from yuanli.solver import Search

MOST_STEPS = 30
LEAST_CHANGE = 0.03


def faq_start(core: Core, search: Search[LayoutPlan]) -> Ints:
    """Return places by the FAQ algorithm (Vogelstein et al. 2015, doi:10.1371/journal.pone.0121002).

    scipy's own can neither be cancelled nor does it know costs of places.
    """
    from scipy.optimize import linear_sum_assignment

    a, b = core.flows, core.distances
    shares = np.full((core.size, core.size), 1.0 / core.size)
    for _ in range(MOST_STEPS):
        if search.over():
            break
        slope = a @ shares @ b.T + a.T @ shares @ b + core.costs
        vertex = np.eye(core.size)[linear_sum_assignment(slope)[1]]
        way = vertex - shares
        bend, fall = float(np.sum(a * (way @ b @ way.T))), float(np.sum(slope * way))
        step = min(1.0, -fall / (2.0 * bend)) if bend > 0 else float(bend + fall < 0)
        shares = shares + step * way
        if step * np.linalg.norm(way) / np.sqrt(core.size) < LEAST_CHANGE:
            break
    found: Ints = linear_sum_assignment(-shares)[1].astype(np.int64)
    return found
