"""Edits of names, hours and accessibility; revisions and undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from yuanli.api.bodies import Body, Line, Name, Names, Why
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath, FeatureDetail, detail_of
from yuanli.campus import AliasText, Feature, FeatureId, FeaturePatch, Revision, feature_to_json
from yuanli.operations import Right

router = APIRouter(tags=["edits"])


class AliasBody(Body):
    """Another name: `kind` is `alias`, `former`, `short` or `ref`."""

    language: Name
    text: Name
    kind: Name = "alias"


class EditBody(Body):
    """What to change; a field that is left out stays, an empty one is cleared."""

    why: Line = ""
    name: Names | None = None
    alt_name: Names | None = None
    hours: Line | None = None
    accessibility: Annotated[list[Name], Field(max_length=30)] | None = None
    restriction: Name | None = None
    aliases: Annotated[list[AliasBody], Field(max_length=100)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """A feature before and after, as GeoJSON."""

    feature_id: FeatureId
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRevision:
    """What one edit did, who did it, when and why."""

    number: int
    at: datetime
    who: str
    why: str
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The new revision, and the feature after it."""

    revision: int
    feature: FeatureDetail


@router.patch("/campuses/{campus}/features/{feature_id:path}", dependencies=[needs(Right.EDIT_PLACE)])
def edit_feature(
    campus: CampusPath, feature_id: FeatureId, body: EditBody, house: HouseDep, caller: CallerDep
) -> Edited:
    """Edit one feature; the edit is a revision that can be undone."""
    patch = FeaturePatch(
        name=body.name,
        alt_name=body.alt_name,
        hours=body.hours,
        accessibility=None if body.accessibility is None else tuple(body.accessibility),
        restriction=body.restriction,
        aliases=None
        if body.aliases is None
        else tuple(AliasText(alias.language, alias.text, alias.kind) for alias in body.aliases),
    )
    revision = house.places.edit(campus, feature_id, patch, who=caller.name, why=body.why)
    return Edited(revision=revision.number, feature=detail_of(house.places.campus(campus), feature_id))


@router.get("/campuses/{campus}/revisions", dependencies=[needs(Right.SEE_REPORTS)])
def list_revisions(campus: CampusPath, house: HouseDep) -> tuple[ShownRevision, ...]:
    """Return the revisions of a campus, newest first."""
    return tuple(_shown(revision) for revision in house.places.revisions(campus))


@router.post("/campuses/{campus}/revisions/{number}/undo", dependencies=[needs(Right.EDIT_PLACE)])
def undo_revision(
    campus: CampusPath,
    number: Annotated[int, Path(ge=1, le=2_000_000_000)],
    body: Why,
    house: HouseDep,
    caller: CallerDep,
) -> ShownRevision:
    """Take one revision back, by a new revision."""
    return _shown(house.places.undo(campus, number, who=caller.name, why=body.why))


def _shown(revision: Revision) -> ShownRevision:
    return ShownRevision(
        number=revision.number,
        at=revision.at,
        who=revision.who,
        why=revision.why,
        changes=tuple(
            ShownChange(feature_id=change.feature_id, before=_json(change.before), after=_json(change.after))
            for change in revision.changes
        ),
    )


def _json(feature: Feature | None) -> Mapping[str, Any] | None:
    return None if feature is None else feature_to_json(feature)
