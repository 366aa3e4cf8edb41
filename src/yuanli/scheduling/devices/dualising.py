"""Prices to begin a bound from: the duals of a linear programme of all that devices and storages share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import vstack

from yuanli.scheduling.devices.modelling import shared_model
from yuanli.scheduling.devices.moves import Floats, Tables
from yuanli.scheduling.devices.problem import DevicesProblem
from yuanli.scheduling.devices.storing import Stores

MOST_FRACTIONS = 20_000
"""Up to how many devices × slots the programme is solved: about a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duals:
    """Prices of service and of limited power by zone and slot, and of the site's power, beyond its tariff, by slot."""

    service: Floats
    limited: Floats
    power: Floats


def find_duals(problem: DevicesProblem, tables: Tables, stores: Stores) -> Duals | None:
    """Return the prices at which fractions of devices, and storages, share least dearly; None where none can."""
    if len(tables.power) * problem.slots > MOST_FRACTIONS:
        return None
    model = shared_model(problem, tables, stores)
    milp = model.milp(0.0)
    low, high = milp.row_low, milp.row_high
    equal = low == high
    below, above = np.flatnonzero(~equal & np.isfinite(high)), np.flatnonzero(~equal & np.isfinite(low))
    same = np.flatnonzero(equal)
    found = linprog(
        milp.cost, A_ub=vstack([milp.rows[below], -milp.rows[above]]),
        b_ub=np.concatenate([high[below], -low[above]]), A_eq=milp.rows[same], b_eq=low[same],
        bounds=np.column_stack([milp.low, milp.high]), method="highs",
    )  # fmt: skip
    if found.status != 0:
        return None
    by_row = np.zeros(len(low))
    by_row[same] = found.eqlin.marginals
    by_row[below] += found.ineqlin.marginals[: len(below)]
    by_row[above] -= found.ineqlin.marginals[len(below) :]
    duals = Duals(
        service=np.zeros(tables.demand.shape), limited=np.zeros(tables.demand.shape), power=-tables.buy
    )
    for (what, z, t), row in model.named.items():
        if what == "demand":
            duals.service[z, t] = by_row[row]
        elif what == "limit":
            duals.limited[z, t] = -by_row[row]
        else:
            duals.power[t] -= by_row[row]
    return duals
