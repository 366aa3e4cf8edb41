"""What is unusual in a park, and what changes saved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from yuanli.api.bodies import Name
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.readings import From, Until
from yuanli.campus import FeatureId, PointId
from yuanli.operations import AnomalyKind, AnomalyQuery, AnomalyReport, Right, SavingsPeriod, SavingsReport

router = APIRouter(prefix="/campuses/{campus}", tags=["anomalies"])
Price = Annotated[float | None, Query(ge=0, lt=1e6, allow_inf_nan=False, description="Of a kWh")]


@router.get("/anomalies", dependencies=[needs(Right.SEE_REPORTS)])
def list_anomalies(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    kind: Annotated[list[AnomalyKind] | None, Query(description="All without")] = None,
    place: Annotated[Name | None, Query(description="A building, level, space, device or point")] = None,
    price: Price = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> AnomalyReport:
    """Return what is unusual, with evidence, likely causes, the cost so far, and how many alarms a point raises.

    It is told as it was last computed, at most six hours ago (`computed_at`); for a few points, such as those of a
    device, it is computed now.
    """
    query = AnomalyQuery(
        kinds=frozenset(kind or AnomalyKind), place=place or None, price_kwh=price, limit=limit
    )
    return house.anomalies.find(campus, start, end, house.now(), query)


@router.get("/savings", dependencies=[needs(Right.SEE_REPORTS)])
def measure_savings(
    campus: CampusPath,
    house: HouseDep,
    meter: Annotated[Name, Query(description="A power, or a register of energy")],
    before_from: Annotated[AwareDatetime, Query(description="Begin of the baseline")],
    before_to: Annotated[AwareDatetime, Query(description="Its end, not included")],
    after_from: Annotated[AwareDatetime, Query(description="Begin of the period that is measured")],
    after_to: Annotated[AwareDatetime, Query(description="Its end, not included")],
    people: Annotated[Name | None, Query(description="A count of people to adjust for")] = None,
    price: Price = None,
) -> SavingsReport:
    """Return what a meter saved against a baseline, adjusted for weather, calendar and people, with its interval."""
    return house.savings.measure(
        campus,
        PointId(FeatureId(meter)),
        SavingsPeriod(start=before_from, end=before_to),
        SavingsPeriod(start=after_from, end=after_to),
        people=PointId(FeatureId(people)) if people else None,
        price_kwh=price,
    )
