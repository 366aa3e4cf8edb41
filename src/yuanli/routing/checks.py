"""What is wrong with a walking network: what can't be reached, and what would join it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import shapely

from yuanli.campus import (
    Amenity,
    Building,
    Campus,
    FeatureId,
    Finding,
    Geofence,
    Kiosk,
    Level,
    Section,
    Severity,
    Spot,
    Unit,
)
from yuanli.errors import Text
from yuanli.routing.building.kinds import kind_of
from yuanli.routing.network import Network

_Named = Amenity | Building | Geofence | Kiosk | Level | Section | Unit
_FLIGHTS = frozenset({"stairs", "steps", "stairway", "staircase", "elevator", "lift", "escalator"})


def check_network(campus: Campus, network: Network) -> tuple[Finding, ...]:
    """Return what can't be reached, parts that hang apart, stairs to nowhere and what was guessed."""
    return (
        *_unreachable(campus, network),
        *_places_unreachable(campus, network),
        *_levels_cut_off(campus, network),
        *_apart(network),
        *_to_nowhere(campus, network),
        *_guessed(campus, network),
        *_without_ways(network),
    )


def _unreachable(campus: Campus, network: Network) -> Iterator[Finding]:
    """Find units and buildings without a node, and units apart from the largest part."""
    features: list[Unit | Building] = [*campus.of(Unit), *campus.of(Building)]
    for feature in features:
        if _reached(network, feature.id):
            continue
        nodes = network.entrances.get(feature.id, ())
        if isinstance(feature, Unit) and not nodes and feature.geometry is None:
            continue
        if not nodes and not _is_walked(campus, feature):
            continue
        yield _finding(
            campus,
            feature,
            rule="unreachable",
            message=("走不到。", "can't be reached."),
            remedy=("补画通向它的门、楼梯或道路。", "Draw the door, the stairs or the way that leads to it."),
        )


def _places_unreachable(campus: Campus, network: Network) -> Iterator[Finding]:
    """Find amenities, stands, zones and parts of levels no way leads to, though no unit of theirs is."""
    places: list[Amenity | Kiosk | Geofence | Section] = [
        *(a for a in campus.of(Amenity) if not a.unit_ids),
        *campus.of(Kiosk),
        *campus.of(Geofence),
        *campus.of(Section),
    ]
    for place in places:
        drawn = place.geometry is not None or getattr(place, "display_point", None) is not None
        if drawn and not _reached(network, place.id):
            yield _finding(
                campus,
                place,
                rule="unreachable",
                severity=Severity.INFO,
                message=("附近没有可走的道路。", "has no way near it."),
                remedy=(
                    "把通向它的道路也导入，或将它移到正确的位置。",
                    "Import the ways that lead to it, or move it where it belongs.",
                ),
            )


def _levels_cut_off(campus: Campus, network: Network) -> Iterator[Finding]:
    """Find levels of which no space is reached, in buildings where one of another level is."""
    for levels in campus.levels_by_building.values():
        spaces = {
            level.id: [u for u in campus.units_by_level.get(level.id, ()) if network.entrances.get(u.id)]
            for level in levels
        }
        cut = [
            lv for lv in levels if spaces[lv.id] and not any(_reached(network, u.id) for u in spaces[lv.id])
        ]
        if len(cut) == sum(bool(there) for there in spaces.values()):
            continue
        for level in cut:
            count = len(spaces[level.id])
            yield _finding(
                campus,
                level,
                rule="level_cut_off",
                message=(
                    f"没有楼梯、电梯或坡道通到，其中 {count} 个空间都走不到。",
                    f"is cut off: no stairs, lift or ramp leads to its {count} spaces.",
                ),
                remedy=(
                    "在该层和相邻楼层的相同位置画出楼梯或电梯。",
                    "Draw its stairs or lift, at the same place on this level and the next.",
                ),
            )


