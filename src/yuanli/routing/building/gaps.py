"""Where drawn ways hang apart from the others: over which gaps are they joined?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.cluster.hierarchy import DisjointSet

from yuanli.routing.access import Access, access_of
from yuanli.routing.building.draft import EdgeRow, straight
from yuanli.routing.building.site import Site
from yuanli.routing.building.ways import Ways


def bridge_gaps(site: Site, ways: Ways) -> None:
    """Join the ways that hang apart to the others where the gap between them is a drawing's error."""
    draft, reach_m = site.draft, site.params.bridge_m
    island, joinable = islands_of(site, ways), ways.joinable()
    ends = [(n, w) for w in np.flatnonzero(island).tolist() for n in (ways.tails[w], ways.heads[w])]
    gaps = []
    for node, way in dict(ends).items():
        point = shapely.Point(draft.xy(node))
        for k in ways.tree.query(point, predicate="dwithin", distance=reach_m).tolist():
            if joinable[k] and not island[k] and ways.ordinals[k] == draft.nodes[node].ordinal:
                gaps.append((float(ways.lines[k].distance(point)), node, k, way))
    groups = _groups(site, ways)
    for _, node, k, way in sorted(gaps):
        if groups.merge(node, ways.tails[k]):
            foot = ways.foot(draft, k, draft.xy(node), snap_m=reach_m)
            _add_bridge(site, ways, node, foot, way, guessed=False)
    _join_rings(site, ways)


def _join_rings(site: Site, ways: Ways) -> None:
    """Join each square or platform outdoors that no way meets to the nearest way, by a guess."""
    draft, params = site.draft, site.params
    groups = _groups(site, ways)
    joinable, island = ways.joinable() & ~ways.indoors, islands_of(site, ways)
    rings = np.flatnonzero(joinable & island & ways.rings).tolist()
    others = np.flatnonzero(joinable & ~island).tolist()
    if not rings or not others:
        return
    tree = shapely.STRtree(ways.lines[others])
    near = []
    for ring in rings:
        found = tree.query(ways.lines[ring], predicate="dwithin", distance=params.ring_reach_m)
        for k in (others[i] for i in found.tolist()):
            if ways.ordinals[k] == ways.ordinals[ring]:
                near.append((float(ways.lines[ring].distance(ways.lines[k])), ring, k))
    for _, ring, k in sorted(near):
        if groups.merge(ways.tails[ring], ways.tails[k]):
            ends = shapely.get_coordinates(shapely.shortest_line(ways.lines[ring], ways.lines[k]))
            start, end = [(float(x), float(y)) for x, y in ends]
            tail = ways.foot(draft, ring, start, snap_m=params.snap_m)
            head = ways.foot(draft, k, end, snap_m=params.snap_m)
            _add_bridge(site, ways, tail, head, ring, guessed=True)


def _add_bridge(site: Site, ways: Ways, tail: int, head: int, way: int, *, guessed: bool) -> None:
    """Add an edge over a gap, like the way it prolongs."""
    points, length_m = straight(site.draft.xy(tail), site.draft.xy(head))
    site.draft.add_edge(
        EdgeRow(
            tail=tail,
            head=head,
            points=points,
            length_m=length_m,
            mode=ways.pathways[way].mode,
            indoors=bool(ways.indoors[way]),
            guessed=guessed,
            feature_id=ways.pathways[way].id,
        )
    )


def islands_of(site: Site, ways: Ways) -> NDArray[np.bool_]:
    """Tell which ways hang apart from the largest part that everybody may walk, or are closed to all."""
    closed = np.array(
        [not p.foot or access_of(p.restriction or "", frozenset()) is Access.BARRED for p in ways.pathways],
        dtype=bool,
    )
    groups = _groups(site, ways, left_out=closed)
    metres: dict[int, float] = defaultdict(float)
    roots = [groups[tail] for tail in ways.tails]
    for root, line, shut in zip(roots, ways.lines, closed, strict=True):
        metres[root] += 0.0 if shut else float(line.length)
    main = max(metres, key=lambda root: (metres[root], -root), default=-1)
    flags: NDArray[np.bool_] = closed | np.array([root != main for root in roots], dtype=bool)
    return flags


def _groups(site: Site, ways: Ways, *, left_out: NDArray[np.bool_] | None = None) -> DisjointSet:
    """Return the parts of the drawn ways, less those left out, and the edges so far."""
    groups: DisjointSet = DisjointSet(range(len(site.draft.nodes)))
    for way, ends in enumerate(zip(ways.tails, ways.heads, strict=True)):
        if left_out is None or not left_out[way]:
            groups.merge(*ends)
    for row in site.draft.edges:
        groups.merge(row.tail, row.head)
    return groups
