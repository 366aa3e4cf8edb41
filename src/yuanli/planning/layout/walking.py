"""A walk of robust tabu search from one plan."""

from __future__ import annotations

import numpy as np

from yuanli.planning.layout.core import Core
from yuanli.planning.layout.kernels import fill_tolls, walk
from yuanli.planning.layout.problem import Ints
from yuanli.planning.layout.swaps import deltas


class Walk:
    """Where a walk is, and the best it has come by.

    Parameters
    ----------
    tenure, span
        Steps that a move is tabu: from `tenure` up to `span` more.
    """

    def __init__(self, core: Core, places: Ints, seed: int, *, tenure: float, span: float) -> None:
        size = core.size
        self.best = places.copy()
        self._between = np.ascontiguousarray(core.distances[np.ix_(places, places)])
        self._costs = np.ascontiguousarray(core.costs[:, places])
        self._tolls = np.full((size, size), np.inf)
        self._places = places.copy()
        fill_tolls(self._tolls, self._places, core.may, core.home)
        cost = core.cost(places)
        self._numbers = np.array([0.0, cost, cost, core.slack - core.away(places)])
        self._core, self._tenure, self._span = core, tenure, span
        self._out = core.flows @ self._between.T
        self._back = self._out if core.symmetric else core.flows.T @ self._between
        self._deltas = np.ascontiguousarray(deltas(core.flows, self._between, self._costs))
        self._until, self._until_t = np.zeros((size, size)), np.zeros((size, size))
        self._random = np.array([seed], dtype=np.uint64)

    @property
    def least(self) -> float:
        """What the best costs."""
        return float(self._numbers[2])

    def go(self, steps: int) -> None:
        """Make so many steps."""
        walk(
            steps, self._core.flows, self._between, self._out, self._back, self._core.symmetric, self._costs,
            self._places, self._core.may, self._core.home, self._deltas, self._until, self._until_t, self._tolls,
            self._numbers, self.best, self._random, self._tenure, self._span,
        )  # fmt: skip
