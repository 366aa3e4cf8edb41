"""Our own JSON of events and rooms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, FiniteFloat

from yuanli.scheduling.rooms.tables import (
    MOST_DAYS,
    MOST_EVENTS,
    MOST_PERIODS,
    MOST_ROOMS,
    Course,
    Event,
    Placed,
    Room,
    RoomsProblem,
    RoomWeights,
    Rule,
    Time,
)
from yuanli.solver import Document, document_of, refuse

MOST_RULES = 100_000
MOST_TIMES = 200_000
"""Times that events without times of their own may have."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
Penalty = Annotated[FiniteFloat, Field(ge=0)]


class TimeDocument(Document):
    """A time of an event, or one at which a room is closed."""

    days: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, description="Days, counted from 0.")
    start: int = Field(ge=0, description="First period, counted from 0.")
    length: int = Field(1, ge=1, description="Periods.")
    weeks: list[Annotated[int, Field(ge=0)]] = Field([0], min_length=1, description="Weeks, counted from 0.")
    penalty: Penalty = Field(0.0, description="What it costs, ≥ 0.")

    def time(self) -> Time:
        """Return the time."""
        return Time(
            days=tuple(sorted(set(self.days))), start=self.start, length=self.length,
            weeks=tuple(sorted(set(self.weeks))),
        )  # fmt: skip


class RoomDocument(Document):
    """A room."""

    name: Name
    capacity: int = Field(ge=0, description="People it holds.")
    features: list[Name] = Field([], description="What it offers: screen, lab, step_free …")
    closed: list[TimeDocument] = Field([], description="When it can't be had.")


class CurrentDocument(Document):
    """What an event has in the plan that holds now."""

    time: TimeDocument
    room: Name | None = Field(None, description="Its room, if any.")


class EventDocument(Document):
    """A meeting, lecture or event."""

    name: Name
    size: int = Field(0, ge=0, description="How many people come.")
    people: list[Name] = Field([], description="Who can't be elsewhere: attendees, teachers, groups.")
    length: int = Field(1, ge=1, description="Periods it lasts; used where `times` are left out.")
    times: list[TimeDocument] | None = Field(None, description="Times it may have; any time if left out.")
    rooms: dict[Name, Penalty] | None = Field(
        None, description="Rooms it may have, with a penalty; any room if left out, none needed if empty."
    )
    features: list[Name] = Field([], description="What its room must offer.")
    course: Name | None = Field(None, description="What it belongs to.")
    current: CurrentDocument | None = Field(None, description="What it has now, told beside what it gets.")


class CourseDocument(Document):
    """Events that belong together."""

    name: Name
    min_days: int = Field(1, ge=0, description="Days they are better spread over.")


class RuleDocument(Document):
    """How events relate."""

    kind: str = Field(description="As in ITC-2019, with underscores: same_room, not_overlap, precedence …")
    events: list[Name] = Field(min_length=1, max_length=MOST_EVENTS)
    penalty: Penalty | None = Field(None, description="What a broken pair costs; null where it must hold.")
    values: list[int] = Field([], max_length=2, description="Numbers of the rule, in periods or days.")


class WeightsDocument(Document):
    """What one unit costs."""

    size: Penalty = Field(1.0, description="A person more than the room holds.")
    min_days: Penalty = Field(5.0, description="A day that a course has too few.")
    compactness: Penalty = Field(2.0, description="A lone period of a curriculum.")
    stability: Penalty = Field(1.0, description="A room of a course beyond its first.")
    time: Penalty = Field(1.0, description="A point of penalty of a time.")
    room: Penalty = Field(1.0, description="A point of penalty of a room.")
    rules: Penalty = Field(1.0, description="A point of penalty of a rule.")
    walking: Penalty = Field(1.0, description="A minute one of the people walks between consecutive events.")


