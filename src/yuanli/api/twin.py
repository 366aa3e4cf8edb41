"""The twin: what every space and device is like, at once, over time, and live."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from yuanli.api.bodies import Name
from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.events import stream
from yuanli.api.readings import From, Until
from yuanli.api.twin_live import TwinChannels
from yuanli.campus import FeatureId
from yuanli.operations import Every, PlaceDetail, Right, TwinHistory, TwinQuantity, TwinState

router = APIRouter(tags=["twin"], dependencies=[needs(Right.SEE_READINGS)])

At = Annotated[AwareDatetime | None, Query(description="A time with a zone; now without")]
Ordinal = Annotated[
    float | None,
    Query(description="Only spaces and devices of this level, beside buildings", ge=-1000, le=1000),
]


@router.get("/campuses/{campus}/twin", response_model_exclude_none=True)
def show_twin(campus: CampusPath, house: HouseDep, at: At = None, level: Ordinal = None) -> TwinState:
    """Return what every space and device is like at a time, from the newest readings that hold then."""
    return house.twin.state(campus, at or house.now(), ordinal=level)


@router.get(
    "/campuses/{campus}/twin/live",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {}},
            "description": "Events `snapshot`: TwinState; `delta`: TwinState with what has changed",
        }
    },
)
async def follow_twin(campus: CampusPath, request: Request, level: Ordinal = None) -> StreamingResponse:
    """Send the whole state, then what changes. Who can't keep up gets a whole state again."""
    channels: TwinChannels = request.app.state.twin_channels
    return stream(channels.listen(await channels.join(campus, level)))


@router.get("/campuses/{campus}/twin/history")
def twin_history(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    quantity: TwinQuantity = TwinQuantity.TEMPERATURE,
    every: Every = Every.HOUR,
    level: Ordinal = None,
    place: Annotated[Name | None, Query(description="Only this space, level, building or the site")] = None,
) -> TwinHistory:
    """Return one quantity of all spaces, or of one, in frames of a quarter, an hour or a day; at most 400."""
    only = (FeatureId(place),) if place else None
    return house.twin.history(campus, quantity, start, end, every=every, ordinal=level, places=only)


@router.get("/campuses/{campus}/twin/places/{place}", response_model_exclude_none=True)
def show_twin_place(campus: CampusPath, house: HouseDep, place: Name, at: At = None) -> PlaceDetail:
    """Return what one space, level or building is like at a time, with its devices and points."""
    return house.twin.place(campus, FeatureId(place), at or house.now())
