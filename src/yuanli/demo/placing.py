"""From a building's own frame to the park: bent, turned, and put on its place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import cos, radians, sin

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from yuanli.demo.specs import BuildingSpec

FACET_M = 3.0
"""Length of the straight pieces a bent wall is built from."""


def place(spec: BuildingSpec, shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return the shapes of one floor in the park's frame, metres; walls that were shared still are."""
    if spec.bend_m and any(isinstance(shape, Polygon) for shape in shapes):
        corners = {
            round(x, 3) for shape in shapes if isinstance(shape, Polygon) for x, _ in shape.exterior.coords
        }
        grid = np.arange(min(corners), max(corners), FACET_M)
        xs = sorted(corners | {round(float(x), 3) for x in grid})
        shapes = [_faceted(shape, xs) if isinstance(shape, Polygon) else shape for shape in shapes]
    placed = shapely.transform(np.array(shapes, dtype=object), lambda xy: _moved(spec, xy))
    return list(placed)


def direction(
    spec: BuildingSpec, at: tuple[float, float], towards: tuple[float, float]
) -> tuple[float, float]:
    """Return a direction at a spot of the building, in the park's frame."""
    ends = _moved(spec, np.array([at, (at[0] + towards[0], at[1] + towards[1])], dtype=float))
    step = ends[1] - ends[0]
    step = step / np.hypot(*step)
    return float(step[0]), float(step[1])


def _moved(spec: BuildingSpec, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = xy[:, 0], xy[:, 1]
    if spec.bend_m:
        angle = x / spec.bend_m
        x, y = (spec.bend_m - y) * np.sin(angle), spec.bend_m - (spec.bend_m - y) * np.cos(angle)
    turn = radians(spec.angle)
    east = spec.at[0] + x * cos(turn) - y * sin(turn)
    north = spec.at[1] + x * sin(turn) + y * cos(turn)
    return np.column_stack([east, north])


def _faceted(shape: Polygon, xs: Sequence[float]) -> Polygon:
    """Return a polygon with a vertex wherever one of its walls crosses one of the `xs`."""
    rings = [_faceted_ring(list(ring.coords), xs) for ring in (shape.exterior, *shape.interiors)]
    return Polygon(rings[0], rings[1:])


def _faceted_ring(ring: list[tuple[float, ...]], xs: Sequence[float]) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(ring):
        points.append((x0, y0))
        low, high = bisect_right(xs, min(x0, x1) + 1e-6), bisect_left(xs, max(x0, x1) - 1e-6)
        between = xs[low:high] if x1 > x0 else xs[low:high][::-1]
        points += [(x, y0 + (y1 - y0) * (x - x0) / (x1 - x0)) for x in between]
    return points
