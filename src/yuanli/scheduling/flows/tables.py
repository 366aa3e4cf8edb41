"""Flows of people: groups that may start, eat or leave in other slots, and places that are narrow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from yuanli.solver import refuse

Floats = NDArray[np.float64]
MOST_GROUPS = 2_000
MOST_SLOTS = 300
MOST_PEOPLE = 10**6
MOST_WAITING = MOST_GROUPS * MOST_PEOPLE
MOST_UNITS = 1_000
MOST_COST = 1e6
"""The largest weight, and cost of a lane or departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What is chosen of a passage, slot by slot: how many lanes are open, or how many shuttles leave.

    Parameters
    ----------
    people
        Who gets through in a slot for each lane, or leaves with each shuttle.
    most, least
        Lanes, or shuttles, at once; and how many at least in each slot.
    busy
        Slots for which one is taken: 1 for a lane, the round trip of a shuttle.
    total
        How many in all slots together: departures of a timetable, staff of lanes; None is no limit.
    allowed
        Slots in which there may be any.
    cost
        Of one in a slot.
    current
        Today's, by slot; None where there is no such thing today.
    change_cost
        Of one more or less in a slot than today.
    """

    people: float
    most: int
    allowed: tuple[int, ...]
    least: int = 0
    busy: int = 1
    total: int | None = None
    cost: float = 0.0
    current: tuple[int, ...] | None = None
    change_cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Where something narrow is passed: a canteen, lifts, gates, a shuttle.

    Parameters
    ----------
    capacity
        People that get through in each slot, besides those of a supply.
    most_waiting
        The most that may wait at the end of a slot; None is no limit.
    """

    id: str
    capacity: tuple[float, ...]
    most_waiting: float | None = None
    supply: Supply | None = None


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
    """What a minute costs: of a person's waiting, of a person's moved hour, of the farthest move of all.

    `left` is the cost of a person who still waits after the last slot, where lanes or departures are chosen.
    """

    waiting: float = 1.0
    moving: float = 0.1
    fairness: float = 1.0
    left: float = 60.0


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
        for name in FlowWeights.__slots__:
            value = getattr(self.weights, name)
            if not 0 <= value <= MOST_COST:
                refuse(
                    f"weights.{name} 为 {value}，应在 0 到 {MOST_COST:g} 之间。",
                    f"weights.{name} is {value}; it lies from 0 to {MOST_COST:g}.",
                    field=f"weights.{name}",
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
            if passage.most_waiting is not None and not 0 <= passage.most_waiting <= MOST_WAITING:
                refuse(
                    f"“{passage.id}”排队上限 {passage.most_waiting} 应在 0 到 {MOST_WAITING} 之间。",
                    f"At most {passage.most_waiting} wait at {passage.id!r}; it lies from 0 to {MOST_WAITING}.",
                    field=f"passages.{passage.id}.most_waiting",
                )
            if passage.supply is not None:
                _check_supply(passage.id, passage.supply, n)
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
            twice = [id_ for id_, times in Counter(ids).items() if not id_ or times > 1]
            if twice:
                refuse(
                    f"名称“{twice[0]}”为空或出现多次。",
                    f"The name {twice[0]!r} is empty or there twice.",
                    field=name,
                )

    def arrivals(self, group: Group, slot: int) -> Floats:
        """Return who of a group arrives where and when if it has a slot, shape `(n_passages, n_slots)`."""
        found = np.zeros((len(self.passages), len(self.slots)))
        for place, people in self.coming(group, slot).items():
            found[place] = people
        return found

    def coming(self, group: Group, slot: int) -> dict[tuple[int, int], float]:
        """Return how many of a group arrive if it has a slot, by passage and slot; without those where nobody does."""
        found: dict[tuple[int, int], float] = {}
        for use in group.uses:
            for step, share in enumerate(use.spread):
                at = use.passage, slot + use.lag + step
                if at[1] < len(self.slots) and share > 0:
                    found[at] = found.get(at, 0.0) + group.size * share
        return found

    def moved_min(self, group: Group, slot: int) -> float:
        """Return by how many minutes a slot moves a group."""
        return 0.0 if group.current is None else abs(slot - group.current) * self.slot_min


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsPlan:
    """The slot of each group; by passage and slot, the lanes open or shuttles leaving, none where nothing is chosen."""

    slots: tuple[int, ...]
    units: tuple[tuple[int, ...], ...] = ()

    def of_passage(self, passage: int) -> tuple[int, ...]:
        """Return the lanes or departures of a passage by slot, none where nothing is chosen."""
        return self.units[passage] if self.units else ()


def room_of(problem: FlowsProblem, plan: FlowsPlan, passage: int) -> Floats:
    """Return who gets through a passage in each slot of a plan."""
    one = problem.passages[passage]
    room = np.array(one.capacity, dtype=float)
    if one.supply is not None:
        room += one.supply.people * np.array(plan.of_passage(passage), dtype=float)
    return room


def _check_supply(name: str, supply: Supply, n: int) -> None:
    at = f"passages.{name}"

    def ask(holds: bool, value: object, zh: str, en: str) -> None:
        if not holds:
            refuse(f"“{name}”的设置 {value} 有误：{zh}。", f"{name!r} has {value}: {en}.", field=at)

    ask(0 < supply.people <= MOST_PEOPLE, supply.people, f"每条或每班人数应大于 0、不超过 {MOST_PEOPLE}",
        f"each takes more than 0 and {MOST_PEOPLE} people at most")  # fmt: skip
    ask(0 <= supply.least <= supply.most <= MOST_UNITS, (supply.least, supply.most),
        f"应满足 0 ≤ 至少 ≤ 至多 ≤ {MOST_UNITS}", f"0 ≤ least ≤ most ≤ {MOST_UNITS} must hold")  # fmt: skip
    ask(1 <= supply.busy <= MOST_SLOTS, supply.busy, f"占用应为 1 到 {MOST_SLOTS} 个时段",
        f"one is taken for 1 to {MOST_SLOTS} slots")  # fmt: skip
    ask(all(0 <= slot < n for slot in supply.allowed), supply.allowed, "时段不存在", "there is no such slot")
    ask(supply.least * supply.busy <= supply.most, (supply.least, supply.busy, supply.most),
        "至少数 × 占用时段不能超过至多数", "least × slots taken is at most as many as there are")  # fmt: skip
    ask(not supply.least or len(set(supply.allowed)) == n, supply.allowed, "每个时段至少要有时，须允许所有时段",
        "where there are some in each slot, all slots are allowed")  # fmt: skip
    total = supply.total
    ask(total is None or total >= supply.least * n, total, "总数少于各时段至少数之和",
        "in all there are fewer than at least in each slot")  # fmt: skip
    ask(total is None or total <= MOST_UNITS * MOST_SLOTS, total, f"总数应不超过 {MOST_UNITS * MOST_SLOTS}",
        f"in all there are {MOST_UNITS * MOST_SLOTS} at most")  # fmt: skip
    for value in (supply.cost, supply.change_cost):
        ask(
            0 <= value <= MOST_COST,
            value,
            f"费用应在 0 到 {MOST_COST:g} 之间",
            f"costs lie from 0 to {MOST_COST:g}",
        )
    now = supply.current
    ask(now is None or (len(now) == n and all(0 <= one <= MOST_UNITS for one in now)), now,
        f"目前安排应是 {n} 个 0 到 {MOST_UNITS} 之间的数",
        f"today's are {n} numbers from 0 to {MOST_UNITS}")  # fmt: skip
