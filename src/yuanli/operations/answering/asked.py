"""What a question asks of: which place, when, who may know; and how numbers and spans are said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yuanli.campus import (
    Amenity,
    Anchor,
    Building,
    Campus,
    Device,
    Feature,
    FeatureId,
    Geofence,
    LanguageMap,
    Level,
    Occupant,
    Section,
    Team,
    Unit,
    Venue,
    label_of,
    name_in,
)
from yuanli.errors import InvalidInputError, Text, YuanliError
from yuanli.language import TimeSpan, Understanding, find_when, is_here
from yuanli.operations.answering.vocabulary import is_one_of, says
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Reply

SPACES = (Venue, Building, Level, Unit, Section, Geofence)
PLACE_SLOTS = ("place", "room", "destination", "poi_type", "department", "company")
SIGN_IN = Text(
    "这些数据只对登录的成员开放，请先登录。", "Only people who are signed in may see this. Please sign in."
)
OPERATORS = Text("费用只对园区运营人员开放。", "Only the park's operators may see what it costs.")


class UnreadableDateError(InvalidInputError):
    """A date or a time was named that can't be read, or that doesn't exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place that a question is about; without an id the whole site."""

    id: FeatureId | None
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The span that a question is about, and how to say it; `said` tells whether it was named at all."""

    start: datetime
    end: datetime
    name: Text
    said: bool

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


def where_of(guide: Guide, understanding: Understanding, asker: Asker) -> Where:
    """Return the place that a request names, or where the person stands where it says "here", else the site.

    Raises
    ------
    PlaceNotFoundError
        Nothing is called so.
    """
    said = next((value for slot in PLACE_SLOTS if (value := understanding.find(slot))), None)
    if said is None or is_one_of(said, "site"):
        return _site(guide.campus)
    return place_of(guide, said, understanding.language, asker)


def place_of(guide: Guide, said: str, language: str, asker: Asker) -> Where:
    """Return the space that a name means: the room of a shop, the level of an entrance."""
    if is_here(said):
        if asker.here is None:
            return _site(guide.campus)
        said = asker.here
    found = guide.resolve(said, language=language).stop.feature_id
    space = None if found is None else space_of(guide.campus, found)
    if space is None or isinstance(space, Venue):
        return _site(guide.campus)
    named = label_of(guide.campus, space.id)
    return Where(id=space.id, name=text_of(named, space.id))


def space_of(campus: Campus, feature_id: str) -> Feature | None:
    """Return the room, level, building or site that a feature is or is in."""
    feature = campus.find(feature_id)
    if feature is None or isinstance(feature, SPACES):
        return feature
    leads: tuple[str | None, ...] = ()
    match feature:
        case Amenity():
            leads = feature.unit_ids[:1]
        case Occupant():
            leads = (feature.anchor_id,)
        case Anchor():
            leads = (feature.unit_id,)
        case Device():
            leads = (feature.space_id,)
        case Team():
            leads = feature.space_ids[:1]
    for lead in leads:
        if lead is not None and (space := space_of(campus, lead)) is not None:
            return space
    spot = campus.spot(feature.id)
    inside = spot and (spot.level_id or spot.building_id)
    return campus.find(inside) if inside else campus.venue


def when_of(
    guide: Guide, understanding: Understanding, now: datetime, *, prefer: str = "past", days: int = 0
) -> When:
    """Return the span that a request names; else today, or the last `days`.

    Raises
    ------
    UnreadableDateError
        A date or a time is named that is none.
    """
    zone = ZoneInfo(guide.campus.time_zone)
    found = span_of(
        [*_said(understanding, "date")], [*_said(understanding, "time")], understanding, now, zone, prefer
    )
    if found is not None and not found.is_instant:
        words = " ".join((*_said(understanding, "date"), *_said(understanding, "time")))
        return When(
            start=found.start,
            end=found.end,
            name=say_span(found.start, found.end, words, understanding, now),
            said=True,
        )
    if found is None:
        _refuse_unread(understanding)
    local = now.astimezone(zone)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if found is not None:
        hour = found.start.replace(minute=0, second=0, microsecond=0)
        return When(start=hour, end=hour + timedelta(hours=1), name=clock(found.start, now), said=True)
    if days:
        start = today - timedelta(days=days)
        return When(start=start, end=local, name=Text(f"最近{days}天", f"the last {days} days"), said=False)
    return When(start=today, end=today + timedelta(days=1), name=Text("今天", "today"), said=False)


