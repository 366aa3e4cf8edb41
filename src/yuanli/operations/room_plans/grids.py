"""The days and periods of a plan of rooms, and when each room is open in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import FeatureId
from yuanli.operations.guidance import Guide
from yuanli.operations.reservations import BookableRoom, Reservation, is_open
from yuanli.operations.room_plans.wishes import RoomPlanWish

DAY_MIN = 24 * 60
PERIODS_MIN = (15, 5)
Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomGrid:
    """The days and periods of a plan, and when each room is open in them, of shape `(days, periods)`."""

    first: datetime
    now: datetime
    period_min: int
    open: Mapping[FeatureId, Cells]

    @property
    def periods(self) -> int:
        """Periods of a day."""
        return DAY_MIN // self.period_min

    def span(self, one: Reservation) -> tuple[int, int]:
        """Return from which period until which it is, counted from the first day on."""
        begin, end = (
            clock_at(self.first, at) - self.first.replace(tzinfo=None) for at in (one.start, one.end)
        )
        step = timedelta(minutes=self.period_min)
        return begin // step, -(-end // step)

    def is_past(self, day: int, period: int) -> bool:
        """Whether a period has begun."""
        begun = timedelta(days=day, minutes=period * self.period_min)
        return self.first.replace(tzinfo=None) + begun < clock_at(self.first, self.now)


def clock_at(first: datetime, at: datetime) -> datetime:
    """Return a moment as the campus's clock shows it, without its zone."""
    return at.astimezone(first.tzinfo).replace(tzinfo=None)


def on_one_day(first: datetime, one: Reservation) -> bool:
    """Whether a reservation begins and ends on one day of the campus's clock."""
    last = clock_at(first, one.end) - timedelta(seconds=1)
    return clock_at(first, one.start).date() == last.date()


def room_grid(
    guide: Guide,
    rooms: Sequence[BookableRoom],
    wish: RoomPlanWish,
    events: Sequence[Reservation],
    now: datetime,
) -> RoomGrid:
    """Return the periods, as long as all reservations allow, and when rooms are open in them by their hours."""
    first = datetime.combine(wish.day, time(), ZoneInfo(guide.campus.time_zone))
    clocks = [clock_at(first, at) for one in events for at in (one.start, one.end)]
    period_min = next(
        m for m in PERIODS_MIN if m == PERIODS_MIN[-1] or all(at.minute % m == 0 for at in clocks)
    )
    step, shape = timedelta(minutes=period_min), (wish.days, DAY_MIN // period_min)
    begins = [first + i * step for i in range(shape[0] * shape[1])]
    alike = {room.hours: room for room in rooms}
    known = {
        hours: np.array([is_open(guide, room, at, at + step) for at in begins], np.bool_).reshape(shape)
        for hours, room in alike.items()
    }
    return RoomGrid(
        first=first, now=now, period_min=period_min, open={room.id: known[room.hours].copy() for room in rooms}
    )  # fmt: skip


def runs_of(cells: Cells) -> Iterator[tuple[int, int]]:
    """Yield where runs of true cells begin, and how long they are."""
    edges = np.flatnonzero(np.diff(cells.astype(np.int8), prepend=0, append=0))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield int(begin), int(end - begin)
