"""Conversations and their turns in SQL."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.language import Slot
from yuanli.operations import Conversation, ConversationConflictError, KeptTurn
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import CONVERSATION, TURN


class SqlConversationStore:
    """Fills `ConversationStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_conversation(self, user: str, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None."""
        if find_storable(user) is None or find_storable(conversation_id) is None:
            return None
        query = select(CONVERSATION).where(_key(CONVERSATION, user, conversation_id))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _conversation(row)

    def list_conversations(self, user: str) -> tuple[Conversation, ...]:
        """Return a user's conversations, newest first."""
        newest = (CONVERSATION.c.updated_at.desc(), CONVERSATION.c.id)
        query = select(CONVERSATION).where(CONVERSATION.c.username == user).order_by(*newest)
        if find_storable(user) is None:
            return ()
        with self._database.reading() as connection:
            return tuple(_conversation(row) for row in connection.execute(query))

    def list_turns(self, user: str, conversation_id: str) -> tuple[KeptTurn, ...]:
        """Return the turns that are kept, oldest first."""
        if find_storable(user) is None or find_storable(conversation_id) is None:
            return ()
        query = select(TURN).where(_key(TURN, user, conversation_id)).order_by(TURN.c.number)
        with self._database.reading() as connection:
            return tuple(_turn(row) for row in connection.execute(query))

    def save_conversation(
        self, conversation: Conversation, turns: tuple[KeptTurn, ...] = (), *, most_turns: int
    ) -> None:
        """Keep a conversation's new state, if nobody did since it was read, with new turns."""
        user, conversation_id = conversation.user, conversation.id
        try:
            with self._database.writing() as connection:
                _save(connection, conversation)
                for turn in turns:
                    _add(connection, user, conversation_id, turn)
                _trim(connection, user, conversation_id, most_turns)
        except IntegrityError:
            raise _conflict(conversation_id) from None

    def add_turn(self, user: str, conversation_id: str, turn: KeptTurn, *, most_turns: int) -> None:
        """Keep a turn whatever the state is."""
        held = select(CONVERSATION.c.id).where(_key(CONVERSATION, user, conversation_id)).with_for_update()
        with self._database.writing() as connection:
            if connection.execute(held).first() is not None:
                _add(connection, user, conversation_id, turn)
                _trim(connection, user, conversation_id, most_turns)

    def remove_conversation(self, user: str, conversation_id: str) -> bool:
        """Forget a conversation and its turns."""
        if find_storable(user) is None or find_storable(conversation_id) is None:
            return False
        gone = delete(CONVERSATION).where(_key(CONVERSATION, user, conversation_id))
        with self._database.writing() as connection:
            return connection.execute(gone).rowcount > 0

    def remove_conversations_before(self, at: datetime) -> int:
        """Forget the conversations whose last turn is older."""
        with self._database.writing() as connection:
            return connection.execute(delete(CONVERSATION).where(CONVERSATION.c.updated_at < at)).rowcount


def _key(table: Table, user: str, conversation_id: str) -> ColumnElement[bool]:
    own = table.c.id if table is CONVERSATION else table.c.conversation_id
    return (table.c.username == user) & (own == conversation_id)


def _save(connection: Connection, conversation: Conversation) -> None:
    values = {
        "campus_id": conversation.campus_id,
        "state": to_text(conversation.state),
        "version": conversation.version,
        "updated_at": conversation.updated_at,
    }
    if conversation.version == 1:
        connection.execute(
            insert(CONVERSATION).values(username=conversation.user, id=conversation.id, **values)
        )
        return
    before = CONVERSATION.c.version == conversation.version - 1
    mine = _key(CONVERSATION, conversation.user, conversation.id) & before
    if connection.execute(update(CONVERSATION).where(mine).values(**values)).rowcount == 0:
        raise _conflict(conversation.id)


def _add(connection: Connection, user: str, conversation_id: str, turn: KeptTurn) -> None:
    """Write a turn with the next number; whoever writes holds the conversation's row."""
    newest = select(func.max(TURN.c.number)).where(_key(TURN, user, conversation_id))
    number = (connection.execute(newest).scalar() or 0) + 1
    connection.execute(
        insert(TURN).values(
            username=user,
            conversation_id=conversation_id,
            number=number,
            at=turn.at,
            text=_storable(turn.text),
            language=turn.language,
            intent=turn.intent,
            confidence=turn.confidence,
            slots=to_text([asdict(slot) for slot in turn.slots]),
            reply=to_text(asdict(turn.reply)),
            why=to_text([dict(why) for why in turn.why]),
        )
    )


def _trim(connection: Connection, user: str, conversation_id: str, most_turns: int) -> None:
    mine = _key(TURN, user, conversation_id)
    newest = connection.execute(select(func.max(TURN.c.number)).where(mine)).scalar() or 0
    connection.execute(delete(TURN).where(mine, TURN.c.number <= newest - most_turns))


def _storable(text: str) -> str:
    """Return a text without what no database could hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _conflict(conversation_id: str) -> ConversationConflictError:
    return ConversationConflictError(
        Text("这个对话同时有另一句话。", "Another turn of this conversation came in meanwhile."),
        field=_storable(conversation_id),
        hint=Text("请再说一次。", "Say it again."),
    )


def _conversation(row: Row[Any]) -> Conversation:
    try:
        state = json.loads(row.state)
    except ValueError:
        state = None
    return Conversation(
        user=row.username,
        id=row.id,
        campus_id=CampusId(row.campus_id),
        state=state,
        version=row.version,
        updated_at=row.updated_at,
    )


def _turn(row: Row[Any]) -> KeptTurn:
    return KeptTurn(
        at=row.at,
        text=row.text,
        language=row.language,
        intent=row.intent,
        confidence=row.confidence,
        slots=tuple(Slot(**slot) for slot in json.loads(row.slots)),
        reply=Text(**json.loads(row.reply)),
        why=tuple(json.loads(row.why)),
    )
