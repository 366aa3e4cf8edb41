"""Cells of a plan's rows as people say them, where the bare value is a count of seconds or slots."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from yuanli.scheduling import DevicesProblem, RoundsProblem

DAY_S = 86_400
RUN = re.compile(r"(\d+)-(\d+)")
Said = Callable[[str, Any], Any]


def cells_of(problem: object) -> Said:
    """Return how the value of a column is said; other values stay as they are."""
    if isinstance(problem, RoundsProblem) and problem.clock:
        return lambda column, value: (
            _clock(value) if column in ("begin", "end") and value is not None else value
        )
    if isinstance(problem, DevicesProblem):
        begins = problem.begins_at or datetime(2000, 1, 1)

        def at(slot: int) -> str:
            if problem.begins_at is None and slot * problem.slot_h == 24:
                return "24:00"
            return f"{begins + timedelta(hours=slot * problem.slot_h):%H:%M}"

        def said(column: str, value: Any) -> Any:
            if column != "on" or not isinstance(value, str):
                return value
            return ", ".join(f"{at(int(a))}–{at(int(b) + 1)}" for a, b in RUN.findall(value))

        return said
    return lambda _, value: value


def _clock(seconds: float) -> str:
    days, rest = divmod(int(seconds), DAY_S)
    return f"{rest // 3600:02}:{rest % 3600 // 60:02}" + (f" +{days}" if days else "")
