"""Limits of time that hold on slow machines too: seconds of an ordinary core, as fast as this one is now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ORDINARY_S = 0.05
"""What the fixed work of :func:`slowness` takes on an idle core of a server of 2024."""
WORK = 400_000
BESIDE = 1.5
"""How many times as long it may take where another test has the other core, the caches and the memory too."""


def slowness() -> float:
    """Return how many times slower than an ordinary core this one is now, at least 1."""
    took_s = []
    for _ in range(3):
        began = time.process_time()
        sum(i * i % 7 for i in range(WORK))
        took_s.append(time.process_time() - began)
    return max(1.0, min(took_s) / ORDINARY_S)


@contextmanager
def within(seconds: float, clock: Callable[[], float] = time.process_time) -> Iterator[None]:
    """Assert that a block takes at most that many seconds of an ordinary core that has the machine for itself."""
    began = clock()
    yield
    took = clock() - began
    assert took < seconds or took < seconds * BESIDE * slowness(), (
        f"{took:.2f} s, where {seconds:g} s are allowed"
    )
