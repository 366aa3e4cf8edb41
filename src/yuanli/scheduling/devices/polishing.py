"""A dozen devices of a few zones set anew by HiGHS with all storages, while the others stay (large neighbourhoods)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from yuanli.scheduling.devices.arrays import devices_by_zone
from yuanli.scheduling.devices.modelling import Modelled, whole_model
from yuanli.scheduling.devices.moves import Bytes, Floats, Ints, Tables
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem
from yuanli.scheduling.devices.storing import Flows, Stores
from yuanli.solver import Search, SearchProgress, Stop, solve_milp

MOST = 300
"""Up to so many devices; the whole model of more takes seconds to put together."""
GROUPS = (2, 24)
FIRST_GROUP = 8
TURN_S = 2.0
GAP, LEAST = 1e-3, 1e-7


class Polisher:
    """Groups of devices in turn, by zones in an order of chance, those with storages of their own first.

    Device moves alone see what storages do as given, and storages see devices as given: neither gives way first. Here
    both do at once.
    """

    def __init__(
        self, problem: DevicesProblem, tables: Tables, stores: Stores, movable: Ints, seed: int
    ) -> None:
        self.whole: Modelled = whole_model(problem, tables, stores)
        self.rng = np.random.default_rng(seed)
        free = np.isin(np.arange(len(tables.power)), movable)
        zones = [inside[free[inside]] for inside in devices_by_zone(tables)]
        self.zones = [inside for inside in zones if len(inside)]
        self.stored = [bool(np.isin(tables.zone[inside[0]], stores.zone)) for inside in self.zones]
        self.left: list[int] = []
        self.size = FIRST_GROUP

    def polish(
        self, on: Bytes, search: Search[DevicesPlan], take: Callable[[Bytes, Flows], None], *, seed: int
    ) -> None:
        """Set the next group anew from `on`; hand on each better answer to `take`. Groups that take long shrink."""
        devices, milp = self._next(), self.whole.milp
        low, high = milp.low.copy(), milp.high.copy()
        others = np.setdiff1d(np.arange(len(on)), devices)
        fixed = self.whole.on[others]
        low[fixed] = high[fixed] = on[others]

        def told(now: SearchProgress, x: Floats | None) -> None:
            if x is not None and now.cost < search.cost - LEAST:
                take(self.whole.states(x), self.whole.flows(x))

        left_s = min(search.left_s, TURN_S)
        inner = Search[Floats](Stop(time_s=left_s, gap=GAP), cancelled=search.over, told=told)
        solve_milp(replace(milp, low=low, high=high), inner, start=self.whole.start(on), seed=seed)
        if inner.elapsed_s < TURN_S / 4:
            self.size = min(2 * self.size, GROUPS[1])
        elif inner.gap > GAP and inner.elapsed_s >= TURN_S:
            self.size = max(self.size // 2, GROUPS[0])

    def _next(self) -> Ints:
        chosen: list[Ints] = []
        while not chosen or (self.left and sum(map(len, chosen)) + self.size // 2 < self.size):
            if not self.left:
                order = self.rng.permutation(len(self.zones)).tolist()
                self.left = sorted(order, key=lambda z: self.stored[z])
            inside = self.zones[self.left.pop()]
            most = max(self.size, 1)
            chosen.append(self.rng.choice(inside, most, replace=False) if len(inside) > most else inside)
        return np.concatenate(chosen)