def span_then(
    guide: Guide, words: str, understanding: Understanding, when: When, now: datetime
) -> When | None:
    """Return the other span that is compared with: the one before, as long a one a year before, or the one named."""
    if says(words, "year_on_year"):
        back = timedelta(days=364)
    elif says(words, "one_before"):
        back = _step(when)
    else:
        found = span_of([words], [], understanding, now, find_zone(guide), "past")
        if found is None or found.is_instant:
            return None
        name = say_span(found.start, found.end, words, understanding, now)
        return When(start=found.start, end=found.end, name=name, said=True)
    start, end = when.start - back, min(when.end, now) - back
    if not says(words, "year_on_year"):
        return When(start=start, end=end, name=_dates(start, end, now), said=True)
    return When(start=start, end=end, name=say_span(start, end, words, understanding, now), said=True)


def _step(when: When) -> timedelta:
    """Return how long before a span the one before it began: of a month its days, of parts of weeks a week."""
    before = when.start - timedelta(days=1)
    if when.start.day == 1 and when.length > timedelta(days=27):
        return timedelta(days=before.day)
    week = timedelta(days=7)
    return week if timedelta(days=1) < when.length < week else when.length


def as_far(then: When, when: When, now: datetime) -> When:
    """Return a span that is compared with one that is not over, cut to as much of it as is over."""
    if not when.start < now < when.end or then.end - then.start <= now - when.start:
        return then
    name = Text(f"{then.name.zh}同期", f"the same part of {then.name.en}")
    return When(start=then.start, end=then.start + (now - when.start), name=name, said=True)


def _refuse_unread(understanding: Understanding) -> None:
    """Raise UnreadableDateError where a date or a time was said, though none could be read."""
    if dates := _said(understanding, "date"):
        raise UnreadableDateError(
            Text(f"看不懂日期“{dates[0]}”。", f"I can't read the date {dates[0]!r}."),
            field="date",
            hint=Text(
                "请换个说法，例如“昨天”或“11月3日”。", "Say it differently, such as yesterday or 3 November."
            ),
        )
    if times := _said(understanding, "time"):
        raise UnreadableDateError(
            Text(f"看不懂时间“{times[0]}”。", f"I can't read the time {times[0]!r}."),
            field="time",
            hint=Text("请换个说法，例如“下午三点”。", "Say it differently, such as 3 pm."),
        )


def span_of(
    dates: list[str],
    times: list[str],
    understanding: Understanding,
    now: datetime,
    zone: ZoneInfo,
    prefer: str,
) -> TimeSpan | None:
    """Return the span of time that words say, or None."""
    if not dates and not times:
        return None
    return find_when(dates, times, (), language=understanding.language, now=now, zone=zone, prefer=prefer)


def say_span(start: datetime, end: datetime, words: str, understanding: Understanding, now: datetime) -> Text:
    """Return a span as it was said, with its dates; in the other language its dates alone."""
    dates = _dates(start, end, now)
    if understanding.language == "zh":
        return Text(f"{words}（{dates.zh}）", dates.en)
    return Text(dates.zh, f"{words} ({dates.en})")


def clock(at: datetime, now: datetime) -> Text:
    """Return a time of the clock, with its day where that is not today."""
    local = now.astimezone(at.tzinfo)
    if at.date() == local.date():
        return Text(f"{at:%H:%M}", f"{at:%H:%M}")
    return Text(f"{at.month}月{at.day}日{at:%H:%M}", f"{at:%-d %b %H:%M}")


def clock_in(at: datetime, when: When) -> Text:
    """Return a time of the clock within a span, with its day where the span is longer than one."""
    return clock(at, when.start if when.length <= timedelta(days=1) else when.end)


