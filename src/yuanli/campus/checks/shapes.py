"""Rules on geometry: valid outlines, in the right place, that do not lie over each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from yuanli.campus.checks.reporting import OPEN, error, info, warning
from yuanli.campus.features import (
    Building,
    Feature,
    Fixture,
    Footprint,
    Geofence,
    Kiosk,
    Level,
    Section,
    Unit,
)
from yuanli.campus.findings import Finding
from yuanli.campus.place import Campus

TINY_M2 = 0.2
"""A space smaller than this is a slip of the pen: a phone booth has 0.8 m²."""
SLIVER_M = 0.12
"""A space narrower than this on average is the gap between two walls."""
FAR_M = 20_000.0
OVERLAP_SHARE = 0.1
OUTSIDE_SHARE = 0.25

INVALID = error(
    "invalid_geometry",
    "{name} 的轮廓无效：{why}。",
    "The outline of {name} is invalid: {why}.",
    "重画轮廓，使边线不相交、不重复。",
    "Redraw the outline so that its edges neither cross nor repeat.",
)
TINY = warning(
    "tiny_unit",
    "{name} 的面积只有 {area:.2f} 平方米。",
    "{name} has an area of only {area:.2f} m².",
    "重画轮廓，或删除误画的空间。",
    "Redraw its outline, or delete it.",
)
SLIVER = warning(
    "sliver_unit",
    "{name} 平均只有 {width:.2f} 米宽，像是墙缝。",
    "{name} is only {width:.2f} m wide on average, like a gap between walls.",
    "把它并入相邻空间，或删除。",
    "Merge it into the space beside it, or delete it.",
)
SWAPPED = error(
    "swapped_coordinates",
    "{name} 的经度和纬度写反了。",
    "{name} has its longitude and latitude swapped.",
    "按“经度, 纬度”的顺序重新导入。",
    "Import it again with longitude first.",
)
NULL_ISLAND = error(
    "null_coordinates",
    "{name} 的坐标在 (0, 0) 附近，显然没有填写。",
    "{name} lies at (0, 0): its position was never set.",
    "填写正确的经纬度。",
    "Set its true position.",
)
FAR_OFF = error(
    "far_from_campus",
    "{name} 距园区中心 {km:.0f} 公里。",
    "{name} lies {km:.0f} km from the middle of the campus.",
    "检查坐标和坐标系（WGS 84、GCJ-02、BD-09），或删除它。",
    "Check its coordinates and their system (WGS 84, GCJ-02, BD-09), or delete it.",
)
OVERLAP = warning(
    "overlapping_units",
    "{name} 与 {other} 重叠 {share:.0%}。",
    "{name} overlaps {other} by {share:.0%}.",
    "调整两者的轮廓，使它们共用一面墙。",
    "Redraw the two so that they share one wall.",
)
TWICE = warning(
    "unit_drawn_twice",
    "{name} 与 {other} 的轮廓几乎相同，像是画了两次。",
    "{name} and {other} have almost the same outline: it seems drawn twice.",
    "删除其中一个。",
    "Delete one of the two.",
)
OUTSIDE = warning(
    "unit_outside_level",
    "{name} 有 {share:.0%} 在所属楼层轮廓之外。",
    "{share:.0%} of {name} lies outside the outline of its level.",
    "检查它所属的楼层，或扩大楼层轮廓。",
    "Correct its level, or widen the level's outline.",
)
NO_SHAPE = warning(
    "unit_without_geometry",
    "{name} 没有轮廓，地图上不显示，也无法到达。",
    "{name} has no outline: the map can't show it and no route reaches it.",
    "画出它的轮廓。",
    "Draw its outline.",
)
LEVEL_OUTSIDE = info(
    "level_outside_building",
    "楼层 {name} 有 {share:.0%} 在楼栋轮廓之外。",
    "{share:.0%} of level {name} lies outside its building's outline.",
    "检查楼层属于哪栋楼，或更正轮廓。",
    "Check which building the level belongs to, or correct the outlines.",
)

_DRAWN: tuple[type[Feature], ...] = (Building, Footprint, Level, Unit, Section, Geofence, Fixture, Kiosk)


def invalid_shapes(campus: Campus) -> Iterator[Finding]:
    """Outlines are valid: rings closed, edges that do not cross."""
    features, shapes = _outlined(campus, _DRAWN)
    if not features:
        return
    for i in np.flatnonzero(~shapely.is_valid(shapes)):
        yield INVALID.about(campus, features[i], why=shapely.is_valid_reason(shapes[i]).split("[")[0].strip())


def tiny_units(campus: Campus) -> Iterator[Finding]:
    """A space is large and wide enough for a person."""
    features, shapes = _outlined(campus, (Unit,))
    if not features:
        return
    metric = campus.frame.metric(shapes)
    areas, perimeters = shapely.area(metric), shapely.length(metric)
    for unit, area, perimeter in zip(features, areas, perimeters, strict=True):
        width = 2 * area / perimeter if perimeter > 0 else 0.0
        if area < TINY_M2:
            yield TINY.about(campus, unit, area=area)
        elif width < SLIVER_M:
            yield SLIVER.about(campus, unit, width=width)


def units_without_geometry(campus: Campus) -> Iterator[Finding]:
    """Every space has an outline."""
    for unit in campus.of(Unit):
        if unit.geometry is None or unit.geometry.is_empty:
            yield NO_SHAPE.about(campus, unit)


def wrong_places(campus: Campus) -> Iterator[Finding]:
    """Everything lies on the campus: not at (0, 0), not swapped, not 20 km off."""
    features = [f for f in campus.features.values() if getattr(f, "geometry", None) is not None]
    if not features:
        return
    geometries: list[Any] = [getattr(f, "geometry", None) for f in features]
    boxes = shapely.bounds(np.array(geometries, dtype=object))
    lon, lat = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    centre = campus.frame
    far = _metres(lon, lat, centre.lon, centre.lat) > FAR_M
    for i in np.flatnonzero(far | np.isnan(lon)):
        feature = features[i]
        if np.isnan(lon[i]):
            continue
        if _metres(lat[i], lon[i], centre.lon, centre.lat) <= FAR_M:
            yield SWAPPED.about(campus, feature)
        elif abs(lon[i]) < 0.01 and abs(lat[i]) < 0.01:
            yield NULL_ISLAND.about(campus, feature)
        else:
            yield FAR_OFF.about(campus, feature, km=_metres(lon[i], lat[i], centre.lon, centre.lat) / 1000)


def overlapping_units(campus: Campus) -> Iterator[Finding]:
    """Two rooms of one level do not lie over each other; a room may lie in an open space."""
    for units in campus.units_by_level.values():
        rooms = [u for u in units if u.geometry is not None and u.geometry.is_valid and _is_room(u)]
        if len(rooms) < 2:
            continue
        shapes = campus.frame.metric(np.array([u.geometry for u in rooms], dtype=object))
        rows, columns = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        once = rows < columns
        rows, columns = rows[once], columns[once]
        areas = shapely.area(shapes)
        common = shapely.area(shapely.intersection(shapes[rows], shapes[columns]))
        smaller, larger = np.minimum(areas[rows], areas[columns]), np.maximum(areas[rows], areas[columns])
        share = np.divide(common, smaller, out=np.zeros_like(common), where=smaller > 0)
        for k in np.flatnonzero(share > OVERLAP_SHARE):
            one, other = rooms[rows[k]], rooms[columns[k]]
            if share[k] < 0.95:
                yield OVERLAP.about(campus, one, other=_called(other), share=share[k])
            elif common[k] > 0.95 * larger[k]:
                yield TWICE.about(campus, one, other=_called(other))


def units_outside_level(campus: Campus) -> Iterator[Finding]:
    """A space lies within the outline of its level."""
    pairs: list[tuple[Unit, Any]] = []
    for unit in campus.of(Unit):
        level = campus.find(unit.level_id)
        if isinstance(level, Level) and level.geometry is not None and unit.geometry is not None:
            pairs.append((unit, level.geometry))
    yield from _outside(campus, pairs, OUTSIDE)


def levels_outside_building(campus: Campus) -> Iterator[Finding]:
    """A level lies within the outline of its building."""
    pairs: list[tuple[Level, Any]] = []
    for level in campus.of(Level):
        building = campus.find(level.building_ids[0]) if len(level.building_ids) == 1 else None
        if isinstance(building, Building) and building.geometry is not None and level.geometry is not None:
            pairs.append((level, building.geometry))
    yield from _outside(campus, pairs, LEVEL_OUTSIDE)


def _outside(campus: Campus, pairs: Sequence[tuple[Unit | Level, Any]], advice: Any) -> Iterator[Finding]:
    if not pairs:
        return
    inner = np.array([f.geometry for f, _ in pairs], dtype=object)
    outer = np.array([g for _, g in pairs], dtype=object)
    whole = (
        (shapely.area(inner) > 0)
        & shapely.is_valid(inner)
        & shapely.is_valid(outer)
        & (shapely.area(outer) > 0)
    )
    kept = np.flatnonzero(whole)
    if not len(kept):
        return
    areas = shapely.area(inner[kept])
    shares = shapely.area(shapely.difference(inner[kept], outer[kept])) / areas
    for k in np.flatnonzero(shares > OUTSIDE_SHARE):
        yield advice.about(campus, pairs[kept[k]][0], share=shares[k])


def _outlined(campus: Campus, tables: tuple[type[Feature], ...]) -> tuple[list[Feature], NDArray[Any]]:
    features = [
        f
        for table in tables
        for f in campus.of(table)
        if (g := getattr(f, "geometry", None)) is not None
        and not g.is_empty
        and g.geom_type.endswith("Polygon")
    ]
    return features, np.array([getattr(f, "geometry", None) for f in features], dtype=object)


def _is_room(unit: Unit) -> bool:
    return unit.category not in OPEN and unit.category.split(".")[0] not in OPEN


def _called(unit: Unit) -> str:
    return next(iter(unit.name.values()), "") or unit.ref or unit.id


def _metres(lon: Any, lat: Any, lon0: float, lat0: float) -> Any:
    return np.hypot((lon - lon0) * np.cos(np.radians(lat0)) * 111_320.0, (lat - lat0) * 111_320.0)
