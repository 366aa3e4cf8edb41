"""Lifts at the morning peak, by the round trip time of CIBSE Guide D (Barney and Al-Sharif 2016)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yuanli.errors import Text
from yuanli.planning.documents import Floats, refusal
from yuanli.planning.sizes.queues import checked

FULL = 0.8
"""How full cars are on average at the peak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftGroup:
    """Lifts that are called together, all people coming from the ground.

    Parameters
    ----------
    floors
        Served above the ground, with equally many people each.
    floor_m, speed_m_s
        Height of a floor, and rated speed.
    stop_s
        What a stop takes besides the travel at full speed: doors, acceleration, a flight of one floor.
    board_s
        For one person to get in or out.
    """

    lifts: int
    capacity: int
    floors: int
    floor_m: float = 3.6
    speed_m_s: float = 1.6
    stop_s: float = 9.0
    board_s: float = 1.2

    def __post_init__(self) -> None:
        for name, least, most in (
            ("lifts", 1, 100), ("capacity", 1, 200), ("floors", 1, 200), ("floor_m", 1, 20), ("speed_m_s", 0.1, 20),
            ("stop_s", 0, 120), ("board_s", 0, 30),
        ):  # fmt: skip
            checked(name, getattr(self, name), least=least, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftTrip:
    """A round trip at the peak; `share` of the population is carried in five minutes."""

    highest: float
    stops: float
    round_trip_s: float
    interval_s: float
    people_5min: float
    share: float


def lift_trip(group: LiftGroup, population: int) -> LiftTrip:
    """Return round trip, interval and handling capacity: RTT = 2 H t_v + (S + 1) t_s + 2 P t_p."""
    checked("population", population, least=1, most=1e6)
    people, n = FULL * group.capacity, group.floors
    stops = n * (1.0 - (1.0 - 1.0 / n) ** people)
    highest = n - sum((i / n) ** people for i in range(1, n))
    trip_s = (
        2.0 * highest * group.floor_m / group.speed_m_s
        + (stops + 1.0) * group.stop_s
        + 2.0 * people * group.board_s
    )
    carried = 300.0 * people * group.lifts / trip_s
    return LiftTrip(
        highest=highest, stops=stops, round_trip_s=trip_s, interval_s=trip_s / group.lifts, people_5min=carried,
        share=carried / population,
    )  # fmt: skip


def lift_curve(group: LiftGroup, population: int, most: int, *, share: float = 0.12) -> Floats:
    """Return which part of this share of the population is not carried in five minutes, for 1 to `most` lifts."""
    checked("share", share, least=1e-6, most=1.0)
    carried = [lift_trip(replace(group, lifts=lifts), population).share for lifts in range(1, most + 1)]
    return np.maximum(1.0 - np.array(carried) / share, 0.0)


def lifts_for(group: LiftGroup, population: int, *, share: float = 0.12, interval_s: float = 30.0) -> int:
    """Return the fewest lifts that carry this share in five minutes, one leaving every `interval_s` at least.

    Raises
    ------
    InvalidProblemError
        A hundred lifts are not enough.
    """
    checked("share", share, most=1.0)
    checked("interval_s", interval_s, least=1.0, most=3600.0)
    for lifts in range(1, 101):
        trip = lift_trip(replace(group, lifts=lifts), population)
        if trip.share >= share and trip.interval_s <= interval_s:
            return lifts
    raise refusal(
        "population", f"{population} 人，100 部电梯仍不够", f"100 lifts are too few for {population} people",
        hint=Text("分区设梯，或加大轿厢。", "Zone the building, or take larger cars."),
    )  # fmt: skip
