"""What a turn means after what went before, where the words by themselves do not tell."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from yuanli.campus import kind_of
from yuanli.language import Slot, Understanding
from yuanli.operations.answering.booking_words import at_once
from yuanli.operations.answering.device_planning import as_plan, asks_to_plan
from yuanli.operations.answering.device_wondering import asks_why_of_devices
from yuanli.operations.answering.how_many import thing_asked
from yuanli.operations.answering.people_planning import as_people, asks_for_people
from yuanli.operations.answering.rereading_devices import of_devices
from yuanli.operations.answering.site_planning import as_sites, asks_for_sites
from yuanli.operations.answering.vocabulary import named_in, names_in, says
from yuanli.operations.answering.what_if import wonders
from yuanli.operations.reservations import categories_said

ALLOCATE = "space_allocate"
OF_PLANS = "space_info"
OF_WHERE = ("guidance_", "crowd_")
"""Families of intents that nobody asks why of; after a plan it is asked of that."""
LOOKED_UP = frozenset({"place", "room", "destination", "origin", "waypoint"})
"""Types of values that are looked up on the map, where what a plan is about may not be."""
SURE = 0.8
OF_PLACE = ("place", "room", "threshold", "rank")
MISHEARD_AIR = frozenset({"crowd_query", "out_of_scope", "chat_smalltalk", "poi_search", "dialog_inform"})
"""Intents that a question about noise is taken for."""
ANSWERING = frozenset({"dialog_confirm", "dialog_deny", "dialog_cancel"})
OF_USE = "space_utilization"
NEAR_USE = frozenset(
    {"space_info", "crowd_query", "crowd_trend", "booking_search", "guidance_nearest", "guidance_locate"}
)
"""Intents that a question about the use of rooms is taken for."""
QUITE_SURE = 0.95
ROOM = re.compile(r"\b[A-Za-z]\d{3,4}\b|房间|\brooms?\b", re.I | re.ASCII)
JOINED = re.compile(r"[和与跟、]|\band\b|\bnext to\b", re.I)
ASKS = re.compile(r"吗|[?？]|哪|\b(?:is|are|where|which)\b", re.I)
WONDERS = re.compile(
    r"([冷热闷吵干潮湿暗亮])不\1|有?多[冷热闷吵干潮湿暗亮]"
    r"|\bhow (?:hot|cold|warm|cool|stuffy|damp|dry|loud|noisy|dark|bright)\b",
    re.I,
)
"""What asks how the air is, and does not complain of it: 热不热, 有多闷, how hot."""
PARKING = frozenset({"crowd_query", "crowd_forecast", "crowd_trend"})
"""Intents that a question about a car park is taken for."""
COUNTS = re.compile(
    r"(?:多少|几个?|多大)(?:个)?(?:人|访客|游客|员工)|人次|客流量|\bhow many (?:people|visitors|persons|staff)\b",
    re.I,
)
"""What asks how many people."""
OF_ROOMS = frozenset({"booking_search", "booking_query", "crowd_query", "crowd_trend", "out_of_scope"})
"""Intents that a question about no-shows is taken for."""
NO_SHOW = re.compile(r"爽约|放鸽子|空订|幽灵会议|\bno[- ]?shows?\b|\bghost (?:meetings?|bookings?)\b", re.I)
SEATS = re.compile(
    r"排座|座位(?:怎么|如何|应该)+(?:排|安排)|\bseating plans?\b|\bwho (?:should )?sits? where\b", re.I
)
"""What asks for a plan of who sits where."""
GIVES_UP = re.compile(
    r"哪(?:些|个|几).{0,12}(?:可以|能|可).{0,3}(?:退|腾|不要|不用|撤|让出)"
    r"|\bwhich (?:\w+ )?(?:rooms?|space) .*\b(?:give up|do without|spare|release)\b",
    re.I,
)
"""What asks which rooms aren't needed."""
WHY_NOT_THERE = re.compile(
    r"(?:那)?(?:为什么|为何|怎么)(?:不|没有?)(?:放|设|装|摆|建|选|用)|(?:so |and |but )?why not\b", re.I
)
"""What asks, right after a plan, why something does not go elsewhere."""
UNTOLD = frozenset(
    {
        "out_of_scope",
        "faq_policy",
        "chat_smalltalk",
        "space_utilization",
        "space_info",
        "ticket_status",
        "dialog_inform",
    }
)
"""Intents that a question about a plan is taken for, where it is the words alone that are read."""


def reread(heard: Understanding, last: str | None) -> Understanding:
    """Return what is meant: of devices, people or things to be placed, a plan; of a plan, why; of a room, when.

    Parameters
    ----------
    last
        The intent that the conversation dealt with last.
    """
    if asks_to_plan(heard) and heard.intent not in ANSWERING:
        return as_plan(heard)
    if asks_for_people(heard) and heard.intent not in ANSWERING:
        return as_people(heard)
    if asks_for_sites(heard) and heard.intent not in ANSWERING:
        return as_sites(heard)
    if wonders(heard, last) or asks_of_plan(heard, last):
        slots = tuple(replace(s, type="item") if s.type in LOOKED_UP else s for s in heard.slots)
        sure = max(heard.confidence, SURE)
        return replace(heard, intent=OF_PLANS, confidence=sure, alternatives=(), slots=slots)
    if heard.intent in (OF_USE, *NEAR_USE) and SEATS.search(heard.text):
        return replace(heard, intent=ALLOCATE, confidence=max(heard.confidence, SURE), alternatives=())
    if _asks_of_use(heard) or thing_asked(heard) is not None or GIVES_UP.search(heard.text):
        return replace(heard, intent=OF_USE, confidence=max(heard.confidence, SURE), alternatives=())
    if heard.intent not in ANSWERING and named_in(heard.text, "passing") and COUNTS.search(heard.text):
        return replace(heard, intent="crowd_query", confidence=max(heard.confidence, SURE), alternatives=())
    if _tells_who_sits_together(heard):
        return replace(heard, intent=ALLOCATE, confidence=SURE, alternatives=(), slots=_teams(heard))
    return at_once(_of_cars(_of_air(of_devices(_one_place(heard)))))


