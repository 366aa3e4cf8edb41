"""What a second installation has that a new one has not: meters that counted, training runs, two models."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from tests.api.runs import make_run
from tests.api.test_models import put_gate_set
from tests.learning.tiny import tiny_model

from yuanli.bootstrap import open_house
from yuanli.campus import DataPoint
from yuanli.learning import Author, Registry, register
from yuanli.settings import load_settings
from yuanli.telemetry import Readings

MAIN = "Building_Electrical_Meter"
BY = Author(who="li", at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC), why="test")


def add_meters(data: Path) -> None:
    """Keep three weeks of the demo park's main electricity meters."""
    house = open_house(load_settings(data_dir=data))
    house.ensure_demo()
    campus = house.places.campus(house.places.summaries()[-1].id)
    devices = {f.id for f in campus.features.values() if getattr(f, "brick_class", "") == MAIN}
    points = [
        p for p in campus.of(DataPoint) if p.device_id in devices and p.brick_class.endswith("Energy_Sensor")
    ]
    end = int(datetime.now(UTC).timestamp()) // 3600 * 3600
    at = (end - np.arange(21 * 24, -1, -1, dtype=np.int64) * 3600) * 1_000_000
    for kw, number in enumerate(house.readings.number_points(campus.id, [p.id for p in points]), start=50):
        value = 1000.0 + kw * np.arange(len(at), dtype=np.float64)
        house.readings.write(
            Readings(point=np.full(len(at), number, np.int32), at=at, value=value, received=at)
        )
    house.close()


def add_runs(runs: Path) -> None:
    """Keep two training runs, the second at a faster rate, and a damaged one."""
    make_run(runs, "baseline", label=0.55, wrong=18, started="2026-03-01T08:00:00+00:00")
    faster = make_run(
        runs, "faster-rate", label=0.95, wrong=2, rate=1e-4, started="2026-03-02T08:00:00+00:00"
    )
    document = json.loads((faster / "run.json").read_text("utf-8"))
    for point in document["curve"]:
        point |= {name: point[name] * 0.8 for name in ("loss",) if name in point}
    (faster / "run.json").write_text(json.dumps(document), "utf-8")
    (runs / "damaged").mkdir()
    (runs / "damaged" / "run.json").write_text("{", "utf-8")


def add_models(data: Path, folder: Path) -> None:
    """Keep two versions of a model, the second a forgetful one, and a gate set."""
    registry = Registry(folder=data / "models")
    register(registry, tiny_model(folder / "one", name="tiny", version="1"), BY)
    forgetful = tiny_model(folder / "two", name="tiny", version="2", labels={"怎么走": "route"})
    register(registry, forgetful, BY)
    put_gate_set(registry.folder / "tiny")
