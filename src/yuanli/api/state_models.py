"""Models of the next state of a point: trained on this installation's own history, beside the requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.state_jobs import StateTrainingJob, StateTrainingJobs
from yuanli.campus import FeatureId, PointId
from yuanli.operations import IntervalSet, Right, StateOrder

router = APIRouter(prefix="/campuses/{campus}", tags=["forecast"])


class StateTrainingBody(Body):
    """What to train: how far ahead, on how many days, with which set of intervals as truth."""

    minutes: Annotated[int, Field(ge=2, le=360)] = 30
    days: Annotated[int, Field(ge=3, le=180)] = 28
    labels: Name | None = None
    network: bool = False


@router.post("/points/{point}/state-models", status_code=202, dependencies=[needs(Right.MANAGE_MODELS)])
def train_states(
    campus: CampusPath, point: Name, body: StateTrainingBody, request: Request, caller: CallerDep
) -> StateTrainingJob:
    """Learn a point's next state beside the requests; the model is a candidate until it is promoted."""
    order = StateOrder(
        ahead=timedelta(minutes=body.minutes), past=timedelta(days=body.days), labels=body.labels,
        network=body.network,
    )  # fmt: skip
    return _jobs(request).start(campus, PointId(FeatureId(point)), order, who=caller.name)


@router.get("/state-models/{job_id}", dependencies=[needs(Right.MANAGE_MODELS)])
def state_training(
    campus: CampusPath, job_id: Annotated[str, Path(max_length=64)], request: Request
) -> StateTrainingJob:
    """Return how far a training is, and at its end how good the model and the plain answers were on days left out."""
    return _jobs(request).get(campus, job_id)


@router.get("/points/{point}/state-labels", dependencies=[needs(Right.MANAGE_MODELS)])
def list_state_labels(campus: CampusPath, point: Name, house: HouseDep) -> list[IntervalSet]:
    """Return the sets of intervals whose decided labels can be the truth of a point's states, newest first."""
    return list(house.intervals.fit_for(campus, PointId(FeatureId(point))))


def _jobs(request: Request) -> StateTrainingJobs:
    jobs: StateTrainingJobs = request.app.state.state_training
    return jobs
