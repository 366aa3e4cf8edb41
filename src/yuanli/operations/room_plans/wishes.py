"""What is asked of a plan of rooms, and what is drafted of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.solver import Row

MOST_DAYS, MOST_HOURS, MOST_NEAR_MIN, MOST_CHANGE_COST = 7, 12, 240, 1000


class RoomPlanWishError(InvalidInputError):
    """A wish for a plan of rooms breaks a rule."""


class NothingReservedError(InfeasibleError):
    """Nothing is reserved that could have another room or time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPlanWish:
    """What is to be planned.

    Parameters
    ----------
    day, days
        The first day, by the campus's clock, and how many: 1 to 7.
    within
        Buildings, levels or rooms by id or name; the whole site where empty.
    hours
        By how many a reservation may be moved on its day; 0 keeps its time.
    near_min
        Reservations of one organiser with at most so many minutes between are consecutive; None leaves walks out.
    keep_equipment
        Another room has all that is in the present one.
    change_cost
        Points of another room, and of another time: as many as empty seats that outweigh it.
    roles
        Of those who walk, for areas that not everybody may enter.
    language
        Of the names in the plan, `zh` or `en`.
    """

    day: date
    days: int = 1
    within: tuple[str, ...] = ()
    hours: int = 0
    near_min: float | None = 30.0
    keep_equipment: bool = True
    change_cost: float = 5.0
    roles: frozenset[str] = frozenset()
    language: str = "zh"

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("days", self.days, 1, MOST_DAYS), ("hours", self.hours, 0, MOST_HOURS),
            ("near_min", self.near_min or 0.0, 0, MOST_NEAR_MIN),
            ("change_cost", self.change_cost, 0, MOST_CHANGE_COST),
        ):  # fmt: skip
            if not least <= value <= most:
                raise RoomPlanWishError(
                    Text(f"{name} 为 {value:g}，应在 {least} 到 {most} 之间。",
                         f"{name} is {value:g}; it is {least} to {most}."),
                    field=name, hint=Text("请改正后重试。", "Correct it and try again."),
                )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDraft:
    """A problem of rooms to be confirmed.

    Parameters
    ----------
    start
        What is reserved now, as rows of a plan to begin from.
    aims
        What is made least, in words.
    events, movable, rooms, organisers
        How many reservations, how many of them may change, among how many rooms, by how many people.
    """

    document: Mapping[str, Any]
    start: tuple[Row, ...]
    aims: tuple[Text, ...]
    assumed: tuple[Text, ...]
    left_out: tuple[Text, ...]
    events: int
    movable: int
    rooms: int
    organisers: int
