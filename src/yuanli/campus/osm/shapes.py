"""Rings and relations as polygons in degrees: repaired where they can be, reported where they were."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from yuanli.campus.findings import Severity
from yuanli.campus.osm.reading import Source
from yuanli.campus.osm.repairs import Repairs
from yuanli.campus.osm.rows import OsmRelation, OsmWay
from yuanli.errors import Text

_REDRAW = Text("在 OpenStreetMap 编辑器中重画该轮廓。", "Redraw the outline in an OSM editor.")


def area_of_way(way: OsmWay, repairs: Repairs) -> BaseGeometry | None:
    """Return the polygon of a ring, or None where it is none even after repair."""
    feature_id = f"way/{way.id}"
    if len(way.refs) < 3:
        return None
    ring = way.lonlat
    if way.refs[0] != way.refs[-1]:
        repairs.add(
            "osm.ring_open",
            feature_id,
            Text(
                f"{feature_id} 的轮廓没有闭合，已补上。", f"The ring of {feature_id} is open; it was closed."
            ),
            _REDRAW,
            at=LineString(ring),
        )
        ring = np.vstack([ring, ring[:1]])
    if len(ring) < 4:
        return None
    return _valid(Polygon(ring), feature_id, repairs)


def area_of_relation(relation: OsmRelation, source: Source, repairs: Repairs) -> BaseGeometry | None:
    """Return the polygons of a multipolygon from the members that are there and close."""
    feature_id = f"relation/{relation.id}"
    ways = [m for m in relation.members if m.kind == "w"]
    there = [m for m in ways if m.ref in source.ways and len(source.ways[m.ref].refs) >= 2]
    outer = _rings(source.ways[m.ref] for m in there if m.role in {"outer", "outline", ""})
    inner = _rings(source.ways[m.ref] for m in there if m.role == "inner")
    if len(there) < len(ways):
        repairs.add(
            "osm.missing_members",
            feature_id,
            Text(
                f"{feature_id} 有 {len(ways) - len(there)} 个成员不在文件中，按现有成员处理。",
                f"{feature_id} lacks {len(ways) - len(there)} of its {len(ways)} members; the rest is used.",
            ),
            Text("导出时包含关系的全部成员。", "Export relations with all their members."),
            severity=Severity.INFO,
        )
    if not outer:
        return None
    shell, holes = shapely.union_all(outer), shapely.union_all(inner)
    return _valid(shapely.difference(shell, holes), feature_id, repairs)


def _rings(ways: Iterable[OsmWay]) -> list[BaseGeometry]:
    """Return the polygons of the rings that ways make end to end."""
    polygons: list[BaseGeometry] = []
    lines: list[LineString] = []
    for way in ways:
        if way.closed:
            polygons.append(shapely.make_valid(Polygon(way.lonlat)))
        else:
            lines.append(LineString(way.lonlat))
    if lines:
        found, *_ = shapely.polygonize_full([shapely.node(shapely.union_all(lines))])
        polygons.extend(found.geoms)
    return polygons


def _valid(shape: BaseGeometry, feature_id: str, repairs: Repairs) -> BaseGeometry | None:
    if not shape.is_valid:
        repairs.add(
            "osm.ring_crossed",
            feature_id,
            Text(
                f"{feature_id} 的轮廓自相交，已修复。",
                f"The ring of {feature_id} crosses itself; it was repaired.",
            ),
            _REDRAW,
            at=shape,
        )
        shape = shapely.make_valid(shape)
    shape = polygons_of(shape)
    if shape.is_empty or shape.area <= 0:
        repairs.add(
            "osm.ring_empty",
            feature_id,
            Text(f"{feature_id} 没有面积，已忽略。", f"{feature_id} has no area; it is left out."),
            _REDRAW,
        )
        return None
    return shape


def polygons_of(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a geometry: one Polygon, or a MultiPolygon."""
    parts = [p for p in shapely.get_parts(shapely.get_parts(shape)) if isinstance(p, Polygon) and p.area > 0]
    if not parts:
        return Polygon()
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
