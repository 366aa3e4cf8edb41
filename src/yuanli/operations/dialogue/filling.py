"""Values into a request: as said, corrected, carried over, where one stands; and found in the park."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from yuanli.errors import Text
from yuanli.language import Slot, Understanding, is_here
from yuanli.operations.dialogue.answers import back_words, folded, is_back, pattern
from yuanli.operations.dialogue.frames import Frame, Need, load_frames
from yuanli.operations.dialogue.state import (
    DialogueParams,
    Filled,
    Option,
    Remembered,
    Request,
    Source,
    State,
)

UNMARKED = frozenset({"there", "then"})
"""Words that point back only where they are marked as a value: "is there a place"."""
PLACES = ("destination", "place", "room", "waypoint", "origin")
"""Types that "there" may mean, the likeliest of one turn first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """A value as it was found: its name, or what it may be, or why it is none."""

    slot: Slot
    label: Text | None = None
    options: tuple[Option, ...] = ()
    problem: Text | None = None
    error: str | None = None


Ground = Callable[[Slot, datetime], Grounded]
"""Finds what a value means: a place of the campus, a time of the calendar."""


def ground_nothing(slot: Slot, now: datetime) -> Grounded:
    """Leave a value as it was said."""
    del now
    return Grounded(slot=slot)


def ground_by_type(grounds: Mapping[str, Callable[[Slot, datetime], Slot]], rest: Ground) -> Ground:
    """Return a grounding that uses a plain function for some types of slot, and `rest` for the others."""

    def ground(slot: Slot, now: datetime) -> Grounded:
        plain = grounds.get(slot.type)
        return rest(slot, now) if plain is None else Grounded(slot=plain(slot, now))

    return ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a turn is taken in: the grounding, what is connected, where the person stands."""

    ground: Ground = ground_nothing
    connected: frozenset[str] = frozenset()
    here: str | None = None
    params: DialogueParams = field(default_factory=DialogueParams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn to take: what was understood of it, when, and in which setting."""

    heard: Understanding
    now: datetime
    setting: Setting

    @property
    def params(self) -> DialogueParams:
        """The limits."""
        return self.setting.params


def is_filled(request: Request, need: Need) -> bool:
    """Whether a request has what it needs."""
    return any(filled.usable for filled in request.of(need.types))


def missing(request: Request) -> Need | None:
    """Return the first thing that a request still needs, or None."""
    return next((need for need in request.frame.required if not is_filled(request, need)), None)


def said_slots(heard: Understanding) -> tuple[Slot, ...]:
    """Return the values that a turn gives, without those that it takes back ("not Room 2")."""
    negation = pattern("negation")
    return tuple(slot for slot in heard.slots if not negation.search(heard.text[: slot.start]))


def new_request(state: State, turn: Turn) -> Request:
    """Return a new request with all that its turn, the last minutes and the place of the person give."""
    heard = turn.heard
    request = Request(
        id=state.requests + 1, intent=heard.intent, text=heard.text, language=heard.language,
        confidence=heard.confidence, model=heard.model, at=turn.now,
    )  # fmt: skip
    fitted = _fitted(request.frame, said_slots(heard))
    values = (_pointed(state, turn, request.frame, Filled(slot=slot)) for slot in fitted)
    request = replace(request, filled=tuple(value for value in values if value is not None))
    return completed(state, turn, _pointed_in_passing(state, turn, request))


def completed(state: State, turn: Turn, request: Request) -> Request:
    """Fill what is still missing from where the person stands, and for questions from the last minutes."""
    for need in request.frame.required:
        if request.of(need.types):
            continue
        standing = next((name for name in need.types if name in request.frame.here), None)
        carried = next((name for name in need.types if name in request.frame.carry), None)
        found = None
        if standing and turn.setting.here is not None:
            found = _here(turn.setting.here, standing)
        elif carried and not request.frame.act:
            found = _remembered(state, turn, carried)
        if found is not None:
            request = replace(request, filled=(*request.filled, found))
    return request


