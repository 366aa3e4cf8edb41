"""How many rooms of which size there are and meetings need, from what was booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from yuanli.operations.reservations.booking import Reservation
from yuanli.operations.reservations.rooms import BookableRoom
from yuanli.planning import Booking, room_demand

MOST_SIZES = 6
"""So many sizes are told apart; of more, those nearest each other are one."""
SHOWN = 0.001
"""Chances below it are as good as none: further rooms are not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSize:
    """Rooms of a size, from `seats` to below the next size, and the meetings that need them.

    Parameters
    ----------
    number, larger
        How many there are of this size, and of this size or larger.
    bookings
        Meetings for which this size is the least that is large enough.
    at_once, enough
        How many of this size are needed for the meetings as they were booked; and so that a meeting that needs one
        finds none with at most the chance asked for.
    chances
        That a meeting that needs one finds none of this size or larger, with 1, 2, … of them.
    """

    seats: int
    number: int
    larger: int
    bookings: int
    at_once: int
    enough: int
    chances: tuple[float, ...]


def room_sizes(
    rooms: Sequence[BookableRoom], held: Sequence[Reservation], *, end: datetime, chance: float
) -> tuple[RoomSize, ...]:
    """Return the sizes of rooms by what was booked until `end`, which has the campus's zone, the smallest first.

    A meeting larger than all counts as one of the largest.
    """
    seats = [room.capacity for room in rooms if room.capacity]
    sizes = _told_apart(seats)
    if not sizes:
        return ()
    zone = end.tzinfo
    local = [(one.start.astimezone(zone), one.end.astimezone(zone), one.attendees) for one in held]
    monday = _monday(min((start for start, _, _ in local), default=end))
    bookings = [
        Booking(start_s=_since(monday, start), end_s=_since(monday, until), people=min(people, sizes[-1]))
        for start, until, people in local
    ]
    demand = room_demand(bookings, sizes, end_s=_since(monday, end), chance=chance)
    found = []
    for one, above in zip(demand, [*sizes[1:], np.inf], strict=True):
        larger = sum(many >= one.seats for many in seats)
        never = np.flatnonzero(one.chances < SHOWN)
        last = int(never[0]) + 1 if len(never) else len(one.chances)
        found.append(
            RoomSize(
                seats=one.seats, number=sum(one.seats <= many < above for many in seats), larger=larger,
                bookings=one.bookings, at_once=one.at_once, enough=one.enough,
                chances=tuple(round(float(value), 6) for value in one.chances[:last]),
            )
        )  # fmt: skip
    return tuple(found)


def _told_apart(seats: Sequence[int]) -> list[int]:
    """Return the sizes that there are, smallest and largest always."""
    sizes = sorted(set(seats))
    while len(sizes) > MOST_SIZES:
        nearest = min(range(1, len(sizes) - 1), key=lambda i: sizes[i] / sizes[i - 1])
        del sizes[nearest]
    return sizes


def _monday(at: datetime) -> datetime:
    """Return the Monday of a moment at 0:00 by its own clock, without a zone."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return day - timedelta(days=day.weekday())


def _since(monday: datetime, at: datetime) -> float:
    return (at.replace(tzinfo=None) - monday).total_seconds()
