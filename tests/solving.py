"""Problems that are solved beside a test, as a server solves them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from fastapi.testclient import TestClient

from yuanli.bootstrap import House

LONGEST_S = 300.0
"""The first search compiles."""


@contextmanager
def solver_of(house: House) -> Iterator[None]:
    """Solve what is asked of a house until the block ends."""
    closing = Event()
    thread = Thread(target=house.solving.run, args=(closing,))
    thread.start()
    try:
        yield
    finally:
        closing.set()
        thread.join(10)


def plan_at(client: TestClient, path: str) -> dict[str, Any]:
    """Return a problem with its plan, when that is there."""
    deadline = time.monotonic() + LONGEST_S
    while (job := client.get(path).json())["summary"]["ended_at"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert job["plan"] is not None, job
    found: dict[str, Any] = job
    return found
