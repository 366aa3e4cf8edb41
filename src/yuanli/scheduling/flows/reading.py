"""Flows of people in our own JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from yuanli.scheduling.flows.tables import FlowsProblem, FlowWeights, Group, Passage, Use
from yuanli.solver import Document, document_of, refuse, text_of

Share = Annotated[float, Field(ge=0, le=1)]
People = Annotated[float, Field(ge=0)]


class _Passage(Document):
    id: str = Field(description="its name: a canteen, lifts, gates, a shuttle")
    capacity: People | tuple[People, ...] = Field(
        description="people that get through in a slot, or in each of them"
    )
    most_waiting: People | None = Field(default=None, description="most that may wait at the end of a slot")


class _Use(Document):
    passage: str
    lag: int = Field(default=0, ge=0, description="slots of walking to it")
    spread: tuple[Share, ...] = Field(
        default=(1.0,), description="share that comes in each slot from then on"
    )


class _Group(Document):
    id: str = Field(description="its name in the plan")
    size: int = Field(ge=0, le=10**6, description="people")
    current: str | None = Field(default=None, description="today's slot")
    allowed: tuple[str, ...] = Field(default=(), description="slots it may have; all if not given")
    uses: tuple[_Use, ...]
    moved_before: int = Field(default=0, ge=0, le=100, description="how often it was moved lately")


class _Weights(Document):
    waiting: People = Field(default=1.0, description="cost of a minute that a person waits")
    moving: People = Field(default=0.1, description="cost of a minute by which a person's time is moved")
    fairness: People = Field(default=1.0, description="cost of a minute of the farthest move of all")


class FlowsDocument(Document):
    """Groups of people, slots of a day, and what is narrow."""

    slots: tuple[str, ...] = Field(description="names of slots in order, such as 11:30, 11:45")
    slot_min: float = Field(gt=0, description="minutes of a slot")
    passages: tuple[_Passage, ...]
    groups: tuple[_Group, ...]
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

    if len(slots) != len(told.slots):
        refuse("slots 中有重复的时段。", "A slot is there twice.", field="slots")
    return FlowsProblem(
        slots=told.slots,
        slot_min=told.slot_min,
        passages=tuple(
            Passage(
                id=p.id, most_waiting=p.most_waiting,
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
