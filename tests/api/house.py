"""A small building of two floors, and an installation that serves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.bootstrap import House, build_house
from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    CampusId,
    DataPoint,
    Feature,
    FeatureId,
    Frame,
    Imported,
    Level,
    LevelId,
    Opening,
    OpeningId,
    PointId,
    Unit,
    UnitId,
    by_id,
)
from yuanli.operations import AccountParams, PasswordParams, Role
from yuanli.settings import load_settings
from yuanli.storage import open_database

DATABASE_FILE = "yuanli.db"
CAMPUS = CampusId("small")
FRAME = Frame(120.0, 30.0)
CHEAP = AccountParams(passwords=PasswordParams(time_cost=1, memory_kib=8, parallelism=1))
PASSWORD = "correct horse"
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FLOORS = 2
ROOMS = 4


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def small_campus() -> Campus:
    """Two floors of a corridor with four rooms, a lift at its west end and stairs at its east end."""
    building = BuildingId(FeatureId("block-a"))
    outline = _degrees(shapely.box(-4, 0, 24, 8))
    features: list[Feature] = [
        Building(id=building, name={"zh": "A座", "en": "Block A"}, geometry=outline, category="office")
    ]
    for floor in range(FLOORS):
        level = LevelId(FeatureId(f"level-{floor}"))
        features.append(
            Level(
                id=level,
                ordinal=float(floor),
                name={"zh": f"{floor + 1}层", "en": f"Level {floor + 1}"},
                geometry=outline,
                building_ids=(building,),
            )
        )
        features += _floor(level, floor)
    features.append(
        DataPoint(id=PointId(FeatureId("meter")), brick_class="Electrical_Power_Sensor", unit="kW")
    )
    return Campus(
        id=CAMPUS,
        name={"zh": "小园区", "en": "Small park"},
        features=by_id(features),
        attribution="© the yuanli developers",
    )


def _floor(level: LevelId, floor: int) -> list[Feature]:
    def unit(name: str, box: BaseGeometry, category: str, zh: str, en: str) -> Unit:
        return Unit(
            id=UnitId(FeatureId(f"{name}-{floor}")),
            level_id=level,
            category=category,
            name={"zh": zh, "en": en},
            geometry=_degrees(box),
        )

    def door(name: str, x: float, y: float, *, upright: bool = False) -> Opening:
        ends = [(x, y - 0.5), (x, y + 0.5)] if upright else [(x - 0.5, y), (x + 0.5, y)]
        line = _degrees(shapely.LineString(ends))
        return Opening(id=OpeningId(FeatureId(f"{name}-{floor}")), level_id=level, geometry=line)

    number = 100 * (floor + 1)
    rooms = [
        unit(
            f"room{i}", shapely.box(5 * i, 3, 5 * i + 5, 8), "office", f"{number + i}室", f"Room {number + i}"
        )
        for i in range(ROOMS)
    ]
    return [
        unit("corridor", shapely.box(0, 0, 20, 3), "walkway", "走廊", "Corridor"),
        unit("lift", shapely.box(-4, 0, 0, 3), "elevator", "电梯", "Lift"),
        unit("stairs", shapely.box(20, 0, 24, 3), "stairs", "楼梯", "Stairs"),
        *rooms,
        *(door(f"door{i}", 5 * i + 2.5, 3) for i in range(ROOMS)),
        door("lift-door", 0, 1.5, upright=True),
        door("stairs-door", 20, 1.5, upright=True),
        *([door("entrance", 10, 0)] if floor == 0 else []),
    ]


def _degrees(shape: BaseGeometry) -> BaseGeometry:
    return FRAME.geographic(shape)


def small_house(data_dir: Path, now: Callable[[], datetime], **settings: object) -> House:
    """Open an installation with the small campus and a user of each role."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / DATABASE_FILE).write_bytes(_new_database())
    house = build_house(load_settings(data_dir=data_dir, **settings), now=now, account_params=CHEAP)
    house.places.add(Imported(campus=small_campus()), who="test", why="test")
    for role in (Role.ADMIN, Role.OPERATOR, Role.MEMBER):
        house.accounts.add_user(role.value, PASSWORD, role)
    return house


@cache
def _new_database() -> bytes:
    """Return a database with all migrations applied, which takes longer than the rest of a house."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / DATABASE_FILE
        open_database(f"sqlite:///{path}").close()
        return path.read_bytes()
