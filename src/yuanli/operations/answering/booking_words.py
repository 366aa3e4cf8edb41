"""What a request about reservations says: which room or kind of room, when, for how many, with what."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from yuanli.campus import FeatureId, Unit
from yuanli.errors import InvalidInputError, Text
from yuanli.language import Slot, TimeSpan, Understanding, find_duration, find_number, find_when, is_here
from yuanli.operations.answering.asked import SIGN_IN, is_member, place_of
from yuanli.operations.answering.vocabulary import is_one_of, spans_of
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker
from yuanli.operations.reservations import (
    STEP,
    BookableRoom,
    Reservations,
    RoomWish,
    categories_said,
    features_said,
    is_kind,
)

NAMED = 0.85
"""Search score from which words for a kind of room are the name of one."""
HOUR = timedelta(hours=1)
DAY_BEGINS, DAY_ENDS = 8, 20
"""Of a whole day these hours are looked at."""
DATED = ("date", "time", "duration")
NEW_BY_NATURE = ("people_count", "place", "equipment", "duration", "value")


class UnclearBookingError(InvalidInputError):
    """Words do not tell which room, which reservation or when."""


class SignInFirstError(InvalidInputError):
    """Only who is signed in has reservations."""

    status = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for.

    Parameters
    ----------
    room
        One that was named; None where any of its kind will do.
    span
        When, as it was said; None where nothing was. `length` is how long, where that is known.
    unknown
        Words for what a room should have that no room is known by.
    """

    room: BookableRoom | None
    place: FeatureId | None
    categories: tuple[str, ...]
    features: tuple[str, ...]
    unknown: tuple[str, ...]
    people: int | None
    span: TimeSpan | None
    length: timedelta | None

    def wish(self, start: datetime, end: datetime, asker: Asker) -> RoomWish:
        """Return what rooms have to fulfil."""
        place = self.place if self.room is None else self.room.id
        return RoomWish(
            start=start, end=end, people=self.people or 1, categories=() if self.room else self.categories,
            features=self.features, place=place, near=asker.here,
        )  # fmt: skip


def require_member(asker: Asker) -> None:
    """Refuse who is not signed in."""
    if not is_member(asker):
        raise SignInFirstError(SIGN_IN, field="user")


def wanted(
    reservations: Reservations, guide: Guide, heard: Understanding, asker: Asker, now: datetime
) -> Wanted:
    """Return what a request looks for.

    Raises
    ------
    PlaceNotFoundError, UnclearBookingError
        A place is not on this campus, or no room of it can be reserved.
    """
    rooms = {room.id: room for room in reservations.rooms(guide.campus.id)}
    named = [said for said in heard.values("room_type") if _names_room(guide, said, heard.language, rooms)]
    kinds = [said for said in (*heard.values("room_type"), *heard.values("item")) if said not in named]
    room, place = None, None
    for said in (*heard.values("room"), *named, *heard.values("place")):
        if is_kind(said):
            kinds.append(said)
            continue
        if is_one_of(said, "site") or (is_here(said) and asker.here is None):
            continue
        found = place_of(guide, said, heard.language, asker)
        if found.id in rooms:
            room = room or rooms[found.id]
        elif isinstance(guide.campus.find(found.id or ""), Unit) and found.id is not None:
            raise UnclearBookingError(
                Text(f"{found.name.zh}不能预订。", f"{found.name.en} can't be reserved."), field="room",
                hint=Text("可以预订会议室、洽谈室、教室等。", "Meeting rooms, huddle rooms, classrooms can."),
            )  # fmt: skip
        else:
            place = place or found.id
    equipment = " ".join(heard.values("equipment"))
    counts = [n for said in heard.values("people_count") if (n := find_number(said, language=heard.language))]
    span = span_of(heard, now, ZoneInfo(guide.campus.time_zone))
    return Wanted(
        room=room, place=place, categories=_categories(kinds), features=features_said(equipment),
        unknown=tuple(said for said in heard.values("equipment") if not features_said(said)),
        people=max((round(n.high or n.low or 1) for n in counts), default=None), span=span,
        length=length_of(heard, span),
    )  # fmt: skip


def _names_room(guide: Guide, said: str, language: str, rooms: Container[FeatureId]) -> bool:
    """Whether what was taken for a kind of room is the name of one: 龙井会议室."""
    if is_kind(said):
        return False
    hits = guide.index.search(said, limit=1, language=language)
    return bool(hits) and hits[0].score >= NAMED and hits[0].feature_id in rooms


