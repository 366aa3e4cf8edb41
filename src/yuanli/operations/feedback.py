"""The feedback loop: what people say is kept, reviewed, and becomes examples that models learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from yuanli.errors import InvalidInputError, Text, UnavailableError
from yuanli.language import catalogue, language_of
from yuanli.operations.corrections import (
    Agreement,
    Feedback,
    FeedbackId,
    FeedbackKind,
    FeedbackState,
    Meaning,
    Review,
    Verdict,
    agreements,
    example_of,
    reviewed,
)
from yuanli.operations.exporting import ExportedFeedback, export_feedback
from yuanli.operations.ports import FeedbackNotFoundError, FeedbackStore


class BadFeedbackError(InvalidInputError):
    """A feedback says nothing, or names an intent or a type of slot that is not in the catalogue."""


class TooMuchFeedbackError(UnavailableError):
    """Too much of one person's feedback waits for review."""

    status = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackParams:
    """How many reviewers must agree, and how much of one person's feedback may wait."""

    reviewers: int = 1
    most_waiting: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeedback:
    """What somebody says of an understanding; see `Feedback`."""

    text: str
    understood: Meaning
    kind: FeedbackKind
    model: str = ""
    corrected: Meaning | None = None
    context: str | None = None
    conversation: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPage:
    """A part of the queue, oldest first, and how much there is in all."""

    items: tuple[Feedback, ...]
    total: int


class FeedbackLoop:
    """Keeps what people say, over the store that keeps it.

    Parameters
    ----------
    folder
        Where the exported examples are written, to be learned from.
    new_id
        Returns a fresh id.
    """

    def __init__(
        self,
        store: FeedbackStore,
        *,
        folder: Path,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        rng: Random,
        params: FeedbackParams = FeedbackParams(),
    ) -> None:
        self._store, self._folder = store, folder
        self._clock, self._new_id, self._rng = clock, new_id, rng
        self._params = params

    @property
    def folder(self) -> Path:
        """Where the exported examples are."""
        return self._folder

    def give(self, new: NewFeedback, *, user: str) -> Feedback:
        """Keep what somebody says.

        Raises
        ------
        BadFeedbackError
            A correction corrects nothing, or names what is not in the catalogue.
        TooMuchFeedbackError
            Too much of theirs waits already.
        """
        if self._store.count_feedback(FeedbackState.NEW, user=user) >= self._params.most_waiting:
            raise TooMuchFeedbackError(
                Text("等待审核的反馈太多。", "Too much feedback waits for review."),
                hint=Text("请等审核后再提交。", "Wait until some of it is reviewed."),
            )
        feedback = Feedback(
            id=FeedbackId(self._new_id()),
            at=self._clock(),
            user=user,
            conversation=new.conversation,
            text=new.text,
            context=new.context,
            language=language_of(new.text),
            understood=new.understood,
            model=new.model,
            kind=new.kind,
            corrected=new.corrected,
            note=new.note,
        )
        _check_new(feedback)
        self._store.add_feedback(feedback)
        return feedback

    def page(self, state: FeedbackState | None = None, *, limit: int = 50, offset: int = 0) -> FeedbackPage:
        """Return a part of the queue: of one state, or of all."""
        return FeedbackPage(
            items=self._store.list_feedback(state, limit=limit, offset=offset),
            total=self._store.count_feedback(state),
        )

    def find(self, feedback_id: str) -> Feedback:
        """Return a feedback; `FeedbackNotFoundError` where there is none."""
        found = self._store.find_feedback(feedback_id)
        if found is None:
            raise FeedbackNotFoundError(
                Text(f"没有反馈 {feedback_id!r}。", f"There is no feedback {feedback_id!r}."),
                field="feedback_id",
            )
        return found

    def review(
        self,
        feedback_id: str,
        verdict: Verdict,
        *,
        reviewer: str,
        meaning: Meaning | None = None,
        note: str = "",
    ) -> Feedback:
        """Accept a feedback, with another meaning where one is given, or reject it.

        Raises
        ------
        FeedbackNotFoundError
            There is no such feedback.
        BadFeedbackError, InvalidExampleError
            The meaning names what is not in the catalogue, or a slot is not in the text.
        MeaningMissingError
            It is accepted, and nobody has said what it means.
        AlreadyExportedError
            It has become an example.
        """
        review = Review(reviewer=reviewer, at=self._clock(), verdict=verdict, meaning=meaning, note=note)

        def change(feedback: Feedback) -> Feedback:
            changed = reviewed(feedback, review, needed=self._params.reviewers)
            if (meant := changed.reviews[-1].meaning) is not None:
                _check_meaning(feedback, meant)
            return changed

        return self._store.change_feedback(feedback_id, change)

    def agreement(self) -> tuple[Agreement, ...]:
        """Return how far each two reviewers agree on what both have reviewed."""
        return agreements(self._store.list_feedback())

    def export(self) -> ExportedFeedback:
        """Write what is accepted as labelled examples, without personal data, each exactly once."""
        return export_feedback(self._store, self._folder, at=self._clock(), rng=self._rng)


def _check_new(feedback: Feedback) -> None:
    if (feedback.kind is FeedbackKind.CORRECTION) != (feedback.corrected is not None):
        raise BadFeedbackError(
            Text(
                f"类型 {feedback.kind} 与 corrected 不符。",
                f"The kind {feedback.kind} doesn't fit corrected.",
            ),
            field="corrected",
            hint=Text(
                "只有 correction 要给出 corrected。",
                "Give corrected with the kind correction, and only then.",
            ),
        )
    example_of(feedback, feedback.understood)
    if feedback.corrected is not None:
        _check_meaning(feedback, feedback.corrected)


def _check_meaning(feedback: Feedback, meaning: Meaning) -> None:
    known = catalogue()
    example_of(feedback, meaning)
    if meaning.intent not in known.intents:
        raise _unknown("intent", Text("意图", "intent"), meaning.intent)
    for slot in meaning.slots:
        if slot.type not in known.slot_types:
            raise _unknown("slots", Text("槽位类型", "type of slot"), slot.type)


def _unknown(field: str, what: Text, value: str) -> BadFeedbackError:
    return BadFeedbackError(
        Text(f"没有{what.zh} {value!r}。", f"There is no {what.en} {value!r}."),
        field=field,
        hint=Text("目录见 language/intents.yaml。", "language/intents.yaml lists them."),
    )
