"""The rules for cancel, back to what was put aside, yes and no."""

from __future__ import annotations

from dataclasses import replace

from yuanli.errors import Text
from yuanli.operations.dialogue import saying
from yuanli.operations.dialogue.advancing import (
    Outcome,
    acted,
    advance,
    change,
    confirm,
    put_aside,
    why_of,
)
from yuanli.operations.dialogue.answers import Said, find_answer, tables
from yuanli.operations.dialogue.filling import Turn, said_slots
from yuanli.operations.dialogue.frames import load_frames
from yuanli.operations.dialogue.informing import correctable
from yuanli.operations.dialogue.splitting import ANSWERS
from yuanli.operations.dialogue.starting import is_request
from yuanli.operations.dialogue.state import Asks, Kind, Move, Request, State


def cancel(state: State, turn: Turn) -> Outcome | None:
    """Drop the open request; the others that wait in the same sentence stay."""
    answer = find_answer(turn.heard.text)
    if answer is None or answer.said is not Said.CANCEL:
        return None
    if state.active is not None:
        text = saying.named(saying.CANCELLED, state.active.frame.name)
        move = Move(kind=Kind.CANCELLED, why=why_of(turn, "cancelled"), request=state.active, text=text)
        return replace(state, active=None, question=None, misses=0), move
    if state.question is None and _asks_more(turn):
        return None
    return _nothing(replace(state, question=None), turn, "nothing_to_cancel", saying.NOTHING_TO_CANCEL)


def resume(state: State, turn: Turn) -> Outcome | None:
    """Go back to a request that was put aside: the one that is named, else the newest."""
    answer = find_answer(turn.heard.text)
    if answer is None or answer.said is not Said.RESUME:
        return None
    found = next((r for r in reversed(state.aside) if _is_called(r, answer.what)), None)
    named = bool(answer.what) and answer.what not in tables()["anything"]
    if found is None and (named or _asks_more(turn)):
        return None
    found = found or (state.aside[-1] if state.aside and state.active is None else None)
    if found is None and state.active is not None:
        return advance(state, state.active, turn, "repeated", ())
    if found is None:
        return _nothing(state, turn, "nothing_aside", saying.NOTHING_ASIDE)
    state = put_aside(state, turn)
    state = replace(state, aside=tuple(r for r in state.aside if r.id != found.id))
    return advance(state, found, turn, "resumed", ())


def confirm_or_decline(state: State, turn: Turn) -> Outcome | None:
    """Do what was confirmed; ask what to change of what was not."""
    if said_slots(turn.heard):
        return None
    answer = find_answer(turn.heard.text)
    said = answer.said if answer is not None else None
    question = state.question
    if question is not None and question.asks is Asks.CONFIRM and state.active is not None:
        return _settled(state, state.active, said, turn)
    if question is None and said is Said.NO and (last := correctable(state, turn)):
        return change(put_aside(state, turn), last, why_of(turn, "answer_declined"))
    if question is None and said in (Said.YES, Said.NO) and not _asks_more(turn):
        done = said is Said.YES and state.last is not None and state.last.frame.act
        if done and state.last is not None and state.last.intent in turn.setting.connected:
            why = why_of(turn, "already_done")
            return state, Move(kind=Kind.ALREADY_DONE, why=why, request=state.last, text=saying.ALREADY_DONE)
        return _nothing(state, turn, "nothing_to_confirm", saying.NOTHING_TO_CONFIRM)
    return None


def _settled(state: State, request: Request, said: Said | None, turn: Turn) -> Outcome | None:
    if said is Said.YES and request.intent in turn.setting.connected:
        return acted(replace(state, misses=0), request, why_of(turn, "confirmed"))
    if said is Said.YES:
        return advance(state, request, turn, "no_longer_connected", ())
    if said is Said.NO:
        return change(replace(state, misses=0), request, why_of(turn, "declined"))
    if turn.heard.intent == "dialog_confirm" and state.misses == 0:
        return confirm(replace(state, misses=1), request, why_of(turn, "unclear_reply"))
    return None


def _asks_more(turn: Turn) -> bool:
    """Whether a turn is a request of its own that can be met, beside the short answer it looks like."""
    heard = turn.heard
    other = is_request(heard) and heard.intent not in ANSWERS and heard.intent in turn.setting.connected
    return other and heard.confidence >= turn.params.sure


def _is_called(request: Request, what: str) -> bool:
    """Whether words name a request: by what it is called, or by one of its values."""
    if not what:
        return False
    name, wanted = request.frame.name, what.lower()
    called = (name.zh, name.en.lower(), *(slot.text.lower() for slot in request.slots))
    kinds = load_frames().called.get(request.frame.family, ())
    return any(wanted in word or word in wanted for word in called if word) or any(
        word in wanted for word in kinds
    )


def _nothing(state: State, turn: Turn, rule: str, text: Text) -> Outcome:
    return state, Move(kind=Kind.NOTHING_OPEN, why=why_of(turn, rule), text=text)
