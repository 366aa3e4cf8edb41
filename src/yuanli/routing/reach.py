"""What is reached within some minutes: ways walked so far, widened to areas, level by level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray
from shapely.geometry import mapping

from yuanli.campus import PathwayMode
from yuanli.routing.answers import Isochrone
from yuanli.routing.network import Floats, Network
from yuanli.routing.profiles import Profile

WIDE_INDOORS_M, WIDE_OUTDOORS_M = 4.0, 15.0
"""How far beside a way counts as reached."""
FLAT = (PathwayMode.ELEVATOR, PathwayMode.STAIRS, PathwayMode.ESCALATOR)


def isochrone_areas(
    network: Network, cost_ms: Floats, minutes: Sequence[float], profile: Profile
) -> tuple[Isochrone, ...]:
    """Return an area for each time and level; `cost_ms` is the cost of each node, infinite unreached."""
    out: list[Isochrone] = []
    level_ways = ~np.isin(network.edge_mode, FLAT)
    for limit in minutes:
        left_s = (limit * 60_000 - cost_ms) / 1000.0
        shapes: dict[float, list[shapely.Geometry]] = defaultdict(list)
        for tail, head in ((network.edge_tail, network.edge_head), (network.edge_head, network.edge_tail)):
            usable = level_ways & (left_s[tail] > 0)
            if head is network.edge_tail:
                usable &= ~network.edge_one_way
            edges = np.flatnonzero(usable)
            reverse = head is network.edge_tail
            _add_ways(network, edges, left_s[tail[edges]] * profile.speed_m_s, reverse=reverse, shapes=shapes)
        for ordinal in sorted(shapes):
            area = shapely.simplify(shapely.union_all(shapes[ordinal]), 0.5)
            if not area.is_empty:
                out.append(
                    Isochrone(
                        minutes=limit, ordinal=ordinal, geometry=mapping(network.frame.geographic(area))
                    )
                )
    return tuple(out)


def _add_ways(
    network: Network,
    edges: NDArray[np.int64],
    reach_m: Floats,
    *,
    reverse: bool,
    shapes: dict[float, list[shapely.Geometry]],
) -> None:
    if not len(edges):
        return
    lines = network.edge_lines[edges]
    lines = shapely.reverse(lines) if reverse else lines
    lengths = shapely.length(lines)
    ends = np.minimum(lengths, reach_m)
    whole = ends >= lengths
    parts = lines.copy()
    for i in np.flatnonzero(~whole):
        parts[i] = shapely.ops.substring(lines[i], 0.0, float(ends[i]))
    wide = np.where(network.edge_indoors[edges], WIDE_INDOORS_M, WIDE_OUTDOORS_M)
    areas = shapely.buffer(parts, wide, quad_segs=4)
    ordinals = network.node_ordinal[network.edge_tail[edges]]
    for ordinal in np.unique(ordinals):
        shapes[float(ordinal)].append(shapely.union_all(areas[ordinals == ordinal]))
