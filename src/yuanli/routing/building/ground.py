"""Where a file draws no ways outdoors: entrances are joined straight across, around the buildings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from shapely.geometry.base import BaseGeometry

from yuanli.campus import PathwayMode
from yuanli.routing.building.draft import EdgeRow
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.rooms import pull_in, with_ends
from yuanli.routing.building.sight import Floor, Ways, floor_of, shortest_ways
from yuanli.routing.building.site import Site

_AROUND_M = 3.0
"""How far outside the hull of the buildings one walks around them."""
_NEAREST = 6
"""Each entrance is joined to this many others, nearest first, and to what else hangs them together."""
_MOST = 400
"""Of more entrances than this only as many, evenly chosen, are joined."""


def cross_open_ground(site: Site, nodes: Sequence[int]) -> None:
    """Join entrances that no way is near to each other, by a guess, along the shortest lines outdoors."""
    nodes = list(dict.fromkeys(nodes))
    nodes = nodes[:: -(-len(nodes) // _MOST) or 1]
    if len(nodes) < 2:
        return
    points = np.array([site.draft.xy(node) for node in nodes])
    floor = _ground(site, points)
    ways = shortest_ways(floor, pull_in(floor, points))
    for i, j in _chosen(ways, site.params):
        tail, head = nodes[i], nodes[j]
        line = with_ends(ways.line(i, j), site.draft.xy(tail), site.draft.xy(head))
        site.draft.add_edge(
            EdgeRow(
                tail=tail,
                head=head,
                points=line,
                length_m=float(np.hypot(*np.diff(line, axis=0).T).sum()),
                mode=PathwayMode.OUTDOOR,
                indoors=False,
                guessed=True,
                floors=site.draft.nodes[head].ordinal - site.draft.nodes[tail].ordinal,
                feature_id=site.draft.nodes[tail].feature_id,
            )
        )


def _ground(site: Site, points: np.ndarray) -> Floor:
    """Return the ground between buildings, as one floor on which these stand."""
    survey = site.survey
    solid: list[BaseGeometry] = list(survey.outlines.values())
    if not solid:
        solid = [space.shape for space in survey.spaces.values() if space.ordinal == 0]
    hull = shapely.convex_hull(shapely.union_all([*solid, *shapely.points(points)]))
    built = shapely.union_all([shape.simplify(0.3) for shape in solid])
    return floor_of(hull.buffer(_AROUND_M, quad_segs=2), [built], many_corners=site.params.many_corners)


def _chosen(ways: Ways, params: NetworkParams) -> list[tuple[int, int]]:
    """Return the pairs to join: the nearest of each, and a shortest tree over all that can be walked."""
    length_m = np.where(ways.length_m <= params.open_ground_m, ways.length_m, np.inf)
    np.fill_diagonal(length_m, np.inf)
    order = np.argsort(length_m, axis=1, kind="stable")[:, :_NEAREST]
    pairs = {
        (min(i, j), max(i, j))
        for i, row in enumerate(order.tolist())
        for j in row
        if np.isfinite(length_m[i, j])
    }
    rows, columns = np.nonzero(np.isfinite(length_m))
    known = np.maximum(length_m[rows, columns], 1e-6)
    graph = csr_array(coo_array((known, (rows, columns)), shape=length_m.shape))
    tree = minimum_spanning_tree(graph).tocoo()
    pairs |= {(min(i, j), max(i, j)) for i, j in zip(tree.row.tolist(), tree.col.tolist(), strict=True)}
    return sorted(pairs)
