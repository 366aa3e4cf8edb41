"""The demo park's meetings: the same for the same day, in times that don't clash."""

from __future__ import annotations

from datetime import date, timedelta

from yuanli.campus import FeatureId
from yuanli.demo import demo_meetings

ROOMS = [(FeatureId(f"room-{i}"), 8 + i) for i in range(20)]
MONDAY = date(2026, 3, 2)


def test_the_same_day_has_the_same_meetings_and_a_weekend_none() -> None:
    once = demo_meetings(ROOMS, MONDAY, "Asia/Shanghai")
    assert once == demo_meetings(ROOMS, MONDAY, "Asia/Shanghai")
    assert once != demo_meetings(ROOMS, MONDAY + timedelta(days=1), "Asia/Shanghai")
    assert demo_meetings(ROOMS, MONDAY + timedelta(days=5), "Asia/Shanghai") == ()


def test_no_room_is_held_twice_and_none_overfull() -> None:
    sizes = dict(ROOMS)
    found = demo_meetings(ROOMS, MONDAY, "Asia/Shanghai")
    assert len(found) > 10
    for one in found:
        assert 1 <= one.attendees <= sizes[one.space_id]
        others = [o for o in found if o.space_id == one.space_id and o is not one]
        assert all(o.end <= one.start or one.end <= o.start for o in others)
