"""How what stands outdoors is reached: each place is joined to the nearest way, around other buildings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from yuanli.campus import BuildingId, FeatureId, PathwayMode
from yuanli.routing.building.draft import Draft, EdgeRow, NodeRow, straight
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Xy
from yuanli.routing.building.ways import Ways

_TRIED = 8
"""Ways looked at for each place, nearest first."""
_ISLAND_M = 100.0
"""A way that hangs apart from the others is joined only where others are this much farther off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """What is to be joined: `shape` in metres (a door, a place, an outline), and at most `sides` times.

    `node` is the node it has already, None to make one where the join starts; `building_id` is the
    building it belongs to, which a join may brush; `ordinal` None joins ways of any level.
    """

    feature_id: FeatureId
    shape: BaseGeometry
    node: int | None = None
    ordinal: float | None = 0.0
    building_id: BuildingId | None = None
    sides: int = 1
    reach_m: float
    guessed: bool = False
    outdoors: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The ways that can be joined, and the outlines to go around."""

    ways: Ways
    joinable: NDArray[np.bool_]
    island: NDArray[np.bool_]
    outlines: NDArray[np.object_]
    owners: tuple[BuildingId, ...]
    tree: shapely.STRtree


def grounds_of(
    ways: Ways, outlines: Mapping[BuildingId, BaseGeometry], islands: NDArray[np.bool_]
) -> Grounds:
    """Index the ways and the outlines."""
    shapes = np.array(list(outlines.values()), dtype=object)
    return Grounds(
        ways=ways,
        joinable=ways.joinable(),
        island=islands,
        outlines=shapes,
        owners=tuple(outlines),
        tree=shapely.STRtree(shapes),
    )


def join_all(
    draft: Draft, grounds: Grounds, joins: Sequence[Join], params: NetworkParams
) -> list[tuple[int, ...]]:
    """Join each to its ways; return for each the nodes where it is reached, none where no way is near."""
    reached: list[tuple[int, ...]] = []
    near = _near_ways(grounds, joins)
    for join, tried in zip(joins, near, strict=True):
        chosen = _choose(grounds, join, tried)
        reached.append(tuple(_join(draft, grounds, join, way, line, params) for way, line in chosen))
    return reached


def _near_ways(grounds: Grounds, joins: Sequence[Join]) -> list[list[tuple[float, int]]]:
    """Return the ways within reach of each join: distance and way, nearest first."""
    if not joins or not len(grounds.ways.lines):
        return [[] for _ in joins]
    shapes = np.array([j.shape for j in joins], dtype=object)
    reach_m = np.array([j.reach_m for j in joins])
    rows, columns = grounds.ways.tree.query(shapes, predicate="dwithin", distance=reach_m)
    ordinals = np.array([math.nan if j.ordinal is None else j.ordinal for j in joins])
    outdoors = np.array([j.outdoors for j in joins])
    kept = grounds.joinable[columns] & ~(outdoors[rows] & grounds.ways.indoors[columns])
    kept &= np.isnan(ordinals[rows]) | (np.abs(grounds.ways.ordinals[columns] - ordinals[rows]) <= 0.5)
    rows, columns = rows[kept], columns[kept]
    distance_m = shapely.distance(shapes[rows], grounds.ways.lines[columns])
    steps = np.array([p.mode is PathwayMode.STAIRS for p in grounds.ways.pathways], dtype=bool)
    cost_m = distance_m + 10.0 * steps[columns] + _ISLAND_M * grounds.island[columns]
    order = np.lexsort((columns, cost_m, rows))
    near: list[list[tuple[float, int]]] = [[] for _ in joins]
    for k in order.tolist():
        ways = near[rows[k]]
        if len(ways) < _TRIED * max(1, joins[rows[k]].sides):
            ways.append((float(cost_m[k]), int(columns[k])))
    return near


def _choose(
    grounds: Grounds, join: Join, tried: Sequence[tuple[float, int]]
) -> list[tuple[int, BaseGeometry]]:
    """Choose the nearest way whose line crosses no building, and more on other sides where asked."""
    if not tried:
        return []
    lines = shapely.shortest_line(join.shape, grounds.ways.lines[[way for _, way in tried]])
    blocked = _blocked_m(grounds, join, lines)
    order = sorted(range(len(tried)), key=lambda k: (blocked[k] > 1.0, tried[k][0] + blocked[k]))
    middle = join.shape.centroid
    chosen: list[tuple[int, BaseGeometry]] = []
    bearings: list[float] = []
    limit_m = max(20.0, 2 * tried[order[0]][0])
    for k in order:
        x, y = shapely.get_coordinates(lines[k])[-1]
        bearing = math.atan2(y - middle.y, x - middle.x)
        far = tried[k][0] > limit_m or blocked[k] > 1.0
        turned = all(abs(math.remainder(bearing - b, math.tau)) > math.pi / 3 for b in bearings)
        if not chosen or (turned and not far):
            chosen.append((tried[k][1], lines[k]))
            bearings.append(bearing)
        if len(chosen) >= join.sides:
            break
    return chosen


def _blocked_m(grounds: Grounds, join: Join, lines: NDArray[np.object_]) -> list[float]:
    """Return how far each line runs through buildings; the first metres of its own count little."""
    blocked = [0.0] * len(lines)
    if not len(grounds.outlines):
        return blocked
    rows, columns = grounds.tree.query(lines, predicate="intersects")
    inside_m = shapely.length(shapely.intersection(lines[rows], grounds.outlines[columns]))
    for row, column, length_m in zip(rows.tolist(), columns.tolist(), inside_m.tolist(), strict=True):
        own = grounds.owners[column] == join.building_id
        blocked[row] += max(0.0, length_m - 3.0) if own else length_m
    return blocked


def _join(
    draft: Draft, grounds: Grounds, join: Join, way: int, line: BaseGeometry, params: NetworkParams
) -> int:
    """Join a place to the foot on a way; return the node where the place is reached."""
    coordinates = shapely.get_coordinates(line)
    start: Xy = (float(coordinates[0][0]), float(coordinates[0][1]))
    end: Xy = (float(coordinates[-1][0]), float(coordinates[-1][1]))
    foot = grounds.ways.foot(draft, way, end, snap_m=params.snap_m)
    node = join.node
    if node is None:
        if math.dist(start, draft.xy(foot)) < params.snap_m:
            return foot
        ordinal = float(grounds.ways.ordinals[way]) if join.ordinal is None else join.ordinal
        node = draft.add_node(NodeRow(xy=start, ordinal=ordinal, feature_id=join.feature_id))
    points, length_m = straight(draft.xy(node), draft.xy(foot))
    pathway = grounds.ways.pathways[way]
    draft.add_edge(
        EdgeRow(
            tail=node,
            head=foot,
            points=points,
            length_m=length_m,
            mode=PathwayMode.OUTDOOR if not grounds.ways.indoors[way] else PathwayMode.WALKWAY,
            indoors=bool(grounds.ways.indoors[way]),
            bicycle=pathway.bicycle,
            guessed=join.guessed or length_m > params.entrance_reach_m,
            floors=draft.nodes[foot].ordinal - draft.nodes[node].ordinal,
            feature_id=join.feature_id,
        )
    )
    return node
