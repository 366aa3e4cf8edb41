"""The rule for a choice among what was offered: a place, what to change, what was meant."""

from __future__ import annotations

from dataclasses import replace

from yuanli.language import Slot
from yuanli.operations.dialogue.advancing import Outcome, advance, ask_again, put_aside, why_of
from yuanli.operations.dialogue.answers import Said, find_answer, find_choice, is_counted
from yuanli.operations.dialogue.filling import Turn, new_request
from yuanli.operations.dialogue.splitting import ANSWERS
from yuanli.operations.dialogue.starting import is_request
from yuanli.operations.dialogue.state import (
    Asks,
    Filled,
    Kind,
    Move,
    Option,
    Question,
    Request,
    Source,
    State,
)


def choose_option(state: State, turn: Turn) -> Outcome | None:
    """Take the option that a turn names, or that none of them is meant."""
    question = state.question
    if question is None or not question.options:
        return None
    if _is_none(question, turn):
        return _none(state, question, turn)
    option = _chosen(question, turn)
    if option is None:
        return None
    if question.asks is Asks.INTENT:
        return _meant(state, question, option, turn)
    if state.active is None:
        return None
    if question.asks is Asks.CHANGE:
        return ask_again(state, state.active, option.value, why_of(turn, "chosen_to_change"))
    return _put(state, state.active, option, turn)


def _chosen(question: Question, turn: Turn) -> Option | None:
    heard, options = turn.heard, question.options
    if question.asks is Asks.CHANGE and heard.slots:
        return None
    answer = find_answer(heard.text)
    if answer is not None and answer.said is Said.ANY and question.asks is not Asks.CHANGE:
        return options[0]
    if answer is not None and answer.said is Said.YES and len(options) == 1:
        return options[0]
    if answer is not None and answer.said is not Said.YES:
        return None
    requested = is_request(heard) and heard.confidence >= turn.params.sure and heard.intent not in ANSWERS
    if requested and not is_counted(heard.text):
        return next((o for o in options if heard.text.strip() in (o.label.zh, o.label.en)), None)
    named = (find_choice(slot.text, options) for slot in heard.slots if slot.type == question.slot)
    return find_choice(heard.text, options) or next((option for option in named if option), None)


def _is_none(question: Question, turn: Turn) -> bool:
    answer = find_answer(turn.heard.text)
    if answer is None or question.asks is Asks.CHANGE:
        return False
    return answer.said is Said.NONE or (answer.said is Said.NO and not turn.heard.slots)


def _none(state: State, question: Question, turn: Turn) -> Outcome:
    if state.active is not None and question.slot is not None:
        return ask_again(state, state.active, question.slot, why_of(turn, "none_of_them"))
    if state.active is not None:
        return advance(replace(state, question=None), state.active, turn, "none_of_them", ())
    return replace(state, question=None), Move(kind=Kind.NOT_UNDERSTOOD, why=why_of(turn, "none_of_them"))


def _meant(state: State, question: Question, option: Option, turn: Turn) -> Outcome | None:
    if question.heard is None:
        return None
    meant = replace(
        question.heard, intent=option.value, confidence=max(question.heard.confidence, turn.params.sure)
    )
    state = put_aside(state, turn)
    turn = replace(turn, heard=meant)
    return advance(state, new_request(state, turn), turn, "chosen_intent")


def _put(state: State, request: Request, option: Option, turn: Turn) -> Outcome:
    unclear = next((value for value in request.filled if value.options), None)
    asked = state.question.slot if state.question else None
    if unclear is None and asked is not None:
        said = Slot(type=asked, text=option.value, start=0, end=0, value=option.value)
        named = Filled(slot=said, source=Source.CHOSEN, label=option.label, found=True)
        return advance(state, request.with_filled((*request.filled, named)), turn, "chosen", (named,))
    if unclear is None:
        return advance(state, request, turn, "chosen", ())
    slot = replace(unclear.slot, value=option.value)
    chosen = Filled(slot=slot, source=Source.CHOSEN, label=option.label, found=True)
    filled = tuple(chosen if value is unclear else value for value in request.filled)
    return advance(state, request.with_filled(filled), turn, "chosen", (chosen,))
