"""Flows of people: groups that may start, eat or leave in other slots, and places that are narrow."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from yuanli.solver import refuse

Floats = NDArray[np.float64]
MOST_GROUPS = 2_000
MOST_SLOTS = 300
MOST_PEOPLE = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Where something narrow is passed: a canteen, lifts, gates, a shuttle.

    Parameters
    ----------
    capacity
        People that get through in each slot.
    most_waiting
        The most that may wait at the end of a slot; None is no limit.
    """

    id: str
    capacity: tuple[float, ...]
    most_waiting: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A group's way to a passage: so many slots after its own slot, spread over those that follow.

    Parameters
    ----------
    lag
        Slots of walking.
    spread
        Share of the group that comes in each slot from then on; below 1 together where only a part comes.
    """

    passage: int
    lag: int
    spread: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People with one slot: a team's start, lunch or end, a lift group, a shuttle departure.

    Parameters
    ----------
    current
        Today's slot; None where it has none.
    moved_before
        How often it was moved lately: moving it again costs so many times more.
    """

    id: str
    size: int
    allowed: tuple[int, ...]
    current: int | None
    uses: tuple[Use, ...]
    moved_before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowWeights:
    """What a minute costs: of a person's waiting, of a person's moved hour, of the farthest move of all."""

    waiting: float = 1.0
    moving: float = 0.1
    fairness: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsProblem:
    """Slots of equal length, passages, and groups that use them."""

    slots: tuple[str, ...]
    slot_min: float
    passages: tuple[Passage, ...]
    groups: tuple[Group, ...]
    weights: FlowWeights = field(default_factory=FlowWeights)

    def __post_init__(self) -> None:
        n = len(self.slots)
        for name, zh, size, most in (
            ("slots", "时段", n, MOST_SLOTS), ("groups", "团队", len(self.groups), MOST_GROUPS),
            ("passages", "通道", len(self.passages), MOST_SLOTS),
        ):  # fmt: skip
            if not 1 <= size <= most:
                refuse(
                    f"{zh}有 {size} 个，应在 1 到 {most} 之间。",
                    f"There are {size} {name}; there can be 1 to {most}.",
                    field=name,
                )
        if not (isfinite(self.slot_min) and 0 < self.slot_min <= 24 * 60):
            refuse(
                f"时段长 {self.slot_min} 分钟，应大于 0、不超过 1440。",
                f"A slot has {self.slot_min} minutes; it has more than 0 and 1440 at most.",
                field="slot_min",
            )
        for passage in self.passages:
            if len(passage.capacity) != n or any(not 0 <= c <= MOST_PEOPLE for c in passage.capacity):
                refuse(
                    f"“{passage.id}”的通过能力应是 {n} 个 0 到 {MOST_PEOPLE} 之间的数。",
                    f"The capacity of {passage.id!r} is {n} numbers from 0 to {MOST_PEOPLE}.",
                    field=f"passages.{passage.id}.capacity",
                )
        for group in self.groups:
            slots = (*group.allowed, *(() if group.current is None else (group.current,)))
            if not group.allowed or any(not 0 <= s < n for s in slots):
                refuse(
                    f"“{group.id}”的时段 {slots} 应在 0 到 {n - 1} 之间且至少一个。",
                    f"The slots of {group.id!r}, {slots}, lie from 0 to {n - 1}, one at least.",
                    field=f"groups.{group.id}.allowed",
                )
            for use in group.uses:
                if any(not 0 <= share <= 1 for share in use.spread) or sum(use.spread) > 1 + 1e-9:
                    refuse(
                        f"“{group.id}”的到达分布 {use.spread} 应在 0 到 1 之间且合计不超过 1。",
                        f"The spread of {group.id!r}, {use.spread}, lies from 0 to 1 and sums to 1 at most.",
                        field=f"groups.{group.id}.spread",
                    )
        for name, ids in (
            ("groups", [g.id for g in self.groups]),
            ("passages", [p.id for p in self.passages]),
        ):
            twice = [id_ for id_ in ids if not id_ or ids.count(id_) > 1]
            if twice:
                refuse(
                    f"名称“{twice[0]}”为空或出现多次。",
                    f"The name {twice[0]!r} is empty or there twice.",
                    field=name,
                )

    def arrivals(self, group: Group, slot: int) -> Floats:
        """Return who of a group arrives where and when if it has a slot, shape `(n_passages, n_slots)`."""
        found = np.zeros((len(self.passages), len(self.slots)))
        for use in group.uses:
            for step, share in enumerate(use.spread):
                at = slot + use.lag + step
                if at < len(self.slots):
                    found[use.passage, at] += group.size * share
        return found

    def moved_min(self, group: Group, slot: int) -> float:
        """Return by how many minutes a slot moves a group."""
        return 0.0 if group.current is None else abs(slot - group.current) * self.slot_min


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsPlan:
    """The slot of each group."""

    slots: tuple[int, ...]
