"""The port suite of `ReservationStore`, on SQLite and PostgreSQL: a room is never held by two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from yuanli.campus import CampusId, FeatureId
from yuanli.operations import (
    Reservation,
    ReservationNotFoundError,
    ReservationQuery,
    ReservationState,
    ReservationTakenError,
)
from yuanli.storage import Database, SqlReservationStore, open_database

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PARK = CampusId("park")
ROOM = FeatureId("room-1")
ONE = Reservation(
    id="one", campus_id=PARK, space_id=ROOM, start=AT, end=AT + HOUR, who="li", made_at=AT - HOUR, attendees=4,
    title="预算 review",
)  # fmt: skip
WRITERS = 50


def asked(start: datetime, end: datetime, **of: Any) -> ReservationQuery:
    return ReservationQuery(start=start, end=end, **of)


@pytest.fixture
def store(database: Database) -> SqlReservationStore:
    return SqlReservationStore(database)


def test_it_comes_back_as_it_was_kept_also_after_a_restart(
    store: SqlReservationStore, database_url: str
) -> None:
    assert store.add(ONE) == ONE
    again = open_database(database_url)
    try:
        kept = SqlReservationStore(again)
        assert kept.find(PARK, "one") == ONE
        assert kept.list(PARK, asked(AT, AT + HOUR)) == (ONE,)
    finally:
        again.close()


def test_the_same_id_again_is_the_same_reservation(store: SqlReservationStore) -> None:
    store.add(ONE)
    assert store.add(replace(ONE, who="other")) == ONE


@pytest.mark.parametrize(("begin", "minutes"), [(-30, 60), (0, 60), (15, 5), (55, 30), (-60, 240)])
def test_what_overlaps_is_refused_and_nothing_of_it_stays(
    store: SqlReservationStore, begin: int, minutes: int
) -> None:
    store.add(ONE)
    start = AT + timedelta(minutes=begin)
    with pytest.raises(ReservationTakenError):
        store.add(replace(ONE, id="two", start=start, end=start + timedelta(minutes=minutes)))
    assert store.find(PARK, "two") is None
    assert store.list(PARK, asked(AT - 5 * HOUR, AT + 9 * HOUR)) == (ONE,)


def test_times_that_touch_other_rooms_and_other_parks_do_not_clash(store: SqlReservationStore) -> None:
    store.add(ONE)
    store.add(replace(ONE, id="before", start=AT - HOUR, end=AT))
    store.add(replace(ONE, id="after", start=AT + HOUR, end=AT + 2 * HOUR))
    store.add(replace(ONE, id="beside", space_id=FeatureId("room-2")))
    store.add(replace(ONE, id="elsewhere", campus_id=CampusId("other")))
    assert [one.id for one in store.list(PARK, asked(AT - HOUR, AT + 2 * HOUR))] == [
        "before",
        "one",
        "beside",
        "after",
    ]
    assert [one.id for one in store.list(PARK, asked(AT, AT + HOUR, space_ids=[ROOM]))] == ["one"]
    assert store.list(PARK, asked(AT, AT + HOUR, who="wang")) == ()


def test_of_fifty_who_want_one_hour_exactly_one_has_it(store: SqlReservationStore) -> None:
    def take(number: int) -> bool:
        begin = AT + timedelta(minutes=5 * (number % 3))
        try:
            store.add(replace(ONE, id=f"r{number}", who=f"u{number}", start=begin, end=begin + HOUR))
        except ReservationTakenError:
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as pool:
        won = list(pool.map(take, range(WRITERS)))
    assert sum(won) == 1
    assert [one.id for one in store.list(PARK, asked(AT, AT + 2 * HOUR))] == [f"r{won.index(True)}"]


def test_two_who_move_into_each_others_rooms_end_with_one_each(store: SqlReservationStore) -> None:
    other = FeatureId("room-2")
    store.add(ONE)
    store.add(replace(ONE, id="two", space_id=other))

    def swap(pair: tuple[str, FeatureId]) -> bool:
        try:
            store.change(PARK, pair[0], lambda kept: replace(kept, space_id=pair[1]))
        except ReservationTakenError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(swap, (("one", other), ("two", ROOM)))) == [False, False]
    assert [one.space_id for one in store.list(PARK, asked(AT, AT + HOUR))] == [ROOM, other]


def test_a_move_frees_the_old_time_and_a_clash_changes_nothing(store: SqlReservationStore) -> None:
    store.add(ONE)
    later = replace(ONE, start=AT + 2 * HOUR, end=AT + 3 * HOUR, came_at=AT)
    assert store.change(PARK, "one", lambda kept: later) == later
    store.add(replace(ONE, id="two"))
    with pytest.raises(ReservationTakenError):
        store.change(PARK, "two", lambda kept: replace(kept, end=AT + 3 * HOUR))
    assert store.find(PARK, "two") == replace(ONE, id="two")


def test_what_is_cancelled_is_free_again(store: SqlReservationStore) -> None:
    store.add(ONE)
    gone = store.change(PARK, "one", lambda kept: replace(kept, state=ReservationState.CANCELLED))
    assert store.list(PARK, asked(AT, AT + HOUR)) == ()
    assert store.list(PARK, asked(AT, AT + HOUR, cancelled=True)) == (gone,)
    store.add(replace(ONE, id="two"))


@pytest.mark.parametrize(
    ("park", "name"), [("park", "none"), ("other", "one"), ("a\0", "one"), ("park", "\ud800")]
)
def test_what_is_not_kept_is_not_found(store: SqlReservationStore, park: str, name: str) -> None:
    store.add(ONE)
    assert store.find(CampusId(park), name) is None
    with pytest.raises(ReservationNotFoundError):
        store.change(CampusId(park), name, lambda kept: kept)
