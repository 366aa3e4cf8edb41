"""Intervals that reviewers label on curves, how far they agree, and what is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, Field

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import FeatureId, PointId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import (
    IntervalAnnotation,
    IntervalKind,
    IntervalLabel,
    IntervalLabels,
    IntervalReport,
    IntervalSet,
    IntervalSetId,
    IntervalTask,
    LabelledIntervals,
    LabelledWindowPage,
    LabelState,
    MarkedInterval,
    NextIntervalTask,
    Right,
    interval_lines,
)

router = APIRouter(
    prefix="/campuses/{campus}/intervals", tags=["intervals"], dependencies=[needs(Right.REVIEW_FEEDBACK)]
)
MOST_POSITION = 1_000_000
SetPath = Annotated[str, Path(max_length=64)]
Position = Annotated[int, Path(ge=0, le=MOST_POSITION)]
PROPOSALS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string", "description": "start,end,label,score with headers"}},
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "{start, end, label, score?} a line"}
            },
        },
    }
}


class IntervalForm(StrEnum):
    """A form of file."""

    CSV = "csv"
    JSONL = "jsonl"


class LabelTitle(Body):
    """A label's name for people."""

    zh: Name
    en: Name


class IntervalLabelBody(Body):
    """A label to choose from."""

    name: Name
    title: LabelTitle
    colour: Name


class IntervalSetBody(Body):
    """A set to make: which points are shown together, when, and what is marked on them."""

    name: Name
    kind: IntervalKind
    labels: Annotated[list[IntervalLabelBody], Field(max_length=100)]
    points: Annotated[list[Name], Field(max_length=100)]
    start: Annotated[AwareDatetime, Field(alias="from")]
    end: Annotated[AwareDatetime, Field(alias="to")]
    task_s: Annotated[int, Field(ge=0, le=10_000_000)] = 86_400
    reviewers: Annotated[int, Field(ge=0, le=100)] = 2
    sample_s: Annotated[int, Field(ge=0, le=10_000_000)] = 60
    tolerance_s: Annotated[int, Field(ge=0, le=10_000_000)] = 300


class IntervalBody(Body):
    """An interval with a label; `to` is not included."""

    start: Annotated[AwareDatetime, Field(alias="from")]
    end: Annotated[AwareDatetime, Field(alias="to")]
    label: Name


class IntervalsBody(Body):
    """What somebody marks in a window; `version` is that of the label they read, 0 where there was none."""

    intervals: Annotated[list[IntervalBody], Field(max_length=1000)]
    version: Annotated[int, Field(ge=0, le=MOST_POSITION)] = 0


class BadTextError(InvalidInputError):
    """A file of intervals is no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalSetList:
    """The sets of a campus, newest first."""

    sets: tuple[IntervalSet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """How many intervals are proposed now."""

    kept: int


@router.post("", status_code=201)
def add_interval_set(
    campus: CampusPath, body: IntervalSetBody, house: HouseDep, caller: CallerDep
) -> IntervalSet:
    """Make a set: points and a span of time, cut into windows in which reviewers mark intervals."""
    return house.intervals.add(
        IntervalSet(
            id=IntervalSetId(""),
            campus_id=campus,
            name=body.name,
            kind=body.kind,
            labels=tuple(
                IntervalLabel(name=one.name, title=Text(one.title.zh, one.title.en), colour=one.colour)
                for one in body.labels
            ),
            points=tuple(PointId(FeatureId(point)) for point in body.points),
            start=body.start,
            end=body.end,
            task_s=body.task_s or 1,
            reviewers=body.reviewers,
            sample_s=body.sample_s,
            tolerance_s=body.tolerance_s,
            made_by=caller.name,
            made_at=datetime.fromtimestamp(0, UTC),
        )
    )


@router.get("")
def list_interval_sets(campus: CampusPath, house: HouseDep) -> IntervalSetList:
    """Return the sets of a campus, newest first."""
    return IntervalSetList(sets=house.intervals.all(campus))


@router.get("/{set_id}")
def get_interval_set(campus: CampusPath, set_id: SetPath, house: HouseDep) -> IntervalSet:
    """Return a set."""
    return house.intervals.find(campus, set_id)


@router.delete("/{set_id}", status_code=204)
def remove_interval_set(campus: CampusPath, set_id: SetPath, house: HouseDep) -> None:
    """Forget a set with its labels and proposals."""
    house.intervals.remove(campus, set_id)


@router.get("/{set_id}/next")
def next_interval_task(
    campus: CampusPath,
    set_id: SetPath,
    house: HouseDep,
    caller: CallerDep,
    after: Annotated[int, Query(ge=-1, le=MOST_POSITION)] = -1,
) -> NextIntervalTask:
    """Return the window that the caller labels next, behind a position, and how far they are."""
    return house.intervals.next(campus, set_id, caller.name, after=after)


@router.get("/{set_id}/windows/{position}")
def get_interval_task(
    campus: CampusPath, set_id: SetPath, position: Position, house: HouseDep, caller: CallerDep
) -> IntervalTask:
    """Return one window with the caller's own intervals and what programs propose."""
    return house.intervals.task(campus, set_id, position, caller.name)


