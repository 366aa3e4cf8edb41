"""Prices of warmth: a °C in a slot is worth what devices did for it in all slots before."""

from __future__ import annotations

import numpy as np

from yuanli.scheduling.devices.arrays import temperatures
from yuanli.scheduling.devices.kernels import FAR
from yuanli.scheduling.devices.moves import Bytes, Floats, Tables


class Comfort:
    """Rows of a bound: the temperature of a zone after a slot is at least, or at most, what its band says.

    Temperatures are linear in the states of devices, so that under prices of the rows each kWh of heat has a price by
    slot: `price[t] + keep · later`. Rows are scaled to the size of those of demand; where discomfort has a price, no
    price of a row is above it.
    """

    def __init__(self, tables: Tables) -> None:
        air = tables.air
        self.tables = tables
        low, high = (np.nonzero(side & (air.warm > 0)[:, None]) for side in (air.low > -FAR, air.high < FAR))
        self.zone, self.slot = (
            np.concatenate([a, b]).astype(np.int64) for a, b in zip(low, high, strict=True)
        )
        self.side = np.repeat([1.0, -1.0], [len(low[0]), len(high[0])])
        self.limit = np.concatenate([air.low[low], air.high[high]])
        self.size = len(self.side)
        scale = np.ones(len(air.warm))
        for z in np.flatnonzero(air.warm):
            inside = np.flatnonzero((tables.zone == z) & (air.heat != 0))
            if len(inside):
                warms = air.gain[z] * np.abs(air.heat[inside]) / np.sqrt(1.0 - air.keep[z] ** 2)
                scale[z] = float(np.median(tables.power[inside] / warms)) or 1.0
        self.scale = scale[self.zone]
        self.free = temperatures(tables, np.zeros(air.low.shape))[self.zone, self.slot]
        soft = air.soft[self.zone]
        self.most = np.where(soft < 0, np.inf, soft / self.scale)

    def worth(self, prices: Floats) -> Floats:
        """Return what each device's being on is worth to the rows at their prices, by device and slot."""
        tables, air = self.tables, self.tables.air
        total = np.zeros((len(tables.power), len(tables.buy)))
        if not self.size:
            return total
        warmth = np.zeros(air.low.shape)
        np.add.at(warmth, (self.zone, self.slot), prices * self.scale * self.side)
        for t in range(len(tables.buy) - 2, -1, -1):
            warmth[:, t] += air.keep * warmth[:, t + 1]
        heating = np.flatnonzero(air.heat)
        zones = tables.zone[heating]
        total[heating] = (air.heat[heating] * air.gain[zones])[:, None] * warmth[zones]
        return total

    def least(self, prices: Floats) -> float:
        """Return what the rows ask for at their prices, beyond what comes without devices."""
        return float(prices @ (self.scale * self.side * (self.limit - self.free)))

    def lacks(self, on: Bytes | Floats) -> Floats:
        """Return how much the rows lack under states, which may be fractions."""
        if not self.size:
            return np.empty(0)
        air = self.tables.air
        heat = np.zeros(air.low.shape)
        for z in np.flatnonzero(air.warm):
            inside = np.flatnonzero(self.tables.zone == z)
            heat[z] = air.heat[inside] @ on[inside]
        temps = temperatures(self.tables, heat)[self.zone, self.slot]
        lacks: Floats = self.scale * self.side * (self.limit - temps)
        return lacks
