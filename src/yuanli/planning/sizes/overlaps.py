"""How many rooms of which size a list of bookings needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from yuanli.errors import Text
from yuanli.planning.documents import refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """People in a room from `start_s` until before `end_s`, in s since any moment."""

    start_s: float
    end_s: float
    people: int = 1

    def __post_init__(self) -> None:
        if not (
            isfinite(self.start_s) and isfinite(self.end_s) and self.start_s < self.end_s and self.people > 0
        ):
            raise refusal(
                "booking", f"{self.start_s} 至 {self.end_s}，{self.people} 人，不合规则",
                f"{self.start_s} to {self.end_s} for {self.people} people can't be",
                hint=Text("结束晚于开始，人数至少为 1。", "It ends after it starts, with at least one person."),
            )  # fmt: skip


def most_at_once(bookings: Sequence[Booking]) -> tuple[int, float]:
    """Return how many overlap at most, and when first; as many rooms are enough, for intervals colour greedily."""
    events = sorted([(one.start_s, 1) for one in bookings] + [(one.end_s, -1) for one in bookings])
    now, most, when = 0, 0, 0.0
    for at, step in events:
        now += step
        if now > most:
            most, when = now, at
    return most, when


def rooms_for(bookings: Sequence[Booking], sizes: Sequence[int]) -> Mapping[int, int]:
    """Return the fewest rooms of each size so that every booking has one that is large enough.

    Of rooms with at least a size, the most that overlap among bookings that need one are needed, and, as a booking may
    have a larger room, enough.

    Raises
    ------
    InvalidProblemError
        A booking is larger than every size.
    """
    ordered = sorted(set(sizes))
    largest = max((one.people for one in bookings), default=0)
    if largest > max(ordered, default=0):
        raise refusal(
            "sizes", f"有 {largest} 人的预订，最大房间只有 {max(ordered, default=0)} 座",
            f"a booking has {largest} people, the largest room {max(ordered, default=0)} seats",
            hint=Text("加入更大的房间规格。", "Add a larger size."),
        )  # fmt: skip
    needed, above = {}, 0
    for smaller, size in reversed(list(zip([0, *ordered], ordered, strict=False))):
        at_least = most_at_once([one for one in bookings if one.people > smaller])[0]
        needed[size] = max(0, at_least - above)
        above = max(above, at_least)
    return dict(sorted(needed.items()))
