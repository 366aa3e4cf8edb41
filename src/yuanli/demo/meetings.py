"""Meetings of the demo park: the same for the same day, so that its pages aren't empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from yuanli.campus import FeatureId

ROOMS = 14
SHARE = 0.45
"""How likely each of the day's times is taken in a room."""
TIMES = ((9, 60), (10, 90), (14, 60), (15, 60), (16, 90))
"""Hours at which meetings begin, and how many minutes they take."""
PEOPLE = ("chen.jie", "li.na", "wang.lei", "zhao.min", "zhou.tao", "sun.yue")
TITLES = ("周例会", "方案评审", "客户来访", "面试", "预算会", "项目复盘")
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMeeting:
    """A meeting: where, when, whose, for how many."""

    space_id: FeatureId
    start: datetime
    end: datetime
    who: str
    title: str
    attendees: int


def demo_meetings(rooms: Sequence[tuple[FeatureId, int]], day: date, zone: str) -> tuple[DemoMeeting, ...]:
    """Return the meetings of a day in rooms that are told with how many they hold; none on weekends."""
    if day.weekday() >= SATURDAY:
        return ()
    rng, found = Random(day.toordinal()), []
    for space_id, capacity in sorted(rooms)[:: max(1, len(rooms) // ROOMS)]:
        for hour, minutes in TIMES:
            taken, who, title = rng.random() < SHARE, rng.choice(PEOPLE), rng.choice(TITLES)
            people = rng.randint(1, max(1, capacity))
            if taken:
                start = datetime.combine(day, time(hour), ZoneInfo(zone))
                end = start + timedelta(minutes=minutes)
                found.append(
                    DemoMeeting(
                        space_id=space_id, start=start, end=end, who=who, title=title, attendees=people
                    )
                )
    return tuple(found)
