"""Where is the site: what belongs to it, its country and time zone, and the venue's name and outline?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.countries import country_of_zone
from yuanli.campus.osm.reading import Source
from yuanli.campus.osm.repairs import Repairs
from yuanli.campus.osm.rows import Box, Floats, OsmWay, Tags
from yuanli.errors import Text

KM_DEG = 1 / 111.32
MARGIN_KM = 1.0
"""What an extract says beyond its bounds is kept this far: ways leave it."""


def core_box(source: Source) -> Box:
    """Return the box that holds the site: the bounds of the extract, or where its nodes are.

    Without bounds that hold most nodes it is four times the radius of the nearest 80 % of the nodes
    around their median (at least 3 km), and any cell of 5 km that holds 5 % of them.
    """
    lonlat, bounds = source.lonlat, source.bounds
    stretch = 1 / max(0.1, float(np.cos(np.radians(np.median(lonlat[:, 1])))))
    if bounds is not None:
        margin = MARGIN_KM * KM_DEG
        box = (
            bounds[0] - margin * stretch,
            bounds[1] - margin,
            bounds[2] + margin * stretch,
            bounds[3] + margin,
        )
        if _inside(lonlat, box).mean() >= 0.5:
            return box
    middle = np.median(lonlat, axis=0)
    distance = np.hypot((lonlat[:, 0] - middle[0]) / stretch, lonlat[:, 1] - middle[1])
    nearest_80 = float(np.sort(distance)[int(0.8 * (len(distance) - 1))])
    radius = max(3 * KM_DEG, 4 * nearest_80)
    keep = distance <= radius
    cells = Counter(map(tuple, np.floor(lonlat / 0.05).astype(int)))
    full = {cell for cell, count in cells.items() if count >= max(20, 0.05 * len(lonlat))}
    keep |= np.array([tuple(cell) in full for cell in np.floor(lonlat / 0.05).astype(int)])
    low, high = lonlat[keep].min(axis=0), lonlat[keep].max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _inside(lonlat: Floats, box: Box) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    west, south, east, north = box
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def trimmed(source: Source, box: Box, repairs: Repairs) -> Source:
    """Return the part of a source at the site; ways that leave it are cut to their stretches inside."""
    west, south, east, north = box
    nodes = {i: n for i, n in source.nodes.items() if west <= n.lon <= east and south <= n.lat <= north}
    ways: dict[int, OsmWay] = {}
    gone: list[int] = []
    strays: list[int] = []
    for way_id, way in source.ways.items():
        inside = _inside(way.lonlat, box)
        if inside.any() and way.closed and _is_house(way.tags) and 0.5 < inside.mean() < 1.0:
            ways[way_id] = _without(way, inside)
            strays.append(way_id)
        elif inside.any():
            ways[way_id] = way if inside.all() or way.closed else _cut(way, inside)
        elif way.refs:
            gone.append(way_id)
    for way_id in strays:
        repairs.add(
            "osm.far_corner",
            f"way/{way_id}",
            Text(
                f"way/{way_id} 有一个角点远离园区，已去掉该角点。",
                f"A corner of way/{way_id} lies far from the site; the corner is left out.",
            ),
            Text("在 OpenStreetMap 编辑器中改正该节点。", "Correct that node in an OSM editor."),
        )
    far_nodes = len(source.nodes) - len(nodes)
    if gone or far_nodes:
        repairs.add(
            "osm.far_away",
            f"way/{gone[0]}" if gone else f"node/{next(i for i in source.nodes if i not in nodes)}",
            Text(
                f"{len(gone)} 条路径和 {far_nodes} 个带标签的节点远离园区，已忽略。",
                f"{len(gone)} ways and {far_nodes} tagged nodes lie far from the site; they are left out.",
            ),
            Text("导出时只框选园区范围。", "Export only the area of the campus."),
        )
    return replace(source, nodes=nodes, ways=ways, lonlat=source.lonlat[_inside(source.lonlat, box)])


def _is_house(tags: Tags) -> bool:
    return any(key in tags for key in ("building", "building:part", "indoor", "room"))


def _without(way: OsmWay, inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> OsmWay:
    """Return a ring without its corners outside, closed again."""
    kept = np.flatnonzero(inside)
    if not inside[0]:
        kept = np.append(kept, kept[0])
    return replace(way, refs=tuple(way.refs[i] for i in kept), lonlat=way.lonlat[kept])


def _cut(way: OsmWay, inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> OsmWay:
    """Return every stretch inside, with one node beyond it at each end, and breaks between them."""
    beyond = np.concatenate([inside[1:], [False]]) | np.concatenate([[False], inside[:-1]])
    kept = np.flatnonzero(inside | beyond)
    both_out = ~inside[kept[1:]] & ~inside[kept[:-1]]
    breaks = np.flatnonzero((np.diff(kept) > 1) | both_out) + 1
    refs = tuple(way.refs[i] for i in kept)
    return replace(way, refs=refs, lonlat=way.lonlat[kept], breaks=frozenset(breaks.tolist()))


def country_of(source: Source, time_zone: str) -> str:
    """Return the ISO 3166 code most addresses give, or the country of the time zone; "" if unknown."""
    all_tags = [t.tags for t in source.nodes.values()] + [t.tags for t in source.ways.values()]
    said = Counter(
        code.upper() for tags in all_tags if len(code := tags.get("addr:country", "").strip()) == 2
    )
    return said.most_common(1)[0][0] if said else country_of_zone(time_zone)


def hull_of(source: Source, box: Box) -> BaseGeometry:
    """Return the outline of a site without one: the bounds, or the hull of all nodes."""
    if source.bounds is not None and Point(*np.median(source.lonlat, axis=0)).within(
        shapely.box(*source.bounds)
    ):
        return shapely.box(*source.bounds)
    hull = shapely.MultiPoint(source.lonlat).convex_hull
    return hull if hull.area > 0 else hull.buffer(0.0005).intersection(shapely.box(*box).buffer(0.001))
