"""The walking network as arrays: what the builder makes and every engine runs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yuanli.campus import FeatureId, Frame, LevelId, PathwayMode
from yuanli.routing.access import Access, access_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.int8]
Flags = NDArray[np.bool_]

UNKNOWN, NO, YES = 0, -1, 1
"""A three-valued attribute, as `edge_wheelchair`."""

RIDES = (PathwayMode.ELEVATOR, PathwayMode.ESCALATOR, PathwayMode.MOVING_WALKWAY)
"""The modes nobody gets on or off midway."""

NO_DOOR, MANUAL_DOOR, AUTOMATIC_DOOR = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Network:
    """Nodes are openings, junctions and places; edges run between two of them.

    Arrays `node_…` have shape `(n_nodes,)`, `edge_…` `(n_edges,)`; `-1` in an index is none, NaN in a
    measure is unknown. An edge runs from `edge_tail` to `edge_head`, and back unless `edge_one_way`.

    A lift has one shaft node a level. An `ELEVATOR` edge with `edge_floors` 0 is boarding: its tail
    is the landing, its head the shaft node, so a wait charged from tail to head only is paid once a
    ride. An `ELEVATOR` edge with other `edge_floors` is the ride between two shaft nodes.

    Parameters
    ----------
    node_xy
        Metres in the campus frame, `(n_nodes, 2)`.
    node_ordinal, node_level
        Level ordinal, and index into `level_ids` (-1 outdoors).
    node_feature
        The opening, node, unit, building, … this node stands for: an index into `feature_ids`.
    node_door, node_width_m, node_wheelchair, node_hours, node_restriction
        Of the door or gate at the node: `NO_DOOR`, `MANUAL_DOOR` or `AUTOMATIC_DOOR`; clear width in
        metres; YES, NO or UNKNOWN; an index into `hours`; an index into `restrictions`.
    edge_against
        True where an edge is one-way because of the door at its head or tail: the way back is known, but
        leads through the door against its direction.
    edge_mode
        `PathwayMode` of the edge.
    edge_length_m, edge_rise_m, edge_floors
        Walked length; climb from tail to head in metres; change of ordinal from tail to head.
    edge_time_s
        Traversal time that the source gives, NaN where it is to be computed.
    edge_slope, edge_width_m, edge_stairs
        Steepest slope as a ratio; clear width in metres; number of steps, -1 unknown.
    edge_feature
        The unit or pathway the edge runs in, or the lower unit of a shaft: an index into `feature_ids`.
    edge_through
        True where an edge crosses a private room from one door to another.
    edge_guessed
        True where no door is drawn and one was inferred, or an entrance was: a route warns of it.
    edge_points, edge_offset
        Geometry in metres: edge `i` is `edge_points[edge_offset[i]:edge_offset[i + 1]]`, tail to head.
    shafts
        For each lift or stair unit, the units of its whole shaft: closing one closes all.
    entrances
        For each feature that can be a start or goal, the nodes where it is reached.
    exits
        Nodes where a building is left for the open air; of a building without a drawn entrance those at
        its outline, which guessed edges join to the ways.
    """

    frame: Frame
    level_ids: tuple[LevelId, ...]
    feature_ids: tuple[FeatureId, ...]
    hours: tuple[str, ...]
    restrictions: tuple[str, ...]
    node_xy: Floats
    node_ordinal: Floats
    node_level: Ints
    node_feature: Ints
    node_door: Bytes
    node_width_m: Floats
    node_wheelchair: Bytes
    node_hours: Ints
    node_restriction: Ints
    edge_tail: Ints
    edge_head: Ints
    edge_one_way: Flags
    edge_against: Flags
    edge_mode: Bytes
    edge_length_m: Floats
    edge_rise_m: Floats
    edge_floors: Floats
    edge_time_s: Floats
    edge_slope: Floats
    edge_width_m: Floats
    edge_stairs: Ints
    edge_foot: Flags
    edge_bicycle: Flags
    edge_wheelchair: Bytes
    edge_indoors: Flags
    edge_through: Flags
    edge_guessed: Flags
    edge_feature: Ints
    edge_hours: Ints
    edge_restriction: Ints
    edge_points: Floats
    edge_offset: Ints
    shafts: Mapping[FeatureId, tuple[FeatureId, ...]]
    entrances: Mapping[FeatureId, tuple[int, ...]]
    exits: Ints

    @property
    def n_nodes(self) -> int:
        """The number of nodes."""
        return len(self.node_xy)

    @property
    def n_edges(self) -> int:
        """The number of edges, counted once for both directions."""
        return len(self.edge_tail)

    @cached_property
    def components(self) -> Ints:
        """The connected component of each node, directions ignored."""
        shape = (self.n_nodes, self.n_nodes)
        ones = np.ones(self.n_edges, dtype=np.int8)
        matrix = coo_array((ones, (self.edge_tail, self.edge_head)), shape=shape)
        labels: Ints = connected_components(matrix, directed=False)[1].astype(np.int32)
        return labels

    @cached_property
    def main_component(self) -> int:
        """The component with the most nodes, -1 where there are none."""
        return int(np.argmax(np.bincount(self.components))) if self.n_nodes else -1

    @cached_property
    def edge_flat(self) -> Flags:
        """Whether an edge is walked on one level: where it can be met midway."""
        flags: Flags = self.edge_foot & (self.edge_floors == 0) & ~np.isin(self.edge_mode, RIDES)
        return flags

    @cached_property
    def edge_public(self) -> Flags:
        """Whether an edge is part of the largest part that nobody is barred from."""
        barred = np.array(
            [access_of(text, frozenset()) is Access.BARRED for text in (*self.restrictions, "")]
        )
        open_: Flags = ~barred[self.edge_restriction]
        shape = (self.n_nodes, self.n_nodes)
        ends = self.edge_tail[open_], self.edge_head[open_]
        matrix = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=shape)
        labels = connected_components(matrix, directed=False)[1]
        flags: Flags = open_ & (labels[self.edge_tail] == np.argmax(np.bincount(labels, minlength=1)))
        return flags

    @cached_property
    def feature_index(self) -> Mapping[FeatureId, int]:
        """The index of each feature in `feature_ids`."""
        return {feature_id: i for i, feature_id in enumerate(self.feature_ids)}

    @cached_property
    def edge_lines(self) -> NDArray[np.object_]:
        """The geometry of each edge in metres, as `LineString`s."""
        counts = np.diff(self.edge_offset)
        rings = np.repeat(np.arange(self.n_edges), counts)
        lines: NDArray[np.object_] = shapely.linestrings(self.edge_points, indices=rings)
        return lines

    @cached_property
    def edge_tree(self) -> shapely.STRtree:
        """A spatial index over `edge_lines`."""
        return shapely.STRtree(self.edge_lines)
