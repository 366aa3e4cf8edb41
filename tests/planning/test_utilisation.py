"""Use of spaces: worked examples, and sums that must agree."""

from datetime import UTC, datetime, timedelta
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.planning import (
    OpenHours,
    Presence,
    SpaceBooking,
    UsedSpace,
    UtilisationError,
    make_grid,
    measure_use,
    suggest,
    underused,
    watch,
    week_table,
)

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
A = UsedSpace(name="A", seats=10, level="1F", building="B1", cost_hour=50)
B = UsedSpace(name="B", seats=12, level="1F", building="B1", cost_hour=60)
DAY = OpenHours(start=MONDAY, end=MONDAY + timedelta(days=1), from_hour=8, to_hour=12)


def at(hour: float, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def present(space: str, start: float, end: float, people: float | None, day: int = 0) -> Presence:
    return Presence(space=space, start=at(start, day), end=at(end, day), people=people)


def booked(space: str, start: float, end: float, day: int = 0) -> SpaceBooking:
    return SpaceBooking(space=space, start=at(start, day), end=at(end, day), attendees=4)


def test_a_morning_worked_by_hand() -> None:
    """A is booked 8–10 and used 8:30–9:30 by 5, and used 11–12 by 2 without a booking; its sensor tells of 8–12."""
    presences = [
        present("A", 8, 8.5, 0), present("A", 8.5, 9.5, 5), present("A", 9.5, 11, 0), present("A", 11, 12, 2),
    ]  # fmt: skip
    bookings = [booked("A", 8, 10)]
    (use,) = measure_use(make_grid([A], bookings, presences, DAY), watch(bookings, presences))
    assert (use.booked, use.occupied) == (0.5, 0.5)
    assert use.seat_use == pytest.approx((5 + 2) / 4 / 10)
    assert (use.unbooked_use, use.booked_empty) == (0.5, 0.5)
    assert (use.peak, use.average) == (1.0, 0.5)
    assert (use.bookings, use.no_shows, use.late_or_none) == (1, 0, 1)


def test_what_no_sensor_told_of_is_not_counted_as_empty() -> None:
    bookings = [booked("A", 8, 9), booked("A", 9, 10)]
    presences = [present("A", 8, 9, None)]
    (use,) = measure_use(make_grid([A], bookings, presences, DAY), watch(bookings, presences))
    assert (use.occupied, use.bookings, use.no_shows) == (1.0, 1, 0)
    assert isnan(use.seat_use)
    (unknown,) = measure_use(make_grid([A], bookings, [], DAY), watch(bookings, []))
    assert isnan(unknown.occupied)
    assert isnan(unknown.no_show_rate)
    assert unknown.booked == 0.5


def test_spaces_are_grouped_by_level() -> None:
    presences = [present("A", 8, 12, 10), present("B", 8, 12, 0)]
    grid = make_grid([A, B], [], presences, DAY)
    (floor,) = measure_use(grid, [], by=lambda space: f"{space.building} {space.level}")
    assert (floor.name, floor.spaces, floor.seats, floor.occupied, floor.peak) == ("B1 1F", 2, 22, 0.5, 0.5)
    assert floor.seat_use == pytest.approx(10 / 22)
    assert [use.name for use in underused(measure_use(grid, []))] == ["B"]


def test_the_heat_map_has_an_hour_of_the_week_in_a_row() -> None:
    grid = make_grid([A], [], [present("A", 8, 9, 1), present("A", 9, 12, 0)], DAY)
    table = week_table(grid, grid.occupied)
    assert table.shape == (168, 1)
    assert table[8:12, 0].tolist() == [1, 0, 0, 0]
    assert np.isnan(table[np.r_[:8, 12:168]]).all()


def test_ghost_meetings_are_released() -> None:
    """Two a day, an hour each; nobody comes to the second: 5 × 0.75 hours a week are saved."""
    week = OpenHours(start=MONDAY, end=MONDAY + timedelta(days=5), from_hour=8, to_hour=12)
    bookings = [booked("A", hour, hour + 1, day) for day in range(5) for hour in (8, 10)]
    presences = [present("A", 8, 9, 4, day) for day in range(5)] + [
        present("A", 9, 12, 0, day) for day in range(5)
    ]
    grid = make_grid([A], bookings, presences, week)
    release = next(one for one in suggest(grid, watch(bookings, presences)) if one.kind == "release")
    assert release.saving_hours == pytest.approx(3.75)
    assert release.saving_cost == pytest.approx(3.75 * 50)
    # Clopper and Pearson for 5 of 10 at 90 %: 0.2224 to 0.7776
    assert (release.low_hours, release.high_hours) == pytest.approx((0.2224 * 7.5, 0.7776 * 7.5), abs=1e-3)
    assert "5 of 10" in release.text.en
    assert "没人来" in release.text.zh


def test_a_little_used_room_is_merged_and_a_large_one_made_smaller() -> None:
    week = OpenHours(start=MONDAY, end=MONDAY + timedelta(days=5), from_hour=8, to_hour=12)
    bookings = [booked("B", hour, hour + 1, day) for day in range(5) for hour in (8, 9)]
    presences = [present("A", 8, 12, 0, day) for day in range(4)]
    presences += [present("A", 8, 9, 3, 4), present("A", 9, 12, 0, 4)]
    presences += [p for d in range(5) for p in (present("B", 8, 10, 4, d), present("B", 10, 12, 0, d))]
    grid = make_grid([A, B], bookings, presences, week)
    found = {one.kind: one for one in suggest(grid, watch(bookings, presences))}
    assert found["merge"].spaces == ("A", "B")
    assert found["merge"].saving_hours == pytest.approx(20 * (1 - 1 / 20))
    assert found["merge"].low_hours < found["merge"].saving_hours < found["merge"].high_hours
    assert found["resize"].spaces == ("B",)
    assert found["resize"].saving_hours == pytest.approx(20 * (1 - 4 / 12))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 18), st.integers(1, 6), st.integers(0, 12)), max_size=8))
def test_shares_stay_shares(spans: list[tuple[int, int, int]]) -> None:
    presences = [present("A", 7 + s / 4, 7 + (s + n) / 4, float(p)) for s, n, p in spans]
    bookings = [booked("A", 7 + s / 4, 7 + (s + n) / 4) for s, n, _ in spans]
    grid = make_grid([A], bookings, presences, DAY)
    assert (grid.booked <= 1).all()
    for values in (grid.occupied, grid.both):
        known = values[np.isfinite(values)]
        assert ((known >= 0) & (known <= 1)).all()
    assert (np.nan_to_num(grid.both) <= np.nan_to_num(grid.occupied) + 1e-12).all()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: UsedSpace(name="A", seats=-1), "seats is -1"),
        (lambda: UsedSpace(name="A", seats=1, cost_hour=float("nan")), "cost_hour is nan"),
        (lambda: booked("A", 9, 9), "it is after"),
        (lambda: SpaceBooking(space="A", start=datetime(2026, 1, 1), end=at(1)), "zone"),
        (lambda: present("A", 8, 9, float("inf")), "people is inf"),
        (lambda: OpenHours(start=at(0), end=at(9), from_hour=9, to_hour=9), "before to_hour"),
        (lambda: make_grid([A], [booked("C", 8, 9)], [], DAY), "no such space"),
        (lambda: make_grid([A, A], [], [], DAY), "more than once"),
    ],
)
def test_bad_tables_are_refused(make, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UtilisationError, match=said):
        make()
