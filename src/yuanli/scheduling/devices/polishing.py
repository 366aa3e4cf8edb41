"""A dozen devices of a few zones set anew by HiGHS with all storages, while the others stay (large neighbourhoods)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from yuanli.scheduling.devices.arrays import devices_by_zone
from yuanli.scheduling.devices.modelling import Modelled, whole_model
from yuanli.scheduling.devices.moves import Bytes, Floats, Ints, Tables
from yuanli.scheduling.devices.problem import DevicesProblem
from yuanli.scheduling.devices.storing import Flows, Stores
from yuanli.solver import Search, SearchProgress, Stop, solve_milp

MOST = 300
"""Up to so many devices; the whole model of more takes seconds to put together."""
GROUP = 12
TURN_S = 2.0
GAP = 1e-3


class Polisher:
    """Groups of devices in turn, by zones in an order of chance.

    Device moves alone see what storages do as given, and storages see devices as given: neither gives way first. Here
    both do at once.
    """

    def __init__(self, problem: DevicesProblem, tables: Tables, stores: Stores, movable: Ints, seed: int) -> None:
        self.whole: Modelled = whole_model(problem, tables, stores)
        self.rng = np.random.default_rng(seed)
        free = np.isin(np.arange(len(tables.power)), movable)
        zones = [inside[free[inside]] for inside in devices_by_zone(tables)]
        self.zones = [inside for inside in zones if len(inside)]
        self.left: list[int] = []

    def polish(
        self, on: Bytes, search: Search[object], take: Callable[[Bytes, Flows], None], *, seed: int
    ) -> None:
        """Set the next group anew from `on`; hand on each better answer to `take`."""
        devices, milp = self._next(), self.whole.milp
        low, high = milp.low.copy(), milp.high.copy()
        others = np.setdiff1d(np.arange(len(on)), devices)
        fixed = self.whole.on[others]
        low[fixed] = high[fixed] = on[others]

        def told(now: SearchProgress, x: Floats | None) -> None:
            if x is not None and now.cost < search.cost:
                take(self.whole.states(x), self.whole.flows(x))

        left_s = min(search.left_s, TURN_S)
        inner = Search[Floats](Stop(time_s=left_s, gap=GAP), cancelled=search.over, told=told)
        solve_milp(replace(milp, low=low, high=high), inner, start=self.whole.start(on), seed=seed)

    def _next(self) -> Ints:
        chosen: list[Ints] = []
        while not chosen or (self.left and sum(map(len, chosen)) < GROUP):
            if not self.left:
                self.left = self.rng.permutation(len(self.zones)).tolist()
            inside = self.zones[self.left.pop()]
            many = len(inside) > GROUP
            chosen.append(self.rng.choice(inside, GROUP, replace=False) if many else inside)
        return np.concatenate(chosen)
