"""Lifts drawn as a node or a ring: a ride between any two of their stops."""

from __future__ import annotations

from yuanli.campus.features import FeatureId, NodeId, Pathway, PathwayId, PathwayMode, Relationship
from yuanli.campus.osm.drawn import DrawnWays, node_at
from yuanli.campus.osm.heights import MOST_LIFT_STOPS
from yuanli.campus.osm.measures import accessibility_of, extra_of, hours_of, restriction_of, width_of
from yuanli.campus.osm.rows import Tags


def add_rides(net: DrawnWays) -> None:
    """Add the rides of every lift."""
    for node_id, ordinals in net.lifts.items():
        _ride(net, node_id, ordinals)
    _ride_drawn_shafts(net)


def _ride(net: DrawnWays, node_id: int, ordinals: tuple[float, ...]) -> None:
    """Join the stops of a lift that is drawn as a node, each with each: one ride is one pathway."""
    source = net.draft.source.nodes[node_id]
    stops = [node_at(net, node_id, ordinal) for ordinal in ordinals]
    _join_stops(net, f"node/{node_id}", source.tags, stops)


def _join_stops(net: DrawnWays, osm_id: str, tags: Tags, stops: list[NodeId]) -> None:
    ridden: list[FeatureId] = []
    for a, low in enumerate(stops):
        for b in range(a + 1, len(stops)):
            pathway_id = FeatureId(f"{osm_id}#ride{a}-{b}")
            ridden.append(pathway_id)
            net.draft.add(
                Pathway(
                    id=PathwayId(pathway_id),
                    from_node_id=low,
                    to_node_id=stops[b],
                    mode=PathwayMode.ELEVATOR,
                    min_width_m=width_of(tags),
                    hours=hours_of(tags),
                    restriction=restriction_of(tags, "foot", "access"),
                    accessibility=accessibility_of(tags),
                    extra=extra_of(osm_id, tags, shaft=osm_id),
                )
            )
    net.draft.add(
        Relationship(
            id=FeatureId(f"{osm_id}#shaft"),
            category="elevator",
            origin=stops[0],
            intermediary=tuple(ridden),
            destination=stops[-1],
            hours=hours_of(tags),
            extra=extra_of(osm_id, tags),
        )
    )


def _ride_drawn_shafts(net: DrawnWays) -> None:
    """Join the levels of a lift that is drawn as a ring, where drawn ways end on it."""
    for way in net.draft.source.ways.values():
        if way.tags.get("highway") != "elevator" or not way.closed:
            continue
        touching = [ref for ref in dict.fromkeys(way.refs) if ref in net.splits and ref in net.at]
        by_level = {net.ordinal.get(ref, 0.0): ref for ref in touching}
        if len(by_level) > 1:
            stops = [node_at(net, ref) for _, ref in sorted(by_level.items())]
            _join_stops(net, f"way/{way.id}", way.tags, stops[:MOST_LIFT_STOPS])
