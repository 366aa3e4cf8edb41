"""Nights that are killed by SIGKILL.

python -m tests.operations.night_killing FOLDER: a process of its own, without threads, from which nights are forked.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event

from yuanli.bootstrap import House, build_house
from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.operations import Night, NightlyForecasts, NightParams
from yuanli.settings import load_settings
from yuanli.storage import SqlForecastStore

NOW = datetime(2026, 5, 29, 1, 20, tzinfo=UTC)
ROW = CampusId("row")
POINTS = tuple(PointId(FeatureId(f"p{number}")) for number in range(6))
BATCH = 2


def open_row(folder: Path) -> tuple[House, NightlyForecasts]:
    """Open the house of a folder, and what makes its nights in batches of two points, without trees."""
    house = build_house(load_settings(data_dir=folder), now=lambda: NOW)
    nightly = NightlyForecasts(
        house.readings, house.places, SqlForecastStore(house.database), energy=house.energy, twin=house.twin,
        outlooks=house.outlooks,
        clock=house.now, params=NightParams(batch=BATCH, tree_rows=1),
    )  # fmt: skip
    return house, nightly


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_after_a_batch(folder: Path) -> None:
    """Make a night that is killed when its first points are kept."""

    def told(night: Night) -> None:
        if night.kept >= BATCH:
            die()

    open_row(folder)[1].renew(ROW, told=told)


def killed_while_keeping(folder: Path) -> None:
    """Go on with a night that is killed when a batch is written, and not yet committed."""
    house, nightly = open_row(folder)

    def executed(_1: object, _2: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO forecast ("):
            die()

    event.listen(house.database.engine, "after_cursor_execute", executed)
    nightly.renew(ROW)


def main() -> None:
    """Kill two nights of a folder, each in a process of its own; tell by which signals they ended."""
    folder = Path(sys.argv[1])
    for work in (killed_after_a_batch, killed_while_keeping):
        child = os.fork()
        if not child:
            work(folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status), flush=True)


if __name__ == "__main__":
    main()