@router.put("/{set_id}/windows/{position}/label")
def save_intervals(
    campus: CampusPath,
    set_id: SetPath,
    position: Position,
    body: IntervalsBody,
    house: HouseDep,
    caller: CallerDep,
) -> IntervalAnnotation:
    """Keep what the caller marks in a window; none is an answer too."""
    return house.intervals.save(
        campus, set_id, position, _marked(body), reviewer=caller.name, version=body.version
    )


@router.put("/{set_id}/windows/{position}/decision")
def decide_intervals(
    campus: CampusPath,
    set_id: SetPath,
    position: Position,
    body: IntervalsBody,
    house: HouseDep,
    caller: CallerDep,
) -> LabelledIntervals:
    """Adjudicate: keep the final intervals of a window that enough reviewers have labelled."""
    return house.intervals.decide(
        campus, set_id, position, _marked(body), reviewer=caller.name, version=body.version
    )


@router.get("/{set_id}/agreement")
def interval_agreement(campus: CampusPath, set_id: SetPath, house: HouseDep) -> IntervalReport:
    """Return how far each two reviewers agree, and how many windows are open, agreed, disputed and decided."""
    return house.intervals.agreement(campus, set_id)


@router.get("/{set_id}/windows")
def list_labelled_windows(
    campus: CampusPath,
    set_id: SetPath,
    house: HouseDep,
    state: LabelState = LabelState.DISPUTED,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=MOST_POSITION)] = 0,
) -> LabelledWindowPage:
    """Return the windows in a state with everybody's intervals; of those still open, none."""
    return house.intervals.in_state(campus, set_id, state, limit=limit, offset=offset)


@router.post("/{set_id}/proposals", openapi_extra=PROPOSALS)
async def propose_intervals(
    request: Request,
    campus: CampusPath,
    set_id: SetPath,
    house: HouseDep,
    source: Annotated[Name, Query(min_length=1)],
) -> Proposed:
    """Keep intervals that a program predicted, in the place of its earlier ones; reviewers see them as proposals."""
    try:
        text = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTextError(
            Text(f"文件不是 UTF-8 文本：{error}", f"The file is no text in UTF-8: {error}"),
            field="body",
            hint=Text("另存为 UTF-8。", "Save it as UTF-8."),
        ) from error
    kept = await run_in_threadpool(house.intervals.propose, campus, set_id, source, text)
    return Proposed(kept=kept)


@router.get(
    "/{set_id}/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"application/x-ndjson": {}, "text/csv": {}},
            "description": "The intervals, one a line",
        }
    },
)
def export_intervals(
    campus: CampusPath,
    set_id: SetPath,
    house: HouseDep,
    labels: IntervalLabels = IntervalLabels.FINAL,
    form: IntervalForm = IntervalForm.JSONL,
) -> StreamingResponse:
    """Return intervals as JSON Lines or CSV: the final ones, those of every reviewer, or the proposed ones."""
    house.intervals.find(campus, set_id)
    lines = interval_lines(house.intervals.export_rows(campus, set_id, labels), form.value)
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8" if form is IntervalForm.CSV else "application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="intervals-{labels.value}.{form.value}"'},
    )


def _marked(body: IntervalsBody) -> tuple[MarkedInterval, ...]:
    return tuple(MarkedInterval(start=one.start, end=one.end, label=one.label) for one in body.intervals)
