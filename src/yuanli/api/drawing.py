"""The map as GeoJSON to draw, encoded once a revision."""

from __future__ import annotations

import gzip
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from threading import Lock
from typing import Annotated, Any

import numpy as np
import shapely
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from shapely.geometry.base import BaseGeometry

from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import (
    TABLE_OF,
    Amenity,
    Anchor,
    Building,
    Campus,
    Detail,
    Feature,
    Fixture,
    Geofence,
    Kiosk,
    Level,
    LevelId,
    Occupant,
    Opening,
    Pathway,
    Section,
    Unit,
    Venue,
    level_of,
    name_in,
    point_of,
)
from yuanli.operations import Right

router = APIRouter(tags=["campus"])
KEPT = 512
"""Drawings that are kept in memory."""
DIGITS = 7
"""Decimals of a degree: 1 cm."""
SHOWN = (
    "category", "level_id", "accessibility", "restriction", "hours", "ref", "capacity", "storeys", "height_m",
    "mode", "surface", "outdoor", "ordinal", "unit_ids", "building_ids",
)  # fmt: skip


class Kind(StrEnum):
    """`base` is outdoors and the buildings, `indoor` the rooms of one ordinal."""

    BASE = "base"
    INDOOR = "indoor"


@dataclass(frozen=True, slots=True)
class Drawing:
    """An encoded FeatureCollection, plain and packed."""

    campus: Campus
    plain: bytes
    packed: bytes
    tag: str


class Drawings:
    """The drawings made last; each is of one revision of a campus, and made again for the next."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, Kind, float], Drawing] = OrderedDict()

    def get(self, campus: Campus, kind: Kind, ordinal: float) -> Drawing:
        """Return a drawing, made if it is not kept."""
        key = (campus.id, kind, ordinal)
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or kept.campus is not campus:
            kept = _draw(campus, kind, ordinal)
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return kept


@router.get(
    "/campuses/{campus}/map",
    dependencies=[needs(Right.SEE_PLACE)],
    response_class=Response,
    responses={
        200: {"content": {"application/geo+json": {}}, "description": "A FeatureCollection"},
        304: {"description": "The drawing with this ETag is the latest"},
    },
)
def draw(
    campus: CampusPath,
    request: Request,
    house: HouseDep,
    kind: Kind = Kind.BASE,
    ordinal: Annotated[float, Query(ge=-1000, le=1000, allow_inf_nan=False)] = 0.0,
) -> Response:
    """Return the features to draw: `kind=base`, or `kind=indoor` with an ordinal."""
    drawings: Drawings = request.app.state.drawings
    drawing = drawings.get(house.places.campus(campus), kind, ordinal if kind is Kind.INDOOR else 0.0)
    headers = {"ETag": drawing.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if drawing.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(drawing.packed, media_type="application/geo+json", headers=headers)
    return Response(drawing.plain, media_type="application/geo+json", headers=headers)


def _draw(campus: Campus, kind: Kind, ordinal: float) -> Drawing:
    shapes = list(_base(campus) if kind is Kind.BASE else _indoor(campus, ordinal))
    geometries = [shapely.transform(shape, _rounded) for _, shape in shapes]
    documents = shapely.to_geojson(geometries) if geometries else []
    features = [
        f'{{"type":"Feature","id":{_json(feature.id)},"geometry":{document},"properties":{_json(properties)}}}'
        for (feature, _), document, properties in zip(
            shapes, documents, (_properties(campus, feature) for feature, _ in shapes), strict=True
        )
    ]
    head = f'{{"type":"FeatureCollection","revision":{campus.revision},"features":['
    plain = f"{head}{','.join(features)}]}}".encode()
    tag = f'W/"{blake2b(plain, digest_size=12).hexdigest()}"'
    return Drawing(campus, plain, gzip.compress(plain, 5, mtime=0), tag)


Shape = tuple[Feature, BaseGeometry]


def _base(campus: Campus) -> Iterator[Shape]:
    """Yield what is drawn outdoors, what lies below first."""
    yield from _shapes(campus.of(Venue), _own)
    yield from _shapes((g for g in campus.of(Geofence) if not g.level_ids), _own)
    yield from _shapes((p for p in campus.of(Pathway) if p.level_id is None), _own)
    yield from _shapes(campus.of(Building), lambda building: campus.outline(building.id))
    yield from _shapes((d for d in campus.of(Detail) if d.level_id is None), _own)
    amenities = (a for a in campus.of(Amenity) if _level(campus, a) is None)
    yield from _shapes(amenities, point_of)


def _indoor(campus: Campus, ordinal: float) -> Iterator[Shape]:
    """Yield what is drawn on an ordinal, what lies below first."""
    levels = {level.id for level in campus.of(Level) if level.ordinal == ordinal}

    def here(feature: Feature) -> bool:
        return _level(campus, feature) in levels

    yield from _shapes((level for level in campus.of(Level) if level.id in levels), _own)
    yield from _shapes((g for g in campus.of(Geofence) if levels.intersection(g.level_ids)), _own)
    for kind in (Section, Unit, Fixture, Kiosk, Detail, Opening):
        yield from _shapes(filter(here, campus.of(kind)), _own)
    yield from _shapes(filter(here, campus.of(Amenity)), point_of)
    yield from _shapes(filter(here, campus.of(Occupant)), lambda o: _spot_of(campus, o))


def _shapes(
    features: Iterable[Feature], geometry_of: Callable[[Any], BaseGeometry | None]
) -> Iterator[Shape]:
    for feature in features:
        shape = geometry_of(feature)
        if shape is not None and not shape.is_empty:
            yield feature, shape


def _own(feature: Feature) -> BaseGeometry | None:
    return getattr(feature, "geometry", None)


def _spot_of(campus: Campus, feature: Feature) -> BaseGeometry | None:
    spot = campus.spot(feature.id)
    return None if spot is None else shapely.Point(spot.lon, spot.lat)


def _level(campus: Campus, feature: Feature) -> LevelId | None:
    if isinstance(feature, Amenity | Occupant | Anchor):
        spot = campus.spot(feature.id)
        return None if spot is None else spot.level_id
    return level_of(feature)


def _properties(campus: Campus, feature: Feature) -> dict[str, Any]:
    properties: dict[str, Any] = {"feature_type": TABLE_OF[type(feature)]}
    name = getattr(feature, "name", {})
    if name:
        properties["name"] = dict(name)
    label = {
        language: name_in(name, language) or getattr(feature, "ref", None) or "" for language in ("zh", "en")
    }
    properties["label"] = label
    for field in SHOWN:
        value = getattr(feature, field, None)
        if value is not None and value != () and value != "":
            properties[field] = value
    level_id = _level(campus, feature)
    if level_id is not None:
        properties |= {"level_id": level_id, "building_id": campus.building_of(level_id)}
    if isinstance(feature, Opening) and feature.door is not None:
        properties["automatic"] = feature.door.automatic
    point = point_of(feature)
    if point is not None and not isinstance(feature, Amenity | Pathway | Detail):
        properties["display_point"] = [round(point.x, DIGITS), round(point.y, DIGITS)]
    return properties


def _rounded(coordinates: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.round(coordinates, DIGITS)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
