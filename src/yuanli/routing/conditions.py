"""What is closed or crowded now, and which arcs that touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from yuanli.campus import (
    Amenity,
    Anchor,
    Building,
    Campus,
    Closure,
    Crowding,
    FeatureId,
    Geofence,
    Level,
    Occupant,
    PathwayMode,
    Relationship,
    Section,
    Unit,
)
from yuanli.routing.graph import Graph
from yuanli.routing.network import Network

Arcs = NDArray[np.int64]

AVOIDABLE: Mapping[str, tuple[PathwayMode, ...]] = {
    "stairs": (PathwayMode.STAIRS,),
    "elevator": (PathwayMode.ELEVATOR,),
    "lift": (PathwayMode.ELEVATOR,),
    "lifts": (PathwayMode.ELEVATOR,),
    "elevators": (PathwayMode.ELEVATOR,),
    "escalator": (PathwayMode.ESCALATOR,),
    "escalators": (PathwayMode.ESCALATOR,),
    "moving_walkway": (PathwayMode.MOVING_WALKWAY,),
    "ramp": (PathwayMode.RAMP,),
    "ramps": (PathwayMode.RAMP,),
    "fare_gate": (PathwayMode.FARE_GATE,),
    "exit_gate": (PathwayMode.EXIT_GATE,),
    "gates": (PathwayMode.FARE_GATE, PathwayMode.EXIT_GATE),
    "outdoors": (),
    "outdoor": (),
    "indoors": (),
    "doors": (PathwayMode.DOOR,),
}
"""Words for what a traveller may ask to avoid; others are feature ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What is closed or crowded: features of the campus and live state.

    A closure or crowding holds from its start to its end. `lifts_out` are lift units that a live
    source reports out of order.
    """

    closures: tuple[Closure, ...] = ()
    crowdings: tuple[Crowding, ...] = ()
    lifts_out: frozenset[FeatureId] = frozenset()

    @property
    def key(self) -> tuple[object, ...]:
        """What tells two conditions apart."""
        return (
            tuple(
                (c.id, c.feature_ids, _wkb(c.geometry), c.ordinal, c.starts_at, c.ends_at)
                for c in self.closures
            ),
            tuple(
                (c.id, c.factor, c.feature_ids, _wkb(c.geometry), c.ordinal, c.starts_at, c.ends_at)
                for c in self.crowdings
            ),
            self.lifts_out,
        )


def is_active(item: Closure | Crowding, at: datetime) -> bool:
    """Tell whether a closure or crowding holds at a time."""
    return (item.starts_at is None or item.starts_at <= at) and (item.ends_at is None or at < item.ends_at)


def _wkb(geometry: BaseGeometry | None) -> bytes | None:
    return None if geometry is None else bytes(shapely.to_wkb(geometry))


class ArcFinder:
    """Finds the arcs that run in, through or into features and areas."""

    def __init__(self, campus: Campus, network: Network, graph: Graph) -> None:
        self._campus, self._network, self._graph = campus, network, graph

    def of_mode(self, word: str) -> Arcs:
        """Return the arcs that a word of `AVOIDABLE` means."""
        edge = self._graph.edge
        if word in ("outdoors", "outdoor", "indoors"):
            indoors = np.append(self._network.edge_indoors, word != "indoors")
            hit = indoors[np.maximum(edge, -1)] == (word == "indoors")
            return np.flatnonzero(hit & (edge >= 0))
        mode = np.append(self._network.edge_mode, 0)
        return np.flatnonzero(np.isin(mode[np.maximum(edge, -1)], [int(m) for m in AVOIDABLE[word]]))

    def of_features(self, feature_ids: Iterable[FeatureId]) -> Arcs:
        """Return the arcs that run in features or pass their doors; one unit of a shaft means all of it."""
        wanted = set(feature_ids)
        found = [self._of_feature(feature_id) for feature_id in sorted(wanted)]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def of_area(self, geometry: BaseGeometry, ordinal: float | None) -> Arcs:
        """Return the arcs that cross an area in degrees, on one ordinal or all."""
        network = self._network
        area = network.frame.metric(geometry)
        if area.geom_type in ("Point", "MultiPoint"):
            area = area.buffer(2.0)
        edges = network.edge_tree.query(area, predicate="intersects")
        if ordinal is not None:
            low, high = network.node_ordinal[network.edge_tail], network.node_ordinal[network.edge_head]
            low, high = np.minimum(low, high)[edges], np.maximum(low, high)[edges]
            edges = edges[(low <= ordinal) & (ordinal <= high)]
        return self._arcs_of_edges(edges)

    def _of_feature(self, feature_id: FeatureId) -> Arcs:
        feature = self._campus.find(feature_id)
        ids = set(self._expand(feature_id))
        index = [i for f in ids if (i := self._network.feature_index.get(f)) is not None]
        parts = [self._by_feature[i] for i in index if i in self._by_feature]
        if not parts and isinstance(feature, Geofence | Section) and feature.geometry is not None:
            level_id = getattr(feature, "level_id", None)
            return self.of_area(feature.geometry, self._campus.ordinal_of(level_id) if level_id else None)
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def _expand(self, feature_id: FeatureId) -> Iterable[FeatureId]:
        """Yield a feature and all that is meant with it: a building's units, the units of a shaft."""
        campus, feature = self._campus, self._campus.find(feature_id)
        yield feature_id
        yield from self._network.shafts.get(feature_id, ())
        if isinstance(feature, Building):
            for level in campus.levels_by_building.get(feature.id, ()):
                yield from self._expand(FeatureId(level.id))
        elif isinstance(feature, Level):
            yield from (FeatureId(u.id) for u in campus.units_by_level.get(feature.id, ()))
            yield from (FeatureId(o.id) for o in campus.openings_by_level.get(feature.id, ()))
        elif isinstance(feature, Relationship):
            members = (feature.origin, *feature.intermediary, feature.destination)
            yield from (m for m in members if m and isinstance(campus.find(m), Unit))
        elif isinstance(feature, Occupant) and feature.anchor_id:
            anchor = campus.find(feature.anchor_id)
            if isinstance(anchor, Anchor) and anchor.unit_id:
                yield FeatureId(anchor.unit_id)
        elif isinstance(feature, Amenity):
            units = (campus.find(u) for u in feature.unit_ids)
            shafts = self._network.shafts
            yield from (s for u in units if u is not None for s in shafts.get(FeatureId(u.id), ()))

    @cached_property
    def _by_feature(self) -> Mapping[int, Arcs]:
        """The arcs in each feature's edges and at its nodes."""
        graph, network = self._graph, self._network
        on_edge = np.flatnonzero(graph.edge >= 0)
        pairs = [(network.edge_feature[graph.edge[on_edge]], on_edge)]
        for ends in (graph.tail, graph.head):
            pairs.append((network.node_feature[graph.node[ends]], np.arange(graph.n_arcs)))
        feature = np.concatenate([p[0] for p in pairs])
        arc = np.concatenate([p[1] for p in pairs])
        order = np.argsort(feature, kind="stable")
        feature, arc = feature[order], arc[order]
        bounds = [0, *(np.flatnonzero(feature[1:] != feature[:-1]) + 1).tolist(), len(feature)]
        groups: dict[int, Arcs] = {}
        for low, high in pairwise(bounds):
            if low < high and feature[low] >= 0:
                groups[int(feature[low])] = np.unique(arc[low:high])
        return groups

    def _arcs_of_edges(self, edges: NDArray[np.int64]) -> Arcs:
        mask = np.zeros(self._network.n_edges + 2, dtype=np.bool_)
        mask[edges] = True
        return np.flatnonzero(mask[self._graph.edge] & (self._graph.edge >= 0))
