"""Which rooms are free, and who has reserved what, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.answering.asked import is_operator, listed
from yuanli.operations.answering.booking import say_when
from yuanli.operations.answering.booking_changes import AHEAD, Bookings
from yuanli.operations.answering.booking_words import (
    HOUR,
    UnclearBookingError,
    Wanted,
    floor,
    hours_within,
    require_member,
    wanted,
)
from yuanli.operations.answering.vocabulary import says
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.reservations import (
    BookableRoom,
    Reservation,
    Reservations,
    ReservationWish,
    is_open,
)

MOST_TOLD = 6
LEAST_GAP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingAnswers:
    """Answers `booking_search` and `booking_query`."""

    bookings: Bookings

    @property
    def reservations(self) -> Reservations:
        """The reservations."""
        return self.bookings.reservations

    def search(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say which rooms are free then, or whether the one that is named is; and if not, why and when."""
        require_member(asker)
        asked = wanted(self.reservations, guide, understanding, asker, now)
        if asked.span is None:
            raise UnclearBookingError(
                Text("没听懂是哪一天几点。", "I don't understand the day and time."), field="time",
                hint=Text("例如：明天下午。", "Such as: tomorrow afternoon."),
            )  # fmt: skip
        start, end = _looked_at(asked, now)
        if asked.room is not None:
            return self._one(guide, understanding, asker, asked.room, start, end, now)
        found = self.reservations.free(guide.campus.id, asked.wish(start, end, asker), now)
        when = say_when(guide, start, end)
        if found:
            named = listed([_seats(offer.room) for offer in found[:MOST_TOLD]])
            more = len(found) > MOST_TOLD
            text = Text(
                f"{when.zh} 有 {len(found)} 间空房：{named.zh}{'等' if more else ''}。",
                f"{len(found)} rooms are free {when.en}: {named.en}{', and more' if more else ''}.",
            )
            first = found[0].room.name
            hint = Text(f"预订{first.zh}，{when.zh}", f"book {first.en}, {when.en}")
            return Reply(text=text, understanding=understanding, suggestions=(hint,))
        return self._gaps(guide, understanding, asker, asked, start, end)

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say what oneself has reserved, or who has a room that is named."""
        require_member(asker)
        plain = replace(
            understanding,
            slots=tuple(s for s in understanding.slots if s.type not in ("equipment", "event_name")),
        )
        asked = wanted(self.reservations, guide, plain, asker, now)
        start, end = (now, now + AHEAD) if asked.span is None else (asked.span.start, asked.span.end)
        end = end if end > start else start + timedelta(minutes=5)
        if asked.room is not None and not says(understanding.text, "own"):
            return self._of_room(guide, understanding, asker, asked.room, start, end)
        whose = understanding.find("person") or understanding.find("department")
        who = asker.user if whose is None or says(whose, "own") else whose
        held = self.reservations.list(guide.campus.id, start, end, who=who)
        rooms = {room.id: room for room in self.reservations.rooms(guide.campus.id)}
        held = tuple(
            one
            for one in held
            if (asked.place is None or ((room := rooms.get(one.space_id)) and room.within(asked.place)))
            and (asked.room is None or one.space_id == asked.room.id)
        )
        own = who == asker.user
        subject = Text("您" if own else who, "you have" if own else f"{who} has")
        when = Text("", "") if asked.span is None else _span(guide, start, end)
        if not held:
            text = Text(
                f"{when.zh}{subject.zh}没有预订。",
                f"{subject.en[:1].upper()}{subject.en[1:]} no reservations{when.en}.",
            )
            return Reply(text=text, understanding=understanding, suggestions=(BOOK,))
        shown = [one.shown_to(asker.user, manages=is_operator(asker)) for one in held[:MOST_TOLD]]
        said = listed([self.bookings.say(guide, one) for one in shown])
        text = Text(
            f"{when.zh}{subject.zh}有 {len(held)} 个预订：{said.zh}。",
            f"{subject.en[:1].upper()}{subject.en[1:]} {_count(len(held))}{when.en}: {said.en}.",
        )
        return Reply(text=text, understanding=understanding)

    def _of_room(
        self,
        guide: Guide,
        heard: Understanding,
        asker: Asker,
        room: BookableRoom,
        start: datetime,
        end: datetime,
    ) -> Reply:
        held = self.reservations.list(guide.campus.id, start, end, space_ids=[room.id])
        when = _span(guide, start, end)
        if not held:
            text = Text(
                f"{room.name.zh} {when.zh}没有预订。", f"{room.name.en} has no reservations{when.en}."
            )
            return Reply(text=text, understanding=heard)
        said = listed([_holder(guide, one, asker) for one in held[:MOST_TOLD]])
        text = Text(
            f"{room.name.zh} {when.zh}有 {len(held)} 个预订：{said.zh}。",
            f"{room.name.en} has {_count(len(held))}{when.en}: {said.en}.",
        )
        return Reply(text=text, understanding=heard)

    def _one(
        self, guide: Guide, heard: Understanding, asker: Asker, room: BookableRoom, start: datetime, end: datetime,
        now: datetime,
    ) -> Reply:  # fmt: skip
        when = say_when(guide, start, end)
        held = self.reservations.list(guide.campus.id, start, end, space_ids=[room.id])
        if not held and is_open(guide, room, start, end):
            text = Text(f"{room.name.zh} {when.zh} 有空。", f"{room.name.en} is free {when.en}.")
            hint = Text(f"预订{room.name.zh}，{when.zh}", f"book {room.name.en}, {when.en}")
            return Reply(text=text, understanding=heard, suggestions=(hint,))
        gaps = _gaps_of(guide, room, held, start, end)
        if gaps:
            said = listed([say_when(guide, *gap) for gap in gaps])
            by = listed([_holder(guide, one, asker) for one in held] or [Text("不开放", "closed")])
            text = Text(
                f"{room.name.zh} 部分有空：{said.zh}；已占：{by.zh}。",
                f"{room.name.en} is free in part: {said.en}; taken: {by.en}.",
            )
            return Reply(text=text, understanding=heard)
        if not held:
            text = Text(
                f"{room.name.zh}那时不开放（{room.hours}）。",
                f"{room.name.en} is closed then ({room.hours}).",
            )
            return Reply(text=text, understanding=heard)
        clash = self.reservations.clash(
            guide.campus.id, ReservationWish(space_id=room.id, start=floor(start), end=floor(end)), now
        )
        hint = clash.hint or Text("", "")
        return Reply(
            text=Text(f"{clash.message.zh}{hint.zh}", f"{clash.message.en} {hint.en}"), understanding=heard
        )

    def _gaps(
        self, guide: Guide, heard: Understanding, asker: Asker, asked: Wanted, start: datetime, end: datetime
    ) -> Reply:
        """Say which rooms are free for a part of a span, the longest first; or that none fits or is free."""
        fitting = self.reservations.fitting(guide.campus.id, asked.wish(start, end, asker))
        held = self.reservations.list(guide.campus.id, start, end)
        found = []
        for room in fitting:
            gaps = _gaps_of(guide, room, [one for one in held if one.space_id == room.id], start, end)
            if gaps:
                found.append((max(stop - begin for begin, stop in gaps), room, gaps))
        found.sort(key=lambda row: (-row[0], row[1].capacity or 0, row[1].id))
        when = say_when(guide, start, end)
        if not found:
            text = Text(
                f"{when.zh} 没有符合要求的空房（符合要求的共 {len(fitting)} 间）。",
                f"No room that fits is free {when.en} ({len(fitting)} rooms fit).",
            )
            return Reply(text=text, understanding=heard)
        said = listed(
            [
                Text(
                    f"{_seats(room).zh} {say_when(guide, *max(gaps, key=lambda gap: gap[1] - gap[0])).zh}",
                    f"{_seats(room).en} {say_when(guide, *max(gaps, key=lambda gap: gap[1] - gap[0])).en}",
                )
                for _, room, gaps in found[:MOST_TOLD]
            ]
        )
        text = Text(
            f"没有房间 {when.zh} 全程空闲；部分有空：{said.zh}。",
            f"No room is free all of {when.en}; in part: {said.en}.",
        )
        return Reply(text=text, understanding=heard)


BOOK = Text("帮我订明天下午两点 6 个人的会议室", "book a meeting room for 6 people tomorrow at 2 pm")


def _looked_at(asked: Wanted, now: datetime) -> tuple[datetime, datetime]:
    span = asked.span
    assert span is not None
    if span.is_instant:
        start = floor(span.start)
        return start, start + (asked.length or HOUR)
    start, end = hours_within(span)
    start = max(start, floor(now)) if start.date() == floor(now).astimezone(start.tzinfo).date() else start
    return (start, end) if start < end else (floor(span.start), floor(span.start) + HOUR)


def _gaps_of(
    guide: Guide,
    room: BookableRoom,
    held: list[Reservation] | tuple[Reservation, ...],
    start: datetime,
    end: datetime,
) -> list[tuple[datetime, datetime]]:
    """Return when a room is free and open within a span, half an hour or longer."""
    begin, gaps = start, []
    for one in (*sorted(held, key=lambda one: one.start), None):
        stop = end if one is None else min(one.start.astimezone(start.tzinfo), end)
        if stop - begin >= LEAST_GAP and is_open(guide, room, begin, stop):
            gaps.append((begin, stop))
        if one is not None:
            begin = max(begin, one.end.astimezone(start.tzinfo))
    return gaps


def _holder(guide: Guide, one: Reservation, asker: Asker) -> Text:
    shown, when = one.shown_to(asker.user, manages=is_operator(asker)), say_when(guide, one.start, one.end)
    title = f"“{shown.title}”" if shown.title else ""
    return Text(f"{one.who}{title} {when.zh}", f"{one.who} {title + ' ' if title else ''}{when.en}")


def _span(guide: Guide, start: datetime, end: datetime) -> Text:
    begin, last = guide.wayfinder.local(start), guide.wayfinder.local(end - timedelta(seconds=1))
    if begin.date() == last.date():
        return Text(f"{begin.month}月{begin.day}日", f" on {begin:%-d %b}")
    return Text(
        f"{begin.month}月{begin.day}日–{last.month}月{last.day}日", f" from {begin:%-d %b} to {last:%-d %b}"
    )


def _count(number: int) -> str:
    return f"{number} reservation{'s' if number != 1 else ''}"


def _seats(room: BookableRoom) -> Text:
    if room.capacity is None:
        return room.name
    return Text(f"{room.name.zh}（{room.capacity} 座）", f"{room.name.en} ({room.capacity} seats)")
