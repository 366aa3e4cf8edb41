"""Rooms booked, changed and asked for in words, by the model that is shipped, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.api.meeting_rooms import meeting_campus
from tests.operations.twins import tell, twin_campus

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, Imported
from yuanli.operations import Asker, Reply, Reservation, ReservationWish

MEMBER = frozenset({"member"})
TALKS = count()
TOMORROW = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    opened = small_house(tmp_path, clock)
    opened.places.add(Imported(campus=meeting_campus(twin_campus())), who="test", why="rooms", replace=True)
    yield opened
    opened.close()


def talk(house: House, *turns: str, user: str = "li", roles: frozenset[str] = MEMBER) -> list[Reply]:
    asker = Asker(campus_id=CAMPUS, user=user, roles=roles, conversation=f"t{next(TALKS)}")
    return [house.assistant.ask(text, asker) for text in turns]


def kept(house: House, who: str | None = None) -> list[Reservation]:
    now = house.now()
    return list(house.reservations.list(CAMPUS, now, now + timedelta(days=30), who=who))


def book(
    house: House, space: str, hour: int, *, who: str = "li", title: str = "", hours: float = 1
) -> Reservation:
    start = TOMORROW + timedelta(hours=hour - 8)
    wish = ReservationWish(
        space_id=FeatureId(space), start=start, end=start + timedelta(hours=hours), attendees=2, title=title
    )
    return house.reservations.reserve(CAMPUS, wish, who=who, now=house.now())


@pytest.mark.parametrize(
    ("said", "yes", "room", "begin", "hours"),
    [
        ("帮我订明天下午2点A座能坐10个人的会议室，带投影", "好的", "room0-0", 14, 1.0),
        ("明天上午十点到十一点半要一间11人的会议室", "确认", "room0-1", 10, 1.5),
        ("给我约个洽谈室，明天下午三点，半小时，3个人", "可以", "room1-0", 15, 0.5),
        ("book a meeting room for 8 people tomorrow at 3pm for an hour with a projector", "yes", "room0-0", 15, 1.0),
        ("can you reserve the Longjing Room tomorrow from 9 to 10 for 4 people", "go ahead", "room0-0", 9, 1.0),
        ("I need a room for 25 people tomorrow 2pm to 4pm with video conferencing", "sure", "room1-1", 14, 2.0),
    ],
)  # fmt: skip
def test_the_smallest_room_that_fits_is_shown_and_booked(
    house: House, said: str, yes: str, room: str, begin: int, hours: float
) -> None:
    shown, done = talk(house, said, yes)
    name = house.reservations.room(CAMPUS, FeatureId(room)).name
    assert (shown.move, name.zh in shown.text.zh, name.en in shown.text.en) == ("confirm", True, True), (
        shown.text
    )
    assert (done.move, [one.space_id for one in kept(house)]) == ("act", [room]), done.text
    (made,) = kept(house, "li")
    local = made.start + timedelta(hours=8)
    assert (local.day, local.hour, (made.end - made.start) / timedelta(hours=1)) == (3, begin, hours)


def test_nothing_is_booked_before_it_is_confirmed_and_a_second_yes_does_nothing(house: House) -> None:
    talk(house, "订龙井会议室，明天下午三点到四点")
    assert kept(house) == []
    _, first, second = talk(house, "订龙井会议室，明天下午三点到四点", "好的", "好的")
    assert (first.move, second.move, len(kept(house))) == ("act", "already_done", 1)


def test_what_is_missing_is_asked_and_a_correction_is_shown_again(house: House) -> None:
    day, time, shown, again, done = talk(
        house, "帮我订一间会议室", "明天", "下午3点到4点", "不对，是下午5点到6点", "好"
    )
    assert (day.asks, time.asks, shown.move, again.move, done.move) == (
        "date",
        "time",
        "confirm",
        "confirm",
        "act",
    )
    assert [(one.start + timedelta(hours=8)).hour for one in kept(house)] == [17]


def test_a_clash_tells_who_has_the_room_and_what_is_free_but_not_what_for(house: House) -> None:
    book(house, "room0-0", 15, who="wang", title="裁员名单")
    (reply,) = talk(house, "订龙井会议室，明天下午三点半到四点半")
    assert (reply.error, "wang" in reply.text.zh, "15:00–16:00" in reply.text.en) == (
        "reservation_taken",
        True,
        True,
    )
    assert "大会堂" in reply.text.zh
    assert "裁员" not in reply.text.zh + reply.text.en
    (seen,) = talk(house, "明天下午谁在用龙井会议室")
    assert ("wang" in seen.text.zh, "裁员" in seen.text.zh) == (True, False)


def test_when_all_that_fit_are_taken_the_nearest_time_and_other_rooms_are_told(house: House) -> None:
    book(house, "room1-1", 14, who="wang", hours=2)
    (reply,) = talk(house, "明天下午两点订一间20人的会议室")
    assert reply.error == "no_room"
    assert ("wang" in reply.text.zh, "13:00–14:00" in reply.text.zh) == (True, True), reply.text.zh
    (never,) = talk(house, "book a meeting room for 300 people tomorrow at 2pm")
    assert ("300" in never.text.en, "holds 30" in never.text.en) == (True, True), never.text.en


@pytest.mark.parametrize(
    "said",
    ["我明天有哪些会议室", "我明天订了什么", "what have I booked tomorrow", "my reservations tomorrow"],
)
def test_ones_own_reservations_are_listed_with_their_titles(house: House, said: str) -> None:
    book(house, "room0-0", 15, title="预算会")
    book(house, "room1-1", 15, who="wang", title="秘密")
    (reply,) = talk(house, said)
    assert ("龙井" in reply.text.zh, "预算会" in reply.text.en) == (True, True), reply.text
    assert "秘密" not in reply.text.zh


@pytest.mark.parametrize(
    ("said", "hour", "room", "people"),
    [
        ("把明天下午的会改到四点", 16, "room0-0", 2),
        ("move my 3pm meeting tomorrow to 5pm", 17, "room0-0", 2),
        ("把龙井会议室的预订换到云栖会议室", 15, "room0-1", 2),
        ("change my booking tomorrow to 9 people", 15, "room0-0", 9),
    ],
)
def test_a_reservation_is_changed_as_it_is_said(
    house: House, said: str, hour: int, room: str, people: int
) -> None:
    book(house, "room0-0", 15)
    shown, done = talk(house, said, "好的" if "把" in said else "yes")
    assert (shown.move, done.move) == ("confirm", "act"), (shown.text, done.text)
    (one,) = kept(house)
    assert ((one.start + timedelta(hours=8)).hour, one.space_id, one.attendees) == (hour, room, people)
    assert one.end - one.start == timedelta(hours=1)


@pytest.mark.parametrize(
    "said", ["取消我明天的会议室", "明天的会不开了，取消预订", "cancel my booking tomorrow at 3pm"]
)
def test_a_reservation_is_cancelled_and_others_are_left(house: House, said: str) -> None:
    book(house, "room0-0", 15)
    book(house, "room1-1", 15, who="wang")
    shown, done = talk(house, said, "yes" if said.isascii() else "确认")
    assert (shown.move, done.move) == ("confirm", "act"), shown.text
    assert [one.who for one in kept(house)] == ["wang"]


def test_which_one_is_asked_where_several_fit_and_none_of_others_is_found(house: House) -> None:
    book(house, "room0-0", 10)
    book(house, "room0-0", 15)
    several, chosen = talk(house, "取消我明天的会议室", "下午三点的")
    assert "2 个预订" in several.text.zh
    assert "15:00" in chosen.text.zh
    (none,) = talk(house, "取消我明天的会议室", user="zhao")
    assert none.error == "no_such_booking"


@pytest.mark.parametrize(
    ("said", "zh"),
    [
        ("明天下午3点到4点哪些会议室有空", "3 间空房"),
        ("which meeting rooms for 20 people are free tomorrow from 3 to 4 pm", "1 间空房"),
        ("龙井会议室明天下午三点有空吗", "wang"),
    ],
)
def test_free_rooms_are_told(house: House, said: str, zh: str) -> None:
    book(house, "room0-0", 15, who="wang")
    (reply,) = talk(house, said)
    assert zh in reply.text.zh, reply.text.zh


def test_a_room_for_now_needs_no_day_and_is_checked_in_and_extended(house: House) -> None:
    shown, done = talk(house, "现在订一间洽谈室，半小时", "好的")
    assert (shown.move, done.move) == ("confirm", "act"), shown.text
    talk(house, "我到洽谈室了，签到", "好的")
    _, longer = talk(house, "把洽谈室的预订延长半小时", "好的")
    (one,) = kept(house)
    assert (one.came_at, one.end - one.start, longer.move) == (house.now(), timedelta(hours=1), "act")


def test_who_is_not_signed_in_books_nothing(house: House) -> None:
    (reply,) = talk(house, "订龙井会议室，明天下午三点到四点", user="visitor", roles=frozenset())
    assert (reply.error, kept(house)) == ("sign_in_first", [])
    assert (reply.move, reply.pending, reply.options) == ("answer", None, ())


def test_use_tells_no_shows_and_the_least_used_rooms(house: House, clock: Clock) -> None:
    book(house, "room0-0", 15)
    start = TOMORROW + timedelta(hours=0)
    for quarter in range(48):
        tell(house, start + timedelta(minutes=15 * quarter), {"pir00": 1.0 if 4 <= quarter < 8 else 0.0})
    clock.forward(36 * 3600)
    (reply,) = talk(house, "哪些会议室利用率最低")
    assert ("4 间" in reply.text.zh, reply.cards[0].kind) == (True, "chart"), reply.text.zh
    assert "1 次预订中 1 次没人来" in reply.text.zh, reply.text.zh
    (absent,) = talk(house, "哪些会议室订了没人来")
    assert "龙井" in absent.text.zh, absent.text.zh
