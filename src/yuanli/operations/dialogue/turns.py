"""One turn of a conversation: the first rule that fits says what the assistant does next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from yuanli.language import Understanding
from yuanli.operations.dialogue import choosing, informing, replying, starting
from yuanli.operations.dialogue.advancing import Outcome, put_aside, why_of
from yuanli.operations.dialogue.filling import Setting, Turn, forgotten
from yuanli.operations.dialogue.saying import NOT_UNDERSTOOD, together
from yuanli.operations.dialogue.state import Kind, Move, State

Rule = Callable[[State, Turn], Outcome | None]
RULES: tuple[Rule, ...] = (
    choosing.choose_option,
    replying.cancel,
    replying.resume,
    replying.confirm_or_decline,
    informing.inform,
    starting.answer_aside,
    starting.clarify,
    starting.merge,
    starting.start,
)
"""What may be done with a turn, the first that fits is. Where none fits, nothing was understood."""


def next_turn(
    state: State,
    heard: Understanding | tuple[Understanding, ...],
    *,
    now: datetime,
    setting: Setting = Setting(),
) -> Outcome:
    """Take one turn; return the conversation after it, and what the assistant does.

    Of several requests the first is taken; `continue_turn` takes the others, one by one, as soon
    as no question is open. Nothing is an act before it was confirmed.
    """
    first, *rest = heard if isinstance(heard, tuple) else (heard,)
    turn = Turn(heard=first, now=now, setting=setting)
    state = _aged(state, turn)
    most = turn.params.most_requests
    state = replace(state, queue=(*rest, *state.queue)[:most])
    for rule in RULES:
        outcome = rule(state, turn)
        if outcome is not None:
            return outcome
    return _missed(state, turn)


def continue_turn(state: State, *, now: datetime, setting: Setting = Setting()) -> Outcome | None:
    """Take the next of several requests, where one waits and no question is open."""
    if state.question is not None or not state.queue:
        return None
    first, *rest = state.queue
    return next_turn(replace(state, queue=tuple(rest)), first, now=now, setting=setting)


def _aged(state: State, turn: Turn) -> State:
    """Put an open request aside that waited too long, and forget what is older still."""
    params, now = turn.params, turn.now
    if state.active is not None and now - state.active.at > timedelta(seconds=params.patience_s):
        state = replace(put_aside(state, turn), queue=())
    aside = tuple(r for r in state.aside if now - r.at <= timedelta(seconds=params.aside_s))
    return replace(state, aside=aside, memory=forgotten(state.memory, now, params.carry_s))


def _missed(state: State, turn: Turn) -> Outcome:
    misses = state.misses + 1
    if misses >= turn.params.most_misses:
        move = Move(kind=Kind.HAND_OVER, why=why_of(turn, "missed_again"))
        return replace(state, misses=0), move
    question = state.question
    text = together(NOT_UNDERSTOOD, question.text) if question else None
    move = Move(
        kind=Kind.NOT_UNDERSTOOD, why=why_of(turn, "missed"), request=state.active, text=text,
        options=question.options if question else (),
    )  # fmt: skip
    return replace(state, misses=misses), move
