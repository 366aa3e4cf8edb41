"""From moves to replies: handlers answer, acts act once, and what is left is said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from yuanli.errors import Text, UnavailableError, YuanliError
from yuanli.language import Understanding
from yuanli.operations.acts import Act
from yuanli.operations.command_targets import AlreadySoError
from yuanli.operations.dialogue import (
    Asks,
    Kind,
    Move,
    Question,
    Request,
    Setting,
    State,
    asking_to_change,
    confirmation_with,
    continue_turn,
    next_turn,
    resume_offer,
)
from yuanli.operations.grounding import find_desk
from yuanli.operations.guidance import Guide
from yuanli.operations.handlers import CAN_DO, Handler
from yuanli.operations.replies import Asker, Card, Reply
from yuanli.operations.wording import facts_of

FORBIDDEN = 403
NOT_UNDERSTOOD = Text("这个我还办不到。", "I can't do that yet.")
DESK = Text("这件事我帮不上，可以找工作人员。", "I can't help with this; a person can.")
REFUSED = Text("要改哪一项？", "What shall I change?")
NO_DESK = Text("请联系园区物业或前台。", "Please ask the park's front desk.")
log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Carrier:
    """Carries out the moves of one turn; `claimed` counts the acts whose state was saved before.

    Parameters
    ----------
    claim
        Saves the conversation before an act; raises where another turn came first, which then acts.
    """

    guide: Guide
    asker: Asker
    now: datetime
    setting: Setting
    handlers: Mapping[str, Handler]
    acts: Mapping[str, Act]
    claim: Callable[[State], None]
    claimed: int = 0

    def carry(self, state: State, heard: tuple[Understanding, ...]) -> tuple[Reply, State]:
        """Take a turn with all its requests; return the one reply, and where the conversation stands."""
        replies: list[Reply] = []
        outcome: tuple[State, Move] | None = next_turn(state, heard, now=self.now, setting=self.setting)
        while outcome is not None:
            state, move = outcome
            reply, state = self._out(state, move, heard[0])
            replies.append(replace(reply, why=(move.why,)))
            _log(move)
            outcome = continue_turn(state, now=self.now, setting=self.setting)
        reply = _joined(replies, state)
        if len(heard) > 1:
            reply = replace(reply, understanding=heard[0])
        return reply, state

    def _out(self, state: State, move: Move, heard: Understanding) -> tuple[Reply, State]:
        request = move.request
        if move.kind is Kind.ANSWER and request is not None:
            return self._answered(state, move, request)
        if move.kind is Kind.ACT and request is not None:
            return self._acted(state, request)
        if move.kind is Kind.CONFIRM and request is not None:
            return self._proposed(state, move, request)
        if move.kind is Kind.HAND_OVER:
            return replace(self._handed_over(heard), move=move.kind), state
        return _said(move, heard), state

    def _answered(self, state: State, move: Move, request: Request) -> tuple[Reply, State]:
        understanding = request.understanding()
        try:
            reply = self.handlers[request.intent](self.guide, understanding, self.asker, self.now)
        except YuanliError as error:
            return _failed(error, understanding), state
        if move.text is not None:
            text = Text(reply.text.zh + move.text.zh, f"{reply.text.en} {move.text.en}")
            return replace(reply, text=text, pending=move.text, options=move.options), state
        if reply.asks is not None and reply.pending is not None:
            question = Question(
                asks=Asks.SLOT, text=reply.pending, slot=reply.asks, options=reply.options
            )  # fmt: skip
            active = replace(request, asked=reply.asks)
            return replace(reply, move=Kind.ASK), replace(state, active=active, question=question)
        return reply, state

    def _proposed(self, state: State, move: Move, request: Request) -> tuple[Reply, State]:
        understanding = request.understanding()
        try:
            will = self.acts[request.intent].propose(request, asker=self.asker, now=self.now)
        except AlreadySoError as error:
            done = replace(state, active=None, question=None)
            return replace(_failed(error, understanding), move=Kind.ANSWER), done
        except YuanliError as error:
            if error.status == FORBIDDEN:
                done = replace(state, active=None, question=None)
                return replace(_failed(error, understanding), move=Kind.ANSWER), done
            return self._refused(state, request, error)
        if will is None or state.question is None:
            return _said(move, understanding), state
        text = confirmation_with(will)
        state = replace(state, question=replace(state.question, text=text))
        return _said(replace(move, text=text), understanding), state

    def _acted(self, state: State, request: Request) -> tuple[Reply, State]:
        """Do what was confirmed, after it is on record that it was: a second confirmation finds it done."""
        self.claim(state)
        self.claimed += 1
        act, key = self.acts[request.intent], self._key(request)
        try:
            reply = act.execute(request, key=key, asker=self.asker, now=self.now)
            return replace(reply, move=Kind.ACT), state
        except UnavailableError as error:
            question = Question(asks=Asks.CONFIRM, text=confirmation_with(error.message))
            state = replace(state, active=request, question=question, last=None)
            failed = _failed(error, request.understanding())
            return replace(failed, pending=question.text, move=Kind.CONFIRM), state
        except YuanliError as error:
            return self._refused(replace(state, last=None), request, error)

    def _refused(self, state: State, request: Request, error: YuanliError) -> tuple[Reply, State]:
        """Say why it can't be done, and ask what to change; nothing changes that somebody may not do it."""
        if error.status in (401, 403):
            closed = replace(state, active=None, question=None)
            return replace(_failed(error, request.understanding()), move=Kind.ANSWER), closed
        question = replace(asking_to_change(request), text=REFUSED)
        failed = _failed(error, request.understanding())
        text = Text(f"{failed.text.zh}{question.text.zh}", f"{failed.text.en} {question.text.en}")
        reply = replace(failed, text=text, pending=question.text, options=question.options, move=Kind.CHANGE)
        return reply, replace(state, active=request, question=question)

    def _key(self, request: Request) -> str:
        return f"{self.asker.user}/{self.asker.conversation or ''}/{request.key}"

    def _handed_over(self, heard: Understanding) -> Reply:
        desk = find_desk(self.guide)
        if desk is None:
            text = Text(f"{DESK.zh}{NO_DESK.zh}", f"{DESK.en} {NO_DESK.en}")
            return Reply(text=text, understanding=heard)
        facts = facts_of(self.guide, desk.feature_id, self.now)
        zh = "；".join((desk.label.zh, *(fact.zh for fact in facts)))
        en = "; ".join((desk.label.en, *(fact.en for fact in facts)))
        text = Text(f"{DESK.zh}{zh}。", f"{DESK.en} {en}.")
        return Reply(text=text, understanding=heard, cards=(Card(kind="places", places=(desk,)),))


