"""Ways where walking is discouraged, as on cycle lanes: walked only where nothing else leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import shapely
from scipy.cluster.hierarchy import DisjointSet

from yuanli.campus import NodeId, Pathway, PathwayMode

_LIFTED = (PathwayMode.ELEVATOR, PathwayMode.ESCALATOR)


def without_lanes(pathways: Sequence[Pathway]) -> list[Pathway]:
    """Return the pathways, those where walking is discouraged closed to walkers where other ways lead.

    Of these a spanning forest stays, the shortest first: what only they join stays joined, and no way
    between places that others join gets shorter by them.
    """
    lanes = [i for i, p in enumerate(pathways) if p.foot and p.restriction == "discouraged"]
    if not lanes:
        return list(pathways)
    groups: DisjointSet[NodeId] = DisjointSet(n for p in pathways for n in (p.from_node_id, p.to_node_id))
    for pathway in pathways:
        if pathway.foot and pathway.restriction != "discouraged" and pathway.mode not in _LIFTED:
            groups.merge(pathway.from_node_id, pathway.to_node_id)
    left = list(pathways)
    for i in sorted(lanes, key=lambda i: (shapely.length(pathways[i].geometry), i)):
        if not groups.merge(pathways[i].from_node_id, pathways[i].to_node_id):
            left[i] = replace(pathways[i], foot=False)
    return left
