"""What people said of understandings, in SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update

from yuanli.errors import Text
from yuanli.learning import Span
from yuanli.operations import (
    Feedback,
    FeedbackId,
    FeedbackKind,
    FeedbackNotFoundError,
    FeedbackState,
    Meaning,
    Review,
    Verdict,
)
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import FEEDBACK


class SqlFeedbackStore:
    """Fills `FeedbackStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_feedback(self, feedback: Feedback) -> None:
        """Keep a new feedback."""
        with self._database.writing() as connection:
            connection.execute(insert(FEEDBACK).values(**_values(feedback)))

    def find_feedback(self, feedback_id: str) -> Feedback | None:
        """Return a feedback, or None."""
        key = find_storable(feedback_id)
        if key is None:
            return None
        with self._database.reading() as connection:
            row = connection.execute(select(FEEDBACK).where(FEEDBACK.c.id == key)).first()
        return None if row is None else _feedback(row)

    def list_feedback(
        self, state: FeedbackState | None = None, *, limit: int | None = None, offset: int = 0
    ) -> tuple[Feedback, ...]:
        """Return the feedback in a state, or all, oldest first."""
        query = _in_state(select(FEEDBACK), state).order_by(FEEDBACK.c.at, FEEDBACK.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(limit).offset(offset)).all()
        return tuple(_feedback(row) for row in rows)

    def count_feedback(self, state: FeedbackState | None = None, *, user: str | None = None) -> int:
        """Return how many there are in a state, of a user, or at all."""
        query = _in_state(select(func.count()).select_from(FEEDBACK), state)
        if user is not None:
            query = query.where(FEEDBACK.c.username == user)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def change_feedback(self, feedback_id: str, change: Callable[[Feedback], Feedback]) -> Feedback:
        """Change a feedback that nobody else changes meanwhile."""
        key = find_storable(feedback_id)
        with self._database.writing() as connection:
            query = select(FEEDBACK).where(FEEDBACK.c.id == key).with_for_update()
            row = None if key is None else connection.execute(query).first()
            if row is None:
                raise FeedbackNotFoundError(
                    Text(f"没有反馈 {feedback_id!r}。", f"There is no feedback {feedback_id!r}."),
                    field="feedback_id",
                    hint=Text("刷新列表后重试。", "Load the list again."),
                )
            changed = change(_feedback(row))
            connection.execute(update(FEEDBACK).where(FEEDBACK.c.id == key).values(**_values(changed)))
        return changed

    def export_feedback(self, write: Callable[[tuple[Feedback, ...]], None]) -> tuple[FeedbackId, ...]:
        """Give what is accepted to `write`, and mark it as exported."""
        query = _in_state(select(FEEDBACK), FeedbackState.ACCEPTED).order_by(FEEDBACK.c.at, FEEDBACK.c.id)
        with self._database.writing() as connection:
            accepted = tuple(_feedback(row) for row in connection.execute(query.with_for_update()).all())
            if accepted:
                write(accepted)
            for feedback in accepted:
                connection.execute(
                    update(FEEDBACK)
                    .where(FEEDBACK.c.id == feedback.id)
                    .values(state=FeedbackState.EXPORTED.value)
                )
        return tuple(feedback.id for feedback in accepted)


def _in_state(query: Select[Any], state: FeedbackState | None) -> Select[Any]:
    return query if state is None else query.where(FEEDBACK.c.state == state.value)


def _values(feedback: Feedback) -> Mapping[str, Any]:
    return {
        "id": feedback.id,
        "at": feedback.at,
        "username": feedback.user,
        "conversation": feedback.conversation,
        "text": feedback.text,
        "context": feedback.context,
        "language": feedback.language,
        "understood": to_text(asdict(feedback.understood)),
        "model": feedback.model,
        "kind": feedback.kind.value,
        "corrected": None if feedback.corrected is None else to_text(asdict(feedback.corrected)),
        "note": feedback.note,
        "state": feedback.state.value,
        "reviews": to_text([asdict(r) | {"at": r.at.isoformat()} for r in feedback.reviews]),
        "reviewer": feedback.reviewer,
        "reviewed_at": feedback.reviewed_at,
    }


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(
        id=FeedbackId(row.id),
        at=row.at,
        user=row.username,
        conversation=row.conversation,
        text=row.text,
        context=row.context,
        language=row.language,
        understood=_meaning(json.loads(row.understood)),
        model=row.model,
        kind=FeedbackKind(row.kind),
        corrected=None if row.corrected is None else _meaning(json.loads(row.corrected)),
        note=row.note,
        state=FeedbackState(row.state),
        reviews=tuple(_review(review) for review in json.loads(row.reviews)),
    )


def _meaning(document: Mapping[str, Any]) -> Meaning:
    return Meaning(intent=document["intent"], slots=tuple(Span(**slot) for slot in document["slots"]))


def _review(document: Mapping[str, Any]) -> Review:
    meaning = document["meaning"]
    return Review(
        reviewer=document["reviewer"],
        at=datetime.fromisoformat(document["at"]),
        verdict=Verdict(document["verdict"]),
        meaning=None if meaning is None else _meaning(meaning),
        note=document["note"],
    )
