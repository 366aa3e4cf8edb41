"""What people say of readings, over the rules: set, listed, taken back, and given to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, Field

from yuanli.api.bodies import Body, Line
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import PointId
from yuanli.operations import KeptOverrule, ReadingVerdict, Right

router = APIRouter(prefix="/campuses/{campus}", tags=["overrules"])
PointPath = Annotated[PointId, Path(max_length=200)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class OverruleBody(Body):
    """What the readings from `from` to `to` (both included) are; `value` comes with `estimated` alone."""

    start: Annotated[AwareDatetime, Field(alias="from")]
    end: Annotated[AwareDatetime, Field(alias="to")]
    verdict: ReadingVerdict
    value: Annotated[float | None, Field(allow_inf_nan=False)] = None
    note: Line = ""


class ReviewBody(Body):
    """Whether a second person agrees."""

    agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OverruleList:
    """What people say of a point, newest first."""

    overrules: tuple[KeptOverrule, ...]


@router.post("/points/{point:path}/overrules", status_code=201, dependencies=[needs(Right.JUDGE_READINGS)])
def set_overrule(
    campus: CampusPath, point: PointPath, body: OverruleBody, house: HouseDep, caller: CallerDep
) -> KeptOverrule:
    """Say what the readings of an interval are: it holds at once and wins over every rule, also for late readings."""
    return house.overruling.overrule(
        campus, point, body.start, body.end,
        verdict=body.verdict, value=body.value, note=body.note, who=caller.name,
    )  # fmt: skip


@router.get("/points/{point:path}/overrules", dependencies=[needs(Right.SEE_READINGS)])
def list_overrules(
    campus: CampusPath, point: PointPath, house: HouseDep, undone: bool = False
) -> OverruleList:
    """Return what people say of a point, newest first; with `undone` what was taken back too."""
    return OverruleList(overrules=house.overruling.list(campus, point, undone=undone))


@router.delete("/points/{point:path}/overrules/{number}", dependencies=[needs(Right.JUDGE_READINGS)])
def undo_overrule(
    campus: CampusPath, point: PointPath, number: Number, house: HouseDep, caller: CallerDep
) -> KeptOverrule:
    """Take a word back: the readings are judged by the rules again. It stays kept who said and who took it back."""
    return house.overruling.undo(campus, point, number, who=caller.name)


@router.put("/points/{point:path}/overrules/{number}/review", dependencies=[needs(Right.JUDGE_READINGS)])
def review_overrule(
    campus: CampusPath, point: PointPath, number: Number, body: ReviewBody, house: HouseDep, caller: CallerDep
) -> KeptOverrule:
    """Say whether you agree with somebody else's word; one that is disputed holds, and is not learnt from."""
    return house.overruling.review(campus, point, number, agreed=body.agreed, who=caller.name)


@router.get(
    "/overrules/export",
    dependencies=[needs(Right.JUDGE_READINGS)],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}, "description": "The overrules, one a line"}},
)
def export_overrules(campus: CampusPath, house: HouseDep) -> StreamingResponse:
    """Return what people said of readings as JSON Lines: point, interval, what the rules had found, the verdict."""
    return StreamingResponse(
        house.overruling.export(campus),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="overrules.jsonl"'},
    )
