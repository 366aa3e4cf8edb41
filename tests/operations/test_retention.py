"""How long readings are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from yuanli.operations import PointClass, RetentionParams, class_of, forget_old
from yuanli.storage import SqliteReadingStore
from yuanli.telemetry import Readings

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("brick_class", "kind"),
    [
        ("Electrical_Power_Sensor", PointClass.METER),
        ("Water_Meter", PointClass.METER),
        ("Occupancy_Count_Sensor", PointClass.PRESENCE),
        ("Zone_Air_Temperature_Setpoint", PointClass.STATE),
        ("On_Off_Status", PointClass.STATE),
        ("Zone_Air_Temperature_Sensor", PointClass.SENSOR),
        ("CO2_Sensor", PointClass.SENSOR),
    ],
)
def test_a_point_is_kept_as_long_as_its_class(brick_class: str, kind: PointClass) -> None:
    assert class_of(brick_class) is kind


def test_each_class_is_forgotten_in_its_time(tmp_path: Path) -> None:
    store = SqliteReadingStore(tmp_path)
    ages = (0, 399, 401, 1829, 1831)
    at = np.array([int((NOW - timedelta(days=age)).timestamp()) * 1_000_000 for age in ages], np.int64)
    points = {PointClass.PRESENCE: 1, PointClass.METER: 2}
    for point in points.values():
        store.write(Readings(point=np.full(5, point, np.int32), at=at, value=np.ones(5), received=at))
    store.compact(int(at[1]))
    numbers = {kind: np.array([point], np.int32) for kind, point in points.items()}
    forget_old(store, {**numbers, PointClass.STATE: np.array([], np.int32)}, now=NOW)
    left = store.load(np.array([1, 2], np.int32), 0, int(at[0]) + 1)
    assert [len(series) for series in left] == [2, 4]
    forget_old(store, numbers, now=NOW, params=RetentionParams(days=dict.fromkeys(PointClass, 1)))
    left = store.load(np.array([1, 2], np.int32), 0, int(at[0]) + 1)
    assert [len(series) for series in left] == [1, 1]
    store.close()


def test_a_class_without_its_days_is_refused() -> None:
    with pytest.raises(ValueError, match="each class"):
        RetentionParams(days={PointClass.METER: 5})
    with pytest.raises(ValueError, match="each class"):
        RetentionParams(days=dict.fromkeys(PointClass, 0))
