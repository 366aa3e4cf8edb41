"""Where drawn ways hang apart from the others: over which gaps are they joined?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.cluster.hierarchy import DisjointSet
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from yuanli.routing.access import Access, access_of
from yuanli.routing.building.draft import Draft, EdgeRow, straight
from yuanli.routing.building.site import Site
from yuanli.routing.building.ways import Ways
from yuanli.routing.network import RIDES, Ints

_MIDWAY_M = 10.0
"""A part is joined at a node between its ways only where that is this much nearer than an end."""


def bridge_gaps(site: Site, ways: Ways) -> None:
    """Join the ways that hang apart to the others where the gap between them is a drawing's error.

    Nothing is joined to a bridge or tunnel that passes by but what is one itself.
    """
    draft, reach_m = site.draft, site.params.bridge_m
    island, joinable, spans = islands_of(site, ways), ways.joinable(), _spans(ways)
    ends = [(n, w) for w in np.flatnonzero(island).tolist() for n in (ways.tails[w], ways.heads[w])]
    gaps = []
    for node, way in dict(ends).items():
        point = shapely.Point(draft.xy(node))
        for k in ways.tree.query(point, predicate="dwithin", distance=reach_m).tolist():
            passes = spans[k] and not spans[way]
            if joinable[k] and not island[k] and not passes and ways.ordinals[k] == draft.nodes[node].ordinal:
                gaps.append((float(ways.lines[k].distance(point)), node, k, way))
    labels = _groups(site, ways)
    groups: DisjointSet = DisjointSet(np.unique(labels).tolist())
    for _, node, k, way in sorted(gaps):
        if groups.merge(int(labels[node]), int(labels[ways.tails[k]])):
            foot = ways.foot(draft, k, draft.xy(node), snap_m=reach_m)
            _add_bridge(site, ways, node, foot, way, guessed=False)


def join_islands(site: Site, ways: Ways) -> None:
    """Join each part of the ways outdoors that hangs apart to the nearest other way, by a guess.

    A footbridge, a platform or a square is joined once only, at an end of its ways if it has one, so
    that no guess makes a way between other places shorter. Where buildings are in between it stays
    apart, and so does a long part: the edge of the map cut it off, or more than one way is missing.
    """
    draft, params = site.draft, site.params
    part = _groups(site, ways)[ways.tails].tolist() if ways.tails else []
    joinable, spans = ways.joinable() & ~ways.indoors, _spans(ways)
    metres = _metres(part, ways)
    main = max(metres, key=lambda root: (metres[root], -root), default=-1)
    others = [k for k in np.flatnonzero(joinable).tolist() if part[k] == main]
    small = {k for k, root in enumerate(part) if root != main and metres[root] <= params.island_m}
    starts = _starts(ways, small, draft)
    if not others or not starts:
        return
    tree = shapely.STRtree(ways.lines[others])
    near: list[tuple[float, int, int, BaseGeometry]] = []
    for way, shape, ordinal, handicap_m in starts:
        for k in (others[i] for i in tree.query(shape, "dwithin", params.island_reach_m).tolist()):
            line = shapely.shortest_line(shape, ways.lines[k])
            passes = spans[k] and not spans[way]
            if ways.ordinals[k] == ordinal and not passes and not _crosses(site, line):
                near.append((float(line.length) + handicap_m, way, k, line))
    groups: DisjointSet = DisjointSet(sorted(set(part)))
    for _, way, k, line in sorted(near, key=lambda row: row[:3]):
        if groups.merge(part[way], part[k]):
            start, end = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
            tail = ways.foot(draft, way, start, snap_m=params.snap_m)
            head = ways.foot(draft, k, end, snap_m=params.snap_m)
            _add_bridge(site, ways, tail, head, way, guessed=True)


def _starts(
    ways: Ways, island: Collection[int], draft: Draft
) -> list[tuple[int, BaseGeometry, float, float]]:
    """Return from where each way of an island can be joined: way, shape, ordinal, and metres against it."""
    ends = Counter(node for k in island for node in (ways.tails[k], ways.heads[k]))
    starts: list[tuple[int, BaseGeometry, float, float]] = []
    for k in sorted(island):
        if not ways.pathways[k].foot or ways.indoors[k] or ways.pathways[k].mode in RIDES:
            continue
        if ways.rings[k]:
            starts.append((k, ways.lines[k], float(ways.ordinals[k]), 0.0))
            continue
        for node in (ways.tails[k], ways.heads[k]):
            handicap_m = 0.0 if ends[node] == 1 else _MIDWAY_M
            starts.append((k, shapely.Point(draft.xy(node)), draft.nodes[node].ordinal, handicap_m))
    return starts


def _spans(ways: Ways) -> NDArray[np.bool_]:
    """Tell which ways are tagged as bridges or tunnels, passages through buildings left out."""
    flags = np.zeros(len(ways.pathways), dtype=bool)
    for i, pathway in enumerate(ways.pathways):
        tags = pathway.extra.get("tags")
        if isinstance(tags, Mapping):
            tunnel = str(tags.get("tunnel", "no"))
            flags[i] = str(tags.get("bridge", "no")) != "no" or tunnel not in ("no", "building_passage")
    return flags


def _metres(part: Sequence[int], ways: Ways) -> dict[int, float]:
    """Return how long the ways on foot of each part are; `part` tells that of each way."""
    metres: dict[int, float] = defaultdict(float)
    for pathway, root, line in zip(ways.pathways, part, ways.lines, strict=True):
        metres[root] += float(line.length) if pathway.foot else 0.0
    return metres


def _crosses(site: Site, line: BaseGeometry) -> bool:
    """Tell whether a line leads through a building."""
    return any(shape.intersection(line).length > 1.0 for shape in site.survey.outlines.values())


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
    roots = _groups(site, ways, left_out=closed)[ways.tails].tolist() if ways.tails else []
    metres: dict[int, float] = defaultdict(float)
    for root, line, shut in zip(roots, ways.lines, closed, strict=True):
        metres[root] += 0.0 if shut else float(line.length)
    main = max(metres, key=lambda root: (metres[root], -root), default=-1)
    flags: NDArray[np.bool_] = closed | np.array([root != main for root in roots], dtype=bool)
    return flags


def _groups(site: Site, ways: Ways, *, left_out: NDArray[np.bool_] | None = None) -> Ints:
    """Return the part each node is in: of the drawn ways, less those left out, and the edges so far."""
    kept = [k for k in range(len(ways.tails)) if left_out is None or not left_out[k]]
    tails = [ways.tails[k] for k in kept] + [row.tail for row in site.draft.edges]
    heads = [ways.heads[k] for k in kept] + [row.head for row in site.draft.edges]
    size = len(site.draft.nodes)
    graph = coo_array((np.ones(len(tails), dtype=np.int8), (tails, heads)), shape=(size, size))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int32)
    return labels
