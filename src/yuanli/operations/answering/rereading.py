"""What a turn means after what went before, where the words by themselves do not tell."""

from __future__ import annotations

from dataclasses import replace

from yuanli.language import Understanding
from yuanli.operations.answering.booking_words import at_once
from yuanli.operations.answering.vocabulary import says

ALLOCATE = "space_allocate"
OF_PLANS = "space_info"
SURE = 0.8
OF_ROOMS = frozenset({"booking_search", "booking_query", "crowd_query", "crowd_trend", "out_of_scope"})
"""Intents that a question about no-shows is taken for."""
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
    """Return what is meant: of a plan that was made, why it is so; of a room for now, that it is for today.

    Parameters
    ----------
    last
        The intent that the conversation dealt with last.
    """
    if asks_of_plan(heard, last):
        return replace(heard, intent=OF_PLANS, confidence=max(heard.confidence, SURE), alternatives=())
    if (
        heard.intent in OF_ROOMS
        and says(heard.text, "absent")
        and any(heard.find(kind) for kind in ("room_type", "room", "place"))
    ):
        return replace(
            heard, intent="space_utilization", confidence=max(heard.confidence, SURE), alternatives=()
        )
    return at_once(heard)


def asks_of_plan(heard: Understanding, last: str | None) -> bool:
    """Whether a turn asks how a plan came out, or why it is not otherwise."""
    text = heard.text
    planning = last in (ALLOCATE, OF_PLANS)
    if says(text, "why") and heard.intent == ALLOCATE:
        return True
    if heard.intent not in UNTOLD and heard.confidence >= SURE:
        return False
    asks = says(text, "outcome") or says(text, "why")
    return asks and (planning or says(text, "plans"))
