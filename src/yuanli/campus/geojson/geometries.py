"""GeoJSON geometry as shapely, checked number by number and mended where its rings are not valid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus.crs import Transform, find_wrong_space
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.imported import ImportRefusedError, refused
from yuanli.campus.swapped import Evidence, find_swapped, swapped_among
from yuanli.errors import Text

Json = Any

_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_FEWEST = {"LineString": 2, "Polygon": 4}


@dataclass(frozen=True, slots=True)
class GeometryReader:
    """Reads the geometries of one import.

    Parameters
    ----------
    transform
        To WGS 84; None where the file is.
    repairs
        Where repairs are told.
    """

    transform: Transform | None = None
    repairs: list[Finding] = field(default_factory=list)

    def read(self, document: Json, feature_id: str, *, mend: bool = True) -> BaseGeometry | None:
        """Return a geometry in WGS 84, None for null or an empty one.

        Rings that cross themselves are made valid and told; heights are dropped.

        Raises
        ------
        ImportRefusedError
            A coordinate is no finite number, or the type is unknown.
        """
        if document is None:
            return None
        checked = _checked(document, feature_id)
        if checked is None:
            return None
        try:
            shape = shapely.force_2d(shapely.geometry.shape(_long_enough(checked)))
        except (ValueError, TypeError, KeyError, shapely.errors.ShapelyError) as error:
            raise _bad(feature_id, Text(f"几何无效：{error}", f"the geometry is invalid: {error}")) from error
        if shape.is_empty:
            return None
        if self.transform is not None:
            shape = shapely.transform(shape, self.transform)
        return self._mended(shape, feature_id) if mend else shape

    def _mended(self, shape: BaseGeometry, feature_id: str) -> BaseGeometry:
        if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_valid:
            return shape
        reason = shapely.is_valid_reason(shape).split("[")[0]
        valid = _areas(shapely.make_valid(shape)) or shape
        self.repairs.append(
            repaired(
                "invalid_geometry",
                f"{feature_id} 的多边形无效（{reason}），已修正。",
                f"The polygon of {feature_id} is invalid ({reason}); it was made valid.",
                feature_id=feature_id,
            )
        )
        return valid


def _areas(shape: BaseGeometry) -> BaseGeometry | None:
    """Return the areas of a shape, dropping lines and points that making it valid left over."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else None


def _checked(document: Json, feature_id: str) -> dict[str, Json] | None:
    if not isinstance(document, dict):
        raise _bad(feature_id, Text("几何不是对象。", "its geometry is no object."))
    kind = document.get("type")
    if kind == "GeometryCollection":
        parts = [_checked(part, feature_id) for part in document.get("geometries") or ()]
        return {"type": kind, "geometries": [part for part in parts if part is not None]}
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise _bad(feature_id, Text(f"未知的几何类型 {kind!r}。", f"unknown geometry type {kind!r}."))
    coordinates = document.get("coordinates")
    if coordinates is None or coordinates == []:
        return None
    return {"type": kind, "coordinates": _nested(coordinates, _DEPTHS[kind], feature_id)}


def _nested(value: Json, depth: int, feature_id: str) -> Json:
    if not isinstance(value, list):
        raise _bad(feature_id, Text("坐标的层次与类型不符。", "its coordinates don't nest as its type asks."))
    if depth == 0:
        return _position(value, feature_id)
    return [_nested(item, depth - 1, feature_id) for item in value]


def _position(value: list[Json], feature_id: str) -> list[float]:
    if len(value) < 2:
        raise _bad(
            feature_id, Text(f"坐标 {value!r} 不足两个数。", f"position {value!r} has fewer than 2 numbers.")
        )
    position = value[:2]
    for number in position:
        if isinstance(number, bool) or not isinstance(number, int | float) or not _is_sane(number):
            shown = repr(number)[:40]
            raise _bad(
                feature_id, Text(f"坐标 {shown} 不是有限的数。", f"coordinate {shown} is no finite number.")
            )
    return position


def _is_sane(number: float) -> bool:
    return -1e12 < number < 1e12 if isinstance(number, int) else math.isfinite(number) and abs(number) < 1e12


