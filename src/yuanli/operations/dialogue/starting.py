"""The rules for a request of its own: a greeting aside, one that is not sure, more of the same, a new one."""

from __future__ import annotations

from dataclasses import replace

from yuanli.language import Understanding
from yuanli.operations.dialogue import saying
from yuanli.operations.dialogue.advancing import Outcome, advance, put_aside, why_of
from yuanli.operations.dialogue.filling import Turn, informed, new_request
from yuanli.operations.dialogue.frames import load_frames
from yuanli.operations.dialogue.splitting import ANSWERS
from yuanli.operations.dialogue.state import Asks, Kind, Move, Option, Question, State

MOST_MEANT = 3


def is_request(heard: Understanding) -> bool:
    """Whether an intent is something to do, and not an answer, nor nothing that the park does."""
    return _is_task(heard.intent)


def answer_aside(state: State, turn: Turn) -> Outcome | None:
    """Answer a greeting, and leave what is open as it is."""
    heard = turn.heard
    if not load_frames().of(heard.intent).side or heard.confidence < turn.params.sure:
        return None
    request = replace(new_request(state, turn), done=True)
    text = state.question.text if state.question else None
    options = state.question.options if state.question else ()
    why = why_of(turn, "aside")
    return state, Move(kind=Kind.ANSWER, why=why, request=request, text=text, options=options)


def clarify(state: State, turn: Turn) -> Outcome | None:
    """Ask what was meant, where that is not sure."""
    heard, params = turn.heard, turn.params
    if not _is_task(heard.intent) or max(heard.confidence, _of_one_family(heard)) >= params.sure:
        return None
    others = (a.intent for a in heard.alternatives if a.confidence >= params.maybe and _is_task(a.intent))
    likely = (heard.intent,) if heard.confidence >= params.maybe else ()
    intents = tuple(dict.fromkeys((*likely, *others)))[:MOST_MEANT]
    if not intents:
        return None
    options = tuple(Option(value=intent, label=load_frames().of(intent).name) for intent in intents)
    question = Question(asks=Asks.INTENT, text=saying.meant_of(options), options=options, heard=heard)
    why = why_of(turn, "not_sure")
    move = Move(kind=Kind.CLARIFY, why=why, text=question.text, options=options)
    return replace(state, question=question), move


def merge(state: State, turn: Turn) -> Outcome | None:
    """Take more of the same request as a part of the open one."""
    if state.active is None or turn.heard.intent != state.active.intent:
        return None
    request, changed = informed(state, turn, replace(state.active, asked=None))
    return advance(replace(state, question=None), request, turn, "merged", changed)


def start(state: State, turn: Turn) -> Outcome | None:
    """Take a new request; the open one is put aside."""
    if not _is_task(turn.heard.intent):
        return None
    rule = "new_request" if state.active is None else "changed_mind"
    state = put_aside(state, turn)
    return advance(state, new_request(state, turn), turn, rule)


def _of_one_family(heard: Understanding) -> float:
    """Return how sure it is that one of the questions is asked that the same family answers; of acts nothing."""
    first = load_frames().of(heard.intent)
    if first.act:
        return 0.0
    frames = [(load_frames().of(other.intent), other.confidence) for other in heard.alternatives]
    return heard.confidence + sum(
        sure for frame, sure in frames if frame.family == first.family and not frame.act
    )


def _is_task(intent: str) -> bool:
    frame = load_frames().intents.get(intent)
    return frame is not None and intent not in ANSWERS and intent != "out_of_scope" and not frame.side
