"""Labels that reviewers give, how far they agree, and what is decided."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.datasets import DatasetPath
from yuanli.learning import Span
from yuanli.operations import (
    AgreementReport,
    Annotation,
    DisagreementPage,
    LabelledExample,
    LabelState,
    LabelTask,
    NextTask,
    Right,
)

router = APIRouter(
    prefix="/datasets/{dataset_id}", tags=["labelling"], dependencies=[needs(Right.REVIEW_FEEDBACK)]
)
MOST_POSITION = 1_000_000
Position = Annotated[int, Path(ge=0, le=MOST_POSITION)]
Offset = Annotated[int, Field(ge=0, le=10_000)]


class SpanBody(Body):
    """A value in the text: its type, and where it stands, in characters (Unicode code points)."""

    type: Name
    start: Offset
    end: Offset


class LabelBody(Body):
    """What somebody says of an example; `version` is that of the label they read, 0 where there was none."""

    label: Name | None = None
    spans: Annotated[list[SpanBody], Field(max_length=100)] = Field(default_factory=list)
    version: Annotated[int, Field(ge=0, le=MOST_POSITION)] = 0


@router.get("/next")
def next_example(
    dataset_id: DatasetPath,
    house: HouseDep,
    caller: CallerDep,
    after: Annotated[int, Query(ge=-1, le=MOST_POSITION)] = -1,
) -> NextTask:
    """Return what the caller labels next, behind a position, and how far they are."""
    return house.labelling.next(dataset_id, caller.name, after=after)


@router.get("/examples/{position}")
def get_example(dataset_id: DatasetPath, position: Position, house: HouseDep, caller: CallerDep) -> LabelTask:
    """Return one example with the caller's own label."""
    return house.labelling.task(dataset_id, position, caller.name)


@router.put("/examples/{position}/label")
def save_label(
    dataset_id: DatasetPath, position: Position, body: LabelBody, house: HouseDep, caller: CallerDep
) -> Annotation:
    """Keep the caller's label of an example."""
    return house.labelling.save(
        dataset_id,
        position,
        reviewer=caller.name,
        label=body.label,
        spans=_spans(body),
        version=body.version,
    )


@router.put("/examples/{position}/decision")
def decide_label(
    dataset_id: DatasetPath, position: Position, body: LabelBody, house: HouseDep, caller: CallerDep
) -> LabelledExample:
    """Adjudicate: keep the final label of an example that enough reviewers have labelled."""
    return house.labelling.decide(
        dataset_id,
        position,
        reviewer=caller.name,
        label=body.label,
        spans=_spans(body),
        version=body.version,
    )


@router.get("/agreement")
def label_agreement(dataset_id: DatasetPath, house: HouseDep) -> AgreementReport:
    """Return how far each two reviewers agree, and how many examples are open, agreed, disputed and decided."""
    return house.labelling.agreement(dataset_id)


@router.get("/disagreements")
def list_disagreements(
    dataset_id: DatasetPath,
    house: HouseDep,
    state: LabelState = LabelState.DISPUTED,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=MOST_POSITION)] = 0,
) -> DisagreementPage:
    """Return the examples in a state with everybody's labels; of those still open, none."""
    return house.labelling.disagreements(dataset_id, state=state, limit=limit, offset=offset)


def _spans(body: LabelBody) -> tuple[Span, ...]:
    return tuple(Span(span.start, span.end, span.type) for span in body.spans)
