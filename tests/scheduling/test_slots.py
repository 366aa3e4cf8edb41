"""Where and when a meeting can still be had."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.scheduling import Booking, InvalidProblemError, Room, SlotRequest, find_slots

ROOMS = (
    Room(name="small", capacity=4),
    Room(name="large", capacity=10, features=frozenset({"screen"})),
    Room(name="hall", capacity=60, features=frozenset({"screen"})),
)
WALKS = {("desk", "small"): 60.0, ("desk", "large"): 240.0, ("desk", "hall"): 600.0}


def ask(**more: object) -> SlotRequest:
    return SlotRequest(**{"attendees": 4, "minutes": 60, "earliest_min": 540, "latest_min": 660, **more})  # type: ignore[arg-type]


def test_the_best_rooms_come_with_reasons() -> None:
    found = find_slots(ROOMS, [], ask(near=("desk",), preferred_min=570), walking_s=WALKS)
    assert [(slot.room, slot.start_min) for slot in found.best] == [
        ("small", 570),
        ("large", 570),
        ("hall", 570),
    ]
    assert [slot.cost for slot in found.best] == pytest.approx([1, 3 + 4, 28 + 10])
    assert [text.en for text in found.best[0].reasons] == [
        "holds 4, 0 seats to spare", "1.0 minutes to walk on average", "at the wanted time",
    ]  # fmt: skip
    assert found.refused == ()


def test_what_stands_in_the_way_is_told() -> None:
    bookings = [
        Booking(room="large", start_min=540, end_min=600),
        Booking(room="hall", start_min=540, end_min=660, people=frozenset({"ann"})),
    ]
    found = find_slots(ROOMS, bookings, ask(attendees=8, features=frozenset({"screen"})))
    assert [(slot.room, slot.start_min) for slot in found.best] == [("large", 600)]
    assert next(text.en for text in found.refused) == "1 rooms are too small for 8"
    assert find_slots(ROOMS, bookings, ask(people=frozenset({"ann"}))).best == ()


def test_a_room_nobody_can_walk_to_is_left_out() -> None:
    found = find_slots(ROOMS, [], ask(near=("desk",)), walking_s={("desk", "large"): 60.0})
    assert {slot.room for slot in found.best} == {"large"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ROOMS), st.integers(0, 7), st.integers(1, 4)), max_size=6))
def test_no_slot_meets_a_booking_and_none_better_is_left_out(taken: list[tuple[Room, int, int]]) -> None:
    bookings = [Booking(room=r.name, start_min=540 + 15 * s, end_min=540 + 15 * (s + n)) for r, s, n in taken]
    found = find_slots(ROOMS, bookings, ask(preferred_min=540), k=100)
    for slot in found.best:
        assert not any(
            b.room == slot.room and b.start_min < slot.end_min and slot.start_min < b.end_min
            for b in bookings
        )
    free = sum(
        not any(b.room == r.name and b.start_min < s + 60 and s < b.end_min for b in bookings)
        for r in ROOMS for s in range(540, 601, 15)
    )  # fmt: skip
    assert len(found.best) == free
    assert found.best == () or found.best[0].cost == min(slot.cost for slot in found.best)


def test_a_request_that_can_t_be_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match="does not fit into 09:00–11:00"):
        ask(minutes=180)
    with pytest.raises(InvalidProblemError, match="attendees is 0"):
        ask(attendees=0)
