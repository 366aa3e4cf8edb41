"""The rooms of a campus that can be reserved: how many they hold, what is in them, when they are open."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

from yuanli.campus import Building, Campus, Device, FeatureId, Level, Unit, describe
from yuanli.errors import Text
from yuanli.operations.guidance import Guide
from yuanli.operations.reservations.booking import STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class BookableRoom:
    """A room that can be reserved.

    Parameters
    ----------
    name
        With its building and level.
    capacity
        How many it holds; None where that is not known.
    features
        What is in it: `projector`, `video`, … of `rooms.yaml`.
    hours
        In OpenStreetMap's syntax; None where it is always open.
    """

    id: FeatureId
    name: Text
    category: str
    capacity: int | None
    features: tuple[str, ...]
    level_id: FeatureId
    building_id: FeatureId | None
    hours: str | None

    def within(self, place: FeatureId | None) -> bool:
        """Whether it is, or is in, a place; None is the whole site."""
        return place in (None, self.id, self.level_id, self.building_id)


def bookable_rooms(campus: Campus) -> tuple[BookableRoom, ...]:
    """Return the rooms that can be reserved: by their category, or where `extra` says `bookable`; smallest first."""
    devices: dict[FeatureId, list[str]] = defaultdict(list)
    for device in campus.of(Device):
        if device.space_id is not None:
            devices[device.space_id].append(device.brick_class)
    categories = frozenset(str(name) for name in _table()["categories"])
    found = [
        _room(campus, unit, devices.get(unit.id, []))
        for unit in campus.of(Unit)
        if unit.extra.get("bookable", unit.category in categories)
    ]
    return tuple(sorted(found, key=lambda room: (room.capacity or 0, room.id)))


def room_name(campus: Campus, space_id: FeatureId) -> Text:
    """Return what a room is called, with its building and level; its id where it is gone."""
    return describe(campus, space_id)


def is_open(guide: Guide, room: BookableRoom, start: datetime, end: datetime) -> bool:
    """Whether a room is open all of a span."""
    if room.hours is None:
        return True
    at, steps = start, []
    while at < end:
        steps.append(at)
        at += STEP
    steps.append(end - timedelta(seconds=1))
    return all(guide.wayfinder.is_open(room.hours, at) for at in steps)


def feature_names() -> Mapping[str, Text]:
    """Return what the features of rooms are called."""
    return {str(name): Text(row["zh"][0], row["en"][0]) for name, row in _table()["features"].items()}


def features_said(words: str) -> tuple[str, ...]:
    """Return the features that words name.

    >>> features_said("要投影和白板")
    ('projector', 'whiteboard')
    """
    folded = words.casefold()
    return tuple(
        str(name)
        for name, row in _table()["features"].items()
        if any(word.casefold() in folded for word in (*row["zh"], *row["en"]))
    )


def categories_said(words: str) -> tuple[str, ...]:
    """Return the categories of rooms that a kind of room means, those of the longest word; none where it names none.

    >>> categories_said("小会议室"), categories_said("a huddle room")
    (('huddleroom', 'conferenceroom'), ('huddleroom',))
    """
    folded = words.casefold()
    said = [
        (len(word), tuple(map(str, row["categories"])))
        for row in _table()["kinds"]
        for word in row["words"]
        if word.casefold() in folded
    ]
    return max(said, key=lambda pair: pair[0])[1] if said else ()


def alike(category: str) -> frozenset[str]:
    """Return the categories of rooms that serve for the same as one: those that a kind of room has together with it.

    >>> sorted(alike("huddleroom")), sorted(alike("phoneroom"))
    (['conferenceroom', 'huddleroom'], ['phoneroom'])
    """
    kinds = [frozenset(map(str, row["categories"])) for row in _table()["kinds"]]
    return frozenset({category}).union(*(kind for kind in kinds if category in kind))


def is_kind(words: str) -> bool:
    """Whether words are nothing but a kind of room: 会议室, a meeting room."""
    bare = re.sub(r"^(?:the|a|an|any|some)\s+", "", words.casefold().strip())
    return any(bare in (word, f"{word}s") for row in _table()["kinds"] for word in row["words"])


def _room(campus: Campus, unit: Unit, devices: list[str]) -> BookableRoom:
    level = campus.find(unit.level_id)
    ids = level.building_ids if isinstance(level, Level) else ()
    building = next((found for one in ids if isinstance(found := campus.find(one), Building)), None)
    hours = (getattr(place, "hours", None) for place in (unit, level, building))
    return BookableRoom(
        id=unit.id, name=describe(campus, unit.id), category=unit.category, capacity=unit.capacity,
        features=_features(unit, devices), level_id=unit.level_id, building_id=building.id if building else None,
        hours=next((str(one) for one in hours if one), None),
    )  # fmt: skip


def _features(unit: Unit, devices: list[str]) -> tuple[str, ...]:
    table: Mapping[str, Any] = _table()["features"]
    told = {str(name) for name in unit.extra.get("features", ())}
    told |= {name for name, row in table.items() if set(row.get("brick", ())) & set(devices)}
    if "notwheelchair" not in unit.accessibility:
        told.add("wheelchair")
    return tuple(sorted(told))


@cache
def _table() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("rooms.yaml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = yaml.safe_load(text)
    return table
