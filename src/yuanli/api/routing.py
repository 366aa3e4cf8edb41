"""Ways: from here to there, the nearest, how long, how far, and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from yuanli.api import bodies
from yuanli.api.bodies import Body, Bounded
from yuanli.api.callers import AREAS, CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.operations import Right, RouteRequest
from yuanli.routing import Exit, Matrix, Nearby, Route

router = APIRouter(tags=["routing"])
MOST_PAIRS = 10_000


def _near_time(at: datetime) -> datetime:
    if not 1970 <= at.year <= 9000:
        raise PydanticCustomError("whole_year", "{year} is no year to walk in", {"year": at.year})
    return at


Place = Annotated[bodies.Query, Query(description="A feature id, a name, or `lon,lat[,level]`")]
Profile = Annotated[
    str, Query(max_length=40, description="walk, wheelchair, stroller, bike, staff, evacuation")
]
At = Annotated[datetime, AfterValidator(_near_time)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The best way first, then its alternatives."""

    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyList:
    """Facilities by time on the way."""

    results: tuple[Nearby, ...]


class MatrixBody(Body):
    """Origins and destinations: ids, names or `lon,lat[,level]`."""

    origins: Annotated[Bounded, Field(alias="from", min_length=1)]
    destinations: Annotated[Bounded, Field(alias="to", min_length=1)]
    profile: Annotated[str, Field(max_length=40)] = "walk"
    at: At | None = None


async def route_request(
    house: HouseDep,
    caller: CallerDep,
    origin: Annotated[Place, Query(alias="from")],
    to: Place,
    via: Annotated[list[bodies.Query] | None, Query(max_length=20)] = None,
    profile: Profile = "walk",
    at: Annotated[At | None, Query(description="Departure; without a zone it is the campus's time")] = None,
    avoid: Annotated[list[bodies.Query] | None, Query(max_length=50)] = None,
    order: Annotated[str, Query(max_length=10, description="given or best")] = "given",
    alternatives: Annotated[int, Query(ge=0, le=3)] = 0,
    language: Annotated[str | None, Query(max_length=20)] = None,
) -> RouteRequest:
    """Read the request for a route from the query."""
    return RouteRequest(
        origin=origin,
        destination=to,
        via=tuple(via or ()),
        profile=profile,
        at=at,
        avoid=tuple(avoid or ()),
        order=order,
        alternatives=alternatives,
        language=language or house.settings.language,
        roles=AREAS[caller.role],
    )


RouteRequestDep = Annotated[RouteRequest, Depends(route_request)]


@router.get("/campuses/{campus}/route", dependencies=[needs(Right.ASK_WAY)])
def route(campus: CampusPath, house: HouseDep, request: RouteRequestDep) -> Routes:
    """Return the best way between two places, and alternatives where asked for."""
    guide = house.guidance.guide(campus)
    return Routes(routes=guide.routes(request, now=house.now()))


@router.get("/campuses/{campus}/nearest", dependencies=[needs(Right.ASK_WAY)])
def nearest(
    campus: CampusPath,
    house: HouseDep,
    caller: CallerDep,
    origin: Annotated[Place, Query(alias="from")],
    kind: Annotated[str, Query(max_length=100, description="toilet, canteen, atm, … in Chinese or English")],
    count: Annotated[int, Query(ge=1, le=50)] = 3,
    profile: Profile = "walk",
    at: At | None = None,
    open_now: bool = False,
    accessible: bool = False,
) -> NearbyList:
    """Return the nearest facilities of a kind, by time on the way."""
    found = house.guidance.guide(campus).nearest(
        origin,
        kind,
        now=house.now(),
        count=count,
        profile=profile,
        at=at,
        open_now=open_now,
        accessible=accessible,
        roles=AREAS[caller.role],
    )
    return NearbyList(results=found)


@router.post("/campuses/{campus}/matrix", dependencies=[needs(Right.ASK_WAY)])
def matrix(campus: CampusPath, body: MatrixBody, house: HouseDep, caller: CallerDep) -> Matrix:
    """Return times and lengths from each origin to each destination."""
    return house.guidance.guide(campus).matrix(
        tuple(body.origins),
        tuple(body.destinations),
        now=house.now(),
        profile=body.profile,
        at=body.at,
        roles=AREAS[caller.role],
    )


@router.get("/campuses/{campus}/isochrone", dependencies=[needs(Right.ASK_WAY)])
def isochrone(
    campus: CampusPath,
    house: HouseDep,
    caller: CallerDep,
    origin: Annotated[Place, Query(alias="from")],
    minutes: Annotated[list[Annotated[float, Field(gt=0, le=240)]] | None, Query(max_length=10)] = None,
    profile: Profile = "walk",
    at: At | None = None,
) -> dict[str, Any]:
    """Return what is reached within so many minutes, as a GeoJSON FeatureCollection, an area a level."""
    areas = house.guidance.guide(campus).isochrone(
        origin,
        tuple(minutes or (5.0, 10.0)),
        now=house.now(),
        profile=profile,
        at=at,
        roles=AREAS[caller.role],
    )
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": area.geometry,
                "properties": {"minutes": area.minutes, "ordinal": area.ordinal},
            }
            for area in areas
        ],
    }


@router.get("/campuses/{campus}/exits", dependencies=[needs(Right.ASK_WAY)])
def exits(campus: CampusPath, house: HouseDep, profile: Profile = "evacuation") -> tuple[Exit, ...]:
    """Return everyone's nearest exit."""
    return house.guidance.guide(campus).exits(now=house.now(), profile=profile)
