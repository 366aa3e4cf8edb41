"""Where drawn ways run into spaces: by their nodes, and over the edge of platforms and squares."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np
import shapely

from yuanli.campus import FeatureId, Node, NodeId, Unit
from yuanli.routing.building.draft import Draft
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Survey, Xy
from yuanli.routing.building.ways import Ways


def nodes_in_spaces(
    survey: Survey, ways: Ways, draft: Draft, params: NetworkParams
) -> Mapping[FeatureId, list[int]]:
    """Return the drawn nodes in each unit: those that name it, and those on its level inside it.

    A way of the open air only leads into spaces that are there to be walked through. A platform or
    square whose edge no other way meets is walked on to where it touches such a space.
    """
    campus = survey.campus
    inside: dict[FeatureId, list[int]] = defaultdict(list)
    by_ordinal: dict[float, list[tuple[NodeId, int]]] = defaultdict(list)
    for node_id, index in ways.nodes.items():
        node = campus.get(node_id, Node)
        for f in node.feature_ids:
            if isinstance(campus.find(f), Unit) and index not in inside[f]:
                inside[f].append(index)
        by_ordinal[node.ordinal].append((node_id, index))
    for ordinal, entries in by_ordinal.items():
        spaces = [s for s in survey.spaces.values() if s.ordinal == ordinal]
        if not spaces:
            continue
        tree = shapely.STRtree([s.shape for s in spaces])
        points = shapely.points([draft.xy(i) for _, i in entries])
        rows, columns = tree.query(points, predicate="intersects")
        for row, column in sorted(zip(rows.tolist(), columns.tolist(), strict=True)):
            node_id, index = entries[row]
            node, space = campus.get(node_id, Node), spaces[column]
            if node.level_id is None and not space.kind.passage:
                continue
            if node.level_id is not None and node.level_id != space.unit.level_id:
                continue
            if index not in inside[space.id]:
                inside[space.id].append(index)
    for space_id, index in _on_to_rings(survey, ways, draft, params):
        inside[space_id].append(index)
    return inside


def _on_to_rings(
    survey: Survey, ways: Ways, draft: Draft, params: NetworkParams
) -> list[tuple[FeatureId, int]]:
    """Return the passages that touch a ring which no other way meets, with a node there."""
    ends = Counter([*ways.tails, *ways.heads])
    lone = np.array(
        [ends[t] == ends[h] == 2 for t, h in zip(ways.tails, ways.heads, strict=True)], dtype=bool
    )
    alone = np.flatnonzero(ways.rings & lone & ways.joinable()).tolist()
    passages = [s for s in survey.spaces.values() if s.kind.passage and not s.kind.connector]
    if not alone or not passages:
        return []
    tree = shapely.STRtree([s.shape for s in passages])
    found: dict[tuple[FeatureId, int], float] = {}
    at: dict[tuple[FeatureId, int], tuple[int, Xy]] = {}
    for k in alone:
        line = ways.lines[k]
        for i in sorted(tree.query(line, predicate="dwithin", distance=params.guess_reach_m).tolist()):
            space, key = passages[i], (passages[i].id, min(ways.tails[k], ways.heads[k]))
            x, y = shapely.get_coordinates(shapely.shortest_line(line, space.shape))[0]
            away_m = float(line.distance(space.shape))
            if ways.ordinals[k] == space.ordinal and away_m < found.get(key, math.inf):
                found[key], at[key] = away_m, (k, (float(x), float(y)))
    return [(key[0], ways.foot(draft, k, xy, snap_m=params.snap_m)) for key, (k, xy) in at.items()]
