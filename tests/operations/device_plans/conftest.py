"""A house whose fans obey a gateway in memory, and that solves what waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.device_plans.fans import Deadly, campus_with_fans
from tests.solving import solver_of

from yuanli.bootstrap import House
from yuanli.campus import Imported


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bus() -> Deadly:
    return Deadly()


@pytest.fixture
def house(tmp_path: Path, clock: Clock, bus: Deadly) -> Iterator[House]:
    opened = small_house(tmp_path, clock)
    opened.places.add(Imported(campus=campus_with_fans()), who="test", why="fans", replace=True)
    opened.device_gateways.add("bus", bus, campus_id=CAMPUS)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def solving(house: House) -> Iterator[None]:
    with solver_of(house):
        yield
