"""How long people wait: as a fluid, and one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fluid_queue(arrivals: Floats, capacity: Floats) -> Floats:
    """Return who waits at the end of each slot if people flow like water, shape `(n_slots,)`."""
    waiting, found = 0.0, np.empty(len(arrivals))
    for t, (come, go) in enumerate(zip(arrivals, capacity, strict=True)):
        waiting = max(0.0, waiting + come - go)
        found[t] = waiting
    return found


def simulated_wait(
    arrivals: Floats, capacity: float, *, slot_min: float, rng: np.random.Generator, runs: int = 20
) -> float:
    """Return the mean wait in minutes of people who come at random and are let through one by one.

    Arrivals are Poisson within each slot; each takes `slot_min / capacity`, so that a steady flow is an M/D/1 queue
    (waits by Lindley's recursion, 1952, doi:10.1017/S0305004100027638).
    """
    if capacity <= 0:
        return 0.0 if not arrivals.any() else float("inf")
    service, total, people = slot_min / capacity, 0.0, 0
    for _ in range(runs):
        counts = rng.poisson(arrivals)
        times = (
            np.sort(np.repeat(np.arange(len(arrivals)), counts) + rng.random(int(counts.sum()))) * slot_min
        )
        if not len(times):
            continue
        # the wait is how far the work brought so far is ahead of the clock, at its lowest point so far
        ahead = service * np.arange(len(times)) - times
        waits = ahead - np.minimum.accumulate(ahead)
        total += float(waits.sum())
        people += len(times)
    return total / people if people else 0.0
