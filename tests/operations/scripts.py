"""Dialogues as scripts: what is said, how it is understood, and what is expected of the reply.

A turn of a script is either `{minutes: 11}`, `{restart: true}`, or what a person says:

user      the words, with values marked as `[surface](type)`
intent    what the understander makes of it, with `confidence` and `others`; without, the patterns do
parts     how the parts of the sentence are understood by themselves; `as` where their words differ
move      the expected move; also `rule`, `asks`, `error`, `slots` of the request, `filled` by source,
          `reply` as a part of the text in both languages, `options` and `suggestions` as a part of the
          Chinese labels, `cards` as kinds, `replies` as the number of moves
done      how often the act was done so far, `keys` with how many keys
broken    the act is away the next time
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from yuanli.errors import InfeasibleError, Text, UnavailableError
from yuanli.language import Alternative, Explanation, Slot, Understander, Understanding, language_of
from yuanli.operations import Asker, Reply, Request

MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")


class RoomTakenError(InfeasibleError):
    """The room is not free then."""


class RoomSystemAwayError(UnavailableError):
    """The bookings can't be reached."""


@dataclass(slots=True)
class Booking:
    """An act that keeps what it did, by key: a test's stand-in for a booking system."""

    done: dict[str, Request] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    calls: int = 0
    broken: bool = False

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        del asker, now
        if any(slot.value == "B13" for slot in request.slots):
            raise RoomTakenError(Text("B13 那时已有人预订。", "B13 is taken then."))
        return None

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        del asker, now
        self.keys.add(key)
        if self.broken:
            self.broken = False
            raise RoomSystemAwayError(Text("预订系统暂不可用。", "The bookings are away."))
        self.calls += 1
        self.done[key] = request
        return Reply(text=Text("已预订。", "Booked."), understanding=request.understanding())


@dataclass(slots=True)
class Scripted:
    """Understands what a script says, and by another understander what it does not."""

    known: Mapping[str, Understanding]
    other: Understander

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        return self.known.get(text) or self.other.understand(text, context=context)

    def explain(self, text: str, *, context: str | None = None) -> Explanation:
        return Explanation(understanding=self.understand(text, context=context))


def plain(marked: str) -> str:
    """Return the words without the marks of their values."""
    return MARKED.sub(lambda match: match[1], marked)


def heard(turn: Mapping[str, Any]) -> dict[str, Understanding]:
    """Return how the words of a turn and its parts are understood, by their text."""
    found: dict[str, Understanding] = {}
    for part in (turn, *turn.get("parts", ())):
        if "intent" in part:
            text = part.get("as", plain(part["user"]))
            found[text] = replace(_understanding(part), text=text)
    return found


def _understanding(turn: Mapping[str, Any]) -> Understanding:
    marked = turn["user"]
    slots, cut, text = [], 0, plain(marked)
    for match in MARKED.finditer(marked):
        start = match.start() - cut
        cut += len(match[0]) - len(match[1])
        value = match[1]
        slots.append(Slot(type=match[2], text=value, start=start, end=start + len(value), value=value))
    return Understanding(
        text=text,
        language=language_of(text),
        intent=turn["intent"],
        confidence=turn.get("confidence", 0.9),
        alternatives=tuple(Alternative(name, share) for name, share in turn.get("others", {}).items()),
        slots=tuple(slots),
        model="script",
    )
