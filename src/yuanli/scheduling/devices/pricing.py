"""A proved bound: each device alone under prices of what they share (Lagrangian decomposition)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.scheduling.devices.comforting import Comfort
from yuanli.scheduling.devices.cuts import add_worth, broken_cuts, demand_rows, row_sums
from yuanli.scheduling.devices.kernels import FAR, add_by_zone, cheapest_states, cheapest_task, compiled
from yuanli.scheduling.devices.moves import Bytes, Floats, Tables
from yuanli.scheduling.devices.storing import Flows, Stores

CHUNK_STATES = 2_000_000
BAD_STEPS = 20
FRESH = 0.02


class UnreachableError(Exception):
    """A device, told by its number, has no states that keep its own rules; or storages have no flows."""


@dataclass(slots=True, kw_only=True)
class Priced:
    """The least cost under prices, a lower bound; the states, and how much of each price's thing lacks."""

    value: float
    lacks: Floats
    on: Bytes
    flows: Flows
    peak_kw: float


@compiled
def _price_devices(tables, worth, power, first, last, on):
    n = len(tables.buy)
    w, start, stop = np.empty(n), np.empty(n), np.zeros(n)
    on_best, off_best = np.empty(n + 1), np.empty(n + 1)
    on_run, off_run = np.empty(n + 1, np.int16), np.empty(n + 1, np.int16)
    most = 0
    for i in range(first, last):
        most = max(most, tables.slots_on[i])
    on_best2, off_best2 = np.empty((n + 1, most + 1)), np.empty((n + 1, most + 1))
    on_run2, off_run2 = np.empty((n + 1, most + 1), np.int16), np.empty((n + 1, most + 1), np.int16)
    value = 0.0
    for i in range(first, last):
        z = tables.zone[i]
        for t in range(n):
            w[t] = tables.power[i] * power[z, t] - worth[i, t]
            start[t] = tables.start[i]
        if tables.slots_on[i] >= 0:
            cost = cheapest_task(
                w, tables.may_on[i], tables.may_off[i], tables.up[i], tables.down[i], start, stop,
                tables.was_on[i], tables.slots_on[i], on_best2, off_best2, on_run2, off_run2, on[i],
            )  # fmt: skip
        else:
            cost = cheapest_states(
                w, tables.may_on[i], tables.may_off[i], tables.up[i], tables.down[i], start, stop,
                tables.was_on[i], on_best, off_best, on_run, off_run, on[i],
            )  # fmt: skip
        if cost >= FAR:
            return value, i
        value += cost
    return value, -1


