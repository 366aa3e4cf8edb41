"""What points will measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from yuanli.api.bodies import Name
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import FeatureId, PointId
from yuanli.operations import PointForecast, Right, StateForecast

router = APIRouter(tags=["forecast"])
MOST_POINTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastList:
    """A forecast a point."""

    forecasts: tuple[PointForecast, ...]


@router.get("/campuses/{campus}/forecast", dependencies=[needs(Right.SEE_READINGS)])
def forecast_points(
    campus: CampusPath,
    house: HouseDep,
    point: Annotated[list[Name], Query(description="Ids of points", min_length=1, max_length=MOST_POINTS)],
    hours: Annotated[int, Query(ge=1, le=336)] = 24,
) -> ForecastList:
    """Return what points will measure hour by hour, within which bounds, by which method and why."""
    ids = [PointId(FeatureId(name)) for name in point]
    ahead = timedelta(hours=hours)
    return ForecastList(forecasts=house.forecasts.forecast(campus, ids, ahead, house.now()))


@router.get("/campuses/{campus}/points/{point}/state-forecast", dependencies=[needs(Right.SEE_READINGS)])
def forecast_state(
    campus: CampusPath, house: HouseDep, point: Name, minutes: Annotated[int, Query(ge=2, le=360)] = 30
) -> StateForecast:
    """Return which state a point will be in, how sure that is, and how good such answers were on days left out."""
    ahead = timedelta(minutes=minutes)
    return house.states.forecast(campus, PointId(FeatureId(point)), ahead, house.now())
