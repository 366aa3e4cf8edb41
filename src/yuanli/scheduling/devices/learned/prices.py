"""What service and power will be worth: Lagrangian prices by zone and slot, foretold by a ridge regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.learning import Scale, scale_of
from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.kernels import FAR
from yuanli.scheduling.devices.learned.days import Day
from yuanli.scheduling.devices.moves import Floats, Tables
from yuanli.scheduling.devices.pricing import Pricing
from yuanli.scheduling.devices.problem import DevicesProblem
from yuanli.scheduling.devices.storing import Stores

STEPS = 300
"""Of the prices that are learnt, on a day."""
PENALTY = 1.0
HIGHEST = 20.0
"""A price is foretold to be no more times the cost of the energy."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedPrices:
    """Prices of a unit of service, shape `(n_zones + 1, slots)`, and of a kW in a slot beyond its tariff."""

    service: Floats
    power: Floats

    def costs(self, tables: Tables) -> Floats:
        """Return what being on costs a device at these prices, shape `(n_devices, slots)`."""
        spent = tables.power[:, None] * (tables.buy + self.power)
        cost: Floats = spent - tables.service[:, None] * self.service[tables.zone]
        return cost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ridge:
    """A line on scaled features; the last weight is the offset."""

    scale: Scale
    weights: Floats

    def predict(self, rows: Floats) -> Floats:
        """Return a number for each row."""
        values: Floats = self.scale.apply(rows) @ self.weights[:-1] + self.weights[-1]
        return values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceModel:
    """What foretells prices of service and of power, both as shares of the mean tariff."""

    service: Ridge
    power: Ridge

    def predict(self, problem: DevicesProblem, tables: Tables) -> SharedPrices:
        """Return prices, never below 0; power has none beyond its tariff where no peak is paid for or limited."""
        zones, n = tables.demand.shape
        unit = efforts(tables)[:, None] * mean_price(tables)
        said = self.service.predict(zone_features(problem, tables)).reshape(zones, n)
        service = np.clip(said, 0.0, HIGHEST) * unit * (tables.demand > 0)
        power = np.clip(self.power.predict(site_features(problem, tables)), 0.0, HIGHEST) * mean_price(tables)
        tight = bool((estimated_use(tables) > 0.95 * tables.limit).any())
        if problem.peak_price <= 0 and not tight:
            power = np.zeros(n)
        elif problem.peak_price > 0 and not tight and power.sum() > 0:
            power = power * (problem.peak_price / power.sum())
        return SharedPrices(service=service, power=power)


def fit_prices(days: Sequence[Day]) -> PriceModel:
    """Return what foretells the prices that the dual has on these days."""
    rows, wanted, site_rows, site_wanted = [], [], [], []
    for day in days:
        tables = tables_of(day.problem)
        found = dual_prices(day.problem, tables)
        unit = np.maximum(efforts(tables)[:, None] * mean_price(tables), 1e-12)
        needed = (tables.demand > 0).ravel()
        rows.append(zone_features(day.problem, tables)[needed])
        wanted.append((found.service / unit).ravel()[needed])
        site_rows.append(site_features(day.problem, tables))
        site_wanted.append(found.power / mean_price(tables))
    return PriceModel(service=_fit(rows, wanted), power=_fit(site_rows, site_wanted))


def dual_prices(problem: DevicesProblem, tables: Tables, steps: int = STEPS) -> SharedPrices:
    """Return prices under which each device alone gives a good bound."""
    pricing = Pricing(
        tables, Stores(problem, tables), peak_price=problem.peak_price, peak_paid_kw=problem.peak_paid_kw
    )
    for _ in range(steps):
        pricing.step(None)
    return SharedPrices(service=pricing.service_prices(), power=pricing.power_prices())


def _fit(rows: Sequence[Floats], wanted: Sequence[Floats]) -> Ridge:
    features, truth = np.concatenate(rows), np.concatenate(wanted)
    scale = scale_of(features)
    table = scale.apply(features)
    offset = float(truth.mean()) if len(truth) else 0.0
    middle = table.mean(axis=0) if len(table) else np.zeros(table.shape[1])
    centred = table - middle
    square = centred.T @ centred + PENALTY * np.eye(table.shape[1])
    weights = np.linalg.solve(square, centred.T @ (truth - offset))
    return Ridge(scale=scale, weights=np.append(weights, offset - middle @ weights))


def efforts(tables: Tables) -> Floats:
    """Return the power that a unit of service takes by zone, the median of its devices; 0 where none serves."""
    found = np.zeros(len(tables.demand))
    for z in range(len(found)):
        inside = (tables.zone == z) & (tables.service > 0)
        if inside.any():
            found[z] = np.median(tables.power[inside] / tables.service[inside])
    return found


def mean_price(tables: Tables) -> float:
    """Return the mean cost of a kW in a slot, never 0."""
    return max(float(np.abs(tables.buy).mean()), 1e-9)


def estimated_use(tables: Tables) -> Floats:
    """Return the power of the site as far as it is known: what is fixed, demands, and tasks spread over their time."""
    served = efforts(tables) @ tables.demand
    tasks = tables.slots_on >= 0
    share = tables.may_on[tasks] / np.maximum(tables.may_on[tasks].sum(axis=1, keepdims=True), 1)
    spread = (tables.power[tasks] * tables.slots_on[tasks]) @ share
    use: Floats = tables.net + served + spread
    return use


def zone_features(problem: DevicesProblem, tables: Tables) -> Floats:
    """Return what prices of service are foretold from, shape `((n_zones + 1) * slots, n_features)`."""
    zones, n = tables.demand.shape
    price = tables.buy / mean_price(tables)
    width = max(1, round(1.0 / problem.slot_h))
    parts = []
    for z in range(zones):
        inside = (tables.zone == z) & (tables.service > 0)
        capacity = max(float(tables.service[inside].sum()), 1e-9)
        load = tables.demand[z] / capacity
        begins = tables.start[inside] / np.maximum(tables.power[inside] * mean_price(tables), 1e-9)
        begin = float(np.median(begins)) if inside.any() else 0.0
        before, after = load - _shifted(load, width), _shifted(load, -width) - load
        most = float(load.max())
        parts.append(
            np.stack(
                [
                    price, load, load**2, price * load, price * load**2, np.full(n, most), load - most,
                    (load - most) ** 2, before, after, np.full(n, begin), begin * (load - most), begin * before,
                    begin * after, price - _shifted(price, width), _shifted(price, -width) - price,
                    np.full(n, np.log1p(int(inside.sum()))),
                ],
                axis=1,
            )
        )  # fmt: skip
    return np.concatenate(parts)


def site_features(problem: DevicesProblem, tables: Tables) -> Floats:
    """Return what prices of power are foretold from, shape `(slots, n_features)`."""
    n = problem.slots
    use = estimated_use(tables)
    height = use / max(float(use.max()), 1e-9)
    price = tables.buy / mean_price(tables)
    limited = tables.limit < FAR
    tight = np.where(limited, use / np.where(limited, np.maximum(tables.limit, 1e-9), 1.0), 0.0)
    peak = problem.peak_price / (n * mean_price(tables))
    close = np.maximum(height - 0.8, 0.0)
    return np.stack(
        [
            price, height, height**2, height**8, close, np.full(n, peak), peak * height**2, peak * height**8,
            peak * close, peak * price, tight, np.maximum(tight - 0.8, 0.0),
        ],
        axis=1,
    )  # fmt: skip


def _shifted(values: Floats, by: int) -> Floats:
    """Return values of `by` slots before, the ends held."""
    return values[np.clip(np.arange(len(values)) - by, 0, len(values) - 1)]
