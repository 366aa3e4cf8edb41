"""Lines of ways, floor by floor, and the connectors between floors, as a drawn network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import (
    Feature,
    FeatureId,
    LevelId,
    Node,
    NodeId,
    Pathway,
    PathwayId,
    PathwayMode,
)

_MODES = {
    "stairs": PathwayMode.STAIRS,
    "staircase": PathwayMode.STAIRS,
    "steps": PathwayMode.STAIRS,
    "elevator": PathwayMode.ELEVATOR,
    "lift": PathwayMode.ELEVATOR,
    "escalator": PathwayMode.ESCALATOR,
    "ramp": PathwayMode.RAMP,
    "楼梯": PathwayMode.STAIRS,
    "电梯": PathwayMode.ELEVATOR,
}


@dataclass(frozen=True, slots=True)
class DrawnPath:
    """A line of a way; on two ordinals it joins them, from the first at its start to the last at its end."""

    id: FeatureId
    ordinals: tuple[float, ...]
    shape: BaseGeometry
    name: Mapping[str, str]
    extra: Mapping[str, Any]


def network_of(paths: Sequence[DrawnPath], levels: Mapping[float, LevelId]) -> dict[FeatureId, Feature]:
    """Return nodes where lines start, end or bend, and the pathways between them.

    Corners within 1e-6 degrees (some 10 cm) on one level are one node.
    """
    found: dict[FeatureId, Feature] = {}
    for path in paths:
        number = 0
        for line in shapely.get_parts(path.shape):
            corners = list(line.coords)
            ordinals = _along(path.ordinals or (0.0,), len(corners))
            nodes = [_node(c, o, levels) for c, o in zip(corners, ordinals, strict=True)]
            found.update((node.id, node) for node in nodes if node.id not in found)
            for tail, head in pairwise(nodes):
                if tail.id != head.id:
                    number += 1
                    pathway_id = path.id if number == 1 else FeatureId(f"{path.id}#{number}")
                    found[pathway_id] = _pathway(pathway_id, tail, head, path)
    return found


def _along(ordinals: tuple[float, ...], count: int) -> Iterator[float]:
    """Yield the ordinal at each corner: a connector changes level at its end."""
    yield from (ordinals[0],) * (count - 1)
    yield ordinals[-1]


def _node(corner: tuple[float, ...], ordinal: float, levels: Mapping[float, LevelId]) -> Node:
    x, y = corner[:2]
    return Node(
        id=NodeId(FeatureId(f"node:{ordinal:g}:{x:.6f}:{y:.6f}")),
        geometry=Point(x, y),
        level_id=levels.get(ordinal),
        ordinal=ordinal,
    )


def _pathway(pathway_id: FeatureId, tail: Node, head: Node, path: DrawnPath) -> Pathway:
    kind = str(path.extra.get("type", "")).lower()
    walk = PathwayMode.WALKWAY if tail.ordinal == head.ordinal else PathwayMode.STAIRS
    return Pathway(
        id=PathwayId(pathway_id),
        from_node_id=tail.id,
        to_node_id=head.id,
        mode=_MODES.get(kind, walk),
        geometry=LineString([tail.geometry, head.geometry]),
        level_id=tail.level_id if tail.level_id == head.level_id else None,
        name=path.name,
        extra=path.extra,
    )