def informed(state: State, turn: Turn, request: Request) -> tuple[Request, tuple[Filled, ...]]:
    """Put the values of an answer or a correction into a request; return it and what was filled.

    A value replaces the one of its type; of types that hold several it is added where the turn says so.
    """
    slots = said_slots(turn.heard) or _whole_text(turn, request)
    filled = request.filled
    changes: list[Filled] = []
    replaced: set[str] = set()
    for slot in slots:
        wanted = _target(request, slot)
        value = _pointed(state, turn, request.frame, Filled(slot=replace(slot, type=wanted)))
        if value is None:
            continue
        before = [f for f in filled if f.slot.type == wanted and f.problem is None]
        if before and value.source is Source.SAID:
            value = replace(value, source=Source.CORRECTED)
        if not (wanted in load_frames().several and (_adds(turn.heard) or wanted in replaced)):
            rivals = _rivals(request.frame, wanted)
            filled = tuple(f for f in filled if f.slot.type not in rivals)
        replaced.add(wanted)
        filled, changes = (*filled, value), [*changes, value]
    if not changes:
        return request, ()
    if request.frame.counts_words(request.slots):
        request = replace(request, text=f"{request.text}，{turn.heard.text}")
    return request.with_filled(filled), tuple(changes)


def grounded(request: Request, turn: Turn) -> Request:
    """Find what the values of a request mean, those that are new."""

    def found(filled: Filled) -> Filled:
        if filled.found:
            return filled
        known = turn.setting.ground(filled.slot, turn.now)
        return replace(
            filled, slot=known.slot, label=known.label, options=known.options[: turn.params.most_options],
            problem=known.problem, error=known.error, found=True,
        )  # fmt: skip

    return replace(request, filled=tuple(found(filled) for filled in request.filled))


def remembered(state: State, request: Request, now: datetime) -> State:
    """Return a state that remembers the values of a request, one a type, the newest first."""
    fresh = [
        Remembered(slot=filled.slot, at=now, label=filled.label, found=filled.found)
        for filled in request.filled
        if filled.usable
    ]
    types = {item.slot.type for item in fresh}
    return replace(state, memory=(*fresh, *(item for item in state.memory if item.slot.type not in types)))


def forgotten(memory: Iterable[Remembered], now: datetime, carry_s: float) -> tuple[Remembered, ...]:
    """Return what was said within the limit."""
    return tuple(item for item in memory if now - item.at <= timedelta(seconds=carry_s))


