"""Rooms reserved, moved, given back and looked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import Text
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.reservations.booking import (
    STEP,
    NotYourReservationError,
    Reservation,
    ReservationError,
    ReservationQuery,
    ReservationState,
    ReservationStore,
    ReservationTakenError,
    ReservationWish,
    no_reservation,
)
from yuanli.operations.reservations.choosing import Offer, RoomWish, fits, offers
from yuanli.operations.reservations.rooms import BookableRoom, bookable_rooms, is_open

LATER = timedelta(minutes=15)
"""So far apart are the other times that are tried where a room is taken."""
TRIED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationParams:
    """How long a reservation may be, and how far ahead; check-in begins `early` before the start."""

    longest: timedelta = timedelta(hours=16)
    ahead: timedelta = timedelta(days=366)
    early: timedelta = timedelta(minutes=15)


class Reservations:
    """Keeps who has which room; a room is never held by two at once."""

    def __init__(
        self,
        store: ReservationStore,
        guidance: Guidance,
        *,
        new_id: Callable[[], str],
        params: ReservationParams = ReservationParams(),
    ) -> None:
        self._store, self._guidance, self._new_id, self._params = store, guidance, new_id, params
        self._rooms: dict[CampusId, tuple[Guide, tuple[BookableRoom, ...]]] = {}

    def rooms(self, campus_id: CampusId) -> tuple[BookableRoom, ...]:
        """Return the rooms that can be reserved, the smallest first."""
        guide = self._guidance.guide(campus_id)
        held = self._rooms.get(campus_id)
        if held is None or held[0] is not guide:
            held = self._rooms[campus_id] = (guide, bookable_rooms(guide.campus))
        return held[1]

    def room(self, campus_id: CampusId, space_id: FeatureId) -> BookableRoom:
        """Return a room; `ReservationError` where it can't be reserved."""
        found = next((room for room in self.rooms(campus_id) if room.id == space_id), None)
        if found is None:
            raise ReservationError(
                Text(f"{space_id} 不能预订。", f"{space_id} can't be reserved."),
                field="space",
                hint=Text("请选择会议室、洽谈室等。", "Choose a meeting room or the like."),
            )
        return found

    def check(self, campus_id: CampusId, wish: ReservationWish, now: datetime) -> BookableRoom:
        """Return the room of a wish that keeps all rules but being free.

        Raises
        ------
        ReservationError
            It is over, too long, too far ahead, for too many people, or the room is closed then.
        """
        guide, room, params = (
            self._guidance.guide(campus_id),
            self.room(campus_id, wish.space_id),
            self._params,
        )
        if wish.start <= now - STEP or wish.end <= now:
            began = self._clock(guide, wish.start)
            raise ReservationError(
                Text(f"{began.zh} 已经过去。", f"{began.en} is over."),
                field="start",
                hint=Text("请选择以后的时间。", "Choose a later time."),
            )  # fmt: skip
        if wish.end - wish.start > params.longest or wish.start - now > params.ahead:
            hours, days = params.longest / timedelta(hours=1), params.ahead.days
            raise ReservationError(
                Text(
                    f"一次最长 {hours:g} 小时，最多提前 {days} 天。",
                    f"A reservation is {hours:g} hours at most, and {days} days ahead at most.",
                ),
                field="end",
                hint=Text("请缩短时间或改日期。", "Make it shorter, or choose an earlier day."),
            )
        if room.capacity is not None and wish.attendees > room.capacity:
            raise ReservationError(
                Text(
                    f"{room.name.zh}最多 {room.capacity} 人，来不了 {wish.attendees} 人。",
                    f"{room.name.en} holds {room.capacity}, not {wish.attendees}.",
                ),
                field="attendees",
                hint=Text("请换大一点的房间。", "Choose a larger room."),
            )
        if not is_open(guide, room, wish.start, wish.end):
            raise ReservationError(
                Text(
                    f"{room.name.zh}那时不开放（开放时间 {room.hours}）。",
                    f"{room.name.en} is closed then (hours {room.hours}).",
                ),
                field="start",
                hint=Text("请选择开放时间内。", "Choose a time at which it is open."),
            )
        return room

    def reserve(
        self, campus_id: CampusId, wish: ReservationWish, *, who: str, now: datetime, key: str | None = None
    ) -> Reservation:
        """Reserve a room; the same `key` again is the same reservation.

        Raises
        ------
        ReservationError
            The wish breaks a rule.
        ReservationTakenError
            Somebody has the room; the hint has other times and rooms.
        """
        reservation_id = self._new_id() if key is None else hashlib.sha256(key.encode()).hexdigest()[:20]
        if key is not None and (kept := self._store.find(campus_id, reservation_id)) is not None:
            return kept
        self.check(campus_id, wish, now)
        made = Reservation(
            id=reservation_id, campus_id=campus_id, space_id=wish.space_id, start=wish.start.astimezone(UTC),
            end=wish.end.astimezone(UTC), who=who, made_at=now, attendees=wish.attendees, title=wish.title.strip(),
        )  # fmt: skip
        try:
            return self._store.add(made)
        except ReservationTakenError:
            raise self.clash(campus_id, wish, now) from None

    def move(
        self,
        campus_id: CampusId,
        reservation_id: str,
        wish: ReservationWish,
        *,
        who: str,
        manages: bool,
        now: datetime,
    ) -> Reservation:
        """Give a reservation another time, room, size or title; nothing changes where that can't be.

        What is running keeps its start: its end may change.
        """
        before = self.find(campus_id, reservation_id, who=who, manages=manages)
        runs = before.start == wish.start and before.start <= now and wish.end > _step(now)
        self.check(campus_id, replace(wish, start=_step(now)) if runs else wish, now)

        def change(kept: Reservation) -> Reservation:
            _own(kept, who, manages)
            if kept.state is ReservationState.CANCELLED or kept.end <= now:
                raise _over()
            return kept.moved(wish)

        try:
            return self._store.change(campus_id, reservation_id, change)
        except ReservationTakenError:
            raise self.clash(campus_id, wish, now, but=reservation_id) from None

    def cancel(
        self, campus_id: CampusId, reservation_id: str, *, who: str, manages: bool, now: datetime
    ) -> Reservation:
        """Give a room back; one that is running is free from now on. What is cancelled already stays so."""

        def change(kept: Reservation) -> Reservation:
            _own(kept, who, manages)
            if kept.state is ReservationState.CANCELLED:
                return kept
            if kept.end <= now:
                raise _over()
            soon = _step(now) + (STEP if now > _step(now) else timedelta())
            if kept.start < soon < kept.end:
                return replace(kept, end=soon)
            return kept if kept.start < soon else replace(kept, state=ReservationState.CANCELLED)

        return self._store.change(campus_id, reservation_id, change)

    def check_in(
        self, campus_id: CampusId, reservation_id: str, *, who: str, manages: bool, now: datetime
    ) -> Reservation:
        """Tell that somebody came."""
        early = self._params.early

        def change(kept: Reservation) -> Reservation:
            _own(kept, who, manages)
            if kept.state is ReservationState.CANCELLED or kept.end <= now:
                raise _over()
            if now < kept.start - early:
                minutes = early / timedelta(minutes=1)
                raise ReservationError(
                    Text(f"开始前 {minutes:g} 分钟起才能签到。", f"Check-in opens {minutes:g} minutes before."),
                    field="reservation",
                )  # fmt: skip
            return kept if kept.came_at is not None else replace(kept, came_at=now)

        return self._store.change(campus_id, reservation_id, change)

    def find(
        self, campus_id: CampusId, reservation_id: str, *, who: str | None = None, manages: bool = True
    ) -> Reservation:
        """Return a reservation; of somebody's own where `who` is told and does not manage all."""
        self._guidance.guide(campus_id)
        found = self._store.find(campus_id, reservation_id)
        if found is None:
            raise no_reservation(reservation_id)
        if who is not None:
            _own(found, who, manages)
        return found

    def list(
        self,
        campus_id: CampusId,
        start: datetime,
        end: datetime,
        *,
        space_ids: Sequence[FeatureId] | None = None,
        who: str | None = None,
        cancelled: bool = False,
    ) -> tuple[Reservation, ...]:
        """Return the reservations that overlap a span, by start."""
        self._guidance.guide(campus_id)
        asked = ReservationQuery(start=start, end=end, space_ids=space_ids, who=who, cancelled=cancelled)
        return self._store.list(campus_id, asked)

    def free(
        self, campus_id: CampusId, wish: RoomWish, now: datetime, *, but: str | None = None
    ) -> tuple[Offer, ...]:
        """Return the free rooms that fit a wish, the best first."""
        held = self.list(campus_id, wish.start, wish.end)
        guide = self._guidance.guide(campus_id)
        return offers(guide, self.rooms(campus_id), [one for one in held if one.id != but], wish, now)

    def next_free(
        self, campus_id: CampusId, wish: ReservationWish, now: datetime, *, but: str | None = None
    ) -> ReservationWish | None:
        """Return the nearest time at which a room is free and open for as long, that day or the next; or None."""
        guide, room = self._guidance.guide(campus_id), self.room(campus_id, wish.space_id)
        span = LATER * TRIED
        held = self.list(campus_id, wish.start - span, wish.end + span, space_ids=(wish.space_id,))
        held = tuple(one for one in held if one.id != but)
        for step in (sign * LATER * n for n in range(1, TRIED + 1) for sign in (1, -1)):
            start, end = wish.start + step, wish.end + step
            if start < now or any(one.overlaps(start, end) for one in held):
                continue
            if is_open(guide, room, start, end):
                return replace(wish, start=start, end=end)
        return None

    def clash(
        self, campus_id: CampusId, wish: ReservationWish, now: datetime, *, but: str | None = None
    ) -> ReservationTakenError:
        """Return the error that says who has a room, until when, and what is free instead. No title is told."""
        guide, room = self._guidance.guide(campus_id), self.room(campus_id, wish.space_id)
        held = self.list(campus_id, wish.start, wish.end, space_ids=(wish.space_id,))
        by = [one for one in held if one.id != but]
        said = [self._holder(guide, one) for one in by]
        like = RoomWish(
            start=wish.start, end=wish.end, people=wish.attendees, categories=(room.category,), place=room.building_id,
            features=room.features,
        )  # fmt: skip
        others = [offer for offer in self._others(campus_id, like, now) if offer.room.id != room.id][:2]
        later = self.next_free(campus_id, wish, now, but=but)
        hints = [Text(f"{o.room.name.zh}那时有空", f"{o.room.name.en} is free then") for o in others]
        if later is not None:
            at = self._clock(guide, later.start)
            hints.insert(0, Text(f"这间最近在 {at.zh} 有空", f"this room is free next at {at.en}"))
        zh, en = "、".join(one.zh for one in said), ", ".join(one.en for one in said)
        return ReservationTakenError(
            Text(
                f"{room.name.zh}那时已有预订（{zh}）。" if said else f"{room.name.zh}刚被订走。",
                f"{room.name.en} is taken then ({en})." if said else f"{room.name.en} was just taken.",
            ),
            field="space",
            hint=Text("；".join(h.zh for h in hints) + "。", _sentence("; ".join(h.en for h in hints)))
            if hints
            else Text("请换个时间或房间。", "Choose another time or room."),
        )

    def _others(self, campus_id: CampusId, like: RoomWish, now: datetime) -> tuple[Offer, ...]:
        """Return free rooms like one: with what is in it, else without; in the building, else anywhere."""
        for wish in (like, replace(like, features=()), replace(like, features=(), place=None, categories=())):
            if found := self.free(campus_id, wish, now):
                return found
        return ()

    def _holder(self, guide: Guide, one: Reservation) -> Text:
        start, end = guide.wayfinder.local(one.start), guide.wayfinder.local(one.end)
        return Text(f"{one.who}，{start:%H:%M}–{end:%H:%M}", f"{one.who}, {start:%H:%M}–{end:%H:%M}")

    def _clock(self, guide: Guide, at: datetime) -> Text:
        local = guide.wayfinder.local(at)
        return Text(f"{local.month}月{local.day}日 {local:%H:%M}", f"{local:%-d %b, %H:%M}")

    def fitting(self, campus_id: CampusId, wish: RoomWish) -> tuple[BookableRoom, ...]:
        """Return the rooms that fit a wish, free or not."""
        return tuple(room for room in self.rooms(campus_id) if fits(room, wish))


def _step(at: datetime) -> datetime:
    """Return the begin of the step that a moment is in."""
    length = STEP.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // length * length, UTC)


def _own(kept: Reservation, who: str, manages: bool) -> None:
    if kept.who != who and not manages:
        raise NotYourReservationError(
            Text("这是别人的预订，您不能改动。", "This reservation is somebody else's: you can't change it."),
            field="reservation",
            hint=Text("请联系预订人或物业。", "Ask who made it, or the facility staff."),
        )


def _over() -> ReservationError:
    return ReservationError(
        Text("这个预订已结束或已取消。", "This reservation is over or cancelled."), field="reservation",
        hint=Text("请重新预订。", "Make a new one."),
    )  # fmt: skip


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
