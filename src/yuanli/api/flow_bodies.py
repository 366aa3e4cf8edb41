"""What is asked of a draft of flows."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from pydantic import Field

from yuanli.api.bodies import Body, Name
from yuanli.operations import FlowUse, FlowWish

CLOCK = r"^([01]?\d|2[0-3]):[0-5]\d$"
Clock = Annotated[str, Field(pattern=CLOCK)]
People = Annotated[float, Field(ge=0, le=1e6)]


class FlowWishBody(Body):
    """Whose coming is to be staggered: at a place or on the site, in a span of a day, by fixed capacity or lanes."""

    day: date
    begins: Clock
    ends: Clock
    place: Name | None = None
    use: FlowUse = FlowUse.STAY
    slot_min: int = 15
    stay_min: float = 30.0
    move_min: float = 30.0
    capacity: People | None = None
    lanes: Annotated[int, Field(ge=0, le=1000)] = 0
    lane_people: People = 0.0
    lane_cost: People = 0.0
    times: Annotated[dict[str, Clock], Field(max_length=2000, default_factory=dict)]
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"

    def wish(self) -> FlowWish:
        """Return the wish."""
        return FlowWish(
            day=self.day, begins=_time(self.begins), ends=_time(self.ends), place=self.place, use=self.use,
            slot_min=self.slot_min, stay_min=self.stay_min, move_min=self.move_min, capacity=self.capacity,
            lanes=self.lanes, lane_people=self.lane_people, lane_cost=self.lane_cost,
            times={name: _time(at) for name, at in self.times.items()}, language=self.language,
        )  # fmt: skip


def _time(clock: str) -> time:
    hours, minutes = clock.split(":")
    return time(int(hours), int(minutes))
