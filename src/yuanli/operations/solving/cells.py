"""Cells of a plan's rows as people say them, where the bare value is a count of seconds or slots."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from yuanli.errors import Text
from yuanli.scheduling import DevicesProblem, RoomsProblem, RoundsProblem

DAY_S = 86_400
RUN = re.compile(r"(\d+)-(\d+)")
BREAK = re.compile(r"(.+)/break \d+")
Said = Callable[[str, Any], Any]


def cells_of(problem: object, zone: tzinfo) -> Said:
    """Return how the value of a column is said, by the clock of a zone; other values stay as they are."""
    match problem:
        case RoundsProblem():
            return partial(_of_rounds, problem)
        case RoomsProblem():
            return partial(_of_rooms, problem)
        case DevicesProblem():
            return partial(_of_devices, problem, zone)
    return lambda _, value: value


def _of_rounds(problem: RoundsProblem, column: str, value: Any) -> Any:
    if column == "stop" and (rest := BREAK.fullmatch(str(value))):
        return Text(f"休息（{rest[1]}）", f"Break of {rest[1]}")
    return _clock(value) if problem.clock and column in ("begin", "end") and value is not None else value


def _of_rooms(problem: RoomsProblem, column: str, value: Any) -> Any:
    if column in ("days", "weeks") and isinstance(value, list | tuple):
        return [one + 1 for one in value]
    if (
        column not in ("start", "length")
        or value is None
        or problem.periods * problem.period_min != DAY_S // 60
    ):
        return value
    minutes = round(value * problem.period_min)
    return f"{minutes // 60:02}:{minutes % 60:02}" if column == "start" else f"{minutes} min"


def _of_devices(problem: DevicesProblem, zone: tzinfo, column: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    begins = datetime(2000, 1, 1) if problem.begins_at is None else problem.begins_at.astimezone(zone)

    def at(slot: int) -> str:
        clock = f"{begins + timedelta(hours=slot * problem.slot_h):%H:%M}"
        return "24:00" if slot == problem.slots and clock == "00:00" else clock

    if column == "on":
        return ", ".join(f"{at(int(a))}–{at(int(b) + 1)}" for a, b in RUN.findall(value))
    if column == "flows" and value:
        flows = [problem.slot_h * float(one) for one in value.split()]
        taken, given = sum(max(x, 0.0) for x in flows), sum(max(-x, 0.0) for x in flows)
        return f"+{taken:,.1f} / -{given:,.1f}"
    return value


def _clock(seconds: float) -> str:
    days, rest = divmod(int(seconds), DAY_S)
    return f"{rest // 3600:02}:{rest % 3600 // 60:02}" + (f" +{days}" if days else "")
