"""Ending tasks that talk to devices by libraries which may miss that they are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_S = 3.0


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, again while one goes on, until all have ended; what they raise is left out.

    `asyncio.wait_for` of Python 3.11 forgets a cancel that comes just as what it waits for is done
    (https://github.com/python/cpython/issues/86296).
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        done, going = await asyncio.wait(going, timeout=AGAIN_S)
        await asyncio.gather(*done, return_exceptions=True)
