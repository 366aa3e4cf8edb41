"""Readings of a park are told as they are judged, and judged again when more of them come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.api.house import CAMPUS, Clock, small_house

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, PointId
from yuanli.operations import (
    Delivery,
    Every,
    PointClass,
    PointNotFoundError,
    RangeError,
    RetentionParams,
)
from yuanli.telemetry import Decoded, Quality, Row, touched

METER = PointId(FeatureId("meter"))
START = datetime(2026, 5, 1, tzinfo=UTC)
STEP_US = 300_000_000


@pytest.fixture
def house(tmp_path: Path) -> House:
    return small_house(tmp_path, Clock())


def week_of_power() -> list[Row]:
    """Return a week of a load that goes up and down with the day, with one number that means "no value"."""
    first = int(START.timestamp()) * 1_000_000
    rng = np.random.default_rng(0)
    hours = np.arange(7 * 288) / 12
    values = 60 + 25 * np.sin((hours - 8) / 24 * 2 * np.pi) + rng.normal(0, 1.0, len(hours))
    values[500] = -999.0
    return [
        Row(
            point="meter",
            at=(at := first + i * STEP_US),
            value=round(float(v), 2),
            number=i + 1,
            received=at + 1_000_000,
        )
        for i, v in enumerate(values)
    ]  # fmt: skip


def take(house: House, rows: list[Row]) -> None:
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=tuple(rows)))])


def test_a_wrong_number_is_marked_and_what_came_is_kept(house: House) -> None:
    rows = week_of_power()
    take(house, rows)
    (health,) = house.telemetry.clean(CAMPUS)
    assert (health.point, health.reasons["sentinel"]) == (METER, 1)
    assert health.faulty < 0.01
    at = START + timedelta(seconds=500 * 300)
    (bad,) = house.telemetry.series(CAMPUS, METER, at, at + timedelta(seconds=1))
    assert (bad.raw, bad.quality) == (-999.0, Quality.BAD)
    assert "sentinel" in bad.reasons


def test_a_clock_that_jumped_ahead_once_does_not_hold_the_newest_reading(house: House) -> None:
    now = int(Clock().now.timestamp()) * 1_000_000
    year = 365 * 86_400_000_000
    take(house, [Row(point="meter", at=now + year, value=9.0, number=1, received=now)])
    (ahead,) = house.telemetry.latest(CAMPUS, [METER])
    assert ahead.value == 9.0
    take(house, [Row(point="meter", at=now - 7_200_000_000, value=1.0, number=1, received=now)])
    (held,) = house.telemetry.latest(CAMPUS, [METER])
    assert (held.value, held.at) == (1.0, Clock().now - timedelta(hours=2))
    quality = house.quality.report(CAMPUS, held.at - timedelta(days=1), held.at, now=Clock().now, limit=9)
    assert [one.last_at for one in quality.points] == [held.at]


def test_late_readings_judge_what_they_touch_as_if_all_had_come_at_once(house: House, tmp_path: Path) -> None:
    rows = week_of_power()
    take(house, rows)
    house.telemetry.clean(CAMPUS)
    other = small_house(tmp_path / "other", Clock())
    take(other, rows[:400] + rows[900:])
    other.telemetry.clean(CAMPUS)
    take(other, rows[400:900])
    other.telemetry.clean(CAMPUS, touched(np.array([row.at for row in rows[400:900]], np.int64)))
    span = (START, START + timedelta(days=7))
    assert other.telemetry.series(CAMPUS, METER, *span) == house.telemetry.series(CAMPUS, METER, *span)
    other.close()


def test_what_the_device_says_of_its_value_holds_before_and_after_judging(house: House) -> None:
    rows = [replace(row, quality=Quality.SUSPECT) if row.number == 100 else row for row in week_of_power()]
    take(house, rows)
    at = START + timedelta(seconds=99 * 300)
    for _ in range(2):
        (told,) = house.telemetry.series(CAMPUS, METER, at, at + timedelta(seconds=1))
        assert (told.quality, told.reasons) == (Quality.SUSPECT, ("source",))
        house.telemetry.clean(CAMPUS)
    house.readings.compact(int((START + timedelta(days=30)).timestamp()) * 1_000_000)
    (told,) = house.telemetry.series(CAMPUS, METER, at, at + timedelta(seconds=1))
    assert (told.quality, told.reasons) == (Quality.SUSPECT, ("source",))


def test_readings_are_summed_by_the_day_of_the_park(house: House) -> None:
    take(house, week_of_power())
    days = house.telemetry.roll_up(CAMPUS, [METER], START, START + timedelta(days=7), every=Every.DAY)
    assert sum(day.count for day in days) == 7 * 288
    (newest,) = house.telemetry.latest(CAMPUS)
    assert (newest.point, newest.at, newest.unit) == (METER, START + timedelta(seconds=2015 * 300), "kW")


def test_what_is_over_is_packed_and_what_is_old_is_forgotten(house: House) -> None:
    take(house, week_of_power())
    before = house.telemetry.roll_up(CAMPUS, [METER], START, START + timedelta(days=7), every=Every.DAY)
    house.telemetry.tidy(START + timedelta(days=8))
    assert house.readings.footprint().cold_bytes > 0
    assert (
        house.telemetry.roll_up(CAMPUS, [METER], START, START + timedelta(days=7), every=Every.DAY) == before
    )
    short = RetentionParams(days=dict.fromkeys(PointClass, 5))
    house.telemetry.tidy(START + timedelta(days=8), short)
    (oldest, *_) = house.telemetry.series(CAMPUS, METER, START, START + timedelta(days=7))
    assert oldest.at >= START + timedelta(days=3)


def test_what_is_not_there_is_told(house: House) -> None:
    with pytest.raises(PointNotFoundError, match="'attic'"):
        house.telemetry.latest(CAMPUS, [PointId(FeatureId("attic"))])
    with pytest.raises(RangeError, match="not before"):
        house.telemetry.series(CAMPUS, METER, START, START)
