"""The port suite of `ForecastStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import ForecastBand, KeptForecast, Night, NightFailure
from yuanli.storage import Database, SqlForecastStore

AT = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PARK = CampusId("small")
HOUR_US = 3_600_000_000


def band(count: int, level: float) -> ForecastBand:
    mean = (level + np.arange(count)).astype(np.float32)
    return ForecastBand(
        at=1_777_600_000_000_000 + HOUR_US * np.arange(count), mean=mean, low_80=mean - 1, high_80=mean + 1,
        low_95=mean - 2, high_95=mean + 2, method="ridge", error=0.5, last_week_error=float("nan"),
        reasons={"season": 1.0},
    )  # fmt: skip


def kept(subject: str, night: date, level: float = 0.0, quantity: str = "") -> KeptForecast:
    return KeptForecast(
        campus_id=PARK, subject=subject, quantity=quantity, unit="kW", night=night, origin=AT, made_at=AT + DAY,
        past_from=AT - DAY, known_until=AT, coverage=0.75, hourly=band(48, level), daily=None, whole="site",
    )  # fmt: skip


def night(day: date, **more: object) -> Night:
    return replace(Night(campus_id=PARK, night=day, origin=AT, begun_at=AT), **more)  # type: ignore[arg-type]


def test_what_is_kept_comes_back_as_it_was(database: Database) -> None:
    store = SqlForecastStore(database)
    first = AT.date()
    failed = NightFailure(subject="x", quantity="", message=Text("因", "why"))
    done = night(first, ended_at=AT + DAY, planned=3, kept=1, too_little=1, failed=1, failures=(failed,))
    store.put_night(done, [kept("点", first, 3.25)])
    assert store.list_nights(PARK, limit=5) == (done,)
    (found,) = store.list_forecasts(PARK, "", since=first, subjects=["点"])
    given = kept("点", first, 3.25)
    assert (found.origin, found.made_at, found.coverage, found.whole, found.daily) == (
        given.origin, given.made_at, given.coverage, "site", None,
    )  # fmt: skip
    for name in ("at", "mean", "low_80", "high_80", "low_95", "high_95"):
        np.testing.assert_array_equal(getattr(found.hourly, name), getattr(given.hourly, name))
    assert found.hourly.reasons == {"season": 1.0}
    assert np.isnan(found.hourly.last_week_error)


def test_the_newest_takes_the_place_of_its_own_night_only(database: Database) -> None:
    store, first = SqlForecastStore(database), AT.date()
    store.put_night(night(first), [kept("a", first, 1.0), kept("a", first, 9.0, "water")])
    store.put_night(night(first + DAY), [kept("a", first + DAY, 2.0)])
    store.put_night(night(first + DAY, kept=2), [kept("a", first + DAY, 3.0), kept("b", first + DAY)])
    found = store.list_forecasts(PARK, "", since=first, subjects=["a"])
    assert [float(one.hourly.mean[0]) for one in found] == [3.0, 1.0]
    assert {one.subject for one in store.list_forecasts(PARK, "", since=first + DAY)} == {"a", "b"}
    assert store.list_made(PARK, first) == {("a", ""), ("a", "water")}
    assert [one.night for one in store.list_nights(PARK, limit=1)] == [first + DAY]


def test_old_nights_are_forgotten(database: Database) -> None:
    store, first = SqlForecastStore(database), AT.date()
    for day in range(3):
        store.put_night(night(first + day * DAY), [kept("a", first + day * DAY)])
    store.forget_nights(first + 2 * DAY)
    assert [one.night for one in store.list_nights(PARK, limit=9)] == [first + 2 * DAY]
    assert len(store.list_forecasts(PARK, "", since=first)) == 1
    assert store.list_forecasts(CampusId("\0"), "", since=first) == ()
