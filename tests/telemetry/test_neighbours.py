"""Drifts and offsets beside the points around: six rooms of one floor, by the hour."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from yuanli.telemetry import PointFacts, Quality, Readings, Reason, Series, judge, quantity

HOUR = 3_600_000_000
DAYS, ROOMS = 56, 6
START = 20_020 * 24 * HOUR
FOUND = np.uint32(Reason.DRIFT | Reason.OFFSET)
DAY = np.arange(DAYS * 24) / 24
Floats = NDArray[np.float64]


def rooms() -> Floats:
    """Return rooms of their own warmth with a season, weather and people by day, shape `(6, n)`."""
    rng = np.random.default_rng(3)
    people = np.clip(np.sin((DAY % 1 - 0.3) / 0.4 * np.pi), 0, 1) * (DAY % 1 < 0.7) * (DAY // 1 % 7 < 5)
    shared = 3 * np.sin(2 * np.pi * DAY / 150) + np.interp(
        DAY, np.arange(DAYS + 1), rng.normal(0, 0.8, DAYS + 1)
    )
    own, busy = rng.normal(22, 1, ROOMS), rng.uniform(0.8, 2, ROOMS)
    values = own[:, None] + shared + busy[:, None] * people + rng.normal(0, 0.08, (ROOMS, len(DAY)))
    return np.asarray(values)


def judged(values: Floats, kind: str = "air_temperature") -> tuple[Series, ...]:
    at = START + HOUR * np.arange(values.shape[1])
    readings = Readings(
        point=np.repeat(np.arange(ROOMS, dtype=np.int32), len(at)), at=np.tile(at, ROOMS),
        value=np.round(values, 2).ravel(), received=np.tile(at, ROOMS) + 1,
    )  # fmt: skip
    return judge(
        readings,
        [
            PointFacts(point=i, quantity=quantity(kind), related=tuple(j for j in range(ROOMS) if j != i))
            for i in range(ROOMS)
        ],
    )


def shares(series: tuple[Series, ...]) -> list[float]:
    """Return the share of readings of each room that are told to drift or to be offset."""
    return [float(((one.reason & FOUND) != 0).mean()) for one in series]


def marked(values: Floats, kind: str = "air_temperature") -> list[float]:
    return shares(judged(values, kind))


def test_a_sensor_that_drifts_for_weeks_is_found_and_its_neighbours_are_not() -> None:
    values = rooms()
    drift = 3 * np.clip((DAY - 20) / 25, 0, 1) * (DAY < 45)
    values[2] += drift
    series = judged(values)
    found = series[2].reason & np.uint32(Reason.DRIFT) != 0
    assert found[drift > 1].mean() > 0.9
    assert found[drift == 0].mean() < 0.05
    assert series[2].quality[found].min() == Quality.SUSPECT
    assert series[2].value[found].tolist() == series[2].raw[found].tolist(), (
        "as it came: how far it is off is not sure"
    )
    assert [room for room, share in enumerate(shares(series)) if share > 0.01] == [2]


@pytest.mark.parametrize("end", [40, DAYS])
def test_an_offset_that_stays_is_found_from_its_hour_on(end: int) -> None:
    values = rooms()
    wrong = (DAY >= 30.5) & (end > DAY)
    values[4] += np.sign(values[4].mean() - np.median(values.mean(axis=1))) * 2.5 * wrong
    series = judged(values)
    found = series[4].reason & np.uint32(Reason.OFFSET) != 0
    assert found[wrong].mean() > 0.95
    assert found[~wrong].mean() < 0.03
    assert [room for room, share in enumerate(shares(series)) if share > 0.01] == [4]


def test_rooms_as_they_are_and_a_room_that_is_held_cold_are_left_alone() -> None:
    values = rooms()
    assert marked(values) == [0.0] * ROOMS
    values[1] = 17 + np.random.default_rng(1).normal(0, 0.08, len(DAY))
    assert marked(values) == [0.0] * ROOMS


@pytest.mark.parametrize("moved", [range(ROOMS), range(3)])
def test_a_floor_or_a_wing_that_changes_as_one_is_left_alone(moved: range) -> None:
    values = rooms()
    values[list(moved)] += 2.0 * (DAY >= 28.4)
    assert marked(values) == [0.0] * ROOMS


def test_a_room_that_people_move_into_is_left_alone() -> None:
    values = rooms()
    values[3] += 2.5 * (DAY >= 25) * (DAY % 1 > 0.33) * (DAY % 1 < 0.7) * (DAY // 1 % 7 < 5)
    assert marked(values) == [0.0] * ROOMS


def test_a_power_that_rises_for_good_is_a_machine() -> None:
    values = rooms()
    values[4] += 6.0 * (DAY >= 30.5)
    assert marked(values, "power")[4] < 0.1, "only its edges may count"