class RoomsDocument(Document):
    """Events to be put into rooms and times."""

    kind: Literal["rooms"] = "rooms"
    name: str = ""
    days: int = Field(1, ge=1, le=MOST_DAYS, description="Days of a week.")
    weeks: int = Field(1, ge=1, le=MOST_DAYS)
    periods: int = Field(ge=1, le=MOST_PERIODS, description="Periods of a day.")
    period_min: FiniteFloat = Field(60.0, gt=0, description="Minutes of a period.")
    rooms: list[RoomDocument] = Field(max_length=MOST_ROOMS)
    events: list[EventDocument] = Field(max_length=MOST_EVENTS)
    courses: tuple[CourseDocument, ...] = Field((), max_length=MOST_EVENTS)
    curricula: list[Name] = Field([], description="Which of the people are curricula.")
    rules: tuple[RuleDocument, ...] = Field((), max_length=MOST_RULES)
    capacity: Literal["hard", "soft"] = Field(
        "hard", description="Whether more people than a room holds is forbidden."
    )
    walking_s: list[list[FiniteFloat]] | None = Field(
        None, description="Seconds from room to room, in their order."
    )
    near_min: Penalty = Field(30.0, description="Most minutes between consecutive events.")
    weights: WeightsDocument = Field(default_factory=lambda: WeightsDocument.model_validate({}))


def parse_document(text: str, name: str) -> RoomsProblem:
    """Return the problem of a JSON document.

    Raises
    ------
    InvalidProblemError
        With the line or field.
    """
    return _problem(document_of(RoomsDocument, text, name))


def _problem(document: RoomsDocument) -> RoomsProblem:
    every_room = {room.name: 0.0 for room in document.rooms}
    grids: dict[int, dict[Time, float]] = {}
    lengths = {event.length for event in document.events if event.times is None}
    if (many := len(lengths) * document.weeks * document.days * document.periods) > MOST_TIMES:
        refuse(
            f"未写 times 的活动可有 {many} 个时间，最多 {MOST_TIMES} 个；请为活动写明 times，或减少周、天、节数。",
            f"Events without times may have {many}, at most {MOST_TIMES} are planned; give their times, or fewer "
            "weeks, days or periods.",
            field="events",
        )
    for length in lengths:
        starts = range(document.periods - length + 1)
        grids[length] = {
            Time(days=(day,), start=start, length=length, weeks=(week,)): 0.0
            for week in range(document.weeks) for day in range(document.days) for start in starts
        }  # fmt: skip
    try:
        walking_s = None if document.walking_s is None else np.array(document.walking_s, float)
    except ValueError:
        walking_s = np.zeros((0, 0))
    return RoomsProblem(
        name=document.name, days=document.days, weeks=document.weeks, periods=document.periods,
        period_min=document.period_min, capacity=document.capacity, near_min=document.near_min,
        rooms=tuple(
            Room(name=r.name, capacity=r.capacity, features=frozenset(r.features),
                 closed=tuple(time.time() for time in r.closed))
            for r in document.rooms
        ),
        events=tuple(
            Event(
                name=e.name, size=e.size, people=tuple(e.people), features=frozenset(e.features), course=e.course,
                times=grids[e.length] if e.times is None else {t.time(): t.penalty for t in e.times},
                rooms=every_room if e.rooms is None else e.rooms,
                current=None if e.current is None else Placed(time=e.current.time.time(), room=e.current.room),
            )
            for e in document.events
        ),
        courses=tuple(Course(name=c.name, min_days=c.min_days) for c in document.courses),
        curricula=frozenset(document.curricula),
        rules=tuple(
            Rule(kind=r.kind, events=tuple(r.events), penalty=r.penalty, values=tuple(r.values))
            for r in document.rules
        ),
        walking_s=walking_s, weights=RoomWeights(**document.weights.model_dump()),
    )  # fmt: skip


def rooms_schema() -> dict[str, Any]:
    """Return the JSON schema of our documents."""
    return RoomsDocument.model_json_schema()
