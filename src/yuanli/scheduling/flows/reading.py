"""Flows of people in our own JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from yuanli.scheduling.flows.tables import (
    MOST_GROUPS,
    MOST_SLOTS,
    FlowsProblem,
    FlowWeights,
    Group,
    Passage,
    Supply,
    Use,
)
from yuanli.solver import Document, document_of, refuse, text_of

Share = Annotated[float, Field(ge=0, le=1)]
People = Annotated[float, Field(ge=0)]


class _Lanes(Document):
    people: People = Field(gt=0, description="people that get through an open lane in a slot")
    most: int = Field(ge=0, description="lanes there are")
    least: int = Field(default=0, ge=0, description="lanes that are open always")
    total: int | None = Field(
        default=None, ge=0, description="open lanes of all slots together: hours of staff"
    )
    cost: People = Field(default=0.0, description="cost of an open lane in a slot")
    current: tuple[int, ...] | None = Field(default=None, description="lanes open today, by slot")
    change_cost: People = Field(default=0.0, description="cost of a lane more or less in a slot than today")


class _Shuttle(Document):
    seats: People = Field(gt=0, description="people that leave with each")
    vehicles: int = Field(default=1, ge=1, description="shuttles there are")
    round_trip: int = Field(default=1, ge=1, description="slots until one can leave again")
    departures: int | None = Field(default=None, ge=0, description="departures in all, at most")
    allowed: tuple[str, ...] = Field(
        default=(), max_length=MOST_SLOTS, description="slots in which they may leave; all if not given"
    )
    cost: People = Field(default=0.0, description="cost of a departure")
    current: tuple[str, ...] | None = Field(default=None, description="slots of today's departures")
    change_cost: People = Field(
        default=0.0, description="cost of a departure more or less in a slot than today"
    )


class _Passage(Document):
    id: str = Field(description="its name: a canteen, lifts, gates, a shuttle")
    capacity: People | Annotated[tuple[People, ...], Field(max_length=MOST_SLOTS)] = Field(
        default=0.0, description="people that get through in a slot, or in each, besides lanes or shuttles"
    )
    lanes: _Lanes | None = Field(
        default=None, description="gate lanes or counters: how many open when is chosen"
    )
    shuttle: _Shuttle | None = Field(default=None, description="departures of a shuttle, which are chosen")
    most_waiting: People | None = Field(default=None, description="most that may wait at the end of a slot")


class _Use(Document):
    passage: str
    lag: int = Field(default=0, ge=0, description="slots of walking to it")
    spread: tuple[Share, ...] = Field(
        default=(1.0,), max_length=MOST_SLOTS, description="share that comes in each slot from then on"
    )


class _Group(Document):
    id: str = Field(description="its name in the plan")
    size: int = Field(ge=0, le=10**6, description="people")
    current: str | None = Field(default=None, description="today's slot")
    allowed: tuple[str, ...] = Field(
        default=(), max_length=MOST_SLOTS, description="slots it may have; all if not given"
    )
    uses: tuple[_Use, ...] = Field(max_length=MOST_SLOTS)
    moved_before: int = Field(default=0, ge=0, le=100, description="how often it was moved lately")


class _Weights(Document):
    waiting: People = Field(default=1.0, description="cost of a minute that a person waits")
    moving: People = Field(default=0.1, description="cost of a minute by which a person's time is moved")
    fairness: People = Field(default=1.0, description="cost of a minute of the farthest move of all")
    left: People = Field(
        default=60.0,
        description="cost of a person who waits after the last slot, where lanes or departures are chosen",
    )


class FlowsDocument(Document):
    """Groups of people, slots of a day, and what is narrow."""

    slots: tuple[str, ...] = Field(
        max_length=MOST_SLOTS, description="names of slots in order, such as 11:30, 11:45"
    )
    slot_min: float = Field(gt=0, description="minutes of a slot")
    passages: tuple[_Passage, ...] = Field(max_length=MOST_SLOTS)
    groups: tuple[_Group, ...] = Field(max_length=MOST_GROUPS)
    weights: _Weights = _Weights()


def parse_flows(data: bytes, name: str) -> FlowsProblem:
    """Read our JSON, gzipped or not.

    Raises
    ------
    InvalidProblemError
        A field is wrong.
    """
    told = document_of(FlowsDocument, text_of(data, name), name)
    slots = {slot: t for t, slot in enumerate(told.slots)}
    passages = {passage.id: f for f, passage in enumerate(told.passages)}

    def number(table: dict[str, int], key: str, field: str) -> int:
        if key not in table:
            refuse(
                f"{field} 是“{key}”，问题中没有。", f"{field} is {key!r}, which is not there.", field=field
            )
        return table[key]

    def supply(p: _Passage) -> Supply | None:
        n, at = len(told.slots), f"passages.{p.id}"
        if (p.lanes is None) == (p.shuttle is None):
            if p.lanes is not None or "capacity" not in p.model_fields_set:
                refuse(
                    f"“{p.id}”应写 capacity、lanes 或 shuttle，后两者只能选一。",
                    f"{p.id!r} has a capacity, lanes or a shuttle, one of the latter two at most.", field=at,
                )  # fmt: skip
            return None
        if p.lanes is not None:
            return Supply(**p.lanes.model_dump(), allowed=tuple(range(n)))
        bus = p.shuttle
        assert bus is not None
        leaving = (
            None if bus.current is None else [number(slots, s, f"{at}.shuttle.current") for s in bus.current]
        )
        return Supply(
            people=bus.seats, most=bus.vehicles, busy=bus.round_trip, total=bus.departures, cost=bus.cost,
            allowed=tuple(number(slots, s, f"{at}.shuttle.allowed") for s in bus.allowed) or tuple(range(n)),
            current=None if leaving is None else tuple(map(leaving.count, range(n))), change_cost=bus.change_cost,
        )  # fmt: skip

    if len(slots) != len(told.slots):
        refuse("slots 中有重复的时段。", "A slot is there twice.", field="slots")
    return FlowsProblem(
        slots=told.slots,
        slot_min=told.slot_min,
        passages=tuple(
            Passage(
                id=p.id, most_waiting=p.most_waiting, supply=supply(p),
                capacity=p.capacity if isinstance(p.capacity, tuple) else (p.capacity,) * len(told.slots),
            )
            for p in told.passages
        ),
        groups=tuple(
            Group(
                id=g.id, size=g.size, moved_before=g.moved_before,
                allowed=tuple(number(slots, s, f"groups.{i}.allowed") for s in g.allowed) or tuple(slots.values()),
                current=None if g.current is None else number(slots, g.current, f"groups.{i}.current"),
                uses=tuple(
                    Use(passage=number(passages, u.passage, f"groups.{i}.uses.passage"), lag=u.lag, spread=u.spread)
                    for u in g.uses
                ),
            )
            for i, g in enumerate(told.groups)
        ),
        weights=FlowWeights(**told.weights.model_dump()),
    )  # fmt: skip