def _long_enough(document: dict[str, Json]) -> dict[str, Json]:
    """Repeat the last position where a line or ring is too short for GEOS, and close open rings."""
    kind = document["type"]
    coordinates: list[Json] = document.get("coordinates") or []
    if kind == "LineString" and len(coordinates) == 1:
        return {**document, "coordinates": coordinates * 2}
    if kind == "Polygon":
        return {**document, "coordinates": _rings(coordinates)}
    if kind == "MultiPolygon":
        return {**document, "coordinates": [_rings(rings) for rings in coordinates]}
    return document


def _rings(rings: list[Json]) -> list[Json]:
    closed = [ring if ring[:1] == ring[-1:] else [*ring, ring[0]] for ring in rings if ring]
    return [[*ring, *[ring[-1]] * (_FEWEST["Polygon"] - len(ring))] for ring in closed]


def _bad(feature_id: str, why: Text) -> ImportRefusedError:
    return refused(
        f"要素 {feature_id}：{why.zh}",
        f"Feature {feature_id}: {why.en}",
        field=feature_id,
        hint=Text("改正该要素后重新导入。", "Correct this feature and import again."),
    )


def refuse_wrong_space(
    shapes: Mapping[str, BaseGeometry], name: str, evidence: Evidence = Evidence()
) -> None:
    """Refuse shapes by feature id that can't be a campus in WGS 84 degrees.

    Raises
    ------
    ImportRefusedError
        They are swapped, projected, local or at 0°/0°, with the remedy; or one is off the globe or swapped.
    """
    if not shapes:
        return
    ids, rows = list(shapes), np.array(list(shapes.values()), dtype=object)
    xy, bounds = shapely.get_coordinates(rows), shapely.bounds(rows)
    turned = swapped_among(bounds)
    if len(turned):
        raise _bad(
            ", ".join(ids[i] for i in turned[:5]),
            Text(
                "经度与纬度颠倒了，其余要素并非如此。",
                "its longitude and latitude are swapped, unlike those of the others.",
            ),
        )
    trouble = find_wrong_space(xy) or find_swapped(xy, evidence)
    if trouble is not None:
        raise refused(
            f"{name}：{trouble.message.zh}",
            f"{name}: {trouble.message.en}",
            field=name,
            hint=trouble.remedy,
        )
    off = np.flatnonzero((np.abs(bounds[:, [0, 2]]) > 180).any(1) | (np.abs(bounds[:, [1, 3]]) > 90).any(1))
    if len(off):
        raise _bad(
            ", ".join(ids[i] for i in off[:5]),
            Text("坐标超出经纬度范围。", "its coordinates are beyond longitude and latitude."),
        )


def positions_of(document: Json) -> Iterator[list[float]]:
    """Yield the positions of a GeoJSON geometry, whatever its type."""
    if isinstance(document, dict):
        yield from positions_of(document.get("coordinates") or document.get("geometries"))
    elif isinstance(document, list):
        if document and isinstance(document[0], int | float):
            yield document
        else:
            for item in document:
                yield from positions_of(item)


def as_opening(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return what a door is drawn as, as a line or a point: an area becomes its long middle line."""
    if shape is None or shape.geom_type in ("LineString", "Point"):
        return shape
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return _middle_line(shape)
    if shape.geom_type == "MultiLineString":
        merged = shapely.line_merge(shape)
        return max(shapely.get_parts(merged), key=lambda part: float(part.length))
    return shape.centroid


def _middle_line(shape: BaseGeometry) -> BaseGeometry:
    """Return the line that joins the middles of the short sides of the smallest rectangle around."""
    squeeze = math.cos(math.radians(shape.centroid.y))
    flat = shapely.transform(shape, lambda xy: xy * [squeeze, 1.0])
    box = flat.minimum_rotated_rectangle
    if box.geom_type != "Polygon":
        return shape.centroid
    corners = shapely.get_coordinates(box)[:4]
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    first = 0 if sides[0] <= sides[1] else 1
    middles = [(corners[i] + corners[(i + 1) % 4]) / 2 for i in (first, (first + 2) % 4)]
    return shapely.geometry.LineString(np.array(middles) / [squeeze, 1.0])
