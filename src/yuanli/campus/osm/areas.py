"""How is an open area crossed? Shortest lines inside it from entry to entry, round its corners."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

MOST_CORNERS = 60
"""An area with more inner corners is crossed only where there is a straight line."""


def lines_across(shape: BaseGeometry, entries: Floats) -> list[tuple[int, int, LineString]]:
    """Return the shortest line inside an area between any two entries that passes no third one.

    `entries` are degrees, shape `(n, 2)`, on the edge of the area or inside it.
    """
    count = len(entries)
    corners = _corners(shape)
    points = np.vstack([entries, corners]) if 0 < len(corners) <= MOST_CORNERS else entries
    stretch = max(0.1, float(np.cos(np.radians(points[:, 1].mean()))))
    a, b = np.triu_indices(len(points), k=1)
    lines = shapely.linestrings(np.stack([points[a], points[b]], axis=1))
    roomy = shape.buffer(1e-7)
    shapely.prepare(roomy)
    seen = shapely.covers(roomy, lines)
    metric = points * [stretch, 1.0]
    lengths = np.hypot(*(metric[a] - metric[b]).T)
    seen &= lengths > 0
    graph = np.zeros((len(points), len(points)))
    graph[a[seen], b[seen]] = lengths[seen]
    _, previous = dijkstra(graph, directed=False, indices=range(count), return_predecessors=True)
    found = []
    for i in range(count):
        for j in range(i + 1, count):
            chain = _chain(previous[i], i, j)
            if chain and all(k >= count for k in chain[1:-1]):
                found.append((i, j, LineString(points[chain])))
    return found


def _chain(previous: NDArray[np.int32], start: int, end: int) -> list[int]:
    chain = [end]
    while chain[-1] != start:
        before = int(previous[chain[-1]])
        if before < 0:
            return []
        chain.append(before)
    return chain[::-1]


def _corners(shape: BaseGeometry) -> Floats:
    """Return the corners a shortest line can bend at: inward ones of the edge, outward ones of holes."""
    corners: list[Floats] = [np.zeros((0, 2))]
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon):
            turned = shapely.orient_polygons(part)
            for ring in (turned.exterior, *turned.interiors):
                at = np.asarray(ring.coords)[:-1]
                before, after = at - np.roll(at, 1, axis=0), np.roll(at, -1, axis=0) - at
                corners.append(at[before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] < 0])
    return np.vstack(corners)
