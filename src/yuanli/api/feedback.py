"""What people say of how they were understood, and the review of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from yuanli.api.assistant import Utterance
from yuanli.api.bodies import Body, Line, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.learning import Span
from yuanli.operations import (
    Feedback,
    FeedbackKind,
    FeedbackPage,
    FeedbackState,
    Meaning,
    NewFeedback,
    Right,
    Verdict,
)

router = APIRouter(prefix="/feedback", tags=["feedback"])
Offset = Annotated[int, Field(ge=0, le=1000)]


class SlotBody(Body):
    """A value in the text: its type, and where it stands, in characters."""

    type: Name
    start: Offset
    end: Offset


class MeaningBody(Body):
    """An intent with its slots."""

    intent: Name
    slots: Annotated[list[SlotBody], Field(max_length=50)] = Field(default_factory=list)


class FeedbackBody(Body):
    """A request, how it was understood and by which model, and what is said of that.

    `corrected` goes with the kind `correction`, and with no other.
    """

    text: Utterance
    understood: MeaningBody
    kind: FeedbackKind
    model: Name = ""
    corrected: MeaningBody | None = None
    context: Annotated[Line, Field(min_length=1)] | None = None
    conversation: Name | None = None
    note: Line = ""


class ReviewBody(Body):
    """A verdict; `corrected` is what the request means, where that is not what was proposed."""

    verdict: Verdict
    corrected: MeaningBody | None = None
    note: Line = ""


@router.post("", status_code=201, dependencies=[needs(Right.GIVE_FEEDBACK)])
def give_feedback(body: FeedbackBody, house: HouseDep, caller: CallerDep) -> Feedback:
    """Say that a request was understood right or wrong, or what it means."""
    new = NewFeedback(
        text=body.text,
        understood=_meaning(body.understood),
        kind=body.kind,
        model=body.model,
        corrected=None if body.corrected is None else _meaning(body.corrected),
        context=body.context,
        conversation=body.conversation,
        note=body.note,
    )
    return house.feedback.give(new, user=caller.name)


@router.get("", dependencies=[needs(Right.REVIEW_FEEDBACK)])
def list_feedback(
    house: HouseDep,
    state: FeedbackState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> FeedbackPage:
    """Return a page of the feedback, oldest first: of one state, or all."""
    return house.feedback.page(state, limit=limit, offset=offset)


@router.put("/{feedback_id}", dependencies=[needs(Right.REVIEW_FEEDBACK)])
def review_feedback(feedback_id: str, body: ReviewBody, house: HouseDep, caller: CallerDep) -> Feedback:
    """Accept a feedback to learn from it, with another meaning where one is given, or reject it."""
    return house.feedback.review(
        feedback_id,
        body.verdict,
        reviewer=caller.name,
        meaning=None if body.corrected is None else _meaning(body.corrected),
        note=body.note,
    )


def _meaning(body: MeaningBody) -> Meaning:
    slots = (Span(slot.start, slot.end, slot.type) for slot in body.slots)
    return Meaning(intent=body.intent, slots=tuple(sorted(slots)))
