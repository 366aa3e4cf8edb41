"""The kept campuses: what is where, found by name, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Path, Query

from yuanli.api import bodies
from yuanli.api.callers import HouseDep, needs
from yuanli.campus import (
    TABLE_OF,
    TABLES,
    Alias,
    Building,
    Campus,
    CampusId,
    Feature,
    FeatureNotFoundError,
    Finding,
    LanguageMap,
    Level,
    Spot,
    Unit,
    Venue,
    feature_to_json,
    label_of,
)
from yuanli.errors import Text
from yuanli.operations import CampusSummary, Found, Right

router = APIRouter(tags=["campus"])
CampusPath = Annotated[CampusId, Path(alias="campus", max_length=200)]
FAR_DEG = 0.3
"""Features farther than this from the middle of the campus don't widen its bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storey:
    """A level of a building."""

    id: str
    ordinal: float
    name: LanguageMap
    short_name: LanguageMap
    outdoor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingDetail:
    """A building in the tree of a campus; `bounds` are west, south, east, north."""

    id: str
    name: LanguageMap
    alt_name: LanguageMap
    category: str
    height_m: float | None
    storeys: float | None
    bounds: tuple[float, float, float, float] | None
    levels: tuple[Storey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampusDetail:
    """A campus as the console opens it; `levels` are those of no building."""

    summary: CampusSummary
    bounds: tuple[float, float, float, float] | None
    center: tuple[float, float] | None
    time_zone: str
    ordinals: tuple[float, ...]
    buildings: tuple[BuildingDetail, ...]
    levels: tuple[Storey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDetail:
    """One feature with where it is and what else it is called."""

    feature: Mapping[str, Any]
    label: LanguageMap
    spot: Spot | None
    level_name: LanguageMap | None
    building_name: LanguageMap | None
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRow:
    """A feature in a table."""

    id: str
    feature_type: str
    category: str | None
    name: LanguageMap
    label: LanguageMap
    properties: Mapping[str, Any]
    spot: Spot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturePage:
    """Some of the features, and how many there are."""

    total: int
    offset: int
    items: tuple[FeatureRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What is wrong with a campus, the worst first."""

    revision: int
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]


@router.get("/campuses", dependencies=[needs(Right.SEE_PLACE)])
def list_campuses(house: HouseDep) -> tuple[CampusSummary, ...]:
    """Return the kept campuses, oldest first."""
    return house.places.summaries()


@router.delete("/campuses/{campus}", status_code=204, dependencies=[needs(Right.IMPORT_PLACE)])
def remove_campus(campus: CampusPath, house: HouseDep) -> None:
    """Forget a campus and its revisions."""
    house.places.remove(campus)


@router.get("/campuses/{campus}", dependencies=[needs(Right.SEE_PLACE)])
def campus_detail(campus: CampusPath, house: HouseDep) -> CampusDetail:
    """Return a campus: its bounds, buildings and levels."""
    place = house.places.campus(campus)
    summary = next(s for s in house.places.summaries() if s.id == place.id)
    bounds = _bounds(place)
    loose = [level for level in place.of(Level) if not level.building_ids]
    return CampusDetail(
        summary=summary,
        bounds=bounds,
        center=bounds and ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2),
        time_zone=place.time_zone,
        ordinals=tuple(sorted({level.ordinal for level in place.of(Level)})),
        buildings=tuple(_building(place, building) for building in place.of(Building)),
        levels=tuple(_storey(level) for level in sorted(loose, key=lambda level: level.ordinal)),
    )


@router.get("/campuses/{campus}/features", dependencies=[needs(Right.SEE_PLACE)])
def list_features(
    campus: CampusPath,
    house: HouseDep,
    feature_type: Annotated[str | None, Query(alias="type", max_length=40)] = None,
    level: Annotated[str | None, Query(max_length=300)] = None,
    q: bodies.Query = "",
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> FeaturePage:
    """Return a page of the features of a table, a level, or with a text in a name, number or id."""
    place = house.places.campus(campus)
    kind = TABLES.get(feature_type) if feature_type else None
    wanted = q.strip().casefold()
    found = [
        feature
        for feature in (place.features.values() if feature_type is None else place.of(kind) if kind else ())
        if (level is None or getattr(feature, "level_id", None) == level) and _says(feature, wanted)
    ]
    rows = tuple(_row(place, feature) for feature in found[offset : offset + limit])
    return FeaturePage(total=len(found), offset=offset, items=rows)


@router.get("/campuses/{campus}/features/{feature_id:path}", dependencies=[needs(Right.SEE_PLACE)])
def feature_detail(campus: CampusPath, feature_id: str, house: HouseDep) -> FeatureDetail:
    """Return one feature, where it is and what else it is called."""
    return detail_of(house.places.campus(campus), feature_id)


@router.get("/campuses/{campus}/find", dependencies=[needs(Right.SEE_PLACE)])
def find_places(
    campus: CampusPath,
    house: HouseDep,
    q: bodies.Query,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    language: Annotated[str | None, Query(max_length=20)] = None,
) -> Found:
    """Find places by any of their names; where nothing fits, say what may have been meant."""
    return house.places.search(campus, q, limit=limit, language=language or house.settings.language)


@router.get("/campuses/{campus}/check", dependencies=[needs(Right.SEE_REPORTS)])
def check(campus: CampusPath, house: HouseDep) -> CheckReport:
    """Return what is wrong with a campus and its walking network, each with its remedy."""
    guide = house.guidance.guide(campus)
    return _report(guide.campus.revision, guide.findings)


@router.get("/campuses/{campus}/repairs", dependencies=[needs(Right.SEE_REPORTS)])
def repairs(campus: CampusPath, house: HouseDep) -> CheckReport:
    """Return what the import of a campus repaired."""
    return _report(house.places.campus(campus).revision, house.places.repairs(campus))


def detail_of(place: Campus, feature_id: str) -> FeatureDetail:
    """Return one feature of a campus with what belongs to it."""
    feature = place.find(feature_id)
    if feature is None:
        raise FeatureNotFoundError(
            Text(
                f"园区 {place.id} 中没有编号为 {feature_id!r} 的要素。",
                f"Campus {place.id} has no feature with id {feature_id!r}.",
            ),
            field="feature_id",
            hint=Text("可按名称搜索。", "Search for it by name."),
        )
    spot = place.spot(feature_id)
    level = place.find(spot.level_id) if spot and spot.level_id else None
    building = place.find(spot.building_id) if spot and spot.building_id else None
    return FeatureDetail(
        feature=feature_to_json(feature),
        label=label_of(place, feature.id),
        spot=spot,
        level_name=getattr(level, "name", None),
        building_name=getattr(building, "name", None),
        aliases=place.aliases_by_feature.get(feature.id, ()),
    )


def _report(revision: int, findings: tuple[Finding, ...]) -> CheckReport:
    counts = Counter(finding.severity.value for finding in findings)
    return CheckReport(
        revision=revision,
        findings=findings,
        counts={name: counts.get(name, 0) for name in ("error", "warning", "info")},
    )


def _building(place: Campus, building: Building) -> BuildingDetail:
    shape = place.outline(building.id)
    return BuildingDetail(
        id=building.id,
        name=building.name,
        alt_name=building.alt_name,
        category=building.category,
        height_m=building.height_m,
        storeys=building.storeys,
        bounds=None if shape is None or shape.is_empty else shape.bounds,
        levels=tuple(_storey(level) for level in place.levels_by_building.get(building.id, ())),
    )


def _storey(level: Level) -> Storey:
    return Storey(
        id=level.id,
        ordinal=level.ordinal,
        name=level.name,
        short_name=level.short_name,
        outdoor=level.outdoor,
    )


def _bounds(place: Campus) -> tuple[float, float, float, float] | None:
    """Return the box around the buildings and rooms, or around everything where there are none."""
    outlines = [shape for b in place.of(Building) if (shape := place.outline(b.id)) is not None]
    drawn: tuple[Unit | Level | Venue, ...] = (*place.of(Unit), *place.of(Level), *place.of(Venue))
    shapes = [*outlines, *(feature.geometry for feature in drawn if feature.geometry is not None)]
    if not shapes:
        everything = (getattr(feature, "geometry", None) for feature in place.features.values())
        shapes = [geometry for geometry in everything if geometry is not None]
    boxes = shapely.bounds(shapes) if shapes else []
    lon, lat = place.frame.lon, place.frame.lat
    near = [
        (w, s, e, n)
        for w, s, e, n in boxes
        if abs(w - lon) < FAR_DEG
        and abs(e - lon) < FAR_DEG
        and abs(s - lat) < FAR_DEG
        and abs(n - lat) < FAR_DEG
    ]
    if not near:
        return None
    west, south, east, north = zip(*near, strict=True)
    return float(min(west)), float(min(south)), float(max(east)), float(max(north))


def _says(feature: Feature, wanted: str) -> bool:
    if not wanted or wanted in feature.id.casefold():
        return True
    names = (*getattr(feature, "name", {}).values(), *getattr(feature, "alt_name", {}).values())
    texts = (*names, getattr(feature, "ref", None), getattr(feature, "category", None))
    return any(text and wanted in str(text).casefold() for text in texts)


def _row(place: Campus, feature: Feature) -> FeatureRow:
    return FeatureRow(
        id=feature.id,
        feature_type=TABLE_OF[type(feature)],
        category=getattr(feature, "category", None),
        name=getattr(feature, "name", {}),
        label=label_of(place, feature.id),
        properties=feature_to_json(feature)["properties"],
        spot=place.spot(feature.id),
    )
