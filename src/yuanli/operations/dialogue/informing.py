"""The rule for an answer to a question, or a correction of what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from yuanli.language import Understanding
from yuanli.operations.dialogue import saying
from yuanli.operations.dialogue.advancing import Outcome, advance, put_aside, why_of
from yuanli.operations.dialogue.answers import Said, find_answer
from yuanli.operations.dialogue.filling import Turn, informed, said_slots
from yuanli.operations.dialogue.frames import load_frames
from yuanli.operations.dialogue.starting import is_request
from yuanli.operations.dialogue.state import Asks, DialogueParams, Kind, Move, Request, Source, State

OPEN = frozenset({Asks.CHANGE, Asks.CONFIRM})
"""Questions that ask for no one type of value."""
WHOLE = frozenset({Asks.SLOT, Asks.CHOICE})
"""Questions that a whole turn may answer, where no part of it was found to be the value."""


def inform(state: State, turn: Turn) -> Outcome | None:
    """Put what is said into the open request, or correct the last answer by it."""
    if not _is_answer(state, turn):
        return None
    if state.active is None:
        return _corrected(state, turn)
    question = state.question
    if not turn.heard.slots and (question is None or question.asks not in WHOLE or _is_reply(turn)):
        return None
    request, changed = informed(state, turn, state.active)
    if not changed:
        return None
    corrects = any(value.source is Source.CORRECTED for value in changed)
    return advance(
        replace(state, question=None), request, turn, "corrected" if corrects else "informed", changed
    )


def is_open_answer(state: State, heard: Understanding) -> bool:
    """Whether a turn was read as an answer to the open question, and nothing in it is what was asked for.

    A question what to change, or whether to do it, asks for no type of value: any may be meant, or none.
    """
    if state.question is None:
        return False
    if state.question.asks in OPEN:
        return heard.intent in ("dialog_inform", "dialog_confirm") and find_answer(heard.text) is None
    if heard.intent != "dialog_inform":
        return False
    slot, request = state.question.slot, state.active
    wanted = (slot,) if slot else request.frame.types if request else ()
    return not any(_fits(said.type, type_) for said in heard.slots for type_ in wanted)


def asks_otherwise(state: State, alone: Understanding, params: DialogueParams) -> bool:
    """Whether a turn that gives nothing that was asked for is, read by itself, surely another request."""
    if alone.confidence < params.sure_alone:
        return False
    if state.active is not None and _alike(alone.intent, state):
        return False
    return is_request(alone) or load_frames().of(alone.intent).side


def _alike(intent: str, state: State) -> bool:
    """Whether an intent is that of the open request; where any value may change it, of its family."""
    active, question = state.active, state.question
    if active is None or intent == active.intent:
        return active is not None
    open_ended = question is not None and question.asks in OPEN
    return open_ended and load_frames().of(intent).family == active.frame.family


def _is_answer(state: State, turn: Turn) -> bool:
    """Whether a turn gives values for what is open; a doubtful request does where they fit the question."""
    heard, question = turn.heard, state.question
    if heard.intent == "dialog_inform":
        return question is None or question.asks is not Asks.INTENT
    if heard.intent == "dialog_confirm":
        return state.active is not None and bool(said_slots(heard))
    if question is None or question.slot is None or state.active is None:
        return False
    doubtful = heard.confidence < turn.params.sure or not is_request(heard)
    return doubtful and any(_fits(slot.type, question.slot) for slot in heard.slots)


def _fits(slot_type: str, wanted: str) -> bool:
    return slot_type == wanted or slot_type in load_frames().kin_of(wanted)


def _is_reply(turn: Turn) -> bool:
    """Whether a turn is a yes or a no, which is no value."""
    answer = find_answer(turn.heard.text)
    return answer is not None and answer.said in (Said.YES, Said.NO)


def _corrected(state: State, turn: Turn) -> Outcome | None:
    """Answer the last question anew; what was done in the world is not done again."""
    if not said_slots(turn.heard) or not _is_recent(state, turn):
        return None
    last = correctable(state, turn)
    if last is None:
        why = why_of(turn, "already_done")
        return state, Move(kind=Kind.ALREADY_DONE, why=why, request=state.last, text=saying.DONE_CHANGE)
    request, changed = informed(state, turn, last)
    if not changed:
        return None
    return advance(put_aside(state, turn), request, turn, "corrected", changed)


def correctable(state: State, turn: Turn) -> Request | None:
    """Return the question that was answered last, to be asked anew; what was done is no question."""
    last = state.last
    if last is None or not _is_recent(state, turn) or not last.filled:
        return None
    if last.frame.act and last.intent in turn.setting.connected:
        return None
    return replace(last, id=state.requests + 1, version=1, done=False, at=turn.now)


def _is_recent(state: State, turn: Turn) -> bool:
    last, limit = state.last, timedelta(seconds=turn.params.carry_s)
    return last is not None and turn.now - last.at <= limit
