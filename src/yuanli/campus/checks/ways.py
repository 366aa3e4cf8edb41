"""Rules on the drawn walking network: ends at its nodes, plausible widths and slopes, no lonely nodes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from yuanli.campus.checks.reporting import info, warning
from yuanli.campus.features import Node, NodeId, Opening, Pathway
from yuanli.campus.findings import Finding
from yuanli.campus.place import Campus

END_GAP_M = 2.0
STEEPEST = 0.5
WIDTHS_M = (0.3, 50.0)

ENDS_APART = warning(
    "pathway_off_its_nodes",
    "{name} 的端点距它的节点 {gap:.0f} 米。",
    "An end of {name} lies {gap:.0f} m from its node.",
    "把道路端点移到节点上。",
    "Move the end of the path onto its node.",
)
LONELY = info(
    "lonely_node",
    "{name} 没有连接任何道路。",
    "{name} joins no path.",
    "把它连到路网，或删除。",
    "Join it to the network, or delete it.",
)
STEEP = warning(
    "implausible_slope",
    "{name} 的坡度为 {slope:.0%}，不合常理。",
    "{name} has a slope of {slope:.0%}, which is not plausible.",
    "坡度按比值填写：8% 写作 0.08。",
    "Give the slope as a ratio: 8 % is 0.08.",
)
WIDTH = warning(
    "implausible_width",
    "{name} 的宽度为 {width:g} 米，不合常理。",
    "{name} has a width of {width:g} m, which is not plausible.",
    "宽度以米为单位填写，例如 0.9。",
    "Give the width in metres, for example 0.9.",
)
LOOP = info(
    "pathway_without_length",
    "{name} 的起点和终点是同一个节点，且没有长度。",
    "{name} starts and ends at one node and has no length.",
    "删除这段道路。",
    "Delete this path.",
)


def ends_apart(campus: Campus) -> Iterator[Finding]:
    """A path ends where its nodes are."""
    nodes = {node.id: node for node in campus.of(Node)}
    ways = [
        w
        for w in campus.of(Pathway)
        if w.geometry is not None
        and w.geometry.geom_type == "LineString"
        and len(w.geometry.coords) > 1
        and w.from_node_id in nodes
        and w.to_node_id in nodes
    ]
    if not ways:
        return
    lines = np.array([w.geometry for w in ways], dtype=object)
    gaps = np.zeros(len(ways))
    for at, ends in ((0, [w.from_node_id for w in ways]), (-1, [w.to_node_id for w in ways])):
        drawn = shapely.get_coordinates(shapely.get_point(lines, at))
        wanted = shapely.get_coordinates(np.array([nodes[i].geometry for i in ends], dtype=object))
        gaps = np.maximum(gaps, np.hypot(*(campus.frame.to_metres(drawn) - campus.frame.to_metres(wanted)).T))
    for i in np.flatnonzero(gaps > END_GAP_M):
        yield ENDS_APART.about(campus, ways[i], gap=gaps[i])


def lonely_nodes(campus: Campus) -> Iterator[Finding]:
    """A node of the network joins a path."""
    used: set[NodeId] = set()
    for way in campus.of(Pathway):
        used |= {way.from_node_id, way.to_node_id}
        length = way.geometry.length if way.geometry is not None else 0.0
        if way.from_node_id == way.to_node_id and length == 0:
            yield LOOP.about(campus, way)
    for node in campus.of(Node):
        if node.id not in used:
            yield LONELY.about(campus, node)


def implausible_measures(campus: Campus) -> Iterator[Finding]:
    """Widths are metres between 0.3 and 50, slopes ratios below a half."""
    for way in campus.of(Pathway):
        if way.max_slope is not None and abs(way.max_slope) > STEEPEST and way.mode.name != "STAIRS":
            yield STEEP.about(campus, way, slope=way.max_slope)
        if way.min_width_m is not None and not WIDTHS_M[0] <= way.min_width_m <= WIDTHS_M[1]:
            yield WIDTH.about(campus, way, width=way.min_width_m)
    for opening in campus.of(Opening):
        if opening.width_m is not None and not WIDTHS_M[0] <= opening.width_m <= WIDTHS_M[1]:
            yield WIDTH.about(campus, opening, width=opening.width_m)
