"""On which ordinal does each node of a way lie?"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from yuanli.campus.osm.drawn import DrawnWays
from yuanli.campus.osm.rows import OsmWay

MOST_LIFT_STOPS = 12


def find_ordinals(net: DrawnWays) -> None:
    """Give each node the ordinal of the ways on one level through it; then the ends of stairs."""
    said: dict[int, Counter[float]] = defaultdict(Counter)
    for way in net.ways:
        if len(levels := net.levels[way.id]) == 1:
            for ref in way.refs:
                said[ref][levels[0]] += 1
    on_ground = {ref for way in net.ways if not net.levels[way.id] for ref in way.refs}
    for node in net.draft.source.nodes.values():
        if node.id in net.at and node.tags.get("highway") == "elevator":
            own = net.draft.ordinals(f"node/{node.id}", node.tags) if "level" in node.tags else ()
            ground = () if own or node.id not in on_ground else (0.0,)
            served = tuple(sorted({*own, *said[node.id], *ground}))[:MOST_LIFT_STOPS]
            if len(served) > 1:
                net.lifts[node.id] = served
        elif node.id in net.at and "level" in node.tags:
            own = net.draft.ordinals(f"node/{node.id}", node.tags)
            if len(own) == 1:
                said[node.id].setdefault(own[0], 1)
    for ref, counts in said.items():
        if counts:
            net.ordinal[ref] = min(counts, key=lambda o: (-counts[o], abs(o)))
    for way in net.ways:
        if len(net.levels[way.id]) > 1:
            _find_ends(net, way)


def _find_ends(net: DrawnWays, way: OsmWay) -> None:
    """Set the ends of a way over several levels: by what they touch, else by `incline`."""
    low, high = net.levels[way.id][0], net.levels[way.id][-1]
    first, last = way.refs[0], way.refs[-1]
    start = net.ordinal.get(first) if first not in net.lifts else None
    end = net.ordinal.get(last) if last not in net.lifts else None
    if start is None and end is None:
        start = high if way.tags.get("incline", "").startswith(("down", "-")) else low
    if start is None:
        start = low if end == high else high
    if end is None:
        end = low if start == high else high
    net.ordinal.setdefault(first, start)
    net.ordinal.setdefault(last, end)
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(way.lonlat, axis=0).T))])
    for ref, share in zip(way.refs[1:-1], length[1:-1] / (length[-1] or 1), strict=True):
        net.ordinal.setdefault(ref, round(start + (end - start) * float(share), 2))
