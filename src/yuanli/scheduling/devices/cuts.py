"""What a zone needs in a slot, as inequalities that fractions of devices break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.scheduling.devices.arrays import devices_by_zone
from yuanli.scheduling.devices.kernels import compiled
from yuanli.scheduling.devices.moves import Floats, Ints, Tables

LEAST_VIOLATION = 0.01
MOST_STEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Rows `Σ factor · on ≥ least`, each of a zone and a slot, over its devices as in `inside`."""

    zone: Ints
    slot: Ints
    least: Floats
    pointer: Ints
    factor: Floats
    inside: Ints
    first: Ints

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.least)

    def with_rows(self, zone: Ints, slot: Ints, least: Floats, factor: Floats) -> Cuts:
        """Return these rows and more."""
        lengths = np.diff(self.first)[zone]
        return Cuts(
            zone=np.append(self.zone, zone), slot=np.append(self.slot, slot), least=np.append(self.least, least),
            pointer=np.append(self.pointer, self.pointer[-1] + np.cumsum(lengths)),
            factor=np.append(self.factor, factor), inside=self.inside, first=self.first,
        )  # fmt: skip

    def kept(self, keep: Ints) -> Cuts:
        """Return some of the rows."""
        parts = [self.factor[self.pointer[r] : self.pointer[r + 1]] for r in keep]
        return Cuts(
            zone=self.zone[keep], slot=self.slot[keep], least=self.least[keep],
            pointer=np.append(0, np.cumsum([len(p) for p in parts])).astype(np.int64),
            factor=np.concatenate(parts) if parts else np.empty(0), inside=self.inside, first=self.first,
        )  # fmt: skip


def demand_rows(tables: Tables) -> Cuts:
    """Return each demand as a row; no device counts for more than the demand."""
    serving = [inside[tables.service[inside] > 0] for inside in devices_by_zone(tables)]
    lengths = np.array([len(s) for s in serving], np.int64)
    none = Cuts(
        zone=np.empty(0, np.int64), slot=np.empty(0, np.int64), least=np.empty(0), pointer=np.zeros(1, np.int64),
        factor=np.empty(0), inside=np.concatenate(serving).astype(np.int64), first=np.append(0, np.cumsum(lengths)),
    )  # fmt: skip
    zone, slot = np.nonzero((tables.demand > 0) & (lengths > 0)[:, None])
    least = tables.demand[zone, slot]
    asked = np.split(least, np.searchsorted(zone, np.arange(1, len(serving))))
    factor = [
        np.minimum(tables.service[s][None], d[:, None]).ravel() for s, d in zip(serving, asked, strict=True)
    ]
    return none.with_rows(zone, slot, least, np.concatenate(factor))


def broken_cuts(cuts: Cuts, tables: Tables, mean: Floats) -> Cuts:
    """Return the rows, and for each zone and slot the one that the mean states break most.

    The devices that are nearly on are taken as on; what is left of the demand is rounded (Marchand and Wolsey 2001,
    doi:10.1287/opre.49.3.363.11211) in steps of a device, or the others count for no more than it (Carr et al.
    2000). Rows are
    as long as that of the demand, so that their prices are of one size.
    """
    zones, n = tables.demand.shape
    found = np.zeros((zones, n), np.bool_)
    least = np.zeros((zones, n))
    factor = np.zeros((n, len(cuts.inside)))
    for z in range(zones):
        here = slice(cuts.first[z], cuts.first[z + 1])
        inside = cuts.inside[here]
        if len(inside):
            _break(
                tables.service[inside], tables.demand[z], mean[inside], found[z], least[z], factor[:, here]
            )
    zone, slot = np.nonzero(found)
    parts = [factor[t, cuts.first[z] : cuts.first[z + 1]] for z, t in zip(zone, slot, strict=True)]
    return cuts.with_rows(zone, slot, least[zone, slot], np.concatenate(parts)) if parts else cuts


@compiled
def _break(service, demand, mean, found, least, factor):
    m, n = mean.shape
    row = np.empty(m)
    outside = np.empty(m, np.bool_)
    for t in range(n):
        most = LEAST_VIOLATION
        for level in (1.01, 0.999, 0.95, 0.8, 0.6, 0.4):
            left = demand[t]
            for i in range(m):
                outside[i] = mean[i, t] < level
                if not outside[i]:
                    left -= service[i]
            if left <= 1e-6:
                continue
            order = np.argsort(-np.abs(mean[:, t] - 0.5))[::-1]
            tried = 0
            for at in range(-1, m):
                if at >= 0 and (not outside[order[at]] or tried >= MOST_STEPS):
                    continue
                step = left if at < 0 else service[order[at]]
                tried += 1
                need = np.ceil(left / step - 1e-9)
                share = left / step - (need - 1.0)
                if share < 1e-3:
                    continue
                value, size = 0.0, 0.0
                for i in range(m):
                    if outside[i]:
                        whole = np.floor(service[i] / step + 1e-12)
                        row[i] = min(need, whole + min(1.0, (service[i] / step - whole) / share))
                        value += row[i] * mean[i, t]
                        size += row[i] * row[i]
                    else:
                        row[i] = 0.0
                broken = (need - value) / np.sqrt(size) if size > 0 else 0.0
                if broken > most:
                    most = broken
                    scale = np.sqrt(np.sum(np.minimum(service, demand[t]) ** 2) / size)
                    found[t], least[t] = True, need * scale
                    for i in range(m):
                        factor[t, i] = row[i] * scale


@compiled
def add_worth(zone, slot, pointer, factor, inside, first, price, worth):
    """Add what each device's being on gives to the rows at their prices, to `worth[device, slot]`."""
    for r in range(len(price)):
        if price[r] > 0.0:
            at, begin, t = first[zone[r]], pointer[r], slot[r]
            for k in range(pointer[r + 1] - begin):
                worth[inside[at + k], t] += price[r] * factor[begin + k]


@compiled
def row_sums(zone, slot, pointer, factor, inside, first, on, total):
    """Fill the left sides of the rows; `on` may be fractions."""
    for r in range(len(total)):
        at, begin, t = first[zone[r]], pointer[r], slot[r]
        total[r] = 0.0
        for k in range(pointer[r + 1] - begin):
            total[r] += factor[begin + k] * on[inside[at + k], t]
