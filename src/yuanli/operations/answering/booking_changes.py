"""Reservations that are there already, in words: found by what is said of them, changed, cancelled, checked in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yuanli.campus import FeatureId
from yuanli.errors import InfeasibleError, Text
from yuanli.language import Understanding
from yuanli.operations.answering.asked import is_operator, listed
from yuanli.operations.answering.booking import say_when
from yuanli.operations.answering.booking_words import (
    UnclearBookingError,
    floor,
    halves,
    require_member,
    span_of,
    wanted,
)
from yuanli.operations.answering.vocabulary import named_in, order_in
from yuanli.operations.dialogue import Request
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.reservations import (
    Reservation,
    Reservations,
    ReservationWish,
    RoomWish,
    room_name,
)

AHEAD = timedelta(days=90)
MOST_NAMED = 4


class NoSuchBookingError(InfeasibleError):
    """None of one's reservations is like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    """Finds reservations by what is said of them."""

    reservations: Reservations
    guidance: Guidance

    def find(self, heard: Understanding, asker: Asker, now: datetime) -> tuple[Reservation, ...]:
        """Return one's own reservations from now on that fit what is said: number, room, title, day, time.

        Who manages all may also name one by its number.
        """
        guide = self.guidance.guide(asker.campus_id)
        mine = self.reservations.list(asker.campus_id, now, now + AHEAD, who=asker.user)
        if ref := heard.find("booking_ref"):
            number = "".join(c for c in ref.casefold() if c.isalnum() or c in "-_")
            all_ = self.reservations.list(asker.campus_id, now, now + AHEAD) if is_operator(asker) else mine
            return tuple(one for one in all_ if number and one.id.casefold().startswith(number[-8:]))
        plain = replace(
            heard, slots=tuple(s for s in heard.slots if s.type not in ("equipment", "people_count"))
        )
        asked = wanted(self.reservations, guide, plain, asker, now)
        rooms = {room.id: room for room in self.reservations.rooms(asker.campus_id)}
        title = (heard.find("event_name") or "").casefold()
        found = []
        for one in mine:
            room = rooms.get(one.space_id)
            if asked.room is not None and one.space_id != asked.room.id:
                continue
            if asked.place is not None and (room is None or not room.within(asked.place)):
                continue
            if asked.categories and (room is None or room.category not in asked.categories):
                continue
            if title and title not in one.title.casefold() and one.title.casefold() not in title:
                continue
            if asked.span is not None and not _then(one, asked.span.start, asked.span.end):
                continue
            found.append(one)
        return tuple(found)

    def the_one(self, heard: Understanding, asker: Asker, now: datetime) -> Reservation:
        """Return the reservation that is meant: of several the one that runs now, where one does.

        Raises
        ------
        NoSuchBookingError, UnclearBookingError
            There is none, or which one is not clear.
        """
        guide, found = self.guidance.guide(asker.campus_id), self.find(heard, asker, now)
        if not found:
            mine = self.reservations.list(asker.campus_id, now, now + AHEAD, who=asker.user)
            said = listed([self.say(guide, one) for one in mine[:MOST_NAMED]])
            hint = Text(f"您的预订：{said.zh}。", f"Yours are: {said.en}.") if mine else Text(
                "您没有还没结束的预订。", "You have no reservations that are not over."
            )  # fmt: skip
            raise NoSuchBookingError(
                Text("没有找到您的这个预订。", "None of your reservations is like that."),
                field="booking_ref", hint=hint,
            )  # fmt: skip
        running = [one for one in found if one.start <= now]
        bare = not any(slot.type in ("date", "time", "booking_ref") for slot in heard.slots)
        if len(found) > 1 and not (bare and len(running) == 1):
            said = listed([self.say(guide, one) for one in found[:MOST_NAMED]])
            raise UnclearBookingError(
                Text(f"有 {len(found)} 个预订符合：{said.zh}。", f"{len(found)} reservations fit: {said.en}."),
                field="time", hint=Text("请说是哪天几点的，或哪一间。", "Say its day and time, or its room."),
            )  # fmt: skip
        return running[0] if len(found) > 1 else found[0]

    def say(self, guide: Guide, one: Reservation) -> Text:
        """Return a reservation of one's own in a few words."""
        name, when = room_name(guide.campus, one.space_id), say_when(guide, one.start, one.end)
        title = f"“{one.title}”" if one.title else ""
        return Text(f"{when.zh} {name.zh}{title}", f"{when.en} {name.en}{' ' + title if title else ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAct:
    """Gives a room back."""

    bookings: Bookings

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return which reservation would be cancelled."""
        require_member(asker)
        one = self.bookings.the_one(request.understanding(), asker, now)
        said = self.bookings.say(self.bookings.guidance.guide(asker.campus_id), one)
        return Text(f"取消预订：{said.zh}", f"Cancel the reservation: {said.en}")

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Cancel it."""
        del key
        require_member(asker)
        heard = request.understanding()
        one = self.bookings.the_one(heard, asker, now)
        self.bookings.reservations.cancel(
            asker.campus_id, one.id, who=asker.user, manages=is_operator(asker), now=now
        )
        said = self.bookings.say(self.bookings.guidance.guide(asker.campus_id), one)
        return Reply(text=Text(f"已取消：{said.zh}。", f"Cancelled: {said.en}."), understanding=heard)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAct:
    """Gives a reservation another time, room or number of people."""

    bookings: Bookings

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what would change, from what to what."""
        require_member(asker)
        one, wish = self._changed(request, asker, now)
        guide, reservations = self.bookings.guidance.guide(asker.campus_id), self.bookings.reservations
        runs = one.start <= now and wish.start == one.start
        if not runs:
            reservations.check(asker.campus_id, wish, now)
        held = reservations.list(asker.campus_id, wish.start, wish.end, space_ids=[wish.space_id])
        if any(other.id != one.id for other in held):
            raise reservations.clash(asker.campus_id, wish, now, but=one.id)
        before, after = self.bookings.say(guide, one), self.bookings.say(guide, one.moved(wish))
        people = Text("", "")
        if wish.attendees != one.attendees:
            people = Text(f"，{wish.attendees} 人", f", for {wish.attendees}")
        return Text(
            f"把预订“{before.zh}”改为：{after.zh}{people.zh}", f"Change {before.en} to: {after.en}{people.en}"
        )

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Change it."""
        del key
        require_member(asker)
        one, wish = self._changed(request, asker, now)
        moved = self.bookings.reservations.move(
            asker.campus_id, one.id, wish, who=asker.user, manages=is_operator(asker), now=now
        )
        said = self.bookings.say(self.bookings.guidance.guide(asker.campus_id), moved)
        heard = request.understanding()
        return Reply(text=Text(f"已改为：{said.zh}。", f"Changed to: {said.en}."), understanding=heard)

    def _changed(self, request: Request, asker: Asker, now: datetime) -> tuple[Reservation, ReservationWish]:
        """Return the reservation that is meant, and what it becomes."""
        guide = self.bookings.guidance.guide(asker.campus_id)
        which, becomes = halves(request.understanding())
        one = self.bookings.the_one(which, asker, now)
        zone = ZoneInfo(guide.campus.time_zone)
        asked = wanted(self.bookings.reservations, guide, becomes, asker, now)
        start, end = _new_times(one, becomes, asked.length, now, zone)
        wish = replace(one.wish(), start=start, end=end, attendees=asked.people or one.attendees)
        if asked.room is not None:
            wish = replace(wish, space_id=asked.room.id)
        elif asked.place is not None or asked.features or asked.categories:
            room = self._other_room(asker, RoomWish(
                start=start, end=end, people=wish.attendees, categories=asked.categories or self._kind(one),
                features=asked.features, place=asked.place, near=asker.here,
            ), one, now)  # fmt: skip
            wish = replace(wish, space_id=room)
        if wish == one.wish():
            raise UnclearBookingError(
                Text("没听出要改成什么。", "I don't understand what it shall become."), field="time",
                hint=Text("例如：改到下午四点。", "Such as: move it to 4 pm."),
            )  # fmt: skip
        return one, wish

    def _kind(self, one: Reservation) -> tuple[str, ...]:
        """Return the category of the room that a reservation is of."""
        rooms = self.bookings.reservations.rooms(one.campus_id)
        return tuple(room.category for room in rooms if room.id == one.space_id)

    def _other_room(self, asker: Asker, wish: RoomWish, one: Reservation, now: datetime) -> FeatureId:
        found = self.bookings.reservations.free(asker.campus_id, wish, now, but=one.id)
        if not found:
            raise NoSuchBookingError(
                Text("那里没有符合要求的空房间。", "No room there fits and is free then."), field="place",
                hint=Text("请换个地方或时间。", "Choose another place or time."),
            )  # fmt: skip
        return found[0].room.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningAct:
    """Checks in to a reservation, makes one that runs longer, or ends it."""

    bookings: Bookings

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what would be done to which reservation."""
        require_member(asker)
        one, what, _ = self._meant(request, asker, now)
        said = self.bookings.say(self.bookings.guidance.guide(asker.campus_id), one)
        return Text(f"{what.zh}：{said.zh}", f"{what.en}: {said.en}")

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Do it."""
        del key
        require_member(asker)
        _, what, do = self._meant(request, asker, now)
        after = do()
        said = self.bookings.say(self.bookings.guidance.guide(asker.campus_id), after)
        text = Text(f"已{what.zh}：{said.zh}。", f"Done, {what.en.lower()}: {said.en}.")
        return Reply(text=text, understanding=request.understanding())

    def _meant(
        self, request: Request, asker: Asker, now: datetime
    ) -> tuple[Reservation, Text, Callable[[], Reservation]]:
        heard = request.understanding()
        reservations, manages = self.bookings.reservations, is_operator(asker)
        plain = replace(heard, slots=tuple(s for s in heard.slots if s.type not in ("time", "duration")))
        one = self.bookings.the_one(plain, asker, now)
        guide = self.bookings.guidance.guide(asker.campus_id)
        asked = wanted(reservations, guide, heard, asker, now)
        said = named_in(heard.text, "running")
        if said == "extend" or (said is None and asked.length is not None):
            wish = replace(one.wish(), end=one.end + (asked.length or timedelta(minutes=30)))
            held = reservations.list(asker.campus_id, one.end, wish.end, space_ids=[one.space_id])
            if any(other.id != one.id for other in held):
                raise reservations.clash(asker.campus_id, wish, now, but=one.id)
            until = guide.wayfinder.local(wish.end)
            what = Text(f"延长到 {until:%H:%M}", f"Extend until {until:%H:%M}")
            return (
                one,
                what,
                lambda: reservations.move(
                    asker.campus_id, one.id, wish, who=asker.user, manages=manages, now=now
                ),
            )
        if said == "end":
            return (
                one,
                Text("结束", "End"),
                lambda: reservations.cancel(
                    asker.campus_id, one.id, who=asker.user, manages=manages, now=now
                ),
            )
        return (
            one,
            Text("签到", "Check in"),
            lambda: reservations.check_in(asker.campus_id, one.id, who=asker.user, manages=manages, now=now),
        )


def _then(one: Reservation, start: datetime, end: datetime) -> bool:
    """Whether a reservation is at a time that was said: at an instant, or begins within a span."""
    if start == end:
        return one.start <= start < one.end
    return one.start < end and start < one.end


def _new_times(
    one: Reservation, becomes: Understanding, length: timedelta | None, now: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Return the times that a reservation becomes: a day keeps the clock, a clock keeps the day, both the length."""
    start, end = one.start.astimezone(zone), one.end.astimezone(zone)
    kept = end - start
    days, clocks = becomes.values("date"), becomes.values("time")
    how = next(iter(order_in(becomes.text, "lengths")), None)
    if length is not None and not days and not clocks:
        sign = {"shorter": -1, "earlier": -1}.get(how or "", 1)
        if how in ("later", "earlier"):
            return start + sign * length, end + sign * length
        return (start, end + sign * length) if how else (start, start + length)
    if days and (day := span_of(becomes, now, zone, ("date",))) is not None:
        start = datetime.combine(day.start.date(), start.timetz().replace(tzinfo=None), zone)
    if clocks:
        at = span_of(becomes, start.replace(hour=0, minute=0) - timedelta(seconds=1), zone, ("time",))
        if at is not None:
            clock = floor(at.start)
            begin = datetime.combine(start.date(), clock.time(), zone)
            if how in ("longer", "shorter") and at.is_instant:
                return start, begin
            if not at.is_instant and at.grain == "minute":
                return begin, begin + (at.end - at.start)
            start = begin
    return start, start + (length or kept)
