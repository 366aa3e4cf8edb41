"""The assistant: takes turns of conversations, and answers, asks or acts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from yuanli.campus import CampusId, kind_of
from yuanli.errors import NotFoundError, Text
from yuanli.language import Explanation, Slot, Understander, Understanding, half_width
from yuanli.operations.acts import Act
from yuanli.operations.carrying import Carrier
from yuanli.operations.dialogue import (
    DialogueParams,
    Request,
    Setting,
    State,
    UnreadableStateError,
    asks_otherwise,
    ground_by_type,
    is_open_answer,
    load_frames,
    parse_state,
    split_requests,
    state_document,
    to_json,
)
from yuanli.operations.grounding import place_ground
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.handlers import HANDLERS, Handler
from yuanli.operations.ports import Conversation, ConversationConflictError, ConversationStore, KeptTurn
from yuanli.operations.replies import Asker, Reply

SURE = 0.55
"""Search score from which a bare name counts as a place of the campus."""
TRIES = 4
LONGEST_CONTEXT = 300
log = logging.getLogger(__name__)
Hear = Callable[[tuple[Understanding, ...]], None]


class ConversationNotFoundError(NotFoundError):
    """The user has no such conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A conversation as its owner sees it: the turns that are kept, oldest first."""

    id: str
    user: str
    campus_id: CampusId
    updated_at: datetime
    turns: tuple[KeptTurn, ...]


def knows_place(guide: Guide, name: str) -> bool:
    """Whether a campus has a place, or a kind of place, of this name."""
    if kind_of(name):
        return True
    hits = guide.index.search(name, limit=1)
    return bool(hits) and hits[0].score >= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What the assistant is made of.

    Parameters
    ----------
    understander
        Makes the understander of a campus, or of none.
    answers
        What it answers beside ways and places, by intent.
    acts
        What it may do in the world, by intent.
    grounds
        Finds what the values of a type of slot mean, such as `time`; places it finds itself.
    reread
        Returns what a turn means after the intent that the conversation dealt with last.
    follow
        Returns what a few words mean after the question that was answered last: “and yesterday?”
    """

    understander: Callable[[Guide | None], Understander]
    answers: Mapping[str, Handler] = field(default_factory=dict)
    acts: Mapping[str, Act] = field(default_factory=dict)
    grounds: Mapping[str, Callable[[Slot, datetime], Slot]] = field(default_factory=dict)
    reread: Callable[[Understanding, str | None], Understanding] = lambda heard, last: heard
    follow: Callable[[Understanding, Request], Understanding] = lambda heard, last: heard
    params: DialogueParams = field(default_factory=DialogueParams)


