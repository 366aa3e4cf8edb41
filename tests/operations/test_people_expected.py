"""People who are expected in places: parts add up to their wholes, by night and when asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.api.house import CAMPUS, Clock
from tests.operations.twins import twin_house

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, PointId
from yuanli.storage import SqlForecastStore
from yuanli.telemetry import Readings

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 30
HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[House]:
    """30 days of somebody in a room downstairs, heads and devices upstairs, and doors that count a few people more."""
    house = twin_house(tmp_path_factory.mktemp("people"), clock)
    rng, end = np.random.default_rng(0), int(clock.now.timestamp() * 1e6) // HOUR * HOUR
    at = end - HOUR * np.arange(DAYS * 24, 0, -1, dtype=np.int64)
    local = (at // HOUR + 8) % 24
    busy = np.clip(np.sin(np.pi * (local - 6) / 14), 0, 1) * ((at // HOUR + 8) // 24 % 7 < 5)
    heads, devices = np.round(busy * rng.normal(12, 2, len(at))), np.round(busy * rng.normal(30, 4, len(at)))
    inside = np.where(local == 4, 0, np.maximum(heads + 0.8 * devices + 3 * busy, 0))
    moves = np.diff(inside, prepend=0)
    told = {
        "n01": heads,
        "pir00": busy > 0.2,
        "wifi1": devices,
        "in": np.cumsum(np.maximum(moves, 0)),
        "out": np.cumsum(np.maximum(-moves, 0)),
    }
    for name, values in told.items():
        number = house.readings.number_points(CAMPUS, [PointId(FeatureId(name))])
        point = np.repeat(number, len(at))
        house.readings.write(Readings(point=point, at=at, value=values.astype(float), received=at + 1))
    yield house
    house.close()


def test_a_night_says_of_people_what_adds_up_by_hour_and_day(house: House) -> None:
    night = house.nightly.renew(CAMPUS)
    store = SqlForecastStore(house.database)
    kept = {one.subject: one for one in store.list_forecasts(CAMPUS, "people", since=night.night)}
    wholes = {one.whole for one in kept.values() if one.whole is not None}
    assert {"level-0", "level-1"} <= {one.subject for one in kept.values() if one.whole in wholes}
    for whole in wholes:
        own, parts = kept[whole], [one for one in kept.values() if one.whole == whole]
        assert own.daily is not None
        summed = np.sum([one.hourly.mean for one in parts], axis=0)
        assert np.allclose(own.hourly.mean, summed, atol=1e-3)
        by_day = [one.daily.mean for one in parts if one.daily is not None]
        assert len(by_day) == len(parts)
        assert np.allclose(own.daily.mean, np.sum(by_day, axis=0), atol=1e-3)
    for one in kept.values():
        band = one.hourly
        assert np.all(band.low_95 <= band.low_80 + 1e-4)
        assert np.all(band.low_80 <= band.mean + 1e-4)
        assert np.all(band.mean <= band.high_80 + 1e-4)
        assert one.rest or band.mean.min() >= 0
    assert kept["block-a"].daily is not None
    assert kept["block-a"].daily.mean.max() < 20, "a day of people is the mean of its hours, not their sum"


@pytest.mark.parametrize("horizon", [timedelta(hours=47), timedelta(days=5)])
def test_what_is_asked_anew_adds_up_too(house: House, clock: Clock, horizon: timedelta) -> None:
    campus, now = house.places.campus(CAMPUS), clock.now + timedelta(hours=2)

    def means(place: str) -> list[float]:
        told = house.people_forecasts.expected(campus, FeatureId(place), horizon, now)
        assert told.made_at is None
        assert all(h.low_95 <= h.low_80 <= h.mean <= h.high_80 <= h.high_95 for h in told.hours)
        return [hour.mean for hour in told.hours]

    site, building = means("site"), means("block-a")
    assert len(site) >= horizon // timedelta(hours=1)
    assert np.allclose(site, building, atol=1e-3)
    floors = [means(place) for place in ("level-0", "level-1", "block-a/rest")]
    assert np.allclose(building, np.sum(floors, axis=0), atol=1e-3)
    assert np.allclose(floors[1], np.add(means("room0-1"), means("level-1/rest")), atol=1e-3)
    assert max(building) > 20
    assert means("nowhere") == []
