"""What is wrong with a walking network: what can't be reached, and what would join it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import shapely

from yuanli.campus import Building, Campus, FeatureId, Finding, Severity, Spot, Unit
from yuanli.errors import Text
from yuanli.routing.building.kinds import kind_of
from yuanli.routing.network import Network

_FLIGHTS = frozenset({"stairs", "steps", "stairway", "staircase", "elevator", "lift", "escalator"})


def check_network(campus: Campus, network: Network) -> tuple[Finding, ...]:
    """Return what can't be reached, parts that hang apart, stairs to nowhere and guessed doors."""
    return (
        *_unreachable(campus, network),
        *_apart(network),
        *_to_nowhere(campus, network),
        *_guessed(campus, network),
    )


def _unreachable(campus: Campus, network: Network) -> Iterator[Finding]:
    """Find units and buildings without a node, and units apart from the largest part."""
    main = _main(network)
    features: list[Unit | Building] = [*campus.of(Unit), *campus.of(Building)]
    for feature in features:
        nodes = network.entrances.get(feature.id, ())
        if nodes and any(network.components[n] == main for n in nodes):
            continue
        if isinstance(feature, Unit) and not nodes and feature.geometry is None:
            continue
        if not nodes and not _is_walked(campus, feature):
            continue
        name = _name(feature)
        yield Finding(
            rule="unreachable",
            severity=Severity.WARNING,
            feature_id=FeatureId(feature.id),
            message=Text(f"{name.zh}走不到。", f"{name.en} can't be reached."),
            remedy=Text(
                "补画通向它的门、楼梯或道路。", "Draw the door, the stairs or the way that leads to it."
            ),
            spot=campus.spot(feature.id),
        )


def _apart(network: Network) -> Iterator[Finding]:
    """Find parts of the network that nothing joins to the largest, with the shortest bridge."""
    labels, main = network.components, _main(network)
    sizes = Counter(labels.tolist())
    members: dict[int, list[int]] = defaultdict(list)
    for node, label in enumerate(labels.tolist()):
        if label != main and sizes[label] > 1:
            members[label].append(node)
    trees: dict[float, tuple[np.ndarray[tuple[int], np.dtype[np.intp]], shapely.STRtree]] = {}
    for nodes in members.values():
        ordinal = float(network.node_ordinal[nodes[0]])
        if ordinal not in trees:
            there = np.flatnonzero((labels == main) & (network.node_ordinal == ordinal))
            trees[ordinal] = there, shapely.STRtree(shapely.points(network.node_xy[there]))
        there, tree = trees[ordinal]
        here = np.array([n for n in nodes if network.node_ordinal[n] == ordinal])
        bridge_m, node = float("inf"), int(here[0])
        if len(there):
            pair, metres = tree.query_nearest(
                shapely.points(network.node_xy[here]), return_distance=True, all_matches=False
            )
            best = int(np.argmin(metres))
            bridge_m, node = float(metres[best]), int(here[pair[0][best]])
        feature = network.node_feature[node]
        yield Finding(
            rule="disconnected",
            severity=Severity.WARNING,
            feature_id=network.feature_ids[feature] if feature >= 0 else None,
            message=Text(
                f"有 {len(nodes)} 个节点的路网与主路网不连通。",
                f"A part of {len(nodes)} nodes hangs apart from the walking network.",
            ),
            remedy=_bridge(bridge_m),
            spot=_spot(network, node),
        )


def _bridge(bridge_m: float) -> Text:
    if np.isfinite(bridge_m):
        return Text(
            f"在此处补画约 {bridge_m:.0f} 米的通道即可连通。",
            f"A way of about {bridge_m:.0f} m from here would join it.",
        )
    return Text(
        "补画通往其他楼层的楼梯、电梯或坡道。", "Draw the stairs, lift or ramp to another level from here."
    )


def _to_nowhere(campus: Campus, network: Network) -> Iterator[Finding]:
    """Find stairs, lifts and escalators that lead to no other level, in buildings that have several."""
    for unit in campus.of(Unit):
        if unit.category.split(".")[0] not in _FLIGHTS or unit.id in network.shafts:
            continue
        building_id = campus.building_of(unit.level_id)
        levels = campus.levels_by_building.get(building_id, ()) if building_id else ()
        if len({level.ordinal for level in levels}) < 2 or _climbs(network, unit.id):
            continue
        name = _name(unit)
        yield Finding(
            rule="stairs_to_nowhere",
            severity=Severity.WARNING,
            feature_id=unit.id,
            message=Text(f"{name.zh}没有通向任何其他楼层。", f"{name.en} leads to no other level."),
            remedy=Text(
                "在上下楼层的相同位置画出它，或补一条楼层连接关系。",
                "Draw it at the same place on the next level, or add a relationship that joins the levels.",
            ),
            spot=campus.spot(unit.id),
        )


def _climbs(network: Network, unit_id: FeatureId) -> bool:
    """Tell whether a drawn way to another level starts where the unit is reached."""
    nodes = network.entrances.get(unit_id, ())
    flights = network.edge_floors != 0
    ends = np.concatenate([network.edge_tail[flights], network.edge_head[flights]])
    return bool(np.isin(ends, nodes).any())


def _guessed(campus: Campus, network: Network) -> Iterator[Finding]:
    """Find the units whose door was guessed, and the buildings whose entrance was."""
    marked = network.edge_feature[network.edge_guessed & (network.edge_feature >= 0)]
    for index in dict.fromkeys(marked.tolist()):
        feature = campus.find(network.feature_ids[index])
        if not isinstance(feature, Unit) or not _lone(network, index):
            continue
        name = _name(feature)
        yield Finding(
            rule="guessed_door",
            severity=Severity.INFO,
            feature_id=feature.id,
            message=Text(
                f"{name.zh}没有画门，已按最近的相邻空间推测一扇。",
                f"{name.en} has no door; one to the nearest space was guessed.",
            ),
            remedy=Text("在图上补画真实的门。", "Draw the real door."),
            spot=campus.spot(feature.id),
        )


def _lone(network: Network, feature: int) -> bool:
    """Tell whether every edge of a unit is guessed: it has no other door."""
    return bool(network.edge_guessed[network.edge_feature == feature].all())


def _main(network: Network) -> int:
    if not network.n_nodes:
        return -1
    return int(np.argmax(np.bincount(network.components)))


def _is_walked(campus: Campus, feature: Unit | Building) -> bool:
    """Tell whether a feature without a node should have one: solid parts of a plan should not."""
    if isinstance(feature, Unit):
        return kind_of(feature).walkable
    return campus.outline(feature.id) is not None


def _name(feature: Unit | Building) -> Text:
    names = {**feature.alt_name, **feature.name}
    ref = getattr(feature, "ref", None)
    other = next(iter(names.values()), ref or feature.id)
    return Text(zh=str(names.get("zh", other)), en=str(names.get("en", other)))


def _spot(network: Network, node: int) -> Spot:
    lon, lat = network.frame.to_degrees(network.node_xy[[node]])[0]
    level = int(network.node_level[node])
    level_id = network.level_ids[level] if level >= 0 else None
    return Spot(float(lon), float(lat), float(network.node_ordinal[node]), level_id)
