"""Queues simulated, with the error of the estimate: for stays and services that no formula covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.random import Generator

from yuanli.planning.documents import Floats
from yuanli.planning.sizes.queues import MOST_SERVERS, checked

BATCHES = 20
WARM_UP = 0.1
Times = Callable[[Generator, int], Floats]
"""Draws so many times, in s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over the run and its standard error, by means of 20 batches, the first tenth of the run left out."""

    mean: float
    error: float


def simulate_waiting(
    arrivals_per_h: float, service: Times, servers: int, *, arrivals: int, rng: Generator
) -> Estimate:
    """Return the mean wait in s where people arrive at random and queue for the first free server."""
    gaps, services = _drawn(arrivals_per_h, service, servers, arrivals, rng)
    free = [0.0] * servers
    waits, now = np.empty(arrivals), 0.0
    for i, (gap, service_s) in enumerate(zip(gaps.tolist(), services.tolist(), strict=True)):
        now += gap
        begins = max(now, heappop(free))
        waits[i] = begins - now
        heappush(free, begins + service_s)
    return _estimate(waits)


def simulate_loss(
    arrivals_per_h: float, stay: Times, places: int, *, arrivals: int, rng: Generator
) -> Estimate:
    """Return the share that finds all places taken and leaves."""
    gaps, stays = _drawn(arrivals_per_h, stay, places, arrivals, rng)
    until: list[float] = []
    lost, now = np.zeros(arrivals), 0.0
    for i, (gap, stay_s) in enumerate(zip(gaps.tolist(), stays.tolist(), strict=True)):
        now += gap
        while until and until[0] <= now:
            heappop(until)
        if len(until) == places:
            lost[i] = 1.0
        else:
            heappush(until, now + stay_s)
    return _estimate(lost)


def _drawn(
    arrivals_per_h: float, times: Times, servers: int, arrivals: int, rng: Generator
) -> tuple[Floats, Floats]:
    checked("arrivals_per_h", arrivals_per_h, least=1e-6)
    checked("servers", servers, least=1, most=MOST_SERVERS)
    checked("arrivals", arrivals, least=1_000, most=10_000_000)
    return rng.exponential(3600.0 / arrivals_per_h, arrivals), times(rng, arrivals)


def _estimate(values: Floats) -> Estimate:
    kept = values[int(WARM_UP * len(values)) :]
    means = np.array([batch.mean() for batch in np.array_split(kept, BATCHES)])
    return Estimate(mean=float(kept.mean()), error=float(means.std(ddof=1) / np.sqrt(BATCHES)))
