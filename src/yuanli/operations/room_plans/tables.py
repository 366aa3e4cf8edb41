"""Rooms and events as the tables of a problem have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.operations.reservations import BookableRoom, Reservation, alike, feature_names
from yuanli.operations.room_plans.events import RoomEvent
from yuanli.operations.room_plans.grids import RoomGrid, runs_of
from yuanli.operations.room_plans.wishes import RoomPlanWish
from yuanli.solver import Row

SHIFT_MIN = 15
SEAT_COST, HOUR_COST = 1.0, 8.0
"""Points of an empty seat, as many as of a minute of walking in `offers`, and of an hour from the wished time."""


def room_names(rooms: Mapping[FeatureId, BookableRoom], language: str) -> dict[FeatureId, str]:
    """Return names of rooms that differ."""
    names = {key: room.name.zh if language == "zh" else room.name.en for key, room in rooms.items()}
    often = Counter(names.values())
    return {key: name if often[name] == 1 else f"{name} ({key})" for key, name in names.items()}


def room_table(
    room: BookableRoom, name: str, events: Sequence[RoomEvent], grid: RoomGrid, wish: RoomPlanWish
) -> dict[str, Any]:
    """Return a room; one of unknown size holds as many as come to it now."""
    most = max((one.held.attendees for one in events if one.held.space_id == room.id), default=0)
    closed = [
        {"days": [day], "start": start, "length": length}
        for day, cells in enumerate(grid.open[room.id])
        for start, length in runs_of(~cells)
    ]
    capacity = most if room.capacity is None else room.capacity
    return {"name": name, "capacity": capacity, "features": _features(room, wish), "closed": closed}


def event_table(
    event: RoomEvent,
    rooms: Mapping[FeatureId, BookableRoom],
    names: Mapping[FeatureId, str],
    people: Sequence[str],
    grid: RoomGrid,
    wish: RoomPlanWish,
) -> dict[str, Any]:
    """Return an event with the times and rooms it may have; one that is fixed has its own."""
    held, own = event.held, rooms[event.held.space_id]
    now = {"days": [event.day], "start": event.start, "length": event.length}
    told: dict[str, Any] = {
        "name": event.name, "size": held.attendees, "people": list(people), "times": [now],
        "rooms": {names[own.id]: 0.0}, "current": {"time": now, "room": names[own.id]},
    }  # fmt: skip
    if event.fixed:
        return told | {"size": min(held.attendees, own.capacity or held.attendees)}
    kinds = alike(own.category)
    told["rooms"] = {
        names[room.id]: _spare(room, held) + (0.0 if room is own else wish.change_cost)
        for room in rooms.values()
        if room is own or (room.category in kinds and room.capacity is not None)
    }
    told["features"] = _features(own, wish) if wish.keep_equipment else []
    steps = wish.hours * 60 // SHIFT_MIN
    for shift_min in (k * SHIFT_MIN for k in range(-steps, steps + 1) if k):
        start = event.start + shift_min // grid.period_min
        if start < 0 or start + event.length > grid.periods or grid.is_past(event.day, start):
            continue
        penalty = wish.change_cost + HOUR_COST * abs(shift_min) / 60
        told["times"].append({**now, "start": start, "penalty": penalty})
    return told


def _features(room: BookableRoom, wish: RoomPlanWish) -> list[str]:
    names = feature_names()
    told = [names[one] if one in names else Text(one, one) for one in room.features]
    return [one.zh if wish.language == "zh" else one.en for one in told]


def _spare(room: BookableRoom, held: Reservation) -> float:
    return 0.0 if room.capacity is None else SEAT_COST * max(0, room.capacity - held.attendees)


def row_now(event: RoomEvent, names: Mapping[FeatureId, str]) -> Row:
    """Return what an event has now, as a row of a plan."""
    return {
        "event": event.name, "days": [event.day], "weeks": [0], "start": event.start, "length": event.length,
        "room": names[event.held.space_id],
    }  # fmt: skip
