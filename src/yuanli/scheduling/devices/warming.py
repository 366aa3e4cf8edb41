"""Temperatures of zones, and the cheapest states of a few devices that keep them comfortable; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.devices.kernels import FAR, compiled

BINS = 48
LEAST_STEP_C = 0.04
MARGIN_C = 1.0
MOST_LABELS = 4_000_000


class Air(NamedTuple):
    """The climates of zones as arrays; `warm` says which zones have one.

    A temperature becomes `keep · before + drive + gain · heat of the devices`. What is outside the band costs
    `soft` per °C and slot where that is not negative, else `effort` times the price of what lacks: the kW in a slot
    that change it by 1 °C.
    """

    heat: NDArray[np.float64]
    warm: NDArray[np.uint8]
    keep: NDArray[np.float64]
    gain: NDArray[np.float64]
    before: NDArray[np.float64]
    drive: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    soft: NDArray[np.float64]
    effort: NDArray[np.float64]


@compiled
def outside(air, z, t, temp):
    """Return by how many °C a temperature is outside the band of zone z."""
    return max(0.0, air.low[z, t] - temp, temp - air.high[z, t])


@compiled
def warmth(air, z, heat, out):
    """Fill the temperatures of zone z after each slot, under the heat of its devices by zone and slot."""
    temp = air.before[z]
    for t in range(len(out)):
        temp = air.keep[z] * temp + air.drive[z, t] + air.gain[z] * heat[z, t]
        out[t] = temp


@compiled
def discomfort(air, z, heat, short):
    """Return what the temperatures of a zone cost, or break at the price `short`."""
    temp, total = air.before[z], 0.0
    price = air.soft[z] if air.soft[z] >= 0.0 else air.effort[z] * short
    for t in range(heat.shape[1]):
        temp = air.keep[z] * temp + air.drive[z, t] + air.gain[z] * heat[z, t]
        total += price * outside(air, z, t, temp)
    return total


@compiled
def _range(air, z, drive, gives, width):
    """Return the temperatures between which it can come to be, not much outside the band."""
    least, most = 0.0, 0.0
    for d in range(width):
        least, most = least + min(0.0, gives[d]), most + max(0.0, gives[d])
    cold, hot = air.before[z], air.before[z]
    low, high = cold, hot
    floor, top = FAR, -FAR
    for t in range(len(drive)):
        cold, hot = air.keep[z] * cold + drive[t] + least, air.keep[z] * hot + drive[t] + most
        low, high = min(low, cold), max(high, hot)
        floor, top = min(floor, air.low[z, t]), max(top, air.high[z, t])
    low = max(low, floor - MARGIN_C)
    high = min(high, top + MARGIN_C)
    return low, max(high, low + LEAST_STEP_C)


@compiled
def _next(s, up, down, change):
    """Return the state after s of a device, or the one after a change; −1 where it can't change yet."""
    if s < up:
        if change:
            return up if s == up - 1 and down > 0 else -1
        return min(s + 1, up - 1)
    if change:
        return 0 if s == up + down - 1 else -1
    return min(s + 1, up + down - 1)


@compiled
def cheapest_warm(slot, change, steady, up, down, was_on, width, air, z, group, heat, on, short, out):
    """Find cheap states of up to three devices of a zone with a climate; return their cost, discomfort included.

    As `cheapest_together`, over temperatures too: of all ways to the same states and nearly the same temperature only
    the cheapest goes on, with its exact temperature. So what is found is exact in itself, but not surely the best.
    """
    n = slot.shape[0]
    n0, n1, n2 = up[0] + down[0], up[1] + down[1], up[2] + down[2]
    total = n0 * n1 * n2
    gives, drive = np.zeros(3), np.empty(n)
    for d in range(width):
        gives[d] = air.gain[z] * air.heat[group[d]]
    for t in range(n):
        rest = heat[z, t]
        for d in range(width):
            rest -= air.heat[group[d]] * on[group[d], t]
        drive[t] = air.drive[z, t] + air.gain[z] * rest
    low, high = _range(air, z, drive, gives, width)
    bins = int(min(BINS, max(1.0, np.ceil((high - low) / LEAST_STEP_C))))
    bins = max(4, min(bins, MOST_LABELS // (n * total)))
    step = (high - low) / bins
    price = air.soft[z] if air.soft[z] >= 0.0 else air.effort[z] * short
    value, temps = np.full((2, total * bins), FAR), np.zeros((2, total * bins))
    how = np.empty((n, total * bins), np.int32)
    first = 0
    for d in range(3):
        own = 0
        if d < width:
            own = up[d] - 1 if was_on[d] else up[d] + down[d] - 1
        first = first * (up[d] + down[d]) + own
    value[0, first * bins], temps[0, first * bins] = 0.0, air.before[z]
    nexts = np.empty((total, 8), np.int64)
    bits = np.empty((total, 8), np.int64)
    own_bits = np.empty(total, np.int64)
    _graph(up, down, width, nexts, bits, own_bits)
    choices = 1 << width
    now = 0
    for t in range(n):
        ct = 0 if steady else t
        then = 1 - now
        value[then, :] = FAR
        for s in range(total):
            for k in range(bins):
                at = s * bins + k
                cost = value[now, at]
                if cost >= FAR:
                    continue
                for c in range(choices):
                    after = nexts[s, c]
                    if after < 0:
                        continue
                    b = bits[s, c]
                    if slot[t, b] >= FAR:
                        continue
                    temp = air.keep[z] * temps[now, at] + drive[t]
                    for d in range(width):
                        if b >> d & 1:
                            temp += gives[d]
                    there = cost + slot[t, b] + change[ct, own_bits[s], b] + price * outside(air, z, t, temp)
                    place = after * bins + min(bins - 1, max(0, int((temp - low) / step)))
                    if there < value[then, place]:
                        value[then, place], temps[then, place] = there, temp
                        how[t, place] = at
        now = then
    best, at = FAR, 0
    for place in range(total * bins):
        if value[now, place] < best:
            best, at = value[now, place], place
    if best >= FAR:
        return FAR
    for t in range(n - 1, -1, -1):
        b = own_bits[at // bins]
        for d in range(width):
            out[d, t] = b >> d & 1
        at = how[t, at]
    return best


@compiled
def _graph(up, down, width, nexts, bits, own_bits):
    """Fill the joint state after each choice of changes, which devices are on there, and which are on now."""
    total = len(own_bits)
    n1, n2 = up[1] + down[1], up[2] + down[2]
    for s in range(total):
        own_bits[s] = 0
        parts = (s // (n1 * n2), s // n2 % n1, s % n2)
        for d in range(width):
            if parts[d] < up[d]:
                own_bits[s] += 1 << d
        for c in range(1 << width):
            after, b = 0, 0
            for d in range(3):
                one = 0
                if d < width:
                    one = _next(parts[d], up[d], down[d], (c >> d & 1) != 0)
                    if one < 0:
                        after = -1
                        break
                    if one < up[d]:
                        b += 1 << d
                after = after * (up[d] + down[d]) + one
            nexts[s, c] = after
            bits[s, c] = b
