"""What a plan of flows is asked for: the narrow places of a day, when people pass them, and what lets them through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from yuanli.errors import InvalidInputError, Text

MOST_SLOTS = 96
MOST_SPOTS = 12


class FlowUse(StrEnum):
    """What people do at a place: stay for a while, arrive, or leave."""

    STAY = "stay"
    ARRIVE = "arrive"
    LEAVE = "leave"


class FlowWishError(InvalidInputError):
    """A wish for a plan of flows breaks a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSpot:
    """One narrow place, when people pass it, and what lets them through.

    Parameters
    ----------
    place
        An id or a name; the whole site where None.
    begins, ends
        The span, in the campus's time; forecast if it is to come, measured if it is over.
    stay_min
        How long somebody stays, for `FlowUse.STAY`.
    lag_min
        How long after a team's time it is there: a lift after the gate.
    capacity
        People that get through in a slot; of a place where people stay, its seats' share if None.
    lanes, lane_people, lane_cost
        Lanes there are, if how many open when is to be chosen; people through each in a slot; cost of one in a slot.
    vehicles, seats, round_trip_min, departure_cost
        Shuttles there are, if their departures are to be chosen; seats of each; minutes until one is back; cost of one.
    times
        When teams come today, where that is known, by their names.
    """

    begins: time
    ends: time
    place: str | None = None
    use: FlowUse = FlowUse.STAY
    stay_min: float = 30.0
    lag_min: float = 0.0
    capacity: float | None = None
    lanes: int = 0
    lane_people: float = 0.0
    lane_cost: float = 0.0
    vehicles: int = 0
    seats: float = 0.0
    round_trip_min: float = 30.0
    departure_cost: float = 0.0
    times: Mapping[str, time] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value, least in (("stay_min", self.stay_min, 1), ("lag_min", self.lag_min, 0)):
            _check_minutes(name, value, least)
        for there, through, name, zh, en in (
            (
                self.lanes,
                self.lane_people,
                "lane_people",
                "每条通道每时段通过的人数",
                "get through a lane in a slot",
            ),
            (self.vehicles, self.seats, "seats", "每班车的座位数", "leave with each shuttle"),
        ):
            if there and through <= 0:
                raise FlowWishError(Text(f"写明{zh}。", f"Say how many {en}."), field=name)
        if self.lanes and self.vehicles:
            raise FlowWishError(
                Text("通道和班车只能选一种。", "A place has lanes or shuttles, not both."), field="vehicles",
                hint=Text("把班车作为另一个地点。", "Add the shuttle as a place of its own."),
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowWish:
    """What is to be planned: a day's narrow places together.

    Parameters
    ----------
    spots
        Teams have one time for each use: when they come, eat, leave; the first spot of a use is where it counts.
    move_min
        By how much a team's time may be moved.
    """

    day: date
    spots: tuple[FlowSpot, ...]
    slot_min: int = 15
    move_min: float = 30.0
    language: str = "zh"

    @property
    def begins(self) -> time:
        """When the first slot begins."""
        return min(spot.begins for spot in self.spots)

    @property
    def ends(self) -> time:
        """When the last slot ends."""
        return max(spot.ends for spot in self.spots)

    def __post_init__(self) -> None:
        if not 1 <= len(self.spots) <= MOST_SPOTS:
            raise FlowWishError(
                Text(f"有 {len(self.spots)} 个地点，应为 1–{MOST_SPOTS} 个。",
                     f"There are {len(self.spots)} places; there are 1 to {MOST_SPOTS}."), field="spots",
            )  # fmt: skip
        span = datetime.combine(self.day, self.ends) - datetime.combine(self.day, self.begins)
        slots = span / timedelta(minutes=self.slot_min) if 5 <= self.slot_min <= 60 else 0
        if not 2 <= slots <= MOST_SLOTS:
            raise FlowWishError(
                Text(
                    f"{self.begins:%H:%M}–{self.ends:%H:%M} 按 {self.slot_min} 分钟分段，"
                    f"应为 2–{MOST_SLOTS} 段，每段 5–60 分钟。",
                    f"{self.begins:%H:%M}–{self.ends:%H:%M} in slots of {self.slot_min} minutes: there are 2 to "
                    f"{MOST_SLOTS} slots of 5 to 60 minutes.",
                ),
                field="slot_min", hint=Text("调整起止时间或时段长度。", "Change the times or the length of a slot."),
            )  # fmt: skip
        _check_minutes("move_min", self.move_min, 0)
        if any(spot.begins >= spot.ends for spot in self.spots):
            raise FlowWishError(
                Text("每个地点的开始应早于结束。", "At each place the beginning is before the end."),
                field="ends",
            )


def _check_minutes(name: str, value: float, least: int) -> None:
    if not least <= value <= 24 * 60:
        raise FlowWishError(
            Text(f"{name} 为 {value:g}，应在 {least} 到 1440 分钟之间。",
                 f"{name} is {value:g}; it is {least} to 1440 minutes."),
            field=name,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A place as it is drafted: its name, first slot, who comes in each slot of its span, where they were counted."""

    spot: FlowSpot
    name: str
    first: int
    come: tuple[float, ...]
    source: Mapping[str, str]
    passage: Mapping[str, Any]