def span_of(
    heard: Understanding, now: datetime, zone: ZoneInfo, types: tuple[str, ...] = DATED
) -> TimeSpan | None:
    """Return when a request says, or None where it says nothing that can be read."""
    said = {name: heard.values(name) if name in types else () for name in DATED}
    if not said["date"] and not said["time"]:
        return None
    return find_when(
        said["date"], said["time"], said["duration"], language=heard.language, now=now, zone=zone
    )


def length_of(heard: Understanding, span: TimeSpan | None) -> timedelta | None:
    """Return how long something lasts, as far as that was said."""
    if span is not None and span.duration_s:
        return timedelta(seconds=span.duration_s)
    said = [s for one in heard.values("duration") if (s := find_duration(one, language=heard.language))]
    return timedelta(seconds=said[0]) if said else None


def hours_within(span: TimeSpan) -> tuple[datetime, datetime]:
    """Return the part of a span that is looked at: of whole days the hours from 8 to 20, else all of it."""
    start, end = span.start, span.end
    if end - start >= timedelta(hours=23) and start.hour == 0:
        last = end - timedelta(seconds=1)
        start, end = (
            start.replace(hour=DAY_BEGINS),
            last.replace(hour=DAY_ENDS, minute=0, second=0, microsecond=0),
        )
    return floor(start), floor(end)


def floor(at: datetime) -> datetime:
    """Return the begin of the five minutes that a moment is in."""
    length = STEP.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // length * length, UTC).astimezone(at.tzinfo)


def halves(heard: Understanding) -> tuple[Understanding, Understanding]:
    """Return a change as what it is of and what it becomes.

    What stands behind the last 改到, 换成, to, … is what it becomes, and so is what was put right in a later turn.
    Without such a word, of two times the first is the old one; people, a place, what is needed and a length are new.
    """
    own = [slot for slot in heard.slots if heard.text[slot.start : slot.end] == slot.text]
    later = [slot for slot in heard.slots if slot not in own]
    outside = [at for at in spans_of(heard.text, "becomes") if not any(s.start <= at < s.end for s in own)]
    pivot = next((at for at in reversed(outside) if any(slot.start > at for slot in own)), None)
    old: list[Slot] = []
    new = list(later)
    for slot in own:
        known = slot.type in ("booking_ref", "event_name")
        if pivot is not None:
            (new if slot.start > pivot and not known else old).append(slot)
        elif slot.type in NEW_BY_NATURE or (
            slot.type in ("date", "time") and slot.type in {o.type for o in old}
        ):
            new.append(slot)
        else:
            old.append(slot)
    return replace(heard, slots=tuple(old)), replace(heard, slots=tuple(new))


def at_once(heard: Understanding) -> Understanding:
    """Return a request that is for now with today as its day, which needs not be asked for."""
    if heard.intent != "booking_create" or heard.find("date") or heard.find("frequency"):
        return heard
    times = heard.values("time")
    found = re.search(
        r"现在|马上|立刻|立即|\b(?:right )?now\b|\bright away\b|\bimmediately\b", heard.text, re.IGNORECASE
    )
    if found is None or any(not is_one_of(said, "at_once") for said in times):
        return heard
    today = "今天" if heard.language == "zh" else "today"
    slot = Slot(type="date", text=today, start=0, end=0, value=today)
    time = (
        ()
        if times
        else (Slot(type="time", text=found[0], start=found.start(), end=found.end(), value=found[0]),)
    )
    return replace(heard, slots=(*heard.slots, slot, *time))


def _categories(kinds: list[str]) -> tuple[str, ...]:
    """Return the categories of the kinds that were said; a bare 房间 or room is any."""
    found = [one for said in kinds for one in categories_said(said)]
    bare = all(is_one_of(said, "any_room") for said in kinds)
    if kinds and not found and not bare:
        raise UnclearBookingError(
            Text(f"“{kinds[0]}”不在可预订之列。", f"{kinds[0]!r} can't be reserved here."), field="room_type",
            hint=Text("可以预订会议室、洽谈室、电话间、教室、报告厅、球场。",
                      "Meeting rooms, huddle rooms, phone booths, classrooms, halls and courts can."),
        )  # fmt: skip
    return tuple(dict.fromkeys(found))