class Pricing:
    """Prices of service by rows of demand, of power by limited zone, of warmth, and of the site's power.

    They climb on the dual by the volume algorithm (Barahona and Anbil 2000,
    doi:10.1007/s101070050002), and rows that its mean states break are added. Relations between devices and ramps
    are left out of the bound, which stays one.
    """

    def __init__(self, tables: Tables, stores: Stores, *, peak_price: float, peak_paid_kw: float) -> None:
        self.tables, self.stores, self.peak_price, self.peak_paid_kw = (
            tables,
            stores,
            peak_price,
            peak_paid_kw,
        )
        self.slots = len(tables.buy)
        self.cuts = demand_rows(tables)
        self.limited = np.nonzero(tables.zone_limit < FAR)
        self.comfort = Comfort(tables)
        self.demands = self.cuts.size
        self.stored = np.zeros(len(tables.demand), np.bool_)
        self.stored[stores.zone[stores.zone >= 0]] = True
        self.low = tables.net - sum(s.discharge for s in stores.storages if s.zone is None)
        high = tables.net + tables.power @ tables.may_on + sum(s.charge_kw for s in stores.storages)
        self.high = np.minimum(tables.limit, high)
        fed = (self.low < 0) & (tables.sell < tables.buy)
        self.floor = np.where(fed, tables.sell - tables.buy, 0.0)
        self.scale = 0.2 * float(tables.power.sum() * np.abs(tables.buy).sum())
        self.at = self._guess()
        self.best = self.price(self.at)
        self.lacks, self.mean, self.peak_kw = (
            self.best.lacks,
            self.best.on.astype(np.float64),
            self.best.peak_kw,
        )
        self.flows = self.best.flows
        self.length, self.bad = 0.1, 0

    def price(self, prices: Floats) -> Priced:
        """Return the least cost under prices.

        Raises
        ------
        UnreachableError
            A device has no states, or storages have no flows.
        """
        tables, n = self.tables, self.slots
        by_row, by_zone, by_band, extra = self._parts(prices)
        worth = self.comfort.worth(by_band)
        cuts = self.cuts
        add_worth(cuts.zone, cuts.slot, cuts.pointer, cuts.factor, cuts.inside, cuts.first, by_row, worth)
        power = np.tile(tables.buy + extra, (len(tables.demand), 1))
        power[self.limited] += by_zone
        on = np.empty(worth.shape, np.uint8)
        value = 0.0
        step = max(1, CHUNK_STATES // n)
        for first in range(0, len(on), step):
            part, wrong = _price_devices(tables, worth, power, first, min(first + step, len(on)), on)
            if wrong >= 0:
                raise UnreachableError(wrong)
            value += part
        site, net, peak = self._site(extra)
        value += site + float(by_row @ self.cuts.least - by_zone @ tables.zone_limit[self.limited])
        value += self.comfort.least(by_band)
        flows = self.stores.idle()
        if self.stores.storages:
            service = np.zeros(tables.demand.shape)
            np.add.at(
                service,
                (self.cuts.zone[: self.demands], self.cuts.slot[: self.demands]),
                by_row[: self.demands],
            )
            stored = self.stores.priced(tables.buy + extra, service)
            if stored is None:
                raise UnreachableError(-1)
            value, flows = value + stored[0], stored[1]
        return Priced(value=float(value), lacks=self._lacks(on, flows, net), on=on, flows=flows, peak_kw=peak)

    def _parts(self, prices: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        rows, zones = self.cuts.size, len(self.limited[0])
        bands = rows + zones + self.comfort.size
        return prices[:rows], prices[rows : rows + zones], prices[rows + zones : bands], prices[bands:]

    def _given(self, on: Bytes | Floats, flows: Flows) -> Floats:
        """Return the left sides of the rows; storages count in those of demand."""
        given = np.empty(self.cuts.size)
        cuts = self.cuts
        row_sums(cuts.zone, cuts.slot, cuts.pointer, cuts.factor, cuts.inside, cuts.first, on, given)
        if self.stored.any():
            service = self.stores.service(flows)
            given[: self.demands] += service[self.cuts.zone[: self.demands], self.cuts.slot[: self.demands]]
        return given

    def _lacks(self, on: Bytes, flows: Flows, net: Floats) -> Floats:
        tables = self.tables
        given = self._given(on, flows)
        load = zone_sums(tables, tables.power, on)
        over = load[self.limited] - tables.zone_limit[self.limited]
        site = tables.net + load.sum(axis=0) + self.stores.power(flows) - net
        return np.concatenate([self.cuts.least - given, over, self.comfort.lacks(on), site])

    def _site(self, extra: Floats) -> tuple[float, Floats, float]:
        """Return the least of tariff and peak less what the price of power brings, the site's power there, its peak."""
        tables = self.tables
        gains = extra > 0
        peak = np.inf
        if self.peak_price > 0:
            order = np.argsort(-self.high)
            over = np.cumsum(np.where(gains, extra, 0.0)[order]) > self.peak_price
            peak = max(self.peak_paid_kw, float(self.low.max()), 0.0)
            if over.any():
                peak = max(peak, float(self.high[order][np.argmax(over)]))
        high = np.maximum(np.minimum(self.high, peak), self.low)
        net = np.where(gains | (high <= 0), high, np.clip(0.0, self.low, high))
        cost = np.where(net > 0, tables.buy * net, tables.sell * net) - (tables.buy + extra) * (
            net - tables.net
        )
        paid = self.peak_price * (peak - self.peak_paid_kw) if self.peak_price > 0 else 0.0
        return float(cost.sum()) + paid, net, peak

    def _project(self, prices: Floats) -> Floats:
        floor = np.zeros(len(prices))
        floor[len(prices) - self.slots :] = self.floor
        projected: Floats = np.maximum(prices, floor)
        bands = slice(len(prices) - self.slots - self.comfort.size, len(prices) - self.slots)
        projected[bands] = np.minimum(projected[bands], self.comfort.most)
        return projected

    def _guess(self) -> Floats:
        """Return prices to begin from: what a unit of service costs in energy."""
        tables, cuts = self.tables, self.cuts
        effort = np.zeros(len(tables.demand))
        for z in range(len(effort)):
            inside = cuts.inside[cuts.first[z] : cuts.first[z + 1]]
            if len(inside):
                effort[z] = np.median(tables.power[inside] / tables.service[inside])
        by_row = effort[cuts.zone] * np.maximum(tables.buy, 0.0)[cuts.slot] * 1.1
        power = np.full(self.slots, self.peak_price / self.slots * 0.5)
        none = np.zeros(len(self.limited[0]) + self.comfort.size)
        return self._project(np.concatenate([by_row, none, power]))

    def begin(self, service: Floats, power: Floats, limited: Floats | None = None) -> None:
        """Begin from foretold prices where they bound better.

        Parameters
        ----------
        service, limited
            Of service and of power in zones, by zone and slot.
        power
            Of the site's power, beyond its tariff, by slot.
        """
        at = self.at.copy()
        rows = slice(0, self.demands)
        at[rows] = service[self.cuts.zone[rows], self.cuts.slot[rows]]
        if limited is not None:
            at[self.cuts.size : self.cuts.size + len(self.limited[0])] = limited[self.limited]
        at[len(at) - self.slots :] = power
        at = self._project(at)
        priced = self.price(at)
        if priced.value > self.best.value:
            self.at, self.best, self.lacks = at, priced, priced.lacks
            self.mean, self.flows, self.peak_kw = priced.on.astype(np.float64), priced.flows, priced.peak_kw

    def service_prices(self) -> Floats:
        """Return prices of a unit of service by zone and slot, where nothing was cut."""
        prices = np.zeros(self.tables.demand.shape)
        rows = slice(0, self.demands)
        prices[self.cuts.zone[rows], self.cuts.slot[rows]] = self.at[rows]
        return prices

    def power_prices(self) -> Floats:
        """Return prices of a kW of the site by slot, beyond its tariff."""
        return self.at[len(self.at) - self.slots :].copy()

    def step(self, upper: float | None) -> Priced:
        """Take a step toward an upper bound, where there is one; return what was priced there."""
        size = float(self.lacks @ self.lacks)
        if size <= 0:
            return self.best
        far = 0.03 * max(abs(self.best.value), self.scale) if upper is None else upper - self.best.value
        aim = max(far, 1e-4 * max(abs(self.best.value), 1e-3 * self.scale))
        there = self._project(self.at + self.length * aim / size * self.lacks)
        priced = self.price(there)
        along = float(priced.lacks @ self.lacks)
        turn = priced.lacks - self.lacks
        share = -float(self.lacks @ turn) / max(float(turn @ turn), 1e-12)
        share = 0.01 if share < 0.01 else min(share, 0.1)
        self.lacks = self.lacks + share * turn
        self.mean += share * (priced.on - self.mean)
        self.flows = self.flows.mixed(priced.flows, share)
        if np.isfinite(priced.peak_kw):
            self.peak_kw += share * (priced.peak_kw - self.peak_kw)
        if priced.value > self.best.value:
            self.at, self.best, self.bad = there, priced, 0
            self.length = min(2.0, self.length * (1.1 if along >= 0 else 1.0))
        else:
            self.bad += 1
            if self.bad >= BAD_STEPS:
                self.length, self.bad = self.length * 0.66, 0
        return priced

    def cut(self) -> int:
        """Add rows that the mean states break, leave out added ones without a price; return how many were added."""
        before = self.cuts
        by_row, *rest = self._parts(self.at)
        cuts = broken_cuts(before, self.tables, self.mean)
        added = cuts.size - before.size
        wanted = (by_row > 0) | (np.arange(before.size) < self.demands)
        keep = np.flatnonzero(np.append(wanted, ~self.stored[cuts.zone[before.size :]]))
        self.cuts = cuts.kept(keep)
        self.at = np.concatenate([np.append(by_row, np.zeros(added))[keep], *rest])
        self.lacks = np.concatenate(
            [self.cuts.least - self._given(self.mean, self.flows), self.lacks[before.size :]]
        )
        self.length, self.bad = max(self.length, FRESH), 0
        return added


def zone_sums(tables: Tables, weights: Floats, on: Bytes | Floats) -> Floats:
    """Return sums of weighted states by zone and slot."""
    total = np.zeros(tables.demand.shape)
    add_by_zone(tables.zone, weights, on, total)
    return total
