"""What comes next of a request: a question, a choice, a confirmation, or its answer."""

from __future__ import annotations

from dataclasses import replace

from yuanli.errors import Text
from yuanli.operations.dialogue import saying
from yuanli.operations.dialogue.filling import Turn, grounded, missing, remembered
from yuanli.operations.dialogue.frames import load_frames
from yuanli.operations.dialogue.state import (
    Asks,
    Fill,
    Filled,
    Kind,
    Move,
    Option,
    Question,
    Request,
    State,
    Why,
)

Outcome = tuple[State, Move]


def advance(
    state: State, request: Request, turn: Turn, rule: str, changed: tuple[Filled, ...] | None = None
) -> Outcome:
    """Take a request as far as it goes without the person.

    `rule` is the one that chose this, and `changed` what this turn filled: all values of a new request.
    """
    filled = request.filled if changed is None else changed
    why = _why(turn, rule, tuple(Fill(value.slot.type, value.source) for value in filled))
    request = replace(request, at=turn.now)
    state = replace(
        state, requests=max(state.requests, request.id), misses=0, language=_language(state, turn)
    )
    if request.intent not in turn.setting.connected:
        return _ended(remembered(state, request, turn.now), request, _unconnected(request, why))
    request = grounded(request, turn)
    state = remembered(state, request, turn.now)
    if unclear := next((value for value in request.filled if value.options), None):
        return _choose(state, request, unclear, why)
    if broken := next((value for value in request.filled if value.problem is not None), None):
        return _again(state, request, broken, why)
    if need := missing(request):
        return _ask(state, request, need.types[0], saying.question_of(request, need), why)
    if request.frame.act:
        return confirm(state, request, why)
    return _ended(state, request, Move(kind=Kind.ANSWER, why=why, request=request))


def confirm(state: State, request: Request, why: Why) -> Outcome:
    """Ask whether to do it."""
    question = Question(asks=Asks.CONFIRM, text=saying.confirmation_of(request))
    return _asked(state, request, question, Kind.CONFIRM, why)


def change(state: State, request: Request, why: Why) -> Outcome:
    """Ask what to change of a request that was not confirmed."""
    return _asked(state, request, asking_to_change(request), Kind.CHANGE, why)


def asking_to_change(request: Request) -> Question:
    """Return the question what to change, with the values there are to choose from."""
    types = dict.fromkeys(value.slot.type for value in request.filled)
    options = tuple(Option(value=name, label=load_frames().name_of(name)) for name in types)
    return Question(asks=Asks.CHANGE, text=saying.CHANGE, options=options)


def ask_again(state: State, request: Request, slot_type: str, why: Why, text: Text | None = None) -> Outcome:
    """Ask for one type of slot once more; what is there of it is forgotten."""
    kept = tuple(value for value in request.filled if value.slot.type != slot_type)
    request = request.with_filled(kept)
    need = next((need for need in request.frame.required if slot_type in need.types), None)
    question = saying.question_of(request, need) if need else saying.question_for(slot_type)
    return _ask(state, request, slot_type, text or question, why)


def acted(state: State, request: Request, why: Why) -> Outcome:
    """Let an act happen that was confirmed."""
    return _ended(state, request, Move(kind=Kind.ACT, why=why, request=request))


def put_aside(state: State, turn: Turn) -> State:
    """Keep the open request for later, so that another can be taken."""
    if state.active is None:
        return replace(state, question=None)
    aside = (*(r for r in state.aside if r.id != state.active.id), state.active)
    return replace(state, active=None, question=None, aside=aside[-turn.params.most_aside :])


def why_of(turn: Turn, rule: str) -> Why:
    """Return why a turn went as it did, where it filled nothing."""
    return _why(turn, rule, ())


def _language(state: State, turn: Turn) -> str:
    """Return the language that is spoken; a number alone is of none."""
    return turn.heard.language if any(map(str.isalpha, turn.heard.text)) else state.language


def _why(turn: Turn, rule: str, filled: tuple[Fill, ...]) -> Why:
    heard = turn.heard
    return Why(
        intent=heard.intent, confidence=heard.confidence, rule=rule, alternatives=heard.alternatives,
        filled=filled,
    )  # fmt: skip


def _ended(state: State, request: Request, move: Move) -> Outcome:
    last = replace(request, done=True)
    return replace(state, active=None, question=None, last=last), move


def _unconnected(request: Request, why: Why) -> Move:
    return Move(kind=Kind.UNCONNECTED, why=why, request=request, text=saying.understood_of(request))


def _choose(state: State, request: Request, unclear: Filled, why: Why) -> Outcome:
    text = saying.choice_of(unclear.slot.text, unclear.options)
    question = Question(asks=Asks.CHOICE, text=text, slot=unclear.slot.type, options=unclear.options)
    return _asked(state, replace(request, asked=unclear.slot.type), question, Kind.CHOOSE, why)


def _again(state: State, request: Request, broken: Filled, why: Why) -> Outcome:
    assert broken.problem is not None
    kept = tuple(value for value in request.filled if value is not broken)
    request = replace(request, filled=kept)
    need = next((need for need in request.frame.required if broken.slot.type in need.types), None)
    text = saying.question_of(request, need) if need else saying.question_for(broken.slot.type)
    state, move = _ask(state, request, broken.slot.type, saying.together(broken.problem, text), why)
    return state, replace(move, error=broken.error)


def _ask(state: State, request: Request, slot_type: str, text: Text, why: Why) -> Outcome:
    question = Question(asks=Asks.SLOT, text=text, slot=slot_type)
    return _asked(state, replace(request, asked=slot_type), question, Kind.ASK, why)


def _asked(state: State, request: Request, question: Question, kind: Kind, why: Why) -> Outcome:
    state = replace(state, active=request, question=question)
    return state, Move(kind=kind, why=why, request=request, text=question.text, options=question.options)
