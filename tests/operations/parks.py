"""A house with the demo park in it, on a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from yuanli.bootstrap import House, build_house
from yuanli.campus import CampusId
from yuanli.settings import load_settings

PARK = CampusId("demo")
MONDAY_MORNING = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


def demo_house(data_dir: Path) -> House:
    """Open a house in a folder of its own, with the demo park."""
    house = build_house(load_settings(data_dir=data_dir), now=lambda: MONDAY_MORNING)
    house.ensure_demo()
    return house
