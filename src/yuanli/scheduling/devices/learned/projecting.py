"""From probabilities to a plan that keeps the rules: log-odds as costs of exact states, the repair, the checker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.checking import check_devices
from yuanli.scheduling.devices.improving import NEAR, Found, Improver, Terms
from yuanli.scheduling.devices.learned.days import Day
from yuanli.scheduling.devices.learned.model import LEAST_CHANCE, PlanModel
from yuanli.scheduling.devices.learned.prices import SharedPrices
from yuanli.scheduling.devices.learned.rows import cheapest_rows
from yuanli.scheduling.devices.moves import Bytes, Floats, Tables
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem
from yuanli.scheduling.devices.storing import Flows, Stores
from yuanli.solver import Checked


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preview:
    """A plan at once, and what the checker says of it: only a valid one may be shown as a plan.

    Parameters
    ----------
    projected
        The states before the repair, shape `(n_devices, slots)`: each device keeps what concerns it alone.
    chance
        The probability that each device is on.
    prices
        The foretold prices, None where nothing foretold them.
    """

    plan: DevicesPlan
    checked: Checked
    projected: Bytes
    chance: Floats
    prices: SharedPrices | None = None


def preview_plan(
    model: PlanModel, problem: DevicesProblem, past: Sequence[Day], *, seed: int = 0
) -> Preview | None:
    """Return a plan at once, without a search; None where a device can't keep its own rules."""
    tables = tables_of(problem)
    chance, prices = model.foretell(problem, tables, past)
    return project(problem, tables, chance, prices=prices, lean=model.lean, seed=seed)


def project(
    problem: DevicesProblem,
    tables: Tables,
    chance: Floats,
    *,
    prices: SharedPrices | None = None,
    lean: float = 0.0,
    seed: int = 0,
) -> Preview | None:
    """Return the plan nearest to probabilities, repaired; None where a device can't keep its own rules.

    Nearest are the likeliest states of each device alone that keep its least times, locks, target and task; then
    devices change one after another until zones are served and limits kept.
    """
    likely = np.clip(chance, LEAST_CHANCE, 1.0 - LEAST_CHANCE)
    nearest = cheapest_rows(tables, np.log1p(-likely) - np.log(likely) - lean, np.zeros(len(chance)))
    if nearest is None:
        return None
    stores = Stores(problem, tables)
    terms = Terms(
        peak_price=problem.peak_price, peak_paid_kw=problem.peak_paid_kw,
        storage_kw=np.zeros(problem.slots), storage_service=np.zeros(tables.demand.shape),
    )  # fmt: skip
    improver = Improver(tables, terms, np.arange(len(problem.devices)), seed=seed)
    peak = max(problem.peak_paid_kw, float((tables.net + tables.power @ nearest).max()))
    flows = _flow(improver, stores, nearest) if problem.storages else stores.idle()
    found = improver.repair(nearest, short=shortage_price(tables), peak_kw=peak)
    if problem.storages:
        flows = _better_flows(improver, stores, found, flows)
    plan = DevicesPlan(on=found.on.astype(np.bool_), storage=flows.taken - flows.given)
    return Preview(
        plan=plan, checked=check_devices(problem, plan), projected=nearest, chance=chance, prices=prices
    )


def shortage_price(tables: Tables) -> float:
    """Return what a unit that lacks costs at first in a repair: twice its energy."""
    effort = float(tables.power.sum()) / max(1.0, float(tables.service.sum()))
    return max(0.1, 2.0 * effort * float(np.abs(tables.buy).max()))


def _flow(improver: Improver, stores: Stores, on: Bytes) -> Flows:
    terms = improver.terms
    flows = stores.answered(improver.state(on), peak_price=terms.peak_price, paid_kw=terms.peak_paid_kw)
    flows = stores.idle() if flows is None else flows
    improver.store(stores.power(flows), stores.service(flows))
    return flows


def _better_flows(improver: Improver, stores: Stores, found: Found, before: Flows) -> Flows:
    """Return the flows that are cheapest against repaired states, unless they are worse."""
    after = _flow(improver, stores, found.on)
    again = improver.judge(found.on)
    return (
        before if found.broken <= NEAR and not (again.broken <= NEAR and again.cost < found.cost) else after
    )
