"""Rooms reserved in words: chosen, shown with why and what else, confirmed, booked."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from yuanli.campus import CampusId
from yuanli.errors import InfeasibleError, Text, UnavailableError
from yuanli.operations.answering.asked import listed
from yuanli.operations.answering.booking_words import (
    HOUR,
    UnclearBookingError,
    Wanted,
    floor,
    hours_within,
    require_member,
    wanted,
)
from yuanli.operations.dialogue import Request
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.reservations import (
    STEP,
    Offer,
    Reservation,
    Reservations,
    ReservationWish,
    RoomWish,
    feature_names,
    room_name,
)

SHOWN_ELSE = 2
MOST_PINNED = 1000
LATEST_TRY = timedelta(hours=12)


class NoRoomError(InfeasibleError):
    """No room fits and is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The room that would be booked, and the next best."""

    wish: ReservationWish
    offer: Offer
    others: tuple[Offer, ...]
    wanted: Wanted
    assumed: bool


@dataclass(slots=True, kw_only=True)
class BookAct:
    """Books a room. What was shown is what is booked: the choice is kept until it is confirmed."""

    reservations: Reservations
    guidance: Guidance
    shown: OrderedDict[str, ReservationWish] = field(default_factory=OrderedDict)

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return which room would be booked, why, and what else there is."""
        require_member(asker)
        choice = self._choose(request, asker, now)
        self._pin(f"{asker.user}/{asker.conversation or ''}/{request.key}", choice.wish)
        return told(self.guidance.guide(asker.campus_id), choice)

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Book the room that was shown."""
        require_member(asker)
        guide = self.guidance.guide(asker.campus_id)
        wish = self.shown.get(key)
        if wish is None:
            choice = self._choose(request, asker, now)
            self._pin(key, choice.wish)
            again = told(guide, choice)
            raise UnavailableError(Text(f"请再确认一次：{again.zh}", f"Please confirm once more: {again.en}"))
        made = self.reservations.reserve(asker.campus_id, wish, who=asker.user, now=now, key=key)
        name = self.reservations.room(asker.campus_id, made.space_id).name
        when = say_when(guide, made.start, made.end)
        text = Text(
            f"已预订{name.zh}，{when.zh}，编号 {made.id[:8]}。",
            f"Booked {name.en}, {when.en}; reference {made.id[:8]}.",
        )
        hints = (
            Text(f"{name.zh}怎么走", f"how do I get to {name.en}"),
            Text("我有哪些预订", "what have I booked"),
        )
        return Reply(text=text, understanding=request.understanding(), suggestions=hints)

    def _pin(self, key: str, wish: ReservationWish) -> None:
        self.shown[key] = wish
        while len(self.shown) > MOST_PINNED:
            self.shown.popitem(last=False)

    def _choose(self, request: Request, asker: Asker, now: datetime) -> Choice:
        heard = request.understanding()
        guide = self.guidance.guide(asker.campus_id)
        if heard.find("frequency"):
            raise UnclearBookingError(
                Text("循环预订还办不到，请说一个日期。", "Repeated bookings can't be made yet: name one day."),
                field="frequency",
            )  # fmt: skip
        asked = wanted(self.reservations, guide, heard, asker, now)
        start, end, assumed = self._times(asked, asker, now)
        wish = asked.wish(start, end, asker)
        if asked.room is not None:
            return self._named(asker, asked, wish, heard.find("event_name") or "", assumed, now)
        found = self.reservations.free(asker.campus_id, wish, now)
        if not found:
            raise self.none_free(guide, asked, wish, asker, now)
        first, *others = found
        return Choice(
            wish=ReservationWish(
                space_id=first.room.id, start=start, end=end, attendees=wish.people,
                title=heard.find("event_name") or "",
            ),
            offer=first, others=tuple(others[:SHOWN_ELSE]), wanted=asked, assumed=assumed,
        )  # fmt: skip

    def _named(
        self, asker: Asker, asked: Wanted, wish: RoomWish, title: str, assumed: bool, now: datetime
    ) -> Choice:
        """Return the room that was named, where it may be booked then."""
        room = asked.room
        assert room is not None
        made = ReservationWish(
            space_id=room.id, start=wish.start, end=wish.end, attendees=wish.people, title=title
        )
        self.reservations.check(asker.campus_id, made, now)
        lacking = [name for name in asked.features if name not in room.features]
        if lacking:
            names = listed([feature_names()[one] for one in lacking])
            raise UnclearBookingError(
                Text(f"{room.name.zh}没有登记{names.zh}。", f"{room.name.en} is not known to have {names.en}."),
                field="equipment", hint=Text("请换一间，或不要这一项。", "Choose another room, or leave that out."),
            )  # fmt: skip
        found = self.reservations.free(asker.campus_id, wish, now)
        if not found:
            raise self.reservations.clash(asker.campus_id, made, now)
        return Choice(wish=made, offer=found[0], others=(), wanted=asked, assumed=assumed)

    def _times(self, asked: Wanted, asker: Asker, now: datetime) -> tuple[datetime, datetime, bool]:
        """Return from when to when, and whether the length was assumed.

        A part of the day is searched for its first time at which a room is free for as long.
        """
        span = asked.span
        if span is None:
            raise UnclearBookingError(
                Text("没听懂是哪一天几点。", "I don't understand the day and time."), field="time",
                hint=Text("例如：明天下午两点到三点。", "Such as: tomorrow from two to three."),
            )  # fmt: skip
        length = asked.length or HOUR
        begin = floor(span.end if span.open_start else span.start)
        exact = span.is_instant or (asked.length is not None and span.end - span.start == asked.length)
        if exact or span.open_start or span.open_end:
            return begin, begin + length, asked.length is None
        if span.grain == "minute":
            return begin, floor(span.end), False
        begin, end = hours_within(span)
        at = max(begin, floor(now) if floor(now) == now else floor(now) + STEP)
        length = min(length, end - begin)
        first = at
        while at + length <= end:
            if self.reservations.free(asker.campus_id, asked.wish(at, at + length, asker), now):
                return at, at + length, asked.length is None
            at += timedelta(minutes=30)
        return first, first + length, asked.length is None

    def none_free(
        self, guide: Guide, asked: Wanted, wish: RoomWish, asker: Asker, now: datetime
    ) -> NoRoomError:
        """Return the error that says why no room can be had, and what nearly fits: another time, place or kind."""
        campus_id = asker.campus_id
        fitting = self.reservations.fitting(campus_id, wish)
        if not fitting:
            most = max((room.capacity or 0 for room in self.reservations.rooms(campus_id)), default=0)
            why = Text(
                f"没有房间符合要求（{_demands(guide, asked, wish).zh}；最大的可坐 {most} 人）。",
                f"No room fulfils that ({_demands(guide, asked, wish).en}; the largest holds {most}).",
            )
        else:
            best = fitting[0]
            held = self.reservations.list(campus_id, wish.start, wish.end, space_ids=[best.id])
            by = listed([_span_of(guide, one) for one in held] or [Text("不开放", "closed then")])
            why = Text(
                f"符合要求的 {len(fitting)} 间那时都没空，例如{best.name.zh}（{by.zh}）。",
                f"None of the {len(fitting)} rooms that fit is free then, such as {best.name.en} ({by.en}).",
            )
        hints = [*self._other_time(guide, wish, now), *self._other_room(campus_id, wish, now)]
        hint = (
            Text("；".join(h.zh for h in hints) + "。", f"{'; '.join(h.en for h in hints)}.")
            if hints
            else None
        )
        return NoRoomError(why, field="room", hint=hint)

    def _other_time(self, guide: Guide, wish: RoomWish, now: datetime) -> list[Text]:
        step, length = timedelta(minutes=30), wish.end - wish.start
        for n in range(1, int(LATEST_TRY / step)):
            for start in (wish.start + n * step, wish.start - n * step):
                if start < now:
                    continue
                moved = replace(wish, start=start, end=start + length)
                if found := self.reservations.free(guide.campus.id, moved, now):
                    when = say_when(guide, start, start + length)
                    name = found[0].room.name
                    return [Text(f"最近 {when.zh} {name.zh}有空", f"The nearest is {when.en}, {name.en}")]
        return []

    def _other_room(self, campus_id: CampusId, wish: RoomWish, now: datetime) -> list[Text]:
        for less, why in (
            (replace(wish, place=None), Text("别处", "elsewhere")),
            (replace(wish, place=None, features=()), Text("没有所要设备", "without what is needed")),
            (replace(wish, place=None, features=(), categories=()), Text("别的类型", "of another kind")),
        ):
            if less != wish and (found := self.reservations.free(campus_id, less, now)):
                name = found[0].room.name
                return [Text(f"那时有空的（{why.zh}）：{name.zh}", f"Free then ({why.en}): {name.en}")]
        return []


def told(guide: Guide, choice: Choice) -> Text:
    """Return the card: which room, when, why this one, and what else is free."""
    wish, room = choice.wish, choice.offer.room
    when = say_when(guide, wish.start, wish.end)
    assumed = Text("（按一小时）", " (an hour is assumed)") if choice.assumed else Text("", "")
    zh = [f"预订{room.name.zh}，{when.zh}{assumed.zh}"]
    en = [f"Book {room.name.en}, {when.en}{assumed.en}"]
    if choice.wanted.people:
        zh[0] += f"，{wish.attendees} 人"
        en[0] += f", for {wish.attendees}"
    if wish.title:
        zh[0] += f"，用于“{wish.title}”"
        en[0] += f", for “{wish.title}”"
    facts = _facts(choice.offer)
    zh.append(("选它：" if choice.wanted.room is None else "") + facts.zh)
    en.append(("Chosen because: " if choice.wanted.room is None else "It has ") + facts.en)
    if choice.others:
        names = [_named(offer) for offer in choice.others]
        zh.append(f"也可以：{listed(names).zh}")
        en.append(f"Also free: {listed(names).en}")
    if choice.wanted.unknown:
        said = "、".join(choice.wanted.unknown)
        zh.append(f"没有登记哪间有“{said}”，未作要求")
        en.append(f"No room is known to have {', '.join(choice.wanted.unknown)}: that was left out")
    return Text("。".join(zh), ". ".join(en))


def say_when(guide: Guide, start: datetime, end: datetime) -> Text:
    """Return a day and times as they are said."""
    begin, stop = guide.wayfinder.local(start), guide.wayfinder.local(end)
    return Text(
        f"{begin.month}月{begin.day}日 {begin:%H:%M}–{stop:%H:%M}",
        f"{begin:%-d %b} {begin:%H:%M}–{stop:%H:%M}",
    )


def _facts(offer: Offer) -> Text:
    room = offer.room
    names = [feature_names()[one] for one in room.features if one != "wheelchair" and one in feature_names()]
    zh = ["座位数未登记" if room.capacity is None else f"{room.capacity} 座"]
    en = ["an unknown number of seats" if room.capacity is None else f"{room.capacity} seats"]
    if names:
        zh.append(f"有{listed(names).zh}")
        en.append(listed(names).en)
    if offer.walk_s is not None:
        minutes = max(1, round(offer.walk_s / 60))
        zh.append(f"步行约 {minutes} 分钟")
        en.append(f"about {minutes} min on foot")
    return Text("，".join(zh), ", ".join(en))


def _named(offer: Offer) -> Text:
    seats = "" if offer.room.capacity is None else f"{offer.room.capacity}"
    return Text(
        f"{offer.room.name.zh}（{seats} 座）" if seats else offer.room.name.zh,
        f"{offer.room.name.en} ({seats} seats)" if seats else offer.room.name.en,
    )


def _span_of(guide: Guide, one: Reservation) -> Text:
    start, end = guide.wayfinder.local(one.start), guide.wayfinder.local(one.end)
    return Text(f"{one.who} {start:%H:%M}–{end:%H:%M}", f"{one.who} {start:%H:%M}–{end:%H:%M}")


def _demands(guide: Guide, asked: Wanted, wish: RoomWish) -> Text:
    parts = [Text(f"{wish.people} 人", f"{wish.people} people")]
    parts += [feature_names()[one] for one in asked.features]
    if asked.place is not None:
        parts.append(room_name(guide.campus, asked.place))
    return listed(parts)
