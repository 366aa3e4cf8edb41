"""Where a place's electricity comes from: the grid, and its own PV; and what of that is fed in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.campus import FeatureId
from yuanli.operations.energy.asking import Asked, Told
from yuanli.operations.energy.media import Medium
from yuanli.operations.energy.tariffs import Tariffs
from yuanli.operations.readings import Every
from yuanli.telemetry import Times, Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Balance:
    """Electricity by bucket, kWh: `used` is `grid` and `own`; PV is `own` and `fed_in`."""

    used: Values
    grid: Values
    own: Values
    fed_in: Values


def balance_of(
    asked: Asked, place: FeatureId, edges: Times, tariffs: Tariffs, *, used: Told, fine: Every | None = None
) -> Balance:
    """Return where what was used in buckets came from; PV is used on the spot as far as it can be."""
    pv = np.maximum(asked.told(place, Medium.PV, edges, fine).amounts.amount, 0.0)
    metered = np.maximum(used.amounts.amount, 0.0)
    if tariffs.pv_behind_main and any(meter.main for meter in used.meters):
        return Balance(used=metered + pv, grid=metered, own=pv, fed_in=np.zeros(len(pv)))
    own = np.minimum(pv, metered)
    return Balance(used=metered, grid=metered - own, own=own, fed_in=pv - own)