def _fitted(frame: Frame, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Give a needed type to a value of a kindred one that the frame has no use for."""
    frames, fitted = load_frames(), list(slots)
    for need in frame.required:
        if any(slot.type in need.types for slot in fitted):
            continue
        kin = [kind for wanted in need.types for kind in frames.kin_of(wanted) if kind not in frame.types]
        at = next((i for kind in kin for i, slot in enumerate(fitted) if slot.type == kind), None)
        if at is not None:
            fitted[at] = replace(fitted[at], type=need.types[0])
    return tuple(fitted)


def _target(request: Request, slot: Slot) -> str:
    """Return the type that a value of an answer is meant for."""
    frames, frame, asked = load_frames(), request.frame, request.asked
    group = next((need.types for need in frame.required if asked in need.types), (asked,) if asked else ())
    if slot.type in group or (slot.type in frame.types and slot.type != "place"):
        return slot.type
    if asked is not None and slot.type in frames.kin_of(asked):
        return asked
    if slot.type in frame.types:
        return slot.type
    have = [filled.slot.type for filled in request.filled]
    kin = [kind for kind in frame.types if slot.type in frames.kin_of(kind)]
    return next((kind for kind in kin if kind in have), next(iter(kin), slot.type))


def _rivals(frame: Frame, wanted: str) -> frozenset[str]:
    """Return the types that a value replaces: of `room|room_type` there is one, of others only its own."""
    pair = next((need.types for need in frame.required if wanted in need.types and len(need.types) == 2), ())
    kin = (other for other in pair if other in load_frames().kin_of(wanted))
    return frozenset({wanted, *kin})


def _whole_text(turn: Turn, request: Request) -> tuple[Slot, ...]:
    """Take a whole answer for the value that was asked for, where no part of it was found to be one."""
    text = turn.heard.text.strip()
    if request.asked is None or not text or turn.heard.slots:
        return ()
    start = turn.heard.text.index(text)
    return (Slot(type=request.asked, text=text, start=start, end=start + len(text), value=text),)


def _adds(heard: Understanding) -> bool:
    return pattern("addition").search(heard.text) is not None


def _pointed(state: State, turn: Turn, frame: Frame, filled: Filled) -> Filled | None:
    """Put what is meant in place of "there" and "here"; None where nothing was said lately."""
    slot = filled.slot
    if slot.type in PLACES and is_here(slot.text):
        if turn.setting.here is not None:
            return _here(turn.setting.here, slot.type, slot)
        needed = any(slot.type in need.types for need in frame.required)
        return filled if needed and slot.type not in frame.here else None
    meant = _back_type(slot)
    if meant is None:
        return filled
    return _remembered(state, turn, slot.type if slot.type not in PLACES else meant, slot)


def _back_type(slot: Slot) -> str | None:
    near = (slot.type, *load_frames().kin_of(slot.type), *(("place", "room") if slot.type in PLACES else ()))
    return next((kind for kind in dict.fromkeys(near) if is_back(slot.text, kind)), None)


def _pointed_in_passing(state: State, turn: Turn, request: Request) -> Request:
    """Fill what a question lacks where the turn points back without the value being marked as one."""
    if request.frame.act:
        return request
    text = folded(_unmarked(turn.heard))
    for need in request.frame.required:
        pointed = [name for name in need.types if name != "origin" and _points(text, name)]
        found = next((f for name in pointed if (f := _remembered(state, turn, name))), None)
        if found is not None and not request.of(need.types):
            request = replace(request, filled=(*request.filled, found))
    return request


def _unmarked(heard: Understanding) -> str:
    """Return a text without the values that are marked in it."""
    text = heard.text
    for slot in sorted(heard.slots, key=lambda slot: slot.start, reverse=True):
        text = f"{text[: slot.start]} {text[slot.end :]}"
    return text


def _points(text: str, wanted: str) -> bool:
    kinds = (wanted, *load_frames().kin_of(wanted))
    words = frozenset[str]().union(*(back_words().get(kind, frozenset()) for kind in kinds))
    return any(_has(text, word) for word in words - UNMARKED)


def _has(text: str, word: str) -> bool:
    return f" {word} " in f" {text} " if word.isascii() else len(word) > 1 and word in text


def _remembered(state: State, turn: Turn, wanted: str, slot: Slot | None = None) -> Filled | None:
    fresh = forgotten(state.memory, turn.now, turn.params.carry_s)
    order = (
        PLACES
        if wanted in PLACES and wanted != "room"
        else (wanted, *(k for k in load_frames().kin_of(wanted) if k not in ("date", "time")))
    )
    found = [item for item in fresh if item.slot.type in order]
    if not found:
        return None
    best = min(found, key=lambda item: (turn.now - item.at, order.index(item.slot.type)))
    wanted = slot.type if slot is not None else wanted
    said = slot or Slot(type=wanted, text=best.slot.text, start=0, end=0, value=best.slot.value)
    value = replace(said, type=wanted, text=best.slot.text, value=best.slot.value)
    return Filled(slot=value, source=Source.CARRIED, label=best.label, found=best.found)


def _here(here: str, slot_type: str, slot: Slot | None = None) -> Filled:
    said = slot or Slot(type=slot_type, text=here, start=0, end=0, value=here)
    return Filled(slot=replace(said, value=here), source=Source.HERE)
