"""Exact least-cost states of one to three devices, compiled; the rest of the package calls nothing else that is."""

from __future__ import annotations

import numba
import numpy as np

FAR = 1e30
compiled = numba.njit(nogil=True, cache=True, fastmath=False)


@compiled
def add_by_zone(zone, weights, on, total):
    """Add weighted states of devices to the sums of their zones, `total[zone, slot]`; `on` may be fractions."""
    for i in range(len(on)):
        weight = weights[i]
        if weight != 0.0:
            row, sums = on[i], total[zone[i]]
            for t in range(len(row)):
                sums[t] += weight * row[t]


@compiled
def draw(state, n):
    """Return a number from 0 to n − 1 (xorshift64*; Marsaglia 2003, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % n


@compiled
def cheapest_states(
    w, may_on, may_off, up, down, start, stop, was_on, on_best, off_best, on_run, off_run, out
):
    """Find the cheapest states of a device in O(T), by its value after runs of least length; return their cost.

    `w[t]` is what being on at t costs, `start[t]` and `stop[t]` what changing at t does. A minimum time left over from
    before is in `may_on` and `may_off`. The work arrays hold T + 1 values.
    """
    n = len(w)
    on_best[0] = 0.0 if was_on else FAR
    off_best[0] = FAR if was_on else 0.0
    bad_on, bad_off = -1, -1
    run = 0.0
    for t in range(n):
        run += w[t]
        if t >= up:
            run -= w[t - up]
        if not may_on[t]:
            bad_on = t
        if not may_off[t]:
            bad_off = t
        best, how = FAR, 0
        if may_on[t]:
            best = on_best[t] + w[t]
            s = t - up + 1
            if s >= 0 and bad_on < s:
                other = off_best[s] + start[s] + run
                if other < best:
                    best, how = other, up
        on_best[t + 1] = min(best, FAR)
        on_run[t + 1] = how
        best, how = FAR, 0
        if may_off[t]:
            best = off_best[t]
            s = t - down + 1
            if s >= 0 and bad_off < s:
                other = on_best[s] + stop[s]
                if other < best:
                    best, how = other, down
        off_best[t + 1] = min(best, FAR)
        off_run[t + 1] = how
    best, t, on = on_best[n], n, True
    if off_best[n] < best:
        best, on = off_best[n], False
    tail = 0.0
    for s in range(n - 1, max(-1, n - up), -1):
        tail += w[s]
        if bad_on < s and off_best[s] + start[s] + tail < best:
            best, t, on = off_best[s] + start[s] + tail, s, False
    for s in range(n - 1, max(-1, n - down), -1):
        if bad_off < s and on_best[s] + stop[s] < best:
            best, t, on = on_best[s] + stop[s], s, True
    for s in range(t, n):
        out[s] = 0 if on else 1
    while t > 0:
        length = on_run[t] if on else off_run[t]
        for s in range(t - max(length, 1), t):
            out[s] = 1 if on else 0
        t -= max(length, 1)
        if length > 0:
            on = not on
    return best


@compiled
def _steady(start, stop):
    return not (np.any(start) or np.any(stop))


@compiled
def _cheapest_slots(w, may_on, may_off, count, out):
    cost, left = 0.0, count
    for t in range(len(w)):
        out[t] = 0
        if not may_off[t]:
            if not may_on[t]:
                return FAR
            out[t] = 1
            cost += w[t]
            left -= 1
    if left < 0:
        return FAR
    for t in np.argsort(w, kind="mergesort"):
        if left == 0:
            return cost
        if may_on[t] and out[t] == 0:
            out[t] = 1
            cost += w[t]
            left -= 1
    return cost if left == 0 else FAR


@compiled
def cheapest_task(
    w, may_on, may_off, up, down, start, stop, was_on, count, on_best, off_best, on_run, off_run, out
):
    """Find the cheapest states with exactly `count` slots on, in O(T · count); else as `cheapest_states`.

    The work arrays hold (T + 1, count + 1) values. Where neither runs nor changes count, slots are only sorted.
    """
    n = len(w)
    if up <= 1 and down <= 1 and _steady(start, stop):
        return _cheapest_slots(w, may_on, may_off, count, out)
    first, last = n, -1
    for t in range(n):
        out[t] = 0
        if may_on[t]:
            first, last = min(first, t), t
    for t in range(n):
        if not may_off[t] and (t < first or t > last):
            return FAR
    if was_on:
        first = 0
    if last < 0:
        return 0.0 if count == 0 else FAR
    for k in range(count + 1):
        on_best[first, k] = FAR
        off_best[first, k] = FAR
    if was_on:
        on_best[first, 0] = 0.0
    else:
        off_best[first, 0] = 0.0
    bad_on, bad_off = first - 1, first - 1
    run = 0.0
    for t in range(first, last + 1):
        run += w[t]
        if t - up >= first:
            run -= w[t - up]
        if not may_on[t]:
            bad_on = t
        if not may_off[t]:
            bad_off = t
        s_on, s_off = t - up + 1, t - down + 1
        for k in range(count + 1):
            best, how = FAR, 0
            if may_on[t]:
                if k > 0:
                    best = on_best[t, k - 1] + w[t]
                if s_on >= first and bad_on < s_on and k >= up:
                    other = off_best[s_on, k - up] + start[s_on] + run
                    if other < best:
                        best, how = other, up
            on_best[t + 1, k] = min(best, FAR)
            on_run[t + 1, k] = how
            best, how = FAR, 0
            if may_off[t]:
                best = off_best[t, k]
                if s_off >= first and bad_off < s_off:
                    other = on_best[s_off, k] + stop[s_off]
                    if other < best:
                        best, how = other, down
            off_best[t + 1, k] = min(best, FAR)
            off_run[t + 1, k] = how
    end = last + 1
    best, t, on = off_best[end, count], end, False
    closing = stop[end] if end < n else 0.0
    if on_best[end, count] + closing < best:
        best, on = on_best[end, count] + closing, True
    begun = -1
    if end == n:
        tail = 0.0
        for s in range(n - 1, max(first - 1, n - up), -1):
            tail += w[s]
            k = count - (n - s)
            if k >= 0 and bad_on < s and off_best[s, k] + start[s] + tail < best:
                best, t, on, begun = off_best[s, k] + start[s] + tail, s, False, s
    for s in range(end - 1, first - 1, -1):
        if bad_off < s and on_best[s, count] + stop[s] < best:
            best, t, on, begun = on_best[s, count] + stop[s], s, True, -1
    if best >= FAR:
        return FAR
    k = count
    if begun >= 0:
        for s in range(begun, n):
            out[s] = 1
        k -= n - begun
    while t > first:
        length = on_run[t, k] if on else off_run[t, k]
        span = max(length, 1)
        if on:
            for s in range(t - span, t):
                out[s] = 1
            k -= span
        t -= span
        if length > 0:
            on = not on
    return best


@compiled
def _chain(up, down, size, before):
    """Fill the states a device can come from: on for 1 … up slots, then off for 1 … down; the last of each lasts."""
    for s in range(up + down):
        own = up if s < up else down
        at = s if s < up else s - up
        other_free = up + down - 1 if s < up else up - 1
        size[s] = 1
        before[s, 0] = other_free if at == 0 else s - 1
        if at == own - 1:
            size[s] = 2
            before[s, 1] = s


@compiled
def cheapest_together(slot, change, steady, up, down, was_on, width, value, past, how, sizes, befores, out):
    """Find the cheapest states of up to three devices together; return their cost, or FAR.

    `slot[t, b]` is the cost of the states in the bits of b at t; `change[t, a, b]` of going from a to b, the same
    for all
    t where `steady`. `up` and `down` are 1 and 0 for a device that is not there.
    """
    n = slot.shape[0]
    n0, n1, n2 = up[0] + down[0], up[1] + down[1], up[2] + down[2]
    for d in range(3):
        if d < width:
            _chain(up[d], down[d], sizes[d], befores[d])
        else:
            sizes[d, 0], befores[d, 0, 0] = 1, 0
    total = n0 * n1 * n2
    for s in range(total):
        past[s] = FAR
    at = 0
    for d in range(3):
        own = 0
        if d < width:
            own = up[d] - 1 if was_on[d] else up[d] + down[d] - 1
        at = at * (up[d] + down[d]) + own
    past[at] = 0.0
    for t in range(n):
        ct = 0 if steady else t
        s = 0
        for s0 in range(n0):
            b0 = 1 if s0 < up[0] else 0
            for s1 in range(n1):
                b1 = b0 + (2 if width > 1 and s1 < up[1] else 0)
                for s2 in range(n2):
                    b = b1 + (4 if width > 2 and s2 < up[2] else 0)
                    best, pick = FAR, 0
                    here = slot[t, b]
                    if here < FAR:
                        for i0 in range(sizes[0, s0]):
                            p0 = befores[0, s0, i0]
                            a0 = 1 if p0 < up[0] else 0
                            for i1 in range(sizes[1, s1]):
                                p1 = befores[1, s1, i1]
                                a1 = a0 + (2 if width > 1 and p1 < up[1] else 0)
                                for i2 in range(sizes[2, s2]):
                                    p2 = befores[2, s2, i2]
                                    a = a1 + (4 if width > 2 and p2 < up[2] else 0)
                                    cost = past[(p0 * n1 + p1) * n2 + p2] + change[ct, a, b]
                                    if cost < best:
                                        best, pick = cost, i0 + 2 * i1 + 4 * i2
                        best += here
                    value[s] = min(best, FAR)
                    how[t, s] = pick
                    s += 1
        for s in range(total):
            past[s] = value[s]
    best, at = FAR, 0
    for s in range(total):
        if past[s] < best:
            best, at = past[s], s
    if best >= FAR:
        return FAR
    s0, s1, s2 = at // (n1 * n2), at // n2 % n1, at % n2
    for t in range(n - 1, -1, -1):
        out[0, t] = 1 if s0 < up[0] else 0
        out[1, t] = 1 if width > 1 and s1 < up[1] else 0
        out[2, t] = 1 if width > 2 and s2 < up[2] else 0
        pick = how[t, (s0 * n1 + s1) * n2 + s2]
        s0, s1, s2 = befores[0, s0, pick & 1], befores[1, s1, pick >> 1 & 1], befores[2, s2, pick >> 2 & 1]
    return best