def _said(move: Move, heard: Understanding) -> Reply:
    """Return what a move says by itself."""
    text = move.text or Text(f"{NOT_UNDERSTOOD.zh}{CAN_DO.zh}", f"{NOT_UNDERSTOOD.en} {CAN_DO.en}")
    asks = move.kind in (Kind.ASK, Kind.CHOOSE, Kind.CONFIRM, Kind.CHANGE, Kind.CLARIFY) or move.options
    understanding = move.request.understanding() if move.request else heard
    return Reply(
        text=text, understanding=understanding, pending=text if asks else None, options=move.options,
        error=move.error, move=move.kind,
    )  # fmt: skip


def _failed(error: YuanliError, understanding: Understanding) -> Reply:
    """Return an error as an answer that says what to do."""
    hint = error.hint or Text("", "")
    text = Text(f"{error.message.zh}{hint.zh}", f"{error.message.en} {hint.en}".strip())
    return Reply(text=text, understanding=understanding, error=error.code)


def _joined(replies: list[Reply], state: State) -> Reply:
    """Return the replies of one turn as one, in order; the last says what is open."""
    last, question = replies[-1], state.question
    aside = () if question is not None else tuple(resume_offer(r) for r in state.aside[-1:])
    return replace(
        last,
        pending=None if question is None else question.text,
        asks=None if question is None else question.slot,
        text=Text("\n".join(r.text.zh for r in replies), "\n".join(r.text.en for r in replies)),
        cards=tuple(card for reply in replies for card in reply.cards),
        suggestions=(*(text for reply in replies for text in reply.suggestions), *aside),
        error=next((reply.error for reply in replies if reply.error), None),
        why=tuple(why for reply in replies for why in reply.why),
    )


def _log(move: Move) -> None:
    """Tell why, without a word of what was said."""
    why = move.why
    filled = ",".join(f"{fill.type}:{fill.source}" for fill in why.filled)
    log.info(
        "Turn: %s by %s, %s at %.2f, filled %s",
        move.kind,
        why.rule,
        why.intent,
        why.confidence,
        filled or "-",
    )
