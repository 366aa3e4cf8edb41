"""A reservation of a room, the rules it keeps, and the port that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import InfeasibleError, InvalidInputError, NotFoundError, Text

STEP = timedelta(minutes=5)
"""Reservations begin and end at whole steps: a room is held step by step, each by one reservation at most."""
LONGEST_TITLE = 200


class ReservationError(InvalidInputError):
    """A reservation breaks a rule: its times, its room, how many come."""


class ReservationTakenError(InfeasibleError):
    """Somebody has the room at that time."""


class ReservationNotFoundError(NotFoundError):
    """The campus has no such reservation."""


class NotYourReservationError(InvalidInputError):
    """A reservation is somebody else's."""

    status = 403


class ReservationState(StrEnum):
    """Where a reservation stands."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationWish:
    """What somebody wants: a room from `start` until `end`, for how many people, and what for."""

    space_id: FeatureId
    start: datetime
    end: datetime
    attendees: int = 1
    title: str = ""

    def __post_init__(self) -> None:
        for name, at in (("start", self.start), ("end", self.end)):
            if at.tzinfo is None:
                raise ReservationError(
                    Text(f"时间 {at} 没有时区。", f"The time {at} has no zone."), field=name
                )
            if at.timestamp() % STEP.total_seconds():
                raise ReservationError(
                    Text(f"{at:%H:%M:%S} 不是整 5 分钟。", f"{at:%H:%M:%S} is no whole five minutes."),
                    field=name,
                    hint=Text("例如 14:05 或 14:30。", "Such as 14:05 or 14:30."),
                )
        if self.end <= self.start:
            raise ReservationError(
                Text(
                    f"结束 {self.end:%H:%M} 应晚于开始 {self.start:%H:%M}。",
                    f"The end, {self.end:%H:%M}, is not after the start, {self.start:%H:%M}.",
                ),
                field="end",
                hint=Text("请说起止时间。", "Give when it starts and ends."),
            )
        if self.attendees < 1:
            raise ReservationError(
                Text(f"人数 {self.attendees} 应至少为 1。", f"{self.attendees} people: at least one comes."),
                field="attendees",
            )
        if len(self.title) > LONGEST_TITLE or not self.title.isprintable():
            raise ReservationError(
                Text(
                    f"名称最多 {LONGEST_TITLE} 字，一行。",
                    f"A title is one line of at most {LONGEST_TITLE} characters.",
                ),
                field="title",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A room held for somebody from `start` until `end` (UTC).

    Parameters
    ----------
    title
        What for: shown to who made it and to those who manage bookings; empty to others.
    came_at
        When somebody checked in; None where nobody did.
    """

    id: str
    campus_id: CampusId
    space_id: FeatureId
    start: datetime
    end: datetime
    who: str
    made_at: datetime
    attendees: int = 1
    title: str = ""
    state: ReservationState = ReservationState.BOOKED
    came_at: datetime | None = None

    @property
    def steps(self) -> range:
        """The steps since 1970 that it holds; none once it is cancelled."""
        if self.state is ReservationState.CANCELLED:
            return range(0)
        length = STEP.total_seconds()
        return range(int(self.start.timestamp() // length), int(self.end.timestamp() // length))

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether it holds the room at any time of a span."""
        return self.state is ReservationState.BOOKED and self.start < end and start < self.end

    def moved(self, wish: ReservationWish) -> Reservation:
        """Return it as somebody wants it now."""
        return replace(
            self, space_id=wish.space_id, start=wish.start.astimezone(UTC), end=wish.end.astimezone(UTC),
            attendees=wish.attendees, title=wish.title,
        )  # fmt: skip

    def wish(self) -> ReservationWish:
        """Return what it is for, as a wish."""
        return ReservationWish(
            space_id=self.space_id, start=self.start, end=self.end, attendees=self.attendees, title=self.title
        )

    def shown_to(self, who: str, *, manages: bool) -> Reservation:
        """Return it as somebody may see it: the title is its maker's own."""
        return self if manages or who == self.who else replace(self, title="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationQuery:
    """Which reservations are asked for: what overlaps a span, of some rooms, of somebody; cancelled ones if told."""

    start: datetime
    end: datetime
    space_ids: Sequence[FeatureId] | None = None
    who: str | None = None
    cancelled: bool = False

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.end <= self.start:
            raise ReservationError(
                Text(f"时间段 {self.start} 至 {self.end} 不对。", f"{self.start} to {self.end} is no span of time."),
                field="start", hint=Text("请给出带时区的起止时间。", "Give a start and a later end, with their zone."),
            )  # fmt: skip


class ReservationStore(Protocol):
    """Reservations of rooms: never two at once in a room. Each call is one transaction, on disk when it returns."""

    def add(self, reservation: Reservation) -> Reservation:
        """Keep a reservation; return the one of that id that is kept already, where there is one.

        `ReservationTakenError` where another one holds the room at any of its times.
        """

    def change(
        self, campus_id: CampusId, reservation_id: str, change: Callable[[Reservation], Reservation]
    ) -> Reservation:
        """Change a reservation that nobody else changes meanwhile.

        `ReservationNotFoundError` where there is none; `ReservationTakenError`, with nothing changed, as in `add`.
        """

    def find(self, campus_id: CampusId, reservation_id: str) -> Reservation | None:
        """Return a reservation, or None."""

    def list(self, campus_id: CampusId, asked: ReservationQuery) -> tuple[Reservation, ...]:
        """Return the reservations that are asked for, by start and room."""


def taken(space_id: FeatureId) -> ReservationTakenError:
    """Return the error of a room that is not free."""
    return ReservationTakenError(
        Text(f"{space_id} 在这段时间已被预订。", f"{space_id} is taken at that time."),
        field="space",
        hint=Text("请换个时间或房间。", "Choose another time or room."),
    )


def no_reservation(reservation_id: str) -> ReservationNotFoundError:
    """Return the error of a reservation that is not kept."""
    return ReservationNotFoundError(
        Text(f"没有预订 {reservation_id!r}。", f"There is no reservation {reservation_id!r}."),
        field="reservation",
        hint=Text("在预订列表中查看编号。", "See its id in the list of reservations."),
    )
