"""Coroutines in tests: the browser's driver keeps a loop running in the main thread, where a second one can't."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
LONGEST_S = 120.0


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread of its own; one that does not end is cancelled and fails."""

    async def timed() -> T:
        async with asyncio.timeout(LONGEST_S):
            return await work

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, timed()).result()
