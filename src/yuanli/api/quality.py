"""The points of a campus, how good their readings are, and judging them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime, Field

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.judging import JudgingJob, JudgingJobs
from yuanli.api.readings import From, Until
from yuanli.campus import FeatureId, PointId
from yuanli.operations import PointReasons, PointRow, QualityReport, Right, point_rows

router = APIRouter(prefix="/campuses/{campus}", tags=["quality"])
MOST_POINTS = 100


class JudgeBody(Body):
    """What to judge anew: what readings from `from` to `to` may change, or all."""

    start: Annotated[AwareDatetime | None, Field(alias="from")] = None
    end: Annotated[AwareDatetime | None, Field(alias="to")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointList:
    """The points of a campus, in the order of its map."""

    points: tuple[PointRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonList:
    """What the rules found, by point."""

    points: tuple[PointReasons, ...]


@router.get("/points", dependencies=[needs(Right.SEE_READINGS)])
def list_points(campus: CampusPath, house: HouseDep) -> PointList:
    """Return the points of a campus: what each measures, of which device, in which place."""
    return PointList(points=point_rows(house.places.campus(campus)))


@router.get("/quality", dependencies=[needs(Right.SEE_REPORTS)])
def data_quality(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 200,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> QualityReport:
    """Return how good readings are by point and day, by the worst of each hour; the worst points first."""
    return house.quality.report(campus, start, end, now=house.now(), limit=limit, offset=offset)


@router.get("/quality/reasons", dependencies=[needs(Right.SEE_REPORTS)])
def quality_reasons(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    point: Annotated[list[Name], Query(description="Ids of points", min_length=1, max_length=MOST_POINTS)],
) -> ReasonList:
    """Return how many readings of points are of which quality, and what the rules found in them."""
    ids = list(dict.fromkeys(PointId(FeatureId(name)) for name in point))
    return ReasonList(points=house.quality.reasons(campus, ids, start, end))


@router.post("/quality/judgements", status_code=202, dependencies=[needs(Right.JUDGE_READINGS)])
def judge_again(campus: CampusPath, request: Request, body: JudgeBody) -> JudgingJob:
    """Judge readings anew beside the requests; while a campus is being judged, that job is returned."""
    return _jobs(request).start(campus, body.start, body.end)


@router.get("/quality/judgements/{job_id}", dependencies=[needs(Right.JUDGE_READINGS)])
def judging_state(
    campus: CampusPath, job_id: Annotated[str, Path(max_length=64)], request: Request
) -> JudgingJob:
    """Return how far the judging is."""
    return _jobs(request).get(campus, job_id)


def _jobs(request: Request) -> JudgingJobs:
    jobs: JudgingJobs = request.app.state.judging
    return jobs
