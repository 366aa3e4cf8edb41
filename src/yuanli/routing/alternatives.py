"""Other good ways: plateaus of the trees from the start and to the goal.

Where the cheapest paths from the start and those to the goal run over the same arcs (a plateau), the path
through them has no detour on it: the longer the plateau, the better the alternative (Abraham, Delling,
Goldberg & Werneck 2013, doi:10.1145/2444016.2444019; plateaus after Cambridge Vehicle Information
Technology 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from yuanli.routing.engine import Tree
from yuanli.routing.places import Gateway
from yuanli.routing.plans import Plan
from yuanli.routing.search import Found, Search
from yuanli.routing.timed import is_open_on_arrival

SHARED, STRETCHED = 0.7, 1.5
"""An alternative shares at most 70 % of its length with a better one and costs at most half as much
again; Abraham et al. ask for 80 % and 25 % on roads, where detours are longer."""
TRIED = 24
"""So many plateaus are tried, the best first."""


def other_ways(
    search: Search,
    best: Found,
    sources: Sequence[Gateway],
    targets: Sequence[Gateway],
    plan: Plan,
    at: datetime,
    count: int,
) -> list[Found]:
    """Return up to `count` paths that differ from the best and from each other, the best first."""
    forward = search.reach.tree(plan.weights, [gate.end for gate in sources])
    back = search.reach.tree(plan.weights, [gate.end for gate in targets], reverse=True)
    kept = [best]
    for node in plateaus(forward, back, STRETCHED * max(best.cost_ms, 1))[:TRIED]:
        found = search.joined_by(node, sources, targets, plan)
        if (
            found is not None
            and all(_shared(search, found, other) <= SHARED for other in kept)
            and is_open_on_arrival(plan, found.arcs, at.timestamp())
        ):
            kept.append(found)
            if len(kept) > count:
                break
    return kept[1:]


def plateaus(forward: Tree, back: Tree, limit_ms: float) -> list[int]:
    """Return a node of each plateau that a path of at most `limit_ms` runs over, the best first."""
    cost_ms = forward.cost_ms + back.cost_ms
    nodes = np.flatnonzero(cost_ms <= limit_ms)
    before, after = forward.next_node, back.next_node
    # A node goes on a plateau when both trees use the arc that leads to it.
    tail = before[nodes]
    goes_on = (tail >= 0) & (after[tail] == nodes)
    start = np.arange(len(before))
    start[nodes[goes_on]] = tail[goes_on]
    while not np.array_equal(start[start], start):
        start = start[start]
    length_ms = forward.cost_ms[nodes] - forward.cost_ms[start[nodes]]
    best: dict[int, tuple[float, int]] = {}
    for first, length, node in zip(start[nodes].tolist(), length_ms.tolist(), nodes.tolist(), strict=True):
        if length > best.get(first, (0.0, -1))[0]:
            best[first] = (length, node)
    return [node for _, node in sorted((cost_ms[node] - length, node) for length, node in best.values())]


def _shared(search: Search, found: Found, other: Found) -> float:
    """Return the share of a path's length on edges, or indoors in rooms, of another."""
    network, edge_of = search.network, search.graph.edge
    mine, theirs = (edge_of[np.array(path.arcs, dtype=np.int64)] for path in (found, other))
    mine, theirs = mine[mine >= 0], theirs[theirs >= 0]
    rooms = network.edge_feature[theirs[network.edge_indoors[theirs]]]
    common = np.isin(mine, theirs) | (
        network.edge_indoors[mine] & np.isin(network.edge_feature[mine], rooms[rooms >= 0])
    )
    length_m = network.edge_length_m[mine]
    whole = float(length_m.sum())
    return float(length_m[common].sum()) / whole if whole else 1.0
