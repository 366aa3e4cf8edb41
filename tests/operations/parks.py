"""A house with the demo park in it, on a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from yuanli.bootstrap import House, build_house
from yuanli.campus import CampusId
from yuanli.settings import load_settings

PARK = CampusId("demo")
MONDAY_MORNING = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


class MovableClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def demo_house(data_dir: Path, now: Callable[[], datetime] = lambda: MONDAY_MORNING) -> House:
    """Open a house in a folder of its own, with the demo park."""
    house = build_house(load_settings(data_dir=data_dir), now=now)
    house.ensure_demo()
    return house
