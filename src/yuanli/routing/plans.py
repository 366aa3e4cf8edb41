"""One set of weights for one kind of traveller at one time, and the routers that run on it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.routing.astar import AStarRouter
from yuanli.routing.calendars import Phase
from yuanli.routing.cch import CchRouter, is_small_change
from yuanli.routing.engine import End, Path
from yuanli.routing.graph import Graph
from yuanli.routing.measure import BARRED_WEIGHT, Measure, Weights
from yuanli.routing.network import Floats


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a search needs to know.

    Parameters
    ----------
    closed, avoided, shut
        Arcs barred by closures and lifts out of order, by the traveller, and by hours for the
        whole journey, `(n_arcs,)`.
    factor
        Crowding, or None.
    changing
        For each arc that opens or closes within the journey, its calendars.
    region
        The large restricted region of each arc that is barred only as restricted, -1 for others.
    """

    measure: Measure
    weights: Weights
    closed: NDArray[np.bool_]
    avoided: NDArray[np.bool_]
    shut: NDArray[np.bool_]
    factor: Floats | None
    phase: Phase
    changing: dict[int, tuple[int, ...]]
    region: NDArray[np.int32]

    @cached_property
    def forced(self) -> NDArray[np.bool_]:
        """Arcs that a closure or the traveller bars: nobody walks them, however near."""
        return self.closed | self.avoided

    @cached_property
    def passable(self) -> bytes:
        """1 for each arc that is not barred, else 0: quicker than an array to look up one by one."""
        return (self.weights < BARRED_WEIGHT).tobytes()

    @cached_property
    def times_s(self) -> list[float]:
        """Seconds that each arc takes, crowding included."""
        if self.factor is None:
            return self.measure.times_s
        out: list[float] = (self.measure.time_s * self.factor).tolist()
        return out


@dataclass
class _Slot:
    router: CchRouter
    weights: Weights
    lock: Lock = field(default_factory=Lock)


class Engine:
    """Routers for any weights on one graph, a few kept customized; safe to call from many threads.

    A plan's weights take the slot that was customized for them, else one that hardly differs, where
    only what differs is customized again, else a new one or the one unused for longest. Without a
    topology plain A* answers.
    """

    def __init__(self, graph: Graph, topology: Any | None, *, slots: int = 8) -> None:
        self.graph, self.topology = graph, topology
        self._most = slots
        self._slots: OrderedDict[int, _Slot] = OrderedDict()
        self._plain: OrderedDict[int, tuple[Weights, AStarRouter]] = OrderedDict()
        self._lock = Lock()

    def route(self, weights: Weights, sources: Sequence[End], targets: Sequence[End]) -> Path | None:
        """Return the cheapest path from any source to any target; None where there is none."""
        if self.topology is None:
            return self._astar(weights).route(sources, targets)
        slot = self._slot(weights)
        with slot.lock:
            if slot.weights is not weights:
                slot.router.reweigh(weights)
                slot.weights = weights
            return slot.router.route(sources, targets)

    def _slot(self, weights: Weights) -> _Slot:
        with self._lock:
            key = id(weights)
            slot = self._slots.get(key)
            if slot is not None and slot.weights is weights:
                self._slots.move_to_end(key)
                return slot
            near = [k for k, other in self._slots.items() if is_small_change(other.weights, weights)]
            if near or len(self._slots) >= self._most:
                slot = self._slots.pop(near[-1] if near else next(iter(self._slots)))
            else:
                slot = _Slot(CchRouter(self.topology, weights), weights)
            self._slots[key] = slot
            return slot

    def _astar(self, weights: Weights) -> AStarRouter:
        with self._lock:
            held = self._plain.get(id(weights))
            if held is None or held[0] is not weights:
                held = (weights, AStarRouter(self.graph, weights))
                self._plain[id(weights)] = held
                while len(self._plain) > self._most:
                    self._plain.popitem(last=False)
            return held[1]