def figure(value: float, unit: str = "") -> str:
    """Return a number with as many digits as are read, and its unit.

    >>> figure(12345.6, "kWh"), figure(23.456, "°C"), figure(7.0)
    ('12,346 kWh', '23.5 °C', '7')
    """
    digits = 0 if abs(value) >= 100 or float(value).is_integer() else 1 if abs(value) >= 1 else 2
    gap = "" if unit in ("%", "") else " "
    return f"{value:,.{digits}f}{gap}{unit}"


def money(value: float, currency: str) -> Text:
    """Return an amount of money as it is said.

    >>> money(4565.0, "CNY")
    Text(zh='4,565 元', en='4,565 CNY')
    """
    return Text(figure(value, "元" if currency == "CNY" else currency), figure(value, currency))


def change(share: float) -> Text:
    """Return a change as people say it: 多 3%, 3% more."""
    percent = f"{abs(share) * 100:.0f}%" if abs(share) >= 0.095 else f"{abs(share) * 100:.1f}%"
    if abs(share) < 0.0005:
        return Text("基本持平", "about the same")
    return Text(f"{'多' if share > 0 else '少'} {percent}", f"{percent} {'more' if share > 0 else 'less'}")


def text_of(names: LanguageMap | Text, fallback: str = "") -> Text:
    """Return a name in both languages."""
    if isinstance(names, Text):
        return names
    return Text(name_in(names, "zh") or fallback, name_in(names, "en") or fallback)


def feature_name(campus: Campus, feature_id: FeatureId) -> Text:
    """Return what a feature is called, with the place around it."""
    return text_of(label_of(campus, feature_id), feature_id)


def is_member(asker: Asker) -> bool:
    """Whether somebody is signed in."""
    return "member" in asker.roles


def is_operator(asker: Asker) -> bool:
    """Whether somebody runs the park."""
    return "operator" in asker.roles


def refused(understanding: Understanding, why: Text) -> Reply:
    """Return the reply to somebody who may not know."""
    return Reply(text=why, understanding=understanding, error="forbidden")


def listed(items: list[Text]) -> Text:
    """Return items in a row: 甲、乙和丙; a, b and c."""
    zh, en = [item.zh for item in items], [item.en for item in items]
    return Text("、".join(zh), ", ".join(en[:-1]) + (" and " if len(en) > 1 else "") + en[-1] if en else "")


def find_zone(guide: Guide) -> ZoneInfo:
    """Return the time zone of the campus."""
    return ZoneInfo(guide.campus.time_zone)


def try_place(guide: Guide, said: str, understanding: Understanding, asker: Asker) -> Where | None:
    """Return the space that a name means, or None where there is none."""
    try:
        return place_of(guide, said, understanding.language, asker)
    except YuanliError:
        return None


def _site(campus: Campus) -> Where:
    venue = campus.venue
    named = text_of(venue.name if venue is not None and venue.name else campus.name, campus.id)
    return Where(id=None, name=named)


def _said(understanding: Understanding, kind: str) -> tuple[str, ...]:
    return tuple(slot.text for slot in understanding.slots if slot.type == kind)


def _dates(start: datetime, end: datetime, now: datetime) -> Text:
    last = end - timedelta(microseconds=1)
    midnight = start.hour == start.minute == 0 and (end.hour == end.minute == 0)
    year = "" if start.year == now.year else f"{start.year}年"
    year_en = "" if start.year == now.year else f" {start.year}"
    if not midnight and start.date() == last.date():
        return Text(
            f"{year}{start.month}月{start.day}日 {start:%H:%M}–{end:%H:%M}",
            f"{start:%-d %b}{year_en} {start:%H:%M}–{end:%H:%M}",
        )
    if start.date() == last.date():
        return Text(f"{year}{start.month}月{start.day}日", f"{start:%-d %b}{year_en}")
    return Text(
        f"{year}{start.month}月{start.day}日–{last.month}月{last.day}日",
        f"{start:%-d %b}{year_en} – {last:%-d %b}",
    )
