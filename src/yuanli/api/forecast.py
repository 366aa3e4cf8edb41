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
from yuanli.operations import ForecastRecord, NextState, Night, PointForecast, Right, StateForecast

router = APIRouter(tags=["forecast"])
MOST_POINTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastList:
    """A forecast a point."""

    forecasts: tuple[PointForecast, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightProgress:
    """How a night's forecasts went, and how much of them is done, 0–1; `ended_at` is empty while they are made."""

    night: Night
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NightList:
    """The last nights, the newest first."""

    nights: tuple[NightProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordList:
    """How good the last nights were, a record a point."""

    records: tuple[ForecastRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStateList:
    """The next states of a device, or of what stands in a place."""

    states: tuple[NextState, ...]


@router.get("/campuses/{campus}/forecast", dependencies=[needs(Right.SEE_READINGS)])
def forecast_points(
    campus: CampusPath,
    house: HouseDep,
    point: Annotated[list[Name], Query(description="Ids of points", min_length=1, max_length=MOST_POINTS)],
    hours: Annotated[int, Query(ge=1, le=336)] = 24,
    anew: Annotated[
        bool, Query(description="Compute it now, even where a night's forecast is fresh")
    ] = False,
) -> ForecastList:
    """Return what points will measure hour by hour, within which bounds, by which method and why.

    It is told as the last night made it (`made_at`), with days too, while that is fresh; else it is computed now.
    """
    ids = [PointId(FeatureId(name)) for name in point]
    ahead = timedelta(hours=hours)
    return ForecastList(forecasts=house.forecasts.forecast(campus, ids, ahead, house.now(), anew=anew))


@router.get("/campuses/{campus}/forecast/nights", dependencies=[needs(Right.SEE_READINGS)])
def list_forecast_nights(campus: CampusPath, house: HouseDep) -> NightList:
    """Return how the last nights' forecasts went: how far, how many, what failed and why."""
    nights = house.nightly.nights(campus)
    return NightList(nights=tuple(NightProgress(night=one, share=one.share) for one in nights))


@router.get("/campuses/{campus}/forecast/records", dependencies=[needs(Right.SEE_READINGS)])
def forecast_records(
    campus: CampusPath,
    house: HouseDep,
    point: Annotated[list[Name], Query(description="Ids of points", min_length=1, max_length=MOST_POINTS)],
    nights: Annotated[int, Query(ge=1, le=14)] = 7,
) -> RecordList:
    """Return what the last nights said of points against what came: errors, last week's, and intervals that held."""
    ids = [PointId(FeatureId(name)) for name in point]
    return RecordList(records=house.forecasts.records(campus, ids, nights, house.now()))


@router.get("/campuses/{campus}/points/{point}/state-forecast", dependencies=[needs(Right.SEE_READINGS)])
def forecast_state(
    campus: CampusPath, house: HouseDep, point: Name, minutes: Annotated[int, Query(ge=2, le=360)] = 30
) -> StateForecast:
    """Return which state a point will be in, how sure that is, and how good such answers were on days left out."""
    ahead = timedelta(minutes=minutes)
    return house.states.forecast(campus, PointId(FeatureId(point)), ahead, house.now())


@router.get("/campuses/{campus}/state-forecasts", dependencies=[needs(Right.SEE_READINGS)])
def forecast_states_of(
    campus: CampusPath,
    house: HouseDep,
    of: Annotated[Name, Query(description="Id of a device or a place")],
    minutes: Annotated[int, Query(ge=2, le=360)] = 30,
) -> NextStateList:
    """Return the next states of a device, or of what stands in a place, each with how good such answers were."""
    ahead = timedelta(minutes=minutes)
    return NextStateList(states=house.states.next_states(campus, of, ahead, house.now()))
