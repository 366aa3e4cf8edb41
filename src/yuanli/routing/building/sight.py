"""Shortest lines inside a floor: straight where sight is free, else around the inward corners.

The shortest way between two points of a polygon with holes turns only at corners that point inwards,
so it is a shortest path in their visibility graph (Lozano-Perez and Wesley 1979,
doi:10.1145/359156.359164), where only lines tangent to the corners they end at matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from yuanli.routing.network import Flags, Floats, Ints

GRAZE_M = 1e-3
"""Lines may leave the floor this far, so that one along a wall or past a corner stays inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Where one can walk in a space: `free` is `shape` with `GRAZE_M` to spare.

    Its inward corners have shape `(n, 2)`, as their neighbours along the outline, before and after.
    """

    shape: BaseGeometry
    free: BaseGeometry
    corners: Floats
    before: Floats
    after: Floats

    @property
    def convex(self) -> bool:
        """Whether all points see each other."""
        return not len(self.corners) and isinstance(self.shape, Polygon)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Shortest ways between the points of a floor: `length_m` has shape `(n, n)`, inf where none."""

    length_m: Floats
    vertices: Floats
    before: Ints

    def line(self, start: int, end: int) -> Floats:
        """Return the points `(k, 2)` of the way from one point to another."""
        chain = [end]
        while chain[-1] != start:
            chain.append(int(self.before[start, chain[-1]]))
        return self.vertices[chain[::-1]]


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons a shape is made of."""
    parts = (
        shapely.get_parts(shape).tolist() if shape.geom_type.startswith(("Multi", "Geometry")) else [shape]
    )
    return [p for part in parts for p in ([part] if isinstance(part, Polygon) else []) if not p.is_empty]


def floor_of(
    shape: BaseGeometry, obstacles: Sequence[BaseGeometry] = (), *, many_corners: int = 300
) -> Floor:
    """Return the floor of a space, in metres, less what stands on it."""
    cleared = shape.difference(shapely.union_all(obstacles)) if len(obstacles) else shape
    cleared = MultiPolygon(polygons_of(cleared)) if not isinstance(cleared, Polygon) else cleared
    corners, before, after = _inward_corners(cleared)
    tolerance_m = 0.05
    whole = cleared
    while len(corners) > many_corners and tolerance_m <= 0.4:
        simple = whole.simplify(tolerance_m)
        cleared = shapely.union(simple, whole)
        corners, before, after = _inward_corners(simple)
        tolerance_m *= 2
    free = cleared.buffer(GRAZE_M, join_style="mitre")
    shapely.prepare(free)
    return Floor(shape=cleared, free=free, corners=corners, before=before, after=after)


def shortest_ways(floor: Floor, points: Floats) -> Ways:
    """Return the shortest ways between all pairs of points `(n, 2)` on the floor."""
    n = len(points)
    first, second = np.triu_indices(n, k=1)
    seen = sees(floor, points[first], points[second])
    if seen.all():
        return _straight(points)
    if not len(floor.corners):
        return _solve(points, n, [(first[seen], second[seen])])
    vertices = np.concatenate([points, floor.corners])
    return _solve(vertices, n, [(first[seen], second[seen]), *_sight_lines(floor, points)])


def sees(floor: Floor, starts: Floats, ends: Floats) -> Flags:
    """Tell for each pair of points `(m, 2)` whether the line between them stays on the floor."""
    if floor.convex or not len(starts):
        return np.ones(len(starts), dtype=bool)
    lines = shapely.linestrings(np.stack([starts, ends], axis=1))
    seen: Flags = shapely.covers(floor.free, lines)
    seen[np.hypot(*(starts - ends).T) < GRAZE_M] = True
    return seen


def _sight_lines(floor: Floor, points: Floats) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the visible tangent lines from points to corners and from corner to corner."""
    n, corners = len(points), floor.corners
    to_corner = np.repeat(np.arange(n), len(corners)), np.tile(np.arange(len(corners)), n)
    keep = _tangent(floor, to_corner[1], points[to_corner[0]])
    starts, ends = to_corner[0][keep], to_corner[1][keep]
    seen = sees(floor, points[starts], corners[ends])
    first, second = np.triu_indices(len(corners), k=1)
    keep = _tangent(floor, first, corners[second])
    first, second = first[keep], second[keep]
    keep = _tangent(floor, second, corners[first])
    first, second = first[keep], second[keep]
    clear = sees(floor, corners[first], corners[second])
    return [(starts[seen], n + ends[seen]), (n + first[clear], n + second[clear])]


def _tangent(floor: Floor, corner: NDArray[np.int64], towards: Floats) -> Flags:
    """Tell whether the line from a corner towards a point leaves both walls of the corner on one side."""
    at = floor.corners[corner]
    way = towards - at
    one, other = floor.before[corner] - at, floor.after[corner] - at
    sides = _cross(way, one), _cross(way, other)
    slack = 1e-9 + GRAZE_M * np.hypot(*way.T)
    kept: Flags = (np.minimum(*sides) >= -slack) | (np.maximum(*sides) <= slack)
    return kept


def _straight(points: Floats) -> Ways:
    """Return the ways between points that all see each other."""
    n = len(points)
    across = points[:, None, :] - points[None, :, :]
    before = np.repeat(np.arange(n, dtype=np.int32)[:, None], n, axis=1)
    return Ways(length_m=np.hypot(across[..., 0], across[..., 1]), vertices=points, before=before)


def _solve(vertices: Floats, n: int, pairs: list[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> Ways:
    rows = np.concatenate([p[0] for p in pairs])
    columns = np.concatenate([p[1] for p in pairs])
    lengths = np.maximum(np.hypot(*(vertices[rows] - vertices[columns]).T), 1e-9)
    size = len(vertices)
    graph = csr_array(coo_array((lengths, (rows, columns)), shape=(size, size)))
    length_m, before = dijkstra(graph, directed=False, indices=np.arange(n), return_predecessors=True)
    return Ways(length_m=length_m[:, :n], vertices=vertices, before=before.astype(np.int32))


def _inward_corners(shape: BaseGeometry) -> tuple[Floats, Floats, Floats]:
    corners, before, after = [np.empty((0, 2))], [np.empty((0, 2))], [np.empty((0, 2))]
    for polygon in polygons_of(shape):
        oriented = shapely.geometry.polygon.orient(polygon)
        for ring in (oriented.exterior, *oriented.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            xy = xy[np.hypot(*(xy - np.roll(xy, 1, axis=0)).T) > 1e-6]
            back, ahead = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
            turn = _cross(xy - back, ahead - xy)
            scale = np.hypot(*(xy - back).T) * np.hypot(*(ahead - xy).T)
            inward = turn < -1e-6 * np.maximum(scale, 1e-9)
            corners.append(xy[inward])
            before.append(back[inward])
            after.append(ahead[inward])
    return np.concatenate(corners), np.concatenate(before), np.concatenate(after)


def _cross(a: Floats, b: Floats) -> Floats:
    cross: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return cross
