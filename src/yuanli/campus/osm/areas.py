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
"""An area with more inner corners is crossed by a sparser set of lines."""
CONES, TRIES, MOST_POINTS = 8, 4, 1500


def lines_across(shape: BaseGeometry, entries: Floats) -> list[tuple[int, int, LineString]] | None:
    """Return the shortest line inside an area between any two entries that passes no third one.

    None if the area has too many corners for that. `entries` are degrees, shape `(n, 2)`, on the edge of
    the area or inside it.
    """
    count = len(entries)
    corners = _corners(shape)
    if len(corners) > MOST_CORNERS:
        return None
    points = np.vstack([entries, corners])
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


def sparse_lines_across(
    shape: BaseGeometry, entries: Floats
) -> tuple[Floats, list[tuple[int, int, LineString]]]:
    """Return corners to add as points, and lines inside an area that join all: a Θ-graph.

    Each point is joined to the nearest it sees in each of eight directions (Clarkson 1987,
    doi:10.1145/28395.28402). Indices beyond the entries are corners.
    """
    corners = _corners(shape)
    room = max(0, MOST_POINTS - len(entries))
    corners = corners[:: max(1, -(-len(corners) // room))] if room else corners[:0]
    points = np.vstack([entries, corners])
    metric = points * [max(0.1, float(np.cos(np.radians(points[:, 1].mean())))), 1.0]
    wanted: set[tuple[int, int]] = set()
    roomy = shape.buffer(1e-7)
    shapely.prepare(roomy)
    for i in range(len(points)):
        away = metric - metric[i]
        distance = np.hypot(away[:, 0], away[:, 1])
        cone = (
            np.floor((np.arctan2(away[:, 1], away[:, 0]) + np.pi) / (2 * np.pi) * CONES).astype(int) % CONES
        )
        for c in range(CONES):
            there = np.flatnonzero((cone == c) & (distance > 0))
            nearest = there[np.argsort(distance[there], kind="stable")[:TRIES]]
            lines = shapely.linestrings([[points[i], points[j]] for j in nearest]) if len(nearest) else []
            seen = np.flatnonzero(shapely.covers(roomy, lines)) if len(nearest) else nearest
            if len(seen):
                j = int(nearest[seen[0]])
                wanted.add((min(i, j), max(i, j)))
    return corners, [(a, b, LineString(points[[a, b]])) for a, b in sorted(wanted)]


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
