"""Where a free point meets the network: a position on the map, a pin, a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from yuanli.campus import Campus, UnitId
from yuanli.routing.building.rooms import obstacles_of, pull_in
from yuanli.routing.building.sight import floor_of, shortest_ways
from yuanli.routing.building.survey import Space, survey_campus
from yuanli.routing.network import RIDES, Network

_FAR = 1e6
_OFF_ISLAND_M = 150.0
"""A point on a part that hangs apart also meets the main part of the network, where that is this near."""

Attachment = tuple[tuple[int, float], ...]
"""Nodes, and how far each is from the point, in metres."""


def attach(network: Network, xy: tuple[float, float], ordinal: float) -> Attachment:
    """Return the ends of the edge nearest to a point on a level, with the metres to walk to each.

    The point is in the campus frame. Where no edge is on the level, the nearest of any level is taken;
    an empty network gives nothing. Where the nearest edge hangs apart from the main part of the network,
    or is closed to everybody, the ends of the nearest edge that is not follow.
    """
    if not network.n_edges:
        return ()
    point = shapely.Point(xy)
    wanted = network.edge_flat & (network.node_ordinal[network.edge_tail] == ordinal)
    edge = _nearest(network, point, wanted)
    if edge < 0:
        return _ends(network, int(network.edge_tree.nearest(point)), point)
    ends = _ends(network, edge, point)
    if network.edge_public[edge]:
        return ends
    further = _nearest(network, point, wanted & network.edge_public, within_m=_OFF_ISLAND_M)
    known = {node for node, _ in ends}
    return (*ends, *(end for end in _ends(network, further, point) if end[0] not in known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Finds where points meet the network: inside a unit by the shortest line to its doors."""

    network: Network
    spaces: tuple[Space, ...]
    obstacles: Mapping[UnitId, tuple[BaseGeometry, ...]]
    tree: shapely.STRtree

    def attach(self, lon: float, lat: float, ordinal: float = 0.0) -> Attachment:
        """Return the nodes a point in degrees is joined to, with the metres to walk to each."""
        x, y = self.network.frame.to_metres(np.array([[lon, lat]]))[0]
        point = shapely.Point(x, y)
        found = [self.spaces[k] for k in self.tree.query(point, predicate="intersects")]
        found = [s for s in found if s.ordinal == ordinal]
        if found:
            space = min(found, key=lambda s: (float(s.shape.area), s.id))
            joined = self._in_space(space, (float(x), float(y)))
            if joined:
                return joined
        return attach(self.network, (float(x), float(y)), ordinal)

    def _in_space(self, space: Space, xy: tuple[float, float]) -> Attachment:
        network = self.network
        feature = network.feature_index.get(space.id)
        edges = np.flatnonzero(network.edge_feature == feature) if feature is not None else np.empty(0, int)
        flat = edges[(network.edge_floors[edges] == 0) & ~np.isin(network.edge_mode[edges], RIDES)]
        nodes = np.unique(np.concatenate([network.edge_tail[flat], network.edge_head[flat]]))
        if not len(nodes):
            return ()
        floor = floor_of(space.shape, self.obstacles.get(space.id, ()))
        points = pull_in(floor, np.concatenate([[xy], network.node_xy[nodes]]))
        length_m = shortest_ways(floor, points).length_m[0, 1:]
        order = np.argsort(length_m, kind="stable")
        return tuple((int(nodes[k]), float(length_m[k])) for k in order if np.isfinite(length_m[k]))


def locator_of(campus: Campus, network: Network) -> Locator:
    """Prepare to find points of a campus on its network."""
    survey = survey_campus(campus)
    spaces = tuple(survey.spaces.values())
    return Locator(
        network=network,
        spaces=spaces,
        obstacles=obstacles_of(survey),
        tree=shapely.STRtree([s.shape for s in spaces]),
    )


def _nearest(
    network: Network, point: shapely.Point, wanted: NDArray[np.bool_], *, within_m: float = math.inf
) -> int:
    """Return the nearest wanted edge, -1 where none is within reach."""
    for reach_m in (r for r in (5.0, 50.0, 150.0, 500.0, _FAR) if r <= within_m):
        near = network.edge_tree.query(point, predicate="dwithin", distance=reach_m)
        near = near[wanted[near]]
        if len(near):
            return int(near[np.argmin(shapely.distance(network.edge_lines[near], point))])
    return -1


def _ends(network: Network, edge: int, point: shapely.Point) -> Attachment:
    """Return the ends of an edge with the metres to each from a point beside it; none for -1."""
    if edge < 0:
        return ()
    line = network.edge_lines[edge]
    along, off_m = float(line.project(point)), float(line.distance(point))
    scale = float(network.edge_length_m[edge]) / line.length if line.length > 0 else 1.0
    tail, head = int(network.edge_tail[edge]), int(network.edge_head[edge])
    ends = ((tail, off_m + along * scale), (head, off_m + (line.length - along) * scale))
    return ends[:1] if tail == head else ends
