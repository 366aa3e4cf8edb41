"""People in places, as they are expected."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from yuanli.api.bodies import Name
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import FeatureId
from yuanli.operations import ExpectedPeople, Right

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
