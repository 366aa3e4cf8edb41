"""A small campus with meters, and readings for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from tests.api.house import CAMPUS, CHEAP, small_campus

from yuanli.bootstrap import House, build_house
from yuanli.campus import (
    Campus,
    DataPoint,
    Device,
    DeviceId,
    Feature,
    FeatureId,
    Imported,
    PointId,
)
from yuanli.settings import load_settings
from yuanli.telemetry import Readings

NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
BUILDING, GROUND, FIRST = (FeatureId(one) for one in ("block-a", "level-0", "level-1"))
US = 1_000_000


def meter(
    name: str,
    space: str,
    *,
    brick: str = "Electrical_Meter",
    register: str | None = "Electrical_Energy_Sensor",
    rate: str | None = None,
    feeds: Sequence[str] = (),
    register_size: float | None = None,
    **extra: object,
) -> list[Feature]:
    """Return a device with its points `<name>-e` and `<name>-p`."""
    own = {} if register_size is None else {"register_size": register_size}
    device = Device(
        id=DeviceId(FeatureId(name)), brick_class=brick, name={"en": name, "zh": name}, space_id=FeatureId(space),
        feeds=tuple(FeatureId(one) for one in feeds), extra=extra,
    )  # fmt: skip
    points = [("e", register, None), ("p", rate, "kW")]
    return [
        device,
        *(
            DataPoint(
                id=PointId(FeatureId(f"{name}-{end}")),
                brick_class=brick_class,
                device_id=device.id,
                unit=unit,
                extra=own if end == "e" else {},
            )
            for end, brick_class, unit in points
            if brick_class is not None
        ),
    ]


def metered_campus(*features: Feature, zone: str = "Asia/Shanghai") -> Campus:
    """Return the small campus with more features, without its own power meter."""
    campus = small_campus()
    kept: dict[FeatureId, Feature] = {
        key: one for key, one in campus.features.items() if not isinstance(one, DataPoint | Device)
    }
    kept |= {FeatureId(one.id): one for one in features}
    return Campus(id=campus.id, name=campus.name, features=kept, time_zone=zone, country="CN")


def metered_house(folder: Path, campus: Campus, now: Callable[[], datetime] = lambda: NOW) -> House:
    """Open a house with a campus."""
    house = build_house(load_settings(data_dir=folder), now=now, account_params=CHEAP)
    house.places.add(Imported(campus=campus), who="test", why="test")
    return house


def send(house: House, point: str, at: NDArray[np.int64], value: NDArray[np.float64]) -> None:
    """Keep readings of a point at times (µs)."""
    (number,) = house.readings.number_points(CAMPUS, [PointId(FeatureId(point))])
    house.readings.write(
        Readings(
            point=np.full(len(at), number, np.int32), at=np.asarray(at, np.int64), value=np.asarray(value, float),
            received=np.asarray(at, np.int64) + US,
        )
    )  # fmt: skip


def stamps(start: datetime, end: datetime, minutes: float = 15) -> NDArray[np.int64]:
    """Return times every so many minutes, both ends included."""
    step = round(minutes * 60)
    times: NDArray[np.int64] = np.arange(round(start.timestamp()), round(end.timestamp()) + 1, step) * US
    return times


def counting(
    house: House, point: str, start: datetime, end: datetime, kw: float, first: float = 100.0
) -> None:
    """Send a register that counts a steady load, every quarter of an hour."""
    at = stamps(start, end)
    send(house, point, at, first + kw * (at - at[0]) / 3.6e9)
