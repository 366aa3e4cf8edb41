"""From states to better ones that keep each rule: one device after another, then groups of three, exactly."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.devices.arrays import state_of, temperatures
from yuanli.scheduling.devices.kernels import FAR
from yuanli.scheduling.devices.moves import (
    Bytes,
    Floats,
    Ints,
    State,
    Tables,
    Weights,
    exchange,
    one_by_one,
    together,
)

WORK = 20_000
"""Joint states valued in a round of `groups`, about 40 ms for a day in quarters of an hour."""
WARM_PARTS = 5
"""Parts of a round between which it may end, where zones have a climate: it takes so many times as long."""
MOST_JOINT = 1_500
EXCHANGES = 100_000
"""Exchanges of slots tried in a round of `groups`, about 20 ms."""
HARD = 1e3
NEAR = 1e-7
CHUNK = 500
PASSES, STALE, LEAST_SHARE, DEARER = 40, 6, 0.99, 50.0
"""Passes of a repair at most; so many that leave more than that share of what was broken end it, once what lacks is so
many times as dear as at first."""
NOTHING: Floats = np.empty(0)
HEATS = (0.1, 0.3, 0.05, 0.2)
PEAKS = (1.0, 0.995, 1.005, 0.99, 1.0, 0.98)


def never() -> bool:
    """Say that nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a search works on besides the tables: the peak's price, and what storages take and give."""

    peak_price: float
    peak_paid_kw: float
    storage_kw: Floats
    storage_service: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """States with their cost and peak; `broken` is the sum of all that rules lack."""

    on: Bytes
    cost: float
    broken: float
    peak_kw: float


def judge(tables: Tables, terms: Terms, on: Bytes) -> Found:
    """Return the cost of states and what they break."""
    state = state_of(tables, on, terms.storage_kw, terms.storage_service)
    net = tables.net + state.load
    energy = float(np.where(net > 0, tables.buy * net, tables.sell * net).sum())
    before = np.concatenate([tables.was_on[:, None], on[:, :-1]], axis=1)
    starts = float(tables.start @ ((on == 1) & (before == 0)).sum(axis=1))
    peak = max(terms.peak_paid_kw, float(net.max()))
    broken = float(
        np.maximum(tables.demand - state.cover, 0.0).sum() + np.maximum(net - tables.limit, 0.0).sum()
    )
    broken += float(np.maximum(state.zone_load - tables.zone_limit, 0.0).sum())
    uneasy = discomforts(tables, state.heat)
    hard = tables.air.soft < 0
    broken += float(uneasy[hard].sum())
    if tables.ramp < FAR:
        broken += float(np.maximum(np.abs(np.diff(state.moved)) - tables.ramp, 0.0).sum())
    return Found(
        on=on,
        cost=energy + starts + terms.peak_price * (peak - terms.peak_paid_kw)
        + float(tables.air.soft[~hard] @ uneasy[~hard]),
        broken=broken + float(_broken_relations(tables, on).sum()), peak_kw=peak,
    )  # fmt: skip


def discomforts(tables: Tables, heat: Floats) -> Floats:
    """Return by how many °C in all slots together the zones are outside their bands."""
    total: Floats = outside_by_slot(tables, heat).sum(axis=1)
    return total


def outside_by_slot(tables: Tables, heat: Floats) -> Floats:
    """Return by how many °C the zones are outside their bands, by zone and slot."""
    temps, air = temperatures(tables, heat), tables.air
    outside: Floats = np.maximum(np.maximum(air.low - temps, temps - air.high), 0.0)
    return outside


def _broken_relations(tables: Tables, on: Bytes) -> Floats:
    """Return by device in how many slots it breaks what binds it to others."""
    broken = np.zeros(len(on))
    for (pointer, others, *_), wanted in ((tables.apart, 0), (tables.needs, 1)):
        for i in np.flatnonzero(np.diff(pointer)):
            for other in others[pointer[i] : pointer[i + 1]]:
                broken[i] += ((on[i] == 1) & (on[other] != wanted)).sum()
    pointer, partner, lag = tables.later
    for i in np.flatnonzero(np.diff(pointer)):
        for at in range(pointer[i], pointer[i + 1]):
            end, begin = np.flatnonzero(on[i]), np.flatnonzero(on[partner[at]])
            if len(end) and len(begin):
                broken[i] += max(0, int(end[-1]) + 1 + int(lag[at]) - int(begin[0]))
    return broken


