"""The quality of a park's readings: by point and day, worst first, and never more than can be told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.api.house import CAMPUS, Clock, small_campus, small_house
from tests.operations.test_telemetry import METER, START, take, week_of_power

from yuanli.bootstrap import House
from yuanli.campus import Campus, DataPoint, FeatureId, Imported, PointId, by_id
from yuanli.operations import (
    PointNotFoundError,
    PointQuality,
    QualityReport,
    RangeError,
    data_quality,
    point_rows,
)

SILENT, DOOR = PointId(FeatureId("silent")), PointId(FeatureId("door"))
WEEK = START + timedelta(days=7)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = small_house(tmp_path, Clock())
    campus = small_campus()
    more = (
        DataPoint(
            id=SILENT, brick_class="Zone_Air_Temperature_Sensor", unit="°C", space_id=FeatureId("room1-0")
        ),
        DataPoint(id=DOOR, brick_class="On_Off_Status"),
    )
    again = Campus(id=CAMPUS, name=campus.name, features=by_id([*campus.features.values(), *more]))
    house.places.add(Imported(campus=again), who="test", why="test", replace=True)
    rows = week_of_power()
    take(house, rows[:1152] + rows[1440:])
    house.telemetry.clean(CAMPUS)
    return house


def report(house: House, **over: object) -> QualityReport:
    asked = {"now": WEEK, "limit": 10} | over
    return house.quality.report(CAMPUS, START, WEEK, **asked)  # type: ignore[arg-type]


def of(told: QualityReport, point: PointId) -> PointQuality:
    return next(one for one in told.points if one.point == point)


def test_points_that_have_never_sent_come_last_and_count_as_missing(house: House) -> None:
    told = report(house)
    assert told.points[0].point == METER
    assert told.shares["missing"] == of(told, METER).shares["missing"]
    assert (told.total, told.silent) == (3, 2)
    silent = of(told, SILENT)
    assert (silent.shares["missing"], silent.trouble, silent.stale, silent.coverage) == (1.0, 1.0, True, None)


def test_hours_are_counted_by_their_worst_reading(house: House) -> None:
    meter = of(report(house), METER)
    assert meter.shares["missing"] == pytest.approx(24 / 168, abs=1 / 168)
    assert meter.shares["bad"] == pytest.approx(1 / 168, abs=1e-6)
    assert sum(meter.shares.values()) == pytest.approx(1)
    assert meter.coverage == pytest.approx(6 / 7, abs=0.02)
    assert not meter.stale
    assert max(day for day in meter.days if day is not None) > 0.6
    assert all((gone or 0) <= (wrong or 0) for gone, wrong in zip(meter.missing, meter.days, strict=True))
    assert sum(gone or 0 for gone in meter.missing) == pytest.approx(1, abs=0.1)


def test_days_are_those_of_the_park_and_what_is_to_come_is_not_missing(house: House) -> None:
    told = report(house, now=START + timedelta(days=2))
    assert told.end == START + timedelta(days=2)
    assert len(told.days) == len(of(told, METER).days)
    assert of(told, METER).shares.get("missing", 0) == 0


def test_a_point_that_sends_when_something_happens_is_not_missing(house: House) -> None:
    door = of(report(house), DOOR)
    assert (door.shares, door.trouble, door.stale) == ({}, 0.0, False)


def test_a_point_that_fell_silent_is_stale(house: House) -> None:
    assert of(report(house, now=WEEK + timedelta(hours=1)), METER).stale is False
    assert of(report(house, now=WEEK + timedelta(days=2)), METER).stale is True


def test_a_long_span_is_counted_a_few_days_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report(house)
    monkeypatch.setattr(data_quality, "HOURS_AT_ONCE", 2 * 24 * whole.total)
    assert report(house) == whole


def test_reasons_are_counted_by_reading(house: House) -> None:
    (meter, silent) = house.quality.reasons(CAMPUS, [METER, SILENT], START, WEEK)
    assert meter.reasons["sentinel"] == 1
    assert meter.qualities["bad"] == 1
    assert sum(meter.qualities.values()) == meter.readings
    assert (silent.readings, silent.reasons) == (0, {})
    with pytest.raises(PointNotFoundError):
        house.quality.reasons(CAMPUS, [PointId(FeatureId("attic"))], START, WEEK)


@pytest.mark.parametrize("days", [0, 93])
def test_too_long_and_empty_spans_are_told(house: House, days: int) -> None:
    with pytest.raises(RangeError):
        house.quality.report(CAMPUS, WEEK - timedelta(days=days), WEEK, now=WEEK, limit=1)


def test_points_are_told_with_their_place(house: House) -> None:
    rows = {row.id: row for row in point_rows(house.places.campus(CAMPUS))}
    silent = rows[SILENT]
    assert (silent.place, silent.level, silent.building) == ("room1-0", "level-0", "block-a")
    assert silent.quantity_name is not None
    assert (silent.place_name["en"].startswith("Room 101"), silent.building_name["zh"]) == (True, "A座")
    assert (rows[METER].place, rows[METER].place_name) == (None, {})
