"""Reservations as events of a plan of rooms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yuanli.campus import FeatureId
from yuanli.operations.reservations import BookableRoom, Reservation
from yuanli.operations.room_plans.grids import RoomGrid, clock_at
from yuanli.operations.room_plans.wishes import RoomPlanWish

LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEvent:
    """A reservation as an event: its day, its periods, and whether it stays as it is."""

    name: str
    held: Reservation
    day: int
    start: int
    length: int
    fixed: bool


def room_events(
    reservations: Sequence[Reservation],
    rooms: Mapping[FeatureId, BookableRoom],
    grid: RoomGrid,
    wish: RoomPlanWish,
) -> list[RoomEvent]:
    """Return reservations as events; what has begun, or has its room by no rule of today, is fixed."""
    names = _event_names(reservations, grid.first, wish)
    events = []
    for one in reservations:
        begin, end = grid.span(one)
        day, start = divmod(begin, grid.periods)
        capacity = rooms[one.space_id].capacity
        cells = grid.open[one.space_id][day, start : start + end - begin]
        fits = cells.all() and (capacity is None or one.attendees <= capacity)
        fixed = one.start <= grid.now or one.came_at is not None or not fits
        cells[:] = True
        events.append(
            RoomEvent(name=names[one.id], held=one, day=day, start=start, length=end - begin, fixed=fixed)
        )
    return events


def _event_names(reservations: Sequence[Reservation], first: datetime, wish: RoomPlanWish) -> dict[str, str]:
    """Return names that differ: title and organiser, then the time, then the id too."""
    names = {
        one.id: f"{one.title[:LONGEST_TITLE]} · {one.who}" if one.title else one.who for one in reservations
    }
    form = "%H:%M" if wish.days == 1 else "%m-%d %H:%M"
    starts = {one.id: f"{clock_at(first, one.start):{form}}" for one in reservations}
    for more in (starts, {key: key for key in names}):
        often = Counter(names.values())
        names = {key: name if often[name] == 1 else f"{name} · {more[key]}" for key, name in names.items()}
    return names
