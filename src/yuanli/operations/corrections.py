"""What people said of an understanding, and how reviewers decide on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import NewType

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.learning import Example, Span, cohen_kappa

FeedbackId = NewType("FeedbackId", str)


class FeedbackKind(StrEnum):
    """Whether it was right, was wrong, or what it should have been."""

    UP = "up"
    DOWN = "down"
    CORRECTION = "correction"


class FeedbackState(StrEnum):
    """Where a feedback is on its way to be learned from."""

    NEW = "new"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPORTED = "exported"


class Verdict(StrEnum):
    """What a reviewer says: to learn from it, or not."""

    ACCEPT = "accept"
    REJECT = "reject"


class MeaningMissingError(InvalidInputError):
    """Nobody has said yet what the request means."""


class AlreadyExportedError(InfeasibleError):
    """The feedback has become an example: it can't be reviewed any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """An intent, and the slots as spans of the text."""

    intent: str
    slots: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One reviewer's verdict; an accepting one says what the request means."""

    reviewer: str
    at: datetime
    verdict: Verdict
    meaning: Meaning | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody said of an understanding.

    Parameters
    ----------
    context
        The system's turn before the text.
    understood, model
        What was understood, and by which version.
    corrected
        What it should have been: as the person said, then as the reviewers did.
    reviews
        The latest verdict of each reviewer, in the order they came.
    """

    id: FeedbackId
    at: datetime
    user: str
    conversation: str | None
    text: str
    context: str | None
    language: str
    understood: Meaning
    model: str
    kind: FeedbackKind
    corrected: Meaning | None
    note: str
    state: FeedbackState = FeedbackState.NEW
    reviews: tuple[Review, ...] = ()

    @property
    def reviewer(self) -> str | None:
        """Who reviewed it last, or None."""
        return self.reviews[-1].reviewer if self.reviews else None

    @property
    def reviewed_at(self) -> datetime | None:
        """When it was reviewed last, or None."""
        return self.reviews[-1].at if self.reviews else None

    @property
    def proposed(self) -> Meaning | None:
        """What the request means as far as anybody has said."""
        return self.corrected or (self.understood if self.kind is FeedbackKind.UP else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two reviewers agree on what both have reviewed; kappa is Cohen's."""

    first: str
    second: str
    count: int
    agreed: float
    kappa: float


def reviewed(feedback: Feedback, review: Review, *, needed: int) -> Feedback:
    """Return a feedback after a review.

    It is decided once `needed` reviewers say the same: reject, or accept with the same meaning. A reviewer's
    new verdict replaces the old one.

    Raises
    ------
    AlreadyExportedError
        It has become an example.
    MeaningMissingError
        It is accepted, and neither the person nor this reviewer said what it means.
    """
    if feedback.state is FeedbackState.EXPORTED:
        raise AlreadyExportedError(
            Text(f"反馈 {feedback.id} 已导出为样本。", f"The feedback {feedback.id} has become an example."),
            field=feedback.id,
            hint=Text("改正导出的样本文件。", "Correct the exported file of examples."),
        )
    if review.verdict is Verdict.ACCEPT:
        review = replace(review, meaning=review.meaning or _needs_meaning(feedback))
    others = tuple(old for old in feedback.reviews if old.reviewer != review.reviewer)
    reviews = (*others, review)
    agreeing = [r for r in reviews if (r.verdict, r.meaning) == (review.verdict, review.meaning)]
    if len(agreeing) < needed:
        return replace(feedback, reviews=reviews, state=FeedbackState.NEW)
    if review.verdict is Verdict.REJECT:
        return replace(feedback, reviews=reviews, state=FeedbackState.REJECTED)
    return replace(feedback, reviews=reviews, state=FeedbackState.ACCEPTED, corrected=review.meaning)


def example_of(feedback: Feedback, meaning: Meaning) -> Example:
    """Return a feedback as a labelled example; `InvalidExampleError` where a slot is not in the text."""
    return Example(
        text=feedback.text,
        label=meaning.intent,
        spans=tuple(sorted(meaning.slots)),
        context=feedback.context,
        language=feedback.language,
        tags=frozenset({"feedback"}),
        origin=f"feedback:{feedback.id}",
    )


def agreements(feedback: Iterable[Feedback]) -> tuple[Agreement, ...]:
    """Return how far each two reviewers agree: on the verdict, and on the intent of what they accept."""
    said: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in feedback:
        for one, other in combinations(sorted(item.reviews, key=lambda r: r.reviewer), 2):
            said.setdefault((one.reviewer, other.reviewer), []).append((_category(one), _category(other)))
    return tuple(_agreement(*pair, verdicts) for pair, verdicts in sorted(said.items()))


def _agreement(first: str, second: str, verdicts: list[tuple[str, str]]) -> Agreement:
    return Agreement(
        first=first,
        second=second,
        count=len(verdicts),
        agreed=sum(a == b for a, b in verdicts) / len(verdicts),
        kappa=cohen_kappa([a for a, _ in verdicts], [b for _, b in verdicts]),
    )


def _category(review: Review) -> str:
    return review.meaning.intent if review.meaning is not None else review.verdict.value


def _needs_meaning(feedback: Feedback) -> Meaning:
    if feedback.proposed is None:
        raise MeaningMissingError(
            Text(f"反馈 {feedback.id} 没有正确的意图。", f"Nobody said what feedback {feedback.id} means."),
            field="corrected",
            hint=Text("采纳时给出意图和槽位。", "Give the intent and slots when you accept it."),
        )
    return feedback.proposed
