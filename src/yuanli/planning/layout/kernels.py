"""Compiled steps of robust tabu search for quadratic assignment."""

from __future__ import annotations

import numba
import numpy as np

from yuanli.planning.layout.core import NOBODY

INF = np.inf
FAST = {"nnan", "nsz", "reassoc"}


@numba.njit(cache=True, nogil=True, inline="always")
def _random(state):  # type: ignore[no-untyped-def]
    """Return a number in [0, 1) (xorshift64*; Vigna 2016, doi:10.1145/2845077)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.float64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) / 9007199254740992.0


@numba.njit(cache=True, nogil=True)
def _swap(r, s, a, b, m, n, symmetric, x, y, v, w):  # type: ignore[no-untyped-def]
    """Swap units r and s: bring the sums m = a bᵀ and n = aᵀ b up to date, and b itself.

    Afterwards `x, y` and `v, w` are what changes the delta of each pair that the swap does not touch.
    """
    size = len(a)
    for k in range(size):
        x[k] = a[k, r] - a[k, s]
        y[k] = b[k, s] - b[k, r]
    y[r] = y[s] = 0.0
    b_rs, b_sr = b[r, s], b[s, r]
    for u in range(size):
        xu = x[u]
        m_r, m_s = m[u, r], m[u, s]
        if xu != 0.0:
            for k in range(size):
                m[u, k] += xu * y[k]
        m[u, r] = m_s - xu * b_sr
        m[u, s] = m_r + xu * b_rs
    if not symmetric:
        for k in range(size):
            v[k] = a[r, k] - a[s, k]
            w[k] = b[s, k] - b[r, k]
        w[r] = w[s] = 0.0
        for u in range(size):
            vu = v[u]
            n_r, n_s = n[u, r], n[u, s]
            if vu != 0.0:
                for k in range(size):
                    n[u, k] += vu * w[k]
            n[u, r] = n_s - vu * b_rs
            n[u, s] = n_r + vu * b_sr
    for k in range(size):
        b[r, k], b[s, k] = b[s, k], b[r, k]
    for k in range(size):
        b[k, r], b[k, s] = b[k, s], b[k, r]


@numba.njit(cache=True, nogil=True, inline="always")
def _delta(u, v, a, b, m, n, symmetric, costs):  # type: ignore[no-untyped-def]
    """Return what swapping units u and v changes; `costs` has the column of each unit's place."""
    moved = costs[u, v] + costs[v, u] - costs[u, u] - costs[v, v]
    around = m[u, v] + m[v, u] - m[u, u] - m[v, v]
    if symmetric:
        return moved + 2.0 * around + 4.0 * a[u, v] * b[u, v]
    around += n[u, v] + n[v, u] - n[u, u] - n[v, v]
    return moved + around + (a[u, v] + a[v, u]) * (b[u, v] + b[v, u])


@numba.njit(cache=True, nogil=True)
def _toll(u, v, places, may, home):  # type: ignore[no-untyped-def]
    """Return how many more units would be away from home after swapping u and v; infinite where they may not."""
    pu, pv = places[u], places[v]
    if not (may[u, pv] and may[v, pu]) or (home[u] == NOBODY and home[v] == NOBODY):
        return INF
    away = np.float64(home[u] >= 0 and pv != home[u]) + np.float64(home[v] >= 0 and pu != home[v])
    return away - np.float64(home[u] >= 0 and pu != home[u]) - np.float64(home[v] >= 0 and pv != home[v])


@numba.njit(cache=True, nogil=True)
def fill_tolls(tolls, places, may, home):  # type: ignore[no-untyped-def]
    """Fill in the toll of every swap."""
    for u in range(len(places)):
        for v in range(u + 1, len(places)):
            tolls[u, v] = _toll(u, v, places, may, home)


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _refresh(deltas, xu, x, yu, y):  # type: ignore[no-untyped-def]
    """Bring the deltas of a unit with later ones up to date."""
    for k in range(len(deltas)):
        deltas[k] -= (xu - x[k]) * (yu - y[k])


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _lowest(deltas, until, until_t, tolls, slack, now, gain):  # type: ignore[no-untyped-def]
    """Return the least delta of swaps of a unit with later ones that may be made."""
    low = INF
    for k in range(len(deltas)):
        free = (until[k] < now) | (until_t[k] < now) | (deltas[k] < gain)
        low = min(low, deltas[k] if free & (tolls[k] <= slack) else INF)
    return low


@numba.njit(cache=True, nogil=True)
def _choose(deltas, until, until_t, tolls, slack, now, gain):  # type: ignore[no-untyped-def]
    """Return the best swap that is not tabu, or better than the record."""
    r, s, least = -1, -1, INF
    for u in range(len(deltas) - 1):
        k = u + 1
        low = _lowest(deltas[u, k:], until[u, k:], until_t[u, k:], tolls[u, k:], slack, now, gain)
        if low < least:
            least, r = low, u
    if r >= 0:
        for k in range(r + 1, len(deltas)):
            free = until[r, k] < now or until_t[r, k] < now or least < gain
            if deltas[r, k] == least and free and tolls[r, k] <= slack:
                s = k
                break
    return r, s


@numba.njit(cache=True, nogil=True)
def walk(  # type: ignore[no-untyped-def]
    steps, a, b, m, n, symmetric, costs, places, may, home, deltas, until, until_t, tolls, numbers, best, state,
    low_tenure, span_tenure,
):  # fmt: skip
    """Make steps of robust tabu search (Taillard 1991, doi:10.1016/S0167-8191(05)80147-4).

    The delta of a pair that a swap does not touch is brought up to date in O(1); those of the swapped units are
    read from the sums m and n, kept in O(1) an entry too.

    Parameters
    ----------
    b, costs
        Columns, and rows of b, in the order of the units' places.
    until, until_t
        Up to which step a unit (row) may not return to the place of another (column), and its transpose.
    numbers
        The step, the cost, the least cost and the slack of tolls.
    """
    size = len(places)
    x, y, v, w = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for _ in range(steps):
        numbers[0] += 1.0
        now = numbers[0]
        gain = numbers[2] - numbers[1] - 1e-9 * max(1.0, abs(numbers[2]))
        r, s = _choose(deltas, until, until_t, tolls, numbers[3], now, gain)
        if r < 0:
            continue
        numbers[1] += deltas[r, s]
        numbers[3] -= tolls[r, s]
        _swap(r, s, a, b, m, n, symmetric, x, y, v, w)
        for k in range(size):
            costs[k, r], costs[k, s] = costs[k, s], costs[k, r]
            until[k, r], until[k, s] = until[k, s], until[k, r]
            until_t[r, k], until_t[s, k] = until_t[s, k], until_t[r, k]
        places[r], places[s] = places[s], places[r]
        one, other = _random(state), _random(state)
        until[r, s] = until_t[s, r] = now + low_tenure + span_tenure * one
        until[s, r] = until_t[r, s] = now + low_tenure + span_tenure * other
        if symmetric:
            x *= 2.0
        for u in range(size - 1):
            k = u + 1
            _refresh(deltas[u, k:], x[u], x[k:], y[u], y[k:])
            if not symmetric:
                _refresh(deltas[u, k:], v[u], v[k:], w[u], w[k:])
        for k in range(size):
            for u in (r, s):
                if k != u:
                    i, j = min(u, k), max(u, k)
                    deltas[i, j] = _delta(i, j, a, b, m, n, symmetric, costs)
                    tolls[i, j] = _toll(i, j, places, may, home)
        if numbers[1] < numbers[2] - 1e-9 * max(1.0, abs(numbers[2])):
            numbers[2] = numbers[1]
            best[:] = places
