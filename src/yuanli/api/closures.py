"""What is closed: doors, lifts, rooms, areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from yuanli.api.bodies import Body, Bounded, Line, Names, parse_geometry
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import Campus, Closure, ClosureRequest, FeatureId, LanguageMap, label_of
from yuanli.operations import Right

router = APIRouter(tags=["closures"])


class ClosureBody(Body):
    """What to close, an area of one ordinal or of all, from when until when, and why."""

    feature_ids: Bounded = Field(default_factory=list)
    geometry: dict[str, Any] | None = None
    ordinal: Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)] | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    reason: Names = Field(default_factory=dict)
    why: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClosure:
    """A closure; `labels` name what it closes, `active` tells whether it holds now."""

    id: FeatureId
    feature_ids: tuple[FeatureId, ...]
    labels: tuple[LanguageMap, ...]
    geometry: Mapping[str, Any] | None
    ordinal: float | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: LanguageMap
    active: bool


@router.get("/campuses/{campus}/closures", dependencies=[needs(Right.SEE_PLACE)])
def list_closures(campus: CampusPath, house: HouseDep) -> tuple[ShownClosure, ...]:
    """Return the closures, also those to come and past."""
    place, now = house.places.campus(campus), house.now()
    return tuple(_shown(place, closure, now) for closure in place.of(Closure))


@router.post("/campuses/{campus}/closures", status_code=201, dependencies=[needs(Right.EDIT_PLACE)])
def close(campus: CampusPath, body: ClosureBody, house: HouseDep, caller: CallerDep) -> ShownClosure:
    """Close features or an area; the next route avoids it. A closed lift is a closure of its unit."""
    request = ClosureRequest(
        feature_ids=tuple(FeatureId(feature_id) for feature_id in body.feature_ids),
        geometry=None if body.geometry is None else parse_geometry(body.geometry),
        ordinal=body.ordinal,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
    )
    why = body.why or next(iter(body.reason.values()), "")
    closure = house.places.close(campus, request, who=caller.name, why=why)
    return _shown(house.places.campus(campus), closure, house.now())


@router.delete(
    "/campuses/{campus}/closures/{closure_id}", status_code=204, dependencies=[needs(Right.EDIT_PLACE)]
)
def reopen(
    campus: CampusPath,
    closure_id: str,
    house: HouseDep,
    caller: CallerDep,
    why: Annotated[Line, Query()] = "",
) -> None:
    """Re-open what a closure closed."""
    house.places.reopen(campus, closure_id, who=caller.name, why=why)


def is_active(closure: Closure, now: datetime) -> bool:
    """Return whether a closure holds at a time."""
    begun = closure.starts_at is None or closure.starts_at <= now
    return begun and (closure.ends_at is None or now < closure.ends_at)


def _shown(place: Campus, closure: Closure, now: datetime) -> ShownClosure:
    geometry = closure.geometry
    return ShownClosure(
        id=closure.id,
        feature_ids=closure.feature_ids,
        labels=tuple(label_of(place, feature_id) for feature_id in closure.feature_ids),
        geometry=None if geometry is None else shapely.geometry.mapping(geometry),
        ordinal=closure.ordinal,
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        reason=closure.reason,
        active=is_active(closure, now),
    )
