"""People in places, as they are expected."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from yuanli.api.bodies import Name
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import FeatureId
from yuanli.operations import ExpectedPeople, PeopleFlow, Right

router = APIRouter(tags=["people"])


@router.get("/campuses/{campus}/people/forecast", dependencies=[needs(Right.SEE_READINGS)])
def forecast_people(
    campus: CampusPath,
    house: HouseDep,
    place: Name | None = None,
    hours: Annotated[int, Query(ge=1, le=336)] = 36,
) -> ExpectedPeople:
    """Return how many people are expected in a place, or on the site, within which bounds."""
    where = None if place is None else FeatureId(place)
    found = house.places.campus(campus)
    ahead = timedelta(hours=hours)
    return house.people_forecasts.expected(found, where, ahead, house.now())


@router.get("/campuses/{campus}/people/flow", dependencies=[needs(Right.SEE_READINGS)])
def people_flow(
    campus: CampusPath,
    house: HouseDep,
    place: Name | None = None,
    day: Annotated[date | None, Query(description="Of the park's clock; today without")] = None,
) -> PeopleFlow:
    """Return how many people came in and went out by the doors of a building or the site, hour by hour of a day."""
    now = house.now()
    zone = ZoneInfo(house.places.campus(campus).time_zone)
    where = None if place is None else FeatureId(place)
    return house.people.day(campus, day or now.astimezone(zone).date(), where, now)