def _of_air(heard: Understanding) -> Understanding:
    """Return a question about noise as one; one about which places, or the open air, needs no place."""
    text = heard.text
    if (
        heard.intent in MISHEARD_AIR
        and "noise" in names_in(text, "environment")
        and not says(text, "crowded")
    ):
        heard = replace(heard, intent="env_query", confidence=max(heard.confidence, SURE), alternatives=())
    if (
        heard.intent in ("env_feedback", "crowd_query")
        and WONDERS.search(text)
        and names_in(text, "environment")
    ):
        heard = replace(heard, intent="env_query", confidence=max(heard.confidence, SURE), alternatives=())
    rooms = named_in(text, "ranked") == "room"
    if heard.intent == "env_feedback" and rooms and says(text, "whereabouts"):
        heard = replace(heard, intent="env_query", confidence=max(heard.confidence, SURE), alternatives=())
    wide = says(text, "whereabouts") or says(text, "outdoors") or says(text, "too")
    if heard.intent != "env_query" or not wide or any(heard.find(kind) for kind in OF_PLACE):
        return heard
    which = Slot(type="rank", text=text, start=0, end=len(text), value=text)
    return replace(heard, slots=(*heard.slots, which))


def _of_cars(heard: Understanding) -> Understanding:
    """Return a question of how full a car park is as one about its spaces, unless it asks for people."""
    place = heard.find("place") or heard.find("poi_type")
    of_people = re.search(r"人|\bpeople\b", heard.text, re.I)
    if heard.intent not in PARKING or of_people or not place or kind_of(place) != "parking":
        return heard
    return replace(heard, intent="parking_query", confidence=max(heard.confidence, SURE), alternatives=())


def _one_place(heard: Understanding) -> Understanding:
    """Return a request in which "floor 5 of tower A" is one place, not two."""
    places = sorted((slot for slot in heard.slots if slot.type == "place"), key=lambda slot: slot.start)
    for first, second in pairwise(places):
        if heard.text[first.end : second.start].casefold().strip() in ("of", "in", "of the", "in the"):
            text = heard.text[first.start : second.end]
            whole = Slot(
                type="place",
                text=text,
                start=first.start,
                end=second.end,
                value=f"{second.value} {first.value}",
            )
            return replace(
                heard, slots=(whole, *(slot for slot in heard.slots if slot not in (first, second)))
            )
    return heard


def _asks_of_use(heard: Understanding) -> bool:
    """Whether a turn asks how much rooms are used, or who did not come to what was booked."""
    text, rooms = heard.text, [heard.find(kind) for kind in ("room_type", "room", "place")]
    if heard.confidence < SURE and NO_SHOW.search(text):
        return True
    if heard.intent in OF_ROOMS and says(text, "absent"):
        return any(rooms) or says(text, "of_bookings")
    if heard.intent == OF_USE:
        return heard.confidence < SURE and says(text, "used")
    said = bool(categories_said(text)) or bool(heard.find("room_type")) or bool(ROOM.search(text))
    return heard.intent in NEAR_USE and heard.confidence < QUITE_SURE and says(text, "used") and said


def _tells_who_sits_together(heard: Understanding) -> bool:
    """Whether words tell, not ask, that teams shall sit together, though they were taken for a place or a device."""
    text = heard.text
    return (
        not heard.intent.startswith(("space_", "dialog_", "booking_"))
        and says(text, "seating")
        and JOINED.search(text) is not None
        and not ASKS.search(text)
    )


def _teams(heard: Understanding) -> tuple[Slot, ...]:
    """Return the words as the demand that they are: one team of them stands for what the frame asks."""
    first = re.split(JOINED, heard.text, maxsplit=1)[0].strip()
    name = re.sub(r"^(?:让|把|将|请|seat|put|keep|place)\s*", "", first, flags=re.I)
    start = heard.text.index(name)
    return (Slot(type="department", text=name, start=start, end=start + len(name), value=name),)


def asks_of_plan(heard: Understanding, last: str | None) -> bool:
    """Whether a turn asks how a plan came out, or why it is not otherwise."""
    text = heard.text
    planning = last in (ALLOCATE, OF_PLANS)
    if asks_why_of_devices(heard, last) or (planning and WHY_NOT_THERE.match(text)):
        return True
    if says(text, "why") and (heard.intent == ALLOCATE or (planning and heard.intent.startswith(OF_WHERE))):
        return True
    if heard.intent not in UNTOLD and heard.confidence >= SURE:
        return False
    asks = says(text, "outcome") or says(text, "why")
    return asks and (planning or says(text, "plans"))
