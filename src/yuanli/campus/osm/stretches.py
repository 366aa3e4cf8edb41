"""A way becomes pathways: one for each stretch between two of its junctions, doors or barriers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from shapely.geometry import LineString

from yuanli.campus.features import FeatureId, Node, NodeId, Pathway, PathwayId, PathwayMode
from yuanli.campus.osm.drawn import DrawnWays, lift_ordinal, node_at
from yuanli.campus.osm.measures import (
    accessibility_of,
    extra_of,
    hours_of,
    restriction_of,
    slope_of,
    whole_of,
    width_of,
)
from yuanli.campus.osm.rows import OsmWay
from yuanli.campus.osm.walking import (
    bicycle_direction,
    foot_direction,
    is_cycle_lane,
    may_cycle,
    may_walk,
    mode_of,
)


def split_way(net: DrawnWays, way: OsmWay) -> None:
    """Add the pathways of a way; none spans a gap where the way was outside the site."""
    cuts = [i for i, ref in enumerate(way.refs) if ref in net.splits]
    for number, (i, j) in enumerate(pairwise(cuts)):
        if j in way.breaks:
            continue
        tail, head = (node_at(net, way.refs[k], lift_ordinal(net, way, way.refs[k])) for k in (i, j))
        pathway_id = f"way/{way.id}" if len(cuts) == 2 else f"way/{way.id}:{number}"
        add_pathways(net, way, pathway_id, tail, head, LineString(way.lonlat[i : j + 1]))


def add_pathways(
    net: DrawnWays, way: OsmWay, pathway_id: str, tail: NodeId, head: NodeId, line: LineString
) -> None:
    """Add the pathway of one stretch; a second for bicycles where they ride by other rules."""
    tags, draft = way.tags, net.draft
    mode, foot, bicycle = mode_of(tags), may_walk(tags), may_cycle(tags)
    one_way, ridden = foot_direction(tags), bicycle_direction(tags)
    closed = "discouraged" if is_cycle_lane(tags) else restriction_of(tags, "foot", "access")
    closed_to_bicycles = restriction_of(tags, "bicycle", "vehicle", "access")
    alike = ridden == 0 and (closed == closed_to_bicycles or not foot)
    ends = [draft.features[n] for n in (tail, head)]
    levels = {end.level_id for end in ends if isinstance(end, Node)}
    path = Pathway(
        id=PathwayId(FeatureId(pathway_id)),
        from_node_id=tail,
        to_node_id=head,
        mode=mode,
        is_bidirectional=one_way == 0,
        geometry=line,
        level_id=next(iter(levels)) if len(levels) == 1 else None,
        name=net.names[way.id],
        stair_count=whole_of(tags.get("step_count"), most=5000),
        max_slope=slope_of(tags.get("incline")),
        min_width_m=width_of(tags),
        hours=hours_of(tags),
        restriction=closed if foot else closed_to_bicycles,
        accessibility=accessibility_of({k: v for k, v in tags.items() if k != "ramp:wheelchair"}),
        surface=tags.get("surface"),
        foot=foot,
        bicycle=bicycle and alike,
        extra=extra_of(pathway_id.split(":")[0], tags),
    )
    if foot or path.bicycle:
        draft.add(_reversed(path) if one_way < 0 else path)
    if bicycle and not path.bicycle:
        ride = replace(path, id=PathwayId(FeatureId(f"{pathway_id}#bicycle")), foot=False, bicycle=True)
        ride = replace(ride, is_bidirectional=ridden == 0, restriction=closed_to_bicycles)
        draft.add(_reversed(ride) if ridden < 0 else ride)
    if mode is PathwayMode.STAIRS and tags.get("ramp:wheelchair") == "yes":
        ramp_id = PathwayId(FeatureId(f"{pathway_id}#ramp"))
        draft.add(
            replace(path, id=ramp_id, mode=PathwayMode.RAMP, stair_count=None, accessibility=("wheelchair",))
        )


def _reversed(path: Pathway) -> Pathway:
    line = path.geometry.reverse() if path.geometry is not None else None
    return replace(path, from_node_id=path.to_node_id, to_node_id=path.from_node_id, geometry=line)