class Assistant:
    """Answers requests about one of the kept campuses; its conversations are in a store."""

    def __init__(self, guidance: Guidance, store: ConversationStore, abilities: Abilities) -> None:
        self._guidance = guidance
        self._store = store
        self._abilities = abilities
        self._handlers = {**HANDLERS, **abilities.answers}

    def understand(
        self, text: str, *, campus_id: CampusId | None = None, context: str | None = None
    ) -> Understanding:
        """Return what a request wants, knowing the names of a campus where one is given."""
        return self._understander(campus_id).understand(half_width(text), context=context)

    def explain(
        self, text: str, *, campus_id: CampusId | None = None, context: str | None = None
    ) -> Explanation:
        """Return what `understand` does, and which words it hangs on where that can be told."""
        return self._understander(campus_id).explain(half_width(text), context=context)

    def ask(self, text: str, asker: Asker, *, hear: Hear = lambda heard: None) -> Reply:
        """Answer one turn of a conversation; `hear` is told what it asks for before it is answered.

        Raises
        ------
        ConversationConflictError
            Other turns of the conversation kept coming in between.
        """
        guide = self._guidance.guide(asker.campus_id)
        text = half_width(text)
        for _ in range(TRIES - 1):
            try:
                return self._take(text, asker, guide, hear)
            except ConversationConflictError:
                log.info("Two turns of a conversation came at once; the later one is taken again")
        return self._take(text, asker, guide, hear)

    def history(self, user: str, conversation_id: str) -> History:
        """Return a user's conversation.

        Raises
        ------
        ConversationNotFoundError
            There is none of that id.
        """
        kept = self._store.find_conversation(user, conversation_id)
        if kept is None:
            raise _no_conversation(conversation_id)
        turns = self._store.list_turns(user, conversation_id)
        return History(
            id=kept.id, user=kept.user, campus_id=kept.campus_id, updated_at=kept.updated_at, turns=turns
        )

    def latest(self, user: str, campus_id: CampusId) -> str | None:
        """Return the id of a user's newest conversation about a campus, or None."""
        kept = self._store.list_conversations(user)
        return next((c.id for c in kept if c.campus_id == campus_id), None)

    def forget(self, user: str, conversation_id: str) -> None:
        """Remove a conversation with its turns; `ConversationNotFoundError` where there is none."""
        if not self._store.remove_conversation(user, conversation_id):
            raise _no_conversation(conversation_id)

    def _understander(self, campus_id: CampusId | None) -> Understander:
        return self._abilities.understander(None if campus_id is None else self._guidance.guide(campus_id))

    def _take(self, text: str, asker: Asker, guide: Guide, hear: Hear) -> Reply:
        now, params = self._guidance.now(), self._abilities.params
        kept = self._kept(asker, now)
        state = _state_of(kept, asker)
        understander = self._abilities.understander(guide)
        whole, context = _read(understander, text, state, params)
        last = None if state.last is None else state.last.intent
        whole = self._abilities.reread(whole, last)
        if state.last is not None and state.question is None:
            whole = self._abilities.follow(whole, state.last)
        answering = context is not None
        demands = load_frames().of(whole.intent).counts_words(whole.slots)

        def understand_part(part: str) -> Understanding:
            said = understander.understand(part, context=context)
            return self._abilities.reread(said, last) if demands else said

        heard = split_requests(
            whole,
            understand_part,
            answering=answering,
            params=params,
        )
        hear(heard)
        carrier = Carrier(
            guide=guide,
            asker=asker,
            now=now,
            setting=self._setting(guide, asker, heard[0].language),
            handlers=self._handlers,
            acts=self._abilities.acts,
            claim=lambda claimed: self._save(kept, claimed, asker, now),
        )
        reply, state = carrier.carry(state, heard)
        self._keep(kept, state, asker, _turn(text, heard[0], reply, now), claimed=carrier.claimed)
        return replace(reply, conversation=asker.conversation, heard=heard[0], context=context)

    def _setting(self, guide: Guide, asker: Asker, language: str) -> Setting:
        return Setting(
            ground=ground_by_type(self._abilities.grounds, place_ground(guide, language=language)),
            connected=frozenset(self._handlers) | frozenset(self._abilities.acts),
            here=asker.here,
            params=self._abilities.params,
        )

    def _kept(self, asker: Asker, now: datetime) -> Conversation | None:
        if asker.conversation is None:
            return None
        kept = self._store.find_conversation(asker.user, asker.conversation)
        if kept is None:
            self._store.remove_conversations_before(
                now - timedelta(days=self._abilities.params.retention_days)
            )
        return kept

    def _save(
        self,
        kept: Conversation | None,
        state: State,
        asker: Asker,
        now: datetime,
        turns: tuple[KeptTurn, ...] = (),
        *,
        later: int = 0,
    ) -> None:
        if asker.conversation is None:
            return
        conversation = Conversation(
            user=asker.user,
            id=asker.conversation,
            campus_id=asker.campus_id,
            state=state_document(state),
            version=(kept.version if kept else 0) + 1 + later,
            updated_at=now,
        )
        self._store.save_conversation(conversation, turns, most_turns=self._abilities.params.most_turns)

    def _keep(
        self, kept: Conversation | None, state: State, asker: Asker, turn: KeptTurn, *, claimed: int
    ) -> None:
        """Keep the turn; once something was done in the world it is kept whatever came in between."""
        try:
            self._save(kept, state, asker, turn.at, (turn,), later=claimed)
        except ConversationConflictError:
            if not claimed or asker.conversation is None:
                raise
            most = self._abilities.params.most_turns
            self._store.add_turn(asker.user, asker.conversation, turn, most_turns=most)


def _state_of(kept: Conversation | None, asker: Asker) -> State:
    """Return where a conversation stands; about another campus, or where it can't be read, it starts afresh."""
    if kept is None or kept.campus_id != asker.campus_id:
        return State()
    try:
        return parse_state(kept.state)
    except UnreadableStateError:
        log.warning("A conversation's state can't be read: it starts afresh")
        return State()


def _context(state: State) -> str | None:
    """Return the question that a turn may answer, which it is understood with."""
    question = state.question
    if question is None:
        return None
    words = question.text.en if state.language == "en" else question.text.zh
    if question.options:
        words = words.partition("1. ")[0].strip()
    return words[-LONGEST_CONTEXT:]


def _read(
    understander: Understander, text: str, state: State, params: DialogueParams
) -> tuple[Understanding, str | None]:
    """Return what a turn wants, and the question that it was read as an answer to, if it is one."""
    context = _context(state)
    heard = understander.understand(text, context=context)
    if is_open_answer(state, heard):
        alone = understander.understand(text)
        if asks_otherwise(state, alone, params):
            return alone, None
    return heard, context


def _turn(text: str, heard: Understanding, reply: Reply, now: datetime) -> KeptTurn:
    return KeptTurn(
        at=now,
        text=text,
        language=heard.language,
        intent=heard.intent,
        confidence=heard.confidence,
        slots=heard.slots,
        reply=reply.text,
        why=tuple({"move": reply.move.value, **to_json(why)} for why in reply.why),
    )


def _no_conversation(conversation_id: str) -> ConversationNotFoundError:
    return ConversationNotFoundError(
        Text(f"没有对话 {conversation_id!r}。", f"There is no conversation {conversation_id!r}."),
        field="conversation",
        hint=Text("它可能已过期或被删除。", "It may have been removed, or be too old."),
    )
