"""How often rooms of each size are short, from the meetings that were booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.planning.documents import Floats
from yuanli.planning.sizes.overlaps import Booking, rooms_for
from yuanli.planning.sizes.queues import checked, places_for, shortage_curve

HOUR_S = 3600
WEEK_H = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDemand:
    """How many rooms of a size meetings need.

    Parameters
    ----------
    bookings
        Meetings for which this size is the least that is large enough.
    load
        Meetings that need a room of this size or a larger one, at once on average in the busiest hour of the week.
    at_once
        Rooms of this size without which the meetings as they were booked have too few.
    enough
        Rooms of this size so that meetings find none large enough with at most the chance asked for.
    chances
        That meetings which need one have all rooms of this size or larger, with 1, 2, … of them.
    """

    seats: int
    bookings: int
    load: float
    at_once: int
    enough: int
    chances: Floats


def room_demand(
    bookings: Sequence[Booking], sizes: Sequence[int], *, end_s: float, chance: float
) -> tuple[RoomDemand, ...]:
    """Return what rooms of each size meetings need, the smallest first, by Erlang B for each size and the larger ones.

    A meeting may have a larger room and leaves it to one that needs it, as bookings can be arranged ahead: a size is
    short where more meetings need it or a larger one than there are such rooms.

    Parameters
    ----------
    bookings
        From Monday 0:00, which is 0 s, until `end_s`.

    Raises
    ------
    InvalidProblemError
        A booking is larger than every size, or the chance none.
    """
    checked("chance", chance, least=1e-9, most=1.0)
    needed, ordered = rooms_for(bookings, sizes), sorted(set(sizes))
    demands: list[RoomDemand] = []
    larger = 0
    for smaller, seats in reversed(list(zip([0, *ordered], ordered, strict=False))):
        need = [one for one in bookings if one.people > smaller]
        load = busiest_load(need, end_s=end_s)
        least = max(larger, places_for(load, chance)) if load else larger
        demands.append(
            RoomDemand(
                seats=seats, bookings=sum(one.people <= seats for one in need), load=load, at_once=needed[seats],
                enough=least - larger, chances=shortage_curve(load, int(load + 20 + 12 * load**0.5))[1:],
            )
        )  # fmt: skip
        larger = least
    return tuple(reversed(demands))


def busiest_load(bookings: Sequence[Booking], *, end_s: float) -> float:
    """Return how many meetings there are at once on average in the busiest hour of the week.

    The mean is over the weeks from the first meeting until `end_s`, in hours that begin at 0 s, Monday 0:00.
    """
    if not bookings:
        return 0.0
    first_h = int(min(one.start_s for one in bookings) // HOUR_S)
    last_h = max(first_h + 1, int(end_s // HOUR_S))
    held = np.zeros(last_h - first_h)
    for one in bookings:
        for hour in range(int(one.start_s // HOUR_S), min(last_h, int(-(-one.end_s // HOUR_S)))):
            held[hour - first_h] += (
                min(one.end_s, (hour + 1) * HOUR_S) - max(one.start_s, hour * HOUR_S)
            ) / HOUR_S
    of_week = (np.arange(first_h, last_h)) % WEEK_H
    times = np.bincount(of_week, minlength=WEEK_H)
    return float((np.bincount(of_week, held, minlength=WEEK_H) / np.maximum(times, 1)).max())
