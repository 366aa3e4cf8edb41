"""Which rooms fit a wish, the best first: an exact choice by empty seats and the walk there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yuanli.campus import FeatureId
from yuanli.operations.guidance import Guide
from yuanli.operations.reservations.booking import Reservation
from yuanli.operations.reservations.rooms import BookableRoom, is_open

MINUTE_S = 60.0
UNKNOWN_SEATS = 12.0
"""What a room costs of which nobody knows how many it holds, as if so many seats stayed empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWish:
    """What somebody looks for.

    Parameters
    ----------
    categories
        Of rooms; all where empty.
    place
        A building, a level or a room; the whole site where None.
    near
        From where the walk is reckoned, as places are named; None leaves it out.
    """

    start: datetime
    end: datetime
    people: int = 1
    categories: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    place: FeatureId | None = None
    near: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A free room: seats that stay empty and seconds to walk there, as far as they are known."""

    room: BookableRoom
    spare: int | None
    walk_s: float | None


def offers(
    guide: Guide, rooms: Sequence[BookableRoom], held: Sequence[Reservation], wish: RoomWish, now: datetime
) -> tuple[Offer, ...]:
    """Return the rooms that fit a wish and are free, the best first: each empty seat counts as a minute of walking."""
    busy = {one.space_id for one in held if one.overlaps(wish.start, wish.end)}
    fitting = [room for room in rooms if room.id not in busy and fits(room, wish)]
    open_ = [room for room in fitting if is_open(guide, room, wish.start, wish.end)]
    walks = _walks(guide, open_, wish.near, now)
    found = [
        Offer(
            room=room,
            spare=None if room.capacity is None else room.capacity - wish.people,
            walk_s=walks.get(room.id),
        )
        for room in open_
    ]
    return tuple(sorted(found, key=_cost))


def fits(room: BookableRoom, wish: RoomWish) -> bool:
    """Whether a room is of the kind, in the place, large enough, and has what is needed."""
    return (
        room.within(wish.place)
        and (not wish.categories or room.category in wish.categories)
        and (room.capacity is None or room.capacity >= wish.people)
        and set(wish.features) <= set(room.features)
    )


def _cost(offer: Offer) -> tuple[float, str]:
    seats = UNKNOWN_SEATS if offer.spare is None else float(offer.spare)
    return seats + (offer.walk_s or 0.0) / MINUTE_S, offer.room.id


def _walks(
    guide: Guide, rooms: Sequence[BookableRoom], near: str | None, now: datetime
) -> Mapping[FeatureId, float]:
    if near is None or not rooms:
        return {}
    row = guide.matrix((near,), tuple(room.id for room in rooms), now=now).duration_s[0]
    return {room.id: float(s) for room, s in zip(rooms, row, strict=True) if s is not None}
