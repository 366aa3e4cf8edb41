"""Chance that can be asked at any place: numbers from a hash of what they are for, never from a state."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Streams = NDArray[np.uint64]

GOLDEN, ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def stream(*names: object) -> np.uint64:
    """Return the number of a stream of chance by what it is for."""
    text = "/".join(map(str, names)).encode()
    return np.uint64(crc32(text)) << np.uint64(32) | np.uint64(crc32(text[::-1]))


def streams(*names: object, of: list[str]) -> Streams:
    """Return streams as a column, one for each thing: shape `(n, 1)`."""
    return np.array([stream(*names, one) for one in of], np.uint64).reshape(-1, 1)


def draw(which: np.uint64 | Streams, index: NDArray[np.int64] | int) -> Floats:
    """Return numbers in [0, 1), by SplitMix64 (Steele et al. 2014, doi:10.1145/2714064.2660195)."""
    with np.errstate(over="ignore"):
        z = np.asarray(which, np.uint64) * ODD + np.asarray(index, np.int64).astype(np.uint64) * GOLDEN
        z = (z ^ (z >> np.uint64(30))) * MIX_1
        z = (z ^ (z >> np.uint64(27))) * MIX_2
        return np.asarray((z ^ (z >> np.uint64(31))) >> np.uint64(11), np.float64) / 2.0**53


def bell(which: np.uint64 | Streams, index: NDArray[np.int64] | int) -> Floats:
    """Return numbers with mean 0 and standard deviation 1, within ±3.5: the sum of four draws."""
    keys = np.atleast_1d(np.asarray(which, np.uint64))
    total = sum(draw(keys + np.uint64(k * 7919), index) for k in range(4))
    return np.asarray((total - 2.0) * 3.0**0.5)


def smooth(which: np.uint64 | Streams, at_s: Floats, period_s: float) -> Floats:
    """Return noise that wanders within ±1: draws one period apart, joined by smooth steps."""
    place = at_s / period_s
    index = np.floor(place).astype(np.int64)
    share = step(place - index)
    left, right = draw(which, index), draw(which, index + 1)
    return np.asarray(2.0 * (left + (right - left) * share) - 1.0)


def step(x: Floats) -> Floats:
    """Return a smooth step from 0 at x ≤ 0 to 1 at x ≥ 1."""
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * x * (x * (6.0 * x - 15.0) + 10.0))


def slope(x: Floats) -> Floats:
    """Return the derivative of `step`."""
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(30.0 * x * x * (1.0 - x) * (1.0 - x))