def _without_ways(network: Network) -> Iterator[Finding]:
    """Find that no ways are drawn outdoors, so that entrances were joined straight across."""
    across = network.edge_guessed & ~network.edge_indoors & np.isin(network.edge_tail, network.exits)
    across &= np.isin(network.edge_head, network.exits)
    if across.any() and not (~network.edge_indoors & ~network.edge_guessed).any():
        node = int(network.edge_tail[np.flatnonzero(across)[0]])
        yield Finding(
            rule="no_ways_outdoors",
            severity=Severity.INFO,
            feature_id=None,
            message=Text(
                f"{int(across.sum())} 处出入口之间没有画室外道路，已按绕开建筑的直线连接。",
                f"No ways are drawn between entrances: {int(across.sum())} straight lines around "
                "buildings stand in for them.",
            ),
            remedy=Text(
                "导入室外道路，例如 OpenStreetMap 的数据。", "Import the ways outdoors, as of OpenStreetMap."
            ),
            spot=_spot(network, node),
        )


def _apart(network: Network) -> Iterator[Finding]:
    """Find parts of the network that nothing joins to the largest, with the shortest bridge."""
    labels, main = network.components, network.main_component
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
        yield _finding(
            campus,
            unit,
            rule="stairs_to_nowhere",
            message=("没有通向任何其他楼层。", "leads to no other level."),
            remedy=(
                "在上下楼层的相同位置画出它，或补一条楼层连接关系。",
                "Draw it at the same place on the next level, or add a relationship that joins the levels.",
            ),
        )


def _climbs(network: Network, unit_id: FeatureId) -> bool:
    """Tell whether a drawn way to another level starts where the unit is reached."""
    nodes = network.entrances.get(unit_id, ())
    flights = network.edge_floors != 0
    ends = np.concatenate([network.edge_tail[flights], network.edge_head[flights]])
    return bool(np.isin(ends, nodes).any())


def _guessed(campus: Campus, network: Network) -> Iterator[Finding]:
    """Find the units whose only doors were guessed."""
    marked = network.edge_feature[network.edge_guessed & (network.edge_feature >= 0)]
    for index in dict.fromkeys(marked.tolist()):
        feature = campus.find(network.feature_ids[index])
        if not isinstance(feature, Unit) or not _lone(network, index):
            continue
        yield _finding(
            campus,
            feature,
            rule="guessed_door",
            severity=Severity.INFO,
            message=(
                "没有画门，已按最近的相邻空间推测一扇。",
                "has no door; one to the nearest space was guessed.",
            ),
            remedy=("在图上补画真实的门。", "Draw the real door."),
        )


def _lone(network: Network, feature: int) -> bool:
    """Tell whether every edge of a unit is guessed: it has no other door."""
    return bool(network.edge_guessed[network.edge_feature == feature].all())


def _reached(network: Network, feature_id: FeatureId) -> bool:
    """Tell whether a feature is reached in the largest part of the network."""
    nodes = network.entrances.get(feature_id, ())
    return any(network.components[node] == network.main_component for node in nodes)


def _is_walked(campus: Campus, feature: Unit | Building) -> bool:
    """Tell whether a feature without a node should have one: solid parts of a plan should not."""
    if isinstance(feature, Unit):
        return kind_of(feature).walkable
    return campus.outline(feature.id) is not None


def _finding(
    campus: Campus,
    feature: _Named,
    *,
    rule: str,
    message: tuple[str, str],
    remedy: tuple[str, str],
    severity: Severity = Severity.WARNING,
) -> Finding:
    """Return a finding on a feature; the message, Chinese and English, goes on after its name."""
    name = _name(feature)
    return Finding(
        rule=rule,
        severity=severity,
        feature_id=FeatureId(feature.id),
        message=Text(f"{name.zh}{message[0]}", f"{name.en} {message[1]}"),
        remedy=Text(*remedy),
        spot=campus.spot(feature.id),
    )


def _name(feature: _Named) -> Text:
    names = {**getattr(feature, "alt_name", {}), **feature.name}
    ref = getattr(feature, "ref", None)
    other = next(iter(names.values()), ref or feature.id)
    return Text(zh=str(names.get("zh", other)), en=str(names.get("en", other)))


def _spot(network: Network, node: int) -> Spot:
    lon, lat = network.frame.to_degrees(network.node_xy[[node]])[0]
    level = int(network.node_level[node])
    level_id = network.level_ids[level] if level >= 0 else None
    return Spot(float(lon), float(lat), float(network.node_ordinal[node]), level_id)
