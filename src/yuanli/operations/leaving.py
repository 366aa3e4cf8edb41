"""When to leave: the times in a request for a way, as departure, as latest arrival, or as an appointment to make."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yuanli.errors import Text
from yuanli.language import TimeSpan, Understanding, find_when
from yuanli.operations.guidance import Guide, RouteRequest
from yuanli.routing import Route

UNCLEAR = Text(
    "您说的时间我没听懂，这是现在出发的路。",
    "I did not get the time you said: this is the way if you leave now. ",
)


def times_of(guide: Guide, understanding: Understanding, now: datetime) -> TimeSpan | None:
    """Return the span of time that a request holds, or None."""
    dates, times, durations = (_said(understanding, kind) for kind in ("date", "time", "duration"))
    return find_when(
        dates, times, durations,
        language=understanding.language, now=now, zone=ZoneInfo(guide.campus.time_zone),
    )  # fmt: skip


def routes_at(
    guide: Guide, request: RouteRequest, understanding: Understanding, now: datetime
) -> tuple[tuple[Route, ...], Text]:
    """Return the ways at the time that was said, and what to say of it."""
    said = (*_said(understanding, "date"), *_said(understanding, "time"))
    when = times_of(guide, understanding, now) if said else None
    if when is None:
        return guide.routes(request, now=now), UNCLEAR if said else Text("", "")
    if understanding.intent == "guidance_eta":
        return _in_time(guide, request, when, now)
    if when.open_start:
        return _by(guide, request, when.end, now)
    routes = guide.routes(replace(request, at=when.start), now=now)
    clock = _clock(when.start, now)
    return routes, Text(f"{clock.zh}出发：", f"Leaving {clock.en}: ")


def _said(understanding: Understanding, kind: str) -> tuple[str, ...]:
    return tuple(slot.text for slot in understanding.slots if slot.type == kind)


def _by(
    guide: Guide, request: RouteRequest, latest: datetime, now: datetime
) -> tuple[tuple[Route, ...], Text]:
    """Leave so as to be there in time."""
    first = guide.routes(request, now=now)
    leave = latest - timedelta(seconds=first[0].duration_s)
    if leave <= now:
        return first, Text("现在就走也赶不上。", "You would be late even if you left now. ")
    routes = guide.routes(replace(request, at=leave), now=now)
    clock, there = _clock(leave, now), _clock(latest, now)
    return routes, Text(f"最晚{clock.zh}出发，{there.zh}前到：", f"Leave {clock.en} to be there {there.en}: ")


def _in_time(
    guide: Guide, request: RouteRequest, when: TimeSpan, now: datetime
) -> tuple[tuple[Route, ...], Text]:
    """Say whether somebody who leaves now is there at the time that was said."""
    routes = guide.routes(request, now=now)
    appointment = when.end if when.open_start else when.start
    spare_min = int((appointment - routes[0].arrives_at).total_seconds() // 60)
    if appointment <= now:
        return routes, Text("", "")
    if spare_min >= 0:
        return routes, Text(
            f"来得及，还有{spare_min}分钟富余。", f"You will make it, with {spare_min} min to spare. "
        )
    return routes, Text(f"来不及，会晚{-spare_min}分钟。", f"You will not make it: {-spare_min} min late. ")


def _clock(at: datetime, now: datetime) -> Text:
    local = now.astimezone(at.tzinfo)
    if at.date() == local.date():
        return Text(f"{at:%H:%M}", f"at {at:%H:%M}")
    return Text(f"{at.month}月{at.day}日{at:%H:%M}", f"on {at:%-d %b} at {at:%H:%M}")
