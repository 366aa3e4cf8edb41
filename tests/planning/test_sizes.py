"""Sizes: tables of the field, closed forms against simulation, and counting."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.planning import (
    Booking,
    InvalidProblemError,
    LiftGroup,
    busiest_load,
    desks_for,
    erlang_b,
    erlang_c,
    lift_trip,
    lifts_for,
    most_at_once,
    places_for,
    presence,
    room_demand,
    rooms_for,
    servers_for,
    sharing_curve,
    shortage_curve,
    simulate_loss,
    simulate_waiting,
    waiting,
)


def test_erlang_s_formulas_worked_by_hand() -> None:
    """Two servers, one erlang: B = (1/2) / (1 + 1 + 1/2) = 0.2, C = 1/3, a wait of a third of a service."""
    assert erlang_b(1, 2) == pytest.approx(0.2)
    assert erlang_c(1, 2) == pytest.approx(1 / 3)
    queue = waiting(3600, 1, 2)
    assert (queue.wait_s, queue.queue, queue.utilisation) == pytest.approx((1 / 3, 1 / 3, 0.5))
    assert erlang_b(100, 117) == pytest.approx(0.01, abs=5e-4)
    assert waiting(7200, 1, 2).wait_s == np.inf
    assert erlang_b(0, 0) == 1
    assert erlang_c(0, 1) == 0


def test_the_fewest_are_the_fewest() -> None:
    places = places_for(60, 0.02)
    assert erlang_b(60, places) <= 0.02 < erlang_b(60, places - 1)
    servers = servers_for(300, 90, wait_s=60, share=0.95)
    assert waiting(300, 90, servers).later_than(60) <= 0.05 < waiting(300, 90, servers - 1).later_than(60)
    assert all(a >= b for a, b in pairwise(shortage_curve(60, 90)))


@pytest.mark.parametrize("seed", range(3))
def test_simulation_meets_the_closed_forms_within_its_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    waits = simulate_waiting(100, lambda r, n: r.exponential(90, n), 3, arrivals=120_000, rng=rng)
    assert abs(waits.mean - waiting(100, 90, 3).wait_s) < 4 * waits.error
    lost = simulate_loss(30, lambda r, n: r.uniform(0, 4 * 3600, n), 62, arrivals=60_000, rng=rng)
    assert abs(lost.mean - erlang_b(60, 62)) < 4 * lost.error
    assert 0 < lost.error < 0.01


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5), st.integers(1, 12)), max_size=12))
def test_rooms_are_enough_and_none_is_spare(raw: list[tuple[int, int, int]]) -> None:
    bookings = [Booking(start_s=start, end_s=start + length, people=people) for start, length, people in raw]
    needed = rooms_for(bookings, [4, 8, 12])
    for least, size in ((0, 4), (4, 8), (8, 12)):
        larger = sum(count for seats, count in needed.items() if seats >= size)
        at_once = max(
            (sum(b.start_s <= t < b.end_s and b.people > least for b in bookings) for t in range(26)),
            default=0,
        )
        assert larger >= at_once
    assert sum(needed.values()) == most_at_once(bookings)[0]


def test_rooms_by_size_meet_a_simulation_of_meetings_that_give_way() -> None:
    """Meetings of 3 and of 8 people come at random; who finds no room, though small ones may move, is turned away."""
    rng, hours = np.random.default_rng(1), 4_000
    bookings = [
        Booking(start_s=start, end_s=start + stay, people=people)
        for people, per_h in ((3, 4), (8, 2))
        for start, stay in zip(
            rng.uniform(0, 3600 * hours, per_h * hours), rng.exponential(3600, per_h * hours), strict=True
        )
    ]
    small, large = room_demand(bookings, [4, 10], end_s=3600 * hours, chance=0.05)
    assert (small.bookings, large.bookings) == (4 * hours, 2 * hours)
    assert 6 < small.load < 12
    rooms = {4: small.enough, 10: large.enough}
    short, until = {3: 0, 8: 0}, list[tuple[float, int]]()
    for one in sorted(bookings, key=lambda one: one.start_s):
        until = [(end, people) for end, people in until if end > one.start_s]
        larges = sum(people > 4 for _, people in until)
        if len(until) == sum(rooms.values()) or (one.people > 4 and larges == rooms[10]):
            short[one.people] += 1
        else:
            until.append((one.end_s, one.people))
    assert 0 < short[3] / (4 * hours) < 0.05
    assert 0 < short[8] / (2 * hours) < 0.05


def test_the_busiest_hour_is_a_mean_of_its_weeks() -> None:
    day, week = 24 * 3600, 7 * 24 * 3600
    twice = [
        Booking(start_s=9 * 3600, end_s=10 * 3600),
        Booking(start_s=week + 9 * 3600, end_s=week + 9.5 * 3600),
    ]
    assert busiest_load(twice, end_s=2 * week) == pytest.approx(0.75)
    assert busiest_load([], end_s=week) == 0
    assert busiest_load([Booking(start_s=day - 1800, end_s=day + 3600)], end_s=day + 1800) == pytest.approx(
        0.5
    )


def test_bookings_that_follow_each_other_share_a_room() -> None:
    assert most_at_once([Booking(start_s=0, end_s=60), Booking(start_s=60, end_s=120)]) == (1, 0)
    assert rooms_for(
        [Booking(start_s=0, end_s=9, people=3), Booking(start_s=5, end_s=9, people=9)], [4, 12]
    ) == {4: 1, 12: 1}


def test_desk_sharing_is_binomial() -> None:
    curve = sharing_curve([(2, 0.5)])
    assert curve.tolist() == pytest.approx([0.75, 0.25, 0.0])
    assert desks_for([(2, 0.5)], 0.3) == 1
    mixed = presence([(40, 0.6), (10, 0.9)])
    assert (mixed * np.arange(51)).sum() == pytest.approx(40 * 0.6 + 10 * 0.9)
    rng = np.random.default_rng(0)
    there = rng.binomial(40, 0.6, 100_000) + rng.binomial(10, 0.9, 100_000)
    assert sharing_curve([(40, 0.6), (10, 0.9)])[36] == pytest.approx((there > 36).mean(), abs=0.005)


def test_a_lift_group_worked_by_hand() -> None:
    """Ten floors, 8 people: S = 10 (1 − 0.9⁸) stops, H = 10 − Σ (i / 10)⁸ floors."""
    group = LiftGroup(lifts=4, capacity=10, floors=10, floor_m=3.3, speed_m_s=1.65, stop_s=10, board_s=1.0)
    trip = lift_trip(group, 800)
    assert trip.stops == pytest.approx(10 * (1 - 0.9**8))
    assert trip.highest == pytest.approx(9.33, abs=0.01)
    assert trip.round_trip_s == pytest.approx(2 * trip.highest * 2 + (trip.stops + 1) * 10 + 16)
    assert trip.share == pytest.approx(300 * 8 * 4 / trip.round_trip_s / 800)
    lifts = lifts_for(group, 800)
    assert lifts == 5
    assert lift_trip(LiftGroup(lifts=1, capacity=10, floors=1), 10).stops == pytest.approx(1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: erlang_b(float("nan"), 3),
        lambda: erlang_b(-1, 3),
        lambda: waiting(10, 10, 0),
        lambda: shortage_curve(10, 10**6),
        lambda: Booking(start_s=5, end_s=5),
        lambda: rooms_for([Booking(start_s=0, end_s=1, people=99)], [4]),
        lambda: desks_for([(5, 1.5)], 0.1),
        lambda: LiftGroup(lifts=0, capacity=8, floors=9),
        lambda: lifts_for(LiftGroup(lifts=1, capacity=8, floors=90), 10**6),
        lambda: simulate_loss(
            0, lambda r, n: r.exponential(1, n), 3, arrivals=10_000, rng=np.random.default_rng(0)
        ),
    ],
)
def test_bad_numbers_are_refused(call: object) -> None:
    with pytest.raises(InvalidProblemError):
        call()  # type: ignore[operator]
