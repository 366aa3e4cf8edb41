"""What is asked of a draft of flows."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from pydantic import Field

from yuanli.api.bodies import Body, Name
from yuanli.operations import FlowSpot, FlowUse, FlowWish

CLOCK = r"^([01]?\d|2[0-3]):[0-5]\d$"
Clock = Annotated[str, Field(pattern=CLOCK)]
People = Annotated[float, Field(ge=0, le=1e6)]


class FlowSpotBody(Body):
    """A narrow place in a span of the day: by fixed capacity, by lanes that are opened, or by shuttles that leave."""

    begins: Clock
    ends: Clock
    place: Name | None = None
    use: FlowUse = FlowUse.STAY
    stay_min: float = 30.0
    lag_min: float = 0.0
    capacity: People | None = None
    lanes: Annotated[int, Field(ge=0, le=1000)] = 0
    lane_people: People = 0.0
    lane_cost: People = 0.0
    vehicles: Annotated[int, Field(ge=0, le=1000)] = 0
    seats: People = 0.0
    round_trip_min: Annotated[float, Field(gt=0, le=24 * 60)] = 30.0
    departure_cost: People = 0.0
    times: Annotated[dict[str, Clock], Field(max_length=2000, default_factory=dict)]

    def spot(self) -> FlowSpot:
        """Return the place."""
        return FlowSpot(
            begins=_time(self.begins), ends=_time(self.ends), place=self.place, use=self.use, stay_min=self.stay_min,
            lag_min=self.lag_min, capacity=self.capacity, lanes=self.lanes, lane_people=self.lane_people,
            lane_cost=self.lane_cost, vehicles=self.vehicles, seats=self.seats, round_trip_min=self.round_trip_min,
            departure_cost=self.departure_cost, times={name: _time(at) for name, at in self.times.items()},
        )  # fmt: skip


class FlowWishBody(FlowSpotBody):
    """Whose coming is to be staggered, and where: at one place or on the site, and at those in `also` together."""

    day: date
    slot_min: int = 15
    move_min: float = 30.0
    also: Annotated[tuple[FlowSpotBody, ...], Field(max_length=11)] = ()
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"

    def wish(self) -> FlowWish:
        """Return the wish."""
        return FlowWish(
            day=self.day, spots=(self.spot(), *(one.spot() for one in self.also)), slot_min=self.slot_min,
            move_min=self.move_min, language=self.language,
        )  # fmt: skip


def _time(clock: str) -> time:
    hours, minutes = clock.split(":")
    return time(int(hours), int(minutes))
