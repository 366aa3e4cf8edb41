"""What a month of 500 meters takes: totals, rankings, flows and costs on a store of ten million readings.

python -m benchmarks.energy [--rows 10000000] [--meters 500] [--seed 0]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely

from yuanli.bootstrap import House, build_house
from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    CampusId,
    DataPoint,
    Device,
    DeviceId,
    Feature,
    FeatureId,
    Imported,
    Level,
    LevelId,
    PointId,
    by_id,
)
from yuanli.operations import EnergyPlaceKind, Medium, Period
from yuanli.settings import load_settings
from yuanli.telemetry import Readings

NOW = datetime(2026, 5, 31, 16, tzinfo=UTC)
MONTH = (datetime(2026, 4, 30, 16, tzinfo=UTC), NOW)
PARK = CampusId("many")
US = 1_000_000
LEVELS = 5
USES = ("lighting", "hvac", "plug", "lifts")


def park(meters: int) -> Campus:
    """Return buildings with a main meter, four by use and five by level each."""
    features: list[Feature] = []
    for number in range(-(-meters // (1 + len(USES) + LEVELS))):
        building = BuildingId(FeatureId(f"b{number}"))
        features.append(Building(id=building, geometry=shapely.box(0, 0, 1e-3, 1e-3)))
        features += _meter(f"b{number}-main", building, "Building_Electrical_Meter")
        for use in USES:
            features += _meter(f"b{number}-{use}", building, "Electrical_Meter", use=use)
        for floor in range(LEVELS):
            level = LevelId(FeatureId(f"b{number}-l{floor}"))
            features.append(Level(id=level, ordinal=floor, building_ids=(building,)))
            features += _meter(f"b{number}-p{floor}", level, "Electrical_Meter", use="floor")
    return Campus(id=PARK, features=by_id(features), country="CN")


def _meter(name: str, place: FeatureId, brick: str, **extra: str) -> list[Feature]:
    device = DeviceId(FeatureId(name))
    return [
        Device(id=device, brick_class=brick, space_id=place, extra=extra),
        DataPoint(
            id=PointId(FeatureId(f"{name}-e")),
            brick_class="Electrical_Energy_Sensor",
            device_id=device,
            unit="kWh",
        ),
    ]


def fill(house: House, rows: int, seed: int) -> int:
    """Write registers every quarter of an hour until the end of the month, a day at a time, and pack them."""
    points = [point.id for point in house.places.campus(PARK).of(DataPoint)]
    numbers = house.readings.number_points(PARK, points)
    days, rng = max(rows // (96 * len(points)), 32), np.random.default_rng(seed)
    total = rng.uniform(0, 1e5, len(points))
    last = int(NOW.timestamp())
    for day in range(days):
        at = last - (days - day) * 86400 + np.arange(96) * 900
        load = rng.uniform(5, 50, (96, len(points)))
        values = total + np.cumsum(load / 4, axis=0)
        total = values[-1]
        stamps = np.repeat(at, len(points)) * US
        house.readings.write(
            Readings(point=np.tile(numbers, 96), at=stamps, value=values.reshape(-1), received=stamps + US)
        )
    house.readings.compact((last - 7200) * US)
    return days * 96 * len(points)


def main() -> None:
    """Print CPU seconds by question, the best of three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--meters", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        house = build_house(load_settings(data_dir=Path(folder)), now=lambda: NOW)
        house.places.add(Imported(campus=park(given.meters)), who="bench", why="bench")
        begun = time.process_time()
        rows = fill(house, given.rows, given.seed)
        print(f"{rows:,} readings written and packed in {time.process_time() - begun:.1f} CPU s")
        energy = house.energy
        energy.summary(PARK, NOW - timedelta(days=1), NOW, media=[Medium.ELECTRICITY])
        questions: dict[str, Callable[[], object]] = {
            "summary, electricity": lambda: energy.summary(PARK, *MONTH, media=[Medium.ELECTRICITY]),
            "curve by day": lambda: energy.curve(PARK, *MONTH, every=Period.DAY),
            "ranking of buildings": lambda: energy.ranking(PARK, *MONTH),
            "ranking of all meters": lambda: energy.ranking(PARK, *MONTH, kind=EnergyPlaceKind.DEVICE),
            "calendar": lambda: energy.calendar(PARK, *MONTH),
            "sankey, all uses": lambda: energy.flows(PARK, *MONTH),
            "cost": lambda: energy.cost(PARK, *MONTH, media=[Medium.ELECTRICITY]),
        }
        for name, ask in questions.items():
            taken = []
            for _ in range(3):
                begun = time.process_time()
                ask()
                taken.append(time.process_time() - begun)
            print(f"{name:24} {min(taken):.3f} CPU s")
        house.close()


if __name__ == "__main__":
    main()