class Improver:
    """States of a search that get better; all that is random comes from its seed.

    Parameters
    ----------
    movable
        Devices that may change.
    """

    def __init__(self, tables: Tables, terms: Terms, movable: Ints, *, seed: int) -> None:
        self.tables, self.terms = tables, terms
        self.rng = np.random.default_rng(seed)
        self.seed = self.rng.integers(1, 2**63, 1, np.uint64)
        self._move(movable)

    def _move(self, movable: Ints) -> None:
        tables, self.movable = self.tables, movable
        free = movable[
            (tables.slots_on[movable] < 0) & (tables.up[movable] + tables.down[movable] <= MOST_JOINT)
        ]
        self.pool = free[np.argsort(tables.zone[free], kind="stable")]
        self.pointer = np.searchsorted(tables.zone[self.pool], np.arange(len(tables.demand) + 1)).astype(
            np.int64
        )
        self.alone = np.setdiff1d(movable, self.pool)
        bound = (tables.up > 1) | (tables.down > 1) | (tables.start > 0) | (tables.ramp < FAR)
        for pointer, *_ in (tables.apart, tables.needs, tables.needed, tables.later, tables.earlier):
            bound = bound | (np.diff(pointer) > 0)
        self.loose = self.alone[~bound[self.alone]]
        # of two that exclude each other one has to give way though what it gives will lack: others take over then
        apart = np.diff(tables.apart[0]) > 0
        self.apart = max(1.0, float(tables.service[apart].max(initial=0.0)))

    def state(self, on: Bytes) -> State:
        """Return states with their sums, to be changed."""
        return state_of(self.tables, on, self.terms.storage_kw, self.terms.storage_service)

    def weights(self, peak_kw: float, *, hard: float = HARD) -> Weights:
        """Return what broken rules cost."""
        free = peak_kw if self.terms.peak_price > 0 else np.inf
        return Weights(
            hard, hard, hard * self.apart, max(free, self.terms.peak_paid_kw), self.terms.peak_price
        )

    def gains(self, state: State, weights: Weights, devices: Ints) -> Floats:
        """Return what each device alone would save."""
        gains = np.empty(len(devices))
        for first in range(0, len(devices), CHUNK):
            part = slice(first, first + CHUNK)
            one_by_one(self.tables, state, weights, devices[part], 0.0, self.seed, gains[part])
        return gains

    def set(self, state: State, weights: Weights, devices: Ints) -> None:
        """Set devices to their cheapest states in turn."""
        one_by_one(self.tables, state, weights, devices, 0.0, self.seed, NOTHING)

    def store(self, power: Floats, service: Floats) -> None:
        """Take over what storages take and give."""
        self.terms = replace(self.terms, storage_kw=power, storage_service=service)

    def judge(self, on: Bytes) -> Found:
        """Return the cost of states and what they break."""
        return judge(self.tables, self.terms, on)

    def repair(
        self, on: Bytes, *, short: float, peak_kw: float, cancelled: Callable[[], bool] = never
    ) -> Found:
        """Return states near to these, most often with nothing broken: each device in turn, what lacks ever dearer.

        It ends early, with what it has, once it is `cancelled`.
        """
        state, order, dear = self.state(on), self.movable, DEARER * short
        least, stale = np.inf, 0
        for k in range(PASSES):
            weights = self.weights(peak_kw, hard=short)
            order = self.rng.permutation(order)
            changed = 0
            for first in range(0, len(order), CHUNK):
                if cancelled():
                    return self.judge(state.on)
                changed += one_by_one(
                    self.tables, state, weights, order[first : first + CHUNK], 0.0, self.seed, NOTHING
                )
            found = self.judge(state.on)
            stale = 0 if found.broken <= LEAST_SHARE * least else stale + 1
            least = min(least, found.broken)
            if changed <= len(order) // 50 and (found.broken <= NEAR or (stale >= STALE and short >= dear)):
                return found
            if k >= 2 and changed <= max(1, len(order) // 50):
                short = min(short * 2.0, 1e5)
            if k >= 3:
                order = self._helping(state, found)
        return self.judge(state.on)

    def lacks(self, on: Bytes) -> Floats:
        """Return by zone and slot what lacks of its demand, is above its limit and outside its band."""
        tables, state = self.tables, self.state(on)
        short = np.maximum(tables.demand - state.cover, 0.0) + np.maximum(
            state.zone_load - tables.zone_limit, 0.0
        )
        total: Floats = short + (tables.air.soft < 0)[:, None] * outside_by_slot(tables, state.heat)
        return total

    def _helping(self, state: State, found: Found) -> Ints:
        """Return the devices of what lacks in zones and between devices; all where it is the site that lacks."""
        tables = self.tables
        lacking: NDArray[np.bool_] = (state.cover < tables.demand - NEAR) | (
            state.zone_load > tables.zone_limit + NEAR
        )
        short = np.any(lacking, axis=1) | ((discomforts(tables, state.heat) > NEAR) & (tables.air.soft < 0))
        helps = short[tables.zone]
        wrong = np.flatnonzero(_broken_relations(tables, state.on))
        helps[wrong] = True
        for pointer, others, *_ in (tables.needs, tables.later):
            for i in wrong:
                helps[others[pointer[i] : pointer[i + 1]]] = True
        helping = self.movable[helps[self.movable]]
        return helping if len(helping) and found.broken > NEAR else self.movable

    def among(self, movable: Ints) -> Improver:
        """Return one that may change only these devices; it shares the chance."""
        part = copy(self)
        part._move(movable)
        return part

    def exchange(self, state: State, weights: Weights, heat: float) -> None:
        """Let tasks whose slots may lie anywhere change places."""
        tables, loose = self.tables, self.loose
        scale = float(np.mean(tables.power[loose])) * float(np.abs(tables.buy).mean())
        exchange(tables, state, weights, loose, EXCHANGES, 0.1 * heat * scale, self.seed)

    def groups(
        self, state: State, weights: Weights, heat: float, *, over: Callable[[], bool] = never
    ) -> None:
        """Change groups of devices for a round, and each task once; it ends early once it is `over`."""
        tables = self.tables
        parts = WARM_PARTS if tables.air.warm.any() else 1
        for _ in range(parts if len(self.pool) else 0):
            work = WORK // parts
            together(tables, state, weights, self.pool, self.pointer, 3, work, heat, self.seed, MOST_JOINT)
            if parts > 1 and over():
                return
        if len(self.loose) > 1:
            self.exchange(state, weights, heat)
        many = min(len(self.alone), CHUNK)
        if many:
            chosen = self.rng.choice(self.alone, many, replace=False)
            one_by_one(tables, state, weights, chosen, heat, self.seed, NOTHING)
