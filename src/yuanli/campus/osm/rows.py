"""Nodes, ways and relations as they stand in a file."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Tags = Mapping[str, str]
Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class OsmNode:
    """A node that has tags, or is asked for by id."""

    id: int
    lon: float
    lat: float
    tags: Tags


@dataclass(frozen=True, slots=True)
class OsmWay:
    """A way without the nodes the file lacks; `lonlat` has shape `(len(refs), 2)`.

    `breaks` are the indices of nodes that the one before does not lead to: the way was away from the site.
    """

    id: int
    refs: tuple[int, ...]
    lonlat: Floats
    tags: Tags
    missing: int = 0
    breaks: frozenset[int] = frozenset()

    @property
    def closed(self) -> bool:
        """Whether the way is a ring."""
        return len(self.refs) >= 4 and self.refs[0] == self.refs[-1]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a relation: `kind` is `n`, `w` or `r`."""

    kind: str
    ref: int
    role: str


@dataclass(frozen=True, slots=True)
class OsmRelation:
    """A relation and its members."""

    id: int
    members: tuple[Member, ...]
    tags: Tags


@dataclass(slots=True)
class Rows:
    """What has been read of a file so far: node coordinates in two flat arrays, the rest by id.

    `twice`, `nowhere` and `broken` are the OSM ids of things that are there twice, of nodes without
    usable coordinates, and of things that could only be read in part.
    """

    ids: array[int] = field(default_factory=lambda: array("q"))
    coordinates: array[float] = field(default_factory=lambda: array("d"))
    tagged: dict[int, Tags] = field(default_factory=dict)
    ways: dict[int, tuple[tuple[int, ...], Tags]] = field(default_factory=dict)
    relations: dict[int, OsmRelation] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def take_node(self, node_id: int, lonlat: tuple[float, float] | None, tags: Tags) -> None:
        """Keep a node, or note that it has no place."""
        if lonlat is None:
            self.nowhere.append(f"node/{node_id}")
            return
        self.ids.append(node_id)
        self.coordinates.extend(lonlat)
        if tags:
            self.tagged[node_id] = tags

    def take_way(self, way_id: int, refs: tuple[int, ...], tags: Tags) -> None:
        """Keep a way; the later of two counts."""
        if way_id in self.ways:
            self.twice.append(f"way/{way_id}")
        self.ways[way_id] = (refs, tags)

    def take_relation(self, relation: OsmRelation) -> None:
        """Keep a relation; the later of two counts."""
        if relation.id in self.relations:
            self.twice.append(f"relation/{relation.id}")
        self.relations[relation.id] = relation
